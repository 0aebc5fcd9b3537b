"""The record of one episode: plain data, one line of JSON, with a format version."""

import json
import math
import re
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from codegym.errors import UsageError

FORMAT = 1
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One turn. Two that differ in seconds alone are equal.

    Attributes:
        answer: what the agent said, whole.
        program: what was taken from it and run.
        verdict: on the public tests.
        public_verdicts: one for each public test.
        feedback: what the agent was told.
        reward: of this turn.
        answer_s: seconds that the agent took to answer.
        step_s: seconds that the environment took to judge it and to say so.
        prompt_tokens: of what the agent was asked, where it counts them.
        completion_tokens: of its answer, where it counts them.
    """

    answer: str
    program: str
    verdict: str
    public_verdicts: tuple[str, ...]
    feedback: str
    reward: float
    answer_s: float = field(default=0.0, compare=False)
    step_s: float = field(default=0.0, compare=False)
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode, from reset to end. Two that differ in seconds alone are equal.

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
    seconds: float = field(default=0.0, compare=False)

    def to_json(self) -> str:
        """One line of JSON (ASCII, so that any text survives)."""
        data = {"format": FORMAT, **_fields(self), "turns": [_fields(turn) for turn in self.turns]}
        return json.dumps(packed(data), allow_nan=False)

    @classmethod
    def from_json(cls, line: str) -> "Episode":
        """Read what :meth:`to_json` wrote.

        Raises:
            UsageError: it is no such line.
        """
        try:
            data = unpacked(json.loads(line))
            if data.pop("format") != FORMAT:
                raise UsageError(f"expected an episode record of format {FORMAT}, got another one")
            turns = tuple(_made(TurnRecord, turn) for turn in data.pop("turns"))
            return _made(cls, {"turns": turns, **data})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            if isinstance(error, UsageError):
                raise
            raise UsageError(f"expected an episode record, got {line[:60]!r}") from None


Record = TypeVar("Record", Episode, TurnRecord)


def _made(kind: type[Record], data: dict[str, Any]) -> Record:
    """A record of loaded data, each field of its type."""
    for name in ("public_verdicts", "private_verdicts"):
        if name in data:
            if not isinstance(data[name], list) or not all(isinstance(verdict, str) for verdict in data[name]):
                raise TypeError(name)
            data = {**data, name: tuple(data[name])}
    record = kind(**data)
    for each in fields(record):
        value = getattr(record, each.name)
        number = each.type is float and type(value) in (int, float)
        if not number and type(value) is not (each.type if each.type in (str, int, bool) else tuple):
            raise TypeError(each.name)
    return record


def _fields(record: Episode | TurnRecord) -> dict[str, Any]:
    return {each.name: getattr(record, each.name) for each in fields(record)}


def packed(data: Any) -> Any:
    """Texts with surrogates, of which JSON would make other ones, as their bytes."""
    if isinstance(data, dict):
        return {key: packed(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [packed(value) for value in data]
    if isinstance(data, str) and _SURROGATES.search(data):
        return {"utf8": data.encode("utf-8", "surrogatepass").hex()}
    return data


def unpacked(data: Any) -> Any:
    """What :func:`packed` was given."""
    if isinstance(data, dict):
        if data.keys() == {"utf8"}:
            return bytes.fromhex(data["utf8"]).decode("utf-8", "surrogatepass")
        return {key: unpacked(value) for key, value in data.items()}
    return [unpacked(value) for value in data] if isinstance(data, list) else data


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
