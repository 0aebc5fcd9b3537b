"""Limits are in seconds of the machine at its best, and of time in which a program had a core."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from codegym import Limits, make_sandbox
from codegym.sandbox.factory import REAL_KINDS
from codegym.sandbox.pool import BoxPool
from tests.conftest import need

BURN = "import time\nend = float(input())\nwhile time.process_time() < end: pass\n"
LIMIT_S = 0.3


def shares(*numbers: float) -> list[bytes]:
    return [str(number * LIMIT_S).encode() for number in numbers]


@pytest.mark.parametrize("kind", REAL_KINDS)
@pytest.mark.parametrize(
    ("best_s", "used", "expected"),
    [
        (1e-9, (1.5, 2.5), ["ok", "ok", "time_limit_exceeded"]),  # a machine that is slow for as long as one looks
        (1e9, (2.2, 3), ["ok", "time_limit_exceeded", "time_limit_exceeded"]),  # one that finds out what its best is
    ],
)
def test_cpu_time_counts_at_the_best_pace(
    kind: str, best_s: float, used: tuple[float, float], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The least that a loop ever took stands for full speed; up to twice the limit is given where it takes longer."""
    need(kind)
    monkeypatch.setattr(BoxPool, "pace", lambda _: {"best_s": best_s})
    limits = Limits(cpu_s=LIMIT_S, wall_s=60)
    with make_sandbox(kind, workers=1) as sandbox:
        runs = sandbox.execute(BURN, shares(0.5, *used), limits)
    assert [run.status for run in runs] == expected


@pytest.mark.parametrize("kind", REAL_KINDS)
def test_a_new_box_knows_the_pace_that_others_saw(kind: str) -> None:
    """What one box found out of the machine's best is told to the next."""
    need(kind)
    with make_sandbox(kind, workers=1) as sandbox:
        assert isinstance(sandbox, BoxPool)
        assert sandbox.pace() == {}
        sandbox.execute("print(1)", [b""], Limits())
        (seen,) = sandbox.pace().values()
        assert 0 < seen < 1
        sandbox._best_s = seen / 1000
        with sandbox._box("candidate", fresh=True):
            pass
        sandbox.execute("print(1)", [b""], Limits())
        assert sandbox.pace() == {"best_s": seen / 1000}


@contextmanager
def one_core_beside_a_loop() -> Iterator[None]:
    """This process, and what it starts, on one core that another process wants too."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    loop = subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
    try:
        yield
    finally:
        loop.kill()
        loop.wait()
        os.sched_setaffinity(0, before)


def test_waiting_for_a_core_is_not_the_program_s_time() -> None:
    """A program that has a core half of the time has twice the time by the clock."""
    need("bubblewrap")
    limits = Limits(cpu_s=5, wall_s=0.6)
    with one_core_beside_a_loop(), make_sandbox("bubblewrap", workers=1) as sandbox:
        runs = [sandbox.execute(BURN, [b"0.45"], limits)[0] for _ in range(3)]
        asleep = sandbox.execute("import time; time.sleep(5)", [b""], limits)[0]
    longest = max((run for run in runs if run.status == "ok"), key=lambda run: run.wall_s)
    assert longest.wall_s > 0.6
    assert asleep.status == "time_limit_exceeded"
    assert asleep.wall_s < 2
