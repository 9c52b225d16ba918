"""The air between things: what it holds, and how much light it takes away.

One state for all sensors. Fog is given by its extinction coefficient, the same for eye and near-infrared laser because
droplets are much larger than either wavelength; rain and snow are given by their rates and take light by the size
distributions of their drops and flakes:

    fog    alpha = ln(20) / MOR                         meteorological optical range at 5 % contrast (WMO)
    rain   alpha = 3.65e-4 R^0.63 per metre             R in mm/h; Marshall-Palmer drops, Q_ext = 2
    snow   alpha = 1.44e-3 R^0.57 per metre             R in mm/h melted; Marshall-Gunn flakes, Q_ext = 2

and their transmission over a path is exp(-tau), tau the integral of alpha. Fog is seldom even: three slow sinusoids
in space vary it by `unevenness`, drifting with the wind, and banks add Gaussian clouds. Both have closed integrals
along a ray, so that a beam through half a bank is exact. `AirTable` is the flat form that kernels read.
Left out: humidity growth of haze with wavelength (Kruse), multiple scattering.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .compiled import compiled
from .elementary import sine

F64 = NDArray[np.float64]
Vec3 = tuple[float, float, float]

LN_20 = math.log(20.0)
RAIN_ALPHA, RAIN_POWER = 3.65e-4, 0.63
SNOW_ALPHA, SNOW_POWER = 1.44e-3, 0.57
_WAVES: tuple[Vec3, ...] = ((0.021, 0.013, 0.11), (-0.034, 0.041, 0.07), (0.055, -0.063, 0.19))
"""Wave vectors of the unevenness [rad/m]: lengths of 100 to 300 m along the ground, 30 to 90 m upwards."""
_SHARE = 1.0 / len(_WAVES)


class Flake(StrEnum):
    """Kind of snow, which sets how large flakes are and how fast they fall."""

    DRY = "dry"
    WET = "wet"
    GRAUPEL = "graupel"


@dataclass(frozen=True)
class FogBank:
    """A Gaussian cloud that stands in the world.

    Attributes:
        centre_w: its middle [m].
        sigma_m: standard deviations along the world's axes [m].
        extinction_per_m: what it adds at its middle [1/m].

    """

    centre_w: Vec3
    sigma_m: Vec3
    extinction_per_m: float

    def __post_init__(self) -> None:
        if not min(self.sigma_m) > 0.0:
            raise ValueError(f"fog bank sigma_m is {self.sigma_m}, expected three values above 0")
        if not self.extinction_per_m >= 0.0:
            raise ValueError(f"fog bank extinction_per_m is {self.extinction_per_m}, expected 0 or more")


@dataclass(frozen=True)
class Air:
    """What the air holds over one frame.

    Attributes:
        fog_extinction_per_m: even part of the fog [1/m]; 0 is perfectly clear.
        rain_mmph: rain rate [mm/h].
        snow_mmph: snowfall rate, melted [mm/h].
        flake: kind of snow.
        wind_w: velocity of the air [m/s], world frame.
        temperature_c: of the air [deg C].
        unevenness: relative amplitude of the fog's variation in space, in [0, 1].
        drift_m: how far the wind has carried the pattern of the unevenness, world frame [m].
        banks: clouds on top.

    """

    fog_extinction_per_m: float = 0.0
    rain_mmph: float = 0.0
    snow_mmph: float = 0.0
    flake: Flake = Flake.DRY
    wind_w: Vec3 = (0.0, 0.0, 0.0)
    temperature_c: float = 15.0
    unevenness: float = 0.0
    drift_m: Vec3 = (0.0, 0.0, 0.0)
    banks: tuple[FogBank, ...] = ()

    def __post_init__(self) -> None:
        """Reject what no air holds."""
        for name in ("fog_extinction_per_m", "rain_mmph", "snow_mmph"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"air {name} is {getattr(self, name)}, expected 0 or more")
        if not 0.0 <= self.unevenness <= 1.0:
            raise ValueError(f"air unevenness is {self.unevenness}, expected a value in [0, 1]")

    @property
    def clear(self) -> bool:
        """Whether it takes no light at all."""
        return not (self.fog_extinction_per_m or self.rain_mmph or self.snow_mmph or self.banks)

    @property
    def rain_extinction_per_m(self) -> float:
        """Mean extinction by rain drops [1/m]."""
        return rain_extinction(self.rain_mmph)

    @property
    def snow_extinction_per_m(self) -> float:
        """Mean extinction by snow flakes [1/m]."""
        return snow_extinction(self.snow_mmph)

    @property
    def table(self) -> F64:
        """The flat form that `optical_depth` and `extinction_at` read."""
        return _table(self)


def fog_extinction(mor_m: float) -> float:
    """Extinction [1/m] of a meteorological optical range [m]; 0 for an infinite one.

    Raises:
        ValueError: the range is not positive.

    """
    if not mor_m > 0.0:
        raise ValueError(f"visibility (MOR) is {mor_m} m, expected more than 0")
    return LN_20 / mor_m


def rain_extinction(rate_mmph: float) -> float:
    """Extinction [1/m] at a rain rate [mm/h]."""
    return float(RAIN_ALPHA * rate_mmph**RAIN_POWER) if rate_mmph > 0.0 else 0.0


def snow_extinction(rate_mmph: float) -> float:
    """Extinction [1/m] at a snowfall rate, melted [mm/h]."""
    return float(SNOW_ALPHA * rate_mmph**SNOW_POWER) if rate_mmph > 0.0 else 0.0


EVEN, FOG, UNEVEN, DRIFT, BANKS = 0, 1, 2, 3, 6
"""Layout of the table: extinction of fog, rain and snow together; of fog alone; unevenness; drift; rows of seven."""
_BANK = 7


@lru_cache(maxsize=256)
def _table(air: Air) -> F64:
    fog = air.fog_extinction_per_m
    even = fog + air.rain_extinction_per_m + air.snow_extinction_per_m
    rows = [v for b in air.banks for v in (*b.centre_w, *b.sigma_m, b.extinction_per_m)]
    table = np.array([even, fog, air.unevenness, *air.drift_m, *rows])
    table.flags.writeable = False
    return table


@compiled(error_model="numpy")
def extinction_at(table: F64, x: float, y: float, z: float) -> float:
    """Extinction [1/m] at a point of the world."""
    alpha = table[EVEN]
    if table[UNEVEN] > 0.0:
        for k in range(len(_WAVES)):
            phase = 0.0
            phase += _WAVES[k][0] * (x - table[DRIFT])
            phase += _WAVES[k][1] * (y - table[DRIFT + 1])
            phase += _WAVES[k][2] * (z - table[DRIFT + 2])
            alpha += table[FOG] * table[UNEVEN] * _SHARE * sine(phase)
    for i in range(BANKS, len(table), _BANK):
        a, b, c = (x - table[i]) / table[i + 3], (y - table[i + 1]) / table[i + 4], (z - table[i + 2]) / table[i + 5]
        alpha += table[i + 6] * math.exp(-0.5 * (a * a + b * b + c * c))
    return alpha


@compiled(error_model="numpy")
def optical_depth(table: F64, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, far: float) -> float:
    """Integral of the extinction over the first `far` metres of a ray with unit direction, in the world frame."""
    tau = table[EVEN] * far
    if table[UNEVEN] > 0.0:
        for k in range(len(_WAVES)):
            start = _WAVES[k][0] * (ox - table[DRIFT]) + _WAVES[k][1] * (oy - table[DRIFT + 1])
            start += _WAVES[k][2] * (oz - table[DRIFT + 2])
            speed = _WAVES[k][0] * dx + _WAVES[k][1] * dy + _WAVES[k][2] * dz
            half = 0.5 * speed * far
            # the integral of sin(start + speed s), written so that a slow phase loses no digits
            sinc = sine(half) / half if abs(half) > 1e-6 else 1.0
            tau += table[FOG] * table[UNEVEN] * _SHARE * far * sinc * sine(start + half)
    for i in range(BANKS, len(table), _BANK):
        px, py, pz = (
            (ox - table[i]) / table[i + 3],
            (oy - table[i + 1]) / table[i + 4],
            (oz - table[i + 2]) / table[i + 5],
        )
        vx, vy, vz = dx / table[i + 3], dy / table[i + 4], dz / table[i + 5]
        speed = math.sqrt(vx * vx + vy * vy + vz * vz)
        nearest = -(px * vx + py * vy + pz * vz) / speed
        apart = px * px + py * py + pz * pz - nearest * nearest
        root = math.sqrt(0.5)
        whole = math.erf((speed * far - nearest) * root) + math.erf(nearest * root)
        tau += table[i + 6] * math.exp(-0.5 * max(apart, 0.0)) * math.sqrt(0.5 * math.pi) / speed * whole
    return tau


@compiled
def _depths(table, origins, directions, far, out):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        o, d = origins[i], directions[i]
        out[i] = optical_depth(table, o[0], o[1], o[2], d[0], d[1], d[2], far[i])


def transmission(air: Air, origins_w: ArrayLike, directions_w: ArrayLike, far_m: ArrayLike) -> F64:
    """Share of light that passes R rays: origins and unit directions (R, 3), lengths (R,) [m]."""
    origins, directions = np.atleast_2d(np.asarray(origins_w, float)), np.atleast_2d(np.asarray(directions_w, float))
    far = np.atleast_1d(np.asarray(far_m, float))
    out = np.empty(len(far))
    _depths(air.table, np.broadcast_to(origins, (len(far), 3)), np.broadcast_to(directions, (len(far), 3)), far, out)
    return np.exp(-out)
