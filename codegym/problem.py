"""What a problem is: plain frozen data, with what an agent may see kept apart from what it may not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from codegym.errors import UsageError

Kind = Literal["stdin", "function"]
Difficulty = Literal["easy", "medium", "hard"]
CheckerType = Literal[
    "exact",
    "lines",
    "tokens",
    "tokens_nocase",
    "numbers",
    "icpc",
    "unordered_lines",
    "unordered_tokens",
    "value",
    "validator",
    "interactor",
]
Protocol = Literal["codegym", "kattis", "testlib", "open-r1"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run of a program may use.

    Attributes:
        cpu_s: CPU seconds of all its processes together, at the machine's best pace; decides
            ``time_limit_exceeded``. Where the machine is slower just then, a run may use up to twice as many.
        wall_s: seconds by the clock, a backstop for programs that sleep; what a run spends waiting for a core does
            not count, up to as much again. None for ``5 * cpu_s + 10``.
        memory_bytes: memory beyond the interpreter's own.
        output_bytes: bytes on each of its output streams, and in any file that it writes.
    """

    cpu_s: float = 10.0
    wall_s: float | None = None
    memory_bytes: int = 1 << 30
    output_bytes: int = 16 << 20

    def __post_init__(self) -> None:
        """Refuse what cannot be enforced."""
        for name, least in (("cpu_s", 0.01), ("wall_s", 0.01), ("memory_bytes", 1 << 22), ("output_bytes", 1)):
            value = getattr(self, name)
            if value is None and name == "wall_s":
                continue
            whole = name.endswith("bytes")
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                raise UsageError(f"expected a number for limit {name}, got {value!r}")
            if not least <= value < 2**48:
                got = repr(value) if abs(value) < 2**64 else "one far larger"
                raise UsageError(f"expected limit {name} to be at least {least} and less than 2**48, got {got}")

    @property
    def wall_seconds(self) -> float:
        """The wall-clock limit in force, in seconds."""
        return 5 * self.cpu_s + 10 if self.wall_s is None else self.wall_s


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test.

    Attributes:
        input: text for standard input; for a function problem the tuple of arguments, or ``Calls`` or a ``Harness`` of
            :mod:`codegym.calls`.
        output: the expected text; for a function problem the expected return value, or what :mod:`codegym.calls` has
            in its place; a tuple of these for ``Calls``.
        files: name and text of each further file that the program finds in its working directory.
    """

    __test__ = False

    input: Any
    output: Any
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a function problem: its name and its type as it would be annotated."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Checker:
    """How an output is compared with the expected one; the comparisons are in :mod:`codegym.checker`.

    Attributes:
        type: which comparison. ``icpc`` has for ``flags`` those that hold of ``case_sensitive``,
            ``space_change_sensitive`` and ``floats``.
        abs_tol: largest absolute difference of two floating-point numbers (``numbers``, ``icpc`` and ``value``).
        rel_tol: largest difference relative to the expected number (likewise).
        unordered: compare a list as a multiset (``value``).
        equality: when two values are equal (``value``): ``types``, where they are of the same exact types throughout;
            ``python``, where Python's ``==`` says so of built-in values, so that 1, 1.0 and True are, and a class
            derived from a built-in one counts as that; ``json``, as ``python``, and a tuple is a list.
        source: the program that decides (``validator`` and ``interactor``).
        language: what it is written in.
        protocol: how it is asked and answers: ``codegym`` for a function ``validate(input, expected, output)``;
            ``kattis`` and ``testlib`` for programs with arguments and exit statuses as those have them;
            ``open-r1`` for one that is given the files of input, answer and output, and prints 1 to accept.
        flags: arguments that it gets beyond the protocol's.
        files: name and text of each further file that it is compiled or run with.
    """

    type: CheckerType = "lines"
    abs_tol: float = 0.0
    rel_tol: float = 0.0
    unordered: bool = False
    equality: Literal["types", "python", "json"] = "types"
    source: str = field(default="", repr=False)
    language: str = "python"
    protocol: Protocol = "codegym"
    flags: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledProgram:
    """A program of which the verdict is known.

    Attributes:
        name: what tells it from the others.
        label: the verdict of the first test that it fails, public tests first; ``accepted`` if it fails none.
        source: its text.
        language: what it is written in.
        fails: whether that test is ``public`` or ``private``; empty where unknown, or where it is accepted.
    """

    name: str
    label: str
    source: str = field(repr=False)
    language: str = "python"
    fails: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """All that an agent may see of a problem. There is no field for anything else.

    Attributes:
        id: the problem's id.
        title: one line.
        text: the task, in Markdown.
        kind: ``stdin`` or ``function``.
        entry_point: name of the function wanted, for a function problem.
        arguments: its arguments.
        returns: the type of what it returns.
        limits: what a run may use.
        public_tests: the tests that are shown with it.
        starter: a program to repair, or None.
    """

    id: str
    title: str
    text: str
    kind: Kind
    entry_point: str | None
    arguments: tuple[Argument, ...]
    returns: str
    limits: Limits
    public_tests: tuple[TestCase, ...]
    starter: str | None

    @property
    def signature(self) -> str:
        """The first line of the function wanted, as in ``def f(x: int) -> int``; empty for a stdin problem."""
        if self.kind == "stdin":
            return ""
        arguments = ", ".join(f"{argument.name}: {argument.type}" for argument in self.arguments)
        return f"def {self.entry_point}({arguments})" + (f" -> {self.returns}" if self.returns else "")


@dataclass(frozen=True, slots=True)
class Problem:
    """A task, its tests, and programs whose verdict is known.

    Attributes:
        id: lower-case words joined by hyphens, or a data set's own id.
        title: one line.
        statement: the task, in Markdown.
        kind: whether a program reads standard input or offers a function.
        public_tests: shown to the agent; their results are its feedback.
        private_tests: decide the reward. A sequence that may make its tests when they are first asked for.
        limits: what one run of a Python program may use.
        native_limits: what one of a compiled program may; None for the same.
        checker: how outputs are compared.
        difficulty: easy, medium or hard.
        tags: topics.
        entry_point: name of the function wanted, for a function problem; ``Solution.name`` for a method of a class.
        arguments: its arguments.
        returns: the type of what it returns.
        reference: a right program, or None.
        starter: a wrong program to repair, or None.
        programs: labelled programs, the reference not among them.
        source: where it was loaded from, for messages.
        tests_shown: whether the public tests are shown with the problem, or only in feedback.
    """

    id: str
    title: str
    statement: str
    kind: Kind
    public_tests: tuple[TestCase, ...]
    private_tests: Sequence[TestCase] = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    native_limits: Limits | None = None
    checker: Checker = field(default_factory=Checker)
    difficulty: Difficulty = "medium"
    tags: tuple[str, ...] = ()
    entry_point: str | None = None
    arguments: tuple[Argument, ...] = ()
    returns: str = ""
    reference: str | None = field(default=None, repr=False)
    starter: str | None = field(default=None, repr=False)
    programs: tuple[LabelledProgram, ...] = field(default=(), repr=False)
    source: str = ""
    tests_shown: bool = True

    @property
    def visible(self) -> Statement:
        """What an agent may see of it."""
        return Statement(
            id=self.id,
            title=self.title,
            text=self.statement,
            kind=self.kind,
            entry_point=self.entry_point,
            arguments=self.arguments,
            returns=self.returns,
            limits=self.limits,
            public_tests=self.public_tests if self.tests_shown else (),
            starter=self.starter,
        )

    @property
    def wrong_programs(self) -> tuple[LabelledProgram, ...]:
        """The labelled programs that are not accepted."""
        return tuple(program for program in self.programs if program.label != "accepted")

    def wrong_programs_in(self, language: str) -> tuple[LabelledProgram, ...]:
        """Those of the wrong programs that are in this language."""
        return tuple(program for program in self.wrong_programs if program.language == language)
