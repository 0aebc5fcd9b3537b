"""Test code that runs apart from the candidate: what it decides, and what candidates can do about it."""

from typing import Any

import pytest

from codegym import Limits, Sandbox, TestCase, judge
from codegym.errors import ProblemError
from codegym.functions.calls import Harness
from tests.fakes import Spy
from tests.functions.test_functions import one

DOUBLE = "def f(x):\n    return x * 2\n"
RANDOM = """
import random
for _ in range(200):
    x = random.randint(-100, 100)
    assert candidate(x) == x + x
"""
DEPENDENT = "assert f(f(f(1))) == 8\n"
MUTATES = "a = [1]\nf(a)\nf(a)\nassert a == [1, 9, 9]\n"
CATCHES = "try:\n    f(-1)\nexcept ValueError as error:\n    assert 'low' in str(error)\nelse:\n    assert False\n"
LISTS = "assert sorted(x for x in f(3)) == [0, 1, 2]\n"
HELPER = "def close(a, b):\n    return abs(a - b) < 1e-6\nassert close(f(1), 2) and close(f(2), 4)\n"
ARRAYS = "import numpy as np\ndef near(a, b):\n    assert np.allclose(a, b)\nnear(f(1), 2)\n"
CHECKED = """
def check(candidate):
    for x in (1, 2):
        y = candidate(x)
        assert y == 2 * x
check(candidate)
"""
STATE = "n = 0\ndef f(x):\n    global n\n    n += 1\n    return n\n"
VERDICTS = [
    ("random", RANDOM, DOUBLE, "accepted"),
    ("random, wrong", RANDOM, "def f(x):\n    return 2 * x if x < 90 else 0\n", "wrong_answer"),
    ("dependent", DEPENDENT, DOUBLE, "accepted"),
    ("dependent, wrong", DEPENDENT, "def f(x):\n    return x + 1\n", "wrong_answer"),
    ("mutates", MUTATES, "def f(x):\n    x.append(9)\n", "accepted"),
    ("does not mutate", MUTATES, "def f(x):\n    x = x + [9]\n", "wrong_answer"),
    ("catches", CATCHES, "def f(x):\n    raise ValueError('too low')\n", "accepted"),
    ("another exception", CATCHES, "def f(x):\n    raise KeyError('too low')\n", "runtime_error"),
    ("none to catch", CATCHES, "def f(x):\n    return 1\n", "wrong_answer"),
    ("iterator", LISTS, "def f(n):\n    return (x for x in range(n))\n", "accepted"),
    ("state", "assert f(0) == 1 and f(0) == 2\n", STATE, "accepted"),
    ("helper", HELPER, DOUBLE, "accepted"),
    ("helper, wrong", HELPER, "def f(x):\n    return 2\n", "wrong_answer"),
    ("arrays", ARRAYS, "def f(x):\n    return 2.000000001\n", "accepted"),
    ("arrays, wrong", ARRAYS, "def f(x):\n    return [2.1]\n", "wrong_answer"),
    ("check", CHECKED, DOUBLE, "accepted"),
    ("other type", HELPER, "def f(x):\n    return None\n", "wrong_answer"),
    ("keywords", "assert f(x=4) == 8\n", DOUBLE, "accepted"),
    ("not a number", "x = float('nan')\ny = f(x)\nassert y != y\n", DOUBLE, "accepted"),
    ("crash", DEPENDENT, "def f(x):\n    return 1 // 0\n", "runtime_error"),
    ("exit", DEPENDENT, "def f(x):\n    raise SystemExit\n", "runtime_error"),
    ("no function", DEPENDENT, "x = 1\n", "runtime_error"),
    ("syntax", DEPENDENT, "def f(\n", "compile_error"),
    ("spin", DEPENDENT, "def f(x):\n    while True: pass\n", "time_limit_exceeded"),
]


def verdict(code: str, program: str, sandbox: Sandbox, **changes: Any) -> str:
    problem = one(TestCase(Harness(code), None), **({"limits": Limits(cpu_s=1.0)} | changes))
    return str(judge(program, problem, sandbox=sandbox, split="private").verdict)


@pytest.mark.parametrize(("code", "program", "wanted"), [case[1:] for case in VERDICTS], ids=[c[0] for c in VERDICTS])
def test_verdicts(code: str, program: str, wanted: str, any_sandbox: Sandbox) -> None:
    """The code decides as if the candidate's function were in its process."""
    assert verdict(code, program, any_sandbox) == wanted


