"""Reading the fields of a row, each checked; what does not fit is :class:`Unusable` with the field's name."""

import ast
import json
import math
import re
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from codegym.datasets.rows import Row, Unusable
from codegym.errors import UsageError
from codegym.problem import Limits, TestCase
from codegym.values import show

Tests = tuple[TestCase, ...]
TIME_FACTOR = 5.0
"""Python's CPU seconds for one of a compiled program."""
LEAST_CPU_S = 5.0
"""No limit of a Python program is shorter."""
NATIVE_CPU_S = 2.0
"""A compiled program's limit where the data name none."""
_LONGEST_CPU_S = 600.0
_TRUNCATED = re.compile(r"(?:[\s\d,]|\A)\.\.\.\s*\Z")
_TRUNCATED_LONG = re.compile(r"[\w\s,]\.\.\.\s*\Z")
_LONG = 200
_LONGEST_LITERAL = 1 << 20
_DIGITS_AT_ONCE = 4000
_MOST_DIGITS = 200_000


def field(row: Row, name: str) -> Any:
    """A field that has to be there, though it may be null."""
    if name not in row:
        raise Unusable(name, f"no field {name}", f"expected the field {name}, got {', '.join(map(str, row))[:100]}")
    return row[name]


def text(row: Row, name: str) -> str:
    """A text with more than white space in it."""
    value = plain_text(field(row, name), name)
    if not value.strip():
        raise Unusable(name, f"{name} is empty", f"expected text, got {_short(value)}")
    return value


def optional_text(row: Row, name: str) -> str:
    """A text; empty where the field is missing or null."""
    value = row.get(name)
    return "" if value is None else plain_text(value, name)


