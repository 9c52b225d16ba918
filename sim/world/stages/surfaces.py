"""Surfaces that follow a road: cross-sections swept along a path, and quads of paint on top.

A strip is the part of a cross-section between two points (d0, z0) and (d1, z1), swept from s0 to s1. Its outside is to
the left of the direction from point 0 to point 1 as seen looking back along the path: sections are written from right
to left for ground seen from above. Vertices lie exactly on the offset line; between them the path is a chord,
at most `STEP_M` long where it bends, so the sagitta stays below 1 mm at a radius of 300 m and 5 mm at 50 m.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial, wraps
from typing import Concatenate, ParamSpec

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....renderers.scene import Material, Mesh
from ....renderers.transforms import from_yaw
from ...physics.ground import ArcPatch, RectPatch
from ..assets import finishes
from ..assets.asset import Asset, Box, CollisionShape, Late, Part
from ..classes import SemanticClass
from ..path import Path

F64 = NDArray[np.float64]
STEP_M = 1.5
STRAIGHT_STEP_M = 12.5
TERRAIN_M = 3000.0
P = ParamSpec("P")


def _noted(draw: Callable[Concatenate[Sweep, P], None]) -> Callable[Concatenate[Sweep, P], None]:
    """Make a method of `Sweep` note its call, to be carried out when the mesh is built."""

    @wraps(draw)
    def note(self: Sweep, /, *args: P.args, **kwargs: P.kwargs) -> None:
        self.calls.append(partial(draw, self, *args, **kwargs))

    return note


class Sweep:
    """Collects strips along one path and builds one mesh of them, in world coordinates, when it is first looked at."""

    def __init__(self, path: Path, straight_step_m: float = STRAIGHT_STEP_M, bend_step_m: float = STEP_M) -> None:
        """Start empty; strips are cut at these steps, finer than usual where the ground below will bend them."""
        self.path = path
        self.calls: list[Callable[[], None]] = []
        self._steps_m = (straight_step_m, bend_step_m)
        self._vertices: list[F64] = []
        self._normals: list[F64] = []
        self._faces: list[NDArray[np.int64]] = []
        self._material: list[NDArray[np.int64]] = []
        self._materials: dict[Material, int] = {}
        self._count = 0

    def stations(self, s0: float, s1: float) -> F64:
        """Where to cut the path between two distances: coarse on straights, fine in bends."""
        inside = (self.path.s > s0) & (self.path.s < s1)
        bent = bool(np.any(np.abs(self.path.curvature[inside]) > 1e-6)) if inside.any() else False
        step = self._steps_m[int(bent)]
        return np.linspace(s0, s1, max(1, int(np.ceil((s1 - s0) / step - 1e-9))) + 1)

    def strip(self, s0: float, s1: float, a: tuple[float, float], b: tuple[float, float], material: Material) -> None:
        """Add the strip between the section points `a` and `b`, each (d, z) [m]."""
        self.section(s0, s1, (a, b), material)

    @_noted
    def section(
        self, s0: float, s1: float, points: Sequence[tuple[float, float]], materials: Sequence[Material] | Material
    ) -> None:
        """Add a chain of strips through `points` (d, z), one material for all or one for each strip."""
        s, profile, strips = self.stations(s0, s1), np.array(points, float), len(points) - 1
        looks = [materials] * strips if isinstance(materials, Material) else list(materials)
        if len(looks) != strips:
            raise ValueError(f"a section of {len(points)} points has {strips} strips, got {len(looks)} materials")
        xy, yaw, _ = self.path.at(s[None], profile[:, :1])  # (P, S, 2)
        z = np.broadcast_to(profile[:, 1, None, None], (*xy.shape[:2], 1))
        lines = np.concatenate([xy, z], axis=-1)
        along = np.diff(profile, axis=0)
        along /= np.hypot(along[:, 0], along[:, 1])[:, None]
        n_left, n_up = -along[:, 1, None], np.repeat(along[:, 0, None], len(s), axis=1)
        normals = np.stack([-np.sin(yaw[0]) * n_left, np.cos(yaw[0]) * n_left, n_up], axis=-1)  # (P - 1, S, 3)
        vertices = np.stack([lines[:-1], lines[1:]], axis=1)  # (P - 1, 2, S, 3)
        right = np.arange(len(s) - 1)
        left = right + len(s)
        quads = np.concatenate([np.stack([right, right + 1, left + 1], 1), np.stack([right, left + 1, left], 1)])
        for k, look in enumerate(looks):
            both = np.concatenate([normals[k], normals[k]])
            self._append(vertices[k].reshape(-1, 3), both, quads + self._count, look)

    @_noted
    def polygon(self, sd: F64, z: float, material: Material) -> None:
        """Add a flat convex polygon given by its corners (s, d), counter-clockwise with d to the left."""
        xy, _, _ = self.path.at(sd[:, 0], sd[:, 1])
        k = np.arange(1, len(sd) - 1)
        faces = self._count + np.stack([np.zeros_like(k), k, k + 1], 1)
        self._append(_lift(xy, z), np.tile([0.0, 0.0, 1.0], (len(sd), 1)), faces, material)

    @_noted
    def upright(
        self,
        a: tuple[float, float],
        b: tuple[float, float],
        z0: float,
        z1: float,
        material: Material,
        *,
        flip: bool = False,
    ) -> None:
        """Add a vertical rectangle over the line from `a` to `b`, each (s, d), seen from the right of that line."""
        (pa, _, _), (pb, _, _) = self.path.at(*a), self.path.at(*b)
        along = (pb - pa) / np.linalg.norm(pb - pa)
        normal = np.array([along[1], -along[0], 0.0])
        corners = np.array([[*pa, z0], [*pb, z0], [*pb, z1], [*pa, z1]])
        faces = np.array([[0, 1, 2], [0, 2, 3]])
        if flip:
            normal, faces = -normal, faces[:, ::-1]
        self._append(corners, np.tile(normal, (4, 1)), faces + self._count, material)

    def posts(
        self, s: ArrayLike, d: float, z0: float, z1: float, along_m: float, across_m: float, material: Material
    ) -> None:
        """Add upright cuboids without a bottom at distances `s` (N,), turned with the path."""
        at = np.atleast_1d(np.asarray(s, float))
        if len(at):
            self._posts(at, d, z0, z1, along_m, across_m, material)

    @_noted
    def _posts(
        self, at: F64, d: float, z0: float, z1: float, along_m: float, across_m: float, material: Material
    ) -> None:
        u, v = along_m / 2, across_m / 2
        ring = self.path.at(at[:, None] + [-u, u, u, -u], d + np.array([-v, -v, v, v]))[0]  # (N, 4, 2)
        after = np.roll(ring, -1, axis=1)
        along = (after - ring) / np.linalg.norm(after - ring, axis=-1, keepdims=True)
        corners = np.empty((len(at), 5, 4, 3))  # four sides and the top
        corners[:, :4, :, :2] = np.stack([ring, after, after, ring], axis=2)
        corners[:, :4, :, 2] = [z0, z0, z1, z1]
        corners[:, 4, :, :2], corners[:, 4, :, 2] = ring, z1
        normals = np.zeros_like(corners)
        normals[:, :4, :, 0], normals[:, :4, :, 1] = along[..., None, 1], -along[..., None, 0]
        normals[:, 4, :, 2] = 1.0
        first = self._count + 4 * np.arange(5 * len(at))[:, None, None]
        faces = (first + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
        self._append(corners.reshape(-1, 3), normals.reshape(-1, 3), faces, material)

    def _append(self, vertices: F64, normals: F64, faces: NDArray[np.int64], material: Material) -> None:
        self._vertices.append(vertices)
        self._normals.append(normals)
        self._faces.append(faces)
        index = self._materials.setdefault(material, len(self._materials))
        self._material.append(np.full(len(faces), index))
        self._count += len(vertices)

    def asset(self, name: str, semantic: SemanticClass, collision: tuple[CollisionShape, ...] = ()) -> Asset:
        """Wrap the mesh as scenery to be placed at the world's origin; nothing may be added afterwards."""
        return Asset(name, semantic, None, (Part("body", Late(self._build, name)),), collision)

    def _build(self, name: str) -> Mesh:
        for call in self.calls:
            call()
        return Mesh(
            vertices=np.concatenate(self._vertices).astype(np.float32),
            normals=np.concatenate(self._normals).astype(np.float32),
            faces=np.concatenate(self._faces).astype(np.uint32),
            face_material=np.concatenate(self._material).astype(np.uint16),
            materials=tuple(self._materials),
            name=name,
        )

    @property
    def empty(self) -> bool:
        """Whether nothing was added yet."""
        return not self.calls


