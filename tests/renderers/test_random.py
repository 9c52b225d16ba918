"""Counter-based random numbers against their laws; significance 1e-4."""

import numpy as np
from cornercase.renderers.random import frame_key, normal, normal_pair, uniform
from numba import njit
from scipy import stats

N = 40_000


@njit
def _draw(key, n):  # type: ignore[no-untyped-def]
    out = np.empty((n, 5))
    for i in range(n):
        out[i, 0], out[i, 1], out[i, 2] = uniform(key, i, 0), uniform(key, i, 1), normal(key, i, 2)
        out[i, 3], out[i, 4] = normal_pair(key, i, 3)
    return out


def test_numbers_follow_their_laws_and_lanes_are_independent() -> None:
    draws = _draw(frame_key(5, 0), N)
    for k in range(2):
        assert stats.kstest(draws[:, k], "uniform").pvalue > 1e-4
    for k in range(2, 5):
        assert stats.kstest(draws[:, k], "norm").pvalue > 1e-4
    correlation = np.corrcoef(draws.T) - np.eye(5)
    assert np.abs(correlation).max() < 3.9 / np.sqrt(N)
    squares = np.corrcoef(draws[:, 3:].T ** 2)[0, 1]
    assert abs(squares) < 3.9 / np.sqrt(N)


def test_neighbours_frames_and_streams_are_independent() -> None:
    first, later, other = (_draw(frame_key(stream, frame), N)[:, 0] for stream, frame in ((5, 0), (5, 1), (6, 0)))
    for a, b in ((first, later), (first, other), (first[1:], first[:-1])):
        assert abs(np.corrcoef(a, b)[0, 1]) < 3.9 / np.sqrt(N)


def test_a_draw_depends_on_key_counter_and_lane_alone() -> None:
    long, short = _draw(frame_key(5, 0), 100), _draw(frame_key(5, 0), 10)
    np.testing.assert_array_equal(long[:10], short)