def test_rounds_are_few(any_sandbox: Sandbox) -> None:
    """Two hundred calls that do not depend on each other take one run of the candidate, and two of the code."""
    spy = Spy(any_sandbox)
    assert verdict(RANDOM, DOUBLE, spy) == "accepted"
    assert (len(spy.seen["candidate"]), len(spy.seen["judge"])) == (1, 2)


@pytest.mark.parametrize(
    "code",
    [
        "f(lambda x: x)",
        "f(object())",
        "f(x for x in [1])",
        "assert undefined_name",
        "raise ValueError",
        "while True: pass",
    ],
)
def test_code_that_fails_by_itself_is_the_problems_error(code: str, any_sandbox: Sandbox) -> None:
    """Code that wants what the stand-in cannot give, or fails without a call, is an error that names the problem."""
    with pytest.raises(ProblemError, match="test code that "):
        verdict(code, DOUBLE, any_sandbox)


NEVER = "assert f(1) == 'EXPECTED-' + str(2) and f(2) == 'EXPECTED-' + str(4)\n"
HOSTILE = {
    "equal to everything": """
class A:
    def __eq__(s, o): return True
    __hash__ = object.__hash__
def f(x): return A()
""",
    "a text that is": """
class A(str):
    def __eq__(s, o): return True
    __hash__ = str.__hash__
def f(x): return A()
""",
    "a list that is": """
class A(list):
    def __eq__(s, o): return True
def f(x): return A()
""",
    "stops the code": """
class Stop(BaseException): pass
def f(x): raise Stop
""",
    "raises a stop": """
Stop = type('Stop', (Exception,), {})
def f(x): raise Stop('x')
""",
    "raises assertion errors": """
def f(x): raise AssertionError('passed')
""",
    "an exception without name": """
E = type('', (Exception,), {'__str__': lambda s: 1 / 0})
def f(x): raise E
""",
    "an exit": """
import os
def f(x): os._exit(0)
""",
    "a forged answer": """
import os
def f(x):
    os.write(3, b'[["returned","EXPECTED-2",{}]]')
    os._exit(0)
""",
    "a forged verdict": """
import os
def f(x):
    for n in range(3, 64):
        try: os.write(n, b'["passed","",2]')
        except OSError: pass
    return ['passed', '', 2]
""",
    "an answer to all": """
def f(x): return ['passed', '', 9]
""",
    "vast": """
def f(x): return 'x' * (1 << 23)
""",
    "deep": """
def f(x):
    a = []
    for _ in range(10**5): a = [a]
    return a
""",
    "within itself": """
def f(x):
    a = []
    a.append(a)
    return a
""",
    "without end": """
def f(x):
    while 1: yield x
""",
    "collisions": """
def f(x): return {n * (2**61 - 1) for n in range(30000)}
""",
    "surrogates": """
def f(x): return '\\ud800'
""",
    "frames": """
import sys
def f(x):
    frame = sys._getframe()
    while frame:
        for v in (frame.f_locals, frame.f_globals):
            for t in list(v.values()):
                if type(t) is str and 'EXPECTED-' in t and t != 'EXPECTED-': return t
        frame = frame.f_back
""",
    "objects": """
import gc
def f(x):
    for o in gc.get_objects():
        try:
            if 'EXPEC' + 'TED-' in repr(o): return 'reached'
        except Exception: pass
""",
    "changes its argument": """
def f(x):
    import gc
    for o in gc.get_referrers(x):
        if type(o) is list: o.clear()
    return 0
""",
}


@pytest.mark.parametrize("program", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_candidate_forges_what_the_code_decides(program: str, sandbox: Sandbox) -> None:
    """Whatever it returns, raises or writes, a candidate that does not know the answer is not accepted."""
    assert verdict(NEVER, program, sandbox) not in ("accepted", "no_program", "skipped")


def test_a_private_line_is_not_told(any_sandbox: Sandbox) -> None:
    """The reason of a failed private test quotes nothing of the code; that of a public one does."""
    problem = one(TestCase(Harness("assert f(1) == 12345"), None))
    told = {result.split: result.reason for result in judge(DOUBLE, problem, sandbox=any_sandbox, split="both").results}
    assert "12345" in told["public"]
    assert "12345" not in told["private"]


def test_candidate_without_end_of_new_calls_is_ended(any_sandbox: Sandbox) -> None:
    """Answers that make the code call on and on end as a time-out, not as our failure."""
    loop = "x = 0\nwhile f(x) != -1:\n    x = f(x) + 1\n"
    assert verdict(loop, "def f(x): return x\n", any_sandbox) in ("time_limit_exceeded", "wrong_answer")
