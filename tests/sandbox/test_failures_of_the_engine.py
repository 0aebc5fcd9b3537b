"""A Docker engine that fails, forgets its image, or dies: right results, or one sentence; and it passes."""

import gc
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest
import requests.exceptions
from docker.models.containers import Container, ContainerCollection
from docker.models.images import ImageCollection

from codegym import Execution, SandboxError, make_sandbox
from codegym.sandbox.engine import LABEL
from codegym.sandbox.image import image_tag
from codegym.sandbox.pool import PAUSES_S
from tests.conftest import need
from tests.sandbox.test_docker import boxes
from tests.sandbox.test_failures_of_the_machine import ECHO, SMALL, left_of, right_or_refused

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh box is tried at once."""
    monkeypatch.setattr("codegym.sandbox.pool.PAUSES_S", (0.0,) * len(PAUSES_S))


STAGES: dict[str, tuple[type, str]] = {
    "sweeping": (ContainerCollection, "list"),
    "looking for the image": (ImageCollection, "get"),
    "creating": (ContainerCollection, "create"),
    "starting": (Container, "start"),
}


GONE = requests.exceptions.ConnectionError("the engine has gone")
REFUSED = docker.errors.APIError("the engine has gone", explanation="the engine has gone")


@pytest.mark.parametrize(
    ("stage", "error"),
    [
        ("sweeping", GONE),
        *((stage, error) for stage in list(STAGES)[1:] for error in (GONE, REFUSED)),
    ],
)
def test_an_engine_that_fails_while_a_box_starts(stage: str, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever step of a start fails: right results, or one sentence that names the engine's trouble; and it passes."""
    need("docker")
    before = left_of("docker")

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    with make_sandbox("docker", workers=1) as sandbox:
        with monkeypatch.context() as patch:
            patch.setattr(*STAGES[stage], fail)
            right_or_refused(sandbox, "the engine has gone")
        assert right_or_refused(sandbox)
    assert left_of("docker") <= before


def test_an_image_removed_in_mid_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody removes the image, it is made anew."""
    need("docker")
    client = docker.from_env()
    mine = f"codegym-test:{os.getpid()}"

    def ensure(client: docker.DockerClient, base: str | None) -> str:
        client.images.get(image_tag()).tag(mine)
        return mine

    monkeypatch.setattr("codegym.sandbox.docker.ensure_image", ensure)
    try:
        with make_sandbox("docker", workers=1) as sandbox:
            assert right_or_refused(sandbox)
            client.images.remove(mine)
            for box in boxes(client, os.getpid()):
                with suppress(docker.errors.APIError):
                    box.remove(force=True)
            assert right_or_refused(sandbox)
    finally:
        with suppress(docker.errors.ImageNotFound):
            client.images.remove(mine)
        client.close()


def test_one_failed_start_does_not_change_the_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that dies while it starts is an accident, not a sign that the engine is on another machine."""
    need("docker")
    client = docker.from_env()
    before = {box.id for box in boxes(client, os.getpid())}
    monkeypatch.setattr("codegym.sandbox.docker.CONNECT_S", 1.0)
    start = Container.start

    def start_and_kill(self: Container, **how: Any) -> None:
        start(self, **how)
        self.kill()

    def drop(run: Execution) -> bool:
        for box in boxes(client, os.getpid()):
            if box.id not in before:
                box.kill()
        monkeypatch.setattr(Container, "start", start_and_kill)
        return False

    with make_sandbox("docker", workers=1, transport="auto") as sandbox:
        assert right_or_refused(sandbox)
        mounts = [len(box.attrs["Mounts"]) for box in boxes(client, os.getpid()) if box.id not in before]
        with pytest.raises(SandboxError):
            sandbox.execute(ECHO, [b"1"] * 5, SMALL, stop=drop)
        monkeypatch.undo()
        assert right_or_refused(sandbox)
        later = [len(box.attrs["Mounts"]) for box in boxes(client, os.getpid()) if box.id not in before]
        assert set(later) == set(mounts)
    client.close()


class Engine:
    """A Docker daemon of its own, apart from the machine's in all but the kernel."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"unix://{folder}/socket"

    def start(self) -> None:
        # What was killed may be a zombie still, which a daemon takes for alive.
        (self.folder / "exec" / "containerd" / "containerd.pid").unlink(missing_ok=True)
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                [
                    *("unshare", "--net"),  # or it would take the other daemon's bridge away
                    *("dockerd", "--bridge=none", "--iptables=false", "--ip-masq=false", "-H", self.address),
                    *("--data-root", str(self.folder / "data"), "--exec-root", str(self.folder / "exec")),
                    *("--pidfile", str(self.folder / "pid")),
                ],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while True:
            with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.folder / "socket"))
                self.client = docker.DockerClient(self.address)
                return
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.end()
                pytest.skip(f"no second daemon here: {(self.folder / 'log').read_text()[-300:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """As the out-of-memory killer would."""
        self.client.close()
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """End it and all that it started."""
        self._process.terminate()
        self._process.wait(30)
        for mount in reversed(Path("/proc/mounts").read_text().splitlines()):
            if mount.split()[1].startswith(str(self.folder)):
                subprocess.run(["umount", "--lazy", mount.split()[1]], check=False)

    def processes(self) -> list[int]:
        """Of it, of its containerd and of its containers' shims."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if str(self.folder).encode() in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
        return found


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    need("docker")
    if os.getuid() or not shutil.which("dockerd") or not shutil.which("unshare"):
        pytest.skip("a second daemon needs root, dockerd and unshare")
    folder = Path(tempfile.mkdtemp(prefix="dockerd-"))
    engine = Engine(folder)
    engine.start()
    try:
        with subprocess.Popen(["docker", "save", image_tag()], stdout=subprocess.PIPE) as save:
            subprocess.run(["docker", "-H", engine.address, "load"], stdin=save.stdout, check=True, capture_output=True)
        monkeypatch.setenv("DOCKER_HOST", engine.address)
        yield engine
    finally:
        engine.client.close()
        engine.end()
        for pid in engine.processes():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # the SDK's own, where it cannot connect
def test_a_daemon_killed_and_restarted(engine: Engine) -> None:
    """With a dead daemon: right results or an error; after its restart the same sandbox works; nothing is left."""

    def kill(run: Execution) -> bool:
        if run.stdout == b"1\n":
            engine.kill()
        return False

    with make_sandbox("docker", workers=1, transport="attach") as late:
        with make_sandbox("docker", workers=1, transport="socket") as sandbox:
            assert right_or_refused(sandbox)
            (box,) = boxes(engine.client, os.getpid())
            right_or_refused(sandbox, stop=kill)
            with suppress(ProcessLookupError):
                os.kill(box.attrs["State"]["Pid"], signal.SIGKILL)
            assert not right_or_refused(sandbox)
            assert not right_or_refused(late)
            engine.start()
            assert right_or_refused(sandbox)
            assert right_or_refused(late)
            engine.kill()
            right_or_refused(late)
        engine.start()
        assert right_or_refused(late)
    deadline = time.monotonic() + 30
    while left := engine.client.containers.list(all=True, filters={"label": LABEL}):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
    gc.collect()
