"""A conveyor belt: a surface that moves without going anywhere.

The belt is a body far heavier than anything on it. Before every step it is put back to its place with the velocity of
the belt, so contacts meet a moving surface and Coulomb friction carries things along: a thing put on it slides for
v^2 / (2 mu g) until it rides. The drive ramps between speeds at constant acceleration.
Left out: the bend over the drums, slack, and slip of the belt on its drum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import from_yaw, rotate
from .client import GRAVITY_MPS2, TICK_S, Client

F64 = NDArray[np.float64]
_MASS_KG = 2000.0
_THICKNESS_M = 0.06


class Belt:
    """A straight level belt.

    Args:
        client: the physics world.
        centre_w: (3,) middle of the upper face [m].
        yaw: direction of transport [rad].
        length_m, width_m: of the upper face.
        speed_mps: at the start.
        accel_mps2: of the drive, > 0.
        friction: Coulomb coefficient; the pair's is the product of both.

    Attributes:
        target_mps: speed that the drive goes to.
        speed_mps: speed of the surface.
        travelled_m: way of the surface.

    """

    def __init__(
        self,
        client: Client,
        centre_w: ArrayLike,
        yaw: float,
        *,
        length_m: float,
        width_m: float,
        speed_mps: float,
        accel_mps2: float = 1.0,
        friction: float = 1.0,
    ) -> None:
        if accel_mps2 <= 0.0:
            raise ValueError(f"a belt needs accel_mps2 > 0, got {accel_mps2:g}")
        self._client = client
        self._turn = from_yaw(yaw)
        self.direction_w = rotate(self._turn, [1.0, 0.0, 0.0])
        self._centre = np.asarray(centre_w, float) - [0.0, 0.0, _THICKNESS_M / 2]
        self.target_mps = self.speed_mps = speed_mps
        self.travelled_m = 0.0
        self._accel = accel_mps2
        self._alone = False
        half = [length_m / 2, width_m / 2, _THICKNESS_M / 2]
        shape = client.createCollisionShape(client.GEOM_BOX, halfExtents=half)
        self.body: int = client.createMultiBody(_MASS_KG, shape, -1, self._centre.tolist(), self._turn.tolist())
        client.changeDynamics(
            self.body,
            -1,
            lateralFriction=friction,
            linearDamping=0.0,
            angularDamping=0.0,
            activationState=client.ACTIVATION_STATE_DISABLE_SLEEPING,
        )

    def advance(self) -> None:
        """Set place and motion for the physics step that follows."""
        if not self._alone:  # by the first step everything fixed has been placed
            self._touch_nothing_fixed()
            self._alone = True
        step = np.clip(self.target_mps - self.speed_mps, -self._accel * TICK_S, self._accel * TICK_S)
        self.speed_mps += float(step)
        self.travelled_m += self.speed_mps * TICK_S
        velocity = self.speed_mps * self.direction_w + np.array([0.0, 0.0, GRAVITY_MPS2 * TICK_S])
        client = self._client
        client.resetBasePositionAndOrientation(self.body, self._centre.tolist(), self._turn.tolist())
        client.resetBaseVelocity(self.body, velocity.tolist(), [0.0, 0.0, 0.0])

    def _touch_nothing_fixed(self) -> None:
        client = self._client
        for row in range(client.getNumBodies()):
            other = client.getBodyUniqueId(row)
            if client.getNumJoints(other) == 0 and client.getDynamicsInfo(other, -1)[0] == 0.0:
                client.setCollisionFilterPair(self.body, other, -1, -1, 0)
