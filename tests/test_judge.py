"""Tests of codegym.judge."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym import Checker, Execution, Limits, Sandbox, SandboxError, TestCase, Verdict, judge, values
from codegym.errors import ProblemError, UsageError
from codegym.sandbox import ScriptedSandbox
from codegym.sandbox.base import STATUSES
from tests.fakes import (
    CRASH,
    HALF,
    PUBLIC_ONLY,
    RIGHT,
    WRONG,
    Deaf,
    Failing,
    Spy,
    make_function_problem,
    make_problem,
    printed,
    returned,
    scripted,
)

ACCEPT_ALL = "def validate(given, expected, output):\n    return True\n"


def verdicts(program: str, sandbox: Sandbox, **options: Any) -> list[str]:
    problem = options.pop("problem", None) or make_problem()
    return [str(result.verdict) for result in judge(program, problem, sandbox=sandbox, **options).results]


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "ok"])
def test_a_status_other_than_ok_is_the_verdict(status: Any) -> None:
    """A run that was stopped gets the verdict of its status, even if it printed the right output before."""
    sandbox = ScriptedSandbox({"p": lambda _, data: Execution(status, 1, stdout=f"{int(data) * 2}\n".encode())})
    assert verdicts("p", sandbox, split="public") == [status, status]


@pytest.mark.parametrize(
    ("output", "verdict"),
    [("2\n", "accepted"), ("2", "accepted"), ("3\n", "wrong_answer"), ("", "wrong_answer"), ("2\n2\n", "wrong_answer")],
)
def test_an_ok_run_is_judged_by_its_output(output: str, verdict: str) -> None:
    """A run that ended well is accepted exactly if the checker takes its output."""
    problem = make_problem(public_tests=(TestCase("1\n", "2\n"),))
    assert verdicts("p", ScriptedSandbox({"p": printed(output)}), problem=problem, split="public") == [verdict]


@pytest.mark.parametrize("program", ["", " ", "\n\t \r\n", "\u2003\u00a0"], ids=["empty", "space", "blanks", "unicode"])
def test_white_space_alone_is_no_program(program: str) -> None:
    """White space is ``no_program`` on every test, and nothing is run for it."""
    sandbox = ScriptedSandbox()
    assert verdicts(program, sandbox, split="both") == ["no_program"] * 5
    assert sandbox.calls == []


def test_private_tests_stop_at_the_first_failure() -> None:
    """By default the tests after the first private failure are skipped, and not run."""
    sandbox = scripted()
    assert verdicts(PUBLIC_ONLY, sandbox) == ["accepted", "wrong_answer", "skipped"]


def test_public_tests_are_all_run() -> None:
    """By default a failing public test hides no later one."""
    assert verdicts(WRONG, scripted(), split="public") == ["wrong_answer", "wrong_answer"]


@pytest.mark.parametrize("split", ["public", "private", "both"])
def test_run_all_true_skips_nothing(split: Any) -> None:
    """``run_all=True`` runs every test of every split."""
    assert "skipped" not in verdicts(WRONG, scripted(), split=split, run_all=True)


def test_run_all_false_stops_public_tests_too() -> None:
    """``run_all=False`` stops each split at its first failure."""
    assert verdicts(WRONG, scripted(), split="public", run_all=False) == ["wrong_answer", "skipped"]


@pytest.mark.parametrize("run_all", [None, True, False])
@pytest.mark.parametrize("program", [RIGHT, WRONG, PUBLIC_ONLY, HALF, CRASH])
def test_a_sandbox_that_ignores_stop_changes_no_verdict(program: str, run_all: bool | None) -> None:
    """Verdicts do not depend on whether the backend asks ``stop``."""
    asked = verdicts(program, scripted(), split="both", run_all=run_all)
    assert verdicts(program, Deaf(scripted()), split="both", run_all=run_all) == asked


def test_both_has_the_public_tests_first() -> None:
    """``both`` gives the public results and then the private ones, each with its own test."""
    problem = make_problem()
    results = judge(RIGHT, problem, sandbox=scripted(), split="both").results
    assert [result.test for result in results] == [*problem.public_tests, *problem.private_tests]
    assert [result.split for result in results] == ["public"] * 2 + ["private"] * 3


@given(
    outputs=st.lists(st.sampled_from(["right", "wrong", "crash"]), min_size=1, max_size=6),
    run_all=st.sampled_from([None, True, False]),
    split=st.sampled_from(["public", "private"]),
    deaf=st.booleans(),
)
def test_one_result_a_test_and_skipped_only_after_a_failure(
    outputs: list[str], run_all: bool | None, split: Any, deaf: bool
) -> None:
    """There is a result for each test in order; skipped are those after the first failure of a split that stops."""
    tests = tuple(TestCase(f"{n}\n", "yes") for n in range(len(outputs)))
    problem = make_problem(public_tests=tests, private_tests=tests)
    table = {"right": printed("yes"), "wrong": printed("no"), "crash": Execution("runtime_error", 1)}
    scripted_box = ScriptedSandbox({"p": lambda _, data: table[outputs[int(data)]]})
    judgement = judge("p", problem, sandbox=Deaf(scripted_box) if deaf else scripted_box, split=split, run_all=run_all)
    words = {"right": "accepted", "wrong": "wrong_answer", "crash": "runtime_error"}
    expected = [words[output] for output in outputs]
    if run_all is False or (run_all is None and split == "private"):
        first = next((n for n, word in enumerate(expected) if word != "accepted"), len(expected))
        expected[first + 1 :] = ["skipped"] * (len(expected) - first - 1)
    assert [str(result.verdict) for result in judgement.results] == expected
    assert tuple(result.test for result in judgement.results) == tests
    assert judgement.accepted == (set(outputs) == {"right"})
    assert judgement.verdict == next((word for word in expected if word != "accepted"), "accepted")


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(2, "accepted"), (2.0, "wrong_answer"), (True, "wrong_answer"), ("2", "wrong_answer"), (None, "wrong_answer")],
)
def test_a_function_is_judged_by_what_it_returns(value: object, verdict: str) -> None:
    """The returned value must be of the exact type, whatever was printed."""
    problem = make_function_problem(public_tests=(TestCase((1,), 2),))
    run = Execution("ok", 0, stdout=b"2\n", result=values.dumps(value))
    assert verdicts("p", ScriptedSandbox({"p": run}), problem=problem, split="public") == [verdict]


def test_a_function_program_that_ends_before_it_returns_is_a_runtime_error() -> None:
    """A program that exits with status 0 before the call is over has not answered."""
    problem = make_function_problem()
    result = judge("exit()", problem, sandbox=ScriptedSandbox(), split="public").results[0]
    assert (result.verdict, result.output) == (Verdict.RUNTIME_ERROR, None)
    assert "double" in result.reason


@pytest.mark.parametrize("forged", [b"{", b"\xff", b'{"int": "zz"}', b'{"eval": "1"}', b"[" * 5000, b"9" * 5000])
def test_a_forged_result_is_a_wrong_answer(forged: bytes) -> None:
    """Bytes in the place of a returned value that are none are the program's failure, not ours."""
    sandbox = ScriptedSandbox({"p": Execution("ok", 0, result=forged)})
    assert set(verdicts("p", sandbox, problem=make_function_problem(), split="public")) == {"wrong_answer"}


