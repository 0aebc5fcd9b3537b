"""Test code read as tests: each form means what Python makes of it, and nothing is run to find out."""

import contextlib
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym import Checker, Sandbox, TestCase, judge
from codegym.errors import ProblemError
from codegym.functions.asserts import turn
from codegym.functions.calls import Call, Calls, Expected, Harness, Raises
from codegym.functions.static import NotStatic, evaluate
from tests.functions.test_functions import one

FORMS: list[tuple[str, TestCase]] = [
    ("assert f(1, [2]) == (3,)", TestCase((1, [2]), (3,))),
    ("assert 3 == f(1)", TestCase((1,), 3)),
    ("assert f(1) == -2.5", TestCase((1,), -2.5)),
    ("assert f(*[1, 2]) == 3", TestCase((1, 2), 3)),
    ("assert f(1) == set()", TestCase((1,), set())),
    ("assert f('a' * 3) == {'k': [None, True]}, 'why'", TestCase(("aaa",), {"k": [None, True]})),
    ("assert f(10 ** 30) == 10 ** 30 // 7", TestCase((10**30,), 10**30 // 7)),
    ("assert f(1)", TestCase((1,), Expected(relation="true"))),
    ("assert not f(1)", TestCase((1,), Expected(relation="false"))),
    ("assert f(1) is None", TestCase((1,), Expected(relation="none"))),
    ("assert f(1) is not None", TestCase((1,), Expected(relation="not_none"))),
    ("assert f(1) != 2", TestCase((1,), Expected(2, "unequal"))),
    ("assert f(1) in [1, 2]", TestCase((1,), Expected([1, 2], "contains"))),
    ("assert set(f(1)) == set((4, 5))", TestCase((1,), Expected({4, 5}, view="set"))),
    ("assert sorted(f(1)) == sorted([2, 1])", TestCase((1,), Expected([1, 2], view="sorted"))),
    ("assert len(f(1)) == 2", TestCase((1,), Expected(2, view="len"))),
    ("assert abs(f(1) - 2.0 / 3) < 1e-6", TestCase((1,), Expected(2 / 3, "close", abs_tol=1e-6))),
    ("assert abs(2 - f(1)) <= 0.1", TestCase((1,), Expected(2, "close", abs_tol=0.1))),
    ("import math\nassert math.isclose(f(1), math.pi)", TestCase((1,), Expected(math.pi, "close", rel_tol=1e-9))),
    ("assert math.isclose(f(1), 2, rel_tol=0.01)", TestCase((1,), Expected(2, "close", rel_tol=0.01))),
    (
        "import numpy as np\nassert np.isclose(f(1), 2)",
        TestCase((1,), Expected(2, "close", abs_tol=1e-8, rel_tol=1e-5)),
    ),
    ("with pytest.raises(ValueError):\n    f(1)", TestCase((1,), Raises("ValueError"))),
    ("assert f(k=2) == 3", TestCase(Calls((Call(keywords=(("k", 2),)),)), (3,))),
    ("assert f(int) == 3", TestCase(Calls((Call(code="f(int)"),)), (3,))),
    ("assert f(lambda x: x)[0] == 3", TestCase(Calls((Call(code="f(lambda x: x)[0]"),)), (3,))),
    ("def check(candidate):\n    assert candidate(1) == 2\ncheck(f)", TestCase((1,), 2)),
    ("def check(g):\n    x = [1, 2]\n    assert g(x) == x[0]", TestCase(([1, 2],), 1)),
    ("for x, y in zip([1], [2]):\n    assert f(x) == y", TestCase((1,), 2)),
    ("for i, (inp, exp) in enumerate(zip([[1]], [2])):\n    assert f(*inp) == exp", TestCase((1,), 2)),
]


@pytest.mark.parametrize(("source", "test"), FORMS, ids=[source for source, _ in FORMS])
def test_forms(source: str, test: TestCase) -> None:
    """Each way to write an assert is turned into the test that it is."""
    turned = turn(source, "f")
    assert (repr(turned.tests), turned.pairs) == (repr((test,)), 1)


LEFT = [
    "assert f(f(1)) == 2",
    "x = f(1)\nassert x == 2",
    "import random\nassert f(random.random()) == 1 and f(undefined) > 2",
    "assert f(1) > 2",
    "assert f(1) == g(1)",
    "def g(x):\n    return x\nassert f(g(1)) == 1",
    "for x in range(3):\n    y = f(x)\n    assert y == x",
    "while True:\n    assert f(1) == 1",
    "assert f(1) is True",
    "assert isinstance(f(1), int)",
    "a = [1]\nf(a)\nassert a == [2]",
]


@pytest.mark.parametrize("source", LEFT)
def test_what_cannot_be_turned_is_left_whole(source: str) -> None:
    """Code that needs running is a harness that holds all of it."""
    (test,) = turn(source, "f").tests
    assert isinstance(test.input, Harness)
    assert all(line.strip() in test.input.source for line in source.splitlines())


def test_code_is_divided() -> None:
    """What can be turned is, and the harness holds the rest without it."""
    source = "def check(candidate):\n    assert candidate(1) == 2\n    x = candidate(3)\n    assert x == 4\n"
    pair, harness = turn(source, "f").tests
    assert (pair.input, pair.output) == ((1,), 2)
    assert "candidate(1)" not in harness.input.source
    assert harness.input.source.rstrip().endswith("check(candidate)")


def test_a_variable_that_the_rest_may_change_stays_with_it() -> None:
    """An assert about a variable is not taken out of code that may change it."""
    (test,) = turn("a = [1]\nassert f(a) == 1\nf(a)\nassert f(a) == 2\n", "f").tests
    assert isinstance(test.input, Harness)
    assert test.input.source.count("assert") == 2


PLUS = """
import numpy as np

def is_floats(x):
    return isinstance(x, float)

def assertion(out, exp, atol):
    exact_match = out == exp
    if atol == 0 and is_floats(exp):
        atol = 1e-6
    if not exact_match and atol != 0:
        assert np.allclose(out, exp, rtol=1e-07, atol=atol)
    else:
        assert exact_match

inputs = [[1, (2,)], [2.5, ()]]
results = [[1], 0.25]
for i, (inp, exp) in enumerate(zip(inputs, results)):
    assertion(f(*inp), exp, 0)
"""


def test_published_rows_of_inputs_and_results() -> None:
    """The code of the plus sets becomes a pair a row, floats with their tolerance."""
    turned = turn(PLUS, "f")
    wanted = (TestCase((1, (2,)), [1]), TestCase((2.5, ()), Expected(0.25, "close", abs_tol=1e-6, rel_tol=1e-7)))
    assert repr(turned.tests) == repr(wanted)


HOSTILE = [
    "assert f(1) == {call}",
    "x = {call}\nassert f(x) == 1",
    "assert f({call}) == 1",
    "for x in {call}:\n    assert f(x) == 1",
    "def g(x={call}): pass\nassert f(1) == 1",
    "@{call}\ndef check(candidate): assert candidate(1) == 1",
    "assert f(1) == [{call} for _ in (1,)][0]",
    'assert f(1) == f"{{{call}}}"',
    "class A(metaclass={call}): pass\nassert f(1) == 1",
]


@pytest.mark.parametrize("form", HOSTILE)
def test_nothing_is_run_on_the_host(form: str, tmp_path: Path) -> None:
    """Code that would leave a file when run leaves none when it is read."""
    trace = tmp_path / "trace"
    turn(form.format(call=f"open({str(trace)!r}, 'w')"), "f")
    assert not trace.exists()


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9",
        "2**(2**40)",
        "'x' * 10**12",
        "[0] * 10**12",
        "10**12 * (1, 2)",
        "range(10**12)",
        "list(range(10**12))",
        "'%1000000000d' % 1",
        "1 << 10**12",
        "[[0] * 10**6] * 10**6",
        "[[[0] * 10**4] * 10**4] * 10**4",
        "(['x' * 10**6] * 10**6,)",
        "1 / 0",
        "[][1]",
        "{[]: 1}",
        "int('x')",
        "(1).__class__",
        "[].append(1)",
        "__import__('os')",
        "lambda: 1",
        "...",
        "undefined",
        "[x for x in [1]]",
        "int('9' * 5000)",
    ],
)
def test_what_has_no_value_at_a_glance(text: str) -> None:
    """Expressions that are dear, wrong or need running have no static value, and cost nothing."""
    import ast

    with pytest.raises(NotStatic):
        evaluate(ast.parse(text, mode="eval").body, {})


