"""Agents: an observation in, an answer out.

The built-in ones know the problems' labelled programs. They find the problem by the text that they are shown, so
the environment tells them no more than it tells any other agent.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from codegym.bench.own import Agent, import_agent, said
from codegym.datasets import ProblemSet
from codegym.env import Observation
from codegym.errors import AgentError, UsageError
from codegym.feedback import describe
from codegym.problem import Problem

BUILT_IN = ("oracle", "wrong", "starter", "repair")


Choose = Callable[[Problem, int], str | None]


class KnowingAgent:
    """Answers from the labelled programs of a problem set.

    Args:
        problems: the set that is played.
        choose: the program for a problem and a turn (from 0), or None where there is none.
        name: for messages.
    """

    def __init__(self, problems: ProblemSet, choose: Choose, name: str) -> None:
        self._by_text = {describe(problem.visible): problem for problem in problems}
        self._choose = choose
        self._name = name

    def plays(self, problem: Problem) -> bool:
        """Whether it has an answer to this problem."""
        return self._choose(problem, 0) is not None

    def answer(self, observation: Observation) -> str:
        """See :class:`Agent`."""
        problem = self._by_text.get(observation["problem"])
        program = problem and self._choose(problem, len(observation["dialogue"]))
        if program is None:
            raise AgentError(f"expected a problem that agent {self._name!r} knows, got another one")
        return str(program)


def oracle(problem: Problem, turn: int) -> str | None:
    """The reference program."""
    return problem.reference


def wrong(problem: Problem, turn: int) -> str | None:
    """The first labelled wrong program, at every turn."""
    wrong = problem.wrong_programs_in("python")
    return wrong[0].source if wrong else None


def starter(problem: Problem, turn: int) -> str | None:
    """The program that was to be repaired, as it is, at every turn."""
    return problem.starter


def repair(problem: Problem, turn: int) -> str | None:
    """A wrong program first, after feedback the reference.

    The wrong one is one that the problem says fails a public test, where it says so of any.
    """
    wrong = problem.wrong_programs_in("python")
    if turn or not wrong:
        return problem.reference
    failing = [program for program in wrong if program.fails == "public"]
    return (failing or wrong)[0].source


class ReplayAgent:
    """Gives recorded answers again.

    Args:
        path: JSON lines, either ``{"problem_id": ..., "answers": [...]}`` or the episodes of a run.
        problems: the set that is played.

    Raises:
        UsageError: the file cannot be read, or a line is none of these.
    """

    def __init__(self, path: str, problems: ProblemSet) -> None:
        self._ids = {describe(problem.visible): problem.id for problem in problems}
        self._path = path
        self._answers: dict[str, list[str]] = {}
        try:
            lines = Path(path).read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"expected a readable file of answers, got {path}: {error}") from None
        for number, line in enumerate(lines, 1):
            if line.strip():
                name, answers = _recorded(line, f"{path}:{number}")
                self._answers.setdefault(name, answers)

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


def _recorded(line: str, where: str) -> tuple[str, list[str]]:
    try:
        data: Mapping[str, Any] = json.loads(line)
        answers = data["answers"] if "answers" in data else [turn["answer"] for turn in data["turns"]]
        texts = isinstance(answers, list) and all(isinstance(answer, str) for answer in answers)
        if isinstance(data["problem_id"], str) and answers and texts:
            return data["problem_id"], answers
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise UsageError(f'{where}: expected {{"problem_id": "...", "answers": ["...", ...]}}, got {line[:60]!r}')


def make_agent(name: str, problems: ProblemSet) -> Agent:
    """The agent of a name.

    Args:
        name: ``oracle``, ``wrong``, ``starter``, ``repair``, ``replay:FILE``, or ``python:MODULE:OBJECT`` where the
            object is an agent, a class that makes one without arguments, or a function of an observation. Modules
            are looked for in the current folder too. Such an agent is asked one observation at a time, unless it has
            an attribute ``concurrent`` that is true.
        problems: the set that is played.

    Raises:
        UsageError: there is no such agent.
        AgentError: its module or class raised.
    """
    known: dict[str, Choose] = {"oracle": oracle, "wrong": wrong, "starter": starter, "repair": repair}
    kind, _, rest = name.partition(":")
    if name in known:
        return KnowingAgent(problems, known[name], name)
    if kind == "replay" and rest:
        return ReplayAgent(rest, problems)
    if kind == "python" and rest.count(":") == 1 and all(rest.split(":")):
        return import_agent(*rest.split(":"))
    raise UsageError(f"expected agent {', '.join(BUILT_IN)}, replay:FILE or python:MODULE:OBJECT, got {name!r}")


def ask(agent: Agent, observation: Observation) -> str:
    """The agent's answer.

    Raises:
        AgentError: it raised, or gave something else than text.
    """
    try:
        answer = agent.answer(observation)
    except AgentError:
        raise
    except (Exception, SystemExit) as error:
        raise AgentError(f"expected an answer from the agent, got {said(error)}") from error
    if not isinstance(answer, str):
        raise AgentError(f"expected an answer as text from the agent, got {type(answer).__name__}")
    return answer


def played(agent: Agent, problems: Iterable[Problem]) -> list[Problem]:
    """The problems that the agent can play: all, unless it has a method ``plays`` that says otherwise."""
    plays = getattr(agent, "plays", None)
    return [problem for problem in problems if plays is None or plays(problem)]
