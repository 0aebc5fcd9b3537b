"""The record of one episode: plain data, one line of JSON, with a format version."""

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from codegym.errors import UsageError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One turn.

    Attributes:
        answer: what the agent said, whole.
        program: what was taken from it and run.
        verdict: on the public tests.
        public_verdicts: one for each public test.
        feedback: what the agent was told.
        reward: of this turn.
    """

    answer: str
    program: str
    verdict: str
    public_verdicts: tuple[str, ...]
    feedback: str
    reward: float


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode, from reset to end.

    Attributes:
        problem_id: which problem.
        difficulty: of the problem.
        rollout: which of several episodes on this problem, from 0.
        turns: the turns in order.
        solved: whether all public and private tests are passed by the last program.
        verdict: of the last program on public and then private tests; empty if the episode did not end.
        private_verdicts: one for each private test; empty if the episode did not end.
        error: why the episode could not end (our failure or the agent's); empty if it ended.
        seconds: by the clock.
    """

    problem_id: str
    difficulty: str = ""
    rollout: int = 0
    turns: tuple[TurnRecord, ...] = ()
    solved: bool = False
    verdict: str = ""
    private_verdicts: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0

    def to_json(self) -> str:
        """One line of JSON (ASCII, so that any text survives)."""
        return json.dumps({"format": FORMAT, **asdict(self)}, allow_nan=False)

    @classmethod
    def from_json(cls, line: str) -> "Episode":
        """Read what :meth:`to_json` wrote.

        Raises:
            UsageError: it is no such line.
        """
        try:
            data = json.loads(line)
            if data.pop("format") != FORMAT:
                raise UsageError(f"expected an episode record of format {FORMAT}, got another one")
            turns = tuple(_turn(turn) for turn in data.pop("turns"))
            return cls(turns=turns, private_verdicts=tuple(data.pop("private_verdicts")), **data)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            if isinstance(error, UsageError):
                raise
            raise UsageError(f"expected an episode record, got {line[:60]!r}") from None


def _turn(data: dict[str, Any]) -> TurnRecord:
    return TurnRecord(public_verdicts=tuple(data.pop("public_verdicts")), **data)


def turn_record(answer: str, observation: Any, reward: float, info: dict[str, Any]) -> TurnRecord:
    """The record of a step, of what it gave back."""
    last = observation["dialogue"][-1]
    return TurnRecord(
        answer=answer,
        program=last["program"],
        verdict=info["verdict"],
        public_verdicts=tuple(info["public"]["verdicts"]),
        feedback=last["feedback"],
        reward=reward if math.isfinite(reward) else 0.0,
    )


def final_verdict(info: dict[str, Any]) -> str:
    """The verdict of a terminal step: that of the public tests where they are not all passed, else of the private."""
    return str(info["verdict"] if info["verdict"] != "accepted" else info["private"]["verdict"])
