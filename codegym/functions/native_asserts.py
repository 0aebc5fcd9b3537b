"""Test code in C++ as tests: what the asserts of its main function say of one call, read without running anything.

Turned are comparisons of a call with literals: ``==`` and ``!=``, the call alone or denied, ``abs(call - number)``
below a number, and the function ``issame`` that such code brings along. Declarations go before the calls that follow.
Code with anything else in it, such as loops, is refused whole: it could not be kept apart from the program.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from codegym.functions.calls import Call, Calls, Expected
from codegym.functions.native_literals import SORTED, NotTurned, Tokens, tokens_of, value_of
from codegym.problem import TestCase

_OPERATORS = ("==", "!=", "<=", ">=", "<", ">", "&&", "||", "?", "=", "!", "-", "+", "*", "/", "%")
_OPEN, _CLOSE = "({[", ")}]"
_STATEMENTS = frozenset({"for", "while", "do", "if", "else", "switch", "try", "goto", "{", "static", "auto"})
"""What a statement begins with that is no declaration or call; ``auto`` may be a lambda."""
_TOLERANCE = re.compile(r"1e-\d{1,2}|0?\.0\d*1\b")
_SINGLE = 1e-6
"""Numbers of single precision that were written with a few digits differ by less."""


@dataclass(frozen=True, slots=True)
class _Same:
    """The code's own comparison: how exact it is, and whether it is one of containers that are in an order."""

    tolerance: float
    ordered: bool


def turn(source: str, entry_point: str) -> tuple[TestCase, ...]:
    """The tests of test code.

    Args:
        source: with a main function that holds the asserts.
        entry_point: the function that they call.

    Raises:
        NotTurned: a part of it cannot be turned.
    """
    tokens = tokens_of(source)
    start, body = _main(tokens)
    reader = _Reader(source, entry_point, _same(source, tokens[:start]))
    return tuple(reader.tests(body))


def _main(tokens: Tokens) -> tuple[int, Tokens]:
    """Where the main function begins, and what is in it."""
    words = [token.text for token in tokens]
    for place in range(len(words) - 3):
        if words[place : place + 3] == ["int", "main", "("]:
            start = _after(tokens, place + 2)
            if start < len(words) and words[start] == "{":
                return place, tokens[start + 1 : _after(tokens, start) - 1]
    raise NotTurned("expected a main function, got none")


def _after(tokens: Tokens, start: int) -> int:
    """The place behind the bracket that closes the one at ``start``."""
    depth = 0
    for place in range(start, len(tokens)):
        depth += (tokens[place].text in _OPEN) - (tokens[place].text in _CLOSE)
        if depth == 0:
            return place + 1
    raise NotTurned("expected brackets in pairs, got others")


def _same(source: str, tokens: Tokens) -> _Same | None:
    """The function ``issame`` among what stands before the main function."""
    names = [token.text for token in tokens]
    if "issame" not in names:
        return None
    start = names.index("issame")
    types = names[start : _after(tokens, start + 1)]
    brace = names.index("{", start) if "{" in names[start:] else start
    text = source[tokens[start].start : tokens[_after(tokens, brace) - 1].end]
    given = _TOLERANCE.search(text)
    single = _SINGLE if "float" in types else 0.0
    return _Same(float(given[0]) if given else single, not SORTED & set(types))


def _split(tokens: Tokens, signs: Sequence[str]) -> list[Tokens]:
    """The parts between signs that stand in no brackets."""
    parts: list[Tokens] = []
    depth = start = 0
    for place, token in enumerate(tokens):
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if depth == 0 and token.text in signs:
            parts.append(tokens[start:place])
            start = place + 1
    return [*parts, tokens[start:]]


