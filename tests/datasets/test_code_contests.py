"""CodeContests: rows in its schema, sound and broken."""

from pathlib import Path
from typing import Any

import pytest

from codegym import Limits, Problem, ProblemSet, Sandbox, TestCase, judge, load_problems
from tests.datasets.conftest import shared_data
from tests.datasets.hub_rows import DOUBLE, code_contests_row, columns, write_lines, write_parquet

NAMES = ("language", "solution")


def loaded(tmp_path: Path, *rows: Any, **options: Any) -> ProblemSet:
    return load_problems("code_contests", path=write_lines(tmp_path / "rows.jsonl", rows), **options)


def problem_of(tmp_path: Path, options: dict[str, Any] | None = None, **changes: Any) -> Problem:
    (problem,) = loaded(tmp_path, code_contests_row(**changes), **(options or {}))
    return problem


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_every_field_finds_its_place(tmp_path: Path, form: str) -> None:
    """A row of the published schema becomes the problem that it describes, from either format."""
    rows = [code_contests_row()]
    path = tmp_path / f"rows.{form}"
    path = write_lines(path, rows) if form == "jsonl" else write_parquet(path, "code_contests", rows)
    (problem,) = load_problems("code_contests:valid", path=path)
    assert (problem.id, problem.title, problem.kind, problem.difficulty) == ("1_A. Twice", "Twice", "stdin", "easy")
    assert problem.statement == "Read an integer and print twice its value.\n"
    assert problem.public_tests == (TestCase("1\n", "2\n"),)
    assert problem.private_tests == (TestCase("3\n", "6 \n"), TestCase("5\n", "10\n"), TestCase("-4\n", "-8\n"))
    assert problem.tags == ("math", "implementation")
    assert problem.native_limits == Limits(cpu_s=1.5, memory_bytes=256_000_000)
    assert problem.limits == Limits(cpu_s=7.5, memory_bytes=1 << 30)
    assert problem.reference == DOUBLE
    assert [(p.label, p.language) for p in problem.programs] == [
        ("accepted", "cpp"),
        ("accepted", "python"),
        ("accepted", "python2"),
        ("rejected", "python"),
        ("rejected", "java"),
        ("rejected", "unknown"),
    ]
    assert len({program.name for program in problem.programs}) == 6
    assert problem.source == f"{path}, row 0"


def test_lists_of_structures_are_the_same_as_structures_of_lists(tmp_path: Path) -> None:
    """Tests and solutions as viewers show them make the same problem."""

    def turned(value: dict[str, list[Any]]) -> list[dict[str, Any]]:
        return [dict(zip(value, items, strict=True)) for items in zip(*value.values(), strict=True)]

    row = code_contests_row()
    keys = ("public_tests", "private_tests", "generated_tests", "solutions", "incorrect_solutions")
    (other,) = loaded(tmp_path, row | {key: turned(row[key]) for key in keys})
    (problem,) = loaded(tmp_path, row)
    assert other == problem


@pytest.mark.parametrize(
    ("limit", "native", "python"),
    [
        (None, 2.0, 10.0),
        ({"seconds": 0, "nanos": 0}, 2.0, 10.0),
        ({"seconds": 4, "nanos": 0}, 4.0, 20.0),
        ({"seconds": None, "nanos": 500_000_000}, 0.5, 5.0),
        ({"seconds": 3}, 3.0, 15.0),
    ],
)
def test_time_limits_are_for_compiled_programs(tmp_path: Path, limit: Any, native: float, python: float) -> None:
    """Python gets five times the set's limit and five seconds at least; no limit is two seconds."""
    problem = problem_of(tmp_path, time_limit=limit)
    assert problem.native_limits is not None
    assert (problem.native_limits.cpu_s, problem.limits.cpu_s) == (native, python)
    assert problem_of(tmp_path, {"time_factor": 20}, time_limit=limit).limits.cpu_s == max(20 * native, 5)


def test_no_memory_limit_is_the_default(tmp_path: Path) -> None:
    """A limit of no bytes, or a tiny one, is none that a run could have; a large one is Python's too."""
    found = [problem_of(tmp_path, memory_limit_bytes=size) for size in (0, None, 1 << 31)]
    assert [problem.limits.memory_bytes for problem in found] == [1 << 30, 1 << 30, 1 << 31]
    assert [p.native_limits and p.native_limits.memory_bytes for p in found] == [1 << 30, 1 << 30, 1 << 31]


