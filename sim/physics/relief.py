"""Ground that rises and tilts: a road with grades and crossfall, its verges and ditches, and the land around it.

Near the road the height is z(s) + q(s) d + h(d): profile and crossfall (d cut off at the edges of the asphalt) plus
one cross-section beside it, in the frame of the path (s along, d to the left). Away from it the land is a grid of
heights with bilinear interpolation; between `section` and `LAND_M` beyond it a cubic blend leads from one to the other.
Height is continuous everywhere, slope wherever the section has no edge. Path vertices become stations with heading,
height, grade and crossfall; between two of them the path is an arc, height a cubic, crossfall linear, so circular
bends and parabolic crests come out exactly. Radii must exceed the half width of the section.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled
from ..world.alignment import Profile
from ..world.path import Path

F64 = NDArray[np.float64]

COLUMNS = 9
LAND_M = 9.0
"""Width over which the section blends into the land."""
_COARSE = 16  # stations that the first search skips
_OVERRUN_STEP_M = 4.0
_OVERLAP_M = 13.0  # of the collision mesh of the road and that of the land
_MESH_STEP_M = 3.0
_MESH_LAND_M = 90.0  # how far from the road bodies find land under them


@dataclass(frozen=True, eq=False)
class Land:
    """Heights on a square grid, constant beyond its rim.

    Attributes:
        x_m, y_m: its first corner.
        cell_m: its pitch.
        height_m: (rows along y, columns along x).

    """

    x_m: float
    y_m: float
    cell_m: float
    height_m: F64


@dataclass(frozen=True, eq=False)
class Relief:
    """A road in hilly land.

    Attributes:
        path: centre line.
        profile: height along it; level beyond the overrun.
        crossfall: nodes (s, dz/dd) of a broken line.
        edge_m: half width of the asphalt, where crossfall ends.
        section: (distance beyond the edge, height against the edge) points of the verge, from 0 m on, increasing.
        land: the land around.
        overrun_m: how far the road goes on straight beyond both ends of the path.

    """

    path: Path
    profile: Profile
    crossfall: tuple[F64, F64]
    edge_m: float
    section: tuple[tuple[float, float], ...]
    land: Land
    overrun_m: float = 400.0

    @property
    def reach_m(self) -> float:
        """Distance from the centre line up to which the section holds alone."""
        return self.edge_m + self.section[-1][0]

    @cached_property
    def rows(self) -> F64:
        """The part of a ground table that `relief` reads: two rows of sizes, section, stations, land."""
        path, count = self.path, max(1, round(self.overrun_m / _OVERRUN_STEP_M))
        before = -self.overrun_m + self.overrun_m / count * np.arange(count)
        after = path.length_m + self.overrun_m / count * np.arange(1, count + 1)
        s = np.concatenate([before, path.s, after])
        outside = (s < 0.0) | (s >= path.length_m)
        (xy, yaw, _), (z, grade) = path.at(s), self.profile.at(s)
        curvature = np.concatenate([np.zeros(count), path.curvature[: len(path.s)], np.zeros(count)])
        curvature[outside] = 0.0
        q = np.interp(s, *self.crossfall)
        stations = np.column_stack([s, xy, np.cos(yaw), np.sin(yaw), curvature, z, grade, q])
        section = np.zeros((len(self.section), COLUMNS))
        section[:, :2] = self.section
        land, grid = self.land, self.land.height_m
        cells = np.zeros((-(-grid.size // COLUMNS), COLUMNS))
        cells.ravel()[: grid.size] = grid.ravel()
        head = np.zeros((2, COLUMNS))
        head[0, :4] = len(section), len(stations), self.edge_m, LAND_M
        head[1, :5] = land.x_m, land.y_m, land.cell_m, grid.shape[1], grid.shape[0]
        return np.concatenate([head, section, stations, cells])

    def offsets(self) -> F64:
        """Distances from the centre line, right to left, where the section bends, and some in the blend to the land."""
        half = [0.0, self.edge_m, *(self.edge_m + d for d, _ in self.section[1:])]
        half += [self.reach_m + LAND_M * share for share in (0.25, 0.5, 0.75, 1.0)] + [
            self.reach_m + LAND_M + _OVERLAP_M
        ]
        return np.array([-d for d in half[:0:-1]] + half)

    def mesh(self) -> tuple[F64, NDArray[np.int64]]:
        """Vertices (V, 3) and triangles (F, 3) facing up, for bodies to rest on: the road's band, and the land."""
        d = self.offsets()
        s0, s1 = -self.overrun_m, self.path.length_m + self.overrun_m
        s = np.linspace(s0, s1, int(np.ceil((s1 - s0) / _MESH_STEP_M)) + 1)
        xy, _, _ = self.path.at(s[:, None], d[None, :])
        band, faces = self._lifted(xy), _quads(len(s), len(d))
        land = self.land
        rows, columns = land.height_m.shape
        x, y = (first + land.cell_m * np.arange(n) for first, n in ((land.x_m, columns), (land.y_m, rows)))
        ground = np.stack([*np.meshgrid(x, y), land.height_m], axis=-1).reshape(-1, 3)
        away = distances(self.rows, ground[:, :2])
        there = (away > self.reach_m + LAND_M) & (away < _MESH_LAND_M)
        cells = _quads(columns, rows, turned=True)
        cells = cells[there[cells].all(axis=1)] + len(band)
        return np.concatenate([band, ground]), np.concatenate([faces, cells])

    def _lifted(self, xy: F64) -> F64:
        flat = np.ascontiguousarray(xy.reshape(-1, 2))
        return np.column_stack([flat, heights(self.rows, flat)])


