"""Types of arguments and return values, as written in a problem file, and data made to fit them.

A type is ``int``, ``float``, ``str``, ``bool``, ``None``, ``any``, ``list[T]``, ``set[T]``, ``tuple[A, B]``,
``tuple[T, ...]``, ``dict[K, V]``, ``frozenset[T]`` or ``T | None``; ``ListNode`` or ``TreeNode`` for the nodes of
lists and of trees, which data give as the list of their values. YAML and JSON know neither tuples nor sets nor keys
that are no text, so the type says what their lists and mappings stand for.
"""

import ast
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from codegym.values import show

Convert = Callable[[Any], Any]

NODES = ("ListNode", "TreeNode")
_DEEPEST = 20
_INTEGER = re.compile("-?(0|[1-9][0-9]{0,18})")


@lru_cache(maxsize=4096)
def converter(text: str) -> Convert:
    """A function that turns loaded data into a value of the type ``text``.

    It raises ValueError, with a sentence that says what was expected and what came, where the data do not fit.

    Raises:
        ValueError: ``text`` is no such type.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"expected a type such as list[tuple[int, str]], got {_short(repr(text))}") from None
    return _converter(tree, text, 0)


@lru_cache(maxsize=4096)
def node_shape(annotation: str) -> Any:
    """Where an annotation speaks of nodes: ``ListNode``, ``TreeNode``, ``["each", shape]`` for a list; else None.

    Args:
        annotation: as in ``Optional[ListNode]``; any text, for it may stem from data.
    """
    if not any(name in annotation for name in NODES) or len(annotation) > 1000:
        return None
    try:
        return _shape(ast.parse(annotation.strip(), mode="eval").body, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _shape(tree: ast.expr, depth: int) -> Any:
    if depth < _DEEPEST:
        match tree:
            case ast.Name(name) | ast.Constant(str(name)) if name in NODES:
                return name
            case ast.BinOp(left, ast.BitOr(), right):
                return _shape(left, depth + 1) or _shape(right, depth + 1)
            case ast.Subscript(ast.Name("Optional"), inner):
                return _shape(inner, depth + 1)
            case ast.Subscript(ast.Name("list" | "List"), inner):
                shape = _shape(inner, depth + 1)
                return shape and ["each", shape]
    return None


def _converter(tree: ast.expr, whole: str, depth: int) -> Convert:
    if depth < _DEEPEST:
        match tree:
            case ast.Name("any"):
                return lambda data: data
            case ast.Name(name) if name in NODES:
                return _collection(list, lambda data: data)
            case ast.Name(name) if name in _PLAIN:
                return _plain(name)
            case ast.Constant(None):
                return _plain("None")
            case ast.BinOp(left, ast.BitOr(), right):
                first, second = (_converter(side, whole, depth + 1) for side in (left, right))
                return _either(first, second, ast.unparse(tree))
            case ast.Subscript(ast.Name(name), ast.Tuple(items)) if name in ("tuple", "dict"):
                return _structure(name, items, whole, depth)
            case ast.Subscript(ast.Name(name), item) if name in ("list", "set", "tuple", "frozenset"):
                return _structure(name, [item], whole, depth)
    raise ValueError(f"expected a type such as list[tuple[int, str]], got {_short(repr(whole))}")


def _structure(name: str, items: list[ast.expr], whole: str, depth: int) -> Convert:
    endless = len(items) == 2 and isinstance(items[1], ast.Constant) and items[1].value is Ellipsis
    parts = [_converter(item, whole, depth + 1) for item in (items[:1] if endless else items)]
    if name == "dict":
        if len(parts) != 2 or endless:
            raise ValueError(f"expected two types for dict[...], got {_short(repr(whole))}")
        return _mapping(*parts)
    if name == "tuple" and not endless:
        return _fixed(parts)
    return _collection({"list": list, "set": set, "tuple": tuple, "frozenset": frozenset}[name], parts[0])


_PLAIN: dict[str, type] = {"int": int, "float": float, "str": str, "bool": bool, "None": type(None)}


def _plain(name: str) -> Convert:
    kind = _PLAIN[name]

    def convert(data: Any) -> Any:
        if type(data) is kind:
            return data
        if kind is float and type(data) is int and abs(data) < 2**1023:
            return float(data)
        raise _misfit(name, data)

    return convert


def _either(first: Convert, second: Convert, name: str) -> Convert:
    def convert(data: Any) -> Any:
        for option in (first, second):
            try:
                return option(data)
            except ValueError:
                continue
        raise _misfit(name, data)

    return convert


def _collection(kind: type, item: Convert) -> Convert:
    def convert(data: Any) -> Any:
        if not isinstance(data, list | tuple | set | frozenset):
            raise _misfit(f"a list for {kind.__name__}[...]", data)
        parts = [item(part) for part in data]
        try:
            return kind(parts)
        except TypeError:
            raise _misfit(f"items for {kind.__name__}[...] that can be hashed", data) from None

    return convert


def _fixed(items: list[Convert]) -> Convert:
    def convert(data: Any) -> Any:
        if not isinstance(data, list | tuple) or len(data) != len(items):
            raise _misfit(f"a list of {len(items)} items for tuple[...]", data)
        return tuple(item(part) for item, part in zip(items, data, strict=True))

    return convert


def _mapping(key: Convert, value: Convert) -> Convert:
    def convert(data: Any) -> Any:
        if not isinstance(data, dict):
            raise _misfit("a mapping for dict[...]", data)
        try:
            converted = {convert_key(name): value(part) for name, part in data.items()}
        except TypeError:
            raise _misfit("keys for dict[...] that can be hashed", data) from None
        if len(converted) != len(data):
            raise _misfit("keys for dict[...] that differ", data)
        return converted

    def convert_key(name: Any) -> Any:
        try:
            return key(name)
        except ValueError:
            # JSON has text keys only.
            if isinstance(name, str) and _INTEGER.fullmatch(name):
                return key(int(name))
            raise

    return convert


def _misfit(expected: str, data: Any) -> ValueError:
    return ValueError(f"expected {_short(expected)}, got {_short(show(data))}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
