"""A run: an agent over problems, with every episode kept in a folder as it ends."""

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codegym.bench.agents.gather import close
from codegym.bench.agents.making import played
from codegym.bench.distributed import Away, Nodes
from codegym.bench.folder import Key, RunFolder, keep_last
from codegym.bench.options import Connection
from codegym.bench.provenance import describe_run
from codegym.bench.settings import Settings
from codegym.bench.stage import Stage, agent_of
from codegym.datasets import ProblemSet
from codegym.episode import Episode
from codegym.errors import CodegymError, UsageError
from codegym.running import in_threads
from codegym.sandbox.base import Sandbox

__all__ = ["Listener", "RunFolder", "Settings", "describe_run", "run_benchmark"]

FAILURES_IN_A_ROW = 20
"""So many, and two for each episode that is played at once, may fail through our fault before a run is given up."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears of a run's progress.

    Attributes:
        begin: of the number of episodes in all, and those that are there already.
        ended: of each episode as it ends.
    """

    begin: Callable[[int, Sequence[Episode]], object] = lambda total, there: None
    ended: Callable[[Episode], object] = lambda episode: None


def run_benchmark(
    settings: Settings,
    problems: ProblemSet,
    sandbox: Sandbox | Nodes,
    out: Path,
    *,
    connection: Connection | None = None,
    resume: bool = False,
    concurrency: int = 1,
    more: Mapping[str, Any] | None = None,
    listener: Listener | None = None,
) -> list[Episode]:
    """Play every problem ``settings.rollouts`` times and keep each episode as it ends.

    Args:
        settings: what to play.
        problems: the problems.
        sandbox: where programs run, or nodes of a Ray cluster, on which whole episodes are played.
        out: the run's folder.
        connection: how the agent is reached.
        resume: go on with the run in ``out``; episodes that failed through our fault are played again.
        concurrency: episodes at once here. Agents are asked from as many threads.
        more: what else ``run.json`` is to say.
        listener: hears of the progress.

    Returns:
        All episodes, in the order of problems and rollouts.

    Raises:
        UsageError: bad settings or folder.
        AgentError: the agent gave no answer, or request after request failed; what had ended is kept.
        SandboxUnavailable: no sandbox can be had.
    """
    if isinstance(sandbox, Nodes):
        return _run_away(settings, problems, sandbox, out, connection, resume, more, listener)
    agent = agent_of(settings, problems, connection)
    try:
        jobs = _jobs(settings, problems, played(agent, problems, settings.language))
        stage = Stage(settings, problems, sandbox)
        about = describe_run(settings, problems, sandbox, connection=connection, concurrency=concurrency, more=more)

        def give_up() -> None:
            stage.stop()
            close(agent)

        with closing(RunFolder(out, about, resume=resume)) as folder:
            return play_all(
                jobs,
                lambda todo: in_threads(
                    lambda key: stage.play(agent, key, folder), todo, concurrency, given_up=give_up
                ),
                folder,
                concurrency,
                listener,
            )
    finally:
        close(agent)


def _run_away(
    settings: Settings,
    problems: ProblemSet,
    nodes: Nodes,
    out: Path,
    connection: Connection | None,
    resume: bool,
    more: Mapping[str, Any] | None,
    listener: Listener | None,
) -> list[Episode]:
    if settings.agent.startswith("openai:"):  # the address of here, not one that a node may have
        connection = connection or Connection()
        base_url = connection.base_url or os.environ.get("OPENAI_BASE_URL") or None
        connection = replace(connection, base_url=base_url)
    with closing(Away(settings, problems, nodes, connection)) as away:
        jobs = _jobs(settings, problems, away.told.chosen)
        about = describe_run(settings, problems, away, connection=connection, concurrency=away.concurrency, more=more)
        with closing(RunFolder(out, about, resume=resume)) as folder:
            return play_all(jobs, lambda todo: away.episodes(todo, folder), folder, away.concurrency, listener)


def _jobs(settings: Settings, problems: ProblemSet, chosen: Sequence[str]) -> list[Key]:
    if not chosen:
        raise UsageError(f"expected a problem that agent {settings.agent!r} can play, got none of {len(problems)}")
    return [(name, number) for number in range(settings.rollouts) for name in chosen]


def play_all(
    jobs: Sequence[Key],
    play: Callable[[Sequence[Key]], Generator[Episode, None, None]],
    folder: RunFolder,
    concurrency: int,
    listener: Listener | None,
) -> list[Episode]:
    """Play those episodes that are not in the folder yet.

    Args:
        jobs: all episodes of the run.
        play: plays episodes, and gives each when it has been kept.
        folder: the run's.
        concurrency: how many at once.
        listener: hears of the progress.

    Returns:
        All episodes, in the order of ``jobs``.
    """
    listener = listener or Listener()
    found: dict[Key, Episode] = {}
    for episode in folder.episodes():
        keep_last(found, episode)
    todo = [key for key in jobs if key not in folder.done]
    listener.begin(len(jobs), [found[key] for key in jobs if key in folder.done])
    failures = 0
    with closing(play(todo)) as results:
        for episode in results:
            keep_last(found, episode)
            listener.ended(episode)
            failures = failures + 1 if episode.error else 0
            if failures >= FAILURES_IN_A_ROW + 2 * concurrency:
                raise CodegymError(
                    f"expected episodes to end, but the last {failures} all failed through no fault of theirs, "
                    f"the last one so: {episode.error}; "
                    f"what had ended is kept in {folder.path}, and --resume goes on with it"
                )
    if all(key in folder.done for key in jobs):
        folder.over()
    return [found[key] for key in jobs]
