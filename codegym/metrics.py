"""Estimates from samples, in NumPy alone: pass@k, n@k, intervals over problems, and comparisons of two runs.

A *sample* is one program. It *passes* if all public tests are passed, and *solves* if the private ones are too.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from codegym.errors import UsageError

LEVEL = 0.95
RESAMPLES = 1000
_AT_ONCE = 1 << 22
_DIGITS = 12
"""To which chances are right; what cannot fail has 1, and not a little less."""

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and how well it is known.

    Attributes:
        value: the mean; NaN of nothing.
        low: lower end of the interval.
        high: upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs on the same problems.

    Attributes:
        difference: mean over problems of the second run's value less the first's.
        won: problems on which the second is better.
        lost: problems on which the first is.
        tied: problems on which they are equal.
        p: of :func:`mcnemar` for ``won`` and ``lost``.
    """

    difference: Interval
    won: int
    lost: int
    tied: int
    p: float


def pass_at_k(samples: int, solved: int, k: int) -> float:
    """The chance that one of ``k`` samples solves, drawn without replacement from ``samples`` of which ``solved`` do.

    Chen et al., arXiv 2107.03374, unbiased form.

    Raises:
        UsageError: ``k`` is more than ``samples``, or a number is negative or otherwise none.
    """
    if not 0 <= solved <= samples:
        raise UsageError(f"expected solved samples between 0 and {samples}, got {solved}")
    _check_draw(k, samples, "samples")
    return 1.0 - comb(samples - solved, k) / comb(samples, k)


def n_at_k(samples: int, passing: int, solving: int, *, n: int, k: int) -> float:
    """The chance to solve with ``n`` submissions out of ``k`` single samples, those that pass submitted first.

    Gehring et al., arXiv 2410.02089, for samples that do not depend on each other.

    Args:
        samples: how many there are.
        passing: of them pass the public tests.
        solving: of these solve.
        n: submissions at most.
        k: samples drawn without replacement.

    Raises:
        UsageError: ``k`` is more than ``samples``, or the numbers contradict each other.
    """
    if not 0 <= solving <= passing <= samples:
        raise UsageError(f"expected 0 <= solving <= passing <= samples, got {solving}, {passing} and {samples}")
    kinds = {(1, 1): solving, (1, 0): passing - solving, (0, 0): samples - passing}
    return _n_at_k(tuple(sorted((kind, count) for kind, count in kinds.items() if count)), n, _check_draw(k, samples))


def n_at_k_of_rollouts(rollouts: Iterable[tuple[int, int]], *, n: int, drawn: int) -> float:
    """The chance to solve with ``n`` submissions out of ``drawn`` rollouts, every turn of which is a sample.

    With rollouts of at most T turns, n@k draws k // T of them: 1@3 one of 3 turns, 10@100 33 of them. Whole rollouts
    are drawn without replacement; of their programs that pass the public tests, ``n`` are submitted at random.

    Args:
        rollouts: of each, how many of its turns' programs pass, and how many of these solve.
        n: submissions at most.
        drawn: rollouts drawn.

    Raises:
        UsageError: ``drawn`` is more than there are, or the numbers contradict each other.
    """
    kinds = Counter((int(passing), int(solving)) for passing, solving in rollouts)
    for passing, solving in kinds:
        if not 0 <= solving <= passing:
            raise UsageError(f"expected 0 <= solving <= passing in a rollout, got {solving} and {passing}")
    return _n_at_k(tuple(sorted(kinds.items())), n, _check_draw(drawn, kinds.total(), "rollouts"))


def _check_draw(k: int, of: int, what: str = "samples") -> int:
    if not 1 <= k <= of:
        raise UsageError(f"expected to draw between 1 and all {of} {what}, got {k}; take a smaller k or more of them")
    return k