@pytest.mark.parametrize("source", ["", ACCEPT_ALL], ids=["value", "validator"])
def test_a_deeply_nested_result_never_breaks_the_judge(source: str) -> None:
    """However deep a returned value is nested, there is a verdict: depth is the program's choice."""
    checker = Checker("validator", source=source) if source else Checker("value")
    problem = make_function_problem(checker=checker, public_tests=(TestCase((1,), [[1]]),))
    for depth in range(200, 1000):
        run = Execution("ok", 0, result=b"[" * depth + b"]" * depth)
        judgement = judge("p", problem, sandbox=ScriptedSandbox({"p": run, source: returned(True)}), split="public")
        assert judgement.verdict in (Verdict.WRONG_ANSWER, Verdict.ACCEPTED)


def test_a_function_gets_its_arguments_as_a_list() -> None:
    """What enters the box is the encoded list of the arguments, with their exact types, and the entry point."""
    problem = make_function_problem(public_tests=(TestCase(((1, 2), {3}, {4: None}), 0),))
    spy = Spy(ScriptedSandbox())
    judge("p", problem, sandbox=spy, split="public")
    ((program, inputs, limits, entry_point),) = spy.seen["candidate"]
    assert (program, limits, entry_point) == ("p", problem.limits, "double")
    assert [values.loads(data) for data in inputs] == [[(1, 2), {3}, {4: None}]]


def test_a_real_program_gets_each_verdict(any_sandbox: Sandbox) -> None:
    """In a real sandbox each way to fail gets its own verdict."""
    problem = make_problem(limits=Limits(cpu_s=0.5, memory_bytes=64 << 20, output_bytes=1000))
    programs = {
        RIGHT: "accepted",
        WRONG: "wrong_answer",
        CRASH: "runtime_error",
        "while True: pass": "time_limit_exceeded",
        "x = bytearray(1 << 29)": "memory_limit_exceeded",
        "print('x' * 2000)": "output_limit_exceeded",
        "print(": "compile_error",
        "exit('MemoryError')": "runtime_error",
        "": "no_program",
    }
    for program, verdict in programs.items():
        judgement = judge(program, problem, sandbox=any_sandbox, split="private")
        assert (program, str(judgement.verdict)) == (program, verdict)


