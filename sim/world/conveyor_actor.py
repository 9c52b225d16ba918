"""A conveyor belt as an actor: its marks run with the surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import from_yaw, multiply, rotate
from ..physics.belt import Belt
from .actor import Actor
from .assets.asset import Asset
from .assets.conveyor import mark_poses

F64 = NDArray[np.float64]


class BeltActor(Actor):
    """The belt of a conveyor.

    Attributes:
        belt: its physics.

    """

    def __init__(self, name: str, asset: Asset, belt: Belt, centre_w: F64, yaw: float) -> None:
        super().__init__(name, asset)
        self.belt = belt
        self._turn = from_yaw(yaw)
        self._centre = np.asarray(centre_w, float)

    @property
    def bodies(self) -> tuple[int, ...]:
        """The surface."""
        return (self.belt.body,)

    @property
    def position_w(self) -> F64:
        """(3,) middle of the upper face [m]."""
        return self._centre

    @property
    def orientation_w(self) -> F64:
        """(4,) quaternion, x along the transport."""
        return self._turn

    @property
    def velocity_w(self) -> F64:
        """(3,) of the surface [m/s]."""
        return self.belt.speed_mps * self.belt.direction_w

    @property
    def loose_parts(self) -> tuple[int, ...]:
        """The marks."""
        return tuple(range(1, len(self.parts)))

    def part_poses(self) -> tuple[F64, F64]:
        """The marks, around the drums."""
        position, turn = mark_poses(self.size[0], self.belt.travelled_m)
        return self._centre + rotate(self._turn, position), multiply(self._turn, turn)

    def before_tick(self) -> None:
        """Move the surface."""
        self.belt.advance()