class _Reader:
    """Reads the statements of a main function, in order."""

    def __init__(self, source: str, entry_point: str, same: _Same | None) -> None:
        self._source, self._entry, self._same = source, entry_point, same

    def tests(self, body: Tokens) -> list[TestCase]:
        *statements, rest = _split(body, ";")
        if rest:
            raise NotTurned(f"expected statements that end, got {self._text(rest)[:40]!r}")
        found: list[TestCase] = []
        setup: list[str] = []
        for statement in statements:
            words = [token.text for token in statement]
            if not words or words == ["return", "0"]:
                continue
            if words[:2] == ["assert", "("] and _after(statement, 1) == len(statement):
                code, expected = self._assert(statement[2:-1])
                calls = Calls((Call(code=code),), "\n".join(setup))
                found.append(TestCase(calls, (expected,)))
            elif words[0] in _STATEMENTS or {"assert", self._entry, "["} & set(words):
                raise NotTurned(f"expected declarations and asserts, got {self._text(statement)[:40]!r}")
            else:
                setup.append(self._text(statement) + ";")
        return found

    def _text(self, tokens: Tokens) -> str:
        return self._source[tokens[0].start : tokens[-1].end] if tokens else ""

    def _assert(self, tokens: Tokens) -> tuple[str, Expected]:
        parts = _split(tokens, ("&&",))
        if len(parts) == 2 and [token.kind for token in parts[1]] == ["text"]:
            tokens = parts[0]
        while tokens and tokens[0].text == "(" and _after(tokens, 0) == len(tokens):
            tokens = tokens[1:-1]
        for sign, relation in (("==", "equal"), ("!=", "unequal")):
            sides = _split(tokens, (sign,))
            if len(sides) == 2:
                call, other = sides if self._calls(sides[0]) else sides[::-1]
                value, ordered = value_of(other)
                return self._call(call), _expected(value, ordered, relation)
        words = [token.text for token in tokens]
        if words[:2] == ["issame", "("] and _after(tokens, 1) == len(tokens) and self._same is not None:
            return self._issame(tokens[2:-1], self._same)
        if words[0:1] in (["abs"], ["fabs"]) and words[1:2] == ["("]:
            return self._near(tokens)
        if words[0:1] in (["!"], ["not"]):
            return self._call(tokens[1:]), Expected(relation="false")
        return self._call(tokens), Expected(relation="true")

    def _issame(self, tokens: Tokens, same: _Same) -> tuple[str, Expected]:
        sides = _split(tokens, (",",))
        if len(sides) != 2:
            raise NotTurned(f"expected a call and what it gives, got {self._text(tokens)[:40]!r}")
        call, other = sides if self._calls(sides[0]) else sides[::-1]
        value, ordered = value_of(other)
        expected = _expected(value, ordered and same.ordered, "equal")
        if same.tolerance:
            expected = replace(expected, relation="close", abs_tol=same.tolerance, rel_tol=_SINGLE)
        return self._call(call), expected

    def _near(self, tokens: Tokens) -> tuple[str, Expected]:
        """``abs(call - number) < tolerance``."""
        end = _after(tokens, 1)
        call, *rest = _split(tokens[2 : end - 1], ("-",))
        one = len(rest) == 1 or (len(rest) == 2 and not rest[0])  # the second sign may be the number's own
        if one and self._calls(call) and end < len(tokens) and tokens[end].text in ("<", "<="):
            tolerance, value = value_of(tokens[end + 1 :])[0], value_of(tokens[3 + len(call) : end - 1])[0]
            if type(tolerance) in (int, float) and type(value) in (int, float):
                return self._call(call), Expected(value, "close", abs_tol=float(tolerance))
        raise NotTurned(f"expected a difference below a number, got {self._text(tokens)[:40]!r}")

    def _calls(self, tokens: Tokens) -> bool:
        return any(token.text == self._entry for token in tokens)

    def _call(self, tokens: Tokens) -> str:
        """The text of an expression with one call of the function, and no comparison that could tell a result."""
        words = [token.text for token in tokens]
        if words.count(self._entry) != 1 or {"issame", "assert"} & set(words):
            raise NotTurned(f"expected one call of {self._entry}, got {self._text(tokens)[:40]!r}")
        if len(_split(tokens, _OPERATORS)) > 1:
            raise NotTurned(f"expected a call alone, got {self._text(tokens)[:40]!r}")
        return self._text(tokens)


def _expected(value: Any, ordered: bool, relation: Any) -> Expected:
    if ordered or not isinstance(value, list):
        return Expected(value, relation)
    if any(one == other for number, one in enumerate(value) for other in value[:number]):
        raise NotTurned("expected a set of items, got one of them twice")
    try:
        return Expected(sorted(value), relation, "sorted")
    except TypeError:
        raise NotTurned("expected items of one type, got several") from None
