"""A choice among programs in place of a program."""

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs

from codegym.errors import ProblemError, UsageError
from codegym.problem import Problem
from codegym.spaces import Program
from codegym.wrappers.chat import language_of


class CandidateChoice(gym.Wrapper[Any, Any, Any, Any], RecordConstructorArgs):
    """Takes the number of a candidate: the reference and wrong programs of the problem, in an order drawn anew for
    each episode, so that a number tells nothing.

    Action space: ``Discrete(candidates)``. Observation space: the environment's ``Dict``, and ``candidates``, a
    ``Tuple`` of so many texts. A problem with fewer wrong programs has some twice.

    Args:
        env: the environment, with a ``Dict`` as observation.
        candidates: how many; one of them is right.
        shown: whether ``candidates`` is in the observation; without it the observation is as it was.
    """  # noqa: D205

    def __init__(self, env: gym.Env[Any, str], candidates: int = 4, *, shown: bool = True) -> None:
        RecordConstructorArgs.__init__(self, candidates=candidates, shown=shown)
        super().__init__(env)
        refuse_other_languages(env)
        if isinstance(candidates, bool) or not isinstance(candidates, int) or candidates < 2:
            raise UsageError(f"expected at least 2 candidates, got {candidates!r}")
        self.action_space = spaces.Discrete(candidates)
        self._count, self._shown = candidates, shown
        self._rng = np.random.default_rng()
        self._candidates: tuple[str, ...] = ()
        if shown:
            self.observation_space = extended(env, "candidates", spaces.Tuple([Program()] * candidates))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        """Reset, and draw the order; ``seed`` seeds that too.

        Raises:
            ProblemError: the problem has no reference or no wrong program in Python.
        """
        observation, info = self.env.reset(seed=seed, options=options)
        if seed is not None:
            self._rng = own_generator(seed, type(self).__name__)
        self._candidates = ()
        self._candidates = self._drawn(self.get_wrapper_attr("problem"))
        return self._with_candidates(observation), info

    def step(self, action: Any) -> Any:
        """Step with the candidate of that number."""
        if not self._candidates:
            raise UsageError("expected reset() before step(), got none")
        if not self.action_space.contains(action):
            raise UsageError(f"expected the number of a candidate below {self._count}, got {action!r:.80}")
        observation, *rest = self.env.step(self._candidates[int(action)])
        return self._with_candidates(observation), *rest

    def _drawn(self, problem: Problem) -> tuple[str, ...]:
        wrong = list(dict.fromkeys(program.source for program in problem.wrong_programs_in("python")))
        if problem.reference is None or not wrong:
            raise ProblemError(f"expected a reference and wrong programs in Python for {problem.id}, got none")
        few = self._rng.permutation(len(wrong))
        chosen = [problem.reference, *(wrong[few[n % len(few)]] for n in range(self._count - 1))]
        return tuple(chosen[n] for n in self._rng.permutation(self._count))

    def _with_candidates(self, observation: Any) -> Any:
        return {**observation, "candidates": self._candidates} if self._shown else observation


def extended(env: gym.Env[Any, Any], name: str, space: spaces.Space[Any]) -> spaces.Dict:
    """The environment's observation space with one more entry.

    Raises:
        UsageError: it is no ``Dict``.
    """
    if not isinstance(env.observation_space, spaces.Dict):
        raise UsageError(
            f"expected a Dict as observation to add {name!r} to, got {env.observation_space!s:.60}; "
            "put wrappers that change the observation outside of this one"
        )
    return spaces.Dict({**env.observation_space.spaces, name: space})


def refuse_other_languages(env: gym.Env[Any, Any]) -> None:
    """Only programs in Python can be chosen and changed.

    Raises:
        UsageError: the environment's are in another language.
    """
    language = language_of(env)
    if language.family != "python":
        raise UsageError(f"expected an environment of programs in Python, got one in {language.title}")


def own_generator(seed: int, name: str) -> np.random.Generator:
    """Random numbers of a wrapper's own, so that those of the environment stay as they are without it."""
    return np.random.default_rng([seed, *name.encode()])
