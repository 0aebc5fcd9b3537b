"""codegym.checker: an output is accepted exactly where its comparison says so, however hostile it is."""

import math
import random
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym.checker import mismatch
from codegym.problem import Checker, CheckerType

TEXT_TYPES: tuple[CheckerType, ...] = tuple(
    t for t in get_args(CheckerType) if t not in ("value", "validator", "interactor")
)
ANY_TEXT = st.text(st.sampled_from("aAbß01.-+e \t\r\n\x0b\x0c\x1c\x85\u2028\u3000\ud800"), max_size=20)
TOKENS = st.lists(st.sampled_from(["a", "b", "10", "1.5", "-0", "nan", "x" * 5000]), min_size=1, max_size=6)
NAN = math.nan


def accepts(kind: CheckerType, expected: Any, actual: Any, **settings: Any) -> bool:
    return not mismatch(Checker(kind, **settings), expected, actual)


@pytest.mark.parametrize("kind", TEXT_TYPES)
@given(text=ANY_TEXT)
def test_every_comparison_accepts_the_expected_text(kind: CheckerType, text: str) -> None:
    """The expected output itself is accepted by every comparison of texts, white space and surrogates included."""
    assert accepts(kind, text, text)


@pytest.mark.parametrize("kind", TEXT_TYPES)
@given(tokens=TOKENS, data=st.data())
def test_losing_or_repeating_a_line_is_never_accepted(
    kind: CheckerType, tokens: list[str], data: st.DataObject
) -> None:
    """An output with a line more or a line less than expected fails: no comparison stops at the shorter one."""
    at = data.draw(st.integers(0, len(tokens) - 1))
    expected = "\n".join(tokens)
    assert not accepts(kind, expected, "\n".join(tokens[:at] + tokens[at + 1 :]))
    assert not accepts(kind, expected, "\n".join([*tokens[: at + 1], *tokens[at:]]))


@pytest.mark.parametrize("kind", TEXT_TYPES)
@pytest.mark.parametrize(
    "actual",
    [
        "",
        "\n",
        "998244352",
        "998244353.0",
        "998244354",
        "9.98244353e8",
        "nan",
        "inf",
        "-inf",
        "9" * 10**6,
        "\u0669\u0669\u0668244353",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_integers_are_exact_under_every_comparison(kind: CheckerType, actual: str) -> None:
    """No tolerance, however generous, lets another text pass for an expected integer."""
    settings = {"abs_tol": 10.0, "rel_tol": 0.5} if kind == "numbers" else {}
    assert not accepts(kind, "998244353", actual, **settings)


@pytest.mark.parametrize("actual", ["1\n", " 1", "1 ", "1\r\n", ""], ids=repr)
def test_exact_forgives_nothing(actual: str) -> None:
    """Under `exact` a single white space is a difference."""
    assert not accepts("exact", "1", actual)


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("1\n2\n", "1  \n2\t\r\n\n\n", True),
        ("", "\n \n\t", True),
        ("1\n2\n", "1\n\n2\n", False),
        ("1\n2\n", "\n1\n2\n", False),
        ("1\n2\n", " 1\n2\n", False),
        ("1\n2\n", "1\n2\n3\n", False),
        ("1\n2\n", "1\n", False),
        ("a b\n", "a  b\n", False),
        ("1\n2\n", "1\r2\r", False),
        ("1\n2\n", "1\u20282\n", False),
        ("Yes\n", "YES\n", False),
    ],
    ids=repr,
)
def test_lines_forgives_trailing_white_space_only(expected: str, actual: str, same: bool) -> None:
    """Under `lines` white space counts but at the end of a line, and so do empty lines but at the end of the text."""
    assert accepts("lines", expected, actual) is same


