"""Scenery on ground that rises and falls: surfaces draped over it, things stood on it, and the land to the horizon.

What is built for a level road (strips, posts, guard rails, boxes to hit) is sheared upwards by the height of the ground
under each vertex, so the physics of `Ground` is the only source of height. Around the road the land takes the height of
the road nearby, averaged with the inverse fourth power of distance (Shepard 1968), and rolls gently farther away.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Mesh
from ....renderers.transforms import multiply, rotate
from ...physics.ground import Ground
from ...physics.relief import LAND_M, Land, Relief, distances
from ..alignment import Profile
from ..assets import finishes
from ..assets.asset import Asset, Box, CollisionShape, Late, Part
from ..classes import SemanticClass
from ..path import Path
from .stage import Placement
from .surfaces import TERRAIN_M

F64 = NDArray[np.float64]
_NEAR_M, _SUNK_M, _BELOW_M = 15.0, 1.5, 0.05
_RIM_M = 90.0


def draped(asset: Asset, ground: Ground) -> Asset:
    """Level scenery in world coordinates, lifted onto the ground; boxes to hit are lifted and pitched as a whole.

    Only vertices of one strip share normals, so edges between strips stay sharp.
    """
    parts = tuple(Part(part.name, Late(_draped_mesh, part, ground)) for part in asset.parts)
    collision = tuple(_draped_box(shape, ground) for shape in asset.collision)
    return dataclasses.replace(asset, parts=parts, collision=collision)


def _draped_mesh(part: Part, ground: Ground) -> Mesh:
    mesh = part.mesh
    vertices = mesh.vertices.astype(float)
    vertices[:, 2] += ground.at(vertices)[0]
    corners = vertices[mesh.faces]
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, mesh.faces[:, k], facing)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = np.where(length > 1e-12, normals / np.maximum(length, 1e-12), mesh.normals)
    return dataclasses.replace(mesh, vertices=vertices.astype(np.float32), normals=normals.astype(np.float32))


def _draped_box(shape: CollisionShape, ground: Ground) -> CollisionShape:
    x, y, z = shape.position
    z += float(ground.at([x, y])[0])
    if not isinstance(shape, Box):
        return dataclasses.replace(shape, position=(x, y, z))
    ahead = rotate(np.asarray(shape.orientation), np.array([1.0, 0.0, 0.0]))
    pitch = -float(np.arctan(ground.slope([x, y]) @ ahead[:2]))
    turn = multiply(shape.orientation, np.array([0.0, np.sin(pitch / 2), 0.0, np.cos(pitch / 2)]))
    a, b, c, w = (float(v) for v in turn)
    return dataclasses.replace(shape, position=(x, y, z), orientation=(a, b, c, w))


def stood(
    asset: Asset, ground: Ground, path: Path, s: float, d: float, turn: float = 0.0, sink_m: float = 0.0
) -> Placement:
    """A thing upright on the ground beside a path, turned against its heading."""
    xy, yaw, _ = path.at(float(s), float(d))
    z = float(ground.at(xy)[0]) - sink_m
    return Placement.upright(asset, float(xy[0]), float(xy[1]), z, yaw=float(yaw) + turn)


def land_around(
    path: Path,
    profile: Profile,
    *,
    overrun_m: float,
    rng: np.random.Generator,
    margin_m: float = 260.0,
    cell_m: float = 10.0,
    roll_m: float = 2.0,
) -> Land:
    """Land that follows the road and rolls away from it by about `roll_m`; its rim is level and lowest."""
    s = np.arange(-overrun_m, path.length_m + overrun_m, 10.0)
    line, _, _ = path.at(s)
    z, _ = profile.at(s)
    low, high = line.min(axis=0) - margin_m, line.max(axis=0) + margin_m
    columns, rows = (int(np.ceil(extent / cell_m)) + 1 for extent in high - low)
    x, y = low[0] + cell_m * np.arange(columns), low[1] + cell_m * np.arange(rows)
    height, nearest = np.empty((rows, columns)), np.empty((rows, columns))
    for j, at in enumerate(y):
        apart = (x[:, None] - line[:, 0]) ** 2 + (at - line[:, 1]) ** 2
        weight = 1.0 / (apart + 36.0) ** 2
        height[j] = weight @ z / weight.sum(axis=1)
        nearest[j] = np.sqrt(apart.min(axis=1))
    waves = np.zeros_like(height)
    for _ in range(4):
        length, course, phase = rng.uniform(140.0, 380.0), rng.uniform(0.0, np.pi), rng.uniform(0.0, 2.0 * np.pi)
        waves += np.sin(2.0 * np.pi / length * (np.cos(course) * x[None, :] + np.sin(course) * y[:, None]) + phase)
    height += roll_m * 0.7 * waves * np.clip((nearest - 20.0) / 100.0, 0.0, 1.0)
    rim = np.minimum.reduce(
        [*np.broadcast_arrays((x - x[0])[None, :], (x[-1] - x)[None, :], (y - y[0])[:, None], (y[-1] - y)[:, None])]
    )
    fade = np.clip(rim / _RIM_M, 0.0, 1.0)
    lowest = float(height.min()) - 0.3
    return Land(float(x[0]), float(y[0]), cell_m, lowest + fade * fade * (3.0 - 2.0 * fade) * (height - lowest))


def countryside(relief: Relief) -> Asset:
    """The land as seen from the road, sunk under the road's own surface, and level land to the horizon."""
    return Asset("countryside", SemanticClass.TERRAIN, None, (Part("body", Late(_countryside, relief)),))


def _countryside(relief: Relief) -> Mesh:
    land = relief.land
    rows, columns = land.height_m.shape
    x, y = (first + land.cell_m * np.arange(n) for first, n in ((land.x_m, columns), (land.y_m, rows)))
    grid = np.stack([*np.meshgrid(x, y), land.height_m], axis=-1)
    dy, dx = np.gradient(land.height_m, land.cell_m)
    near = distances(relief.rows, grid[..., :2].reshape(-1, 2)).reshape(rows, columns)
    grid[..., 2] -= np.where(near < relief.reach_m + LAND_M + 1.0, _SUNK_M, _BELOW_M)
    normals = np.stack([-dx, -dy, np.ones_like(dx)], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    k = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = k[:-1, :-1].ravel(), k[:-1, 1:].ravel(), k[1:, 1:].ravel(), k[1:, :-1].ravel()
    middle, far = np.array([x.mean(), y.mean()]), float(land.height_m[0, 0]) - 0.2
    plain = np.array([[*middle + TERRAIN_M * np.array(corner), far] for corner in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
    n = rows * columns
    return Mesh(
        vertices=np.concatenate([grid.reshape(-1, 3), plain]).astype(np.float32),
        normals=np.concatenate([normals.reshape(-1, 3), np.tile([0.0, 0.0, 1.0], (4, 1))]).astype(np.float32),
        faces=np.concatenate(
            [np.stack([a, b, c], 1), np.stack([a, c, d], 1), [[n, n + 1, n + 2], [n, n + 2, n + 3]]]
        ).astype(np.uint32),
        face_material=np.zeros(2 * len(a) + 2, np.uint16),
        materials=(finishes.MEADOW,),
        name="countryside",
    )
