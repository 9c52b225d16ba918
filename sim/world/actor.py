"""What may move or be labelled: a vehicle, a person, an arm, an object.

An actor knows its physics body and its look; the world asks it for poses after every tick and never looks inside.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import atan2
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...renderers.scene import Beam, Lamp, Luminaire
from .assets.asset import Asset, Part, Vec3
from .classes import SemanticClass

F64 = NDArray[np.float64]


class PoseTable(Protocol):
    """What many actors of one kind do after a tick, worked out at once."""

    @property
    def motion(self) -> F64:
        """(N, 15 + 7 P), see `physics.vehicle_kernel.motion`; P is the number of parts that move in the box."""


@dataclass(frozen=True)
class Flock:
    """An actor's place in a table.

    Attributes:
        table: the table.
        row: of the actor.
        loose: which of the loose parts of that row are its own, in the order of `loose_parts`.

    """

    table: PoseTable
    row: int
    loose: tuple[int, ...]


@dataclass(frozen=True)
class Axle:
    """Two wheels whose turning can be counted.

    Attributes:
        wheel_radius_m: rolling radius.
        track_m: distance between them.
        spin_radps: reads the spin of the left and the right one after the last tick.

    """

    wheel_radius_m: float
    track_m: float
    spin_radps: Callable[[], tuple[float, float]]


class Actor(ABC):
    """One labelled object of the world.

    Attributes:
        id: number in labels and records, 1, 2, 3 ... in the order of creation.
        name: readable, unique within the world.
        asset: its look and box.

    """

    def __init__(self, name: str, asset: Asset) -> None:
        self.id = 0
        self.name = name
        self.asset = asset

    @property
    def semantic(self) -> SemanticClass:
        """Class of the whole."""
        return self.asset.semantic

    @property
    def size(self) -> Vec3:
        """Full length, width and height of its box [m], constant; of what is `articulated`, see there."""
        return self.asset.size

    @property
    def articulated(self) -> bool:
        """Whether it changes its shape, so that its box in labels encloses its parts anew at every instant."""
        return False

    @property
    def parts(self) -> tuple[Part, ...]:
        """The meshes that make up the look."""
        return self.asset.parts

    @property
    @abstractmethod
    def bodies(self) -> tuple[int, ...]:
        """Ids of its physics bodies."""

    @property
    def link_names(self) -> dict[int, str]:
        """Names of the links of its body where physics has no good ones; -1 is the base."""
        return {}

    @property
    def passes_fixed(self) -> bool:
        """Whether it goes through everything fixed at present, as driven people do."""
        return False

    @property
    def base_motion(self) -> Callable[[], tuple[Vec3, Vec3, Vec3]] | None:
        """Reads centre of mass, velocity and angular velocity of its base after the last step, where it knows them."""
        return None

    @property
    @abstractmethod
    def position_w(self) -> F64:
        """(3,) centre of the box [m]."""

    @property
    @abstractmethod
    def orientation_w(self) -> F64:
        """(4,) quaternion (x, y, z, w) of the box."""

    @property
    @abstractmethod
    def velocity_w(self) -> F64:
        """(3,) velocity of the centre [m/s]."""

    @property
    def angular_velocity_w(self) -> F64:
        """(3,) angular velocity [rad/s]."""
        return np.zeros(3)

    @property
    def yaw(self) -> float:
        """Heading of the box in the world's plane [rad]."""
        x, y, z, w = self.orientation_w.tolist()
        return atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))

    @property
    def lamps(self) -> Lamp:
        """Lamps that are on."""
        return Lamp.NONE

    def headlights(self, position_w: F64, orientation_w: F64, beam: Beam) -> list[Luminaire]:
        """Its headlights when the box stands at a pose; none for what has none."""
        return []

    @property
    def axle(self) -> Axle | None:
        """The wheels that its odometry counts, if it has any."""
        return None

    @property
    def flock(self) -> Flock | None:
        """Where its poses stand together with those of others of its kind, and which row is its own."""
        return None

    @property
    def still(self) -> bool:
        """Whether its poses can never change, so that they need not be recorded every tick."""
        return False

    @property
    def switchable(self) -> bool:
        """Whether its lamps may change; what moves is asked in any case, what is `still` only if this says so."""
        return not self.still

    @property
    def loose_parts(self) -> tuple[int, ...]:
        """Indices of the parts that move within the box; all others keep their rest pose in it."""
        return ()

    def part_poses(self) -> tuple[F64, F64]:
        """World poses of the loose parts after the last tick: (P, 3) and (P, 4)."""
        return np.empty((0, 3)), np.empty((0, 4))

    def before_tick(self) -> None:
        """Act on the physics just before a step."""

    def after_tick(self) -> None:
        """Read the physics just after a step."""

    def on_contact(self, other: Actor | None, impulse_ns: float) -> None:
        """Answer a touch that began in the last tick; `other` is None for scenery."""
