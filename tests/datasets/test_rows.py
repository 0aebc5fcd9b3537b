"""Rows of data files, in order and by number."""

import json
import pickle
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codegym.datasets import parquet as parquet_module
from codegym.datasets.parquet import ParquetFile
from codegym.datasets.row_files import RowFiles
from codegym.datasets.rows import JsonLines, Unusable
from codegym.errors import ProblemError
from tests.datasets.hub_rows import ROWS, write_lines, write_parquet

COUNT = 150


@pytest.fixture(params=sorted(ROWS))
def in_both(request: pytest.FixtureRequest, tmp_path: Path) -> list[RowFiles]:
    """The same rows of one schema as JSON lines and as Parquet, each in two files."""
    first = "question" if request.param == "taco" else next(iter(ROWS[request.param]()))
    made = [
        ROWS[request.param](**{first: number if request.param == "apps" else f"n{number}"}) for number in range(COUNT)
    ]
    lines = [write_lines(tmp_path / f"{n}.jsonl", part) for n, part in enumerate((made[:40], made[40:]))]
    tables = [
        write_parquet(tmp_path / f"{n}.parquet", request.param, part, group=30)
        for n, part in enumerate((made[:40], made[40:]))
    ]
    return [RowFiles(lines), RowFiles(tables)]


def test_both_formats_give_the_same_rows_in_every_way(in_both: list[RowFiles]) -> None:
    """JSON lines and Parquet agree; so do reading from anywhere and asking for one row."""
    lines, tables = (list(rows.read(0)) for rows in in_both)
    assert len(lines) == len(in_both[0]) == len(in_both[1]) == COUNT
    assert lines == tables
    for rows in in_both:
        assert list(rows.read(37)) == lines[37:]
        assert list(rows.read(COUNT)) == []
        assert [rows.get(number) for number in (COUNT - 1, 0, 39, 40, 77)] == [
            lines[number] for number in (COUNT - 1, 0, 39, 40, 77)
        ]


def test_places_name_file_and_row_in_it(in_both: list[RowFiles]) -> None:
    """A row's place is its own file and its number there."""
    for rows in in_both:
        assert [(Path(file).stem, row) for file, row in map(rows.place, (0, 39, 40, 149))] == [
            ("0", 0),
            ("0", 39),
            ("1", 0),
            ("1", 109),
        ]


def test_rows_survive_pickling(in_both: list[RowFiles]) -> None:
    """Rows can be sent to another process."""
    for rows in in_both:
        rows.get(50)
        assert pickle.loads(pickle.dumps(rows)).get(50) == rows.get(50)


def test_row_far_into_a_large_group_comes_from_a_copy_and_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where looking through would take long, the row comes from the memory-mapped copy, equal to what reading gives."""
    path = write_parquet(
        tmp_path / "x.parquet", "code_contests", [ROWS["code_contests"](cf_rating=n) for n in range(99)]
    )
    read = list(ParquetFile(path).read(0))
    monkeypatch.setattr(parquet_module, "_LOOKED_THROUGH", 0)
    monkeypatch.setenv("CODEGYM_CACHE", str(tmp_path / "cache"))
    file = ParquetFile(path)
    assert file.get(2) == read[2]
    assert not (tmp_path / "cache").exists()
    assert [file.get(number) for number in (98, 50, 0)] == [read[98], read[50], read[0]]
    assert list((tmp_path / "cache").rglob("*.arrow"))


def test_a_large_group_is_never_in_memory_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a group of 19 MB, and copying it, holds a small part of it at a time."""
    made = [ROWS["apps"](problem_id=n, question=random.Random(n).randbytes(1200).hex()) for n in range(8000)]
    path = write_parquet(tmp_path / "x.parquet", "apps", made)
    del made
    monkeypatch.setattr(parquet_module, "_LOOKED_THROUGH", 0)
    monkeypatch.setenv("CODEGYM_CACHE", str(tmp_path / "cache"))
    before, most = pa.total_allocated_bytes(), 0
    for _ in ParquetFile(path).read(0):
        most = max(most, pa.total_allocated_bytes() - before)
    open_file = ParquetFile._open

    class Watched:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def __enter__(self) -> "Watched":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def iter_batches(self, **options: Any) -> Iterator[Any]:
            nonlocal most
            for batch in self.file.iter_batches(**options):
                most = max(most, pa.total_allocated_bytes() - before)
                yield batch

    monkeypatch.setattr(ParquetFile, "_open", lambda self: Watched(open_file(self)))
    assert ParquetFile(path).get(7000)["problem_id"] == 7000
    assert 0 < most < 9 << 20


def test_a_cache_that_cannot_be_written_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room for the copy, the complaint names the folder and how to choose another."""
    path = write_parquet(tmp_path / "x.parquet", "apps", [ROWS["apps"](problem_id=n) for n in range(50)])
    monkeypatch.setattr(parquet_module, "_LOOKED_THROUGH", 0)
    (tmp_path / "cache").write_text("a file, no folder")
    monkeypatch.setenv("CODEGYM_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ProblemError, match=rf"\A{path}: expected room [^\n]+; CODEGYM_CACHE names another folder\Z"):
        ParquetFile(path).get(40)


def test_copy_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second reader finds the copy of the first in the cache."""
    path = write_parquet(tmp_path / "x.parquet", "apps", [ROWS["apps"](problem_id=n) for n in range(50)])
    monkeypatch.setattr(parquet_module, "_LOOKED_THROUGH", 0)
    monkeypatch.setenv("CODEGYM_CACHE", str(tmp_path / "cache"))
    copies = []
    for _ in range(2):
        ParquetFile(path).get(40)
        copies.append({file: file.stat().st_mtime_ns for file in (tmp_path / "cache").rglob("*.arrow")})
    assert copies[0] == copies[1] != {}


