"""Validators of every protocol: what they say is the verdict, what is no answer is an error, and nothing leaks."""

from typing import Any

import pytest

from codegym import Checker, Limits, Sandbox, TestCase, judge
from codegym.errors import ProblemError
from codegym.problem import Problem
from tests.conftest import need_language
from tests.fakes import Spy, make_problem

SMALL = Limits(cpu_s=2.0, memory_bytes=64 << 20, output_bytes=12 << 20)
TESTS = (TestCase("10\n", "3 7\n"), TestCase("4\n", "1 3\n"))
"""Two different numbers whose sum is given: one of several right answers."""

KATTIS = """
import sys
wanted = int(open(sys.argv[1]).read())
answer = open(sys.argv[2]).read().split()
def say(text):
    with open(sys.argv[3] + "judgemessage.txt", "w") as file:
        file.write(text)
    sys.exit(43)
assert len(answer) == 2 and "strict" in sys.argv[4:]
try:
    one, other = map(int, sys.stdin.buffer.read().split())
except ValueError:
    say("expected two numbers")
if one + other != wanted or one == other:
    say(f"{one} and {other} do not do")
sys.exit(42)
"""
KATTIS_CPP = """
#include <fstream>
#include <iostream>
#include <string>
#include "codes.h"
int main(int count, char **words) {
    std::ifstream in(words[1]), answer(words[2]);
    long wanted, one, other;
    if (!(in >> wanted) || !(answer >> one) || std::string(words[4]) != "strict") return 1;
    if (!(std::cin >> one >> other) || one + other != wanted || one == other) {
        std::ofstream(std::string(words[3]) + "/judgemessage.txt") << one << " and " << other << " do not do";
        return REJECT;
    }
    return ACCEPT;
}
"""
CODES = (("codes.h", "enum { ACCEPT = 42, REJECT = 43 };\n"),)
TESTLIB = """
import sys
wanted = int(open(sys.argv[1]).read())
assert open(sys.argv[3]).read()
try:
    one, other = map(int, open(sys.argv[2], errors="replace").read().split())
except ValueError:
    print("wrong output format: expected two numbers", file=sys.stderr)
    sys.exit(2)
good = one + other == wanted and one != other
print(f"{'ok' if good else 'wrong answer'} {one} and {other}", file=sys.stderr)
sys.exit(0 if good else 1)
"""
TESTLIB_CPP = """
#include <fstream>
#include <iostream>
int main(int count, char **words) {
    std::ifstream in(words[1]), out(words[2]), answer(words[3]);
    long wanted, one, other;
    if (!(in >> wanted) || !answer) return 3;
    if (!(out >> one >> other)) { std::cerr << "wrong output format two numbers"; return 2; }
    if (one + other != wanted || one == other) { std::cerr << "wrong answer " << one << " and " << other; return 1; }
    std::cerr << "ok";
}
"""
OPEN_R1 = """
import sys
wanted = int(open(sys.argv[1]).read())
assert open(sys.argv[2]).read()
try:
    one, other = map(int, open(sys.argv[3], errors="replace").read().split())
    print(int(one + other == wanted and one != other))
except ValueError:
    print(0)
"""
FUNCTION = """
def validate(given, expected, output):
    try:
        one, other = map(int, output.split())
    except ValueError:
        return "expected two numbers"
    return one + other == int(given) and one != other or f"{one} and {other} do not do"
"""
VALIDATORS = {
    "codegym": Checker("validator", source=FUNCTION),
    "kattis": Checker("validator", source=KATTIS, protocol="kattis", flags=("strict",)),
    "kattis, C++": Checker(
        "validator", source=KATTIS_CPP, protocol="kattis", flags=("strict",), language="cpp", files=CODES
    ),
    "testlib": Checker("validator", source=TESTLIB, protocol="testlib"),
    "testlib, C++": Checker("validator", source=TESTLIB_CPP, protocol="testlib", language="cpp"),
    "open-r1": Checker("validator", source=OPEN_R1, protocol="open-r1"),
}


@pytest.fixture(params=list(VALIDATORS))
def checker(request: pytest.FixtureRequest, sandbox: Sandbox) -> Checker:
    """Each validator that can run in the sandbox."""
    checker = VALIDATORS[request.param]
    need_language(sandbox, checker.language)
    return checker


def make(checker: Checker, **changes: Any) -> Problem:
    fields = {"public_tests": TESTS, "private_tests": TESTS[:1], "limits": SMALL, "checker": checker}
    return make_problem("sum", **(fields | changes))


def broken(source: str, protocol: Any = "kattis", **options: Any) -> Problem:
    return make(Checker("validator", source=source, protocol=protocol, **options))


@pytest.mark.parametrize(
    ("program", "verdicts"),
    [
        ("n = int(input())\nprint(1, n - 1)", ["accepted", "accepted"]),
        ("n = int(input())\nprint(n + 5)\nprint(-5)", ["accepted", "accepted"]),
        ("n = int(input())\nprint(2, n - 2)", ["accepted", "wrong_answer"]),
        ("print(5, 5)", ["wrong_answer", "wrong_answer"]),
        ("input()", ["wrong_answer", "wrong_answer"]),
        ("print(1 // 0)", ["runtime_error", "runtime_error"]),
        ("import os\nos.write(1, b'\\xff\\x00\\xfe')", ["wrong_answer", "wrong_answer"]),
        ("print('42 ' * 100000)", ["wrong_answer", "wrong_answer"]),
    ],
    ids=["right", "negative", "half", "same", "nothing", "crash", "bytes", "long"],
)
def test_a_validators_word_is_the_verdict(
    sandbox: Sandbox, checker: Checker, program: str, verdicts: list[str]
) -> None:
    """Several right answers are right, wrong ones are wrong, whatever the protocol."""
    results = judge(program, make(checker), sandbox=sandbox, split="public").results
    assert [str(result.verdict) for result in results] == verdicts


