"""Things in the way: when the animal is where, what falls how, what is seen late, and that each event matters."""

from __future__ import annotations

from collections.abc import Callable
from math import sin, sqrt
from typing import Any

import numpy as np
import pytest
from cornercase.scenarios.driving.animal_run_out import AnimalRunOut
from cornercase.scenarios.driving.debris_on_lane import DebrisOnLane
from cornercase.scenarios.driving.door_opening import DoorOpening
from cornercase.scenarios.driving.lost_cargo import LostCargo
from cornercase.scenarios.driving.overturned_truck import OverturnedTruck
from cornercase.scenarios.driving.work_zone import WorkZone
from cornercase.sim.episode.driving import DrivingScenario
from cornercase.sim.episode.scenario import find
from cornercase.sim.episode.streams import Streams
from cornercase.sim.world.cargo_actor import way_off

GRAVITY_MPS2 = 9.81


def staged(name: str, driver: str, **pinned: float | str) -> Any:
    streams = Streams(4)
    kind = find(f"driving/{name}")
    return kind(kind.space().draw(streams.rng("scenario"), pinned), streams, driver)


def advance_until(scenario: DrivingScenario, condition: Callable[[], bool], *, limit_s: float = 11.0) -> None:
    while not condition():
        scenario.act(None)
        scenario.advance()
        assert scenario.world.time_s < limit_s, "it never happened"


@pytest.mark.parametrize("act", ["runs_through", "freezes"])
def test_the_animal_is_on_the_lane_as_late_as_it_is_said_to_be(act: str) -> None:
    late = -0.9
    scenario: AnimalRunOut = staged(
        "animal_run_out", "none", kind="roe_deer", act=act, late_s=late, ego_speed_mps=20.0, start_m=10.0
    )
    with scenario.world as world:
        road, lane, times = scenario.road.centre, 0.0, {}

        def watch() -> bool:
            """Both pass the point where their ways cross."""
            s, _ = road.project(scenario.ego.position_w[:2])
            _, d = road.project(scenario.hazard.position_w[:2])
            if scenario._side * (d - lane) > -0.02:
                times.setdefault("animal", world.time_s)
            if s + scenario.ego.size[0] / 2 > scenario._meeting_m - 0.5:
                times.setdefault("ego", world.time_s)
            return len(times) == 2 or "contact" in scenario.phases

        lane = next(lane.offset_m for lane in scenario.road.lanes if lane.direction > 0)
        advance_until(scenario, watch)
        assert times["animal"] - times.get("ego", times["animal"]) == pytest.approx(late, abs=0.12)
        assert scenario.occurred()
        if act == "freezes":
            advance_until(scenario, lambda: "contact" in scenario.phases)
            assert scenario.harm() == pytest.approx(20.0, rel=0.1), "it still stands there"


@pytest.mark.parametrize(("share", "touches"), [(0.5, True), (1.5, False)])
def test_what_lies_in_the_way_is_struck_and_pushed_and_what_lies_beside_is_not(share: float, touches: bool) -> None:
    scenario: DebrisOnLane = staged(
        "debris_on_lane", "none", kind="crate", scale=1.0, turn_deg=0.0, impact_share=share, ego_speed_mps=15.0
    )
    with scenario.world:
        crate, start = scenario.hazard, scenario.hazard.position_w.copy()
        advance_until(scenario, scenario.terminated)
        assert ("contact" in scenario.phases) == touches
        assert scenario.harm() == pytest.approx(15.0 if touches else 0.0, rel=0.05)
        assert (np.linalg.norm(crate.position_w - start) > 3.0) == touches


