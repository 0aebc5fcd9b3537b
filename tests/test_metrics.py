"""Tests of codegym.metrics."""

from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegym.errors import UsageError
from codegym.metrics import bootstrap_interval, compare, mcnemar, n_at_k, n_at_k_of_rollouts, pass_at_k

Rollouts = list[tuple[int, int]]


def enumerated(rollouts: Rollouts, n: int, drawn: int) -> Fraction:
    """By trying every draw of rollouts, and every choice of submissions among the programs that pass."""
    chances = []
    for draw in combinations(rollouts, drawn):
        solves = [number < solving for passing, solving in draw for number in range(passing)]
        choices = list(combinations(solves, min(n, len(solves))))
        chances.append(Fraction(sum(map(any, choices)), len(choices)))
    return Fraction(sum(chances), len(chances))


def closed_form(samples: int, passing: int, solving: int, n: int, k: int) -> Fraction:
    """RLEF's: over e' ~ Hypergeometric, 1 - C(e-s, n') / C(e, n') with n' = min(e', n)."""
    total = Fraction(0)
    for drawn in range(max(0, k - samples + passing), min(passing, k) + 1):
        chance = Fraction(comb(passing, drawn) * comb(samples - passing, k - drawn), comb(samples, k))
        submitted = min(drawn, n)
        total += chance * (1 - Fraction(comb(passing - solving, submitted), comb(passing, submitted)))
    return total


@pytest.mark.parametrize("samples", range(1, 8))
def test_n_at_k_is_what_enumeration_gives(samples: int) -> None:
    """For every number of samples up to 7, of passing and solving ones, of submissions and draws."""
    for passing in range(samples + 1):
        for solving in range(passing + 1):
            kinds = [(1, 1)] * solving + [(1, 0)] * (passing - solving) + [(0, 0)] * (samples - passing)
            for k in range(1, samples + 1):
                for n in range(1, k + 1):
                    value = n_at_k(samples, passing, solving, n=n, k=k)
                    assert value == pytest.approx(float(enumerated(kinds, n, k)), abs=1e-11)


@given(
    rollouts=st.lists(st.integers(0, 3).flatmap(lambda e: st.tuples(st.just(e), st.integers(0, e))), min_size=1)
    .map(lambda rollouts: rollouts[:6])
    .filter(bool),
    n=st.integers(1, 5),
    data=st.data(),
)
def test_n_at_k_of_rollouts_is_what_enumeration_gives(rollouts: Rollouts, n: int, data: st.DataObject) -> None:
    """For rollouts of up to three programs that pass, any number of which solve, in any order."""
    drawn = data.draw(st.integers(1, len(rollouts)))
    value = n_at_k_of_rollouts(rollouts, n=n, drawn=drawn)
    assert value == pytest.approx(float(enumerated(rollouts, n, drawn)), abs=1e-11)


@given(data=st.data(), samples=st.integers(1, 1500), n=st.integers(1, 50))
@settings(max_examples=25, deadline=None)
def test_n_at_k_is_the_closed_form_for_many_samples(data: st.DataObject, samples: int, n: int) -> None:
    """Exact fractions of RLEF's formula agree for up to 1,500 samples."""
    passing = data.draw(st.integers(0, samples))
    solving = data.draw(st.integers(0, passing))
    k = data.draw(st.integers(1, samples))
    exact = closed_form(samples, passing, solving, n, k)
    assert n_at_k(samples, passing, solving, n=n, k=k) == pytest.approx(float(exact), abs=1e-9)


def test_ten_at_a_hundred_draws_33_rollouts() -> None:
    """With at most one program that passes in a rollout, drawing rollouts is drawing samples."""
    rollouts = [(0, 0)] * 120 + [(1, 0)] * 50 + [(1, 1)] * 30
    exact = closed_form(200, 80, 30, n=10, k=33)
    assert n_at_k_of_rollouts(rollouts, n=10, drawn=33) == pytest.approx(float(exact), abs=1e-10)


@pytest.mark.parametrize("drawn", [1, 7, 200])
def test_what_cannot_fail_is_one_and_what_cannot_succeed_zero(drawn: int) -> None:
    """No rounding shows where all rollouts solve, none passes, or what passes never solves."""
    assert n_at_k_of_rollouts([(1, 1)] * 200, n=1, drawn=drawn) == 1.0
    assert n_at_k_of_rollouts([(0, 0)] * 200, n=1, drawn=drawn) == 0.0
    assert n_at_k_of_rollouts([(1, 0), (2, 0)] * 100, n=3, drawn=drawn) == 0.0