def _quads(rows: int, columns: int, *, turned: bool = False) -> NDArray[np.int64]:
    """Two triangles for each cell of a grid of vertices: `rows` ahead by `columns` to the left, or the transpose."""
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    ahead, left = (1, rows) if turned else (columns, 1)
    a = (i * ahead + j * left).ravel()
    out: NDArray[np.int64] = np.concatenate(
        [np.stack([a, a + ahead, a + ahead + left], 1), np.stack([a, a + ahead + left, a + left], 1)]
    )
    return out


@compiled
def _locate(table, first, count, x, y):  # type: ignore[no-untyped-def]
    """Station before a point, distance from it along the path, offset to the left, and heading there (cos, sin)."""
    best, k = np.inf, 0
    for i in range(0, count, _COARSE):
        dx, dy = x - table[first + i, 1], y - table[first + i, 2]
        if dx * dx + dy * dy < best:
            best, k = dx * dx + dy * dy, i
    low, high = max(0, k - _COARSE), min(count, k + _COARSE + 1)
    for i in range(low, high):
        dx, dy = x - table[first + i, 1], y - table[first + i, 2]
        if dx * dx + dy * dy < best:
            best, k = dx * dx + dy * dy, i
    row = table[first + k]
    if k > 0 and (x - row[1]) * row[3] + (y - row[2]) * row[4] < 0.0:
        k -= 1
    k = min(k, count - 2)
    row = table[first + k]
    dx, dy, c, s, bend = x - row[1], y - row[2], row[3], row[4], row[5]
    along, left = dx * c + dy * s, dy * c - dx * s
    if abs(bend) < 1e-9:
        return k, along, left, c, s
    p, q = bend * along, 1.0 - bend * left
    r, turn = np.sqrt(p * p + q * q), np.arctan2(p, q)
    ct, st = np.cos(turn), np.sin(turn)
    return k, turn / bend, (1.0 - r) / bend, c * ct - s * st, s * ct + c * st


