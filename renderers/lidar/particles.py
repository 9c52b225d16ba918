"""Rain drops and snow flakes in the beam: how many are seen, where, and how bright.

Drops (Marshall-Palmer; Kilic et al. 2021, LISA): N(D) = 8000 exp(-4.1 R^-0.21 D) per m^3 and mm, R in mm/h, D > 0.05
mm; a drop returns its Fresnel reflectance F = ((m - 1) / (m + 1))^2 of the light that meets it, m = 1.328.
Flakes (Hahner et al. 2022, CVPR): diameters fall off exponentially with Lambda = 25.5 r^-0.48 per cm (Gunn-Marshall),
where r = (R / (487 * 0.1 * 0.003 v))^1.5 is the equivalent rain rate of a snowfall R [mm/h melted] of flakes that fall
at v [m/s] with a density of 0.1 g/cm^3; they fill the share R / (3.6e6 * 0.1 v) of the air, which fixes their number,
and return 0.9 of the light that meets them. D <= 20 mm. Heavier snow so has larger flakes and fewer of them, seen
farther off and less often close by. The published sizes end at r = 130 mm/h, a mean of 4.1 mm (dry snow of 3.8 mm/h);
beyond it flakes keep their sizes and their number grows with R: extrapolated, they would be so few that the heaviest
snow looks the thinnest, and take from the beam much less than the law of extinction says.

A particle at range r takes the share min(D^2 / (w_h w_v), 1) of the beam, whose widths are w = aperture + r
tan(divergence), and so echoes like a surface of reflectance F times that share. Particles are a Poisson process in
range and diameter; those too faint ever to be detected are left out of it, and the rest are drawn one after the other
by inverting their cumulative number along the beam, which is the Monte Carlo of LISA without the millions of drops that
nobody sees. What all of them take from the beam is the extinction of `renderers.air`.
Left out: drops on the window, wind, flakes that hide part of the footprint from the target.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..air import Air, Flake
from ..compiled import kernel
from ..random import uniform
from .radiometry import FAINTEST, REFERENCE_REFLECTANCE

F64 = NDArray[np.float64]

DROP_REFLECTANCE = ((1.328 - 1.0) / (1.328 + 1.0)) ** 2
FLAKE_REFLECTANCE = 0.9
FLAKE_DENSITY = 0.1  # g/cm^3
LARGEST_FLAKE_M = 0.020
_SIZES_END_MMPH = 130.0
"""Equivalent rain rate up to which sizes of flakes are published."""
FALL_MPS = {Flake.DRY: 1.0, Flake.WET: 1.6, Flake.GRAUPEL: 2.0}
"""Terminal velocities; the facts range from 0.4 to 2.0, which kind has which is assumed."""
_SMALLEST_DROP_M = 5e-5
_STEPS = 256
MOST_PARTICLES = 12


def equivalent_rain_mmph(snow_mmph: float, fall_mps: float) -> float:
    """Rain rate whose drops the flakes would melt to [mm/h]."""
    return float((snow_mmph / (487.0 * FLAKE_DENSITY * 0.003 * fall_mps)) ** 1.5)


def occupancy(snow_mmph: float, fall_mps: float) -> float:
    """Share of the air that flakes fill."""
    return snow_mmph / (3.6e6 * FLAKE_DENSITY * fall_mps)


def flake_slope_per_m(snow_mmph: float, fall_mps: float) -> float:
    """Lambda of the exponential distribution of flake diameters [1/m]; its inverse is their mean."""
    return float(25.5e2 * min(equivalent_rain_mmph(snow_mmph, fall_mps), _SIZES_END_MMPH) ** -0.48)


def drop_slope_per_m(rain_mmph: float) -> float:
    """Lambda of the exponential distribution of drop diameters [1/m]."""
    return float(4.1e3 * rain_mmph**-0.21)


class Particles(NamedTuple):
    """One kind of particle as the kernel sees it; `seen` is empty where there are none.

    Attributes:
        seen: (K + 1,) mean number of particles bright enough from the nearest range up to each of K + 1 ranges.
        nearest_m, step_m: of these ranges.
        slope_per_m: of the distribution of diameters.
        smallest_m, largest_m: diameters.
        reflectance: of a particle.
        least: apparent reflectance over range^2 of the faintest.
        aperture_m, tan_h, tan_v: widths of the beam.
        gain: turns apparent reflectance over range^2 into the strength of an echo.

    """

    seen: F64
    nearest_m: float
    step_m: float
    slope_per_m: float
    smallest_m: float
    largest_m: float
    reflectance: float
    least: float
    aperture_m: float
    tan_h: float
    tan_v: float
    gain: float


@kernel
def least_diameter(kind, r):  # type: ignore[no-untyped-def]
    """Diameter from which on a particle at range r is bright enough [m]; infinite where none is."""
    share = kind.least * r * r / kind.reflectance
    if share > 1.0:
        return math.inf
    area = (kind.aperture_m + r * kind.tan_h) * (kind.aperture_m + r * kind.tan_v)
    return max(math.sqrt(share * area), kind.smallest_m)


@kernel
def _cumulate(kind, per_m4, out):  # type: ignore[no-untyped-def]
    """Mean number of bright particles up to each range, by the midpoint rule."""
    out[0] = 0.0
    for k in range(len(out) - 1):
        r = kind.nearest_m + (k + 0.5) * kind.step_m
        cross = math.pi / 4.0 * (kind.aperture_m + r * kind.tan_h) * (kind.aperture_m + r * kind.tan_v)
        least = least_diameter(kind, r)
        density = 0.0
        if least < kind.largest_m:
            density = math.exp(-kind.slope_per_m * least) - math.exp(-kind.slope_per_m * kind.largest_m)
        out[k + 1] = out[k] + cross * per_m4 / kind.slope_per_m * density * kind.step_m


class Optics(NamedTuple):
    """What decides which particles a lidar sees; hashable."""

    aperture_m: float
    divergence_rad: tuple[float, float]
    range_50_m: float
    max_m: float
    nearest_m: float
    strength: float


def _nothing() -> Particles:
    return Particles(np.zeros(0), 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0)


def _kind(per_m4: float, slope: float, smallest: float, largest: float, reflectance: float, o: Optics) -> Particles:
    gain = o.strength * o.range_50_m**2 / REFERENCE_REFLECTANCE
    least = FAINTEST / gain
    far = min(math.sqrt(reflectance / least), o.max_m)
    if far <= o.nearest_m:
        return _nothing()
    tan_h, tan_v = (math.tan(angle) for angle in o.divergence_rad)
    seen = np.zeros(_STEPS + 1)
    kind = Particles(
        seen, o.nearest_m, (far - o.nearest_m) / _STEPS, slope, smallest, largest, reflectance, least,
        o.aperture_m, tan_h, tan_v, gain,
    )  # fmt: skip
    _cumulate(kind, per_m4, seen)
    return kind


@lru_cache(maxsize=64)
def drops(rain_mmph: float, optics: Optics) -> Particles:
    """Rain drops at a rate [mm/h]."""
    if not (rain_mmph and optics.strength):
        return _nothing()
    return _kind(8e6, drop_slope_per_m(rain_mmph), _SMALLEST_DROP_M, 0.008, DROP_REFLECTANCE, optics)


@lru_cache(maxsize=64)
def flakes(snow_mmph: float, fall_mps: float, optics: Optics) -> Particles:
    """Snow flakes at a rate [mm/h melted] that fall at `fall_mps`."""
    if not (snow_mmph and optics.strength):
        return _nothing()
    slope = flake_slope_per_m(snow_mmph, fall_mps)
    # the volume of exponentially distributed balls is pi N_0 / Lambda^4
    per_m4 = occupancy(snow_mmph, fall_mps) * slope**4 / math.pi
    return _kind(per_m4, slope, 0.0, LARGEST_FLAKE_M, FLAKE_REFLECTANCE, optics)


def particles(air: Air, optics: Optics) -> tuple[Particles, Particles]:
    """Drops and flakes in this air."""
    return drops(air.rain_mmph, optics), flakes(air.snow_mmph, FALL_MPS[air.flake], optics)


@kernel
def next_range(kind, so_far, key, counter, lane):  # type: ignore[no-untyped-def]
    """Where the next particle along the beam is: cumulative number and range, infinite when there is none."""
    seen, left = kind.seen, 1.0 - uniform(key, counter, lane)
    # 1 - x <= exp(-x) tells without a logarithm that most beams have none
    if left <= 1.0 - (seen[len(seen) - 1] - so_far):
        return so_far, math.inf
    so_far -= math.log(left)
    if so_far >= seen[len(seen) - 1]:
        return so_far, math.inf
    low, high = 0, len(seen) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if seen[middle] <= so_far:
            low = middle
        else:
            high = middle
    return so_far, kind.nearest_m + kind.step_m * (low + (so_far - seen[low]) / (seen[high] - seen[low]))


@kernel
def diameter(kind, r, key, counter, lane):  # type: ignore[no-untyped-def]
    """Diameter of a particle seen at range r [m]: the tail of the distribution beyond the least one."""
    least = least_diameter(kind, r)
    tail = 1.0 - math.exp(-kind.slope_per_m * (kind.largest_m - least))
    return least - math.log(1.0 - tail * uniform(key, counter, lane)) / kind.slope_per_m


@kernel
def brightness(kind, size, r):  # type: ignore[no-untyped-def]
    """Reflectance of the surface across the beam that would echo as strongly."""
    area = (kind.aperture_m + r * kind.tan_h) * (kind.aperture_m + r * kind.tan_v)
    return kind.reflectance * min(size * size / area, 1.0)