def test_a_real_function_is_called(any_sandbox: Sandbox) -> None:
    """In a real sandbox a function problem's reference is accepted, and one that only prints is not."""
    problem = make_function_problem()
    assert judge(problem.reference or "", problem, sandbox=any_sandbox, split="both").accepted
    prints = "def double(n):\n    print(n * 2)\n"
    assert judge(prints, problem, sandbox=any_sandbox, split="public").verdict is Verdict.WRONG_ANSWER


@pytest.mark.parametrize(
    ("answer", "verdict", "reason"),
    [
        (True, "accepted", ""),
        ("too long", "wrong_answer", "too long"),
        (False, "wrong_answer", "the validator does not accept the output"),
    ],
)
def test_a_validator_decides(answer: object, verdict: str, reason: str) -> None:
    """True accepts; False and a reason in words do not."""
    problem = make_problem(checker=Checker("validator", source="v"))
    sandbox = ScriptedSandbox({"v": returned(answer), "p": printed("anything")})
    result = judge("p", problem, sandbox=sandbox, split="public").results[0]
    assert (str(result.verdict), result.reason) == (verdict, reason)


def test_a_validator_sees_input_expected_and_output_in_the_judges_room(any_sandbox: Sandbox) -> None:
    """The validator is called with the input, the judge's answer and the output, and in the judge's room only."""
    source = "def validate(given, expected, output):\n    return repr((given, expected, output))\n"
    spy = Spy(any_sandbox)
    stdin = make_problem(checker=Checker("validator", source=source), public_tests=(TestCase("1\n", "2\n"),))
    assert judge("print(5)", stdin, sandbox=spy, split="public").results[0].reason == repr(("1\n", "2\n", "5\n"))
    function = make_function_problem(
        checker=Checker("validator", source=source), public_tests=(TestCase((1,), {2: (3,)}),)
    )
    program = "def double(n):\n    return {n}\n"
    assert judge(program, function, sandbox=spy, split="public").results[0].reason == repr(([1], {2: (3,)}, {1}))
    assert all(entered[0] == source for entered in spy.seen["judge"])
    assert all(entered[0] != source for entered in spy.seen["candidate"])


def test_a_validator_is_not_asked_about_a_run_that_failed() -> None:
    """A crash is a crash, whatever the validator would say of its output."""
    problem = make_problem(checker=Checker("validator", source="v"))
    sandbox = scripted(v=returned(True))
    assert verdicts(CRASH, sandbox, problem=problem, split="public") == ["runtime_error"] * 2
    assert [call[0] for call in sandbox.calls] == [CRASH]


@pytest.mark.parametrize(
    "source",
    [
        "def validate(",
        "def check(*a): return True",
        "def validate(given): return True",
        "def validate(*a): raise ValueError('broken')",
        "def validate(*a): return None",
        "def validate(*a): return 1",
        "def validate(*a): return ''",
        "def validate(*a): return object()",
        "import os; os._exit(0)",
    ],
    ids=["syntax", "name", "arity", "raises", "none", "one", "empty", "object", "exits"],
)
def test_a_broken_validator_is_the_problems_error(any_sandbox: Sandbox, source: str) -> None:
    """A validator that says neither True nor a reason accepts and refuses nothing: it raises, naming the problem."""
    problem = make_problem(checker=Checker("validator", source=source))
    with pytest.raises(ProblemError, match="double: validator: expected True or a reason"):
        judge(RIGHT, problem, sandbox=any_sandbox, split="public")


@pytest.mark.parametrize("error", [SandboxError, *SandboxError.__subclasses__()])
def test_a_sandbox_error_passes_through(error: type[SandboxError]) -> None:
    """Our own failure is never a verdict."""
    with pytest.raises(error):
        judge(RIGHT, make_problem(), sandbox=Failing(scripted(), error=error))


def test_a_sandbox_error_of_the_validator_passes_through() -> None:
    """A validator that could not be run says nothing of the program or the problem."""
    problem = make_problem(checker=Checker("validator", source="v"))
    with pytest.raises(SandboxError):
        judge(RIGHT, problem, sandbox=Failing(scripted(v=returned(True)), 1))


@pytest.mark.parametrize(
    "wrong",
    [{"program": None}, {"program": b"print()"}, {"split": "all"}, {"language": "c"}],
    ids=["none", "bytes", "split", "language"],
)
def test_bad_arguments_are_refused_before_anything_runs(wrong: dict[str, Any]) -> None:
    """A bad argument is a UsageError, and nothing is run."""
    sandbox = ScriptedSandbox()
    arguments: dict[str, Any] = {"program": RIGHT, "problem": make_problem(), "sandbox": sandbox} | wrong
    with pytest.raises(UsageError, match="expected"):
        judge(**arguments)
    assert sandbox.calls == []
