"""The rows of several files."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from codegym.datasets.compressed import CompressedLines
from codegym.datasets.parquet import ParquetFile
from codegym.datasets.rows import JsonLines, Row, Unusable, suffix_of

Part = ParquetFile | JsonLines | CompressedLines


def _opened(file: Path) -> Part:
    suffix = suffix_of(file)
    if suffix == ".parquet":
        return ParquetFile(file)
    return CompressedLines(file) if suffix.endswith(".gz") else JsonLines(file)


class RowFiles:
    """The rows of several files, one file after the other.

    Raises:
        ProblemError: a file cannot be opened.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._parts = [_opened(file) for file in files]
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

    def _find(self, number: int) -> tuple[Part, int]:
        index, inner = self._index(number) if len(self._parts) > 1 else (0, number)
        return self._parts[index], inner
