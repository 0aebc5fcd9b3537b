"""Where this machine is short of something, or its engine fails: right results, or one sentence; and it passes."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import docker
import docker.errors
import pytest

from codegym import Limits, Sandbox, SandboxError, make_sandbox
from codegym.sandbox.base import Stop
from codegym.sandbox.pool import PAUSES_S
from tests.conftest import need
from tests.sandbox.test_docker import boxes
from tests.sandbox.test_pool import _alive as alive
from tests.sandbox.test_pool import children, descriptors

SMALL = Limits(cpu_s=2, memory_bytes=64 << 20)
ECHO = "print(input())"
KINDS = ("docker", "bubblewrap", "landlock")
BOUNDED_S = 100
"""No call may take longer than this, whatever is broken: the tries, and the engine's own time-out once."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh box is tried at once."""
    monkeypatch.setattr("codegym.sandbox.pool.PAUSES_S", (0.0,) * len(PAUSES_S))


def is_one_sentence(error: SandboxError, words: str) -> bool:
    assert words in str(error)
    assert "\n" not in str(error)
    return True


def right_or_refused(sandbox: Sandbox, words: str = "expected", stop: Stop | None = None) -> bool:
    """Whether programs run here. If not, one sentence must say what failed."""
    started = time.monotonic()
    try:
        runs = sandbox.execute(ECHO, [b"1", b"2", b"3"], SMALL, stop=stop)
    except SandboxError as error:
        return not is_one_sentence(error, words)
    finally:
        assert time.monotonic() - started < BOUNDED_S
    assert [(run.status, run.stdout) for run in runs] == [("ok", b"%d\n" % number) for number in (1, 2, 3)]
    return True


def left_of(kind: str) -> int:
    """Boxes of this process."""
    if kind != "docker":
        return len([pid for pid in children() if alive(pid)])
    client = docker.from_env()
    found = boxes(client, os.getpid())
    client.close()
    return len(found)


@contextmanager
def few_descriptors(spare: int) -> Iterator[None]:
    """Only so many files more may be opened."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 40, limits[1]))
    hoard: list[int] = []
    with suppress(OSError):
        while True:
            hoard.append(os.dup(0))
    try:
        for _ in range(spare):
            os.close(hoard.pop())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for descriptor in hoard:
            os.close(descriptor)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary one that a box's user may enter, which pytest's are not."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # the SDK's own, where it cannot connect
@pytest.mark.parametrize("kind", KINDS)
def test_few_descriptors(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With too few descriptors left a box does not start and an error says so; with enough again all is well."""
    need(kind)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before, boxes_before = len(descriptors()), left_of(kind)
    for spare in range(0, 32, 4 if kind == "docker" else 1):
        with make_sandbox(kind, workers=1) as sandbox:
            with few_descriptors(spare):
                right_or_refused(sandbox)
            assert right_or_refused(sandbox)
            with few_descriptors(0):  # a warm box needs none
                assert right_or_refused(sandbox)
        del sandbox
    assert list(folder.iterdir()) == []
    assert len(descriptors()) <= before
    assert left_of(kind) <= boxes_before


