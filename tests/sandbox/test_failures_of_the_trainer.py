"""The process that owns a sandbox forks, spawns, is interrupted or killed: its boxes are its own, and go with it."""

import copy
import json
import os
import pickle
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import docker
import gymnasium as gym
import pytest

import codegym
from codegym.errors import UsageError
from tests.conftest import need
from tests.sandbox.test_docker import boxes
from tests.sandbox.test_pool import _alive as alive
from tests.sandbox.test_pool import _descendants as descendants

ROOT = Path(__file__).parents[2]
KINDS = ("docker", "bubblewrap")
SOON_S = 60
"""Within which a box ends whose owner has gone."""


@contextmanager
def trainer(source: str, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own, in a group of its own, which is ended."""
    process = subprocess.Popen(
        [sys.executable, "-c", source, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str], timeout_s: float = 60) -> str:
    """What it says next; empty at its end."""
    stream: IO[str] = process.stdout  # type: ignore[assignment]
    if not select.select([stream], [], [], timeout_s)[0]:
        pytest.fail("the process hangs")
    return stream.readline().strip()


def await_end_of_boxes(kind: str, owner: int, processes: set[int]) -> None:
    """Wait until no box of a process is left."""
    client = docker.from_env() if kind == "docker" else None
    deadline = time.monotonic() + SOON_S
    while any(alive(pid) for pid in processes) or (client and boxes(client, owner)):
        assert time.monotonic() < deadline, "boxes outlived their owner"
        time.sleep(0.1)
    if client:
        client.close()


WORKERS = """
import multiprocessing, os, sys
import gymnasium, codegym

def work(kind, number, answers):
    with codegym.make_sandbox(kind, workers=1) as sandbox:
        runs = sandbox.execute("print(input())", [b"%d" % number] * 3, codegym.Limits())
        assert [run.stdout for run in runs] == [b"%d\\n" % number] * 3
        env = gymnasium.make("CodeRepairEnv-v0", problems="builtin", sandbox=kind)
        env.reset(seed=number, options={"problem_id": "sum-of-two"})
        reward = env.step("print(sum(map(int, input().split())))")[1]
        env.close()
    answers.put((number, reward))

if __name__ == "__main__":
    kind, method = sys.argv[1:]
    context = multiprocessing.get_context(method)
    with codegym.make_sandbox(kind, workers=1) as sandbox:
        sandbox.execute("print(1)", [b""], codegym.Limits())
        answers = context.Queue()
        workers = [context.Process(target=work, args=(kind, number, answers)) for number in range(2)]
        for worker in workers: worker.start()
        got = sorted(answers.get(timeout=60) for _ in workers)
        for worker in workers: worker.join()
        assert sandbox.execute("print(1)", [b""], codegym.Limits())[0].stdout == b"1\\n"
    print(got, [worker.exitcode for worker in workers])
"""


@pytest.mark.parametrize(
    ("kind", "method"),
    [("bubblewrap", "fork"), ("bubblewrap", "spawn"), ("bubblewrap", "forkserver"), ("docker", "spawn")],
)
def test_workers_of_every_kind(kind: str, method: str, tmp_path: Path) -> None:
    """Two processes at once, however started, each have sandboxes and environments that work."""
    need(kind)
    script = tmp_path / "workers.py"
    script.write_text(WORKERS)
    command = [sys.executable, str(script), kind, method]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONPATH": path})
    assert (ended.stdout, ended.stderr) == ("[(0, 1.0), (1, 1.0)] [0, 0]\n", "")


@pytest.mark.parametrize("move", [pickle.dumps, copy.copy, copy.deepcopy], ids=lambda move: str(move.__name__))
@pytest.mark.parametrize("kind", KINDS)
def test_a_sandbox_does_not_leave_its_process(kind: str, move: Callable[[Any], Any]) -> None:
    """Pickling or copying a sandbox, or an environment with an open one, is refused in one sentence; it stays sound."""
    need(kind)
    move(gym.make("CodeRepairEnv-v0", problems="builtin", sandbox=kind))  # none is open yet
    with codegym.make_sandbox(kind, workers=1) as sandbox:
        env = gym.make("CodeRepairEnv-v0", problems="builtin", sandbox=sandbox)
        for thing in (sandbox, [env]):
            if move is not copy.copy or thing is sandbox:  # a shallow copy of a list copies no sandbox
                with pytest.raises(UsageError, match=f"expected a {kind} sandbox to stay in its process"):
                    move(thing)
        assert sandbox.execute("print(1)", [b""], codegym.Limits())[0].stdout == b"1\n"


INTERRUPTED = """
import json, os, signal, sys
import codegym
from codegym.sandbox.pool import PAUSES_S
kind, times = sys.argv[1], int(sys.argv[2])
inside = False

def interrupt(number, frame):
    global inside
    if inside:
        inside = False
        raise KeyboardInterrupt

def run():
    runs = sandbox.execute("print(input())", [b"%d" % number for number in range(5)], codegym.Limits())
    assert [run.stdout for run in runs] == [b"%d\\n" % number for number in range(5)], runs

signal.signal(signal.SIGINT, interrupt)
with codegym.make_sandbox(kind, workers=1) as sandbox:
    run()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(times):
        print("go", flush=True)
        try:
            inside = True
            while inside:
                run()
        except KeyboardInterrupt:
            pass
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for _ in range(3):
        run()
    print(json.dumps([before, len(os.listdir("/proc/self/fd"))]), flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize(("kind", "longest_s"), [("bubblewrap", 0.12), ("landlock", 0.12), ("docker", 0.5)])
def test_ctrl_c_at_any_moment(kind: str, longest_s: float) -> None:
    """Interrupts while boxes start, run and end: what is asked again is right, and nothing is left, nor in the end."""
    need(kind)
    times, moments = 12, random.Random(3)
    with trainer(INTERRUPTED, kind, str(times)) as process:
        for _ in range(times):
            assert line(process) == "go"
            time.sleep(moments.uniform(0, longest_s))
            os.killpg(process.pid, signal.SIGINT)
        before, after = json.loads(line(process))
        assert after <= before + (25 if kind == "docker" else 0)
        processes = {pid for pid in descendants(process.pid) if alive(pid)}
        assert len(processes) <= 2
        _, complaints = process.communicate("\n", timeout=60)
        assert (process.returncode, complaints) == (0, "")
    await_end_of_boxes(kind, process.pid, processes)


MANY_INTERRUPTS = """
import faulthandler, random, signal, sys
from tests.sandbox.test_failures import ECHO, INPUTS, SOON, FakeBox, FakePool, silence
faulthandler.dump_traceback_later(30, exit=True)
moments, inside = random.Random(5), False

class Pool(FakePool):
    def start_box(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})  # Thread.start() is not made for interrupts
        box = FakeBox(silence, float("inf"))  # which nobody else holds, so that one that is lost ends
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
        return box

def interrupt(number, frame):
    global inside
    if inside:
        inside = False
        raise KeyboardInterrupt

def run():
    assert [run.stdout for run in pool.execute(ECHO, INPUTS, SOON)] == INPUTS

signal.signal(signal.SIGALRM, interrupt)
pool = Pool()
for _ in range(2000):
    try:
        inside = True
        signal.setitimer(signal.ITIMER_REAL, moments.uniform(1e-6, 1e-3))
        while inside:
            run()
    except KeyboardInterrupt:
        pass
run()
pool.close()
print("right", flush=True)
"""


def test_thousands_of_interrupts() -> None:
    """However many runs are interrupted at whatever instruction, a place for a box is never lost."""
    with trainer(MANY_INTERRUPTS) as process:
        said, complaints = process.communicate(timeout=100)
    assert said == "right\n", complaints[-1500:]


BUSY = """
import sys, threading, time
import codegym
sandbox = codegym.make_sandbox(sys.argv[1], workers=1)
sandbox.execute("print(1)", [b""], codegym.Limits())
threading.Timer(0.5, print, ["running"], {"flush": True}).start()
sandbox.execute("import time; time.sleep(100)", [b""], codegym.Limits(wall_s=100))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: str(number.name))
@pytest.mark.parametrize("kind", KINDS)
def test_a_signal_that_ends_the_owner_in_mid_run(kind: str, number: signal.Signals) -> None:
    """Ended by a signal while a program runs, a process goes at once, and its boxes soon, with the program."""
    need(kind)
    with trainer(BUSY, kind) as process:
        assert line(process) == "running"
        processes = descendants(process.pid)
        process.send_signal(number)
        assert process.wait(30) == -number
    await_end_of_boxes(kind, process.pid, processes)


KILLED = """
import os, signal, sys
import docker.models.containers
import codegym
kind, moment = sys.argv[1:]
if moment == "once":
    codegym.make_sandbox("docker", workers=1).execute("print(1)", [b""], codegym.Limits())
    sys.exit()
container = docker.models.containers.Container
start = container.start

def start_and_die(self, **how):
    if moment == "after the start":
        start(self, **how)
    os.kill(os.getpid(), signal.SIGKILL)

container.start = start_and_die
codegym.make_sandbox("docker", workers=1, transport=kind).execute("print(1)", [b""], codegym.Limits())
"""


@pytest.mark.parametrize(
    ("transport", "moment"),
    [("socket", "before the start"), ("socket", "after the start"), ("attach", "before the start")],
)
def test_killed_while_a_container_starts(transport: str, moment: str, tmp_path: Path) -> None:
    """After kill -9 around the start of a container the next start of codegym leaves neither it nor a file."""
    need("docker")
    client = docker.from_env()
    with trainer(KILLED, transport, moment, TMPDIR=str(tmp_path)) as process:
        assert process.wait(60) == -signal.SIGKILL
    with trainer(KILLED, transport, "once", TMPDIR=str(tmp_path)) as later:
        assert later.wait(60) == 0
    await_end_of_boxes("docker", process.pid, set())
    await_end_of_boxes("docker", later.pid, set())
    client.close()
    assert list(tmp_path.iterdir()) == []


REAPER = """
import ctypes, os
import codegym
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: as PID 1 of a container is
for _ in range(3):
    with codegym.make_sandbox("bubblewrap", workers=1) as sandbox:
        sandbox.execute("print(1)", [b""], codegym.Limits())
try:
    print(os.waitpid(-1, 0))
except ChildProcessError:
    print("none")
"""


def test_no_zombies_where_the_trainer_is_init() -> None:
    """As PID 1 of a container a trainer does not become the parent of dead boxes."""
    need("bubblewrap")
    with trainer(REAPER) as process:
        assert line(process) == "none"


def test_a_long_name_of_the_temporary_folder(tmp_path: Path) -> None:
    """Boxes start where TMPDIR is longer than the name of a socket may be, as in the folders of batch jobs."""
    need("docker")
    folder = tmp_path / ("long-" * 20) / ("name-" * 20)
    folder.mkdir(parents=True)
    with trainer(KILLED, "auto", "once", TMPDIR=str(folder)) as process:
        _, complaints = process.communicate(timeout=60)
        assert (process.returncode, complaints) == (0, "")
    with suppress(OSError):
        os.removedirs(folder)


KILLED_AT_THE_START = """
import os, signal
import codegym
from codegym.sandbox.bubblewrap import BubblewrapBox

def die(self, channel, process, info):
    os.close(info)  # first of all: a process that is killed may take longer to let go than bubblewrap to speak
    print(process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

BubblewrapBox.__init__ = die
with codegym.make_sandbox("bubblewrap", workers=1) as sandbox:
    sandbox.execute("print(1)", [b""], codegym.Limits())
"""


def of_session(leader: int) -> set[int]:
    """The processes of a session that are alive."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, session = path.read_text().rpartition(")")[2].split()[:4]
            if int(session) == leader and state != "Z":
                found.add(int(path.parent.name))
    return found


def test_an_owner_killed_while_a_box_starts() -> None:
    """What bubblewrap has just started does not wait for ever for a word that it was about to get."""
    need("bubblewrap")
    for _ in range(5):
        with trainer(KILLED_AT_THE_START) as process:
            leader = int(line(process))
            process.wait()
        deadline = time.monotonic() + SOON_S
        while left := of_session(leader):
            assert time.monotonic() < deadline, f"left behind: {left}"
            time.sleep(0.05)
