"""Compiled transforms against SciPy's rotations."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.transforms import compose, multiply, rotate, slerp, to_matrix
from scipy.spatial.transform import Rotation, Slerp

RNG = np.random.default_rng(4)
A, B = Rotation.random(20, rng=RNG), Rotation.random(20, rng=RNG)
POINTS = RNG.normal(size=(20, 3))


def _same(turned: Rotation, quaternions: np.ndarray) -> bool:
    return bool(((turned.inv() * Rotation.from_quat(quaternions)).magnitude() < 1e-7).all())


def test_products() -> None:
    a, b = A.as_quat(), B.as_quat()
    np.testing.assert_allclose(rotate(a, POINTS), A.apply(POINTS), atol=1e-12)
    assert _same(A * B, multiply(a, b))
    np.testing.assert_allclose(to_matrix(a), A.as_matrix(), atol=1e-12)
    np.testing.assert_allclose(to_matrix(a.reshape(4, 5, 4)), A.as_matrix().reshape(4, 5, 3, 3), atol=1e-12)
    position, orientation = compose((POINTS, a), (2.0 * POINTS, b))
    np.testing.assert_allclose(position, POINTS + A.apply(2.0 * POINTS), atol=1e-12)
    assert _same(A * B, orientation)


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_slerp_goes_the_shorter_way(share: float, sign: float) -> None:
    expected = A * Rotation.from_rotvec(share * (A.inv() * B).as_rotvec())
    assert _same(expected, slerp(A.as_quat(), sign * B.as_quat(), share))


def test_a_track_is_held_at_its_ends_and_may_be_asked_in_any_order() -> None:
    times = np.cumsum(RNG.uniform(0.01, 0.5, 20))
    track = PoseTrack(times, POINTS, A.as_quat())
    asked = RNG.uniform(times[0] - 1.0, times[-1] + 1.0, (7, 9))
    position, orientation = track.at(asked)
    held = np.clip(asked, times[0], times[-1])
    assert position.shape == (7, 9, 3) and orientation.shape == (7, 9, 4)
    for axis in range(3):
        np.testing.assert_allclose(position[..., axis], np.interp(held, times, POINTS[:, axis]), atol=1e-12)
    assert _same(Slerp(times, A)(held.ravel()), orientation.reshape(-1, 4))
    alone, turned = track.at(asked[3, 3])
    assert np.array_equal(alone, position[3, 3]) and np.array_equal(turned, orientation[3, 3])
