"""Test code as tests: what asserts say of a function's calls, read without running anything.

Turned are asserts that compare one call with a value that can be told (:mod:`codegym.functions.static`), by the usual
ways to write that, in loops over given data too, and ``with raises``. A call whose arguments are no such values stays
code; it is evaluated in the candidate's box, which the expected value does not enter. All else is left as a
:class:`~codegym.functions.calls.Harness`: the code without what was turned.
"""

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codegym.errors import ProblemError
from codegym.functions.calls import Call, Calls, Expected, Harness, Raises, View
from codegym.functions.static import UNKNOWN, NotStatic, evaluate, parsed
from codegym.functions.trees import Renamed, Without, calls_check, is_check, is_plus_helper, numbered
from codegym.problem import TestCase

MOST_TURNS = 200_000
"""Rounds of a loop that are unrolled."""
_LONGEST = 16 << 20
_VIEWS: dict[str, View] = {
    name: name for name in ("set", "frozenset", "sorted", "list", "tuple", "len", "int", "float", "bool", "sum")
}
_CLOSE = ("isclose", "allclose", "math.isclose", "np.isclose", "np.allclose", "numpy.isclose", "numpy.allclose")
_PLUS_RTOL, _PLUS_ATOL = 1e-7, 1e-6


@dataclass(frozen=True, slots=True)
class Turned:
    """What test code was turned into.

    Attributes:
        tests: the tests, in the code's order; the harness, if there is one, is the last.
        pairs: how many of them are no harness.
    """

    tests: tuple[TestCase, ...]
    pairs: int


def turn(source: str, entry_point: str, *, setup: str = "", imports: Sequence[str] = ()) -> Turned:
    """The tests of test code.

    Args:
        source: asserts; or a function ``check`` that is given the candidate.
        entry_point: the name of the function tested.
        setup: code that the asserts rely on and that is run after the program.
        imports: lines to run before that.

    Raises:
        ProblemError: it is no Python, or larger than any test code need be.
    """
    if len(source) > _LONGEST:
        raise ProblemError(f"expected at most {_LONGEST} characters of test code, got {len(source)}")
    try:
        tree = parsed(source)
    except ValueError as error:
        raise ProblemError(f"expected test code in Python, got {error}") from None
    reader = _Reader(tree, entry_point, setup, imports)
    return reader.turned()


def is_floats(value: Any) -> bool:
    """Whether a value is a float, or a list or tuple of nothing else: such results are compared with a tolerance."""
    if type(value) in (list, tuple):
        return bool(value) and all(type(item) is float for item in value)
    return type(value) is float


def plus_expected(value: Any, atol: float, view: View = "") -> Any:
    """What the "plus" sets expect: equality, or closeness for floats and where a tolerance is given."""
    if atol or is_floats(value):
        return Expected(value, "close", view, atol or _PLUS_ATOL, _PLUS_RTOL)
    return Expected(value, view=view) if view else value


@dataclass(frozen=True, slots=True)
class _Turn:
    """Tests of one statement, and whether variables of the code stand in it."""

    tests: tuple[TestCase, ...]
    leans: bool


