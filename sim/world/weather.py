"""The weather: one physical state of air and ground, from which camera, lidar, radar and tyres take their part.

Visibility is the meteorological optical range (MOR, 5 % contrast). Rain leaves a film on the road; where its depth
is not given it follows the rate: 0.2 mm at 0.5 mm/h, 1 mm at 10 mm/h, 2 mm at 50 mm/h, on a logarithmic scale between
(engineering defaults, the depths being those of the friction table in `road_friction`). Snow and ice on the ground are
given as shares of it. Values may change during an episode (`changes`): a shower front, a fog that thickens.
Presets with the usual class names stand in `conf/weather`.
Left out: the water balance of the road (drying, draining), drifting snow, humidity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...renderers.air import Air, Flake, FogBank, fog_extinction
from ...renderers.scene import Cover
from ..errors import ConfigError, nearest
from ..fields import are_numbers, check_fields
from .keyframes import TIME, at_time, check_changes, list_of_changes

_FILM_RATES, _FILM_MM = (0.05, 0.5, 10.0, 50.0), (0.0, 0.2, 1.0, 2.0)
_CLEAR_M = 40_000.0
"""From this visibility on, "excellent" in the classes of Open Simulation Interface, the air counts as clear."""
_FIXED = frozenset({"changes", "flake", "banks"})


@dataclass
class FogBankConfig:
    """A Gaussian cloud of fog that stands in the world.

    Attributes:
        centre_m: its middle, world frame.
        sigma_m: how far it reaches along the world's axes.
        visibility_m: the optical range in its middle.

    """

    centre_m: list[float]
    sigma_m: list[float] = field(default_factory=lambda: [30.0, 60.0, 6.0])
    visibility_m: float = 40.0

    def __post_init__(self) -> None:
        """Check sizes."""
        check_fields(FogBankConfig, vars(self), "fog bank")
        for name in ("centre_m", "sigma_m"):
            if not are_numbers(getattr(self, name), 3):
                raise ConfigError(f"fog bank {name} is {getattr(self, name)}, expected three numbers")
        if min(self.sigma_m) <= 0.0:
            raise ConfigError(f"fog bank sigma_m is {self.sigma_m}, expected three values above 0")
        if not self.visibility_m > 0.0:
            raise ConfigError(f"fog bank visibility_m is {self.visibility_m}, expected more than 0")


@dataclass
class WeatherConfig:
    """The weather at the start of an episode, and how it changes.

    Attributes:
        visibility_m: meteorological optical range of the fog or haze [m].
        unevenness: relative variation of the fog in space, in [0, 1].
        banks: clouds of fog on top.
        rain_mmph: rain rate [mm/h].
        snow_mmph: snowfall rate, melted [mm/h].
        flake: kind of snow: "dry", "wet" or "graupel".
        water_mm: film of water on the road [mm]; None takes what the rain leaves.
        snow_cover, ice_cover: shares of the ground under snow and under ice, in [0, 1].
        temperature_c: of the air [deg C].
        wind_mps: velocity of the wind along the world's x and y axes [m/s].
        changes: later values, each entry with its `time_s`.

    """

    visibility_m: float = 50_000.0
    unevenness: float = 0.0
    banks: list[Any] = field(default_factory=list)
    rain_mmph: float = 0.0
    snow_mmph: float = 0.0
    flake: str = "dry"
    water_mm: float | None = None
    snow_cover: float = 0.0
    ice_cover: float = 0.0
    temperature_c: float = 15.0
    wind_mps: list[float] = field(default_factory=lambda: [0.0, 0.0])
    changes: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Check values, and those of all changes."""
        check_fields(WeatherConfig, vars(self), "weather")
        for name, low, high in (
            ("visibility_m", 5.0, math.inf),
            ("unevenness", 0.0, 1.0),
            ("rain_mmph", 0.0, 500.0),
            ("snow_mmph", 0.0, 100.0),
            ("water_mm", 0.0, 50.0),
            ("snow_cover", 0.0, 1.0),
            ("ice_cover", 0.0, 1.0),
            ("temperature_c", -60.0, 60.0),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ConfigError(f"weather.{name} is {value}, expected {low:g} to {high:g}")
        if self.flake not in (kinds := [k.value for k in Flake]):
            raise ConfigError(f"weather.flake is {self.flake!r}; {nearest(self.flake, kinds)}")
        if not are_numbers(self.wind_mps, 2):
            raise ConfigError(f"weather.wind_mps is {self.wind_mps!r}, expected two numbers, along x and y")
        if not isinstance(self.banks, Sequence) or isinstance(self.banks, str):
            raise ConfigError(f"weather.banks is {self.banks!r}, expected a list of fog banks")
        self.banks = [_bank(b, k) for k, b in enumerate(self.banks)]
        self.changes = list_of_changes(self.changes, "weather")
        check_changes(self, self.changes, "weather", _FIXED)

    @property
    def settled(self) -> bool:
        """Whether it stays as it is."""
        return not self.changes and not (self.unevenness and any(self.wind_mps))

    @property
    def fair(self) -> bool:
        """Whether nothing was asked of rain, snow and the ground; `water_mm` of 0 asks for a dry road."""
        return not (self.falls or self.lies) and self.water_mm is None

    @property
    def falls(self) -> bool:
        """Whether rain or snow falls, now or later."""
        return self._ever("rain_mmph", "snow_mmph")

    @property
    def lies(self) -> bool:
        """Whether water, snow or ice lies on the ground, now or later, other than by rain that falls."""
        return self._ever("water_mm", "snow_cover", "ice_cover")

    def _ever(self, *names: str) -> bool:
        states = [self.__dict__, *self.changes]
        return any(float(s.get(name, 0.0) or 0.0) > 0.0 for s in states for name in names)

    def at(self, time_s: float) -> WeatherConfig:
        """The state at a moment, without changes."""
        return at_time(self, self.changes, max(time_s, 0.0))

    def air(self, time_s: float) -> Air:
        """What the air holds at a moment."""
        now = self.at(time_s)
        wind = (float(now.wind_mps[0]), float(now.wind_mps[1]), 0.0)
        return Air(
            fog_extinction_per_m=fog_extinction(now.visibility_m) if now.visibility_m < _CLEAR_M else 0.0,
            rain_mmph=now.rain_mmph,
            snow_mmph=now.snow_mmph,
            flake=Flake(now.flake),
            wind_w=wind,
            temperature_c=now.temperature_c,
            unevenness=now.unevenness,
            drift_m=self._drift(time_s) if now.unevenness else (0.0, 0.0, 0.0),
            banks=tuple(
                FogBank(_three(b.centre_m), _three(b.sigma_m), fog_extinction(b.visibility_m)) for b in self.banks
            ),
        )

    def _drift(self, time_s: float) -> tuple[float, float, float]:
        """How far the wind has carried the air since the start, also where it turns on the way."""
        wind, since, drift = self.wind_mps, 0.0, [0.0, 0.0]
        turns = [c for c in self.changes if "wind_mps" in c and float(c[TIME]) < time_s]
        for until, after in [*((float(c[TIME]), c["wind_mps"]) for c in turns), (time_s, wind)]:
            drift = [d + float(w) * (until - since) for d, w in zip(drift, wind, strict=True)]
            wind, since = after, until
        return drift[0], drift[1], 0.0

    def cover(self, time_s: float) -> Cover:
        """What lies on the ground at a moment."""
        now = self.at(time_s)
        water = film_mm(now.rain_mmph) if now.water_mm is None else now.water_mm
        return Cover(water_mm=water, snow=now.snow_cover, ice=now.ice_cover)


def film_mm(rain_mmph: float) -> float:
    """Depth of the film that steady rain leaves on a road [mm]."""
    if rain_mmph <= _FILM_RATES[0]:
        return 0.0
    return float(np.interp(math.log(rain_mmph), np.log(_FILM_RATES), _FILM_MM))


def _three(values: list[float]) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def _bank(values: Any, k: int) -> FogBankConfig:
    if isinstance(values, FogBankConfig):
        return values
    try:
        return FogBankConfig(**values)
    except TypeError as error:
        raise ConfigError(
            f"weather.banks[{k}] is {values!r}, expected centre_m, sigma_m and visibility_m ({error})"
        ) from error
