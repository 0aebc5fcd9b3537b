"""Answers as they come: what was answered once is never asked again, though the run be cut off within an episode."""

import hashlib
import json
from collections.abc import Container
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codegym.bench.agents.protocol import Answer, Context
from codegym.env import Observation
from codegym.episode import packed, unpacked
from codegym.errors import UsageError
from codegym.running import LineFile

Place = tuple[str, int, int]
"""Problem, rollout and turn."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and how many seconds it took."""

    answer: Answer
    seconds: float


def question_key(observation: Observation, context: Context) -> str:
    """A digest of all that an answer may depend on."""
    asked = json.dumps([observation, context.answers, context.seed])
    return hashlib.blake2b(asked.encode(), digest_size=12).hexdigest()


class Journal:
    """A file with a line an answer.

    Args:
        path: the file.
        ended: problem and rollout of episodes that have ended, whose answers their records have.

    Raises:
        UsageError: a line is none of a journal, or the file cannot be written.
    """

    def __init__(self, path: Path, ended: Container[tuple[str, int]] = ()) -> None:
        self._file = LineFile(path)
        self._ended = ended
        self._known: dict[tuple[Place, str], Kept] = {}
        try:
            for number, line in enumerate(self._file.lines(), 1):
                self._learn(line, f"{path}:{number}")
        except BaseException:
            self._file.close()
            raise

    def _learn(self, line: str, where: str) -> None:
        try:
            data = unpacked(json.loads(line))
            place: Place = data["problem_id"], data["rollout"], data["turn"]
            answer = Answer(**data["answer"])
            if not isinstance(answer.text, str):
                raise TypeError
            if place[:2] not in self._ended:
                self._known[place, data["key"]] = Kept(answer, float(data["seconds"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            raise UsageError(f"{where}: expected an answer that was kept, got {line[:60]!r}") from None

    def recall(self, place: Place, key: str) -> Kept | None:
        """The answer that was given there to the same question, if there was one."""
        return self._known.get((place, key))

    def keep(self, place: Place, key: str, kept: Kept) -> None:
        """Write an answer down."""
        problem_id, rollout, turn = place
        line: dict[str, Any] = {"problem_id": problem_id, "rollout": rollout, "turn": turn, "key": key}
        line |= {"answer": asdict(kept.answer), "seconds": kept.seconds}
        self._file.write(json.dumps(packed(line)))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
