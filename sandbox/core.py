"""Staying on one core while a request is answered. Standard library only.

A child that starts on another core finds cold caches, and each page that its parent may no longer write to is one that
the other cores are told of, one interrupt at a time: on two cores a run costs up to twice as much. So the runner stays
where it was woken, and a child begins there; the child may go wherever there is room, before its program begins.
"""

import os

from confine import libc

RUNS_A_LOOK = 16
MOST_WAITED = 0.1
"""Of the time since the last look. A runner that waits for longer has a core that others want, and takes another."""


class Core:
    """The core of this process, of those that it was given."""

    def __init__(self):
        self.all = os.sched_getaffinity(0)
        self.runs = 0

    def stay(self):
        """Keep to the core that this process is on."""
        if len(self.all) > 1:
            os.sched_setaffinity(0, {libc.sched_getcpu()})

    def leave(self):
        """Let the calling process go wherever this one could go at its start."""
        if len(self.all) > 1:
            os.sched_setaffinity(0, self.all)


core = Core()
