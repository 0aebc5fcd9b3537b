"""The figures of an audit, added up one problem at a time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from codegym.audit.criteria import KINDS, Criteria, Defect, defects
from codegym.audit.record import ProblemAudit
from codegym.verdict import Verdict

BINS = 10
"""Of a histogram of shares, from 0 to 1."""
_VERDICTS = {str(verdict) for verdict in Verdict}


@dataclass(slots=True)
class Summary:
    """What an audit showed of a whole set.

    Attributes:
        problems: how many were audited.
        errors: how many could not be, through our fault; they are in no other figure but ``untrusted``.
        trusted: ids of the problems that meet the criteria, by place.
        untrusted: id and defects of the others, by place.
        no_right: problems of which no right program was run.
        no_wrong: problems of which no wrong program was run.
        kinds: how many problems have each kind of defect.
        programs: how many programs with each label got each verdict.
        not_run: programs in languages that cannot be run here, by language.
        past_public: wrong programs that pass all public tests and are rejected.
        cheats: how many problems accept each kind of program without a solution.
        tests: how many tests there are.
        judged_tests: tests on which a wrong program was run.
        idle_tests: of them, tests on which all were run and that reject none.
        all_idle: problems whose private tests are all idle.
        repeated: tests with the input of an earlier test of the problem.
        leaked: private tests with the input of a public one.
        twins: programs that are labelled right and wrong at once.
        headroom: accepted right programs by the longest they took on a test, in tenths of the limit.
        power: judged tests by the share that they reject of the wrong programs that were run on them, in tenths.
        statements: groups of ids of problems with the same statement, by its key.
        same_tests: groups of ids of problems with the same tests, by their key.
        disagreeing: ids of problems on which right programs disagree.
        disputing: ids of problems whose expected outputs right programs dispute with one voice.
    """

    problems: int = 0
    errors: int = 0
    trusted: dict[int, str] = field(default_factory=dict)
    untrusted: dict[int, tuple[str, tuple[Defect, ...]]] = field(default_factory=dict)
    no_right: int = 0
    no_wrong: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    programs: Counter[tuple[str, str]] = field(default_factory=Counter)
    not_run: Counter[str] = field(default_factory=Counter)
    past_public: int = 0
    cheats: Counter[str] = field(default_factory=Counter)
    tests: int = 0
    judged_tests: int = 0
    idle_tests: int = 0
    all_idle: int = 0
    repeated: int = 0
    leaked: int = 0
    twins: int = 0
    headroom: list[int] = field(default_factory=lambda: [0] * BINS)
    power: list[int] = field(default_factory=lambda: [0] * BINS)
    statements: dict[str, list[str]] = field(default_factory=dict)
    same_tests: dict[str, list[str]] = field(default_factory=dict)
    disagreeing: list[str] = field(default_factory=list)
    disputing: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every problem is trusted."""
        return not self.untrusted

    def found(self, place: int) -> tuple[Defect, ...]:
        """The defects of the problem at this index of the set."""
        return self.untrusted[place][1] if place in self.untrusted else ()

    def count(self, *, right: bool, accepted: bool | None = None) -> int:
        """Programs that are labelled as right or wrong; with ``accepted`` only those that were, or were not."""
        return sum(
            number
            for (label, verdict), number in self.programs.items()
            if (label == "accepted") == right and accepted in (None, verdict == "accepted")
        )

    def exactly(self) -> tuple[int, int]:
        """Rejected programs whose label names a verdict: how many got that one, and how many there are."""
        known = [
            (label == verdict, number)
            for (label, verdict), number in self.programs.items()
            if label in _VERDICTS and "accepted" not in (label, verdict)
        ]
        return sum(number for same, number in known if same), sum(number for _, number in known)

    def twin_statements(self) -> list[list[str]]:
        """Groups of problems with the same statement."""
        return [group for group in self.statements.values() if len(group) > 1]

    def twin_tests(self) -> list[list[str]]:
        """Groups of problems with the same tests."""
        return [group for group in self.same_tests.values() if len(group) > 1]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        same, known = self.exactly()
        return {
            "problems": self.problems,
            "trusted": len(self.trusted),
            "not_audited": self.errors,
            "right": {"run": self.count(right=True), "accepted": self.count(right=True, accepted=True)},
            "wrong": {
                "run": self.count(right=False),
                "rejected": self.count(right=False, accepted=False),
                "rejected_by_private_tests_only": self.past_public,
                "with_exact_label": known,
                "as_exact_label": same,
            },
            "verdicts": [[*key, number] for key, number in sorted(self.programs.items())],
            "problems_without_right_program": self.no_right,
            "problems_without_wrong_program": self.no_wrong,
            "not_run": dict(self.not_run),
            "labelled_right_and_wrong": self.twins,
            "cheats_accepted": dict(self.cheats),
            "tests": {
                "all": self.tests,
                "judged": self.judged_tests,
                "idle": self.idle_tests,
                "repeated": self.repeated,
                "leaked": self.leaked,
                "power": self.power,
            },
            "problems_with_idle_private_tests_only": self.all_idle,
            "headroom": self.headroom,
            "same_statement": self.twin_statements(),
            "same_tests": self.twin_tests(),
            "disagreeing": self.disagreeing,
            "disputing": self.disputing,
            "defects": {kind: self.kinds[kind] for kind in KINDS if self.kinds[kind]},
        }