class _Reader:
    def __init__(self, tree: ast.Module, entry_point: str, setup: str, imports: Sequence[str]) -> None:
        self._tree, self._entry = tree, entry_point
        self._names: dict[str, Any] = {}
        self._aliases = {entry_point, "candidate"}
        self._helpers = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and is_plus_helper(node)}
        self._check = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and is_check(node)), None)
        own = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        self._preamble = "\n".join([*imports, *own])
        self._setup = "\n".join(part for part in (self._preamble, setup) if part.strip())
        self._extra = "\n".join(part for part in ("\n".join(imports), setup) if part.strip())
        self._own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        self._turns: dict[int, _Turn] = {}
        self._left: list[ast.stmt] = []

    def turned(self) -> Turned:
        self._scope(self._tree.body)
        if self._check:
            self._aliases.add(self._check.args.args[0].arg)
            self._scope(self._check.body)
        if self._left:
            self._turns = {key: turn for key, turn in self._turns.items() if not turn.leans}
        pairs = tuple(test for turn in self._turns.values() for test in turn.tests)
        rest = (TestCase(Harness(self._rest()), None),) if self._left else ()
        return Turned(pairs + rest, len(pairs))

    def _rest(self) -> str:
        """The code without what was turned."""
        tree = Without(set(self._turns)).visit(copy.deepcopy(numbered(self._tree)))
        lines = [self._extra, ast.unparse(ast.fix_missing_locations(tree))]
        if self._check and not any(calls_check(node) for node in self._tree.body):
            lines.append("check(candidate)")
        return "\n".join(line for line in lines if line.strip()) + "\n"

    def _scope(self, body: list[ast.stmt]) -> None:
        for node in body:
            match node:
                case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.FunctionDef():
                    pass
                case ast.Expr(ast.Constant()):
                    pass
                case ast.Expr(ast.Call(ast.Name("check"))) if self._check:
                    pass
                case ast.Assign([ast.Name(name)], value):
                    self._names[name] = self._static(value)
                    if self._names[name] is UNKNOWN and self._calls(value):
                        self._left.append(node)
                case _:
                    try:
                        before = dict(self._names)
                        tests = tuple(self._statement(node))
                    except NotStatic:
                        self._names = before
                        self._forget(node)
                        self._left.append(node)
                    else:
                        self._turns[id(node)] = _Turn(tests, self._leans(node, before))

    def _static(self, node: ast.expr) -> Any:
        try:
            return evaluate(node, self._names)
        except NotStatic:
            return UNKNOWN

    def _forget(self, node: ast.stmt) -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
                self._names[part.id] = UNKNOWN

    def _leans(self, node: ast.stmt, names: dict[str, Any]) -> bool:
        return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))

    def _calls(self, node: ast.AST) -> bool:
        return any(
            isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in self._aliases
            for part in ast.walk(node)
        )

    def _statement(self, node: ast.stmt) -> Iterator[TestCase]:
        match node:
            case ast.Assert(ast.BoolOp(ast.And(), parts)):
                for part in parts:
                    yield self._assertion(part)
            case ast.Assert(test):
                yield self._assertion(test)
            case ast.For(target, iterated, body, []):
                yield from self._loop(target, iterated, body)
            case ast.Expr(ast.Call(ast.Name(name), [what, value, atol], [])) if name in self._helpers:
                call, view = self._subject(what)
                yield self._test(call, plus_expected(self._value(value), float(self._value(atol)), view))
            case ast.With([ast.withitem(ast.Call(raises, [ast.Name(kind)], []), None)], [ast.Expr(what)]) if (
                ast.unparse(raises).rpartition(".")[2] in ("raises", "assertRaises")
            ):
                call, _ = self._subject(what)
                yield self._test(call, Raises(kind))
            case _:
                raise NotStatic(type(node).__name__)

    def _loop(self, target: ast.expr, iterated: ast.expr, body: list[ast.stmt]) -> Iterator[TestCase]:
        items = self._value(iterated)
        if not isinstance(items, list | tuple | str) or len(items) > MOST_TURNS:
            raise NotStatic("loop")
        for item in items:
            self._bind(target, item)
            for node in body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    self._names[node.targets[0].id] = self._value(node.value)
                else:
                    yield from self._statement(node)

    def _bind(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(name):
                self._names[name] = value
            case ast.Tuple(parts) | ast.List(parts) if type(value) in (list, tuple) and len(parts) == len(value):
                for part, item in zip(parts, value, strict=True):
                    self._bind(part, item)
            case _:
                raise NotStatic("target of a loop")

    def _value(self, node: ast.expr) -> Any:
        return evaluate(node, self._names)

    def _assertion(self, node: ast.expr) -> TestCase:
        match node:
            case ast.UnaryOp(ast.Not(), inner):
                call, view = self._subject(inner)
                return self._test(call, Expected(relation="false", view=view))
            case ast.Call(function, [what, value], keywords) if ast.unparse(function) in _CLOSE:
                return self._close(ast.unparse(function), what, value, keywords)
            case ast.Compare(ast.Call(ast.Name("abs"), [ast.BinOp(one, ast.Sub(), other)], []), [ast.Lt() | ast.LtE()]):
                what, value = (one, other) if self._calls(one) else (other, one)
                call, view = self._subject(what)
                return self._test(
                    call, Expected(self._value(value), "close", view, abs_tol=float(self._value(node.comparators[0])))
                )
            case ast.Compare(left, [op], [right]):
                return self._comparison(left, op, right)
        call, view = self._subject(node)
        return self._test(call, Expected(relation="true", view=view))

    def _close(self, function: str, what: ast.expr, value: ast.expr, keywords: list[ast.keyword]) -> TestCase:
        if not self._calls(what):
            what, value = value, what
        call, view = self._subject(what)
        given = {str(keyword.arg): float(self._value(keyword.value)) for keyword in keywords}
        arrays = ("." in function and not function.startswith("math")) or function == "allclose"
        rel = given.pop("rtol", 1e-5) if arrays else given.pop("rel_tol", 1e-9)
        absolute = given.pop("atol", 1e-8) if arrays else given.pop("abs_tol", 0.0)
        if given:
            raise NotStatic("arguments of isclose")
        return self._test(call, Expected(self._value(value), "close", view, abs_tol=absolute, rel_tol=rel))

    def _comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> TestCase:
        if not self._calls(left) and isinstance(op, ast.Eq | ast.NotEq):
            left, right = right, left
        call, view = self._subject(left)
        value = self._value(right)
        match op:
            case ast.Eq():
                return self._test(call, Expected(value, view=view) if view else value)
            case ast.NotEq():
                return self._test(call, Expected(value, "unequal", view))
            case ast.Is() if value is None:
                return self._test(call, Expected(relation="none", view=view))
            case ast.IsNot() if value is None:
                return self._test(call, Expected(relation="not_none", view=view))
            case ast.In() if type(value) in (list, tuple, set, frozenset):
                return self._test(call, Expected(list(value), "contains", view))
        raise NotStatic(type(op).__name__)

    def _subject(self, node: ast.expr) -> tuple[Call, View]:
        """The call that an expression is of, and what is made of its value."""
        match node:
            case ast.Call(ast.Name(name), [inner], []) if name in _VIEWS and name not in self._names:
                call, view = self._subject(inner)
                if view:
                    raise NotStatic("two views")
                return call, _VIEWS[name]
            case ast.Call(ast.Name(name), arguments, keywords) if name in self._aliases:
                try:
                    given = tuple(evaluate(ast.List(arguments, ast.Load()), self._names))
                    named = tuple((str(keyword.arg), self._value(keyword.value)) for keyword in keywords if keyword.arg)
                    if len(named) < len(keywords):
                        raise NotStatic("keywords")
                    return Call(given, keywords=named), ""
                except NotStatic:
                    return Call(code=self._code(node)), ""
            case ast.Subscript(inner, ast.Constant()) | ast.Attribute(inner) if self._calls(inner):
                self._subject(inner)
                return Call(code=self._code(node)), ""
        raise NotStatic("no call of the function")

    def _code(self, node: ast.expr) -> str:
        """The text of a call that goes into the candidate's box; no variable of the test code may stand in it."""
        if any(isinstance(part, ast.Name) and part.id in self._own | self._names.keys() for part in ast.walk(node)):
            raise NotStatic("names of the test code")
        inner = [part for part in ast.walk(node) if isinstance(part, ast.Call) and self._calls(part)]
        if len(inner) != 1 or any(isinstance(part, ast.Await | ast.NamedExpr | ast.Yield) for part in ast.walk(node)):
            raise NotStatic("more than one call")
        return ast.unparse(Renamed(self._aliases, self._entry).visit(copy.deepcopy(node)))

    def _test(self, call: Call, expected: Any) -> TestCase:
        if call.code:
            return TestCase(Calls((call,), self._setup), (expected,))
        return TestCase(Calls((call,)), (expected,)) if call.keywords else TestCase(call.arguments, expected)
