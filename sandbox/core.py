"""Staying on one core while a request is answered. Standard library only.

A child that starts on another core than its parent finds cold caches, and of each page that its parent may no longer
write to the other cores are told by an interrupt: that may double what a small run costs. So the runner stays where it
was woken, and its children begin there. A program is not held to it: it may go wherever there is room.
"""

import contextlib
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
        self.runs = 0
        self.seen = (0.0, 0.0)

    def stay(self):
        """Keep to the core that this process is on; to be called when a request has come."""
        if len(self.all) > 1:
            self.keep_to({libc.sched_getcpu()})

    def leave(self):
        """Let the calling process, which may be a child, go wherever this one could go at its start."""
        if len(self.all) > 1:
            self.keep_to(self.all)

    def count_run(self):
        """To be called after each run; moves to another core where this one has others to serve."""
        self.runs += 1
        if self.runs % RUNS_A_LOOK or len(self.all) == 1:
            return
        before, self.seen = self.seen, (time.monotonic(), waited_s("self"))
        since, waited = (now - then for now, then in zip(self.seen, before, strict=True))
        if waited > MOST_WAITED * since:
            self.keep_to(self.all - {libc.sched_getcpu()})
            self.stay()

    def keep_to(self, cores):
        """Run on these cores only. They may have been taken from this process since its start: then on any."""
        with contextlib.suppress(OSError, ValueError):
            os.sched_setaffinity(0, cores)


def waited_s(pid):
    """Seconds in which the first thread of a process could have run, but for other work on its core."""
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


core = Core()
