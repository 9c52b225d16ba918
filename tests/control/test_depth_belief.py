"""Where a planner believes an object to be when points are missing or behind it."""

import numpy as np
import pytest
from cornercase.renderers.transforms import from_yaw
from cornercase.sim.control.depth_belief import DepthFault, believed

EYE = np.array([1.6, 0.4, 0.95])
SIZE, CENTRE = (0.066, 0.066, 0.12), np.array([0.5, 0.0, 0.06])


def error(fault: DepthFault, seed: int = 0) -> np.ndarray:
    belief = believed(SIZE, CENTRE, from_yaw(0.3), EYE, fault, rng=np.random.default_rng(seed))
    return belief.position_w - CENTRE


def test_a_true_camera_gives_the_true_pose() -> None:
    belief = believed(SIZE, CENTRE, from_yaw(0.3), EYE, DepthFault(), rng=np.random.default_rng(0))
    assert belief.position_w == pytest.approx(CENTRE, abs=1e-9) and belief.seen == 1.0


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_seen_through_points_lie_behind_by_their_height_over_the_tangent_of_the_elevation(share: float) -> None:
    away = (CENTRE - EYE)[:2] / np.linalg.norm((CENTRE - EYE)[:2])
    cot = np.linalg.norm((CENTRE - EYE)[:2]) / (EYE[2] - CENTRE[2])
    shifts = np.array([error(DepthFault(see_through=share), seed)[:2] for seed in range(12)])
    # the visible surface is the top at 12 cm and two sides of 6 cm mean height
    low, high = share * 0.06 * cot, share * 0.12 * cot
    assert low < float(np.mean(shifts @ away)) < high
    across = np.array([-away[1], away[0]])
    assert abs(float(np.mean(shifts @ across))) < 0.01


def test_what_is_displaced_lies_along_the_ray_and_missing_points_pull_to_what_is_left() -> None:
    ray = (CENTRE - EYE) / np.linalg.norm(CENTRE - EYE)
    assert error(DepthFault(displaced_m=0.03)) == pytest.approx(0.03 * ray, abs=0.004)
    towards = (EYE - CENTRE)[:2] / np.linalg.norm((EYE - CENTRE)[:2])
    empty, filled = (error(DepthFault(missing=0.6, filled=share)) for share in (0.0, 1.0))
    assert empty[:2] @ towards > 0.005  # the steep faces are left, which look at the camera
    assert filled[:2] @ towards < -0.03