@pytest.mark.parametrize(("examples", "public", "private"), [(0, 0, 3), (1, 1, 2), (2, 2, 1), (3, 2, 1), (10, 2, 1)])
def test_without_public_tests_private_ones_become_public(
    tmp_path: Path, examples: int, public: int, private: int
) -> None:
    """The option says how many; the last one always stays private; each test is in one split."""
    problem = problem_of(tmp_path, {"examples": examples}, public_tests=columns())
    assert (len(problem.public_tests), len(problem.private_tests)) == (public, private)
    assert [test.input for test in (*problem.public_tests, *problem.private_tests)] == ["3\n", "5\n", "-4\n"]


@pytest.mark.parametrize(
    ("level", "rating", "difficulty"),
    [
        (1, 3000, "easy"),
        (2, 0, "medium"),
        (3, 800, "hard"),
        (5, 0, "hard"),
        (0, 0, "medium"),
        (0, 1399, "easy"),
        (6, 2000, "hard"),
        (7, 0, "easy"),
        (7, 1500, "medium"),
        (9, 0, "medium"),
        (12, 0, "hard"),
        (25, 1000, "easy"),
    ],
)
def test_difficulty_is_the_level_or_the_rating_or_the_letter(
    tmp_path: Path, level: int, rating: int, difficulty: str
) -> None:
    """The set's own levels come first, then ratings, then places in the contest."""
    assert problem_of(tmp_path, difficulty=level, cf_rating=rating).difficulty == difficulty


def test_translated_problems_keep_the_translation(tmp_path: Path) -> None:
    """The description is shown; the original only where there is no other."""
    original: dict[str, Any] = {"untranslated_description": "Прочитайте", "is_description_translated": True}
    assert problem_of(tmp_path, **original).statement.startswith("Read")
    assert problem_of(tmp_path, description="", **original).statement == "Прочитайте"


def test_input_in_a_file_is_given_as_a_file(tmp_path: Path) -> None:
    """A program that reads a file finds the test's input there, and nothing on standard input."""
    problem = problem_of(tmp_path, input_file="input.txt")
    assert problem.public_tests == (TestCase("", "2\n", (("input.txt", "1\n"),)),)
    assert [test.files[0][1] for test in problem.private_tests] == ["3\n", "5\n", "-4\n"]


LONG = " ".join(str(number) for number in range(100))
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"name": None}, "name", "name is no text"),
    ({"name": " "}, "name", "name is empty"),
    ({"name": 7}, "name", "name is no text"),
    ({"description": None, "untranslated_description": None}, "untranslated_description", "is no text"),
    ({"description": 3}, "description", "description is no text"),
    ({"private_tests": None, "generated_tests": None}, "private_tests", "no private tests"),
    ({"private_tests": columns(), "generated_tests": columns()}, "private_tests", "no private tests"),
    ({"private_tests": {"input": ["1"], "output": []}}, "private_tests", "private_tests is malformed"),
    ({"private_tests": {"input": ["1"]}}, "private_tests", "private_tests is malformed"),
    ({"private_tests": "[]"}, "private_tests", "private_tests is malformed"),
    ({"private_tests": [{"input": "1"}]}, "private_tests", "private_tests is malformed"),
    ({"private_tests": columns(("1", None))}, "private_tests[0].output", "a test is no text"),
    ({"private_tests": columns(("1", "2"), (3, "6"))}, "private_tests[1].input", "a test is no text"),
    ({"public_tests": columns(("1", b"2".hex()), ({}, "2"))}, "public_tests[1].input", "a test is no text"),
    ({"generated_tests": columns(("5\n1 2 3...", "6"))}, "generated_tests[0].input", "a test is cut off"),
    ({"generated_tests": columns(("5", f"{LONG}..."))}, "generated_tests[0].output", "a test is cut off"),
    ({"generated_tests": columns(("...", "6"))}, "generated_tests[0].input", "a test is cut off"),
    ({"time_limit": {"seconds": -1}}, "time_limit", "time_limit is out of range"),
    ({"time_limit": {"seconds": 10**9}}, "time_limit", "time_limit is out of range"),
    ({"time_limit": {"seconds": float("nan")}}, "time_limit", "time_limit is out of range"),
    ({"time_limit": {"seconds": "2"}}, "time_limit", "time_limit is malformed"),
    ({"time_limit": "2s"}, "time_limit", "time_limit is malformed"),
    ({"time_limit": {"seconds": 10**400}}, "time_limit", "time_limit is malformed"),
    ({"memory_limit_bytes": "256"}, "memory_limit_bytes", "memory_limit_bytes is no whole number"),
    ({"memory_limit_bytes": float("inf")}, "memory_limit_bytes", "memory_limit_bytes is no whole number"),
    ({"memory_limit_bytes": -5}, "memory", "memory limit out of range"),
    ({"difficulty": "hard"}, "difficulty", "difficulty is no whole number"),
    ({"cf_tags": "math"}, "cf_tags", "cf_tags is no list of texts"),
    ({"cf_tags": ["math", None]}, "cf_tags", "cf_tags is no list of texts"),
    ({"solutions": columns((3, None), names=NAMES)}, "solutions[0]", "a solution is no text"),
    ({"solutions": columns(("python", "x"), names=NAMES)}, "solutions[0]", "solutions are malformed"),
    ({"solutions": columns((9, "x"), names=NAMES)}, "solutions[0]", "solutions are malformed"),
    ({"solutions": columns((True, "x"), names=NAMES)}, "solutions[0]", "solutions are malformed"),
    ({"description": "half \ud800"}, "description", "description is no text"),
    ({"generated_tests": columns(("\ud83d", "6"))}, "generated_tests[0].input", "a test is no text"),
    ({"output_file": "out.txt", "input_file": "in.txt"}, "output_file", "answers in a file"),
    ({"input_file": "../in.txt"}, "input_file", "input_file is no plain name"),
    ({"input_file": "/etc/passwd"}, "input_file", "input_file is no plain name"),
    ({"description": "This is an interactive problem."}, "description", "interactive, without an interactor"),
]


