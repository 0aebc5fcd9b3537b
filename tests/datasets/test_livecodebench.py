"""LiveCodeBench: rows in its schema, sound and broken."""

import json
from pathlib import Path
from typing import Any

import pytest

from codegym import Problem, ProblemSet, Sandbox, TestCase, judge, load_problems
from codegym.problem import Argument
from tests.datasets.conftest import shared_data
from tests.datasets.hub_rows import cases, livecodebench_row, packed, write_lines, write_parquet

STARTER = "class Solution:\n    def join(self, words: List[str], times: int) -> str:\n        "
CALLS = cases(('["a", "b"]\n2', '"abab"'), ("[]\n3", '""'), testtype="functional")
FUNCTION = {
    "starter_code": STARTER,
    "metadata": json.dumps({"func_name": "join"}),
    "public_test_cases": json.dumps(CALLS[:1]),
    "private_test_cases": packed(CALLS),
}


def loaded(tmp_path: Path, *rows: Any, **options: Any) -> ProblemSet:
    return load_problems("livecodebench", path=write_lines(tmp_path / "rows.jsonl", rows), **options)


def problem_of(tmp_path: Path, **changes: Any) -> Problem:
    (problem,) = loaded(tmp_path, livecodebench_row(**changes))
    return problem


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_every_field_finds_its_place(tmp_path: Path, form: str) -> None:
    """A row of the published schema becomes the problem that it describes, its packed tests unpacked."""
    path, rows = tmp_path / f"rows.{form}", [livecodebench_row()]
    path = write_lines(path, rows) if form == "jsonl" else write_parquet(path, "livecodebench", rows)
    (problem,) = load_problems("livecodebench", path=path)
    assert (problem.id, problem.title, problem.kind, problem.difficulty) == ("abc999_a", "Twice", "stdin", "easy")
    assert problem.public_tests == (TestCase("1\n", "2\n"),)
    assert problem.private_tests == (TestCase("3\n", "6\n"), TestCase("5\n", "10\n"))
    assert problem.tags == ("atcoder",)


def test_private_tests_may_be_plain_json(tmp_path: Path) -> None:
    """Tests that were not packed are read as they are."""
    plain = json.dumps(cases(("3\n", "6\n"), ("5\n", "10\n")))
    assert problem_of(tmp_path, private_test_cases=plain) == problem_of(tmp_path)


@pytest.mark.parametrize("protocol", range(6))
def test_every_protocol_of_pickle_is_read(tmp_path: Path, protocol: int) -> None:
    """Whoever packed the tests with whichever Python, they are the same."""
    again = packed(cases(("3\n", "6\n"), ("5\n", "10\n")), protocol=protocol)
    assert problem_of(tmp_path, private_test_cases=again) == problem_of(tmp_path)


def test_functional_tests_make_a_method(tmp_path: Path) -> None:
    """An argument a line, a method of Solution, its starter code shown."""
    problem = problem_of(tmp_path, **FUNCTION)
    assert (problem.kind, problem.entry_point, problem.returns) == ("function", "Solution.join", "str")
    assert problem.arguments == (Argument("words", "List[str]"), Argument("times", "int"))
    assert problem.private_tests == (TestCase((["a", "b"], 2), "abab"), TestCase(([], 3), ""))
    assert STARTER.rstrip() in problem.statement
    assert problem.checker.type == "value"


def test_whole_numbers_are_floats_where_floats_are_returned(tmp_path: Path) -> None:
    """JSON may write 2.0 as 2; the annotation says which it is."""
    starter = STARTER.replace("-> str", "-> List[float]")
    calls = cases(("[]\n1", "[2, 2.5]"), testtype="functional")
    row = FUNCTION | {"starter_code": starter, "public_test_cases": "[]", "private_test_cases": json.dumps(calls)}
    (test,) = problem_of(tmp_path, **row).private_tests
    assert [type(value) for value in test.output] == [float, float]


def test_any_order_of_a_returned_list_will_do_where_the_statement_says_so(tmp_path: Path) -> None:
    """A list that may be returned in any order is compared so."""
    words = "You may return the answer in any order."
    assert problem_of(tmp_path, **FUNCTION | {"question_content": words}).checker.unordered
    assert not problem_of(tmp_path, **FUNCTION).checker.unordered


@pytest.mark.parametrize(
    ("start", "end", "ids"),
    [
        (None, None, ["q1", "q2", "q3"]),
        ("2024-02-01", None, ["q2", "q3"]),
        (None, "2024-02-01", ["q1", "q2"]),
        ("2024-02-01", "2024-02-01", ["q2"]),
        ("2025-01-01", None, []),
    ],
)
def test_dates_choose_contests_both_days_included(tmp_path: Path, start: Any, end: Any, ids: list[str]) -> None:
    """Problems of contests on or between the days asked for are kept."""
    rows = [
        livecodebench_row(question_id=f"q{month}", contest_date=f"2024-0{month}-01T12:00:00") for month in (1, 2, 3)
    ]
    assert list(loaded(tmp_path, *rows, start_date=start, end_date=end).ids) == ids


def test_a_row_without_a_date_is_left_out_only_where_dates_are_asked_for(tmp_path: Path) -> None:
    """A missing date is no matter until it decides."""
    rows = [livecodebench_row(contest_date="")]
    assert len(loaded(tmp_path, *rows)) == 1
    (out,) = loaded(tmp_path, *rows, start_date="2024-01-01").left_out
    assert out.field == "contest_date"


