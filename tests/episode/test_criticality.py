from __future__ import annotations

from math import inf

import numpy as np
import pytest
from cornercase.sim.control import conflict
from cornercase.sim.episode.criticality import assess, required_deceleration, time_headway, time_to_collision
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

CAR = (4.0, 2.0)
F64 = NDArray[np.float64]


def row(x: float, y: float, vx: float, vy: float, yaw: float, length: float = CAR[0], width: float = CAR[1]) -> F64:
    return np.array([x, y, vx, vy, yaw, length, width])


def ttc(position: list[float], velocity: list[float], yaw: float = 0.0, ego_mps: float = 10.0) -> float:
    """Of a car at the origin that drives along x, and one other."""
    return float(time_to_collision(row(0.0, 0.0, ego_mps, 0.0, 0.0), row(*position, *velocity, yaw)))


@pytest.mark.parametrize(
    ("position", "velocity", "yaw", "expected"),
    [
        ([24.0, 0.0], [0.0, 0.0], 0.0, 2.0),  # 20 m of clearance at 10 m/s
        ([24.0, 1.99], [0.0, 0.0], 0.0, 2.0),  # overlaps by a centimetre
        ([24.0, 2.01], [0.0, 0.0], 0.0, inf),  # passes beside it
        ([24.0, 0.0], [6.0, 0.0], 0.0, 5.0),
        ([24.0, 0.0], [-10.0, 0.0], np.pi, 1.0),  # head on
        ([24.0, 0.0], [12.0, 0.0], 0.0, inf),  # goes away
        ([23.0, 0.0], [0.0, 0.0], np.pi / 2, 2.0),  # stands across the lane: half a width and half a length
        ([20.0, -13.0], [0.0, 5.0], np.pi / 2, 2.0),  # crosses: the lanes' sides touch after 10 m / 5 m/s
        ([3.0, 1.0], [0.0, 0.0], 0.0, 0.0),  # already touching
        ([-24.0, 0.0], [20.0, 0.0], 0.0, 2.0),  # from behind
        ([4.0 + 2.0**0.5 * 3.0, 0.0], [0.0, 0.0], np.pi / 4, 0.1 * (2.0 + 3.0 * 2.0**0.5 - 1.5 * 2.0**0.5)),
    ],
)
def test_time_to_collision_is_analytic(
    position: list[float], velocity: list[float], yaw: float, expected: float
) -> None:
    assert ttc(position, velocity, yaw) == pytest.approx(expected, abs=1e-9)


def test_everybody_at_once_is_the_worst_of_each_alone() -> None:
    rng = np.random.default_rng(2)
    ego = row(0.0, 0.0, 10.0, 0.0, 0.0)
    others = np.array([row(*rng.uniform(-60, 60, 2), *rng.uniform(-15, 15, 2), rng.uniform(-4, 4)) for _ in range(60)])
    alone = [assess(ego, other[None]) for other in others]
    together = assess(ego, others)
    assert together.ttc_s == min(time_to_collision(ego, other) for other in others) == min(d.ttc_s for d in alone)
    assert together.headway_s == min(d.headway_s for d in alone)
    assert together.required_deceleration_mps2 == max(d.required_deceleration_mps2 for d in alone) > 0.0


def test_a_moment_by_hand() -> None:
    """A car 20 m ahead at 15 m/s, one in the next lane, one behind; ego at 25 m/s."""
    ego = row(5.0, 5.0, 0.0, 25.0, np.pi / 2)
    others = np.array(
        [
            row(5.0, 29.0, 0.0, 15.0, np.pi / 2),
            row(8.5, 12.0, 0.0, 15.0, np.pi / 2),
            row(5.0, -9.0, 0.0, 20.0, np.pi / 2),
        ]
    )
    danger = assess(ego, others)
    assert danger == pytest.approx((2.0, 0.8, 2.5), rel=1e-9)


NUMBER = st.floats(-30.0, 30.0)


