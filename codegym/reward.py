"""Rewards: pure functions of an episode's judgements.

A reward is any callable ``(public, private) -> float``, called after each turn. ``public`` holds the judgement of
the public tests of each turn so far, the last one last; ``private`` is None but at the end of the episode, where
it is the judgement of the private tests on the last program.
"""

from collections.abc import Callable, Mapping, Sequence

from codegym.errors import UsageError
from codegym.verdict import Judgement, Verdict

Reward = Callable[[Sequence[Judgement], Judgement | None], float]

NO_PROGRAM_PENALTY = -0.2


def outcome(public: Sequence[Judgement], private: Judgement | None) -> float:
    """At the end +1 if all public and private tests are passed, else -1; before it 0."""
    if private is None:
        return 0.0
    return 1.0 if public[-1].accepted and private.accepted else -1.0


def rlef(public: Sequence[Judgement], private: Judgement | None) -> float:
    """As in the paper on RLEF: :func:`outcome`, and -0.2 for a turn before the last whose answer held no program."""
    if private is None and public[-1].verdict is Verdict.NO_PROGRAM:
        return NO_PROGRAM_PENALTY
    return outcome(public, private)


def fraction(public: Sequence[Judgement], private: Judgement | None) -> float:
    """At the end the share of all tests, public and private, that are passed, in [0, 1]; before it 0."""
    if private is None:
        return 0.0
    results = public[-1].results + private.results
    return sum(result.verdict is Verdict.ACCEPTED for result in results) / len(results) if results else 1.0


def gain(public: Sequence[Judgement], private: Judgement | None) -> float:
    """What the turn added to the share of public tests passed (0 before the first), and :func:`outcome`."""
    before = public[-2].fraction if len(public) > 1 else 0.0
    return public[-1].fraction - before + outcome(public, private)


REWARDS: Mapping[str, Reward] = {"outcome": outcome, "rlef": rlef, "fraction": fraction, "gain": gain}
NEEDS_ALL_PRIVATE = (fraction,)
"""Rewards that are only right if private tests go on after the first failure."""


def find_reward(reward: str | Reward) -> Reward:
    """The reward of a name, or the callable itself.

    Raises:
        UsageError: it is neither.
    """
    if isinstance(reward, str) and reward in REWARDS:
        return REWARDS[reward]
    if callable(reward):
        return reward
    raise UsageError(f"expected a reward among {', '.join(REWARDS)} or a callable, got {reward!r}")
