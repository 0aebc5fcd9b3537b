"""What a sandbox is: programs and inputs go in, numbers and bytes come out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol, Self, get_args, runtime_checkable

from codegym.errors import SandboxError
from codegym.problem import Limits

Status = Literal[
    "ok",
    "runtime_error",
    "time_limit_exceeded",
    "memory_limit_exceeded",
    "output_limit_exceeded",
    "compile_error",
]
STATUSES: tuple[Status, ...] = get_args(Status)
"""In the order of the runner's numbers for them."""

Room = Literal["candidate", "judge"]
"""Whose box: a candidate's, or the judge's own (validators, generators), into which no candidate comes."""

Stop = Callable[["Execution"], bool]


@dataclass(frozen=True, slots=True)
class Execution:
    """What one run of a program on one input did. All of it was reported by, or seen of, a hostile process.

    Attributes:
        status: ``ok`` if the program ended by itself with exit status 0 within its limits, else what stopped it.
        exit_code: exit status; minus the signal's number where a signal ended it.
        stdout: what it wrote to descriptor 1, at most ``Limits.output_bytes``.
        stderr: what it wrote to descriptor 2, at most as much.
        cpu_s: CPU seconds of all its processes, the interpreter's own share included.
        wall_s: seconds from start to end.
        memory_bytes: peak resident memory of its main process, the warm interpreter's share included.
        result: what the entry point returned, encoded by :mod:`codegym.values`; empty if it did not return.
        files: name and bytes of each file that was wanted and is there.
    """

    status: Status
    exit_code: int
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    memory_bytes: int = 0
    result: bytes = b""
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """What one run finds, where that is more than a standard input.

    Attributes:
        stdin: its standard input.
        arguments: what comes after the program's name on its command line.
        files: name and bytes of files in its working directory; a name that ends with a slash is a folder, and
            names of what lies in it may follow.
        wanted: names of files to be given back after the run, each as large as an output may be.
    """

    stdin: bytes = b""
    arguments: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One of two programs that talk with each other.

    Attributes:
        program: its source text.
        limits: what it may use. What the other one says to it waits for it, however much that is.
        language: what it is written in.
        files: name and bytes of further files of its source.
        given: arguments and files; its standard input is the other program's output.
    """

    program: str = field(repr=False)
    limits: Limits
    language: str = "python"
    files: tuple[tuple[str, bytes], ...] = ()
    given: Input = field(default_factory=Input, repr=False)


@dataclass(frozen=True, slots=True)
class Conversation:
    """How two programs talked.

    Attributes:
        program: the first one's run; its output is in the transcript. Of one that was ended because the other had
            decided, the status is ``ok`` and the exit code -9.
        interactor: the second one's run.
        unprompted: whether the second one ended before it was told that the first one would say no more.
        transcript: the beginning of what was said, in turns: whether the first one spoke, and its words.
        cut: whether the transcript is not all.
    """

    program: Execution
    interactor: Execution
    unprompted: bool
    transcript: tuple[tuple[bool, bytes], ...] = ()
    cut: bool = False


@runtime_checkable
class Sandbox(Protocol):
    """Runs programs apart from this process. Implementations are thread-safe."""

    kind: str

    def execute(
        self,
        program: str,
        inputs: Sequence[bytes | Input],
        limits: Limits,
        *,
        entry_point: str | None = None,
        stop: Stop | None = None,
        room: Room = "candidate",
        language: str = "python",
        files: Sequence[tuple[str, bytes]] = (),
    ) -> list[Execution]:
        """Run ``program`` once on each input, in order, each time in a fresh process.

        Args:
            program: source text of a program.
            inputs: what each run finds on its standard input, or the encoded list of arguments where there is
                an ``entry_point``; an :class:`Input` where it finds more.
            limits: hold for each run; those of compiling are :data:`codegym.sandbox.compiled.COMPILE_LIMITS`.
            entry_point: instead of as a script, import the program and call this function of it.
            stop: asked about each execution as it arrives; after a true answer no further input need be run.
            room: whose box to use.
            language: what the program is written in; see :mod:`codegym.languages`. A compiled program is compiled
                once, and kept.
            files: name and bytes of further files of its source: what it includes or imports.

        Returns:
            One execution an input; fewer only after ``stop`` said so. A program's failure is such an
            execution, whatever the program did.

        Raises:
            UsageError: there is no such language, or it has no entry points.
            SandboxUnavailable: there is no compiler for it where the boxes are.
            SandboxError: the runs could not be made (fresh boxes were tried). Nothing is known of the program.
        """
        ...

    def converse(self, program: Side, interactor: Side, *, accepts: int = 0) -> Conversation:
        """Run two programs, each in a box of its own, with the output of each as the other one's input.

        The first runs in a candidate's box, the second in the judge's. Each ends by itself or by its own limits. Once
        one of them has decided the matter the other is ended: the second by another exit status than ``accepts``,
        the first by a status other than ``ok``.

        Args:
            program: the one that is judged.
            interactor: the one that judges.
            accepts: the exit status by which it accepts.

        Raises:
            SandboxError: as for :meth:`execute`.
        """
        raise SandboxError(f"expected a sandbox in which programs can talk, got a {self.kind} one; use another kind")

    def languages(self) -> tuple[str, ...]:
        """The languages whose programs can be run here; may run something to find out."""
        return ("python",)

    def protections(self) -> Mapping[str, str]:
        """Which mechanism gives which protection here, for ``codegym doctor`` and a run's record."""
        ...

    def close(self) -> None:
        """End all boxes. May be called twice; a closed sandbox refuses to execute."""
        ...

    def __enter__(self) -> Self:
        """Return itself; boxes start when they are needed."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        """Close."""
        self.close()
