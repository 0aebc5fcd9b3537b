"""codegym.mutations: one token for another."""

from hypothesis import given
from hypothesis import strategies as st

from codegym.mutations import MOST_ALTERNATIVES, changed, places

PROGRAM = """\
a, b = map(int, input().split())
values = [-1, 0]  # + 3
print(*values, 'x + 1')
print(a + -b * (2) - max(a, 3) if a <= b and a else 0x1F)
for i in range(1, len(values) + 1):
    a += 1.5
"""


def test_places_are_operators_and_whole_numbers() -> None:
    """Signs, unpackings, comments, texts, fractions and hexadecimal numbers are none."""
    found = [PROGRAM[place.start : place.end] for place in places(PROGRAM)]
    assert found == ["1", "0", "+", "*", "2", "-", "max", "3", "<=", "and", "1", "+", "1", "+="]


def test_alternatives_are_of_the_same_group() -> None:
    """A number may be one more or less, an operator another of its group, in a fixed order."""
    by_token = {PROGRAM[place.start : place.end]: place.alternatives for place in places(PROGRAM)}
    assert by_token["3"] == ("4", "2")
    assert by_token["0"] == ("1", "-1")
    assert by_token["<="] == ("<", ">", ">=", "==", "!=")
    assert by_token["max"] == ("min",)
    assert max(map(len, by_token.values())) == MOST_ALTERNATIVES


def test_kinds_choose_among_places() -> None:
    """Only places of the kinds asked for are given."""
    assert {PROGRAM[p.start : p.end] for p in places(PROGRAM, ("number",))} == {"0", "1", "2", "3"}
    assert not {PROGRAM[p.start : p.end] for p in places(PROGRAM, ("operator",))} & {"0", "1", "2", "3"}


def test_a_keyword_before_a_sign_is_no_operand() -> None:
    """``return -1`` holds a sign; ``x -1`` a subtraction."""
    assert [place.alternatives for place in places("return -x\n")] == []
    assert len(places("x -y\n")) == 1


def test_every_change_can_be_undone() -> None:
    """From each changed program one more change at the same place leads back."""
    for place in places(PROGRAM):
        for number in range(len(place.alternatives)):
            mutant = changed(PROGRAM, place, number)
            assert mutant != PROGRAM
            if place.alternatives[number] == "-1":
                continue  # a sign and a number, from which no single token leads back
            backs = [
                changed(mutant, back, n)
                for back in places(mutant)
                if back.start == place.start
                for n in range(len(back.alternatives))
            ]
            assert PROGRAM in backs


@given(
    st.text() | st.lists(st.sampled_from(["a", " ", "+", "\n", "\r", "(", '"""', "\x0c", "é", "1", "\t"])).map("".join)
)
def test_any_text_has_places_within_it_or_none(text: str) -> None:
    """No text breaks it, and every place holds a token that has alternatives."""
    for place in places(text):
        token = text[place.start : place.end]
        assert token.isdecimal() == (place.kind == "number")
        assert token not in place.alternatives
