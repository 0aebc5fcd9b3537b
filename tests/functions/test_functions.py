"""Function problems beyond one call and its value: what is accepted, what not, and what enters a candidate's box."""

import math
from typing import Any

import pytest

from codegym import Checker, Limits, Problem, Sandbox, TestCase, judge
from codegym.feedback import describe, feedback
from codegym.functions.calls import Call, Calls, Expected, Harness, Raises, written
from codegym.problem import Argument
from tests.fakes import Spy, make_function_problem

SORTS = "def f(x):\n    x.sort()\n"
NOTHING = "def f(*x):\n    pass\n"
STRICT = "def f(x):\n    if x < 0:\n        raise ValueError('negative: ' + str(x))\n    return x\n"
OWN_ERROR = "class Empty(KeyError):\n    pass\ndef f(x):\n    raise Empty(x)\n"
STACK = """
class Stack:
    def __init__(self):
        self.items = []
    def push(self, item):
        self.items.append(item)
    def pop(self):
        return self.items.pop()
"""
COUNTS = "n = 0\ndef f():\n    global n\n    n += 1\n    return n\n"
MATCHES = "import re\ndef f(x):\n    return re.match('a', x)\n"
COLLIDES = "def f():\n    return [n * (2**61 - 1) for n in range(200_000)]\n"
GENERATES = "def f(n):\n    yield from range(n)\n"
COUNTER = "from collections import Counter, OrderedDict, namedtuple\ndef f(x):\n    return Counter(x)\n"
REVERSES = """
class Solution:
    def turn(self, head: Optional[ListNode]) -> Optional[ListNode]:
        before = None
        while head:
            head.next, before, head = before, head, head.next
        return before
"""
INVERTS = """
class Solution:
    def turn(self, root):
        if root:
            root.left, root.right = self.turn(root.right), self.turn(root.left)
        return root
"""
RING = """
class Solution:
    def turn(self, head):
        head.next = head
        return head
"""
OWN_NODE = """
class ListNode:
    def __init__(self, x):
        self.val, self.next = x, None
class Solution:
    def turn(self, head):
        assert isinstance(head, ListNode)
        return ListNode(head.val)
"""
MERGES = """
class Solution:
    def turn(self, lists: List[Optional[ListNode]]) -> Optional[ListNode]:
        values = []
        for node in lists:
            while node:
                values.append(node.val)
                node = node.next
        head = None
        for value in sorted(values, reverse=True):
            head = ListNode(value, head)
        return head
"""
USES_PRELUDE = """
class Solution:
    def turn(self, x: List[int]) -> Dict[int, int]:
        heapify(x)
        random.seed(datetime.date(2020, 1, 1).year)
        return dict(Counter(x)) if gcd(4, 6) == 2 and pow(2, 3, 5) == 3 and math.pi > 3 else deque()
"""


def steps(*pairs: tuple[Call, Any], setup: str = "") -> TestCase:
    return TestCase(Calls(tuple(call for call, _ in pairs), setup), tuple(wanted for _, wanted in pairs))


