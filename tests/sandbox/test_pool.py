"""The pool: boxes that die are replaced, nothing is lost, nothing is left behind."""

import contextlib
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codegym import Execution, Limits, Sandbox, SandboxError, make_sandbox
from codegym.errors import UsageError
from codegym.sandbox import pool
from codegym.sandbox.factory import REAL_KINDS
from codegym.sandbox.pool import BoxPool
from codegym.sandbox.slots import Box
from tests.conftest import need

SMALL = Limits(cpu_s=2)
ECHO = "print(input())"


def children() -> set[int]:
    """Processes that this one started and that still are."""
    return children_of("self")


def children_of(pid: int | str) -> set[int]:
    """Processes that a process started; none where it is gone, and threads may go meanwhile."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found |= {int(child) for child in (task / "children").read_text().split()}
    return found


def descriptors() -> set[str]:
    """What is open here."""
    gc.collect()
    return {f"{link.name}:{os.readlink(link)}" for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}


def test_many_threads_share_few_boxes(sandbox: Sandbox) -> None:
    """Results go to who asked, whatever the number of threads."""
    with ThreadPoolExecutor(12) as executor:
        runs = list(executor.map(lambda n: sandbox.execute(ECHO, [b"%d" % n, b"%d" % -n], SMALL), range(60)))
    assert [[run.stdout for run in pair] for pair in runs] == [[b"%d\n" % n, b"%d\n" % -n] for n in range(60)]


def test_an_exception_in_stop_spoils_nothing(sandbox: Sandbox) -> None:
    """A box left in mid-conversation is not used again."""

    def stop(run: Execution) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sandbox.execute(ECHO, [b"1", b"2", b"3"], SMALL, stop=stop)
    assert sandbox.execute(ECHO, [b"4"], SMALL)[0].stdout == b"4\n"


def test_the_judge_has_a_box_of_its_own() -> None:
    """With one worker, a candidate's run may wait on one of the judge's without a deadlock."""
    need("bubblewrap")
    with make_sandbox("bubblewrap", workers=1) as sandbox:

        def stop(run: Execution) -> bool:
            return sandbox.execute("print(7)", [b""], SMALL, room="judge")[0].stdout != b"7\n"

        assert len(sandbox.execute(ECHO, [b"1"] * 5, SMALL, stop=stop)) == 5


def test_a_killed_box_is_replaced_and_no_result_lost() -> None:
    """Killing boxes in the middle of a run changes no result."""
    need("bubblewrap")
    with make_sandbox("bubblewrap", workers=1) as sandbox:
        ended = threading.Event()

        def kill() -> None:
            while not ended.wait(0.4):
                for pid in children():
                    os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            program = "import time\ntime.sleep(0.03)\nprint(input())"
            runs = sandbox.execute(program, [b"%d" % n for n in range(60)], SMALL)
        finally:
            ended.set()
            killer.join()
    assert [run.stdout for run in runs] == [b"%d\n" % n for n in range(60)]


class Going:
    """The boxes of a sandbox, which take as long to close as one wants."""

    def __init__(self, sandbox: BoxPool, monkeypatch: pytest.MonkeyPatch) -> None:
        self.let_go = threading.Event()
        self.started: list[Box] = []
        self.ended: list[Box] = []
        start = sandbox.start_box

        def start_box() -> Box:
            box = start()
            close = box.close

            def wait_and_close() -> None:
                self.let_go.wait(60)
                close()
                self.ended.append(box)

            box.close = wait_and_close  # type: ignore[method-assign]
            self.started.append(box)
            return box

        monkeypatch.setattr(sandbox, "start_box", start_box)


@pytest.mark.parametrize("kind", REAL_KINDS)
def test_nobody_waits_for_a_worn_box_to_go(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its successor is at work while it is closed in the background; closing the sandbox waits for that."""
    need(kind)
    monkeypatch.setattr(pool, "RUNS_A_BOX", 3)
    before = children()
    with make_sandbox(kind, workers=1) as sandbox:
        assert isinstance(sandbox, BoxPool)
        going = Going(sandbox, monkeypatch)
        deadline = time.monotonic() + 50
        while len(going.started) < 2 or not going.started[1].runs:
            assert time.monotonic() < deadline
            assert sandbox.execute(ECHO, [b"1"], SMALL)[0].stdout == b"1\n"
        assert not going.ended
        going.let_go.set()
    assert set(going.ended) == set(going.started)
    assert children() <= before


