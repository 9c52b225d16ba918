"""The robot arm as an actor: one part per link, drawn from the meshes of its URDF."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..physics.arm import Arm
from .actor import Actor
from .assets.asset import Asset, Part
from .assets.panda import build_panda
from .classes import SemanticClass

F64 = NDArray[np.float64]
BOX_M = (0.9, 0.5, 1.1)
"""Box of the arm: the space it fills in its rest posture, fixed to the base."""
_CENTRE = np.array([0.3, 0.0, 0.55])


@cache
def _asset(data_path: str) -> Asset:
    parts = tuple(Part(name, mesh) for name, mesh in build_panda(data_path).items())
    return Asset("panda", SemanticClass.ROBOT, BOX_M, parts)


class ArmActor(Actor):
    """A Franka Panda.

    Attributes:
        arm: its physics.

    """

    def __init__(self, name: str, arm: Arm, data_path: str) -> None:
        super().__init__(name, _asset(data_path))
        self.arm = arm
        self.after_tick()

    @property
    def bodies(self) -> tuple[int, ...]:
        """The articulated body."""
        return (self.arm.body,)

    @property
    def position_w(self) -> F64:
        """(3,) centre of the box [m]."""
        return self._links["panda_link0"][0] + _CENTRE

    @property
    def orientation_w(self) -> F64:
        """(4,) quaternion of the base."""
        return self._links["panda_link0"][1]

    @property
    def velocity_w(self) -> F64:
        """Zero: the base is bolted down."""
        return np.zeros(3)

    @property
    def articulated(self) -> bool:
        """It reaches."""
        return True

    @property
    def loose_parts(self) -> tuple[int, ...]:
        """All: the links."""
        return tuple(range(len(self.parts)))

    def part_poses(self) -> tuple[F64, F64]:
        """The link frames."""
        poses = [self._links[part.name] for part in self.parts]
        return np.array([p for p, _ in poses]), np.array([q for _, q in poses])

    def after_tick(self) -> None:
        """Read the links once for everybody."""
        self._links = self.arm.link_poses()
