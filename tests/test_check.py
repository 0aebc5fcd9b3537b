"""Tests of codegym.check."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codegym import Execution, LabelledProgram, Problem, Sandbox, SandboxError, TestCase, load_problems
from codegym.check import check_problem, is_own
from codegym.errors import ProblemError
from codegym.sandbox import ScriptedSandbox
from tests.conftest import SOUND
from tests.fakes import PUBLIC_ONLY, RIGHT, WRONG, Failing, make_problem, printed, scripted

PRIVATE = tuple(TestCase(f"{n}\n", f"{2 * n}\n") for n in range(-3, 8) if n not in (1, 2))


def findings(problem_file: Path, sandbox: Sandbox, old: str = "", new: str = "") -> tuple[str, ...]:
    """What is found in the sound problem after a change in its file."""
    assert old in SOUND
    problem_file.write_text(SOUND.replace(old, new, 1))
    (problem,) = load_problems(problem_file)
    return check_problem(problem, sandbox).findings


def test_a_sound_problem_has_no_findings(problem_file: Path, any_sandbox: Sandbox) -> None:
    """The problem that all others here are changed from is sound, and its tests are counted."""
    (problem,) = load_problems(problem_file)
    report = check_problem(problem, any_sandbox)
    assert (report.problem_id, report.findings, report.private_tests) == (problem.id, (), 10)
    assert 0 < report.cpu_s < 1


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("print(int(input()) * 2)\n", "print(int(input()) * 3)\n", "program 'reference': expected accepted, got wrong"),
        ("print(int(input()) * 2)\n", "print(\n", "reference on generated test 0: expected exit status 0"),
        ("print(n + n)", "print(n + 1)", "program 'adds': expected accepted, got wrong_answer on public test 2"),
        ("print(n + n)", "print(abs(n + n))", "program 'adds': expected accepted, got wrong_answer on private test 2"),
        ("print(1 // 0)", "print(int(input()) * 2)", "program 'crashes': expected runtime_error, got accepted"),
        ("print(1 // 0)", "print(0)", "program 'crashes': expected runtime_error, got wrong_answer"),
        (
            "label: runtime_error",
            "label: time_limit_exceeded",
            "'crashes': expected time_limit_exceeded, got runtime_error",
        ),
        ("fails: private", "fails: public", "'magnitude': expected to fail first on a public test, got a private one"),
        ("fails: public", "fails: private", "'squares': expected to fail first on a private test, got a public one"),
        ("count: 8", "count: 7", "expected at least 10 private tests, got 9"),
        ('  - {input: "2\\n", output: "4\\n"}\n', "", "expected at least 2 public tests, got 1"),
        (
            '{input: "0\\n", output: "0\\n"}',
            '{input: "2\\n", output: "4\\n"}',
            "the same one in public test 2 and private",
        ),
        (
            '{input: "0\\n", output: "0\\n"}',
            '{input: "-3\\n", output: "-6\\n"}',
            "in private test 1 and private test 2",
        ),
        ('{input: "0\\n", output: "0\\n"}', '{input: " 1 ", output: "2\\n"}', "in public test 1 and private test 1"),
        ("100 + index", "100", "expected inputs that differ, got the same one in private test 3"),
        ("print(abs(int(input())) * 2)", "print(7)", "expected a wrong program that passes all public tests, got none"),
        ("print(int(input()) + 2)", "print(int(input()) * 2)", "the starter: expected a program that fails a test"),
        ("label: accepted", "label: wrong_answer", "expected at least one program labelled accepted"),
        ("label: accepted", "label: wrong_answer", "program 'adds': expected wrong_answer, got accepted"),
        (
            "  - name: crashes\n    label: runtime_error\n    source: |\n      print(1 // 0)\n",
            "",
            "wrong programs, got 2",
        ),
        ("seed, index =", "seed =", "generator on generated test 0: expected exit status 0"),
    ],
)
def test_what_is_wrong_is_found(problem_file: Path, any_sandbox: Sandbox, old: str, new: str, found: str) -> None:
    """Each single fault put into the sound problem is told in a sentence of its own."""
    told = findings(problem_file, any_sandbox, old, new)
    assert any(found in sentence for sentence in told), told


def test_one_fault_is_one_finding(problem_file: Path, any_sandbox: Sandbox) -> None:
    """A fault that touches nothing else is told once and alone."""
    told = findings(problem_file, any_sandbox, "count: 8", "count: 7")
    assert told == ("expected at least 10 private tests, got 9",)


def test_an_unknown_key_is_found_on_loading(problem_file: Path) -> None:
    """A key that no field has is a ProblemError with file, line and key."""
    problem_file.write_text(SOUND + "colour: red\n")
    line = SOUND.count("\n") + 1
    with pytest.raises(ProblemError, match=rf"double\.yaml:{line}: .*colour"):
        load_problems(problem_file)


def slow(cpu_s: float) -> Callable[[str, bytes], Execution]:
    return lambda _, data: Execution("ok", 0, stdout=b"%d\n" % (2 * int(data)), cpu_s=cpu_s if b"5" in data else 0.01)


@pytest.mark.parametrize(("cpu_s", "slow_ones"), [(0.99, []), (1.01, ["reference"])])
def test_a_slow_reference_is_found(cpu_s: float, slow_ones: list[str]) -> None:
    """A right program that takes more than half of the limit on any one test is found; up to half is well."""
    problem = make_problem(private_tests=PRIVATE)
    report = check_problem(problem, scripted(**{RIGHT: slow(cpu_s)}))
    told = [finding for finding in report.findings if "CPU limit" in finding]
    assert [finding.split("'")[1] for finding in told] == slow_ones
    assert report.cpu_s == cpu_s


def test_a_slow_accepted_program_is_found() -> None:
    """What holds for the reference holds for the other right programs."""
    programs = (LabelledProgram("slow", "accepted", "slow"),)
    problem = make_problem(private_tests=PRIVATE, programs=programs)
    told = check_problem(problem, scripted(slow=slow(1.5))).findings
    assert any(finding.startswith("program 'slow': expected at most 50% of the CPU limit") for finding in told)


@pytest.mark.parametrize("changes", [{"reference": None}, {"programs": ()}, {"starter": None}])
def test_what_is_missing_is_found_not_stumbled_over(changes: dict[str, Any]) -> None:
    """A problem without a reference or programs has findings; one without a starter needs none."""
    told = check_problem(make_problem(private_tests=PRIVATE, **changes), scripted()).findings
    assert ("expected a reference program, got none" in told) == ("reference" in changes)
    assert ("expected at least 3 labelled wrong programs, got 0" in told) == ("programs" in changes)
    assert not any("starter" in finding for finding in told)


@pytest.mark.parametrize(
    ("public", "private", "cheat"),
    [
        (("", ""), ("",), "the empty program"),
        (("x", "x"), ("x",), "a program that prints the output of public test 1"),
        (("x", "y"), ("y", "y"), "a program that prints the public outputs"),
    ],
)
def test_tests_that_a_cheat_passes_are_found(
    any_sandbox: Sandbox, public: tuple[str, ...], private: tuple[str, ...], cheat: str
) -> None:
    """Private tests that the empty program or the public outputs pass are found."""
    shown = tuple(TestCase(f"{n}\n", output) for n, output in enumerate(public))
    hidden = tuple(TestCase(f"{len(public) - 1}{' ' * n}\n", output) for n, output in enumerate(private))
    problem = make_problem(public_tests=shown, private_tests=hidden, starter=None, programs=())
    told = check_problem(problem, any_sandbox).findings
    assert f"{cheat}: expected it to fail a test, got accepted" in told


def test_a_broken_validator_is_found(problem_file: Path, any_sandbox: Sandbox) -> None:
    """A validator that breaks is told with the file's name."""
    checker = "checker:\n  type: validator\n  source: |\n    def validate(*a): return None\nstarter: |\n"
    (told,) = findings(problem_file, any_sandbox, "starter: |\n", checker)
    assert told.startswith(f"{problem_file}: validator: expected True or a reason")


