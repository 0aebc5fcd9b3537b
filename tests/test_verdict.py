"""codegym.verdict: what a judgement says of its results."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym.problem import TestCase
from codegym.sandbox.base import Status
from codegym.verdict import Judgement, TestResult, Verdict

VERDICTS = st.lists(st.sampled_from(Verdict), max_size=6)


def judgement(verdicts: list[Verdict]) -> Judgement:
    return Judgement("p", "public", tuple(TestResult(verdict, "public", TestCase("", "")) for verdict in verdicts))


@given(VERDICTS)
def test_accepted_means_every_test_passed(verdicts: list[Verdict]) -> None:
    """Accepted, verdict, count and share agree: one test that is not passed, if only skipped, spoils all."""
    one = judgement(verdicts)
    good = verdicts.count(Verdict.ACCEPTED)
    assert one.accepted is (good == len(verdicts)) is (one.verdict is Verdict.ACCEPTED) is (one.fraction == 1.0)
    assert one.passed == good
    assert one.fraction == (good / len(verdicts) if verdicts else 1.0)


@given(VERDICTS, st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.ACCEPTED]))
def test_verdict_is_that_of_the_first_failure(later: list[Verdict], first: Verdict) -> None:
    """What comes after the first test that failed does not change the verdict."""
    assert judgement([Verdict.ACCEPTED, first, *later]).verdict is first


@pytest.mark.parametrize("status", [status for status in get_args(Status) if status != "ok"])
def test_every_failure_of_a_sandbox_is_a_verdict(status: str) -> None:
    """Each status of a run but ``ok`` is the name of a verdict that is not ``accepted``."""
    assert Verdict(status) is not Verdict.ACCEPTED


@pytest.mark.parametrize("word", ["sandbox_error", "internal_error", "ok", "", "ACCEPTED"])
def test_there_is_no_verdict_for_our_own_failure(word: str) -> None:
    """A failure to judge cannot be written as a verdict."""
    with pytest.raises(ValueError, match="is not a valid Verdict"):
        Verdict(word)


def test_verdicts_are_their_words() -> None:
    """A verdict prints and compares as its word, in records as in messages."""
    assert [f"{verdict}" for verdict in Verdict] == [verdict.value for verdict in Verdict]
    assert all(verdict == verdict.value for verdict in Verdict)


def test_repr_holds_no_test_and_no_output() -> None:
    """A judgement that is logged shows neither tests nor what the program printed."""
    plant = "PLANT"
    result = TestResult(
        Verdict.WRONG_ANSWER, "private", TestCase(plant, plant), output=plant, stdout=plant, stderr=plant, reason=plant
    )
    assert plant not in repr(Judgement("p", "private", (result,)))
