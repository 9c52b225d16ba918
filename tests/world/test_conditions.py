"""Conditions on a stage: one state for every sensor and wheel, lamps that come on by themselves, every preset."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
import yaml
from cornercase.renderers.scene import Beam, Environment, Lamp, Luminaire
from cornercase.sim.errors import ConfigError
from cornercase.sim.physics.ground import Ground
from cornercase.sim.world.assets.asset import Asset
from cornercase.sim.world.conditions import Conditions, fair
from cornercase.sim.world.light import LightConfig, ground_lx
from cornercase.sim.world.path import Path
from cornercase.sim.world.stages.stage import Placement, Road, Stage
from cornercase.sim.world.weather import WeatherConfig

LAMP = Luminaire((0.0, 0.0, 8.0), (0.0, 0.0, -1.0), (4000.0, 3500.0, 2500.0), Beam.STREET)


def preset(group: str, name: str) -> Any:
    values = yaml.safe_load((files("cornercase.conf") / group / name).read_text(encoding="utf-8")) or {}
    return {"weather": WeatherConfig, "light": LightConfig}[group](**values)


PRESETS = [
    (group, path.name)
    for group in ("weather", "light")
    for path in sorted((files("cornercase.conf") / group).iterdir(), key=lambda p: p.name)
]
EACH = pytest.mark.parametrize(("group", "name"), PRESETS)


def street() -> Stage:
    """A road with one lamp."""
    post = Asset("post", 0, (0.2, 0.2, 8.0), (), luminaires=(LAMP,))
    road = Road(Path.from_segments([(100.0, 0.0)]), (), -4.0, 4.0)
    return Stage("lane", (Placement.upright(post, 5.0, 3.0),), Ground(), Environment(), road)


def hall() -> Stage:
    return Stage("hall", (), Ground(), Environment())


def on(stage: Callable[[], Stage], group: str, name: str) -> Conditions:
    parts = {"weather": WeatherConfig(), "light": LightConfig()} | {group: preset(group, name)}
    return Conditions(parts["weather"], parts["light"], stage())


@EACH
def test_each_preset_builds_outdoors(group: str, name: str) -> None:
    conditions = on(street, group, name)
    keys = set(fair(street()).record(0.0))
    for time_s in (-0.25, 0.0, 2.5, 30.0):
        environment = conditions.environment(time_s)
        assert environment.air == conditions.environment(time_s).air
        assert conditions.headlights(time_s) in ("off", "low", "high")
        record = conditions.record(time_s)
        assert set(record) == keys and np.all(np.isfinite(list(record.values())))
        assert record["water_mm"] == environment.cover.water_mm
        assert record["rain_mmph"] == environment.air.rain_mmph


@EACH
def test_each_preset_builds_indoors_or_says_why_not(group: str, name: str) -> None:
    """What a hall cannot have is refused; what is not refused leaves its light and its floor alone."""
    try:
        conditions = on(hall, group, name)
    except ConfigError as error:
        assert str(error).startswith(group) and "need a place outdoors, hall has a roof" in str(error)
        outdoors = on(street, group, name)
        plain, changed = fair(street()).environment(30.0), outdoors.environment(30.0)
        assert (changed.cover, changed.sun, changed.sky) != (plain.cover, plain.sun, plain.sky)
        return
    own = Environment()
    environment = conditions.environment(30.0)
    assert (environment.sun, environment.sky, environment.cover) == (own.sun, own.sky, own.cover)
    assert conditions.headlights(30.0) == "off" or group == "light"
    assert conditions.street_lamps(30.0) == ()


@pytest.mark.parametrize(
    "weather", [{"rain_mmph": 1.0}, {"changes": [{"time_s": 9.0, "snow_mmph": 1.0}]}, {"water_mm": 1.0}]
)
def test_a_roof_keeps_the_weather_out(weather: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="hall has a roof"):
        Conditions(WeatherConfig(**weather), LightConfig(), hall())


@pytest.mark.parametrize("light", [{"sun_elevation_deg": 3.0}, {"changes": [{"time_s": 9.0, "clouds": 1.0}]}])
def test_a_roof_keeps_the_sun_out(light: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="expected light=day"):
        Conditions(WeatherConfig(), LightConfig(**light), hall())


def test_fog_may_fill_a_hall() -> None:
    assert (
        Conditions(WeatherConfig(visibility_m=20.0), LightConfig(), hall()).environment(0.0).air.fog_extinction_per_m
        > 0.1
    )


@pytest.mark.parametrize(
    ("weather", "light", "lit", "street_lit"),
    [
        ({}, {}, "off", False),
        ({"visibility_m": 300.0}, {}, "low", False),
        ({"rain_mmph": 3.0}, {}, "low", False),
        ({}, {"sun_elevation_deg": -4.5}, "low", True),
        ({}, {"sun_elevation_deg": -4.5, "headlights": "high"}, "high", True),
        ({}, {"sun_elevation_deg": -4.5, "headlights": "off", "street_lamps": "off"}, "off", False),
        ({}, {"street_lamps": "on"}, "off", True),
    ],
)
def test_lamps_come_on_by_themselves(
    weather: dict[str, Any], light: dict[str, Any], lit: str, street_lit: bool
) -> None:
    conditions = Conditions(WeatherConfig(**weather), LightConfig(**light), street())
    assert conditions.headlights(0.0) == lit
    assert conditions.vehicle_lamps(0.0) == (Lamp.NONE if lit == "off" else Lamp.HEAD | Lamp.TAIL)
    assert len(conditions.street_lamps(0.0)) == int(street_lit)
    if street_lit:
        np.testing.assert_allclose(conditions.street_lamps(0.0)[0].position_w, (5.0, 3.0, 8.0))


def test_the_sun_sets_during_an_episode() -> None:
    light = LightConfig(sun_elevation_deg=10.0, changes=[{"time_s": 10.0, "sun_elevation_deg": -10.0}])
    conditions = Conditions(WeatherConfig(), light, street())
    assert not conditions.settled
    times = np.linspace(0.0, 12.0, 25)
    lux = [ground_lx(conditions.environment(float(t))) for t in times]
    assert lux == sorted(lux, reverse=True) and lux[0] > 1e4 * lux[-1]
    assert conditions.record(2.5)["sun_elevation_deg"] == pytest.approx(5.0)
    assert [conditions.headlights(t) for t in (0.0, 12.0)] == ["off", "low"]


def test_settled_conditions_are_worked_out_once() -> None:
    conditions = Conditions(WeatherConfig(rain_mmph=4.0), LightConfig(), street())
    assert conditions.settled
    assert conditions.environment(0.0) is conditions.environment(7.0)


def test_a_fair_day_is_the_light_of_the_stage() -> None:
    stage = street()
    environment = fair(stage).environment(0.0)
    assert (environment.sun, environment.sky) == (stage.environment.sun, stage.environment.sky)
    assert environment.cover.bare
