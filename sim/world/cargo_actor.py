"""Cargo on vehicles: it goes with them until it is released, and then it is debris."""

from __future__ import annotations

from math import hypot

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import from_yaw
from ..physics.bodies import Bodies, BodyState
from ..physics.load import Load
from .assets.asset import Asset
from .assets.debris import DEBRIS, build_debris
from .assets.flatbed import BED_TOP_M, FLATBED, bed_span, build_flatbed
from .rigid_actor import ObjectActor
from .vehicle_actor import VehicleActor
from .world import World

F64 = NDArray[np.float64]


class CargoActor(ObjectActor):
    """A thing that lies on a vehicle until `load.release`.

    Attributes:
        load: its physics.

    """

    def __init__(self, name: str, asset: Asset, bodies: Bodies, load: Load) -> None:
        super().__init__(name, asset, bodies, load.body)
        self.load = load

    def before_tick(self) -> None:
        """Go with the vehicle."""
        self.load.advance()

    def release(self, towards: ArrayLike = (-1.0, 0.0, 0.0), *, slide_mps: float = 2.0, over_m: float = 0.0) -> None:
        """Come loose: slide `over_m` along the vehicle's bed in a direction of its frame, then fall; see `Load`."""
        self.load.release(towards, slide_mps=slide_mps, over_m=over_m)


def add_cargo(
    world: World,
    name: str,
    kind: str,
    vehicle: VehicleActor,
    *,
    at: tuple[float, float, float],
    rng: np.random.Generator,
    yaw: float = 0.0,
    size_m: float | None = None,
) -> CargoActor:
    """A thing on a vehicle.

    Args:
        world: where.
        name: of the actor.
        kind: a key of `DEBRIS`.
        vehicle: what carries it.
        at: the middle of its underside in the frame of the vehicle's box [m].
        rng: source of its look.
        yaw: heading against the vehicle [rad].
        size_m: its length; the kind's own where None.

    """
    asset = build_debris(kind, rng=rng, size_m=size_m)
    body = world.bodies.add(asset, (0.0, 0.0, 0.0))

    def state() -> BodyState:
        return BodyState(vehicle.position_w, vehicle.orientation_w, vehicle.velocity_w, vehicle.angular_velocity_w)

    seat = (at[0], at[1], at[2] + asset.size[2] / 2)
    load = Load(world.client, world.bodies, body, vehicle.bodies[0], state, (seat, from_yaw(yaw)))
    actor = CargoActor(name, asset, world.bodies, load)
    world.add(actor)
    return actor


def add_flatbed(
    world: World,
    name: str,
    *,
    xy: tuple[float, float],
    yaw: float,
    rng: np.random.Generator,
    speed_mps: float = 0.0,
    kinematic: bool = False,
) -> VehicleActor:
    """A flatbed truck of the fleet, rolling at `speed_mps`, its bed empty."""
    asset = build_flatbed(rng=rng)
    index = world.fleet.add(FLATBED, xy=xy, yaw=yaw, speed_mps=speed_mps, kinematic=kinematic)
    world.fleet_state.update()
    actor = VehicleActor(name, asset, world.fleet, world.fleet_state, index)
    world.add(actor)
    return actor


def add_cargo_load(
    world: World, name: str, kind: str, truck: VehicleActor, *, rng: np.random.Generator, count: int = 6
) -> list[CargoActor]:
    """A load stacked on the bed of a flatbed truck, the hindmost piece first, named `name`_0, `name`_1 ...

    Round things lie lengthwise side by side and in the hollows of the layer below; others stand in two rows from the
    rear, and in a second layer once the bed is full. Pieces that find no room are left out.
    """
    size = DEBRIS[kind].size
    rear, front, half = bed_span()
    floor = BED_TOP_M - FLATBED.size[2] / 2
    places: list[tuple[float, float, float, float]] = []
    if DEBRIS[kind].shape == "roll":
        wide = min(size[1], size[2])
        row, layer = max(1, min(int((2 * half - 0.1) / wide), (count + 2) // 2)), 0
        while len(places) < count and row - layer > 0:
            for k in range(row - layer):
                y = (k - 0.5 * (row - layer - 1)) * wide
                places.append((rear + 0.3 + size[0] / 2, y, floor + layer * 0.87 * wide, 0.0))
            layer += 1
    else:
        long, wide = size[0] + 0.06, size[1] + 0.06
        columns, rows = max(1, int((front - rear) / long)), max(1, int(2 * half / wide))
        for layer in range(2):
            for c in range(columns):
                for r in range(rows):
                    y = (r - 0.5 * (rows - 1)) * wide
                    turn = float(rng.uniform(-0.04, 0.04))
                    places.append((rear + 0.05 + (c + 0.5) * long, y, floor + layer * size[2], turn))
    return [
        add_cargo(world, f"{name}_{k}", kind, truck, at=(x, y, z), rng=rng, yaw=turn)
        for k, (x, y, z, turn) in enumerate(places[:count])
    ]


def way_off(cargo: CargoActor, truck: VehicleActor) -> float:
    """How far a piece on a truck must slide backwards until its middle is past the rear of the truck's box [m]."""
    ahead = cargo.position_w - truck.position_w
    yaw = truck.yaw
    along = float(ahead[0] * np.cos(yaw) + ahead[1] * np.sin(yaw))
    return max(0.0, along + truck.size[0] / 2) + 0.05 * hypot(cargo.size[0], cargo.size[1])
