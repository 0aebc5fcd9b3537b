"""Every attack of ``tests/attacks`` ends as its header says, and the next program finds a box as new.

A header is what comments at the top of the file say, one ``# Key: value`` a line:

- ``Tries`` and ``Must``: what it tries, and what must come of it, for readers.
- ``Status``: which statuses are right, separated by ``|``.
- ``Stdout``: what it must have printed if it ended ``ok``. None may ever print ``reached:``.
- ``Kind``: ``stdin`` (the default), or ``function`` for one that defines ``f(x)``.
- ``Limits``: other limits than the usual, such as ``cpu_s=0.2 wall_s=4 memory_mb=64``.
- ``Reads``: what it reads so much of that a disk just started would be slow. It is read once before its time counts.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from codegym import Checker, Execution, Limits, Problem, Sandbox, judge, make_sandbox, values
from codegym.sandbox.base import STATUSES
from tests.fakes import make_function_problem, make_problem

FOLDER = Path(__file__).parent.parent / "attacks"
FAMILIES = ("resource", "escape", "forge", "secret")
INPUT = b"SECRET-INPUT\n"
USUAL = Limits(cpu_s=1.0, wall_s=4.0, memory_bytes=64 << 20, output_bytes=1 << 20)
HEALTH = Limits(cpu_s=5.0, wall_s=20.0, memory_bytes=64 << 20, output_bytes=1 << 20)
PATIENT = Limits(cpu_s=60.0, wall_s=240.0, memory_bytes=64 << 20, output_bytes=1 << 20)
KEYS = {"Tries", "Must", "Status", "Stdout", "Kind", "Limits", "Reads"}


@dataclass(frozen=True)
class Attack:
    name: str
    source: str
    header: dict[str, str]

    @property
    def function(self) -> bool:
        return self.header.get("Kind") == "function"

    @property
    def statuses(self) -> list[str]:
        return self.header["Status"].split("|")

    @property
    def limits(self) -> Limits:
        changes: dict[str, Any] = {}
        for part in self.header.get("Limits", "").split():
            name, _, number = part.partition("=")
            if name == "memory_mb":
                changes["memory_bytes"] = int(number) << 20
            else:
                changes[name] = float(number)
        return replace(USUAL, **changes)

    def run(self, sandbox: Sandbox) -> Execution:
        data = values.dumps([INPUT.decode()]) if self.function else INPUT
        entry = "f" if self.function else None
        (run,) = sandbox.execute(self.source, [data], self.limits, entry_point=entry)
        return run


def read(path: Path, mark: str = "#") -> Attack:
    source = path.read_text()
    header = {}
    for line in source.splitlines():
        match = re.fullmatch(rf"{mark} (\w+): (.+)", line)
        if not match:
            break
        header[match[1]] = match[2]
    return Attack(path.stem, source, header)


ATTACKS = [read(path) for path in sorted(FOLDER.glob("*.py"))]
FORGING = [attack for attack in ATTACKS if attack.name.startswith("forge_")]
attacks = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)

# Prints what a program can see of its box: first what must be so everywhere, then what must be as in a new box.
HEALTH_CHECK = """
import array, bisect, collections, ctypes, decimal, fractions, functools, glob, heapq, itertools, json, math, os, random
import re, resource, signal, socket, stat, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
libc.personality.argtypes = [ctypes.c_ulong]
number = int(sys.stdin.readline())
def text(path):
    "What a file says; nothing where the walls forbid it, or where there is none."
    try:
        return open(path).read()
    except (PermissionError, FileNotFoundError):
        return ""
status = collections.defaultdict(str)
status.update(line.split(":\\t", 1) for line in text("/proc/self/status").splitlines() if ":\\t" in line)
proc = bool(status)
folders = (os.getcwd(), "/tmp", "/dev/shm") if proc else (os.getcwd(),)
for folder in folders:
    with open(folder + "/probe", "w") as file:
        file.write("x")
    assert open(folder + "/probe").read() == "x" and os.stat(folder + "/probe").st_mode & 0o777 == 0o644
    os.unlink(folder + "/probe")
