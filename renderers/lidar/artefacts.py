"""Artefacts of the receiver and of shiny things, each with a strength of its own; 0 switches it off.

- Blooming: a return stronger than S_sat floods neighbouring receivers. A beam at an angle d reports a ghost at about
  the same range with the chance exp(-(d / d_b)^2) min(1, log10(S / S_sat)) (own form; Dudzik et al. 2025 measure one).
- Ghosts: a beam that meets a pane, polished paint or a mirror goes on after the specular reflection; what it meets
  comes back along the original direction at the length of the path, weighted by the squared specular reflectance.
- Crosstalk: a foreign pulse puts a point at a random range along the beam (chance per beam; 0.004-0.02 in benchmarks).
- Sunlight: data sheets hold at 100 klx. The noise of the background grows with the root of the light,
  n^2 = 1 - q + q E / 100 klx + g exp(-(angle to the sun / d_s)^2) E / 100 klx; half of it raises the threshold (so the
  50 % range falls), half raises the rate of false alarms, which is that of Gaussian noise.
- Range walk: a leading-edge discriminator answers to a strong pulse sin^2(pi t / (2 tau_H)) sooner; the share
  `range_walk` of this is not calibrated out: (c tau_H / 2) (1 - (2 / pi) asin(S^-1/2)) (a few cm, 10 cm at most).

Left out: lower signal-to-noise ratio by interference, second reflections, shadow at the target.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..compiled import kernel
from ..scene import Sun
from .fog import LIGHT_MPS

REFERENCE_LX = 100_000.0
_SHARE = 0.5
_LUMA = (0.2126, 0.7152, 0.0722)


@dataclass
class ArtefactConfig:
    """Strength and shape of every artefact.

    Attributes:
        blooming: multiplies the chance of a blooming ghost.
        bloom_strength: S_sat, times the strength found half of the time.
        bloom_deg: d_b.
        ghosts: multiplies the specular reflectance of panes and polished surfaces.
        crosstalk: chance of a foreign pulse per beam.
        sunlight: multiplies the difference between the noise under this sun and under the data sheet's.
        glare, glare_deg: g and d_s of the receiver's stray light.
        range_walk: share of the discriminator's walk that is left.

    """

    blooming: float = 0.0
    bloom_strength: float = 1000.0
    bloom_deg: float = 1.0
    ghosts: float = 0.0
    crosstalk: float = 0.0
    sunlight: float = 0.0
    glare: float = 50.0
    glare_deg: float = 3.0
    range_walk: float = 0.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("blooming", "ghosts", "sunlight", "glare", "range_walk"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"lidar artefacts.{name} is {getattr(self, name)}, expected 0 or more")
        for name in ("bloom_strength", "bloom_deg", "glare_deg"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"lidar artefacts.{name} is {getattr(self, name)}, expected more than 0")
        if not 0.0 <= self.crosstalk <= 1.0:
            raise ValueError(f"lidar artefacts.crosstalk is {self.crosstalk}, expected a value in [0, 1]")

    @property
    def none(self) -> bool:
        """Whether all are switched off."""
        return not (self.blooming or self.ghosts or self.crosstalk or self.sunlight or self.range_walk)


class Artefacts(NamedTuple):
    """What the kernel needs to know."""

    blooming: float
    bloom_strength: float
    bloom_rad: float
    ghosts: float
    crosstalk: float
    sunlight: float
    light: float
    glare: float
    glare_rad: float
    sun_x: float
    sun_y: float
    sun_z: float
    walk_m: float

    @property
    def none(self) -> bool:
        """Whether all are switched off."""
        return not (self.blooming or self.ghosts or self.crosstalk or self.sunlight or self.walk_m)


def artefacts(config: ArtefactConfig, sun: Sun, pulse_s: float) -> Artefacts:
    """The artefacts under this sun."""
    light = sum(w * e for w, e in zip(_LUMA, sun.illuminance_lx, strict=True)) / REFERENCE_LX
    x, y, z = np.asarray(sun.direction_w, float) / np.linalg.norm(sun.direction_w)
    return Artefacts(
        config.blooming, config.bloom_strength, float(np.deg2rad(config.bloom_deg)), config.ghosts, config.crosstalk,
        config.sunlight, light, config.glare, float(np.deg2rad(config.glare_deg)), float(x), float(y), float(z),
        config.range_walk * LIGHT_MPS * pulse_s / 2.0,
    )  # fmt: skip


@kernel
def background(marks, cos_sun):  # type: ignore[no-untyped-def]
    """Noise relative to that at the data sheet's 100 klx, for a ray at this cosine from the sun."""
    angle = math.acos(min(1.0, max(-1.0, cos_sun)))
    square = 1.0 - _SHARE + _SHARE * marks.light
    square += marks.glare * math.exp(-((angle / marks.glare_rad) ** 2)) * marks.light
    return math.sqrt(max(1e-3, 1.0 + marks.sunlight * (square - 1.0)))


@kernel
def false_alarm(chance, noise):  # type: ignore[no-untyped-def]
    """Chance of a false alarm where the noise is `noise` times what it is when the chance is `chance`."""
    if noise == 1.0 or chance <= 0.0 or chance >= 0.5:
        return chance
    # the threshold in units of the noise; the tail is convex, so bisection is safest
    low, high = 0.0, 8.0
    for _ in range(40):
        z = 0.5 * (low + high)
        if 0.5 * math.erfc(z / math.sqrt(2.0)) > chance:
            low = z
        else:
            high = z
    return 0.5 * math.erfc(low / noise / math.sqrt(2.0))


@kernel
def walk(marks, strength):  # type: ignore[no-untyped-def]
    """How much too near an echo is reported [m]."""
    if marks.walk_m == 0.0 or strength <= 1.0:
        return 0.0
    return marks.walk_m * (1.0 - 2.0 / math.pi * math.asin(1.0 / math.sqrt(strength)))
