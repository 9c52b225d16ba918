"""What lies on the road: debris, trailers left behind, and vehicles on their side with their load about them.

A vehicle on its side rests as a rigid body would: on an edge of the convex hull of its cross-section from which its
centre of mass cannot tip. Boxes rest flat on their side; cars roll on past a right angle, to the edge of the roof.
"""

from __future__ import annotations

from dataclasses import replace
from math import atan2
from typing import Literal

import numpy as np
import scipy  # its parts load when first used
from numpy.typing import NDArray

from ...renderers.transforms import from_rpy, from_yaw, multiply, rotate
from ..physics.specs import VEHICLES, VehicleSpec
from .assets.asset import Asset, Box
from .assets.debris import build_debris
from .assets.trailer import build_trailer
from .assets.underbody import with_underbody
from .assets.vehicles import build_vehicle
from .rigid_actor import ObjectActor, StandingActor
from .world import World

F64 = NDArray[np.float64]
Side = Literal["left", "right"]
SPILL = ("crate", "cardboard_box", "pallet", "cardboard_box", "crate", "bag")
"""What falls out of a box body."""


def lying_pose(asset: Asset, spec: VehicleSpec, side: Side) -> tuple[float, F64]:
    """How a vehicle lies on a side: height of its box's centre above the ground [m], and its roll as a quaternion."""
    points = np.concatenate([part.mesh.vertices[:, 1:] + np.array(part.position)[1:] for part in asset.parts])
    points = points[np.abs(points[:, 0]) <= asset.size[1] / 2 + 0.02].astype(float)  # mirrors fold away
    hull = scipy.spatial.ConvexHull(points)
    centre = np.array([0.0, spec.cog_height_m - asset.size[2] / 2])
    sign = 1.0 if side == "left" else -1.0
    best: tuple[float, float, F64] | None = None
    for (i, j), equation in zip(hull.simplices, hull.equations, strict=True):
        normal, a, b = equation[:2], points[i], points[j]
        along = b - a
        share = float((centre - a) @ along / (along @ along))
        if 0.0 <= share <= 1.0 and (best is None or sign * normal[0] > best[0]):
            best = (sign * float(normal[0]), float(normal @ a), normal)
    assert best is not None  # a convex body rests on some edge
    _, height, normal = best
    return height, from_rpy(atan2(-float(normal[0]), -float(normal[1])), 0.0, 0.0)


def add_overturned(
    world: World,
    name: str,
    kind: str,
    *,
    xy: tuple[float, float],
    yaw: float,
    rng: np.random.Generator,
    side: Side = "left",
    spill: int = 0,
) -> tuple[StandingActor, list[ObjectActor]]:
    """A vehicle lying fast on its side, and what fell out of it.

    Args:
        world: where.
        name: of the vehicle; pieces of the load are called `name`_load_0, ...
        kind: a key of `VEHICLES` with four wheels.
        xy: centre of its box [m].
        yaw: where its front points [rad].
        rng: source of looks and of where the load lies.
        side: the side it lies on.
        spill: number of pieces of its load behind and beside it, free bodies.

    """
    spec = VEHICLES[kind]
    asset = with_underbody(build_vehicle(kind, rng=rng), spec)
    rise, roll = lying_pose(asset, spec, side)
    ground = float(world.stage.ground.at(np.array(xy))[0])
    position, orientation = np.array([*xy, ground + rise]), multiply(from_yaw(yaw), roll)
    length, width, height = asset.size
    wheels = Box((length / 2 - 0.4, width / 2, 0.08 * height), (0.0, 0.0, -0.42 * height))
    asset = replace(asset, collision=(*asset.collision, wheels))
    body = world.bodies.add_static(asset, position, orientation)
    actor = StandingActor(name, asset, body, position, orientation)
    world.add(actor)
    pieces = []
    roof = -1.0 if side == "left" else 1.0  # of the vehicle's left, where its roof now points
    for k in range(spill):
        row, column = divmod(k, 3)
        behind = -length / 2 - 1.2 - 1.4 * row + float(rng.uniform(-0.4, 0.4))
        across = roof * (1.3 * column - 0.6) + float(rng.uniform(-0.35, 0.35))
        at = position + rotate(from_yaw(yaw), np.array([behind, across, 0.0]))
        pieces.append(
            add_debris(
                world, f"{name}_load_{k}", SPILL[k % len(SPILL)], xy=(float(at[0]), float(at[1])),
                yaw=yaw + float(rng.uniform(-1.5, 1.5)), rng=rng,
            )
        )  # fmt: skip
    return actor, pieces


def add_debris(
    world: World,
    name: str,
    kind: str,
    *,
    xy: tuple[float, float],
    yaw: float,
    rng: np.random.Generator,
    size_m: float | None = None,
) -> ObjectActor:
    """A thing that lies on the road, free to be knocked about.

    Args:
        world: where.
        name: of the actor.
        kind: a key of `DEBRIS`.
        xy: its middle [m].
        yaw: where its length points [rad].
        rng: source of its look.
        size_m: its length; the kind's own where None.

    """
    asset = build_debris(kind, rng=rng, size_m=size_m)
    ground = float(world.stage.ground.at(np.array(xy))[0])
    body = world.bodies.add(asset, (*xy, ground + asset.size[2] / 2 + 1e-3), from_yaw(yaw))
    actor = ObjectActor(name, asset, world.bodies, body)
    world.add(actor)
    return actor


def add_trailer(
    world: World, name: str, kind: str, *, xy: tuple[float, float], yaw: float, rng: np.random.Generator
) -> StandingActor:
    """A caravan or box trailer that stands fast, its drawbar towards `yaw`."""
    asset = build_trailer(kind, rng=rng)
    ground = float(world.stage.ground.at(np.array(xy))[0])
    position, orientation = np.array([*xy, ground + asset.size[2] / 2]), from_yaw(yaw)
    actor = StandingActor(name, asset, world.bodies.add_static(asset, position, orientation), position, orientation)
    world.add(actor)
    return actor
