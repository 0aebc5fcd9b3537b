"""Parquet files, with no more than a few rows in memory.

They are read in order as they lie; for a row out of order, in a group too large to look through, the group is copied
once to the cache in Arrow's format, in which ``datasets`` has every row at hand by memory mapping.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from codegym.datasets.copies import cached_copy
from codegym.datasets.rows import Row, Unusable, error_line, library
from codegym.errors import ProblemError

_LOOKED_THROUGH = 8 << 20
"""Bytes: a group of rows up to this size is read through for one row, rather than copied."""
_AT_ONCE = 16
"""Rows that are decoded at once."""


class ParquetFile:
    """A Parquet file.

    Raises:
        ProblemError: it is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._copies: dict[int, Any] = {}
        metadata = self._open().metadata
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        self._ends: list[int] = list(accumulate(group.num_rows for group in groups)) or [0]
        self._sizes: list[int] = [group.total_byte_size for group in groups]

    def __getstate__(self) -> dict[str, Any]:
        """All but the copies, which are opened again where they are wanted."""
        return self.__dict__ | {"_copies": {}}

    def __len__(self) -> int:
        """Number of rows."""
        return self._ends[-1]

    def get(self, number: int) -> Row:
        """The row of that number."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        group = bisect_right(self._ends, number)
        inner = number - (self._ends[group - 1] if group else 0)
        if inner < _AT_ONCE or self._sizes[group] <= _LOOKED_THROUGH:
            row = next(islice(self._group(group), inner, None))
        else:
            row = _decoded(self._copied(group)[inner : inner + 1])
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
            return parquet.ParquetFile(self.path, buffer_size=1 << 20, pre_buffer=False)
        except OSError as error:
            raise ProblemError(f"{self.path}: expected a readable Parquet file, got: {error_line(error)}") from None
        except ValueError as error:
            raise ProblemError(f"{self.path}: expected a Parquet file, got: {error_line(error)}") from None

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
                    yield Unusable("", "damaged Parquet", f"expected whole Parquet data, got: {error_line(error)}")

    def _copied(self, group: int) -> Any:
        """A group as a memory-mapped data set, from a copy in the cache that is made where there is none."""
        if group not in self._copies:
            copy = cached_copy(self.path, f"{group}.arrow", partial(self._write, group))
            self._copies[group] = library("datasets").Dataset.from_file(str(copy)).with_format("arrow")
        return self._copies[group]

    def _write(self, group: int, copy: Path) -> None:
        stream = None
        with self._open() as file:
            for batch in file.iter_batches(batch_size=_AT_ONCE, row_groups=[group], use_threads=False):
                batch = batch.replace_schema_metadata(None)
                stream = stream or library("pyarrow").ipc.new_stream(copy, batch.schema)
                stream.write_batch(batch)
        if stream:
            stream.close()


def _decoded(table: Any) -> Row | Unusable:
    """The one row of an Arrow table or batch."""
    try:
        return table.to_pylist()[0]  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        return Unusable("", "not UTF-8", "expected UTF-8 text in every field, got other bytes")
