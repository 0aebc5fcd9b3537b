"""One program and one split of a problem's tests make a :class:`~codegym.verdict.Judgement`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby
from typing import Any, Literal, NamedTuple

from codegym import values
from codegym.checker import mismatch
from codegym.errors import UsageError
from codegym.functions import native
from codegym.functions.calls import Harness
from codegym.functions.expectations import settle
from codegym.functions.harness import run_harness
from codegym.functions.orders import Ordering, ordering
from codegym.generated import private_tests
from codegym.interactive import shown, talk, verdict_on
from codegym.languages import find_language
from codegym.problem import Limits, Problem, TestCase
from codegym.sandbox.base import Execution, Input, Sandbox
from codegym.validation import files_of, validate
from codegym.verdict import UNREADABLE, Judgement, Split, TestResult, Verdict


def judge(
    program: str,
    problem: Problem,
    *,
    sandbox: Sandbox,
    split: Split = "private",
    language: str = "python",
    run_all: bool | None = None,
) -> Judgement:
    """Run ``program`` on the tests of ``split`` and compare what it gave with what was expected.

    Args:
        program: its source text. Text without anything but white space is ``no_program``.
        problem: whose tests to use.
        sandbox: where to run it.
        split: which tests; ``both`` means the public and then the private ones.
        language: what it is written in; see :mod:`codegym.languages`. One that is compiled has the problem's
            ``native_limits``, if it has any.
        run_all: whether tests after the first failure are run too. By default public tests are all run, for
            their feedback, and private ones stop at the first failure, for speed.

    Returns:
        One result for each test; ``skipped`` for those that were not run.

    Raises:
        UsageError: an argument is not what it must be.
        ProblemError: the problem's own validator, interactor or generator is broken.
        SandboxUnavailable: there is no compiler for the language where programs run.
        SandboxError: the program could not be run, through no fault of its own.
    """
    if not isinstance(program, str):
        raise UsageError(f"expected a program as text, got {type(program).__name__}")
    if split not in ("public", "private", "both"):
        raise UsageError(f"expected split 'public', 'private' or 'both', got {split!r}")
    family = find_language(language).family
    if problem.kind == "function" and family != problem.language:
        wanted = find_language(problem.language).title
        raise UsageError(f"expected a {wanted} program for {problem.id}, which wants a function, got one in {language}")
    results: list[TestResult] = []
    if split != "private":
        public = problem.public_tests
        results += _judge_split(_Task(program, language, problem, sandbox, "public", public, run_all is False))
    if split != "public":
        private = private_tests(problem.private_tests, sandbox)
        results += _judge_split(_Task(program, language, problem, sandbox, "private", private, not run_all))
    return Judgement(problem.id, split, tuple(results))


class _Task(NamedTuple):
    """A program and some tests of one split; ``stop_early``: those after the first that fails are skipped."""

    program: str
    language: str
    problem: Problem
    sandbox: Sandbox
    split: Literal["public", "private"]
    tests: Sequence[TestCase]
    stop_early: bool

    def ends(self, result: TestResult) -> bool:
        """Whether no further test is to be run after this result."""
        return self.stop_early and result.verdict is not Verdict.ACCEPTED

    def unrun(self, tests: Iterable[TestCase], verdict: Verdict = Verdict.SKIPPED) -> Iterator[TestResult]:
        """Results of tests that were not run."""
        return (TestResult(verdict, self.split, test) for test in tests)


def _judge_split(task: _Task) -> Iterator[TestResult]:
    if not task.program.strip():
        return task.unrun(task.tests, Verdict.NO_PROGRAM)
    if task.problem.checker.type == "interactor":
        return _until_the_end(task, task.tests, _judge_talk)
    if any(isinstance(test.input, Harness) for test in task.tests):
        return _judge_mixed(task)
    problem, tests = task.problem, task.tests
    check = _comparison(problem, task.sandbox)
    called = problem.kind == "function" and problem.language == "cpp"
    order = Ordering() if called else ordering(problem, tests) if problem.kind == "function" else None
    judged: list[TestResult] = []

    def failed(run: Execution) -> bool:
        if called:
            run = replace(run, result=native.returned(run))
        judged.append(_result(run, problem, tests[len(judged)], task.split, check, order))
        return task.ends(judged[-1])

    options: dict[str, Any] = {} if task.language == "python" else {"language": task.language}
    program, inputs = task.program, native.questions(tests) if called else [_given(problem, t, order) for t in tests]
    if called:
        options["files"] = ((native.PROGRAM, program.encode(errors="surrogatepass")),)
        program = native.main_file(tests)
    elif problem.kind == "function":
        options["entry_point"] = problem.entry_point
    if task.stop_early or problem.checker.type == "validator":  # else it costs less to look at all runs at their end
        options["stop"] = failed
    runs = task.sandbox.execute(program, inputs, _limits(problem, task.language), **options)
    # A backend may leave `stop` unasked, or run on after it.
    for run in runs[len(judged) :]:
        if judged and task.ends(judged[-1]):
            break
        failed(run)
    return chain(judged, task.unrun(tests[len(judged) :]))


def _limits(problem: Problem, language: str) -> Limits:
    compiled = find_language(language).compiled
    return problem.native_limits if compiled and problem.native_limits is not None else problem.limits


def _judge_talk(task: _Task, test: TestCase) -> TestResult:
    """One test of an interactive problem. What was said stands in the place of an output."""
    problem, language, sandbox = task.problem, task.language, task.sandbox
    limits = _limits(problem, language)
    said = talk(task.program, problem, test, language=language, limits=limits, sandbox=sandbox)
    verdict, reason = verdict_on(problem, test, said, sandbox)
    stdout = b"".join(words for by_program, words in said.transcript if by_program)
    return _tested(said.program, verdict, task.split, test, shown(said), stdout.decode(errors="replace"), reason)


def _judge_code(task: _Task, test: TestCase) -> TestResult:
    """One test that is code."""
    return run_harness(task.program, task.problem, test, task.split, task.sandbox)


def _until_the_end(
    task: _Task, tests: Iterable[TestCase], judge_one: Callable[[_Task, TestCase], TestResult]
) -> Iterator[TestResult]:
    """Results of tests that are judged one by one."""
    left = iter(tests)
    for test in left:
        result = judge_one(task, test)
        yield result
        if task.ends(result):
            break
    yield from task.unrun(left)


def _judge_mixed(task: _Task) -> Iterator[TestResult]:
    """As :func:`_judge_split`, where test code stands between the tests."""
    over = False
    for is_code, group in groupby(task.tests, lambda test: isinstance(test.input, Harness)):
        some = tuple(group)
        if over:
            yield from task.unrun(some)
            continue
        results = _until_the_end(task, some, _judge_code) if is_code else _judge_split(task._replace(tests=some))
        for result in results:
            over = over or task.ends(result)
            yield result


def _given(problem: Problem, test: TestCase, order: Ordering | None) -> bytes | Input:
    data = order.encode(test.input) if order else encode_input(problem, test)
    return Input(data, files=files_of(problem, test)) if test.files else data


def encode_input(problem: Problem, test: TestCase) -> bytes:
    """What enters the box for a test: its input alone."""
    if problem.kind == "function" and not isinstance(test.input, tuple | list):
        return values.show(test.input).encode()
    if problem.kind == "function":
        return values.dumps(list(test.input))
    text: str = test.input
    return text.encode(errors="surrogateescape")


Compare = Callable[[TestCase, Any, bytes], str]
"""Of a test, an output, and the output as it came: why it is not accepted."""


def _comparison(problem: Problem, sandbox: Sandbox) -> Compare:
    if problem.checker.type == "validator":
        return lambda test, output, raw: validate(problem, sandbox, test, output, raw)
    return lambda test, output, raw: mismatch(problem.checker, test.output, output)


def _result(
    run: Execution,
    problem: Problem,
    test: TestCase,
    split: Literal["public", "private"],
    compare: Compare,
    order: Ordering | None,
) -> TestResult:
    stdout = run.stdout.decode(errors="replace")
    output: Any = stdout if problem.kind == "stdin" else None
    verdict, reason = Verdict.ACCEPTED, ""
    if run.status != "ok":
        verdict = Verdict(run.status)
    elif problem.kind == "function" and not run.result:
        verdict, reason = Verdict.RUNTIME_ERROR, f"the program ended before {problem.entry_point} returned"
    elif order:
        verdict, output, reason = settle(problem, test, run.result, lambda one, value: compare(one, value, run.stdout))
    else:
        if problem.kind == "function":
            try:
                output = values.loads(run.result)
            except ValueError:
                verdict, reason = Verdict.WRONG_ANSWER, UNREADABLE
        reason = reason or compare(test, output, run.stdout)
        if reason:
            verdict = Verdict.WRONG_ANSWER
    return _tested(run, verdict, split, test, output, stdout, reason)


def _tested(
    run: Execution,
    verdict: Verdict,
    split: Literal["public", "private"],
    test: TestCase,
    output: Any,
    stdout: str,
    reason: str,
) -> TestResult:
    return TestResult(
        verdict=verdict,
        split=split,
        test=test,
        output=output,
        stdout=stdout,
        stderr=run.stderr.decode(errors="replace"),
        reason=reason,
        cpu_s=run.cpu_s,
        wall_s=run.wall_s,
        memory_bytes=run.memory_bytes,
    )
