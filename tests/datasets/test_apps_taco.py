"""APPS and TACO: rows in their schemas, sound and broken."""

import json
from pathlib import Path
from typing import Any

import pytest

from codegym import Limits, Problem, ProblemSet, TestCase, load_problems
from codegym.problem import Argument
from tests.datasets.conftest import shared_data
from tests.datasets.hub_rows import DOUBLE, apps_row, taco_row, write_lines, write_parquet

SOLUTION = "class Solution:\n    def twice(self, n: int) -> int:\n        "


def loaded(tmp_path: Path, name: str, *rows: Any, **options: Any) -> ProblemSet:
    return load_problems(name, path=write_lines(tmp_path / "rows.jsonl", rows), **options)


def io_of(inputs: Any, outputs: Any, **more: Any) -> str:
    return json.dumps({"inputs": inputs, "outputs": outputs} | more)


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_apps_fields_find_their_places(tmp_path: Path, form: str) -> None:
    """A row of APPS becomes the problem that it describes, from either format."""
    path = tmp_path / f"rows.{form}"
    path = write_lines(path, [apps_row()]) if form == "jsonl" else write_parquet(path, "apps", [apps_row()])
    (problem,) = load_problems("apps", path=path)
    assert (problem.id, problem.kind, problem.difficulty) == ("17", "stdin", "medium")
    assert problem.title == problem.statement == "Read an integer and print twice its value."
    assert problem.public_tests == (TestCase("1\n", "2\n"),)
    assert problem.private_tests == (TestCase("2\n", "4\n"), TestCase("3\n", "6\n"))
    assert problem.reference == DOUBLE
    assert [(p.label, p.language) for p in problem.programs] == [("accepted", "python")] * 2


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_taco_fields_find_their_places(tmp_path: Path, form: str) -> None:
    """A row of TACO becomes the problem that it describes, lists in Python's notation and all."""
    path = tmp_path / f"rows.{form}"
    rows = [taco_row(), taco_row(name=None, difficulty="VERY_HARD")]
    path = write_lines(path, rows) if form == "jsonl" else write_parquet(path, "taco", rows)
    first, second = load_problems("taco:test", path=path)
    assert (first.id, first.title, first.difficulty) == ("taco-0", "Twice", "medium")
    assert (second.id, second.title, second.difficulty) == ("taco-1", second.statement, "hard")
    assert first.tags == ("mathematics", "number theory", "math")
    assert first.native_limits == Limits(cpu_s=2.5, memory_bytes=2048 << 20)
    assert first.limits == Limits(cpu_s=12.5, memory_bytes=2048 << 20)


@pytest.mark.parametrize(
    ("limit", "seconds"),
    [(None, 2.0), ("", 2.0), ("None", 2.0), ("1 second", 1.0), ("500 ms", 0.5), ("0.5 - 1.5 seconds", 0.5), ("3", 3.0)],
)
def test_taco_time_limits_are_read_from_words(tmp_path: Path, limit: Any, seconds: float) -> None:
    """Time limits in words are seconds; where there is no number, the default."""
    (problem,) = loaded(tmp_path, "taco", taco_row(time_limit=limit, memory_limit=limit))
    assert problem.native_limits is not None
    assert problem.native_limits.cpu_s == seconds


@pytest.mark.parametrize("inputs", [["4", "5"], ["4\n", "5\n"]])
def test_lists_of_lines_are_joined(tmp_path: Path, inputs: list[str]) -> None:
    """A test whose sides are lists of lines is the text of those lines."""
    io = io_of([inputs, inputs], [["9"], ["9"]])
    (problem,) = loaded(tmp_path, "apps", apps_row(input_output=io))
    assert problem.private_tests == (TestCase("4\n5\n", "9\n"),)


def function_problem(tmp_path: Path, name: str, inputs: Any, outputs: Any, starter: str = SOLUTION) -> Problem:
    make = apps_row if name == "apps" else taco_row
    row = make(input_output=io_of(inputs, outputs, fn_name="twice"), starter_code=starter)
    (problem,) = loaded(tmp_path, name, row, examples=0)
    return problem


def test_fn_name_makes_a_function_problem(tmp_path: Path) -> None:
    """Tests that call make a problem of a function with its arguments; the starter code stands in the statement."""
    problem = function_problem(tmp_path, "apps", [[1], [2]], [2, 4])
    assert (problem.kind, problem.entry_point, problem.returns) == ("function", "Solution.twice", "int")
    assert problem.arguments == (Argument("n", "int"),)
    assert problem.private_tests == (TestCase((1,), 2), TestCase((2,), 4))
    assert problem.checker.type == "value"
    assert f"```python\n{SOLUTION.rstrip()}\n```" in problem.statement
    assert problem.starter is None