def _lift(xy: F64, z: float) -> F64:
    return np.column_stack([xy, np.full(len(xy), z)])


def chunks(s0: float, s1: float, length_m: float = 50.0) -> list[tuple[float, float]]:
    """Cut an interval into nearly equal pieces no longer than `length_m`, so that bounding boxes stay tight."""
    cuts = np.linspace(s0, s1, max(1, int(np.ceil((s1 - s0) / length_m - 1e-9))) + 1)
    return [(float(a), float(b)) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]


def dashes(s0: float, s1: float, dash_m: float, gap_m: float) -> list[tuple[float, float]]:
    """The painted pieces of a broken line between two distances."""
    starts = np.arange(s0, s1 - dash_m / 2, dash_m + gap_m)
    return [(float(a), float(min(a + dash_m, s1))) for a in starts]


def runs(path: Path, s0: float, s1: float) -> Iterator[tuple[float, float, float]]:
    """Pieces (start, end, curvature) of constant curvature that cover [s0, s1]; beyond its ends a path is straight."""
    change = np.flatnonzero(np.abs(np.diff(path.curvature[:-1])) > 1e-9) + 1
    cuts = [0.0, *path.s[change].tolist(), path.length_m]
    pieces = [
        (a, b, float(path.curvature[np.searchsorted(path.s, (a + b) / 2) - 1]))
        for a, b in zip(cuts, cuts[1:], strict=False)
    ]
    if s0 < 0.0:
        pieces.insert(0, (s0, 0.0, 0.0))
    if s1 > path.length_m:
        pieces.append((path.length_m, s1, 0.0))
    for a, b, curvature in pieces:
        low, high = max(a, s0), min(b, s1)
        if high > low:
            yield low, high, curvature


