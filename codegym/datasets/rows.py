"""Rows of data files, Parquet or JSON lines, in order or by number, with no more than a few in memory.

A row is a plain mapping of column to value. One that cannot be read is given as an :class:`Unusable`, and those after
it are read all the same. JSON lines are parsed one at a time, so that a row whose fields are of other types than its
neighbours' spoils itself alone. Parquet is read in order as it lies; for a row out of order, in a file too large to
look through, ``datasets`` writes a copy in Arrow's format once, in which every row is at hand by memory mapping.
"""

import contextlib
import json
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

from codegym.errors import ProblemError
from codegym.locations import cache_folder

Row = Mapping[str, Any]
SUFFIXES = (".parquet", ".jsonl", ".ndjson", ".json")
_LOOKED_THROUGH = 8 << 20
"""Bytes: a group of rows up to this size is read through for one row, rather than copied."""
_AT_ONCE = 16
"""Rows that are decoded at once."""


class Unusable(ProblemError):
    """A row cannot be a problem.

    Args:
        field: which field of it is to blame; empty for the row itself.
        reason: what is wrong, in words that are the same for all rows that suffer from it.
        detail: what was expected and what came; by default the reason.
    """

    def __init__(self, field: str, reason: str, detail: str = "") -> None:
        super().__init__(field, reason, detail or reason)
        self.field, self.reason, self.detail = field, reason, detail or reason

    def __str__(self) -> str:
        """One sentence."""
        return f"field {self.field}: {self.detail}" if self.field else self.detail


class Rows(Protocol):
    """Rows in a fixed order."""

    def __len__(self) -> int:
        """How many there are."""

    def get(self, number: int) -> Row:
        """The row of that number, from 0.

        Raises:
            Unusable: it cannot be read.
        """

    def read(self, start: int) -> Iterator[Row | Unusable]:
        """All rows from that number on."""

    def place(self, number: int) -> tuple[str, int]:
        """The file that a row is in, and its number there, from 0."""


class RowFiles:
    """The rows of several files, one file after the other.

    Raises:
        ProblemError: a file cannot be opened.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._parts: list[ParquetFile | JsonLines] = [
            ParquetFile(file) if file.suffix == ".parquet" else JsonLines(file) for file in files
        ]
        self._ends: list[int] | None = None

    def __len__(self) -> int:
        """How many rows there are in all."""
        return self._bounds()[-1]

    def get(self, number: int) -> Row:
        """The row of that number; see :class:`Rows`."""
        part, inner = self._find(number)
        return part.get(inner)

    def read(self, start: int) -> Iterator[Row | Unusable]:
        """All rows from that number on."""
        first, inner = (0, 0) if start == 0 else self._index(start)
        for part in self._parts[first:]:
            yield from part.read(inner)
            inner = 0

    def place(self, number: int) -> tuple[str, int]:
        """The file that a row is in, and its number there."""
        part, inner = self._find(number) if len(self._parts) > 1 else (self._parts[0], number)
        return str(part.path), inner

    def _bounds(self) -> list[int]:
        if self._ends is None:
            self._ends = list(accumulate(len(part) for part in self._parts))
        return self._ends

    def _index(self, number: int) -> tuple[int, int]:
        ends = self._bounds()
        index = bisect_right(ends, number)
        return index, number - (ends[index - 1] if index else 0)

    def _find(self, number: int) -> "tuple[ParquetFile | JsonLines, int]":
        index, inner = self._index(number) if len(self._parts) > 1 else (0, number)
        return self._parts[index], inner


class JsonLines:
    """A file with a JSON object a line; blank lines are no rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offsets: array[int] | None = None
        try:
            with path.open("rb") as file:
                start = file.read(1)
        except OSError as error:
            raise ProblemError(f"{path}: expected a readable file of JSON lines, got: {error.strerror}") from None
        if start == b"[":
            raise ProblemError(f"{path}: expected one JSON object a line, got a JSON array; write a line an item")

    def __len__(self) -> int:
        """Number of lines that are not blank."""
        return len(self._index())

    def get(self, number: int) -> Row:
        """The row of that line."""
        with self.path.open("rb") as file:
            file.seek(self._index()[number])
            row = _parsed(file.readline())
        if isinstance(row, Unusable):
            raise row
        return row

    def read(self, start: int) -> Iterator[Row | Unusable]:
        """All rows from that line on."""
        with self.path.open("rb") as file:
            file.seek(self._index()[start] if start else 0)
            for line in file:
                if not line.isspace():
                    yield _parsed(line)

    def _index(self) -> "array[int]":
        if self._offsets is None:
            offsets, at = array("Q"), 0
            with self.path.open("rb") as file:
                for line in file:
                    if not line.isspace():
                        offsets.append(at)
                    at += len(line)
            self._offsets = offsets
        return self._offsets


