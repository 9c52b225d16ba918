"""Reference models at the wheel: what they see on the road, and the same verdicts in full physics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import cos, inf, pi, sin

import numpy as np
import pytest
from cornercase.sim.control.conflict import Footprint
from cornercase.sim.control.drivers import DriverView, driver
from cornercase.sim.control.path_follow import PathError
from cornercase.sim.control.reference.driver import ReferenceDriver, along_lane
from cornercase.sim.control.reference.longitudinal import cut_in
from cornercase.sim.control.reference.models import MODELS, reference_model
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.physics.specs import VEHICLES

SPEC = VEHICLES["hatchback"]
STRAIGHT = PathError(0.0, 0.0, 0.0, 0.0)
DT = 0.025
LEAD = Footprint(40.0, 0.0, 0.0, 4.4, 1.8, 20.0, 0.0)
NAMES = list(MODELS)


def drive(
    who: ReferenceDriver, speed: float, seconds: float, others: Callable[[float], list[Footprint]]
) -> tuple[list[float], list[float], float]:
    """A point-mass ego on a straight road; speeds, commands and least gap to the others in its lane."""
    x, v, gap = 0.0, speed, inf
    speeds, commands = [], []
    for k in range(int(seconds / DT)):
        seen = tuple(replace(other, x_m=other.x_m - x) for other in others(k * DT))
        command = who.act(DriverView(k * DT, v, speed, STRAIGHT, others=seen)).acceleration_mps2
        v = max(0.0, v + command * DT)
        x += v * DT
        speeds.append(v)
        commands.append(command)
        for other in seen:
            if abs(other.y_m) < (other.width_m + SPEC.size[1]) / 2:
                gap = min(gap, other.x_m - (other.length_m + SPEC.size[0]) / 2)
    return speeds, commands, gap


@pytest.mark.parametrize("name", NAMES)
def test_it_settles_at_the_models_distance(name: str) -> None:
    gap = reference_model(name).following_gap(20.0)
    who = ReferenceDriver(SPEC, name)
    reach = (LEAD.length_m + SPEC.size[0]) / 2

    def lead(t: float) -> list[Footprint]:
        return [replace(LEAD, x_m=reach + 0.85 * gap + 20.0 * t)]

    x, v = 0.0, 20.0
    for k in range(int(90 / DT)):
        seen = tuple(replace(other, x_m=other.x_m - x) for other in lead(k * DT))
        v += who.act(DriverView(k * DT, v, 24.0, STRAIGHT, others=seen)).acceleration_mps2 * DT
        x += v * DT
    assert v == pytest.approx(20.0, abs=0.05)
    assert lead(k * DT)[0].x_m - x - reach == pytest.approx(gap, rel=0.04)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("brake", [3.0, 8.0])
def test_it_stops_behind_a_lead_that_stops(name: str, brake: float) -> None:
    gap = reference_model(name).following_gap(20.0)

    def lead(t: float) -> list[Footprint]:
        rolling = min(max(t - 1.0, 0.0), 20.0 / brake)
        way = 20.0 * min(t, 1.0) + 20.0 * rolling - 0.5 * brake * rolling**2
        return [replace(LEAD, x_m=gap + 4.4 + way, vx_mps=20.0 - brake * rolling)]

    speeds, _, least = drive(ReferenceDriver(SPEC, name), 20.0, 20.0, lead)
    assert speeds[-1] < 0.5 and 0.3 < least < 12.0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "other",
    [
        Footprint(60.0, 3.5, pi, 4.4, 1.8, -20.0, 0.0),  # oncoming in its own lane
        Footprint(40.0, -2.4, 0.0, 4.4, 1.8, 0.0, 0.0),  # parked beside the lane
        Footprint(12.0, 3.5, 0.0, 4.4, 1.8, 13.0, -0.05),  # in the next lane, wanders
        Footprint(-40.0, 0.0, 0.0, 4.4, 1.8, 20.0, 0.0),  # closes in from behind
    ],
)
def test_harmless_traffic_is_left_alone(name: str, other: Footprint) -> None:
    def moved(t: float) -> list[Footprint]:
        return [replace(other, x_m=other.x_m + other.vx_mps * t, y_m=other.y_m + other.vy_mps * t)]

    speeds, commands, _ = drive(ReferenceDriver(SPEC, name), 14.0, 4.0, moved)
    assert speeds[-1] == pytest.approx(14.0) and min(commands) > -1e-9


def test_nobody_sees_through_the_lead_until_it_leaves_the_middle() -> None:
    """A car stands 51 m ahead, too near for gentle braking; after 1 s the lead moves over with 1 m/s."""

    def road(t: float) -> list[Footprint]:
        lead = replace(LEAD, x_m=34.4 + 15.0 * t, y_m=max(0.0, t - 1.0), vx_mps=15.0, vy_mps=float(t > 1.0))
        return [lead, Footprint(55.0, 0.0, 0.0, 4.4, 1.8, 0.0, 0.0)]

    _, commands, _ = drive(ReferenceDriver(SPEC, "careful"), 15.0, 4.0, road)
    first = next(k for k, a in enumerate(commands) if a < -0.3) * DT
    assert first == pytest.approx(1.375, abs=0.06)


def test_a_newcomer_is_followed_only_after_the_reaction_time() -> None:
    """It cuts in at the ego's own speed, half the wanted distance ahead: no danger, yet too close."""

    def road(t: float) -> list[Footprint]:
        return [replace(LEAD, x_m=24.4 + 20.0 * t, y_m=max(0.0, 3.5 - 2.0 * t), vx_mps=20.0, vy_mps=-2.0 * (t < 1.75))]

    _, commands, _ = drive(ReferenceDriver(SPEC, "careful"), 20.0, 5.0, road)
    inside = (3.5 - (1.8 + SPEC.size[1]) / 2) / 2.0
    first = next(k for k, a in enumerate(commands) if a < -1e-6) * DT
    assert first == pytest.approx(inside + 0.75, abs=0.06)
    assert min(commands) >= -3.4


