"""Reference drivers: equilibrium of the car-following law, and emergency braking that avoids what can be avoided."""

from __future__ import annotations

from dataclasses import replace
from math import cos, inf, pi, sin, sqrt

import pytest
from cornercase.sim.control.conflict import Footprint
from cornercase.sim.control.drivers import DRIVERS, AebDriver, DriverView, IdmParameters, driver, idm_acceleration
from cornercase.sim.control.path_follow import PathError
from cornercase.sim.physics.specs import VEHICLES

SPEC = VEHICLES["hatchback"]
STRAIGHT = PathError(0.0, 0.0, 0.0, 0.0)
DT = 0.025


def approach(
    name: str, speed: float, other: Footprint, seconds: float, *, decel: float = 9.0
) -> tuple[float, float, list[float]]:
    """Drive a point-mass ego straight at one other actor; least gap, end speed and commands."""
    who = driver(name, SPEC)
    x, v, gap, commands = 0.0, speed, inf, []
    for k in range(int(seconds / DT)):
        t = k * DT
        seen = replace(other, x_m=other.x_m + other.vx_mps * t - x, y_m=other.y_m + other.vy_mps * t)
        view = DriverView(t, v, speed, STRAIGHT, others=(seen,))
        command = who.act(view).acceleration_mps2
        commands.append(command)
        v = max(0.0, v + max(command, -decel) * DT)
        x += v * DT
        aside = abs(seen.y_m) > (seen.width_m + SPEC.size[1]) / 2
        gap = gap if aside else min(gap, seen.x_m - (seen.length_m + SPEC.size[0]) / 2)
    return gap, v, commands


def test_all_names_make_drivers_that_keep_lane_and_speed_on_an_empty_road() -> None:
    for name in DRIVERS:
        command = driver(name, SPEC).act(DriverView(0.0, 20.0, 20.0, STRAIGHT))
        assert command == pytest.approx((0.0, 0.0))
        slower = driver(name, SPEC).act(DriverView(0.0, 15.0, 20.0, replace(STRAIGHT, lateral_m=0.5)))
        assert slower.acceleration_mps2 > 0.0 > slower.steer_rad


def test_unknown_driver_is_named_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="'aebs'.*nearest is 'aeb'"):
        driver("aebs", SPEC)


def test_idm_rests_at_its_equilibrium_gap() -> None:
    """At equal speeds acceleration vanishes at gap (s0 + v T) / sqrt(1 - (v / v0)^4)."""
    p = IdmParameters()
    for speed in (5.0, 15.0, 25.0):
        gap = (p.jam_gap_m + speed * p.headway_s) / sqrt(1 - (speed / 33.0) ** 4)
        assert idm_acceleration(p, speed, 33.0, gap, speed) == pytest.approx(0.0, abs=1e-12)
        assert idm_acceleration(p, speed, 33.0, gap + 1, speed) > 0 > idm_acceleration(p, speed, 33.0, gap - 1, speed)


def test_idm_following_never_hits_a_lead_that_brakes_to_a_stop() -> None:
    x, v = 0.0, 20.0
    lead_x, lead_v = 60.0, 20.0
    for _ in range(int(40 / DT)):
        lead_v = max(0.0, lead_v - 4.0 * DT)
        lead_x += lead_v * DT
        a = idm_acceleration(IdmParameters(), v, 20.0, lead_x - x - 4.5, lead_v)
        v = max(0.0, v + a * DT)
        x += v * DT
        assert lead_x - x - 4.5 > 0.5
    assert v < 0.1


@pytest.mark.parametrize("speed", [5.0, 10.0, 15.0, 20.0, 30.0])
def test_aeb_stops_before_a_standing_car(speed: float) -> None:
    gap, end, _ = approach("aeb", speed, Footprint(90.0, 0.3, 0.0, 4.4, 1.8, 0.0, 0.0), 25.0)
    assert end == 0.0
    assert 0.0 < gap < 3.0


def test_without_emergency_brake_the_car_is_hit() -> None:
    gap, _, _ = approach("none", 15.0, Footprint(90.0, 0.0, 0.0, 4.4, 1.8, 0.0, 0.0), 10.0)
    assert gap < 0.0


def test_aeb_brakes_for_a_pedestrian_who_will_be_in_the_way() -> None:
    child = Footprint(30.0, -4.0, 1.57, 0.4, 0.5, 0.0, 1.4)
    gap, _, commands = approach("aeb", 8.0, child, 6.0)
    assert gap > 0.0 and min(commands) < -6.0


@pytest.mark.parametrize(
    "other",
    [
        Footprint(60.0, 3.5, 3.14, 4.4, 1.8, -20.0, 0.0),  # oncoming in its own lane
        Footprint(40.0, -2.6, 0.0, 4.4, 1.8, 0.0, 0.0),  # parked beside the lane
        Footprint(40.0, -9.0, 1.57, 0.5, 0.5, 0.0, 0.8),  # walks up to the road, still far when passed
        Footprint(-20.0, 0.0, 0.0, 4.4, 1.8, 20.0, 0.0),  # closes in from behind
        Footprint(30.0, 0.0, 0.0, 4.4, 1.8, 18.0, 0.0),  # faster lead
    ],
)
def test_aeb_leaves_harmless_traffic_alone(other: Footprint) -> None:
    _, end, commands = approach("aeb", 14.0, other, 4.0)
    assert end == pytest.approx(14.0)
    assert min(commands) == pytest.approx(0.0, abs=1e-9)


def test_aeb_leaves_oncoming_traffic_in_a_bend_alone() -> None:
    who = AebDriver(SPEC)
    bend = replace(STRAIGHT, curvature_1pm=1 / 40)
    for k in range(60):
        angle = (50.0 - 24.0 * k * DT) / 40.0  # on the lane 3.5 m to the left, seen from an ego driving the bend
        x, y = 36.5 * sin(angle), 40.0 - 36.5 * cos(angle)
        seen = Footprint(x, y, angle + pi, 4.4, 1.8, -12 * cos(angle), -12 * sin(angle))
        who.act(DriverView(k * DT, 12.0, 12.0, bend, others=(seen,)))
        assert not who.braking


def test_aeb_reacts_after_its_delay_and_builds_up_by_its_jerk() -> None:
    who = AebDriver(SPEC)
    wall = Footprint(12.0, 0.0, 0.0, 4.4, 1.8, 0.0, 0.0)
    commands = [
        who.act(DriverView(k * 0.01, 15.0, 15.0, STRAIGHT, others=(wall,))).acceleration_mps2 for k in range(60)
    ]
    first = next(i for i, a in enumerate(commands) if a < 0)
    assert first * 0.01 == pytest.approx(who.parameters.reaction_s, abs=0.011)
    assert commands[first] - commands[first + 5] == pytest.approx(0.05 * who.parameters.jerk_mps3)
    assert commands[-1] == pytest.approx(-who.parameters.full_mps2)