@pytest.mark.parametrize(("start", "step"), [("[1]", "x + x"), ("'a'", "x + x"), ("[1]", "[x, x]"), ("3", "x * x")])
def test_values_that_double_line_by_line_are_not_followed(start: str, step: str) -> None:
    """Variables that double with every line make no value that fills the memory; the code is left as it is."""
    source = f"x = {start}\n" + f"x = {step}\n" * 70 + "assert f(x) == 1\n"
    (test,) = turn(source, "f").tests
    assert isinstance(test.input, Harness)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_literals_come_back(argument: Any, expected: Any) -> None:
    """Any plain values written as Python are read as they were."""
    (test,) = turn(f"assert f({argument!r}) == {expected!r}", "f").tests
    assert repr((test.input, test.output)) == repr(((argument,), expected))


@given(st.text(max_size=60) | st.sampled_from(["assert f(", "assert f(1) ==", "\0", "assert " + "(" * 500 + "f(1)"]))
def test_any_text_is_read_or_refused(source: str) -> None:
    """Text that is no Python is a ProblemError and nothing else."""
    with contextlib.suppress(ProblemError):
        turn(source, "f")


RIGHT_AND_WRONG = [
    ("assert f() == 1", ["1", "1.0", "True", "2", "'1'", "[1]", "None"]),
    ("assert f() == [1, 2]", ["[1, 2]", "(1, 2)", "[1.0, 2]", "[2, 1]", "[1]"]),
    ("assert f() == {1, 2}", ["{1, 2}", "frozenset({2, 1})", "[1, 2]", "{1}"]),
    ("assert f() == {'a': 1}", ["{'a': 1}", "__import__('collections').Counter('a')", "{}", "[('a', 1)]"]),
    ("assert f() == 0.5", ["0.5", "1 / 2", "0.5000001", "5"]),
    ("assert f()", ["1", "0", "[]", "[0]", "None", "object()", "(x for x in ())"]),
    ("assert not f()", ["1", "0", "[]", "[0]", "None", "object()"]),
    ("assert f() is None", ["None", "0", "False"]),
    ("assert f() in (1, 'a')", ["1", "'a'", "2", "[]", "True"]),
    ("assert set(f()) == {1}", ["[1, 1]", "{1}", "(1,)", "1", "[2]", "(x for x in [1])"]),
    ("assert sorted(f()) == [1, 2]", ["[2, 1]", "{1, 2}", "[1]", "[1, 'a']", "{2: 0, 1: 0}"]),
    ("assert abs(f() - 1) < 0.1", ["1", "1.05", "0.8", "'a'", "None"]),
    ("assert len(f()) == 2", ["'ab'", "[1]", "2", "{1: 1, 2: 2}"]),
    ("assert int(f()) == 2", ["2.7", "'2'", "'x'", "3"]),
]


@pytest.mark.parametrize(("source", "results"), RIGHT_AND_WRONG, ids=[source for source, _ in RIGHT_AND_WRONG])
def test_turned_code_accepts_what_the_code_would(source: str, results: list[str], any_sandbox: Sandbox) -> None:
    """A program passes the turned test exactly if the code passes in one process with it, and the harness agrees."""
    (turned,) = turn(source, "f").tests
    assert not isinstance(turned.input, Harness)
    for result in results:
        program = f"def f():\n    return {result}\n"
        space: dict[str, Any] = {}
        try:
            exec(program + source, space)
            passes = True
        except Exception:
            passes = False
        for test in (turned, TestCase(Harness(source), None)):
            judgement = judge(program, one(test, checker=Checker("value", equality="python")), sandbox=any_sandbox)
            assert judgement.accepted is passes, (result, judgement.results[0])
