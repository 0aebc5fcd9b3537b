"""Function problems in codegym's own files: several calls, exceptions, changed arguments, methods."""

from pathlib import Path

import pytest

from codegym import Sandbox, judge
from codegym.datasets.yaml_files import load_file
from codegym.errors import ProblemError
from codegym.functions.calls import Call, Calls, Expected, Raises
from codegym.problem import Problem, TestCase

HEAD = """\
id: p
title: P
difficulty: easy
tags: []
kind: function
entry_point: {entry}
arguments:
  - {{name: items, type: "{type}"}}
returns: {returns}
statement: Do it.
{checker}
public_tests:
{tests}
private_tests:
{tests}
reference: |
  pass
"""


def load(
    folder: Path, tests: str, entry: str = "f", type: str = "list[int]", returns: str = "int", checker: str = ""
) -> Problem:
    path = folder / "p.yaml"
    indented = "".join(f"  - {line}\n" for line in tests.splitlines())
    path.write_text(HEAD.format(entry=entry, type=type, returns=returns, tests=indented, checker=checker))
    return load_file(path)


def test_every_form_is_read(tmp_path: Path) -> None:
    """Each form of a test in a file becomes the test that it stands for."""
    problem = load(
        tmp_path,
        "{input: [[2, 1]], output: [1, 2], argument: items}\n"
        "{input: [[]], raises: ValueError, message: empty}\n"
        "{calls: [{}, {call: .push, input: [1]}, {call: .pop, output: 1}, {call: g, raises: IndexError}]}\n",
    )
    assert problem.public_tests == (
        TestCase(([2, 1],), Expected([1, 2], argument=0)),
        TestCase(([],), Raises("ValueError", "empty")),
        TestCase(
            Calls((Call(), Call((1,), ".push"), Call((), ".pop"), Call((), "g"))),
            (Expected(relation="anything"), Expected(relation="anything"), 1, Raises("IndexError")),
        ),
    )


def test_methods_nodes_and_equality(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """A method that takes nodes and returns a tuple for a list is accepted where the file says that it may be."""
    test, program = (
        "{input: [[1, 2]], output: [2, 1]}\n",
        "class Solution:\n    def f(self, head): return head.next.val, head.val\n",
    )
    checker = "checker: {type: value, equality: json}"
    problem = load(tmp_path, test, "Solution.f", "ListNode", "any", checker)
    assert judge(program, problem, sandbox=any_sandbox).accepted
    assert not judge(program, load(tmp_path, test, "Solution.f", "ListNode", "any"), sandbox=any_sandbox).accepted


@pytest.mark.parametrize(
    ("test", "field"),
    [
        ("{input: [[1]], output: [1], argument: other}", "argument"),
        ("{input: [[1]], output: x, argument: items}", "output"),
        ("{input: [[1]], raises: 5}", "raises"),
        ("{input: [[1]], raises: 'a b'}", "raises"),
        ("{input: [[1]], raises: ValueError, output: 1}", "output"),
        ("{input: [[1]]}", "output"),
        ("{calls: []}", "calls"),
        ("{calls: [5]}", "calls"),
        ("{calls: [{call: 'f()'}]}", "call"),
        ("{calls: [{input: 5}]}", "input"),
        ("{calls: [{more: 5}]}", "more"),
        ("{calls: [{}], input: [[1]]}", "input"),
    ],
)
def test_what_is_no_test_is_refused(test: str, field: str, tmp_path: Path) -> None:
    """The complaint names file, line and field."""
    with pytest.raises(ProblemError, match=rf"p\.yaml:\d+: field public_tests\[0\].*{field}.*: expected .*, got "):
        load(tmp_path, test)


@pytest.mark.parametrize("entry", ["a.b.c", ".f", "Solution.", "5", "a b"])
def test_what_is_no_entry_point_is_refused(entry: str, tmp_path: Path) -> None:
    """A function's name, or a class's and a method's; nothing else."""
    with pytest.raises(ProblemError, match="field entry_point: expected a Python name"):
        load(tmp_path, "{input: [[1]], output: 1}", entry)
