"""A run: an agent over problems, with every episode kept in a folder as it ends."""

import contextlib
import fcntl
import json
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from itertools import chain, count
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


class RunFolder:
    """A folder with ``run.json`` (what the run is) and ``episodes.jsonl`` (a line an episode, as it ends).

    Args:
        path: the folder.
        resume: whether to go on with the run that is there.
        about: what ``run.json`` says; on resuming, what is there must say the same.

    Raises:
        UsageError: there is a run already, or another process writes to it, or it is another run.
    """

    def __init__(self, path: Path, about: dict[str, Any], *, resume: bool) -> None:
        self.path = path
        self.episodes_file = path / "episodes.jsonl"
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = (path / ".lock").open("w")
        except OSError as error:
            raise UsageError(
                f"expected a folder for the run that can be written, got {path}: {error.strerror}"
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise UsageError(f"expected a run folder of one process, but another one is writing to {path}") from None
        self._writing = threading.Lock()
        self.episodes: list[Episode] = []
        try:
            if (path / "run.json").exists():
                self._go_on(about, resume)
            else:
                (path / "run.json").write_text(json.dumps(about, indent=2) + "\n")
            self._file = self.episodes_file.open("a", encoding="ascii")
        except BaseException:
            self._lock.close()
            raise

    def _go_on(self, about: dict[str, Any], resume: bool) -> None:
        if not resume:
            raise UsageError(
                f"expected a new folder for the run, got {self.path} with a run in it; --resume goes on with it"
            )
        was = read_about(self.path)
        for key in ("format", "settings", "problems"):
            if was.get(key) != about[key]:
                raise UsageError(f"expected to resume the same run, but {key} was {was.get(key)} and is {about[key]}")
        whole = b""
        if self.episodes_file.exists():
            # A line that was cut off when the run was killed is an episode that has not ended.
            whole = self.episodes_file.read_bytes()
            whole = whole[: whole.rfind(b"\n") + 1]
            os.truncate(self.episodes_file, len(whole))
        self.episodes = [Episode.from_json(line) for line in whole.decode("utf-8", "replace").split("\n")[:-1]]

    def add(self, episode: Episode) -> None:
        """Keep an episode."""
        with self._writing:
            try:
                self._file.write(episode.to_json() + "\n")
                self._file.flush()
            except OSError as error:
                raise UsageError(
                    f"expected to write to {self.episodes_file}, got: {error.strerror}; what it holds is kept, "
                    "and --resume goes on with it"
                ) from None
            self.episodes.append(episode)

    def close(self) -> None:
        """Let go of the folder. What could not be written has been complained of."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._lock.close()


def new_folder(agent: str) -> Path:
    """The name of a folder in ``runs/`` that is not there yet, by the time and the agent."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{agent.partition(':')[0]}"
    numbered = (Path("runs") / f"{name}-{number}" for number in count(2))
    return next(path for path in chain([Path("runs") / name], numbered) if not path.exists())


def read_about(path: Path) -> dict[str, Any]:
    """What ``run.json`` of a run folder says.

    Raises:
        UsageError: there is no such run.
    """
    try:
        about = json.loads((path / "run.json").read_text())
    except (OSError, ValueError):
        about = None
    if not isinstance(about, dict):
        raise UsageError(f"expected a run folder with run.json, got {path}")
    return about


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

        def play(env: CodeRepairEnv, problem: Problem, number: int) -> Episode:
            seed = settings.seed + number * len(problems) + places[problem.id]
            try:
                wrapped: Any = env if settings.extract == "raw" else ExtractProgram(env, settings.extract)  # type: ignore[arg-type]
                episode = rollout(wrapped, agent, problem_id=problem.id, rollout=number, seed=seed)
            except AgentError as error:
                raise AgentError(f"agent {settings.agent!r} on problem {problem.id!r}: {error}") from error
            folder.add(episode)
            return episode

        for episode in _in_threads(play, todo, concurrency, settings, problems, sandbox):
            done[episode.problem_id, episode.rollout] = episode
            if progress:
                progress(episode)
        return [done[problem.id, number] for problem, number in jobs]
    finally:
        folder.close()


Play = Callable[[CodeRepairEnv, Problem, int], Episode]


def _in_threads(
    play: Play,
    todo: Sequence[tuple[Problem, int]],
    concurrency: int,
    settings: Settings,
    problems: ProblemSet,
    sandbox: Sandbox,
) -> Iterator[Episode]:
    """Each episode as it ends. At an error, what is being played ends first."""
    local = threading.local()

    def job(problem: Problem, number: int) -> Episode:
        if not hasattr(local, "env"):
            local.env = _environment(settings, problems, sandbox)
        return play(local.env, problem, number)

    executor = ThreadPoolExecutor(concurrency)
    try:
        left = iter(todo)
        running: set[Future[Episode]] = set()
        while True:
            for problem, number in left:
                running.add(executor.submit(job, problem, number))
                if len(running) >= 2 * concurrency:
                    break
            if not running:
                return
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                yield future.result()
    finally:
        executor.shutdown(cancel_futures=True)


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