@pytest.mark.parametrize(("notice_m", "hit"), [(30.0, True), (150.0, False)])
def test_an_overturned_truck_is_hit_where_it_is_noticed_too_late(notice_m: float, hit: bool) -> None:
    """From 25 m/s even full braking at 0.85 g takes more than 37 m."""
    scenario: OverturnedTruck = staged(
        "overturned_truck", "aeb", notice_m=notice_m, ego_speed_mps=25.0, turn_deg=30.0, load="none", kind="box_truck"
    )
    with scenario.world:
        assert scenario.ego.size[2] < scenario.hazard.size[2]
        advance_until(scenario, lambda: "onset" in scenario.phases)
        advance_until(scenario, lambda: scenario.terminated() or scenario.ego.speed_mps < 0.1)
        assert (scenario.result() == "collision") == hit


def test_lost_cargo_flies_as_a_thrown_body_does_and_stays_behind() -> None:
    scenario: LostCargo = staged(
        "lost_cargo", "none", kind="crate", pieces="few", drift=0.0, ego_speed_mps=18.0, slide_mps=3.0, headway_s=1.2
    )
    with scenario.world as world:
        cargo, truck = scenario.hazard, scenario._truck.actor
        advance_until(scenario, lambda: "onset" in scenario.phases)
        over = way_off(scenario._cargo, truck)
        advance_until(scenario, lambda: not scenario._cargo.load.held)
        begin, at, speed = world.time_s, cargo.position_w.copy(), cargo.velocity_w.copy()
        assert truck.speed_mps - speed[0] == pytest.approx(min(3.0, sqrt(2.0 * 3.0 * over)), abs=0.15)
        advance_until(scenario, lambda: world.time_s >= begin + 0.3)
        fall = at[2] + speed[2] * 0.3 - 0.5 * GRAVITY_MPS2 * 0.3**2
        assert cargo.position_w[2] == pytest.approx(fall, abs=0.05)
        assert cargo.position_w[0] - at[0] == pytest.approx(0.3 * speed[0], abs=0.1)
        advance_until(scenario, lambda: "contact" in scenario.phases)
        assert scenario.occurred() and scenario.harm() > 1.0


@pytest.mark.parametrize(("clearance_m", "hit"), [(0.5, True), (1.5, False)])
def test_the_door_is_hit_where_it_reaches_further_than_the_clearance(clearance_m: float, hit: bool) -> None:
    scenario: DoorOpening = staged(
        "door_opening", "none", clearance_m=clearance_m, angle_rad=1.1, opening_s=0.6, trigger_s=1.2, kind="sedan"
    )
    with scenario.world as world:
        advance_until(scenario, lambda: "onset" in scenario.phases)
        start, shut = world.time_s, scenario._footprints()[-1].y_m
        advance_until(scenario, lambda: world.time_s >= start + 0.7)
        reach = scenario._door.size[0] * sin(1.1)
        assert scenario.door_reach_m() == pytest.approx(reach, abs=0.01)
        assert scenario._footprints()[-1].y_m - shut == pytest.approx(reach / 2, abs=0.03), "drivers see it open"
        assert (clearance_m < reach) == hit
        advance_until(scenario, scenario.terminated)
        assert (scenario.result() == "collision") == hit and scenario.occurred()


@pytest.mark.parametrize(("way", "beside_m", "partner"), [("merges", 0.0, "neighbour"), ("stays", 0.0, "delimiter")])
def test_an_ego_that_reacts_to_nothing_hits_the_neighbour_or_the_taper(way: str, beside_m: float, partner: str) -> None:
    scenario: WorkZone = staged(
        "work_zone", "none", way=way, beside_m=beside_m, faster_mps=0.0, missing=0.0, shifted=0.0, taper_m=60.0,
        ego_speed_mps=22.0,
    )  # fmt: skip
    with scenario.world as world:
        advance_until(scenario, scenario.terminated, limit_s=13.0)
        names = {actor.id: actor.name for actor in world.actors}
        hit = [e for e in scenario.events if e.kind == "contact" and scenario.ego.id in (e.actor, e.other)]
        met = names[hit[0].actor if hit[0].other == scenario.ego.id else hit[0].other]
        assert met.startswith(partner)
