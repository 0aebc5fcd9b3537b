"""codegym.signature: data become values of the type that a problem file names, or a ValueError."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym.signature import converter

Case = tuple[str, Any, Any]
"""A type, data for it as JSON would have them, and the value wanted."""

PLAIN: st.SearchStrategy[Case] = st.one_of(
    st.integers().map(lambda n: ("int", n, n)),
    st.floats(allow_nan=False).map(lambda x: ("float", x, x)),
    st.integers(-(2**53), 2**53).map(lambda n: ("float", n, float(n))),
    st.booleans().map(lambda b: ("bool", b, b)),
    st.text().map(lambda s: ("str", s, s)),
    st.just(("None", None, None)),
    st.sampled_from([("int | None", None, None), ("str | None", "x", "x"), ("None | int", 3, 3)]),
)


def nested(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    return st.one_of(
        inner.map(lambda c: (f"list[{c[0]}]", [c[1]] * 2, [c[2]] * 2)),
        inner.map(lambda c: (f"tuple[{c[0]}, ...]", [c[1]] * 3, (c[2],) * 3)),
        inner.map(lambda c: (f"dict[str, {c[0]}]", {"k": c[1]}, {"k": c[2]})),
        inner.map(lambda c: (f"dict[int, {c[0]}]", {"-7": c[1]}, {-7: c[2]})),
        inner.map(lambda c: (f"list[{c[0]}] | None", [c[1]], [c[2]])),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda cs: (f"tuple[{', '.join(c[0] for c in cs)}]", [c[1] for c in cs], tuple(c[2] for c in cs))
        ),
    )


def same(one: Any, other: Any) -> bool:
    """Equal, with equal types at every depth."""
    return type(one) is type(other) and repr(one) == repr(other)


@given(st.recursive(PLAIN, nested, max_leaves=5))
def test_fitting_data_become_the_type(case: Case) -> None:
    """JSON's lists and text keys become exactly the tuples, sets, floats and keys that the type asks for."""
    kind, data, wanted = case
    assert same(converter(kind)(data), wanted)


@pytest.mark.parametrize(
    ("kind", "data", "wanted"),
    [
        ("set[int]", [2, 1, 2], {1, 2}),
        ("set[tuple[int, int]]", [[1, 2], [1, 2], [2, 1]], {(1, 2), (2, 1)}),
        ("dict[float, int]", {"1": 2}, {1.0: 2}),
        ("dict[tuple[int, int], str]", {(0, 1): "x"}, {(0, 1): "x"}),
        ("tuple[()]", [], ()),
        ("any", {"a": [1]}, {"a": [1]}),
        ("  list[ int ]\n", [1], [1]),
        ("float", -0.0, -0.0),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else None,
)
def test_special_types_convert(kind: str, data: Any, wanted: Any) -> None:
    """Sets lose duplicates, numeric keys leave text, the empty tuple exists, white space does not matter."""
    assert same(converter(kind)(data), wanted)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("int", True),
        ("int", 1.0),
        ("int", "1"),
        ("int", None),
        ("bool", 1),
        ("bool", "true"),
        ("float", True),
        ("float", "1.5"),
        ("str", 1),
        ("str", b"x"),
        ("None", 0),
        ("None", False),
        ("list[int]", "12"),
        ("list[int]", {"1": 2}),
        ("list[int]", [1, True]),
        ("list[str]", "abc"),
        ("tuple[int, int]", [1]),
        ("tuple[int, int]", [1, 2, 3]),
        ("tuple[()]", [1]),
        ("tuple[int, ...]", [1, "2"]),
        ("dict[str, int]", [["a", 1]]),
        ("dict[str, int]", {1: 1}),
        ("dict[bool, int]", {"1": 1}),
        ("dict[int, int]", {"1.0": 1}),
        ("dict[int, int]", {"--3": 1}),
        ("dict[int, int]", {"": 1}),
        ("int | None", False),
        ("int | None", "None"),
        ("set[list[int]]", [[1]]),
        ("set[any]", [{}]),
        ("float", 10**400),
        ("float | None", 10**400),
        ("list[float]", [10**400]),
        ("str", 10**5000),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value)[:20] if value != 10**5000 else "10**5000",
)
def test_other_data_are_refused_in_one_sentence(kind: str, data: Any) -> None:
    """Nothing is coerced; a misfit raises ValueError and says in a short line what was expected and what came."""
    with pytest.raises(ValueError, match=r"\Aexpected [^\n]+, got [^\n]+\Z") as caught:
        converter(kind)(data)
    assert len(str(caught.value)) < 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)
TYPES = [
    "int",
    "list[list[int]]",
    "tuple[int, str]",
    "dict[int, list[bool]]",
    "set[str] | None",
    "set[any]",
    "list[tuple[float, ...]]",
    "any",
]


@given(st.sampled_from(TYPES), JSON)
def test_any_json_converts_or_raises_value_error(kind: str, data: Any) -> None:
    """Whatever JSON a stranger writes, the only complaint is a ValueError."""
    try:
        converter(kind)(data)
    except ValueError as error:
        assert str(error).startswith("expected ")  # noqa: PT017


def test_keys_that_become_one_are_refused() -> None:
    """Two text keys for one number do not silently lose an entry."""
    with pytest.raises(ValueError, match=r"\Aexpected .*, got "):
        converter("dict[int, int]")({"1": 1, "01": 2})


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "integer",
        "Int",
        "list",
        "list[]",
        "list[int, str]",
        "list[int, ...]",
        "set[int, int]",
        "dict[int]",
        "dict[int, ...]",
        "dict[int, int, int]",
        "tuple[...]",
        "tuple[..., int]",
        "tuple[int, ..., int]",
        "int & str",
        "int or None",
        "int, str",
        "list[int](1)",
        "typing.List[int]",
        "list['int']",
        "True",
        "1",
        "...",
        "*int",
        "x := int",
        "lambda: int",
        "__import__('os').system('false')",
        "[int for _ in int]",
        "int\x00",
        "int\ud800",
        "int; int",
        "list[" * 500 + "int" + "]" * 500,
        " | ".join(["int"] * 500),
        "(" * 50_000 + "int",
        "-" * 200_000 + "1",
        "9" * 5000,
    ],
    ids=lambda text: f"{text[:24]!a}*{len(text)}",
)
def test_no_other_text_is_a_type(text: str) -> None:
    """Anything but the documented types raises ValueError, with an example of a type; nothing is evaluated."""
    with pytest.raises(ValueError, match=r"\Aexpected .*, got "):
        converter(text)


@pytest.mark.parametrize("text", ["list[" * 500 + "int" + "]" * 500, "(" * 50_000 + "int"], ids=["nested", "open"])
def test_complaint_about_a_type_is_bounded(text: str) -> None:
    """A type of many thousand characters is not repeated whole."""
    with pytest.raises(ValueError, match="expected a type") as caught:
        converter(text)
    assert len(str(caught.value)) < 200
