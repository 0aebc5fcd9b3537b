"""Plain values as bytes: how arguments enter a box and how a returned value leaves it.

Only exact built-in types travel (``None``, ``bool``, ``int``, ``float``, ``complex``, ``str``, ``bytes``,
``list``, ``tuple``, ``set``, ``frozenset``, ``dict``), as JSON in which every other type than JSON's own is
a one-key object. Decoding builds data and runs nothing, so bytes from a hostile program are safe to decode.

This file is the one piece of codegym that the box has too (the sandbox copies it beside its runner), so it
imports the standard library only.
"""

import json
import re
import time
from collections.abc import Sequence
from typing import Any

_EXACT_IN_JSON = 2**53
"""JSON numbers below this are written as they are; larger integers travel in hexadecimal, in linear time."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_EXACT_IN_TEXT = 10**4000
_DEEPEST = 100
"""Levels of nesting that are decoded; well within what the host's own recursion bears."""
_SLICE = 64
_MOST_S, _MOST_S_AN_ITEM = 0.5, 3e-6
"""CPU seconds in which a set or mapping is made: ten times what it takes at most, as long as hashes do not meet."""


def dumps(value: object) -> bytes:
    """Encode ``value``.

    Raises:
        TypeError: a part of it is not of an exact built-in type that can travel.
        RecursionError: it is nested too deeply, or contains itself.
    """
    return json.dumps(_encode(value), ensure_ascii=True, separators=(",", ":")).encode("ascii")


def loads(data: bytes) -> Any:
    """Decode what :func:`dumps` made.

    Raises:
        ValueError: the bytes are not of that form (they may come from a hostile program).
    """
    try:
        return _decode(json.loads(data), 0)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"expected an encoded plain value, got {data[:60]!r} ({str(error)[:100]})") from None


def distinct(items: Sequence[Any]) -> set[Any]:
    """The set of items that may come from a hostile program.

    Raises:
        ValueError: the hashes of so many meet that it would take quadratic time.
        TypeError: one cannot be hashed.
    """
    found: set[Any] = _filled(set(), items)
    return found


def _filled(table: Any, items: Sequence[Any]) -> Any:
    """A set or mapping with ``items`` added. What their hashes do in it shows in the time alone, which is looked at."""
    most = None
    for start in range(0, len(items), _SLICE):
        now = time.thread_time()
        if most is None:
            most = now + _MOST_S + _MOST_S_AN_ITEM * len(items)
        if now > most:
            raise ValueError(f"{len(items)} items take too long to tell apart, for their hashes meet")
        table.update(items[start : start + _SLICE])
    return table


def show(value: Any) -> str:
    """A value as a line of Python, the same in every process (``repr`` shows a set in an order of its own)."""
    kind = type(value)
    if kind in (list, tuple):
        inner = ", ".join(map(show, value))
        return f"[{inner}]" if kind is list else f"({inner}{',' if len(value) == 1 else ''})"
    if kind in (set, frozenset) and value:
        inner = "{" + ", ".join(sorted(map(show, value))) + "}"
        return inner if kind is set else f"frozenset({inner})"
    if kind is dict:
        return "{" + ", ".join(f"{show(key)}: {show(item)}" for key, item in value.items()) + "}"
    if kind is int and abs(value) >= _EXACT_IN_TEXT:
        return hex(value)  # Python refuses to write more decimal digits, for the time that it takes
    return repr(value)


def _encode(value: Any) -> object:
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        # JSON would make one character of two surrogates.
        return value if not _SURROGATES.search(value) else {"str": value.encode("utf-8", "surrogatepass").hex()}
    if kind is int:
        return value if abs(value) < _EXACT_IN_JSON else {"int": format(value, "x")}
    if kind is float:
        return value if value - value == 0 else {"float": repr(value)}
    if kind is list:
        return [_encode(item) for item in value]
    if kind is dict:
        return {"dict": [[_encode(key), _encode(item)] for key, item in value.items()]}
    if kind is tuple:
        return {"tuple": [_encode(item) for item in value]}
    if kind in (set, frozenset):
        return {kind.__name__: sorted(map(_encode, value), key=json.dumps)}  # the same bytes in every process
    if kind is bytes:
        return {"bytes": value.hex()}
    if kind is complex:
        return {"complex": [_encode(value.real), _encode(value.imag)]}
    raise TypeError(f"expected a value of plain built-in types, got {kind.__module__}.{kind.__qualname__}")


_DECODERS: "dict[str, Any]" = {
    "int": lambda body, depth: int(body, 16),
    "str": lambda body, depth: bytes.fromhex(body).decode("utf-8", "surrogatepass"),
    "float": lambda body, depth: float(body),
    "dict": lambda body, depth: _filled({}, [(_decode(key, depth), _decode(item, depth)) for key, item in body]),
    "tuple": lambda body, depth: tuple(_decode(item, depth) for item in body),
    "set": lambda body, depth: distinct([_decode(item, depth) for item in body]),
    "frozenset": lambda body, depth: frozenset(distinct([_decode(item, depth) for item in body])),
    "bytes": lambda body, depth: bytes.fromhex(body),
    "complex": lambda body, depth: complex(*(_decode(part, depth) for part in body)),
}


def _decode(node: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError(f"nested more than {_DEEPEST} levels deep")
    if type(node) is list:
        return [_decode(item, depth + 1) for item in node]
    if type(node) is not dict:
        return node
    ((kind, body),) = node.items()
    return _DECODERS[kind](body, depth + 1)
