"""How much of the raw pool's throughput a vector environment has.

``--envs`` episodes step at once, each with a program that adds two numbers. The same programs and inputs are given to
the same sandbox by as many plain threads as there are workers, and as there are environments, which do nothing else.
All take turns in every round, in an order that changes; shown are test runs a second, and the ratio to the first of
them in its round. With ``wrong`` a step has the public tests; with ``right`` it ends
the episode, so that it has the private tests too, and the reset of the episode is part of it.

What a step costs beyond the runs (checking, judging, feedback, observation, infos) takes CPU time from the boxes where
all cores are busy, so that the ratio is worst for the cheapest program and the fewest tests. For comparison, a row has
Gymnasium's own ``SyncVectorEnv`` over single environments, which run one after the other.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from common import TINY, kinds_option, options_parser, report, show, spread, working
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from rich.progress import track

from codegym import CodeRepairEnv, Limits, Problem, Sandbox, TestCase
from codegym.sandbox.pool import BoxPool
from codegym.vector import CodeRepairVectorEnv

WRONG = "a, b = map(int, input().split())\nprint(a - b)\n"
Call = Callable[[], int]


def problem(tests: int) -> Problem:
    """Add two numbers; so many public and so many private tests."""
    cases = tuple(TestCase(f"{n} {n + 1}\n", f"{2 * n + 1}\n") for n in range(2 * tests))
    return Problem(
        id="sum",
        title="Sum",
        statement="Print the sum of two numbers.",
        kind="stdin",
        public_tests=cases[:tests],
        private_tests=cases[tests:],
        limits=Limits(cpu_s=5.0, memory_bytes=1 << 28),
    )


def raw(sandbox: Sandbox, task: Problem, program: str, count: int, threads: ThreadPoolExecutor) -> Call:
    """The runs of so many steps by plain threads; tells how many runs there were."""
    splits = [task.public_tests, task.private_tests] if program == TINY.source else [task.public_tests]
    inputs = [[test.input.encode() for test in split] for split in splits]

    def one(_: int) -> None:
        for some in inputs:
            sandbox.execute(program, some, task.limits)

    def call() -> int:
        list(threads.map(one, range(count)))
        return count * sum(map(len, inputs))

    return call


def vector(sandbox: Sandbox, task: Problem, program: str, count: int, *, sync: bool = False) -> Call:
    """One step of a vector environment, whose episodes end only if they are solved."""
    options = {"problems": [task], "sandbox": sandbox, "max_turns": 10**6}
    envs: SyncVectorEnv | CodeRepairVectorEnv
    if sync:
        make = [lambda: CodeRepairEnv(**options) for _ in range(count)]  # type: ignore[arg-type]
        envs = SyncVectorEnv(make, autoreset_mode=AutoresetMode.SAME_STEP)
    else:
        envs = CodeRepairVectorEnv(count, autoreset_mode=AutoresetMode.SAME_STEP, **options)  # type: ignore[arg-type]
    right = program == TINY.source
    runs = count * len(task.public_tests) * (2 if right else 1)
    envs.reset(seed=0)
    steps = 0

    def call() -> int:
        nonlocal steps
        steps += 1
        if steps % 4 == 0 and not right:
            envs.reset()  # dialogues as short as those of real episodes
        _, rewards, *_ = envs.step([program] * count)
        assert (rewards == (1.0 if right else 0.0)).all()
        return runs

    return call


def measure(options: argparse.Namespace, sandbox: BoxPool, task: Problem, program: str) -> dict[str, list[float]]:
    """Runs a second of each way, round by round."""
    count = options.envs
    with ThreadPoolExecutor(sandbox.workers) as few, ThreadPoolExecutor(count) as many:
        ways: dict[str, Call] = {
            "raw, a thread a worker": raw(sandbox, task, program, count, few),
            "raw, a thread an environment": raw(sandbox, task, program, count, many),
            "vector environment": vector(sandbox, task, program, count),
            "one after the other": vector(sandbox, task, program, count, sync=True),
        }
        for call in ways.values():
            call()
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for number in track(range(options.rounds), task.title, transient=True):
            turn = list(ways.items())
            for name, call in turn[number % len(turn) :] + turn[: number % len(turn)]:
                started = time.perf_counter()
                runs = call()
                rates[name].append(runs / (time.perf_counter() - started))
    return rates


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    kinds_option(parser)
    parser.add_argument("--envs", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--tests", type=int, nargs="+", default=[2, 10], help="public tests, and as many private ones")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    rows, figures = [], {}
    with working(options.sandbox, options.workers) as boxes:
        for kind, sandbox in boxes.items():
            assert isinstance(sandbox, BoxPool)
            for tests in options.tests:
                for word, program in (("wrong", WRONG), ("right", TINY.source)):
                    rates = measure(options, sandbox, problem(tests), program)
                    base = rates["raw, a thread a worker"]
                    for name, values in rates.items():
                        ratios = [value / plain for value, plain in zip(values, base, strict=True)]
                        title = f"{kind}, {tests} tests, {word}: {name}"
                        figures[title] = {"rates": values, "ratios": ratios}
                        middle = statistics.median(ratios)
                        rows.append((title, f"{statistics.median(values):.3g}", f"{middle:.3f}", spread(ratios)))
    show(f"{options.envs} environments, {options.workers} workers", ("", "runs a second", "x raw", ""), rows)
    report(options, figures)


if __name__ == "__main__":
    main()
