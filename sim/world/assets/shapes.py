"""Bare triangle shapes: primitives, lofts and rigid or affine transforms.

A `Shape` knows positions and triangles only; materials and shading normals are added by `meshes.MeshBuilder`. All
closed primitives wind counter-clockwise seen from outside, so their signed volume is positive. Units are metres and
radians.
Left out: boolean operations; parts that meet are simply pushed into each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
AXES = {"x": 0, "y": 1, "z": 2}


@dataclass(frozen=True, eq=False)
class Shape:
    """Triangles without looks.

    Attributes:
        vertices: (V, 3) float64 [m].
        faces: (F, 3) int64, counter-clockwise seen from outside.

    """

    vertices: F64
    faces: I64

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Shape:
        """The shape shifted [m]."""
        return Shape(self.vertices + np.array([x, y, z]), self.faces)

    def scaled(self, x: float, y: float | None = None, z: float | None = None) -> Shape:
        """The shape stretched about the origin; one factor for all axes or one each, negative ones mirror."""
        factors = np.array([x, x if y is None else y, x if z is None else z])
        faces = self.faces if np.prod(factors) > 0 else self.faces[:, ::-1]
        return Shape(self.vertices * factors, faces)

    def mirrored(self, axis: str = "y") -> Shape:
        """The mirror image across the plane through the origin normal to `axis`, still facing outwards."""
        factors = [1.0, 1.0, 1.0]
        factors[AXES[axis]] = -1.0
        return self.scaled(*factors)

    def rotated(self, axis: str, angle: float) -> Shape:
        """The shape turned about a coordinate axis through the origin, right-handed [rad]."""
        a = AXES[axis]
        i, j = (a + 1) % 3, (a + 2) % 3
        c, s = np.cos(angle), np.sin(angle)
        v = self.vertices.copy()
        v[:, i], v[:, j] = (
            c * self.vertices[:, i] - s * self.vertices[:, j],
            s * self.vertices[:, i] + c * self.vertices[:, j],
        )
        return Shape(v, self.faces)

    def transformed(self, matrix: ArrayLike, offset: ArrayLike = (0.0, 0.0, 0.0)) -> Shape:
        """The shape under `v -> matrix @ v + offset`; a matrix with negative determinant keeps outward faces."""
        m = np.asarray(matrix, float)
        faces = self.faces if np.linalg.det(m) > 0 else self.faces[:, ::-1]
        return Shape(self.vertices @ m.T + np.asarray(offset, float), faces)

    def flipped(self) -> Shape:
        """The shape inside out."""
        return Shape(self.vertices, self.faces[:, ::-1])

    def volume(self) -> float:
        """Signed volume [m^3]; positive for a closed shape that faces outwards."""
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = (self.vertices[self.faces[:, k]].T for k in range(3))
        six = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)
        return float(six.sum() / 6.0)


def merge(shapes: Sequence[Shape]) -> Shape:
    """All shapes as one; vertices are not joined."""
    if not shapes:
        return Shape(np.zeros((0, 3)), np.zeros((0, 3), np.int64))
    offsets = np.cumsum([0, *(len(s.vertices) for s in shapes[:-1])])
    return Shape(
        np.concatenate([s.vertices for s in shapes]),
        np.concatenate([s.faces + o for s, o in zip(shapes, offsets, strict=True)]),
    )


def grid(points: ArrayLike, *, close_columns: bool = False) -> Shape:
    """Surface through an (R, K, 3) grid of points, two triangles per cell, in row-major cell order.

    Faces wind so that (next column - point) x (next row - point) is the outward side. With `close_columns` the last
    column joins the first.
    """
    p = np.asarray(points, float)
    rows, cols = p.shape[:2]
    index = np.arange(rows * cols).reshape(rows, cols)
    if close_columns:
        index = np.concatenate([index, index[:, :1]], axis=1)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    faces = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    return Shape(p.reshape(-1, 3), faces)


def loft(rings: ArrayLike, *, cap_start: bool = True, cap_end: bool = True) -> Shape:
    """Skin over closed rings (R, K, 3) of equal point count, with fan caps; faces outwards whatever the ring direction.

    Side faces come first, two per cell in row-major order, then the K faces of each cap.
    """
    p = np.asarray(rings, float)
    rows, cols = p.shape[:2]
    side = grid(p, close_columns=True)
    vertices = np.concatenate([side.vertices, p[:1].mean(axis=1), p[-1:].mean(axis=1)])
    around = np.arange(cols)
    after = (around + 1) % cols
    first = np.stack([np.full(cols, rows * cols), after, around], axis=1)
    last = np.stack([np.full(cols, rows * cols + 1), around, after], axis=1) + np.array([0, 1, 1]) * (rows - 1) * cols
    closed = Shape(vertices, np.concatenate([side.faces, first, last]))
    keep = [side.faces, *([first] if cap_start else []), *([last] if cap_end else [])]
    centred = Shape(vertices - vertices.mean(axis=0), closed.faces)
    out = Shape(vertices, np.concatenate(keep))
    return out if centred.volume() >= 0 else out.flipped()


def box(size: Sequence[float], centre: Sequence[float] = (0.0, 0.0, 0.0)) -> Shape:
    """Cuboid of full size (x, y, z) about `centre`, 12 triangles; its faces go -x, +x, -y, +y, -z, +z, two each."""
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    quads = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])
    faces = quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
    return Shape(corners * np.asarray(size, float) + np.asarray(centre, float), faces)


def superellipse(a: float, b: float, exponent: float = 2.0, count: int = 16, *, phase: float = 0.0) -> F64:
    """(count, 2) points of |x/a|^n + |y/b|^n = 1, counter-clockwise; 2 is an ellipse, 4 and more a rounded box."""
    t = phase + 2.0 * np.pi * np.arange(count) / count
    c, s = np.cos(t), np.sin(t)
    power = 2.0 / exponent
    return np.stack([a * np.sign(c) * np.abs(c) ** power, b * np.sign(s) * np.abs(s) ** power], axis=1)


def rounded_rectangle(width: float, height: float, radius: float, segments: int = 3) -> F64:
    """(4 (segments + 1), 2) outline about the origin with circular corners, counter-clockwise."""
    r = min(radius, 0.4999 * width, 0.4999 * height)
    corners = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    t = np.linspace(0.0, np.pi / 2, segments + 1)
    arcs = [
        np.stack(
            [
                sx * (width / 2 - r) + r * np.cos(t + k * np.pi / 2),
                sy * (height / 2 - r) + r * np.sin(t + k * np.pi / 2),
            ],
            1,
        )
        for k, (sx, sy) in enumerate(corners)
    ]
    return np.concatenate(arcs)


def in_plane(outline: ArrayLike, axis: str, at: float) -> F64:
    """Lift (K, 2) points into the plane `axis` = `at`, keeping counter-clockwise order seen from the positive axis."""
    p = np.asarray(outline, float)
    a = AXES[axis]
    out = np.empty((len(p), 3))
    out[:, a], out[:, (a + 1) % 3], out[:, (a + 2) % 3] = at, p[:, 0], p[:, 1]
    return out


def rounded_box(
    size: Sequence[float], radius: float, centre: Sequence[float] = (0.0, 0.0, 0.0), *, segments: int = 3
) -> Shape:
    """Cuboid of full size (x, y, z) with all edges and corners rounded."""
    sx, sy, sz = (float(s) for s in size)
    r = min(radius, 0.499 * sx, 0.499 * sy, 0.499 * sz)
    t = np.linspace(0.0, np.pi / 2, segments + 1)
    rings = [
        in_plane(
            rounded_rectangle(
                sx - 2 * r * (1 - np.sin(a)), sy - 2 * r * (1 - np.sin(a)), r * np.sin(a) + 1e-6, segments
            ),
            "z",
            z,
        )
        for a, z in [(a, -sz / 2 + r * (1 - np.cos(a))) for a in t]
        + [(a, sz / 2 - r * (1 - np.cos(a))) for a in t[::-1]]
    ]
    return loft(np.array(rings)).moved(*(float(c) for c in centre))


def frustum(
    radius_0: float, radius_1: float, height: float, *, sides: int = 16, axis: str = "z", caps: bool = True
) -> Shape:
    """Truncated cone of `sides` flat sides from -height/2 (radius_0) to +height/2 (radius_1) along `axis`."""
    rings = [
        in_plane(superellipse(max(r, 1e-9), max(r, 1e-9), 2.0, sides), axis, z)
        for r, z in ((radius_0, -height / 2), (radius_1, height / 2))
    ]
    return loft(np.array(rings), cap_start=caps, cap_end=caps)


def cylinder(radius: float, height: float, *, sides: int = 16, axis: str = "z", caps: bool = True) -> Shape:
    """Prism with `sides` sides inscribed in a cylinder, centred, along `axis`."""
    return frustum(radius, radius, height, sides=sides, axis=axis, caps=caps)


def ellipsoid(
    radii: Sequence[float], centre: Sequence[float] = (0.0, 0.0, 0.0), *, sides: int = 14, rings: int = 8
) -> Shape:
    """Ellipsoid with semi-axes `radii` (x, y, z), inscribed."""
    t = np.linspace(0.0, np.pi, rings + 1)[1:-1]
    circles = np.array([in_plane(superellipse(np.sin(a), np.sin(a), 2.0, sides), "z", -np.cos(a)) for a in t])
    unit = loft(circles)
    v = unit.vertices.copy()
    v[-2], v[-1] = (0.0, 0.0, -1.0), (0.0, 0.0, 1.0)
    return Shape(v * np.asarray(radii, float) + np.asarray(centre, float), unit.faces)


def sphere(radius: float, centre: Sequence[float] = (0.0, 0.0, 0.0), *, sides: int = 14, rings: int = 8) -> Shape:
    """Sphere, inscribed."""
    return ellipsoid((radius, radius, radius), centre, sides=sides, rings=rings)


def revolve(profile: ArrayLike, *, axis: str = "z", sides: int = 24, closed: bool = False) -> Shape:
    """Solid of revolution of a profile of (radius, height along `axis`) points, from bottom to top.

    With `closed` the last profile point joins the first (a tyre); otherwise radii of 0 make pole points.
    """
    p = np.asarray(profile, float)
    if closed:
        p = np.concatenate([p, p[:1]])
    circle = superellipse(1.0, 1.0, 2.0, sides)
    rings = np.array([in_plane(circle * max(r, 1e-9), axis, z) for r, z in p])
    skin = grid(rings, close_columns=True)
    return skin if skin.volume() >= 0 or not closed else skin.flipped()


def tube(path: ArrayLike, radius: ArrayLike, *, sides: int = 10, caps: bool = True, flatten: float = 1.0) -> Shape:
    """Round pipe along a polyline (N, 3) with one radius or one per point; `flatten` squeezes it across its side axis.

    Rings are carried along by parallel transport, so the pipe does not twist; sharp bends come out narrowed.
    """
    p = np.asarray(path, float)
    radii = np.broadcast_to(np.asarray(radius, float), (len(p),))
    step = np.diff(p, axis=0)
    step /= np.linalg.norm(step, axis=1, keepdims=True)
    tangents = np.concatenate([step[:1], step[:-1] + step[1:], step[-1:]])
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    side = np.eye(3)[int(np.argmin(np.abs(tangents[0])))]
    circle = superellipse(1.0, flatten, 2.0, sides)
    rings = np.empty((len(p), sides, 3))
    for k, t in enumerate(tangents):
        side = side - t * (side @ t)
        side /= np.linalg.norm(side)
        up = np.cross(t, side)
        rings[k] = p[k] + radii[k] * (circle[:, :1] * side + circle[:, 1:] * up)
    return loft(rings, cap_start=caps, cap_end=caps)


def capsule(start: Sequence[float], end: Sequence[float], radius: float, *, sides: int = 12, rings: int = 3) -> Shape:
    """Cylinder with half-sphere ends whose centres are `start` and `end`."""
    a, b = np.asarray(start, float), np.asarray(end, float)
    along = (b - a) / np.linalg.norm(b - a)
    t = np.linspace(0.0, np.pi / 2, rings + 1)[:-1]
    points = [*(a - along * radius * np.cos(x) for x in t[1:]), a, b, *(b + along * radius * np.sin(x) for x in t[1:])]
    radii = [*(radius * np.sin(x) for x in t[1:]), radius, radius, *(radius * np.cos(x) for x in t[1:])]
    out = tube(np.array(points), np.array(radii), sides=sides)
    v = out.vertices.copy()
    v[-2], v[-1] = a - along * radius, b + along * radius
    return Shape(v, out.faces)


def disc(radius: float, *, sides: int = 16, axis: str = "z", inner: float = 0.0) -> Shape:
    """Flat disc or annulus facing the positive axis."""
    circle = superellipse(1.0, 1.0, 2.0, sides)
    return grid(
        np.array([in_plane(circle * radius, axis, 0.0), in_plane(circle * max(inner, 1e-9), axis, 0.0)]),
        close_columns=True,
    )


def ribbon(left: ArrayLike, right: ArrayLike) -> Shape:
    """Strip of quads between two polylines (N, 3); faces up where `left` is on the left hand of one walking along."""
    return grid(np.stack([np.asarray(left, float), np.asarray(right, float)], axis=1))


def polygon(outline: ArrayLike, *, axis: str = "z", at: float = 0.0) -> Shape:
    """Flat simple polygon of (K, 2) points, either direction, may be concave; faces the positive axis."""
    p = np.asarray(outline, float)
    if _signed_area(p) < 0:
        p = p[::-1]
    return Shape(in_plane(p, axis, at), _ear_clip(p))


def extrude(outline: ArrayLike, height: float, *, axis: str = "z", at: float = 0.0) -> Shape:
    """Prism over a simple polygon of (K, 2) points, from `at` to `at + height` along `axis`."""
    p = np.asarray(outline, float)
    if _signed_area(p) < 0:
        p = p[::-1]
    count, caps = len(p), _ear_clip(p)
    vertices = np.concatenate([in_plane(p, axis, at), in_plane(p, axis, at + height)])
    sides = grid(vertices.reshape(2, count, 3), close_columns=True).faces
    out = Shape(vertices, np.concatenate([sides, caps[:, ::-1], caps + count]))
    return out if height > 0 else out.flipped()


def _signed_area(p: F64) -> float:
    x, y = p[:, 0], p[:, 1]
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _ear_clip(p: F64) -> I64:
    """Triangles of a counter-clockwise simple polygon, by cutting off ears."""

    def cross(o: F64, a: F64, b: F64) -> float:
        return float((a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]))

    left = list(range(len(p)))
    out: list[tuple[int, int, int]] = []
    while len(left) > 3:
        for k in range(len(left)):
            i, j, m = left[k - 1], left[k], left[(k + 1) % len(left)]
            if cross(p[i], p[j], p[m]) <= 1e-14:
                continue
            inside = any(
                cross(p[i], p[j], p[q]) >= 0 and cross(p[j], p[m], p[q]) >= 0 and cross(p[m], p[i], p[q]) >= 0
                for q in left
                if q not in (i, j, m)
            )
            if not inside:
                out.append((i, j, m))
                left.pop(k)
                break
        else:
            left.pop(0)  # only collinear points remain: drop one, its triangle has no area
    out.append((left[0], left[1], left[2]))
    return np.array(out, np.int64)
