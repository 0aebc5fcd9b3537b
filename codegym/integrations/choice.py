"""A choice among candidate programs, in numbers alone: for libraries that take no text."""

from collections.abc import Callable
from typing import Any

import gymnasium as gym

from codegym.datasets import Source
from codegym.env import CodeRepairEnv
from codegym.feedback import Templates
from codegym.wrappers import CandidateChoice, TokenObservation

PROBLEMS = "procedural:input-format?public=1&private=2"
"""The candidates read the input in different ways, or know the public tests; the statement says which way is right."""

CANDIDATES = 5
WIDTH = 64

Wrap = Callable[[gym.Env[Any, Any]], gym.Env[Any, Any]]


def make_choice_env(
    problems: Source = PROBLEMS, candidates: int = CANDIDATES, width: int = WIDTH, *, max_turns: int = 1, **options: Any
) -> gym.Env[Any, Any]:
    """One environment of which actions and observations are numbers; registered as ``CodeRepairChoice-v0``.

    Action space: ``Discrete(candidates)``, which are new at each episode, in random order. Observation space:
    ``Box(0, 255, ((1 + candidates) * width,), int64)``: rows of ``width`` bytes, padded with spaces: how the
    statement begins, and how each candidate begins.

    Args:
        problems: with a reference and wrong programs.
        candidates: how many; one is right.
        width: bytes of a row.
        max_turns: as for :class:`~codegym.env.CodeRepairEnv`.
        options: further arguments of that.
    """
    env: gym.Env[Any, Any] = CodeRepairEnv(problems, max_turns=max_turns, **{**choice_options(), **options})
    for wrap in choice_wrappers(candidates, width):
        env = wrap(env)
    return env


def choice_options() -> dict[str, Any]:
    """Arguments of the environment for which rows hold what matters: the statement alone is shown."""
    return {"templates": Templates(problem="{text}")}


def choice_wrappers(candidates: int = CANDIDATES, width: int = WIDTH) -> tuple[Wrap, ...]:
    """The wrappers of :func:`make_choice_env`, the innermost first, as the vector environment takes them."""

    def rows(observation: Any) -> str:
        texts = (observation["problem"], *observation["candidates"])
        return "".join(text.encode("ascii", "replace").decode()[:width].ljust(width) for text in texts)

    def choose(env: gym.Env[Any, Any]) -> gym.Env[Any, Any]:
        return CandidateChoice(env, candidates)

    def number(env: gym.Env[Any, Any]) -> gym.Env[Any, Any]:
        return TokenObservation(env, length=(1 + candidates) * width, text=rows)

    return choose, number
