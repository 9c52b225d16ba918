"""A person as an actor: walks by its gait until something touches it, then falls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..physics.walker import Walker
from .actor import Actor
from .assets.asset import Asset

F64 = NDArray[np.float64]


class PersonActor(Actor):
    """A pedestrian.

    Attributes:
        walker: its body; `walker.start()` sets it in motion.

    """

    def __init__(self, name: str, asset: Asset, walker: Walker) -> None:
        super().__init__(name, asset)
        self.walker = walker
        self._state = walker.state()

    @property
    def bodies(self) -> tuple[int, ...]:
        """The articulated body."""
        return (self.walker.body,)

    @property
    def link_names(self) -> dict[int, str]:
        """The body segments."""
        return self.walker.link_names

    @property
    def passes_fixed(self) -> bool:
        """Until it falls."""
        return not self.walker.released

    @property
    def position_w(self) -> F64:
        """(3,) centre of the standing box [m]."""
        return self._state.position_w

    @property
    def orientation_w(self) -> F64:
        """(4,) quaternion (x, y, z, w) of the box."""
        return self._state.orientation

    @property
    def velocity_w(self) -> F64:
        """(3,) velocity [m/s]."""
        return self._state.velocity_w

    @property
    def angular_velocity_w(self) -> F64:
        """(3,) angular velocity [rad/s]."""
        return self._state.angular_velocity_w

    @property
    def articulated(self) -> bool:
        """It walks and reaches."""
        return True

    @property
    def loose_parts(self) -> tuple[int, ...]:
        """All: the segments, in the order of the body plan."""
        return tuple(range(len(self.parts)))

    def part_poses(self) -> tuple[F64, F64]:
        """The segments."""
        return self.walker.segment_poses()

    def before_tick(self) -> None:
        """Take the next bit of a step."""
        self.walker.advance()

    def after_tick(self) -> None:
        """Read the body once for everybody."""
        self._state = self.walker.state()

    def on_contact(self, other: Actor | None, impulse_ns: float) -> None:
        """Fall."""
        if not self.walker.released:
            self.walker.release()
