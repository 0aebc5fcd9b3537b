"""What is special about Docker: hardening, orphans, transports, an engine that refuses."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from codegym import Limits, Sandbox, make_sandbox
from codegym.errors import SandboxUnavailable, UsageError
from codegym.locations import box_files
from codegym.sandbox import pool
from codegym.sandbox.conformance import CHECKS, Check
from codegym.sandbox.engine import LABEL, sweep_orphans
from codegym.sandbox.slots import Box
from tests.conftest import need

SMALL = Limits(cpu_s=2, memory_bytes=64 << 20)


@pytest.fixture(scope="module")
def client() -> Iterator[docker.DockerClient]:
    need("docker")
    client = docker.from_env()
    yield client
    client.close()


def boxes(client: docker.DockerClient, owner: int) -> list[Any]:
    """The containers that belong to a process."""
    found = client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
    return [container for container in found if f":{owner}:" in container.labels[LABEL]]


@pytest.fixture(scope="module")
def attached() -> Iterator[Sandbox]:
    need("docker")
    with make_sandbox("docker", workers=1, transport="attach") as sandbox:
        yield sandbox


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract_over_the_engines_stream(check: Check, attached: Sandbox) -> None:
    """The contract holds over an attached stream too, the road to an engine elsewhere."""
    check(attached)


def test_containers_are_hardened(client: docker.DockerClient) -> None:
    """No capabilities, no network, no writable root, no root user, bounded memory without swap, bounded processes."""
    with make_sandbox("docker", workers=1) as sandbox:
        sandbox.execute("print(1)", [b""], SMALL)
        (box,) = boxes(client, os.getpid())[:1]
        host, config = box.attrs["HostConfig"], box.attrs["Config"]
        assert host["CapDrop"] == ["ALL"]
        assert host["NetworkMode"] == "none"
        assert host["ReadonlyRootfs"] is True
        assert config["User"] not in ("", "0", "root")
        assert "no-new-privileges" in host["SecurityOpt"]
        assert host["Privileged"] is False
        assert host["Memory"] == host["MemorySwap"] > 0
        assert 0 < host["PidsLimit"] <= 64
        assert host["IpcMode"] == "private"
        assert host["AutoRemove"] is True


def test_memory_limit_follows_the_program(client: docker.DockerClient) -> None:
    """Programs with other limits in turn each get their own."""
    with make_sandbox("docker", workers=1) as sandbox:
        hungry = "x = bytearray(200 << 20)\nprint(len(x))"
        for limit, status in ((64, "memory_limit_exceeded"), (512, "ok"), (64, "memory_limit_exceeded")):
            (run,) = sandbox.execute(hungry, [b""], Limits(cpu_s=5, memory_bytes=limit << 20))
            assert run.status == status, (limit, run)


HOGS = {
    "grows": "x = [bytearray(8 << 20) for _ in range(60)]",
    "family": "import os\nfor _ in range(5): os.fork()\nx = [bytearray(1 << 20) for _ in range(600)]",
    "shared": "import mmap\nm = mmap.mmap(-1, 300 << 20)\nfor i in range(0, 300 << 20, 4096): m[i] = 1",
}


def test_a_box_survives_what_the_kernel_kills_for_memory(client: docker.DockerClient) -> None:
    """Nothing of it is charged for any more once it has ended, so the box is as good as before, also in mid-request."""
    with make_sandbox("docker", workers=1) as sandbox:
        sandbox.execute("print(1)", [b""], SMALL)
        before = [box.id for box in boxes(client, os.getpid())]
        for hog in HOGS.values():
            either = f"if input() == 'hog':\n    exec({hog!r})\nprint('fine')"
            runs = sandbox.execute(either, [b"hog\n", b"no\n"] * 2, SMALL)
            assert [run.status for run in runs] == ["memory_limit_exceeded", "ok"] * 2, (hog, runs)
        assert [box.id for box in boxes(client, os.getpid())] == before


WORN = """
import os
import watch
def tell(kills, charged):
    for name, text in (("events", f"oom 9\\noom_kill {kills}\\n"), ("current", f"{charged << 20}\\n")):
        with open(name, "w") as file: file.write(text)
def open_first(path, *_):
    name = path.rpartition(".")[2]
    return os.open(name, os.O_RDONLY) if name in SEEN else None
watch.open_first = open_first
tell(3, 12)
watch.cgroup.begin()
print(watch.cgroup.killed_for_memory(), watch.cgroup.is_worn())
for state in ((3, 90), (4, 13), (4, 90), (5, 90), (5, 90)):
    tell(*state)
    print(watch.cgroup.killed_for_memory(), watch.cgroup.is_worn())
