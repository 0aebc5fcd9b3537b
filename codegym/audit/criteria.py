"""What a problem must have shown to be trusted, with thresholds that a user may set."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from codegym.audit.record import ProblemAudit, ProgramAudit
from codegym.errors import UsageError


@dataclass(frozen=True, slots=True)
class Criteria:
    """Thresholds. Shares are from 0 to 1.

    Attributes:
        right: least share of right programs that are accepted.
        wrong: least share of wrong programs that are rejected.
        least_right: least number of right programs that were run.
        least_wrong: least number of wrong programs that were run.
        time: most that an accepted right program may take of the CPU limit, as a share of it.
        cheats: most programs without a solution that may be accepted.
        disagreements: most tests on which right programs gave outputs that differ.
        disputed: most tests on which all right programs gave the same output, and not the expected one.
        contradicting: most tests with the input of another one and another expected output.
        leaked: largest share of private tests that have the input of a public one.
        idle: largest share of tests that reject none of the wrong programs.
    """

    right: float = 1.0
    wrong: float = 1.0
    least_right: float = 1.0
    least_wrong: float = 0.0
    time: float = 1.0
    cheats: float = 0.0
    disagreements: float = 0.0
    disputed: float = 0.0
    contradicting: float = 0.0
    leaked: float = 1.0
    idle: float = 1.0

    @classmethod
    def read(cls, changes: Iterable[str]) -> "Criteria":
        """The usual ones with changes of the form ``name=number``.

        Raises:
            UsageError: a change is not of that form.
        """
        known = [field.name for field in fields(cls)]
        criteria = cls()
        for change in changes:
            name, _, number = change.partition("=")
            try:
                value = float(number)
            except ValueError:
                value = -1.0
            if name not in known or not 0 <= value < 1e9:
                raise UsageError(
                    f"expected a criterion NAME=NUMBER, the name one of {', '.join(known)}, got {change[:60]!r}"
                )
            criteria = replace(criteria, **{name: value})
        return criteria


@dataclass(frozen=True, slots=True)
class Defect:
    """Why a problem is not trusted.

    Attributes:
        kind: one of :data:`KINDS`.
        detail: what was found, in words.
    """

    kind: str
    detail: str


KINDS = {
    "not_audited": "could not be audited, through our fault",
    "broken": "checker or generator cannot be used",
    "findings": "against the rules of own problem files",
    "no_right": "too few right programs to check it with",
    "no_wrong": "too few wrong programs to check it with",
    "right_rejected": "right programs are rejected",
    "wrong_accepted": "wrong programs are accepted",
    "cheats": "programs without a solution are accepted",
    "time": "right programs come too near to the time limit",
    "disagreements": "right programs give outputs that differ: several right answers?",
    "disputed": "all right programs give the same output, not the expected one",
    "contradicting": "one input with two expected outputs",
    "leaked": "private tests have inputs of public ones",
    "idle": "tests reject no wrong program",
    "duplicate": "the statement of an earlier problem",
}
"""Kinds of defects, in the order of reports."""


def defects(audit: ProblemAudit, criteria: Criteria) -> tuple[Defect, ...]:
    """Why a problem by itself is not trusted; nothing if it is. What other problems say of it is added elsewhere."""
    if audit.error:
        return (Defect("not_audited", audit.error),)
    if audit.broken:
        return (Defect("broken", audit.broken),)
    found = [Defect("findings", finding) for finding in audit.findings]
    found += _of_programs(audit, criteria)
    found += [Defect("cheats", name) for name in audit.cheats if len(audit.cheats) > criteria.cheats]
    found += _of_tests(audit, criteria)
    return tuple(found)


def _of_programs(audit: ProblemAudit, criteria: Criteria) -> Iterator[Defect]:
    right, wrong = audit.right, audit.wrong
    if len(right) < criteria.least_right:
        yield Defect("no_right", f"{len(right)} right programs{_not_run(audit)}")
    if len(wrong) < criteria.least_wrong:
        yield Defect("no_wrong", f"{len(wrong)} wrong programs{_not_run(audit)}")
    if _as_labelled(right) < criteria.right:
        yield Defect("right_rejected", _listed(right))
    if _as_labelled(wrong) < criteria.wrong:
        yield Defect("wrong_accepted", _listed(wrong))
    if audit.time_share > criteria.time:
        yield Defect("time", f"{audit.time_share:.0%} of the CPU limit")


def _of_tests(audit: ProblemAudit, criteria: Criteria) -> Iterator[Defect]:
    if len(audit.disagreements) > criteria.disagreements:
        programs = f"{audit.dissenters} of {len(audit.right)} right programs"
        yield Defect("disagreements", f"{programs} differ from what is expected; {_tests(audit.disagreements)}")
    if len(audit.disputed) > criteria.disputed:
        yield Defect("disputed", _tests(audit.disputed))
    if audit.contradicting > criteria.contradicting:
        yield Defect("contradicting", f"{audit.contradicting} tests")
    if audit.leaked > criteria.leaked * audit.private_tests:
        yield Defect("leaked", f"{audit.leaked} of {audit.private_tests} private tests")
    idle = audit.idle()
    if len(idle) > criteria.idle * (audit.public_tests + audit.private_tests):
        yield Defect("idle", _tests(idle))


def _as_labelled(programs: Sequence[ProgramAudit]) -> float:
    """The share of programs that are accepted or rejected as their labels say; 1 if there are none."""
    return sum(program.as_labelled for program in programs) / len(programs) if programs else 1.0


def _tests(numbers: Sequence[int]) -> str:
    """Tests in words, counted from 1."""
    shown = ", ".join(str(number + 1) for number in numbers[:8])
    return f"test{'s' if len(numbers) > 1 else ''} {shown}{', ...' if len(numbers) > 8 else ''}"


def _not_run(audit: ProblemAudit) -> str:
    others = ", ".join(f"{count} in {language}" for language, count in audit.not_run)
    return f" (cannot be run here: {others})" if others else ""


def _listed(programs: Sequence[ProgramAudit]) -> str:
    bad = [program for program in programs if not program.as_labelled]
    shown = ", ".join(f"{program.name} got {program.verdict}" for program in bad[:4])
    return f"{len(bad)} of {len(programs)}: {shown}{', ...' if len(bad) > 4 else ''}"
