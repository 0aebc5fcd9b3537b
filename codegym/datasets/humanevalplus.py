"""HumanEval+: HumanEval's functions with many more inputs.

EvalPlus's own JSON lines hold ``base_input`` and ``plus_input``: the base tests, which ``test`` asserts, are public,
and the plus ones, answered by the reference in a sandbox when they are first needed, private. The hub's rows hold
``test`` alone, in which all inputs and results stand in a row, and nothing says which are the base ones: there,
the examples of the docstring are public, or else the first three, and all others private.
Source: https://github.com/evalplus/evalplus (Apache-2.0).
"""

from dataclasses import replace
from pathlib import Path

from codegym.datasets.fields import divide, text
from codegym.datasets.hub import Published, open_set
from codegym.datasets.humaneval import completion, divided, docstring_tests, name_of
from codegym.datasets.mbppplus import tolerance
from codegym.datasets.plus import PlusOracle
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import Row
from codegym.datasets.test_code import plain_lists, turned
from codegym.functions.referenced import ReferenceTests
from codegym.problem import Checker, Limits, Problem

PUBLISHED = Published("evalplus/humanevalplus", {"test": ("data/test-*.parquet",)}, "test")
_FIRST = 3
_ROOT = "HumanEval/32"
"""A task that asks for a zero of a polynomial: one of them, which need not be the reference's."""
_IS_ROOT = """\
def validate(given, expected, output):
    if type(output) not in (int, float):
        return "it is no number"
    value = sum(factor * output**power for power, factor in enumerate(given[0]))
    return True if abs(value) <= 1e-4 else "it is no zero of the polynomial"
"""


def load(path: Path | None, split: str | None = None) -> ProblemSet:
    """HumanEval+: one split, ``test``.

    Args:
        path: JSON lines or Parquet in EvalPlus's or the hub's schema, or None for the hub.
        split: which split.

    Raises:
        UsageError: there is no such split.
        ProblemError: there is nothing to load.
    """
    return open_set("humanevalplus", PUBLISHED, path, split, name_of, _problem)


def _problem(row: Row, place: str, name: str) -> Problem:
    entry, prompt = text(row, "entry_point"), text(row, "prompt")
    tests = turned(text(row, "test"), entry, "test")
    inputs = plain_lists(row, "plus_input")
    if "base_input" not in row:
        return completion(row, place, name, *divided(tests, docstring_tests(prompt, entry), _FIRST))
    if not inputs:
        return completion(row, place, name, *divide((), tests, 1, "test"))
    reference = prompt + text(row, "canonical_solution")
    oracle = PlusOracle(0, tolerance(row), exact=name == _ROOT)
    private = ReferenceTests((), inputs, reference, Limits(), entry_point=entry, expect=oracle, where=place)
    problem = completion(row, place, name, tests, private)
    return replace(problem, checker=Checker("validator", source=_IS_ROOT)) if name == _ROOT else problem
