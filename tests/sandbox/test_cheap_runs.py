"""What makes runs cheap is not to be seen by programs: the core that a runner keeps to, its code in huge pages."""

import json
import os
import subprocess
import sys

import pytest

from codegym import Limits, Sandbox
from codegym.locations import sandbox_folder

CORES = "import os; print(sorted(os.sched_getaffinity(0)), len(os.sched_getaffinity(os.getpid())))"
PINNED = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); print(os.sched_getaffinity(0))"
RUNS = 40
"""More than lie between two looks at whether the core is one that others want."""


def own(code: str) -> str:
    """What a fresh interpreter prints, with the box's modules at hand."""
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, cwd=sandbox_folder(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_program_may_use_every_core(sandbox: Sandbox) -> None:
    """The first of a request, the later ones, and those after a program that kept to one core itself."""
    every = os.sched_getaffinity(0)
    for source in (CORES, PINNED, CORES):
        runs = sandbox.execute(source, [b""] * RUNS, Limits())
        assert {run.status for run in runs} == {"ok"}
        if source == CORES:
            assert {run.stdout for run in runs} == {f"{sorted(every)} {len(every)}\n".encode()}


CORE = """
import json, os
from unittest import mock
import core
every, at, seen = {0, 1, 2, 3}, 2, []
def setaffinity(_, cores):
    seen.append(sorted(cores))
    if REFUSED and len(seen) == 2: raise OSError
with mock.patch("os.sched_getaffinity", lambda _: every), mock.patch("os.sched_setaffinity", setaffinity), \\
        mock.patch("os.sysconf", lambda _: 5), mock.patch.object(core.libc, "sched_getcpu", lambda: at, create=True):
    one = core.Core()
    one.stay()
    WORK
print(json.dumps(seen))
"""


@pytest.mark.parametrize(
    ("work", "refused", "expected"),
    [
        ("one.leave(); one.leave()", False, [[2], [0, 1, 2, 3]]),
        ("one.leave()", True, [[2], [0, 1, 2, 3], [0, 1, 2, 3, 4]]),
        ("[one.count_run() for _ in range(40)]", False, [[2]]),
        ("one.leave(); at = 3; one.count_run()", False, [[2], [0, 1, 2, 3], [3]]),
    ],
    ids=["left once", "cores taken away", "undisturbed", "after one that took its time"],
)
def test_the_core_that_a_runner_keeps_to(work: str, refused: bool, expected: list[list[int]]) -> None:
    """It is the one that it is on; of cores that were taken from it meanwhile it knows nothing, so it asks for all."""
    assert json.loads(own(CORE.replace("REFUSED", str(refused)).replace("WORK", work))) == expected


def test_a_core_that_others_want_is_left() -> None:
    """After a sixteenth run before which the runner had to wait for its core for more than a tenth of the time."""
    waits = "core.waited_s = lambda _: 1000.0 * len(seen); [one.count_run() for _ in range(17)]"
    assert json.loads(own(CORE.replace("REFUSED", "False").replace("WORK", waits))) == [[2], [0, 1, 2, 3], [2]]


HUGE = """
import pages
before = pages.spans()
pages.make_code_huge()
lines = [line.split() for line in open("/proc/self/maps")]
made = [line for line in lines if line[1] == "r-xp" and line[4] == "0" and len(line) == 5]
assert sum(range(1000)) == 499500 and compile("1 + 1", "x", "eval") and __import__("fractions").Fraction(1, 3)
import os
if not os.fork():
    os._exit(len("child") != 5)
assert os.wait()[1] == 0
print(len(made), sum((end - begin) // pages.HUGE for begin, end in before if end - begin >= 2 * pages.HUGE))
"""


def test_code_in_huge_pages_runs_on() -> None:
    """The interpreter that moved its own code works, and so does a child of it."""
    made, large = map(int, own(HUGE).split())
    if large and not made:
        pytest.skip("this kernel gives no huge pages")
    assert bool(made) == bool(large)


REFUSED = """
import pages, types
def moved(*_):
    raise AssertionError("moved")
def maps():
    return open("/proc/self/maps").read().count("r-xp")
before, real = maps(), pages.libc
pages.libc = types.SimpleNamespace(
    mmap=real.mmap, munmap=real.munmap, mremap=moved, madvise=lambda *_: MADVISE, mprotect=lambda *_: -1
)
pages.make_code_huge()
assert maps() == before
"""


@pytest.mark.parametrize("answer", [0, -1], ids=["may not run", "no huge page"])
def test_code_stays_where_huge_pages_are_refused(answer: int) -> None:
    """A kernel that gives none, or lets no memory be run that belongs to no file, leaves all as it was."""
    own(REFUSED.replace("MADVISE", str(answer)))


def test_memory_of_a_large_program_is_given_back(sandbox: Sandbox) -> None:
    """Code of many constants is held for as long as its request; the next programs have all of their memory."""
    limits = Limits(cpu_s=5, memory_bytes=64 << 20)
    usual = sandbox.execute("print(1)", [b""], limits)[0].memory_bytes
    for lines in (4000, 6000, 12_000, 6000):
        sandbox.execute("".join(f"x='{n:05}'*819\n" for n in range(lines)), [b""] * 2, limits)
        (run,) = sandbox.execute("held = bytearray(40 << 20)\nprint(len(held))", [b""], limits)
        assert run.status == "ok", run
        assert run.memory_bytes < usual + (48 << 20), run
