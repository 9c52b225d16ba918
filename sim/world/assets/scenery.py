"""From shapes to scenery: piles of shapes by material, quads, and the asset that wraps them.

Frame of all scenery: origin on the ground, z up, x towards the road. Flat shapes keep one normal per triangle and skip
the smoothing of `meshes`, which is what makes a street of thousands of window frames quick to build.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Material, Mesh
from ..classes import SemanticClass
from .asset import Asset, Box, CollisionShape, Late, Part
from .meshes import MeshBuilder, Shape, merge

F64 = NDArray[np.float64]


class Pile:
    """Shapes sorted by material, flat or smooth, until they become one mesh."""

    def __init__(self) -> None:
        """Start empty."""
        self._flat: dict[Material, list[Shape]] = {}
        self._smooth: dict[Material, list[Shape]] = {}
        self._shaded: list[tuple[Material, F64, F64]] = []

    def flat(self, material: Material, *shapes: Shape) -> None:
        """Add shapes with plane facets."""
        self._flat.setdefault(material, []).extend(shapes)

    def smooth(self, material: Material, *shapes: Shape) -> None:
        """Add shapes that are rounded off below the crease angle."""
        self._smooth.setdefault(material, []).extend(shapes)

    def shaded(self, material: Material, corners: F64, normals: F64) -> None:
        """Add loose triangles (N, 3, 3) with one shading normal each (N, 3), which need not be that of their plane."""
        self._shaded.append((material, corners, normals))

    def build(self, name: str) -> Mesh:
        """One mesh of everything, triangles without area dropped."""
        index: dict[Material, int] = {}
        vertices: list[F64] = []
        normals: list[F64] = []
        faces, looks = [], []
        count = 0
        loose = [(m, *_facets(merge(shapes))) for m, shapes in self._flat.items()]
        loose += [(m, v.reshape(-1, 3), np.repeat(n, 3, axis=0)) for m, v, n in self._shaded]
        for material, v, n in loose:
            vertices.append(v)
            normals.append(n)
            faces.append(np.arange(len(v)).reshape(-1, 3) + count)
            looks.append(np.full(len(v) // 3, index.setdefault(material, len(index))))
            count += len(v)
        if self._smooth:
            builder = MeshBuilder(name)
            for material, shapes in self._smooth.items():
                for shape in shapes:
                    builder.add(shape, material)
            mesh = builder.build()
            table = np.array([index.setdefault(m, len(index)) for m in mesh.materials])
            vertices.append(mesh.vertices.astype(float))
            normals.append(mesh.normals.astype(float))
            faces.append(mesh.faces.astype(np.int64) + count)
            looks.append(table[mesh.face_material])
        return Mesh(
            np.concatenate(vertices).astype(np.float32),
            np.concatenate(normals).astype(np.float32),
            np.concatenate(faces).astype(np.uint32),
            np.concatenate(looks).astype(np.uint16),
            tuple(index),
            name,
        )

    def asset(self, name: str, semantic: SemanticClass, *collision: CollisionShape) -> Asset:
        """The pile as fixed scenery of one part; nothing may be added afterwards."""
        return Asset(name, semantic, None, (Part("body", Late(self.build, name)),), collision)


def drawn(draw: Callable[[Pile], None], name: str, semantic: SemanticClass, *collision: CollisionShape) -> Asset:
    """Fixed scenery of one part whose pile `draw` fills when somebody looks at it."""
    return Asset(name, semantic, None, (Part("body", Late(_drawn, draw, name)),), collision)


def _drawn(draw: Callable[[Pile], None], name: str) -> Mesh:
    pile = Pile()
    draw(pile)
    return pile.build(name)


def _facets(shape: Shape) -> tuple[F64, F64]:
    corners = shape.vertices[shape.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normal, axis=1)
    keep = length > 1e-8
    unit = normal[keep] / length[keep, None]
    return corners[keep].reshape(-1, 3), np.repeat(unit, 3, axis=0)


def quad(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...], d: tuple[float, ...]) -> Shape:
    """A plane quadrilateral, counter-clockwise seen from outside."""
    return Shape(np.array([a, b, c, d], float), np.array([[0, 1, 2], [0, 2, 3]]))


def panel(x: float, y0: float, y1: float, z0: float, z1: float) -> Shape:
    """An upright rectangle at `x` facing +x."""
    return quad((x, y0, z0), (x, y1, z0), (x, y1, z1), (x, y0, z1))


def block(x0: float, x1: float, y0: float, y1: float, z0: float, z1: float) -> Shape:
    """A cuboid between two corners."""
    corners = np.array([[x, y, z] for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)])
    quads = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])
    return Shape(corners, quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3))


def solid(x0: float, x1: float, y0: float, y1: float, z0: float, z1: float) -> Box:
    """The collision box between two corners."""
    return Box(((x1 - x0) / 2, (y1 - y0) / 2, (z1 - z0) / 2), ((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2))


def cut_wall(x: float, y0: float, y1: float, z0: float, z1: float, openings: Sequence[tuple[float, ...]]) -> Shape:
    """A wall facing +x at `x` with rectangular openings (y0, y1, z0, z1)."""
    ys = np.unique([y0, y1, *(v for o in openings for v in o[:2])])
    zs = np.unique([z0, z1, *(v for o in openings for v in o[2:])])
    my, mz = np.meshgrid((ys[:-1] + ys[1:]) / 2, (zs[:-1] + zs[1:]) / 2, indexing="ij")
    whole = np.ones(my.shape, bool)
    for a, b, c, d in openings:
        whole &= ~((my > a) & (my < b) & (mz > c) & (mz < d))
    i, k = np.nonzero(whole)
    corner = np.stack(
        [np.stack([np.full(len(i), x), ys[i + u], zs[k + v]], 1) for u, v in ((0, 0), (1, 0), (1, 1), (0, 1))],
        axis=1,
    )
    base = 4 * np.arange(len(i))[:, None]
    faces = np.concatenate([base + np.array([0, 1, 2]), base + np.array([0, 2, 3])])
    return Shape(corner.reshape(-1, 3), faces)
