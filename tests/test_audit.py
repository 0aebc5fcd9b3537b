"""Tests of codegym.audit: each defect, put into a problem, is found by name."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from codegym import Checker, Execution, LabelledProgram, Limits, Sandbox, SandboxError, TestCase, values
from codegym.audit import ProblemAudit, Sampling, measure
from codegym.audit.criteria import Criteria, defects
from codegym.audit.measure import Interrupted
from codegym.judge import judge
from codegym.sandbox import ScriptedSandbox
from tests.fakes import (
    CRASH,
    HALF,
    PUBLIC_ONLY,
    RIGHT,
    WRONG,
    Failing,
    Spy,
    make_function_problem,
    make_problem,
    printed,
    scripted,
)

OTHER = "n = int(input())\nprint(n + n)\n"


def kinds(audit: ProblemAudit, *changes: str) -> list[str]:
    return [defect.kind for defect in defects(audit, Criteria.read(changes))]


def programs(*labelled: tuple[str, str]) -> tuple[LabelledProgram, ...]:
    return tuple(LabelledProgram(f"p{n}", label, source) for n, (label, source) in enumerate(labelled))


def twice(**more: Any) -> ScriptedSandbox:
    return scripted(**{OTHER: lambda _, data: printed(f"{int(data) * 2}\n")}, **more)


def test_a_sound_problem_has_no_defect() -> None:
    """Its programs get what they are labelled with, and every figure says so."""
    audit = measure(make_problem(), scripted())
    assert kinds(audit) == []
    assert [(p.name, p.verdict, p.verdicts) for p in audit.programs] == [
        ("reference", "accepted", "AAAAA"),
        ("no", "wrong_answer", "WWWWW"),
        ("magnitude", "wrong_answer", "AAAWA"),
    ]
    assert [p.split for p in audit.programs] == ["", "public", "private"]
    assert (audit.public_tests, audit.private_tests, audit.cheats, audit.idle()) == (2, 3, (), ())


def test_the_matrix_is_that_of_the_judge(any_sandbox: Sandbox) -> None:
    """Each program's row holds the verdicts that judging it alone gives, on real boxes."""
    problem = make_problem(programs=programs(("wrong_answer", HALF), ("runtime_error", CRASH), ("accepted", OTHER)))
    audit = measure(problem, any_sandbox)
    rows = {program.name: program.verdicts for program in audit.programs}
    for program in problem.programs:
        results = judge(program.source, problem, sandbox=any_sandbox, split="both", run_all=True).results
        assert rows[program.name] == "".join(str(result.verdict)[0].upper() for result in results)
    assert rows["starter"] == "AAAWA"
    assert audit.power() == ((1, 3), (2, 3), (1, 3), (3, 3), (2, 3))


def test_a_test_that_rejects_no_wrong_program_is_idle() -> None:
    """With the one wrong program that fails on a negative number alone, all other tests are idle."""
    audit = measure(make_problem(programs=programs(("wrong_answer", PUBLIC_ONLY))), scripted())
    assert audit.idle() == (0, 1, 2, 4)
    assert kinds(audit, "idle=0.8") == []
    assert kinds(audit, "idle=0.79") == ["idle"]
    assert measure(make_problem(programs=(), starter=None), scripted()).idle() == ()


def test_a_rejected_right_program_and_an_accepted_wrong_one_are_found() -> None:
    """Each with its name and verdict; thresholds let a share of them pass."""
    labelled = programs(("accepted", CRASH), ("accepted", OTHER), ("rejected", RIGHT + "#"), ("rejected", WRONG))
    sandbox = twice(**{RIGHT + "#": lambda _, data: printed(f"{int(data) * 2}\n")})
    audit = measure(make_problem(programs=labelled, starter=None), sandbox)
    found = defects(audit, Criteria())
    assert [defect.kind for defect in found] == ["right_rejected", "wrong_accepted"]
    assert found[0].detail == "1 of 3: p0 got runtime_error"
    assert found[1].detail == "1 of 2: p2 got accepted"
    assert kinds(audit, "right=0.66", "wrong=0.5") == []
    assert kinds(audit, "right=0.67", "wrong=0.51") == ["right_rejected", "wrong_accepted"]


@pytest.mark.parametrize(("share", "found"), [(0.8, []), (0.79, ["time"])])
def test_a_right_program_near_the_limit_is_found(share: float, found: list[str]) -> None:
    """The slowest test of accepted right programs, by the limit of their language, is held against the threshold."""
    slow = Execution("ok", 0, stdout=b"2\n", cpu_s=1.6)
    problem = make_problem(public_tests=(), private_tests=(TestCase("1\n", "2\n"),), programs=(), starter=None)
    audit = measure(problem, scripted(**{RIGHT: slow}))
    assert (audit.time_share, audit.cpu_s) == (0.8, 1.6)
    assert kinds(audit, f"time={share}") == found