try:
    socket.socket().bind(("127.0.0.1", 8000))
    ports = "some"
except PermissionError:
    ports = "none"
keys = []
for ring in (-1, -2, -3, -4, -5):
    if libc.syscall(250, 10, ring, b"user", b"codegym-attack", 0) >= 0:
        keys.append(ring)
objects = [text("/proc/sysvipc/" + name).count("\\n") for name in ("shm", "sem", "msg")]
settings = [path for where in ("kernel/[sm][hse][mg]*", "fs/mqueue/*", "net/ipv4/ip_local_port_range")
            for path in sorted(glob.glob("/proc/sys/" + where))]
must = {
    "answer": 2 * number,
    "own text": open(__file__).read().strip().endswith("# the end"),
    "rest of input": sys.stdin.read(),
    "processes": not proc or sorted(int(name) for name in os.listdir("/proc") if name.isdigit()) == [1, os.getpid()],
    "left": [os.listdir(folder) for folder in folders],
    "queues": os.listdir("/dev/mqueue") if proc and os.path.isdir("/dev/mqueue") else [],
    "objects": objects in ([1, 1, 1], [0, 0, 0]),
    "keys": keys,
    "attributes": [name for folder in folders for name in os.listxattr(folder)],
    "old times": [folder for folder in folders if min(os.stat(folder).st_mtime, os.stat(folder).st_atime) < 1e9],
    "ports": ports,
    "cwd": os.path.basename(os.getcwd()),
    "threads": threading.active_count(),
    "descriptors": [n for n in range(3, 256) if libc.fcntl(n, 1) >= 0],
    "integers": [7, 7 + 1, 2**70, 0.5],
    "modules": [name for name in ("values", "program", "codegym") if name in sys.modules],
}
first = os.getppid()
limits = {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")}
every, its = (os.sched_getaffinity(who) for who in (0, first))
must["cores of the first process"] = its == every or (len(its) == 1 and its < every)
same = {
    "priority of the session": text("/proc/self/autogroup").rpartition("nice")[2],
    "environment": {name: value.replace(os.getcwd(), "/box") for name, value in os.environ.items()},
    "umask": status["Umask"],
    "signals": [status[name] for name in ("SigBlk", "SigIgn", "SigCgt", "SigPnd", "ShdPnd")],
    "capabilities": [status[name] for name in ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp")],
    "user": [status["Uid"], status["Gid"], status["Groups"]],
    "limits": {name: limit for name, limit in limits.items() if name[7:] not in ("DATA", "AS", "NPROC")},
    "priority": [os.getpriority(os.PRIO_PROCESS, who) for who in (0, first)],
    "parent": first if proc else 1,
    "scheduler": [os.sched_getscheduler(who) for who in (0, first)],
    "disk priority": [libc.syscall(252, 1, who) for who in (0, first)],
    "cores": sorted(every),
    "personality": libc.personality(0xFFFFFFFF),
    "slack": [libc.prctl(30, 0, 0, 0, 0), libc.prctl(42, 0, 0, 0, 0), libc.prctl(3, 0, 0, 0, 0), libc.prctl(37, 0)],
    "score": text("/proc/self/oom_score_adj"),
    "host": os.uname().nodename,
    "mounts": sorted(line.split()[4] for line in text("/proc/self/mountinfo").splitlines()),
    "modes": [os.stat(folder).st_mode & 0o6700 for folder in folders],
    "path": [path.replace(os.getcwd(), "/box") for path in sys.path],
    "settings": [text(path) for path in settings],
    "interpreter": [sys.getrecursionlimit(), sys.gettrace() is None, len(sys.meta_path), hash("x")],
}
print(json.dumps({"must": must, "same": same, "memory": [limits["RLIMIT_DATA"], limits["RLIMIT_AS"]]}))
# the end
"""
MUST = {
    "answer": 42,
    "cores of the first process": True,
    "own text": True,
    "rest of input": "",
    "processes": True,
    "queues": [],
    "objects": True,
    "keys": [],
    "attributes": [],
    "old times": [],
    "ports": "none",
    "cwd": "box",
    "threads": 1,
    "descriptors": [],
    "integers": [7, 8, 2**70, 0.5],
    "modules": [],
}
SLACK_BYTES = 4 << 20
"""By which an interpreter's own memory differs from box to box."""


@dataclass(frozen=True)
class Health:
    seen: dict[str, Any]
    memory_bytes: int


def examine(sandbox: Sandbox) -> Health:
    """Run the health check; what must be so everywhere is."""
    (run,) = sandbox.execute(HEALTH_CHECK, [b"21\n"], HEALTH)
    assert run.status == "ok", f"the next program failed: {run}"
    assert not run.stderr, run.stderr[-500:]
    seen = json.loads(run.stdout)
    assert seen["must"].pop("left") in ([["main.py"], [], []], [["main.py"]])
    assert seen["must"] == MUST
    return Health(seen, run.memory_bytes)


def examine_again(sandbox: Sandbox, usual: Health) -> None:
    """Run it after an attack: all as in a new box, and no more memory charged."""
    health = examine(sandbox)
    assert health.seen["same"] == usual.seen["same"]
    for limits, others in zip(health.seen["memory"], usual.seen["memory"], strict=True):
        for limit, other in zip(limits, others, strict=True):
            assert abs(limit - other) < SLACK_BYTES, (limits, others)
    assert health.memory_bytes < usual.memory_bytes + SLACK_BYTES, (health.memory_bytes, usual.memory_bytes)


class Arena:
    """A sandbox with one box, which is thrown away after an attack that was not contained.

    So each attack is answered for by itself.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.sandbox = make_sandbox(kind, workers=1)
        self.usual = examine(self.sandbox)

    def __enter__(self) -> Sandbox:
        return self.sandbox

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.sandbox.close()
            self.sandbox = make_sandbox(self.kind, workers=1)


@pytest.fixture(scope="module")
def arena(sandbox: Sandbox) -> Iterator[Arena]:
    """For each backend that works here."""
    arena = Arena(sandbox.kind)
    yield arena
    arena.sandbox.close()


OPEN = {
    "secret_other_processes": (
        "landlock",
        "without a PID namespace, signal 0 tells whether a process is there, and which is the parent",
    ),
}
"""What is not contained yet, where, and why; sandbox/README.md says so too."""


def open_in(name: str) -> list[str]:
    """The sandboxes that an attack is beyond."""
    return OPEN.get(name, ("", ""))[0].split()


def was_refused(run: Execution) -> bool:
    """Whether a program ended for reaching for a path that Landlock closes, or that is elsewhere without namespaces.

    Or it was killed, for it had more processes than it may when it was looked at.
    """
    last = run.stderr.strip().rpartition(b"\n")[2]
    named = b"PermissionError" in last or b"No such file or directory" in last
    return run.status == "runtime_error" and (named or run.exit_code == -9)


def most_cpu_s(sandbox: Sandbox, limits: Limits) -> float:
    """CPU seconds that a run may have used when it ends.

    On landlock the one that looks shares the cores with all that it looks at, however many they are, which use all of
    them until it notices.
    """
    return limits.cpu_s + (4 * (os.cpu_count() or 1) if sandbox.kind == "landlock" else 2)


@attacks
def test_attack_is_contained(attack: Attack, arena: Arena, sandbox: Sandbox, request: pytest.FixtureRequest) -> None:
    """It ends as it must, and leaves no trace."""
    if sandbox.kind in open_in(attack.name):
        request.applymarker(pytest.mark.xfail(strict=True, reason=OPEN[attack.name][1]))
    with arena as sandbox:
        if "Reads" in attack.header:
            sandbox.execute(attack.source, [INPUT], PATIENT)
        run = attack.run(sandbox)
        assert b"reached:" not in run.stdout, run
        assert run.status in attack.statuses or (sandbox.kind == "landlock" and was_refused(run)), run
        if run.status == "ok" and "Stdout" in attack.header:
            assert run.stdout.decode() == attack.header["Stdout"] + "\n", run
        assert run.cpu_s < most_cpu_s(sandbox, attack.limits), run
        assert run.wall_s < attack.limits.wall_seconds + 2, run
        assert len(run.stdout) <= attack.limits.output_bytes, run.status
        assert len(run.stderr) <= attack.limits.output_bytes, run.status
        examine_again(sandbox, arena.usual)


def problems(attack: Attack) -> Problem:
    if attack.function:
        return make_function_problem(entry_point="f", limits=USUAL)
    return make_problem(limits=USUAL, checker=Checker("tokens"))


@pytest.mark.parametrize("attack", FORGING, ids=lambda attack: attack.name)
def test_forging_earns_nothing(attack: Attack, arena: Arena) -> None:
    """No forged output or value is accepted for any test, and a correct program is right after it."""
    problem = problems(attack)
    good = "def f(n):\n    return n * 2\n" if attack.function else "print(int(input()) * 2)\n"
    with arena as sandbox:
        started = time.monotonic()
        judgement = judge(attack.source, problem, sandbox=sandbox, split="both", run_all=True)
        assert not judgement.accepted
        # A program that always answers 0 is right where the answer is 0.
        won = [result.test.output for result in judgement.results if result.verdict == "accepted"]
        assert set(won) <= {"0\n", 0}, won
        ran = sum(result.wall_s for result in judgement.results)
        assert time.monotonic() - started < ran + 5, "the judge itself took long"
        assert judge(good, problem, sandbox=sandbox, split="both").accepted


def test_forging_for_a_numeric_checker_earns_nothing(sandbox: Sandbox) -> None:
    """Neither NaN nor infinity is near anything, and no text is a number by accident."""
    problem = make_problem(limits=USUAL, checker=Checker("numbers", abs_tol=1e-6))
    for output in ("nan", "inf", "-inf", "1e999", "0x4", "4_0", "٤", "4j", "", "\\0", "None", "1e308 1e308", "{}"):
        judgement = judge(f"print({output!r})", problem, sandbox=sandbox, split="both", run_all=True)
        assert not any(result.verdict == "accepted" for result in judgement.results), output


def test_runs_of_one_program_leave_each_other_no_notes(sandbox: Sandbox) -> None:
    """A program that notes its input wherever it can finds no note at its next test."""
    for attack in ATTACKS:
        if attack.name.startswith("secret_") and not attack.function and "Limits" not in attack.header:
            inputs = [b"SECRET-INPUT %d\n" % number for number in range(3)]
            for run in sandbox.execute(attack.source, inputs, attack.limits):
                if not (sandbox.kind == "landlock" and was_refused(run)) and sandbox.kind not in open_in(attack.name):
                    assert (run.status, run.stdout) == ("ok", b"contained\n"), (attack.name, run)


def test_function_sees_no_earlier_arguments(sandbox: Sandbox) -> None:
    """Arguments of one test are in no object of the next one's."""
    (attack,) = (attack for attack in ATTACKS if attack.name == "secret_earlier_arguments")
    inputs = [values.dumps([f"SECRET-{number}"]) for number in range(5)]
    runs = sandbox.execute(attack.source, inputs, USUAL, entry_point="f")
    assert [(run.status, values.loads(run.result)) for run in runs] == [("ok", False)] * 5


def test_corpus_is_well_formed() -> None:
    """At least 100 attacks, of every family, each with a header that says what must come."""
    assert len(ATTACKS) >= 100
    assert {attack.name.partition("_")[0] for attack in ATTACKS} == set(FAMILIES)
    assert len({attack.source for attack in ATTACKS}) == len(ATTACKS)
    for attack in ATTACKS:
        header = attack.header
        assert {"Tries", "Must", "Status"} <= set(header) <= KEYS | {"coding"}, attack.name
        assert set(attack.statuses) <= set(STATUSES), attack.name
        assert header.get("Kind", "stdin") in ("stdin", "function"), attack.name
        assert attack.limits.cpu_s <= 6, attack.name
        assert attack.limits.wall_seconds <= 12, attack.name
        assert len(attack.source) < 20_000, attack.name
        if attack.function:
            assert re.search(r"^def f\(x\):|^os._exit", attack.source, re.MULTILINE), attack.name
    assert sum(attack.limits.wall_seconds > USUAL.wall_seconds for attack in ATTACKS) <= 12