MADE = (Call(()), Expected(relation="anything"))
HEAD = {"entry_point": "Solution.turn", "arguments": (Argument("head", "Optional[ListNode]"),)}
ROOT = {"entry_point": "Solution.turn", "arguments": (Argument("root", "TreeNode | None"),), "returns": "TreeNode"}
PYTHON, JSON = Checker("value", equality="python"), Checker("value", equality="json")
EITHER_SIGN = Checker(
    "validator", source="def validate(given, expected, output):\n    return abs(expected) == abs(output)\n"
)
ANY_LIST = Checker(
    "validator",
    source="def validate(given, expected, output):\n    return sorted(output) == expected == sorted(given[0])\n",
)
ANY_ORDER = Checker("value", equality="json", unordered=True)
CASES: list[tuple[str, str, TestCase, str, dict[str, Any]]] = [
    # what it shows, the program, a test, the verdict, and how the problem differs from a plain one
    ("argument changed", SORTS, TestCase(([3, 1],), Expected([1, 3], argument=0)), "accepted", {}),
    ("argument left", NOTHING, TestCase(([3, 1],), Expected([1, 3], argument=0)), "wrong_answer", {}),
    ("no such argument", SORTS, TestCase(([3, 1],), Expected([1, 3], argument=1)), "wrong_answer", {}),
    ("returns None", SORTS, TestCase(([3, 1],), [1, 3]), "accepted", {"returns": "None"}),
    ("returns None, wrong", NOTHING, TestCase(([3, 1],), [1, 3]), "wrong_answer", {"returns": "None"}),
    ("raises", STRICT, TestCase((-1,), Raises("ValueError")), "accepted", {}),
    ("raises a base class", OWN_ERROR, TestCase((1,), Raises("LookupError")), "accepted", {}),
    ("raises its own", OWN_ERROR, TestCase((1,), Raises("Empty")), "accepted", {}),
    ("message", STRICT, TestCase((-1,), Raises("ValueError", "negative: -1")), "accepted", {}),
    ("another message", STRICT, TestCase((-1,), Raises("ValueError", "too small")), "wrong_answer", {}),
    ("another class", STRICT, TestCase((-1,), Raises("TypeError")), "wrong_answer", {}),
    ("does not raise", STRICT, TestCase((1,), Raises("ValueError")), "wrong_answer", {}),
    ("raises unasked", STRICT, TestCase((-1,), Expected(-1)), "runtime_error", {}),
    ("leaves by exit", "def f(x):\n    raise SystemExit\n", TestCase((1,), Raises("SystemExit")), "runtime_error", {}),
    (
        "methods",
        STACK,
        steps(MADE, (Call((1,), ".push"), None), (Call((), ".pop"), 1), (Call((), ".pop"), Raises("IndexError"))),
        "accepted",
        {"entry_point": "Stack"},
    ),
    ("methods, wrong", STACK, steps(MADE, (Call((1,), ".push"), 1)), "wrong_answer", {"entry_point": "Stack"}),
    ("one process", COUNTS, steps((Call(()), 1), (Call(()), 2), (Call(()), 3)), "accepted", {}),
    (
        "setup",
        "def f(x):\n    return x.y\n",
        steps((Call(code="f(p)"), 4), setup="class P: y = 4\np = P()"),
        "accepted",
        {},
    ),
    ("keywords", "def f(*, k):\n    return k\n", steps((Call(keywords=(("k", 7),)), 7)), "accepted", {}),
    ("generator", GENERATES, TestCase((2,), [0, 1]), "runtime_error", {}),
    ("generator in an order", GENERATES, TestCase((2,), Expected([0, 1])), "wrong_answer", {}),
    ("generator listed", GENERATES, TestCase((2,), Expected([0, 1], view="list")), "accepted", {}),
    ("endless", "def f():\n    while 1: yield 1\n", TestCase((), Expected([1], view="list")), "wrong_answer", {}),
    ("validator, calls", COUNTS, steps((Call(()), -1), (Call(()), 2)), "accepted", {"checker": EITHER_SIGN}),
    ("validator, calls, wrong", COUNTS, steps((Call(()), 1), (Call(()), 1)), "wrong_answer", {"checker": EITHER_SIGN}),
    ("validator, argument", SORTS, TestCase(([3, 1],), [1, 3]), "accepted", {"returns": "None", "checker": ANY_LIST}),
    (
        "validator, argument, wrong",
        SORTS,
        TestCase(([3],), [1]),
        "wrong_answer",
        {"returns": "None", "checker": ANY_LIST},
    ),
    ("validator, raises", STRICT, TestCase((-1,), Raises("ValueError")), "accepted", {"checker": EITHER_SIGN}),
    (
        "validator, does not raise",
        STRICT,
        TestCase((1,), Raises("ValueError")),
        "wrong_answer",
        {"checker": EITHER_SIGN},
    ),
    ("validator, raises unasked", STRICT, TestCase((-1,), 1), "runtime_error", {"checker": EITHER_SIGN}),
    ("derived types", COUNTER, TestCase(("aab",), {"a": 2, "b": 1}), "accepted", {"checker": PYTHON}),
    ("derived types, exactly", COUNTER, TestCase(("aab",), {"a": 2, "b": 1}), "runtime_error", {}),
    ("1 is True", "def f():\n    return [True, 2.0]\n", TestCase((), [1, 2]), "accepted", {"checker": PYTHON}),
    ("1 is not True", "def f():\n    return [True]\n", TestCase((), [1]), "wrong_answer", {}),
    ("tuple for list", "def f():\n    return (1, (2,))\n", TestCase((), [1, [2]]), "accepted", {"checker": JSON}),
    ("tuple is no list", "def f():\n    return (1,)\n", TestCase((), [1]), "wrong_answer", {"checker": PYTHON}),
    (
        "tuples in any order",
        "def f():\n    return [(2, 1.0), (1,)]\n",
        TestCase((), [[1], [2, 1]]),
        "accepted",
        {"checker": ANY_ORDER},
    ),
    (
        "others in any order",
        "def f():\n    return [(2, 1.5), (1,)]\n",
        TestCase((), [[1], [2, 1]]),
        "wrong_answer",
        {"checker": ANY_ORDER},
    ),
    ("frozenset", "def f():\n    return {1, 2}\n", TestCase((), frozenset({1, 2})), "accepted", {"checker": PYTHON}),
    ("huge", "def f(n):\n    return n + 1\n", TestCase((10**9000,), 10**9000 + 1), "accepted", {}),
    ("huge, wrong", "def f(n):\n    return n\n", TestCase((10**9000,), 10**9000 + 1), "wrong_answer", {}),
    ("huge for a float", "def f():\n    return 10**400\n", TestCase((), 1.0), "wrong_answer", {"checker": PYTHON}),
    ("huge for complex", "def f():\n    return 10**400\n", TestCase((), 1j), "wrong_answer", {"checker": PYTHON}),
    (
        "not a number",
        "def f(x):\n    return [x, {x: 1}, {x}]\n",
        TestCase((math.nan,), [math.nan, {math.nan: 1}, {math.nan}]),
        "wrong_answer",
        {"checker": PYTHON},
    ),
    (
        "not a number, plain",
        "def f(x):\n    return [x, -x]\n",
        TestCase((math.nan,), [math.nan, math.nan]),
        "accepted",
        {},
    ),
    ("infinite", "def f(x):\n    return -x\n", TestCase((math.inf,), -math.inf), "accepted", {}),
    (
        "complex, bytes, None",
        "def f(*x):\n    return x\n",
        TestCase((1j, b"x", None), (1j, b"x", None)),
        "accepted",
        {},
    ),
    ("close", "def f():\n    return 0.1 + 0.2\n", TestCase((), Expected(0.3, "close", abs_tol=1e-9)), "accepted", {}),
    ("far", "def f():\n    return 0.31\n", TestCase((), Expected(0.3, "close", abs_tol=1e-9)), "wrong_answer", {}),
    (
        "close, nested",
        "def f():\n    return [0.1 + 0.2, (1,)]\n",
        TestCase((), Expected([0.3, [1.0]], "close", abs_tol=1e-9)),
        "accepted",
        {},
    ),
    (
        "close, not a number",
        "def f():\n    return 'x'\n",
        TestCase((), Expected(0.3, "close", abs_tol=9.0)),
        "wrong_answer",
        {},
    ),
    ("set", "def f():\n    return [2, 1, 1]\n", TestCase((), Expected({1, 2}, view="set")), "accepted", {}),
    ("set of lists", "def f():\n    return [[]]\n", TestCase((), Expected(set(), view="set")), "wrong_answer", {}),
    (
        "set of many",
        "def f():\n    return [1, 2] * 10**5\n",
        TestCase((), Expected({1, 2}, view="set")),
        "accepted",
        {},
    ),
    ("set of collisions", COLLIDES, TestCase((), Expected({1, 2}, view="set")), "wrong_answer", {}),
    ("length of a number", "def f():\n    return 1\n", TestCase((), Expected(1, view="len")), "wrong_answer", {}),
    ("true", MATCHES, TestCase(("ab",), Expected(relation="true")), "accepted", {}),
    ("false", MATCHES, TestCase(("b",), Expected(relation="false")), "accepted", {}),
    ("object", "def f():\n    return object()\n", TestCase((), Expected(1)), "wrong_answer", {}),
    ("one of", "def f():\n    return 2\n", TestCase((), Expected([1, 2], "contains")), "accepted", {}),
    ("none of", "def f():\n    return 3\n", TestCase((), Expected([1, 2], "contains")), "wrong_answer", {}),
    ("unequal", "def f():\n    return 3\n", TestCase((), Expected(3, "unequal")), "wrong_answer", {}),
    ("not None", "def f():\n    return 0\n", TestCase((), Expected(relation="not_none")), "accepted", {}),
    (
        "list of nodes",
        REVERSES,
        TestCase(([1, 2, 3],), [3, 2, 1]),
        "accepted",
        HEAD | {"returns": "Optional[ListNode]"},
    ),
    ("no nodes", REVERSES, TestCase(([],), []), "accepted", HEAD | {"returns": "Optional[ListNode]"}),
    ("no nodes, as None", REVERSES, TestCase((None,), None), "accepted", HEAD | {"returns": "Optional[ListNode]"}),
    ("nodes, wrong", REVERSES, TestCase(([1, 2],), [1, 2]), "wrong_answer", HEAD | {"returns": "Optional[ListNode]"}),
    ("ring of nodes", RING, TestCase(([1, 2],), [1]), "wrong_answer", HEAD | {"returns": "Optional[ListNode]"}),
    ("own class of nodes", OWN_NODE, TestCase(([1, 2],), [1]), "accepted", HEAD | {"returns": "ListNode | None"}),
    ("tree", INVERTS, TestCase(([4, 2, 7, 1, None, 6],), [4, 7, 2, None, 6, None, 1]), "accepted", ROOT),
    ("tree, one-sided", INVERTS, TestCase(([1, None, 2],), [1, 2]), "accepted", ROOT),
    ("tree, wrong", INVERTS, TestCase(([1, None, 2],), [1, None, 2]), "wrong_answer", ROOT),
    (
        "lists of nodes",
        MERGES,
        TestCase(([[1, 4], [], [2]],), [1, 2, 4]),
        "accepted",
        ROOT | {"arguments": (Argument("lists", "List[Optional[ListNode]]"),), "returns": "Optional[ListNode]"},
    ),
    ("prelude", USES_PRELUDE, TestCase(([1, 1],), {1: 2}), "accepted", {"entry_point": "Solution.turn"}),
    (
        "a function for a method",
        "def turn(x):\n    return x\n",
        TestCase((5,), 5),
        "accepted",
        {"entry_point": "Solution.turn"},
    ),
    ("no such method", "class Solution: pass\n", TestCase((5,), 5), "runtime_error", {"entry_point": "Solution.turn"}),
]


