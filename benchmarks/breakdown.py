"""Where the time of one trivial run goes, in a bubblewrap box and in the floor beside it (see ``floor.py``).

For this a box's ``keeper.py`` is given clocks. There is one box for each clock, and all take turns. Figures are
medians. Faults are pages that a process had to be given: most are copied, because after a fork it writes to what it
shares with the other.

The second table goes up from the floor, promise by promise (see ``rungs.py``), to what a box with no step to spare
would cost, and on to the box. Ratios are medians of those within each round.
"""

import operator
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from unittest import mock

from common import INPUT, LIMITS, TINY, options_parser, report, show
from rich.progress import track

import codegym.sandbox.bubblewrap
from codegym import make_sandbox
from codegym.locations import box_files

CLOCKS = {
    "fork": "forked - started",
    "the child, from the fork to its end": "ended - forked",
    "reaping it, killing what else lives": "reaped - ended",
    "result, wiping, next request, files": "started - before",
    "faults of the child": "usage.ru_minflt",
    "faults of process 1": "own - faults",
}
PLACES = {
    "    leave = os._exit": "    global last\n    before, faults = last\n    leave = os._exit",
    "    watch = Watch(": "    forked = time.monotonic()\n    watch = Watch(",
    "    _, wait_status, usage": "    ended = time.monotonic()\n    _, wait_status, usage",
    "    exit_code = os.waitstatus": "    reaped = time.monotonic()\n    exit_code = os.waitstatus",
    "AHEAD_NS = ": "import resource\nlast = (0.0, 0)\nAHEAD_NS = ",
}
END = "    return status, exit_code, cpu, wall, memory\n"
RUNGS = {
    "the floor: fork, run, exit, reap": ("floor.py",),
    "its code in huge pages, its core kept, modules at hand": ("rungs.py", "1"),
    "and files of its own for each run": ("rungs.py", "2"),
    "and limits, nothing of ours open": ("rungs.py", "3"),
    "and a main module, and an interpreter's end": ("rungs.py", "4"),
    "and its time watched, nothing left alive": ("rungs.py", "5"),
    "and folders and program as they were": ("rungs.py", "6"),
    "and input and result over a socket": ("rungs.py", "7"),
}
FLOOR, BOX = next(iter(RUNGS)), "a box: and all that is written in sandbox/README.md"


def clocked(clock: str) -> dict[str, bytes]:
    """The box's files, with a keeper that reports ``clock`` as the time of each run."""
    files = box_files()
    keeper = files["keeper.py"].decode()
    end = "    own = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
    end += f"    wall = float({CLOCKS[clock]})\n    last = time.monotonic(), own\n{END}"
    for old, new in {**PLACES, END: end}.items():
        assert keeper.count(old) == 1, old
        keeper = keeper.replace(old, new)
    return {**files, "keeper.py": keeper.encode()}


def rung_run(folder: Path, script: str, *rung: str) -> float:
    """Seconds that the floor, or a rung above it, takes for one run."""
    path = str(Path(__file__).with_name(script))
    command = ["/usr/bin/python3", "-I", "-S", path, "main.py", "input", "0.2", *rung]
    runs, took = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout.split()
    return float(took) / int(runs)


def main() -> None:
    """Measure and show."""
    parser = options_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--runs", type=int, default=100, help="of each box in each round")
    options = parser.parse_args()
    boxes = {}
    for clock in CLOCKS:
        with mock.patch.object(codegym.sandbox.bubblewrap, "box_files", lambda name=clock: clocked(name)):
            boxes[clock] = make_sandbox("bubblewrap", workers=1)
            boxes[clock].execute(TINY.source, [INPUT] * 20, LIMITS)
    told: dict[str, list[float]] = {clock: [] for clock in CLOCKS}
    whole: list[float] = []
    child: list[float] = []
    steps: dict[str, list[float]] = {name: [] for name in (*RUNGS, BOX)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "main.py").write_text(TINY.source)
        (folder / "input").write_bytes(INPUT)
        for _ in track(range(options.rounds), "rounds", transient=True):
            for step, words in RUNGS.items():
                steps[step].append(rung_run(folder, *words))
            taken = []
            for clock, box in boxes.items():
                started = time.perf_counter()
                runs = box.execute(TINY.source, [INPUT] * options.runs, LIMITS)
                taken.append((time.perf_counter() - started) / options.runs)
                assert all(run.stdout == TINY.output for run in runs)
                told[clock] += [run.wall_s for run in runs[1:]]
                child += [run.cpu_s for run in runs[1:]]
            whole += taken
            steps[BOX].append(statistics.median(taken))
    for box in boxes.values():
        box.close()
    figures = {clock: statistics.median(values) for clock, values in told.items()}
    times = {clock: value for clock, value in figures.items() if not clock.startswith("faults")}
    figures["a run, as the host sees it"] = statistics.median(whole)
    figures["the host and the messages, beyond the box"] = statistics.median(whole) - sum(times.values())
    figures["CPU time of the child"] = statistics.median(child)
    rows: list[tuple[str, ...]] = [
        (name, f"{value:.0f}" if name.startswith("faults") else f"{value * 1e6:.0f} us")
        for name, value in figures.items()
    ]
    show("One run", ["", "median"], rows)
    floor = steps[FLOOR]
    ratios = {step: statistics.median(map(operator.truediv, taken, floor)) for step, taken in steps.items()}
    rows = [(step, f"{statistics.median(taken) * 1e6:.0f} us", f"{ratios[step]:.2f}") for step, taken in steps.items()]
    show("From the floor up", ["", "median", "x floor"], rows)
    report(options, {**figures, "x floor": ratios})


if __name__ == "__main__":
    main()