@compiled
def _land(table, head, first, x, y):  # type: ignore[no-untyped-def]
    """Height of the grid and its slopes along x and y."""
    row = table[head]
    columns, rows, pitch = int(row[3]), int(row[4]), row[2]
    u = min(max((x - row[0]) / pitch, 0.0), columns - 1.0)
    v = min(max((y - row[1]) / pitch, 0.0), rows - 1.0)
    i, j = min(int(u), columns - 2), min(int(v), rows - 2)
    u, v = u - i, v - j
    n = j * columns + i
    a, b = table[first + n // 9, n % 9], table[first + (n + 1) // 9, (n + 1) % 9]
    n += columns
    c, d = table[first + n // 9, n % 9], table[first + (n + 1) // 9, (n + 1) % 9]
    low, high = a + u * (b - a), c + u * (d - c)
    return low + v * (high - low), ((b - a) + v * ((d - c) - (b - a))) / pitch, (high - low) / pitch


@compiled
def relief(table: F64, head: int, x: float, y: float) -> tuple[float, float, float]:
    """Height and its slopes along x and y at a world point, from `Relief.rows` at row `head` of a table."""
    points, count = int(table[head, 0]), int(table[head, 1])
    edge, width = table[head, 2], table[head, 3]
    section = head + 2
    first = section + points
    k, u, d, c, s = _locate(table, first, count, x, y)
    a, b = table[first + k], table[first + k + 1]
    away = abs(d) - edge
    reach = table[section + points - 1, 0]
    if away >= reach + width:
        return _land(table, head + 1, first + count, x, y)
    step = b[0] - a[0]
    t = min(max(u / step, 0.0), 1.0)
    t2, t3 = t * t, t * t * t
    height = (
        (2 * t3 - 3 * t2 + 1) * a[6]
        + (t3 - 2 * t2 + t) * step * a[7]
        + (3 * t2 - 2 * t3) * b[6]
        + (t3 - t2) * step * b[7]
    )
    grade = (6 * t2 - 6 * t) * (a[6] - b[6]) / step + (3 * t2 - 4 * t + 1) * a[7] + (3 * t2 - 2 * t) * b[7]
    tilt, twist = a[8] + t * (b[8] - a[8]), (b[8] - a[8]) / step
    inside = min(max(d, -edge), edge)
    height += tilt * inside
    ahead = (grade + twist * inside) / max(0.05, 1.0 - a[5] * d)
    across = tilt
    if away > 0.0:
        across, side = 0.0, 1.0 if d > 0.0 else -1.0
        if away >= reach:
            height += table[section + points - 1, 1]
        else:
            i = 0
            while table[section + i + 1, 0] < away:
                i += 1
            p, q = table[section + i], table[section + i + 1]
            fall = (q[1] - p[1]) / (q[0] - p[0])
            height += p[1] + fall * (away - p[0])
            across = side * fall
    gx, gy = ahead * c - across * s, ahead * s + across * c
    if away > reach:
        land, lx, ly = _land(table, head + 1, first + count, x, y)
        t = (away - reach) / width
        w, change = 1.0 - t * t * (3.0 - 2.0 * t), -6.0 * t * (1.0 - t) / width * (1.0 if d > 0.0 else -1.0)
        rise = (height - land) * change
        gx, gy = lx + w * (gx - lx) - rise * s, ly + w * (gy - ly) + rise * c
        height = land + w * (height - land)
    return height, gx, gy


@compiled
def heights(table: F64, xy: F64) -> F64:
    """(N,) heights at (N, 2) points, from `Relief.rows`."""
    out = np.empty(len(xy))
    for i in range(len(xy)):
        out[i] = relief(table, 0, xy[i, 0], xy[i, 1])[0]
    return out


@compiled
def distances(table: F64, xy: F64) -> F64:
    """(N,) distances from the centre line of (N, 2) points, from `Relief.rows`."""
    out = np.empty(len(xy))
    for i in range(len(xy)):
        out[i] = abs(_locate(table, 2 + int(table[0, 0]), int(table[0, 1]), xy[i, 0], xy[i, 1])[2])
    return out
