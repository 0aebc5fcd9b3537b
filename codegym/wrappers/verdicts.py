"""What became of each public test, as numbers."""

from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs

from codegym.errors import UsageError
from codegym.verdict import Verdict

NUMBERS = {str(verdict): number for number, verdict in enumerate(Verdict, 1)}
"""1 is ``accepted``; 0 stands where there is no such turn or test."""


class VerdictObservation(gym.Wrapper[npt.NDArray[np.int64], Any, Any, Any], RecordConstructorArgs):
    """Shows the verdicts of the turns so far, and nothing else.

    Observation space: ``Box(0, 9, (max_turns, tests), int64)``: a row a turn, a column a public test, a number of
    :data:`NUMBERS`. Action space: as it was. Turns that an episode began with have no verdicts.

    Args:
        env: the environment.
        tests: columns; further tests of a problem are not shown.
    """

    def __init__(self, env: gym.Env[Any, Any], tests: int = 8) -> None:
        RecordConstructorArgs.__init__(self, tests=tests)
        super().__init__(env)
        if isinstance(tests, bool) or not isinstance(tests, int) or tests < 1:
            raise UsageError(f"expected tests to be a positive whole number, got {tests!r}")
        turns = self.get_wrapper_attr("max_turns")
        self.observation_space = spaces.Box(0, len(NUMBERS), (turns, tests), np.int64)
        self._seen = np.zeros((turns, tests), dtype=np.int64)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        """Reset."""
        _, info = self.env.reset(seed=seed, options=options)
        self._seen[:] = 0
        return self._seen.copy(), info

    def step(self, action: Any) -> Any:
        """Step."""
        _, reward, terminated, truncated, info = self.env.step(action)
        numbers = [NUMBERS[verdict] for verdict in info["public"]["verdicts"]][: self._seen.shape[1]]
        self._seen[info["turn"] - 1, : len(numbers)] = numbers
        return self._seen.copy(), reward, terminated, truncated, info
