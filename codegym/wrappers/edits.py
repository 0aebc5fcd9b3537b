"""Changes of a program in place of a program."""

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs

from codegym.errors import ProblemError, UsageError
from codegym.mutations import MOST_ALTERNATIVES, changed, places
from codegym.problem import Problem
from codegym.spaces import Program
from codegym.wrappers.choice import extended, own_generator, refuse_other_languages
from codegym.wrappers.tokens import checked_numbers


class ProgramEdits(gym.Wrapper[Any, Any, Any, Any], RecordConstructorArgs):
    """Takes a change of the program at hand, and steps with the program that comes of it.

    Action space: ``MultiDiscrete([most_places, 6])``: at which place of :func:`codegym.mutations.places`, and which of
    its alternatives; the last number, and any that the place has not, changes nothing. Observation space: the
    environment's ``Dict``, and ``program``, the program at hand (text). ``info["places"]`` is how many places it has
    (at most those of the action space), so that others can be masked.

    The first program is the last one of the dialogue that ``reset`` was given, else the problem's starter, else one of
    its wrong programs.

    Args:
        env: the environment, with a ``Dict`` as observation.
        most_places: places that can be chosen; those of a longer program that come after them cannot.
    """

    def __init__(self, env: gym.Env[Any, str], most_places: int = 32) -> None:
        RecordConstructorArgs.__init__(self, most_places=most_places)
        super().__init__(env)
        refuse_other_languages(env)
        if isinstance(most_places, bool) or not isinstance(most_places, int) or most_places < 1:
            raise UsageError(f"expected most_places to be a positive whole number, got {most_places!r}")
        self.action_space = spaces.MultiDiscrete([most_places, MOST_ALTERNATIVES + 1])
        self.observation_space = extended(env, "program", Program())
        self._most = most_places
        self._rng = np.random.default_rng()
        self._program = ""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        """Reset; ``seed`` seeds which wrong program is taken too.

        Raises:
            ProblemError: the problem has no program in Python to begin with.
        """
        observation, info = self.env.reset(seed=seed, options=options)
        if seed is not None:
            self._rng = own_generator(seed, type(self).__name__)
        before = [turn["program"] for turn in observation["dialogue"]]
        self._program = before[-1] if before else self._first(self.get_wrapper_attr("problem"))
        return self._shown(observation, info)

    def step(self, action: Any) -> Any:
        """Step with the program after that change."""
        place, number = checked_numbers(action, self.action_space).tolist()
        there = places(self._program)[: self._most]
        program = self._program
        if place < len(there) and number < len(there[place].alternatives):
            program = changed(program, there[place], number)
        observation, reward, terminated, truncated, info = self.env.step(program)
        self._program = program
        observation, info = self._shown(observation, info)
        return observation, reward, terminated, truncated, info

    def _first(self, problem: Problem) -> str:
        if problem.starter is not None:
            return problem.starter
        wrong = problem.wrong_programs_in("python")
        if not wrong:
            raise ProblemError(f"expected a starter or a wrong program in Python for {problem.id}, got none")
        return wrong[int(self._rng.integers(len(wrong)))].source

    def _shown(self, observation: Any, info: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        count = min(len(places(self._program)), self._most)
        return {**observation, "program": self._program}, {**info, "places": count}
