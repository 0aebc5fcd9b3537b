"""Staying on one core while a request is answered. Standard library only.

A child that starts on another core than its parent finds cold caches, and of each page that its parent may no longer
write to the other cores are told by an interrupt: that may double what a small run costs. So the runner stays where it
was woken, and its children begin there. A program is not held to it: it may go wherever there is room, and so may a
runner that has to look after one that takes its time.
"""

import os
import time

from confine import libc

RUNS_A_LOOK = 16
MOST_WAITED = 0.1
"""Of the time since the last look. A runner that waits for longer is on a core that others want, and takes another."""


class Core:
    """The core of this process, of those that it was given."""

    def __init__(self):
        self.all = os.sched_getaffinity(0)
        self.kept = False
        self.runs = 0
        self.seen = None

    def stay(self):
        """Keep to the core that this process is on; to be called when a request has come."""
        self.seen = time.monotonic(), waited_s("self")
        self.keep()

    def keep(self):
        if len(self.all) > 1:
            self.kept = keep_to({libc.sched_getcpu()})

    def leave(self):
        """Let the calling process, which may be a child, go wherever this one could go at its start."""
        if self.kept:
            self.kept = False
            if not keep_to(self.all):  # they were taken from it since: then to any, which the kernel cuts down
                keep_to(range(os.sysconf("SC_NPROCESSORS_CONF")))

    def count_run(self):
        """To be called after each run; lets go of a core that has others to serve, until after the next one."""
        self.runs += 1
        if self.runs % RUNS_A_LOOK == 0:
            before, self.seen = self.seen, (time.monotonic(), waited_s("self"))
            since, waited = (now - then for now, then in zip(self.seen, before, strict=True))
            if waited > MOST_WAITED * since:
                self.leave()
                return
        if not self.kept:
            self.keep()


core = Core()


def keep_to(cores):
    """Run on these cores only; whether that can be."""
    try:
        os.sched_setaffinity(0, cores)
    except (OSError, ValueError):
        return False
    return True


def waited_s(pid):
    """Seconds in which the first thread of a process could have run, but for other work on its core."""
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0
