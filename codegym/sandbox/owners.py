"""Whose things are whose: a mark for this process, by which a later one sees that its owner is gone."""

import contextlib
import os
import socket
from pathlib import Path


def owner() -> str:
    """This process, told from every other, now and after a restart of the machine: boot, pid and start time."""
    return f"{_boot()}:{os.getpid()}:{_start_time(os.getpid())}"


def is_gone(mark: str) -> bool:
    """Whether a mark is that of a process of this machine that is no more; False of what is no such mark."""
    boot, _, process = mark.partition(":")
    pid, _, started = process.partition(":")
    return boot == _boot() and pid.isdigit() and _start_time(int(pid)) != started


def _boot() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return socket.gethostname()


def _start_time(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return ""
