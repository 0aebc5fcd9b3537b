"""Whose things are whose: a mark for this process, by which a later one sees that its owner is gone."""

import contextlib
import itertools
import os
import socket
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

UNMARKED_S = 60.0
"""For so long an empty folder may be one that is about to be marked."""
_MARK = "owner"


def owner() -> str:
    """This process, told from every other, now and after a restart of the machine: boot, pid and start time.

    Raises:
        OSError: it cannot be found out, for instance because no more files can be opened.
    """
    return _mark_of(os.getpid())


@cache
def _mark_of(pid: int) -> str:
    return f"{_boot()}:{pid}:{_start_time(pid)}"


def is_gone(mark: str) -> bool:
    """Whether a mark is that of a process of this machine that is no more; False of what is no such mark."""
    boot, _, process = mark.partition(":")
    pid, _, started = process.partition(":")
    try:
        return boot == _boot() and pid.isdigit() and _start_time(int(pid)) != started
    except (FileNotFoundError, ProcessLookupError):
        return True
    except OSError:
        return False


def owned_folder(prefix: str) -> Path:
    """A new temporary folder of this process. Those of processes that are no more, and of this user, are removed."""
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            found = left.stat()
            if found.st_uid != os.getuid():
                continue
            try:
                if is_gone((left / _MARK).read_text()):
                    remove_tree(left)
            except FileNotFoundError:  # whose owner was killed before it was marked, or after its mark was taken away
                if time.time() - found.st_mtime > UNMARKED_S:
                    left.rmdir()
    mark = owner()
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        (folder / _MARK).write_text(mark)
    except BaseException:
        discard(folder)
        raise
    return folder


def remove_tree(folder: Path) -> None:
    """Remove an owned folder with whatever a program made in it, its mark last; what cannot be removed stays.

    Folders may lie deeper than a path is long, or a recursion deep: those within others are moved up, level by level.
    No link is followed, even if a program that is still alive puts one in the place of a folder meanwhile.
    """
    before: set[str] = set()
    with contextlib.suppress(OSError):
        top = _opened(str(folder))
        try:
            for level in itertools.count():
                names = set(os.listdir(top)) - {_MARK}
                if names == before:
                    break
                before = names
                for number, name in enumerate(names):
                    with contextlib.suppress(OSError):
                        _remove_level(top, name, f"{level}-{number}")
        finally:
            os.close(top)
        if not names:
            discard(folder)


def _remove_level(top: int, name: str, prefix: str) -> None:
    """Remove one entry of a folder. Folders within it become entries of the folder, with names from ``prefix`` on."""
    if _unlinked(name, top):
        return
    inside = _opened(name, top)
    try:
        for number, inner in enumerate(os.listdir(inside)):
            if not _unlinked(inner, inside):
                os.close(_opened(inner, inside))  # for only what may be written to can be moved
                os.rename(inner, f"{prefix}-{number}", src_dir_fd=inside, dst_dir_fd=top)
    finally:
        os.close(inside)
    os.rmdir(name, dir_fd=top)


def _unlinked(name: str, folder: int) -> bool:
    """Remove an entry; False where it is a folder."""
    try:
        os.unlink(name, dir_fd=folder)
    except (IsADirectoryError, PermissionError):  # the latter not on Linux
        return False
    return True


def _opened(name: str, folder: int | None = None) -> int:
    """A descriptor of a folder, which its owner may list and change from now on."""
    flags = os.O_DIRECTORY | os.O_NOFOLLOW
    if sys.platform == "linux":
        place = os.open(name, os.O_PATH | flags, dir_fd=folder)
        try:
            os.chmod(f"/proc/self/fd/{place}", 0o700)
        finally:
            os.close(place)
    return os.open(name, os.O_RDONLY | flags, dir_fd=folder)


def discard(folder: Path, *names: str) -> None:
    """Remove an owned folder that holds no more than these files; unlike ``rmtree`` it needs no descriptor."""
    with contextlib.suppress(OSError):
        for name in (*names, _MARK):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except FileNotFoundError:  # not Linux
        return socket.gethostname()


def _start_time(pid: int) -> str:
    """When a process started; empty where the system does not tell.

    Raises:
        FileNotFoundError, ProcessLookupError: there is no such process.
        OSError: it cannot be found out.
    """
    if not os.path.isdir("/proc/self"):
        return ""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
