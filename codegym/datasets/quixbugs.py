"""Folders shaped like QuixBugs: small Python functions with one bug each, their repairs, and calls of them.

``python_programs/NAME.py`` is the program to repair, ``correct_python_programs/NAME.py`` the reference, and each line
of ``json_testcases/NAME.json``, or each item of a list over several lines, a test: ``[arguments, expected]``, where
arguments that are no list are one argument. Of a problem's tests the first of every three is public. Programs without
such a file, which are tested by code, are left out. Results are compared as JSON: a tuple is a list, 2 is 2.0.
Programs that yield get a decorator that makes a list of what they yield, as the tests want it.
"""

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from codegym.datasets.package import Options, Package
from codegym.datasets.packages import load_packages
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.trees import Refused, Tree
from codegym.problem import Argument, Checker, LabelledProgram, Problem, TestCase

_BUGGY, _CORRECT, _TESTS = "python_programs", "correct_python_programs", "json_testcases"
_PUBLIC_OF = 3
_TOLERANCE = 1e-9
_WITHIN_LAST_ARGUMENT = """\
def validate(input, expected, output):
    if isinstance(output, (int, float)) and not isinstance(output, bool) and abs(output - expected) <= input[-1]:
        return True
    return "the returned value is not within the wanted error"
"""
_TOLERANT = {"sqrt"}
"""Functions that are told, by their last argument, how far off they may be."""
_TOO_SLOW: dict[str, Callable[[tuple[Any, ...]], bool]] = {
    "knapsack": lambda arguments: arguments[0] > 10**6,
    "levenshtein": lambda arguments: len(arguments[0]) + len(arguments[1]) > 40,
}
"""Tests of the published set for which its own right programs take minutes to ages."""
_DECORATOR = """\
def listed(function):
    return lambda *arguments: list(function(*arguments))


@listed
"""


def load(path: Path | None, split: str | None = None) -> ProblemSet:
    """The problems of a folder or an archive shaped like QuixBugs.

    Args:
        path: the folder or archive.
        split: it has none.

    Raises:
        UsageError: an argument is not what it must be.
        ProblemError: nothing there can be used.
    """
    return load_packages(path, split, ("quixbugs",), Options())


def read_package(package: Package) -> list[Problem]:
    """The problems of one folder; those that cannot be used are left out of it."""
    problems = []
    for file in package.tree.files(_BUGGY):
        name = file.removesuffix(".py")
        # What the programs of graphs import, and their own tests, lie among the programs.
        if name == file or name in ("node", "__init__") or name.endswith("_test"):
            continue
        try:
            problems.append(_problem(package, name))
        except Refused as error:
            package.leave_out(f"{_BUGGY}/{file}", error.field, error.reason, error.detail, problem=name)
    return problems


def _problem(package: Package, name: str) -> Problem:
    tree = package.tree
    tests = f"{_TESTS}/{name}.json"
    if tests not in tree:
        detail = f"expected {tests}, got none: tests that are code are not supported"
        raise tree.refusal(tests, "tests that are code", detail)
    buggy, correct = (tree.text(f"{folder}/{name}.py") for folder in (_BUGGY, _CORRECT))
    function = _function(tree, name, correct)
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function)):
        buggy, correct = (_listing(source, name) for source in (buggy, correct))
    cases = list(_cases(package, tests, name))
    if len(cases) < 2:
        raise tree.refusal(tests, "no private tests", f"expected at least two tests, got {len(cases)}")
    tolerant = Checker("validator", source=_WITHIN_LAST_ARGUMENT)
    plain = Checker("value", abs_tol=_TOLERANCE, rel_tol=_TOLERANCE, equality="json")
    return Problem(
        id=name,
        title=name.replace("_", " ").capitalize(),
        statement=_statement(name, buggy),
        kind="function",
        public_tests=tuple(cases[::_PUBLIC_OF]),
        private_tests=tuple(case for number, case in enumerate(cases) if number % _PUBLIC_OF),
        checker=tolerant if name in _TOLERANT else plain,
        entry_point=name,
        arguments=tuple(Argument(argument.arg, "any") for argument in function.args.args),
        returns="any",
        reference=correct,
        starter=buggy,
        programs=(LabelledProgram("buggy", "rejected", buggy),),
        source=f"{tree.source}/{_BUGGY}/{name}.py",
    )


def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _function(tree: Tree, name: str, source: str) -> ast.FunctionDef:
    """The function that a right program defines."""
    parsed = _tree(source)
    for node in parsed.body if parsed else ():
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    place = f"{_CORRECT}/{name}.py"
    raise tree.refusal(place, "no function of the file's name", f"expected a function {name} there, got none")


def _listing(source: str, name: str) -> str:
    """A program with its function made to return a list."""
    parsed = _tree(source)
    for node in parsed.body if parsed else ():
        if isinstance(node, ast.FunctionDef) and node.name == name and not node.decorator_list:
            lines = source.split("\n")
            return "\n".join([*lines[: node.lineno - 1], _DECORATOR + lines[node.lineno - 1], *lines[node.lineno :]])
    return source


def _statement(name: str, buggy: str) -> str:
    """What the program's own text says that it is to do."""
    parsed = _tree(buggy)
    texts = [
        node.value.value
        for node in (parsed.body if parsed else ())
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    task = f"The function `{name}` has a bug. Repair it.\n"
    return task + "".join(f"\n```text\n{text.strip()}\n```\n" for text in texts[:1])


def _cases(package: Package, file: str, name: str) -> Iterator[TestCase]:
    tree = package.tree
    for number, line, loaded in _lines(tree.text(file)):
        if not isinstance(loaded, list) or len(loaded) != 2:
            detail = f"expected [arguments, expected] in JSON, got {line[:60]!r}"
            raise tree.refusal(f"{file}:{number}", "a malformed test", detail)
        arguments = tuple(loaded[0]) if isinstance(loaded[0], list) else (loaded[0],)
        if _is_too_slow(name, arguments):
            detail = "expected a test that a right program passes in seconds, got one that takes it minutes or ages"
            package.leave_out(f"{file}:{number}", "json_testcases", "a test that takes too long", detail)
        else:
            yield TestCase(arguments, loaded[1])


def _lines(text: str) -> Iterator[tuple[int, str, Any]]:
    """Number, text and value of each test: one a line, or the items of one list over several lines."""
    whole = _parsed(text)
    if isinstance(whole, list) and "\n" in text.strip():
        yield from ((number, json.dumps(item), item) for number, item in enumerate(whole, 1))
    else:
        yield from ((number, line, _parsed(line)) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_too_slow(name: str, arguments: tuple[Any, ...]) -> bool:
    try:
        return name in _TOO_SLOW and _TOO_SLOW[name](arguments)
    except (TypeError, IndexError):
        return False
