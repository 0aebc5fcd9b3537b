"""Episodes while boxes are killed at random: no verdict and no reward may differ from those of an undisturbed run.

The built-in problems are played by agents that know them: the reference, a wrong program that is repaired, and every
labelled program, by several threads on one sandbox; first undisturbed, then the same again while a random box is
killed every ``--every`` seconds. With Docker a victim is a container that bears this process's mark, with other
sandboxes the first process of a box's PID namespace (or, where there is none, a child of this process). Programs' own
processes are spared: to kill one is what a program may do to itself, and is a verdict.

An episode that could not be played to its end is *lost*: it raised an error and has no reward, which is what codegym
promises where nothing else can be done, but it counts as a failure here. A run that takes about as long as
``--every`` may never come to its end, so that its episode is lost by arithmetic. The exit status is 1 if any episode
was lost or differs.

Where noise enters: programs near their CPU limit, as some labelled ones are by intention, may get another verdict on
a busy machine (``stability.py`` looks for that); run twice without kills (``--every 0``) to tell the two apart.
"""

import argparse
import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from common import Boxes, descendants, memory_of, noted_starts, options_parser, out, report, show

from codegym import CodeRepairEnv, Problem, Sandbox, load_problems, make_sandbox
from codegym.bench.rollout import rollout
from codegym.env import Observation
from codegym.episode import Episode
from codegym.progress import bar
from codegym.sandbox.factory import REAL_KINDS


@dataclass(frozen=True, slots=True)
class Task:
    """An episode to play: the same programs on the same problem give the same record."""

    problem: Problem
    programs: tuple[str, ...]

    def answer(self, observation: Observation) -> str:
        """The program of this turn, the last one again and again."""
        return self.programs[min(len(observation["dialogue"]), len(self.programs) - 1)]


def tasks_of(count: int) -> list[Task]:
    """So many, from all problems in turn and then once more."""
    tasks = []
    for problem in load_problems("builtin"):
        assert problem.reference is not None
        tasks.append(Task(problem, (problem.reference,)))
        for program in problem.programs:
            tasks.append(Task(problem, (program.source, problem.reference)))
            tasks.append(Task(problem, (program.source,)))
    random.Random(0).shuffle(tasks)
    return [tasks[number % len(tasks)] for number in range(count)]


def is_first(pid: int) -> bool:
    """Whether a process is the first of a PID namespace, and lives."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                return line.split()[2:3] == ["1"] and bool(memory_of(pid, "VmRSS"))
    return False


class Killer(threading.Thread):
    """Kills a random box from time to time.

    Args:
        kind: of the sandbox.
        every: mean seconds from one to the next.
    """

    def __init__(self, kind: str, every: float) -> None:
        super().__init__(daemon=True)
        self.kills = 0
        self._boxes = Boxes(kind)
        self._docker = kind == "docker"
        self._every = every
        self._end = threading.Event()
        self._random = random.Random(1)

    def run(self) -> None:
        """Until it is told to end."""
        while not self._end.wait(self._random.uniform(0.5, 1.5) * self._every):
            self.kills += self._kill_one()

    def _kill_one(self) -> bool:
        if self._docker:
            victims = [container for container in self._boxes.containers() if container.status == "running"]
            with contextlib.suppress(Exception):  # it may have ended by itself since
                if victims:
                    self._random.choice(victims).kill()
                    return True
            return False
        below = descendants(os.getpid())
        pids = [pid for pid, _ in below if is_first(pid)] or [pid for pid, depth in below if depth == 1]
        with contextlib.suppress(ProcessLookupError):
            if pids:
                os.kill(self._random.choice(pids), signal.SIGKILL)
                return True
        return False

    def end(self) -> None:
        """Stop killing."""
        self._end.set()
        self.join()


@contextlib.contextmanager
def killing(kind: str, every: float) -> Iterator[Killer]:
    """A killer at work."""
    killer = Killer(kind, every)
    killer.start()
    try:
        yield killer
    finally:
        killer.end()


def play(tasks: list[Task], sandbox: Sandbox, threads: int, what: str) -> list[Episode]:
    """All of them, each thread in an environment of its own."""
    local = threading.local()

    def one(number: int) -> Episode:
        if not hasattr(local, "env"):
            local.env = CodeRepairEnv("builtin", sandbox=sandbox)
        task = tasks[number]
        episode = rollout(local.env, task, problem_id=task.problem.id, rollout=number)
        advance()
        return episode

    with bar(what, len(tasks)) as advance, ThreadPoolExecutor(threads) as executor:
        return list(executor.map(one, range(len(tasks))))


def essence(episode: Episode) -> tuple[Any, ...]:
    """What must not change: all verdicts and rewards."""
    turns = [(turn.verdict, turn.public_verdicts, turn.reward) for turn in episode.turns]
    return episode.problem_id, tuple(turns), episode.private_verdicts, episode.verdict, episode.solved


def reward(episode: Episode) -> float:
    """Of its last turn."""
    return episode.turns[-1].reward if episode.turns else 0.0


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = options_parser(__doc__)
    parser.add_argument("--sandbox", choices=REAL_KINDS, default="bubblewrap")
    parser.add_argument("--episodes", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between kills; 0 for none")
    return parser.parse_args()


def main() -> None:
    """Play twice and compare."""
    options = parsed()
    tasks = tasks_of(options.episodes)
    with make_sandbox(options.sandbox, workers=options.workers) as sandbox:
        began = time.perf_counter()
        before = play(tasks, sandbox, options.threads, "undisturbed")
        middle = time.perf_counter()
        starts = noted_starts(sandbox)
        with killing(options.sandbox, options.every) if options.every else contextlib.nullcontext() as killer:
            after = play(tasks, sandbox, options.threads, "with kills")
        ended = time.perf_counter()
    lost = [episode for episode in (*before, *after) if episode.error]
    pairs = [(one, other) for one, other in zip(before, after, strict=True) if not (one.error or other.error)]
    differing = [pair for pair in pairs if essence(pair[0]) != essence(pair[1])]
    retold = [
        (old.feedback, new.feedback)
        for one, other in pairs
        if essence(one) == essence(other)
        for old, new in zip(one.turns, other.turns, strict=True)
        if old.feedback != new.feedback
    ]
    figures = {
        "episodes": len(tasks),
        "lost": len(lost),
        "differing in a verdict or reward": len(differing),
        "-1 by mistake": sum(reward(one) > reward(other) == -1 for one, other in pairs),
        "differing in feedback only": len(retold),
        "kills": killer.kills if killer else 0,
        "boxes started in their stead": len(starts),
        "seconds undisturbed": round(middle - began, 1),
        "seconds with kills": round(ended - middle, 1),
    }
    show(f"Chaos, {options.sandbox}", ("", ""), [(name, str(value)) for name, value in figures.items()])
    for episode in lost[:10]:
        print(f"lost: {episode.problem_id}: {episode.error}")
    for one, other in differing[:10]:
        print(f"differs: {essence(one)}\n    now: {essence(other)}\n    {tasks[one.rollout].programs!r:.200}")
    report(
        options,
        {**figures, "differences": [[asdict(one), asdict(other)] for one, other in differing], "retold": retold},
    )
    out.print("no difference" if not (lost or differing) else "something was lost or differs")
    sys.exit(bool(lost or differing))


if __name__ == "__main__":
    main()
