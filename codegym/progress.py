"""Progress on standard error."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from codegym.episode import Episode

LINE_EVERY_S = 30.0
"""How often a line is printed where there is no terminal to draw on."""


def _progress(quiet: bool, *more: TextColumn) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        *more,
        console=Console(stderr=True),
        disable=quiet,
    )


@contextmanager
def bar(what: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """A bar of ``total`` steps; gives the function that advances it by one."""
    with _progress(quiet) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


@dataclass(slots=True)
class Tally:
    """Numbers of the episodes of a run so far.

    Attributes:
        ended: those that ended.
        solved: of them.
        failed: those that did not end, through our fault.
        prompt_tokens: that the agent was asked.
        completion_tokens: that it answered.
    """

    ended: int = 0
    solved: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, episode: Episode) -> None:
        """Count an episode."""
        self.failed += bool(episode.error)
        self.ended += not episode.error
        self.solved += episode.solved
        self.prompt_tokens += sum(turn.prompt_tokens for turn in episode.turns)
        self.completion_tokens += sum(turn.completion_tokens for turn in episode.turns)

    def __str__(self) -> str:
        """In a few words."""
        parts = []
        if self.ended:
            low, high = interval(self.solved, self.ended)
            parts.append(f"solved {self.solved / self.ended:.1%} ({low:.0%} to {high:.0%})")
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self.prompt_tokens or self.completion_tokens:
            parts.append(f"{_short(self.prompt_tokens)} tokens in, {_short(self.completion_tokens)} out")
        return ", ".join(parts)


def interval(solved: int, of: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share, as if all episodes were independent: for a look at a run, not a report."""
    z = 1.96
    middle = (solved + z * z / 2) / (of + z * z)
    half = z / (of + z * z) * math.sqrt(solved * (of - solved) / of + z * z / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def _short(number: int) -> str:
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.1f}{letter}"
    return str(number)


class BenchBar:
    """How a run is getting on: done, rate, time left, solved so far with interval, failures, tokens.

    Args:
        agent: its name.
        quiet: whether to show nothing.
    """

    def __init__(self, agent: str, *, quiet: bool = False) -> None:
        self.tally = Tally()
        self._agent = agent
        self._quiet = quiet
        self._bar = _progress(quiet, TextColumn("{task.fields[rate]} {task.fields[tally]}", markup=False))
        self._task: TaskID | None = None
        self._total = self._here = 0
        self._started = self._told = time.monotonic()

    def begin(self, total: int, there: Sequence[Episode]) -> None:
        """Hear of the episodes in all, and of those that are there already."""
        for episode in there:
            self.tally.add(episode)
        self._total, self._here = total, 0
        self._started = self._told = time.monotonic()
        self._task = self._bar.add_task(self._agent, total=total, completed=len(there), rate="", tally=str(self.tally))
        if self._bar.console.is_terminal:
            self._bar.start()

    def ended(self, episode: Episode) -> None:
        """Hear of an episode that ended."""
        self.tally.add(episode)
        self._here += 1
        now = time.monotonic()
        rate = self._here / max(now - self._started, 1e-9)
        if self._task is not None:
            self._bar.update(self._task, advance=1, rate=_rate(rate), tally=str(self.tally))
        if not self._bar.console.is_terminal and not self._quiet and now - self._told >= LINE_EVERY_S:
            self._told = now
            done = self.tally.ended + self.tally.failed
            left = time.strftime("%H:%M:%S", time.gmtime((self._total - done) / rate))
            line = f"{self._agent}: {done} of {self._total}, {_rate(rate)}, {left} left, {self.tally}"
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def __enter__(self) -> "BenchBar":
        """Show nothing yet; the bar comes with :meth:`begin`."""
        return self

    def __exit__(self, *error: object) -> None:
        """Stop drawing."""
        if self._bar.live.is_started:
            self._bar.stop()


def _rate(rate: float) -> str:
    return f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.1f}/min"