@given(NUMBER, NUMBER, NUMBER, NUMBER, st.floats(-4.0, 4.0), st.floats(-4.0, 4.0), st.floats(0.3, 12.0))
def test_it_agrees_with_the_drivers_own_reckoning(
    x: float, y: float, vx: float, vy: float, yaw_a: float, yaw_b: float, length: float
) -> None:
    """`sim.control.conflict` finds the same instant by another way: intersection of intervals, box by box."""
    a = conflict.Footprint(0.0, 0.0, yaw_a, 4.0, 2.0, 0.0, 0.0)
    b = conflict.Footprint(x, y, yaw_b, length, 1.5, vx, vy)
    expected = conflict.time_to_collision(a, b)
    begin, end = conflict.contact_interval(a, b)
    assume(not (np.isfinite(begin) and end - begin < 1e-6))  # a touch of corners may go either way
    got = time_to_collision(row(0.0, 0.0, 0.0, 0.0, yaw_a), row(x, y, vx, vy, yaw_b, length, 1.5))
    assert got == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(NUMBER, NUMBER, NUMBER, NUMBER, st.floats(-4.0, 4.0), st.floats(-4.0, 4.0))
def test_turning_the_world_changes_nothing(x: float, y: float, vx: float, vy: float, yaw: float, turn: float) -> None:
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    plain = time_to_collision(row(0.0, 0.0, 10.0, 0.0, 0.0), row(x, y, vx, vy, yaw))
    turned = time_to_collision(
        row(0.0, 0.0, *(matrix @ (10.0, 0.0)), turn), row(*(matrix @ (x, y)), *(matrix @ (vx, vy)), yaw + turn)
    )
    ego = conflict.Footprint(0.0, 0.0, 0.0, 4.0, 2.0, 10.0, 0.0)
    begin, end = conflict.contact_interval(ego, conflict.Footprint(x, y, yaw, 4.0, 2.0, vx, vy))
    assume(not (np.isfinite(begin) and end - begin < 1e-6) and abs(end) > 1e-6)
    assert turned == pytest.approx(plain, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("gap", "ego", "lead", "lead_acceleration", "expected"),
    [(20, 25, 15, 0, 2.5), (20, 25, 25, -6, 4.335), (20, 25, 15, -6, 8.065), (50, 25, 20, -2, 2.083)],
)
def test_required_deceleration_gives_the_published_values(
    gap: float, ego: float, lead: float, lead_acceleration: float, expected: float
) -> None:
    assert required_deceleration(gap, ego, lead, lead_acceleration) == pytest.approx(expected, rel=1e-3)


@given(st.floats(1.0, 100.0), st.floats(0.5, 40.0), st.floats(0.0, 40.0), st.floats(-9.0, 0.0))
def test_the_required_deceleration_just_avoids_contact(gap: float, ego: float, lead: float, brake: float) -> None:
    """Integrated forward: with it the clearance stays >= 0, with 2 % less it does not."""
    need = required_deceleration(gap, ego, lead, brake)
    assume(0.05 < need < 50.0)

    def least_clearance(deceleration: float) -> float:
        stop_lead = lead / -brake if brake < 0.0 else inf
        times = np.linspace(0.0, ego / deceleration, 4001)
        lead_time = np.minimum(times, stop_lead)
        ahead = gap + lead * lead_time + 0.5 * brake * lead_time**2
        return float(np.min(ahead - (ego * times - 0.5 * deceleration * times**2)))

    assert least_clearance(need) > -1e-3 * gap
    assert least_clearance(0.95 * need) < 0.0


def test_undefined_is_infinite_and_never_nan() -> None:
    assert time_headway(20.0, 10.0) == 2.0 and time_headway(20.0, 0.0) == inf and time_headway(-1.0, 10.0) == 0.0
    assert required_deceleration(20.0, 10.0, 10.0) == 0.0 and required_deceleration(20.0, 10.0, 12.0) == 0.0
    assert required_deceleration(0.0, 10.0, 5.0) == inf and required_deceleration(-1.0, 5.0, 10.0) == 0.0
    assert ttc([24.0, 0.0], [10.0, 0.0]) == inf
    assert assess(row(0.0, 0.0, 10.0, 0.0, 0.0), np.zeros((0, 7))) == (inf, inf, 0.0)