@pytest.mark.parametrize(
    ("kind", "expected", "actual", "same"),
    [
        ("tokens", "1 2\n3\n", "\n 1\t2 3", True),
        ("tokens", "1 2", "12", False),
        ("tokens", "Yes", "yes", False),
        ("tokens", "1", "1\x00", False),
        ("tokens_nocase", "Yes NO", "yEs\nno", True),
        ("tokens_nocase", "Yes", "Yess", False),
        ("tokens_nocase", "1e5", "1E5", True),
        ("tokens_nocase", "1.0", "1", False),
    ],
    ids=repr,
)
def test_tokens_ignore_the_space_between_them(kind: CheckerType, expected: str, actual: str, same: bool) -> None:
    """Under `tokens` only the words and their order count; under `tokens_nocase` not their case."""
    assert accepts(kind, expected, actual) is same


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("1.0", "1", True),
        ("1.0", "1.0000009", True),
        ("1.0", "1.000002", False),
        ("1.0", "+1e0", True),
        (".5", "0.5", True),
        ("1e3", "1000", True),
        ("1000000.0", "1000000.9", True),
        ("1000000.0", "1000001.1", False),
        ("0.0", "-0.0", True),
        ("1", "1.0", False),
        ("1", "+1", False),
        ("-0", "0", False),
        ("1.0", "nan", False),
        ("1.0", "inf", False),
        ("1e308", "inf", False),
        ("1e308", "1e309", False),
        ("-1e308", "1e308", False),
        ("inf", "Infinity", True),
        ("inf", "-inf", False),
        ("nan", "NaN", True),
        ("nan", "0.0", False),
        ("10.0", "1_0", False),
        ("1.5", "0x1.8p0", False),
        ("1.5", "1,5", False),
        ("1.5", "\u0661.\u0665", False),
        ("1.5", "1.5f", False),
        ("1.5", "1.5" + "0" * 10**6, False),
        ("1.5", "1" * 10**6 + "x", False),
        ("1.5", "1e" + "9" * 3000, False),
        ("word 1.0", "word 1", True),
        ("3 0.5", "2 0.5", False),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else str(value)[:8],
)
def test_numbers_are_close_or_wrong(expected: str, actual: str, same: bool) -> None:
    """Under `numbers` a float may be off by the tolerance; nan, infinities, odd notations and words gain nothing."""
    assert accepts("numbers", expected, actual, abs_tol=1e-6, rel_tol=1e-6) is same


@given(expected=st.floats(-1e9, 1e9), off=st.floats(-3, 3), tol=st.floats(1e-6, 1))
def test_numbers_obey_the_absolute_tolerance(expected: float, off: float, tol: float) -> None:
    """A float passes if and only if it lies within the absolute tolerance of the expected one."""
    shown = repr(expected + off * tol)
    wanted = abs(float(shown) - expected) <= tol
    assert accepts("numbers", repr(expected), shown, abs_tol=tol) is wanted


@pytest.mark.parametrize(
    ("expected", "actual", "flags", "same"),
    [
        ("Yes 1\n", "yEs\t1", (), True),
        ("Yes", "yes", ("case_sensitive",), False),
        ("\u00e9", "\u00c9", (), False),
        ("\u017f", "s", (), False),
        ("a\u00a0b", "a b", (), False),
        ("a\x0bb", "a b", (), True),
        ("1.0", "1", (), False),
        ("1.0", "1", ("floats",), True),
        ("1", "1.0000001", ("floats",), True),
        ("1", "1.1", ("floats",), False),
        ("1e3", "1000", ("floats",), True),
        ("1", "x", ("floats",), False),
        ("x", "1", ("floats",), False),
        ("1", "nan", ("floats",), False),
        ("1", "inf", ("floats",), False),
        ("inf", "INF", ("floats",), True),
        ("inf", "INF", ("floats", "case_sensitive"), False),
        ("inf", "-inf", ("floats",), False),
        ("inf", "1e999", ("floats",), False),
        ("Ab 1.5", "aB 1.50", ("floats",), True),
        ("a b\n", "a b", ("space_change_sensitive",), False),
        ("a b\n", "a  b\n", ("space_change_sensitive",), False),
        ("a b\n", "A b\n", ("space_change_sensitive",), True),
        (" a", "a", ("space_change_sensitive",), False),
        ("a\n", "a\r\n", ("space_change_sensitive",), False),
        ("a 1.5\n", "a 1.500\n", ("space_change_sensitive", "floats"), True),
    ],
)
def test_the_default_comparison_of_icpc_packages(expected: str, actual: str, flags: Any, same: bool) -> None:
    """Under `icpc` case and white space are ASCII's, and under `floats` integers are numbers like any other."""
    assert accepts("icpc", expected, actual, flags=flags, abs_tol=1e-6, rel_tol=1e-6) is same


@given(TOKENS, st.randoms(use_true_random=False))
def test_unordered_comparisons_forgive_order(tokens: list[str], rng: random.Random) -> None:
    """Any order of the lines, or of the tokens, is accepted, duplicates and all."""
    shuffled = rng.sample(tokens, len(tokens))
    assert accepts("unordered_lines", "\n".join(tokens), "\n".join(shuffled))
    assert accepts("unordered_tokens", " ".join(tokens), "\n".join(shuffled))


