"""JSON lines that gzip has compressed.

They are read in order as they lie; for a row in the midst they are copied once to the cache as they were before. What
is damaged, or a line without end, is one row that cannot be read, and nothing behind it is.
"""

import gzip
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from codegym.datasets.copies import cached_copy
from codegym.datasets.rows import DAMAGED, JsonLines, Row, Unusable, parsed
from codegym.errors import ProblemError

MOST_LINE_BYTES = 512 << 20
_NEAR = 100
"""Rows at the beginning that are sooner read through than copied."""


class CompressedLines:
    """A file of JSON lines, compressed by gzip; blank lines are no rows.

    Raises:
        ProblemError: it is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._plain: JsonLines | None = None
        try:
            with gzip.open(path) as file:
                start = file.read(1)
        except (OSError, EOFError, zlib.error) as error:
            raise ProblemError(f"{path}: expected JSON lines compressed by gzip, got: {error}") from None
        if start == b"[":
            raise ProblemError(f"{path}: expected one JSON object a line, got a JSON array; write a line an item")

    def __len__(self) -> int:
        """Number of lines that are not blank."""
        return len(self._copy())

    def get(self, number: int) -> Row:
        """The row of that line."""
        if number >= _NEAR:
            return self._copy().get(number)
        row = next(islice(self.read(0), number, None), None)
        if row is None:
            raise IndexError(number)
        if isinstance(row, Unusable):
            raise row
        return row

    def read(self, start: int) -> Iterator[Row | Unusable]:
        """All rows from that line on."""
        if start >= _NEAR:
            yield from self._copy().read(start)
            return
        for line in islice(self._lines(), start, None):
            yield parsed(line)

    def _lines(self) -> Iterator[bytes]:
        try:
            with gzip.open(self.path) as file:
                while line := file.readline(MOST_LINE_BYTES):
                    if len(line) == MOST_LINE_BYTES and not line.endswith(b"\n"):
                        yield DAMAGED
                        return
                    if not line.isspace():
                        yield line
        except (OSError, EOFError, zlib.error):
            yield DAMAGED

    def _copy(self) -> JsonLines:
        if self._plain is None:
            self._plain = JsonLines(cached_copy(self.path, "lines.jsonl", self._write))
        return self._plain

    def _write(self, copy: Path) -> None:
        with copy.open("wb") as file:
            for line in self._lines():
                file.write(line if line.endswith(b"\n") else line + b"\n")
