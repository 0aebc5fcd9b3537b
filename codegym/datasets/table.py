"""Problem sets over rows: a problem is made of its row when it is asked for, and not kept.

Which rows are problems is found out row by row, in order, as far as a question needs it: iterating and asking for one
of the first problems look no further than there; ``len``, ``ids`` and ``left_out`` look at every row once.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from codegym.datasets.problem_set import LeftOut, ProblemSet
from codegym.datasets.rows import Row, Rows, Unusable
from codegym.datasets.survey import keep, recall
from codegym.problem import Problem

_log = logging.getLogger("codegym")
_FEW = 100
"""Rows that are sooner examined than a survey of all is looked for."""
Identify = Callable[[Row, int], str]
Make = Callable[[Row, str, str], Problem]


class Table:
    """Rows, how problems are made of them, and what is known of which rows are problems. May be used by many threads.

    Args:
        rows: the rows.
        identify: the id of the problem of a row, given the number of the row too.
        make: the problem of a row, given the place that messages name and the id; both raise :class:`Unusable` where
            a row cannot be a problem.
        name: of the set, for messages.
        key: under which what is found out is kept for other processes, see :mod:`codegym.datasets.survey`; empty for
            nowhere.
    """

    def __init__(self, rows: Rows, identify: Identify, make: Make, name: str, key: str = "") -> None:
        self.name, self._key = name, key
        self._rows, self._identify, self._make = rows, identify, make
        self._lock = threading.RLock()
        self._reader: Iterator[tuple[int, Row | Unusable]] | None = None
        self._examined = 0
        self._complete = False
        self._numbers: dict[str, int] = {}
        self._kept: list[int] = []
        self._left_out: dict[int, LeftOut] = {}

    def __getstate__(self) -> dict[str, Any]:
        """All but the lock and the open file."""
        return self.__dict__ | {"_lock": None, "_reader": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """With a lock of its own."""
        self.__dict__.update(state, _lock=threading.RLock())

    def kept(self, enough: int | None = None) -> Sequence[int]:
        """Numbers of the rows that are problems: at least the first ``enough`` if there are so many, or all."""
        if not self._complete and (enough is None or enough > len(self._kept) + _FEW):
            self._recall()
        while not self._complete and (enough is None or len(self._kept) < enough):
            self._examine_next()
        return self._kept

    def number(self, problem_id: str) -> int | None:
        """The row with this problem; None if there is none."""
        if not self._complete and problem_id not in self._numbers:
            self._recall()
        while not self._complete and problem_id not in self._numbers:
            self._examine_next()
        return self._numbers.get(problem_id)

    def numbers(self) -> dict[str, int]:
        """The row of every problem, by id and in order."""
        self.kept()
        return self._numbers

    def left_out(self) -> tuple[LeftOut, ...]:
        """The rows that are no problems."""
        self.kept()
        return tuple(self._left_out.values())

    def problem(self, number: int) -> Problem:
        """The problem of a row that is known to be one."""
        return self._made(number, self._rows.get(number))

    def walk(self, numbers: Iterable[int] | None = None) -> Iterator[Problem]:
        """The problems of these rows, which ascend, or of all rows, in one reading."""
        wanted = None if numbers is None else iter(numbers)
        number = 0 if wanted is None else next(wanted, None)
        if number is None:
            return
        place = -1
        for place, row in enumerate(self._rows.read(number), number):
            if wanted is None:
                problem = self._problem_if_any(place, row)
                if problem is not None:
                    yield problem
            elif place == number:
                if isinstance(row, Unusable):
                    raise row
                yield self._made(place, row)
                number = next(wanted, None)
                if number is None:
                    return
        if wanted is None:
            self._end_at(place + 1)

    def _problem_if_any(self, number: int, row: Row | Unusable) -> Problem | None:
        with self._lock:
            if number == self._examined:
                return self._examine(row)
        if number in self._left_out or isinstance(row, Unusable):
            return None
        return self._made(number, row)

    def _made(self, number: int, row: Row) -> Problem:
        return self._make(row, self._place(number), self._identify(row, number))

    def _examine_next(self) -> None:
        with self._lock:
            if self._complete:
                return
            if self._reader is None:
                self._reader = enumerate(self._rows.read(self._examined), self._examined)
            for number, row in self._reader:
                if number == self._examined:  # others may have been before us
                    self._examine(row)
                    return
            self._end_at(self._examined)

    def _end_at(self, count: int) -> None:
        """There are so many rows; if all were examined, the survey is complete."""
        with self._lock:
            if self._complete or self._examined != count:
                return
            self._reader, self._complete = None, True
            if self._key:
                keep(self._key, self._numbers, self._left_out)
            self._report()

    def _recall(self) -> None:
        """Take what another process found out."""
        with self._lock:
            known = None if self._complete or not self._key else recall(self._key)
            if known is None:
                return
            self._numbers, self._left_out = known
            self._kept = list(self._numbers.values())
            self._examined = len(self._numbers) + len(self._left_out)
            self._reader, self._complete = None, True
            self._report()

    def _examine(self, row: Row | Unusable) -> Problem | None:
        """Find out whether the next row is a problem."""
        number = self._examined
        problem, name = None, ""
        try:
            if isinstance(row, Unusable):
                raise row
            name = self._identify(row, number)
            if name in self._numbers:
                detail = f"expected an id of its own, got {name!r}, which row {self._numbers[name]} has too"
                raise Unusable("id", "an id that an earlier row has", detail)
            problem = self._make(row, self._place(number), name)
        except Unusable as error:
            file, place = self._rows.place(number)
            self._left_out[number] = LeftOut(file, place, name, error.field, error.reason, error.detail)
        else:
            self._numbers[name] = number
            self._kept.append(number)
        self._examined += 1
        return problem

    def _place(self, number: int) -> str:
        file, place = self._rows.place(number)
        return f"{file}, row {place}"

    def _report(self) -> None:
        if self._left_out:
            counts = Counter(out.reason for out in self._left_out.values())
            reasons = "; ".join(f"{count} x {reason}" for reason, count in counts.most_common())
            _log.warning(
                "%s: %d of %d rows left out: %s; .left_out lists them",
                self.name,
                len(self._left_out),
                self._examined,
                reasons,
            )


class TableSet(ProblemSet):
    """Problems of a :class:`Table`, all or some; see the module for what costs what.

    Args:
        table: the table.
        selection: numbers of the rows to keep, all of them problems; None for all problems.
        name: as for every set.
    """

    def __init__(self, table: Table, name: str, selection: Sequence[int] | None = None) -> None:
        self.name = name
        self._table, self._selection = table, selection
        self._chosen = frozenset(selection or ())
        self._hash = ""

    def __len__(self) -> int:
        """Number of problems."""
        return len(self._row_numbers())

    def __iter__(self) -> Iterator[Problem]:
        """All problems, in order, each made when its turn comes."""
        rows = self._selection
        if rows is None or all(one < other for one, other in pairwise(rows)):
            return self._table.walk(rows)
        return map(self._table.problem, rows)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, in order."""
        numbers = self._table.numbers()
        if self._selection is None:
            return tuple(numbers)
        names = {number: name for name, number in numbers.items()}
        return tuple(names[number] for number in self._selection)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What of the source is no problem, and why."""
        return self._table.left_out()

    @property
    def content_hash(self) -> str:
        """As for every set; every problem is made for it, once."""
        self._hash = self._hash or super().content_hash
        return self._hash

    def _at(self, index: int) -> Problem:
        rows = self._row_numbers(index + 1 if index >= 0 else None)
        return self._table.problem(rows[index])

    def _named(self, problem_id: str) -> Problem | None:
        number = self._table.number(problem_id)
        if number is None or (self._selection is not None and number not in self._chosen):
            return None
        return self._table.problem(number)

    def _pick(self, indices: Sequence[int]) -> "TableSet":
        rows = self._row_numbers(max(indices, default=-1) + 1)
        return TableSet(self._table, self.name, tuple(rows[index] for index in indices))

    def _slice(self, key: slice) -> "TableSet":
        start, stop, step = (None if part is None else int(part) for part in (key.start, key.stop, key.step))
        head = stop is not None and stop >= 0 and (start or 0) >= 0 and (step or 1) > 0
        return TableSet(self._table, self.name, tuple(self._row_numbers(stop if head else None)[key]))

    def _row_numbers(self, enough: int | None = None) -> Sequence[int]:
        return self._table.kept(enough) if self._selection is None else self._selection
