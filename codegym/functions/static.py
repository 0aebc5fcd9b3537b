"""The values of expressions that need no running: literals, and what a few harmless functions make of them."""

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from typing import Any

MOST_BITS = 1 << 20
"""Of a number that arithmetic makes."""
MOST_ITEMS = 1 << 20
"""Of a sequence that is made longer."""
MOST_PARTS = 2_000_000
"""Of a whole value, however deep; 64 characters of text count for one."""


class NotStatic(Exception):
    """The value of an expression cannot be told without running it."""


Names = Mapping[str, Any]
UNKNOWN = object()
"""In the place of the value of a name that has none which could be told."""

_CONSTANTS: dict[str, Any] = {"inf": math.inf, "nan": math.nan, "pi": math.pi, "e": math.e, "tau": math.tau}
_MODULES = ("math", "np", "numpy", "cmath")


def _range(*bounds: int) -> list[int]:
    made = range(*bounds)
    if len(made) > MOST_ITEMS:
        raise ValueError
    return list(made)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "set": set,
    "frozenset": frozenset,
    "list": list,
    "tuple": tuple,
    "dict": dict,
    "sorted": sorted,
    "reversed": lambda items: list(reversed(items)),
    "float": float,
    "int": int,
    "complex": complex,
    "str": lambda value: value if type(value) is str else str(value) if type(value) in (int, float, bool) else 1 / 0,
    "bool": bool,
    "len": len,
    "abs": abs,
    "sum": sum,
    "min": min,
    "max": max,
    "round": round,
    "range": _range,
    "chr": chr,
    "ord": ord,
    "zip": lambda *rows: list(zip(*rows, strict=False)),
    "enumerate": lambda items: list(enumerate(items)),
}
_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}


def parsed(source: str) -> ast.Module:
    """The tree of Python source, without the warnings that a compiler has for whoever wrote it.

    Raises:
        ValueError: it is no Python, or nested beyond what can be read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise ValueError(f"a syntax error: {str(error)[:100]}") from None


def evaluate(node: ast.expr, names: Names) -> Any:
    """The value of an expression, a plain one.

    Args:
        node: the expression.
        names: values of names, or :data:`UNKNOWN`.

    Raises:
        NotStatic: it has none that could be told.
    """
    try:
        value = _value(node, names)
        _measure(value, MOST_PARTS)
        return value
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError):
        raise NotStatic(type(node).__name__) from None


def _value(node: ast.expr, names: Names) -> Any:
    match node:
        case ast.Constant(value) if value is not ...:
            return value
        case ast.List(items):
            return _items(items, names)
        case ast.Tuple(items):
            return tuple(_items(items, names))
        case ast.Set(items):
            return set(_items(items, names))
        case ast.Dict(keys, items) if None not in keys:
            return {_value(key, names): _value(item, names) for key, item in zip(keys, items, strict=True) if key}
        case ast.UnaryOp(op, operand) if type(op) in _UNARY:
            return _UNARY[type(op)](_value(operand, names))
        case ast.BinOp(left, op, right) if type(op) in _BINARY:
            return _arithmetic(op, _value(left, names), _value(right, names))
        case ast.Name(name):
            value = names[name] if name in names else _CONSTANTS[name]
            if value is UNKNOWN:
                raise NotStatic(name)
            return value
        case ast.Attribute(ast.Name(module), name) if module in _MODULES and module not in names:
            return _CONSTANTS[name]
        case ast.Subscript(inner, ast.Slice(lower, upper, step)):
            bounds = [None if part is None else _value(part, names) for part in (lower, upper, step)]
            return _value(inner, names)[slice(*bounds)]
        case ast.Subscript(inner, index):
            return _value(inner, names)[_value(index, names)]
        case ast.Call(ast.Name(name), arguments, []) if name in _FUNCTIONS and name not in names:
            return _FUNCTIONS[name](*_items(arguments, names))
        case ast.Call(ast.Name("dict"), [], keywords) if all(keyword.arg for keyword in keywords):
            return {str(keyword.arg): _value(keyword.value, names) for keyword in keywords}
    raise NotStatic(type(node).__name__)


def _measure(value: Any, left: int) -> int:
    """How many parts fewer than ``left`` a value has; NotStatic for one that shares its parts until it is vast."""
    left -= len(value) // 64 + 1 if isinstance(value, str | bytes) else 1
    if left < 0:
        raise NotStatic("a value that is too large")
    if isinstance(value, list | tuple | set | frozenset):
        for item in value:
            left = _measure(item, left)
    elif isinstance(value, dict):
        for key, item in value.items():
            left = _measure(item, _measure(key, left))
    return left


def _items(items: list[ast.expr], names: Names) -> list[Any]:
    made: list[Any] = []
    for item in items:
        if isinstance(item, ast.Starred):
            made += list(_value(item.value, names))
        else:
            made.append(_value(item, names))
    return made


def _arithmetic(op: ast.operator, left: Any, right: Any) -> Any:
    """One operation, unless its result is too large to be wanted."""
    if isinstance(op, ast.Pow) and type(left) is int and type(right) is int:
        if abs(right) * max(left.bit_length(), 1) > MOST_BITS:
            raise NotStatic("a number that is too large")
    elif type(left) is int and type(right) is int:
        if left.bit_length() + right.bit_length() > MOST_BITS:
            raise NotStatic("a number that is too large")
    elif isinstance(op, ast.Add) and isinstance(left, str | bytes | list | tuple):
        if len(left) + len(right) > MOST_ITEMS:
            raise NotStatic("a sequence that is too long")
    elif isinstance(op, ast.Mult):
        for one, other in ((left, right), (right, left)):
            if isinstance(one, str | bytes | list | tuple) and type(other) is int and len(one) * other > MOST_ITEMS:
                raise NotStatic("a sequence that is too long")
    elif isinstance(op, ast.Mod) and isinstance(left, str | bytes):
        raise NotStatic("formatted text")
    return _BINARY[type(op)](left, right)
