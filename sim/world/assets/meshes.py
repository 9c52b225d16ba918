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


def crease_normals(shape: Shape, crease_deg: float = CREASE_DEG) -> tuple[F64, F64, I64]:
    """Vertices (V, 3), unit normals (V, 3), faces (F, 3) with vertices split along creases; faces keep their order."""
    corner = shape.faces.reshape(-1)
    _, weld = np.unique(np.round(shape.vertices / WELD_M).astype(np.int64), axis=0, return_inverse=True)
    at = weld.reshape(-1)[corner]
    a, b, c = (shape.vertices[shape.faces[:, k]] for k in range(3))
    weighted = np.cross(b - a, c - a)
    unit = weighted / np.linalg.norm(weighted, axis=1, keepdims=True)
    face = np.repeat(np.arange(len(shape.faces)), 3)

    order = np.argsort(at, kind="stable")
    _, start, count = np.unique(at[order], return_index=True, return_counts=True)
    group = np.repeat(np.arange(len(count)), count)
    pairs = count[group]
    mine = np.repeat(np.arange(len(order)), pairs)
    within = np.arange(len(mine)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    f, g = face[order[mine]], face[order[start[group[mine]] + within]]
    smooth = np.einsum("ij,ij->i", unit[f], unit[g]) >= np.cos(np.radians(crease_deg)) - 1e-9
    total = np.zeros((len(order), 3))
    for k in range(3):
        total[:, k] = np.bincount(mine, np.where(smooth, weighted[g, k], 0.0), minlength=len(order))
    normals = np.empty_like(total)
    normals[order] = total
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)

    key = np.concatenate([at[:, None], np.round(normals * 1e4).astype(np.int64)], axis=1)
    _, first, index = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return shape.vertices[corner[first]], normals[first], index.reshape(-1, 3).astype(np.int64)


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
        _, first, weld = np.unique(
            np.round(shape.vertices / WELD_M).astype(np.int64), axis=0, return_index=True, return_inverse=True
        )
        welded = shape.vertices[first][weld.reshape(-1)].astype(np.float32).astype(float)
        a, b, c = (welded[shape.faces[:, k]] for k in range(3))
        area = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
        keep = (area > SMALLEST_AREA_M2) & (face_material >= 0)
        if not keep.any():
            return self
        table = np.array([self._materials.setdefault(m, len(self._materials)) for m in materials], np.uint16)
        vertices, normals, faces = crease_normals(
            Shape(welded, shape.faces[keep]), self.crease_deg if crease_deg is None else crease_deg
        )
        a, b, c = (vertices.astype(np.float32).astype(float)[faces[:, k]] for k in range(3))
        solid = np.linalg.norm(np.cross(b - a, c - a), axis=1) > 2 * SMALLEST_AREA_M2
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
