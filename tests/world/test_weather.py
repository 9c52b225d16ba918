"""The weather: laws of air and film, changes over time, errors, and every preset that comes with cornercase."""

from __future__ import annotations

import math
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
import yaml
from cornercase.renderers.air import Flake, transmission
from cornercase.sim.errors import ConfigError
from cornercase.sim.world.weather import WeatherConfig, film_mm
from hypothesis import given
from hypothesis import strategies as st

FILES = sorted((files("cornercase.conf") / "weather").iterdir(), key=lambda p: p.name)


def test_visibility_is_the_optical_range_at_five_per_cent_contrast() -> None:
    air = WeatherConfig(visibility_m=150.0).air(0.0)
    assert transmission(air, [0, 0, 1], [1, 0, 0], 150.0)[0] == pytest.approx(0.05, rel=1e-9)


def test_endless_visibility_is_perfectly_clear() -> None:
    assert WeatherConfig(visibility_m=1e7).air(0.0).clear
    assert WeatherConfig(visibility_m=1e7).cover(0.0).bare


@pytest.mark.parametrize(
    ("rate", "film"), [(0.0, 0.0), (0.05, 0.0), (0.5, 0.2), (10.0, 1.0), (50.0, 2.0), (400.0, 2.0)]
)
def test_film_that_rain_leaves(rate: float, film: float) -> None:
    assert film_mm(rate) == pytest.approx(film)
    assert WeatherConfig(rain_mmph=rate).cover(0.0).water_mm == pytest.approx(film)


@given(st.floats(0.0, 500.0), st.floats(0.0, 500.0))
def test_more_rain_leaves_no_thinner_film(a: float, b: float) -> None:
    assert film_mm(min(a, b)) <= film_mm(max(a, b)) + 1e-12


def test_a_film_that_is_given_is_taken() -> None:
    assert WeatherConfig(rain_mmph=50.0, water_mm=0.0).cover(0.0).water_mm == 0.0
    assert WeatherConfig(water_mm=1.3).cover(0.0).water_mm == 1.3


def test_one_state_reaches_air_and_ground() -> None:
    weather = WeatherConfig(
        visibility_m=500.0,
        rain_mmph=3.0,
        snow_mmph=1.0,
        flake="wet",
        snow_cover=0.4,
        ice_cover=0.2,
        wind_mps=[3.0, -1.0],
    )
    air, cover = weather.air(2.0), weather.cover(2.0)
    assert air.fog_extinction_per_m == pytest.approx(math.log(20) / 500.0)
    assert (air.rain_mmph, air.snow_mmph, air.flake, air.wind_w) == (3.0, 1.0, Flake.WET, (3.0, -1.0, 0.0))
    assert (cover.snow, cover.ice) == (0.4, 0.2)


def test_wind_carries_the_pattern_of_uneven_fog() -> None:
    weather = WeatherConfig(visibility_m=80.0, unevenness=0.8, wind_mps=[4.0, -2.0])
    assert not weather.settled
    here, there = np.array([10.0, 3.0, 1.5]), np.array([10.0 + 4.0 * 7, 3.0 - 2.0 * 7, 1.5])
    now, later = weather.air(0.0), weather.air(7.0)
    along = [0.6, 0.8, 0.0]
    assert transmission(now, here, along, 60.0)[0] == pytest.approx(
        transmission(later, there, along, 60.0)[0], rel=1e-9
    )
    assert transmission(now, here, along, 60.0)[0] != pytest.approx(transmission(later, here, along, 60.0)[0], rel=1e-3)


def test_the_pattern_does_not_jump_when_the_wind_turns() -> None:
    weather = WeatherConfig(
        visibility_m=80.0, unevenness=0.8, wind_mps=[4.0, 0.0], changes=[{"time_s": 10.0, "wind_mps": [0.0, 2.0]}]
    )
    places = {t: weather.air(t).drift_m for t in (-1.0, 5.0, 10.0, 13.0)}
    assert places == {-1.0: (-4.0, 0.0, 0.0), 5.0: (20.0, 0.0, 0.0), 10.0: (40.0, 0.0, 0.0), 13.0: (40.0, 6.0, 0.0)}


def test_fog_banks_add_to_the_haze_where_they_stand() -> None:
    bank: dict[str, Any] = {"centre_m": [100.0, 0.0, 0.0], "visibility_m": 30.0}
    weather = WeatherConfig(visibility_m=2000.0, banks=[bank])
    clear = WeatherConfig(visibility_m=2000.0)
    through, beside = [[0.0, 0.0, 1.0], [0.0, 900.0, 1.0]], [1.0, 0.0, 0.0]
    hidden = transmission(weather.air(0.0), through, [beside] * 2, [200.0] * 2)
    bare = transmission(clear.air(0.0), through, [beside] * 2, [200.0] * 2)
    assert hidden[0] < 0.01 * bare[0]
    assert hidden[1] == pytest.approx(bare[1], rel=1e-6)


