"""What loaders of sets with test code share: the function that a program offers, and the division of its tests."""

import ast
from collections.abc import Sequence
from typing import Any

from codegym.datasets.fields import Tests
from codegym.datasets.rows import Row, Unusable
from codegym.errors import ProblemError, UsageError
from codegym.functions.asserts import turn
from codegym.functions.calls import Call, Calls, Harness
from codegym.functions.static import parsed
from codegym.problem import Argument, Checker, TestCase
from codegym.values import show

EQUAL = Checker("value", equality="python")
"""Asserts compare by Python's ``==``."""
_LONGEST = 1 << 20


def function_of(program: str, name: str, field: str) -> tuple[tuple[Argument, ...], str]:
    """The arguments and the return type of a program's function, as it is written; nothing is run.

    Raises:
        Unusable: the program has no such function.
    """
    node = functions_of(program, field).get(name)
    if node is None:
        raise Unusable(field, "no such function", f"expected a function {name} in the program, got none")
    given = [*node.args.posonlyargs, *node.args.args]
    arguments = tuple(Argument(one.arg, ast.unparse(one.annotation) if one.annotation else "any") for one in given)
    if node.args.vararg:
        arguments += (Argument(f"*{node.args.vararg.arg}", "any"),)
    return arguments, ast.unparse(node.returns) if node.returns else ""


def functions_of(program: str, field: str) -> dict[str, ast.FunctionDef]:
    """The functions that a program defines at its top.

    Raises:
        Unusable: it is no Python.
    """
    try:
        if len(program) > _LONGEST:
            raise ValueError(f"{len(program)} characters")
        tree = parsed(program)
    except ValueError as error:
        raise Unusable(field, "not Python", f"expected a program in Python, got: {str(error)[:100]}") from None
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def entry_point_of(asserts: Sequence[str], program: str, field: str) -> str:
    """The function of the program that the first assert calls.

    Raises:
        Unusable: it calls none.
    """
    defined = functions_of(program, field)
    try:
        called = {
            node.func.id
            for node in ast.walk(parsed(asserts[0]))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
    except (ValueError, IndexError):
        called = set()
    found = [name for name in defined if name in called]
    if not found:
        raise Unusable(field, "asserts call no function", "expected an assert that calls a function of the program")
    return found[-1]


def turned(source: str, entry_point: str, field: str, **more: Any) -> Tests:
    """The tests of test code.

    Raises:
        Unusable: it is no Python, or tests nothing.
    """
    try:
        tests = turn(source, entry_point, **more).tests
    except ProblemError as error:
        raise Unusable(field, "not Python", str(error)) from None
    if not tests:
        raise Unusable(field, "no tests", "expected asserts, got none")
    return tests


def each_turned(asserts: Sequence[str], entry_point: str, field: str, **more: Any) -> Tests:
    """The tests of asserts that stand apart from each other."""
    return tuple(
        test
        for number, source in enumerate(asserts)
        for test in turned(source, entry_point, f"{field}[{number}]", **more)
    )


def without(tests: Tests, others: Tests) -> Tests:
    """The tests whose inputs are those of no other."""
    known = {_key(test) for test in others}
    return tuple(test for test in tests if _key(test) not in known)


def _key(test: TestCase) -> str:
    given = test.input
    if isinstance(given, Harness):
        return given.source
    return repr(given) if isinstance(given, Calls) else repr(Calls((Call(tuple(given)),)))


def plain_lists(row: Row, name: str) -> list[tuple[Any, ...]]:
    """Lists of arguments; none where the field is missing or null, or an empty mapping, as published rows have it.

    Raises:
        Unusable: it holds something else.
    """
    value = row.get(name)
    if value is None or value == {}:
        return []
    if not isinstance(value, list) or not all(isinstance(item, list | tuple) for item in value):
        detail = f"expected a list of lists of arguments, got {show(value):.60}"
        raise Unusable(name, f"{name} is malformed", detail)
    return [tuple(item) for item in value]


def public_option(value: int, name: str = "public") -> int:
    """An option that says how many tests, the first ones, are public: at least one.

    Raises:
        UsageError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UsageError(f"expected {name} to be a whole number from 1, got {value!r}")
    return value
