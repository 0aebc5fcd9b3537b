"""The rules of codegym's own problem files, which a sound one keeps; what was measured is held against them."""

from collections.abc import Iterator
from dataclasses import replace

from codegym.audit.fingerprint import repeated_inputs
from codegym.audit.measure import labelled, measure
from codegym.audit.record import ProblemAudit, ProgramAudit
from codegym.generated import private_tests
from codegym.problem import Problem
from codegym.sandbox.base import Sandbox

LEAST_PUBLIC = 2
LEAST_PRIVATE = 10
LEAST_WRONG = 3
MOST_CPU_SHARE = 0.5
"""Of the limit, that a right program may use."""


def is_own(problem: Problem) -> bool:
    """Whether it was read from a problem file of codegym's, and not from a data set or package."""
    return problem.source.endswith((".yaml", ".yml"))


def check_problem(problem: Problem, sandbox: Sandbox) -> ProblemAudit:
    """Audit one problem, with what the rules find.

    Raises:
        SandboxError: a program could not be run.
    """
    audit = measure(problem, sandbox)
    return replace(audit, findings=findings(problem, audit, sandbox))


def findings(problem: Problem, audit: ProblemAudit, sandbox: Sandbox) -> tuple[str, ...]:
    """What the rules find wrong with a problem that was audited whole, a sentence each; none if it is sound."""
    if audit.broken:
        return (audit.broken,)
    return (
        *_test_findings(problem, audit, sandbox),
        *_label_findings(problem),
        *_right_programs(problem, audit),
        *_wrong_programs(problem, audit),
        *(f"{cheat}: expected it to fail a test, got accepted" for cheat in audit.cheats),
    )


def _test_findings(problem: Problem, audit: ProblemAudit, sandbox: Sandbox) -> Iterator[str]:
    if audit.public_tests < LEAST_PUBLIC:
        yield f"expected at least {LEAST_PUBLIC} public tests, got {audit.public_tests}"
    if audit.private_tests < LEAST_PRIVATE:
        yield f"expected at least {LEAST_PRIVATE} private tests, got {audit.private_tests}"
    tests = (*problem.public_tests, *private_tests(problem.private_tests, sandbox))
    for first, again in repeated_inputs(problem, tests):
        where = f"{_name(audit, first)} and {_name(audit, again)}"
        yield f"expected inputs that differ, got the same one in {where}"


def _name(audit: ProblemAudit, test: int) -> str:
    public = test < audit.public_tests
    return f"public test {test + 1}" if public else f"private test {test + 1 - audit.public_tests}"


def _label_findings(problem: Problem) -> Iterator[str]:
    wrong = len(problem.wrong_programs)
    if wrong < LEAST_WRONG:
        yield f"expected at least {LEAST_WRONG} labelled wrong programs, got {wrong}"
    if wrong == len(problem.programs):
        yield "expected at least one program labelled accepted beside the reference, got none"
    if problem.reference is None:
        yield "expected a reference program, got none"


def _right_programs(problem: Problem, audit: ProblemAudit) -> Iterator[str]:
    for program in audit.right:
        if not program.as_labelled:
            test = next(number for number, letter in enumerate(program.verdicts) if letter != "A")
            yield f"program {program.name!r}: expected accepted, got {program.verdict} on {_name(audit, test)}"
        elif program.time_share > MOST_CPU_SHARE:
            yield (
                f"program {program.name!r}: expected at most {MOST_CPU_SHARE:.0%} of the CPU limit "
                f"of {problem.limits.cpu_s:g} s on every test, got {program.time_share * problem.limits.cpu_s:.2f} s"
            )


def _wrong_programs(problem: Problem, audit: ProblemAudit) -> Iterator[str]:
    by_name = {(done.name, done.label): done for done in audit.programs}
    ran = {p.source: by_name[p.name, p.label] for p in labelled(problem) if (p.name, p.label) in by_name}
    past_public = 0
    for program in problem.wrong_programs:
        done: ProgramAudit = ran[program.source]
        past_public += done.split == "private"
        if done.verdict != program.label:
            yield f"program {program.name!r}: expected {program.label}, got {done.verdict}"
        elif program.fails and program.fails != done.split:
            yield f"program {program.name!r}: expected to fail first on a {program.fails} test, got a {done.split} one"
    if problem.wrong_programs and not past_public:
        yield "expected a wrong program that passes all public tests, got none"
    if problem.starter and ran[problem.starter].verdict == "accepted":
        yield "the starter: expected a program that fails a test, got one that is accepted"
