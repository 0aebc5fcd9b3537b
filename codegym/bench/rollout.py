"""One episode of an agent in an environment."""

import time
from typing import Any

import gymnasium as gym

from codegym.bench.agents import ask
from codegym.bench.own import Agent
from codegym.env import Observation
from codegym.episode import Episode, TurnRecord, final_verdict, turn_record
from codegym.errors import SandboxError, SandboxUnavailable

TRIES = 3
"""Of a step that failed through no fault of the program."""


def rollout(
    env: gym.Env[Observation, str], agent: Agent, *, problem_id: str, rollout: int = 0, seed: int | None = None
) -> Episode:
    """Play one episode to its end.

    Args:
        env: ``CodeRepairEnv``, wrapped or not, with its own observations.
        agent: who answers.
        problem_id: which problem.
        rollout: goes into the record.
        seed: for ``reset``.

    Returns:
        The record. If the sandbox failed again and again, one with ``error`` set and no verdict.

    Raises:
        AgentError: the agent gave no answer.
        SandboxUnavailable: no sandbox can be had at all.
    """
    started = time.monotonic()
    observation, info = env.reset(seed=seed, options={"problem_id": problem_id})
    difficulty = env.get_wrapper_attr("problem").difficulty
    turns: list[TurnRecord] = []
    ended, error = False, ""
    while not ended:
        answer = ask(agent, observation)
        try:
            observation, reward, ended, _, info = _step(env, answer)
        except SandboxUnavailable:
            raise
        except SandboxError as failure:
            error = str(failure)
            break
        turns.append(turn_record(answer, observation, float(reward), info))
    return Episode(
        problem_id=problem_id,
        difficulty=difficulty,
        rollout=rollout,
        turns=tuple(turns),
        solved=info["solved"],
        verdict=final_verdict(info) if ended else "",
        private_verdicts=tuple(info["private"].get("verdicts", ())),
        error=error,
        seconds=time.monotonic() - started,
    )


def _step(env: gym.Env[Observation, str], answer: str) -> Any:
    for left in reversed(range(TRIES)):
        try:
            return env.step(answer)
        except SandboxUnavailable:
            raise
        except SandboxError:
            if not left:
                raise
    raise AssertionError("unreachable")
