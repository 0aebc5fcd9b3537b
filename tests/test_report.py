"""Tests of codegym.bench.report."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym.bench.report import summarize
from codegym.episode import Episode, TurnRecord
from codegym.verdict import Verdict

WORDS = [str(verdict) for verdict in Verdict]


def turn(verdict: str) -> TurnRecord:
    return TurnRecord("a", "p", verdict, (verdict,), "f", 0.0)


def ended(difficulty: str = "easy", *verdicts: str, solved: bool = False, last: str = "wrong_answer") -> Episode:
    turns = tuple(turn(verdict) for verdict in verdicts or ("wrong_answer",))
    return Episode("p", difficulty, turns=turns, solved=solved, verdict="accepted" if solved else last)


def failed(*verdicts: str) -> Episode:
    return Episode("p", "easy", turns=tuple(map(turn, verdicts)), error="no box")


episodes = st.lists(
    st.one_of(
        st.builds(
            lambda level, verdicts, solved: ended(level, *verdicts, solved=solved),
            st.sampled_from(["easy", "medium", "hard", "", "olympic"]),
            st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
            st.booleans(),
        ),
        st.builds(lambda verdicts: failed(*verdicts), st.lists(st.sampled_from(WORDS), max_size=2)),
    ),
    max_size=20,
)


@given(episodes=episodes)
def test_every_episode_counts_once(episodes: list[Episode]) -> None:
    """Groups, first and last verdicts and errors each add up to all episodes."""
    summary = summarize(episodes)
    whole = len(episodes) - summary.errors
    assert summary.total.episodes == whole
    assert sum(group.episodes for group in summary.by_difficulty) == whole
    assert sum(group.solved for group in summary.by_difficulty) == summary.total.solved
    assert sum(summary.first_verdicts.values()) == sum(summary.verdicts.values()) == whole
    assert summary.verdicts.get("accepted", 0) >= summary.total.solved


@given(episodes=episodes)
def test_episodes_that_failed_are_in_no_other_number(episodes: list[Episode]) -> None:
    """Leaving out the episodes with an error changes the number of errors alone."""
    summary, without = summarize(episodes), summarize([episode for episode in episodes if not episode.error])
    assert without.errors == 0
    assert (summary.total, summary.by_difficulty) == (without.total, without.by_difficulty)
    assert (summary.first_verdicts, summary.verdicts) == (without.first_verdicts, without.verdicts)


@given(episodes=episodes)
def test_a_summary_is_json(episodes: list[Episode]) -> None:
    """The dictionary of a summary is strict JSON, with a rate between 0 and 1 for each group."""
    data = json.loads(json.dumps(summarize(episodes).as_dict(), allow_nan=False))
    assert all(0 <= group["rate"] <= 1 for group in data["groups"])
    assert data["groups"][0]["name"] == "all"


def test_no_episodes_are_no_division_by_zero() -> None:
    """A run of which nothing ended has rates of 0."""
    for given_episodes in ([], [failed(), failed("wrong_answer")]):
        summary = summarize(given_episodes)
        assert (summary.total.rate, summary.total.turns, summary.by_difficulty) == (0.0, 0.0, ())


def test_difficulties_go_from_easy_to_hard() -> None:
    """Groups are in the order of difficulty, whatever the order of episodes; unknown ones come last."""
    summary = summarize([ended(level) for level in ("hard", "olympic", "easy", "medium", "easy")])
    assert [group.name for group in summary.by_difficulty] == ["easy", "medium", "hard", "olympic"]


@pytest.mark.parametrize(("solved", "of"), [(0, 3), (1, 3), (3, 3)])
def test_the_rate_is_the_share_solved(solved: int, of: int) -> None:
    """The rate of a group is solved by ended, errors aside."""
    summary = summarize([ended(solved=n < solved) for n in range(of)] + [failed()] * 5)
    assert summary.total.rate == summary.by_difficulty[0].rate == solved / of


def test_turns_are_a_mean() -> None:
    """The number of turns is the mean over the episodes that ended."""
    assert summarize([ended("easy", "a"), ended("easy", "a", "b"), failed("a", "b", "c")]).total.turns == 1.5


def test_first_and_last_verdicts_are_told_apart() -> None:
    """First verdicts are those of turn 1 in public, last ones those of the end; the commonest comes first."""
    repaired = ended("easy", "runtime_error", "accepted", solved=True)
    summary = summarize([ended("easy", "wrong_answer", last="time_limit_exceeded"), repaired, repaired])
    assert list(summary.first_verdicts.items()) == [("runtime_error", 2), ("wrong_answer", 1)]
    assert list(summary.verdicts.items()) == [("accepted", 2), ("time_limit_exceeded", 1)]
