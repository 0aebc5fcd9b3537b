"""Boxes for where there is neither an engine nor namespaces, such as a pod or a batch job: walls of the runner's own.

The weakest of the sandboxes, and it says so: see :meth:`LandlockSandbox.protections` and ``sandbox/README.md``.
"""

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from codegym.errors import BoxFailure, SandboxUnavailable
from codegym.locations import box_files, filter_files, seccomp_filter
from codegym.sandbox.channel import Channel
from codegym.sandbox.interpreters import ENVIRONMENT, LocalPool, readable_places
from codegym.sandbox.owners import owned_folder, remove_tree
from codegym.sandbox.slots import Box

PROCESSES = 64
SPARE_TASKS = 1000
"""By which a program's user may have more tasks than when its box began, where it has no user id of its own."""
SCRATCH_BYTES = 72 << 20
END_S = 2.0
FIRST_USER, USERS = 64_000, 1_000
NEWEST = 7
"""The version of Landlock that is made use of; a lower one is taken where the kernel has no more."""
_FOLDER = "codegym-landlock-"
_CREATE_RULESET = 444
_CAP_SETUID = 7


class LandlockSandbox(LocalPool):
    """A pool of runners that hold themselves and their programs by Landlock, a seccomp filter and rlimits.

    Where codegym runs as root (with CAP_SETUID), runner and programs have a user id of their own in each box.

    Args:
        workers: boxes at most; by default one a core.
        abi: the highest version of Landlock to use, for trying out what an older kernel gives.

    Raises:
        SandboxUnavailable: less than the least: Landlock 6 (Linux 6.12), or as root Landlock 1 (Linux 5.13), and a
            processor that the filter is compiled for.
    """

    kind = "landlock"

    def __init__(self, workers: int | None = None, *, abi: int = NEWEST) -> None:
        if sys.platform != "linux" or seccomp_filter() is None or not landlock_abi():
            raise SandboxUnavailable(
                "expected Linux 5.13 or newer with Landlock switched on, and an x86_64 or aarch64 processor, "
                f"got Landlock {landlock_abi()} on {os.uname().machine}; use Docker or bubblewrap"
            )
        self._abi = min(abi, landlock_abi())
        self._divided = _may_change_user()
        super().__init__(workers)

    def launch(self, log: IO[bytes], python: str, prefix: str) -> "LandlockBox":
        """See :class:`LocalPool`. The runner builds its walls itself."""
        read, listed = readable_places(prefix)
        with contextlib.ExitStack() as kept:
            folder = owned_folder(_FOLDER)
            kept.callback(remove_tree, folder)
            users = UserIds() if self._divided else None
            if users is not None:
                kept.callback(users.release)
            options: dict[str, object] = {
                **self.pace(),
                "memory": "rlimit",
                "processes": PROCESSES,
                "scratch": SCRATCH_BYTES,
                "filter": "always",
                "walls": {
                    "read": read,
                    "list": listed,
                    "abi": self._abi,
                    "users": users and [users.runner, users.program],
                },
            }
            if users is None:
                options["tasks"] = _tasks_of(os.getuid()) + SPARE_TASKS
            _furnish(folder, users)
            ours, theirs = socket.socketpair()
            kept.callback(ours.close)
            with theirs:
                try:
                    process = subprocess.Popen(
                        [python, "-S", "-s", str(folder / "codegym" / "runner.py"), json.dumps(options)],
                        stdin=theirs.fileno(),
                        stdout=theirs.fileno(),
                        stderr=log,
                        cwd=folder / "box",
                        env=ENVIRONMENT | {"HOME": str(folder / "box")},
                        start_new_session=True,
                    )
                except OSError as error:
                    raise SandboxUnavailable(f"expected {python} to start, got: {error}") from None
            kept.pop_all()
        return LandlockBox(Channel(ours, folder=str(folder / "box")), process, folder, users, python)

    def protections(self) -> Mapping[str, str]:
        """See :class:`BoxPool`; ``missing`` says what the other sandboxes have."""
        network = "no sockets but connected pairs (seccomp)"
        signals = "another user id" if self._divided else "Landlock"
        missing = [
            "no namespaces: /proc is closed to programs, what it shows is not hidden from others",
            f"scratch is a folder of this machine, looked at now and then ({SCRATCH_BYTES >> 20} MB)",
            "memory and processes of a run together are looked at now and then, and bounded by rlimits a process",
        ]
        if not self._divided:
            missing.append("programs have this process's user id")
        if self._abi < 6:
            missing.append(f"Landlock {self._abi} of this kernel knows nothing of signals and abstract sockets")
        return {
            "files": f"Landlock {self._abi}: /usr and Python without packages to read, a folder of its own to write",
            "network": network,
            "processes": f"signals and tracing: {signals}; at most {PROCESSES}",
            "memory": "rlimit a process; the sum is looked at while a run lasts",
            "user": "a user id for the runner and one for its programs" if self._divided else "that of this process",
            "system calls": "an allowlist of codegym's own (seccomp)",
            "missing": "; ".join(missing),
        }


