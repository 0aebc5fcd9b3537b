"""Auditing a whole set: one problem after the other, each kept in a folder as it ends."""

import random
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from codegym.audit.measure import Sampling, measure, runnable
from codegym.audit.record import FORMAT, ProblemAudit
from codegym.datasets import ProblemSet
from codegym.errors import SandboxError, SandboxUnavailable, UsageError
from codegym.problem import Problem
from codegym.running import RecordFolder, in_threads
from codegym.sandbox.base import Sandbox
from codegym.version import __version__

Rules = Callable[[Problem, ProblemAudit, Sandbox], tuple[str, ...]]
"""Finds what is wrong with a problem that was audited, beyond what is measured of every one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is audited, beside the problems and the sandbox.

    Attributes:
        limit: how many problems, drawn by the sampling's seed; None for all.
        sampling: which of their programs.
    """

    limit: int | None = None
    sampling: Sampling = field(default_factory=Sampling)


class AuditFolder:
    """A folder with ``run.json`` (what is audited) and ``audit.jsonl`` (a line a problem, as it ends).

    Args:
        path: the folder.
        about: what ``run.json`` says.
        resume: whether to go on with what is there.

    Raises:
        UsageError: as for :class:`~codegym.running.RecordFolder`, or a line is no record.
    """

    def __init__(self, path: Path, about: dict[str, Any], *, resume: bool) -> None:
        self._folder = RecordFolder(path, "audit.jsonl", about, resume=resume)
        self.done: set[int] = set()
        try:
            for number, line in enumerate(self._folder.lines(), 1):
                try:
                    audit = ProblemAudit.from_json(line)
                except UsageError as error:
                    raise UsageError(f"{self._folder.records_file}:{number}: {error}") from None
                if not audit.error:
                    self.done.add(audit.place)
        except BaseException:
            self.close()
            raise

    def add(self, audit: ProblemAudit) -> None:
        """Keep what a problem showed."""
        self._folder.write(audit.to_json())
        if not audit.error:
            self.done.add(audit.place)

    def audits(self) -> Iterator[ProblemAudit]:
        """Each problem that was audited once, read from the file: its last line, where it has several."""
        failed: dict[int, ProblemAudit] = {}
        for line in self._folder.lines():
            audit = ProblemAudit.from_json(line)
            if not audit.error:
                yield audit
            elif audit.place not in self.done:
                failed[audit.place] = audit
        yield from failed.values()

    def close(self) -> None:
        """Let go of the folder."""
        self._folder.close()


def describe_audit(plan: Plan, problems: ProblemSet, sandbox: Sandbox) -> dict[str, Any]:
    """Where an audit's figures come from."""
    return {
        "format": FORMAT,
        "codegym": __version__,
        "settings": {**asdict(plan), "languages": list(runnable(sandbox))},
        "problems": {"name": problems.name, "count": len(problems), "hash": problems.content_hash},
        "sandbox": {"kind": sandbox.kind, "protections": dict(sandbox.protections())},
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def chosen_places(plan: Plan, count: int) -> list[int]:
    """Indices of the problems to audit, ascending."""
    if plan.limit is None or plan.limit >= count:
        return list(range(count))
    return sorted(random.Random(plan.sampling.seed).sample(range(count), plan.limit))


def audit_problems(
    problems: ProblemSet,
    sandbox: Sandbox,
    places: Iterable[int],
    *,
    sampling: Sampling | None = None,
    concurrency: int = 1,
    rules: Rules | None = None,
    keep: Callable[[ProblemAudit], object] = lambda audit: None,
) -> Generator[ProblemAudit, None, None]:
    """Audit some problems of a set, ``concurrency`` at once, with no more of them in memory than that.

    Args:
        problems: the set.
        sandbox: where programs run.
        places: indices of the problems.
        sampling: which of their programs; by default all.
        concurrency: problems at once.
        rules: what else is asked of them.
        keep: is given each audit as it ends, by the thread that made it.

    Yields:
        Each audit, in no order. One that failed through our fault has an ``error``.

    Raises:
        SandboxUnavailable: no sandbox can be had.
    """
    ending = threading.Event()
    languages = runnable(sandbox)

    def one(job: tuple[int, Problem]) -> ProblemAudit:
        place, problem = job
        try:
            audit = measure(
                problem, sandbox, place=place, sampling=sampling, languages=languages, interrupted=ending.is_set
            )
            if rules:
                audit = replace(audit, findings=rules(problem, audit, sandbox))
        except SandboxUnavailable:
            raise
        except SandboxError as error:
            audit = ProblemAudit(problem.id, place, source=problem.source, error=str(error))
        keep(audit)
        return audit

    with closing(in_threads(one, _problems(problems, places), concurrency, ending=ending.set)) as results:
        yield from results


def _problems(problems: ProblemSet, places: Iterable[int]) -> Iterator[tuple[int, Problem]]:
    """The problems at these indices, ascending: in one reading of the set where they are many."""
    wanted = list(places)
    if 2 * len(wanted) < len(problems):
        yield from ((place, problems[place]) for place in wanted)
        return
    left = set(wanted)
    yield from ((place, problem) for place, problem in enumerate(problems) if place in left)
