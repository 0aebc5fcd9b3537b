"""Test runs a second of each sandbox, as a ratio to plain interpreter processes in the same minutes.

``python benchmarks/throughput.py [--rounds 7] [--runs 300]``. All that is compared takes turns in every round, and the
table shows medians over the rounds, so that a busy machine changes the ratios little. One client, one worker, a program
that adds two numbers; every output is checked.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from codegym import Limits, Sandbox, SandboxError, make_sandbox
from codegym.sandbox.factory import REAL_KINDS, try_out

PROGRAM = "print(sum(map(int, input().split())))\n"
LIMITS = Limits(cpu_s=2.0)
TESTS = (1, 10, 100)


def plain(folder: Path, runs: int) -> None:
    """The baseline: a fresh, bare interpreter for each run."""
    for _ in range(runs):
        done = subprocess.run([sys.executable, "-I", "-S", folder / "main.py"], input=b"1 2\n", capture_output=True)
        assert done.stdout == b"3\n"


def boxed(sandbox: Sandbox, tests: int, runs: int) -> None:
    """Programs of so many tests, one after the other."""
    for _ in range(runs // tests):
        for execution in sandbox.execute(PROGRAM, [b"1 2\n"] * tests, LIMITS):
            assert execution.stdout == b"3\n", execution


def rate(work: Callable[[int], None], runs: int) -> float:
    """Runs a second."""
    started = time.perf_counter()
    work(runs)
    return runs / (time.perf_counter() - started)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--runs", type=int, default=300, help="test runs a round of each sandbox")
    options = parser.parse_args()
    rates: dict[str, list[float]] = {"plain python3 -I -S": []}
    boxes: dict[str, Sandbox] = {}
    for kind in REAL_KINDS:
        try:
            sandbox = make_sandbox(kind, workers=1)
            try_out(sandbox)
            boxes[kind] = sandbox
        except SandboxError as error:
            print(f"without {kind}: {error}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.py").write_text(PROGRAM)
        for _ in range(options.rounds):
            rates["plain python3 -I -S"].append(rate(lambda runs: plain(Path(folder), runs), options.runs // 5))
            for kind, box in boxes.items():
                for tests in TESTS:
                    name = f"{kind}, {tests} test{'s' if tests > 1 else ''} a program"
                    work = lambda runs, box=box, tests=tests: boxed(box, tests, runs)  # noqa: E731
                    rates.setdefault(name, []).append(rate(work, options.runs))
    for box in boxes.values():
        box.close()
    table = Table("", "runs a second", "ratio", box=None)
    baseline = statistics.median(rates["plain python3 -I -S"])
    for name, found in rates.items():
        middle = statistics.median(found)
        table.add_row(name, f"{middle:.0f}", f"{middle / baseline:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