"""


@pytest.mark.parametrize(
    ("seen", "killed", "worn"), [("events current", [2, 4], [4]), ("events", [2, 4], [2, 4]), ("", [], [])]
)
def test_a_box_that_is_still_charged_for_what_was_killed_is_worn(
    seen: str, killed: list[int], worn: list[int], tmp_path: Path
) -> None:
    """Only then, and where what is charged for cannot be seen."""
    for name, data in box_files().items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "worn.py").write_text(f"SEEN = {seen.split()}\n{WORN}")
    done = subprocess.run([sys.executable, "worn.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    told = [line.split() for line in done.stdout.splitlines()]
    assert [number for number, (was_killed, _) in enumerate(told) if was_killed == "True"] == killed
    assert [number for number, (_, is_worn) in enumerate(told) if is_worn == "True"] == worn


def test_a_killed_container_is_replaced_and_no_result_lost(client: docker.DockerClient) -> None:
    """A container killed between and during runs changes no result."""
    with make_sandbox("docker", workers=1) as sandbox:
        for number in range(3):
            assert sandbox.execute("print(input())", [b"%d" % number], SMALL)[0].stdout == b"%d\n" % number
            for box in boxes(client, os.getpid()):
                box.kill()


def test_nothing_is_left_after_close(client: docker.DockerClient) -> None:
    """No container of this process outlives its sandbox."""
    before = {box.id for box in boxes(client, os.getpid())}
    with make_sandbox("docker", workers=2) as sandbox:
        sandbox.execute("print(1)", [b""], SMALL)
        assert {box.id for box in boxes(client, os.getpid())} - before
    assert not {box.id for box in boxes(client, os.getpid())} - before


def test_containers_of_a_killed_owner_end_within_a_minute(client: docker.DockerClient) -> None:
    """After kill -9 of the owner its containers go by themselves."""
    code = (
        "import codegym, time\nbox = codegym.make_sandbox('docker', workers=1)\n"
        "box.execute('print(1)', [b''], codegym.Limits())\nprint('ready', flush=True)\ntime.sleep(100)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"ready\n"
    assert boxes(client, owner.pid)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 60
    while boxes(client, owner.pid):
        assert time.monotonic() < deadline, "a container outlived its owner"
        time.sleep(0.2)


def test_boxes_that_come_and_go_leave_no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK would keep one for each container, up to 25."""
    need("docker")
    monkeypatch.setattr(pool, "RUNS_A_BOX", 2)
    held = []
    with make_sandbox("docker", workers=1) as sandbox:
        assert isinstance(sandbox, pool.BoxPool)
        start = sandbox.start_box

        def start_box() -> Box:
            held.append(len(os.listdir("/proc/self/fd")))
            return start()

        monkeypatch.setattr(sandbox, "start_box", start_box)
        deadline = time.monotonic() + 100
        while len(held) < 12:
            assert time.monotonic() < deadline
            sandbox.execute("print(1)", [b""], SMALL)
    assert max(held[-4:]) <= max(held[1:6]) + 1, held


def test_orphans_are_swept(client: docker.DockerClient) -> None:
    """A container whose owner is no more is removed; one of a living process is left alone."""
    with make_sandbox("docker", workers=1) as sandbox:
        sandbox.execute("print(1)", [b""], SMALL)
        (living,) = boxes(client, os.getpid())[:1]
        boot = living.labels[LABEL].partition(":")[0]
        orphan = client.containers.create(living.image, ["-"], labels={LABEL: f"{boot}:{2**22 - 3}:12345"})
        elsewhere = client.containers.create(living.image, ["-"], labels={LABEL: f"other-machine:{2**22 - 3}:1"})
        try:
            assert sweep_orphans(client) >= 1
            ids = {container.id for container in client.containers.list(all=True)}
            assert orphan.id not in ids
            assert {living.id, elsewhere.id} <= ids
        finally:
            elsewhere.remove(force=True)


def test_a_refusing_engine_is_one_sentence() -> None:
    """A base image that cannot be had: what was expected, what came, what to do."""
    need("docker")
    with (
        make_sandbox("docker", workers=1, base="codegym-no-such-image:none") as sandbox,
        pytest.raises(
            SandboxUnavailable, match=r"expected to build .* got: .*codegym sandbox build --base IMAGE"
        ) as caught,
    ):
        sandbox.execute("print(1)", [b""], SMALL)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("host", ["unix:///nonexistent/docker.sock", "tcp://127.0.0.1:1"])
def test_no_engine_is_one_sentence(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no engine answers, the error says so and what to do."""
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(SandboxUnavailable, match=r"expected a Docker engine .* install and start one") as caught:
        make_sandbox("docker")
    assert "\n" not in str(caught.value)


def test_refuses_options_that_are_none() -> None:
    """One sentence for an unknown transport or option."""
    with pytest.raises(UsageError, match="expected transport"):
        make_sandbox("docker", transport="pigeon")
    with pytest.raises(UsageError, match="expected options that the docker sandbox has"):
        make_sandbox("docker", colour="blue")
