"""What of a source became no problem, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from codegym.datasets.problem_set import ProblemSet
from codegym.problem import Problem


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row, file or folder of a source that is no problem of the set, and why.

    Attributes:
        source: the file or folder.
        row: the row in the file, from 0; None where there are no rows.
        id: the id that it has; empty where unknown.
        field: which field is to blame; empty for the whole.
        reason: what is wrong, in words that are the same for all that suffer from it.
        detail: what was expected and what came.
    """

    source: str
    row: int | None
    id: str
    field: str
    reason: str
    detail: str


class PackageSet(ProblemSet):
    """A problem set that says what was left out of it."""

    left_out: tuple[LeftOut, ...] = ()


def make_set(problems: Iterable[Problem], name: str, left_out: Iterable[LeftOut]) -> PackageSet:
    """A problem set with its list of what was left out."""
    made = PackageSet(problems, name)
    made.left_out = tuple(left_out)
    return made
