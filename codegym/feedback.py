"""What an agent reads: the problem, and feedback on its last program. Pure functions of public data.

Nothing here can show a private test: :func:`describe` takes a ``Statement``, which has no field for one, and
:func:`feedback` refuses a judgement that holds a private result. What is shown follows the paper on RLEF
(arXiv 2410.02089); the words are ours, and :class:`Templates` replaces them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from codegym.errors import UsageError
from codegym.functions import native_text
from codegym.functions.calls import Calls, Harness, written
from codegym.languages import find_language
from codegym.problem import Limits, Statement
from codegym.values import show
from codegym.verdict import UNREADABLE, Judgement, TestResult, Verdict

Mode = Literal["all_failures", "first_failure", "all_tests", "none", "random"]
MODES: tuple[Mode, ...] = ("all_failures", "first_failure", "all_tests", "none", "random")
Feedback = Callable[[Judgement, Statement], str]

_NOTE = "({} more failing tests are not shown.)"
_ROOM_FOR_NOTES = 2 * len(_NOTE.format(10**6))
_FRAME = re.compile(r'File "(?:/box/)?main\.py"')


_FIELDS: dict[str, dict[str, Any]] = {
    "problem": dict.fromkeys(("title", "text", "interface", "limits", "tests", "starter", "answer"), ""),
    "starter": {"program": ""},
    "summary": {"passed": 0, "total": 0},
    "retry": {"answer": ""},
}
"""The fields of each template, with a value such as they get."""


@dataclass(frozen=True, slots=True)
class Templates:
    """The texts an agent reads, with fields in braces, and their bounds.

    Attributes:
        problem: fields ``title``, ``text``, ``interface``, ``limits``, ``tests``, ``starter``, ``answer``.
        answer: how to answer; has no fields. Shown with the problem and after each feedback.
        starter: introduces the program to repair; field ``program`` (a fenced block).
        summary: first line of a feedback; fields ``passed`` and ``total``.
        retry: last lines of a feedback; field ``answer``.
        no_program: instead of results where the answer held no program.
        failures: failing tests shown at most.
        field_characters: of an input, an output or a traceback, at most.
        total_characters: of a feedback, at most.
    """

    problem: str = "# {title}\n\n{text}\n\n{interface}\n\n{limits}\n\n{tests}\n\n{starter}\n\n{answer}"
    answer: str = "Answer with one whole Python 3 program."
    starter: str = "This program does not solve the task. Repair it:\n\n{program}"
    summary: str = "Your program passes {passed} of {total} public tests."
    retry: str = "Please mend it and try again. {answer}"
    no_program: str = "There was no program in your answer."
    failures: int = 8
    field_characters: int = 512
    total_characters: int = 4096

    def __post_init__(self) -> None:
        """Refuse a template with a field that it does not have, and bounds that are none."""
        for name, fields in _FIELDS.items():
            try:
                getattr(self, name).format(**fields)
            except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
                known = ", ".join(f"{{{field}}}" for field in fields)
                raise UsageError(f"expected template {name!r} to have {known}, got {error!s}") from None
        for name in ("failures", "field_characters", "total_characters"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise UsageError(f"expected {name} to be a positive whole number, got {value!r}")


def describe(statement: Statement, templates: Templates | None = None) -> str:
    """The first observation: task, interface, limits, public tests, and the program to repair if there is one."""
    templates = templates or Templates()
    if statement.kind == "function":
        name = find_language(statement.language).title.rstrip("0123456789 ")
        signature = code_block(statement.signature, statement.language)
        interface = f"Write a {name} function with this signature:\n\n{signature}"
    else:
        interface = "The program reads from standard input and writes to standard output."
    parts = {
        "title": statement.title,
        "text": statement.text.strip(),
        "interface": interface,
        "limits": _limits(statement.limits),
        "tests": "\n\n".join(_example(statement, number) for number in range(len(statement.public_tests))),
        "starter": statement.starter
        and templates.starter.format(program=code_block(statement.starter, statement.language)),
        "answer": templates.answer,
    }
    # Only the template's own blank lines may go with a part that is empty, none of a part's.
    frame = templates.problem.format(**{name: (part and f"\0{name}\0") or "" for name, part in parts.items()})
    frame = re.sub(r"\n{3,}", "\n\n", frame).strip() + "\n"
    return re.sub("\0([a-z]+)\0", lambda found: parts[found[1]] or "", frame)


def _limits(limits: Limits) -> str:
    return f"Limits for each test: {limits.cpu_s:g} s of CPU time, {limits.memory_bytes >> 20} MB of memory."


def _example(statement: Statement, number: int) -> str:
    test = statement.public_tests[number]
    if isinstance(test.input, Harness):
        return f"Public test {number + 1}:\n{code_block(test.input.source.strip(), 'python')}"
    if statement.kind == "function":
        return f"Public test {number + 1}: {_inline(assertion(statement, test.input, test.output))}"
    return f"Public test {number + 1}, input:\n{code_block(test.input)}\nOutput:\n{code_block(test.output)}"


def assertion(statement: Statement, given: object, expected: object) -> str:
    """A test of a function problem as a line of its language, or, of test code, as its text."""
    if isinstance(given, Calls) and isinstance(expected, tuple) and statement.language == "cpp":
        return native_text.written(given, expected)
    return written(statement.entry_point or "", given, expected)


def feedback(
    judgement: Judgement, statement: Statement, mode: Mode = "all_failures", templates: Templates | None = None
) -> str:
    """What to tell the agent about its last program.

    Args:
        judgement: of the public tests only.
        statement: of the problem judged (for mode ``random``: of that other problem).
        mode: ``all_failures`` (at most ``templates.failures``), ``first_failure``, ``all_tests``, ``none``.
            ``random`` reads like ``all_failures``.
        templates: other texts and bounds.

    Raises:
        UsageError: the judgement holds private results, or the mode is unknown.
    """
    if judgement.split != "public" or any(result.split != "public" for result in judgement.results):
        raise UsageError(f"expected a judgement of public tests, got one of {judgement.split} tests")
    if mode not in MODES:
        raise UsageError(f"expected feedback mode {', '.join(MODES)}, got {mode!r}")
    templates = templates or Templates()
    retry = templates.retry.format(answer=templates.answer)
    if mode == "none":
        return retry
    if judgement.verdict is Verdict.NO_PROGRAM:
        return f"{templates.no_program}\n\n{retry}"
    first = next((result for result in judgement.results if result.verdict is not Verdict.ACCEPTED), None)
    if first is not None and first.verdict is Verdict.COMPILE_ERROR:
        head = "Your program cannot be compiled:"
        failing = [code_block(traceback_tail(first.stderr, templates.field_characters))]
        passing: list[str] = []
        more = 0
    else:
        head = templates.summary.format(passed=judgement.passed, total=len(judgement.results))
        failing, passing, more = _entries(judgement, statement, mode, templates)
    return _assembled(head, failing, passing, more, "" if first is None else retry, templates.total_characters)


def _entries(
    judgement: Judgement, statement: Statement, mode: Mode, templates: Templates
) -> tuple[list[str], list[str], int]:
    """What to say of failing tests and of passing ones, and of how many failing ones nothing is said."""
    numbered = list(enumerate(judgement.results, 1))
    failing = [(n, r) for n, r in numbered if r.verdict is not Verdict.ACCEPTED]
    shown = failing[: 1 if mode == "first_failure" else templates.failures]
    passing = [(n, r) for n, r in numbered if r.verdict is Verdict.ACCEPTED]
    if not (mode == "all_tests" or (statement.kind == "function" and failing and mode != "first_failure")):
        passing = []
    return (
        [_failure(number, result, statement, templates) for number, result in shown],
        [_passing(number, result, statement) for number, result in passing],
        0 if mode == "first_failure" else len(failing) - len(shown),
    )


def _assembled(head: str, failing: Sequence[str], passing: Sequence[str], more: int, retry: str, most: int) -> str:
    """Whole entries, failing tests first, as many as fit, and a word on those that do not."""
    room = most - len(head) - len(retry) - _ROOM_FOR_NOTES
    kept: list[str] = []
    for entry in (*failing, *passing):
        room -= len(entry) + 2
        if room < 0:
            break
        kept.append(entry)
    more += max(len(failing) - len(kept), 0)
    hidden = len(failing) + len(passing) - len(kept)
    note = [_NOTE.format(more)] if more else ["(Not all passing tests are shown.)"] if hidden else []
    text = "\n\n".join([head, *kept, *note, *([retry] if retry else [])])
    return text if len(text) <= most else clip(text, max(most - len(_NOTE), 0))[:most]


def _passing(number: int, result: TestResult, statement: Statement) -> str:
    if statement.kind == "stdin":
        return f"Test {number} passes."
    if isinstance(result.test.input, Harness):
        return f"Test {number} (code) passes."
    return f"Test {number} passes: {_inline(clip(assertion(statement, result.test.input, result.test.output), 200))}"


def _failure(number: int, result: TestResult, statement: Statement, templates: Templates) -> str:
    most = templates.field_characters
    function = statement.kind == "function"
    code = isinstance(result.test.input, Harness)
    if code:
        lines = [f"Test {number} fails:", code_block(clip(result.test.input.source.strip(), most), "python")]
    elif function:
        shown = clip(assertion(statement, result.test.input, result.test.output), most)
        lines = [f"Test {number} fails: {_inline(shown)}"]
    else:
        lines = [f"Test {number} fails. Input:", code_block(clip(result.test.input, most))]
    if result.verdict is Verdict.WRONG_ANSWER and function and (code or result.reason == UNREADABLE):
        lines.append(f"It did not pass: {result.reason}.")
    elif result.verdict is Verdict.WRONG_ANSWER and function:
        text = (native_text.shown if statement.language == "cpp" else show)(result.output)
        lines.append(f"It returned {_inline(clip(text, most))} ({result.reason}).")
    elif result.verdict is Verdict.WRONG_ANSWER:
        lines += ["Expected output:", code_block(clip(result.test.output, most))]
        lines += [f"Your program's output ({result.reason}):", code_block(clip(result.output, most))]
    elif result.verdict is Verdict.TIME_LIMIT_EXCEEDED:
        lines.append(f"It ran out of time (limit: {statement.limits.cpu_s:g} s).")
    elif result.verdict is Verdict.MEMORY_LIMIT_EXCEEDED:
        lines.append(f"It ran out of memory (limit: {statement.limits.memory_bytes >> 20} MB).")
    elif result.verdict is Verdict.OUTPUT_LIMIT_EXCEEDED:
        lines.append(f"It wrote too much output (limit: {statement.limits.output_bytes} bytes).")
    elif result.verdict is Verdict.SKIPPED:
        lines.append("It was not run.")
    elif result.stderr.strip():
        lines += ["It ended with an error:", code_block(traceback_tail(result.stderr, most))]
    else:
        lines.append(f"It ended with an error and without a message{f': {result.reason}' if result.reason else ''}.")
    return "\n".join(lines)


def clip(text: str, most: int) -> str:
    """The text with its middle left out, and a note of how much, where it is longer than ``most`` characters.

    At most so many are kept; the note comes on top.
    """
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]} [... {len(text) - 2 * half} characters left out ...] {text[len(text) - half :]}"


def traceback_tail(text: str, most: int) -> str:
    """A traceback without this machine's paths: its first line and as many of its last lines as fit."""
    lines = _FRAME.sub('File "main.py"', text).strip().splitlines()
    if sum(len(line) + 1 for line in lines) <= most:
        return "\n".join(lines)
    kept: list[str] = []
    room = most - len(lines[0])
    for line in reversed(lines[1:]):
        room -= min(len(line), most) + 1
        if kept and room < 0:
            break
        kept.insert(0, clip(line, most))
    left_out = len(lines) - 1 - len(kept)
    middle = [f"  [... {left_out} lines left out ...]"] if left_out else []
    return "\n".join([clip(lines[0], most), *middle, *kept])


def _inline(text: str) -> str:
    """Code within a line; its marks are longer than any within."""
    if "`" not in text:
        return f"`{text}`"
    marks = "`" * (1 + max(len(run) for run in re.findall("`+", text)))
    return f"{marks} {text} {marks}"


def code_block(text: str, language: str = "") -> str:
    """A fenced block; its fence is longer than any within."""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)))) if "```" in text else "```"
    return f"{fence}{language}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}"
