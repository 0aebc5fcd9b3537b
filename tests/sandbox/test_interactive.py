"""Interactive problems: who wins, who loses, and who is to blame, hostile programs included."""

import time
from dataclasses import replace
from typing import Any

import pytest

from codegym import Checker, Limits, Sandbox, TestCase, judge
from codegym.errors import ProblemError, SandboxError
from codegym.feedback import feedback
from codegym.problem import Problem
from codegym.sandbox import ScriptedSandbox
from codegym.sandbox.base import Input, Side
from tests.conftest import need, need_language, why_not
from tests.fakes import make_problem

SMALL = Limits(cpu_s=1.0, wall_s=3.0, memory_bytes=64 << 20, output_bytes=1 << 20)
TESTS = (TestCase("37 10\n", "37\n"), TestCase("1 10\n", "1\n"))
"""A secret from 1 to 100, and how many guesses there are."""

GUESSING = """
import sys
secret, most = map(int, open(sys.argv[1]).read().split())
assert int(open(sys.argv[2]).read()) == secret
def reject(why):
    with open(sys.argv[3] + "judgemessage.txt", "w") as file:
        file.write(why)
    sys.exit(43)
for number in range(most):
    line = sys.stdin.readline()
    if not line.strip().isdecimal():
        reject("expected a guess")
    guess = int(line)
    if guess == secret:
        print("right", flush=True)
        sys.exit(42)
    print("higher" if guess < secret else "lower", flush=True)
reject("too many guesses")
"""
GUESSING_CPP = """
#include <fstream>
#include <iostream>
#include <string>
int main(int count, char **words) {
    std::ifstream in(words[1]);
    int secret, most, guess;
    in >> secret >> most;
    while (most--) {
        if (!(std::cin >> guess)) return 43;
        if (guess == secret) { std::cout << "right" << std::endl; return 42; }
        std::cout << (guess < secret ? "higher" : "lower") << std::endl;
    }
    std::ofstream(std::string(words[3]) + "judgemessage.txt") << "too many guesses";
    return 43;
}
"""
TESTLIB = """
import sys
secret, most = map(int, open(sys.argv[1]).read().split())
with open(sys.argv[2], "w") as log:
    for number in range(most):
        line = sys.stdin.readline()
        if not line.strip().isdecimal():
            print("wrong output format: expected a guess", file=sys.stderr)
            sys.exit(2)
        print(line, file=log)
        guess = int(line)
        print("right" if guess == secret else "higher" if guess < secret else "lower", flush=True)
        if guess == secret:
            sys.exit(0)
print("wrong answer too many guesses", file=sys.stderr)
sys.exit(1)
"""
RIGHT = """
low, high = 1, 100
while True:
    middle = (low + high) // 2
    print(middle, flush=True)
    answer = input()
    if answer == "right":
        break
    if answer == "higher":
        low = middle + 1
    else:
        high = middle - 1
"""
RIGHT_CPP = """
#include <iostream>
#include <string>
int main() {
    int low = 1, high = 100;
    std::string answer;
    do {
        std::cout << (low + high) / 2 << std::endl;
        std::cin >> answer;
        (answer == "higher" ? low : high) = (low + high) / 2 + (answer == "higher" ? 1 : -1);
    } while (answer != "right");
}
"""
INTERACTORS = {
    "kattis": Checker("interactor", source=GUESSING, protocol="kattis"),
    "kattis, C++": Checker("interactor", source=GUESSING_CPP, protocol="kattis", language="cpp"),
    "testlib": Checker("interactor", source=TESTLIB, protocol="testlib"),
}


def make(checker: Checker, **changes: Any) -> Problem:
    fields = {"public_tests": TESTS, "private_tests": TESTS, "limits": SMALL, "checker": checker}
    return make_problem("guess", **(fields | changes))


def with_interactor(source: str, protocol: Any = "kattis") -> Problem:
    return make(Checker("interactor", source=source, protocol=protocol), private_tests=TESTS[:1])


def verdict(program: str, problem: Problem, sandbox: Sandbox, **options: Any) -> str:
    return str(judge(program, problem, sandbox=sandbox, **options).verdict)


@pytest.mark.parametrize("name", list(INTERACTORS))
@pytest.mark.parametrize("language", ["python", "cpp"])
def test_right_and_wrong_programs(sandbox: Sandbox, name: str, language: str) -> None:
    """A right program is accepted on all tests, one that guesses in order has too many guesses for one of them."""
    if "cpp" in (language, INTERACTORS[name].language):
        need_language(sandbox)
    problem = make(INTERACTORS[name])
    assert verdict(RIGHT if language == "python" else RIGHT_CPP, problem, sandbox, language=language) == "accepted"
    slow = (
        "guess = 0\nwhile True:\n    guess += 1\n    print(guess, flush=True)\n    if input() == 'right': break\n"
        if language == "python"
        else '#include <iostream>\nint main() { std::string s; for (int g = 1; s != "right"; g++) '
        "{ std::cout << g << std::endl; if (!(std::cin >> s)) return 1; } }"
    )
    results = judge(slow, problem, sandbox=sandbox, split="public", language=language).results
    assert [str(result.verdict) for result in results] == ["wrong_answer", "accepted"]
    assert "too many guesses" in results[0].reason


