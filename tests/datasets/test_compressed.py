"""JSON lines compressed by gzip: read as the same lines without that, and never for ever."""

import gzip
import random
import zlib
from pathlib import Path
from typing import Any

import pytest

from codegym import load_problems
from codegym.datasets import compressed
from codegym.datasets.row_files import RowFiles
from codegym.errors import ProblemError
from tests.datasets.hub_rows import ROWS, write_lines

COUNT = 130


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own."""
    monkeypatch.setenv("CODEGYM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def rows() -> list[dict[str, Any]]:
    return [ROWS["apps"](problem_id=number, question=f"Question {number} \u00e9") for number in range(COUNT)]


def compress(plain: Path, name: str = "") -> Path:
    path = plain.with_name(name or plain.name + ".gz")
    path.write_bytes(gzip.compress(plain.read_bytes()))
    return path


def test_rows_are_those_of_the_lines(tmp_path: Path) -> None:
    """In order, from anywhere and by number, with blank lines between them, and beside an uncompressed file."""
    plain = write_lines(tmp_path / "a.jsonl", rows())
    plain.write_text("\n" + plain.read_text(encoding="utf-8").replace("\n", "\n \n", 1), encoding="utf-8")
    both = RowFiles([compress(plain), plain])
    wanted = list(RowFiles([plain]).read(0))
    assert list(both.read(0)) == wanted * 2
    assert list(both.read(7)) == (wanted * 2)[7:]
    assert list(both.read(COUNT - 2)) == (wanted * 2)[COUNT - 2 :]
    order = random.Random(0).sample(range(2 * COUNT), 2 * COUNT)
    assert [both.get(number) for number in order] == [wanted[number % COUNT] for number in order]
    assert len(both) == 2 * COUNT
    with pytest.raises(IndexError):
        RowFiles([compress(plain)]).get(COUNT)


def test_a_set_is_loaded_from_files_and_folders(tmp_path: Path) -> None:
    """By path, by the split's name in a folder, and whatever the case of the name's end."""
    (tmp_path / "data").mkdir()
    plain = write_lines(tmp_path / "data" / "test.jsonl", rows())
    compress(plain), compress(plain, "train.JSONL.GZ")
    plain.unlink()
    assert load_problems("apps", path=tmp_path / "data" / "train.JSONL.GZ")["129"].title == "Question 129 \u00e9"
    assert len(load_problems("apps:test", path=tmp_path / "data")) == COUNT


def test_the_first_row_needs_no_copy(tmp_path: Path, cache: Path) -> None:
    """What stands at the beginning is read there, and nothing is written."""
    path = compress(write_lines(tmp_path / "a.jsonl", rows()))
    assert load_problems("apps", path=path)[0].id == "0"
    assert not cache.exists()


@pytest.mark.parametrize("bad", [b"{}", gzip.compress(b"[{}]"), gzip.compress(b"{}")[:3]])
def test_what_is_no_such_file_is_a_sentence(tmp_path: Path, bad: bytes) -> None:
    """What is not compressed, has half a header, or is an array is refused in one sentence."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(bad)
    with pytest.raises(ProblemError, match=rf"\A{path}: expected [^\n]+\Z"):
        len(load_problems("apps", path=path))


@pytest.mark.parametrize("damage", ["cut", "noise"])
def test_what_stands_before_the_damage_is_read(tmp_path: Path, damage: str) -> None:
    """A file that is cut off, or has other bytes in its midst, gives the rows before that, and one that is left out."""
    whole = compress(write_lines(tmp_path / "a.jsonl", [ROWS["apps"](problem_id=n, url=noise(n)) for n in range(400)]))
    data = whole.read_bytes()
    at = 3 * len(data) // 4
    whole.write_bytes(data[:at] + (b"" if damage == "cut" else b"\xff" * 64 + data[at + 64 :]))
    problems = load_problems("apps", path=whole)
    assert 100 < len(problems) < 400
    assert {out.reason for out in problems.left_out} <= {"damaged data", "not JSON", "not UTF-8"}
    assert problems.left_out[-1].reason == "damaged data"
    assert [problem.id for problem in problems] == list(problems.ids)


def noise(seed: int) -> str:
    return random.Random(seed).randbytes(200).hex()


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unpacks to a vast line is one row that cannot be read."""
    monkeypatch.setattr(compressed, "MOST_LINE_BYTES", 1 << 16)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(packer.compress(b"{}\n" + b"x" * (1 << 20)) + packer.flush())
    assert [out.reason for out in RowFiles([path]).read(0) if hasattr(out, "reason")] == ["damaged data"]