def test_compiled_programs_are_held_against_their_own_limits() -> None:
    """A language other than Python has the native limits, where there are any."""
    from codegym.audit.measure import _limits

    native = Limits(cpu_s=0.5)
    assert _limits(make_problem(native_limits=native), "cpp") == native
    assert _limits(make_problem(native_limits=native), "python") == make_problem().limits
    assert _limits(make_problem(), "cpp") == make_problem().limits


def answers(*texts: str) -> Callable[[str, bytes], Execution]:
    """What a program prints for 1, 2, 0, -3 and 7: the inputs of the tests."""
    table = dict(zip((b"1\n", b"2\n", b"0\n", b"-3\n", b"7\n"), texts, strict=True))
    return lambda _, data: printed(table[data])


def test_right_programs_that_differ_are_a_disagreement() -> None:
    """Outputs that differ from each other on a test are found, with the tests and the number of dissenters."""
    labelled = programs(("accepted", "a"), ("accepted", "b"))
    sandbox = scripted(a=answers("2", "4", "x", "-6", "14"), b=answers("2", "4", "y", "-6", "15"))
    audit = measure(make_problem(programs=labelled, starter=None), sandbox)
    assert (audit.disagreements, audit.dissenters, audit.disputed) == ((2, 4), 2, ())
    assert kinds(audit) == ["right_rejected", "disagreements"]
    assert kinds(audit, "right=0", "disagreements=2") == []


def test_an_expected_output_that_all_dispute_is_found() -> None:
    """Where all right programs say the same and something else is expected, the test is disputed, not the programs."""
    labelled = programs(("accepted", "a"), ("accepted", "b"))
    sandbox = scripted(a=answers("2", "4", "x y", "-6", "14"), b=answers("2", "4", " x\ny", "-6", "14"))
    audit = measure(make_problem(reference=None, programs=labelled, starter=None), sandbox)
    assert (audit.disagreements, audit.disputed) == ((), (2,))
    assert kinds(audit, "right=0") == ["disputed"]


def test_what_a_checker_lets_differ_is_no_disagreement() -> None:
    """Outputs that are all accepted agree, whatever they are; programs that crash have no say."""
    problem = make_problem(checker=Checker("tokens_nocase"), private_tests=(TestCase("0\n", "Yes\n"),), starter=None)
    labelled = programs(("accepted", "a"), ("accepted", "b"), ("accepted", CRASH))
    labelled_problem = dataclasses.replace(problem, public_tests=(), programs=labelled, reference=None)
    audit = measure(labelled_problem, scripted(a=printed("YES\n"), b=printed("yes\n")))
    assert (audit.disagreements, audit.disputed, audit.dissenters) == ((), (), 0)


def test_a_validator_knows_of_several_answers() -> None:
    """Where a validator judges, differing outputs are no disagreement; a rejected right program still is a defect."""
    labelled = programs(("accepted", "a"), ("accepted", "b"))
    sandbox = scripted(a=answers("2", "4", "x", "-6", "14"), b=answers("2", "4", "y", "-6", "15"))
    sandbox = ScriptedSandbox({**sandbox._answers, "validate": Execution("ok", 0, result=values.dumps("no"))})
    checker = Checker("validator", source="validate")
    audit = measure(make_problem(programs=labelled, starter=None, checker=checker), sandbox)
    assert (audit.disagreements, audit.disputed, audit.dissenters) == ((), (), 0)
    assert kinds(audit) == ["right_rejected"]


def test_functions_are_called_in_python_alone() -> None:
    """Programs of other languages for a function problem are not run, though the sandbox knows the language."""
    labelled = (LabelledProgram("c", "accepted", "int f;", "cpp"),)
    audit = measure(make_function_problem(programs=labelled), ScriptedSandbox(), languages=("python", "cpp"))
    assert (audit.not_run, len(audit.programs)) == ((("cpp", 1),), 1)


def test_repeated_inputs_are_counted_by_what_is_wrong_with_them() -> None:
    """White space does not tell inputs apart; another expected output for one input is a contradiction."""
    private = (TestCase(" 1", "2"), TestCase("5", "10"), TestCase("5\n", "11"), TestCase("6", "12"))
    audit = measure(make_problem(private_tests=private), scripted())
    assert (audit.repeated, audit.contradicting, audit.leaked) == (2, 1, 1)
    assert "contradicting" in kinds(audit)
    assert "leaked" in kinds(audit, "leaked=0.2")
    assert "leaked" not in kinds(audit, "leaked=0.25")


@pytest.mark.parametrize(("checker", "count"), [("lines", 1), ("numbers", 0), ("validator", 0)])
def test_expected_outputs_that_the_checker_lets_differ_contradict_nothing(checker: Any, count: int) -> None:
    """Two outputs for one input are a contradiction only where the checker would not take one for the other."""
    private = (TestCase("5", "10.0"), TestCase("5", "10.0000001"))
    problem = make_problem(private_tests=private, programs=(), checker=Checker(checker, rel_tol=1e-6, source="v"))
    assert measure(problem, scripted(v=Execution("ok", 0, result=values.dumps(True)))).contradicting == count


