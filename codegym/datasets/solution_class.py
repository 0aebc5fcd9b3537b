"""Starter code of function problems: what it says of the function wanted, read without running it."""

import ast
import textwrap
import warnings
from dataclasses import dataclass

from codegym.problem import Argument

_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """The function that a starter asks for.

    Attributes:
        entry_point: its name; after ``Solution.`` where it is a method of that class.
        arguments: its arguments, without ``self``; None where the starter does not show them.
        returns: its return type as annotated; empty where there is none.
    """

    entry_point: str
    arguments: tuple[Argument, ...] | None
    returns: str


def read_starter(starter: str, name: str) -> Wanted:
    """The function ``name`` of a starter, the body of which may be missing."""
    in_class = "class Solution" in starter
    entry_point = f"Solution.{name}" if in_class else name
    function = _function(starter, name) if len(starter) < _LONGEST else None
    if function is None:
        return Wanted(entry_point, None, "")
    given = [*function.args.posonlyargs, *function.args.args]
    arguments = [Argument(one.arg, ast.unparse(one.annotation) if one.annotation else "any") for one in given]
    if in_class and arguments and arguments[0].name == "self":
        del arguments[0]
    if function.args.vararg or function.args.kwonlyargs or function.args.defaults:
        return Wanted(entry_point, None, "")
    return Wanted(entry_point, tuple(arguments), ast.unparse(function.returns) if function.returns else "")


def with_starter(statement: str, starter: str) -> str:
    """A statement that shows the code to begin with."""
    if not starter.strip() or starter.strip() in statement:
        return statement
    return f"{statement.rstrip()}\n\nBegin with this code:\n\n```python\n{starter.rstrip()}\n```\n"


def floats_where_annotated(value: object, returns: str) -> object:
    """Expected whole numbers as floats where only floats are returned: JSON may write 2.0 as 2."""
    if "float" not in returns or "int" in returns:
        return value
    if type(value) is int and abs(value) < 2**53:
        return float(value)
    return [floats_where_annotated(item, returns) for item in value] if type(value) is list else value


def _function(starter: str, name: str) -> ast.FunctionDef | None:
    tree = _parsed(starter)
    found = [
        node for node in (ast.walk(tree) if tree else ()) if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    return found[0] if found else None


def _parsed(starter: str) -> ast.Module | None:
    """The starter's tree; a body is put after its last line, which is where one is missing."""
    text = textwrap.dedent(starter.replace("\t", "    ")).rstrip()
    last = text.rpartition("\n")[2]
    indent = " " * (len(last) - len(last.lstrip()) + 4)
    for whole in (text, f"{text}\n{indent}pass\n"):
        try:
            with warnings.catch_warnings(action="ignore"):  # of escapes in another's text
                return ast.parse(whole)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None