def test_a_sandbox_error_is_no_finding() -> None:
    """Our own failure says nothing about the problem."""
    with pytest.raises(SandboxError):
        check_problem(make_problem(), Failing(scripted(), 3))


def test_rules_are_for_own_files_alone(problem_file: Path) -> None:
    """A problem of a YAML file is held against the rules; one of a row, a package or made by hand is not."""
    (problem,) = load_problems(problem_file)
    assert is_own(problem)
    assert not any(is_own(replace(problem, source=source)) for source in ("", "a/rows.jsonl, row 3", "a/hello.zip"))


def test_first_failures_are_told_apart_by_split() -> None:
    """A wrong program that fails in private alone is the one that passes the public tests."""

    def past_public(problem: Problem) -> bool:
        told = check_problem(problem, scripted()).findings
        return "expected a wrong program that passes all public tests, got none" not in told

    problem = make_problem()
    assert past_public(problem)
    only_public = LabelledProgram("no", "wrong_answer", WRONG)
    assert not past_public(replace(problem, programs=(only_public,)))
    assert past_public(replace(problem, programs=(only_public, LabelledProgram("m", "wrong_answer", PUBLIC_ONLY))))


def test_a_function_problems_cheat_is_run_as_a_function(any_sandbox: Sandbox) -> None:
    """The program that knows the public outputs of a function problem is one that could pass them."""
    from codegym.audit.cheats import cheats
    from codegym.judge import judge
    from tests.fakes import make_function_problem

    cases = (TestCase(([1, "a"], {2: {3}}), (float("inf"), None)), TestCase(([], {}), (-0.5, {"k": b"\0"})))
    problem = make_function_problem(public_tests=cases)
    _, (_, program) = cheats(problem)
    assert judge(program, problem, sandbox=any_sandbox, split="public").accepted
    assert not judge(program, problem, sandbox=any_sandbox, split="private").accepted


def test_output_alone_decides_no_label() -> None:
    """A program that is labelled by a status gets it from the box, not from what it printed."""
    programs = (LabelledProgram("liar", "runtime_error", "liar"),)
    sandbox = ScriptedSandbox({"liar": printed("runtime_error\n"), RIGHT: printed("")})
    told = check_problem(make_problem(programs=programs, starter=None), sandbox).findings
    assert "program 'liar': expected runtime_error, got wrong_answer" in told
