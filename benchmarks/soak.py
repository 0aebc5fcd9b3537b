"""A long run of good and bad programs, in which nothing may grow, stall or come out wrong.

``--runs`` programs are drawn with a fixed seed: sums, wrong sums, crashes, loops over a small CPU limit, memory hogs,
floods of output, function problems, forkers that leave a daemon behind, threads, and litterers. Each result is
compared with what the program must give. Between batches, when no program runs, everything that could leak is
counted: this process's memory, descriptors, threads and children, containers, files of ours in ``/tmp`` and
``/dev/shm``, and the memory of all processes of the boxes as this machine sees it.

Something grew where even the lowest of the last third of the samples exceeds the highest of the first third after
``--warmup`` runs by more than its allowance: nothing for what is counted, but two descriptors (connections to Docker's
engine are kept for later, as many as were ever in use at once), 10 % and 8 MB for memory (an allocator's arenas settle
late). So what comes and goes, as a box that stands by while another wears out, is no growth. The exit status is 1 where
something grew or a result was wrong.

Latencies are those of the sums: from the call until the result. Boxes are replaced after ``pool.RUNS_A_BOX`` runs
(``--runs-a-box`` makes it more often); the slowest sums are shown with whether a box started meanwhile. On a busy
machine a pause may be another guest's; the share of time stolen is shown for that.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from common import Boxes, memory_of, noted_starts, options_parser, out, percentile, report, show
from trials import SUM, TRIALS

from codegym import make_sandbox
from codegym.progress import bar
from codegym.sandbox import pool
from codegym.sandbox.factory import REAL_KINDS

MEMORY = ("host_bytes", "host_peak_bytes", "box_bytes")


@dataclass(frozen=True, slots=True)
class Sample:
    """What could leak, at a moment when nothing runs."""

    runs: int
    host_bytes: int
    host_peak_bytes: int
    box_bytes: int
    descriptors: int
    threads: int
    box_processes: int
    containers: int
    files: int


class Counters:
    """Takes the samples.

    Args:
        kind: of the sandbox.
    """

    def __init__(self, kind: str) -> None:
        self.boxes = Boxes(kind)
        self._before = self._seen = self._files()

    def _files(self) -> set[Path]:
        return {*Path(tempfile.gettempdir()).glob("codegym-*"), *Path("/dev/shm").glob("*")}

    def sample(self, runs: int) -> Sample:
        """Count it all. A file counts if it was not there at first and has been there for two samples."""
        seen, below = self._files(), self.boxes.processes()
        settled, self._seen = (seen & self._seen) - self._before, seen
        return Sample(
            runs=runs,
            host_bytes=memory_of(os.getpid(), "VmRSS") or 0,
            host_peak_bytes=memory_of(os.getpid(), "VmHWM") or 0,
            box_bytes=sum(memory_of(pid, "VmRSS") or 0 for pid in below),
            descriptors=len(os.listdir("/proc/self/fd")),
            threads=threading.active_count(),
            box_processes=len(below),
            containers=len(self.boxes.containers()),
            files=len(settled),
        )


class Soak:
    """The run: clients draw programs, check results and note how long the sums took."""

    def __init__(self, kind: str, workers: int, seed: int, runs: int) -> None:
        self.sandbox = make_sandbox(kind, workers=workers)
        self.workers = workers
        self.complaints: list[str] = []
        self.drawn: Counter[str] = Counter()
        self.sums = 0
        # Room for all of them from the start, so that what is kept of the run does not look like a leak.
        self.began, self.took = np.ones(runs), np.ones(runs)
        self.starts = noted_starts(self.sandbox)
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def batch(self, size: int, advance: Any) -> None:
        """So many runs by as many clients as there are workers; returns when nothing runs."""
        drawn = iter(self._random.choices(TRIALS, [trial.weight for trial in TRIALS], k=size))
        clients = [threading.Thread(target=self._client, args=(drawn, advance)) for _ in range(self.workers)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()

    def _client(self, drawn: Any, advance: Any) -> None:
        while True:
            with self._lock:
                trial = next(drawn, None)
            if trial is None:
                return
            started = time.perf_counter()
            try:
                (run,) = self.sandbox.execute(trial.source, [trial.data], trial.limits, entry_point=trial.entry_point)
                complaint = trial.complaint(run)
            except Exception as error:  # a soak tells of everything and goes on
                complaint = f"{trial.name}: {error!r}"
            took = time.perf_counter() - started
            with self._lock:
                self.drawn[trial.name] += 1
                if trial is SUM:
                    self.began[self.sums], self.took[self.sums] = started, took
                    self.sums += 1
                if complaint:
                    self.complaints.append(complaint)
            advance()


def growths(samples: list[Sample], warmup: int) -> dict[str, tuple[float, float, float, bool]]:
    """For each counter: the highest early, the lowest late, the highest of all, and whether it grew."""
    late = [one for one in samples if one.runs >= warmup] or samples
    found = {}
    for field in fields(Sample)[1:]:
        numbers = [getattr(one, field.name) for one in late]
        third = -(-len(numbers) // 3)
        first, last = max(numbers[:third]), min(numbers[-third:])
        allowance = max(0.1 * first, 8 << 20) if field.name in MEMORY else 2 * (field.name == "descriptors")
        found[field.name] = first, last, max(numbers), last > first + allowance
    return found


def stolen() -> tuple[int, int]:
    """Clock ticks of all cores, and those of them that other guests of the machine took."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return sum(ticks), ticks[7]


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = options_parser(__doc__)
    parser.add_argument("--sandbox", choices=REAL_KINDS, default="docker")
    parser.add_argument("--runs", type=int, default=200_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=int, default=1000, help="runs between two samples")
    parser.add_argument("--warmup", type=int, default=10_000, help="runs before the first sample that counts")
    parser.add_argument("--runs-a-box", type=int, default=pool.RUNS_A_BOX)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Run, count, and say what grew."""
    options = parsed()
    pool.RUNS_A_BOX = options.runs_a_box
    counters, samples = Counters(options.sandbox), []
    soak = Soak(options.sandbox, options.workers, options.seed, options.runs)
    began, (ticks, theirs) = time.perf_counter(), stolen()
    try:
        with bar(f"{options.sandbox}, {options.workers} workers", options.runs) as advance:
            for runs in range(0, options.runs, options.every):
                soak.batch(min(options.every, options.runs - runs), advance)
                samples.append(counters.sample(runs + options.every))
    finally:
        soak.sandbox.close()
        left = len(counters.boxes.processes()) + len(counters.boxes.containers())
    rows, grew = [], []
    for name, (first, last, highest, more) in growths(samples, options.warmup).items():
        scale = 1 << 20 if name in MEMORY else 1
        unit = " MB" if name in MEMORY else ""
        rows.append(
            (name, *(f"{number / scale:.0f}{unit}" for number in (first, last, highest)), "grew" if more else "flat")
        )
        grew += [name] * more
    show("Counted between batches", ("", "early, at most", "late, at least", "highest", ""), rows)
    latencies = show_latencies(soak)
    took, (ticks_now, theirs_now) = time.perf_counter() - began, stolen()
    share = (theirs_now - theirs) / (ticks_now - ticks)
    out.print(
        f"{options.runs} runs in {took:.0f} s, {options.runs / took:.0f} a second; {share:.0%} of the time stolen"
    )
    out.print(f"left behind after closing: {left}; wrong results: {len(soak.complaints)}")
    for complaint in soak.complaints[:20]:
        print(complaint)
    out.print(f"verdict: {'grew: ' + ', '.join(grew) if grew else 'flat'}")
    figures = {"samples": [asdict(one) for one in samples], "latencies": latencies, "drawn": soak.drawn, "grew": grew}
    report(options, {**figures, "left": left, "seconds": took, "complaints": soak.complaints})
    sys.exit(bool(grew or soak.complaints or left))


def show_latencies(soak: Soak) -> dict[str, Any]:
    """Percentiles of the sums, and the slowest of those during which a box started, and of the others."""
    at_start: list[float] = []
    other: list[float] = []
    for started, took in zip(soak.began[: soak.sums].tolist(), soak.took[: soak.sums].tolist(), strict=True):
        during = any(began <= started + took and started <= ended for began, ended in soak.starts)
        (at_start if during else other).append(1000 * took)
    rows, figures = [], {}
    for name, times in (("while no box started", other), ("while a box started", at_start)):
        if times:
            numbers = [percentile(times, share) for share in (0.5, 0.99, 0.999, 1)]
            figures[name] = {"count": len(times), "ms": numbers}
            rows.append((name, str(len(times)), *(f"{number:.1f}" for number in numbers)))
    longest = max(ended - began for began, ended in soak.starts)
    title = f"Latency of sums, ms ({len(soak.starts)} boxes started, the slowest in {1000 * longest:.0f} ms)"
    show(title, ("", "sums", "p50", "p99", "p99.9", "max"), rows)
    return {**figures, "boxes_started": len(soak.starts)}


if __name__ == "__main__":
    main()
