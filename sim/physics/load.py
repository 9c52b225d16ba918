"""Cargo that goes with a vehicle until it comes loose.

While it is held, every tick puts the body where the vehicle has it, with the velocity of that point of the vehicle.
`release` lets it slide along the bed with a constant acceleration against the vehicle up to a given speed, over a given
distance; then it is free, with the velocity of that point of the vehicle plus that of sliding, and falls as bodies do.
Vehicle and cargo never touch, as the vehicle's collision box has no room for a bed. Left out: lashing forces, tipping
over the edge, and the weight of the cargo on the vehicle.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import compose, rotate
from .bodies import Bodies, BodyState
from .client import TICK_S, Client

F64 = NDArray[np.float64]


class Load:
    """One body on a vehicle.

    Args:
        client, bodies: the physics world.
        body: a free body of `bodies`.
        carrier: body of the vehicle.
        carrier_state: pose and motion of the vehicle's frame after the last step.
        mount: position and quaternion of the cargo's frame in the vehicle's.

    """

    def __init__(
        self,
        client: Client,
        bodies: Bodies,
        body: int,
        carrier: int,
        carrier_state: Callable[[], BodyState],
        mount: tuple[ArrayLike, ArrayLike],
    ) -> None:
        self.body = body
        self._bodies, self._carrier_state = bodies, carrier_state
        self._mount = (np.asarray(mount[0], float), np.asarray(mount[1], float))
        self._way = np.zeros(3)
        self._slide_mps = self._accel = self._until_m = self._gone_m = self._now_mps = 0.0
        self._held = True
        client.setCollisionFilterPair(body, carrier, -1, -1, 0)
        self._follow()

    @property
    def held(self) -> bool:
        """Whether it still goes with the vehicle, at rest on it or sliding."""
        return self._held

    @property
    def sliding(self) -> bool:
        """Whether it slides on the vehicle."""
        return self._held and bool(np.any(self._way))

    def release(self, towards: ArrayLike, *, slide_mps: float, over_m: float, accel_mps2: float = 3.0) -> None:
        """Come loose.

        Args:
            towards: (3,) direction of sliding in the vehicle's frame.
            slide_mps: speed against the vehicle that it is to reach, >= 0.
            over_m: how far it slides before it is free; 0 is at once, with `slide_mps`.
            accel_mps2: acceleration of sliding, > 0.

        Raises:
            ValueError: a speed or distance below 0, or sliding without acceleration or speed.

        """
        if slide_mps < 0.0 or over_m < 0.0 or (over_m > 0.0 and not (slide_mps > 0.0 and accel_mps2 > 0.0)):
            raise ValueError(
                f"cargo slides at a speed above 0 over a distance of 0 or more, got {slide_mps:g} m/s over {over_m:g} m"
            )
        if not self._held or self.sliding:
            return
        way = np.asarray(towards, float)
        self._way = way / float(np.linalg.norm(way))
        self._slide_mps, self._accel, self._until_m = slide_mps, accel_mps2, over_m
        if over_m == 0.0:
            self._now_mps = slide_mps
            self._let_go()

    def advance(self) -> None:
        """Follow the vehicle into the physics step that comes."""
        if not self._held:
            return
        if self.sliding:
            before = self._now_mps
            self._now_mps = min(
                self._slide_mps,
                sqrt(before * before + 2.0 * self._accel * before * TICK_S) if before else self._accel * TICK_S,
            )
            self._gone_m += 0.5 * (before + self._now_mps) * TICK_S
            if self._gone_m >= self._until_m:
                self._let_go()
                return
        self._follow()

    def _follow(self) -> None:
        car = self._carrier_state()
        seat = self._mount[0] + self._gone_m * self._way
        position, orientation = compose((car.position_w, car.orientation), (seat, self._mount[1]))
        lever = position - car.position_w
        velocity = (
            car.velocity_w
            + np.cross(car.angular_velocity_w, lever)
            + self._now_mps * rotate(car.orientation, self._way)
        )
        self._bodies.set_state(self.body, BodyState(position, orientation, velocity, car.angular_velocity_w))

    def _let_go(self) -> None:
        self._follow()
        self._held = False