@pytest.mark.parametrize(
    ("kind", "expected", "actual"),
    [
        ("unordered_lines", "a\na\nb", "a\nb\nb"),
        ("unordered_lines", "a\nb", "a\nb\na"),
        ("unordered_lines", "a b\nc", "a c\nb"),
        ("unordered_lines", "a\n\nb", "a\nb"),
        ("unordered_tokens", "a a b", "a b b"),
        ("unordered_tokens", "a", "A"),
        ("unordered_tokens", "", "a"),
    ],
    ids=repr,
)
def test_unordered_comparisons_count_duplicates(kind: CheckerType, expected: str, actual: str) -> None:
    """Each line or token must come as often as expected, and whole."""
    assert not accepts(kind, expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, True),
        (True, 1),
        (1, 1.0),
        (1.0, True),
        (1.0, 1 + 0j),
        (998244353, 998244352),
        (998244353, 998244353.0),
        ("1", 1),
        ("a", b"a"),
        (None, False),
        ([], ()),
        ([1, 2], [1]),
        ([1, 2], [1, 2, 3]),
        ((1,), [1]),
        ([[1]], [[True]]),
        ({1, 2}, [1, 2]),
        ({1, 2}, frozenset({1, 2})),
        ({1}, {True}),
        ({(1, 0)}, {(True, False)}),
        ({frozenset({1})}, {frozenset({True})}),
        ({1: "a"}, {True: "a"}),
        ({1: "a"}, {1.0: "a"}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 1}),
        (1.0, NAN),
        (NAN, 1.0),
        (1.0, math.inf),
        (math.inf, -math.inf),
        (math.inf, 10**400),
        (1.0, 10**400),
        (1e308, 10**400),
        (complex(1, NAN), complex(1, 1)),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_values_of_another_type_or_content_differ(expected: Any, actual: Any) -> None:
    """Under `value` look-alikes fail even with a wide tolerance: bool is no int, a tuple no list, nan no number."""
    assert not accepts("value", expected, actual, abs_tol=0.25, rel_tol=0.25)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1.0, 1),
        ([1.0, (2.0, {"k": 3.0})], [1, (2.05, {"k": 2.95})]),
        (NAN, NAN),
        (math.inf, math.inf),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, "1", 2.0, None, (1, 2)}, {(1, 2), None, 2.0, "1", 1}),
        (10**5000, 10**5000),
    ],
    ids=lambda value: "huge" if value == 10**5000 else repr(value)[:20],
)
def test_close_values_are_the_same(expected: Any, actual: Any) -> None:
    """A float may be off by the tolerance at any depth, may come as an integer, and dictionaries have no order."""
    assert accepts("value", expected, actual, abs_tol=0.1)


@given(st.lists(st.sampled_from([1, True, "1", (1,), (True,), None]), max_size=6), st.randoms(use_true_random=False))
def test_unordered_values_are_multisets_by_type(items: list[Any], rng: random.Random) -> None:
    """An unordered list may come in any order, but an item must not be replaced by its look-alike."""
    shuffled = rng.sample(items, len(items))
    assert accepts("value", items, shuffled, unordered=True)
    for index, item in enumerate(shuffled):
        changed = [*shuffled[:index], "other" if item is True else True, *shuffled[index + 1 :]]
        assert not accepts("value", items, changed, unordered=True)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [([1.0, 1.2], [0.9, 1.1]), ([1.0, 1.2], [1.1, 0.9]), ([1.0, 1], [1.0, 1]), ([1.0, 1], [1, 1.0])],
    ids=["close", "close-reversed", "types", "types-reversed"],
)
def test_order_never_decides_an_unordered_comparison(expected: list[float], actual: list[float]) -> None:
    """An unordered list that can be matched item by item is accepted in every order."""
    assert accepts("value", expected, actual, abs_tol=0.15, unordered=True)


@pytest.mark.parametrize(
    "actual", [(2, 1), {1, 2}, [1, 1], [1, 2, 2], [[1, 2]], None], ids=["tuple", "set", "twice", "more", "deep", "none"]
)
def test_unordered_still_wants_a_list_of_these_items(actual: Any) -> None:
    """`unordered` forgives the order of the outermost list and nothing else."""
    assert not accepts("value", [1, 2], actual, unordered=True)
    assert not accepts("value", [[1, 2]], [[2, 1]], unordered=True)


@pytest.mark.parametrize("kind", [list, tuple], ids=["list", "tuple"])
@pytest.mark.parametrize("unordered", [False, True], ids=["ordered", "unordered"])
def test_deep_values_get_a_reason(kind: Any, unordered: bool) -> None:
    """A value nested beyond the interpreter's recursion limit is a mismatch, not an exception."""
    one: Any = 1
    other: Any = 2
    for _ in range(100_000):
        one, other = kind([one]), kind([other])
    assert mismatch(Checker("value", unordered=unordered), [one], [other])


@given(ANY_TEXT, ANY_TEXT)
def test_reasons_never_quote_the_outputs(expected: str, actual: str) -> None:
    """A reason names places and counts; it never repeats what was expected."""
    marked = f"SECRET{expected}"
    for kind in TEXT_TYPES:
        assert "secret" not in mismatch(Checker(kind), marked, actual).casefold()
    assert "SECRET" not in mismatch(Checker("value"), [marked], [actual])
    assert "SECRET" not in mismatch(Checker("value"), {marked: 1}, {actual: 1})
