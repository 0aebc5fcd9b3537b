"""What a judge says. There is no verdict for our own failure: that is a :class:`~codegym.errors.SandboxError`."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from codegym.problem import TestCase

Split = Literal["public", "private", "both"]


UNREADABLE = "the returned value could not be read"
"""The reason where a function's result is no value, so that there is no output to show."""


class Verdict(StrEnum):
    """The verdict on one run, or on a program."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT_EXCEEDED = "time_limit_exceeded"
    MEMORY_LIMIT_EXCEEDED = "memory_limit_exceeded"
    OUTPUT_LIMIT_EXCEEDED = "output_limit_exceeded"
    COMPILE_ERROR = "compile_error"
    NO_PROGRAM = "no_program"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test's verdict and what led to it.

    Attributes:
        verdict: the verdict; ``skipped`` where an earlier failure had decided.
        split: whether the test is public or private.
        test: the test itself.
        output: what the program printed, or the value that its function returned; None where there was none.
        stdout: what it printed, for a function problem too.
        stderr: what it wrote to its error stream.
        reason: why the output was not accepted, in words.
        cpu_s: CPU seconds used.
        wall_s: seconds from start to end.
        memory_bytes: peak memory.
    """

    __test__ = False

    verdict: Verdict
    split: Literal["public", "private"]
    test: TestCase = field(repr=False)
    output: Any = field(default=None, repr=False)
    stdout: str = field(default="", repr=False)
    stderr: str = field(default="", repr=False)
    reason: str = field(default="", repr=False)
    cpu_s: float = 0.0
    wall_s: float = 0.0
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """A program's results on one split of a problem's tests.

    Attributes:
        problem_id: which problem.
        split: which tests.
        results: one for each test, in order.
    """

    problem_id: str
    split: Split
    results: tuple[TestResult, ...]

    @property
    def accepted(self) -> bool:
        """Whether every test was passed."""
        return self.verdict is Verdict.ACCEPTED

    @property
    def verdict(self) -> Verdict:
        """The verdict of the first test that failed, else ``accepted``."""
        for result in self.results:
            if result.verdict is not Verdict.ACCEPTED:
                return result.verdict
        return Verdict.ACCEPTED

    @property
    def passed(self) -> int:
        """Number of tests passed."""
        return sum(result.verdict is Verdict.ACCEPTED for result in self.results)

    @property
    def fraction(self) -> float:
        """Share of tests passed; a skipped test counts as not passed, no tests as all passed."""
        return self.passed / len(self.results) if self.results else 1.0
