"""What is special about Landlock: it is weaker, says so, and never runs with less than its least."""

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegym import Limits, make_sandbox
from codegym.errors import SandboxUnavailable
from codegym.sandbox import factory
from codegym.sandbox.landlock import LandlockBox, LandlockSandbox
from codegym.sandbox.owners import discard, owned_folder
from tests.conftest import need, need_language
from tests.sandbox.test_pool import _alive, _descendants, children

SMALL = Limits(cpu_s=2, memory_bytes=64 << 20)
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root may change its user id")
as_user = pytest.mark.skipif(os.getuid() == 0, reason="root has a user id for each box")


@pytest.fixture(autouse=True)
def works_here() -> None:
    need("landlock")


def runners() -> set[int]:
    """The runners that this process started."""
    return {child for child in children() if b"runner.py" in command_line(child)}


def command_line(pid: int) -> bytes:
    """What a process was started with; nothing where it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def folders() -> set[str]:
    return {path.name for path in Path(os.environ.get("TMPDIR", "/tmp")).glob("codegym-landlock-*")}


@pytest.fixture
def nothing_left() -> Iterator[None]:
    discard(owned_folder("codegym-landlock-"))  # sweeps what a killed process of an earlier test has left
    before = runners(), folders()
    yield
    assert (runners(), folders()) == before


@as_root
@pytest.mark.parametrize("abi", range(1, 8))
def test_every_version_of_landlock_contains(abi: int, nothing_left: None) -> None:
    """With a user id of its own a program is held even where Landlock knows nothing of signals."""
    program = (
        "import os\nfor who in (os.getppid(), 1):\n    try:\n        os.kill(who, 9)\n        print('killed', who)\n"
        "    except OSError: pass\n"
        "for place in ('/etc/passwd', '/proc/self/environ', '/root', '/tmp'):\n    try:\n"
        "        print(os.listdir(place) if os.path.isdir(place) else open(place).read())\n    except OSError: pass\n"
        "try: open('/tmp/mine', 'w'); print('wrote')\nexcept OSError: print('end')"
    )
    with LandlockSandbox(1, abi=abi) as sandbox:
        (run,) = sandbox.execute(program, [b""], SMALL)
        assert run.stdout == b"end\n", run
        assert ("knows nothing of signals" in sandbox.protections()["missing"]) == (abi < 6)


CHANGES = """
import os, sys
path = sys.stdin.readline().strip()
for change in (lambda: os.chmod(path, 0o666), lambda: os.utime(path, (1, 1)), lambda: os.chown(path, -1, os.getgid()),
               lambda: os.setxattr(path, "user.note", b"x"), lambda: os.chmod("..", 0o555), lambda: os.utime(path)):
    try:
        change()
    except PermissionError:
        pass
print("end")
"""
CHANGES_IN_CPP = """
#include <cstdio>
#include <iostream>
#include <string>
#include <sys/stat.h>
#include <sys/time.h>
int main() {
    std::string path;
    std::getline(std::cin, path);
    chmod(path.c_str(), 0666);
    utimes(path.c_str(), nullptr);
    std::puts("end");
}
"""


@pytest.mark.parametrize("language", ["python", "cpp17"])
def test_no_file_of_this_machine_is_changed(language: str, tmp_path: Path, nothing_left: None) -> None:
    """Not its mode, owner, times or attributes, though an ordinary user's programs have the user id of its files."""
    key = tmp_path / "key"
    key.write_text("private")
    key.chmod(0o600)
    before = key.stat()
    with LandlockSandbox(1) as sandbox:
        if language != "python":
            need_language(sandbox)
        program = CHANGES if language == "python" else CHANGES_IN_CPP
        (run,) = sandbox.execute(program, [f"{key}\n".encode()], SMALL, language=language)
        assert run.stdout == b"end\n", run
        assert sandbox.execute("print(1)", [b""], SMALL)[0].stdout == b"1\n"
    assert key.stat() == before
    assert not os.listxattr(key)


@as_user
def test_less_than_the_least_is_refused(nothing_left: None) -> None:
    """As an ordinary user it wants a Landlock that knows of signals, and says so."""
    with (
        LandlockSandbox(1, abi=5) as sandbox,
        pytest.raises(SandboxUnavailable, match=r"Landlock 6 \(Linux 6.12\), or Landlock 1"),
    ):
        sandbox.execute("print(1)", [b""], SMALL)


def test_says_what_is_missing() -> None:
    """Protections, which doctor shows and a run records, list what the others have."""
    with make_sandbox("landlock", workers=1) as sandbox:
        assert "no namespaces" in sandbox.protections()["missing"]
        assert "missing" in dict(sandbox.protections())


def test_auto_takes_it_last_with_one_warning(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Only where neither Docker nor bubblewrap works, and never silently."""
    make = factory.make_sandbox

    def without_others(kind: str = "auto", **options: object) -> object:
        if kind in ("docker", "bubblewrap"):
            raise SandboxUnavailable(f"no {kind} here")
        return make(kind, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(factory, "make_sandbox", without_others)
    with caplog.at_level(logging.WARNING, "codegym"), make("auto", workers=1) as sandbox:
        assert sandbox.kind == "landlock"
    (record,) = caplog.records
    assert "held by landlock" in record.message


def test_complaints_name_no_folder_of_this_machine() -> None:
    """A traceback reads as in the other sandboxes, so that feedback is the same."""
    with make_sandbox("landlock", workers=1) as sandbox:
        (run,) = sandbox.execute("x = 1\nprint(1 // 0)", [b""], SMALL)
    assert b'File "/box/main.py", line 2, in <module>\n    print(1 // 0)' in run.stderr
    assert b"codegym-landlock" not in run.stderr


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_runner_killed_or_stopped_leaves_no_program(signal_number: int, nothing_left: None) -> None:
    """Closing a box ends what its runner no longer can."""
    mark = f"{time.monotonic_ns()}"
    program = f"import os, time\nos.fork()\nos.setsid() if os.getpgrp() != os.getpid() else 0\ntime.sleep(60)  # {mark}"
    others = runners()
    with LandlockSandbox(1) as sandbox:
        box = sandbox.start_box()
        assert isinstance(box, LandlockBox)
        (runner,) = runners() - others

        def run() -> None:
            with pytest.raises(Exception, match="box"):
                box.channel.run(program.encode(), [b""], Limits(cpu_s=5, wall_s=60), None, None, [])

        thread = threading.Thread(target=run)
        thread.start()
        deadline = time.monotonic() + 10
        while len(_descendants(runner)) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        started = _descendants(runner)
        os.kill(runner, signal_number)
        if signal_number == signal.SIGKILL and os.getuid() != 0:
            for pid in started:  # without a user id of its own nothing tells whose they are once their runner is dead
                os.kill(pid, signal.SIGKILL)
        if signal_number == signal.SIGSTOP:
            box.close()
        thread.join(20)
        box.close()
        time.sleep(0.2)
        assert not [pid for pid in started if _alive(pid)]
