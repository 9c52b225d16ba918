"""A stored lidar sweep as points: where its cells look, and where the sensor went meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...renderers.lidar.points import CellGeometry, Geometry, ScanGeometry, deskewed
from ...renderers.pose_track import PoseTrack
from ...renderers.transforms import conjugate, multiply
from ..episode.records import SensorInfo

F64 = NDArray[np.float64]
Array = NDArray[Any]


def geometry(info: SensorInfo) -> ScanGeometry:
    """Where the cells of a lidar look that looks alike in every frame.

    Raises:
        KeyError: the sensor is not a lidar, or one whose directions come with each frame.

    """
    tables = info.intrinsics
    elevation = np.asarray(tables["elevation_rad"])
    nothing = np.zeros(len(elevation))
    return ScanGeometry(
        elevation_rad=elevation,
        azimuth_rad=np.asarray(tables["azimuth_rad"]),
        azimuth_offset_rad=np.asarray(tables.get("azimuth_offset_rad", nothing)),
        origin_height_m=np.asarray(tables["origin_m"])[:, 2] if "origin_m" in tables else nothing,
        origin_radius_m=float(tables.get("origin_radius_m", 0.0)),
    )


def geometry_of(intrinsics: Mapping[str, Any]) -> Geometry:
    """Where the cells of one frame of any lidar look, from the constant intrinsics and those of the frame.

    Raises:
        KeyError: they are not those of a lidar.

    """
    elevation = np.asarray(intrinsics["elevation_rad"])
    if elevation.ndim == 2:
        return CellGeometry(np.asarray(intrinsics["azimuth_rad"], np.float32), np.asarray(elevation, np.float32))
    return geometry(SensorInfo("", "lidar", 1.0, intrinsics=intrinsics))


def compensate(points: F64, time_offset_s: Array, starts_ns: Array, poses_w: F64, row: int) -> F64:
    """Points of one sweep, each in the frame of its own beam, moved into the frame at the start of the sweep.

    Poses between the starts of sweeps are interpolated; beyond the last start the sensor keeps its velocity.

    Args:
        points: (N, 3) [m].
        time_offset_s: (N,) after the start of the sweep.
        starts_ns: (K,) starts of all sweeps.
        poses_w: (K, 7) poses of the sensor at these.
        row: which sweep.

    """
    times, poses = starts_ns / 1e9, poses_w
    if len(times) > 1:
        times = np.append(times, 2 * times[-1] - times[-2])
        turn = multiply(multiply(poses[-1, 3:], conjugate(poses[-2, 3:])), poses[-1, 3:])
        poses = np.vstack([poses, np.concatenate([2 * poses[-1, :3] - poses[-2, :3], turn])])
    track = PoseTrack(times, poses[:, :3], poses[:, 3:])
    return deskewed(points, times[row] + time_offset_s.astype(np.float64), track, float(times[row]))
