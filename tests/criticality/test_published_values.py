"""Every number that the literature, or an independent library, prints for a measure."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from cornercase.sim.criticality.deceleration import (
    deceleration_to_safety_time,
    required_deceleration,
    threat_number,
)
from cornercase.sim.criticality.following import braking_lead_ttc, following_ttc, modified_ttc, time_headway
from cornercase.sim.criticality.rss import OnLane, RssRules, dangerous, lateral_distance, longitudinal_distance, margins
from cornercase.sim.criticality.separation import approach_speed, protective_separation
from cornercase.sim.criticality.severity import (
    delta_v,
    occupant_death,
    pedestrian_death_logistic_unverified,
    pedestrian_risk,
)
from cornercase.sim.criticality.touch import force_limit, speed_limit

RECALLED = "iso_ts_15066_recalled_unverified"
MPH = 0.44704


@pytest.mark.parametrize(
    ("gap", "closing", "change", "expected"),
    [
        (20, 10, 0, 2.0), (20, 10, 3, 1.611), (20, 10, -2, 2.764), (20, 10, -3, inf), (20, -2, 3, 4.379),
        (20, 0, 2, 4.472), (20, -1, 0, inf), (20, -9, -1, inf), (0, 3, 1, 0.0),
    ],
)  # fmt: skip
def test_modified_ttc(gap: float, closing: float, change: float, expected: float) -> None:
    assert modified_ttc(gap, 20.0 + closing, 20.0, 1.0 + change, 1.0) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("gap", "ego", "lead", "lead_acceleration", "expected"),
    [(20, 25, 15, 0, 2.5), (20, 25, 25, -6, 4.335), (20, 25, 15, -6, 8.065), (50, 25, 20, -2, 2.083)],
)
def test_required_deceleration(gap: float, ego: float, lead: float, lead_acceleration: float, expected: float) -> None:
    assert required_deceleration(gap, ego, lead, lead_acceleration) == pytest.approx(expected, rel=1e-3)


CRIME = (
    (65.4, 29.8, 15.5, 4.57, 2.2, -1.56), (35.6, 9.2, 1.5, 4.62, 3.9, -0.83), (79.9, 25.6, 7.0, 4.30, 3.2, -2.17),
    (37.6, 34.3, 26.9, 5.08, 1.1, -0.73), (68.3, 18.6, 14.8, 17.97, 3.7, -0.11), (25.4, 31.8, 1.9, 0.85, 0.8, -17.61),
    (55.9, 31.5, 6.8, 2.26, 1.8, -5.46), (72.2, 31.5, 0.6, 2.34, 2.3, -6.61), (37.8, 13.5, 9.7, 9.94, 2.9, -0.19),
    (65.5, 16.5, 4.5, 5.46, 4.0, -1.10), (38.6, 29.6, 7.1, 1.72, 1.4, -6.56), (65.0, 21.7, 15.2, 10.00, 3.0, -0.33),
    (6.1, 33.2, 2.6, 0.20, 0.2, -76.88), (32.6, 33.7, 12.0, 1.50, 1.0, -7.22), (56.3, 20.5, 6.7, 4.08, 2.8, -1.69),
    (13.0, 26.7, 19.1, 1.71, 0.5, -2.22), (64.9, 13.2, 11.7, 43.26, 5.0, -0.02), (58.5, 30.9, 12.0, 3.09, 1.9, -3.05),
)  # fmt: skip
"""Gap, speeds, then TTC, THW and a_long,req as commonroad-crime 0.4.5 gives them for two cars in one straight lane.

