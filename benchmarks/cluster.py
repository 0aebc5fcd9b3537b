"""Judgements on a real Ray cluster of two nodes on this machine, while one node is killed and another one joins.

Programs of the built-in problems whose verdicts are known are judged from several threads. After 30 % of them the first
node is killed, with all that runs on it; after 60 % a third one joins, and where that takes its time judging goes on
until the new node has worked, for a minute at most. Then every verdict is compared with what it must be, and every job
must be in the records once. Exit status 1 where anything is wrong.

``--compare N`` measures instead, N rounds in turns: ten tests a program on a local pool of two boxes and on a node with
two boxes, from two threads, and what was sent for the tests; and the rates of one node and of two, each with one box.
"""

import collections
import contextlib
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from common import INPUT, LIMITS, TINY, options_parser, out, rate, report, show

from codegym import Sandbox, judge, load_problems, make_sandbox
from codegym.running import in_threads
from codegym.sandbox.ray import RaySandbox

RESOURCE = "codegym"
MOST_S = 60.0
"""To wait for the new node's work, from when it joined."""


@contextlib.contextmanager
def cluster(nodes: int, cores: int) -> Iterator[Any]:
    """A cluster with so many nodes for programs, beside a head that has none."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray
    from ray.cluster_utils import Cluster

    found = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **small()})
    try:
        for _ in range(nodes):
            found.add_node(num_cpus=cores, resources={RESOURCE: 1}, **small())
        yield found
    finally:
        ray.shutdown()
        found.shutdown()


def small() -> dict[str, Any]:
    """Options of a node that needs little."""
    return {"object_store_memory": 100 << 20, "include_dashboard": False}


def chaos(judgements: int, threads: int, box: str, split: Literal["public", "both"]) -> dict[str, Any]:
    """Judge, kill and join; what was found."""
    known = [
        (problem, program.label, program.source)
        for problem in load_problems("builtin")
        for program in problem.programs
        if program.language == "python"
        and program.label in ("accepted", "wrong_answer", "runtime_error")
        and (split == "both" or program.label == "accepted" or program.fails == split)
    ]
    handed_out = 0
    records: list[tuple[int, bool]] = []
    events: dict[str, float] = {}
    longest = 0.0
    with cluster(2, 1) as nodes, make_sandbox("ray", address=nodes.address, resource=RESOURCE, local=box) as sandbox:
        assert isinstance(sandbox, RaySandbox)

        def work(job: Any) -> tuple[int, bool, float]:
            number, problem, label, source = job
            started = time.perf_counter()
            verdict = judge(source, problem, sandbox=sandbox, split=split).verdict
            return number, verdict == label, time.perf_counter() - started

        wait_for(sandbox, 2)
        first = {node.node for node in sandbox.nodes()}

        def new_nodes() -> int:
            return sum(node.node not in first and node.done > 0 for node in sandbox.nodes())

        def jobs() -> Iterator[Any]:
            nonlocal handed_out

            def waiting() -> bool:
                since = time.perf_counter() - started - events.get("joined", 0.0)
                return not new_nodes() and since < MOST_S

            while handed_out < judgements or waiting():
                handed_out += 1
                yield handed_out, *known[handed_out % len(known)]

        started = time.perf_counter()
        for number, right, took in in_threads(work, jobs(), threads):
            records.append((number, right))
            longest = max(longest, took)
            if len(records) == judgements * 3 // 10:
                nodes.remove_node(sorted(nodes.worker_nodes, key=id)[0], allow_graceful=False)
                events["killed"] = time.perf_counter() - started
            if len(records) == judgements * 6 // 10:
                nodes.add_node(wait=False, num_cpus=1, resources={RESOURCE: 1}, **small())
                events["joined"] = time.perf_counter() - started
        seconds = time.perf_counter() - started
        done = {node.node[:8]: node.done for node in sandbox.nodes()}
        new = new_nodes()
    counts = collections.Counter(number for number, _ in records)
    return {
        "judgements": handed_out,
        "wrong": sum(not right for _, right in records),
        "lost": handed_out - len(counts),
        "twice": sum(count > 1 for count in counts.values()),
        "seconds": seconds,
        "longest_s": longest,
        "events_s": events,
        "requests_by_node": done,
        "new_nodes_that_worked": new,
    }


def wait_for(sandbox: RaySandbox, nodes: int) -> None:
    """Until so many nodes take work."""
    give_up = time.monotonic() + 120
    while len(sandbox.nodes()) < nodes:
        assert time.monotonic() < give_up, f"expected {nodes} nodes, got {sandbox.nodes()}"
        time.sleep(0.2)


def rate_of(sandbox: Sandbox, clients: int, seconds: float) -> float:
    """Programs of ten tests a second, from so many threads."""

    def batch() -> int:
        runs = sandbox.execute(TINY.source, [INPUT] * 10, LIMITS)
        assert all(run.stdout == TINY.output for run in runs)
        return 1

    with ThreadPoolExecutor(clients) as threads:
        return sum(threads.map(lambda _: rate(batch, seconds), range(clients)))


def compare(rounds: int, seconds: float, box: str) -> dict[str, Any]:
    """The local pool and a node; what tests cost to send; one node and two."""
    near_rates, far_rates, ratios = [], [], []
    with (
        cluster(1, 2) as nodes,
        make_sandbox("ray", address=nodes.address, resource=RESOURCE, local=box) as far,
        make_sandbox(box, workers=2) as near,
    ):
        assert isinstance(far, RaySandbox)
        for sandbox in (near, far):
            rate_of(sandbox, 2, 1.0)
        sent = far.nodes()[0].sent_bytes
        for number in range(rounds):
            order = (near, far) if number % 2 else (far, near)
            found = {sandbox.kind: rate_of(sandbox, 2, seconds) for sandbox in order}
            near_rates.append(found[box])
            far_rates.append(found["ray"])
            ratios.append(found[box] / found["ray"] - 1)
        grown = far.nodes()[0].sent_bytes - sent
    rates: dict[int, list[float]] = {1: [], 2: []}
    spent: list[float] = []
    with (
        cluster(0, 0) as nodes,
        contextlib.ExitStack() as stack,
    ):
        for resources in ({RESOURCE: 1, "first": 1}, {RESOURCE: 1}):
            nodes.add_node(num_cpus=1, resources=resources, **small())
        boxes = {}
        for count, resource in ((1, "first"), (2, RESOURCE)):
            far = stack.enter_context(make_sandbox("ray", address=nodes.address, resource=resource, local=box))
            assert isinstance(far, RaySandbox)
            wait_for(far, count)
            rate_of(far, 2 * count, 1.0)
            boxes[count] = far
        for number in range(rounds):
            for count in (1, 2) if number % 2 else (2, 1):
                began = time.process_time()
                rates[count].append(rate_of(boxes[count], 2 * count, seconds))
                spent.append((time.process_time() - began) / (rates[count][-1] * seconds))
    return {
        "local_programs_per_s": statistics.median(near_rates),
        "ray_programs_per_s": statistics.median(far_rates),
        "overhead": statistics.median(ratios),
        "overhead_rounds": ratios,
        "bytes_for_tests_after_the_first_round": grown,
        "one_node_programs_per_s": statistics.median(rates[1]),
        "two_nodes_programs_per_s": statistics.median(rates[2]),
        "two_by_one": statistics.median(two / one for one, two in zip(rates[1], rates[2], strict=True)),
        "driver_s_a_program": statistics.median(spent),
        "cores": len(os.sched_getaffinity(0)),
    }


def main() -> None:
    """Run."""
    parser = options_parser(__doc__)
    parser.add_argument("--judgements", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--sandbox", default="bubblewrap", help="of the nodes")
    parser.add_argument("--split", choices=("public", "both"), default="both", help="which tests")
    parser.add_argument("--compare", type=int, metavar="N", help="rounds of measuring instead")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    options = parser.parse_args()
    if options.compare:
        figures = compare(options.compare, options.seconds, options.sandbox)
        rows = [
            (name.replace("_", " "), f"{value:.3g}") for name, value in figures.items() if not isinstance(value, list)
        ]
        low, _, high = statistics.quantiles(figures["overhead_rounds"], n=4)
        show(f"Ray beside a local pool (overhead from {low:+.1%} to {high:+.1%} in the middle half)", ("", ""), rows)
        report(options, figures)
        return
    figures = chaos(options.judgements, options.threads, options.sandbox, options.split)
    show(
        "A node killed, a node joined",
        ("", ""),
        [(name.replace("_", " "), str(value)) for name, value in figures.items()],
    )
    report(options, figures)
    out.print(f"threads left: {threading.active_count()}")
    sys.exit(bool(figures["wrong"] or figures["lost"] or figures["twice"] or not figures["new_nodes_that_worked"]))


if __name__ == "__main__":
    main()
