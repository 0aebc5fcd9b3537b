"""Judgements on an idle machine and on a busy one: do the same programs get the same verdicts?

``--judgements`` pairs of a program and a problem are judged, first as the machine is, then beside ``--loops``
processes that do nothing but burn CPU time. One in five is a loop that was calibrated to use 50, 60, 70 or 80 % of
its CPU limit in a box of the same sandbox; one in twenty uses 200 % and must be out of time; the others are labelled
programs of the built-in problems. The exit status is 1 if any verdict, of any test, differs.

Waiting for a core must not change a verdict, and the same work costs more CPU time while something else uses a core's
caches or other hardware thread, in this machine or in another guest of it. That is shown as the CPU time of the
calibrated loops when busy over that when idle, and their spread while nothing else ran here. Boxes measure the
machine's pace beside a run that comes near its limit, and count its CPU time as it would be at the best pace seen. A
loop is calibrated by the least of several runs.
"""

import argparse
import random
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from common import busy_loops, options_parser, out, percentile, report, show

from codegym import Judgement, Limits, Problem, Sandbox, TestCase, judge, load_problems, make_sandbox
from codegym.progress import bar
from codegym.sandbox.factory import REAL_KINDS

SHARES = (0.5, 0.6, 0.7, 0.8)
TOO_MUCH = 2.0
LOOP = "total = 0\nfor number in range({}):\n    total += number * number % 7\nprint('done')\n"
Pair = tuple[str, Problem]


def calibrated(sandbox: Sandbox, share: float, cpu_s: float) -> Pair:
    """A loop that takes this share of its CPU limit here and now."""
    rounds = 200_000
    for _ in range(3):
        runs = sandbox.execute(LOOP.format(rounds), [b""] * 15, Limits(cpu_s=20.0))
        rounds = int(rounds * share * cpu_s / min(run.cpu_s for run in runs))
    test = TestCase("", "done\n")
    problem = Problem(
        id=f"loop-{share:.0%}",
        title="",
        statement="",
        kind="stdin",
        public_tests=(test,),
        private_tests=(test,),
        limits=Limits(cpu_s=cpu_s, wall_s=120.0),
    )
    return LOOP.format(rounds), problem


def pairs_of(sandbox: Sandbox, count: int, cpu_s: float) -> list[Pair]:
    """What is judged, in a mixed order."""
    loops = [calibrated(sandbox, share, cpu_s) for share in SHARES]
    known = [(program.source, problem) for problem in load_problems("builtin") for program in problem.programs]
    chooser = random.Random(0)
    chooser.shuffle(known)
    pairs = [loops[number % len(loops)] for number in range(count // 5)]
    pairs += [calibrated(sandbox, TOO_MUCH, cpu_s)] * (count // 20)
    pairs += [known[number % len(known)] for number in range(count - len(pairs))]
    chooser.shuffle(pairs)
    return pairs


def judged(pairs: list[Pair], sandbox: Sandbox, workers: int, what: str) -> list[Judgement]:
    """A judgement for each, by as many threads as there are workers."""
    with bar(what, len(pairs)) as advance, ThreadPoolExecutor(workers) as executor:

        def one(pair: Pair) -> Judgement:
            judgement = judge(*pair, sandbox=sandbox, split="both")
            advance()
            return judgement

        return list(executor.map(one, pairs))


def verdicts(judgement: Judgement) -> list[str]:
    """Of every test."""
    return [str(result.verdict) for result in judgement.results]


def cpu_ratios(idle: list[Judgement], busy: list[Judgement]) -> list[float]:
    """CPU time when busy over CPU time when idle, of the calibrated loops."""
    return [
        theirs.results[0].cpu_s / ours.results[0].cpu_s
        for ours, theirs in zip(idle, busy, strict=True)
        if ours.problem_id.startswith("loop-")
    ]


def is_explained(ours: Judgement, theirs: Judgement, limit: float) -> bool:
    """Whether, wherever a calibrated loop's verdicts differ, its CPU time was once within and once over the limit."""
    pairs = [(one, two) for one, two in zip(ours.results, theirs.results, strict=True) if one.verdict != two.verdict]
    return ours.problem_id.startswith("loop-") and all(
        (one.cpu_s > limit) != (two.cpu_s > limit) or "skipped" in (str(one.verdict), str(two.verdict))
        for one, two in pairs
    )


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = options_parser(__doc__)
    parser.add_argument("--sandbox", choices=REAL_KINDS, default="bubblewrap")
    parser.add_argument("--judgements", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--loops", type=int, default=8)
    parser.add_argument("--cpu-limit", type=float, default=0.3, help="seconds, of the calibrated loops")
    return parser.parse_args()


def main() -> None:
    """Judge twice and compare."""
    options = parsed()
    with make_sandbox(options.sandbox, workers=options.workers) as sandbox:
        pairs = pairs_of(sandbox, options.judgements, options.cpu_limit)
        began = time.perf_counter()
        idle = judged(pairs, sandbox, options.workers, "idle")
        middle = time.perf_counter()
        with busy_loops(options.loops):
            busy = judged(pairs, sandbox, options.workers, "busy")
        ended = time.perf_counter()
    differing = [(ours, theirs) for ours, theirs in zip(idle, busy, strict=True) if verdicts(ours) != verdicts(theirs)]
    explained = sum(is_explained(*pair, options.cpu_limit) for pair in differing)
    of_loops = sum(ours.problem_id.startswith("loop-") for ours, _ in differing)
    ratios = cpu_ratios(idle, busy)
    figures = {
        "judgements": len(pairs),
        "verdicts that differ": len(differing),
        "of them of calibrated loops": of_loops,
        "of them explained by CPU time": explained,
        "CPU time busy over idle, median": round(statistics.median(ratios), 2),
        "CPU time busy over idle, p99": round(percentile(ratios, 0.99), 2),
        "seconds idle": round(middle - began, 1),
        "seconds busy": round(ended - middle, 1),
    }
    show(f"Stability, {options.sandbox}", ("", ""), [(name, str(value)) for name, value in figures.items()])
    changes = []
    for ours, theirs in differing:
        number, old, new = next(
            (number, old, new)
            for number, (old, new) in enumerate(zip(ours.results, theirs.results, strict=True))
            if old.verdict is not new.verdict
        )
        was, now = f"{old.verdict} ({old.cpu_s:.3f} s)", f"{new.verdict} ({new.cpu_s:.3f} s)"
        changes.append(f"{ours.problem_id}, test {number + 1}: {was} -> {now}")
    print("\n".join(changes[:20]))
    report(options, {**figures, "changes": changes})
    out.print("no verdict differs" if not differing else "verdicts differ")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
