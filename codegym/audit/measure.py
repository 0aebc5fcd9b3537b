"""Auditing one problem: each of its programs runs once on each test, and all figures are made of that."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from codegym import values
from codegym.audit.cheats import cheats
from codegym.audit.fingerprint import key_of_tests, output_key, repeated_inputs, statement_key
from codegym.audit.record import LETTERS, ProblemAudit, ProgramAudit
from codegym.checker import mismatch
from codegym.errors import ProblemError
from codegym.generated import private_tests
from codegym.judge import judge
from codegym.problem import LabelledProgram, Limits, Problem, TestCase
from codegym.sandbox.base import Execution, Sandbox
from codegym.verdict import UNREADABLE, Judgement, TestResult, Verdict

_AGREED = b"expected"
"""In place of the digest of an output that is accepted: those may differ as far as the checker lets them."""
_LENIENT = ("validator", "interactor")
"""Checkers that judge each output by itself, so that it means nothing that two of them differ."""


class Interrupted(Exception):
    """The audit of a problem was given up in its midst, because the whole is to end."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which programs are run, and how far.

    Attributes:
        programs: at most so many a label, drawn by ``seed``; None for all.
        seed: of the draw.
        timeouts: after so many tests that end with ``time_limit_exceeded`` a program is run on no further ones.
    """

    programs: int | None = None
    seed: int = 0
    timeouts: int = 3


def measure(
    problem: Problem,
    sandbox: Sandbox,
    *,
    place: int = 0,
    sampling: Sampling | None = None,
    languages: Sequence[str] | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> ProblemAudit:
    """Audit one problem.

    Args:
        problem: the problem.
        sandbox: where its programs run.
        place: its index in the set.
        sampling: which programs to run; by default all.
        languages: what can be run in ``sandbox``; by default it is asked.
        interrupted: asked after each test whether to give up.

    Raises:
        SandboxError: a program could not be run.
        Interrupted: ``interrupted`` said so.
    """
    sampling = sampling or Sampling()
    known = ProblemAudit(
        problem.id,
        place,
        source=problem.source,
        kind=problem.kind,
        difficulty=problem.difficulty,
        public_tests=len(problem.public_tests),
        private_tests=len(problem.private_tests),
        statement_key=statement_key(problem.statement),
    )
    if languages is None:
        languages = runnable(sandbox)
    if problem.kind == "function":  # which is called in one language alone
        languages = [language for language in languages if language == problem.language]
    programs, not_run = _to_run(labelled(problem), languages, sampling, problem.id)
    known = replace(known, not_run=not_run, twins=_twins(programs))
    try:
        tests = (*problem.public_tests, *private_tests(problem.private_tests, sandbox))
        known = replace(known, **_of_tests(problem, tests))
        known = replace(known, **_of_programs(problem, programs, sandbox, sampling, interrupted))
        return replace(known, cheats=tuple(_accepted_cheats(problem, sandbox, interrupted)))
    except ProblemError as error:
        return replace(known, broken=str(error))
    except RecursionError:
        where = problem.source or problem.id
        return replace(known, broken=f"{where}: expected tests of plain values, got one that is nested too deeply")


def runnable(sandbox: Sandbox) -> tuple[str, ...]:
    """The languages whose programs can be run in a sandbox; one that does not say runs Python."""
    return tuple(sandbox.languages()) if hasattr(sandbox, "languages") else ("python",)


def labelled(problem: Problem) -> list[LabelledProgram]:
    """All programs of a problem whose verdict is known, each text once a language and side: right or wrong."""
    programs = list(problem.programs)
    if problem.reference is not None:
        programs.insert(0, LabelledProgram("reference", "accepted", problem.reference, problem.language))
    if problem.starter is not None:
        programs.append(LabelledProgram("starter", "rejected", problem.starter, problem.language))
    once: dict[tuple[str, str, bool], LabelledProgram] = {}
    for program in programs:
        once.setdefault((program.language, program.source, program.label == "accepted"), program)
    return list(once.values())


def _twins(programs: Sequence[LabelledProgram]) -> int:
    return len(programs) - len({(program.language, program.source) for program in programs})


def _to_run(
    programs: Sequence[LabelledProgram], languages: Sequence[str], sampling: Sampling, salt: str
) -> tuple[list[LabelledProgram], tuple[tuple[str, int], ...]]:
    """The programs to run, right ones first, and how many are in each language that cannot be run here."""
    not_run: dict[str, int] = {}
    groups: dict[str, list[int]] = {}
    for number, program in enumerate(programs):
        if program.language in languages:
            groups.setdefault(program.label, []).append(number)
        else:
            not_run[program.language] = not_run.get(program.language, 0) + 1
    draw = random.Random(f"{sampling.seed}:{salt}".encode("utf-8", "surrogatepass"))
    most = len(programs) if sampling.programs is None else sampling.programs
    chosen = [number for group in groups.values() for number in draw.sample(group, min(most, len(group)))]
    ordered = sorted(chosen, key=lambda number: (programs[number].label != "accepted", number))
    return [programs[number] for number in ordered], tuple(sorted(not_run.items()))


def _of_tests(problem: Problem, tests: Sequence[TestCase]) -> dict[str, Any]:
    pairs = list(repeated_inputs(problem, tests))
    public = len(problem.public_tests)
    differ = [_contradict(problem, tests[first].output, tests[again].output) for first, again in pairs]
    return {
        "private_tests": len(tests) - public,
        "repeated": len(pairs),
        "contradicting": sum(differ),
        "leaked": sum(first < public <= again for first, again in pairs),
        "tests_key": key_of_tests(problem, tests),
    }


def _contradict(problem: Problem, one: object, other: object) -> bool:
    """Whether one is a wrong answer where the other is expected, as far as the checker alone can tell."""
    if problem.checker.type in _LENIENT or output_key(one) == output_key(other):
        return False
    try:
        values.dumps([one, other])
    except (TypeError, RecursionError):  # no plain values, so each says itself what is to be accepted for it
        return False
    return bool(mismatch(problem.checker, one, other))


def _of_programs(
    problem: Problem,
    programs: Sequence[LabelledProgram],
    sandbox: Sandbox,
    sampling: Sampling,
    interrupted: Callable[[], bool],
) -> dict[str, Any]:
    """Run each program on all tests. Of the outputs of right programs digests are kept, and of nothing else."""
    audits: list[ProgramAudit] = []
    outputs: list[list[bytes | None]] = []
    done: dict[tuple[str, str], ProgramAudit] = {}
    slowest = 0.0
    for program in programs:
        twin = done.get((program.language, program.source))
        if twin:
            audits.append(replace(twin, name=program.name, label=program.label))
            continue
        box = cast(Sandbox, _Patient(sandbox, sampling.timeouts, interrupted))
        options: dict[str, Any] = {} if program.language == "python" else {"language": program.language}
        judgement = judge(program.source, problem, sandbox=box, split="both", run_all=True, **options)
        if interrupted():
            raise Interrupted
        audits.append(_program_audit(program, judgement, _limits(problem, program.language)))
        done[program.language, program.source] = audits[-1]
        if program.label == "accepted":
            outputs.append([_said(result) for result in judgement.results])
            slowest = max(slowest, *(result.cpu_s for result in judgement.results), 0.0)
    agreement = {} if problem.checker.type in _LENIENT else _agreement(outputs)
    return {"programs": tuple(audits), "cpu_s": slowest, **agreement}


def _limits(problem: Problem, language: str) -> Limits:
    return problem.limits if language == "python" else problem.native_limits or problem.limits


def _program_audit(program: LabelledProgram, judgement: Judgement, limits: Limits) -> ProgramAudit:
    failed = next((result for result in judgement.results if result.verdict is not Verdict.ACCEPTED), None)
    return ProgramAudit(
        name=program.name,
        label=program.label,
        language=program.language,
        verdict=str(judgement.verdict),
        split=failed.split if failed else "",
        verdicts="".join(LETTERS[result.verdict] for result in judgement.results),
        time_share=round(max((result.cpu_s for result in judgement.results), default=0.0) / limits.cpu_s, 4),
    )


def _said(result: TestResult) -> bytes | None:
    """What a right program answered, in short; None where it gave no answer."""
    if result.verdict is Verdict.ACCEPTED:
        return _AGREED
    if result.verdict is Verdict.WRONG_ANSWER and result.reason != UNREADABLE:
        return output_key(result.output)
    return None


def _agreement(outputs: Sequence[Sequence[bytes | None]]) -> dict[str, Any]:
    disagreements, disputed = [], []
    for test, column in enumerate(zip(*outputs, strict=True)):
        answers = [answer for answer in column if answer is not None]
        if len(set(answers)) > 1:
            disagreements.append(test)
        elif len(answers) > 1 and answers[0] != _AGREED:
            disputed.append(test)
    dissenters = sum(any(answer not in (None, _AGREED) for answer in row) for row in outputs)
    return {"disagreements": tuple(disagreements), "disputed": tuple(disputed), "dissenters": dissenters}


def _accepted_cheats(problem: Problem, sandbox: Sandbox, interrupted: Callable[[], bool]) -> Iterator[str]:
    for name, program in cheats(problem):
        box = cast(Sandbox, _Patient(sandbox, 1, interrupted))
        splits: tuple[Any, ...] = ("public", "private")
        accepted = all(
            judge(program, problem, sandbox=box, split=split, run_all=False, language=problem.language).accepted
            for split in splits
        )
        if interrupted():
            raise Interrupted
        if accepted:
            yield name


class _Patient:
    """A sandbox that gives a program up after some tests that it takes all its time for, or at an interrupt.

    To the judge, the tests that are left are ``skipped``.
    """

    def __init__(self, sandbox: Sandbox, timeouts: int, interrupted: Callable[[], bool]) -> None:
        self._sandbox = sandbox
        self._left = timeouts
        self._interrupted = interrupted

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sandbox, name)

    def execute(self, program: str, inputs: Sequence[Any], limits: Limits, **options: Any) -> list[Execution]:
        """See :class:`~codegym.sandbox.base.Sandbox`."""
        if options.get("room", "candidate") != "candidate":
            return self._sandbox.execute(program, inputs, limits, **options)
        stop = options.pop("stop", None)

        def given_up(run: Execution) -> bool:
            self._left -= run.status == "time_limit_exceeded"
            enough = stop is not None and stop(run)
            return enough or self._left <= 0 or self._interrupted()

        return self._sandbox.execute(program, inputs, limits, stop=given_up, **options)
