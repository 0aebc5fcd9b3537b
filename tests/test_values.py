"""codegym.values: plain values travel exactly, and hostile bytes give data or a ValueError."""

import collections
import decimal
import enum
import fractions
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from codegym import values

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**52, max_value=2**54),
    st.floats(),
    st.complex_numbers(),
    ANY_TEXT,
    st.binary(max_size=8),
)
HASHABLE = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)
PLAIN = st.recursive(
    HASHABLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.sets(HASHABLE, max_size=3),
        st.dictionaries(HASHABLE, inner, max_size=3),
    ),
    max_leaves=12,
)
EXACT = (type(None), bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict)


def same(one: Any, other: Any) -> bool:
    """Equal, with equal types at every depth; nan is nan, and -0.0 is not 0.0."""
    if type(one) is not type(other):
        return False
    if type(one) in (list, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) in (set, frozenset):
        return len(one) == len(other) and all(any(same(item, twin) for twin in other) for item in one)
    if type(one) is dict:
        return len(one) == len(other) and all(map(same, one.items(), other.items()))
    if type(one) in (float, complex):
        return repr(one) == repr(other)
    return bool(one == other)


def parts(value: Any) -> list[Any]:
    """The value and all that it holds."""
    if type(value) is dict:
        return [value, *(part for pair in value.items() for item in pair for part in parts(item))]
    if type(value) in (list, tuple, set, frozenset):
        return [value, *(part for item in value for part in parts(item))]
    return [value]


@given(PLAIN)
@example("\ud83d\ude00")
@example({"\udc80": [-0.0, math.inf, -math.inf, math.nan]})
@example({1: "int", "1": "text"})
@example([(), [], {}, set(), frozenset(), b"", "", 0j])
@example({"int": "ff"})
@example([2**53 - 1, 2**53, -(2**53), 2**53 + 1])
def test_round_trip_is_exact(value: Any) -> None:
    """What is encoded comes back equal, with the same type at every depth."""
    assert same(values.loads(values.dumps(value)), value)


@given(PLAIN)
def test_encoding_is_one_line_of_ascii(value: Any) -> None:
    """An encoded value never holds a line break or a byte beyond ASCII, whatever its texts hold."""
    assert all(32 <= byte < 127 for byte in values.dumps(value))


@pytest.mark.parametrize("number", [10**20000, -(10**20000)], ids=["positive", "negative"])
def test_integers_of_any_size_travel(number: int) -> None:
    """Integers beyond the interpreter's limit for decimal text come back exactly."""
    assert values.loads(values.dumps([number])) == [number]


@given(PLAIN)
def test_shown_value_is_python_for_it(value: Any) -> None:
    """What is shown is one line of Python that evaluates to the value, nan and infinity being named."""
    assume(not any(type(part) is complex for part in parts(value)))
    shown = values.show(value)
    assert len(shown.splitlines()) == 1
    assert same(eval(shown, {"nan": math.nan, "inf": math.inf}), value)


@given(st.lists(st.integers(-1000, 1000).map(lambda n: n * 64), max_size=8), st.booleans())
def test_order_of_making_a_set_does_not_show(items: list[int], frozen: bool) -> None:
    """Equal sets give one text and the same bytes, in whatever order they came to hold their items."""
    kind = frozenset if frozen else set
    one, other = [kind(items)], [kind(reversed(items))]
    assert values.show(one) == values.show(other)
    assert values.dumps(one) == values.dumps(other)


@pytest.mark.parametrize("value", [10**6000, [-(10**6000)], {10**6000: {10**6000}}], ids=["bare", "list", "deep"])
def test_huge_integers_can_be_shown(value: Any) -> None:
    """An integer beyond the interpreter's limit for decimal text is shown somehow, not refused."""
    assert values.show(value)


class Level(enum.IntEnum):
    ONE = 1


class Text(str):
    pass


class Pair(tuple[int, int]):
    pass


class Liar:
    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return int