def test_a_reason_is_the_validators_own(sandbox: Sandbox) -> None:
    """What a validator writes for the contestant is the reason, in every protocol that has a place for it."""
    for name in ("codegym", "kattis", "testlib"):
        (result,) = judge("print(5, 5)", make(VALIDATORS[name]), sandbox=sandbox, split="private").results
        assert "5 and 5" in result.reason, name


@pytest.mark.parametrize(
    "problem",
    [
        broken("import sys\nsys.exit(0)"),
        broken("import sys\nsys.exit(1)"),
        broken("1 // 0"),
        broken("def f(:"),
        broken("import os\nos.kill(os.getpid(), 9)"),
        broken("import sys\nsys.exit(3)", "testlib"),
        broken("import sys\nsys.exit(7)", "testlib"),
        broken("import sys\nsys.exit(42)", "testlib"),
        broken("pass", "open-r1"),
        broken("print(1)\n1 // 0", "open-r1"),
        broken("x = bytearray(4 << 30)"),
    ],
    ids=["0", "1", "crash", "syntax", "killed", "fail", "points", "42", "silent", "late", "memory"],
)
def test_what_is_no_answer_is_an_error(sandbox: Sandbox, problem: Problem) -> None:
    """A validator that does not keep to its protocol is the problem's failure, named as such, and no verdict."""
    with pytest.raises(ProblemError, match=r"sum: validator: expected .*, got "):
        judge("print(1, 9)", problem, sandbox=sandbox, split="private")


def test_a_validator_that_does_not_compile_says_why(sandbox: Sandbox) -> None:
    """Its error is the problem's, with the compiler's words."""
    need_language(sandbox)
    with pytest.raises(ProblemError, match=r"compile_error.*testlib\.h"):
        judge("print(1)", broken('#include "testlib.h"\n', "testlib", language="cpp"), sandbox=sandbox)


def test_a_hostile_output_is_no_error(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """An output too long to be handed over, or for the validator to cope with, is a wrong answer."""
    flood = "print('1 ' * (5 << 20))"
    for name in ("kattis", "testlib"):
        (result,) = judge(flood, make(VALIDATORS[name]), sandbox=sandbox, split="private").results
        assert result.verdict == "wrong_answer", name
    monkeypatch.setattr("codegym.validation.VALIDATOR_LIMITS", Limits(cpu_s=1))
    slow = broken("import sys\nwords = sys.stdin.read().split()\nwhile len(words) > 1000: pass\nsys.exit(42)")
    (result,) = judge("print('1 ' * 100000)", slow, sandbox=sandbox, split="private").results
    assert (result.verdict, result.reason) == ("wrong_answer", "the output is too long for the validator")


def test_validators_may_recurse_deeply(sandbox: Sandbox) -> None:
    """Their stack is as deep as their memory."""
    need_language(sandbox)
    source = (
        "int f(int n) { volatile char room[90]; room[0] = n; return n ? f(n - 1) + room[0] % 1 : 0; }\n"
        "int main() { return f(3000000) + 42; }\n"
    )
    problem = broken(source, language="cpp")
    assert judge("print(1)", problem, sandbox=sandbox, split="private").accepted


def test_nothing_of_a_validator_enters_a_candidates_box(sandbox: Sandbox) -> None:
    """Neither its source, nor the expected output, nor a name that tells of them."""
    for name in ("kattis", "testlib", "open-r1"):
        spy = Spy(sandbox)
        assert judge("n = int(input())\nprint(1, n - 1)", make(VALIDATORS[name]), sandbox=spy, split="both").accepted
        seen = repr(spy.seen["candidate"])
        assert "3 7" not in seen
        assert "argv" not in seen
        assert "3 7" in repr(spy.seen["judge"])


def test_what_a_candidate_prints_is_data_to_a_validator(sandbox: Sandbox) -> None:
    """A candidate finds neither the validator's files nor its room, and its words pass through unchanged."""
    look = (
        "import glob, os\n"
        "found = [p for f in ('.', '/tmp', '/dev/shm') for p in glob.glob(f + '/**', recursive=True)]\n"
        "print(*sorted(p for p in found if p.endswith(('.ans', '.in', '.out', '.txt'))), 'end')"
    )
    echo = "import sys\nopen(sys.argv[3] + 'judgemessage.txt', 'w').write(repr(sys.stdin.read()))\nsys.exit(43)"
    for _ in range(3):
        (result,) = judge(look, broken(echo), sandbox=sandbox, split="private").results
        assert result.reason == "'end\\n'"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"language": "cobol"}, "expected language"),
        ({"files": (("../x.h", ""),)}, "beside the program"),
        ({"files": (("x.h", "y" * (30 << 20)),)}, "bytes at most"),
    ],
)
def test_what_a_validator_cannot_have_is_the_problems_failure(
    sandbox: Sandbox, options: dict[str, Any], words: str
) -> None:
    """A language or a file that cannot be is named with the problem, before anything of it runs."""
    with pytest.raises(ProblemError, match=f"sum: validator: expected .*{words}|sum: validator: {words}"):
        judge("print(1, 9)", broken("", **options), sandbox=sandbox, split="private")
    problem = make(Checker(), private_tests=(TestCase("1", "1", files=(("/etc/x", ""),)),))
    with pytest.raises(ProblemError, match="sum: files of a test: expected"):
        judge("print(1)", problem, sandbox=sandbox, split="private")
