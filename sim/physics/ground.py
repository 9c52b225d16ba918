"""The drivable surface: height, slope and friction at every point, as a default or a relief plus a list of patches.

A relief (see there) is a road with grades and crossfall in hilly land; without one the ground is level. A patch is a
rectangle or a sector of a ring with its own height (absolute, and level), its own peak tyre friction, or both; where
patches overlap the later one wins, field by field. Wheels look all up at their own contact point, so a car may stand
with two wheels on ice. A pool is standing water over a part of it: what that leaves of the friction depends on the
speed of the wheel (`road_friction`). A step in height is smoothed by the tyre (`vehicle_kernel`), not by the ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import cos, isfinite, nan, pi, sin
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.compiled import compiled
from ...renderers.transforms import from_matrix
from .relief import Relief, relief

F64 = NDArray[np.float64]

_COLUMNS = 9  # kind, centre x, centre y, a, b, c, d, height (nan = keep), friction (nan = keep)
_RECT, _ARC = 1.0, 2.0
_POOL = 2.0  # added to the kind of a row whose last column is a depth of water in mm
_RELIEF, _POOLS = 3, 4  # columns of row 0


@dataclass(frozen=True)
class RectPatch:
    """A rectangle on the ground.

    Attributes:
        centre_xy: world position of its centre [m].
        yaw: direction of its long axis [rad].
        half_length, half_width: half extents along and across that axis [m].
        height_m: surface height above z = 0, or None to keep what lies below.
        friction: peak tyre friction coefficient, or None to keep what lies below.

    """

    centre_xy: tuple[float, float]
    yaw: float
    half_length: float
    half_width: float
    height_m: float | None = None
    friction: float | None = None

    def __post_init__(self) -> None:
        _check(self.height_m, self.friction)
        if not (self.half_length > 0.0 and self.half_width > 0.0):
            raise ValueError(f"RectPatch half extents must be > 0, got {self.half_length} x {self.half_width}")

    def row(self) -> list[float]:
        """The patch as one row of the table that `surface` reads."""
        return [
            _RECT, *self.centre_xy, cos(self.yaw), sin(self.yaw), self.half_length, self.half_width,
            nan if self.height_m is None else self.height_m, nan if self.friction is None else self.friction,
        ]  # fmt: skip


@dataclass(frozen=True)
class ArcPatch:
    """A sector of a ring on the ground, counter-clockwise from `start_rad` to `end_rad`.

    Attributes:
        centre_xy: world position of the centre of the ring [m].
        inner_m, outer_m: radii [m]; inner 0 gives a disc.
        start_rad, end_rad: directions of its two ends, end > start; a difference of 2 pi or more is the whole ring.
        height_m: surface height above z = 0, or None to keep what lies below.
        friction: peak tyre friction coefficient, or None to keep what lies below.

    """

    centre_xy: tuple[float, float]
    inner_m: float
    outer_m: float
    start_rad: float
    end_rad: float
    height_m: float | None = None
    friction: float | None = None

    def __post_init__(self) -> None:
        _check(self.height_m, self.friction)
        if not 0.0 <= self.inner_m < self.outer_m:
            raise ValueError(f"ArcPatch radii must satisfy 0 <= inner < outer, got {self.inner_m} and {self.outer_m}")
        if not self.end_rad > self.start_rad:
            raise ValueError(f"ArcPatch end_rad must exceed start_rad, got {self.end_rad} <= {self.start_rad}")

    def row(self) -> list[float]:
        """The patch as one row of the table that `surface` reads."""
        return [
            _ARC, *self.centre_xy, self.inner_m, self.outer_m, self.start_rad, self.end_rad - self.start_rad,
            nan if self.height_m is None else self.height_m, nan if self.friction is None else self.friction,
        ]  # fmt: skip


Patch = RectPatch | ArcPatch


@dataclass(frozen=True)
class Pool:
    """Standing water over the place of a patch, whose own height and friction are not used.

    Attributes:
        place: where it stands.
        depth_mm: how deep, > 0; where pools overlap the deepest counts.

    """

    place: Patch
    depth_mm: float

    def __post_init__(self) -> None:
        if not 0.0 < self.depth_mm <= 50.0:
            raise ValueError(f"Pool depth_mm is {self.depth_mm}, expected more than 0 and at most 50")

    def row(self) -> list[float]:
        """The pool as one row of the table that `pool_mm` reads."""
        kind, *where = self.place.row()[:-2]
        return [kind + _POOL, *where, nan, self.depth_mm]


@dataclass(frozen=True)
class Ground:
    """The whole surface.

    Attributes:
        height_m: default height above z = 0.
        friction: default peak tyre friction coefficient (dry asphalt, new tyre: 0.85 after the Bosch handbook).
        patches: later ones win.
        relief: heights instead of the default one, None for level ground.
        pools: standing water, whatever the weather.

    """

    height_m: float = 0.0
    friction: float = 0.85
    patches: tuple[Patch, ...] = ()
    relief: Relief | None = None
    pools: tuple[Pool, ...] = ()

    def __post_init__(self) -> None:
        _check(self.height_m, self.friction)

    @cached_property
    def table(self) -> F64:
        """(N, 9) rows for `surface` and `pool_mm`: defaults, patches, pools, relief.

        Row 0 begins with water, snow and ice (none), the row where the relief starts, 0 without one, and the number of
        pools.
        """
        shapes = (*self.patches, *self.pools)
        rows = np.array([[0.0] * (_COLUMNS - 2) + [self.height_m, self.friction], *(p.row() for p in shapes)])
        rows[0, _POOLS] = len(self.pools)
        if self.relief is None:
            return rows
        rows[0, _RELIEF] = len(rows)
        return np.concatenate([rows, self.relief.rows])

    def at(self, xy: ArrayLike) -> tuple[F64, F64]:
        """Heights [m] and peak friction coefficients, each (...), at world points (..., 2 or 3)."""
        points = np.asarray(xy, float)
        flat = np.ascontiguousarray(points[..., :2].reshape(-1, 2))
        values = surface_many(self.table, flat)
        return values[:, 0].reshape(points.shape[:-1]), values[:, 1].reshape(points.shape[:-1])

    def slope(self, xy: ArrayLike) -> F64:
        """Slopes dz/dx and dz/dy (..., 2) at world points (..., 2 or 3)."""
        points = np.asarray(xy, float)
        flat = np.ascontiguousarray(points[..., :2].reshape(-1, 2))
        return surface_many(self.table, flat)[:, 2:].reshape(*points.shape[:-1], 2)

    def standing(self, xy: ArrayLike, yaw: float) -> tuple[F64, F64]:
        """Point on the ground (3,), and quaternion of a frame that stands on it square, its x axis towards `yaw`."""
        x, y = (float(v) for v in np.asarray(xy, float)[:2])
        height, _, gx, gy = surface_many(self.table, np.array([[x, y]]))[0]
        up = np.array([-gx, -gy, 1.0]) / np.sqrt(1.0 + gx * gx + gy * gy)
        ahead = np.array([cos(yaw), sin(yaw), gx * cos(yaw) + gy * sin(yaw)])
        ahead /= np.linalg.norm(ahead)
        return np.array([x, y, height]), from_matrix(np.stack([ahead, np.cross(up, ahead), up], axis=1))


def _check(height_m: float | None, friction: float | None) -> None:
    if height_m is not None and not isfinite(height_m):
        raise ValueError(f"ground height_m must be finite, got {height_m}")
    if friction is not None and not 0.0 <= friction <= 2.0:
        raise ValueError(f"ground friction must lie in 0..2, got {friction}")


@compiled
def _inside(row: F64, kind: float, x: float, y: float) -> bool:
    """Whether a point lies in the place that a row describes."""
    dx, dy = x - row[1], y - row[2]
    if kind == _RECT:
        return bool(abs(dx * row[3] + dy * row[4]) <= row[5] and abs(dy * row[3] - dx * row[4]) <= row[6])
    r2 = dx * dx + dy * dy
    inside = row[3] * row[3] <= r2 <= row[4] * row[4]
    if inside and row[6] < 2.0 * pi:
        inside = (np.arctan2(dy, dx) - row[5]) % (2.0 * pi) <= row[6]
    return bool(inside)


@compiled
def pool_mm(table: F64, x: float, y: float) -> float:
    """Depth of standing water at the world point (x, y) [mm], from `Ground.table`."""
    deepest = 0.0
    if table[0, _POOLS] > 0.0:
        end = int(table[0, _RELIEF]) if table[0, _RELIEF] > 0.0 else table.shape[0]
        for i in range(end - int(table[0, _POOLS]), end):
            if table[i, 8] > deepest and _inside(table[i], table[i, 0] - _POOL, x, y):
                deepest = table[i, 8]
    return deepest


@compiled
def surface(table: F64, x: float, y: float) -> tuple[float, float, float, float]:
    """Height [m], peak friction, and slopes dz/dx and dz/dy at the world point (x, y), from `Ground.table`."""
    height, friction, gx, gy = table[0, 7], table[0, 8], 0.0, 0.0
    end = table.shape[0]
    if table[0, _RELIEF] > 0.0:
        end = int(table[0, _RELIEF])
        height, gx, gy = relief(table, end, x, y)
    for i in range(1, end - int(table[0, _POOLS])):
        row = table[i]
        if _inside(row, row[0], x, y):
            if not np.isnan(row[7]):
                height, gx, gy = row[7], 0.0, 0.0
            if not np.isnan(row[8]):
                friction = row[8]
    return height, friction, gx, gy


@compiled
def lookup(table: F64, x: float, y: float) -> tuple[float, float]:
    """Height [m] and peak friction at the world point (x, y), from `Ground.table`."""
    height, friction, _, _ = surface(table, x, y)
    return height, friction


@compiled
def surface_many(table: F64, xy: F64) -> Any:
    """(N, 4) heights, frictions and slopes along x and y at (N, 2) world points."""
    out = np.empty((xy.shape[0], 4))
    for i in range(xy.shape[0]):
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = surface(table, xy[i, 0], xy[i, 1])
    return out
