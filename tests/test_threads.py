"""codegym.threads: work is done in threads that do not keep a process alive."""

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from codegym.errors import SandboxError
from codegym.threads import SharedCalls, Threads


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
    threads, gate = Threads(1), threading.Event()
    done: list[int] = []
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


def test_each_shared_call_is_made_once() -> None:
    """Whatever is known is not asked for again; what a call raises is its outcome; sharing twice makes none twice."""
    made: list[int] = []

    def call(number: int) -> str:
        made.append(number)
        if number == 3:
            raise ValueError("three")
        return f"call {number}"

    calls = SharedCalls(call, [None, "known", *[None] * 98])
    threads = Threads(4)
    for _ in range(3):
        threads.share(calls)
    calls.wait()
    assert sorted(made) == [0, *range(2, 100)]
    assert (calls.complete, calls.left) == (True, 0)
    assert [outcome for outcome in calls.outcomes if isinstance(outcome, str)] == [
        "call 0",
        "known",
        "call 2",
        *(f"call {number}" for number in range(4, 100)),
    ]
    assert isinstance(calls.outcomes[3], ValueError)


def test_shared_calls_that_are_dropped_are_not_begun() -> None:
    """Those that run are waited for; a thread that comes later finds nothing to do."""
    begun, gate = threading.Semaphore(0), threading.Event()

    def call(number: int) -> int:
        begun.release()
        gate.wait()
        return number

    calls = SharedCalls(call, [None] * 10)
    threads = Threads(2)
    threads.share(calls)
    assert begun.acquire(timeout=60)
    assert begun.acquire(timeout=60)
    threading.Timer(0.1, gate.set).start()
    calls.drop()
    assert gate.is_set()
    threads.share(calls)
    calls.make()
    assert calls.outcomes == [0, 1, *[None] * 8]


def test_who_waits_for_shared_calls_may_be_interrupted() -> None:
    """Even if the word that a thread has ended is lost with it, waiting anew ends."""
    calls = SharedCalls(lambda number: number, [None] * 5)
    calls.make()
    calls._ended.get()  # as if the interrupt had come between this and what follows
    calls.outcomes[4] = None
    threading.Timer(0.1, lambda: calls.outcomes.__setitem__(4, 4)).start()
    calls.wait()
    assert calls.outcomes == [0, 1, 2, 3, 4]