@pytest.mark.parametrize(("changes", "field", "reason"), BAD, ids=[f"{n}-{bad[1]}" for n, bad in enumerate(BAD)])
def test_a_row_that_is_no_problem_is_left_out_alone(
    tmp_path: Path, changes: dict[str, Any], field: str, reason: str
) -> None:
    """A broken row is listed with source, row, field and reason in one line; the others load."""
    rows = [code_contests_row(name="before"), code_contests_row(**changes), code_contests_row(name="after")]
    problems = loaded(tmp_path, *rows)
    assert problems.ids == ("before", "after")
    (out,) = problems.left_out
    assert (out.source, out.row, out.field) == (str(tmp_path / "rows.jsonl"), 1, field)
    assert reason in out.reason
    assert str(out).startswith(f"{tmp_path / 'rows.jsonl'}, row 1, field {field}: expected ")
    assert "\n" not in str(out)
    assert len(str(out)) < 400


@pytest.mark.parametrize("missing", ["name", "private_tests"])
def test_a_missing_field_is_named(tmp_path: Path, missing: str) -> None:
    """A row without a field that is needed is left out by the field's name."""
    row = code_contests_row()
    del row[missing]
    (out,) = loaded(tmp_path, row).left_out
    assert (out.field, out.reason) == (missing, f"no field {missing}")


@pytest.mark.parametrize(
    "test", ["3 4\n#...\n....\n....", "S...", "Hello, world...", "so ... on", f"{LONG}\n..#..\n....."]
)
def test_dots_of_grids_and_sentences_are_no_cut(tmp_path: Path, test: str) -> None:
    """Dots that belong to a test do not make it a cut one."""
    assert problem_of(tmp_path, generated_tests=columns((test, "1"))).private_tests[-1].input == test


def test_real_rows_load_and_their_traps_are_marked() -> None:
    """Of the real rows the interactive one is left out, and those with several right answers carry the tag."""
    problems = load_problems("code_contests", path=shared_data("code_contests/hub_shape.jsonl"))
    assert [out.id.split(".")[0] for out in problems.left_out] == ["1179_E"]
    tagged = {problem.id.split(".")[0] for problem in problems if "several-answers" in problem.tags}
    assert tagged == {"1025_B", "1090_C", "1157_C2", "1214_H", "1256_C"}
    tests = sum(len(problem.public_tests) + len(problem.private_tests) for problem in problems)
    assert tests == 2233 - 105
    error = {problem.id[:6]: problem.checker.abs_tol for problem in problems}["1045_D"]
    assert error == 1e-4


def test_a_loaded_problem_is_judged(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """The right and the wrong program of a row get the verdicts that they should; trailing spaces are no matter."""
    problem = problem_of(tmp_path)
    for program in problem.programs:
        if program.language == "python":
            judgement = judge(program.source, problem, sandbox=any_sandbox, split="both")
            assert judgement.accepted == (program.label == "accepted")
