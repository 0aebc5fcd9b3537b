"""What the command ``codegym bench`` is asked for, read from its options."""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegym.bench.options import Connection, Sampling
from codegym.bench.settings import Settings, default_extract
from codegym.bench.source import Source
from codegym.errors import UsageError
from codegym.languages import find_language

_EITHER = {"sandbox", "workers", "concurrency", "folder", "resume", "as_json"}
REJUDGE_TAKES = _EITHER | {"rejudge", "source", "path", "allow", "difficulty"}
MATRIX_TAKES = _EITHER | {"matrix", "retries", "timeout", "batch", "distributed"}


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
        language: what programs are written in.
        seed: of the run.
        pairs: n and k of each n@k to report.
        sampling: how models answer.
        connection: how they are reached.
        sandbox: kind of the sandbox.
        distributed: whether whole episodes are played on the nodes of a Ray cluster, each with such a sandbox.
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
    language: str
    seed: int
    pairs: tuple[tuple[int, int], ...]
    sampling: Sampling
    connection: Connection
    sandbox: str
    distributed: bool
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
            language=find_language(self.language).name,
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
        raise UsageError(f"expected {option} without --{name}, got both; leave --{name} out")