It rounds to 0.01 m and 0.01 s, up to the next 0.1 s, and to 0.01 m/s2. Kept as numbers: the library pulls in a
gigabyte, among it a second OpenCV. Its a_lat,req and its values on lanes that do not lie along x are not comparable
(it projects on x).
"""


@pytest.mark.parametrize(("gap", "ego", "lead", "ttc", "headway", "required"), CRIME)
def test_an_independent_library_agrees(
    gap: float, ego: float, lead: float, ttc: float, headway: float, required: float
) -> None:
    assert following_ttc(gap, ego, lead) == pytest.approx(ttc, abs=0.0051 + 0.01 / (ego - lead))
    assert -0.1 - 1e-9 < time_headway(gap, ego) - headway < 1e-2
    assert -required_deceleration(gap, ego, lead) == pytest.approx(required, rel=3e-3, abs=0.006)


def test_braking_lead_and_deceleration_to_safety_time() -> None:
    root = (np.sqrt(10.0**2 + 2 * 4 * 30.0) - 10.0) / 4
    assert braking_lead_ttc(30.0, 25.0, 15.0, 4.0) == pytest.approx(root)
    # the lead stands after 1 s and 2.5 m; the ego needs 32.5 m
    assert braking_lead_ttc(30.0, 10.0, 5.0, 5.0) == pytest.approx(3.25)
    assert braking_lead_ttc(30.0, 10.0, 5.0, 0.0) == 6.0 and braking_lead_ttc(30.0, 5.0, 10.0, 0.0) == inf
    assert deceleration_to_safety_time(40.0, 25.0, 15.0, 1.0) == pytest.approx(2.0)
    assert deceleration_to_safety_time(10.0, 25.0, 15.0, 1.0) == inf
    assert deceleration_to_safety_time(40.0, 15.0, 25.0, 1.0) == 0.0
    assert threat_number(4.0, 8.0) == 0.5 and threat_number(0.0, 0.0) == 0.0 and threat_number(1.0, 0.0) == inf


@pytest.mark.parametrize(
    ("rear", "front", "expected"), [(25, 25, 89.22), (25, 20, 103.28), (10, 0, 34.53), (10, 20, 9.53)]
)
def test_rss_longitudinal(rear: float, front: float, expected: float) -> None:
    assert longitudinal_distance(rear, front) == pytest.approx(expected, rel=1e-3)


def test_rss_lateral() -> None:
    assert lateral_distance(0.0, 0.0) == pytest.approx(0.725, rel=1e-3)
    assert lateral_distance(0.5, -0.5) == pytest.approx(2.913, rel=1e-3)
    assert lateral_distance(-5.0, 5.0) == pytest.approx(0.1)


def test_rss_goes_by_the_order_on_the_lane_and_asks_for_both_distances() -> None:
    ahead = OnLane(104.0 + 50.0, 0.2, 20.0, 0.0, 4.0, 2.0)
    behind = OnLane(100.0, 0.0, 25.0, 0.0, 4.0, 2.0)
    rules = RssRules(response_other_s=1.0)
    along, across = margins(behind, ahead, rules)
    assert (along, across) == pytest.approx((50.0 - 103.28, 0.2 - 2.0 - 0.35), rel=1e-3)
    assert margins(ahead, behind, rules) == pytest.approx((along, across))
    assert dangerous(ahead, behind) and dangerous(behind, ahead)
    assert not dangerous(behind._replace(s_m=40.0), ahead)
    assert not dangerous(behind._replace(d_m=-3.0), ahead)
    assert dangerous(behind._replace(d_m=-3.0, lateral_mps=1.0), ahead)
    assert not dangerous(behind._replace(d_m=3.2, lateral_mps=1.0), ahead)  # drifts away to the left


def test_delta_v_keeps_momentum() -> None:
    a, b = delta_v(1400.0, 700.0, np.array([10.0, 0.0]), np.array([0.0, 5.0]))
    assert a * 1400.0 == pytest.approx(b * 700.0)
    assert a == pytest.approx(np.hypot(10.0, 5.0) / 3)
    assert delta_v(1400.0, inf, 12.0, 0.0) == (12.0, 0.0)


def test_injury_curves() -> None:
    assert occupant_death(10.0) == pytest.approx(0.00985, rel=1e-3)
    assert occupant_death(20.0) == pytest.approx(0.158, rel=3e-3)
    assert occupant_death(99.0) == 1.0
    for level, speeds in (("AIS4+", (17.1, 24.9, 33.0, 40.8, 48.1)), ("death", (24.1, 32.5, 40.6, 48.0, 54.6))):
        for risk, mph in zip((0.1, 0.25, 0.5, 0.75, 0.9), speeds, strict=True):
            assert pedestrian_risk(mph * MPH, level) == pytest.approx(risk, rel=1e-9)
        curve = [pedestrian_risk(v, level) for v in np.linspace(0, 40, 200)]
        assert np.all(np.diff(curve) > 0.0) and curve[0] == 0.0 and curve[-1] < 1.0
    for kmh, risk in ((30, 0.015), (40, 0.036), (50, 0.083), (60, 0.182), (80, 0.574)):
        assert pedestrian_death_logistic_unverified(kmh / 3.6) == pytest.approx(risk, abs=6e-4)
    at = [pedestrian_death_logistic_unverified(kmh / 3.6) for kmh in (30, 40, 50)]
    assert at[2] > 2 * at[1] and at[2] > 5 * at[0]  # as Rosen and Sander found
    with pytest.raises(ValueError, match="AIS4"):
        pedestrian_risk(10.0, "AIS3")


def test_speed_and_separation() -> None:
    case = {"intrusion_m": 0.20, "person_error_m": 0.10, "robot_error_m": 0.05}

    def distance(speed: float = 1.0, reaction: float = 0.10, stopping: float = 0.30) -> float:
        return protective_separation(speed, reaction_s=reaction, stopping_s=stopping, **case)

    assert distance() == pytest.approx(1.24)
    assert distance(reaction=1.10) - distance() == pytest.approx(1.6 + 1.0)
    assert distance(stopping=1.30) - distance() == pytest.approx(1.6 + 0.5)
    assert distance(speed=2.0) - distance() == pytest.approx(0.10 + 0.15)
    assert approach_speed(0.49) == 2.0 and approach_speed(0.5) == 1.6


def test_power_and_force() -> None:
    # the example gives 280 N to both regions
    hand = speed_limit("hand", preset=RECALLED, transient=True, moving_kg=20.0)
    chest = speed_limit("chest", preset=RECALLED, transient=True, moving_kg=12.0, payload_kg=4.0)
    assert hand == pytest.approx(1.36, rel=3e-3) and chest == pytest.approx(0.63, rel=1e-2)
    assert force_limit("face", preset=RECALLED, transient=False) == 65.0
    assert force_limit("face", preset=RECALLED, transient=True) == 0.0
    assert force_limit("chest", preset="open_body_model", transient=True) == 160.0
    with pytest.raises(ValueError, match="nearest is 'hand'"):
        force_limit("hands", preset=RECALLED, transient=True)
    with pytest.raises(ValueError, match="unknown preset"):
        force_limit("hand", preset="iso", transient=True)
