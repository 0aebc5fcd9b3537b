"""What one ``env.step`` costs beyond the programs' own CPU time.

A step with a wrong program on two public tests, ``--steps`` times for each sandbox, which take turns. Its overhead is
the step's time by the clock minus the CPU seconds of its two runs. In it are: the environment's own work (checking
the action, feedback, observation), encoding inputs and comparing outputs, two round trips over the box's socket,
switches between processes, and what PID 1 does around a run: files in memory, the fork as the parent sees it,
waiting, killing what is left, wiping. The program's share, which is not in it, is the CPU time of the child from its
fork on, copied pages and limits that it sets included.

``public_s`` is the part spent in judging and feedback, as the environment itself tells with ``timings=True``. Where
noise enters: p99 is mostly the scheduler of a shared machine, and an overhead can come out too small where a child
runs while PID 1 works.
"""

import statistics
import time

from common import kinds_option, options_parser, percentile, report, show, working
from rich.progress import track

from codegym import CodeRepairEnv

WRONG = "a, b = map(int, input().split())\nprint(a - b)\n"
TURNS = 5
"""Steps of an episode; the last of them, which runs private tests, is not taken."""


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    kinds_option(parser)
    parser.add_argument("--steps", type=int, default=1000)
    options = parser.parse_args()
    steps: dict[str, list[dict[str, float]]] = {}
    with working(options.sandbox, 1) as boxes:
        envs = {kind: CodeRepairEnv(max_turns=TURNS, sandbox=box, timings=True) for kind, box in boxes.items()}
        for _ in track(range(0, options.steps, TURNS - 1), "steps", transient=True):
            for kind, env in envs.items():
                env.reset(options={"problem_id": "sum-of-two"})
                for _ in range(TURNS - 1):
                    started = time.perf_counter()
                    *_, info = env.step(WRONG)
                    wall = time.perf_counter() - started
                    assert info["public"]["verdicts"] == ("wrong_answer",) * 2, info
                    cpu, public = info["timings"]["cpu_s"], info["timings"]["public_s"]
                    figures = {"overhead": wall - cpu, "step": wall, "programs' CPU": cpu, "public_s": public}
                    steps.setdefault(kind, []).append({name: 1000 * value for name, value in figures.items()})
    rows, found = [], {}
    for kind, measured in steps.items():
        for name in measured[0]:
            values = [step[name] for step in measured]
            found[f"{kind}, {name}"] = numbers = [statistics.median(values), percentile(values, 0.99), max(values)]
            rows.append((f"{kind}, {name}", *(f"{number:.2f}" for number in numbers)))
    show(f"{options.steps} steps of two public tests, ms", ("", "median", "p99", "max"), rows)
    report(options, found)


if __name__ == "__main__":
    main()
