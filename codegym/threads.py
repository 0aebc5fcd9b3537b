"""Threads in which steps wait for their programs."""

import os
from concurrent.futures import ThreadPoolExecutor

STEPS_AT_ONCE = 256
"""Threads at most. They do little but wait: how many programs run at once is the sandbox's to say."""

_executors: dict[int, ThreadPoolExecutor] = {}


def step_threads() -> ThreadPoolExecutor:
    """The threads of this process; a forked child has its own, for it inherits none."""
    pid = os.getpid()
    if pid not in _executors:
        _executors.clear()
        _executors[pid] = ThreadPoolExecutor(STEPS_AT_ONCE, "codegym-step")
    return _executors[pid]
