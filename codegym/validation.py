"""Asking a problem's own program whether an output is right, by the protocols that there are for that.

It runs in the judge's box, into which no candidate comes. An answer that is none is the problem's fault, so an error;
only where a validator cannot cope with the sheer size of an output is that the output's.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from codegym import values
from codegym.errors import ProblemError, UsageError
from codegym.languages import find_language
from codegym.problem import Limits, Problem, TestCase
from codegym.sandbox.base import Execution, Input, Sandbox
from codegym.sandbox.wide import check_files

VALIDATOR_LIMITS = Limits(cpu_s=30.0, memory_bytes=1 << 30, output_bytes=8 << 20)
INPUT, OUTPUT, ANSWER, FEEDBACK = "test.in", "test.out", "test.ans", "feedback/"
MESSAGE = FEEDBACK + "judgemessage.txt"
ACCEPTED_EXIT, REJECTED_EXIT = 42, 43
TESTLIB_REJECTS = (1, 2, 4, 8)
"""Wrong answer, presentation error, dirt behind the output, its unexpected end."""
_FUNCTION_LIMITS = Limits(cpu_s=10.0, memory_bytes=1 << 29)
_MOST_OUTPUT = 8 << 20
"""Bytes of an output that is handed over as a file."""
_FAR_MORE = 1 << 16
"""Bytes by which an output that is to blame for a validator's trouble is longer than twice the expected one."""
_MOST_REASON = 500
_PLAIN = "the validator does not accept the output"


class Answer(Protocol):
    """What a validator says, read from its run: an empty text for yes, a reason for no, or None where it is neither."""

    def __call__(self, run: Execution) -> str | None:
        """Read it."""


def validate(problem: Problem, sandbox: Sandbox, test: TestCase, output: Any, raw: bytes) -> str:
    """Why the output is not accepted; empty where it is.

    Args:
        problem: whose checker is a validator.
        sandbox: where to run it.
        test: the test.
        output: the output as text, or the value that was returned.
        raw: the output as it came.

    Raises:
        ProblemError: the validator is broken.
        SandboxError: it could not be run.
    """
    protocol = problem.checker.protocol
    if protocol == "codegym":
        return _by_function(problem, sandbox, test, output)
    if problem.kind == "function" or protocol not in _CALLS:
        raise ProblemError(f"{name_of(problem)}: expected protocol 'codegym' for its validator, got {protocol!r}")
    call, answer = _CALLS[protocol]
    given = call(problem, test, raw)
    if sum(len(data) for _, data in given.files) > _MOST_OUTPUT and len(raw) > len(encoded(test.output)) + _FAR_MORE:
        return "the output is too long to be checked"
    run = run_judge(problem, sandbox, given)
    reason = answer(run)
    if reason is None and run.status not in ("ok", "runtime_error", "compile_error") and _is_far_longer(raw, test):
        return "the output is too long for the validator"
    if reason is None:
        raise ProblemError(f"{name_of(problem)}: validator: {complaint(run, protocol)}")
    return reason


def run_judge(problem: Problem, sandbox: Sandbox, given: Input) -> Execution:
    """Run the problem's validator once.

    Raises:
        ProblemError: its language or its files cannot be.
    """
    checker = problem.checker
    check_sources(problem, given.files)
    options: dict[str, Any] = {} if checker.language == "python" else {"language": checker.language}
    if checker.files:
        options["files"] = tuple((name, encoded(text)) for name, text in checker.files)
    (run,) = sandbox.execute(checker.source, [given], VALIDATOR_LIMITS, room="judge", **options)
    return run


def check_sources(problem: Problem, files: Sequence[tuple[str, bytes]]) -> None:
    """See to it that the problem's program can be run with its own files and these.

    Raises:
        ProblemError: its language or the name of a file cannot be, or there are too many bytes.
    """
    checker = problem.checker
    try:
        find_language(checker.language)
        check_files([*((name, encoded(text)) for name, text in checker.files), *files])
    except UsageError as error:
        raise ProblemError(f"{name_of(problem)}: {checker.type}: {error}") from None


def encoded(text: Any) -> bytes:
    """A test's text as it is in a file."""
    return str(text).encode(errors="surrogateescape")


def files_of(problem: Problem, test: TestCase) -> tuple[tuple[str, bytes], ...]:
    """The further files that a test gives to a program.

    Raises:
        ProblemError: the name of one cannot be, or there are too many bytes.
    """
    files = tuple((name, encoded(text)) for name, text in test.files)
    try:
        check_files(files)
    except UsageError as error:
        raise ProblemError(f"{name_of(problem)}: files of a test: {error}") from None
    return files


def name_of(problem: Problem) -> str:
    """Where a problem comes from, for messages."""
    return problem.source or problem.id


