"""Test runs a second of each sandbox, beside plain interpreter processes and beside the floor, in the same minutes.

What is compared: a fresh ``python3 -I -S main.py`` a run (plain); a bare, warm interpreter that forks, runs, ends and
is reaped, and does nothing else (the floor; see ``floor.py``); either of them twice at once, which shows how much two
cores are worth here; the sandboxes with one worker and one client, and with two of each; ``docker run`` and ``docker
exec`` a run; with ``--peers`` other packages. Three programs: a sum of two numbers with 1, 10 and 100 tests a program,
and 10 tests each of a loop of about 100 ms and of 1 MB of output. Every output is checked.

A rate counts from before a request until its result is here. ``x plain`` is how many times the rate of plain
processes it is, ``x floor`` how many times the time of the floor a run takes; both are for the same program. All
takes turns in every round, for the same time; rates are medians over the rounds, ratios medians of those within each
round, and the number after one is half the distance of the quartiles.

Where noise enters: other guests of the machine (ratios hold better than rates), two workers that share two cores with
the client and with each other, and few runs of what is slow. The plain interpreter is this machine's, that of
Docker's boxes the image's; both are named above the table, and their builds may differ in speed.
"""

import argparse
import contextlib
import importlib.util
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from common import (
    BUSY,
    INPUT,
    LIMITS,
    LOUD,
    TINY,
    Program,
    interpreter,
    kinds_option,
    options_parser,
    out,
    plain_python,
    rate,
    report,
    show,
    spread,
    working,
)
from peers import ready_peers
from rich.progress import track

from codegym import Sandbox
from codegym.sandbox.image import default_base, image_tag

PLAIN, FLOOR = "plain python3 -I -S", "floor: fork, run, exit, reap"


@dataclass(frozen=True, slots=True)
class Way:
    """One line of the table: ``rate`` measures runs a second for so many seconds."""

    program: str
    name: str
    rate: Callable[[float], float]


def checked(output: bytes, program: Program) -> int:
    """One run, if it gave what it should."""
    assert output == program.output, f"expected {program.output[:20]!r}, got {output[:200]!r}"
    return 1


def command(arguments: list[str], program: Program) -> Callable[[float], float]:
    """A process a run."""
    return lambda seconds: rate(
        lambda: checked(subprocess.run(arguments, input=INPUT, capture_output=True).stdout, program), seconds
    )


def floor(python: str, folder: Path) -> Callable[[float], float]:
    """The floor, in a process of its own, for nothing of this one is to be inherited."""
    script = Path(__file__).with_name("floor.py")

    def measure(seconds: float) -> float:
        arguments = [python, "-I", "-S", str(script), str(folder / "main.py"), str(folder / "input"), str(seconds)]
        runs, took = subprocess.run(arguments, capture_output=True, check=True).stdout.split()
        return int(runs) / float(took)

    return measure


def boxed(sandbox: Sandbox, program: Program, tests: int, clients: int) -> Callable[[float], float]:
    """Programs of so many tests, from so many threads."""

    def batch() -> int:
        runs = sandbox.execute(program.source, [INPUT] * tests, LIMITS)
        return sum(checked(run.stdout if run.status == "ok" else repr(run).encode(), program) for run in runs)

    return at_once(lambda seconds: rate(batch, seconds), clients)


def at_once(measure: Callable[[float], float], clients: int) -> Callable[[float], float]:
    """The same from so many threads, whose rates add up."""

    def measure_all(seconds: float) -> float:
        with ThreadPoolExecutor(clients) as threads:
            return sum(threads.map(measure, [seconds] * clients))

    return measure_all


@contextlib.contextmanager
def docker_commands() -> Iterator[list[Way]]:
    """A container a run, and a process a run in a container that is there."""
    image, python = image_tag(), ["python3", "-I", "-S", "-c", TINY.source]
    closed = ["--rm", "--network", "none", "--entrypoint"]
    started = subprocess.run(
        ["docker", "run", "--detach", *closed, "sleep", image, "3600"], capture_output=True, text=True, check=True
    )
    container = started.stdout.strip()
    try:
        yield [
            Way(
                TINY.name, "docker run", command(["docker", "run", "-i", *closed, python[0], image, *python[1:]], TINY)
            ),
            Way(TINY.name, "docker exec", command(["docker", "exec", "-i", container, *python], TINY)),
        ]
    finally:
        subprocess.run(["docker", "kill", container], capture_output=True)


