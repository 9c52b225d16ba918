"""Grasps from above, from box and pose."""

import numpy as np
import pytest
from cornercase.renderers.transforms import from_rpy, from_yaw
from cornercase.sim.control.grasping import half_turn, top_grasp
from hypothesis import given
from hypothesis import strategies as st


@given(st.floats(-3.1, 3.1), st.floats(0.02, 0.2), st.floats(0.02, 0.2), st.floats(0.03, 0.2))
def test_fingers_close_across_the_narrow_level_side(yaw: float, x: float, y: float, z: float) -> None:
    grasp = top_grasp((x, y, z), (0.5, 0.1, z / 2), from_yaw(yaw))
    assert grasp.width_m == min(x, y)
    closing = np.array([-np.sin(grasp.yaw), np.cos(grasp.yaw)])
    narrow = np.array([np.cos(yaw), np.sin(yaw)]) if x <= y else np.array([-np.sin(yaw), np.cos(yaw)])
    assert abs(closing @ narrow) == pytest.approx(1.0)
    assert -np.pi / 2 < grasp.yaw <= np.pi / 2
    assert grasp.position_w[:2] == pytest.approx([0.5, 0.1])
    assert grasp.position_w[2] == pytest.approx(grasp.bottom_m)
    assert z / 2 - 1e-9 <= grasp.bottom_m < z or grasp.bottom_m == pytest.approx(0.011)


def test_a_lying_box_is_held_by_what_is_level_now() -> None:
    lying = top_grasp((0.05, 0.18, 0.06), (0.4, 0.0, 0.025), from_rpy(0.0, np.pi / 2, 0.0))
    assert lying.width_m == 0.06 and lying.bottom_m == pytest.approx(0.025)
    flat = top_grasp((0.038, 0.089, 0.175), (0.4, 0.0, 0.019), from_rpy(0.0, np.pi / 2, 0.0))
    assert flat.width_m == 0.089  # wider than the hand opens


@given(st.floats(-20.0, 20.0))
def test_half_turn_is_the_same_grasp(yaw: float) -> None:
    turned = half_turn(yaw)
    assert -np.pi / 2 - 1e-9 < turned <= np.pi / 2 + 1e-9
    assert abs(np.cos(turned - yaw)) == pytest.approx(1.0)
