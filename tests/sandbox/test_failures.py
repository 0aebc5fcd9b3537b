"""Boxes that fail, in every way: the verdict is right, or a SandboxError says what broke; never a program's failure."""

import contextlib
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace

import docker
import docker.errors
import pytest
import requests.exceptions

from codegym import Execution, Limits, SandboxError, make_sandbox
from codegym.sandbox.channel import MAGIC, REQUEST, RESULT, SIZE, STOP, Channel
from codegym.sandbox.pool import PAUSES_S, BoxPool
from codegym.sandbox.slots import Box
from tests.conftest import need
from tests.sandbox.test_docker import boxes
from tests.sandbox.test_pool import _alive as alive
from tests.sandbox.test_pool import _descendants as descendants
from tests.sandbox.test_pool import children

SOON = Limits(cpu_s=0.5, wall_s=0.5)
"""For boxes that are fake."""
REAL = Limits(cpu_s=2, wall_s=2)
ECHO = "print(input())"
SOON_S = 30
"""Within which what was killed is gone."""
INPUTS = [b"%d" % number for number in range(7)]
PRINTED = [b"%d\n" % number for number in range(7)]

MOST_TRIES = 2 * len(PAUSES_S) + 2
"""With a box that stands by for each try."""

Trouble = Callable[[socket.socket], object]


def answer(data: bytes, *, status: int = 0, size: int | None = None) -> bytes:
    """What a runner says of a program that printed ``data``."""
    return RESULT.pack(MAGIC, 1.0, status, 0, 0.1, 0.2, 1000, len(data) if size is None else size, 0, 0) + data


def silence(box: socket.socket) -> None:
    while box.recv(1 << 16):
        pass


def say(words: bytes) -> Trouble:
    """Send ``words`` and be silent."""

    def trouble(box: socket.socket) -> None:
        box.sendall(words)
        silence(box)

    return trouble


def flood(box: socket.socket) -> None:
    while True:
        box.sendall(b"\xa5" * (1 << 16))


TROUBLES: dict[str, tuple[Trouble, str]] = {
    "hangs up": (lambda box: None, "stream"),
    "half a head": (lambda box: box.sendall(answer(b"0")[:20]), "stream"),
    "half a body": (lambda box: box.sendall(answer(b"0", size=1000)), "stream"),
    "garbage": (say(b"\xff" * RESULT.size), "no such form"),
    "unknown status": (say(answer(b"0", status=77)), "no such form"),
    "huge sizes": (say(answer(b"0", size=1 << 62)), "no such form"),
    "silence": (silence, "silent"),
    "flood": (flood, "no such form"),
}


class FakeBox(Box):
    """A runner in a thread, which prints its input, but has ``trouble`` in place of answer number ``after``."""

    def __init__(self, trouble: Trouble, after: float) -> None:
        ours, theirs = socket.socketpair()
        super().__init__(Channel(ours))
        self.thread = threading.Thread(target=self._serve, args=(theirs, trouble, after))
        self.thread.start()

    @staticmethod
    def _serve(theirs: socket.socket, trouble: Trouble, after: float) -> None:
        with theirs, contextlib.suppress(OSError), theirs.makefile("rb") as stream:
            while head := stream.read(REQUEST.size):
                _, program, entry, *_, inputs = REQUEST.unpack(head)
                stream.read(program + entry)
                for _ in range(inputs):
                    size = stream.read(SIZE.size)
                    if len(size) < SIZE.size or size == SIZE.pack(STOP):
                        break
                    data = stream.read(int.from_bytes(size, "big"))
                    if after <= 0:
                        trouble(theirs)
                        return
                    theirs.sendall(answer(data))
                    after -= 1

    def close(self) -> None:
        self.channel.close()
        self.thread.join()


