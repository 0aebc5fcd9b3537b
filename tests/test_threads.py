"""codegym.threads: work is done in threads that do not keep a process alive."""

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from codegym.errors import SandboxError
from codegym.threads import Threads


def until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.005)


def test_results_and_errors_are_in_the_future() -> None:
    """What the work returns or raises comes out where it is asked for."""
    threads = Threads(2)
    assert [one.result(60) for one in [threads.submit(pow, n, 2) for n in range(50)]] == [n * n for n in range(50)]
    with pytest.raises(ZeroDivisionError):
        threads.submit(divmod, 1, 0).result(60)
    assert threads.submit(pow, 3, 2).result(60) == 9


def test_there_are_as_many_at_once_as_asked_for() -> None:
    """So many meet at a barrier; one more waits until one of them is free."""
    threads = Threads(3)
    barrier = threading.Barrier(4)
    waiting = [threads.submit(barrier.wait, 60) for _ in range(3)]
    queued = threads.submit(int)
    until(lambda: barrier.n_waiting == 3)
    assert not queued.done()
    barrier.wait(60)
    for one in (*waiting, queued):
        one.result(60)


def test_what_has_not_begun_can_be_cancelled() -> None:
    """A cancelled piece of work is never done."""
    threads, gate, done = Threads(1), threading.Event(), []
    first = threads.submit(gate.wait, 60)
    second = threads.submit(done.append, 2)
    assert second.cancel()
    gate.set()
    first.result(60)
    assert threads.submit(done.append, 3).result(60) is None
    assert done == [3]


def test_threads_end_with_their_object() -> None:
    """None is left of an object that nobody has."""
    before = set(threading.enumerate())
    threads = Threads(4)
    for one in [threads.submit(time.sleep, 0.01) for _ in range(8)]:
        one.result(60)
    mine = [thread for thread in threading.enumerate() if thread not in before]
    assert 1 <= len(mine) <= 4
    del threads, one
    gc.collect()
    until(lambda: not any(thread.is_alive() for thread in mine))


def test_a_machine_that_lets_no_thread_start_is_a_sandbox_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none at all it is said; where there is one, that one does the work."""

    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    one, none = Threads(3), Threads(3)
    one.submit(int).result(60)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(SandboxError, match="expected a thread"):
        none.submit(int)
    assert [future.result(60) for future in [one.submit(int, n) for n in range(9)]] == list(range(9))


def test_a_process_ends_though_work_is_waiting() -> None:
    """Neither what is at work nor what is queued keeps it alive."""
    script = (
        "import time\nfrom codegym.threads import Threads\n"
        "threads = Threads(2)\nwork = [threads.submit(time.sleep, 600) for _ in range(9)]\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
