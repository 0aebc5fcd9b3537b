"""codegym.spaces.Program: the space of all text."""

import copy
import pickle
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.error import CustomSpaceError
from hypothesis import given
from hypothesis import strategies as st

from codegym.spaces import Program

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)


@given(ANY_TEXT)
def test_members_are_the_texts_that_utf8_can_encode(text: str) -> None:
    """A text is a member if and only if it encodes as UTF-8 and is short enough."""
    encodes = not any("\ud800" <= character <= "\udfff" for character in text)
    assert (text in Program()) is encodes
    assert (text in Program(max_length=10)) is (encodes and len(text) <= 10)


@pytest.mark.parametrize("value", [None, b"x", 1, ["x"], ("x",), np.array("x"), object], ids=repr)
def test_nothing_else_is_a_member(value: Any) -> None:
    """Bytes, lists and arrays of text are no text; asking about them raises nothing."""
    assert not Program().contains(value)


def test_length_is_in_characters() -> None:
    """The longest member has exactly ``max_length`` characters, of however many bytes."""
    assert "\U0001f600" * 5 in Program(5)
    assert "a" * 6 not in Program(5)
    assert "" in Program(5)
    assert "\0" * 5 in Program(5)


@given(st.integers(1, 200), st.integers(0, 2**31))
def test_samples_are_members_and_seeded(max_length: int, seed: int) -> None:
    """Samples are members, and the same seed gives the same ones, from the constructor or from ``seed``."""
    one, other = Program(max_length, seed=seed), Program(max_length)
    other.seed(seed)
    samples = [one.sample() for _ in range(5)]
    assert all(sample in one for sample in samples)
    assert samples == [other.sample() for _ in range(5)]


def test_samples_differ() -> None:
    """Samples are not all one text."""
    space = Program(seed=0)
    assert len({space.sample() for _ in range(20)}) > 10


def test_masks_work_as_for_text() -> None:
    """A mask fixes the length of a sample, and which characters it is made of."""
    space = Program(seed=0)
    assert len(space.sample((7, None))) == 7
    only = np.zeros(len(space.character_set), dtype=np.int8)
    only[space.character_index("a")] = 1
    assert space.sample((3, only)) == "aaa"


@pytest.mark.parametrize(
    "clone", [copy.copy, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))], ids=["copy", "deep", "pickle"]
)
def test_copies_are_equal(clone: Any) -> None:
    """A copied or pickled space is equal to the first and has the same members and samples."""
    space = Program(100, seed=3)
    twin = clone(space)
    assert twin == space
    assert twin.max_length == 100
    assert clone(space).sample() == Program(100, seed=3).sample()


def test_equality_is_by_length_and_type() -> None:
    """Spaces of other lengths, and Gymnasium's own text space, are not equal to it."""
    assert Program(5) == Program(5, seed=1)
    assert Program(5) != Program(6)
    assert Program(5) != spaces.Text(5)
    assert Program(5) != 5


def test_repr_builds_it_again_and_is_short() -> None:
    """Its repr is an expression for it without the alphabet."""
    assert eval(repr(Program(12)), {"Program": Program}) == Program(12)


@given(st.lists(st.text(), max_size=4))
def test_samples_travel_as_json(texts: list[str]) -> None:
    """What Gymnasium writes as JSON it reads back."""
    space = Program()
    assert list(space.from_jsonable(space.to_jsonable(texts))) == texts


def test_shared_memory_is_refused_with_the_way_out() -> None:
    """A vector environment with shared memory is refused by a sentence that says what to pass instead."""
    with pytest.raises(CustomSpaceError, match="shared_memory"):
        gym.vector.utils.create_shared_memory(spaces.Dict({"problem": Program()}), n=2)
