"""Mobile robots: each event follows from its cause, and does not happen where the cause is taken away."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import atan, degrees
from typing import Any

import pytest
from cornercase.scenarios.robotics.blocked_corridor import BlockedCorridor
from cornercase.scenarios.robotics.crossing_people import CrossingPeople
from cornercase.scenarios.robotics.glass_door import GlassDoor
from cornercase.scenarios.robotics.low_overhang import LowOverhang
from cornercase.scenarios.robotics.stairs_down import StairsDown
from cornercase.scenarios.robotics.toppling_pallet import TopplingPallet
from cornercase.scenarios.robotics.wet_floor import WetFloor
from cornercase.sim.episode.mobile import MobileScenario
from cornercase.sim.episode.streams import Streams


@dataclass
class Story:
    scenario: MobileScenario
    outcome: str = ""
    occurred: bool = False
    harm: float = 0.0
    gaps: list[float] = field(default_factory=list)

    @property
    def causes(self) -> list[str]:
        return [event.detail.split('"')[3] for event in self.scenario.events if event.kind == "cause"]

    def at_s(self, kind: str) -> float:
        return next(event.time_ns for event in self.scenario.events if event.kind == kind) / 1e9


def play(what: type[MobileScenario], /, *, driver: str = "", number: int = 0, **pinned: Any) -> Story:
    streams = Streams(5, number)
    scenario = what(what.space().draw(streams.rng("scenario"), pinned), streams, driver)
    story = Story(scenario)
    with scenario.world as world:
        while world.time_s < scenario.duration_s and not scenario.terminated():
            scenario.act(None)
            scenario.advance()
            if world.tick % 24 == 0:
                story.gaps.append(scenario.criticality()["clearance_m"])
    story.outcome, story.occurred, story.harm = scenario.outcome(), scenario.occurred(), scenario.harm()
    return story


def test_a_clear_pane_is_hit_at_speed_and_a_frosted_one_is_seen() -> None:
    blind = play(GlassDoor, opacity=0.02, angle_deg=0.0, speed_mps=1.2)
    assert (blind.outcome, blind.occurred) == ("contact", True)
    assert blind.harm == pytest.approx(1.2, abs=0.05)
    assert blind.causes == ["transparent_obstacle", "not_in_scan", "impact"]
    seen = play(GlassDoor, opacity=0.8, angle_deg=0.0, speed_mps=1.2)
    assert not seen.occurred and seen.harm == 0.0 and "escape" in seen.scenario.phases
    assert min(seen.gaps) == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(("kind", "load"), [("dock", "totes"), ("stairs", "none")])
def test_it_falls_at_least_as_hard_as_from_the_height_of_one_step(kind: str, load: str) -> None:
    story = play(StairsDown, kind=kind, load=load, drop_m=0.5, speed_mps=1.2)
    assert (story.outcome, story.scenario.result()) == ("fall", "collision")
    assert 1.8 < story.harm < 4.5  # one riser is worth sqrt(2 g 0.17) = 1.8 m/s, the whole drop and the turn 4.5
    assert story.at_s("wheel_over_edge") < story.at_s("fall") <= story.scenario.phases["contact"].time_ns / 1e9


@pytest.mark.parametrize(("kind", "underside", "outcome"), [("tines", 0.7, "contact"), ("bench", 1.3, "clear")])
def test_only_what_hangs_between_scan_and_roof_is_hit(kind: str, underside: float, outcome: str) -> None:
    assert play(LowOverhang, kind=kind, underside_m=underside, speed_mps=1.2).outcome == outcome


def test_a_dry_floor_stops_it_where_it_means_to_and_a_spill_does_not() -> None:
    dry = play(WetFloor, friction=0.6, speed_mps=1.5, target="cage")
    assert not dry.occurred and min(dry.gaps) == pytest.approx(0.3, abs=0.06)
    wet = play(WetFloor, friction=0.03, length_m=2.8, speed_mps=1.6, target="cage")
    assert wet.occurred and wet.outcome == "contact"
    assert wet.causes == ["low_friction", "wheels_slide", "impact"]


def test_people_far_ahead_are_no_event_and_near_ones_are_hit_by_who_does_not_look() -> None:
    far = play(CrossingPeople, gap_m=5.5, people=1, walk_mps=1.4, speed_mps=1.2)
    assert far.outcome == "clear" and not far.occurred
    near = play(CrossingPeople, driver="none", gap_m=0.2, people=1, walk_mps=1.3, speed_mps=1.3)
    assert near.outcome == "contact" and near.scenario.hazard.walker.released  # type: ignore[attr-defined]
    assert near.harm > 0.9


@pytest.mark.parametrize(("friction", "layers"), [(0.25, 3), (0.85, 5)])
def test_the_stack_goes_when_it_must_slide_or_tip(friction: float, layers: int) -> None:
    """tan(tilt) = mu or depth / height, whichever comes first; 0.1 m of motion takes some more time."""
    story = play(TopplingPallet, friction=friction, layers=layers, tilt_rate_dps=10.0, lead_m=4.0, speed_mps=1.0)
    assert story.occurred
    begun = next(e.time_ns for e in story.scenario.events if '"stack_unstable"' in e.detail) / 1e9
    tilted = 10.0 * (begun - story.scenario.phases["onset"].time_ns / 1e9)
    expected = degrees(atan(min(friction, 0.74 / (layers * 0.38))))
    assert expected - 1.0 < tilted < expected + 9.0


def test_a_wide_passage_is_driven_and_a_narrow_one_is_not() -> None:
    wide = play(BlockedCorridor, kind="cages", width_m=1.1, offset_m=0.0, speed_mps=1.5)
    assert wide.outcome in ("clear", "near_miss") and not wide.occurred
    narrow = play(BlockedCorridor, kind="drums", width_m=0.4, offset_m=0.0, speed_mps=1.5)
    assert narrow.outcome == "stuck" and narrow.scenario.result() == "near_miss"


def test_an_agent_that_stops_before_the_edge_stays_up() -> None:
    streams = Streams(5)
    scenario = StairsDown(StairsDown.space().draw(streams.rng("scenario"), {"speed_mps": 1.2}), streams)
    with scenario.world as world:
        while world.time_s < 6.0:
            ahead = scenario.remaining_m() > scenario.stopping_distance_m() + 0.15
            scenario.act([0.6 if ahead else 0.0, 0.0])  # type: ignore[arg-type]
            for _ in range(24):
                scenario.advance()
        assert scenario.outcome() == "clear" and scenario.harm() == 0.0
        assert 0.0 < scenario.remaining_m() < 0.4
        bounds = scenario.observation_bounds()
        for name, value in scenario.observe().items():
            low, high = bounds[name]
            assert value.shape == low.shape and (value >= low).all() and (value <= high).all()


@pytest.mark.parametrize("kind", [WetFloor, StairsDown])
def test_a_robot_that_drives_back_hits_the_wall_of_the_hall(kind: type[MobileScenario]) -> None:
    streams = Streams(5)
    scenario = kind(kind.space().draw(streams.rng("scenario")), streams)
    clearances = []
    with scenario.world as world:
        while world.time_s < scenario.duration_s and not scenario.terminated():
            scenario.act([-1.0, 0.0])  # type: ignore[arg-type]
            for _ in range(24):
                scenario.advance()
            clearances.append(scenario.criticality()["clearance_m"])
        assert scenario.outcome() == "contact" and scenario.harm() > 1.5
        assert -15.0 < scenario.ego.position_w[0] < -14.0 and min(clearances) < 0.2
        assert any("the robot and hall wall touch" in event.detail for event in scenario.events)
