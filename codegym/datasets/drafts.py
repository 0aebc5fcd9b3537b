"""From a draft of a procedural problem to a problem that keeps its promises.

The programs of a draft are made by this package out of its own words and numbers, so they are run here, in this
process, to find their outputs: the expected outputs are what the reference itself prints. Of the tests it holds that

- private inputs are no public inputs, and most private outputs are no public output, so that a program which knows
  the public tests by heart, or prints one of their outputs always, fails (the former is among the labelled programs);
- every other labelled program fails a public test, so that feedback can tell what is wrong with it.
"""

import random
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType

from codegym.problem import Difficulty, LabelledProgram, Limits, Problem, TestCase

LIMITS = Limits(cpu_s=2.0, memory_bytes=256 << 20)
LEVELS: tuple[Difficulty, ...] = ("easy", "medium", "hard")
_TRIES = 40


@dataclass(frozen=True, slots=True)
class Knobs:
    """What may be chosen of a family.

    Attributes:
        level: 1, 2 or 3, from easy to hard; each family says what it does.
        public: number of public tests.
        private: number of private tests.
        starter: whether a wrong program is given to be repaired.
        shown: whether the public tests are shown with the problem, or only in feedback.
        alike: whether public inputs are the same in all problems of the family and level that read input of one form.
    """

    level: int = 1
    public: int = 3
    private: int = 10
    starter: bool = True
    shown: bool = True
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A problem without tests.

    Attributes:
        statement: the task, in Markdown.
        reference: a right program.
        wrong: names and texts of programs that are likely to be wrong; the first that is makes the starter.
        draw: a random input.
        rivals: programs such that the public tests have to tell the reference from each of them, or no test does.
    """

    statement: str
    reference: str
    wrong: tuple[tuple[str, str], ...]
    draw: Callable[[random.Random], str]
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program of ours did with an input.

    Attributes:
        verdict: ``accepted`` if it ended by itself, else ``runtime_error``.
        output: what it printed.
    """

    verdict: str
    output: str = ""


def run_here(program: CodeType, given: str) -> Outcome:
    """Run a compiled program of ours, which reads with ``input`` alone and writes with ``print`` alone."""
    lines = iter(given.splitlines())
    printed: list[str] = []

    def read(_: str = "") -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    def write(*values: object, sep: str = " ") -> None:
        printed.append(sep.join(map(str, values)) + "\n")

    try:
        exec(program, {"__name__": "__main__", "input": read, "print": write})
    except Exception:  # whatever goes wrong in a program of ours would in a box too
        return Outcome("runtime_error")
    return Outcome("accepted", "".join(printed))


def finished(draft: Draft, rng: random.Random, knobs: Knobs, id: str, title: str, family: str) -> Problem | None:
    """The problem of a draft; None if no tests were found that keep the promises."""
    reference = _compiled(draft.reference)
    wrong = [(name, text, _compiled(text)) for name, text in draft.wrong]
    rivals = [_compiled(text) for text in draft.rivals]
    for _ in range(_TRIES):
        public_rng = random.Random(f"{family} {knobs.level} public") if knobs.alike else rng
        tests = _tests(draft, reference, [public_rng] * knobs.public + [rng] * knobs.private)
        if tests is None:
            continue
        public, private = tests[: knobs.public], tests[knobs.public :]
        if not _not_by_heart(public, private) or any(_undecided(rival, public, private) for rival in rivals):
            continue
        programs = [
            LabelledProgram(name, label, text, fails="public")
            for name, text, code in wrong
            if (label := _label(code, public)) and _label(code, private)
        ]
        if not programs:
            continue
        by_heart = LabelledProgram("knows-the-public-tests", "wrong_answer", _table(public), fails="private")
        return Problem(
            id=id,
            title=title,
            statement=draft.statement,
            kind="stdin",
            public_tests=tuple(public),
            private_tests=tuple(private),
            limits=LIMITS,
            difficulty=LEVELS[knobs.level - 1],
            tags=(family,),
            reference=draft.reference,
            starter=programs[0].source if knobs.starter else None,
            programs=(*programs, by_heart),
            tests_shown=knobs.shown,
            source=f"procedural:{family}",
        )
    return None


@lru_cache(maxsize=1024)
def _compiled(program: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a wrong operator may make an odd program
        return compile(program, "main.py", "exec")


def _tests(draft: Draft, reference: CodeType, rngs: Sequence[random.Random]) -> list[TestCase] | None:
    """A test from each of these, with inputs of their own; None where the reference fails, or inputs run out."""
    found: dict[str, str] = {}
    for _ in range(10 * len(rngs)):
        given = draft.draw(rngs[len(found)])
        if given in found:
            continue
        outcome = run_here(reference, given)
        if outcome.verdict != "accepted":
            return None
        found[given] = outcome.output
        if len(found) == len(rngs):
            return [TestCase(*pair) for pair in found.items()]
    return None


def _not_by_heart(public: Sequence[TestCase], private: Sequence[TestCase]) -> bool:
    """Whether most private outputs are none of the public ones, and not all the same."""
    known = {test.output for test in public}
    unknown = [test.output for test in private if test.output not in known]
    return 2 * len(unknown) > len(private) and len(set(unknown)) > 1


def _undecided(rival: CodeType, public: Sequence[TestCase], private: Sequence[TestCase]) -> bool:
    return not _label(rival, public) and bool(_label(rival, private))


def _label(code: CodeType, tests: Sequence[TestCase]) -> str:
    """The verdict on the first of the tests that a program fails; empty if it fails none."""
    for test in tests:
        outcome = run_here(code, test.input)
        if outcome.verdict != "accepted":
            return outcome.verdict
        if outcome.output != test.output:
            return "wrong_answer"
    return ""


def _table(public: Sequence[TestCase]) -> str:
    """A program that knows the public tests by heart."""
    known = {test.input: test.output for test in public}
    return f"import sys\n\nknown = {known!r}\nprint(known.get(sys.stdin.read(), ''), end='')\n"
