"""Tests of codegym.datasets.allow_list."""

import json
from pathlib import Path
from typing import Any

import pytest

from codegym.datasets import ProblemSet
from codegym.datasets.allow_list import apply_allow_list, write_allow_list
from codegym.errors import ProblemError, UsageError
from tests.fakes import make_problem

PROBLEMS = ProblemSet([make_problem(name) for name in ("a", "b", "\ud800 c|")], "three")


@pytest.mark.parametrize("ids", [["a", "\ud800 c|"], ["b"], []])
def test_a_list_keeps_the_problems_on_it(tmp_path: Path, ids: list[str]) -> None:
    """What was written is what is kept, in the set's order, with any id and with none."""
    write_allow_list(tmp_path / "list.json", PROBLEMS, ids, {"right": 1.0})
    kept = apply_allow_list(PROBLEMS, str(tmp_path / "list.json"))
    assert list(kept.ids) == ids
    assert kept.name == "three"
    assert [path.name for path in tmp_path.iterdir()] == ["list.json"]


def test_a_list_for_another_set_is_refused(tmp_path: Path) -> None:
    """A set with other tests, or fewer problems, under the same name is another one; the sentence names both."""
    path = tmp_path / "list.json"
    write_allow_list(path, PROBLEMS, ["a"], {})
    other = ProblemSet([make_problem(name, private_tests=()) for name in PROBLEMS.ids], "three")
    for problems in (other, PROBLEMS[:2]):
        with pytest.raises(
            ProblemError, match=r"list\.json: expected an allow-list made for three as it is now"
        ) as told:
            apply_allow_list(problems, path)
        assert problems.content_hash in str(told.value)
        assert PROBLEMS.content_hash in str(told.value)


HASH = PROBLEMS.content_hash
ABOUT = {"name": "three", "count": 3, "hash": HASH}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "expected an allow-list in JSON"),
        (b"\xff", "expected an allow-list in JSON"),
        (b"[" * 100_000, "expected an allow-list in JSON"),
        (b"[]", "expected an allow-list of format 1, got list"),
        (b"null", "expected an allow-list of format 1, got NoneType"),
        (b'"a\\nb"', "expected an allow-list of format 1, got str"),
        ({"format": 2}, "expected an allow-list of format 1, got format '2'"),
        ({"format": 1}, "field problems: expected"),
        ({"format": 1, "problems": {"name": 1, "hash": HASH}, "ids": []}, "field problems: expected"),
        ({"format": 1, "problems": ABOUT}, "field ids: expected a list of ids, got NoneType"),
        ({"format": 1, "problems": ABOUT, "ids": {}}, "field ids: expected a list of ids, got dict"),
        ({"format": 1, "problems": ABOUT, "ids": ["a", 1]}, "field ids: expected a list of ids, got list"),
        ({"format": 1, "problems": ABOUT, "ids": ["x"]}, "expected the id of one of the 3 problems in three, got 'x'"),
    ],
)
def test_a_broken_list_is_refused(tmp_path: Path, content: Any, told: str) -> None:
    """Each with a sentence of its own."""
    path = tmp_path / "list.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(ProblemError) as error:
        apply_allow_list(PROBLEMS, path)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    """No such file, a folder, a name that no path can have, and a folder that is not there."""
    for path in (tmp_path / "no", tmp_path, Path("x" * 5000), Path("a\0b")):
        with pytest.raises(ProblemError, match="allow-list"):
            apply_allow_list(PROBLEMS, path)
    with pytest.raises(UsageError, match="expected an allow-list that can be written"):
        write_allow_list(tmp_path / "no" / "list.json", PROBLEMS, [], {})