def test_plain_functions_have_no_class(tmp_path: Path) -> None:
    """A starter without the class, or none at all, asks for a plain function."""
    for starter in ("def twice(n):\n\t", ""):
        problem = function_problem(tmp_path, "apps", [[1], [2]], [2, 4], starter)
        assert problem.entry_point == "twice"


@pytest.mark.parametrize(
    ("name", "returns", "outputs", "expected"),
    [
        ("taco", "int", [[2], [4]], [2, 4]),
        ("taco", "List[int]", [[[2]], [[4, 5]]], [[2], [4, 5]]),
        ("taco", "List[int]", [[[2, 3]], [[4, 5]]], [[2, 3], [4, 5]]),
        ("taco", "int", [2, 4], [2, 4]),
        ("apps", "int", [[2], [4]], [2, 4]),
        ("apps", "int", [2, 4], [2, 4]),
        ("apps", "List[int]", [[2], [4]], [[2], [4]]),
        ("apps", "List[int]", [[2, 3], [4]], [[2, 3], [4]]),
        ("apps", "List[int]", [[[2]], [[4]]], [[2], [4]]),
        ("apps", "float", [[2], [4.5]], [2.0, 4.5]),
    ],
)
def test_expected_values_are_taken_out_of_a_list_of_their_own(
    tmp_path: Path, name: str, returns: str, outputs: Any, expected: Any
) -> None:
    """Both sets wrap the value that a call returns, TACO always, APPS for some; what is returned is compared."""
    starter = SOLUTION.replace("-> int", f"-> {returns}")
    problem = function_problem(tmp_path, name, [[1], [2]], outputs, starter)
    found = [test.output for test in problem.private_tests]
    assert found == expected
    assert [type(value) for value in found] == [type(value) for value in expected]


def test_arguments_as_lines_of_json_and_mappings_with_whole_keys(tmp_path: Path) -> None:
    """Arguments may be a line of JSON each; keys that JSON had to make text become numbers again."""
    problem = function_problem(tmp_path, "apps", ['{"1": 2}', [{"1": "2", "-3": 4}]], [0, {"5": 6}])
    assert problem.private_tests == (TestCase(({1: 2},), 0), TestCase(({1: "2", -3: 4},), {5: 6}))


def test_one_test_stays_private(tmp_path: Path) -> None:
    """Of a problem with a single test nothing is shown, rather than nothing kept back."""
    (problem,) = loaded(tmp_path, "apps", apps_row(input_output=io_of(["1"], ["2"])))
    assert (len(problem.public_tests), len(problem.private_tests)) == (0, 1)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"question": ""}, "question", "question is empty"),
    ({"question": None}, "question", "question is no text"),
    ({"question": "Remember to flush the output."}, "question", "interactive, without an interactor"),
    ({"input_output": ""}, "input_output", "no tests"),
    ({"input_output": None}, "input_output", "no tests"),
    ({"input_output": "{"}, "input_output", "input_output is not JSON"),
    ({"input_output": "[1]"}, "input_output", "input_output is malformed"),
    ({"input_output": "[" * 99999}, "input_output", "input_output is not JSON"),
    ({"input_output": {"inputs": []}}, "input_output", "input_output is no text"),
    ({"input_output": io_of([], [])}, "input_output", "no private tests"),
    ({"input_output": io_of(["1"], [])}, "input_output", "input_output is malformed"),
    ({"input_output": io_of("1", "2")}, "input_output", "input_output is malformed"),
    ({"input_output": io_of([1], ["2"])}, "input_output[0].input", "a test is no text"),
    ({"input_output": io_of(["1", "2"], ["2", None])}, "input_output[1].output", "a test is no text"),
    ({"input_output": io_of(["1", "9 8 ..."], ["2", "4"])}, "input_output[1].input", "a test is cut off"),
    ({"input_output": io_of([[1]], [2], fn_name=3)}, "input_output.fn_name", "fn_name is no name"),
    ({"input_output": io_of([[1]], [2], fn_name="f()")}, "input_output.fn_name", "fn_name is no name"),
    (
        {"input_output": io_of([1], [2], fn_name="twice")},
        "input_output.inputs[0]",
        "arguments are no list",
    ),
    (
        {"input_output": io_of([[1], [1, 2]], [2, 3], fn_name="twice"), "starter_code": SOLUTION},
        "input_output.inputs[1]",
        "arguments do not fit the function",
    ),
    (
        {"input_output": io_of(["n = 5\narr[] = {1, 2}"], ["3"]), "starter_code": SOLUTION},
        "input_output",
        "inputs in prose for a function",
    ),
    ({"solutions": "print(1)"}, "solutions", "solutions is not JSON"),
    ({"solutions": '{"a": 1}'}, "solutions", "solutions are malformed"),
    ({"solutions": "[1]"}, "solutions[0]", "a solution is no text"),
    ({"starter_code": 7}, "starter_code", "starter_code is no text"),
]