def _parsed(line: bytes) -> Row | Unusable:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Unusable("", "not UTF-8", f"expected UTF-8 text, got other bytes at offset {error.start} of the line")
    except (ValueError, RecursionError) as error:
        return Unusable("", "not JSON", f"expected a JSON object, got: {error}")
    if not isinstance(row, dict):
        return Unusable("", "not an object", f"expected a JSON object, got {type(row).__name__}")
    return row


class ParquetFile:
    """A Parquet file.

    Raises:
        ProblemError: it is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._copy: Any = None
        metadata = self._open().metadata
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        self._ends: list[int] = list(accumulate(group.num_rows for group in groups)) or [0]
        self._sizes: list[int] = [group.total_byte_size for group in groups]

    def __getstate__(self) -> dict[str, Any]:
        """All but the copy, which is opened again where it is wanted."""
        return self.__dict__ | {"_copy": None}

    def __len__(self) -> int:
        """Number of rows."""
        return self._ends[-1]

    def get(self, number: int) -> Row:
        """The row of that number."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        group = bisect_right(self._ends, number)
        inner = number - (self._ends[group - 1] if group else 0)
        if self._copy is None and (inner < _AT_ONCE or self._sizes[group] <= _LOOKED_THROUGH):
            row = next(row for place, row in enumerate(self._group(group)) if place == inner)
        else:
            row = self._copied(number)
        if isinstance(row, Unusable):
            raise row
        return row

    def read(self, start: int) -> Iterator[Row | Unusable]:
        """All rows from that number on."""
        for group, end in enumerate(self._ends if self._sizes else ()):
            first = self._ends[group - 1] if group else 0
            if end > start:
                for place, row in enumerate(self._group(group), first):
                    if place >= start:
                        yield row

    def _open(self) -> Any:
        parquet = library("pyarrow.parquet")
        try:
            return parquet.ParquetFile(self.path, buffer_size=1 << 20, memory_map=False)
        except OSError as error:
            raise ProblemError(f"{self.path}: expected a readable Parquet file, got: {_first_line(error)}") from None
        except ValueError as error:
            raise ProblemError(f"{self.path}: expected a Parquet file, got: {_first_line(error)}") from None

    def _group(self, group: int) -> Iterator[Row | Unusable]:
        """The rows of a group; what cannot be decoded spoils the rest of the group alone."""
        left = self._ends[group] - (self._ends[group - 1] if group else 0)
        with self._open() as file:
            batches = file.iter_batches(batch_size=_AT_ONCE, row_groups=[group], use_threads=False)
            try:
                for batch in batches:
                    for place in range(batch.num_rows):
                        left -= 1
                        yield _decoded(batch.slice(place, 1))
            except (OSError, ValueError) as error:
                for _ in range(left):
                    yield Unusable("", "damaged Parquet", f"expected whole Parquet data, got: {_first_line(error)}")

    def _copied(self, number: int) -> Row | Unusable:
        if self._copy is None:
            datasets = library("datasets")
            with _no_progress_bars(datasets):
                self._copy = datasets.Dataset.from_parquet(
                    str(self.path), cache_dir=str(cache_folder() / "tables"), keep_in_memory=False
                ).with_format("arrow")
        return _decoded(self._copy[number : number + 1])


def _decoded(table: Any) -> Row | Unusable:
    """The one row of an Arrow table or batch."""
    try:
        return table.to_pylist()[0]  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        return Unusable("", "not UTF-8", "expected UTF-8 text in every field, got other bytes")


@contextlib.contextmanager
def _no_progress_bars(datasets: Any) -> Iterator[None]:
    shown = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()


def library(name: str) -> Any:
    """A library that is imported when it is first needed.

    Raises:
        ProblemError: it is not installed.
    """
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        top = name.partition(".")[0]
        raise ProblemError(
            f"expected the library {top} for this data set, got: {error}; install it with 'pip install datasets'"
        ) from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
