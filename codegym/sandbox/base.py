"""What a sandbox is: programs and inputs go in, numbers and bytes come out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self, get_args, runtime_checkable

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
    """

    status: Status
    exit_code: int
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    memory_bytes: int = 0
    result: bytes = b""


@runtime_checkable
class Sandbox(Protocol):
    """Runs programs apart from this process. Implementations are thread-safe."""

    kind: str

    def execute(
        self,
        program: str,
        inputs: Sequence[bytes],
        limits: Limits,
        *,
        entry_point: str | None = None,
        stop: Stop | None = None,
        room: Room = "candidate",
    ) -> list[Execution]:
        """Run ``program`` once on each input, in order, each time in a fresh process.

        Args:
            program: source text of a Python program.
            inputs: what each run finds on its standard input, or the encoded list of arguments where there is
                an ``entry_point``.
            limits: hold for each run.
            entry_point: instead of as a script, import the program and call this function of it.
            stop: asked about each execution as it arrives; after a true answer no further input need be run.
            room: whose box to use.

        Returns:
            One execution an input; fewer only after ``stop`` said so. A program's failure is such an
            execution, whatever the program did.

        Raises:
            SandboxError: the runs could not be made (fresh boxes were tried). Nothing is known of the program.
        """
        ...

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
