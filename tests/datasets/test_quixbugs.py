"""codegym.datasets.quixbugs: folders of small functions with one bug each."""

import json
from pathlib import Path

import pytest

from codegym import Problem, Sandbox, judge
from codegym.datasets.quixbugs import load
from codegym.errors import ProblemError
from codegym.problem import Argument, TestCase
from tests.datasets.builders import Files, write

DOC = '\n\n"""\nAdd one.\nInput:\n    n: a number\n"""\n'
SET: dict[str, str | bytes] = {
    "python_programs/add_one.py": f"def add_one(n):\n    return n + 2{DOC}",
    "correct_python_programs/add_one.py": "def add_one(n):\n    return n + 1\n",
    "json_testcases/add_one.json": "[1, 2]\n[[2], 3]\n\n[[-1], 0]\n[[10], 11]\n",
    "python_programs/pairs.py": "def pairs(a, b):\n    return [(a, a)]\n",
    "correct_python_programs/pairs.py": "def pairs(a, b):\n    return [(a, b)]\n",
    "json_testcases/pairs.json": "[[1, 1], [[1, 1]]]\n[[1, 2], [[1, 2]]]\n",
    "python_programs/flat.py": "def flat(x):\n    for y in x:\n        yield x\n",
    "correct_python_programs/flat.py": "# F\ndef flat(x):\n    for y in x:\n        yield from flat(y) if y else [0]\n",
    "json_testcases/flat.json": "[[[[0], [[0]]]], [0, 0]]\n[[[]], []]\n",
    "python_programs/sqrt.py": "def sqrt(x, epsilon):\n    return x\n",
    "correct_python_programs/sqrt.py": "def sqrt(x, epsilon):\n    return x ** 0.5\n",
    "json_testcases/sqrt.json": "[[4, 0.5], 2.4]\n[[9, 0.1], 3.05]\n",
    "python_programs/walk.py": "from .node import Node\ndef walk(node): pass\n",
    "python_programs/walk_test.py": "",
    "python_programs/node.py": "class Node: pass\n",
    "correct_python_programs/walk.py": "def walk(node): pass\n",
}


@pytest.fixture
def problems(tmp_path: Path) -> dict[str, Problem]:
    return {problem.id: problem for problem in load(write(tmp_path, SET))}


def test_a_program_with_tests_is_a_repair_problem(problems: dict[str, Problem]) -> None:
    """The buggy program is the starter, its own text the statement, and an argument that is no list stands alone."""
    problem = problems["add_one"]
    assert (problem.kind, problem.entry_point, problem.arguments) == ("function", "add_one", (Argument("n", "any"),))
    assert (problem.starter, problem.reference) == (
        SET["python_programs/add_one.py"],
        SET["correct_python_programs/add_one.py"],
    )
    assert [(p.label, p.source) for p in problem.programs] == [("rejected", problem.starter)]
    assert "Add one.\nInput:\n    n: a number\n" in problem.statement
    assert problem.public_tests == (TestCase((1,), 2), TestCase((10,), 11))
    assert problem.private_tests == (TestCase((2,), 3), TestCase((-1,), 0))


def test_tests_may_be_one_list(tmp_path: Path) -> None:
    """A file that holds all tests in one indented list gives those that a line each gives."""
    tests = json.dumps([[[1], 2], [[2], 3], [3, 4]], indent=2)
    (problem,) = (p for p in load(write(tmp_path, {**SET, "json_testcases/add_one.json": tests})) if p.id == "add_one")
    assert problem.public_tests == (TestCase((1,), 2),)
    assert problem.private_tests == (TestCase((2,), 3), TestCase((3,), 4))


def test_right_programs_pass_and_buggy_ones_fail(problems: dict[str, Problem], any_sandbox: Sandbox) -> None:
    """Tuples, generators and allowed errors are judged as their tests mean them."""
    assert set(problems) == {"add_one", "pairs", "flat", "sqrt"}
    for problem in problems.values():
        assert problem.reference is not None
        assert problem.starter is not None
        right = judge(problem.reference, problem, sandbox=any_sandbox, split="both")
        assert right.accepted, (problem.id, right.results)
        assert not judge(problem.starter, problem, sandbox=any_sandbox, split="both").accepted
    close = judge("def sqrt(x, epsilon): return 2.45", problems["sqrt"], sandbox=any_sandbox, split="public")
    assert close.accepted
    far = judge("def sqrt(x, epsilon): return 2.95", problems["sqrt"], sandbox=any_sandbox, split="public")
    assert not far.accepted


def test_programs_tested_by_code_are_left_out(tmp_path: Path) -> None:
    """A program without JSON tests is named once; what it imports, and its tests, are no programs."""
    found = load(write(tmp_path, SET))
    assert [(entry.source.rpartition("/")[2], entry.reason) for entry in found.left_out] == [
        ("walk.py", "tests that are code")
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"json_testcases/add_one.json": "[1, 2]\n[1, 2, 3]\n"}, "a malformed test"),
        ({"json_testcases/add_one.json": "[1, 2]\n{}\n"}, "a malformed test"),
        ({"json_testcases/add_one.json": "[1, 2]\n[1, ...]\n"}, "a malformed test"),
        ({"json_testcases/add_one.json": "[" * 99999}, "a malformed test"),
        ({"json_testcases/add_one.json": "[1, " + "9" * 9999 + "]"}, "a malformed test"),
        ({"json_testcases/add_one.json": "[1, 2]\n"}, "no private tests"),
        ({"json_testcases/add_one.json": b"[1, \"\xff\"]\n"}, "not UTF-8"),
        ({"correct_python_programs/add_one.py": "x = 1\n"}, "no function of the file's name"),
        ({"correct_python_programs/add_one.py": "def (\n"}, "no function of the file's name"),
        ({"correct_python_programs/add_one.py": "(" * 99999}, "no function of the file's name"),
    ],
    ids=range(10),
)  # fmt: skip
def test_a_malformed_problem_is_left_out(tmp_path: Path, change: Files, reason: str) -> None:
    """A bad file spoils its own problem and no other."""
    found = load(write(tmp_path, {**SET, **change}))
    assert found.ids == ("flat", "pairs", "sqrt")
    assert reason in [entry.reason for entry in found.left_out]


def test_a_buggy_program_need_not_parse(tmp_path: Path) -> None:
    """A bug may be a syntax error."""
    assert "add_one" in load(write(tmp_path, {**SET, "python_programs/add_one.py": "def add_one(n:\n"})).ids


def test_tests_that_take_ages_are_left_out(tmp_path: Path) -> None:
    """Of two known functions the tests that their own right programs do not end in time are left out."""
    long = json.dumps([["a" * 21, "b" * 50], 50])
    files = {
        "python_programs/levenshtein.py": "def levenshtein(a, b): return 0\n",
        "correct_python_programs/levenshtein.py": "def levenshtein(a, b): return 1\n",
        "json_testcases/levenshtein.json": f'[["a", "b"], 1]\n{long}\n[["c", "d"], 1]\n',
    }
    found = load(write(tmp_path, files))
    assert len(found[0].public_tests) + len(found[0].private_tests) == 2
    assert [entry.reason for entry in found.left_out] == ["a test that takes too long"]


def test_nothing_to_load_is_an_error(tmp_path: Path) -> None:
    """A folder in which no program has tests gives no empty set."""
    with pytest.raises(ProblemError, match="expected at least one"):
        load(
            write(tmp_path, {name: text for name, text in SET.items() if "json" not in name} | {"json_testcases/x": ""})
        )