def all_ways(boxes: Mapping[int, Mapping[str, Sandbox]], python: str, folder: Path, quick: bool) -> list[Way]:
    """Plain processes, the floor and the sandboxes, for every program."""
    ways = []
    for program in (TINY, BUSY, LOUD):
        place = folder / program.name
        place.mkdir()
        (place / "main.py").write_text(program.source)
        (place / "input").write_bytes(INPUT)
        plain = command([python, "-I", "-S", str(place / "main.py")], program)
        for name, measure in ((PLAIN, plain), (FLOOR, floor(python, place))):
            ways.append(Way(program.name, name, measure))
            ways.append(Way(program.name, f"{name}, two at once", at_once(measure, 2)))
        for workers, sandboxes in boxes.items():
            for kind, sandbox in sandboxes.items():
                for tests in (1, 10, 100) if program is TINY and not (quick and workers > 1) else (10,):
                    name = f"{kind}, {tests} test{'s' * (tests > 1)}, {workers} worker{'s' * (workers > 1)}"
                    ways.append(Way(program.name, name, boxed(sandbox, program, tests, workers)))
    return ways


def figures_of(ways: list[Way], rates: Mapping[Way, list[float]]) -> list[dict[str, Any]]:
    """One line a way: the median rate, and the medians of the ratios within each round."""
    by_name = {(way.program, way.name): rates[way] for way in ways}

    def ratio(upper: list[float], lower: list[float]) -> float:
        return statistics.median(up / low for up, low in zip(upper, lower, strict=True))

    return [
        {
            "program": way.program,
            "way": way.name,
            "runs_per_s": statistics.median(rates[way]),
            "spread": spread(rates[way]),
            "times_plain": ratio(rates[way], by_name[way.program, PLAIN]),
            "times_floor": ratio(by_name[way.program, FLOOR], rates[way]),
        }
        for way in ways
    ]


def colour(way: str) -> str:
    """Of a bar."""
    return "tab:gray" if way.startswith((PLAIN, FLOOR)) else "tab:green" if "worker" in way else "tab:blue"


def plot(figures: list[dict[str, Any]], file: Path) -> None:
    """Bars for the smallest program, on a logarithmic scale, the fastest on top."""
    matplotlib: Any = importlib.import_module("matplotlib")
    matplotlib.use("svg" if file.suffix == ".svg" else "agg")
    pyplot: Any = importlib.import_module("matplotlib.pyplot")
    lines = sorted((line for line in figures if line["program"] == TINY.name), key=lambda line: line["runs_per_s"])
    figure, axes = pyplot.subplots(figsize=(8, 0.32 * len(lines) + 1), layout="constrained")
    bars = axes.barh(
        [line["way"] for line in lines],
        [line["runs_per_s"] for line in lines],
        color=[colour(line["way"]) for line in lines],
    )
    axes.bar_label(bars, fmt="%.3g", padding=3)
    axes.set(xscale="log", xlabel="runs a second of a program that adds two numbers (logarithmic)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)
    figure.savefig(file)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = options_parser(__doc__)
    kinds_option(parser)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.7, help="of each way in each round")
    parser.add_argument("--quick", action="store_true", help="two short rounds, fewer ways: half a minute")
    parser.add_argument("--peers", action="store_true", help="measure other packages too, where they are installed")
    parser.add_argument("--peer-image", metavar="IMAGE", default=default_base(), help="one that has python and python3")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the rates; needs matplotlib")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 2, 0.3
    if options.plot and not importlib.util.find_spec("matplotlib"):
        parser.error("--plot needs matplotlib: pip install matplotlib")
    return options


def main() -> None:
    """Measure, print, draw."""
    options = parsed()
    with contextlib.ExitStack() as stack:
        boxes = {workers: stack.enter_context(working(options.sandbox, workers)) for workers in (1, 2)}
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        python = plain_python(boxes[1])
        version = subprocess.run([python, "-V"], capture_output=True, text=True).stdout.strip()
        pythons = {"plain": [python, version.split()[-1]], **{k: interpreter(box) for k, box in boxes[1].items()}}
        ways = all_ways(boxes, python, folder, options.quick)
        if "docker" in boxes[1]:
            ways += stack.enter_context(docker_commands())
        if options.peers:
            peers = stack.enter_context(ready_peers(python, options.peer_image))
            ways += [Way(TINY.name, name, partial(rate, run)) for name, run in peers.items()]
        rates: dict[Way, list[float]] = {way: [] for way in ways}
        for _ in track(range(options.rounds), "rounds", transient=True):
            for way in ways:
                rates[way].append(way.rate(options.seconds))
    figures = figures_of(ways, rates)
    out.print("Interpreters: " + "; ".join(f"{name} {path} {version}" for name, (path, version) in pythons.items()))
    rows = []
    for line in sorted(figures, key=lambda line: [p.name for p in (TINY, BUSY, LOUD)].index(line["program"])):
        numbers = (
            f"{line['runs_per_s']:.3g}",
            line["spread"],
            f"{line['times_plain']:.2f}",
            f"{line['times_floor']:.1f}",
        )
        rows.append((f"{line['program']}: {line['way']}", *numbers))
    show("Throughput", ("", "runs a second", "", "x plain", "x floor"), rows)
    report(options, {"interpreters": pythons, "ways": figures})
    if options.plot:
        plot(figures, options.plot)


if __name__ == "__main__":
    main()
