"""Interactive problems: a program talks with the problem's interactor, and that says whether it did well.

Who is to blame:

1. The interactor rejects while the program could still speak: wrong answer, whatever becomes of the program, which is
   ended.
2. Else, if the program failed by itself (an exit status, a limit): that. So where both wait for each other, the program
   is out of time, for its limit by the clock is the shorter one; a program that says too much is over its limit of
   output.
3. Else the interactor decides. One that breaks off for want of words from a program that has ended or has closed its
   output (the end of its input, a broken pipe, its own limit of time) rejects. Where it accepts and there is a checker
   that comes after it, that decides by what the interactor wrote.
4. An interactor that fails otherwise is the problem's fault, and an error.

What one says to the other after that has ended is dropped, so nobody dies of a broken pipe. A program that is accepted
may run on to its limits, and must end well.
"""

import signal
from dataclasses import replace

from codegym.checker import mismatch
from codegym.errors import ProblemError
from codegym.problem import Limits, Problem, TestCase
from codegym.sandbox.base import Conversation, Execution, Input, Sandbox, Side
from codegym.validation import (
    ACCEPTED_EXIT,
    ANSWER,
    INPUT,
    MESSAGE,
    OUTPUT,
    check_sources,
    complaint,
    encoded,
    files_of,
    kattis_answer,
    kattis_files,
    name_of,
    testlib_answer,
    validate,
)
from codegym.verdict import Verdict

JUDGE_CPU_S = 10.0
"""CPU seconds by which it may use more than the program."""
PATIENCE_S = 20.0
"""Seconds by which an interactor may outlast its program."""
_MOST_SAID = 16 << 20
_WANT_OF_WORDS = (b"EOFError", b"BrokenPipeError")


def talk(
    program: str, problem: Problem, test: TestCase, *, language: str, limits: Limits, sandbox: Sandbox
) -> Conversation:
    """Let a program talk with the problem's interactor about one test.

    Raises:
        ProblemError: the problem's interactor knows no such protocol, or its files cannot be.
        SandboxError: they could not be run.
    """
    checker = problem.checker
    if problem.kind != "stdin" or checker.protocol not in ("kattis", "testlib"):
        raise ProblemError(
            f"{name_of(problem)}: expected an interactor of protocol 'kattis' or 'testlib' for a stdin problem, "
            f"got {checker.protocol!r} for a {problem.kind} problem"
        )
    limits = replace(limits, output_bytes=min(limits.output_bytes, _MOST_SAID))
    judges = Limits(JUDGE_CPU_S + limits.cpu_s, limits.longest_seconds + PATIENCE_S, 1 << 30, _MOST_SAID)
    if checker.protocol == "kattis":
        given = Input(b"", (INPUT, ANSWER, "feedback/", *checker.flags), kattis_files(test), (MESSAGE,))
    else:
        files = (INPUT, encoded(test.input)), (ANSWER, encoded(test.output))
        given = Input(b"", (INPUT, OUTPUT, ANSWER, *checker.flags), files, (OUTPUT,) if checker.after else ())
    check_sources(problem, given.files)
    return sandbox.converse(
        Side(program, limits, language, given=Input(files=files_of(problem, test))),
        Side(
            checker.source,
            judges,
            checker.language,
            tuple((name, encoded(text)) for name, text in checker.files),
            given,
        ),
        accepts=ACCEPTED_EXIT if checker.protocol == "kattis" else 0,
    )


def verdict_on(problem: Problem, test: TestCase, said: Conversation, sandbox: Sandbox) -> tuple[Verdict, str]:
    """The verdict on the program, and the reason where it is a wrong answer.

    Raises:
        ProblemError: the interactor, or the checker that comes after it, is to blame.
        SandboxError: that checker could not be run.
    """
    verdict, reason = _by_interactor(problem, said)
    after = problem.checker.after
    if verdict is not Verdict.ACCEPTED or after is None:
        return verdict, reason
    raw = dict(said.interactor.files).get(OUTPUT, b"")
    text = raw.decode(errors="replace")
    if after.type == "validator":
        reason = validate(replace(problem, checker=after), sandbox, test, text, raw)
    else:
        reason = mismatch(after, test.output, text)
    return (Verdict.WRONG_ANSWER, reason) if reason else (Verdict.ACCEPTED, "")


def _by_interactor(problem: Problem, said: Conversation) -> tuple[Verdict, str]:
    program, interactor = said.program, said.interactor
    if program.status == "compile_error":
        return Verdict.COMPILE_ERROR, ""
    read = kattis_answer if problem.checker.protocol == "kattis" else testlib_answer
    answer = read(interactor)
    if answer and said.unprompted:
        return Verdict.WRONG_ANSWER, answer
    if program.status != "ok" and (answer == "" or not said.unprompted):
        return Verdict(program.status), ""
    if answer is None:
        if said.unprompted or not _wants_words(interactor):
            raise ProblemError(f"{name_of(problem)}: interactor: {complaint(interactor, problem.checker.protocol)}")
        return Verdict.WRONG_ANSWER, "the program ended before the interactor was done with it"
    return (Verdict.WRONG_ANSWER, answer) if answer else (Verdict.ACCEPTED, "")


def _wants_words(interactor: Execution) -> bool:
    if interactor.status == "time_limit_exceeded" or interactor.exit_code == -signal.SIGPIPE:
        return True
    last = interactor.stderr.strip().rpartition(b"\n")[2]
    return interactor.status == "runtime_error" and last.startswith(_WANT_OF_WORDS)


def shown(said: Conversation) -> str:
    """The talk as text: what the program said behind ``>``, what it was told behind ``<``."""
    lines = [
        f"{'>' if by_program else '<'} {line}"
        for by_program, words in said.transcript
        for line in words.decode(errors="replace").splitlines()
    ]
    return "\n".join([*lines, *(["[... the rest is left out ...]"] if said.cut else []), ""]) if lines else ""
