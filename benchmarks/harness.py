"""What ``codegym bench`` costs beyond the sandbox: an instant agent with trivial programs against bare ``execute``.

Both run the same programs on the same inputs, from as many threads as there are workers: bare, each program's public
tests and then its private ones are handed to the sandbox, and what comes back is thrown away; in the harness each
program is an episode of its own, judged, recorded and written to a run's folder. They take turns in every round, and
what is compared is the ratio of the two rates within a round.
"""

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from common import TINY, kinds_option, options_parser, report, show, spread, working
from rich.progress import track

from codegym import Limits, Problem, ProblemSet, Sandbox, TestCase
from codegym.bench.run import Settings, run_benchmark
from codegym.problem import LabelledProgram

LIMITS = Limits(cpu_s=5.0, memory_bytes=1 << 28)


def tests(number: int, first: int) -> tuple[TestCase, ...]:
    """So many tests of a sum."""
    return tuple(TestCase(f"{first + n} {n}\n", f"{first + 2 * n}\n") for n in range(number))


def problem_set(public: int, private: int) -> ProblemSet:
    """One problem that the tiny program solves."""
    problem = Problem(
        id="sum",
        title="Sum",
        statement="Print the sum of two integers.",
        kind="stdin",
        public_tests=tests(public, 1),
        private_tests=tests(private, 1000),
        limits=LIMITS,
        difficulty="easy",
        reference=TINY.source,
        programs=(LabelledProgram("tiny", "accepted", TINY.source),),
    )
    return ProblemSet([problem], "one")


def bare(sandbox: Sandbox, problems: ProblemSet, episodes: int, threads: int) -> float:
    """Seconds for so many programs, each on public and then private tests."""
    splits = [
        [test.input.encode() for test in split] for split in (problems[0].public_tests, problems[0].private_tests)
    ]

    def one(_: int) -> None:
        for inputs in splits:
            sandbox.execute(TINY.source, inputs, LIMITS)

    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as executor:
        for _ in executor.map(one, range(episodes)):
            pass
    return time.perf_counter() - started


def harness(sandbox: Sandbox, problems: ProblemSet, episodes: int, threads: int) -> float:
    """Seconds for so many episodes of the reference program, each ended at its first turn."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings("oracle", turns=1, rollouts=episodes)
        started = time.perf_counter()
        played = run_benchmark(settings, problems, sandbox, Path(folder) / "run", concurrency=threads)
        seconds = time.perf_counter() - started
    assert sum(episode.solved for episode in played) == episodes
    return seconds


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    kinds_option(parser)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--episodes", type=int, default=150, help="of each side, a round")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--public", type=int, default=2, help="public tests of the problem")
    parser.add_argument("--private", type=int, default=10, help="private tests of the problem")
    options = parser.parse_args()
    problems = problem_set(options.public, options.private)
    runs = (options.public + options.private) * options.episodes
    found: dict[str, list[tuple[float, float]]] = {}
    with working(options.sandbox, options.workers) as boxes:
        for number in track(range(options.rounds + 1), "rounds", transient=True):
            for kind, box in boxes.items():
                seconds = bare(box, problems, options.episodes, options.workers)
                played = harness(box, problems, options.episodes, options.workers)
                if number:  # the first round warms up
                    found.setdefault(kind, []).append((runs / seconds, runs / played))
    rows, figures = [], {}
    for kind, rates in found.items():
        ratios = [played / plain for plain, played in rates]
        plain, played = (statistics.median(column) for column in zip(*rates, strict=True))
        rows.append((kind, f"{plain:.0f}", f"{played:.0f}", f"{statistics.median(ratios):.1%}", spread(ratios)))
        figures[kind] = {"bare": plain, "harness": played, "ratio": statistics.median(ratios)}
    show(
        f"{options.episodes} programs of {options.public} + {options.private} tests, {options.workers} workers",
        ("", "bare, tests/s", "harness, tests/s", "harness / bare", ""),
        rows,
    )
    report(options, figures)


if __name__ == "__main__":
    main()
