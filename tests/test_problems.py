"""The built-in problems are many, of every kind, and what the checks in the sandbox cannot see of them."""

import re
from collections import Counter

import pytest

from codegym import Problem, load_problems
from codegym.feedback import describe

PROBLEMS = load_problems("builtin")


def test_there_are_enough_of_every_kind() -> None:
    """At least 80, about 50 stdin and 30 function, all difficulties, 40 with a program to repair, several checkers."""
    kinds = Counter(problem.kind for problem in PROBLEMS)
    levels = Counter(problem.difficulty for problem in PROBLEMS)
    assert len(PROBLEMS) >= 80
    assert kinds["stdin"] >= 45
    assert kinds["function"] >= 30
    assert min(levels[level] for level in ("easy", "medium", "hard")) >= 12
    assert sum(problem.starter is not None for problem in PROBLEMS) >= 40
    assert {problem.checker.type for problem in PROBLEMS} >= {"lines", "numbers", "value", "validator"}
    assert sum(problem.checker.type == "validator" for problem in PROBLEMS) >= 5


def test_every_kind_of_failure_is_labelled() -> None:
    """Wrong answers, exceptions, time and memory: each kind many times."""
    labels = Counter(program.label for problem in PROBLEMS for program in problem.wrong_programs)
    for label in ("wrong_answer", "runtime_error", "time_limit_exceeded", "memory_limit_exceeded"):
        assert labels[label] >= 15, labels


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.id)
def test_repair_has_something_to_begin_with(problem: Problem) -> None:
    """A wrong program that fails a public test, and one that passes all of them."""
    assert {program.fails for program in problem.wrong_programs} == {"public", "private"}


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.id)
def test_statement_shows_no_private_test(problem: Problem) -> None:
    """No given private input of some length stands in what the agent sees."""
    shown = re.sub(r"\s+", " ", describe(problem.visible))
    given = getattr(problem.private_tests, "given", problem.private_tests)
    for test in given:
        text = re.sub(r"\s+", " ", test.input if problem.kind == "stdin" else repr(list(test.input))).strip()
        assert len(text) < 20 or text not in shown, text


def test_texts_that_agents_see_are_all_different() -> None:
    """The built-in agents find a problem by its text."""
    assert len({describe(problem.visible) for problem in PROBLEMS}) == len(PROBLEMS)
