"""The intervals hold what they promise."""

from __future__ import annotations

import numpy as np
from cornercase.sim.stress.bootstrap import Resamples


def test_coverage_of_the_interval() -> None:
    """Of 300 tests with 25 episodes each whose recall differs, the 95 % interval holds the truth in about 95 %.

    The bounds are 3.5 standard errors (1.3 %) below and 2.5 above.
    """
    rng = np.random.default_rng(1)
    truth, held = 0.7, 0
    for _ in range(300):
        objects = rng.integers(20, 60, 25).astype(float)
        found = rng.binomial(objects.astype(int), rng.beta(7, 3, 25)).astype(float)
        resamples = Resamples(25, 300, 0.95, rng=rng)
        figure = resamples.estimate(resamples.ratio(found, objects), int(objects.sum()))
        held += figure.low <= truth <= figure.high
    assert 0.90 <= held / 300 <= 0.98


def test_naive_intervals_over_frames_would_not() -> None:
    """The same with objects taken as independent: far too narrow, which is why whole episodes are drawn."""
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(300):
        objects = rng.integers(20, 60, 25).astype(float)
        found = rng.binomial(objects.astype(int), rng.beta(7, 3, 25)).sum() / objects.sum()
        held += abs(found - 0.7) < 1.96 * np.sqrt(found * (1 - found) / objects.sum())
    assert held / 300 < 0.85


def test_one_episode_has_no_interval_and_nothing_has_no_value() -> None:
    one = Resamples(1, 100, 0.95, rng=np.random.default_rng(0))
    assert one.estimate(one.ratio(np.array([3.0]), np.array([4.0])), 4).as_dict() == {
        "value": 0.75, "low": None, "high": None, "n": 4,
    }  # fmt: skip
    two = Resamples(2, 100, 0.95, rng=np.random.default_rng(0))
    assert two.estimate(two.ratio(np.zeros(2), np.zeros(2)), 0).as_dict()["value"] is None


def test_equal_episodes_have_no_width_and_draws_repeat() -> None:
    first, again = (Resamples(6, 200, 0.95, rng=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first.weights, again.weights)
    figure = first.estimate(first.ratio(np.full(6, 2.0), np.full(6, 4.0)), 24)
    assert (figure.value, figure.low, figure.high) == (0.5, 0.5, 0.5)


def test_median_with_those_who_never_see() -> None:
    resamples = Resamples(5, 50, 0.95, rng=np.random.default_rng(0))
    assert resamples.median(np.array([0.3, np.nan, 0.1, np.inf, 0.2]))[0] == 0.2
    assert np.isinf(resamples.median(np.array([0.3, np.inf, np.inf, np.inf, np.nan]))[0])
    assert np.isnan(resamples.median(np.full(5, np.nan))[0])
