"""How fast this machine is just now, beside how fast it can be. Standard library only.

The same work does not always cost the same CPU time: what else runs on a core's other hardware thread, or in another
guest of the machine, changes it by half, for a tenth of a second or for minutes. A limit is meant in seconds of the
machine at its best. So while a program comes near its limit, a small loop is timed now and then on the core that the
program is on, and the program's time is divided by what the loop took over the least that it ever took.
"""

import os
import time

ROUNDS = 3000
EVERY_S = 0.05
"""CPU time of a run between two looks at the pace."""
MOST = 2.0
"""A loop that takes longer than this many times the least was disturbed, or the machine is broken."""


class Pace:
    """``best_s`` is what the loop takes at the machine's best, as far as that has been seen."""

    best_s = float("inf")

    def learn(self, rounds=2):
        """Seconds of the loop just now: the lesser of some, for the first finds cold caches."""
        now = min(loop_s() for _ in range(rounds))
        self.best_s = min(self.best_s, now)
        return now

    def slowdown(self, pid):
        """How much dearer CPU time is at present than at best on the core where a process is: at least 1."""
        cores = os.sched_getaffinity(0)
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                core = int(file.read().rpartition(b")")[2].split()[36])
            os.sched_setaffinity(0, {core})
        except (OSError, ValueError, IndexError):
            pass  # it has just gone, or keeps to a core that is not for this process
        try:
            now = self.learn()
        finally:
            os.sched_setaffinity(0, cores)
        return min(max(now / self.best_s, 1.0), MOST)


def loop_s():
    """CPU seconds of a loop like those of many programs."""
    began = time.thread_time()
    total = 0
    for number in range(ROUNDS):
        total += number * number % 7
    return time.thread_time() - began


pace = Pace()