def one(test: TestCase, **changes: Any) -> Problem:
    fields = {"entry_point": "f", "arguments": (), "returns": "", "limits": Limits(cpu_s=3.0), "reference": None}
    return make_function_problem(**(fields | {"public_tests": (test,), "private_tests": (test,)} | changes))


@pytest.mark.parametrize(
    ("program", "test", "verdict", "changes"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_verdicts(program: str, test: TestCase, verdict: str, changes: dict[str, Any], any_sandbox: Sandbox) -> None:
    """Each kind of test accepts what it shall, and says of all else what it is."""
    judgement = judge(program, one(test, **changes), sandbox=any_sandbox, split="public")
    assert judgement.verdict == verdict, judgement.results[0]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_feedback_shows_the_test(case: Any, any_sandbox: Sandbox) -> None:
    """The statement and the feedback show each kind of test as a line that holds what is expected."""
    _, program, test, _, changes = case
    problem = one(test, **changes)
    line = written(problem.entry_point or "", test.input, test.output)
    assert line.splitlines()[0][:100] in describe(problem.visible)
    told = feedback(judge(program, problem, sandbox=any_sandbox, split="public"), problem.visible, "all_tests")
    assert line[:100] in told
    assert "object at 0x" not in told


MARK = "EXPECTED-AND-NOT-TO-BE-SEEN"
SECRETIVE = [
    TestCase((1,), MARK),
    TestCase((1,), Expected(MARK)),
    TestCase((1,), Expected([MARK], "contains")),
    TestCase(([1],), Expected([MARK], argument=0)),
    TestCase((1,), Raises("ValueError", MARK)),
    TestCase((1,), Raises(MARK)),
    steps((Call((1,)), MARK), (Call(code="f(2)"), Expected(MARK, view="str"))),
    TestCase(Harness(f"assert f(1) == {MARK!r}"), None),
]


@pytest.mark.parametrize("test", SECRETIVE, ids=lambda test: repr(test.output)[:30])
@pytest.mark.parametrize("checker", [Checker("value"), PYTHON, JSON], ids=["types", "python", "json"])
def test_nothing_expected_enters_a_candidates_box(test: TestCase, checker: Checker, any_sandbox: Sandbox) -> None:
    """Of a test of any kind only its input enters a box in which a candidate runs."""
    spy = Spy(any_sandbox)
    judge("def f(x):\n    return x\n", one(test, checker=checker), sandbox=spy, split="private")
    assert spy.seen["candidate"]
    assert MARK not in repr(spy.seen["candidate"])
    assert MARK.encode().hex() not in repr(spy.seen["candidate"])


def test_an_order_does_not_tell_what_its_own_test_expects(any_sandbox: Sandbox) -> None:
    """Two tests with the same input are asked for in the same bytes, one expecting a value and one an exception."""
    tests = (TestCase(([1],), 1), TestCase(([1],), Raises("ValueError")), TestCase(([1],), Expected([1], argument=0)))
    spy = Spy(any_sandbox)
    problem = one(tests[0], public_tests=tests)
    judge("def f(x):\n    return 1\n", problem, sandbox=spy, split="public")
    ((_, inputs, _, _),) = spy.seen["candidate"]
    assert len(set(inputs)) == 1


SNOOPS = """
import gc, os, sys
def f(x):
    seen = [repr(one)[:100_000] for one in gc.get_objects() if type(one) in (list, tuple, dict, set)][-3000:]
    frame = sys._getframe()
    while frame:
        seen.append(repr(frame.f_locals) + repr(frame.f_globals))
        frame = frame.f_back
    for number in range(64):
        try:
            seen.append(repr(os.pread(number, 1 << 20, 0)))
        except OSError:
            pass
    for path in ("/proc/self/environ", "/proc/self/cmdline", "/proc/1/cmdline"):
        try:
            seen.append(open(path).read())
        except OSError:
            pass
    text = "".join(seen)
    mark = "-".join(["NOT", "TO", "BE", "SEEN"])
    return ["reached" if mark in text else "contained"]
"""


@pytest.mark.parametrize("test", SECRETIVE, ids=lambda test: repr(test.output)[:30])
def test_no_expected_value_can_be_read_by_a_candidate(test: TestCase, sandbox: Sandbox) -> None:
    """A candidate that looks through its process finds nothing of what its tests expect, in any kind of test."""
    (result,) = judge(SNOOPS, one(test, checker=PYTHON), sandbox=sandbox, split="private").results
    assert result.verdict == "wrong_answer", result
    assert "reached" not in repr((result.output, result.stdout, result.stderr))
    if not isinstance(test.input, Harness):
        assert "contained" in repr(result.output) or isinstance(test.output, Expected), result.output


def test_what_enters_is_found(sandbox: Sandbox) -> None:
    """The same search finds the mark where it is an argument: it is no blind one."""
    (result,) = judge(SNOOPS, one(TestCase((MARK,), Expected("contained"))), sandbox=sandbox, split="private").results
    assert result.output == ["reached"]
