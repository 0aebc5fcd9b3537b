"""verifiers (v1): a taskset of problems, and an environment in which feedback is the user.

verifiers finds a taskset by the name of a module, which may have no dots: put these three lines into a module of your
own, such as ``codegym_tasks.py``, and run ``vf-eval codegym_tasks``::

    from codegym.integrations.verifiers import CodeRepairTaskset, CodeRepairVerifiersEnv

    __all__ = ["CodeRepairTaskset", "CodeRepairVerifiersEnv"]
"""

import asyncio
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

from codegym.errors import SandboxError
from codegym.integrations.libraries import missing
from codegym.integrations.text import TextEpisode, text_episode
from codegym.threads import step_threads

try:
    import verifiers.v1 as vf
except ImportError as error:
    raise missing("verifiers", "verifiers", error) from None


class CodeRepairTasksetConfig(vf.TasksetConfig):
    """What is played, under ``--env.taskset.*``.

    Attributes:
        problems: a source for :func:`codegym.load_problems`.
        max_turns: as for :class:`~codegym.env.CodeRepairEnv`, as is all below.
        feedback: its kind.
        reward: its name.
        sandbox: its kind.
    """

    problems: str = "builtin"
    max_turns: int = 3
    feedback: Literal["all_failures", "first_failure", "all_tests", "none", "random"] = "all_failures"
    reward: str = "outcome"
    sandbox: str = "auto"


class CodeRepairData(vf.TaskData):
    """A problem, by its id; nothing of its private tests is in it.

    Attributes:
        problem_id: which problem.
    """

    problem_id: str


class CodeRepairTask(vf.Task[CodeRepairData, vf.State, vf.TaskConfig]):
    """One problem."""


class CodeRepairTaskset(vf.Taskset[CodeRepairTask, CodeRepairTasksetConfig]):
    """The problems of a source, in order; their text is the prompt."""

    def load(self) -> Iterator[Any]:
        """Each problem, made when its turn comes."""
        episode = episode_of(self.config)
        for name in episode.problem_ids:
            prompt = episode.begin(name)
            yield CodeRepairTask(CodeRepairData(name=name, problem_id=name, prompt=prompt), self.config.task)


class CodeRepairEnvConfig(vf.EnvConfig):
    """The one seat: ``--env.agent.*``.

    Attributes:
        agent: who answers; a harness without tools will do.
        taskset: which problems.
    """

    agent: vf.AgentConfig = vf.AgentConfig(harness={"id": "null"})


class CodeRepairVerifiersEnv(vf.Env[CodeRepairEnvConfig]):
    """An episode: the model answers the problem, and each further message to it is feedback.

    The trace's reward ``episode_return`` is the sum of the episode's rewards; its metrics are ``solved`` and ``turns``.
    A program that could not be run through no fault of its own fails the episode, which verifiers may try again.
    """

    async def run(self, task: Any, agents: Any) -> None:
        """See verifiers."""
        episode = episode_of(self.config.taskset).sibling()
        episode.begin(task.data.problem_id)
        async with agents.agent.interaction(task) as interaction:
            segment = await interaction.turn()
            while not segment.terminated:
                told = await _in_thread(episode.answer, segment.last_reply)
                if episode.ended:
                    break
                segment = await interaction.turn(told)
        trace = interaction.trace
        if trace.errors:
            return  # the model could not be asked, which says nothing about it
        turns = len(episode.rewards)
        await _in_thread(episode.give_up)
        if episode.failure:
            raise SandboxError(str(episode.failure))
        trace.record_reward("episode_return", episode.episode_return, 1.0)
        trace.record_metric("solved", float(episode.solved))
        trace.record_metric("turns", float(turns))


async def _in_thread(call: Any, *arguments: Any) -> Any:
    return await asyncio.wrap_future(step_threads.submit(call, *arguments))


def episode_of(config: CodeRepairTasksetConfig) -> TextEpisode:
    """An episode over the problems of a configuration; equal ones have the same, whose siblings may be taken."""
    return _episode(config.problems, config.max_turns, config.feedback, config.reward, config.sandbox)


@lru_cache(maxsize=8)
def _episode(problems: str, max_turns: int, feedback: Any, reward: str, sandbox: str) -> TextEpisode:
    return text_episode(problems, max_turns=max_turns, feedback=feedback, reward=reward, sandbox=sandbox)