class FakePool(BoxPool):
    """Boxes with the given troubles, in turn; those after them are sound, or have the trouble ``at_last``."""

    kind = "fake"

    def __init__(self, *troubles: tuple[Trouble, float], at_last: Trouble | None = None) -> None:
        super().__init__(1)
        self.troubles = list(troubles)
        self.at_last = at_last
        self.boxes: list[FakeBox] = []

    def start_box(self) -> FakeBox:
        last = (silence, float("inf")) if self.at_last is None else (self.at_last, 0)
        box = FakeBox(*(self.troubles.pop(0) if self.troubles else last))
        self.boxes.append(box)
        return box

    def protections(self) -> Mapping[str, str]:
        return {}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent box is given up soon, and a fresh one tried at once."""
    monkeypatch.setattr("codegym.sandbox.channel.GRACE_S", 0.2)
    monkeypatch.setattr("codegym.sandbox.pool.PAUSES_S", (0.0,) * len(PAUSES_S))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_arrived_is_kept_and_the_rest_run_again(trouble: str) -> None:
    """Whatever a box does in mid-program, each input has its own result exactly once, in order."""
    break_down = TROUBLES[trouble][0]
    with FakePool((break_down, 2), (break_down, 0)) as pool:
        assert [run.stdout for run in pool.execute(ECHO, INPUTS, SOON)] == INPUTS
        assert [run.stdout for run in pool.execute(ECHO, INPUTS, SOON)] == INPUTS
    assert not any(box.thread.is_alive() for box in pool.boxes)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_after_bounded_tries_one_sentence_says_what_broke(trouble: str) -> None:
    """Boxes that all fail make an error that names the kind and the last failure; later the pool works again."""
    break_down, words = TROUBLES[trouble]
    with FakePool(at_last=break_down) as pool:
        with pytest.raises(SandboxError, match=rf"from a fake box, but \d+ in a row failed.*{words}") as caught:
            pool.execute(ECHO, INPUTS, SOON)
        assert "\n" not in str(caught.value)
        assert len(pool.boxes) <= MOST_TRIES
        pool.at_last = None
        assert [run.stdout for run in pool.execute(ECHO, INPUTS, SOON)] == INPUTS
    assert not any(box.thread.is_alive() for box in pool.boxes)


def test_pauses_grow_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh box is waited for ever longer, and within seconds the tries are over."""
    pauses: list[float] = []
    monkeypatch.setattr("codegym.sandbox.pool.time", SimpleNamespace(sleep=pauses.append))
    with FakePool(at_last=TROUBLES["hangs up"][0]) as pool, pytest.raises(SandboxError):
        pool.execute(ECHO, INPUTS, SOON)
    assert len(pauses) > 2
    assert pauses == sorted(pauses)
    assert 1 < sum(pauses) < 20


@pytest.mark.usefixtures("impatient")
def test_a_box_that_gives_one_result_is_progress() -> None:
    """Boxes that each break after one result never add up to a failure."""
    with FakePool(*[(TROUBLES["garbage"][0], 1)] * 20) as pool:
        assert [run.stdout for run in pool.execute(ECHO, INPUTS * 2, SOON)] == INPUTS * 2


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_break_after_the_last_wanted_result_loses_nothing(trouble: str) -> None:
    """Where ``stop`` was satisfied before the box broke, its results stand, and the box is not used again."""
    with FakePool((TROUBLES[trouble][0], 2)) as pool:
        runs = pool.execute(ECHO, INPUTS, SOON, stop=lambda run: run.stdout == b"1")
        assert [run.stdout for run in runs] == INPUTS[:2]
        assert [run.stdout for run in pool.execute(ECHO, INPUTS, SOON)] == INPUTS
        assert not pool.boxes[0].thread.is_alive()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "trouble",
    [
        "a result too many",
        "half a result too many",
    ],
)
def test_what_nobody_asked_for_is_no_result(trouble: str) -> None:
    """A box that says more than it was asked is replaced: the next program does not get its words."""
    said = answer(b"0") + answer(b"forged") if trouble == "a result too many" else answer(b"0") + b"cgy1"
    with FakePool((say(said), 0)) as pool:
        assert pool.execute(ECHO, [b"0"], SOON)[0].stdout == b"0"
        assert pool.execute(ECHO, [b"1"], SOON)[0].stdout == b"1"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), requests.exceptions.ConnectionError("gone")])
