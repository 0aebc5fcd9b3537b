"""Episodes into a file."""

import os
import time
from pathlib import Path
from typing import Any

import gymnasium as gym
from gymnasium.utils import RecordConstructorArgs

from codegym.env import Observation
from codegym.episode import Episode, TurnRecord, final_verdict, turn_record
from codegym.errors import UsageError


class RecordEpisode(gym.Wrapper[Observation, str, Observation, str], RecordConstructorArgs):
    """Appends each episode that ends to a file, one line of JSON each (:class:`codegym.episode.Episode`).

    Put it right around the environment, or around ``ExtractProgram``: it needs the observation with the dialogue.

    Args:
        env: the environment.
        path: the file; it is made if need be, with its folder.
    """

    def __init__(self, env: gym.Env[Observation, str], path: str | os.PathLike[str]) -> None:
        RecordConstructorArgs.__init__(self, path=str(path))
        super().__init__(env)
        self._path = Path(path)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.open("a").close()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(f"expected a file that can be written, got {str(path)!r}: {reason}") from None
        self._turns: list[TurnRecord] = []
        self._started = 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        """Reset; an episode that did not end is not recorded."""
        self._turns = []
        self._started = time.monotonic()
        return self.env.reset(seed=seed, options=options)

    def step(self, action: str) -> Any:
        """Step, and write the record if the episode ends."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._turns.append(turn_record(action, observation, float(reward), info))
        if terminated:
            record = Episode(
                problem_id=info["problem_id"],
                difficulty=self.get_wrapper_attr("problem").difficulty,
                turns=tuple(self._turns),
                solved=info["solved"],
                verdict=final_verdict(info),
                private_verdicts=tuple(info["private"]["verdicts"]),
                seconds=time.monotonic() - self._started,
            )
            with self._path.open("a", encoding="ascii") as file:
                file.write(record.to_json() + "\n")
        return observation, reward, terminated, truncated, info
