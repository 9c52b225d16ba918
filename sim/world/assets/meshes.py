"""From shapes to renderable meshes: materials per face and shading normals by crease angle.

Normals follow the usual rule of modelling tools: at a corner of a face, the normals of those neighbouring faces are
averaged (weighted by area) whose planes differ by less than the crease angle; a vertex is split where corners
disagree. Smoothing happens within one added shape, so parts pushed into each other keep their edges. All shape
primitives are importable from here as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....renderers.compiled import compiled
from ....renderers.scene import Material, Mesh
from ....renderers.transforms import IDENTITY, rotate
from .shapes import (
    F64,
    I64,
    Shape,
    box,
    capsule,
    cylinder,
    disc,
    ellipsoid,
    extrude,
    frustum,
    grid,
    in_plane,
    loft,
    merge,
    polygon,
    revolve,
    ribbon,
    rounded_box,
    rounded_rectangle,
    sphere,
    superellipse,
    tube,
)

__all__ = [
    "F64",
    "MeshBuilder",
    "Shape",
    "box",
    "capsule",
    "crease_normals",
    "cylinder",
    "disc",
    "ellipsoid",
    "extrude",
    "frustum",
    "grid",
    "in_plane",
    "loft",
    "merge",
    "polygon",
    "revolve",
    "ribbon",
    "rounded_box",
    "rounded_rectangle",
    "sphere",
    "superellipse",
    "tube",
]

CREASE_DEG = 35.0
SMALLEST_AREA_M2 = 1e-9
WELD_M = 1e-5


@compiled
def _face_normals(vertices, faces):  # type: ignore[no-untyped-def]
    """(F, 3) normals as long as twice the area."""
    out = np.empty((len(faces), 3))
    for f in range(len(faces)):
        a, b, c = vertices[faces[f, 0]], vertices[faces[f, 1]], vertices[faces[f, 2]]
        ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
        vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
        out[f, 0], out[f, 1], out[f, 2] = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    return out


@compiled
def _areas(vertices, faces):  # type: ignore[no-untyped-def]
    normals = _face_normals(vertices, faces)
    return 0.5 * np.sqrt(normals[:, 0] ** 2 + normals[:, 1] ** 2 + normals[:, 2] ** 2)


@compiled
def _numbered(rows, step):  # type: ignore[no-untyped-def]
    """Where each row (K, 3) first stands that differs from those before it by `step`, and the number of every row."""
    known = {(np.int64(0), np.int64(0), np.int64(0)): 0}
    known.clear()
    first, index = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    for i in range(len(rows)):
        x, y, z = rows[i, 0] / step, rows[i, 1] / step, rows[i, 2] / step
        key = (np.int64(np.rint(x)), np.int64(np.rint(y)), np.int64(np.rint(z)))
        if key not in known:
            first[len(known)] = i
            known[key] = len(known)
        index[i] = known[key]
    return first[: len(known)].copy(), index


@compiled
def _shared(at, normals):  # type: ignore[no-untyped-def]
    """The same of corners that share their point `at` and, to a ten-thousandth, their normal."""
    known = {(np.int64(0), np.int64(0), np.int64(0), np.int64(0)): 0}
    known.clear()
    first, index = np.empty(len(at), np.int64), np.empty(len(at), np.int64)
    for i in range(len(at)):
        x, y, z = np.rint(normals[i, 0] * 1e4), np.rint(normals[i, 1] * 1e4), np.rint(normals[i, 2] * 1e4)
        key = (np.int64(at[i]), np.int64(x), np.int64(y), np.int64(z))
        if key not in known:
            first[len(known)] = i
            known[key] = len(known)
        index[i] = known[key]
    return first[: len(known)].copy(), index


@compiled
def _corner_normals(at, weighted, smooth):  # type: ignore[no-untyped-def]
    """(3F, 3) mean at each corner of the normals of the faces there that meet its own at a small angle."""
    count = np.zeros(at.max() + 2, np.int64)
    for vertex in at:
        count[vertex + 1] += 1
    start = np.cumsum(count)
    fill, there = start.copy(), np.empty(len(at), np.int64)
    for corner in range(len(at)):
        there[fill[at[corner]]] = corner // 3
        fill[at[corner]] += 1
    length = np.sqrt(weighted[:, 0] ** 2 + weighted[:, 1] ** 2 + weighted[:, 2] ** 2)
    out = np.zeros((len(at), 3))
    for corner in range(len(at)):
        f = corner // 3
        for k in range(start[at[corner]], start[at[corner] + 1]):
            g = there[k]
            dot = weighted[f, 0] * weighted[g, 0] + weighted[f, 1] * weighted[g, 1] + weighted[f, 2] * weighted[g, 2]
            if dot >= smooth * length[f] * length[g]:
                out[corner, 0] += weighted[g, 0]
                out[corner, 1] += weighted[g, 1]
                out[corner, 2] += weighted[g, 2]
        out[corner] /= np.sqrt(out[corner, 0] ** 2 + out[corner, 1] ** 2 + out[corner, 2] ** 2)
    return out


def crease_normals(shape: Shape, crease_deg: float = CREASE_DEG) -> tuple[F64, F64, I64]:
    """Vertices (V, 3), unit normals (V, 3), faces (F, 3) with vertices split along creases; faces keep their order."""
    corner = shape.faces.reshape(-1)
    at = _numbered(shape.vertices, WELD_M)[1][corner]
    smooth = float(np.cos(np.radians(crease_deg)) - 1e-9)
    normals = _corner_normals(at, _face_normals(shape.vertices, shape.faces), smooth)
    first, index = _shared(at, normals)
    return shape.vertices[corner[first]], normals[first], index.reshape(-1, 3)


class MeshBuilder:
    """Collects shapes with materials and builds one `Mesh`.

    Equal materials are stored once. Triangles without area are dropped.
    """

    def __init__(self, name: str = "mesh", crease_deg: float = CREASE_DEG) -> None:
        self.name = name
        self.crease_deg = crease_deg
        self._materials: dict[Material, int] = {}
        self._vertices: list[F64] = []
        self._normals: list[F64] = []
        self._faces: list[I64] = []
        self._face_material: list[NDArray[np.uint16]] = []
        self._count = 0

    def add(self, shape: Shape, material: Material, *, crease_deg: float | None = None) -> MeshBuilder:
        """Add a shape of one material; returns the builder."""
        return self.add_faces(shape, (material,), np.zeros(len(shape.faces), np.int64), crease_deg=crease_deg)

    def add_faces(
        self,
        shape: Shape,
        materials: Sequence[Material],
        face_material: NDArray[np.int64],
        *,
        crease_deg: float | None = None,
    ) -> MeshBuilder:
        """Add a shape whose face i has `materials[face_material[i]]`; a negative index leaves the face out."""
        first, weld = _numbered(shape.vertices, WELD_M)
        welded = shape.vertices[first][weld].astype(np.float32).astype(float)
        keep = (_areas(welded, shape.faces) > SMALLEST_AREA_M2) & (face_material >= 0)
        if not keep.any():
            return self
        table = np.array([self._materials.setdefault(m, len(self._materials)) for m in materials], np.uint16)
        vertices, normals, faces = crease_normals(
            Shape(welded, shape.faces[keep]), self.crease_deg if crease_deg is None else crease_deg
        )
        stored = vertices.astype(np.float32).astype(float)
        solid = _areas(stored, faces) > SMALLEST_AREA_M2
        self._vertices.append(vertices)
        self._normals.append(normals)
        self._faces.append(faces[solid] + self._count)
        self._face_material.append(table[face_material[keep][solid]])
        self._count += len(vertices)
        return self

    def add_mesh(
        self, mesh: Mesh, position: ArrayLike = (0.0, 0.0, 0.0), orientation: ArrayLike = IDENTITY
    ) -> MeshBuilder:
        """Add a finished mesh at a pose (quaternion x, y, z, w), its normals turned along; returns the builder."""
        table = np.array([self._materials.setdefault(m, len(self._materials)) for m in mesh.materials], np.uint16)
        self._vertices.append(rotate(orientation, mesh.vertices) + np.asarray(position, float))
        self._normals.append(rotate(orientation, mesh.normals))
        self._faces.append(mesh.faces.astype(np.int64) + self._count)
        self._face_material.append(table[mesh.face_material])
        self._count += len(mesh.vertices)
        return self

    def build(self) -> Mesh:
        """The mesh of all that was added."""
        if not self._faces:
            raise ValueError(f"mesh {self.name!r} has no faces, expected at least one triangle")
        return Mesh(
            np.concatenate(self._vertices).astype(np.float32),
            np.concatenate(self._normals).astype(np.float32),
            np.concatenate(self._faces).astype(np.uint32),
            np.concatenate(self._face_material),
            tuple(self._materials),
            self.name,
        )