def test_as_many_submissions_as_samples_is_pass_at_k() -> None:
    """Where everything may be submitted, n@k of the solving samples is pass@k."""
    for solving in range(11):
        for k in range(1, 11):
            assert n_at_k(10, solving, solving, n=k, k=k) == pytest.approx(pass_at_k(10, solving, k), abs=1e-11)
            draws = list(combinations([number < solving for number in range(10)], k))
            assert pass_at_k(10, solving, k) == pytest.approx(sum(map(any, draws)) / len(draws), abs=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: pass_at_k(1, 0, 10),
        lambda: pass_at_k(10, 0, 0),
        lambda: pass_at_k(10, 11, 1),
        lambda: pass_at_k(10, -1, 1),
        lambda: n_at_k(5, 3, 4, n=1, k=1),
        lambda: n_at_k(5, 3, 2, n=1, k=6),
        lambda: n_at_k(5, 3, 2, n=0, k=1),
        lambda: n_at_k_of_rollouts([(1, 2)], n=1, drawn=1),
        lambda: n_at_k_of_rollouts([(1, 1)] * 3, n=1, drawn=4),
        lambda: n_at_k_of_rollouts([], n=1, drawn=1),
        lambda: bootstrap_interval([1.0, float("nan")]),
        lambda: bootstrap_interval([1.0], level=1.0),
        lambda: bootstrap_interval([1.0], resamples=0),
        lambda: compare([1.0], [1.0, 2.0]),
        lambda: mcnemar(-1, 2),
    ],
)
def test_numbers_that_are_none_are_refused(call: object) -> None:
    """Drawing more than there is, and contradictions, are errors and never a number."""
    with pytest.raises(UsageError, match=r"^expected .*, got "):
        call()  # type: ignore[operator]


def test_intervals_hold_the_true_rate_as_often_as_they_say() -> None:
    """In 2,000 runs over 100 problems of random difficulty with 4 rollouts each, the interval holds the true mean.

    At 95 % the standard error of the share is 0.5 %; the percentile interval is known to be a little narrow.
    """
    rng = np.random.default_rng(7)
    for level in (0.8, 0.95):
        rates = rng.beta(0.8, 1.2, size=(2000, 100))
        runs = rng.binomial(4, rates) / 4
        held = 0
        for seed, values in enumerate(runs):
            interval = bootstrap_interval(values, resamples=500, level=level, seed=seed)
            held += interval.low <= 0.4 <= interval.high
        assert abs(held / 2000 - level) < 0.02


def test_intervals_of_differences_hold_the_true_difference() -> None:
    """The same for the difference of two runs on the same problems, which are easy or hard for both."""
    rng = np.random.default_rng(8)
    rates = rng.beta(1, 2, size=(2000, 80))
    first, second = rng.binomial(3, rates) / 3, rng.binomial(3, 1 - (1 - rates) ** 2) / 3
    truth = 1 - 2 / 4 - 1 / 3  # E(1 - (1-p)^2) - E(p) with E((1-p)^2) = b(b+1) / ((a+b)(a+b+1)) = 1/2
    held = 0
    for seed in range(2000):
        interval = compare(list(first[seed]), list(second[seed]), seed=seed).difference
        held += interval.low <= truth <= interval.high
    assert abs(held / 2000 - 0.95) < 0.02


def test_an_interval_is_of_the_mean_and_the_same_each_time() -> None:
    """The value is the mean; the ends enclose it; a seed decides them; equal values leave no width."""
    values = [0.0, 1.0, 1.0, 0.25, 0.5] * 4
    interval = bootstrap_interval(values)
    assert interval == bootstrap_interval(values)
    assert interval.value == pytest.approx(np.mean(values))
    assert interval.low < interval.value < interval.high
    wide = bootstrap_interval(values, level=0.99)
    assert wide.low < interval.low < interval.high < wide.high
    same = bootstrap_interval([1.0] * 85)
    assert (same.value, same.low, same.high) == (1.0, 1.0, 1.0)
    assert np.isnan(bootstrap_interval([]).value)


def test_many_values_are_drawn_in_parts() -> None:
    """More values than are drawn at once give an interval of the width that theory says."""
    values = np.arange(100_000) % 2
    interval = bootstrap_interval(values, resamples=200)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(100_000), rel=0.25)


def test_mcnemar_is_the_binomial_test() -> None:
    """Two-sided, by adding up every division that is as uneven; symmetric; 1 where nothing differs."""
    for won in range(13):
        for lost in range(13):
            n = won + lost
            as_uneven = [few for few in range(n + 1) if abs(2 * few - n) >= abs(won - lost)]
            exact = Fraction(sum(comb(n, few) for few in as_uneven), 2**n)
            assert mcnemar(won, lost) == pytest.approx(float(exact))
            assert mcnemar(won, lost) == mcnemar(lost, won)
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(4000, 4000) == pytest.approx(1.0)
    assert 0.0 <= mcnemar(0, 5000) < 1e-300


def test_a_comparison_counts_each_problem_once() -> None:
    """Won, lost and tied are counted from the second run's side, and the difference is its value less the first's."""
    found = compare([0.0, 0.5, 1.0, 1 / 3], [1.0, 0.5, 0.5, 2 / 6])
    assert (found.won, found.lost, found.tied, found.p) == (1, 1, 2, 1.0)
    assert found.difference.value == pytest.approx(0.125)
    back = compare([1.0, 0.5, 0.5], [0.0, 0.5, 1.0])
    assert back.difference.value == pytest.approx(-compare([0.0, 0.5, 1.0], [1.0, 0.5, 0.5]).difference.value)
