"""Fog as a soft target: what the droplets in front of the sensor send back.

Rasshofer, Spies and Spies 2011 (Adv. Radio Sci. 9) and Hahner et al. 2021 (ICCV): a pulse sin^2(pi t / (2 tau_H))
spreads over the air, and the received power at range R is

    P(R) = C_A P_0 beta I(R)
    I(R) = integral over t in [0, 2 tau_H] of sin^2(pi t / (2 tau_H)) exp(-2 alpha r) xi(r) / r^2

with r = R - c t / 2 and the overlap xi of transmitter and receiver rising from 0 at R_1 to 1 at R_2. The peak of I and
its range, shifted back by half a pulse as the hard target's is, depend on alpha only; they are tabulated once per
sensor. Backscatter is beta = 0.046 / MOR. In consistent units a hard target returns
(2 / c) (rho / pi) exp(-2 alpha R) / R^2, so the soft one counts like an apparent reflectance over R^2 of
pi beta (c / 2) I. The last return looks past it.

Where the fog varies, the extinction where the peak lies is used; a bank further away is looked at on its near side and
in its middle with a pulse that is short against it. The reported range is scattered by `jitter_m` times a Beta(2, 20)
number. Left out: speckle of the strength, multiple scattering.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from ..air import BANKS, EVEN, FOG, LN_20, UNEVEN, Air, extinction_at, optical_depth
from ..compiled import inlined, kernel
from .radiometry import FAINTEST, REFERENCE_REFLECTANCE

F64 = NDArray[np.float64]

LIGHT_MPS = 299_792_458.0
_LEAST, _MOST, _ENTRIES = 1e-4, 2.0, 49
_JITTER = np.append(betaincinv(2.0, 20.0, np.arange(256) / 256.0), betaincinv(2.0, 20.0, 1.0 - 1e-4))


@dataclass
class AirConfig:
    """How a lidar answers to what is in the air.

    Attributes:
        strength: multiplies the light that fog, drops and flakes send back. They take away what they take anyway.
        pulse_s: half-power width tau_H of the pulse; 0 takes the model's.
        overlap_m: ranges R_1 and R_2 at which the receiver begins to see the beam and sees all of it.
        backscatter: times the inverse of the visibility, gives beta [1/sr].
        jitter_m: scatter of ranges reported for fog.
        nearest_particle_m: drops and flakes nearer than this are not seen.

    """

    strength: float = 1.0
    pulse_s: float = 0.0
    overlap_m: tuple[float, float] = (0.9, 10.0)
    backscatter: float = 0.046
    jitter_m: float = 10.0
    nearest_particle_m: float = 1.5

    def __post_init__(self) -> None:
        """Check the ranges."""
        self.overlap_m = (float(self.overlap_m[0]), float(self.overlap_m[1]))
        if not 0.0 <= self.overlap_m[0] < self.overlap_m[1]:
            raise ValueError(f"lidar air.overlap_m is {self.overlap_m}, expected two ranges with 0 <= R_1 < R_2")
        for name in ("strength", "pulse_s", "backscatter", "jitter_m"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"lidar air.{name} is {getattr(self, name)}, expected 0 or more")
        if not self.nearest_particle_m > 0.0:
            raise ValueError(f"lidar air.nearest_particle_m is {self.nearest_particle_m}, expected more than 0")


class Fog(NamedTuple):
    """What the kernel needs to know: peaks over the logarithm of alpha, the sensor's gain, where the mean fog's is."""

    peak_m: F64
    power: F64
    gain: float
    pulse_s: float
    overlap_start_m: float
    overlap_full_m: float
    jitter_m: float
    mean_m: float


def response(alpha: float, range_m: F64, pulse_s: float, overlap_m: tuple[float, float]) -> F64:
    """I(R) [s/m^2] at the shifted ranges [m] for an extinction alpha [1/m] and no hard target."""
    steps = 1024
    t = (np.arange(steps) + 0.5) * (2.0 * pulse_s / steps)
    r = np.asarray(range_m, float)[:, None] + LIGHT_MPS * (pulse_s - t) / 2.0
    overlap = np.clip((r - overlap_m[0]) / (overlap_m[1] - overlap_m[0]), 0.0, 1.0)
    near = np.maximum(r, 1e-3)
    shape = np.sin(np.pi * t / (2.0 * pulse_s)) ** 2
    out: F64 = np.sum(shape * np.exp(-2.0 * alpha * near) * overlap / near**2, axis=1) * (2.0 * pulse_s / steps)
    return out


def peak(alpha: float, pulse_s: float, overlap_m: tuple[float, float]) -> tuple[float, float]:
    """Range [m] and height [s/m^2] of the maximum of `response`."""
    low, high = 0.0, overlap_m[1] + LIGHT_MPS * pulse_s
    for _ in range(5):
        at = np.linspace(low, high, 33)
        values = response(alpha, at, pulse_s, overlap_m)
        best = int(np.argmax(values))
        step = at[1] - at[0]
        low, high = max(at[best] - step, 0.0), at[best] + step
    return float(at[best]), float(values[best])


@lru_cache(maxsize=16)
def _peaks(pulse_s: float, overlap_m: tuple[float, float]) -> tuple[F64, F64]:
    """Range and height of the peak over the logarithm of alpha."""
    peaks = np.array([peak(alpha, pulse_s, overlap_m) for alpha in np.geomspace(_LEAST, _MOST, _ENTRIES)])
    return np.ascontiguousarray(peaks[:, 0]), np.ascontiguousarray(peaks[:, 1])


def fog(config: AirConfig, air: Air, pulse_s: float, range_50_m: float) -> Fog:
    """How one sensor answers to fog; the gain turns beta I into the strength of an echo."""
    thickest = air.fog_extinction_per_m * (1.0 + air.unevenness) + sum(bank.extinction_per_m for bank in air.banks)
    foggy = thickest * config.strength > 0.0
    where, height = _peaks(pulse_s, config.overlap_m) if foggy else (np.zeros(_ENTRIES), np.zeros(_ENTRIES))
    gain = np.pi * config.backscatter / LN_20 * LIGHT_MPS / 2.0 * range_50_m**2 / REFERENCE_REFLECTANCE
    # haze too thin for any echo to be found is not looked at
    strength = config.strength if foggy and config.strength * gain * thickest * height.max() > FAINTEST else 0.0
    mean_m = peak(max(air.fog_extinction_per_m, _LEAST), pulse_s, config.overlap_m)[0] if strength else 0.0
    return Fog(where, height, float(strength * gain), pulse_s, *config.overlap_m, config.jitter_m, mean_m)


@kernel
def peak_at(curves, alpha):  # type: ignore[no-untyped-def]
    """Range and height of the peak, from the table."""
    at = math.log(max(alpha, _LEAST) / _LEAST) * ((_ENTRIES - 1) / math.log(_MOST / _LEAST))
    k = min(int(at), _ENTRIES - 2)
    w = min(at - k, 1.0)
    far = curves.peak_m[k] + w * (curves.peak_m[k + 1] - curves.peak_m[k])
    return far, curves.power[k] + w * (curves.power[k + 1] - curves.power[k])


@inlined
def soft_echo(curves, air, ox, oy, oz, dx, dy, dz, reach):  # type: ignore[no-untyped-def]
    """Range and strength of the strongest soft echo before `reach` along a ray; 0, 0 for none."""
    others = air[EVEN] - air[FOG]
    first = curves.mean_m
    alpha = air[FOG]
    if air[UNEVEN] > 0.0 or len(air) > BANKS:
        alpha = extinction_at(air, ox + first * dx, oy + first * dy, oz + first * dz) - others
    where, strength = 0.0, 0.0
    if alpha > 0.0:
        first, power = peak_at(curves, alpha)
        if first < reach:
            where, strength = first, curves.gain * alpha * power * math.exp(-2.0 * others * first)
    for i in range(BANKS, len(air), 7):
        px, py, pz = (ox - air[i]) / air[i + 3], (oy - air[i + 1]) / air[i + 4], (oz - air[i + 2]) / air[i + 5]
        vx, vy, vz = dx / air[i + 3], dy / air[i + 4], dz / air[i + 5]
        square = vx * vx + vy * vy + vz * vz
        middle, sigma = -(px * vx + py * vy + pz * vz) / square, 1.0 / math.sqrt(square)
        for k in range(3):
            r = middle - k * sigma
            if first < r < reach:
                alpha = extinction_at(air, ox + r * dx, oy + r * dy, oz + r * dz) - others
                seen = (r - curves.overlap_start_m) / (curves.overlap_full_m - curves.overlap_start_m)
                power = curves.pulse_s * min(max(seen, 0.0), 1.0) / (r * r)
                power *= curves.gain * alpha * math.exp(-2.0 * optical_depth(air, ox, oy, oz, dx, dy, dz, r))
                if power > strength:
                    where, strength = r, power
    return where, strength


@kernel
def scatter(curves, u):  # type: ignore[no-untyped-def]
    """How far beyond the peak a fog return is reported [m], from a uniform number."""
    at = u * 256.0
    k = int(at)
    return curves.jitter_m * (_JITTER[k] + (at - k) * (_JITTER[k + 1] - _JITTER[k]))
