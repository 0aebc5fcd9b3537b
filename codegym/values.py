"""Plain values as bytes: how arguments enter a box and how a returned value leaves it.

Only exact built-in types travel (``None``, ``bool``, ``int``, ``float``, ``complex``, ``str``, ``bytes``,
``list``, ``tuple``, ``set``, ``frozenset``, ``dict``), as JSON in which every other type than JSON's own is
a one-key object. Decoding builds data and runs nothing, so bytes from a hostile program are safe to decode.

This file is the one piece of codegym that the box has too (the sandbox copies it beside its runner), so it
imports the standard library only.
"""

import json
from typing import Any

_EXACT_IN_JSON = 2**53
"""JSON numbers below this are written as they are; larger integers travel in hexadecimal, in linear time."""


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
        return _decode(json.loads(data))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"expected an encoded plain value, got {data[:60]!r} ({error})") from None


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
    return repr(value)


def _encode(value: Any) -> object:
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
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
    "int": lambda body: int(body, 16),
    "float": float,
    "dict": lambda body: {_decode(key): _decode(item) for key, item in body},
    "tuple": lambda body: tuple(map(_decode, body)),
    "set": lambda body: set(map(_decode, body)),
    "frozenset": lambda body: frozenset(map(_decode, body)),
    "bytes": bytes.fromhex,
    "complex": lambda body: complex(*map(_decode, body)),
}


def _decode(node: Any) -> Any:
    if type(node) is list:
        return [_decode(item) for item in node]
    if type(node) is not dict:
        return node
    ((kind, body),) = node.items()
    return _DECODERS[kind](body)
