"""Requests that want more of a box than a Python program and its input. The box's end is ``sandbox/wide.py``."""

import json
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace

from codegym.errors import BoxFailure, UsageError
from codegym.languages import Language
from codegym.problem import Limits
from codegym.sandbox.base import Execution, Input
from codegym.sandbox.channel import SIZE, STOP, request

WIDE = b"cgy2"
STACK_BYTES = 256 << 20
"""The stack of a compiled program of a candidate at most, as far as this machine grants it; else its memory's limit."""
MOST_FILES_BYTES = 22 << 20
"""What the files of one run may have together, for a box has so much scratch space."""
FROM_SANITIZERS = 3
"""How many times the CPU time and the memory a program with sanitizers may use."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is to be run, ready for a box.

    Attributes:
        language: what it is written in.
        data: its source text, for Python; else what the compiler made, or nothing for a command.
        limits: what one run may use.
        entry_point: the function to call, or none.
        command: instead of a program, a command of the box.
        talks: whether it talks with somebody while it runs.
        stack_bytes: its stack; None for as much as this machine grants.
        digest: of a compiled program, what tells it from others, for a box keeps the last one.
        launcher: what starts a compiled program faster than the box does without; or nothing.
    """

    language: Language
    data: bytes
    limits: Limits
    entry_point: str = ""
    command: tuple[str, ...] = ()
    talks: bool = False
    stack_bytes: int | None = STACK_BYTES
    digest: str = ""
    launcher: bytes = b""

    def head(self, inputs: int, held: str) -> list[bytes]:
        """The request for so many inputs, to a box that holds a program of the digest ``held``."""
        known = self.digest and self.digest == held
        data = b"" if known else self.launcher + self.data
        setup = {
            "language": "native" if self.language.compiled else "python",
            "entry": self.entry_point,
            "digest": self.digest,
            "launcher": 0 if known else len(self.launcher),
            "command": self.command,
            "talks": self.talks,
            "stack": self.stack_bytes,
            "sanitized": self.language.sanitized and not self.command,
        }
        text = json.dumps(setup).encode()
        return [request(WIDE, len(data), len(text), self.limits, inputs) + text, data]


def sanitized_limits(limits: Limits) -> Limits:
    """What a program with sanitizers may use, which cost time and memory themselves."""
    return replace(
        limits,
        cpu_s=FROM_SANITIZERS * limits.cpu_s,
        wall_s=None if limits.wall_s is None else FROM_SANITIZERS * limits.wall_s,
        memory_bytes=FROM_SANITIZERS * limits.memory_bytes,
    )


def frame(given: Input) -> list[bytes]:
    """What belongs to one input of a request.

    Raises:
        UsageError: a file's name leads elsewhere, stands twice, or there are too many bytes.
    """
    check_files(given.files)
    words = {
        "arguments": given.arguments,
        "stdin": len(given.stdin),
        "files": [(name, len(data)) for name, data in given.files],
        "wanted": given.wanted,
    }
    text = json.dumps(words).encode()
    return [SIZE.pack(len(text)) + text, given.stdin, *(data for _, data in given.files)]


def check_files(files: Sequence[tuple[str, bytes]]) -> None:
    """See to it that these can be laid down beside a program.

    Raises:
        UsageError: a file's name leads elsewhere, stands twice, or there are too many bytes.
    """
    seen: set[str] = set()
    for name, data in files:
        parts = name.removesuffix("/").split("/")
        if not all(parts) or {".", ".."} & set(parts) or "\0" in name or len(name.encode(errors="replace")) > 200:
            raise UsageError(f"expected the name of a file beside the program, got {name[:200]!r}")
        if name in seen or name == "main.py":
            raise UsageError(
                f"expected names of files that differ from each other and from the program's, got {name!r}"
            )
        if name.endswith("/") and data:
            raise UsageError(f"expected no bytes for a folder, got {len(data)} for {name!r}")
        folder = name.removesuffix("/").rpartition("/")[0]
        if folder and folder + "/" not in seen:
            raise UsageError(f"expected the folder of {name!r} before it, got none")
        seen.add(name)
    if (size := sum(len(data) for _, data in files)) > MOST_FILES_BYTES:
        raise UsageError(f"expected files of {MOST_FILES_BYTES} bytes at most beside a program, got {size}")


def with_files(run: Execution, wanted: Sequence[str]) -> Execution:
    """A run with the files that came back with it, of which the box made one value.

    Raises:
        BoxFailure: the value is no such thing.
    """
    if not wanted or run.status == "compile_error":
        return run
    data, found = memoryview(run.result), []
    for name in wanted:
        if len(data) < SIZE.size:  # the limit of output is as small as that
            break
        (size,) = SIZE.unpack_from(data)
        data = data[SIZE.size :]
        if size == STOP:
            continue
        if size > len(data):
            raise BoxFailure("expected the files that a program left, got fewer bytes")
        found.append((name, bytes(data[:size])))
        data = data[size:]
    return replace(run, result=b"", files=tuple(found))


def explained(run: Execution, program: Program) -> Execution:
    """The run of a compiled program, with words on what ended it, as a shell would have them."""
    if run.status != "runtime_error" or not program.language.compiled or program.command:
        return run
    if run.exit_code == -signal.SIGABRT and b"std::bad_alloc" in run.stderr:
        return replace(run, status="memory_limit_exceeded")
    if run.exit_code >= 0:
        words = f"the program ended with exit status {run.exit_code}"
    else:
        try:
            name = signal.Signals(-run.exit_code).name
        except ValueError:
            name = str(-run.exit_code)
        words = f"the program was ended by signal {name}{_SIGNALS.get(name, '')}"
    text = run.stderr + (b"" if run.stderr.endswith(b"\n") or not run.stderr else b"\n") + words.encode() + b"\n"
    return replace(run, stderr=text)


_SIGNALS = {
    "SIGSEGV": " (it used memory that is not its own, or more stack than it has)",
    "SIGFPE": " (a division by zero, or one that overflows)",
    "SIGABRT": " (it called abort, by itself or by an exception that nobody caught)",
    "SIGKILL": " (it was killed)",
}
