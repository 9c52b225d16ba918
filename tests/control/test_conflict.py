"""2-D time to collision against brute force in small steps and against the symmetry of the question."""

from dataclasses import replace
from math import cos, hypot, inf, isinf, pi, sin

import numpy as np
import pytest
from cornercase.sim.control.conflict import Footprint, contact_interval, time_to_collision, unbend
from hypothesis import given, settings
from hypothesis import strategies as st

PLACE, SPEED = st.floats(-20, 20), st.floats(-12, 12)
FOOTPRINT = st.builds(Footprint, PLACE, PLACE, st.floats(-3.2, 3.2), st.floats(0.5, 8), st.floats(0.5, 3), SPEED, SPEED)


def corners(a: Footprint, time_s: float) -> np.ndarray:
    local = np.array([(x, y) for x in (-0.5, 0.5) for y in (-0.5, 0.5)]) * [a.length_m, a.width_m]
    c, s = cos(a.yaw_rad), sin(a.yaw_rad)
    return local @ np.array([[c, s], [-s, c]]) + [a.x_m + a.vx_mps * time_s, a.y_m + a.vy_mps * time_s]


def overlap(a: Footprint, b: Footprint, time_s: float) -> bool:
    p, q = corners(a, time_s), corners(b, time_s)
    for yaw in (a.yaw_rad, a.yaw_rad + pi / 2, b.yaw_rad, b.yaw_rad + pi / 2):
        axis = np.array([cos(yaw), sin(yaw)])
        if (p @ axis).max() < (q @ axis).min() or (q @ axis).max() < (p @ axis).min():
            return False
    return True


@settings(deadline=None)
@given(FOOTPRINT, FOOTPRINT)
def test_agrees_with_stepping_through_time(a: Footprint, b: Footprint) -> None:
    ttc = time_to_collision(a, b)
    begin, end = contact_interval(a, b)
    if not isinf(ttc):
        if end - begin > 1e-3:
            assert overlap(a, b, max(ttc, begin) + 0.5 * min(end - max(ttc, begin), 1e-3) + 1e-9)
        earlier = np.linspace(0.0, ttc, 40)[:-1] if ttc > 0.05 else []
    else:
        earlier = np.linspace(0.0, 5.0, 40)
    assert not any(overlap(a, b, t - 1e-6) for t in earlier if t > 0)


@settings(deadline=None)
@given(FOOTPRINT, FOOTPRINT)
def test_it_does_not_matter_who_asks(a: Footprint, b: Footprint) -> None:
    assert time_to_collision(a, b) == pytest.approx(time_to_collision(b, a), rel=1e-6, abs=1e-9)


def test_car_following_is_gap_over_closing_speed() -> None:
    a = Footprint(0, 0, 0, 4, 2, 20, 0)
    assert time_to_collision(a, Footprint(24, 0.5, 0, 4, 2, 10, 0)) == pytest.approx(2.0)
    assert time_to_collision(a, Footprint(24, 2.5, 0, 4, 2, 10, 0)) == inf
    assert time_to_collision(a, Footprint(24, 0.0, 0, 4, 2, 25, 0)) == inf
    assert time_to_collision(a, Footprint(3, 0.0, 0, 4, 2, 0, 0)) == 0.0


@settings(deadline=None)
@given(st.floats(-0.04, 0.04), st.floats(0, 20), st.floats(-3, 3), st.floats(-3, 3), SPEED, SPEED)
def test_unbend_keeps_speeds_and_lengths_beside_the_bend(
    curvature: float, along: float, beside: float, yaw: float, vx: float, vy: float
) -> None:
    if abs(curvature) < 1e-4:
        return
    radius, turn = 1.0 / curvature, along * curvature
    x, y = (radius - beside) * sin(turn), radius - (radius - beside) * cos(turn)
    other = unbend(Footprint(x, y, yaw + turn, 4, 2, vx, vy), curvature)
    assert (other.x_m, other.y_m) == pytest.approx((along, beside), abs=1e-6)
    assert other.yaw_rad == pytest.approx(yaw, abs=1e-6)
    assert hypot(other.vx_mps, other.vy_mps) == pytest.approx(hypot(vx, vy))
    follower = unbend(Footprint(x, y, turn, 4, 2, 8 * cos(turn), 8 * sin(turn)), curvature)
    assert (follower.vx_mps, follower.vy_mps) == pytest.approx((8.0, 0.0), abs=1e-6)


def test_straight_road_changes_nothing() -> None:
    other = Footprint(10, 2, 0.3, 4, 2, -8, 1)
    assert unbend(other, 0.0) == other
    assert unbend(replace(other), 1e-5).x_m == pytest.approx(10.0, abs=1e-2)
