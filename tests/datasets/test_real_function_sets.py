"""Real rows of MBPP, MBPP+ and HumanEvalPack: references are accepted, faulty programs are not, but for a list by id.

One problem in twenty is run, and every exception; all of them with ``CODEGYM_TEST_ALL=1``
(``benchmarks/function_sets.py`` gives the figures).
"""

import ast
import json
import os
from dataclasses import replace
from typing import Any

import pytest

from codegym import Limits, Problem, Sandbox, judge, load_problems
from codegym.datasets import ProblemSet
from codegym.datasets.plus import restored, too_large
from codegym.functions.calls import Calls, Harness
from tests.conftest import need_language
from tests.datasets.conftest import shared_data

EVERY = 1 if os.environ.get("CODEGYM_TEST_ALL") else 20

OTHER_REFERENCE = {
    # MbppBase holds EvalPlus's corrected references beside MBPP's own asserts, which were not corrected.
    "83": "characters are added modulo another number",
    "115": "a set is no empty dictionary now",
    "117": "lists where the asserts want tuples",
    "143": "a list of numbers is no list of lists now",
    "229": "the order of the positive numbers is kept now",
    "249": "the result is in no order; the asserts want one",
    "396": "True where the asserts want 'Valid'",
    "407": "None where the asserts want False",
    "408": "tuples where the asserts want lists",
    "431": "False where the asserts want None",
    "438": "each pair is counted once now",
    "442": "not rounded now",
    "461": "counts capital letters after the first one too now",
    "574": "pi is exact now",
    "582": "takes dictionaries alone now; the asserts give it a set",
    "595": "None where the asserts want 'Not Possible'",
    "640": "takes a text now; the asserts give it a list",
    "746": "angles above 360 are taken now",
    "783": "differs in the last digit",
}
OTHER_INPUTS = {
    87: "a key that stood twice in the assert's mapping stands there once",
    124: "whole numbers are floats",
    252: "whole numbers are complex ones",
    301: "keys of mappings are text in JSON",
    582: "keys of mappings are text in JSON",
    596: "inner tuples are lists",
}
SETS: dict[str, tuple[str, int, int, dict[str, str]]] = {
    # file: name, problems, rows left out, exceptions
    "mbpp/mbpp.jsonl": ("mbpp", 974, 0, {}),
    "mbppplus/MbppBase.jsonl": ("mbpp", 409, 0, OTHER_REFERENCE),
    "mbppplus/MbppPlus.jsonl": ("mbppplus", 397, 2, {}),
    "humanevalpack/python.jsonl": ("humanevalpack", 20, 0, {}),
}


def load(file: str) -> ProblemSet:
    return load_problems(SETS[file][0], path=shared_data(file))


@pytest.mark.parametrize("file", SETS)
def test_references_are_accepted_but_for_those_listed(file: str, any_sandbox: Sandbox) -> None:
    """Every reference passes all tests; each exception fails indeed; as many rows are left out as is known."""
    _, count, left_out, exceptions = SETS[file]
    problems = load(file)
    assert (len(problems), len(problems.left_out)) == (count, left_out)
    for number, problem in enumerate(problems):
        if number % EVERY == 0 or problem.id in exceptions:
            judgement = judge(reference(problem), problem, sandbox=any_sandbox, split="both")
            assert judgement.accepted is (problem.id not in exceptions), (problem.id, judgement.results)


@pytest.mark.parametrize("file", SETS)
def test_programs_that_do_nothing_are_rejected(file: str, any_sandbox: Sandbox) -> None:
    """A function that returns None fails the private tests of every problem that is run."""
    for problem in load(file)[::EVERY]:
        nothing = f"def {problem.entry_point}(*x, **y):\n    return None\n"
        assert not judge(nothing, problem, sandbox=any_sandbox, split="both").accepted, problem.id


def test_functions_in_cpp_are_judged(any_sandbox: Sandbox) -> None:
    """Of the problems in C++ none is left out; the right program is accepted, and the faulty one rejected."""
    need_language(any_sandbox)
    problems = load_problems("humanevalpack:cpp", path=shared_data("humanevalpack/cpp.jsonl"))
    assert (len(problems), len(problems.left_out)) == (20, 0)
    for problem in problems[:: min(EVERY, 10)]:
        for program, accepted in ((reference(problem), True), (problem.starter or "", False)):
            judgement = judge(program, problem, sandbox=any_sandbox, split="both", language="cpp")
            assert judgement.accepted is accepted, (problem.id, judgement.results)


def test_faulty_programs_are_rejected(any_sandbox: Sandbox) -> None:
    """All twenty programs with a planted fault fail a test."""
    for problem in load("humanevalpack/python.jsonl"):
        assert problem.starter
        quick = replace(problem, limits=Limits(cpu_s=1.0))
        assert not judge(problem.starter, quick, sandbox=any_sandbox, split="both", run_all=False).accepted, problem.id


@pytest.mark.parametrize(("file", "most"), [("mbpp/mbpp.jsonl", 3), ("humanevalpack/python.jsonl", 0)])
def test_nearly_all_asserts_are_turned(file: str, most: int) -> None:
    """Of the asserts no more than three (of a task that asks for ``sys.getsizeof``) are left as code."""
    tests = [test for problem in load(file) for test in (*problem.public_tests, *problem.private_tests)]
    assert sum(isinstance(test.input, Harness) for test in tests) == most
    assert len(tests) > 100


def test_restored_inputs_are_those_that_the_asserts_have() -> None:
    """Base inputs with their types restored by task are the arguments that stand in the task's asserts."""
    with shared_data("mbppplus/MbppPlus.jsonl").open() as file:
        rows = [json.loads(line) for line in file]
    checked = 0
    for row in rows:
        task = int(row["task_id"].partition("/")[2])
        for given, expected in zip(row["base_input"], arguments_of(row), strict=False):
            if expected is not None and task not in OTHER_INPUTS:
                checked += 1
                assert repr(restored(task, tuple(given))) == repr(expected), row["task_id"]
    assert checked > 1000


def arguments_of(row: dict[str, Any]) -> list[tuple[Any, ...] | None]:
    """The arguments of the first call in each assert of a row; None where they are no literals."""
    found: list[tuple[Any, ...] | None] = []
    for node in ast.parse(row["assertion"]).body:
        if isinstance(node, ast.Assert):
            calls = [
                one
                for one in ast.walk(node)
                if isinstance(one, ast.Call) and ast.unparse(one.func) == row["entry_point"]
            ]
            try:
                found.append(tuple(ast.literal_eval(argument) for argument in calls[0].args))
            except ValueError:
                found.append(None)
    return found


def test_few_inputs_are_too_large() -> None:
    """Of all plus inputs five, of one task, are left out for the size of their results."""
    with shared_data("mbppplus/MbppPlus.jsonl").open() as file:
        rows = [json.loads(line) for line in file]
    tasks = [(int(row["task_id"].partition("/")[2]), given) for row in rows for given in row["plus_input"] or ()]
    assert sum(too_large(task, tuple(given)) for task, given in tasks if task == 255) == 5


def test_code_arguments_are_those_of_four_tasks() -> None:
    """Only the tasks whose arguments are classes, or objects of the program's classes, evaluate code in the box."""
    coded = {p.id for p in load("mbpp/mbpp.jsonl") if any(isinstance(test.input, Calls) for test in p.private_tests)}
    assert coded == {"367", "533", "601", "927"}


def reference(problem: Problem) -> str:
    assert problem.reference
    return problem.reference
