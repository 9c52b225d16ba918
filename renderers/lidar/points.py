"""From organised ranges to points, and points back to where they would be had the sensor stood still.

Pure array functions, so that a reader of stored frames needs nothing but the arrays. B beams, C columns. The sensor
frame is x forward, y left, z up. A point is expressed in the sensor frame at the instant of its own ray; `deskewed`
moves it into the sensor frame at one reference instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..pose_track import PoseTrack
from ..transforms import conjugate, rotate

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ScanGeometry:
    """Where each cell of the range image looks, in the sensor frame at the instant of its ray.

    Attributes:
        elevation_rad: (B,) above the xy plane, falling.
        azimuth_rad: (C,) encoder azimuths at the start of the columns, counter-clockwise from x.
        azimuth_offset_rad: (B,) added to them: stagger of the lasers, and how far the head turns until each fires.
        origin_height_m: (B,) height of the beam's origin.
        origin_radius_m: distance of the beam's origin from the spin axis, along the encoder azimuth.
    """

    elevation_rad: F64
    azimuth_rad: F64
    azimuth_offset_rad: F64
    origin_height_m: F64
    origin_radius_m: float = 0.0

    def origins(self) -> F64:
        """(B, C, 3) points the rays start from [m]."""
        out = np.empty((len(self.elevation_rad), len(self.azimuth_rad), 3))
        out[..., 0] = self.origin_radius_m * np.cos(self.azimuth_rad)
        out[..., 1] = self.origin_radius_m * np.sin(self.azimuth_rad)
        out[..., 2] = self.origin_height_m[:, None]
        return out

    def directions(self) -> F64:
        """(B, C, 3) unit vectors."""
        azimuth = self.azimuth_rad + self.azimuth_offset_rad[:, None]
        elevation = np.broadcast_to(self.elevation_rad[:, None], azimuth.shape)
        level = np.cos(elevation)
        return np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)], axis=-1)

    def points(self, range_m: ArrayLike) -> F64:
        """(B, C, 3) points [m] of (B, C) ranges, which count from the spin axis; 0 (no return) gives no point."""
        beyond = np.asarray(range_m, float)[..., None] - self.origin_radius_m
        out: F64 = self.origins() + beyond * self.directions()
        return out

    def frame_intrinsics(self) -> dict[str, NDArray[np.float32]]:
        """What must be stored with every frame to turn ranges into points: nothing, since all frames look alike."""
        return {}

    def destaggered(self, image: NDArray[Any]) -> NDArray[Any]:
        """A (B, C, ...) image with its rows shifted so that each column looks in one direction; for looking at.

        Whole columns only, and as if the head closed its turn: the shifted ends come from the other side of the seam.
        """
        step = self.azimuth_rad[1] - self.azimuth_rad[0]
        shifts = np.rint(self.azimuth_offset_rad / step).astype(int)
        return np.stack([np.roll(row, shift, axis=0) for row, shift in zip(image, shifts, strict=True)])


@dataclass(frozen=True, eq=False)
class CellGeometry:
    """Where each cell of one frame looks, for sensors that look elsewhere in the next; all rays start at the origin.

    Attributes:
        azimuth_rad: (B, C) float32 counter-clockwise from x.
        elevation_rad: (B, C) float32 above the xy plane.
    """

    azimuth_rad: NDArray[np.float32]
    elevation_rad: NDArray[np.float32]

    @property
    def origin_radius_m(self) -> float:
        """Ranges count from the origin of the rays."""
        return 0.0

    def origins(self) -> F64:
        """(B, C, 3) points the rays start from [m]: the origin."""
        return np.zeros((*self.azimuth_rad.shape, 3))

    def directions(self) -> F64:
        """(B, C, 3) unit vectors."""
        azimuth, elevation = self.azimuth_rad.astype(np.float64), self.elevation_rad.astype(np.float64)
        level = np.cos(elevation)
        return np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)], axis=-1)

    def points(self, range_m: ArrayLike) -> F64:
        """(B, C, 3) points [m] of (B, C) ranges; 0 (no return) gives no point."""
        out: F64 = np.asarray(range_m, float)[..., None] * self.directions()
        return out

    def frame_intrinsics(self) -> dict[str, NDArray[np.float32]]:
        """What must be stored with every frame to turn ranges into points."""
        return {"azimuth_rad": self.azimuth_rad, "elevation_rad": self.elevation_rad}

    def destaggered(self, image: NDArray[Any]) -> NDArray[Any]:
        """The image as it is: no column looks in one direction."""
        return image


Geometry = ScanGeometry | CellGeometry
"""Where the cells of a frame look."""


def deskewed(points: ArrayLike, times_s: ArrayLike, track: PoseTrack, reference_s: float) -> F64:
    """Points (N, 3), each in the sensor frame at its own absolute time (N,), in the sensor frame at `reference_s`.

    Only the sensor's own motion is undone; a moving target stays smeared.
    """
    position_w, orientation_w = track.at(times_s)
    origin_w, heading_w = track.at(reference_s)
    return rotate(conjugate(heading_w), position_w + rotate(orientation_w, np.asarray(points, float)) - origin_w)
