"""Codeforces by open-r1: rows in its schema, sound and broken."""

from pathlib import Path
from typing import Any

import pytest

from codegym import Limits, ProblemSet, TestCase, load_problems
from tests.datasets.hub_rows import codeforces_row, write_lines, write_parquet


def loaded(tmp_path: Path, *rows: Any, **options: Any) -> ProblemSet:
    return load_problems("open-r1/codeforces", path=write_lines(tmp_path / "rows.jsonl", rows), **options)


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_every_field_finds_its_place(tmp_path: Path, form: str) -> None:
    """A row of the published schema becomes the problem that it describes; line ends are those of here."""
    path, rows = tmp_path / f"rows.{form}", [codeforces_row(note="Mind the sign.\r\n")]
    path = write_lines(path, rows) if form == "jsonl" else write_parquet(path, "codeforces", rows)
    (problem,) = load_problems("codeforces:train", path=path)
    assert (problem.id, problem.title, problem.difficulty, problem.tags) == ("1/A", "Twice", "medium", ("math",))
    assert problem.statement == (
        "Read an integer.\n\n## Input\n\nOne integer.\n\n## Output\n\nTwice its value.\n\n## Note\n\nMind the sign.\n"
    )
    assert problem.public_tests == (TestCase("1", "2"),)
    assert problem.private_tests == (TestCase("3\n", "6\n"), TestCase("5\n", "10\n"))
    assert problem.native_limits == Limits(cpu_s=1.5, memory_bytes=64 << 20)
    assert problem.limits == Limits(cpu_s=7.5, memory_bytes=1 << 30)


def test_checker_programs_are_kept_with_their_protocol(tmp_path: Path) -> None:
    """A checker becomes a validator asked in the set's own way, and then several answers are no trouble."""
    words = {"output_format": "If there are several answers, print any of them."}
    plain, checked = loaded(
        tmp_path,
        codeforces_row(id="1/A", **words),
        codeforces_row(id="1/B", generated_checker="print(1)", **words),
    )
    assert (plain.checker.type, plain.tags) == ("numbers", ("math", "several-answers"))
    assert (checked.checker.type, checked.checker.protocol, checked.checker.source) == (
        "validator",
        "open-r1",
        "print(1)",
    )
    assert checked.tags == ("math",)


def test_examples_are_not_private_too(tmp_path: Path) -> None:
    """An official test that the statement shows is public alone."""
    row = codeforces_row(examples=[{"input": "3\r\n", "output": "6\r\n"}])
    (problem,) = loaded(tmp_path, row)
    assert problem.public_tests == (TestCase("3\n", "6\n"),)
    assert problem.private_tests == (TestCase("5\n", "10\n"),)
    (problem,) = loaded(tmp_path, {**row, "examples": [{"input": " 3", "output": "6"}]})
    assert problem.private_tests == (TestCase("5\n", "10\n"),)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"id": None}, "id", "id is no text"),
    ({"description": None}, "description", "description is no text"),
    ({"official_tests": None}, "official_tests", "no private tests"),
    ({"official_tests": []}, "official_tests", "no private tests"),
    ({"official_tests": [{"input": "1", "output": "2"}]}, "official_tests", "no private tests"),
    ({"official_tests": [{"input": "1 2 ...", "output": "2"}]}, "official_tests[0].input", "a test is cut off"),
    ({"official_tests": [{"input": "1", "output": None}]}, "official_tests[0].output", "a test is no text"),
    ({"examples": "1"}, "examples", "examples is malformed"),
    ({"interaction_format": "Ask."}, "interaction_format", "interactive, without an interactor"),
    ({"input_mode": "file"}, "input_mode", "reads and writes files"),
    ({"time_limit": "2 s"}, "time_limit", "time_limit is no number"),
    ({"time_limit": -2.0}, "time_limit", "time_limit is out of range"),
    ({"memory_limit": float("nan")}, "memory_limit", "memory_limit is no number"),
    ({"memory_limit": 1e9}, "memory", "memory limit out of range"),
    ({"rating": 1.5}, "rating", "rating is no whole number"),
    ({"generated_checker": 3}, "generated_checker", "generated_checker is no text"),
]


@pytest.mark.parametrize(("changes", "field", "reason"), BAD, ids=[f"{n}-{bad[1]}" for n, bad in enumerate(BAD)])
def test_a_row_that_is_no_problem_is_left_out_alone(
    tmp_path: Path, changes: dict[str, Any], field: str, reason: str
) -> None:
    """A broken row is listed with source, row, field and reason in one line; the others load."""
    problems = loaded(tmp_path, codeforces_row(id="x"), codeforces_row(**changes), codeforces_row(id="y"))
    assert problems.ids == ("x", "y")
    (out,) = problems.left_out
    assert (out.row, out.field, out.reason) == (1, field, reason)
    assert "\n" not in str(out)


def test_incomplete_tests_may_be_left_out(tmp_path: Path) -> None:
    """With the option, a problem of which the site shows a part of the tests alone is no problem."""
    rows = [codeforces_row(id=str(value), official_tests_complete=value) for value in (True, False, None)]
    assert loaded(tmp_path, *rows).ids == ("True", "False", "None")
    assert loaded(tmp_path, *rows, complete=True).ids == ("True",)
