"""C++ in its words, and literals in it as values."""

import ast
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from codegym.errors import ProblemError

_TOKEN = re.compile(
    r"""(?P<space>(?:\s|//[^\n]*|/\*.*?\*/)+)
    |(?P<directive>\#[^\n]*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+')
    |(?P<number>\.?[0-9](?:[eE][+-]|[\w.'])*)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign>==|!=|<=|>=|&&|\|\||->|\+\+|--|<<|>>|::|[-+*/%<>=!&|^~?:;,.(){}\[\]])""",
    re.VERBOSE | re.DOTALL,
)
_LONGEST = 1 << 20
_CONTAINERS = frozenset({"vector", "string", "list", "deque", "pair", "make_pair", "tuple", "make_tuple", "array"})
SORTED = frozenset({"map", "set", "unordered_map", "unordered_set"})
_SUFFIX = re.compile(r"(?i)(?<![x])[uflz]+\Z")
_MOST = 1 << 63


class NotTurned(ProblemError):
    """A part of the code says nothing of one call that could be told without running it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign: what it is, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


Tokens = Sequence[Token]


def tokens_of(source: str) -> list[Token]:
    """The words and signs of a source, without white space and comments.

    Raises:
        NotTurned: it is no C++, or too long.
    """
    found: list[Token] = []
    place = 0
    while place < len(source) <= _LONGEST:
        match = _TOKEN.match(source, place)
        if match is None or match.lastgroup is None:
            raise NotTurned(f"expected C++, got {source[place : place + 20]!r}")
        if match.lastgroup not in ("space", "directive"):
            found.append(Token(match.lastgroup, match[0], match.start(), match.end()))
        place = match.end()
    if len(source) > _LONGEST:
        raise NotTurned(f"expected at most {_LONGEST} characters, got {len(source)}")
    return found


def value_of(tokens: Tokens) -> tuple[Any, bool]:
    """The value of literals, and whether it is in an order of its own."""
    written: list[str] = []
    ordered = True
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token.kind == "name" and token.text in _CONTAINERS | SORTED:
            ordered = ordered and token.text not in SORTED
            place = _behind_template(tokens, place)
            _check_construction(token.text, tokens[place:])
        elif token.text in ("std", "::"):
            continue
        else:
            written.append(_python(token))
    try:
        return _plain(ast.parse(" ".join(written), mode="eval").body), ordered
    except (SyntaxError, ValueError, ArithmeticError, TypeError, RecursionError, MemoryError):
        raise NotTurned(f"expected literals, got {' '.join(written)[:60]!r}") from None


def _check_construction(name: str, rest: Tokens) -> None:
    """Refuse what makes a container of something else than its items.

    Raises:
        NotTurned: it does.
    """
    texts = [token.text for token in rest[:2]]
    if name == "array" and texts == ["{", "{"]:
        raise NotTurned("expected an array of items, got one in double braces")
    if texts[:1] != ["("] or name in ("make_pair", "make_tuple"):
        return
    empty = texts == ["(", ")"]
    if name in ("pair", "tuple"):
        good = not empty
    elif name == "string":
        good = len(rest) > 2 and rest[1].kind == "text" and rest[2].text == ")"
    else:
        good = empty or (texts == ["(", "{"] and _is_one_list(rest[1:]))
    if not good:
        raise NotTurned(f"expected literals, got a {name} that is made of something else")


def _is_one_list(tokens: Tokens) -> bool:
    """Whether a list in braces is followed by a closing parenthesis."""
    depth = 0
    for place, token in enumerate(tokens):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if not depth:
            return place + 1 < len(tokens) and tokens[place + 1].text == ")"
    return False


def _behind_template(tokens: Tokens, place: int) -> int:
    depth = 0
    while place < len(tokens) and (depth or tokens[place].text == "<"):
        depth += {"<": 1, ">": -1, ">>": -2}.get(tokens[place].text, 0)
        place += 1
    return place


def _python(token: Token) -> str:
    if token.kind == "number":
        if "x" in token.text.lower():
            return token.text
        digits = _SUFFIX.sub("", token.text.replace("'", ""))
        single = token.text[-1] in "fF" and not digits.isdigit()
        return _in_single(digits) if single else digits
    if token.kind == "name":
        if token.text not in ("true", "false"):
            raise NotTurned(f"expected literals, got {token.text[:40]!r}")
        return token.text.capitalize()
    return {"{": "[", "}": "]", "!": " not "}.get(token.text, token.text)


def _in_single(digits: str) -> str:
    """A number that a returned ``float`` equals."""
    try:
        (value,) = struct.unpack("f", struct.pack("f", float(digits)))
    except (OverflowError, ValueError):
        raise NotTurned(f"expected a number of single precision, got {digits[:40]}") from None
    return repr(value)


_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
    ast.Div: lambda one, other: _quotient(one, other) if type(one) is type(other) is int else one / other,
    ast.Mod: lambda one, other: one - other * _quotient(one, other),
}


def _quotient(one: int, other: int) -> int:
    """As in C++, towards zero."""
    return abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)


def _plain(node: ast.expr) -> Any:
    match node:
        case ast.Constant(bool() | int() | float() | str() as value):
            made: Any = value
        case ast.List(items) | ast.Tuple(items):
            return [_plain(item) for item in items]
        case ast.UnaryOp(ast.USub(), operand):
            made = -_number(operand)
        case ast.UnaryOp(ast.UAdd(), operand):
            made = _number(operand)
        case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
            made = _ARITHMETIC[type(op)](_number(left), _number(right))
        case _:
            raise ValueError(type(node).__name__)
    if type(made) is int and not -_MOST <= made < 2 * _MOST:
        raise ValueError("a number that is too large")
    return made


def _number(node: ast.expr) -> int | float:
    value = _plain(node)
    if type(value) not in (int, float):
        raise TypeError(type(value).__name__)
    return value  # type: ignore[no-any-return]
