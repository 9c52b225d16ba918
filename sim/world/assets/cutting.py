"""Triangles cut along the zero line of a function of their corners.

Each triangle is divided where the function, taken as linear between its corners, changes sign; whatever the corners
carry (positions, normals) is interpolated along the cut edges. Two neighbours are cut at the same point of their common
edge, so a closed skin stays closed. Left out: caps over the cut.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Mesh
from .shapes import F64, I64


class Halves(NamedTuple):
    """Triangles after a cut.

    Attributes:
        corners: (V, K) what the corners carry: the old rows, then the new ones.
        faces: (F, 3).
        source: (F,) the old triangle that each is a piece of.
        above: (F,) whether it lies where the function is positive.

    """

    corners: F64
    faces: I64
    source: I64
    above: NDArray[np.bool_]


def cut(corners: F64, faces: I64, value: F64) -> Halves:
    """Cut triangles (F, 3) over rows (V, K) where `value` (V,) changes sign; zero counts as positive."""
    up = (value >= 0.0)[faces]
    count = up.sum(axis=1)
    rows = np.arange(len(faces))
    whole = (count == 0) | (count == 3)
    split = rows[~whole]
    # turn each divided triangle so that the corner alone on its side comes first
    alone = np.where((count[split] == 1)[:, None], up[split], ~up[split]).argmax(axis=1)
    turned = faces[split[:, None], (alone[:, None] + np.arange(3)) % 3]
    a, b, c = turned.T

    def between(i: I64, j: I64) -> F64:
        low, high = np.minimum(i, j), np.maximum(i, j)  # the same arithmetic from both sides of an edge
        share = value[low] / (value[low] - value[high])
        out: F64 = corners[low] + share[:, None] * (corners[high] - corners[low])
        return out

    first = len(corners) + np.arange(len(split))
    second = first + len(split)
    grown = np.concatenate([corners, between(a, b), between(a, c)])
    alone_up = up[split, alone]
    return Halves(
        grown,
        np.concatenate([
            faces[whole], np.stack([a, first, second], 1), np.stack([first, b, c], 1), np.stack([first, c, second], 1)
        ]),
        np.concatenate([rows[whole], split, split, split]),
        np.concatenate([count[whole] == 3, alone_up, ~alone_up, ~alone_up]),
    )  # fmt: skip


def cut_mesh(mesh: Mesh, value: F64) -> tuple[Mesh | None, Mesh | None]:
    """The part of a mesh where `value` (V,) at its vertices is negative, and the part where it is not."""
    rows = np.concatenate([mesh.vertices, mesh.normals], axis=1).astype(float)
    halves = cut(rows, mesh.faces.astype(np.int64), np.asarray(value, float))
    return _part(mesh, halves, ~halves.above), _part(mesh, halves, halves.above)


def _part(mesh: Mesh, halves: Halves, keep: NDArray[np.bool_]) -> Mesh | None:
    if not keep.any():
        return None
    used, faces = np.unique(halves.faces[keep], return_inverse=True)
    faces = faces.reshape(-1, 3)
    position = halves.corners[used, :3].astype(np.float32)
    a, b, c = (position[faces[:, k]].astype(float) for k in range(3))
    solid = np.linalg.norm(np.cross(b - a, c - a), axis=1) > 2e-9
    if not solid.any():
        return None
    normal = halves.corners[used, 3:]
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    return Mesh(
        position, normal.astype(np.float32), faces[solid].astype(np.uint32),
        mesh.face_material[halves.source[keep][solid]], mesh.materials, mesh.name,
    )  # fmt: skip
