"""Scan patterns that do not repeat: directions as functions of absolute time.

Rosette: two wedge prisms that turn against each other, each of which deflects the beam by a fixed angle. For thin
prisms the deflections add, (x, y) = d1 (cos w1 t, sin w1 t) + d2 (cos w2 t, sin w2 t); with incommensurate speeds the
curve never closes and fills a disc of radius d1 + d2 about forward. The deflection is taken as the angle from forward
(equidistant), and several lines are stacked in elevation.

Mirror: a head that turns about the vertical while a mirror sweeps several beams up and down, the lines following one
another by equal parts of the mirror's period. Turn and sweep are incommensurate with the frame, so that each frame
fills gaps of the last. The vendor does not publish the mechanism's speeds; those in `models` are assumptions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


class Pattern(ABC):
    """Where the lines of a lidar look at given instants."""

    @abstractmethod
    def angles(self, times_s: F64) -> tuple[F64, F64]:
        """Azimuth and elevation [rad], each (L, C), of L lines at C absolute times [s]."""


@dataclass(frozen=True)
class Rosette(Pattern):
    """Two counter-rotating prisms.

    Attributes:
        deflection_rad: of each prism.
        speed_radps: of each prism, signed.
        line_elevation_rad: of each line at rest, from top to bottom.

    """

    deflection_rad: tuple[float, float]
    speed_radps: tuple[float, float]
    line_elevation_rad: tuple[float, ...]

    def angles(self, times_s: F64) -> tuple[F64, F64]:
        """See `Pattern`."""
        across, up = np.zeros_like(times_s), np.zeros_like(times_s)
        for deflection, speed in zip(self.deflection_rad, self.speed_radps, strict=True):
            phase = np.remainder(speed * times_s, 2.0 * np.pi)
            across, up = across + deflection * np.cos(phase), up + deflection * np.sin(phase)
        angle = np.hypot(across, up)
        share = np.sinc(angle / np.pi)
        x, y, z = np.cos(angle), share * across, share * up
        line = np.asarray(self.line_elevation_rad)[:, None]
        c, s = np.cos(line), np.sin(line)
        return np.arctan2(y, c * x - s * z), np.arcsin(np.clip(s * x + c * z, -1.0, 1.0))


@dataclass(frozen=True)
class MirrorHead(Pattern):
    """A turning head whose mirror sweeps lines up and down.

    Attributes:
        elevation_rad: lowest and highest.
        lines: how many follow one another.
        turn_hz, sweep_hz: of the head (clockwise from above) and of the mirror.

    """

    elevation_rad: tuple[float, float]
    lines: int
    turn_hz: float
    sweep_hz: float

    def angles(self, times_s: F64) -> tuple[F64, F64]:
        """See `Pattern`."""
        phase = np.remainder(self.sweep_hz * times_s - np.arange(self.lines)[:, None] / self.lines, 1.0)
        low, high = self.elevation_rad
        elevation = low + (high - low) * (1.0 - np.abs(2.0 * phase - 1.0))
        azimuth = np.pi - 2.0 * np.pi * np.remainder(self.turn_hz * times_s, 1.0)
        return np.broadcast_to(azimuth, elevation.shape).copy(), elevation
