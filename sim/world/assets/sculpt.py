"""Organic shapes: round bones melted into one skin.

A `Bone` is a capsule whose radius changes along it, wider or narrower across than it is deep. Their distance functions
are joined by the polynomial smooth minimum (Quilez), which rounds off every valley as flesh does, and the zero surface
is meshed by naive surface nets (Gibson 1998), whose vertices are then pulled onto it by Newton's rule. The mesh is
closed and faces outwards. Left out: sharp edges; what must be sharp (hooves, antlers) is made of ordinary shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .asset import Vec3
from .shapes import F64, Shape


class Bone(NamedTuple):
    """One round bone.

    Attributes:
        start, end: ends of its axis [m].
        start_radius, end_radius: radii there [m]; the bone is rounded beyond its ends.
        width: extent across (along y) over that in the plane of x and z.

    """

    start: Vec3
    end: Vec3
    start_radius: float
    end_radius: float
    width: float = 1.0


def pair(bone: Bone) -> tuple[Bone, Bone]:
    """A bone and its mirror image in y."""
    (ax, ay, az), (bx, by, bz) = bone.start, bone.end
    return bone, bone._replace(start=(ax, -ay, az), end=(bx, -by, bz))


def sculpt(bones: Sequence[Bone], *, cell_m: float, blend_m: float) -> Shape:
    """The skin over bones.

    Args:
        bones: what is inside.
        cell_m: edge of the cells of the grid, and so about that of the triangles.
        blend_m: how far bones melt into each other.

    """
    low = np.min([_corner(b, -1.0) for b in bones], axis=0) - 2.0 * cell_m - 0.25 * blend_m
    high = np.max([_corner(b, 1.0) for b in bones], axis=0) + 2.0 * cell_m + 0.25 * blend_m
    # a grid symmetric about y = 0, where the bones are
    if np.isclose(low[1], -high[1]):
        half = int(np.ceil(high[1] / cell_m)) + 0.5
        low[1], high[1] = -half * cell_m, half * cell_m
    axes = [low[k] + cell_m * np.arange(int(np.ceil((high[k] - low[k]) / cell_m)) + 1) for k in range(3)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    skin = _surface_nets(distance(bones, points, blend_m), low, cell_m)
    vertices = skin.vertices
    for _ in range(2):
        vertices = _onto(bones, vertices, blend_m, 0.5 * cell_m)
    return Shape(vertices, skin.faces)


def distance(bones: Sequence[Bone], points: F64, blend_m: float) -> F64:
    """(...) approximate distance of points (..., 3) from the skin [m], negative inside."""
    out = None
    for bone in bones:
        one = _distance(bone, points)
        if out is None:
            out = one
            continue
        overlap = np.maximum(blend_m - np.abs(out - one), 0.0) / blend_m
        out = np.minimum(out, one) - 0.25 * blend_m * overlap**2
    assert out is not None
    return out


def _distance(bone: Bone, points: F64) -> F64:
    start, along = np.array(bone.start), np.array(bone.end) - np.array(bone.start)
    away = points - start
    share = np.clip(away @ along / max(float(along @ along), 1e-12), 0.0, 1.0)
    away = away - share[..., None] * along
    away[..., 1] /= bone.width
    radius = bone.start_radius + (bone.end_radius - bone.start_radius) * share
    out: F64 = (np.sqrt(np.einsum("...i,...i->...", away, away)) - radius) * min(bone.width, 1.0)
    return out


def _corner(bone: Bone, sign: float) -> F64:
    """Lowest (sign -1) or highest corner of a bone's box."""
    grow = np.array([1.0, bone.width, 1.0])
    ends = np.array([bone.start, bone.end]) + sign * np.array([[bone.start_radius], [bone.end_radius]]) * grow
    return ends.min(axis=0) if sign < 0.0 else ends.max(axis=0)


def _onto(bones: Sequence[Bone], vertices: F64, blend_m: float, most_m: float) -> F64:
    """Vertices moved towards the zero surface along the gradient, by `most_m` at most."""
    step = 1e-4
    value = distance(bones, vertices, blend_m)
    gradient = np.stack(
        [(distance(bones, vertices + step * np.eye(3)[k], blend_m) - value) / step for k in range(3)], axis=-1
    )
    square = np.maximum(np.einsum("ij,ij->i", gradient, gradient), 1e-3)
    move = np.clip(value / square, -most_m, most_m)
    return vertices - move[:, None] * gradient


def _surface_nets(field: F64, low: F64, cell_m: float) -> Shape:
    """The zero surface of a field of samples: one vertex per cell that it crosses, one quad per edge."""
    inside = field < 0.0
    shape = tuple(n - 1 for n in field.shape)
    total, count = np.zeros((*shape, 3)), np.zeros(shape)
    corners = [(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)]

    def at(corner: tuple[int, int, int]) -> tuple[slice, ...]:
        return tuple(slice(c, c + n) for c, n in zip(corner, shape, strict=True))

    for a in corners:
        for axis in range(3):
            if a[axis] == 1:
                continue
            b = tuple(1 if i == axis else c for i, c in enumerate(a))
            fa, fb = field[at(a)], field[at((b[0], b[1], b[2]))]
            crossed = (fa < 0.0) != (fb < 0.0)
            share = np.where(crossed, fa / np.where(crossed, fa - fb, 1.0), 0.0)
            for i in range(3):
                total[..., i] += np.where(crossed, a[i] + (share if i == axis else 0.0), 0.0)
            count += crossed
    live = count > 0
    number = np.full(shape, -1)
    number[live] = np.arange(int(live.sum()))
    cells = np.argwhere(live)
    vertices = low + cell_m * (cells + total[live] / count[live][:, None])
    faces = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        first = np.take(inside, range(field.shape[axis] - 1), axis=axis)
        second = np.take(inside, range(1, field.shape[axis]), axis=axis)
        edges = np.argwhere(first != second)
        edges = edges[(edges[:, u] > 0) & (edges[:, v] > 0)]
        eu, ev = np.eye(3, dtype=int)[u], np.eye(3, dtype=int)[v]
        a, b, c, d = (number[tuple((edges - o).T)] for o in (eu + ev, ev, 0 * eu, eu))
        out = first[tuple(edges.T)]  # inside before the edge, outside after it: the skin faces along the axis
        quad = np.where(out[:, None], np.stack([a, b, c, d], 1), np.stack([a, d, c, b], 1))
        faces.append(quad[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3))
    return Shape(vertices, np.concatenate(faces))
