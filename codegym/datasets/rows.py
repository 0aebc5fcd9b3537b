"""Rows of data files, and files of JSON lines.

A row is a plain mapping of column to value. One that cannot be read is given as an :class:`Unusable`, and those after
it are read all the same. JSON lines are parsed one at a time, so that a row whose fields are of other types than its
neighbours' spoils itself alone.
"""

import json
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from codegym.errors import ProblemError

Row = Mapping[str, Any]
SUFFIXES = (".parquet", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".json", ".json.gz")
DAMAGED = b"\x00"
"""In the place of a line, and of all behind it that could not be read."""


def suffix_of(path: Path) -> str:
    """The end of a data file's name, as in :data:`SUFFIXES`; empty for any other file."""
    name = path.name.lower()
    return next((end for end in SUFFIXES if name.endswith(end)), "")


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
            row = parsed(file.readline())
        if isinstance(row, Unusable):
            raise row
        return row

    def read(self, start: int) -> Iterator[Row | Unusable]:
        """All rows from that line on."""
        with self.path.open("rb") as file:
            file.seek(self._index()[start] if start else 0)
            for line in file:
                if not line.isspace():
                    yield parsed(line)

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


def parsed(line: bytes) -> Row | Unusable:
    """The row of a line."""
    if line.rstrip(b"\n") == DAMAGED:
        return Unusable("", "damaged data", "expected whole data in lines of a usual length, got others from here on")
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Unusable("", "not UTF-8", f"expected UTF-8 text, got other bytes at offset {error.start} of the line")
    except (ValueError, RecursionError) as error:
        return Unusable("", "not JSON", f"expected a JSON object, got: {error}")
    if not isinstance(row, dict):
        return Unusable("", "not an object", f"expected a JSON object, got {type(row).__name__}")
    return row


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


def error_line(error: Exception) -> str:
    """The first line of an error's text, for a sentence."""
    return str(error).partition("\n")[0][:200]