@pytest.mark.parametrize("kind", REAL_KINDS)
def test_closing_leaves_nothing(kind: str) -> None:
    """After close no process, descriptor or thread is left, and closing again is fine."""
    need(kind)
    make_sandbox(kind, workers=1).close()
    gc.collect()
    before = children(), descriptors(), threading.active_count()
    for _ in range(3):
        sandbox = make_sandbox(kind, workers=2)
        sandbox.execute(ECHO, [b"1"], SMALL)
        sandbox.close()
        sandbox.close()
        with pytest.raises(SandboxError, match="closed"):
            sandbox.execute(ECHO, [b"1"], SMALL)
        del sandbox
    left = children(), descriptors(), threading.active_count()
    assert left[0] <= before[0]
    assert len(left[1]) <= len(before[1])
    assert left[2] <= before[2]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.parametrize("kind", REAL_KINDS)
def test_a_forked_child_has_boxes_of_its_own(kind: str) -> None:
    """A pool used before and after a fork works in both processes."""
    need(kind)
    with make_sandbox(kind, workers=1) as sandbox:
        sandbox.execute(ECHO, [b"1"], SMALL)

        def child() -> None:
            ok = sandbox.execute(ECHO, [b"2"], SMALL)[0].stdout == b"2\n"
            sandbox.close()
            os._exit(0 if ok else 1)

        process = multiprocessing.get_context("fork").Process(target=child)
        process.start()
        assert sandbox.execute(ECHO, [b"3"], SMALL)[0].stdout == b"3\n"
        process.join(60)
        assert process.exitcode == 0
        assert sandbox.execute(ECHO, [b"4"], SMALL)[0].stdout == b"4\n"


def test_boxes_die_with_a_killed_owner() -> None:
    """After kill -9 of the process that owns a pool, its boxes end by themselves, a running program too."""
    need("bubblewrap")
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import codegym, threading\n"
            "box = codegym.make_sandbox('bubblewrap', workers=2)\n"
            "box.execute('print(1)', [b''], codegym.Limits())\n"
            "slow = 'import time\\ntime.sleep(100)  # of-the-killed'\n"
            "threading.Thread(target=box.execute, args=(slow, [b''], codegym.Limits(wall_s=100))).start()\n"
            "import time; time.sleep(1); print('ready', flush=True); time.sleep(100)\n",
        ],
        stdout=subprocess.PIPE,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"ready\n"
    boxes = _descendants(owner.pid)
    assert boxes
    owner.kill()
    owner.wait()
    owner.stdout.close()
    await_end(boxes)


def _descendants(pid: int) -> set[int]:
    found = children_of(pid)
    return found.union(*map(_descendants, found))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def await_end(pids: set[int], within_s: float = 30) -> None:
    """Wait until processes that were killed are gone, for the kernel takes its time."""
    deadline = time.monotonic() + within_s
    while left := [pid for pid in pids if _alive(pid)]:
        assert time.monotonic() < deadline, f"outlived what they belong to: {left}"
        time.sleep(0.05)


@pytest.mark.parametrize("workers", [0, -1, 1.5, "two"])
def test_refuses_numbers_of_workers_that_are_none(workers: object) -> None:
    """One sentence for a bad number of workers."""
    need("bubblewrap")
    with pytest.raises(UsageError, match="expected a positive number of workers"):
        make_sandbox("bubblewrap", workers=workers)  # type: ignore[arg-type]
