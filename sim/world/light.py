"""The light of a place: sun by height or by date and place, dome, moon, lamps.

Illuminance by solar elevation h (IES daylight availability, Gillette): direct normal E = 128 klx exp(-c m) with m the
optical air mass 1 / (sin h + 0.15 (h + 3.885)^-1.253) (Kasten) and c = 0.21 in clear air; on the horizontal by the dome
0.8 + 15.5 sin^0.5 h klx when clear, 0.3 + 21 sin h klx when overcast. Below the horizon the dome fades on a logarithmic
scale over 3.4 lx at -6 degrees to 0.008 lx at -12. Colours of the direct light follow an extinction of 0.10, 0.16 and
0.32 per air mass in red, green and blue, those of the dome go from blue sky to grey with cloud and to red with a low
sun (engineering fits). Over snow the ground is brighter, and clouds send part of its light down again, the same from
everywhere: with albedos a of the ground and A of the clouds from below the ground has E = E0 / (1 - a A). Fog, rain and
snow between sun and ground take direct light and give half of it back from all sides.
The position of the sun by date is the Astronomical Almanac's low-precision one, within 0.01 degrees.
World axes: x is east, y is north; azimuths in the config count counter-clockwise from x.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...renderers.air import Air
from ...renderers.scene import RGB, Cover, Environment, Sky, Sun
from ..errors import ConfigError, nearest
from ..fields import check_fields
from .keyframes import at_time, check_changes, list_of_changes

F64 = NDArray[np.float64]

HEADLIGHTS = ("auto", "off", "low", "high")
STREET_LAMPS = ("auto", "off", "on")
LAMPS_BELOW_LX = 150.0
"""Automatic lamps are lit when the ground has less light than this."""
HAZE_BELOW_M = 400.0
"""... and headlights also when the visibility is less than this."""
_FIXED = frozenset({"changes", "utc", "headlights", "street_lamps"})
_LAYER_M = 120.0
"""Thickness of the layer of fog between sun and ground."""
_MOON_TINT = np.array([0.9, 1.0, 1.12])
_SUN_EXTINCTION = np.array([0.10, 0.16, 0.32])
_BLUE, _GREY, _RED = np.array([0.67, 1.0, 1.61]), np.array([0.95, 1.0, 1.06]), np.array([2.1, 0.85, 0.35])
_LUMA = np.array([0.2126, 0.7152, 0.0722])
_GROUND_ALBEDO, _SNOW_ALBEDO, _CLOUD_ALBEDO = 0.18, 0.85, 0.6
"""Clouds: thick stratus seen from below (unverified)."""
_HORIZON_SHARE = 0.126
"""Weight of the horizon in the illuminance of flat ground: integral of 2 z (1 - w(z)) over the gradient w of `sky`."""
_SUN_RADIUS = 0.00465
_BARE = Cover()


@dataclass
class LightConfig:
    """The light at the start of an episode, and how it changes.

    Attributes:
        sun_elevation_deg: height of the sun above the horizon; None leaves the sun of the stage where it is.
        sun_azimuth_deg: its direction, counter-clockwise from the world's x axis; None takes the stage's.
        utc: date and time such as "2026-06-21T12:00"; with a place it sets the sun, instead of the two above.
        latitude_deg, longitude_deg: the place, north and east positive.
        clouds: cloud cover in [0, 1]; None is what the weather brings (1 in rain or snow).
        moon_lx: illuminance by the moon, 0.25 when full and high.
        sky_lx: light of the dome by night besides it (stars, glow of a town).
        headlights: "auto", "off", "low" or "high", of all vehicles on the road.
        street_lamps: "auto", "off" or "on".
        pulse_hz, pulse_duty: pulse-width modulation of the vehicles' LED lamps; 0 Hz is steady light.
        changes: later values, each entry with its `time_s`.

    """

    sun_elevation_deg: float | None = None
    sun_azimuth_deg: float | None = None
    utc: str = ""
    latitude_deg: float = 48.8
    longitude_deg: float = 9.2
    clouds: float | None = None
    moon_lx: float = 0.0
    sky_lx: float = 0.02
    headlights: str = "auto"
    street_lamps: str = "auto"
    pulse_hz: float = 0.0
    pulse_duty: float = 0.3
    changes: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Check values, and those of all changes."""
        for name in ("headlights", "street_lamps"):
            value = getattr(self, name)
            if isinstance(value, bool):  # YAML reads a bare off or on as a truth value
                setattr(self, name, ("on" if name == "street_lamps" else "low") if value else "off")
        self.utc = str(self.utc or "")  # YAML reads a bare date as one
        check_fields(LightConfig, vars(self), "light")
        for name, low, high in (
            ("sun_elevation_deg", -90.0, 90.0),
            ("sun_azimuth_deg", -360.0, 360.0),
            ("latitude_deg", -90.0, 90.0),
            ("longitude_deg", -180.0, 180.0),
            ("clouds", 0.0, 1.0),
            ("moon_lx", 0.0, 1.0),
            ("sky_lx", 0.0, 10.0),
            ("pulse_hz", 0.0, 1e5),
            ("pulse_duty", 0.01, 1.0),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ConfigError(f"light.{name} is {value}, expected {low:g} to {high:g}")
        for name, known in (("headlights", HEADLIGHTS), ("street_lamps", STREET_LAMPS)):
            value = getattr(self, name)
            if value not in known:
                raise ConfigError(f"light.{name} is {value!r}; {nearest(value, known)}")
        if self.utc:
            if self.sun_elevation_deg is not None:
                raise ConfigError("light has both utc and sun_elevation_deg, expected one of them")
            sun_position(self.utc, self.latitude_deg, self.longitude_deg)
        self.changes = list_of_changes(self.changes, "light")
        check_changes(self, self.changes, "light", _FIXED)

    @property
    def own(self) -> bool:
        """Whether it leaves the stage's light as it is."""
        return self.sun_elevation_deg is None and not self.utc and self.clouds is None and not self.changes

    @property
    def asks_for_sky(self) -> bool:
        """Whether it sets sun or clouds, now or later."""
        states = [self.__dict__, *self.changes]
        return any(s.get(name) not in (None, "") for s in states for name in ("sun_elevation_deg", "utc", "clouds"))

    def at(self, time_s: float) -> LightConfig:
        """The state at a moment, without changes."""
        return at_time(self, self.changes, max(time_s, 0.0))


def sun_position(utc: str, latitude_deg: float, longitude_deg: float) -> tuple[float, float]:
    """Elevation and azimuth of the sun [rad]; the azimuth counter-clockwise from east.

    Raises:
        ConfigError: the date cannot be read.

    """
    try:
        moment = datetime.fromisoformat(utc.replace("Z", "+00:00"))
    except ValueError as error:
        raise ConfigError(f"light.utc is {utc!r}, expected a date and time such as 2026-06-21T12:00") from error
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    days = (moment - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86400.0
    mean = math.radians((357.528 + 0.9856003 * days) % 360.0)
    longitude = (280.460 + 0.9856474 * days) % 360.0 + 1.915 * math.sin(mean) + 0.020 * math.sin(2.0 * mean)
    ecliptic, tilt = math.radians(longitude), math.radians(23.439 - 4.0e-7 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    sidereal = math.radians((18.697374558 + 24.06570982441908 * days) % 24.0 * 15.0 + longitude_deg)
    hour, latitude = sidereal - ascension, math.radians(latitude_deg)
    east = -math.cos(declination) * math.sin(hour)
    north = math.sin(declination) * math.cos(latitude) - math.cos(declination) * math.cos(hour) * math.sin(latitude)
    up = math.sin(declination) * math.sin(latitude) + math.cos(declination) * math.cos(hour) * math.cos(latitude)
    return math.asin(max(-1.0, min(1.0, up))), math.atan2(north, east)


def direct_lx(elevation_rad: float) -> float:
    """Illuminance by the sun on a surface facing it, clear air [lx]."""
    if elevation_rad <= 0.0:
        return 0.0
    return 128_000.0 * math.exp(-0.21 * air_mass(elevation_rad))


def air_mass(elevation_rad: float) -> float:
    """Relative optical air mass (Kasten)."""
    degrees = math.degrees(max(elevation_rad, 0.0))
    return 1.0 / (math.sin(max(elevation_rad, 0.0)) + 0.15 * (degrees + 3.885) ** -1.253)


def dome_lx(elevation_rad: float, clouds: float) -> float:
    """Horizontal illuminance by the dome [lx], also in twilight."""
    h = math.sin(max(elevation_rad, 0.0))
    clear, overcast = 800.0 + 15_500.0 * math.sqrt(h), 300.0 + 21_000.0 * h
    if elevation_rad < 0.0:
        degrees = math.degrees(elevation_rad)
        fade = float(np.interp(degrees, (-18.0, -12.0, -6.0, 0.0), np.log((1e-4, 0.008, 3.4, 800.0)))) - math.log(800.0)
        clear, overcast = clear * math.exp(fade), overcast * math.exp(fade)
    return clear + clouds * (overcast - clear)


def _sky(lux: float, colour: F64, overcast: float, warm: float) -> Sky:
    """A dome of the given horizontal illuminance; an overcast one is brightest overhead, a clear one at the horizon."""
    colour = colour / float(colour @ _LUMA)
    horizon = (1.0 - overcast) * (0.5 * _GREY + 0.5 * colour) * 1.6 + overcast * _GREY * 0.55
    horizon = (1.0 - warm) * horizon + warm * _RED * 1.3
    zenith = (1.0 - overcast) * colour * 0.75 + overcast * _GREY * 1.05
    mean = float((_HORIZON_SHARE * horizon + (1.0 - _HORIZON_SHARE) * zenith) @ _LUMA)
    scale = lux / (math.pi * mean)
    ground = _GREY * _GROUND_ALBEDO * lux / math.pi
    return Sky(_rgb(zenith * scale), _rgb(horizon * scale), _rgb(ground))


def _over_snow(sky: Sky, snow: float, overcast: float) -> Sky:
    """The dome over ground of which a share is under snow; `sky` is the one over bare ground."""
    if snow == 0.0:
        return sky
    albedo = _GROUND_ALBEDO + snow * (_SNOW_ALBEDO - _GROUND_ALBEDO)
    clouds = _CLOUD_ALBEDO * overcast
    gain = (1.0 - _GROUND_ALBEDO * clouds) / (1.0 - albedo * clouds)
    zenith, horizon, ground = (np.asarray(c) for c in (sky.zenith, sky.horizon, sky.ground))
    mean = float((_HORIZON_SHARE * horizon + (1.0 - _HORIZON_SHARE) * zenith) @ _LUMA)
    sent_down = (gain - 1.0) * mean * _GREY / float(_GREY @ _LUMA)
    brighter = gain * albedo / _GROUND_ALBEDO
    return replace(
        sky, zenith=_rgb(zenith + sent_down), horizon=_rgb(horizon + sent_down), ground=_rgb(ground * brighter)
    )


def _rgb(values: F64) -> RGB:
    return float(values[0]), float(values[1]), float(values[2])


def illuminate(
    stage: Environment, light: LightConfig, air: Air, cover: Cover = _BARE, *, outdoors: bool
) -> Environment:
    """The environment of a stage under a light and an air, over a ground.

    Args:
        stage: the stage's own light of a fair day, or of its hall.
        light: the state of the light at the moment.
        air: what the air holds.
        cover: what lies on the ground, which outdoors becomes a part of the environment.
        outdoors: whether the sun and the dome are to be seen; halls keep their own lamps.

    """
    clouds = light.clouds if light.clouds is not None else (1.0 if air.rain_mmph + air.snow_mmph > 0.1 else None)
    thickness = _LAYER_M * air.fog_extinction_per_m
    if not outdoors:
        return Environment(stage.sun, stage.sky, air, stage.cover)
    if light.own and clouds is None and thickness < 0.05:
        return Environment(stage.sun, _over_snow(stage.sky, cover.snow, 0.0), air, cover)
    x, y, z = stage.sun.direction_w
    azimuth, elevation = math.atan2(y, x), math.asin(max(-1.0, min(1.0, z / math.hypot(x, y, z))))
    if light.utc:
        elevation, azimuth = sun_position(light.utc, light.latitude_deg, light.longitude_deg)
    if light.sun_elevation_deg is not None:
        elevation = math.radians(light.sun_elevation_deg)
    if light.sun_azimuth_deg is not None:
        azimuth = math.radians(light.sun_azimuth_deg)
    share = 0.35 if clouds is None else clouds
    overcast = max(0.0, (share - 0.5) * 2.0)
    mass = air_mass(elevation)
    tint = np.exp(-_SUN_EXTINCTION * mass) / float(np.exp(-_SUN_EXTINCTION * mass) @ _LUMA)
    veil = math.exp(-thickness * min(mass, 6.0))
    clear = direct_lx(elevation) * max(0.0, 1.0 - 1.15 * overcast)
    direct = clear * veil
    level = dome_lx(elevation, overcast) + 0.5 * (clear - direct) * math.sin(max(elevation, 0.0))
    level = max(level * (1.0 - 0.3 * min(1.0, thickness / 4.0)), light.sky_lx)
    grey = max(overcast, 1.0 - math.exp(-1.5 * thickness))
    low = math.degrees(elevation)
    warm = (1.0 - grey) * float(np.interp(low, (-8.0, -2.0, 2.0, 12.0), (0.0, 0.45, 0.35, 0.0)))
    colour = (1.0 - grey) * _BLUE + grey * _GREY
    sky = _sky(level, colour, grey, warm)
    sky = Sky(sky.zenith, sky.horizon, sky.ground, clouds=0.0 if grey > 0.6 or low < -6.0 else min(share, 0.8))
    sky = _over_snow(sky, cover.snow, overcast)
    direction = (
        math.cos(elevation) * math.cos(azimuth), math.cos(elevation) * math.sin(azimuth), math.sin(elevation),
    )  # fmt: skip
    sun = Sun(direction, _rgb(tint * direct), _SUN_RADIUS)
    if direct <= 0.0 and light.moon_lx > 0.0:
        sun = Sun(stage.sun.direction_w, _rgb(_MOON_TINT * light.moon_lx * veil), _SUN_RADIUS)
    return Environment(sun, sky, air, cover)


def ground_lx(environment: Environment) -> float:
    """Horizontal illuminance by sun and dome [lx], about."""
    sun, sky = environment.sun, environment.sky
    up = sun.direction_w[2] / math.hypot(*sun.direction_w)
    direct = float(np.asarray(sun.illuminance_lx) @ _LUMA) * max(up, 0.0)
    mean = _HORIZON_SHARE * np.asarray(sky.horizon) + (1.0 - _HORIZON_SHARE) * np.asarray(sky.zenith)
    return direct + math.pi * float(mean @ _LUMA)
