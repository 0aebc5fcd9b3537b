"""What a cluster of 10 to 1,000 nodes would do: a simulation with failures, stragglers and cold starts.

A driver hands judgements to the boxes of the nodes, as ``codegym.sandbox.ray`` does: so many seconds of its own for
each, to whichever node has a box free. A judgement takes a box for its runs, and a straggling node is slower at them.
Nodes fail at random; what they had at work is noticed after a while and done again, and the node is back after a cold
start. What is simulated is one flood of judgements, so many for each box; how they are drawn is in ``Load`` and in
docs/scaling.md. Rates are those of the middle of the flood, without the first and the last fifth of the judgements.

``--check FILE`` takes what ``cluster.py --compare N --json FILE`` measured on two real nodes, sets the simulation to
the speed of one of them, and shows what it says of two beside what was measured.
"""

import argparse
import json
import random
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import simpy
from common import options_parser, out, percentile, report, show

Steps = Generator[Any, Any, None]


@dataclass(frozen=True, slots=True)
class Load:
    """How judgements are drawn.

    Attributes:
        a_box: judgements for each box.
        private: share of the judgements that run private tests; the others run the public ones.
        public_tests: of a problem.
        private_tests: of a problem, which all run where the program is right.
        right: share of programs that are.
        spent: share of programs that use up their time limit, once.
        limit_s: that limit.
        program_s: median CPU seconds of a program's own in one run; log-normal with sigma 1.
        fixed_s: seconds of each judgement beside its runs.
        run_s: seconds of each run beside the program's own.
    """

    a_box: int = 16
    private: float = 0.3
    public_tests: int = 2
    private_tests: int = 94
    right: float = 0.3
    spent: float = 0.03
    limit_s: float = 10.0
    program_s: float = 0.02
    fixed_s: float = 0.002
    run_s: float = 0.0025

    def draw(self, chance: random.Random) -> float:
        """Seconds of a box for one judgement."""
        tests = self.public_tests
        if chance.random() < self.private:
            right = chance.random() < self.right
            tests = self.private_tests if right else min(self.private_tests, 1 + int(chance.expovariate(0.2)))
        own = self.program_s * chance.lognormvariate(0, 1)
        spent = self.limit_s if chance.random() < self.spent else 0.0
        return self.fixed_s + tests * (self.run_s + own) + spent


@dataclass(frozen=True, slots=True)
class Machines:
    """What it is done on.

    Attributes:
        nodes: how many.
        boxes: on each.
        drivers: that hand out work, each with its share.
        driver_s: seconds of a driver for one judgement.
        trip_s: seconds that a request and its answer travel.
        failures_h: mean hours between two failures of one node; 0 for none.
        noticed_s: seconds until a failure is.
        cold_s: seconds of a node's start.
        straggling: share of the nodes that are slow.
        slower: how many times slower.
        cores: that all share, driver and boxes alike, where it is one machine; 0 where each has its own.
    """

    nodes: int
    boxes: int = 16
    drivers: int = 1
    driver_s: float = 0.001
    trip_s: float = 0.001
    failures_h: float = 0.0
    noticed_s: float = 30.0
    cold_s: float = 20.0
    straggling: float = 0.0
    slower: float = 3.0
    cores: int = 0


@dataclass(slots=True)
class Node:
    """One node: its slowness, and what ends it."""

    slower: float
    ended: Any
    life: int = 0