def complaint(run: Execution, protocol: str) -> str:
    """What a run of a judge's program was instead of an answer."""
    wanted = {"kattis": "exit status 42 or 43", "testlib": "exit status 0, 1 or 2", "open-r1": "1 or 0 as its output"}
    came = f"exit status {run.exit_code}" if run.status in ("ok", "runtime_error") else run.status
    last = run.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200]
    if run.status == "compile_error":
        last = next((line for line in run.stderr.decode(errors="replace").splitlines() if "rror" in line), last)[:200]
    return f"expected {wanted[protocol]}, got {came}{': ' if last else ''}{last}"


def kattis_answer(run: Execution) -> str | None:
    """By exit status 42 and 43, with a message in a file."""
    if run.status not in ("ok", "runtime_error"):
        return None
    if run.exit_code == ACCEPTED_EXIT:
        return ""
    if run.exit_code != REJECTED_EXIT:
        return None
    message = dict(run.files).get(MESSAGE, b"").decode(errors="replace").strip()
    return message[:_MOST_REASON] or _PLAIN


def testlib_answer(run: Execution) -> str | None:
    """By exit status, with a message on the error stream; an exception in Python has one of these statuses too."""
    if run.status == "ok":
        return ""
    crashed = run.stderr.startswith(b"Traceback (most recent call last)")
    if run.status != "runtime_error" or run.exit_code not in TESTLIB_REJECTS or crashed:
        return None
    message = run.stderr.decode(errors="replace").strip().partition("\n")[0]
    return message[:_MOST_REASON] or _PLAIN


def _printed_answer(run: Execution) -> str | None:
    words = run.stdout.decode(errors="replace").split()
    if run.status != "ok" or not words:
        return None
    said = words[-1].lower()
    if said in ("1", "1.0", "true", "yes", "ok"):
        return ""
    return _PLAIN


def _kattis_call(problem: Problem, test: TestCase, raw: bytes) -> Input:
    return Input(raw, (INPUT, ANSWER, FEEDBACK, *problem.checker.flags), kattis_files(test), (MESSAGE,))


def kattis_files(test: TestCase) -> tuple[tuple[str, bytes], ...]:
    """What a validator of Kattis finds in its folder."""
    return (INPUT, encoded(test.input)), (ANSWER, encoded(test.output)), (FEEDBACK, b"")


def _testlib_call(problem: Problem, test: TestCase, raw: bytes) -> Input:
    files = (INPUT, encoded(test.input)), (OUTPUT, raw), (ANSWER, encoded(test.output))
    return Input(b"", (INPUT, OUTPUT, ANSWER, *problem.checker.flags), files)


def _printed_call(problem: Problem, test: TestCase, raw: bytes) -> Input:
    files = (INPUT, encoded(test.input)), (ANSWER, encoded(test.output)), (OUTPUT, raw)
    return Input(b"", (INPUT, ANSWER, OUTPUT, *problem.checker.flags), files)


_CALLS: Mapping[str, tuple[Callable[[Problem, TestCase, bytes], Input], Answer]] = MappingProxyType(
    {
        "kattis": (_kattis_call, kattis_answer),
        "testlib": (_testlib_call, testlib_answer),
        "open-r1": (_printed_call, _printed_answer),
    }
)


def _is_far_longer(raw: bytes, test: TestCase) -> bool:
    return len(raw) > 2 * len(encoded(test.output)) + _FAR_MORE


def _by_function(problem: Problem, sandbox: Sandbox, test: TestCase, output: Any) -> str:
    """Call the function ``validate(input, expected, output)``, which returns True or a reason."""
    given: Any = list(test.input) if problem.kind == "function" else test.input
    arguments = values.dumps([given, test.output, output])
    checker = problem.checker
    if checker.language != "python":
        raise ProblemError(
            f"{name_of(problem)}: expected a validator of protocol 'codegym' in python, got {checker.language!r}"
        )
    options: dict[str, Any] = (
        {"files": tuple((name, encoded(text)) for name, text in checker.files)} if checker.files else {}
    )
    check_sources(problem, ())
    (run,) = sandbox.execute(
        checker.source, [arguments], _FUNCTION_LIMITS, entry_point="validate", room="judge", **options
    )
    answer: Any = None
    if run.status == "ok" and run.result:
        answer = values.loads(run.result)
    if answer is True:
        return ""
    if isinstance(answer, str) and answer:
        return answer
    if answer is False:
        return _PLAIN
    last = run.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200]
    came = run.status if run.status != "ok" else values.show(answer)[:80]
    raise ProblemError(f"{name_of(problem)}: validator: expected True or a reason, got {came} {last}".rstrip())