def test_after_the_danger_it_drives_on() -> None:
    """Somebody crosses at walking pace."""
    who = ReferenceDriver(SPEC, "rss")

    def road(t: float) -> list[Footprint]:
        return [Footprint(25.0, -3.0 + 1.5 * t, pi / 2, 0.5, 0.5, 0.0, 1.5)]

    speeds, commands, least = drive(who, 10.0, 12.0, road)
    assert least > 0.0 and min(commands) < -3.0
    assert not who.model.alarmed and speeds[-1] > 7.0


def test_the_frame_of_the_lane_is_found_from_the_ego_that_drifts() -> None:
    """A lead on the line, 30 m on, seen by an ego half a metre to the left that heads to the right."""
    turn = -0.05
    c, s = cos(-turn), sin(-turn)
    seen = Footprint(
        c * 30.0 - s * -0.5, s * 30.0 + c * -0.5, -turn, 4.0, 2.0, 12.0 * c, 12.0 * s
    )  # what stands at (30, -0.5) in a frame that is not turned
    got = along_lane(seen, PathError(0.0, 0.5, turn, 0.0))
    assert (got.x_m, got.y_m, got.yaw_rad, got.vx_mps, got.vy_mps) == pytest.approx((30.0, 0.0, 0.0, 12.0, 0.0))


def test_names_make_these_drivers() -> None:
    for name in NAMES:
        made = driver(name, SPEC)
        assert isinstance(made, ReferenceDriver) and type(made.model) is MODELS[name]


FAR = {"ego_speed_mps": 14.0, "relative_speed_mps": -3.0, "gap_m": 40.0, "lateral_speed_mps": 0.8}
MIDDLE = {"ego_speed_mps": 16.0, "relative_speed_mps": -6.0, "gap_m": 15.0, "lateral_speed_mps": 1.5}
CLOSE = {"ego_speed_mps": 16.6, "relative_speed_mps": -11.11, "gap_m": 10.0, "lateral_speed_mps": 3.0}


def verdicts(name: str, case: dict[str, float]) -> tuple[bool, bool]:
    """Whether the model avoids the cut-in in full physics and by stepping it."""
    config = EpisodeConfig(scenario=ScenarioConfig("driving/cut_in", driver=name, duration_s=9.0))
    pinned = {**case, "side": "left", "kind": "sedan", "traffic": 0}
    with Episode(config, seed=1, number=0, pinned=pinned) as episode:
        update = episode.start()
        while not (update.step.terminated or update.step.truncated):
            update = episode.advance()
        physics = episode.scenario.result() != "collision"
    stepped = cut_in(
        name,
        ego_mps=case["ego_speed_mps"],
        other_mps=case["ego_speed_mps"] + case["relative_speed_mps"],
        gap_m=case["gap_m"],
        lateral_mps=case["lateral_speed_mps"] * 2 / np.pi,  # the mean of the half cosine
    )
    return physics, stepped


@pytest.mark.parametrize(
    ("name", "case", "avoided"), [("careful", FAR, True), ("careful", MIDDLE, False), ("fsm", MIDDLE, True)]
)
def test_physics_agrees_with_the_stepped_verdict(name: str, case: dict[str, float], avoided: bool) -> None:
    assert verdicts(name, case) == (avoided, avoided)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_far_is_avoided_by_all_and_close_by_none(name: str) -> None:
    assert verdicts(name, FAR) == (True, True)
    assert verdicts(name, MIDDLE) == (name != "careful",) * 2
    assert verdicts(name, CLOSE) == (False, False)
