"""What an agent reads: the problem, and feedback on its last program. Pure functions of public data.

Nothing here can show a private test: :func:`describe` takes a ``Statement``, which has no field for one, and
:func:`feedback` refuses a judgement that holds a private result. What is shown follows the paper on RLEF
(arXiv 2410.02089); the words are ours, and :class:`Templates` replaces them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from codegym.errors import UsageError
from codegym.problem import Limits, Statement
from codegym.values import show
from codegym.verdict import Judgement, TestResult, Verdict

Mode = Literal["all_failures", "first_failure", "all_tests", "none", "random"]
MODES: tuple[Mode, ...] = ("all_failures", "first_failure", "all_tests", "none", "random")
Feedback = Callable[[Judgement, Statement], str]

_FRAME = re.compile(r'File "(?:/box/)?main\.py"')


_FIELDS: dict[str, tuple[str, ...]] = {
    "problem": ("title", "text", "interface", "limits", "tests", "starter", "answer"),
    "starter": ("program",),
    "summary": ("passed", "total"),
    "retry": ("answer",),
}


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
        """Refuse a template with a field that it does not have."""
        for name, fields in _FIELDS.items():
            try:
                getattr(self, name).format(**dict.fromkeys(fields, ""))
            except (KeyError, IndexError, ValueError, AttributeError) as error:
                known = ", ".join(f"{{{field}}}" for field in fields) or "no fields"
                raise UsageError(f"expected template {name!r} to have {known}, got {error!s}") from None


def describe(statement: Statement, templates: Templates | None = None) -> str:
    """The first observation: task, interface, limits, public tests, and the program to repair if there is one."""
    templates = templates or Templates()
    if statement.kind == "function":
        interface = f"Write a Python function with this signature:\n\n```python\n{statement.signature}\n```"
    else:
        interface = "The program reads from standard input and writes to standard output."
    text = templates.problem.format(
        title=statement.title,
        text=statement.text.strip(),
        interface=interface,
        limits=_limits(statement.limits),
        tests="\n\n".join(_example(statement, number) for number in range(len(statement.public_tests))),
        starter=templates.starter.format(program=code_block(statement.starter, "python")) if statement.starter else "",
        answer=templates.answer,
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _limits(limits: Limits) -> str:
    return f"Limits for each test: {limits.cpu_s:g} s of CPU time, {limits.memory_bytes >> 20} MB of memory."


def _example(statement: Statement, number: int) -> str:
    test = statement.public_tests[number]
    if statement.kind == "function":
        return f"Public test {number + 1}: `{assertion(statement, test.input, test.output)}`"
    return f"Public test {number + 1}, input:\n{code_block(test.input)}\nOutput:\n{code_block(test.output)}"


def assertion(statement: Statement, arguments: Sequence[object], expected: object) -> str:
    """A test of a function problem as a line of Python."""
    call = f"{statement.entry_point}({', '.join(map(show, arguments))})"
    return f"assert {call} == {show(expected)}"


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
    if judgement.accepted:
        parts = [templates.summary.format(passed=judgement.passed, total=len(judgement.results))]
        return "\n\n".join(parts + (_passing(judgement, statement) if mode == "all_tests" else []))
    if judgement.verdict is Verdict.NO_PROGRAM:
        return f"{templates.no_program}\n\n{retry}"
    body = "\n\n".join(_entries(judgement, statement, mode, templates))
    return f"{clip(body, templates.total_characters)}\n\n{retry}"


def _entries(judgement: Judgement, statement: Statement, mode: Mode, templates: Templates) -> list[str]:
    first = next(result for result in judgement.results if result.verdict is not Verdict.ACCEPTED)
    if first.verdict is Verdict.COMPILE_ERROR:
        return [
            f"Your program cannot be compiled:\n{code_block(traceback_tail(first.stderr, templates.field_characters))}"
        ]
    shown = 1 if mode == "first_failure" else templates.failures
    failures = [(n, r) for n, r in enumerate(judgement.results, 1) if r.verdict is not Verdict.ACCEPTED]
    entries = [templates.summary.format(passed=judgement.passed, total=len(judgement.results))]
    if mode == "all_tests" or (statement.kind == "function" and mode != "first_failure"):
        entries += _passing(judgement, statement)
    entries += [_failure(number, result, statement, templates) for number, result in failures[:shown]]
    if len(failures) > shown and mode != "first_failure":
        entries.append(f"({len(failures) - shown} more failing tests are not shown.)")
    return entries


def _passing(judgement: Judgement, statement: Statement) -> list[str]:
    passing = [(n, r) for n, r in enumerate(judgement.results, 1) if r.verdict is Verdict.ACCEPTED]
    if statement.kind == "function":
        return [
            f"Test {n} passes: `{clip(assertion(statement, r.test.input, r.test.output), 200)}`" for n, r in passing
        ]
    return [f"Test {n} passes." for n, _ in passing]


def _failure(number: int, result: TestResult, statement: Statement, templates: Templates) -> str:
    most = templates.field_characters
    function = statement.kind == "function"
    if function:
        lines = [f"Test {number} fails: `{clip(assertion(statement, result.test.input, result.test.output), most)}`"]
    else:
        lines = [f"Test {number} fails. Input:", code_block(clip(result.test.input, most))]
    if result.verdict is Verdict.WRONG_ANSWER and function:
        lines.append(f"It returned `{clip(show(result.output), most)}` ({result.reason}).")
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
    """The text with its middle left out, and a note of how much, where it is longer than ``most`` characters."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]} [... {len(text) - 2 * half} characters left out ...] {text[-half:]}"


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


def code_block(text: str, language: str = "") -> str:
    """A fenced block; its fence is longer than any within."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}"
