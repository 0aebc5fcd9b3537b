"""The command ``codegym bench``: what is asked for, done and shown."""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codegym.bench.matrix import Cell, Matrix, cell_folder, read_matrix, write_cells
from codegym.bench.options import Connection, Sampling
from codegym.bench.rejudge import rejudge, settings_of
from codegym.bench.report import Summary, summarize
from codegym.bench.run import Listener, Settings, run_benchmark
from codegym.bench.settings import default_extract
from codegym.bench.source import Source
from codegym.bench_tables import print_cells, print_changes
from codegym.errors import CodegymError, SandboxUnavailable, UsageError
from codegym.progress import BenchBar
from codegym.running import new_folder, read_about
from codegym.sandbox import Sandbox, make_sandbox
from codegym.tables import out, print_summary

MANY_FAILURES = 0.05
"""Share of a run's episodes that failed through our fault, from which on nothing should be read out of the others."""
_EITHER = {"sandbox", "workers", "concurrency", "folder", "resume", "as_json"}
REJUDGE_TAKES = _EITHER | {"rejudge", "source", "path", "allow", "difficulty"}
MATRIX_TAKES = _EITHER | {"matrix", "retries", "timeout", "batch"}


@dataclass(frozen=True, slots=True)
class Request:
    """What ``codegym bench`` is asked for.

    Attributes:
        agent: its name, or None where others than it are asked for.
        source: where the problems are from.
        turns: turns an episode.
        rollouts: episodes a problem.
        feedback: feedback mode.
        extract: where programs stand in answers, or None for what is usual of the agent.
        seed: of the run.
        pairs: n and k of each n@k to report.
        sampling: how models answer.
        connection: how they are reached.
        sandbox: kind of the sandbox.
        workers: boxes at work at once, or None for one a core.
        concurrency: episodes at once, or None for as many as workers.
        out: the folder, or None for a new one.
        resume: whether to go on with what is there.
        as_json: whether to print JSON.
    """

    agent: str | None
    source: Source
    turns: int
    rollouts: int
    feedback: str
    extract: str | None
    seed: int
    pairs: tuple[tuple[int, int], ...]
    sampling: Sampling
    connection: Connection
    sandbox: str
    workers: int | None
    concurrency: int | None
    out: Path | None
    resume: bool
    as_json: bool

    def settings(self) -> Settings:
        """Of the run."""
        agent = self.agent or ""
        extract = default_extract(agent) if self.extract is None else self.extract
        if extract not in ("raw", "first", "last"):
            raise UsageError(f"expected --extract raw, first or last, got {extract!r}")
        return Settings(
            agent,
            self.turns,
            self.rollouts,
            self.feedback,
            extract=extract,
            seed=self.seed,
            sampling=self.sampling,
        )


def read_body(text: str) -> Mapping[str, Any]:
    """Fields of a request, from JSON.

    Raises:
        UsageError: it is no JSON object.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise UsageError(f"expected --body to be a JSON object, got {text[:60]!r}")
    return data


def read_pairs(n: str, k: str) -> tuple[tuple[int, int], ...]:
    """The n and k of each n@k.

    Raises:
        UsageError: they are no such numbers.
    """
    try:
        ns, ks = ([int(number) for number in text.split(",")] for text in (n, k))
    except ValueError:
        raise UsageError(f"expected --n and --k as whole numbers with commas between, got {n!r} and {k!r}") from None
    if len(ns) != len(ks) or any(not 1 <= one <= many for one, many in zip(ns, ks, strict=False)):
        raise UsageError(f"expected for each --n one --k that is at least as large, got {n!r} and {k!r}")
    return tuple(zip(ns, ks, strict=True))


def refuse(given: Set[str], option: str, takes: Set[str]) -> None:
    """Complain of options that say what another one already says.

    Raises:
        UsageError: there are such.
    """
    others = sorted(given - takes - {"context"})
    if others:
        name = {"source": "problems"}.get(others[0], others[0].replace("_", "-"))
        raise UsageError(f"expected {option} without --{name}, which is told by it, got both")


def bench_agent(request: Request) -> tuple[bool, Any]:
    """Run one benchmark and show it; whether no episode failed, and what to print as JSON."""
    settings = request.settings()
    _check_resume(request, request.out)
    problems = request.source.load()
    run = request.out or new_folder(settings.agent.partition(":")[0])
    started = time.monotonic()
    with (
        _kept(run, "codegym bench ..."),
        _sandbox(request) as box,
        BenchBar(settings.agent, quiet=request.as_json) as bar,
    ):
        episodes = run_benchmark(
            settings,
            problems,
            box,
            run,
            connection=request.connection,
            resume=request.resume,
            concurrency=_at_once(request, box),
            more={"source": request.source.as_dict(), "n_at_k": request.pairs},
            listener=Listener(bar.begin, bar.ended),
        )
    summary = summarize(episodes)
    if request.as_json:
        data = {"agent": settings.agent, "sandbox": box.kind, "run": str(run), **summary.as_dict()}
        return not summary.errors, data
    _show(summary, box.kind, started, run)
    return not summary.errors, None


def bench_again(request: Request, source: Path, given: Set[str]) -> tuple[bool, Any]:
    """Judge a run's answers again and show what changed; as :func:`bench_agent`."""
    about = read_about(source)
    settings = settings_of(about, source)
    _check_resume(request, request.out)
    was = Source.from_dict(about.get("source"))
    from_elsewhere = given & {"source", "path", "allow", "difficulty"} or was is None
    problems_from = request.source if from_elsewhere or was is None else was
    run = request.out or new_folder(f"again-{settings.agent.partition(':')[0]}")
    started = time.monotonic()
    bar = BenchBar(f"{settings.agent}, again", quiet=request.as_json)
    with _kept(run, f"codegym bench --rejudge {source} ..."), _sandbox(request) as box, bar:
        again = rejudge(
            source,
            problems_from.load(),
            box,
            run,
            resume=request.resume,
            concurrency=_at_once(request, box),
            more={"source": problems_from.as_dict(), "n_at_k": about.get("n_at_k", [])},
            listener=Listener(bar.begin, bar.ended),
        )
    summary = summarize(again.episodes)
    if request.as_json:
        data = {"agent": settings.agent, "sandbox": box.kind, "run": str(run), **summary.as_dict()}
        return not summary.errors, {**data, "rejudged": again.as_dict()}
    _show(summary, box.kind, started, run)
    print_changes(again)
    return not summary.errors, None


