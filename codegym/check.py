"""Proving that a problem is sound: its programs run in a sandbox and must get the verdicts that it says."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from codegym.errors import ProblemError
from codegym.generated import private_tests
from codegym.judge import encode_input, judge
from codegym.problem import LabelledProgram, Problem
from codegym.sandbox.base import Sandbox
from codegym.verdict import Verdict

LEAST_PUBLIC = 2
LEAST_PRIVATE = 10
LEAST_WRONG = 3
MOST_CPU_SHARE = 0.5
"""Of the limit, that a right program may use."""


@dataclass(frozen=True, slots=True)
class ProblemReport:
    """What checking a problem showed.

    Attributes:
        problem: the problem.
        findings: what is wrong with it, a sentence each; empty if it is sound.
        private_tests: how many there are.
        cpu_s: the longest that a right program took on a test.
    """

    problem: Problem
    findings: tuple[str, ...]
    private_tests: int
    cpu_s: float


def check_problems(
    problems: Sequence[Problem], sandbox: Sandbox, *, workers: int, done: Callable[[ProblemReport], None] | None = None
) -> list[ProblemReport]:
    """Check all, ``workers`` at a time; ``done`` hears of each.

    Raises:
        SandboxError: a program could not be run.
    """

    def one(problem: Problem) -> ProblemReport:
        report = check_problem(problem, sandbox)
        if done:
            done(report)
        return report

    with ThreadPoolExecutor(workers) as executor:
        futures = [executor.submit(one, problem) for problem in problems]
        try:
            return [future.result() for future in futures]
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise


def check_problem(problem: Problem, sandbox: Sandbox) -> ProblemReport:
    """Check one problem.

    Raises:
        SandboxError: a program could not be run.
    """
    try:
        tests = private_tests(problem.private_tests, sandbox)
        findings = [*_test_findings(problem), *_label_findings(problem)]
        found, cpu_s = _right_programs(problem, sandbox)
        findings += found
        findings += _wrong_programs(problem, sandbox)
        findings += _cheats(problem, sandbox)
    except ProblemError as error:
        return ProblemReport(problem, (str(error),), len(problem.private_tests), 0.0)
    return ProblemReport(problem, tuple(findings), len(tests), cpu_s)


def _test_findings(problem: Problem) -> Iterator[str]:
    public, private = problem.public_tests, tuple(problem.private_tests)
    if len(public) < LEAST_PUBLIC:
        yield f"expected at least {LEAST_PUBLIC} public tests, got {len(public)}"
    if len(private) < LEAST_PRIVATE:
        yield f"expected at least {LEAST_PRIVATE} private tests, got {len(private)}"
    seen: dict[bytes, str] = {}
    named = [(f"public test {n}", t) for n, t in enumerate(public, 1)]
    named += [(f"private test {n}", t) for n, t in enumerate(private, 1)]
    for name, test in named:
        key = b" ".join(encode_input(problem, test).split())
        if key in seen:
            yield f"expected inputs that differ, got the same one in {seen[key]} and {name}"
        seen.setdefault(key, name)


def _label_findings(problem: Problem) -> Iterator[str]:
    wrong = len(problem.wrong_programs)
    if wrong < LEAST_WRONG:
        yield f"expected at least {LEAST_WRONG} labelled wrong programs, got {wrong}"
    if wrong == len(problem.programs):
        yield "expected at least one program labelled accepted beside the reference, got none"
    if problem.reference is None:
        yield "expected a reference program, got none"


def _right_programs(problem: Problem, sandbox: Sandbox) -> tuple[list[str], float]:
    findings, slowest = [], 0.0
    right = [program for program in problem.programs if program.label == "accepted"]
    if problem.reference is not None:
        right.insert(0, LabelledProgram("reference", "accepted", problem.reference))
    for program in right:
        judgement = judge(program.source, problem, sandbox=sandbox, split="both", run_all=True)
        cpu_s = max(result.cpu_s for result in judgement.results)
        slowest = max(slowest, cpu_s)
        if not judgement.accepted:
            number, failed = next((n, r) for n, r in enumerate(judgement.results) if r.verdict != Verdict.ACCEPTED)
            where = (
                f"{failed.split} test {number + 1 - (len(problem.public_tests) if failed.split == 'private' else 0)}"
            )
            findings.append(f"program {program.name!r}: expected accepted, got {failed.verdict} on {where}")
        elif cpu_s > MOST_CPU_SHARE * problem.limits.cpu_s:
            findings.append(
                f"program {program.name!r}: expected at most {MOST_CPU_SHARE:.0%} of the CPU limit "
                f"of {problem.limits.cpu_s:g} s on every test, got {cpu_s:.2f} s"
            )
    return findings, slowest


def _wrong_programs(problem: Problem, sandbox: Sandbox) -> Iterator[str]:
    past_public = 0
    for program in problem.wrong_programs:
        verdict, split = first_failure(program.source, problem, sandbox)
        past_public += split == "private"
        if verdict != program.label:
            yield f"program {program.name!r}: expected {program.label}, got {verdict}"
        elif program.fails and program.fails != split:
            yield f"program {program.name!r}: expected to fail first on a {program.fails} test, got a {split} one"
    if problem.wrong_programs and not past_public:
        yield "expected a wrong program that passes all public tests, got none"
    if problem.starter and first_failure(problem.starter, problem, sandbox)[0] is Verdict.ACCEPTED:
        yield "the starter: expected a program that fails a test, got one that is accepted"


def first_failure(program: str, problem: Problem, sandbox: Sandbox) -> tuple[Verdict, str]:
    """The verdict of the first test that fails, and its split; ``accepted`` and nothing where none does."""
    for split in ("public", "private"):
        judgement = judge(program, problem, sandbox=sandbox, split=split, run_all=False)
        if not judgement.accepted:
            return judgement.verdict, split
    return Verdict.ACCEPTED, ""


def _cheats(problem: Problem, sandbox: Sandbox) -> Iterator[str]:
    for name, program in (("the empty program", "pass\n"), *_public_outputs(problem)):
        if first_failure(program, problem, sandbox)[0] is Verdict.ACCEPTED:
            yield f"{name}: expected it to fail a test, got accepted"


def _public_outputs(problem: Problem) -> Iterator[tuple[str, str]]:
    """Programs that know the public outputs and nothing else."""
    if problem.kind == "stdin":
        table = {test.input.strip(): test.output for test in problem.public_tests}
        yield (
            "a program that prints the public outputs",
            f"import sys\nprint({table!r}.get(sys.stdin.read().strip(), ''), end='')\n",
        )
        for number, test in enumerate(problem.public_tests, 1):
            yield f"a program that prints the output of public test {number}", f"print({test.output!r}, end='')\n"
        return
    cases = "".join(
        f"    if key == {repr(list(test.input))!r}: return {getattr(test.output, 'value', test.output)!r}\n"
        for test in problem.public_tests
        if isinstance(test.input, list | tuple)
    )
    yield (
        "a program that returns the public outputs",
        f"inf, nan = float('inf'), float('nan')\ndef {problem.entry_point}(*arguments):\n"
        f"    key = repr(list(arguments))\n{cases}",
    )