@pytest.fixture
def small_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of its own for temporary files, with room for those of four boxes (112 kB each on landlock)."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=100,mode=1777", "tmpfs", str(disk)]
    if os.getuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk of its own needs the right to mount")
    monkeypatch.setenv("TMPDIR", str(disk))
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill_with_data(disk: Path) -> None:
    with suppress(OSError), open(disk / "ballast", "wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def fill_with_files(disk: Path) -> None:
    with suppress(OSError):
        for number in range(200):
            (disk / f"ballast-{number}").touch()


@pytest.mark.parametrize("fill", [fill_with_data, fill_with_files])
@pytest.mark.parametrize("kind", KINDS)
def test_full_disk(kind: str, fill: Callable[[Path], None], small_disk: Path) -> None:
    """Without room for a temporary file a box starts all the same, or an error says why; with room again it does."""
    need(kind)
    with make_sandbox(kind, workers=1) as sandbox:
        fill(small_disk)
        right_or_refused(sandbox, "No space left on device")
        for file in small_disk.glob("ballast*"):
            file.unlink()
        assert right_or_refused(sandbox)
    assert list(small_disk.iterdir()) == []


TIGHT = """
import resource, sys
import codegym
import codegym.sandbox.pool
codegym.sandbox.pool.PAUSES_S = (0.0,) * 3
kind, name, value, program = sys.argv[1:]
resource.setrlimit(getattr(resource, name), (int(value), int(value)))
limits = codegym.Limits(cpu_s=4, memory_bytes=512 << 20)
with codegym.make_sandbox(kind, workers=1) as sandbox:
    try:
        (run,) = sandbox.execute(program, [b""], limits)
    except codegym.SandboxError as error:
        assert "\\n" not in str(error)
        print("refused")
    else:
        print(run.status, len(run.stdout))
"""
ALLOCATES = "print(len(bytearray(300 << 20)))"
PRINTS_MUCH = "print('x' * 300_000)"
DEEP = """
import sys
sys.setrecursionlimit(10_000)
def f(n): return n and max([n], key=lambda _: f(n - 1))
print(f(3000))
"""


@pytest.mark.parametrize(
    ("kind", "name", "value", "program", "right"),
    [
        ("bubblewrap", "RLIMIT_AS", 1 << 30, ALLOCATES, "ok 10"),
        ("bubblewrap", "RLIMIT_DATA", 256 << 20, ALLOCATES, "ok 10"),
        ("bubblewrap", "RLIMIT_FSIZE", 100 << 10, PRINTS_MUCH, "ok 300001"),
        ("bubblewrap", "RLIMIT_CPU", 5, "print(1)", "ok 2"),
        ("bubblewrap", "RLIMIT_NPROC", 20, "print(1)", "ok 2"),
        ("bubblewrap", "RLIMIT_STACK", 1 << 20, DEEP, "ok 5"),
        ("bubblewrap", "RLIMIT_NOFILE", 100, "print(1)", "ok 2"),
        ("docker", "RLIMIT_AS", 1 << 30, ALLOCATES, "ok 10"),
        ("docker", "RLIMIT_STACK", 1 << 20, DEEP, "ok 5"),
    ],
)
def test_limits_of_this_process_are_no_programs_failure(
    kind: str, name: str, value: int, program: str, right: str
) -> None:
    """Under ``ulimit``, as batch systems set it, a program has its own limits, or an error says that it cannot."""
    need(kind)
    command = [sys.executable, "-c", TIGHT, kind, name, str(value), program]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=BOUNDED_S)
    assert ended.stderr == ""
    assert ended.stdout.strip() in (right, "refused")


HUNGRY = """
import json, os, resource, sys
import codegym
kind, kept = sys.argv[1], []
limits = codegym.Limits(cpu_s=5, output_bytes=64 << 20)
large, small = "import os\\nfor _ in range(40): os.write(1, bytes(1 << 20))", "print(input())"
with codegym.make_sandbox(kind, workers=1) as sandbox:
    assert sandbox.execute(small, [b"1"], limits)[0].stdout == b"1\\n"
    before = len(os.listdir("/proc/self/fd"))
    for spare in (1, 8, 48, 60, 90):
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + (spare << 20), resource.RLIM_INFINITY))
        said = []
        for program, size in ((small, 2), (large, 40 << 20), (small, 2)):
            try:
                (run,) = sandbox.execute(program, [b"2"], limits)
                assert (run.status, len(run.stdout)) == ("ok", size), (run.status, len(run.stdout), run.stderr[-300:])
                said.append("right")
                del run
            except (MemoryError, codegym.SandboxError) as error:
                said.append(type(error).__name__)
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        kept.append(said)
        assert sandbox.execute(small, [b"3"], limits)[0].stdout == b"3\\n"
    assert len(os.listdir("/proc/self/fd")) <= before + (25 if kind == "docker" else 0)
assert not open(f"/proc/self/task/{os.getpid()}/children").read()
print(json.dumps(kept))
"""


@pytest.mark.parametrize("kind", KINDS)
def test_out_of_memory_on_our_side(kind: str) -> None:
    """A host without memory for an output gives an error and no wrong result, then or later, and keeps no box."""
    need(kind)
    process = subprocess.Popen(
        [sys.executable, "-c", HUNGRY, kind], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    said, complaints = process.communicate(timeout=2 * BOUNDED_S)
    assert process.returncode == 0, complaints
    assert any("MemoryError" in tries for tries in json.loads(said)), said
    if kind == "docker":
        client = docker.from_env()
        assert boxes(client, process.pid) == []
        client.close()
