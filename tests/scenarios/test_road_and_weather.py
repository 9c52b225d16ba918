"""Road, weather and the car's own faults: the mechanism of each event, against what it must do."""

from __future__ import annotations

from collections.abc import Callable
from math import log, sqrt
from typing import Any

import numpy as np
import pytest
from cornercase.renderers.air import transmission
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.physics.road_friction import weathered
from cornercase.sim.world.sight import EYE_M
from cornercase.sim.world.weather import WeatherConfig


def episode(name: str, driver: str, weather: WeatherConfig | None = None, **pinned: Any) -> Episode:
    config = EpisodeConfig(ScenarioConfig(f"driving/{name}", driver), weather=weather or WeatherConfig())
    return Episode(config, seed=3, pinned=pinned)


def play(run: Episode, until: Callable[[Any], bool] = lambda scenario: False) -> Any:
    """The scenario after its end, or when `until` holds."""
    run.start()
    scenario = run.scenario
    while not scenario.terminated() and scenario.world.time_s < run.duration_s and not until(scenario):
        run.advance()
    return scenario


def test_a_bend_throws_out_who_asks_too_much_and_to_its_outside() -> None:
    slow = {"direction": "right", "demand": 0.7, "film_mm": 0.0, "radius_m": 90.0}
    with episode("bend_departure", "none", **slow) as run:
        scenario = play(run, lambda scenario: scenario._along_m() > scenario._bend_m + 60.0)
        assert "onset" in scenario.phases and not scenario.departed and scenario.harm() == 0.0
    with episode("bend_departure", "none", **{**slow, "demand": 1.3}) as run:
        scenario = play(run)
        sides = [event.detail for event in scenario.events if event.kind == "lane_departure"]
        assert scenario.departed and '"left"' in sides[0] and scenario.harm() > 5.0 and scenario.result() == "collision"


def test_the_grip_in_standing_water_is_that_of_its_depth_and_the_weather_stays_as_chosen() -> None:
    pinned = {"zone": "braking", "side": "left", "depth_mm": 3.0, "ego_speed_mps": 24.0, "length_m": 60.0}
    with episode("aquaplaning", "none", WeatherConfig(water_mm=0.0), **pinned) as run:
        scenario = play(run, lambda scenario: "onset" in scenario.phases)
        for _ in range(3):
            run.advance()
        left, right = scenario.ego.wheel_friction[[0, 2]], scenario.ego.wheel_friction[[1, 3]]
        wanted = weathered(0.85, np.array([3.0, 0.0, 0.0]), float(np.hypot(*scenario.ego.velocity_w[:2])))
        np.testing.assert_allclose(left, wanted, rtol=0.02)
        np.testing.assert_array_equal(right, 0.85)
        assert scenario.world.conditions.record(0.0)["water_mm"] == 0.0


@pytest.mark.parametrize(("wheel", "sign"), [("front_left", 1.0), ("front_right", -1.0)])
def test_a_flat_front_tyre_pulls_to_its_side(wheel: str, sign: float) -> None:
    pinned = {"wheel": wheel, "curvature_1pkm": 0.0, "burst_s": 0.5, "startle_s": 3.0, "beside_m": 40.0}
    with episode("tyre_blowout", "idm", ego_speed_mps=28.0, **pinned) as run:
        scenario = play(run, lambda scenario: scenario.world.time_s > 1.7)
        _, d = scenario.road.centre.project(scenario.ego.position_w[:2])
        assert sign * (d - scenario._ego_offset) > 0.15 and scenario.occurred()


