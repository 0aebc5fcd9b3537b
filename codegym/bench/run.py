"""A run: an agent over problems, with every episode kept in a folder as it ends."""

import os
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gymnasium as gym

from codegym.bench.agents import make_agent, played
from codegym.bench.rollout import rollout
from codegym.datasets import ProblemSet
from codegym.env import CodeRepairEnv
from codegym.episode import Episode
from codegym.errors import AgentError, UsageError
from codegym.problem import Problem
from codegym.running import RecordFolder, in_threads
from codegym.sandbox.base import Sandbox
from codegym.version import __version__
from codegym.wrappers import ExtractProgram

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run depends on, beside the problems and the sandbox.

    Attributes:
        agent: its name, see :func:`make_agent`.
        turns: turns an episode, at most.
        rollouts: episodes a problem.
        feedback: feedback mode.
        reward: name of the reward.
        extract: ``first`` or ``last`` fenced block of an answer, or ``raw``: the answer is the program.
        seed: of the environments.
    """

    agent: str
    turns: int = 3
    rollouts: int = 1
    feedback: str = "all_failures"
    reward: str = "outcome"
    extract: str = "raw"
    seed: int = 0


class RunFolder(RecordFolder):
    """A run's folder, with ``episodes.jsonl``: a line an episode, as it ends.

    Args:
        path: the folder.
        resume: whether to go on with the run that is there.
        about: what ``run.json`` says; on resuming, what is there must say the same.

    Raises:
        UsageError: there is a run already, or another process writes to it, or it is another run.
    """

    def __init__(self, path: Path, about: dict[str, Any], *, resume: bool) -> None:
        super().__init__(path, "episodes.jsonl", about, resume=resume)
        try:
            self.episodes = [Episode.from_json(line) for line in self.lines()]
        except BaseException:
            self.close()
            raise

    def add(self, episode: Episode) -> None:
        """Keep an episode."""
        self.write(episode.to_json())
        self.episodes.append(episode)


def describe_run(settings: Settings, problems: ProblemSet, sandbox: Sandbox) -> dict[str, Any]:
    """Where a run's numbers come from: package, problems, agent, sandbox, machine."""
    return {
        "format": FORMAT,
        "codegym": __version__,
        "settings": asdict(settings),
        "problems": {"name": problems.name, "count": len(problems), "hash": problems.content_hash},
        "sandbox": {"kind": sandbox.kind, "protections": dict(sandbox.protections())},
        "machine": {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()},
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


Progress = Callable[[Episode], None]


def run_benchmark(
    settings: Settings,
    problems: ProblemSet,
    sandbox: Sandbox,
    out: Path,
    *,
    resume: bool = False,
    concurrency: int = 1,
    begin: Callable[[int, int], None] | None = None,
    progress: Progress | None = None,
) -> list[Episode]:
    """Play every problem ``settings.rollouts`` times and keep each episode as it ends.

    Args:
        settings: what to play.
        problems: the problems.
        sandbox: where programs run.
        out: the run's folder.
        resume: go on with the run in ``out``; episodes that failed through our fault are played again.
        concurrency: episodes at once. Agents are asked from as many threads.
        begin: hears of the number of episodes in all and already there.
        progress: hears of each episode as it ends.

    Returns:
        All episodes, in the order of problems and rollouts.

    Raises:
        UsageError: bad settings or folder.
        AgentError: the agent gave no answer; what had ended is kept.
        SandboxUnavailable: no sandbox can be had.
    """
    agent = make_agent(settings.agent, problems)
    chosen = played(agent, problems)
    if not chosen:
        raise UsageError(f"expected a problem that agent {settings.agent!r} can play, got none of {len(problems)}")
    _environment(settings, problems, sandbox)  # complains of bad settings before there is a folder
    folder = RunFolder(out, describe_run(settings, problems, sandbox), resume=resume)
    try:
        done = {(e.problem_id, e.rollout): e for e in folder.episodes if not e.error}
        jobs = [(problem, number) for number in range(settings.rollouts) for problem in chosen]
        todo = [(problem, number) for problem, number in jobs if (problem.id, number) not in done]
        if begin:
            begin(len(jobs), len(jobs) - len(todo))
        places = {problem.id: place for place, problem in enumerate(problems)}

        local = threading.local()

        def play(job: tuple[Problem, int]) -> Episode:
            problem, number = job
            if not hasattr(local, "env"):
                local.env = _environment(settings, problems, sandbox)
            env: CodeRepairEnv = local.env
            seed = settings.seed + number * len(problems) + places[problem.id]
            try:
                wrapped: Any = env if settings.extract == "raw" else ExtractProgram(env, settings.extract)  # type: ignore[arg-type]
                episode = rollout(wrapped, agent, problem_id=problem.id, rollout=number, seed=seed)
            except AgentError as error:
                raise AgentError(f"agent {settings.agent!r} on problem {problem.id!r}: {error}") from error
            folder.add(episode)
            return episode

        for episode in in_threads(play, todo, concurrency):
            done[episode.problem_id, episode.rollout] = episode
            if progress:
                progress(episode)
        return [done[problem.id, number] for problem, number in jobs]
    finally:
        folder.close()


def _environment(settings: Settings, problems: ProblemSet, sandbox: Sandbox) -> CodeRepairEnv:
    env = gym.make(
        "CodeRepairEnv-v0",
        problems=problems,
        max_turns=settings.turns,
        sandbox=sandbox,
        feedback=settings.feedback,
        reward=settings.reward,
        disable_env_checker=True,
    )
    return env.unwrapped  # type: ignore[return-value]
