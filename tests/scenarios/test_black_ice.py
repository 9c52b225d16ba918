"""Black ice: the friction each wheel meets, and what it does to the car."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.transforms import yaw_of
from cornercase.scenarios.driving.black_ice import BlackIce
from cornercase.sim.episode.scenario import find
from cornercase.sim.episode.streams import Streams

ASPHALT = 0.85


def staged(driver: str, number: int = 0, **pinned: float | str) -> BlackIce:
    streams = Streams(11, number)
    return BlackIce(find("driving/black_ice").space().draw(streams.rng("scenario"), pinned), streams, driver)


def step(scenario: BlackIce) -> None:
    scenario.act(None)
    scenario.advance()


def along(scenario: BlackIce, xy: np.ndarray) -> tuple[float, float]:
    road = scenario.world.stage.road
    assert road is not None
    return road.centre.project(xy)


@pytest.mark.parametrize("split", ["none", "left", "right"])
def test_each_wheel_meets_the_friction_under_it(split: str) -> None:
    scenario = staged("none", zone="braking", split=split, friction=0.1, ego_speed_mps=20.0, patch_length_m=40.0)
    slippery = {"none": {0, 1, 2, 3}, "left": {0, 2}, "right": {1, 3}}[split]
    seen: set[tuple[float, ...]] = set()
    with scenario.world as world:
        ego = scenario.ego
        while world.time_s < 7.0 and "contact" not in scenario.phases:
            step(scenario)
            s, _ = along(scenario, ego.position_w[:2])
            friction = ego.wheel_friction
            seen.add(tuple(friction))
            on_it = 130.0 + 3.0 < s < 170.0 - 3.0
            off_it = s < 130.0 - 3.0 or s > 170.0 + 3.0
            for wheel in range(4):
                if on_it:
                    assert friction[wheel] == (0.1 if wheel in slippery else ASPHALT), f"wheel {wheel} at {s:.1f} m"
                if off_it:
                    assert friction[wheel] == ASPHALT
        assert s > 173.0, "it went over the whole patch"
    assert len(seen) > 2, "axles enter one after the other"


def test_a_bend_that_asphalt_carries_throws_the_car_off_on_ice() -> None:
    """v^2 / R = 24^2 / 220 = 2.6 m/s^2: 0.31 of dry grip, four times that of ice."""
    far = {}
    for friction in (0.85, 0.06):
        scenario = staged(
            "none",
            zone="bend",
            split="none",
            friction=friction,
            ego_speed_mps=24.0,
            radius_m=220.0,
            patch_length_m=60.0,
        )
        with scenario.world as world:
            _, lane = along(scenario, scenario.ego.position_w[:2])
            worst = 0.0
            while world.time_s < 8.0 and "contact" not in scenario.phases:
                step(scenario)
                worst = max(worst, abs(along(scenario, scenario.ego.position_w[:2])[1] - lane))
            far[friction] = worst, [event.kind for event in scenario.events if event.kind != "cause"]
    assert far[0.85][0] < 0.6 and far[0.85][1] == []
    assert far[0.06][0] > 1.0 and far[0.06][1][0] == "loss_of_control"


@pytest.mark.parametrize(("split", "sign"), [("left", -1.0), ("right", 1.0)])
def test_braking_on_split_grip_turns_the_car_to_the_side_with_grip(split: str, sign: float) -> None:
    scenario = staged("none", zone="braking", split=split, friction=0.08, ego_speed_mps=22.0, patch_length_m=60.0)
    with scenario.world:
        while "onset" not in scenario.phases:
            step(scenario)
        before = float(yaw_of(scenario.ego.orientation_w))
        for _ in range(60):
            scenario.act(np.array([-1.0, 0.0]))
            scenario.advance()
        assert sign * (float(yaw_of(scenario.ego.orientation_w)) - before) > 0.01
