"""The measures of a moment: by hand, by symmetry, and in extremes."""

from __future__ import annotations

import timeit
from math import inf, pi

import numpy as np
import pytest
from cornercase.sim.control import conflict
from cornercase.sim.criticality.assess import Danger, assess
from cornercase.sim.criticality.plane import MOTION, time_to_collision
from cornercase.sim.criticality.rss import longitudinal_distance
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

F64 = NDArray[np.float64]
NUMBER = st.floats(-30.0, 30.0)
REQUIRED = ("required_deceleration_mps2", "required_lateral_mps2")


def row(x: float, y: float, vx: float, vy: float, yaw: float, ax: float = 0.0, ay: float = 0.0) -> F64:
    return np.array([x, y, vx, vy, yaw, 4.0, 2.0, ax, ay])


def crowd(seed: int, count: int) -> F64:
    rng = np.random.default_rng(seed)
    sides = rng.uniform(0.3, 12.0, (count, 2))
    places, speeds, pushes = (
        rng.uniform(-60, 60, (count, 2)),
        rng.uniform(-15, 15, (count, 2)),
        rng.normal(0, 2, (count, 2)),
    )
    return np.column_stack([places, speeds, rng.uniform(-4, 4, count), sides, pushes])


def turned(rows: F64, angle: float) -> F64:
    out, matrix = rows.copy(), np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    for k in (0, 2, 7):
        out[..., k : k + 2] = rows[..., k : k + 2] @ matrix.T
    out[..., 4] += angle
    return out


def test_following_by_hand() -> None:
    """A car 20 m ahead at 15 m/s that brakes with 6, half a metre to the left; one beside; one behind; ego at 25."""
    ego = turned(row(5.0, 5.0, 25.0, 0.0, 0.0), pi / 2)
    others = np.array([row(29.0, 5.5, 15.0, 0.0, 0.0, -6.0), row(12.0, 1.5, 15.0, 0.0, 0.0), row(-9.0, 5.0, 20, 0, 0)])
    got = assess(ego, turned(others, pi / 2))
    assert got.ttc_s == pytest.approx(2.0)
    assert got.headway_s == pytest.approx(0.8)
    assert got.required_deceleration_mps2 == pytest.approx(8.065, rel=1e-3)
    assert got.mttc_s == pytest.approx((-10 + np.sqrt(100 + 240)) / 6)
    assert got.required_lateral_mps2 == pytest.approx(2 * 1.5 / 2.0**2)
    assert got.pet_s == inf
    assert got.rss_margin_m == pytest.approx(20.0 - longitudinal_distance(25.0, 15.0))


def test_a_lead_that_brakes_at_the_same_speed_is_a_conflict_only_by_its_acceleration() -> None:
    ego, lead = row(0, 0, 25, 0, 0), row(24, 0, 25, 0, 0, -6)
    got = assess(ego, lead[None])
    assert got.ttc_s == inf and got.required_lateral_mps2 == 0.0
    assert got.required_deceleration_mps2 == pytest.approx(4.335, rel=1e-3)
    assert got.mttc_s == pytest.approx(np.sqrt(2 * 20 / 6))
    assert assess(row(0, 0, 25, 0, 0, -6), lead[None]).mttc_s == inf
    beside = row(24, 3.5, 25, 0, 0, -6)
    assert assess(ego, beside[None]) == Danger(inf, inf, 0.0, inf, 0.0, inf, inf)


def test_crossing_by_hand() -> None:
    got = assess(row(0, 0, 10, 0, 0), row(30, -20, 0, 4, pi / 2)[None])
    assert got.pet_s == pytest.approx(4.25 - 3.3) and got.ttc_s == inf and got.required_deceleration_mps2 == 0.0
    meets = assess(row(0, 0, 10, 0, 0), row(30, -12, 0, 4, pi / 2)[None])
    assert meets.pet_s < 0.0 and meets.ttc_s == pytest.approx(2.7)
    assert 0.0 < meets.required_lateral_mps2 < 2.0


def test_everybody_at_once_is_the_worst_of_each_alone() -> None:
    ego, others = row(0.0, 0.0, 10.0, 0.0, 0.0, 1.0), np.vstack([crowd(2, 80), row(40.0, 1.0, 5.0, 0.0, 0.0)])
    others = others[[time_to_collision(ego, other) > 0.0 for other in others]]
    alone, together = [assess(ego, other[None]) for other in others], assess(ego, others)
    assert together.ttc_s == min(time_to_collision(ego, other) for other in others)
    for name in Danger._fields:
        worst = max if name in REQUIRED else min
        if name != "rss_margin_m":
            assert getattr(together, name) == worst(getattr(one, name) for one in alone)
            assert np.isfinite(getattr(together, name))
    assert together.rss_margin_m in [one.rss_margin_m for one in alone]


@given(NUMBER, NUMBER, NUMBER, NUMBER, st.floats(-4, 4), st.floats(-4, 4), st.floats(-6, 6), st.floats(-6, 6))
def test_turning_or_mirroring_the_world_changes_nothing(
    x: float, y: float, vx: float, vy: float, yaw: float, turn: float, ax: float, ay: float
) -> None:
    ego, other = row(0.0, 0.0, 10.0, 0.0, 0.0, 0.5), row(x, y, vx, vy, yaw, ax, ay)
    begin, end = conflict.contact_interval(
        conflict.Footprint(0.0, 0.0, 0.0, 4.0, 2.0, 10.0, 0.0), conflict.Footprint(x, y, yaw, 4.0, 2.0, vx, vy)
    )
    assume(not (np.isfinite(begin) and end - begin < 1e-4) and abs(end) > 1e-4)
    plain = assess(ego, other[None])
    nudged = [assess(ego, (other + by * np.eye(9)[k])[None]) for k in range(4) for by in (-1e-7, 1e-7)]
    assume(all(n == pytest.approx(plain, rel=1e-3, abs=1e-3) for n in nudged))  # not at the edge between two cases
    assert assess(turned(ego, turn), turned(other, turn)[None]) == pytest.approx(plain, rel=1e-5, abs=1e-5)
    mirror = np.array([1, -1, 1, -1, -1, 1, 1, 1, -1.0])
    assert assess(mirror * ego, (mirror * other)[None]) == pytest.approx(plain, rel=1e-5, abs=1e-5)


def test_no_value_is_nan_whatever_stands_where() -> None:
    values = np.array([-1e6, -5.0, -1e-12, 0.0, 1e-12, 5.0, 1e6])
    rng = np.random.default_rng(0)
    for _ in range(300):
        rows = rng.choice(values, (6, len(MOTION)))
        rows[:, 5:7] = np.abs(rows[:, 5:7]) + 0.1
        got = np.array(assess(rows[0], rows[1:]))
        assert not np.any(np.isnan(got)) and np.all(got[[0, 1, 2, 3, 4]] >= 0.0)
    assert assess(row(0, 0, 10, 0, 0), np.zeros((0, 9))) == Danger(inf, inf, 0.0, inf, 0.0, inf, inf)


def test_twenty_others_take_less_than_thirty_microseconds() -> None:
    ego, others = row(0, 0, 10, 0, 0), crowd(1, 20)
    assert min(timeit.repeat(lambda: assess(ego, others), number=200, repeat=7)) / 200 < 30e-6