def band_patches(
    path: Path, s0: float, s1: float, d0: float, d1: float, *, height_m: float | None, friction: float
) -> list[RectPatch | ArcPatch]:
    """Ground patches of the band between two offsets, `d0 < d1`: rectangles on straights, arcs in bends."""
    patches: list[RectPatch | ArcPatch] = []
    for a, b, curvature in runs(path, s0, s1):
        if abs(curvature) < 1e-9:
            xy, yaw, _ = path.at((a + b) / 2, (d0 + d1) / 2)
            centre = (float(xy[0]), float(xy[1]))
            patches.append(RectPatch(centre, float(yaw), (b - a) / 2, (d1 - d0) / 2, height_m, friction))
            continue
        radius = 1.0 / curvature
        (x, y), yaw, _ = path.at(a)
        centre = (float(x - radius * np.sin(yaw)), float(y + radius * np.cos(yaw)))
        rims = sorted((abs(radius - d0), abs(radius - d1)))
        start = float(yaw) - np.sign(curvature) * np.pi / 2
        end = start + (b - a) * curvature
        low, high = min(start, end), max(start, end)
        patches.append(ArcPatch(centre, rims[0], rims[1], float(low), float(high), height_m, friction))
    return patches


def band_boxes(path: Path, s0: float, s1: float, d0: float, d1: float, z0: float, z1: float) -> tuple[Box, ...]:
    """Collision boxes of the band between two offsets and two heights: one a run on straights, 10 m pieces in bends."""
    boxes = []
    for a, b, curvature in runs(path, s0, s1):
        for p, q in chunks(a, b, 10.0) if abs(curvature) > 1e-9 else [(a, b)]:
            ends, _, _ = path.at(np.array([p, q]), np.full(2, (d0 + d1) / 2))
            along = ends[1] - ends[0]
            middle = ends.mean(axis=0)
            x, y, z, w = (float(c) for c in from_yaw(np.arctan2(along[1], along[0])))
            half = (float(np.hypot(*along)) / 2 + 0.02, (d1 - d0) / 2, (z1 - z0) / 2)
            boxes.append(Box(half, (float(middle[0]), float(middle[1]), (z0 + z1) / 2), (x, y, z, w)))
    return tuple(boxes)


def terrain(path: Path) -> Asset:
    """The land to the horizon, a little below the roads so that they always cover it."""
    xy, _, _ = path.at(path.length_m / 2)
    line = Path.from_segments([(2 * TERRAIN_M, 0.0)], start=(float(xy[0]) - TERRAIN_M, float(xy[1])), step_m=100.0)
    land = Sweep(line)
    land.polygon(
        np.array([[0, -TERRAIN_M], [2 * TERRAIN_M, -TERRAIN_M], [2 * TERRAIN_M, TERRAIN_M], [0, TERRAIN_M]], float),
        -0.06,
        finishes.MEADOW,
    )
    return land.asset("terrain", SemanticClass.TERRAIN)