FEW_WORDS = """
import sys
said = open(sys.argv[2]).read().split()
assert open(sys.argv[3]).read() and len(sys.argv) == 4
sys.exit(0 if said and len(said) <= 7 else print("wrong answer too many guesses were told", file=sys.stderr) or 1)
"""
"""A checker of what the interactor wrote."""


def test_the_checker_after_an_interactor_judges_what_that_wrote(sandbox: Sandbox) -> None:
    """Who convinces the interactor may still fail the checker; who does not, never comes before it."""
    after = Checker("validator", source=FEW_WORDS, protocol="testlib")
    tests = (TestCase("37 100\n", "37\n"), TestCase("1 100\n", "1\n"))
    problem = make(replace(INTERACTORS["testlib"], after=after), public_tests=tests, private_tests=tests)
    assert verdict(RIGHT, problem, sandbox) == "accepted"
    in_order = "for guess in range(1, 101):\n    print(guess, flush=True)\n    if input() == 'right': break\n"
    results = judge(in_order, problem, sandbox=sandbox, split="public").results
    assert [str(result.verdict) for result in results] == ["wrong_answer", "accepted"]
    assert "too many guesses were told" in results[0].reason
    assert verdict("print('x')", problem, sandbox) == "wrong_answer"
    compared = make(replace(problem.checker, after=Checker("unordered_tokens")), public_tests=tests[1:])
    at_once = "print(1, flush=True)\nassert input() == 'right'\n"
    assert verdict(at_once, compared, sandbox, split="public") == "accepted"
    assert verdict("print(2, flush=True)\ninput()\n" + at_once, compared, sandbox, split="public") == "wrong_answer"
    broken = make(replace(problem.checker, after=Checker("validator", source="1 / 0", protocol="testlib")))
    with pytest.raises(ProblemError, match="expected exit status 0, 1 or 2"):
        judge(RIGHT, broken, sandbox=sandbox)


TOO_LATE = "time_limit_exceeded"
HOSTILE = {
    "closes its output": ("import os, time\nos.close(1)\ntime.sleep(30)", "wrong_answer"),
    "closes its input": ("import os\nos.close(0)\nfor n in range(20): os.write(1, b'5\\n')", "wrong_answer"),
    "closes both and goes": ("import os\nos.close(0)\nos.close(1)", "wrong_answer"),
    "ends at once": ("pass", "wrong_answer"),
    "ends in mid-word": ("import os\nos.write(1, b'3')", "wrong_answer"),
    "crashes": ("print(50, flush=True)\n1 // int(input() == 'right')", "runtime_error"),
    "exits with 42": ("import sys\nsys.exit(42)", "runtime_error"),
    "waits for ever": ("input()", "time_limit_exceeded"),
    "does not flush": ("import sys\nsys.stdout.write('50\\n')\nsys.stdin.readline()", "time_limit_exceeded"),
    "spins": ("print(50, flush=True)\nwhile True: pass", "time_limit_exceeded"),
    "hogs": ("print(50, flush=True)\nx = bytearray(2 << 30)", "memory_limit_exceeded"),
    "floods with guesses": ("while True: print(50)", "wrong_answer"),
    "floods a line": ("import os\nwhile True: os.write(1, b'5' * 65536)", "output_limit_exceeded"),
    "floods its error stream": ("import os\nwhile True: os.write(2, b'5' * 65536)", "output_limit_exceeded"),
    "never reads": ("import time\nfor n in range(9): print(5, flush=True)\ntime.sleep(9)", TOO_LATE),
    "leaves a daemon with the pipe": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(9)\n    os._exit(0)\n",
        "wrong_answer",
    ),
    "goes on after it won": (RIGHT + "import time\nprint('more', flush=True)\ntime.sleep(30)", "time_limit_exceeded"),
    "fails after it won": (RIGHT + "1 // 0", "runtime_error"),
    "sends bytes": ("import os\nos.write(1, bytes(range(256)))\ninput()", "wrong_answer"),
    "is no program": ("def f(:", "compile_error"),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_program_gets_its_verdict_in_time(sandbox: Sandbox, name: str) -> None:
    """And the next conversation is as good as the first."""
    program, expected = HOSTILE[name]
    problem = make(INTERACTORS["kattis"])
    started = time.monotonic()
    (first, second) = judge(program, problem, sandbox=sandbox).results
    assert (str(first.verdict), str(second.verdict)) == (expected, "skipped")
    assert time.monotonic() - started < 3 * SMALL.wall_seconds + 5
    assert verdict(RIGHT, problem, sandbox) == "accepted"


