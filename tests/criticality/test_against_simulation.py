"""Measures against brute force: boxes moved in small steps, the sought acceleration found by bisection."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, inf, pi, sin

import numpy as np
import pytest
from cornercase.sim.criticality.deceleration import required_deceleration
from cornercase.sim.criticality.encroachment import predicted_encroachment
from cornercase.sim.criticality.following import modified_ttc
from cornercase.sim.criticality.plane import time_to_collision
from cornercase.sim.criticality.reaction import time_to_brake, time_to_react, time_to_steer
from cornercase.sim.criticality.steering import required_lateral_acceleration
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def row(x: float, y: float, vx: float, vy: float, yaw: float, length: float = 4.0, width: float = 2.0) -> F64:
    return np.array([x, y, vx, vy, yaw, length, width])


def bisect(works: Callable[[float], bool], low: float, high: float) -> float:
    """Smallest value that works."""
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if works(middle) else (middle, high)
    return high


@settings(deadline=None, max_examples=60)
@given(st.floats(1.0, 100.0), st.floats(0.5, 40.0), st.floats(0.0, 40.0), st.floats(-9.0, 0.0))
def test_the_required_deceleration_is_the_smallest_that_avoids(
    gap: float, ego: float, lead: float, brake: float
) -> None:
    need = required_deceleration(gap, ego, lead, brake)
    assume(0.05 < need < 50.0)

    def avoids(deceleration: float) -> bool:
        times = np.linspace(0.0, ego / deceleration, 3001)
        rolling = np.minimum(times, lead / -brake if brake < 0.0 else inf)
        ahead = gap + lead * rolling + 0.5 * brake * rolling**2
        return bool(np.min(ahead - (ego * times - 0.5 * deceleration * times**2)) > -1e-6)

    assert need == pytest.approx(bisect(avoids, 1e-3, 100.0), rel=2e-3)


@settings(deadline=None, max_examples=60)
@given(st.floats(1, 60), st.floats(-15, 15), st.floats(-6, 6))
def test_modified_ttc_is_the_first_time_without_a_gap(gap: float, closing: float, change: float) -> None:
    times = np.linspace(0.0, 30.0, 300_001)
    left = gap - closing * times - 0.5 * change * times**2
    first = times[np.argmax(left <= 0.0)] if np.any(left <= 0.0) else inf
    got = modified_ttc(gap, closing, 0.0, change, 0.0)
    assume(abs(closing**2 + 2 * change * gap) > 1e-3)  # a touch of the parabola may go either way
    assert got == pytest.approx(first, abs=2e-4) if first < inf else got > 30.0 - 1e-9


@settings(deadline=None, max_examples=50)
@given(
    st.floats(0.0, 3.0), st.floats(0.05, 3.0), st.floats(-4, 4), st.floats(-2, 2), st.floats(0.5, 3), st.floats(-1, 1)
)
def test_the_required_lateral_acceleration_is_the_smallest_that_avoids(
    begin: float, during: float, offset: float, rate: float, reach: float, other: float
) -> None:
    assume(begin > 0.05 or (begin == 0.0 and abs(abs(offset) - reach) > 0.01))  # a touch now may go either way
    times = np.linspace(begin, begin + during, 1001)
    place = offset + rate * times + 0.5 * other * times**2

    def clear(side: float) -> Callable[[float], bool]:
        return lambda a: bool(np.all(side * (0.5 * side * a * times**2 - place) >= reach - 1e-9))

    got = required_lateral_acceleration(begin, begin + during, offset, rate, reach, other)
    sides = [bisect(clear(side), -1e4, 1e7) if clear(side)(1e7) else inf for side in (1.0, -1.0)]
    assert got == pytest.approx(max(0.0, min(sides)), rel=1e-3, abs=1e-3)


def test_behind_a_lead_it_is_the_published_formula() -> None:
    """a2 + 2 v / TTC + 2 (+-(w1 + w2) / 2 + p) / TTC^2, the smaller side."""
    assert required_lateral_acceleration(2.0, 5.0, 0.5, 0.0, 2.0) == pytest.approx(2 * 1.5 / 4)
    assert required_lateral_acceleration(2.0, 5.0, -0.5, 0.0, 2.0) == pytest.approx(2 * 1.5 / 4)
    assert required_lateral_acceleration(2.0, 5.0, 2.1, 0.0, 2.0) == 0.0
    assert required_lateral_acceleration(0.0, 5.0, 0.0, 0.0, 2.0) == inf
    assert required_lateral_acceleration(inf, inf, 0.0, 0.0, 2.0) == 0.0
    assert required_lateral_acceleration(-3.0, -1.0, 0.0, 0.0, 2.0) == 0.0
    # two metres clear of one that moves over with 1 m/s: hardest in the middle, 0.5 a 4^2 = 4 - 2
    assert required_lateral_acceleration(2.0, 6.0, -3.0, 1.0, 1.0) == pytest.approx(0.25)
    assert required_lateral_acceleration(2.0, 6.0, 3.0, -1.0, 1.0) == pytest.approx(0.25)


def strip_times(mover: F64, other: F64, times: F64) -> tuple[float, float]:
    """First and last time at which a mover's box overlaps the strip that the other sweeps, by stepping."""
    speed = np.hypot(other[2], other[3])
    ux, uy = other[2] / speed, other[3] / speed

    def half(box: F64, ax: float, ay: float) -> float:
        c, s = cos(box[4]), sin(box[4])
        corners = [(i * box[5] / 2, j * box[6] / 2) for i in (-1, 1) for j in (-1, 1)]
        return max((c * p - s * q) * ax + (s * p + c * q) * ay for p, q in corners)

    own = np.hypot(mover[2], mover[3])
    mx, my = mover[2] / own, mover[3] / own
    wide, flank = half(other, -uy, ux), half(mover, -my, mx)
    front = half(mover, mx, my)
    x, y = mover[0] + mover[2] * times, mover[1] + mover[3] * times
    inside = np.zeros(len(times), bool)
    for along in np.linspace(
        -front, front, 5
    ):  # lines across the mover, as wide as its strip; corners touch first and last
        left = (x + along * mx - flank * my - other[0]) * -uy + (y + along * my + flank * mx - other[1]) * ux
        right = (x + along * mx + flank * my - other[0]) * -uy + (y + along * my - flank * mx - other[1]) * ux
        inside |= (np.minimum(left, right) <= wide) & (np.maximum(left, right) >= -wide)
    hit = np.flatnonzero(inside)
    return (float(times[hit[0]]), float(times[hit[-1]])) if len(hit) else (inf, -inf)