@dataclass(slots=True)
class Found:
    """What came of a simulation."""

    judgements: int = 0
    again: int = 0
    useful_s: float = 0.0
    over_s: float = 0.0
    waits: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Judgements a second, in the middle of the flood."""
        first, last = len(self.ends) // 5, len(self.ends) * 4 // 5
        return (last - first) / (self.ends[last] - self.ends[first])


class Simulation:
    """One flood of judgements.

    Args:
        machines: on which.
        works: seconds of a box for each judgement.
        seed: of failures and stragglers.
    """

    def __init__(self, machines: Machines, works: list[float], seed: int = 0) -> None:
        self.machines, self.found = machines, Found()
        self._chance = random.Random(seed)
        self._env = simpy.Environment()
        self._free = simpy.Store(self._env)
        self._left = len(works)
        self._waiting = simpy.Store(self._env)
        self._over = self._env.event()
        self._cores = simpy.Resource(self._env, machines.cores) if machines.cores else None
        for number in range(machines.nodes):
            slow = number < machines.straggling * machines.nodes
            node = Node(machines.slower if slow else 1.0, self._env.event())
            self._env.process(self._live(node))
        for work in works:
            self._waiting.put(work)
        for _ in range(machines.drivers):
            self._env.process(self._drive())

    def run(self) -> Found:
        """What came of it, once all is judged."""
        self._env.run(self._over)
        self.found.over_s = self._env.now
        return self.found

    def _live(self, node: Node) -> Steps:
        """Start, offer boxes, fail, and again."""
        first = True
        while True:
            # At the beginning nodes come over the time of one cold start, as a cluster's do.
            yield self._env.timeout(self.machines.cold_s * (self._chance.random() if first else 1.0))
            first = False
            for _ in range(self.machines.boxes):
                self._free.put((node, node.life))
            if not self.machines.failures_h:
                return
            yield self._env.timeout(self._chance.expovariate(1 / (3600 * self.machines.failures_h)))
            ended, node.ended = node.ended, self._env.event()
            node.life += 1
            ended.succeed()

    def _drive(self) -> Steps:
        """Hand out one judgement after the other."""
        while True:
            work = yield self._waiting.get()
            yield from self._compute(self.machines.driver_s)
            while True:
                node, life = yield self._free.get()
                if life == node.life:
                    break
            self._env.process(self._judge(node, life, work))

    def _judge(self, node: Node, life: int, work: float) -> Steps:
        began = self._env.now
        doing = self._env.process(self._work(work * node.slower))
        yield doing | node.ended
        if not doing.processed and life != node.life:
            yield self._env.timeout(self.machines.noticed_s)
            self.found.again += 1
            self._waiting.put(work)
            return
        self._free.put((node, life))
        self.found.judgements += 1
        self.found.useful_s += work
        self.found.waits.append(self._env.now - began)
        self.found.ends.append(self._env.now)
        self._left -= 1
        if not self._left:
            self._over.succeed()

    def _work(self, seconds: float) -> Steps:
        yield self._env.timeout(self.machines.trip_s)
        yield from self._compute(seconds)

    def _compute(self, seconds: float) -> Steps:
        if self._cores is None:
            yield self._env.timeout(seconds)
            return
        with self._cores.request() as core:
            yield core
            yield self._env.timeout(seconds)


def simulate(machines: Machines, load: Load, seed: int = 0) -> Found:
    """A flood of judgements, so many for each box."""
    chance = random.Random(seed)
    works = [load.draw(chance) for _ in range(machines.nodes * machines.boxes * load.a_box)]
    return Simulation(machines, works, seed).run()


def check(measured: dict[str, float], judgements: int = 4000) -> dict[str, float]:
    """What is said of two nodes on one machine that were measured, from the speed of one."""
    driver = measured["driver_s_a_program"]
    one = 1 / measured["one_node_programs_per_s"]
    machines = Machines(1, 1, driver_s=driver, trip_s=0.0, cold_s=0.0, cores=int(measured["cores"]))
    rates = {}
    for nodes in (1, 2):
        found = Simulation(replace(machines, nodes=nodes), [one] * judgements).run()
        rates[nodes] = found.rate
    return {
        "one_node_measured": measured["one_node_programs_per_s"],
        "one_node_simulated": rates[1],
        "two_nodes_measured": measured["two_nodes_programs_per_s"],
        "two_nodes_simulated": rates[2],
        "difference": rates[2] / measured["two_nodes_programs_per_s"] - 1,
    }


def table(sizes: list[int], load: Load) -> list[dict[str, Any]]:
    """For each number of nodes: undisturbed, then with each trouble, then with all and more drivers."""
    lines = []
    for nodes in sizes:
        plain = Machines(nodes)
        failing = replace(plain, failures_h=2.0)
        worst = replace(failing, straggling=0.05)
        ways = {
            "undisturbed": plain,
            "each node fails every two hours": failing,
            "one node in twenty 3 x slower": replace(plain, straggling=0.05),
            "all of it": worst,
            "all of it, a driver for 50 nodes": replace(worst, drivers=max(1, nodes // 50)),
        }
        for name, machines in ways.items():
            if name.endswith("50 nodes") and machines.drivers == 1:
                continue
            found = simulate(machines, load)
            boxes = nodes * machines.boxes
            lines.append(
                {
                    "nodes": nodes,
                    "what": name,
                    "judgements_per_s": found.rate,
                    "use_of_boxes": found.rate * found.useful_s / found.judgements / boxes,
                    "done_again": found.again / found.judgements,
                    "p99_s": percentile(found.waits, 0.99),
                    "seconds": found.over_s,
                }
            )
    return lines


def main() -> None:
    """Run."""
    parser: argparse.ArgumentParser = options_parser(__doc__)
    parser.add_argument("--nodes", type=int, nargs="+", default=[10, 30, 100, 300, 1000])
    parser.add_argument("--a-box", type=int, default=Load().a_box, help="judgements for each box")
    parser.add_argument("--check", type=Path, metavar="FILE", help="compare with two real nodes instead")
    options = parser.parse_args()
    if options.check:
        figures = check(json.loads(options.check.read_text())["figures"])
        show("Two nodes", ("", ""), [(name.replace("_", " "), f"{value:.3g}") for name, value in figures.items()])
        report(options, figures)
        return
    lines = table(options.nodes, Load(a_box=options.a_box))
    rows = [
        (
            f"{line['nodes']:5} nodes: {line['what']}",
            f"{line['judgements_per_s']:.0f}",
            f"{line['use_of_boxes']:.0%}",
            f"{line['done_again']:.2%}",
            f"{line['p99_s']:.1f}",
            f"{line['seconds']:.0f}",
        )
        for line in lines
    ]
    show("Nodes of 16 boxes", ("", "judgements a second", "boxes in use", "done again", "p99 s", "seconds"), rows)
    out.print("seconds: of the whole flood, the cold start of the first boxes and the last stragglers included")
    report(options, lines)


if __name__ == "__main__":
    main()