def plain_text(value: Any, name: str, what: str = "") -> str:
    """A text that UTF-8 can encode; JSON can write some that it cannot.

    Args:
        value: what came.
        name: the field's name.
        what: what it is, for the reason; by default the field.
    """
    if not isinstance(value, str):
        raise Unusable(name, f"{what or name} is no text", f"expected text, got {_short(value)}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        detail = f"expected text that UTF-8 can encode, got half a character at {error.start}"
        raise Unusable(name, f"{what or name} is no text", detail) from None
    return value


def whole(row: Row, name: str) -> int:
    """A whole number; 0 where the field is missing or null."""
    value = row.get(name)
    if value is None:
        return 0
    if type(value) is not int and not (type(value) is float and value.is_integer()):
        raise Unusable(name, f"{name} is no whole number", f"expected a whole number or null, got {_short(value)}")
    return int(value)


def texts(row: Row, name: str) -> tuple[str, ...]:
    """A list of texts; empty where the field is missing or null."""
    value = row.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Unusable(name, f"{name} is no list of texts", f"expected a list of texts or null, got {_short(value)}")
    return tuple(plain_text(item, name) for item in value)


def json_value(given: str, name: str) -> Any:
    """What a text in JSON stands for."""
    try:
        try:
            return json.loads(given)
        except json.JSONDecodeError:
            raise
        except ValueError:  # a whole number of more digits than Python reads by itself
            return json.loads(given, parse_int=_large)
    except (ValueError, RecursionError) as error:
        detail = f"expected JSON, got {_short(given)} ({str(error)[:80]})"
        raise Unusable(name, f"{name} is not JSON", detail) from None


def _large(digits: str) -> int:
    """A whole number of many digits."""
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    value, whole_number = 0, digits.removeprefix("-")
    for start in range(0, len(whole_number), _DIGITS_AT_ONCE):
        part = whole_number[start : start + _DIGITS_AT_ONCE]
        value = value * 10 ** len(part) + int(part)
    return -value if digits.startswith("-") else value


def literal_texts(row: Row, name: str) -> tuple[str, ...]:
    """The texts of a list that is written as Python's ``repr`` shows it; empty where there is none."""
    value = row.get(name)
    if value is None or isinstance(value, list):
        return texts(row, name)
    given = optional_text(row, name)
    if given.strip() in ("", "None"):
        return ()
    try:
        with warnings.catch_warnings(action="ignore"):  # of escapes in another's text
            items = ast.literal_eval(given) if len(given) < _LONGEST_LITERAL else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        items = None
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        detail = f"expected a list of texts as Python writes it, got {_short(given)}"
        raise Unusable(name, f"{name} is no list of texts", detail)
    return tuple(plain_text(item, name) for item in items)


def columns(row: Row, name: str, first: str, second: str) -> list[tuple[Any, Any]]:
    """Pairs from ``{first: [...], second: [...]}`` or ``[{first: ..., second: ...}, ...]``; none where null."""
    value = row.get(name)
    if value is None:
        return []
    if isinstance(value, list):
        if not all(isinstance(item, dict) and first in item and second in item for item in value):
            raise Unusable(name, f"{name} is malformed", f"expected objects of {first} and {second}, got others")
        return [(item[first], item[second]) for item in value]
    if not isinstance(value, dict):
        raise Unusable(name, f"{name} is malformed", f"expected lists of {first} and {second}, got {_short(value)}")
    one, other = value.get(first), value.get(second)
    if one is None and other is None:
        return []
    if not isinstance(one, list) or not isinstance(other, list):
        raise Unusable(name, f"{name} is malformed", f"expected lists of {first} and {second}, got {_short(value)}")
    if len(one) != len(other):
        detail = f"expected as many of {first} as of {second}, got {len(one)} and {len(other)}"
        raise Unusable(name, f"{name} is malformed", detail)
    return list(zip(one, other, strict=True))


def text_tests(pairs: Iterable[tuple[Any, Any]], name: str) -> Tests:
    """Tests of a program that reads and prints; a list of lines is joined."""
    tests = []
    for number, (given, expected) in enumerate(pairs):
        sides = []
        for what, side in (("input", given), ("output", expected)):
            place = f"{name}[{number}].{what}"
            if isinstance(side, list) and all(isinstance(line, str) for line in side):
                side = "".join(line.removesuffix("\n") + "\n" for line in side)
            side = plain_text(side, place, "a test")
            if is_truncated(side):
                raise Unusable(place, "a test is cut off", f"expected a whole test, got one that ends {side[-12:]!r}")
            sides.append(side.replace("\r\n", "\n"))
        tests.append(TestCase(sides[0], sides[1]))
    return tuple(tests)


def is_truncated(side: str) -> bool:
    """Whether a test ends in the three dots of what was cut off, rather than those of a grid or a sentence."""
    end = side[-40:]
    if not (_TRUNCATED_LONG if len(side) >= _LONG else _TRUNCATED).search(end):
        return False
    return ".." not in side.rstrip()[:-3]


def divide(public: Tests, private: Tests, examples: int, name: str) -> tuple[Tests, Tests]:
    """Public and private tests; where none are public, the first ``examples`` of the others, but never the last one."""
    if not private:
        raise Unusable(name, "no private tests", "expected at least one private test, got none")
    if not public:
        taken = min(examples, len(private) - 1)
        return private[:taken], private[taken:]
    return public, private


def whole_option(value: int, name: str) -> int:
    """An option that counts something.

    Raises:
        UsageError: it is no whole number from 0.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"expected {name} to be a whole number from 0, got {value!r}")
    return value


def factor_option(value: float) -> float:
    """The option ``time_factor``.

    Raises:
        UsageError: it is no positive number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1000:
        raise UsageError(f"expected time_factor to be a number above 0 and at most 1000, got {value!r}")
    return float(value)


def limits(seconds: float | None, memory_bytes: int | None, factor: float, name: str) -> tuple[Limits, Limits]:
    """The limits of a Python program and of a compiled one.

    Args:
        seconds: the set's own time limit, which is meant for compiled programs; None or 0 where it names none.
        memory_bytes: likewise; Python's is never below the default.
        factor: Python's seconds for one of the set's.
        name: the field that the time comes from.
    """
    own = seconds or NATIVE_CPU_S
    if not math.isfinite(own) or not 0 < own <= _LONGEST_CPU_S:
        detail = f"expected seconds above 0 and at most {_LONGEST_CPU_S:g}, got {own!r}"
        raise Unusable(name, f"{name} is out of range", detail)
    memory = memory_bytes or Limits().memory_bytes
    if not 0 < memory < 1 << 40:
        raise Unusable("memory", "memory limit out of range", f"expected bytes below 2**40, got {memory!r}")
    native = Limits(cpu_s=max(own, 0.01), memory_bytes=max(memory, 1 << 22))
    return Limits(cpu_s=max(own * factor, LEAST_CPU_S), memory_bytes=max(memory, Limits().memory_bytes)), native


def first_line(given: str) -> str:
    """The first line with anything in it, shortened to a title."""
    line = next((line.strip() for line in given.split("\n") if line.strip()), "")
    return line if len(line) <= 80 else line[:77] + "..."


def lower_tags(*groups: Sequence[str]) -> tuple[str, ...]:
    """Tags in lower case, each once, in order."""
    return tuple(dict.fromkeys(tag.strip().lower() for group in groups for tag in group if tag.strip()))


def _short(value: Any) -> str:
    if isinstance(value, str | bytes | int | float | None):
        return show(value[:60] if isinstance(value, str | bytes) else value)[:80]
    return type(value).__name__
