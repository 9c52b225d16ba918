"""How near things are to a robot's body, truly: from the collision shapes of scenery and actors, seen or not.

Every shape becomes a rectangle on the floor with a range of heights. What lies below the robot's belly or above its top
is in nobody's way. Shapes that lean count with the rectangle along x and y that holds them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled
from ...renderers.transforms import compose, to_matrix
from ..criticality.plane import time_to_collision
from ..world.actor import Actor
from ..world.assets.asset import Asset, Box, CollisionShape, Cylinder
from ..world.stages.stage import Stage

F64 = NDArray[np.float64]
COLUMNS = ("x_m", "y_m", "vx_mps", "vy_mps", "yaw_rad", "length_m", "width_m", "low_m", "high_m")
"""Columns of an obstacle's row; the first seven are those of `criticality.plane.BOX`."""
_LEAN = 0.999


class Survey(NamedTuple):
    """What is around a body at one moment.

    Attributes:
        gap_m: to the nearest obstacle, inf without any.
        ahead_m: way straight ahead until the body touches something as it is now.
        ttc_s: shortest time to collision if all keep their velocity.

    """

    gap_m: float
    ahead_m: float
    ttc_s: float


def standing_rows(stage: Stage) -> F64:
    """(N, 9) rows of all scenery that can be touched."""
    rows = [
        row
        for placement in stage.placements
        for row in shape_rows(placement.asset, np.array(placement.position_w), np.array(placement.orientation_w))
    ]
    return np.array(rows, float).reshape(-1, len(COLUMNS))


def actor_rows(actor: Actor) -> list[tuple[float, ...]]:
    """Rows of an actor where it is now."""
    vx, vy, _ = actor.velocity_w.tolist()
    return shape_rows(actor.asset, actor.position_w, actor.orientation_w, (vx, vy))


def shape_rows(
    asset: Asset, position_w: F64, orientation_w: F64, velocity: tuple[float, float] = (0.0, 0.0)
) -> list[tuple[float, ...]]:
    """Rows of the collision shapes of an asset at a pose."""
    return [_row(shape, position_w, orientation_w, velocity) for shape in asset.collision]


def _row(
    shape: CollisionShape, position_w: F64, orientation_w: F64, velocity: tuple[float, float]
) -> tuple[float, ...]:
    if isinstance(shape, Box):
        half, turn = np.array(shape.half_extents), np.array(shape.orientation)
    elif isinstance(shape, Cylinder):
        half, turn = np.array([shape.radius, shape.radius, shape.height / 2]), np.array(shape.orientation)
    else:
        half, turn = np.full(3, shape.radius), np.array([0.0, 0.0, 0.0, 1.0])
    at, q = compose((position_w, orientation_w), (np.array(shape.position, float), turn))
    matrix = to_matrix(q)
    reach = np.abs(matrix) @ half
    yaw, length, width = 0.0, 2.0 * float(reach[0]), 2.0 * float(reach[1])
    if abs(float(matrix[2, 2])) > _LEAN:
        yaw = float(np.arctan2(matrix[1, 0], matrix[0, 0]))
        length, width = 2.0 * float(half[0]), 2.0 * float(half[1])
    x, y, z = at.tolist()
    return x, y, *velocity, yaw, length, width, z - float(reach[2]), z + float(reach[2])


def in_the_way(rows: F64, low_m: float, high_m: float) -> F64:
    """The rows of what overlaps a range of heights."""
    out: F64 = rows[(rows[:, 7] < high_m) & (rows[:, 8] > low_m)]
    return out


def survey(body: F64, rows: F64) -> Survey:
    """The measures between a body, a row of `COLUMNS`, and the obstacles (N, 9)."""
    return Survey(*_survey(body, rows))


@compiled
def _corners(row, out):  # type: ignore[no-untyped-def]
    c, s, u, v = np.cos(row[4]), np.sin(row[4]), row[5] / 2, row[6] / 2
    for k in range(4):
        a, b = (u if k in (0, 3) else -u), (v if k < 2 else -v)
        out[k, 0], out[k, 1] = row[0] + c * a - s * b, row[1] + s * a + c * b


@compiled
def _outside(row, x, y):  # type: ignore[no-untyped-def]
    """Distance of a point from a rectangle, 0 inside."""
    c, s = np.cos(row[4]), np.sin(row[4])
    a = abs(c * (x - row[0]) + s * (y - row[1])) - row[5] / 2
    b = abs(c * (y - row[1]) - s * (x - row[0])) - row[6] / 2
    return np.hypot(max(a, 0.0), max(b, 0.0))


@compiled
def rectangle_gap(a, b):  # type: ignore[no-untyped-def]
    """Shortest distance between two rectangles, rows of `COLUMNS` [m]; 0 where they overlap."""
    pa, pb = np.empty((4, 2)), np.empty((4, 2))
    _corners(a, pa)
    _corners(b, pb)
    apart = False
    for row in (a, b):
        for u, v in ((np.cos(row[4]), np.sin(row[4])), (-np.sin(row[4]), np.cos(row[4]))):
            low_a, high_a, low_b, high_b = np.inf, -np.inf, np.inf, -np.inf
            for k in range(4):
                da, db = pa[k, 0] * u + pa[k, 1] * v, pb[k, 0] * u + pb[k, 1] * v
                low_a, high_a, low_b, high_b = min(low_a, da), max(high_a, da), min(low_b, db), max(high_b, db)
            apart |= low_a > high_b or low_b > high_a
    if not apart:
        return 0.0
    shortest = np.inf
    for k in range(4):
        shortest = min(shortest, _outside(b, pa[k, 0], pa[k, 1]), _outside(a, pb[k, 0], pb[k, 1]))
    return shortest


@compiled
def _survey(body, rows):  # type: ignore[no-untyped-def]
    gap, ahead, ttc = np.inf, np.inf, np.inf
    moving, still = body.copy(), np.zeros(body.shape)
    moving[2], moving[3] = np.cos(body[4]), np.sin(body[4])
    for k in range(len(rows)):
        gap = min(gap, rectangle_gap(body, rows[k]))
        ttc = min(ttc, time_to_collision(body, rows[k]))
        still[:] = rows[k]
        still[2], still[3] = 0.0, 0.0
        ahead = min(ahead, time_to_collision(moving, still))
    return gap, ahead, ttc