def test_copy_of_a_changed_file_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was written anew under the same name gives its new rows."""
    monkeypatch.setattr(parquet_module, "_LOOKED_THROUGH", 0)
    monkeypatch.setenv("CODEGYM_CACHE", str(tmp_path / "cache"))
    for question in ("old", "newer"):
        path = write_parquet(tmp_path / "x.parquet", "apps", [ROWS["apps"](question=question) for n in range(50)])
        assert ParquetFile(path).get(40)["question"] == question


BROKEN: list[tuple[bytes, str]] = [
    (b"{", "not JSON"),
    (b'{"a": 1} {"b": 2}', "not JSON"),
    (b"[" * 100_000, "not JSON"),
    (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
    (b'{"a": "\xff"}', "not UTF-8"),
    (b"\x00\x00", "not JSON"),
    (b'"text"', "not an object"),
    (b"null", "not an object"),
    (b"3", "not an object"),
]


@pytest.mark.parametrize(("line", "reason"), BROKEN, ids=[str(line[:8]) for line, _ in BROKEN])
def test_a_broken_line_spoils_itself_alone(tmp_path: Path, line: bytes, reason: str) -> None:
    """What is no object in JSON is given as such, and the lines around it as they are."""
    file = JsonLines(write_lines(tmp_path / "x.jsonl", [{"n": 0}, line, b"  ", {"n": 2}]))
    first, broken, last = file.read(0)
    assert (first, last, len(file)) == ({"n": 0}, {"n": 2}, 3)
    assert isinstance(broken, Unusable)
    assert broken.reason == reason
    assert "\n" not in str(broken)
    with pytest.raises(Unusable):
        file.get(1)
    assert file.get(2) == {"n": 2}


def test_types_may_differ_from_line_to_line(tmp_path: Path) -> None:
    """Fields of several types are no trouble for the rows that are sound."""
    rows = [{"a": 1}, {"a": "one"}, {"a": [1]}, {"a": None}, {"b": {"c": 1}}]
    assert list(JsonLines(write_lines(tmp_path / "x.jsonl", rows)).read(0)) == rows


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends_and_byte_order_mark_are_no_part_of_a_row(tmp_path: Path, end: str) -> None:
    """Files from other systems are read; a last line needs no end."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(f'\ufeff{{"n": 0}}{end}{end}{{"n": 1}}'.encode())
    file = JsonLines(path)
    assert list(file.read(0)) == [{"n": 0}, {"n": 1}] == [file.get(0), file.get(1)]


def test_text_that_is_not_utf8_in_parquet_spoils_its_row_alone(tmp_path: Path) -> None:
    """A row whose bytes are no text is given as unusable; its neighbours are read."""
    raw = pa.Array.from_buffers(pa.string(), 3, pa.array([b"good", b"\xff\xfe", b"fine"], pa.binary()).buffers())
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": raw}), path)
    first, broken, last = ParquetFile(path).read(0)
    assert (first, last) == ({"a": "good"}, {"a": "fine"})
    assert isinstance(broken, Unusable)
    assert broken.reason == "not UTF-8"


def test_damage_within_a_parquet_file_spoils_its_group_alone(tmp_path: Path) -> None:
    """Of a file with a damaged group, as many rows come as there are, and those of the other groups are sound."""
    made = [ROWS["apps"](problem_id=n, question=f"{n} " * 500) for n in range(90)]
    path = write_parquet(tmp_path / "x.parquet", "apps", made, group=30)
    middle = pq.ParquetFile(path).metadata.row_group(1).column(1)
    data = bytearray(path.read_bytes())
    start = middle.dictionary_page_offset or middle.data_page_offset
    data[start : start + 200] = b"\xff" * 200
    path.write_bytes(data)
    rows = list(ParquetFile(path).read(0))
    assert len(rows) == 90
    assert rows[:30] == made[:30]
    assert rows[60:] == made[60:]
    assert all(isinstance(row, Unusable) for row in rows[30:60])


def _array(path: Path) -> Path:
    path.write_text(json.dumps([{"n": 1}]))
    return path


def _nothing(path: Path) -> Path:
    return path


def _text_as_parquet(path: Path) -> Path:
    path = path.with_suffix(".parquet")
    path.write_text("no Parquet at all")
    return path


def _empty_parquet(path: Path) -> Path:
    path = path.with_suffix(".parquet")
    path.write_bytes(b"")
    return path


@pytest.mark.parametrize("make", [_array, _nothing, _text_as_parquet, _empty_parquet])
def test_a_file_of_another_kind_is_refused_in_a_sentence(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    """What is no file of rows is refused by name when it is opened."""
    path = make(tmp_path / "x.json")
    with pytest.raises(ProblemError, match=rf"\A{path}: expected [^\n]+, got[: ][^\n]+\Z"):
        RowFiles([path])


def test_missing_library_is_named_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the libraries for Parquet the complaint says how to get them."""
    path = write_parquet(tmp_path / "x.parquet", "apps", [ROWS["apps"]()])

    def missing(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(ProblemError, match=r"library pyarrow .*; install it with 'pip install datasets'\Z"):
        RowFiles([path])
