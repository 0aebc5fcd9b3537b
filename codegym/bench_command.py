"""The command ``codegym bench``: what is asked for, done and shown."""

import sys
import time
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from codegym.bench.distributed import Nodes
from codegym.bench.matrix import Cell, Matrix, cell_folder, read_matrix, write_cells
from codegym.bench.rejudge import rejudge, settings_of
from codegym.bench.report import Summary, summarize
from codegym.bench.run import Listener, run_benchmark
from codegym.bench.source import Source
from codegym.bench_request import Request
from codegym.bench_tables import print_cells, print_changes, print_rates
from codegym.errors import CodegymError, SandboxUnavailable, UsageError
from codegym.progress import BenchBar
from codegym.report import load_run, load_runs, make_report, summarize_run, write_report
from codegym.report.summary import AtK
from codegym.running import new_folder, read_about
from codegym.sandbox import Sandbox, make_sandbox
from codegym.tables import out, print_summary, print_tables

MANY_FAILURES = 0.05
"""Share of a run's episodes that failed through our fault, from which on nothing should be read out of the others."""


def bench_agent(request: Request) -> tuple[bool, Any]:
    """Run one benchmark and show it; whether no episode failed, and what to print as JSON."""
    settings = request.settings()
    _check_resume(request, request.out)
    problems = request.source.load()
    run = request.out or new_folder(settings.agent.partition(":")[0])
    started = time.monotonic()
    with (
        _kept(run, "codegym bench ..."),
        _place(request) as box,
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
    rates = _rates(run, request.pairs)
    if request.as_json:
        data = {"agent": settings.agent, "sandbox": box.kind, "run": str(run), **summary.as_dict()}
        return not summary.errors, {**data, **_as_json(rates)}
    _show(summary, box.kind, started, run)
    print_rates(rates)
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
    rates = _rates(run, [(n, k) for n, k in about.get("n_at_k") or request.pairs])
    if request.as_json:
        data = {"agent": settings.agent, "sandbox": box.kind, "run": str(run), **summary.as_dict(), **_as_json(rates)}
        return not summary.errors, {**data, "rejudged": again.as_dict()}
    _show(summary, box.kind, started, run)
    print_rates(rates)
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
    with _kept(folder, f"codegym bench --matrix {file} ..."), _place(request) as box:
        write_cells(folder, matrix)
        for cell in matrix.cells:
            results.append((cell, _cell(request, matrix, cell, box, folder)))
    passed = all(isinstance(result, Summary) and not result.errors for _, result in results)
    ran = [cell_folder(folder, cell) for cell, result in results if isinstance(result, Summary)]
    report = make_report(load_runs(ran), matrix.pairs) if ran else None
    if report:
        write_report(report, folder)
    if request.as_json:
        return passed, {"run": str(folder), "cells": [_cell_as_json(folder, *result) for result in results]}
    print_cells(results)
    if report:
        print_tables(report.tables[:1], report.warnings)
    print(f"{box.kind}, {time.monotonic() - started:.1f} s; the runs and a report of them are in {folder}")
    return passed, None


def _cell(request: Request, matrix: Matrix, cell: Cell, box: Sandbox | Nodes, folder: Path) -> Summary | str:
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


def _rates(run: Path, pairs: Sequence[tuple[int, int]]) -> tuple[AtK, ...]:
    """The n@k that were asked for."""
    return summarize_run(load_run(run), pairs).at_k if pairs else ()


def _as_json(rates: Sequence[AtK]) -> dict[str, Any]:
    return {"n_at_k": [asdict(rate) for rate in rates]} if rates else {}


def _check_resume(request: Request, out: Path | None) -> None:
    if request.resume and out is None:
        raise UsageError("expected --out FOLDER with --resume, got none")


@contextmanager
def _sandbox(request: Request) -> Iterator[Sandbox]:
    with make_sandbox(request.sandbox, workers=request.workers) as box:
        yield box


@contextmanager
def _place(request: Request) -> Iterator[Sandbox | Nodes]:
    if not request.distributed:
        with _sandbox(request) as box:
            yield box
        return
    if request.concurrency is not None:
        raise UsageError(
            "expected --workers N with --distributed, which is also how many episodes a node plays at once, "
            "got --concurrency"
        )
    if request.sandbox in ("ray", "http"):
        raise UsageError(f"expected a sandbox of the nodes' own with --distributed, got --sandbox {request.sandbox}")
    yield Nodes(request.sandbox, request.workers)


def _at_once(request: Request, box: Sandbox | Nodes) -> int:
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
