"""xCodeEval's program repair: rows in its schema, sound and broken."""

import json
from pathlib import Path
from typing import Any

import pytest

from codegym import Limits, ProblemSet, TestCase, load_problems
from codegym.errors import UsageError
from tests.datasets.hub_rows import DOUBLE, SQUARE, write_lines, write_parquet, xcodeeval_row


def loaded(tmp_path: Path, *rows: Any, **options: Any) -> ProblemSet:
    return load_problems("xcodeeval", path=write_lines(tmp_path / "rows.jsonl", rows), **options)


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_every_field_finds_its_place(tmp_path: Path, form: str) -> None:
    """A row becomes a repair problem: the bug is the starter, the fix the reference, lists of one output are it."""
    path, rows = tmp_path / f"rows.{form}", [xcodeeval_row()]
    path = write_lines(path, rows) if form == "jsonl" else write_parquet(path, "xcodeeval", rows)
    (problem,) = load_problems("xcodeeval:validation", path=path)
    assert (problem.id, problem.starter, problem.reference) == ("0a1b", SQUARE, DOUBLE)
    assert problem.statement == "Read an integer.\n\n## Input\n\nOne integer.\n\n## Output\n\nTwice its value.\n"
    assert problem.public_tests == (TestCase("1", "2"),)
    assert problem.private_tests == (TestCase("3\n", "6"), TestCase("5\n", "10"))
    assert [(p.name, p.label, p.language) for p in problem.programs] == [
        ("bug", "wrong_answer", "python"),
        ("fix", "accepted", "python"),
    ]
    assert problem.native_limits == Limits(cpu_s=1.0, memory_bytes=256 << 20)


@pytest.mark.parametrize(
    ("lang", "language"),
    [
        ("PyPy 3", "python"),
        ("Python 2", "python2"),
        ("GNU C++17 (64)", "cpp"),
        ("Java 8", "java"),
        ("JavaScript", "javascript"),
    ],
)
def test_only_python_is_to_be_repaired(tmp_path: Path, lang: str, language: str) -> None:
    """Programs keep their language; a starter in another one than is asked for would be no use."""
    (problem,) = loaded(tmp_path, xcodeeval_row(lang=lang))
    assert {program.language for program in problem.programs} == {language}
    assert (problem.starter is not None) == (problem.reference is not None) == (language == "python")


def test_rows_without_an_id_of_their_own_get_one(tmp_path: Path) -> None:
    """Two bugs of one problem are two problems."""
    assert loaded(tmp_path, *[xcodeeval_row(bug_code_uid=None)] * 2).ids == ("ff00-0", "ff00-1")


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"bug_source_code": None}, "bug_source_code", "bug_source_code is no text"),
    ({"lang": None}, "lang", "lang is no text"),
    ({"hidden_unit_tests": None}, "hidden_unit_tests", "no private tests"),
    ({"hidden_unit_tests": "{"}, "hidden_unit_tests", "hidden_unit_tests is not JSON"),
    ({"hidden_unit_tests": '"x"'}, "hidden_unit_tests", "hidden_unit_tests is no list"),
    ({"hidden_unit_tests": "[3]"}, "hidden_unit_tests[0]", "a test is malformed"),
    (
        {"hidden_unit_tests": json.dumps([{"input": "1", "output": ["2", "3"]}])},
        "hidden_unit_tests[0].output",
        "a test without one output",
    ),
    ({"prob_desc_sample_outputs": "[]"}, "prob_desc_sample_outputs", "samples are malformed"),
]


@pytest.mark.parametrize(("changes", "field", "reason"), BAD, ids=[f"{n}-{bad[1]}" for n, bad in enumerate(BAD)])
def test_a_row_that_is_no_problem_is_left_out_alone(
    tmp_path: Path, changes: dict[str, Any], field: str, reason: str
) -> None:
    """A broken row is listed with row, field and reason; the others load."""
    rows = [xcodeeval_row(bug_code_uid="x"), xcodeeval_row(**changes), xcodeeval_row(bug_code_uid="y")]
    problems = loaded(tmp_path, *rows)
    assert problems.ids == ("x", "y")
    (out,) = problems.left_out
    assert (out.row, out.field, out.reason) == (1, field, reason)


def test_it_wants_a_path() -> None:
    """Without local rows it says why there are none."""
    with pytest.raises(UsageError, match=r"\Aexpected path= with rows of xcodeeval"):
        load_problems("xcodeeval")
