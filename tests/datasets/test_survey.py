"""What was found out of a set's rows is kept, and never believed of other rows or other code."""

import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from codegym import ProblemSet, load_problems
from codegym.datasets import code_contests, table
from codegym.datasets.survey import survey_key
from codegym.locations import cache_folder
from tests.datasets.hub_rows import code_contests_row, write_lines

ROWS = [code_contests_row(name="a"), code_contests_row(name=None), code_contests_row(name="b")]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Ids in the order in which problems are made, with an empty cache."""
    names: list[str] = []
    original = table.Table._examine

    def examine(self: table.Table, row: Any) -> Any:
        names.append(str(row.get("name")))
        return original(self, row)

    monkeypatch.setattr(table.Table, "_examine", examine)
    monkeypatch.setenv("CODEGYM_CACHE", str(tmp_path / "cache"))
    return names


def load(path: Path, **options: Any) -> ProblemSet:
    return load_problems("code_contests", path=path, **options)


def look(problems: ProblemSet) -> Any:
    count = len(problems)
    return count, problems.ids, problems.left_out, list(problems), problems[1], problems["a"]


def test_a_second_process_need_not_look_at_the_rows_to_count(made: list[str], tmp_path: Path) -> None:
    """What one set found out the next one of the same rows knows, with every answer the same."""
    path = write_lines(tmp_path / "rows.jsonl", ROWS)
    first = look(load(path))
    assert made == ["a", "None", "b"]
    made.clear()
    assert look(load(path)) == first
    assert made == []


@pytest.mark.parametrize("ask", [lambda problems: problems["b"], lambda problems: "b" in problems, len, list])
def test_any_far_question_is_answered_from_what_is_known(made: list[str], tmp_path: Path, ask: Any) -> None:
    """A problem by its id, membership, the count and a pass over all need no second look at the rows."""
    path = write_lines(tmp_path / "rows.jsonl", ROWS)
    list(load(path))
    made.clear()
    problems = load(path)
    assert ask(problems)
    if ask is not list:
        assert made == []


def test_other_rows_or_options_are_looked_at_again(made: list[str], tmp_path: Path) -> None:
    """A changed file, and an option that decides what a row becomes, have surveys of their own."""
    path = write_lines(tmp_path / "rows.jsonl", ROWS)
    assert len(load(path)) == 2
    write_lines(path, [*ROWS, code_contests_row(name="c")])
    assert load(path).ids == ("a", "b", "c")
    made.clear()
    assert len(load(path, examples=0)) == 3
    assert len(made) == 4


def test_the_key_knows_the_code(tmp_path: Path) -> None:
    """Another function, other options and another time of the file each make another key."""
    path = write_lines(tmp_path / "rows.jsonl", ROWS)
    make = code_contests._problem
    keys = {
        survey_key([path], code_contests._name, make),
        survey_key([path], make, code_contests._name),
        survey_key([path], code_contests._name, partial(make, examples=1)),
        survey_key([path], code_contests._name, partial(make, examples=2)),
        survey_key([], code_contests._name, make),
    }
    os.utime(path, ns=(1, 1))
    keys.add(survey_key([path], code_contests._name, make))
    assert len(keys) == 6


@pytest.mark.parametrize("text", ["", "{", "[]", '{"problems": {"z": "x"}, "left_out": {}}', '{"problems": {}}'])
def test_a_broken_survey_is_made_anew(made: list[str], tmp_path: Path, text: str) -> None:
    """What cannot be read of the cache is as if it were not there."""
    path = write_lines(tmp_path / "rows.jsonl", ROWS)
    first = look(load(path))
    (file,) = (cache_folder() / "surveys").iterdir()
    file.write_text(text)
    assert look(load(path)) == first


def test_a_cache_that_cannot_be_written_is_no_error(made: list[str], tmp_path: Path) -> None:
    """Without a cache every process looks at the rows itself."""
    (tmp_path / "cache").write_text("a file, no folder")
    path = write_lines(tmp_path / "rows.jsonl", ROWS)
    assert look(load(path)) == look(load(path))