MIXED = [*cases(("1\n", "2\n")), *cases(("1", "2"), testtype="functional")]
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"question_id": None}, "question_id", "question_id is no text"),
    ({"question_content": " "}, "question_content", "question_content is empty"),
    ({"question_id": "abc337_e"}, "question_content", "interactive, without an interactor"),
    ({"question_id": "abc350_c"}, "private_test_cases", "tests known to be wrong"),
    ({"private_test_cases": None}, "private_test_cases", "private_test_cases is no text"),
    ({"private_test_cases": ""}, "private_test_cases", "private_test_cases is empty"),
    ({"private_test_cases": "[]"}, "private_test_cases", "no private tests"),
    ({"private_test_cases": packed([])}, "private_test_cases", "no private tests"),
    ({"private_test_cases": "[{]"}, "private_test_cases", "private_test_cases is not JSON"),
    ({"private_test_cases": "what?"}, "private_test_cases", "private_test_cases cannot be unpacked"),
    ({"private_test_cases": packed({"a": 1})}, "private_test_cases", "private_test_cases is malformed"),
    ({"private_test_cases": packed([1])}, "private_test_cases", "private_test_cases is malformed"),
    ({"private_test_cases": packed([{"input": "1"}])}, "private_test_cases[0]", "a test is no text"),
    (
        {"private_test_cases": packed(cases(("1\n", "2\n"), ("5\n1 2...", "3")))},
        "private_test_cases[1].input",
        "a test is cut off",
    ),
    ({"public_test_cases": "nothing"}, "public_test_cases", "public_test_cases cannot be unpacked"),
    ({"private_test_cases": packed(MIXED)}, "testtype", "tests of several types"),
    (FUNCTION | {"metadata": "{}"}, "metadata", "no func_name"),
    (FUNCTION | {"metadata": "[]"}, "metadata", "no func_name"),
    (FUNCTION | {"metadata": "{"}, "metadata", "metadata is not JSON"),
    (FUNCTION | {"metadata": '{"func_name": "a.b"}'}, "metadata", "no func_name"),
    (
        FUNCTION | {"private_test_cases": packed(cases(("[]", '""'), testtype="functional"))},
        "private_test_cases[0].input",
        "arguments do not fit the function",
    ),
    (
        FUNCTION | {"private_test_cases": packed(cases(("[]\n[1, 2", '""'), testtype="functional"))},
        "private_test_cases[0].input",
        "private_test_cases[0].input is not JSON",
    ),
    (
        FUNCTION | {"private_test_cases": packed(cases(("[]\n2", "abab"), testtype="functional"))},
        "private_test_cases[0].output",
        "private_test_cases[0].output is not JSON",
    ),
]


@pytest.mark.parametrize(("changes", "field", "reason"), BAD, ids=[f"{n}-{bad[1]}" for n, bad in enumerate(BAD)])
def test_a_row_that_is_no_problem_is_left_out_alone(
    tmp_path: Path, changes: dict[str, Any], field: str, reason: str
) -> None:
    """A broken row is listed with source, row, field and reason in one line; the others load."""
    rows = [livecodebench_row(question_id="x"), livecodebench_row(**changes), livecodebench_row(question_id="y")]
    problems = loaded(tmp_path, *rows)
    assert problems.ids == ("x", "y")
    (out,) = problems.left_out
    assert (out.row, out.field, out.reason) == (1, field, reason)
    assert "\n" not in str(out)
    assert len(str(out)) < 400


def test_real_rows_have_the_tests_that_were_decoded_elsewhere() -> None:
    """The unpacked tests of the real rows are those of the decoded copy beside them."""
    problems = load_problems("livecodebench", path=shared_data("livecodebench/hub_shape.jsonl"))
    assert not problems.left_out
    for known in json.loads(shared_data("livecodebench/decoded_3_problems.json").read_text()):
        problem = problems[known["task_id"].partition("/")[2]]
        tests = [*problem.public_tests, *problem.private_tests]
        io = known["input_output"]
        if problem.kind == "stdin":
            given = set(zip(io["inputs"], io["outputs"], strict=True))
            assert {(test.input, test.output) for test in tests} <= given
        else:
            lines = {"\n".join(json.dumps(argument) for argument in test.input) for test in tests}
            assert lines <= set(io["inputs"])
    single = load_problems("livecodebench", path=shared_data("livecodebench/hub_row_1873_A.jsonl"))
    assert single[0].private_tests == problems["1873_A"].private_tests


def test_real_accepted_solutions_are_accepted(any_sandbox: Sandbox) -> None:
    """The accepted solutions of the real problems pass; an empty program and another problem's do not."""
    problems = load_problems("livecodebench", path=shared_data("livecodebench/hub_shape.jsonl"))
    known = json.loads(shared_data("livecodebench/decoded_3_problems.json").read_text())
    solutions = {one["task_id"].partition("/")[2]: one["accepted_solution"] for one in known}
    for problem in problems:
        for name, solution in solutions.items():
            judgement = judge(solution, problem, sandbox=any_sandbox, split="both")
            assert judgement.accepted == (name == problem.id), (name, problem.id, judgement.verdict)
        assert not judge("pass", problem, sandbox=any_sandbox, split="both").accepted