@settings(deadline=None, max_examples=25)
@given(
    st.floats(-40, -8), st.floats(5, 15), st.floats(-40, -8), st.floats(5, 15), st.floats(0.5, 2.6), st.floats(-1, 1)
)
def test_predicted_encroachment_is_that_of_stepped_boxes(
    at: float, speed: float, other_at: float, other_speed: float, angle: float, skew: float
) -> None:
    a = row(at, 0.0, speed, 0.0, 0.3 * skew)
    b = row(other_at * cos(angle), other_at * sin(angle), other_speed * cos(angle), other_speed * sin(angle), angle)
    times = np.arange(-2.0, 12.0, 1e-3)
    (enter_a, leave_a), (enter_b, leave_b) = strip_times(a, b, times), strip_times(b, a, times)
    assume(leave_a > 0.05 and leave_b > 0.05 and max(enter_a, enter_b) < 9.9)
    expected = max(enter_a, enter_b) - min(leave_a, leave_b)
    assert predicted_encroachment(a, b) == pytest.approx(expected, abs=0.03)
    assert predicted_encroachment(b, a) == pytest.approx(predicted_encroachment(a, b), abs=1e-9)
    if time_to_collision(a, b) < inf:
        assert expected < 1e-2  # on collision course both are inside at once


def test_the_latest_moment_is_when_the_manoeuvre_just_avoids() -> None:
    gap, ego, lead, brake = 40.0, 25.0, 10.0, 8.0
    wait = time_to_brake(gap, ego, lead, brake)
    assert required_deceleration(gap - 15.0 * wait, ego, lead) == pytest.approx(brake)
    swerve = time_to_steer(gap, ego, lead, 1.5, 5.0)
    reached = gap / 15.0 - swerve
    assert required_lateral_acceleration(reached, reached + 1.0, 0.5, 0.0, 2.0) == pytest.approx(5.0)
    assert time_to_react(wait, swerve) == max(wait, swerve)
    assert time_to_brake(5.0, ego, lead, brake) == -inf and time_to_steer(5.0, ego, lead, 1.5, 5.0) == -inf
    assert time_to_brake(5.0, lead, ego, brake) == inf and time_to_steer(5.0, lead, ego, 1.5, 5.0) == inf


def test_paths_that_do_not_cross_have_no_encroachment() -> None:
    ego = row(0, 0, 10, 0, 0)
    for other in (
        row(30, 0, 5, 0, 0),  # follows
        row(60, 3, -10, 0, pi),  # meets
        row(30, -20, 0, 0, pi / 2),  # stands
        row(30, 20, 0, 5, pi / 2),  # has crossed
        row(150, -75, 0, 5, pi / 2),  # in 15 s
    ):
        assert predicted_encroachment(ego, other) == inf
    # 30 m +- (1 + 2) m at 10 m/s: 2.7 to 3.3 s; the other 20 m +- 3 m at 4 m/s: 4.25 to 5.75 s
    assert predicted_encroachment(ego, row(30, -20, 0, 4, pi / 2)) == pytest.approx(4.25 - 3.3)