def summarize(audits: Iterable[ProblemAudit], criteria: Criteria) -> Summary:
    """Add up. Memory grows with the ids, not with what the audits hold.

    Args:
        audits: each problem once, in any order.
        criteria: what a problem must have shown to be trusted.
    """
    summary = Summary()
    found: dict[int, tuple[str, tuple[Defect, ...], str, str]] = {}
    for audit in audits:
        _add(summary, audit)
        keys = ("", "") if audit.error else (audit.statement_key, audit.tests_key)
        found[audit.place] = (audit.problem_id, defects(audit, criteria), *keys)
    for place, (problem_id, own, statement, tests) in sorted(found.items()):
        if tests:
            summary.same_tests.setdefault(tests, []).append(problem_id)
        twins = summary.statements.setdefault(statement, []) if statement else []
        if twins:
            own = (*own, Defect("duplicate", f"of {twins[0]}"))
        twins.append(problem_id)
        summary.kinds.update({defect.kind for defect in own})
        if own:
            summary.untrusted[place] = (problem_id, own)
        else:
            summary.trusted[place] = problem_id
    return summary


def _add(summary: Summary, audit: ProblemAudit) -> None:
    summary.problems += 1
    if audit.error:
        summary.errors += 1
        return
    summary.not_run.update(dict(audit.not_run))
    summary.cheats.update({name.partition(" of public test ")[0] for name in audit.cheats})
    summary.tests += audit.public_tests + audit.private_tests
    summary.repeated += audit.repeated
    summary.leaked += audit.leaked
    summary.twins += audit.twins
    summary.no_right += not audit.right
    summary.no_wrong += not audit.wrong
    for program in audit.programs:
        summary.programs[program.label, program.verdict] += 1
        summary.past_public += not program.right and program.split == "private"
        if program.right and program.as_labelled:
            summary.headroom[_bin(program.time_share)] += 1
    _add_tests(summary, audit)
    if audit.disagreements:
        summary.disagreeing.append(audit.problem_id)
    if audit.disputed:
        summary.disputing.append(audit.problem_id)


def _add_tests(summary: Summary, audit: ProblemAudit) -> None:
    idle = set(audit.idle())
    summary.idle_tests += len(idle)
    private = range(audit.public_tests, audit.public_tests + audit.private_tests)
    summary.all_idle += bool(idle) and idle.issuperset(private)
    for rejected, run in audit.power():
        if run:
            summary.judged_tests += 1
            summary.power[_bin(rejected / run)] += 1


def _bin(share: float) -> int:
    return min(int(share * BINS), BINS - 1)
