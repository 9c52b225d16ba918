"""What never moves, as few bodies.

Bullet looks at every body in every tick, also at those that cannot move (about 0.3 us each), and a street has two
hundred trees, lamps and houses. Neighbours of one kind become one compound body, as dear as each of them was.
A compound is no larger than a cell of the map, so that its box meets few of those that drive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import floor

import numpy as np

from ...renderers.transforms import compose
from .assets.asset import UPRIGHT, Asset, CollisionShape, Sphere
from .stages.stage import Placement

CELL_M = 100.0


def compounds(placements: Iterable[Placement]) -> list[Asset]:
    """Assets whose collision shapes, in the world frame, are those of all placements of one name, friction and cell."""
    groups: dict[tuple[str, float, int, int], list[Placement]] = {}
    for placement in placements:
        if placement.asset.collision:
            x, y, _ = placement.position_w
            key = (placement.asset.name, placement.asset.friction, floor(x / CELL_M), floor(y / CELL_M))
            groups.setdefault(key, []).append(placement)
    return [
        replace(group[0].asset, collision=tuple(_in_world(p, shape) for p in group for shape in p.asset.collision))
        for group in groups.values()
    ]


def _in_world(placement: Placement, shape: CollisionShape) -> CollisionShape:
    turn = UPRIGHT if isinstance(shape, Sphere) else shape.orientation
    position, orientation = compose(
        (np.array(placement.position_w), np.array(placement.orientation_w)), (np.array(shape.position), np.array(turn))
    )
    x, y, z = (float(c) for c in position)
    if isinstance(shape, Sphere):
        return replace(shape, position=(x, y, z))
    qx, qy, qz, qw = (float(c) for c in orientation)
    return replace(shape, position=(x, y, z), orientation=(qx, qy, qz, qw))
