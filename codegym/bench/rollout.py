"""One episode of an agent in an environment."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gymnasium as gym

from codegym.bench.agents.asking import ask
from codegym.bench.agents.protocol import AnyAgent, Context
from codegym.bench.journal import Journal, Kept, question_key
from codegym.env import Observation
from codegym.episode import Episode, TurnRecord, final_verdict, turn_record
from codegym.errors import AgentError, ProblemError, RequestError, SandboxError, SandboxUnavailable

TRIES = 3
"""Of a step that failed through no fault of the program."""


def rollout(
    env: gym.Env[Observation, str],
    agent: AnyAgent,
    *,
    problem_id: str,
    rollout: int = 0,
    seed: int | None = None,
    journal: Journal | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Episode:
    """Play one episode to its end.

    Args:
        env: ``CodeRepairEnv``, wrapped or not, with its own observations.
        agent: who answers.
        problem_id: which problem.
        rollout: goes into the record, and into what the agent may sample with.
        seed: for ``reset``, and for what the agent may sample with.
        journal: keeps each answer as it comes, and knows those of a run that was cut off, which are not asked again.
        stopped: asked before each turn whether to give up.

    Returns:
        The record. If the sandbox or requests to the agent failed again and again, one with ``error`` set and no
        verdict.

    Raises:
        AgentError: the agent gave no answer, or it was stopped.
        SandboxUnavailable: no sandbox can be had at all.
    """
    started = time.monotonic()
    observation, info = env.reset(seed=seed, options={"problem_id": problem_id})
    difficulty = env.get_wrapper_attr("problem").difficulty
    turns: list[TurnRecord] = []
    ended, error = False, ""
    while not ended:
        if stopped():
            raise AgentError("expected the episode to end, but it was stopped")
        context = Context(_seed(seed, problem_id, rollout, len(turns)), tuple(turn.answer for turn in turns))
        try:
            kept = _answer(agent, observation, context, journal, (problem_id, rollout, len(turns)))
            began = time.monotonic()
            observation, reward, ended, _, info = _step(env, kept.answer.text)
        except SandboxUnavailable:
            raise
        except (SandboxError, RequestError, ProblemError) as failure:
            error = str(failure)
            break
        record = turn_record(kept.answer.text, observation, float(reward), info)
        record = replace(
            record,
            answer_s=kept.seconds,
            step_s=time.monotonic() - began,
            prompt_tokens=kept.answer.prompt_tokens,
            completion_tokens=kept.answer.completion_tokens,
        )
        turns.append(record)
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


def _answer(
    agent: AnyAgent, observation: Observation, context: Context, journal: Journal | None, place: tuple[str, int, int]
) -> Kept:
    """The agent's answer, or the journal's, if the same was asked before."""
    key = question_key(observation, context) if journal else ""
    known = journal.recall(place, key) if journal else None
    if known:
        return known
    began = time.monotonic()
    answer = ask(agent, observation, context)
    kept = Kept(answer, time.monotonic() - began)
    if journal:
        journal.keep(place, key, kept)
    return kept


def _seed(seed: int | None, problem_id: str, rollout: int, turn: int) -> int:
    text = f"{seed}/{problem_id}/{rollout}/{turn}".encode(errors="surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=4).digest()) >> 1


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