def test_a_driver_sees_into_a_bank_of_fog_as_far_as_its_law_says() -> None:
    """An independent integral over the bank leaves 5 % of the contrast where the tail is first seen."""
    pinned = {"visibility_m": 40.0, "bank_m": 70.0, "inside_m": 20.0, "ego_speed_mps": 25.0, "tail_mps": 0.0}
    with episode("fog_bank_pile_up", "careful", **pinned) as run:
        scenario = play(run, lambda scenario: any(event.kind == "first_sight" for event in scenario.events))
        (bank,) = scenario.world.air(0.0).banks
        seen = next(event.value for event in scenario.events if event.kind == "first_sight")
        rear = scenario.hazard.position_w[0] - scenario.hazard.size[0] / 2
        eye = rear - seen - scenario.ego.size[0] / 2
        x = np.linspace(eye, rear, 2000)
        height = np.exp(-0.5 * (EYE_M / bank.sigma_m[2]) ** 2)
        depth = np.trapezoid(log(20.0) / 40.0 * height * np.exp(-0.5 * ((x - bank.centre_w[0]) / 70.0) ** 2), x)
        assert depth == pytest.approx(log(20.0), abs=0.35)
        assert 25.0 < seen < 60.0


def test_spray_hides_what_is_beyond_it_on_a_wet_road_only() -> None:
    left = {}
    for film_mm in (0.0, 0.6):
        weather = WeatherConfig(water_mm=film_mm)
        pinned = {"variant": "truck_brakes", "ego_speed_mps": 25.0, "headway_s": 1.2, "density_1pm": 0.5}
        with episode("truck_spray", "none", weather, **pinned) as run:
            scenario = play(run, lambda scenario: scenario.world.time_s > 0.3)
            world, truck, now = scenario.world, scenario.hazard, scenario.world.time_s
            left[film_mm] = scenario.contrast(truck)
            air = world.air(now)
            ahead = truck.position_w + np.array([truck.size[0], 0.0, 0.0])
            assert transmission(air, ahead, np.array([1.0, 0.0, 0.0]), 60.0)[0] > 0.95, "none before the truck"
            seen = world.scene(now - 0.02, now, key_times=2).environment.air.banks
            assert seen == world.air(0.5 * (now - 0.02 + now)).banks
    assert left[0.0] == 1.0 and 0.0 < left[0.6] < 0.3


def test_a_crest_hides_as_much_as_its_radius_says() -> None:
    """S = sqrt(2 R) (sqrt(h_eye) + sqrt(h_object)), where crest and sight line lie within one parabola."""
    pinned = {"radius_m": 400.0, "beyond_m": 25.0, "ego_speed_mps": 24.0, "kind": "sedan"}
    with episode("blind_crest", "none", **pinned) as run:
        scenario = play(run, lambda scenario: any(event.kind == "first_sight" for event in scenario.events))
        seen = next(event.value for event in scenario.events if event.kind == "first_sight")
        height = 0.75 * scenario.hazard.size[2]
        # the sight line reaches from middle to middle of the boxes
        between = seen + (scenario.ego.size[0] + scenario.hazard.size[0]) / 2
        assert between == pytest.approx(sqrt(2 * 400.0) * (sqrt(EYE_M) + sqrt(height)), abs=4.0)


def test_glare_ends_with_the_tunnel() -> None:
    pinned = {"glare_sight_m": 30.0, "queue_m": 40.0, "tail_mps": 0.0, "ego_speed_mps": 20.0}
    with episode("tunnel_exit", "none", **pinned) as run:
        scenario = play(run, lambda scenario: any(event.kind == "first_sight" for event in scenario.events))
        s, _ = scenario.road.centre.project(scenario.ego.position_w[:2])
        assert 0.0 < s - scenario.portal_m < 4.5, "within two looks at 10 Hz"
        sun = scenario.world.conditions.record(0.0)
        assert sun["sun_elevation_deg"] == pytest.approx(scenario.params.sun_elevation_deg)


def test_the_crash_ahead_takes_more_speed_than_brakes_could() -> None:
    pinned = {"ego_speed_mps": 26.0, "inattention_s": 1.7, "chain_headway_s": 0.5, "vehicles": "2"}
    with episode("secondary_crash", "none", deceleration_mps2=7.0, headway_s=2.5, **pinned) as run:
        scenario = play(run, lambda scenario: scenario._crashed())
        run.advance()
        striker, struck = scenario.hazard, scenario.world.actor("chain_1")
        assert striker.speed_mps < 26.0 - 4.0 and struck.speed_mps > 1.0
        assert scenario.occurred() and {"contact"} == {e.kind for e in scenario.events} - {"cause"}
