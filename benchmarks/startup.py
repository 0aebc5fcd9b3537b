"""From a cold process to the first verdict, and what a worker that waits weighs.

Time: a new interpreter imports codegym, makes a sandbox, runs a sum and compares the output, beside one that does
nothing (``python -c pass``), one that only imports codegym, and one that runs the sum in a subprocess. They take
turns, and the file cache is warm; the image is there before. Noise enters by the disk and, with Docker, by what else
the engine does.

Memory: of all processes of one box, as this machine sees them, after some runs: RSS, which counts a page in every
process that has it, and PSS, which divides it among them (``smaps_rollup``; other users' processes show it to root
only). With bubblewrap the box's ``bwrap`` is counted; of Docker, its engine's own processes (``containerd-shim``) are
not.
"""

import statistics
import subprocess
import sys
import time

from common import (
    INPUT,
    LIMITS,
    TINY,
    Boxes,
    kinds_option,
    memory_of,
    options_parser,
    plain_python,
    report,
    show,
    working,
)
from rich.progress import track

from codegym import make_sandbox

VERDICT = """
import codegym
with codegym.make_sandbox({kind!r}, workers=1) as sandbox:
    (run,) = sandbox.execute({source!r}, [{data!r}], codegym.Limits())
    assert run.stdout == {output!r}, run
    import os
    os.write(1, b"verdict")
"""


def first_verdict(command: list[str]) -> float:
    """Seconds until a process has its verdict, which is when it writes its first byte or ends."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        took = time.perf_counter() - started
    assert process.returncode == 0, command
    return took


def weights(kind: str, runs: int) -> dict[str, int]:
    """Bytes of one box that has made so many runs and waits; 0 where they are not ours to see."""
    boxes = Boxes(kind)
    with make_sandbox(kind, workers=1) as sandbox:
        sandbox.execute(TINY.source, [INPUT] * runs, LIMITS)
        pids = boxes.processes()
        sums = {"processes": len(pids)}
        for field in ("Rss", "Pss"):
            found = [memory_of(pid, field, "smaps_rollup") for pid in pids]
            sums[field.upper()] = 0 if None in found else sum(number or 0 for number in found)
    return sums


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    kinds_option(parser)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--runs", type=int, default=20, help="runs of a box before it is weighed")
    options = parser.parse_args()
    with working(options.sandbox, 1) as boxes:
        kinds, plain = list(boxes), plain_python(boxes)
    commands = {
        f"{plain} -c pass": [plain, "-c", "pass"],
        "python -c pass (this one)": [sys.executable, "-P", "-c", "pass"],
        "import codegym": [sys.executable, "-P", "-c", "import codegym, os; os.write(1, b'done')"],
    }
    for kind in kinds:
        source = VERDICT.format(kind=kind, source=TINY.source, data=INPUT, output=TINY.output)
        commands[f"first verdict, {kind}"] = [sys.executable, "-P", "-c", source]
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in track(range(options.rounds), "rounds", transient=True):
        for name, command in commands.items():
            times[name].append(1000 * first_verdict(command))
    rows = []
    for name, found in times.items():
        middle = statistics.median(found)
        ratio = middle / statistics.median(times["python -c pass (this one)"])
        rows.append((name, f"{middle:.0f}", f"{min(found):.0f}", f"{max(found):.0f}", f"{ratio:.1f}"))
    show("Cold start, ms", ("", "median", "least", "most", "x pass"), rows)
    weighed = {kind: weights(kind, options.runs) for kind in kinds}
    weights_shown = []
    for kind, sums in weighed.items():
        memory = [f"{sums[name] / 2**20:.1f}" if sums[name] else "not ours to see" for name in ("RSS", "PSS")]
        weights_shown.append((kind, str(sums["processes"]), *memory))
    show("A worker that waits, MB", ("", "processes", "RSS", "PSS"), weights_shown)
    report(options, {"ms": times, "bytes": weighed})


if __name__ == "__main__":
    main()
