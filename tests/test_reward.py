"""codegym.reward: pure functions of an episode's judgements."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codegym.errors import UsageError
from codegym.problem import TestCase
from codegym.reward import NEEDS_ALL_PRIVATE, NO_PROGRAM_PENALTY, REWARDS, find_reward, fraction, gain, outcome, rlef
from codegym.verdict import Judgement, Split, TestResult, Verdict

OK, WA, NO, SKIP = Verdict.ACCEPTED, Verdict.WRONG_ANSWER, Verdict.NO_PROGRAM, Verdict.SKIPPED


def judged(verdicts: Sequence[Verdict], split: Split = "public") -> Judgement:
    return Judgement("p", split, tuple(TestResult(verdict, "public", TestCase("", "")) for verdict in verdicts))


PUBLIC = st.lists(st.sampled_from(Verdict), min_size=1, max_size=5).map(judged)
PRIVATE = st.lists(st.sampled_from(Verdict), min_size=1, max_size=8).map(lambda verdicts: judged(verdicts, "private"))
TURNS = st.lists(PUBLIC, min_size=1, max_size=4)


@given(TURNS)
def test_outcome_is_zero_before_the_end(public: list[Judgement]) -> None:
    """Without a private judgement the reward is exactly 0, however good the program."""
    assert outcome(public, None) == fraction(public, None) == 0.0


@given(TURNS, PRIVATE)
def test_outcome_is_one_exactly_for_all_tests(public: list[Judgement], private: Judgement) -> None:
    """At the end it is +1 if and only if the last program passed every test of both splits, else -1, never 0."""
    solved = {r.verdict for r in (*public[-1].results, *private.results)} == {OK}
    assert outcome(public, private) == (1.0 if solved else -1.0)


@given(TURNS, PRIVATE | st.none())
def test_rlef_differs_from_outcome_by_the_penalty_only(public: list[Judgement], private: Judgement | None) -> None:
    """-0.2 for a turn before the last without a program, and at the end, or with one, the outcome."""
    penalised = private is None and public[-1].verdict is NO
    assert rlef(public, private) == (NO_PROGRAM_PENALTY if penalised else outcome(public, private))


def test_last_turn_without_program_costs_no_more_than_failure() -> None:
    """The penalty is subsumed by -1 on the last turn, and a compile error is not without a program."""
    assert rlef([judged([NO])], judged([NO], "private")) == -1.0
    assert rlef([judged([Verdict.COMPILE_ERROR])], None) == 0.0
    assert rlef([judged([NO]), judged([WA])], None) == 0.0


@given(TURNS, PRIVATE)
def test_fraction_is_the_share_of_all_tests(public: list[Judgement], private: Judgement) -> None:
    """At the end it is the share of tests of both splits passed, in [0, 1], and 1 exactly where solved."""
    share = fraction(public, private)
    total = len(public[-1].results) + len(private.results)
    assert share == pytest.approx((public[-1].passed + private.passed) / total)
    assert (share == 1.0) is (outcome(public, private) == 1.0)


def test_fraction_without_tests_is_whole() -> None:
    """No tests count as all passed, as for a judgement; they are no division by zero."""
    assert fraction([judged([])], judged([], "private")) == 1.0


@given(TURNS, PRIVATE)
def test_gains_add_up_to_the_last_share_and_the_outcome(public: list[Judgement], private: Judgement) -> None:
    """Over an episode the gains telescope: no detour through a worse program earns anything."""
    turns = range(1, len(public) + 1)
    total = sum(gain(public[:n], private if n == len(public) else None) for n in turns)
    assert total == pytest.approx(public[-1].fraction + outcome(public, private))


@given(TURNS, PRIVATE | st.none(), st.sampled_from(sorted(REWARDS)))
def test_rewards_are_finite_floats_of_the_last_two_turns(
    public: list[Judgement], private: Judgement | None, name: str
) -> None:
    """Every built-in reward is a finite float and does not look back further than one turn."""
    value = REWARDS[name](public, private)
    assert isinstance(value, float)
    assert math.isfinite(value)
    assert value == REWARDS[name](public[-2:], private)


@given(PUBLIC, PRIVATE)
def test_only_fraction_looks_past_the_first_failure(public: Judgement, private: Judgement) -> None:
    """A reward not listed as needing all private tests is the same where those after the first failure are skipped."""
    verdicts = [result.verdict for result in private.results]
    assume(not private.accepted)
    first = next(index for index, verdict in enumerate(verdicts) if verdict is not OK)
    stopped = judged([*verdicts[: first + 1], *[SKIP] * (len(verdicts) - first - 1)], "private")
    for reward in REWARDS.values():
        if reward not in NEEDS_ALL_PRIVATE:
            assert reward([public], private) == reward([public], stopped)


@pytest.mark.parametrize("name", sorted(REWARDS))
def test_rewards_are_found_by_name(name: str) -> None:
    """Each name gives its function, and a callable gives itself."""
    assert find_reward(name) is REWARDS[name]
    assert find_reward(REWARDS[name]) is REWARDS[name]


@pytest.mark.parametrize("reward", ["Outcome", "", "rlef ", None, 1.0, ["outcome"], {"outcome": 1}], ids=repr)
def test_other_rewards_are_refused(reward: object) -> None:
    """What is neither a name nor a callable is refused in one sentence that lists the names."""
    with pytest.raises(
        UsageError, match=r"\Aexpected a reward among outcome, rlef, fraction, gain or a callable, got "
    ):
        find_reward(reward)  # type: ignore[arg-type]
