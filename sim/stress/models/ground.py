"""Which lidar points lie on the ground.

The lowest point of each square metre is the candidate; a plane through the candidates near the sensor, trimmed three
times, is the first idea of the ground; the local ground is the lowest candidate of the neighbourhood where that stays
near the plane. Left out: bridges, kerbs as such, and hills steeper than the neighbourhood allows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

F64 = NDArray[np.float64]
_CELL_M = 1.0
_NEIGHBOURHOOD = 7
_NEAR_M = 30.0
_TRIM_M = (0.6, 0.3, 0.15)
_OFF_PLANE_M = (0.5, 0.35)
"""How far below and above the plane the local ground may lie."""


def height_above_ground(points: F64) -> F64:
    """(N,) heights over the local ground of points (N, 3), z up, with the sensor near x = y = 0.

    Nothing is known of the ground where there are fewer than three squares: heights are then over the lowest point.
    """
    if not len(points):
        return np.empty(0)
    cell = np.floor(points[:, :2] / _CELL_M).astype(np.int64)
    first = cell.min(0)
    cell -= first
    shape = cell.max(0) + 1
    lowest = np.full(shape, np.inf)
    np.minimum.at(lowest, (cell[:, 0], cell[:, 1]), points[:, 2])
    known = np.argwhere(np.isfinite(lowest))
    if len(known) < 3:
        heights: F64 = points[:, 2] - points[:, 2].min()
        return heights
    middle = (known + first + 0.5) * _CELL_M
    plane = _plane(middle, lowest[tuple(known.T)])
    expected = plane[0] + (np.indices(shape).transpose(1, 2, 0) + first + 0.5) * _CELL_M @ plane[1:]
    local = ndimage.minimum_filter(lowest, size=_NEIGHBOURHOOD, mode="nearest")
    ground = np.clip(local, expected - _OFF_PLANE_M[0], expected + _OFF_PLANE_M[1])
    above: F64 = points[:, 2] - ground[cell[:, 0], cell[:, 1]]
    return above


def _plane(at: F64, z: F64) -> F64:
    """Height at the origin and slopes of the plane through the lower of the points near the sensor."""
    distance = np.linalg.norm(at, axis=1)
    near = distance <= max(_NEAR_M, float(np.sort(distance)[min(len(distance) - 1, 9)]))
    at, z = at[near], z[near]
    level = np.median(z[z <= np.median(z)])
    plane = np.array([level, 0.0, 0.0])
    design = np.column_stack([np.ones(len(at)), at])
    for trim in _TRIM_M:
        kept = np.abs(z - design @ plane) < trim
        if kept.sum() >= 3:
            plane = np.linalg.lstsq(design[kept], z[kept], rcond=None)[0]
    return plane
