"""What a lidar receiver makes of an echo: signal, chance of detection, range noise, reported intensity.

Extended Lambertian targets: the signal falls as apparent reflectance / range^2. It is normalised to 1 where a 10 %
target facing the sensor is found half of the time (`range_50_m`), which calibrates the receiver to its data sheet.

- Detection: P = Phi(K (S - 1)); K puts P = 0.9 at 0.82 of the 50 % range, as OS1 data sheets state (45 m and 55 m).
  Below S = 1 the law is tapered linearly so that no signal means no detection; false alarms are a draw of their own.
- Range noise: sigma^2 = floor^2 + noise^2 / S (timing precision goes with the root of the photon count).
- Retro-reflectors: a gain relative to a white Lambertian surface, constant up to 30 degrees, then as the cosine.
- Panes: two Fresnel faces of 4 % seen near normal incidence (monostatic Phong lobe, exponent 8) plus dirt; what lies
  behind is seen through the pane twice.

The functions are scalar and compiled; call them from kernels or from Python. What air, ground cover and the receiver's
imperfections do to these is in modules of their own.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ..compiled import kernel

REFERENCE_REFLECTANCE = 0.1
DETECTION_SLOPE = 2.6304  # Phi^-1(0.9) / (0.82^-2 - 1)
INTENSITY_NOISE = 1.0 / math.sqrt(12.0)  # relative, at S = 1: the electrical signal-to-noise ratio there is taken as 12
_PANE_SPECULAR = 0.08
_COS_30 = math.sqrt(0.75)
FAINTEST = 0.2
"""Strength of an echo that is found once in seventy times; phantoms fainter than this are left out."""
_CERTAIN = 4.0
_STEPS = 4096


def _detection_curve() -> NDArray[np.float64]:
    s = np.linspace(0.0, _CERTAIN, _STEPS + 1)
    p = ndtr(DETECTION_SLOPE * (s - 1.0))
    p -= np.where(s < 1.0, p[0] * (1.0 - s), 0.0)
    p[-1] = 1.0
    return p


_CURVE = _detection_curve()


@kernel
def apparent_reflectance(nir: float, retro: float, cos_incidence: float) -> float:
    """Reflectance of the facing Lambertian target that returns as much light as this surface does."""
    return nir * cos_incidence + retro * min(1.0, cos_incidence / _COS_30)


@kernel
def pane_reflectance(nir: float, transparency: float, cos_incidence: float) -> float:
    """Apparent reflectance of a transparent pane: diffuse dirt plus the specular lobe of its two faces."""
    cos_twice = max(0.0, 2.0 * cos_incidence * cos_incidence - 1.0)
    lobe = cos_twice * cos_twice
    lobe *= lobe
    return (1.0 - transparency) * nir * cos_incidence + _PANE_SPECULAR * lobe * lobe


@kernel
def signal(reflectance: float, range_m: float, range_50_m: float) -> float:
    """Echo strength, 1 where a 10 % target is found half of the time."""
    return reflectance / REFERENCE_REFLECTANCE * (range_50_m / range_m) ** 2


@kernel
def detection_probability(s: float) -> float:
    """Chance that an echo of strength `s` is reported; read off a table, to 1e-6."""
    if s >= _CERTAIN:
        return 1.0
    at = s * (_STEPS / _CERTAIN)
    k = int(at)
    return _CURVE[k] + (at - k) * (_CURVE[k + 1] - _CURVE[k])  # type: ignore[no-any-return]


@kernel
def range_sigma(s: float, floor_m: float, noise_m: float) -> float:
    """Standard deviation of the measured range [m] at echo strength `s`."""
    return math.sqrt(floor_m * floor_m + noise_m * noise_m / s)


@kernel
def intensity_byte(reflectance: float) -> int:
    """Reported intensity: 0-100 linear in apparent reflectance, 101-255 logarithmic for brighter than white.

    A retro-reflector of 2^10 times white reaches 255. Every return reports at least 1.
    """
    if reflectance <= 1.0:
        return max(1, int(100.0 * reflectance + 0.5))
    return min(255, int(101.0 + 15.4 * math.log2(reflectance)))


@kernel
def quantised(range_m: float, step_m: float) -> float:
    """The nearest multiple of the range step; a step of 0 leaves the range as it is."""
    return np.rint(range_m / step_m) * step_m if step_m > 0.0 else range_m