def test_words_after_the_end_harm_nobody(sandbox: Sandbox) -> None:
    """Neither side dies of a broken pipe: what comes after the other has ended is dropped."""
    problem = make(INTERACTORS["kattis"])
    chatty = RIGHT + "\nimport os, time\ntime.sleep(0.3)\nfor n in range(50): os.write(1, b'more' * 999)"
    assert verdict(chatty, problem, sandbox) == "accepted"
    late = with_interactor(
        "import os, sys\nwhile sys.stdin.readline(): pass\nfor n in range(50): os.write(1, b'x' * 9999)\nsys.exit(42)"
    )
    assert verdict("print(1)", late, sandbox) == "accepted"


def test_large_words_pass_both_ways_at_once(sandbox: Sandbox) -> None:
    """Two that both write before they read do not block each other, and no byte is lost."""
    problem = with_interactor(
        "import sys\nprint('a' * 700_000, flush=True)\n"
        "sys.exit(42 if sys.stdin.readline() == 'b' * 700_000 + '\\n' else 43)"
    )
    program = "import sys\nprint('b' * 700_000, flush=True)\nassert input() == 'a' * 700_000"
    assert verdict(program, problem, sandbox) == "accepted"


def test_many_turns_are_quick(sandbox: Sandbox) -> None:
    """A thousand questions and answers take well under the limit by the clock."""
    problem = with_interactor(
        "import sys\nfor n in range(1000):\n    if sys.stdin.readline() != f'{n}\\n': sys.exit(43)\n"
        "    print(n + 1, flush=True)\nsys.exit(42)"
    )
    problem = replace(problem, limits=Limits(cpu_s=5.0))
    program = "n = 0\nwhile n < 1000:\n    print(n, flush=True)\n    n = int(input())\n"
    assert verdict(program, problem, sandbox) == "accepted"


