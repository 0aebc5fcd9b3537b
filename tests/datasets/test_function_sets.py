"""MBPP, HumanEval, their plus sets and HumanEvalPack, in their own schemas on rows made up here."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codegym import Sandbox, judge, load_problems
from codegym.datasets import ProblemSet
from codegym.datasets.plus import restored
from codegym.errors import ProblemError, UsageError
from codegym.functions.calls import Calls, Expected, Harness

Row = dict[str, Any]
Write = Callable[[Sequence[Row]], Path]

MBPP: Row = {
    "task_id": 602,
    "text": "Write a function to add two numbers.",
    "code": "class Pair:\r\n  def __init__(self, a, b):\r\n    self.a = a\r\ndef add(a, b):\r\n\treturn a + b\r\n",
    "test_list": ["assert add(1, 2) == 3", "assert add(0, 0) == 0", "assert add(two.a, 2) == 3"],
    "test_setup_code": "two = Pair(1, 2)\r\n",
    "challenge_test_list": ["assert add('a', 'b') == 'ab'"],
}
SANITIZED: Row = {
    "source_file": "some.ipynb",
    "task_id": 7,
    "prompt": "Write a function to halve.",
    "code": "def half(x):\n    return x / 2",
    "test_imports": ["import math"],
    "test_list": ["assert math.isclose(half(3), 1.5)", "assert half(math.floor(4.5)) == 2.0"],
}
PLUS: Row = {
    "task_id": "Mbpp/2",
    "prompt": "'''\nWrite a function to find what two tuples share.\n'''",
    "entry_point": "shared",
    "canonical_solution": "\ndef shared(a, b):\n  return tuple(set(a) & set(b))\n",
    "base_input": [[[1, 2], [2, 3]]],
    "plus_input": [[[1], [2]], [[4, 5, 6], [6, 5]]],
    "atol": 0,
    "contract": "",
    "assertion": "\nassert shared((1, 2), (2, 3)) == (2,)\n",
}
PLUS_CODE = """
import numpy as np
def is_floats(x): return isinstance(x, float)
def assertion(out, exp, atol):
    if atol == 0 and is_floats(exp): atol = 1e-6
    if out != exp: assert np.allclose(out, exp, rtol=1e-07, atol=atol)
"""
PLUS_ROWS = """
inputs = [[1, 2], [5, 5], [2.5, 0.25], [7, 0]]
results = [3, 10, 2.75, 7]
for i, (inp, exp) in enumerate(zip(inputs, results)):
    assertion({}(*inp), exp, 0)
