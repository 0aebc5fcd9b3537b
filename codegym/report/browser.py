"""The episodes of a report, packed so that a page of 50,000 of them opens at once.

There is a small index, and parts of compressed JSON that the page unpacks when an episode is looked at. What is packed
is base64, so no text of an episode can end the element that it stands in.
"""

import base64
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from codegym.episode import Episode, TurnRecord
from codegym.report.runs import Row, Run
from codegym.report.turns import end_of

IN_PART = 40
"""Episodes in a part, or statements."""
LONGEST = 50_000
"""Characters of a text that the page has; what is cut off stands in the run's folder."""
_LEVEL = 3
"""Of compression: a fifth more than with level 6, in less than a third of the time."""


def pack(data: Any) -> str:
    """JSON (ASCII, lone surrogates escaped), compressed, in base64."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode("ascii"), _LEVEL, mtime=0)).decode("ascii")


class _Names:
    """Texts by number."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._places: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        if name not in self._places:
            self._places[name] = len(self.all)
            self.all.append(name)
        return self._places[name]


def index(runs: Sequence[Run], statements: Mapping[str, str]) -> dict[str, Any]:
    """What the page must have at once: names, and of each episode what it can be found by, a column a field.

    Args:
        runs: the runs, whose episodes are numbered in order.
        statements: of the problems that could be loaded.
    """
    problems, difficulties, verdicts, ends = _Names(), _Names(), _Names(), _Names()
    columns: dict[str, list[int]] = {name: [] for name in _COLUMNS}
    for number, run in enumerate(runs):
        for row in run.rows:
            first = row.turns[0].verdict if row.turns else ""
            values: tuple[int, ...] = (
                number,
                problems(row.problem_id),
                difficulties(row.difficulty),
                row.rollout,
                len(row.turns),
            )
            values += (verdicts(first), verdicts(row.verdict), ends("failed" if row.error else end_of(row)))
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
    said = {problem: place for place, problem in enumerate(problems.all) if problem in statements}
    return {
        "runs": [run.name for run in runs],
        "problems": problems.all,
        "difficulties": difficulties.all,
        "verdicts": verdicts.all,
        "ends": ends.all,
        "columns": columns,
        "in_part": IN_PART,
        "statements": list(said.values()),
    }


_COLUMNS = ("run", "problem", "difficulty", "rollout", "turns", "first", "verdict", "end")


def episode_parts(runs: Iterable[Run]) -> Iterator[str]:
    """The episodes in the order of the index, in packed parts of :data:`IN_PART`; reads them as they are needed."""
    part: list[dict[str, Any]] = []
    for run in runs:
        for row, episode in run.episodes():
            part.append(_episode(row, episode))
            if len(part) == IN_PART:
                yield pack(part)
                part = []
    if part:
        yield pack(part)


def statement_parts(problems: Iterable[str], statements: Mapping[str, str]) -> Iterator[str]:
    """The statements in the order of the index, in packed parts; None for a problem that could not be loaded."""
    texts = [_cut(statements[problem]) if problem in statements else None for problem in problems]
    for start in range(0, len(texts), IN_PART):
        yield pack(texts[start : start + IN_PART])


def _cut(text: str) -> str | list[Any]:
    """A text, or what is shown of it and how many characters are not."""
    return text if len(text) <= LONGEST else [text[:LONGEST], len(text) - LONGEST]


def _episode(row: Row, episode: Episode) -> dict[str, Any]:
    return {
        "turns": [_turn(turn) for turn in episode.turns],
        "private": _counted(episode.private_verdicts),
        "error": _cut(episode.error),
        "seconds": round(episode.seconds, 4),
        "reward": row.reward,
    }


def _turn(turn: TurnRecord) -> dict[str, Any]:
    return {
        "program": _cut(turn.program),
        "answer": _answer(turn),
        "verdict": turn.verdict,
        "public": _counted(turn.public_verdicts),
        "feedback": _cut(turn.feedback),
        "reward": turn.reward,
        "answer_s": round(turn.answer_s, 4),
        "step_s": round(turn.step_s, 4),
        "tokens": [turn.prompt_tokens, turn.completion_tokens],
    }


def _answer(turn: TurnRecord) -> Any:
    """None if it is the program; if it is not long and holds the program, what is around that; else the text."""
    if turn.answer == turn.program:
        return None
    if turn.program and len(turn.answer) <= LONGEST and turn.program in turn.answer:
        return {"around": turn.answer.split(turn.program, 1)}
    return _cut(turn.answer)


def _counted(verdicts: Sequence[str]) -> list[list[Any]]:
    """Verdicts in order, equal ones that follow each other as one with their number."""
    found: list[list[Any]] = []
    for verdict in verdicts:
        if found and found[-1][0] == verdict:
            found[-1][1] += 1
        else:
            found.append([verdict, 1])
    return found
