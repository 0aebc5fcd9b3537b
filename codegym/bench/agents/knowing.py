"""Agents that know the problems' labelled programs.

They find the problem by the text that they are shown, so the environment tells them no more than it tells any other
agent.
"""

from collections.abc import Callable, Mapping

from codegym.datasets import ProblemSet
from codegym.env import Observation
from codegym.errors import AgentError
from codegym.feedback import Templates, describe
from codegym.languages import find_language
from codegym.problem import Problem
from codegym.process import visible_in

Choose = Callable[[Problem, int, str], str | None]


class KnowingAgent:
    """Answers from the labelled programs of a problem set.

    Args:
        problems: the set that is played.
        choose: the program for a problem, a turn (from 0) and a family of languages, or None where there is none.
        name: for messages.
        templates: how problems are described.
        language: of the environment.
    """

    concurrent = True

    def __init__(
        self,
        problems: ProblemSet,
        choose: Choose,
        name: str,
        templates: Templates | None = None,
        language: str = "python",
    ) -> None:
        spoken = find_language(language)
        self._family = spoken.family
        self._by_text = {describe(visible_in(problem, spoken), templates): problem for problem in problems}
        self._choose = choose
        self._name = name

    def plays(self, problem: Problem) -> bool:
        """Whether it has an answer to this problem."""
        return self._choose(problem, 0, self._family) is not None

    def answer(self, observation: Observation) -> str:
        """See :class:`Agent`."""
        problem = self._by_text.get(observation["problem"])
        program = problem and self._choose(problem, len(observation["dialogue"]), self._family)
        if program is None:
            raise AgentError(f"expected a problem that agent {self._name!r} knows, got another one")
        return str(program)


def oracle(problem: Problem, turn: int, family: str) -> str | None:
    """The reference program, or one that is labelled as right."""
    if problem.reference is not None and problem.language == family:
        return problem.reference
    right = (
        program.source for program in problem.programs if (program.label, program.language) == ("accepted", family)
    )
    return next(right, None)


def wrong(problem: Problem, turn: int, family: str) -> str | None:
    """The first labelled wrong program, at every turn."""
    wrong = problem.wrong_programs_in(family)
    return wrong[0].source if wrong else None


def starter(problem: Problem, turn: int, family: str) -> str | None:
    """The program that was to be repaired, as it is, at every turn."""
    return problem.starter if problem.language == family else None


def repair(problem: Problem, turn: int, family: str) -> str | None:
    """A wrong program first, after feedback the reference.

    The wrong one is one that the problem says fails a public test, where it says so of any.
    """
    wrong = problem.wrong_programs_in(family)
    if turn or not wrong:
        return oracle(problem, turn, family)
    failing = [program for program in wrong if program.fails == "public"]
    return (failing or wrong)[0].source


BUILT_IN: Mapping[str, Choose] = {"oracle": oracle, "wrong": wrong, "starter": starter, "repair": repair}
