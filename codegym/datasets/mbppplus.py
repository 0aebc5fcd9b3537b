"""MBPP+: MBPP's functions with many more inputs. Base tests are public, plus tests private.

Two forms are read. EvalPlus's own JSON lines hold ``base_input`` and ``plus_input`` without results: the base tests
are those of ``assertion``, the plus ones what the reference gives, asked for in a sandbox when it is first needed
(but for the few inputs of Mbpp/255 with results of many megabytes).
The hub's rows hold ``test_list`` (public), and ``test``, in which inputs and results stand as code (private, without
those that are public). Source: https://github.com/evalplus/evalplus (Apache-2.0).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codegym.datasets.fields import Tests, divide, optional_text, text, texts
from codegym.datasets.hub import Published, open_set
from codegym.datasets.mbpp import identify, short_function
from codegym.datasets.plus import PlusOracle, is_special, restored, too_large
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import Row, Unusable
from codegym.datasets.test_code import (
    each_turned,
    entry_point_of,
    plain_lists,
    turned,
    without,
)
from codegym.functions.calls import Expected
from codegym.functions.orders import Outcome
from codegym.functions.referenced import ReferenceTests
from codegym.problem import Limits, Problem, TestCase

PUBLISHED = Published("evalplus/mbppplus", {"test": ("data/test-*.parquet",)}, "test")
_CONTRADICTORY = frozenset({164, 295})
"""Tasks whose reference was exchanged and whose asserts were not: it fails them."""


def load(path: Path | None, split: str | None = None) -> ProblemSet:
    """MBPP+: one split, ``test``.

    Args:
        path: JSON lines or Parquet in EvalPlus's or the hub's schema, or None for the hub.
        split: which split.

    Raises:
        UsageError: there is no such split.
        ProblemError: there is nothing to load.
    """
    return open_set("mbppplus", PUBLISHED, path, split, _name, _problem)


def _name(row: Row, number: int) -> str:
    return f"Mbpp/{identify(row, number)}"


def _problem(row: Row, place: str, name: str) -> Problem:
    task = int(name.partition("/")[2])
    if task in _CONTRADICTORY:
        detail = "expected asserts that the reference passes, got those of an earlier reference"
        raise Unusable("canonical_solution", "reference and asserts contradict each other", detail)
    field = "canonical_solution" if "canonical_solution" in row else "code"
    program = text(row, field).replace("\r\n", "\n").strip("\n") + "\n"
    asserts = texts(row, "test_list")
    entry = optional_text(row, "entry_point") or entry_point_of(asserts, program, "test_list")
    tests = (_own if "base_input" in row else _hub)(row, place, task, entry, program)
    return short_function(name, text(row, "prompt"), tests, program, entry, field, place)


def _hub(row: Row, _: str, task: int, entry: str, __: str) -> tuple[Tests, Tests]:
    imports = texts(row, "test_imports")
    public = each_turned(texts(row, "test_list"), entry, "test_list", imports=imports)
    private = tuple(_as_task(task, test) for test in turned(text(row, "test"), entry, "test", imports=imports))
    return divide(public, without(private, public) or private, len(public), "test")


def _as_task(task: int, test: TestCase) -> TestCase:
    """A test with the comparison of its task, of which the hub's code knows nothing."""
    if not is_special(task) or not isinstance(test.input, tuple):
        return test
    value = test.output.value if isinstance(test.output, Expected) else test.output
    return TestCase(test.input, PlusOracle(task, 0.0)(test.input, Outcome("returned", value)))


def _own(row: Row, place: str, task: int, entry: str, program: str) -> tuple[Tests, Sequence[TestCase]]:
    base = turned(text(row, "assertion"), entry, "assertion")
    oracle = PlusOracle(task, tolerance(row))
    inputs = [_restored(task, given, number) for number, given in enumerate(plain_lists(row, "plus_input"))]
    inputs = [given for given in inputs if not too_large(task, given)]
    if not inputs:
        return divide((), base, 1, "assertion")
    private = ReferenceTests((), inputs, program, Limits(), entry_point=entry, expect=oracle, where=place)
    return base, private


def _restored(task: int, given: tuple[Any, ...], number: int) -> tuple[Any, ...]:
    try:
        return restored(task, given)
    except ValueError as error:
        raise Unusable(f"plus_input[{number}]", "inputs of another form", str(error)) from None


def tolerance(row: Row) -> float:
    """The ``atol`` of a row; 0 where it has none."""
    value = row.get("atol")
    if value is None:
        return 0.0
    if type(value) not in (int, float) or not 0 <= value < 1:
        raise Unusable("atol", "atol is no tolerance", f"expected a number from 0 to 1, got {str(value)[:40]}")
    return float(value)
