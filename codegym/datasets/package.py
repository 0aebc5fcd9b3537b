"""One problem package while it is read: its files, how to read it, and what is left out of it."""

from dataclasses import dataclass, field

from codegym.datasets.problem_set import LeftOut
from codegym.datasets.trees import Refused, Tree
from codegym.errors import UsageError
from codegym.problem import Limits, TestCase

DEFAULT_TIME_LIMIT_S = 2.0
"""Seconds for a compiled program, where a package has no time limit."""
TIME_FACTOR = 5.0
"""A Python program's seconds for one of a compiled one's."""


@dataclass(frozen=True, slots=True)
class Options:
    """How packages are read.

    Attributes:
        time_limit: seconds for a compiled program, instead of what the package says; None for what it says.
        time_factor: a Python program's seconds for one of a compiled one's.
        examples: where a package has no public tests, how many of its private ones are made public; never the last.
    """

    time_limit: float | None = None
    time_factor: float = TIME_FACTOR
    examples: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no limit."""
        for name, most in (("time_limit", 1e5), ("time_factor", 1e3)):
            value = getattr(self, name)
            if value is None and name == "time_limit":
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0.01 <= value <= most:
                raise UsageError(f"expected {name} to be a number from 0.01 to {most:g}, got {value!r}")
        if isinstance(self.examples, bool) or not isinstance(self.examples, int) or self.examples < 0:
            raise UsageError(f"expected examples to be a whole number from 0, got {self.examples!r}")


@dataclass(slots=True)
class Package:
    """One package, open.

    Attributes:
        tree: its files.
        name: of its folder.
        options: how to read it.
        left_out: what its reader leaves out of it, such as a submission in an unknown language.
    """

    tree: Tree
    name: str
    options: Options = field(default_factory=Options)
    left_out: list[LeftOut] = field(default_factory=list)

    def leave_out(self, what: str, place: str, reason: str, detail: str, *, problem: str = "") -> None:
        """Remember a part of the package that is not taken along.

        Args:
            what: its name in the package.
            place: the field that is to blame.
            reason: what is wrong, in words that are the same for all that suffer from it.
            detail: what was expected and what came.
            problem: the id that it would have, where the part is a whole problem.
        """
        self.left_out.append(LeftOut(f"{self.tree.source}/{what}", None, problem, place, reason, detail))

    def source(self, path: str, what: str, place: str) -> str | None:
        """The text of a program; None, and it is left out under the name ``what``, where it is no text."""
        try:
            return self.tree.text(path)
        except Refused as error:
            self.leave_out(what, place, error.reason, error.detail)
            return None

    def limits(
        self, seconds: float | None, memory: int | None, output: int | None, place: str
    ) -> tuple[Limits, Limits]:
        """The limits of a Python program and of a compiled one.

        Args:
            seconds: for a compiled program, as the package says; None where it does not.
            memory: in bytes, likewise.
            output: in bytes, likewise.
            place: the field that they come from.

        Raises:
            ProblemError: they cannot be enforced.
        """
        native = self.options.time_limit or seconds or DEFAULT_TIME_LIMIT_S
        rest = {name: value for name, value in (("memory_bytes", memory), ("output_bytes", output)) if value}
        try:
            return Limits(native * self.options.time_factor, **rest), Limits(native, **rest)
        except UsageError as error:
            raise self.tree.refusal(place, "a limit out of range", str(error)) from None

    def divide(self, public: list[TestCase], private: list[TestCase]) -> tuple[tuple[TestCase, ...], ...]:
        """The public and the private tests.

        Raises:
            ProblemError: there is no private test.
        """
        if not private:
            raise self.tree.refusal("", "no private tests", "expected at least one private test, got none")
        taken = 0 if public else min(self.options.examples, len(private) - 1)
        return (*public, *private[:taken]), tuple(private[taken:])
