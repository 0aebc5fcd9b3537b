"""The environments of a run."""

import threading
from typing import Any

import gymnasium as gym

from codegym.bench.agents.making import make_agent
from codegym.bench.agents.protocol import Agent, AnyAgent
from codegym.bench.folder import Key, RunFolder
from codegym.bench.options import Connection
from codegym.bench.rollout import rollout
from codegym.bench.settings import Settings
from codegym.datasets import ProblemSet
from codegym.env import CodeRepairEnv
from codegym.episode import Episode
from codegym.errors import AgentError, UsageError
from codegym.sandbox.base import Sandbox
from codegym.wrappers import ExtractProgram


def agent_of(settings: Settings, problems: ProblemSet, connection: Connection | None) -> Agent:
    """The agent of a run; close it at the end. Errors as of :func:`make_agent`."""
    return make_agent(
        settings.agent,
        problems,
        sampling=settings.sampling,
        connection=connection,
        templates=settings.templates,
        language=settings.language,
    )


class Stage:
    """Environments for a run, one for each thread that plays.

    Args:
        settings: of the run.
        problems: that are played.
        sandbox: where programs run.

    Raises:
        UsageError: bad settings.
    """

    def __init__(self, settings: Settings, problems: ProblemSet, sandbox: Sandbox) -> None:
        if settings.extract not in ("raw", "first", "last"):
            raise UsageError(f"expected to extract raw, first or last, got {settings.extract!r}")
        self._settings = settings
        self._problems = problems
        self._sandbox = sandbox
        self._places = {name: place for place, name in enumerate(problems.ids)}
        self._local = threading.local()
        self._stopped = threading.Event()
        self._environment(settings.turns)

    def play(self, agent: AnyAgent, key: Key, folder: RunFolder | None) -> Episode:
        """Play an episode and keep it.

        Args:
            agent: who plays.
            key: problem and rollout.
            folder: where to keep it; None for nowhere.

        Raises:
            AgentError: the agent gave no answer, or the run was stopped.
        """
        name, number = key
        env = self.environment(self._settings.turns)
        try:
            episode = rollout(
                env,
                agent,
                problem_id=name,
                rollout=number,
                seed=self.seed(key),
                journal=folder.journal if folder else None,
                stopped=self.stopped,
            )
        except AgentError as error:
            raise AgentError(f"agent {self._settings.agent!r} on problem {name!r}: {error}") from error
        if folder:
            folder.add(episode)
        return episode

    def seed(self, key: Key) -> int:
        """Of an episode's environment."""
        name, number = key
        return self._settings.seed + number * len(self._places) + self._places[name]

    def environment(self, turns: int) -> Any:
        """This thread's environment with so many turns."""
        known: dict[int, Any] | None = getattr(self._local, "environments", None)
        if known is None:
            known = self._local.environments = {}
        if turns not in known:
            env = self._environment(turns)
            known[turns] = env if self._settings.extract == "raw" else ExtractProgram(env, self._settings.extract)  # type: ignore[arg-type]
        return known[turns]

    def stopped(self) -> bool:
        """Whether the run is to end now."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let no episode go on after the turn that it is at."""
        self._stopped.set()

    def _environment(self, turns: int) -> CodeRepairEnv:
        env = gym.make(
            "CodeRepairEnv-v0",
            problems=self._problems,
            max_turns=turns,
            sandbox=self._sandbox,
            feedback=self._settings.feedback,
            templates=self._settings.templates,
            reward=self._settings.reward,
            language=self._settings.language,
            disable_env_checker=True,
        )
        return env.unwrapped  # type: ignore[return-value]
