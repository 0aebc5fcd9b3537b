"""Comparing an output with the expected one, on the host, as data.

Each comparison is a pure function ``(expected, actual, checker) -> reason``, where the reason is empty for a
match. Validators are programs and so run in a box; the judge does that.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from codegym.problem import Checker

_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(inf|infinity|nan)", re.IGNORECASE)
_MOST_MATCHED = 2000
"""Items of which none can be told apart by sorting or hashing; a problem with more needs a validator."""
_LONGEST_NUMBER = 4000
"""Characters; a longer token is no floating-point number that anyone needs, and slow to read."""


def mismatch(checker: Checker, expected: Any, actual: Any) -> str:
    """Why ``actual`` is not the ``expected`` output; empty where it is.

    Args:
        checker: any but a validator.
        expected: text, or a value for the checker ``value``.
        actual: likewise, from the program.
    """
    if isinstance(expected, str) and expected == actual:
        return ""
    return _COMPARISONS[checker.type](expected, actual, checker)


def _exact(expected: str, actual: str, _: Checker) -> str:
    return "" if expected == actual else "the output differs"


def _lines(expected: str, actual: str, _: Checker) -> str:
    want, got = significant_lines(expected), significant_lines(actual)
    if want == got:
        return ""
    for number, (one, other) in enumerate(zip(want, got, strict=False), 1):
        if one != other:
            return f"line {number} differs"
    return f"expected {len(want)} lines, got {len(got)}"


def significant_lines(text: str) -> list[str]:
    """The lines without white space at their ends, and without empty lines at the end of the text."""
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _tokens(expected: str, actual: str, checker: Checker) -> str:
    want, got = expected.split(), actual.split()
    if checker.type == "tokens_nocase":
        want, got = [token.casefold() for token in want], [token.casefold() for token in got]
    same = _same_number if checker.type == "numbers" else _same_token
    for number, (one, other) in enumerate(zip(want, got, strict=False), 1):
        if not same(one, other, checker):
            return f"token {number} differs"
    return "" if len(want) == len(got) else f"expected {len(want)} tokens, got {len(got)}"


def _same_token(expected: str, actual: str, _: Checker) -> bool:
    return expected == actual


def _same_number(expected: str, actual: str, checker: Checker) -> bool:
    """Equal text; or both numbers, the expected one with a fraction or exponent, and close enough."""
    if expected == actual:
        return True
    if _INTEGER.fullmatch(expected) or not _is_number(expected):
        return False
    return _is_number(actual) and _close(float(expected), float(actual), checker)


def _is_number(token: str) -> bool:
    return len(token) <= _LONGEST_NUMBER and bool(_NUMBER.fullmatch(token) or _NOT_FINITE.fullmatch(token))


def _close(expected: float, actual: float, checker: Checker) -> bool:
    if not (math.isfinite(expected) and math.isfinite(actual)):
        return expected == actual or (math.isnan(expected) and math.isnan(actual))
    return abs(expected - actual) <= max(checker.abs_tol, checker.rel_tol * abs(expected))


_SPACE = re.compile(rb"([ \t\n\v\f\r]+)")


def _icpc(expected: str, actual: str, checker: Checker) -> str:
    """The default comparison of ICPC packages: of bytes, in which only ASCII has white space and case.

    Infinities and NaN are words, not numbers.
    """
    want, got = (_SPACE.split(text.encode("utf-8", "surrogatepass")) for text in (expected, actual))
    if "space_change_sensitive" in checker.flags and (want[1::2] != got[1::2] or bool(want[0]) != bool(got[0])):
        return "the white space differs"
    want, got = ([token for token in tokens[::2] if token] for tokens in (want, got))
    for number, (one, other) in enumerate(zip(want, got, strict=False), 1):
        if not _same_icpc(one, other, checker):
            return f"token {number} differs"
    return "" if len(want) == len(got) else f"expected {len(want)} tokens, got {len(got)}"


def _same_icpc(expected: bytes, actual: bytes, checker: Checker) -> bool:
    if expected == actual:
        return True
    if "floats" in checker.flags and (want := _as_number(expected)) is not None:
        got = _as_number(actual)
        return got is not None and _close(want, got, checker)
    return "case_sensitive" not in checker.flags and expected.lower() == actual.lower()


def _as_number(token: bytes) -> float | None:
    text = token.decode("latin-1")
    return float(text) if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) else None


def _unordered(expected: str, actual: str, checker: Checker) -> str:
    split = significant_lines if checker.type == "unordered_lines" else str.split
    want, got = Counter(split(expected)), Counter(split(actual))
    if want == got:
        return ""
    what = "line" if checker.type == "unordered_lines" else "token"
    missing = (want - got).total()
    return f"{missing} expected {what}(s) missing, {(got - want).total()} not expected"


def _value(expected: Any, actual: Any, checker: Checker) -> str:
    try:
        if checker.equality != "types":
            expected, actual = _alike(expected, actual, checker.equality == "json")
        if checker.unordered and type(expected) is type(actual) is list:
            return _unordered_values(expected, actual, checker)
        return _value_mismatch(expected, actual, checker, "the returned value")
    except RecursionError:
        return "the returned value is nested too deeply"
    except OverflowError:
        return "the returned value is a number far too large"


def _value_mismatch(expected: Any, actual: Any, checker: Checker, where: str) -> str:
    """Exact built-in types, unless the checker is laxer; only where a float is expected will an integer do."""
    if checker.equality != "types":
        expected, actual = _alike(expected, actual, checker.equality == "json")
    kind = type(expected)
    if kind is float and type(actual) in (float, int):
        return "" if _close_value(expected, actual, checker) else f"{where} differs"
    if kind is not type(actual):
        return f"{where}: expected type {kind.__name__}, got {type(actual).__name__}"
    if kind in (list, tuple):
        if len(expected) != len(actual):
            return f"{where}: expected {len(expected)} items, got {len(actual)}"
        reasons = (
            _value_mismatch(one, other, checker, f"{where}, item {index}")
            for index, (one, other) in enumerate(zip(expected, actual, strict=True))
        )
        return next((reason for reason in reasons if reason), "")
    if kind is dict:
        if not _same_keys(expected, actual, checker):
            return f"{where}: its keys differ"
        reasons = (_value_mismatch(expected[key], actual[key], checker, f"{where}, an entry") for key in expected)
        return next((reason for reason in reasons if reason), "")
    if kind in (set, frozenset):
        return "" if _same_keys(expected, actual, checker) else f"{where} differs"
    if kind is complex:
        parts = (_close(expected.real, actual.real, checker), _close(expected.imag, actual.imag, checker))
        return "" if all(parts) else f"{where} differs"
    return "" if expected == actual else f"{where} differs"


_NUMBERS = (bool, int, float, complex)


def _alike(expected: Any, actual: Any, lists_are_tuples: bool) -> tuple[Any, Any]:
    """Both in one type, where Python holds values of their two types to be equal, or data have lost the difference."""
    kinds = type(expected), type(actual)
    if kinds[0] is kinds[1]:
        return expected, actual
    if all(kind in _NUMBERS for kind in kinds):
        if complex in kinds:
            return complex(expected), complex(actual)
        if float not in kinds:
            return int(expected), int(actual)
        # Only where the expected one is a whole number has the comparison to be exact.
        return (expected, actual) if kinds[0] is float else (_exact_float(expected), actual)
    if all(kind in (set, frozenset) for kind in kinds):
        return frozenset(expected), frozenset(actual)
    if lists_are_tuples and all(kind in (list, tuple) for kind in kinds):
        return list(expected), list(actual)
    return expected, actual


def _exact_float(number: int) -> float | int:
    try:
        return float(number) if float(number) == number else number
    except OverflowError:
        return number


def _same_keys(expected: Any, actual: Any, checker: Checker) -> bool:
    """Whether sets, or the keys of mappings, are the same."""
    if checker.equality == "types":
        return _typed_keys(expected) == _typed_keys(actual)
    return set(expected) == set(actual)


def _close_value(expected: float, actual: float | int, checker: Checker) -> bool:
    try:
        return _close(expected, float(actual), checker)
    except OverflowError:
        return False


def _typed_keys(items: Any) -> Counter[Any]:
    """Keys with their types, so that True is not 1."""
    return Counter(_typed(item) for item in items)


def _typed(value: Any) -> Any:
    """A value that is equal only to one of the same types throughout."""
    kind = type(value)
    if kind in (list, tuple):
        return kind, tuple(map(_typed, value))
    if kind in (set, frozenset):
        return kind, frozenset(map(_typed, value))
    if kind is dict:
        return kind, frozenset((_typed(key), _typed(item)) for key, item in value.items())
    return kind, "nan" if kind is float and value != value else value


def _alike_typed(lists_are_tuples: bool, value: Any) -> Any:
    """A value that is equal to those that Python holds to be equal, and, if wished, tuples to lists."""
    kind, typed = type(value), partial(_alike_typed, lists_are_tuples)
    if kind in (list, tuple):
        return list if lists_are_tuples else kind, tuple(map(typed, value))
    if kind in (set, frozenset):
        return set, frozenset(map(typed, value))
    if kind is dict:
        return kind, frozenset((typed(key), typed(item)) for key, item in value.items())
    return (complex if kind in _NUMBERS else kind), value


def _unordered_values(expected: list[Any], actual: list[Any], checker: Checker) -> str:
    """As multisets. Where numbers may differ a little, a perfect matching is looked for."""
    if len(expected) != len(actual):
        return f"expected {len(expected)} items, got {len(actual)}"
    try:
        typed = _typed if checker.equality == "types" else partial(_alike_typed, checker.equality == "json")
        if Counter(map(typed, expected)) == Counter(map(typed, actual)):
            return ""
    except TypeError:
        pass  # not all can be hashed
    else:
        if not any(_holds_float(item) for item in expected):
            return "the items differ"
    if all(type(item) is float for item in expected) and all(type(item) in (int, float) for item in actual):
        # Of intervals on a line, the ends of which rise together, the sorted matching is a perfect one if there is any.
        expected, actual = sorted(expected), sorted(actual)
        close = all(_close_value(one, other, checker) for one, other in zip(expected, actual, strict=True))
        return "" if close else "the items differ"
    return "" if _can_be_matched(expected, actual, checker) else "the items differ"


def _holds_float(value: Any) -> bool:
    if type(value) in (list, tuple, set, frozenset):
        return any(map(_holds_float, value))
    if type(value) is dict:
        return any(map(_holds_float, value.values()))
    return type(value) in (float, complex)


def _can_be_matched(expected: list[Any], actual: list[Any], checker: Checker) -> bool:
    """Whether each expected item can have an actual one of its own (Kuhn's algorithm; comparisons are quadratic)."""
    if len(expected) > _MOST_MATCHED:
        return False
    fits = [[n for n, other in enumerate(actual) if not _value_mismatch(item, other, checker, "")] for item in expected]
    taken: dict[int, int] = {}
    for start in range(len(expected)):
        came_from: dict[int, int] = {}
        queue = [start]
        while queue:
            item = queue.pop()
            for place in fits[item]:
                if place not in came_from:
                    came_from[place] = item
                    if place not in taken:
                        queue.clear()
                        break
                    queue.append(taken[place])
            else:
                continue
            _shift(place, start, came_from, taken)
            break
        else:
            return False
    return True


def _shift(place: int, start: int, came_from: dict[int, int], taken: dict[int, int]) -> None:
    """Move the items along the path that was found, one place each."""
    places = {item: at for at, item in taken.items()}
    while True:
        item = came_from[place]
        taken[place] = item
        if item == start:
            return
        place = places[item]


_COMPARISONS: dict[str, Callable[[Any, Any, Checker], str]] = {
    "exact": _exact,
    "lines": _lines,
    "tokens": _tokens,
    "tokens_nocase": _tokens,
    "numbers": _tokens,
    "icpc": _icpc,
    "unordered_lines": _unordered,
    "unordered_tokens": _unordered,
    "value": _value,
}
