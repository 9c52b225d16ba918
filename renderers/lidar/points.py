"""From organised ranges to points, and points back to where they would be had the sensor stood still.

Pure array functions, so that a reader of stored frames needs nothing but the arrays. B beams, C columns. The sensor
frame is x forward, y left, z up; the head turns clockwise seen from above. A point is expressed in the sensor frame at
the instant of its own ray; `deskewed` moves it into the sensor frame at one reference instant.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..pose_track import PoseTrack
from ..transforms import conjugate, rotate

F64 = NDArray[np.float64]


def firing_times(fire_offset_s: F64, column_period_s: float, columns: int) -> F64:
    """(B, C) instants of all rays after the start of the sweep [s], from the (B,) instants within a column."""
    return fire_offset_s[:, None] + column_period_s * np.arange(columns)


def firing_azimuths(
    time_offset_s: ArrayLike, azimuth_offset_rad: F64, rate_hz: float, start_azimuth_rad: float
) -> F64:
    """(B, C) azimuths of all rays in the sensor frame [rad], counter-clockwise from x, from their (B, C) instants."""
    turned = 2.0 * np.pi * rate_hz * np.asarray(time_offset_s, float)
    out: F64 = start_azimuth_rad - turned + azimuth_offset_rad[:, None]
    return out


def points_from_ranges(
    range_m: ArrayLike,
    azimuth_rad: F64,
    elevation_rad: F64,
    *,
    azimuth_offset_rad: ArrayLike = 0.0,
    origin_radius_m: float = 0.0,
    origin_height_m: ArrayLike = 0.0,
) -> F64:
    """(B, C, 3) points [m] in the sensor frame at the instant of each ray.

    Args:
        range_m: (B, C) ranges counted from the spin axis; cells without return (0) give no meaningful point.
        azimuth_rad: (B, C) azimuths of the rays.
        elevation_rad: (B,) elevations.
        azimuth_offset_rad: (B,) part of the azimuth that is not the encoder's.
        origin_radius_m: distance of the beams' origin from the spin axis, along the encoder azimuth.
        origin_height_m: (B,) height of the beams' origin.

    """
    elevation = elevation_rad[:, None]
    beyond = np.asarray(range_m, float) - origin_radius_m
    encoder = azimuth_rad - np.atleast_1d(np.asarray(azimuth_offset_rad, float))[:, None]
    flat = beyond * np.cos(elevation)
    return np.stack(
        [
            flat * np.cos(azimuth_rad) + origin_radius_m * np.cos(encoder),
            flat * np.sin(azimuth_rad) + origin_radius_m * np.sin(encoder),
            beyond * np.sin(elevation) + np.atleast_1d(np.asarray(origin_height_m, float))[:, None],
        ],
        axis=-1,
    )


def deskewed(points: ArrayLike, times_s: ArrayLike, track: PoseTrack, reference_s: float) -> F64:
    """Points (N, 3), each in the sensor frame at its own absolute time (N,), in the sensor frame at `reference_s`.

    Only the sensor's own motion is undone; a moving target stays smeared.
    """
    position_w, orientation_w = track.at(times_s)
    origin_w, heading_w = track.at(reference_s)
    return rotate(conjugate(heading_w), position_w + rotate(orientation_w, np.asarray(points, float)) - origin_w)
