"""A run whose episodes are played whole on the nodes of a Ray cluster: agent, environment and boxes are there.

An episode is kept when it has ended. Of one that was at work when the run was stopped, or when its node was lost, the
answers are asked for again, since they are nowhere but there.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

from codegym.bench.agents.gather import close
from codegym.bench.agents.making import played
from codegym.bench.folder import Key, RunFolder
from codegym.bench.options import Connection
from codegym.bench.settings import Settings
from codegym.bench.stage import Stage, agent_of
from codegym.datasets import ProblemSet
from codegym.episode import Episode
from codegym.errors import CodegymError, SandboxError
from codegym.sandbox import make_sandbox
from codegym.sandbox.cluster import in_ray
from codegym.sandbox.cluster.node import About
from codegym.sandbox.factory import try_out


@dataclass(frozen=True, slots=True)
class Nodes:
    """In place of a sandbox: the nodes of a Ray cluster, each with a sandbox of its own.

    Attributes:
        local: kind of a node's own sandbox; ``auto`` takes Docker or bubblewrap, by what a node has.
        workers: boxes at work at once on each node, and episodes; None for one a core that Ray knows of.
        address: of the cluster; None for what ``RAY_ADDRESS`` names, or else for a Ray of our own on this machine.
    """

    local: str = "auto"
    workers: int | None = None
    address: str | None = None

    kind = "ray"


@dataclass(frozen=True, slots=True)
class Told:
    """What a node says of itself.

    Attributes:
        kind: of its sandbox.
        protections: of its sandbox.
        chosen: ids of the problems that the agent can play.
    """

    kind: str
    protections: dict[str, str]
    chosen: list[str]


class Play:
    """What a node does with a job: play an episode. It is pickled and sent there; all that is heavy is made there.

    Args:
        settings: of the run.
        problems: that are played.
        nodes: what sandbox a node is to have.
        connection: how the agent is reached.
    """

    def __init__(self, settings: Settings, problems: ProblemSet, nodes: Nodes, connection: Connection | None) -> None:
        self._made_of = settings, problems, nodes, connection
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._ending = ExitStack()
        self._made: tuple[Any, Any, Stage] | None = None

    def __getstate__(self) -> tuple[Any, ...]:
        """What is sent."""
        return self._made_of

    def __setstate__(self, made_of: tuple[Any, ...]) -> None:
        """On a node nothing is made yet."""
        self._made_of = made_of
        self._begin()

    def __call__(self, key: Key | None) -> Episode | Told:
        """Play an episode, or, without a key, tell of this node."""
        agent, sandbox, stage = self._all()
        if key is not None:
            return stage.play(agent, key, None)
        return Told(
            sandbox.kind, dict(sandbox.protections()), played(agent, self._made_of[1], self._made_of[0].language)
        )

    def about(self) -> About:
        """A sign of life; of a node without boxes, why it has none."""
        try:
            try_out(self._all()[1])
        except SandboxError as error:
            return About(trouble=str(error))
        except CodegymError:  # which is no fault of this node: the first job tells of it
            pass
        return About()

    def _all(self) -> tuple[Any, Any, Stage]:
        with self._lock:
            if self._made is None:
                settings, problems, nodes, connection = self._made_of
                agent = agent_of(settings, problems, connection)
                self._ending.callback(close, agent)
                sandbox = self._ending.enter_context(make_sandbox(nodes.local, workers=nodes.workers))
                stage = Stage(settings, problems, sandbox)
                self._ending.callback(stage.stop)
                self._made = agent, sandbox, stage
            return self._made

    def close(self) -> None:
        """End what was made."""
        self._ending.close()


class Away:
    """A run's episodes, played on the nodes; close it at the end.

    Args:
        settings: of the run.
        problems: that are played.
        nodes: of the cluster.
        connection: how the agent is reached.

    Raises:
        SandboxUnavailable: there is no Ray, or no node of it that does anything.
        UsageError: bad settings, or no such agent.
        AgentError: the agent cannot be made.
    """

    def __init__(self, settings: Settings, problems: ProblemSet, nodes: Nodes, connection: Connection | None) -> None:
        from codegym.sandbox.cluster.connection import Connection as Ray

        self._nodes = nodes
        self._play = Play(settings, problems, nodes, connection)
        self._ray = Ray(nodes.address, nodes.workers)
        try:
            (self.told,) = self._jobs([None])
        except BaseException:
            self.close()
            raise
        self.kind = f"{nodes.kind} ({self.told.kind})"

    @property
    def concurrency(self) -> int:
        """Episodes at once on a node, or a guess of it."""
        return self._nodes.workers or os.cpu_count() or 1

    def protections(self) -> dict[str, str]:
        """Of a node's sandbox."""
        return dict(self.told.protections)

    def episodes(self, todo: Sequence[Key], folder: RunFolder) -> Generator[Episode, None, None]:
        """Each episode as it ends, when it has been kept."""
        with closing(self._jobs(todo, folder.add)) as episodes:
            for episode in episodes:
                folder.add(episode)
                yield episode

    def _jobs(
        self, jobs: Sequence[Key | None], untaken: Callable[[Any], object] | None = None
    ) -> Generator[Any, None, None]:
        return in_ray(self._play, jobs, self._nodes.workers, untaken=untaken, address=self._nodes.address)

    def close(self) -> None:
        """Let go of the cluster; a Ray of our own ends."""
        self._ray.close()