"""
PLUS_HUB: Row = {
    "task_id": 602,
    "code": "def add(a, b):\n    return a + b\n",
    "prompt": "Write a function to add.",
    "source_file": "some.ipynb",
    "test_imports": [],
    "test_list": ["assert add(1, 2) == 3", "assert add(5, 5) == 10"],
    "test": PLUS_CODE + PLUS_ROWS.format("add"),
}
EVAL: Row = {
    "task_id": "HumanEval/900",
    "prompt": "def plus(a: int, b: int) -> int:\n"
    '    """Add.\n    >>> plus(1, 2)\n    3\n    >>> plus(5, 5)\n    11\n    """\n',
    "entry_point": "plus",
    "canonical_solution": "    return a + b\n",
    "test": "METADATA = {'author': 'x'}\n\ndef check(candidate):\n    assert candidate(5, 5) == 10\n"
    "    import random\n    for _ in range(20):\n        n = random.random()\n"
    "        assert candidate(n, n) == 2 * n\n",
}
EVAL_PLUS_OWN: Row = EVAL | {
    "base_input": [[5, 5]],
    "plus_input": [[10**20, 1], [0.5, 0.25]],
    "atol": 0,
    "contract": "",
}
EVAL_PLUS_HUB: Row = EVAL | {
    "test": PLUS_CODE + "def check(candidate):\n" + PLUS_ROWS.format("candidate").replace("\n", "\n    ")
}
PACK: Row = {
    "task_id": "Python/900",
    "prompt": EVAL["prompt"],
    "declaration": "def plus(a: int, b: int) -> int:\n",
    "canonical_solution": "    return a + b\n",
    "buggy_solution": "    return a - b\n",
    "bug_type": "operator misuse",
    "failure_symptoms": "incorrect output",
    "entry_point": "plus",
    "import": "",
    "test_setup": "",
    "test": "\n\ndef check(plus):\n    assert plus(1, 2) == 3\n\ncheck(plus)",
    "example_test": "def check(plus):\n    assert plus(1, 0) == 1\ncheck(plus)\n",
    "signature": "plus(a: int, b: int) -> int",
    "docstring": "Add.",
    "instruction": "Write a Python function to add.",
}
ROWS = {
    "mbpp": [MBPP, SANITIZED],
    "mbppplus": [PLUS, PLUS_HUB],
    "humaneval": [EVAL],
    "humanevalplus": [EVAL_PLUS_OWN, EVAL_PLUS_HUB],
    "humanevalpack": [PACK],
}
CASES = [(f"{name}-{number}", name, row) for name, rows in ROWS.items() for number, row in enumerate(rows)]
EACH = [pytest.param(name, row, id=case) for case, name, row in CASES]
ON_THE_HUB = [pytest.param(name, row, id=case) for case, name, row in CASES if "base_input" not in row]


def lines(folder: Path, rows: Sequence[Row]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def load(name: str, folder: Path, *rows: Row, **options: Any) -> ProblemSet:
    return load_problems(name, path=lines(folder, rows), **options)


@pytest.mark.parametrize(("name", "row"), EACH)
def test_reference_passes_and_another_does_not(name: str, row: Row, tmp_path: Path, any_sandbox: Sandbox) -> None:
    """The reference passes public and private tests; a program that returns nothing, and the empty one, do not."""
    (problem,) = load(name, tmp_path, row)
    assert problem.reference
    assert judge(problem.reference, problem, sandbox=any_sandbox, split="both", run_all=True).accepted
    for program in (f"def {problem.entry_point}(*x):\n    pass\n", ""):
        assert not judge(program, problem, sandbox=any_sandbox, split="public").accepted
        assert not judge(program, problem, sandbox=any_sandbox, split="private").accepted


@pytest.mark.parametrize(("name", "row"), ON_THE_HUB)
def test_parquet_gives_the_same(name: str, row: Row, tmp_path: Path) -> None:
    """A row in Parquet, as the hub has it, is the same problem as in JSON lines."""
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist([row]), path)
    (one,), (other,) = load_problems(name, path=path), load(name, tmp_path, row)
    assert repr((one.public_tests, list(one.private_tests))) == repr((other.public_tests, list(other.private_tests)))


@pytest.mark.parametrize(("name", "row"), EACH)
def test_every_broken_field_is_named(name: str, row: Row, tmp_path: Path) -> None:
    """A row with a field missing, null or of another type loads or is left out with the field's name; others load."""
    for field in row:
        broken: list[Row] = [{key: value for key, value in row.items() if key != field}]
        values: list[Any] = [None, 5, "", "(", [], [[]], [5], {"x": 1}, True, ["("]]
        broken += [row | {field: value} for value in values]
        for one in broken:
            problems = load(name, tmp_path, one, row | {"task_id": "Mbpp/3" if "mbpp" in name else "Python/1"})
            assert len(problems) + len(problems.left_out) == 2
            assert len(problems) >= 1
            for out in problems.left_out:
                assert out.field, out
                assert out.reason, out
                assert "row 0" in str(out)


def test_mbpp_divides_its_asserts(tmp_path: Path) -> None:
    """The first assert is public, those after it and the challenge ones private; the option moves the border."""
    (problem,) = load("mbpp", tmp_path, MBPP)
    assert (len(problem.public_tests), len(problem.private_tests)) == (1, 3)
    assert problem.private_tests[-1].output == "ab"
    (problem,) = load("mbpp", tmp_path, MBPP, public=2)
    assert (len(problem.public_tests), len(problem.private_tests)) == (2, 2)
    assert isinstance(problem.private_tests[0].input, Calls)
    (problem,) = load("mbpp", tmp_path, MBPP, public=99)
    assert len(problem.private_tests) == 1
    assert "\r" not in (problem.reference or "")


def test_mbpp_with_one_assert_is_left_out(tmp_path: Path) -> None:
    """One assert cannot be both shown and hidden."""
    problems = load("mbpp", tmp_path, MBPP | {"test_list": ["assert add(1, 2) == 3"], "challenge_test_list": []})
    assert len(problems) == 0
    assert problems.left_out[0].field == "test_list"


