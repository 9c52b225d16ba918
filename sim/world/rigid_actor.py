"""Rigid things as actors: standing ones that never move, and free bodies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..physics.bodies import Bodies
from .actor import Actor
from .assets.asset import Asset

F64 = NDArray[np.float64]


class StandingActor(Actor):
    """A labelled thing that never moves: a parked car, a patch of ice; `body` is None where nothing can touch it."""

    def __init__(self, name: str, asset: Asset, body: int | None, position_w: F64, orientation_w: F64) -> None:
        super().__init__(name, asset)
        self._body = body
        self._pose = (np.asarray(position_w, float), np.asarray(orientation_w, float))

    @property
    def bodies(self) -> tuple[int, ...]:
        """Its collision body, if it has one."""
        return () if self._body is None else (self._body,)

    @property
    def position_w(self) -> F64:
        """(3,) centre of the box [m]."""
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
    def still(self) -> bool:
        """Always."""
        return True


class ObjectActor(Actor):
    """A free rigid body."""

    def __init__(self, name: str, asset: Asset, bodies: Bodies, body: int) -> None:
        super().__init__(name, asset)
        self._bodies = bodies
        self._body = body
        self._state = bodies.state(body)

    @property
    def bodies(self) -> tuple[int, ...]:
        """Its body."""
        return (self._body,)

    @property
    def position_w(self) -> F64:
        """(3,) centre of the box [m]."""
        return self._state.position_w

    @property
    def orientation_w(self) -> F64:
        """(4,) quaternion (x, y, z, w) of the box."""
        return self._state.orientation

    @property
    def velocity_w(self) -> F64:
        """(3,) velocity of the centre [m/s]."""
        return self._state.velocity_w

    @property
    def angular_velocity_w(self) -> F64:
        """(3,) angular velocity [rad/s]."""
        return self._state.angular_velocity_w

    def after_tick(self) -> None:
        """Read the body once for everybody."""
        self._state = self._bodies.state(self._body)
