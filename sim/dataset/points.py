"""From an organised range image to points in the frame of the lidar.

Cell (beam, column) looks along azimuth `azimuth_rad[column] + azimuth_offset_rad[beam]`, counter-clockwise from x
forward, at elevation `elevation_rad[beam]`, from `origin_m[beam]` or from the origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Array = NDArray[Any]


def directions(intrinsics: Mapping[str, Array]) -> F64:
    """Unit vectors of all cells, (beams, columns, 3), in the frame of the lidar."""
    elevation = np.asarray(intrinsics["elevation_rad"])[:, None]
    offset = np.asarray(intrinsics.get("azimuth_offset_rad", np.zeros(len(elevation))))[:, None]
    azimuth = np.asarray(intrinsics["azimuth_rad"])[None, :] + offset
    level = np.cos(elevation)
    return np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation) + 0 * azimuth], axis=-1)


def positions(ranges: Array, intrinsics: Mapping[str, Array]) -> F64:
    """Where each cell's pulse ended, (beams, columns, 3) [m], in the frame of the lidar as each beam fired."""
    points: F64 = np.asarray(ranges, float)[..., None] * directions(intrinsics)
    if "origin_m" in intrinsics:
        points += np.asarray(intrinsics["origin_m"])[:, None, :]
    return points
