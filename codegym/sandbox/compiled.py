"""Compiling: once a program, however many judgements it has, and whichever box it runs in.

The compiler runs in a box, as a program would, for what it reads is a stranger's. What it makes is bytes to this
process, kept by content, and sent to a box that does not have it.
"""

import contextlib
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace

from codegym.errors import SandboxUnavailable
from codegym.languages import Language
from codegym.locations import launcher_source
from codegym.problem import Limits
from codegym.sandbox.base import Execution, Input, Room
from codegym.sandbox.wide import Program, check_files

COMPILE_LIMITS = Limits(cpu_s=30.0, wall_s=90.0, memory_bytes=1 << 30, output_bytes=20 << 20)
KEPT_BYTES = 256 << 20
"""Of compiled programs, those used last stay."""
_OWN_BYTES = 1024
"""What an entry counts for beyond its program."""
_NOT_FOUND = 127
_MOST_COMPLAINT = 1 << 16
_STOPPED = {
    "time_limit_exceeded": f"the compiler used up {COMPILE_LIMITS.cpu_s:g} s of CPU time",
    "memory_limit_exceeded": f"the compiler used up {COMPILE_LIMITS.memory_bytes >> 20} MB of memory",
    "output_limit_exceeded": f"the compiler wrote more than {COMPILE_LIMITS.output_bytes >> 20} MB",
}


@dataclass(frozen=True, slots=True)
class Binary:
    """What a compiler made: a program of the boxes' processor, and what tells it from others."""

    program: bytes
    digest: str


_LAUNCHER = Language(
    "launcher",
    "C++",
    "main.cpp",
    (
        *("g++", "-O1", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fno-exceptions"),
        *("-fno-rtti", "-fno-pic", "-no-pie", "-s", "-o", "main", "main.cpp"),
    ),
)

Compiled = Binary | Execution
"""The program, or a run that says why there is none."""
Run = Callable[[Program, Input, Room], Execution]


class Compiler:
    """Compiles in the boxes of one sandbox, and keeps what came of it.

    Args:
        kind: of the sandbox, for messages.
        run: runs something in one of its boxes.
    """

    def __init__(self, kind: str, run: Run) -> None:
        self._kind = kind
        self._run = run
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Compiled] = OrderedDict()
        self._size = 0
        self._under_way: dict[bytes, Future[None]] = {}
        self._proven: set[str] = set()

    def compiled(self, source: bytes, language: Language, files: Sequence[tuple[str, bytes]], room: Room) -> Compiled:
        """The program of a source; what another thread compiles already is waited for.

        Raises:
            UsageError: the further files cannot be.
            SandboxUnavailable: there is no compiler.
            SandboxError: it could not be run.
        """
        check_files([*files, *((name, b"") for name, _ in language.beside), (language.source, source)])
        key = _key(source, language, files)
        while True:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
                other = self._under_way.get(key)
                if other is None:
                    mine = self._under_way[key] = Future()
            if other is not None:
                with contextlib.suppress(CancelledError):  # as it ends in any case
                    other.result()
                continue
            try:
                made = self._compile(source, language, files, room)
                self._keep(key, made)
            finally:
                with self._lock:
                    del self._under_way[key]
                mine.cancel()
            return made

    def launcher(self, room: Room) -> bytes:
        """What starts compiled programs; nothing where it cannot be made, for they start without it too."""
        try:
            made = self.compiled(launcher_source(), _LAUNCHER, (), room)
        except SandboxUnavailable:
            return b""
        return made.program if isinstance(made, Binary) else b""

    def has(self, language: Language) -> bool:
        """Whether the compiler of a language is there and whole."""
        try:
            self._prove(language, "judge")
        except SandboxUnavailable:
            return False
        return True

    def _keep(self, key: bytes, made: Compiled) -> None:
        with self._lock:
            self._kept[key] = made
            self._size += _weight(made)
            while self._size > KEPT_BYTES and len(self._kept) > 1:
                self._size -= _weight(self._kept.popitem(last=False)[1])

    def _forget(self, key: bytes) -> None:
        with self._lock:
            if key in self._kept:
                self._size -= _weight(self._kept.pop(key))

    def _compile(self, source: bytes, language: Language, files: Sequence[tuple[str, bytes]], room: Room) -> Compiled:
        command = Program(language, b"", COMPILE_LIMITS, command=language.compiler)
        beside = tuple((name, text.encode()) for name, text in language.beside)
        run = self._run(command, Input(files=(*files, *beside, (language.source, source)), wanted=("main",)), room)
        if (run.status, run.exit_code) == ("runtime_error", _NOT_FOUND):
            raise SandboxUnavailable(
                f"expected {language.compiler[0]} in the boxes of {self._kind} for {language.name}, found none; "
                f"{_remedy(self._kind, language)}"
            )
        made = dict(run.files).get("main")
        if run.status == "ok" and made:
            return Binary(made, hashlib.sha256(made).hexdigest())
        if language.sample and language.sample.encode() != source:
            self._prove(language, room)
        complaint = _STOPPED.get(run.status)
        if complaint is None and run.status == "ok":
            complaint = "the compiler made no program, or one that is too large"
        text = run.stderr[:_MOST_COMPLAINT] if complaint is None else f"{language.source}: {complaint}\n".encode()
        return replace(run, status="compile_error", exit_code=1, stdout=b"", stderr=text, files=())

    def _prove(self, language: Language, room: Room) -> None:
        """See to it that a program's failure to compile is its own."""
        if language.name in self._proven:
            return
        sample = self.compiled(language.sample.encode(), language, (), room)
        if isinstance(sample, Execution):
            self._forget(_key(language.sample.encode(), language, ()))
            words = sample.stderr.decode(errors="replace").strip().splitlines() or [""]
            raise SandboxUnavailable(
                f"expected {language.compiler[0]} in the boxes of {self._kind} to compile the simplest program of "
                f"{language.name}, got: {words[0][:200]}; {_remedy(self._kind, language)}"
            )
        self._proven.add(language.name)


def _key(source: bytes, language: Language, files: Sequence[tuple[str, bytes]]) -> bytes:
    digest = hashlib.sha256("\0".join(language.compiler).encode())
    for name, data in (*files, (language.source, source)):
        digest.update(b"%d %d " % (len(name.encode()), len(data)) + name.encode() + data)
    return digest.digest()


def _weight(made: Compiled) -> int:
    return _OWN_BYTES + (len(made.program) if isinstance(made, Binary) else len(made.stderr))


def _remedy(kind: str, language: Language) -> str:
    if kind == "docker":
        return (
            f"build the boxes' image on a base that has it: codegym sandbox build --base IMAGE_WITH_{language.package}"
        )
    return f"install it where codegym runs: apt install {language.package}"