def test_a_shower_comes_up_linearly_and_stays() -> None:
    weather = WeatherConfig(
        visibility_m=20_000.0, water_mm=0.0,
        changes=[{"time_s": 1.0, "rain_mmph": 0.0}, {"time_s": 6.0, "rain_mmph": 30.0, "visibility_m": 4000.0}],
    )  # fmt: skip
    assert not weather.settled and weather.falls
    assert [weather.air(t).rain_mmph for t in (-1.0, 0.0, 1.0, 3.5, 6.0, 99.0)] == pytest.approx([0, 0, 0, 15, 30, 30])
    assert weather.at(3.0).visibility_m == pytest.approx(20_000.0 - 16_000.0 / 2)
    assert weather.cover(6.0).water_mm == 0.0


def test_a_film_follows_the_rain_while_it_changes() -> None:
    weather = WeatherConfig(changes=[{"time_s": 4.0, "rain_mmph": 10.0}])
    assert weather.cover(0.0).bare
    assert weather.cover(2.0).water_mm == pytest.approx(film_mm(5.0))
    assert weather.cover(4.0).water_mm == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"visibility_m": 1.0}, "weather.visibility_m is 1.0, expected 5 to inf"),
        ({"rain_mmph": -1.0}, "weather.rain_mmph is -1.0, expected 0 to 500"),
        ({"rain_mmph": float("nan")}, "weather.rain_mmph is nan"),
        ({"snow_cover": 1.2}, "weather.snow_cover is 1.2, expected 0 to 1"),
        ({"rain_mmph": "x"}, "weather.rain_mmph is 'x', expected a number"),
        ({"water_mm": "x"}, "weather.water_mm is 'x', expected a number or null"),
        ({"wind_mps": 4}, "weather.wind_mps is 4, expected two numbers"),
        ({"banks": 4}, "weather.banks is 4, expected a list"),
        ({"banks": [{"centre_m": ["a", 0, 0]}]}, "fog bank centre_m is .* expected three numbers"),
        ({"changes": "later"}, "weather.changes is 'later', expected a list of fields"),
        ({"changes": [{"time_s": "x"}]}, r"weather.changes\[0\].time_s is 'x', expected a number"),
        ({"changes": [{"time_s": 1.0, "rain_mmph": "x"}]}, "weather.rain_mmph is 'x', expected a number"),
        ({"flake": "graupl"}, "did you mean 'graupel'"),
        ({"wind_mps": [1.0, 2.0, 3.0]}, "expected two numbers"),
        ({"banks": [{"centre": [0, 0, 0]}]}, r"weather.banks\[0\] is .* expected centre_m"),
        ({"banks": [{"centre_m": [0, 0]}]}, "fog bank centre_m is .* expected three numbers"),
        ({"banks": [{"centre_m": [0, 0, 0], "sigma_m": [1, 0, 1]}]}, "expected three values above 0"),
        ({"changes": [{"rain_mmph": 2.0}]}, r"weather.changes\[0\] has no time_s"),
        ({"changes": [{"time_s": 1.0, "rain_mph": 2.0}]}, "sets 'rain_mph'; did you mean 'rain_mmph'"),
        ({"changes": [{"time_s": 1.0, "flake": "wet"}]}, "sets 'flake'"),
        ({"changes": [{"time_s": 2.0}, {"time_s": 1.0}]}, r"weather.changes\[1\].time_s is 1.0, expected at least 2"),
        ({"changes": [{"time_s": 1.0, "rain_mmph": -2.0}]}, "weather.rain_mmph is -2.0"),
    ],
)
def test_mistakes_are_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        WeatherConfig(**values)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_each_preset_is_a_weather(path: Any) -> None:
    weather = WeatherConfig(**(yaml.safe_load(path.read_text(encoding="utf-8")) or {}))
    for time_s in (0.0, 3.3, 60.0):
        assert 0.0 <= transmission(weather.air(time_s), [0, 0, 1], [1, 0, 0], 100.0)[0] <= 1.0
        assert weather.cover(time_s).water_mm <= 2.0


RAIN_CLASSES = {  # mm/h, of showers and of steady rain
    "slight_rain": (0.0, 0.5), "moderate_rain": (0.5, 4.0), "heavy_rain": (4.0, 8.0),
    "heavy_shower": (10.0, 50.0), "violent_shower": (50.0, 500.0),
}  # fmt: skip
SNOW_CLASSES = {"light_snow": (0.0, 1.0), "moderate_snow": (1.0, 2.5), "heavy_snow": (2.5, 100.0)}
FOG_CLASSES = {
    "mist": (1000.0, 2000.0),
    "light_fog": (200.0, 1000.0),
    "thick_fog": (50.0, 200.0),
    "dense_fog": (0.0, 50.0),
}


@pytest.mark.parametrize(
    ("quantity", "classes"),
    [("rain_mmph", RAIN_CLASSES), ("snow_mmph", SNOW_CLASSES), ("visibility_m", FOG_CLASSES)],
)
def test_presets_lie_in_the_class_of_their_name(quantity: str, classes: dict[str, tuple[float, float]]) -> None:
    for name, (low, high) in classes.items():
        text = (files("cornercase.conf") / "weather" / f"{name}.yaml").read_text(encoding="utf-8")
        assert low < yaml.safe_load(text)[quantity] <= high, name
