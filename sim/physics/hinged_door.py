"""A car that stands fast with doors on hinges.

The body is fixed; each door is a rigid box on a vertical hinge. While a door is being opened its angle follows a
minimum-jerk curve exactly, so what it meets is met by a body of the right mass and speed; at the first touch the curve
ends and the hinge is free but for the friction of its check strap. Beyond its stops the hinge holds with a bounded
torque and then yields, as sheet metal does. Left out: tearing off, and wind.
"""

from __future__ import annotations

from math import cos, sin
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import compose
from ..world.assets.asset import Box
from .client import TICK_S, Client

F64 = NDArray[np.float64]
OPEN_MOST_RAD = 1.2
"""Stop of a front door (about 70 degrees)."""
_STRAP_NM, _STOP_NM = 30.0, 1500.0


class HingedDoors:
    """Doors of one standing car, numbered in the order given.

    Args:
        client: the physics world.
        hull: collision box of the car in its frame.
        position_w, orientation: pose of the car's frame.
        hinges: position of each hinge in the frame of the car [m].
        panels: collision box of each door in a frame on its hinge, parallel to the car's while closed.
        sides: +1 for a door on the left, -1 for one on the right; both open outwards.
        mass_kg: of one door.
        friction: Coulomb coefficient of car and doors.

    """

    def __init__(
        self,
        client: Client,
        hull: Box,
        position_w: ArrayLike,
        orientation: ArrayLike,
        *,
        hinges: list[tuple[float, float, float]],
        panels: list[Box],
        sides: list[float],
        mass_kg: float,
        friction: float = 0.8,
    ) -> None:
        self._client = client
        self._pose = (np.asarray(position_w, float), np.asarray(orientation, float))
        self._hinges, self._sides = [np.array(h) for h in hinges], sides
        n = len(hinges)
        self._motion: list[tuple[float, float, float, float] | None] = [None] * n  # from, to, duration, elapsed
        self._free = [False] * n
        self._held = [0.0] * n

        def shape(b: Box) -> Any:
            return client.createCollisionShape(
                client.GEOM_BOX, halfExtents=list(b.half_extents), collisionFramePosition=list(b.position)
            )

        self.body: int = client.createMultiBody(
            baseMass=0.0,
            baseCollisionShapeIndex=shape(hull),
            basePosition=self._pose[0].tolist(),
            baseOrientation=self._pose[1].tolist(),
            linkMasses=[mass_kg] * n,
            linkCollisionShapeIndices=[shape(b) for b in panels],
            linkVisualShapeIndices=[-1] * n,
            linkPositions=[list(h) for h in hinges],
            linkOrientations=[[0.0, 0.0, 0.0, 1.0]] * n,
            linkInertialFramePositions=[list(b.position) for b in panels],
            linkInertialFrameOrientations=[[0.0, 0.0, 0.0, 1.0]] * n,
            linkParentIndices=[0] * n,
            linkJointTypes=[client.JOINT_REVOLUTE] * n,
            linkJointAxis=[[0.0, 0.0, -side] for side in sides],
        )
        for link in range(-1, n):
            client.changeDynamics(
                self.body, link, lateralFriction=friction, linearDamping=0.0, angularDamping=0.0, jointDamping=0.0,
                activationState=client.ACTIVATION_STATE_DISABLE_SLEEPING,
            )  # fmt: skip
        for link in range(n):
            client.setJointMotorControl2(self.body, link, client.VELOCITY_CONTROL, force=0.0)

    def angle(self, door: int) -> float:
        """How far a door is open [rad], as of the last step."""
        return float(self._client.getJointState(self.body, door)[0])

    def moving(self, door: int) -> bool:
        """Whether a door is on its way to where `open` sends it."""
        return self._motion[door] is not None

    def open(self, door: int, angle_rad: float, duration_s: float) -> None:
        """Open (or close) a door to an angle along a minimum-jerk curve, unless something has hit it.

        Raises:
            ValueError: an angle beyond the stops, or a duration not above 0.

        """
        if not (0.0 <= angle_rad <= OPEN_MOST_RAD and duration_s > 0.0):
            raise ValueError(
                f"a door opens to 0..{OPEN_MOST_RAD:g} rad in a time above 0, got {angle_rad:g} rad in {duration_s:g} s"
            )
        if not self._free[door]:
            self._motion[door] = (self.angle(door), angle_rad, duration_s, 0.0)

    def release(self, door: int) -> None:
        """End the driving of a door: its hinge is free from now on."""
        self._free[door], self._motion[door] = True, None

    def advance(self) -> None:
        """Set the doors for the physics step that follows."""
        client = self._client
        for door, free in enumerate(self._free):
            if free:
                beyond = not 0.0 <= self.angle(door) <= OPEN_MOST_RAD
                client.setJointMotorControl2(
                    self.body,
                    door,
                    client.VELOCITY_CONTROL,
                    targetVelocity=0.0,
                    force=_STOP_NM if beyond else _STRAP_NM,
                )
                continue
            motion = self._motion[door]
            if motion is None:
                client.resetJointState(self.body, door, self._held[door], 0.0)
                continue
            start, end, duration, elapsed = motion
            here, there = (_blend(min(1.0, t / duration)) for t in (elapsed, elapsed + TICK_S))
            span = end - start
            client.resetJointState(self.body, door, start + span * here, span * (there - here) / TICK_S)
            self._held[door] = start + span * there
            self._motion[door] = None if elapsed + TICK_S >= duration else (start, end, duration, elapsed + TICK_S)

    def poses(self) -> tuple[F64, F64]:
        """World poses of the doors' frames, (n, 3) and (n, 4), after the last step."""
        position, orientation = [], []
        for door, side in enumerate(self._sides):
            half = -0.5 * side * self.angle(door)
            p, q = compose(self._pose, (self._hinges[door], np.array([0.0, 0.0, sin(half), cos(half)])))
            position.append(p)
            orientation.append(q)
        return np.array(position), np.array(orientation)


def _blend(t: float) -> float:
    """Minimum jerk from 0 to 1 (Flash and Hogan 1985)."""
    return t**3 * (10.0 - 15.0 * t + 6.0 * t * t)