@lru_cache(maxsize=4096)
def _n_at_k(kinds: tuple[tuple[tuple[int, int], int], ...], n: int, drawn: int) -> float:
    """Over all numbers of rollouts that can be drawn of each kind: their chance times that of solving then."""
    if n < 1:
        raise UsageError(f"expected n of at least 1, got {n}")
    rollouts = sum(count for _, count in kinds)
    log = _log_factorials(max(rollouts, sum(passing * count for (passing, _), count in kinds)))
    left = np.array([drawn])
    passing, solving, chance = np.zeros_like(left), np.zeros_like(left), np.ones(1)
    for (passes, solves), count in kinds:
        rollouts -= count
        taken = np.arange(min(count, drawn) + 1)
        left, passing, solving = (
            np.add.outer(left, -taken).ravel(),
            np.add.outer(passing, passes * taken).ravel(),
            np.add.outer(solving, solves * taken).ravel(),
        )
        chance = np.repeat(chance, len(taken))
        possible = (left >= 0) & (left <= rollouts)
        left, passing, solving, chance = left[possible], passing[possible], solving[possible], chance[possible]
        took = np.tile(taken, len(possible) // len(taken))[possible]
        chance = chance * np.exp(
            _log_choose(log, count, took)
            + _log_choose(log, rollouts, left)
            - _log_choose(log, rollouts + count, left + took)
        )
        left, passing, solving, chance = _merged(left, passing, solving, chance)
    wrong = passing - solving
    submitted = np.minimum(passing, min(n, int(passing.max())))
    can_fail = wrong >= submitted
    fails = np.zeros(len(wrong))
    w, e, s = wrong[can_fail], passing[can_fail], submitted[can_fail]
    fails[can_fail] = np.exp(_log_choose(log, w, s) - _log_choose(log, e, s))
    return float(np.sum(chance * (1.0 - fails)).round(_DIGITS))


def _merged(left: Ints, passing: Ints, solving: Ints, chance: Floats) -> tuple[Ints, Ints, Ints, Floats]:
    """Equal states as one, their chances added up."""
    shape = (int(left.max()) + 1, int(passing.max()) + 1, int(solving.max()) + 1)
    states, place = np.unique(np.ravel_multi_index((left, passing, solving), shape), return_inverse=True)
    left, passing, solving = np.unravel_index(states, shape)
    return left, passing, solving, np.bincount(place, weights=chance).astype(np.float64)


def _log_factorials(most: int) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1)))])


def _log_choose(log: Floats, of: Ints | int, k: Ints) -> Floats:
    return np.asarray(log[of] - log[k] - log[of - k], dtype=np.float64)


def bootstrap_interval(
    values: ArrayLike, *, resamples: int = RESAMPLES, level: float = LEVEL, seed: int = 0
) -> Interval:
    """The mean of values with a percentile interval; problems are drawn anew with replacement.

    The interval is of the mean over all problems of the kind that these are drawn from, and knows nothing of what did
    not come up: values that are all equal have an interval of no width. RLEF takes 200 resamples.

    Args:
        values: one for each problem.
        resamples: how often.
        level: the share of runs in which the interval is to hold the true mean.
        seed: of the draw; the same values and seed give the same interval.

    Raises:
        UsageError: ``level`` is not between 0 and 1, ``resamples`` not positive, or values are not one number each.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise UsageError(f"expected one finite number a problem, got an array of shape {array.shape}")
    if not 0 < level < 1 or resamples < 1:
        raise UsageError(f"expected a level between 0 and 1 and at least 1 resample, got {level} and {resamples}")
    if not len(array):
        return Interval(np.nan, np.nan, np.nan)
    rng = np.random.default_rng(seed)
    means, step = [], max(1, _AT_ONCE // len(array))
    for start in range(0, resamples, step):
        drawn = rng.integers(len(array), size=(min(step, resamples - start), len(array)))
        means.append(array[drawn].mean(axis=1))
    low, high = np.quantile(np.concatenate(means), [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(array.mean()), float(low), float(high))


def mcnemar(won: int, lost: int) -> float:
    """McNemar's exact test, two-sided: how likely so uneven a division is where either is as likely as the other.

    Raises:
        UsageError: a number is negative.
    """
    if won < 0 or lost < 0:
        raise UsageError(f"expected numbers of problems won and lost, got {won} and {lost}")
    tail = term = 1
    for few in range(min(won, lost)):
        term = term * (won + lost - few) // (few + 1)
        tail += term
    return min(1.0, 2 * tail / (1 << (won + lost)))


def compare(first: Sequence[float], second: Sequence[float], *, seed: int = 0) -> Comparison:
    """Compare two runs problem by problem.

    Args:
        first: the value of each problem in the first run.
        second: in the second run, the same problems in the same order.
        seed: of :func:`bootstrap_interval`.

    Raises:
        UsageError: they are not equally long.
    """
    if len(first) != len(second):
        raise UsageError(f"expected values for the same problems, got {len(first)} and {len(second)}")
    gain = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    won, lost = int(np.sum(gain > 0)), int(np.sum(gain < 0))
    return Comparison(bootstrap_interval(gain, seed=seed), won, lost, len(gain) - won - lost, mcnemar(won, lost))
