"""UN R157 cut-in: when the lane change begins, along which profile, and that nobody else is in the way."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.scenarios.driving.cut_in import CutIn
from cornercase.sim.episode.scenario import find
from cornercase.sim.episode.streams import Streams
from cornercase.sim.world.vehicle_actor import VehicleActor

KMH = 1.0 / 3.6
CONTROL_S = 1.0 / 60.0


def staged(number: int, **pinned: float | str) -> CutIn:
    streams = Streams(3, number)
    return CutIn(find("driving/cut_in").space().draw(streams.rng("scenario"), pinned), streams, "none")


@pytest.mark.parametrize(
    ("number", "pinned"),
    [
        (0, {"gap_m": 6.0, "lateral_speed_mps": 2.5, "side": "left", "kind": "sedan"}),
        (1, {"gap_m": 25.0, "lateral_speed_mps": 1.5, "side": "right", "kind": "box_truck"}),
    ],
)
def test_the_lane_change_begins_at_the_encoded_gap_and_follows_the_encoded_profile(
    number: int, pinned: dict[str, float | str]
) -> None:
    scenario = staged(number, **pinned)
    p = scenario.params
    with scenario.world as world:
        other = scenario.hazard
        assert isinstance(other, VehicleActor)
        free = np.inf
        while "onset" not in scenario.phases:
            before = free
            scenario.act(None)
            scenario.advance()
            free = scenario.free_space_m()
            assert world.time_s < 6.0
        closing = abs(p.relative_speed_mps)
        assert free <= p.gap_m < before
        assert p.gap_m - free <= CONTROL_S * closing + 1e-6
        assert scenario.ego.speed_mps - other.speed_mps == pytest.approx(closing, rel=0.03)
        track = world.stage.road
        assert track is not None
        start_d, rows = track.centre.project(other.position_w[:2])[1], []
        for _ in range(240 * 4):
            scenario.act(None)
            scenario.advance()
            rows.append(track.centre.project(other.position_w[:2])[1])
            if "contact" in scenario.phases:
                break
        lateral = np.abs(np.diff(rows)) * 240.0
        way = abs(scenario.ego.position_w[1] - other.position_w[1])
        width = abs(track.lanes[1].offset_m - track.lanes[0].offset_m)
        assert abs(start_d - track.centre.project(scenario.ego.position_w[:2])[1]) == pytest.approx(width, abs=0.1)
        if "contact" not in scenario.phases:
            assert way < 0.2, "it ends in the ego's lane"
        assert np.median(lateral[lateral > 0.9 * lateral.max()]) == pytest.approx(p.lateral_speed_mps, rel=0.15)


def test_the_ranges_are_those_of_the_regulation() -> None:
    """20 to 60 km/h, 50 to 10 km/h slower, up to 60 m, 0.5 to 3 m/s: defaults lie within, and all of it can be set."""
    regulation = {
        "ego_speed_mps": (20 * KMH, 60 * KMH),
        "relative_speed_mps": (-50 * KMH, -10 * KMH),
        "gap_m": (1.0, 60.0),
        "lateral_speed_mps": (0.5, 3.0),
    }
    for name, declared in CutIn.space().parameters.items():
        if name in regulation:
            low, high = regulation[name]
            assert declared.low is not None and declared.high is not None
            assert declared.low <= low + 0.1 and declared.high >= high - 0.1
            drawn_low, drawn_high = declared.distribution.bounds
            assert low - 0.1 <= drawn_low and drawn_high <= high + 0.1
    assert set(CutIn.space().parameters["kind"].distribution.options) == {  # type: ignore[attr-defined]
        "hatchback", "sedan", "suv", "van", "box_truck",
    }  # fmt: skip


def test_traffic_touches_nobody() -> None:
    scenario = staged(4)
    own = {scenario.ego.id, scenario.hazard.id}
    with scenario.world as world:
        while world.time_s < 8.0:
            scenario.act(None)
            scenario.advance()
        for event in scenario.events:
            assert event.kind != "contact" or {event.actor, event.other} == own