def bench_matrix(request: Request, file: Path) -> tuple[bool, Any]:
    """Run every cell of a matrix and show them together; as :func:`bench_agent`.

    A cell that cannot be run is told at the end, and keeps no other from running.
    """
    matrix = read_matrix(file)
    folder = request.out or matrix.out
    _check_resume(request, folder)
    folder = folder or new_folder("matrix")
    if not request.resume and folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"expected a new folder for the matrix, got {folder} with files in it; --resume goes on with it"
        )
    results: list[tuple[Cell, Summary | str]] = []
    started = time.monotonic()
    with _kept(folder, f"codegym bench --matrix {file} ..."), _sandbox(request) as box:
        write_cells(folder, matrix)
        for cell in matrix.cells:
            results.append((cell, _cell(request, matrix, cell, box, folder)))
    passed = all(isinstance(result, Summary) and not result.errors for _, result in results)
    if request.as_json:
        return passed, {"run": str(folder), "cells": [_cell_as_json(folder, *result) for result in results]}
    print_cells(results)
    print(f"{box.kind}, {time.monotonic() - started:.1f} s; the runs are in {folder}")
    return passed, None


def _cell(request: Request, matrix: Matrix, cell: Cell, box: Sandbox, folder: Path) -> Summary | str:
    """What a cell's run showed, or why there is none."""
    try:
        with BenchBar(cell.name, quiet=request.as_json) as bar:
            episodes = run_benchmark(
                cell.settings,
                cell.source.load(),
                box,
                cell_folder(folder, cell),
                connection=replace(request.connection, base_url=cell.base_url),
                resume=request.resume,
                concurrency=_at_once(request, box),
                more={"source": cell.source.as_dict(), "n_at_k": matrix.pairs},
                listener=Listener(bar.begin, bar.ended),
            )
    except SandboxUnavailable:
        raise
    except CodegymError as error:
        return str(error)
    return summarize(episodes)


def _cell_as_json(folder: Path, cell: Cell, result: Summary | str) -> dict[str, Any]:
    shown = {"error": result} if isinstance(result, str) else result.as_dict()
    return {"cell": cell.name, "run": str(cell_folder(folder, cell)), **cell.as_dict(), **shown}


def _check_resume(request: Request, out: Path | None) -> None:
    if request.resume and out is None:
        raise UsageError("expected --out FOLDER with --resume, got none")


@contextmanager
def _sandbox(request: Request) -> Iterator[Sandbox]:
    with make_sandbox(request.sandbox, workers=request.workers) as box:
        yield box


def _at_once(request: Request, box: Sandbox) -> int:
    return request.concurrency or int(getattr(box, "workers", 1))


@contextmanager
def _kept(run: Path, command: str) -> Iterator[None]:
    """Say at an interrupt how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        again = f"{command} --out {run} --resume"
        print(f"codegym: what had ended is kept in {run}; {again} goes on with it", file=sys.stderr)
        raise


def _show(summary: Summary, kind: str, started: float, run: Path) -> None:
    total = summary.errors + summary.total.episodes
    if summary.errors > MANY_FAILURES * total:
        out.print(
            f"{summary.errors} of {total} episodes failed through no fault of the agent's: too many to read much out "
            "of the others; --resume plays them again",
            style="bold red",
        )
    print_summary(summary)
    print(f"{kind}, {time.monotonic() - started:.1f} s; episodes are in {run}")