def test_mbpp_splits_by_id(tmp_path: Path) -> None:
    """The rows of one file are divided by their ids."""
    rows = [MBPP | {"task_id": task} for task in (1, 10, 11, 510, 511, 600, 601, 974)]
    ids = {
        split: load_problems(f"mbpp:{split}", path=lines(tmp_path, rows)).ids for split in ("prompt", "test", "train")
    }
    assert ids == {"prompt": ("1", "10"), "test": ("11", "510"), "train": ("601", "974")}


@pytest.mark.parametrize("options", [{"public": 0}, {"public": True}, {"config": "other"}])
def test_mbpp_refuses_options(options: Any, tmp_path: Path) -> None:
    """An option that is none is a UsageError."""
    with pytest.raises(UsageError):
        load("mbpp", tmp_path, MBPP, **options)


def test_plus_inputs_are_private_and_answered_by_the_reference(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """Base tests are public with what they assert; the plus ones get what the reference gives, as sets here."""
    (problem,) = load("mbppplus", tmp_path, PLUS)
    assert [(test.input, test.output) for test in problem.public_tests] == [(((1, 2), (2, 3)), (2,))]
    made = problem.private_tests.complete(lambda: any_sandbox)  # type: ignore[attr-defined]
    assert [test.input for test in made] == [((1,), (2,)), ((4, 5, 6), (6, 5))]
    assert [repr(test.output) for test in made] == [repr(Expected(one, view="set")) for one in (set(), {5, 6})]


def test_what_the_reference_gave_is_kept(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """A second set asks no sandbox."""
    (problem,) = load("mbppplus", tmp_path, PLUS)
    first = problem.private_tests.complete(lambda: any_sandbox)  # type: ignore[attr-defined]
    (problem,) = load("mbppplus", tmp_path, PLUS)
    second = problem.private_tests.complete(lambda: pytest.fail("asked again"))  # type: ignore[attr-defined]
    assert repr(first) == repr(second)


def test_a_reference_that_fails_is_the_problems_error(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """It names the file, the row and the test."""
    broken = PLUS | {"canonical_solution": "def shared(a, b):\n    return (2,) if 2 in a else 1 // 0\n"}
    (problem,) = load("mbppplus", tmp_path, broken)
    with pytest.raises(ProblemError, match="row 0: reference on private test 0: expected a result, got ZeroDivision"):
        judge("def shared(a, b): return ()\n", problem, sandbox=any_sandbox)


def test_hub_rows_of_plus_sets_hide_what_is_not_shown(tmp_path: Path) -> None:
    """Of the rows that stand in code, those that are public are not private too."""
    (problem,) = load("mbppplus", tmp_path, PLUS_HUB)
    assert [test.input for test in problem.public_tests] == [(1, 2), (5, 5)]
    assert [test.input for test in problem.private_tests] == [(2.5, 0.25), (7, 0)]
    (problem,) = load("humanevalplus", tmp_path, EVAL_PLUS_HUB)
    assert [test.input for test in problem.public_tests] == [(1, 2)]
    assert len(problem.private_tests) == 3


@pytest.mark.parametrize(
    ("task", "results", "right", "wrong"),
    [
        (2, "[(3, 1), ()]", "(1, 3, 1) if x else []", "(1,)"),
        (737, "[True, False]", "__import__('re').match('a', 'a' if x else 'b')", "None"),
        (558, "[27, 0]", "_", "5"),
    ],
)
def test_tasks_with_a_comparison_of_their_own(
    task: int, results: str, right: str, wrong: str, tmp_path: Path, any_sandbox: Sandbox
) -> None:
    """The hub's code compares by equality alone; tasks that accept more do so from its rows too."""
    rows = PLUS_ROWS.replace(
        "[[1, 2], [5, 5], [2.5, 0.25], [7, 0]]", "[[1], [0]]" if task != 558 else "[[12, 34], [1, 1]]"
    )
    rows = rows.replace("[3, 10, 2.75, 7]", results)
    changes = {"task_id": task, "test": PLUS_CODE + rows.format("add")}
    (problem,) = load("mbppplus", tmp_path, PLUS_HUB | changes)
    if task == 558:
        right = "sum(abs(int(a) - int(b)) for a, b in zip(str(x).zfill(2), str(*y).zfill(2)))"
    for result, accepted in ((right, True), (wrong, False)):
        program = f"def add(x, *y):\n    return {result}\n"
        assert judge(program, problem, sandbox=any_sandbox).accepted is accepted, (task, result)


def test_humaneval_shows_examples_that_no_assert_contradicts(tmp_path: Path) -> None:
    """The docstring's right example is public; the asserts are pairs, the random ones test code."""
    (problem,) = load("humaneval", tmp_path, EVAL)
    assert [(test.input, test.output) for test in problem.public_tests] == [((1, 2), 3)]
    assert [isinstance(test.input, Harness) for test in problem.private_tests] == [False, True]
    assert problem.statement.count("plus") == 3
    assert problem.arguments[0].type == "int"


def test_humaneval_without_examples_shows_an_assert(tmp_path: Path) -> None:
    """Where no example can be read the first assert is public."""
    (problem,) = load("humaneval", tmp_path, EVAL | {"prompt": "def plus(a, b):\n"})
    assert [test.input for test in problem.public_tests] == [(5, 5)]


def test_a_zero_of_a_polynomial_may_be_another_one(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """The task that asks for any zero is judged by what it asks for."""
    row = EVAL_PLUS_OWN | {
        "task_id": "HumanEval/32",
        "entry_point": "zero",
        "prompt": "def zero(xs):\n",
        "canonical_solution": "    return 1.0\n",
        "test": "def check(candidate):\n    assert round(1) == 1 and candidate([1, -1]) == 1\n",
        "plus_input": [[[-1, 0, 1]]],
    }
    (problem,) = load("humanevalplus", tmp_path, row)
    for value, accepted in (("1.0", True), ("-1.0", True), ("0.5", False), ("'1'", False), ("None", False)):
        assert judge(f"def zero(xs):\n    return {value}\n", problem, sandbox=any_sandbox).accepted is accepted


def test_humanevalpack_is_a_repair(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """The starter is the program with the fault, which is labelled, and fails."""
    (problem,) = load("humanevalpack", tmp_path, PACK)
    (buggy,) = problem.programs
    assert problem.starter == buggy.source == PACK["declaration"] + PACK["buggy_solution"]
    assert judge(buggy.source, problem, sandbox=any_sandbox).verdict == buggy.label == "wrong_answer"


def test_other_languages_are_refused_with_the_reason(tmp_path: Path) -> None:
    """A row, or a split, whose tests would be one program with the candidate's, is not loaded."""
    problems = load("humanevalpack", tmp_path, PACK | {"task_id": "Java/0"})
    assert "one program with the candidate's" in str(problems.left_out[0])
    with pytest.raises(UsageError, match="expected values included"):
        load_problems("humanevalpack:java", path=lines(tmp_path, [PACK]))


@pytest.mark.parametrize(
    ("task", "given", "wanted"),
    [
        (2, ([1], [2]), ((1,), (2,))),
        (63, ([[1, 2]],), ([(1, 2)],)),
        (75, ([[1]], 3), ([(1,)], 3)),
        (106, ([1], [2]), ([1], (2,))),
        (115, ([[1, 1], [], {}],), ([{1}, {}, {}],)),
        (124, (1, "2j"), (1.0, 2j)),
        (252, ("1+2j",), (1 + 2j,)),
        (278, ([1, [2]],), ((1, (2,)),)),
        (307, ([1], 2, [3]), ((1,), 2, [3])),
        (580, ([1, [2, [3]]],), ((1, (2, (3,))),)),
        (722, ({"k": [1]}, 2, 3), ({"k": (1,)}, 2, 3)),
        (9, ([[1]],), ([[1]],)),
    ],
)
def test_types_that_json_lost_are_restored(task: int, given: Any, wanted: Any) -> None:
    """Tuples, sets and complex numbers come back where the task has them."""
    assert repr(restored(task, given)) == repr(wanted)


@pytest.mark.parametrize(
    ("task", "given"), [(124, ("x", 1)), (252, ("x",)), (722, ([1], 2)), (63, (5,)), (115, (None,))]
)
def test_inputs_of_another_form_are_refused(task: int, given: Any) -> None:
    """Inputs that are not as the task's raise ValueError with the task's number."""
    with pytest.raises(ValueError, match=str(task)):
        restored(task, given)