NOT_PLAIN = [
    Level.ONE,
    Text("x"),
    Pair((1, 2)),
    Liar(),
    np.float64(1.0),
    np.int64(1),
    collections.OrderedDict(a=1),
    collections.defaultdict(int),
    collections.Counter("a"),
    collections.deque([1]),
    decimal.Decimal(1),
    fractions.Fraction(1),
    bytearray(b"x"),
    range(3),
    object(),
    int,
    len,
    iter([1]),
    {}.keys(),
    NotImplemented,
    ...,
]


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [x], lambda x: (1, {"k": x})], ids=["bare", "list", "deep"])
@pytest.mark.parametrize("value", NOT_PLAIN, ids=lambda value: type.__repr__(type(value)).split("'")[1])
def test_other_types_are_refused(value: Any, wrap: Any) -> None:
    """Subclasses and look-alikes of the plain types raise TypeError at any depth: they could carry behaviour."""
    with pytest.raises(TypeError, match="expected a value of plain built-in types, got "):
        values.dumps(wrap(value))


def test_other_types_as_keys_are_refused() -> None:
    """A dictionary's keys are held to the same rule as its values."""
    with pytest.raises(TypeError, match="plain built-in types"):
        values.dumps({Level.ONE: 1})


def test_value_that_contains_itself_is_refused() -> None:
    """A cycle ends in RecursionError, not in an endless loop."""
    cycle: list[Any] = []
    cycle.append(cycle)
    with pytest.raises(RecursionError):
        values.dumps(cycle)


KINDS = st.sampled_from(
    ["int", "float", "dict", "tuple", "set", "frozenset", "bytes", "complex", "eval", "", "__class__"]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | ANY_TEXT
    | st.sampled_from(["ff", "nan", "1_0", "0x", " 1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KINDS, inner, max_size=2),
    max_leaves=10,
)


@given(st.binary() | JSON.map(lambda node: json.dumps(node).encode()))
def test_hostile_bytes_give_plain_data_or_value_error(data: bytes) -> None:
    """Whatever the bytes, decoding raises ValueError or builds exact built-in types and nothing else."""
    try:
        value = values.loads(data)
    except ValueError:
        return
    assert all(type(part) in EXACT for part in parts(value))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"\x00",
        b"[",
        b"1 2",
        b"{}",
        b'{"int":"1","float":"1"}',
        b'{"eval":"1"}',
        b'{"int":5}',
        b'{"int":"xyz"}',
        b'{"int":""}',
        b'{"float":"x"}',
        b'{"float":[1]}',
        b'{"set":[[1]]}',
        b'{"frozenset":[{"dict":[]}]}',
        b'{"dict":[[1]]}',
        b'{"dict":[[[1],2]]}',
        b'{"dict":5}',
        b'{"tuple":null}',
        b'{"bytes":"0"}',
        b'{"bytes":"zz"}',
        b'{"bytes":["00"]}',
        b'{"complex":[1,2,3]}',
        b'{"complex":[null]}',
        b'{"complex":[1' + b"0" * 400 + b"]}",
        b"1" * 5000,
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"tuple":[' * 100_000 + b"]}" * 100_000,
    ],
    ids=lambda data: f"{data[:20]!r}*{len(data)}",
)
def test_malformed_bytes_raise_value_error(data: bytes) -> None:
    """Bytes that are no encoded value raise ValueError and say what they were."""
    with pytest.raises(ValueError, match="expected an encoded plain value, got b"):
        values.loads(data)


@pytest.mark.parametrize(
    "node", [{"k" * 10**6: 1}, {"int": "z" * 10**6}, {"float": "z" * 10**6}], ids=["kind", "int", "float"]
)
def test_complaint_about_hostile_bytes_is_bounded(node: Any) -> None:
    """A megabyte of nonsense does not become a megabyte of message."""
    with pytest.raises(ValueError, match="expected an encoded plain value") as caught:
        values.loads(json.dumps(node).encode())
    assert len(str(caught.value)) < 1000


def test_items_whose_hashes_meet_are_refused_soon() -> None:
    """They would take quadratic time; as many others are told apart."""
    with pytest.raises(ValueError, match="30000 items take too long to tell apart, for their hashes meet"):
        values.distinct([n * (2**61 - 1) for n in range(30_000)])
    with pytest.raises(ValueError, match="take too long to tell apart"):
        values.loads(values.dumps([n * (2**61 - 1) for n in range(30_000)]).replace(b"[", b'{"set":[', 1) + b"}")
    assert len(values.distinct(range(300_000))) == 300_000