@pytest.mark.parametrize("name", ["apps", "taco"])
@pytest.mark.parametrize(("changes", "field", "reason"), BAD, ids=[f"{n}-{bad[1]}" for n, bad in enumerate(BAD)])
def test_a_row_that_is_no_problem_is_left_out_alone(
    tmp_path: Path, name: str, changes: dict[str, Any], field: str, reason: str
) -> None:
    """A broken row is listed with source, row, field and reason in one line; the others load."""
    rows = (
        [apps_row(problem_id=0), apps_row(problem_id=1, **changes), apps_row(problem_id=2)]
        if name == "apps"
        else [taco_row(), taco_row(**changes), taco_row()]
    )
    problems = loaded(tmp_path, name, *rows)
    assert problems.ids == (("0", "2") if name == "apps" else ("taco-0", "taco-2"))
    (out,) = problems.left_out
    assert (out.row, out.field, out.reason) == (1, field, reason)
    assert "\n" not in str(out)
    assert len(str(out)) < 400


@pytest.mark.parametrize(
    ("key", "value"),
    [("tags", "[1]"), ("raw_tags", "print(1)"), ("skill_types", "__import__('os')"), ("tags", "[" * 9999)],
)
def test_lists_in_pythons_notation_are_read_not_run(tmp_path: Path, key: str, value: str) -> None:
    """What is no list of texts is refused by the field's name, and nothing is run."""
    (out,) = loaded(tmp_path, "taco", taco_row(**{key: value})).left_out
    assert (out.field, out.reason) == (key, f"{key} is no list of texts")


def test_escapes_in_other_peoples_text_warn_nobody(tmp_path: Path) -> None:
    """Odd escapes in a list of topics or a starter are read without a warning, which these tests would take amiss."""
    starter = "def twice(n):\n    'Not \\d.'\n    "
    tests = io_of([[1], [2]], [2, 4], fn_name="twice")
    (problem,) = loaded(tmp_path, "taco", taco_row(tags=r"['a\d']", starter_code=starter, input_output=tests))
    assert problem.tags[0] == r"a\d"
    assert [argument.name for argument in problem.arguments] == ["n"]


@pytest.mark.parametrize("value", [None, "x", 1.5, True])
def test_apps_rows_need_their_numbers(tmp_path: Path, value: Any) -> None:
    """A row of APPS without a number has no id."""
    (out,) = loaded(tmp_path, "apps", apps_row(problem_id=value)).left_out
    assert out.field == "problem_id"


def test_real_rows_load_whole() -> None:
    """All five real rows load, every test in one split or the other; those with several answers carry the tag."""
    problems = load_problems("apps", path=shared_data("apps_taco/apps_shape.jsonl"))
    assert problems.ids == ("0", "1", "2", "3", "4")
    assert sum(len(problem.public_tests) + len(problem.private_tests) for problem in problems) == 283
    assert [problem.id for problem in problems if "several-answers" in problem.tags] == ["0", "2"]


def test_numbers_of_many_digits_are_read(tmp_path: Path) -> None:
    """Arguments and results may be longer than the whole numbers that Python reads by itself; not without end."""
    digits = "-1" + "0" * 5000 + "7"
    tests = f'{{"fn_name": "f", "inputs": [[1], [{digits}]], "outputs": [2, {digits}]}}'
    problems = loaded(tmp_path, "apps", apps_row(input_output=tests, starter_code="", solutions=""))
    (test,) = problems[0].private_tests
    assert test.input == (-(10**5001) - 7,)
    endless = tests.replace("0" * 5000, "0" * 300_000)
    problems = loaded(tmp_path, "apps", apps_row(input_output=endless, starter_code="", solutions=""))
    assert [out.reason for out in problems.left_out] == ["input_output is not JSON"]


def test_a_list_written_as_none_is_empty(tmp_path: Path) -> None:
    """The set writes its lists as Python does, and so it may write that there is none."""
    (problem,) = loaded(tmp_path, "taco", taco_row(skill_types="None", tags="[]", raw_tags="['x']"))
    assert problem.tags == ("x",)