def test_what_keeps_a_box_from_starting_is_our_failure(error: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trouble of this machine while a box starts is a SandboxError that names it, and passes."""
    with FakePool() as pool:

        def refuse() -> FakeBox:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(pool, "start_box", refuse)
            with pytest.raises(SandboxError, match=re.escape(str(error))):
                pool.execute(ECHO, INPUTS, SOON)
        assert [run.stdout for run in pool.execute(ECHO, INPUTS, SOON)] == INPUTS


def is_first(pid: int) -> bool:
    """Whether it is PID 1 of a namespace below this one."""
    with contextlib.suppress(OSError):
        return bool(re.search(r"^NSpid:.*\t1$", Path(f"/proc/{pid}/status").read_text(), re.M))
    return False


def first_processes(kind: str) -> list[int]:
    """PID 1 of each box of this process, by its number here."""
    if kind == "bubblewrap":
        return [pid for child in children() for pid in descendants(child) if is_first(pid)]
    client = docker.from_env()
    try:
        return [pid for box in boxes(client, os.getpid()) if (pid := box.attrs["State"]["Pid"])]
    finally:
        client.close()


def send(kind: str, number: signal.Signals) -> None:
    """A signal to each box's first process."""
    for pid in first_processes(kind):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
        except PermissionError:
            pytest.skip("only root may signal the processes of a container")


def remove_all() -> None:
    """What ``docker rm -f`` does to each box of this process."""
    client = docker.from_env()
    for box in boxes(client, os.getpid()):
        with contextlib.suppress(docker.errors.APIError):
            box.remove(force=True)
    client.close()


BLOWS = {
    "bubblewrap, stopped": lambda: send("bubblewrap", signal.SIGSTOP),
    "bubblewrap, killed": lambda: send("bubblewrap", signal.SIGKILL),
    "docker, stopped": lambda: send("docker", signal.SIGSTOP),
    "docker, killed": lambda: send("docker", signal.SIGKILL),
    "docker, removed": remove_all,
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("blow", BLOWS)
def test_a_box_struck_in_mid_run_is_replaced(blow: str) -> None:
    """PID 1 that hangs or dies between two results of a program, or between two programs, changes no result."""
    kind = blow.partition(",")[0]
    need(kind)
    struck: set[int] = set()

    def strike(run: Execution) -> bool:
        if run.stdout == b"2\n":
            struck.update(first_processes(kind))
            BLOWS[blow]()
        return False

    with make_sandbox(kind, workers=1) as sandbox:
        runs = sandbox.execute(ECHO, INPUTS, REAL, stop=strike)
        assert [run.stdout for run in runs] == PRINTED
        strike(runs[2])
        assert [run.stdout for run in sandbox.execute(ECHO, INPUTS, REAL)] == PRINTED
    assert len(struck) >= 2
    deadline = time.monotonic() + SOON_S
    while any(alive(pid) for pid in struck):  # they are killed, and the kernel takes its time
        assert time.monotonic() < deadline, "a box outlived its sandbox"
        time.sleep(0.02)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", ["docker", "bubblewrap"])
def test_a_runner_killed_at_every_try(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each box is killed as soon as it is there, an error comes after bounded tries; afterwards all is well."""
    need(kind)
    with make_sandbox(kind, workers=1) as sandbox:
        monkeypatch.setattr("codegym.sandbox.docker.CONNECT_S", 1.0)
        assert isinstance(sandbox, BoxPool)
        start = type(sandbox).start_box
        begun: list[Box] = []

        def start_and_kill(self: BoxPool) -> Box:
            box = start(self)
            begun.append(box)
            try:
                send(kind, signal.SIGKILL)
            except docker.errors.APIError:  # one of them is just going
                box.close()
                raise
            return box

        with monkeypatch.context() as patch:
            patch.setattr(type(sandbox), "start_box", start_and_kill)
            with pytest.raises(SandboxError, match=rf"from a {kind} box, but \d+ in a row failed.*(stream|connect)"):
                sandbox.execute(ECHO, INPUTS, REAL)
        assert len(begun) <= MOST_TRIES
        assert [run.stdout for run in sandbox.execute(ECHO, INPUTS, REAL)] == PRINTED
