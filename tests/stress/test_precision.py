"""Matching and average precision against results worked out by hand, and against a slow and plain way."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.sim.stress.matching import FALSE_POSITIVE, NOT_COUNTED, match
from cornercase.sim.stress.precision import average_precision
from hypothesis import given, settings
from hypothesis import strategies as st

ALL = np.ones((1, 1))


def ap(scores: list[float], correct: list[bool], objects: int) -> float:
    n = len(scores)
    rows = np.zeros(n, np.int64)
    return float(average_precision(np.array(scores), np.array(correct, bool), rows, np.array([objects]), ALL)[0])


def test_the_best_score_chooses_first_and_the_nearest_is_taken() -> None:
    cost = np.array([[0.5, 1.0], [0.1, 0.9], [3.0, 3.0]])
    asked = np.array([True, True])
    assert match(cost, np.array([0.9, 0.8, 0.7]), asked, 2.0).tolist() == [0, 1, FALSE_POSITIVE]
    assert match(cost, np.array([0.8, 0.9, 0.7]), asked, 2.0).tolist() == [1, 0, FALSE_POSITIVE]
    assert match(cost, np.array([0.9, 0.8, 0.7]), asked, 0.95).tolist() == [0, 1, FALSE_POSITIVE]


def test_an_object_that_is_not_asked_for_excuses_without_counting() -> None:
    cost = np.array([[0.1, 0.5], [0.2, 0.6], [0.3, 0.7]])
    found = match(cost, np.array([0.9, 0.8, 0.7]), np.array([False, True]), 1.0)
    assert found.tolist() == [1, NOT_COUNTED, NOT_COUNTED], "an asked object is preferred even if it is farther"
    assert match(np.empty((2, 0)), np.array([0.9, 0.8]), np.empty(0, bool), 1.0).tolist() == [-1, -1]


def test_average_precision_by_hand() -> None:
    assert ap([0.9, 0.8], [True, True], 2) == pytest.approx(1.0)
    assert ap([], [], 3) == 0.0
    assert ap([0.9], [False], 3) == 0.0
    assert np.isnan(ap([0.9], [False], 0))
    # precision 1 up to recall 1/2 (51 of the 101 points: 0 to 0.50), then nothing
    assert ap([0.9], [True], 2) == pytest.approx(51 / 101)
    # found, wrong, found: precision 1 up to 1/2, then 2/3
    assert ap([0.9, 0.8, 0.7], [True, False, True], 2) == pytest.approx((51 + 50 * 2 / 3) / 101)
    # wrong first: precision 1/2 at recall 1
    assert ap([0.9, 0.8], [False, True], 1) == pytest.approx(0.5)


def test_equal_scores_enter_together() -> None:
    assert ap([0.5, 0.5], [True, False], 1) == ap([0.5, 0.5], [False, True], 1) == pytest.approx(0.5)


def plain(scores: list[float], correct: list[bool], objects: int) -> float:
    curve = []
    for threshold in sorted(set(scores), reverse=True):
        kept = [c for s, c in zip(scores, correct, strict=True) if s >= threshold]
        curve.append((sum(kept) / objects, sum(kept) / len(kept)))
    points = [max((p for r, p in curve if r >= k / 100 - 1e-12), default=0.0) for k in range(101)]
    return sum(points) / 101


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=25), st.integers(0, 5))
def test_average_precision_agrees_with_the_plain_way(found: list[tuple[int, bool]], missed: int) -> None:
    scores, correct = [s / 7 for s, _ in found], [c for _, c in found]
    objects = sum(correct) + missed
    if objects:
        assert ap(scores, correct, objects) == pytest.approx(plain(scores, correct, objects))


def test_weights_are_repetitions_of_episodes() -> None:
    rng = np.random.default_rng(5)
    scores, correct, row = rng.random(40).round(1), rng.random(40) < 0.6, rng.integers(0, 4, 40)
    objects = np.bincount(row[correct], minlength=4) + 1.0
    weights = np.array([[2.0, 0.0, 1.0, 3.0]])
    value = average_precision(scores, correct, row, objects, weights)[0]
    repeated = np.concatenate([np.flatnonzero(row == e) for e in range(4) for _ in range(int(weights[0, e]))])
    total = int(weights[0] @ objects)
    assert value == pytest.approx(plain(scores[repeated].tolist(), correct[repeated].tolist(), total))
