"""An immutable sequence of problems, by index or id."""

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import overload

from codegym.errors import ProblemError, UsageError
from codegym.generated import LazyTests
from codegym.problem import Problem
from codegym.values import show

DIFFICULTIES = ("easy", "medium", "hard")


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

    def __str__(self) -> str:
        """One sentence."""
        row = "" if self.row is None else f", row {self.row}"
        field = f", field {self.field}" if self.field else ""
        return f"{self.source}{row}{field}: {self.detail}"


class ProblemSet(Sequence[Problem]):
    """Problems in a fixed order, each with an id of its own.

    Args:
        problems: the problems.
        name: where they come from, for messages and records.
        left_out: what of the source is no problem, and why.
    """

    def __init__(self, problems: Iterable[Problem], name: str, left_out: Iterable[LeftOut] = ()) -> None:
        self.name = name
        self._left_out = tuple(left_out)
        self._problems = tuple(problems)
        self._by_id: dict[str, Problem] = {}
        for problem in self._problems:
            other = self._by_id.get(problem.id)
            if other is not None:
                raise ProblemError(
                    f"{problem.source or self.name}: field id: expected an id of its own, "
                    f"got {problem.id!r}, which is also that of {other.source or 'another one'}"
                )
            self._by_id[problem.id] = problem

    def __len__(self) -> int:
        """Number of problems."""
        return len(self._problems)

    @overload
    def __getitem__(self, key: int | str) -> Problem: ...
    @overload
    def __getitem__(self, key: slice) -> "ProblemSet": ...
    def __getitem__(self, key: int | str | slice) -> "Problem | ProblemSet":
        """A problem by index or id, or a smaller set by a slice.

        Raises:
            ProblemError: no problem has this id.
        """
        if isinstance(key, slice):
            return self._slice(key)
        if hasattr(key, "__index__"):
            return self._at(key.__index__())
        problem = self._named(key) if isinstance(key, str) else None
        if problem is None:
            raise ProblemError(self._unknown(key))
        return problem

    def _unknown(self, key: object) -> str:
        known = f"expected the id of one of the {len(self)} problems in {self.name}, got {key!r}"
        if isinstance(key, str) and (reason := next((out.reason for out in self.left_out if out.id == key), "")):
            return f"{known}, which was left out: {reason}"
        near = get_close_matches(str(key), self.ids, n=1)
        return f"{known}; did you mean {near[0]!r}?" if near else known

    def __contains__(self, key: object) -> bool:
        """Whether a problem, or a problem with this id, is in the set."""
        if isinstance(key, str):
            return self._named(key) is not None
        return isinstance(key, Problem) and self._named(key.id) == key

    def __iter__(self) -> Iterator[Problem]:
        """All problems, in order."""
        return iter(self._problems)

    def __repr__(self) -> str:
        """Name and size."""
        return f"ProblemSet({self.name!r}, {len(self)} problems)"

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, in order."""
        return tuple(self._by_id)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What of the source is no problem, and why."""
        return self._left_out

    def _at(self, index: int) -> Problem:
        return self._problems[index]

    def _named(self, problem_id: str) -> Problem | None:
        return self._by_id.get(problem_id)

    def _pick(self, indices: Sequence[int]) -> "ProblemSet":
        return ProblemSet([self._problems[index] for index in indices], self.name, self._left_out)

    def _slice(self, key: slice) -> "ProblemSet":
        return self._pick(range(len(self))[key])

    @property
    def content_hash(self) -> str:
        """Sixteen hexadecimal digits that change with anything that can change a verdict or an observation."""
        digest = hashlib.sha256()
        for problem in self:
            private = problem.private_tests
            given, made = (private.given, private.content_hash()) if isinstance(private, LazyTests) else (private, "")
            tests = [
                [(test.input, test.output, *test.files) for test in split] for split in (problem.public_tests, given)
            ]
            rest = dataclasses.replace(problem, public_tests=(), private_tests=(), source="")
            after = problem.checker.after and problem.checker.after.source
            sources = [program.source for program in problem.programs]
            hidden = (problem.checker.source, after, problem.reference, problem.starter, sources)
            digest.update(repr((rest, hidden, show(tests), made)).encode(errors="backslashreplace"))
        return digest.hexdigest()[:16]

    def filter(
        self,
        predicate: Callable[[Problem], bool] | None = None,
        *,
        ids: Iterable[str] | None = None,
        difficulty: str | Iterable[str] | None = None,
        kind: str | None = None,
        tags: str | Iterable[str] | None = None,
        starter: bool | None = None,
    ) -> "ProblemSet":
        """The problems that meet every condition given.

        Args:
            predicate: keep those for which it is true.
            ids: keep these, in the set's order; an unknown one is an error.
            difficulty: keep those of this difficulty, or of one of these.
            kind: keep ``stdin`` or ``function`` problems.
            tags: keep those that have one of these tags.
            starter: keep those with (True) or without (False) a program to repair.

        Raises:
            UsageError: a condition is none that a problem could meet.
            ProblemError: an id is unknown.
        """
        wanted = None if ids is None else {self[name].id for name in ([ids] if isinstance(ids, str) else ids)}
        levels = _names(difficulty, "difficulty", DIFFICULTIES)
        kinds = _names(kind, "kind", ("stdin", "function"))
        topics = None
        if tags is not None:
            topics = _names(tags, "tag", sorted({tag for problem in self for tag in problem.tags}))
        return self._pick(
            [
                index
                for index, problem in enumerate(self)
                if (wanted is None or problem.id in wanted)
                and (levels is None or problem.difficulty in levels)
                and (kinds is None or problem.kind in kinds)
                and (topics is None or topics & set(problem.tags))
                and (starter is None or starter == (problem.starter is not None))
                and (predicate is None or predicate(problem))
            ]
        )


def _names(given: str | Iterable[str] | None, what: str, known: Sequence[str]) -> set[str] | None:
    if given is None:
        return None
    names = {given} if isinstance(given, str) else set(given)
    for name in names:
        if name not in known:
            raise UsageError(f"expected {what} to be one of {', '.join(known) or 'none'}, got {name!r}")
    return names
