"""The conditions of an episode: weather and light over time, applied to one stage.

This is where one state reaches everybody: the environment of every scene that a sensor sees (air, sun, dome, cover of
the ground, lamps that are lit), and the friction under every wheel.
"""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np

from ...renderers.scene import Environment, Lamp, Luminaire
from ..errors import ConfigError
from .light import HAZE_BELOW_M, LAMPS_BELOW_LX, LightConfig, ground_lx, illuminate
from .stages.stage import Stage
from .weather import WeatherConfig

_TRACE_STEP_S = 1.0 / 60.0
"""Changing conditions are worked out anew this often."""


class Conditions:
    """Weather and light on a stage.

    Args:
        weather, light: how they begin and change.
        stage: where.

    Raises:
        ConfigError: rain, snow, a wet ground or a sun are asked for indoors.

    """

    def __init__(self, weather: WeatherConfig, light: LightConfig, stage: Stage) -> None:
        self.weather, self.light, self._stage = weather, light, stage
        self._outdoors = stage.road is not None
        if not self._outdoors and (weather.falls or weather.lies):
            raise ConfigError(f"weather: rain, snow, water and ice need a place outdoors, {stage.name} has a roof")
        if not self._outdoors and light.asks_for_sky:
            raise ConfigError(
                f"light: sun and clouds need a place outdoors, {stage.name} has a roof; expected light=day"
            )
        self.settled = weather.settled and not light.changes
        self._at = lru_cache(maxsize=8)(self._work_out)

    def environment(self, time_s: float) -> Environment:
        """Light, air and ground at a moment."""
        return self._now(time_s)[0]

    def vehicle_lamps(self, time_s: float) -> Lamp:
        """Which of a moving vehicle's lamps are lit because of light and weather."""
        return Lamp.HEAD | Lamp.TAIL if self._now(time_s)[1] != "off" else Lamp.NONE

    def headlights(self, time_s: float) -> str:
        """Headlights at a moment: "off", "low" or "high"."""
        return self._now(time_s)[1]

    def street_lamps(self, time_s: float) -> tuple[Luminaire, ...]:
        """The street lamps that are lit."""
        return self._stage.luminaires if self._now(time_s)[2] else ()

    def record(self, time_s: float) -> dict[str, float]:
        """The state of weather and light as numbers for the file."""
        weather = self.weather.at(time_s)
        environment = self.environment(time_s)
        cover, sun = environment.cover, environment.sun
        return {
            "visibility_m": float(weather.visibility_m),
            "rain_mmph": float(weather.rain_mmph),
            "snow_mmph": float(weather.snow_mmph),
            "water_mm": cover.water_mm,
            "snow_cover": cover.snow,
            "ice_cover": cover.ice,
            "temperature_c": float(weather.temperature_c),
            "wind_x_mps": float(weather.wind_mps[0]),
            "wind_y_mps": float(weather.wind_mps[1]),
            "sun_elevation_deg": float(np.rad2deg(np.arcsin(sun.direction_w[2] / np.linalg.norm(sun.direction_w)))),
            "sun_azimuth_deg": float(np.rad2deg(np.arctan2(sun.direction_w[1], sun.direction_w[0]))),
            "ground_illuminance_lx": ground_lx(environment),
        }

    def _now(self, time_s: float) -> tuple[Environment, str, bool]:
        return self._at(0 if self.settled else round(time_s / _TRACE_STEP_S))

    def _work_out(self, step: int) -> tuple[Environment, str, bool]:
        time_s = step * _TRACE_STEP_S
        light = self.light.at(time_s)
        air, cover = self.weather.air(time_s), self.weather.cover(time_s)
        place = illuminate(self._stage.environment, light, air, cover, outdoors=self._outdoors)
        environment = dataclasses.replace(
            place, pulse_hz=light.pulse_hz, pulse_duty=light.pulse_duty,
            shelters=self._stage.environment.shelters,
        )  # fmt: skip
        dark = self._outdoors and ground_lx(environment) < LAMPS_BELOW_LX
        thick = self._outdoors and self.weather.at(time_s).visibility_m < HAZE_BELOW_M
        headlights = light.headlights
        if headlights == "auto":
            falling = air.rain_mmph + air.snow_mmph > 0.5
            headlights = "low" if dark or thick or falling else "off"
        lit = dark if light.street_lamps == "auto" else light.street_lamps == "on"
        return environment, headlights, lit


def fair(stage: Stage) -> Conditions:
    """The stage's own light on a clear, dry day."""
    return Conditions(WeatherConfig(), LightConfig(headlights="off", street_lamps="off"), stage)
