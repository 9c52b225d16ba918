"""A parked car whose doors open, as an actor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import from_yaw
from ..physics.hinged_door import HingedDoors
from .actor import Actor
from .assets.asset import Asset, Box
from .assets.car_door import DOOR_MASS_KG, build_door_car
from .world import World

F64 = NDArray[np.float64]
DOORS = ("door_fl", "door_fr")


class DoorCarActor(Actor):
    """A car that stands fast; its front doors are parts that move, and bodies that are hit.

    Attributes:
        doors: their physics.

    """

    def __init__(self, name: str, asset: Asset, doors: HingedDoors, position_w: F64, orientation_w: F64) -> None:
        super().__init__(name, asset)
        self.doors = doors
        self._pose = (np.asarray(position_w, float), np.asarray(orientation_w, float))
        places = [part.name for part in asset.parts]
        self._loose = tuple(places.index(door) for door in DOORS)

    def open(self, angle_rad: float, duration_s: float, *, door: str = "door_fl") -> None:
        """Open a door to an angle within a time; see `HingedDoors.open`."""
        self.doors.open(DOORS.index(door), angle_rad, duration_s)

    def angle_rad(self, door: str = "door_fl") -> float:
        """How far a door is open."""
        return self.doors.angle(DOORS.index(door))

    @property
    def bodies(self) -> tuple[int, ...]:
        """Car and doors are one body."""
        return (self.doors.body,)

    @property
    def link_names(self) -> dict[int, str]:
        """Body and doors."""
        return {-1: "body"} | dict(enumerate(DOORS))

    @property
    def position_w(self) -> F64:
        """(3,) centre of the box of the closed car [m]."""
        return self._pose[0]

    @property
    def orientation_w(self) -> F64:
        """(4,) quaternion (x, y, z, w) of the box."""
        return self._pose[1]

    @property
    def velocity_w(self) -> F64:
        """Zero."""
        return np.zeros(3)

    @property
    def loose_parts(self) -> tuple[int, ...]:
        """The doors."""
        return self._loose

    def part_poses(self) -> tuple[F64, F64]:
        """The doors."""
        return self.doors.poses()

    def before_tick(self) -> None:
        """Move the doors."""
        self.doors.advance()

    def on_contact(self, other: Actor | None, impulse_ns: float) -> None:
        """Whoever opens a door lets go of it."""
        for door in range(len(DOORS)):
            if self.doors.angle(door) > 0.0:
                self.doors.release(door)


def add_door_car(
    world: World,
    name: str,
    kind: str,
    *,
    xy: tuple[float, float],
    yaw: float,
    rng: np.random.Generator,
) -> DoorCarActor:
    """A parked hatchback, sedan, suv or van; `open(angle_rad, duration_s)` opens its front left (or right) door.

    Args:
        world: where.
        name: of the actor.
        kind: of the car.
        xy: centre of its box [m].
        yaw: heading [rad].
        rng: source of its looks.

    """
    car = build_door_car(kind, rng=rng)
    ground = float(world.stage.ground.at(np.array(xy))[0])
    position, orientation = np.array([*xy, ground + car.asset.size[2] / 2]), from_yaw(yaw)
    hull = car.asset.collision[0]
    assert isinstance(hull, Box)
    x, y, z = car.panel.position
    doors = HingedDoors(
        world.client,
        hull,
        position,
        orientation,
        hinges=[car.hinges[door] for door in DOORS],
        panels=[car.panel, Box(car.panel.half_extents, (x, -y, z))],
        sides=[1.0, -1.0],
        mass_kg=DOOR_MASS_KG,
    )
    actor = DoorCarActor(name, car.asset, doors, position, orientation)
    world.add(actor)
    return actor
