"""A mobile robot as an actor, and what goes with it: things that move as told, people who stand a nudge."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import multiply, rotate
from ..physics.bodies import Bodies, BodyState
from ..physics.client import GRAVITY_MPS2, TICK_S
from ..physics.mobile_base import WHEELS, MobileBase
from .actor import Actor, Axle
from .assets.asset import Asset
from .person_actor import PersonActor
from .rigid_actor import ObjectActor

F64 = NDArray[np.float64]
_DRIVEN = WHEELS[:2]
_STAND_MPS = 0.4
"""Slower touches leave a person standing."""


class MobileActor(Actor):
    """A base with its load.

    Attributes:
        base: its physics.

    """

    def __init__(self, name: str, asset: Asset, base: MobileBase) -> None:
        super().__init__(name, asset)
        self.base = base
        self._state = base.read()
        names = [part.name for part in asset.parts]
        self._loose = tuple(names.index(wheel) for wheel in _DRIVEN)
        self._axles = np.array([asset.parts[k].position for k in self._loose], float)

    @property
    def bodies(self) -> tuple[int, ...]:
        """Its body."""
        return (self.base.body,)

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

    @property
    def speed_mps(self) -> float:
        """Velocity along its x axis."""
        return self.base.speed_mps

    @property
    def axle(self) -> Axle:
        """The driven wheels."""
        return Axle(self.base.spec.wheel_radius_m, self.base.spec.track_m, self._spin)

    def _spin(self) -> tuple[float, float]:
        left, right = self.base.wheel_speed_radps.tolist()
        return left, right

    @property
    def loose_parts(self) -> tuple[int, ...]:
        """The driven wheels."""
        return self._loose

    def part_poses(self) -> tuple[F64, F64]:
        """The driven wheels, turned as they have rolled."""
        half = self.base.wheel_angle_rad / 2.0
        turned = np.zeros((2, 4))
        turned[:, 1], turned[:, 3] = np.sin(half), np.cos(half)
        here = self._state.orientation
        return self._state.position_w + rotate(here, self._axles), multiply(here, turned)

    def before_tick(self) -> None:
        """Push on the floor."""
        self.base.apply()

    def after_tick(self) -> None:
        """Read the body once for everybody."""
        self._state = self.base.read()


class GuidedActor(ObjectActor):
    """A heavy body that moves exactly as `motion` says, whatever it pushes on the way.

    Every tick it is put where it belongs, with the velocity that leads to the next pose, so what it meets is pushed by
    Bullet's own contacts.

    Args:
        name, asset, bodies, body: as of any free body.
        motion: pose and velocity now; called once per tick, before the physics.

    """

    def __init__(self, name: str, asset: Asset, bodies: Bodies, body: int, motion: Callable[[], BodyState]) -> None:
        super().__init__(name, asset, bodies, body)
        self._motion = motion

    def before_tick(self) -> None:
        """Take the next bit of the way; gravity is cancelled, as whatever guides it carries it."""
        wanted = self._motion()
        lifted = wanted.velocity_w + np.array([0.0, 0.0, GRAVITY_MPS2 * TICK_S])
        self._bodies.set_state(
            self._body, BodyState(wanted.position_w, wanted.orientation, lifted, wanted.angular_velocity_w)
        )


class SteadyPersonActor(PersonActor):
    """A person who keeps standing or walking when something touches them slowly, as a robot that is nearly at rest."""

    def on_contact(self, other: Actor | None, impulse_ns: float) -> None:
        """Fall if it is faster than a nudge."""
        moving = np.zeros(3) if other is None else other.velocity_w
        if float(np.linalg.norm(moving - self.velocity_w)) > _STAND_MPS:
            super().on_contact(other, impulse_ns)
