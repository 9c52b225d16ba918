"""The light: where the sun stands, how much it gives, what cloud, fog and night leave of it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
import yaml
from cornercase.renderers.air import Air, fog_extinction
from cornercase.renderers.camera.sky import dome_of, light_table, sky_irradiance
from cornercase.renderers.scene import Cover, Environment
from cornercase.sim.errors import ConfigError
from cornercase.sim.world.light import LightConfig, air_mass, direct_lx, dome_lx, ground_lx, illuminate, sun_position
from hypothesis import given
from hypothesis import strategies as st

FILES = sorted((files("cornercase.conf") / "light").iterdir(), key=lambda p: p.name)
ELEVATIONS = st.floats(-20.0, 90.0)
LUMA = np.array([0.2126, 0.7152, 0.0722])


def noon(utc: str, latitude_deg: float) -> float:
    """Elevation [deg] at this instant for the longitude where the sun culminates."""
    return max(math.degrees(sun_position(utc, latitude_deg, x)[0]) for x in np.arange(-180.0, 180.0, 0.25))


@pytest.mark.parametrize("latitude", [-35.0, 0.0, 23.0, 48.8, 66.0])
def test_noon_at_the_equinox_is_ninety_degrees_less_the_latitude(latitude: float) -> None:
    assert noon("2026-03-20T14:46", latitude) == pytest.approx(90.0 - abs(latitude), abs=0.15)


@pytest.mark.parametrize(("utc", "declination"), [("2026-06-21T08:25", 23.44), ("2026-12-21T20:50", -23.44)])
def test_noon_at_the_solstices_is_higher_and_lower_by_the_tilt(utc: str, declination: float) -> None:
    assert noon(utc, 48.8) == pytest.approx(90.0 - 48.8 + declination, abs=0.02)


def test_declination_of_a_published_example() -> None:
    """Meeus, Astronomical Algorithms, example 25.a: -7.78507 degrees on 1992 October 13, 0 h; seen from the pole."""
    assert math.degrees(sun_position("1992-10-13T00:00", 90.0, 0.0)[0]) == pytest.approx(-7.785, abs=0.01)


def test_place_of_the_sun_in_a_published_example() -> None:
    """Reda and Andreas 2004, solar position algorithm: zenith 50.11, azimuth 194.34 from north; refraction 0.02."""
    elevation, azimuth = np.degrees(sun_position("2003-10-17T19:30:30Z", 39.742476, -105.1786))
    assert elevation == pytest.approx(90.0 - 50.11162 - 0.016, abs=0.02)
    assert (90.0 - azimuth) % 360.0 == pytest.approx(194.34024, abs=0.03)


def test_the_sun_rises_in_the_east_and_sets_in_the_west() -> None:
    start = datetime(2026, 3, 20, tzinfo=UTC)
    day = [sun_position((start + timedelta(minutes=5 * k)).isoformat(), 48.8, 0.0) for k in range(288)]
    up = np.array([e for e, _ in day]) > 0.0
    assert 5 * up.sum() == pytest.approx(720, abs=10)
    azimuths = np.degrees([a for _, a in day])[up]
    assert azimuths[0] == pytest.approx(0.0, abs=2.0)
    assert abs(azimuths[-1]) == pytest.approx(180.0, abs=2.0)
    assert azimuths[len(azimuths) // 2] == pytest.approx(-90.0, abs=2.0)


def test_times_with_an_offset_are_the_same_instant() -> None:
    assert sun_position("2026-06-21T14:00+02:00", 48.8, 9.2) == sun_position("2026-06-21T12:00", 48.8, 9.2)


def test_sunlight_has_the_strength_of_a_clear_day() -> None:
    assert direct_lx(math.radians(60)) == pytest.approx(100_000.0, rel=0.05)
    assert direct_lx(math.radians(90)) == pytest.approx(128_000.0 * math.exp(-0.21), rel=1e-3)
    assert direct_lx(0.0) == 0.0
    assert air_mass(math.radians(30)) == pytest.approx(2.0, rel=0.01)
    assert air_mass(0.0) == pytest.approx(36.5, rel=0.02)


@pytest.mark.parametrize(("elevation", "lux"), [(-6.0, 3.4), (-12.0, 0.008)])
def test_twilight(elevation: float, lux: float) -> None:
    assert dome_lx(math.radians(elevation), 0.0) == pytest.approx(lux, rel=1e-6)


@given(ELEVATIONS, ELEVATIONS, st.sampled_from([0.0, 0.5, 1.0]))
def test_a_higher_sun_gives_no_less(a: float, b: float, clouds: float) -> None:
    low, high = math.radians(min(a, b)), math.radians(max(a, b))
    assert dome_lx(low, clouds) <= dome_lx(high, clouds) * (1 + 1e-12)
    assert direct_lx(low) <= direct_lx(high)


def lit(air: Air | None = None, **light: Any) -> Environment:
    return illuminate(Environment(), LightConfig(**light), air or Air(), outdoors=True)


def test_the_ground_has_the_light_of_well_known_days() -> None:
    assert 8e4 < ground_lx(lit(sun_elevation_deg=60.0, clouds=0.0)) < 1.2e5
    assert 5e3 < ground_lx(lit(sun_elevation_deg=40.0, clouds=1.0)) < 2.5e4
    assert 1.0 < ground_lx(lit(sun_elevation_deg=-6.0, clouds=0.0)) < 6.0
    assert 0.001 < ground_lx(lit(sun_elevation_deg=-30.0, clouds=0.0)) < 0.05


@pytest.mark.parametrize("clouds", [0.0, 1.0])
def test_day_grows_darker_without_a_jump(clouds: float) -> None:
    elevations = np.arange(-18.0, 80.0, 0.25)
    lux = np.array([ground_lx(lit(sun_elevation_deg=float(e), clouds=clouds)) for e in elevations])
    assert np.all(np.diff(lux) >= -1e-9)
    # a step of a quarter of a degree: the law of the clear dome rises with the root of the height just after sunrise
    rises = lux[1:] / lux[:-1]
    assert np.max(rises) < 2.4
    assert np.max(rises[elevations[1:] <= 0.0]) < 1.4


@pytest.mark.parametrize("clouds", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("elevation", [-4.0, 5.0, 40.0, 80.0])
def test_what_the_dome_is_said_to_give_is_what_its_picture_gives(clouds: float, elevation: float) -> None:
    """Illuminance of flat ground by the integral of the drawn dome against `dome_lx`."""
    environment = lit(sun_elevation_deg=elevation, clouds=clouds)
    drawn = float(np.array(sky_irradiance(dome_of(light_table(environment)), 1.0)) @ LUMA)
    overcast = max(0.0, (clouds - 0.5) * 2.0)
    assert drawn == pytest.approx(dome_lx(math.radians(elevation), overcast), rel=0.01)
    sun = environment.sun
    direct = float(np.asarray(sun.illuminance_lx) @ LUMA) * max(sun.direction_w[2], 0.0)
    assert ground_lx(environment) == pytest.approx(drawn + direct, rel=0.01)


def test_clouds_and_fog_take_the_sun_and_its_shadows() -> None:
    fair, cloudy = (max(lit(sun_elevation_deg=40.0, clouds=c).sun.illuminance_lx) for c in (0.0, 1.0))
    assert cloudy == 0.0 < fair
    levels = [
        (max(e.sun.illuminance_lx), ground_lx(e))
        for m in (1e5, 1000.0, 300.0, 100.0, 40.0)
        for e in [lit(Air(fog_extinction_per_m=fog_extinction(m)), sun_elevation_deg=40.0, clouds=0.0)]
    ]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1][0] < 0.01 * levels[0][0]
    assert levels[-1][1] > 0.2 * levels[0][1]


def test_a_low_sun_is_warm_and_a_clear_dome_blue() -> None:
    low, high = (lit(sun_elevation_deg=e, clouds=0.0) for e in (3.0, 60.0))
    warmth = [e.sun.illuminance_lx[0] / e.sun.illuminance_lx[2] for e in (low, high)]
    assert warmth[0] > 1.5 * warmth[1] > 1.5
    assert high.sky.zenith[2] > 1.5 * high.sky.zenith[0]
    grey = lit(sun_elevation_deg=60.0, clouds=1.0).sky.zenith
    assert grey[2] / grey[0] < 1.2


def test_the_moon_stands_in_for_the_sun_by_night_only() -> None:
    night = lit(sun_elevation_deg=-30.0, clouds=0.0, moon_lx=0.25)
    assert float(np.asarray(night.sun.illuminance_lx) @ LUMA) == pytest.approx(0.25, rel=0.05)
    assert night.sun.direction_w[2] > 0.0
    day = {"sun_elevation_deg": 30.0, "clouds": 0.0}
    assert lit(moon_lx=0.25, **day) == lit(**day)


def test_rain_brings_clouds_unless_they_are_given() -> None:
    rain = Air(rain_mmph=5.0)
    assert max(lit(rain).sun.illuminance_lx) == 0.0
    assert max(lit(rain, clouds=0.0).sun.illuminance_lx) > 0.0


def test_the_light_of_the_stage_is_left_alone_on_a_clear_day() -> None:
    stage = Environment()
    assert illuminate(stage, LightConfig(), Air(), outdoors=True) == stage
    hall = illuminate(stage, LightConfig(sun_elevation_deg=-30.0), Air(), outdoors=False)
    assert (hall.sun, hall.sky) == (stage.sun, stage.sky)


def test_snow_on_the_ground_lights_an_overcast_sky() -> None:
    """Light goes to and fro between ground and clouds; the horizon of a white-out is nearly as bright as the snow."""
    light = LightConfig(sun_elevation_deg=30.0, clouds=1.0)
    bare, white = (illuminate(Environment(), light, Air(), Cover(snow=s), outdoors=True) for s in (0.0, 1.0))
    assert ground_lx(white) == pytest.approx(ground_lx(bare) * (1.0 - 0.18 * 0.6) / (1.0 - 0.85 * 0.6), rel=1e-3)
    drawn = float(np.array(sky_irradiance(dome_of(light_table(white)), 1.0)) @ LUMA)
    assert drawn == pytest.approx(ground_lx(white), rel=0.01)
    contrast = [float(np.asarray(e.sky.horizon) @ LUMA / (np.asarray(e.sky.ground) @ LUMA)) for e in (bare, white)]
    assert contrast[0] > 2.0 and 0.6 < contrast[1] < 1.0
    clear = illuminate(Environment(), LightConfig(), Air(), Cover(snow=1.0), outdoors=True)
    assert clear.sky.zenith == Environment().sky.zenith and clear.sky.ground[1] > 4.0 * Environment().sky.ground[1]


def test_a_given_sun_stands_where_it_is_asked_for() -> None:
    x, y, z = lit(sun_elevation_deg=20.0, sun_azimuth_deg=100.0).sun.direction_w
    assert math.degrees(math.asin(z)) == pytest.approx(20.0)
    assert math.degrees(math.atan2(y, x)) == pytest.approx(100.0)
    sun = lit(utc="2026-06-21T11:20", latitude_deg=48.8, longitude_deg=9.2).sun.direction_w
    assert math.degrees(math.asin(sun[2])) == pytest.approx(90 - 48.8 + 23.44, abs=0.1)
    assert sun[1] < 0.0  # south


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sun_elevation_deg": 91.0}, "light.sun_elevation_deg is 91.0, expected -90 to 90"),
        ({"clouds": -0.1}, "light.clouds is -0.1, expected 0 to 1"),
        ({"headlights": "hi"}, "light.headlights is 'hi'"),
        ({"headlights": "hihg"}, "did you mean 'high'"),
        ({"utc": "midsummer"}, "light.utc is 'midsummer', expected a date and time"),
        ({"utc": "2026-06-21T12:00", "sun_elevation_deg": 3.0}, "light has both utc and sun_elevation_deg"),
        ({"changes": [{"time_s": 1.0, "cloud": 1.0}]}, "did you mean 'clouds'"),
        ({"changes": [{"time_s": 1.0, "utc": "2026-06-21T12:00"}]}, "sets 'utc'"),
    ],
)
def test_mistakes_are_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        LightConfig(**values)


@pytest.mark.parametrize(("value", "headlights", "street"), [(True, "low", "on"), (False, "off", "off")])
def test_bare_words_of_yaml_are_understood(value: bool, headlights: str, street: str) -> None:
    light = LightConfig(headlights=value, street_lamps=value)  # type: ignore[arg-type]
    assert (light.headlights, light.street_lamps) == (headlights, street)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_each_preset_is_a_light(path: Any) -> None:
    light = LightConfig(**(yaml.safe_load(path.read_text(encoding="utf-8")) or {}))
    for time_s in (0.0, 3.3, 60.0):
        environment = illuminate(Environment(), light.at(time_s), Air(), outdoors=True)
        for colour in (environment.sun.illuminance_lx, environment.sky.zenith, environment.sky.horizon):
            assert np.all(np.isfinite(colour)) and min(colour) >= 0.0
        assert 1e-4 < ground_lx(environment) < 1.3e5