def test_files_tell_tests_apart() -> None:
    """Two tests without standard input that read different files are not the same."""
    private = (TestCase("", "2", (("in", "1"),)), TestCase("", "4", (("in", "2"),)), TestCase("", "4", (("in", "2"),)))
    audit = measure(make_problem(public_tests=(), private_tests=private, programs=()), ScriptedSandbox())
    assert (audit.repeated, audit.contradicting) == (1, 0)


def test_each_program_runs_once_on_each_test() -> None:
    """Nothing is run twice, programs of one text under several names included; every figure comes of these runs."""
    labelled = programs(("accepted", RIGHT), ("wrong_answer", WRONG), ("rejected", WRONG), ("wrong_answer", OTHER))
    sandbox = twice()
    problem = make_problem(programs=(*labelled, LabelledProgram("twin", "accepted", OTHER)), starter=WRONG)
    audit = measure(problem, sandbox)
    runs = [(program, data) for program, inputs in sandbox.calls for data in inputs if program in (RIGHT, WRONG, OTHER)]
    assert len(runs) == len(set(runs)) == 3 * 5
    assert audit.twins == 1
    assert [(p.name, p.as_labelled) for p in audit.programs] == [
        *(("reference", True), ("twin", True), ("p1", True), ("p3", False))
    ]


def test_a_sample_of_programs_is_drawn_by_seed_and_label() -> None:
    """At most so many of each label, the same for the same seed, others for another."""
    labelled = programs(*(("rejected", f"r{n}") for n in range(30)), *(("accepted", f"a{n}") for n in range(30)))
    problem = make_problem(programs=labelled, reference=None, starter=None)

    def drawn(**options: Any) -> list[str]:
        return [program.name for program in measure(problem, ScriptedSandbox(), sampling=Sampling(**options)).programs]

    assert len(drawn(programs=4)) == 8
    assert drawn(programs=4) == drawn(programs=4) != drawn(programs=4, seed=1)
    assert len(drawn()) == len(drawn(programs=99)) == 60


def test_languages_that_cannot_be_run_are_counted() -> None:
    """Programs in other languages are run nowhere, and their number is in the reason."""
    labelled = (LabelledProgram("j", "accepted", "j", "java"), LabelledProgram("k", "rejected", "k", "java"))
    sandbox = scripted()
    audit = measure(make_problem(reference=None, programs=labelled, starter=None), sandbox)
    (defect,) = defects(audit, Criteria())
    assert (defect.kind, defect.detail) == ("no_right", "0 right programs (cannot be run here: 2 in java)")
    assert {program for program, _ in sandbox.calls}.isdisjoint({"j", "k"})
    assert kinds(audit, "least_right=0", "least_wrong=1") == ["no_wrong"]


@pytest.mark.parametrize(("timeouts", "verdicts"), [(1, "AAT--"), (2, "AATT-"), (3, "AATTT"), (9, "AATTT")])
def test_a_program_that_times_out_is_given_up(timeouts: int, verdicts: str) -> None:
    """After so many tests that time out, no more are run; what was not run is neither rejected nor idle."""

    def slow(_: str, data: bytes) -> Execution:
        return printed(f"{2 * int(data)}\n") if data in (b"1\n", b"2\n") else Execution("time_limit_exceeded", -9)

    problem = make_problem(programs=programs(("time_limit_exceeded", "slow")), starter=None)
    audit = measure(problem, scripted(slow=slow), sampling=Sampling(timeouts=timeouts))
    assert audit.programs[1].verdicts == verdicts
    assert audit.idle() == (0, 1)
    assert audit.programs[1].verdict == "time_limit_exceeded"


def test_a_broken_checker_is_the_problems_fault_and_a_broken_box_is_ours() -> None:
    """The first is a defect with the reason; the second is an exception that blames nobody."""
    checker = Checker("validator", source="def validate(*a): return None")
    audit = measure(make_problem(checker=checker), scripted())
    assert kinds(audit) == ["broken"]
    assert "validator: expected True or a reason" in audit.broken
    with pytest.raises(SandboxError):
        measure(make_problem(), Failing(scripted(), 3))


def test_a_test_that_is_nested_too_deeply_is_the_problems_fault() -> None:
    """No argument or expected value, however deep, ends the audit of the others."""
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    for test in (TestCase((deep,), 1), TestCase((1,), deep)):
        audit = measure(make_function_problem(private_tests=(test,)), scripted())
        assert kinds(audit) == ["broken"]
        assert "nested too deeply" in audit.broken


def test_an_audit_can_be_interrupted_between_two_tests() -> None:
    """Asked to give up, it runs no further test and gives no figures."""
    sandbox = Spy(scripted())
    tests = tuple(TestCase(f"{n}\n", f"{2 * n}\n") for n in range(50))
    asked: list[int] = []

    def interrupted() -> bool:
        asked.append(1)
        return len(asked) >= 3

    with pytest.raises(Interrupted):
        measure(make_problem(public_tests=(), private_tests=tests), sandbox, interrupted=interrupted)
    assert len(asked) == 4
    assert len(sandbox.seen["candidate"]) == 2  # no public test, and the private ones
