"""An agent that gives recorded answers again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codegym.datasets import ProblemSet
from codegym.env import Observation
from codegym.episode import unpacked
from codegym.errors import AgentError, UsageError
from codegym.feedback import Templates, describe
from codegym.languages import find_language
from codegym.problem import Problem
from codegym.process import visible_in


class ReplayAgent:
    """Gives recorded answers again.

    Args:
        path: JSON lines, either ``{"problem_id": ..., "answers": [...]}`` or the episodes of a run.
        problems: the set that is played.
        templates: how problems are described.
        language: of the environment.

    Raises:
        UsageError: the file cannot be read, or a line is none of these.
    """

    concurrent = True

    def __init__(
        self, path: str, problems: ProblemSet, templates: Templates | None = None, language: str = "python"
    ) -> None:
        spoken = find_language(language)
        self._ids = {describe(visible_in(problem, spoken), templates): problem.id for problem in problems}
        self._path = path
        self._answers: dict[str, list[str]] = {}
        try:
            lines = Path(path).read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"expected a readable file of answers, got {path}: {error}") from None
        for number, line in enumerate(lines, 1):
            if line.strip() and (recorded := _recorded(line, f"{path}:{number}")):
                self._answers.setdefault(*recorded)

    def plays(self, problem: Problem) -> bool:
        """Whether there are answers to this problem."""
        return problem.id in self._answers

    def answer(self, observation: Observation) -> str:
        """See :class:`Agent`."""
        name = self._ids.get(observation["problem"], "")
        answers, turn = self._answers.get(name, []), len(observation["dialogue"])
        if turn >= len(answers):
            raise AgentError(f"expected an answer for turn {turn + 1} of {name!r} in {self._path}, got {len(answers)}")
        return answers[turn]


def _recorded(line: str, where: str) -> tuple[str, list[str]] | None:
    """Problem and answers; None of an episode that failed through no fault of its own."""
    try:
        data: Mapping[str, Any] = unpacked(json.loads(line))
        if data.get("error"):
            return None
        answers = data["answers"] if "answers" in data else [turn["answer"] for turn in data["turns"]]
        texts = isinstance(answers, list) and all(isinstance(answer, str) for answer in answers)
        if isinstance(data["problem_id"], str) and answers and texts:
            return data["problem_id"], answers
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    raise UsageError(f'{where}: expected {{"problem_id": "...", "answers": ["...", ...]}}, got {line[:60]!r}')