class UserIds:
    """Two user ids that no other box of this machine has while this object's socket is bound."""

    def __init__(self) -> None:
        self._mark = socket.socket(socket.AF_UNIX)  # freed with this process, whatever ends it
        for number in range(FIRST_USER, FIRST_USER + USERS, 2):
            with contextlib.suppress(OSError):
                self._mark.bind(f"\0codegym-user-{number}")
                self.runner, self.program = number, number + 1
                return
        self._mark.close()
        raise BoxFailure(f"expected one of {USERS // 2} pairs of user ids to be free, got none")

    def kill(self, python: str) -> None:
        """Kill whatever runs as one of them, by an interpreter that they may run."""
        for user in (self.program, self.runner):
            code = "import os; os.kill(-1, 9)"
            command = [python, "-I", "-S", "-c", code]
            with contextlib.suppress(OSError):
                subprocess.run(command, user=user, group=user, extra_groups=[], stderr=subprocess.DEVNULL, cwd="/")

    def release(self) -> None:
        """Let others have them."""
        self._mark.close()


class LandlockBox(Box):
    """One runner, its folder, and its user ids."""

    def __init__(
        self, channel: Channel, process: subprocess.Popen[bytes], folder: Path, users: UserIds | None, python: str
    ) -> None:
        super().__init__(channel)
        self._process = process
        self._folder = folder
        self._users = users
        self._python = python

    def close(self) -> None:
        """End the runner, which ends its programs first; or end both from here."""
        self.channel.close()
        if self._process.returncode is None:
            try:
                self._process.wait(END_S)
            except subprocess.TimeoutExpired:
                self._kill()
        if self._process.returncode < 0 and self._users is not None:
            self._users.kill(self._python)
        if self._users is not None:
            self._users.release()
        remove_tree(self._folder)

    def _kill(self) -> None:
        """Descendants first, for without their runner nothing tells whose they are."""
        while found := list(_below(self._process.pid)):
            for pid in found:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.kill(self._process.pid, signal.SIGCONT)
            if all(_state(pid) in ("Z", "") for pid in found):
                break
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """Let go of the descriptors; the parent's process goes on."""
        super().forget()
        if self._users is not None:
            self._users.release()
        self._process.returncode = 0  # or Popen would wait for a process that is not this one's child


def landlock_abi() -> int:
    """The version of Landlock that this kernel offers; 0 without."""
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)))


def _may_change_user() -> bool:
    effective = _status_of("self").get("CapEff", "0")
    return os.geteuid() == 0 and bool(int(effective, 16) >> _CAP_SETUID & 1)


def _tasks_of(user: int) -> int:
    """Processes and threads of a user, which is what the kernel's limit counts."""
    found = (_status_of(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return sum(int(status.get("Threads", 0)) for status in found if status.get("Uid", "").startswith(f"{user}\t"))


def _status_of(pid: str) -> dict[str, str]:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return {name: value for name, _, value in (line.partition(":\t") for line in lines)}
    return {}


def _state(pid: int) -> str:
    return _status_of(str(pid)).get("State", "")[:1]


def _below(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from _below(int(child))


def _furnish(folder: Path, users: UserIds | None) -> None:
    """The runner's files, and a folder for the program."""
    code, box = folder / "codegym", folder / "box"
    code.mkdir()
    box.mkdir()
    for name, data in {**box_files(), **filter_files()}.items():
        (code / name).write_bytes(data)
    for path in (folder, code, *code.iterdir()):
        path.chmod(0o755)
    box.chmod(0o1777)
    if users is not None:
        os.chown(box, users.program, users.runner)
