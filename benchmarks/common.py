"""What the benchmarks share: options, turns, numbers, a look at processes, and the forms of their output.

The machines that these run on are shared and noisy. So whatever is compared takes turns in every round, medians are
taken over the rounds, and ratios are shown beside rates.
"""

import argparse
import contextlib
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from codegym import Limits, Sandbox, SandboxError, __version__, make_sandbox
from codegym.sandbox.engine import LABEL, connect
from codegym.sandbox.factory import REAL_KINDS, try_out
from codegym.sandbox.owners import owner
from codegym.sandbox.pool import BoxPool
from codegym.sandbox.slots import Box

if TYPE_CHECKING:
    from docker.models.containers import Container

out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
INPUT = b"1 2\n"


@dataclass(frozen=True, slots=True)
class Program:
    """A program with the output that it gives for ``INPUT``."""

    name: str
    source: str
    output: bytes


TINY = Program("tiny", "print(sum(map(int, input().split())))\n", b"3\n")
BUSY = Program(
    "100 ms of CPU",
    "total = 0\nfor number in range(600_000):\n    total += number * number % 7\nprint(total)\n",
    b"%d\n" % sum(number * number % 7 for number in range(600_000)),
)
LOUD = Program("1 MB of output", "print('x' * (2**20 - 1))\n", b"x" * (2**20 - 1) + b"\n")
LIMITS = Limits(cpu_s=5.0, memory_bytes=1 << 28)


def options_parser(doc: str | None) -> argparse.ArgumentParser:
    """A parser that shows the whole docstring of a script, with the options that all have."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    return parser


def kinds_option(parser: argparse.ArgumentParser) -> None:
    """Let the user choose among the sandboxes."""
    parser.add_argument("--sandbox", nargs="+", choices=REAL_KINDS, default=list(REAL_KINDS), metavar="KIND")


@contextlib.contextmanager
def working(kinds: Sequence[str], workers: int) -> Iterator[dict[str, Sandbox]]:
    """Those of the sandboxes that work here; why the others do not is said on standard error."""
    with contextlib.ExitStack() as stack:
        found: dict[str, Sandbox] = {}
        for kind in kinds:
            try:
                sandbox = stack.enter_context(make_sandbox(kind, workers=workers))
                try_out(sandbox)
            except SandboxError as error:
                print(f"without {kind}: {error}", file=sys.stderr)
            else:
                found[kind] = sandbox
        if not found:
            sys.exit("expected a sandbox that works here, got none; codegym doctor says why")
        yield found


def noted_starts(sandbox: Sandbox) -> list[tuple[float, float]]:
    """A list that grows with each box that the sandbox starts: when it began to, and when it was done."""
    assert isinstance(sandbox, BoxPool)
    starts: list[tuple[float, float]] = []
    start = sandbox.start_box

    def noted() -> Box:
        began = time.perf_counter()
        try:
            return start()
        finally:
            starts.append((began, time.perf_counter()))

    sandbox.start_box = noted  # type: ignore[method-assign]
    return starts


def interpreter(sandbox: Sandbox) -> tuple[str, str]:
    """The path and the version of the Python inside a box."""
    (run,) = sandbox.execute(
        "import os, platform\nprint(os.path.realpath('/proc/self/exe'), platform.python_version())", [b""], LIMITS
    )
    path, version = run.stdout.decode().split()
    return path, version


def plain_python(boxes: Mapping[str, Sandbox]) -> str:
    """The interpreter of this machine that is most like that of the boxes: the one of those that share its files."""
    for kind, sandbox in boxes.items():
        if kind != "docker":
            return interpreter(sandbox)[0]
    return "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


def rate(batch: Callable[[], int], seconds: float) -> float:
    """Runs a second of ``batch``, which tells how many it made, over at least so many seconds."""
    runs, started = 0, time.perf_counter()
    while True:
        runs += batch()
        elapsed = time.perf_counter() - started
        if elapsed >= seconds:
            return runs / elapsed


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(values: Sequence[float]) -> str:
    """Half the distance of the quartiles, as a share of the median: how far to trust it."""
    if len(values) < 4:
        return ""
    low, middle, high = statistics.quantiles(values, n=4)
    return f"±{(high - low) / 2 / middle:.0%}"


def descendants(pid: int) -> list[tuple[int, int]]:
    """All processes below ``pid``, with how far below (1 for a child)."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if entry.isdigit():
                stat = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(stat[1]), []).append(int(entry))
    found, level, depth = [], [pid], 0
    while level:
        depth += 1
        level = [child for parent in level for child in children.get(parent, [])]
        found += [(child, depth) for child in level]
    return found


class Boxes:
    """The boxes of this process as its machine sees them.

    Args:
        kind: of the sandbox.
    """

    def __init__(self, kind: str) -> None:
        self._docker = kind == "docker"

    def containers(self) -> list["Container"]:
        """Those that bear this process's mark, and no others."""
        if not self._docker:
            return []
        mark = f"{LABEL}={owner()}"
        with contextlib.closing(connect()) as client:  # its SDK keeps connections open, which would be counted
            return list(client.containers.list(all=True, filters={"label": mark}, ignore_removed=True))

    def processes(self) -> list[int]:
        """Everything that runs in or around the boxes, as process ids of this machine."""
        if not self._docker:
            return [pid for pid, _ in descendants(os.getpid())]
        first = [int(container.attrs["State"]["Pid"]) for container in self.containers()]
        return [pid for pid in first if pid] + [below for pid in first if pid for below, _ in descendants(pid)]


def memory_of(pid: int, field: str, file: str = "status") -> int | None:
    """A field of ``/proc/PID/status`` or ``smaps_rollup`` in bytes; None where it is not ours to read."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return None


@contextlib.contextmanager
def busy_loops(number: int) -> Iterator[None]:
    """Processes that only burn CPU time, for as long as the block lasts."""
    loops = [subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table, numbers to the right."""
    table = Table(title=title, title_justify="left", box=None)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    out.print(table)


def report(options: argparse.Namespace, figures: Any) -> None:
    """Write the figures to the file that ``--json`` names, with what is needed to read them later."""
    if options.json is None:
        return
    about = {
        "benchmark": Path(sys.argv[0]).stem,
        "codegym": __version__,
        "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "machine": {"cores": len(os.sched_getaffinity(0)), "kernel": platform.release(), "load": os.getloadavg()},
        "options": {name: str(value) for name, value in vars(options).items()},
        "figures": figures,
    }
    options.json.write_text(json.dumps(about, indent=1) + "\n")