@pytest.mark.parametrize(
    "source",
    [
        "1 // 0",
        "import sys\nsys.exit(0)",
        "import sys\nsys.stdin.readline()\nsys.exit(1)",
        "def f(:",
        "while True: pass",
        "import os\nwhile True: os.write(1, b'x' * 65536)",
        "import sys\nsys.stdin.readline()\nraise EOFError('not so')",
    ],
    ids=["crash", "0", "1", "syntax", "spins", "floods", "no end"],
)
def test_a_broken_interactor_is_an_error(sandbox: Sandbox, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no verdict, even where the program does badly afterwards."""
    monkeypatch.setattr("codegym.interactive.JUDGE_CPU_S", 0.5)
    patient = "import time\nprint(50, flush=True)\ntime.sleep(30)"
    problem = make(Checker("interactor", source=source, protocol="kattis"), limits=Limits(cpu_s=1.0, wall_s=20.0))
    with pytest.raises(ProblemError, match="guess: interactor: expected exit status 42 or 43, got"):
        judge(patient, problem, sandbox=sandbox)


def test_a_broken_interactor_is_an_error_at_the_end_too(sandbox: Sandbox) -> None:
    """A program that ended well is not blamed for what is a bug."""
    problem = with_interactor("import sys\nsys.stdin.read()\n1 // 0")
    with pytest.raises(ProblemError, match="by zero"):
        judge("print(1)", problem, sandbox=sandbox)


@pytest.mark.parametrize(
    "source", ["input(); input(); input()", "while True: input()", "import sys\nwhile not sys.stdin.read(1): pass"]
)
def test_want_of_words_is_the_programs(sandbox: Sandbox, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interactor that is not prepared for a program to end too soon blames the program all the same."""
    monkeypatch.setattr("codegym.interactive.JUDGE_CPU_S", 0.5)
    problem = with_interactor(source)
    assert verdict("pass", problem, sandbox) == "wrong_answer"


def test_the_interactors_things_are_out_of_reach(sandbox: Sandbox) -> None:
    """A program finds neither its files, nor its processes, nor its memory, nor its source."""
    look = """
import glob, os
found = []
for place in ('.', '/tmp', '/dev/shm', '/box'):
    for path in glob.glob(place + '/**', recursive=True)[:2000]:
        if path.endswith(('.in', '.ans', 'feedback')):
            found.append(path)
for place in glob.glob('/proc/[0-9]*/*'):
    if place.split('/')[2] == str(os.getpid()) or not place.endswith(('cmdline', 'environ', 'maps', 'mem')):
        continue
    try:
        with open(place, 'rb') as file:
            if b'judgemessage' in file.read(1 << 16):
                found.append(place)
    except OSError:
        pass
print('found', *found, flush=True)
"""
    problem = with_interactor(
        "import sys\nline = sys.stdin.readline()\nopen(sys.argv[3] + 'judgemessage.txt', 'w').write(line)\nsys.exit(43)"
    )
    for _ in range(2):
        (result,) = judge(look, problem, sandbox=sandbox).results
        assert result.reason == "found"


def test_a_run_leaves_nothing_of_a_conversation(sandbox: Sandbox) -> None:
    """What was said to one program is not in the memory that a later one in the same box inherits."""
    problem = with_interactor(
        "import sys\nprint('SEC' + 'RET-words-' * 99, flush=True)\nsys.stdin.read()\nsys.exit(42)"
    )
    assert verdict("input()", problem, sandbox) == "accepted"
    look = (
        "import ctypes, os, re\nlibc = ctypes.CDLL(None)\nreading, writing = os.pipe()\n"
        "def page(start):\n    got = libc.write(writing, ctypes.c_void_p(start), 4096)\n"
        "    return os.read(reading, got) if got > 0 else b''\n"
        "found = 0\nmark = b'SEC' + b'RET-' + b'words'\n"
        "try: maps = open('/proc/self/maps').readlines()\nexcept PermissionError: maps = []\n"
        "for line in maps:\n    span, rights = line.split()[:2]\n"
        "    if 'r' not in rights or '[v' in line: continue\n"
        "    start, end = (int(part, 16) for part in span.split('-'))\n"
        "    found += b''.join(map(page, range(start, end, 4096))).count(mark * 2)\n"
        "print(found)"
    )
    for run in sandbox.execute(look, [b""] * 4, Limits(cpu_s=5)):
        assert run.stdout == b"0\n"


def test_a_public_test_shows_what_was_said(sandbox: Sandbox) -> None:
    """The talk is the output: in turns, bounded, and in the feedback."""
    problem = make(INTERACTORS["kattis"], public_tests=TESTS[:1])
    program = "for guess in (50, 20, 30):\n    print(guess, flush=True)\n    input()\nprint('what')"
    judgement = judge(program, problem, sandbox=sandbox, split="public")
    (result,) = judgement.results
    assert result.output == "> 50\n< lower\n> 20\n< higher\n> 30\n< higher\n> what\n"
    assert result.stdout == "50\n20\n30\nwhat\n"
    assert result.reason == "expected a guess"
    told = feedback(judgement, problem.visible)
    assert "> 20\n< higher" in told
    assert "expected a guess" in told
    (result,) = judge("while True: print('1' * 99)", problem, sandbox=sandbox, split="public").results
    assert len(result.output) < 40_000


def test_one_worker_suffices() -> None:
    """Program and interactor have a box each, whatever the number of workers."""
    kind = next((kind for kind in ("bubblewrap", "docker", "landlock") if not why_not(kind)), "bubblewrap")
    need(kind)
    from concurrent.futures import ThreadPoolExecutor

    from codegym import make_sandbox

    with make_sandbox(kind, workers=1) as box, ThreadPoolExecutor(4) as executor:
        problem = make(INTERACTORS["kattis"])
        found = executor.map(lambda _: verdict(RIGHT, problem, box), range(12))
        assert list(found) == ["accepted"] * 12


def test_other_things_go_on_as_before(sandbox: Sandbox) -> None:
    """A box that held a conversation runs what boxes run."""
    talk = sandbox.converse(
        Side("print(input())", SMALL),
        Side("print(7, flush=True); input(); raise SystemExit(42)", SMALL, given=Input()),
        accepts=42,
    )
    assert (talk.program.status, talk.interactor.exit_code) == ("ok", 42)
    assert talk.transcript == ((False, b"7\n"), (True, b"7\n"))
    assert sandbox.execute("print(input())", [b"8"], SMALL)[0].stdout == b"8\n"


def test_what_cannot_be_is_said() -> None:
    """A protocol that is none for talking, and a sandbox in which nobody can talk."""
    with pytest.raises(ProblemError, match="protocol 'kattis' or 'testlib'"):
        judge("print(1)", with_interactor("", "codegym"), sandbox=ScriptedSandbox())
    with pytest.raises(SandboxError, match="a scripted one"):
        judge("print(1)", with_interactor(""), sandbox=ScriptedSandbox())


def test_a_program_that_is_ended_before_it_begins_is_no_compile_error(sandbox: Sandbox) -> None:
    """An interactor that rejects at once ends a program that may not be compiled yet."""
    problem = with_interactor("import os\nos._exit(43)")
    program = "x = [" + "1 + 1, " * 5000 + "]\n" + "input()\n"
    assert {verdict(program, problem, sandbox) for _ in range(20)} == {"wrong_answer"}
