"""Small changes of a Python program, one token each: what a program has places for, and what may stand there."""

import io
import tokenize
from dataclasses import dataclass
from keyword import iskeyword
from typing import Literal

MutationKind = Literal["operator", "number"]

GROUPS: tuple[tuple[str, ...], ...] = (
    ("+", "-", "*", "//", "%"),
    ("<", "<=", ">", ">=", "==", "!="),
    ("+=", "-=", "*=", "//=", "%="),
    ("and", "or"),
    ("min", "max"),
)
"""Tokens that may stand for each other."""

_OTHERS = {token: tuple(other for other in group if other != token) for group in GROUPS for token in group}
MOST_ALTERNATIVES = max(len(group) for group in GROUPS) - 1
"""Of one place, at most."""

_LARGEST = 10**6


@dataclass(frozen=True, slots=True)
class Place:
    """A token that may be another.

    Attributes:
        start: where it begins in the program, in characters.
        end: where it ends.
        kind: ``number`` for a whole number, which may be one more or less; ``operator`` for one of :data:`GROUPS`.
        alternatives: what may stand there instead, in a fixed order.
    """

    start: int
    end: int
    kind: MutationKind
    alternatives: tuple[str, ...]


def places(program: str, kinds: tuple[MutationKind, ...] = ("operator", "number")) -> tuple[Place, ...]:
    """The places of a program at which it may be changed, in order; none in a text that is no Python."""
    lines = list(io.StringIO(program, newline=""))
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    found: list[Place] = []
    before = ""
    try:
        for token in tokenize.generate_tokens(iter(lines).__next__):
            kind, alternatives = _alternatives(token, before)
            if alternatives and kind in kinds:
                start, end = (offsets[row - 1] + column for row, column in (token.start, token.end))
                found.append(Place(start, end, kind, alternatives))
            if token.type not in (tokenize.NL, tokenize.COMMENT):
                before = token.string
    except (tokenize.TokenError, SyntaxError):
        return ()
    return tuple(found)


def _alternatives(token: tokenize.TokenInfo, before: str) -> tuple[MutationKind, tuple[str, ...]]:
    text = token.string
    if token.type == tokenize.NUMBER:
        if not text.isdecimal() or int(text[:8]) > _LARGEST or len(text) > 8:
            return "number", ()
        return "number", (str(int(text) + 1), str(int(text) - 1))
    operand = before[-1:].isalnum() or before[-1:] in ("_", ")", "]", "}", "'", '"')
    leading = text in "+-*" and (not operand or iskeyword(before))  # a sign, or an unpacking
    return "operator", () if leading else _OTHERS.get(text, ())


def changed(program: str, place: Place, number: int) -> str:
    """The program with the alternative of this number at the place."""
    return program[: place.start] + place.alternatives[number] + program[place.end :]
