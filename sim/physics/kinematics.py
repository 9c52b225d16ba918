"""Forward and inverse kinematics of a serial chain of revolute joints.

Inverse kinematics is damped least squares (Wampler 1986, IEEE Trans. SMC 16:93) with a pull towards a rest posture in
the null space (Liegeois 1977, IEEE Trans. SMC 7:868): deterministic, and it converges to the pose itself, not near it.
Left out: collisions and singularities beyond the damping.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import to_matrix

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SerialChain:
    """Revolute joints about their local z axes, each after a fixed transform.

    Attributes:
        offsets: (N, 4, 4) transform from the previous joint's frame to this joint's.
        tool: (4, 4) transform from the last joint's frame to the tool.
        lower, upper: (N,) joint limits [rad].
        rest: (N,) posture to prefer [rad].

    """

    offsets: F64
    tool: F64
    lower: F64
    upper: F64
    rest: F64

    def forward(self, joints: ArrayLike) -> tuple[F64, F64]:
        """Tool transform (4, 4) and geometric Jacobian (6, N), linear rows first, in the base frame."""
        q = np.asarray(joints, float)
        frame = np.eye(4)
        origins, axes = np.empty((len(q), 3)), np.empty((len(q), 3))
        for i, (offset, cos, sin) in enumerate(zip(self.offsets, np.cos(q), np.sin(q), strict=True)):
            frame = frame @ offset
            origins[i], axes[i] = frame[:3, 3], frame[:3, 2]
            x, y = frame[:, 0].copy(), frame[:, 1].copy()
            frame[:, 0], frame[:, 1] = cos * x + sin * y, cos * y - sin * x
        frame = frame @ self.tool
        return frame, np.concatenate([np.cross(axes, frame[:3, 3] - origins).T, axes.T])

    def inverse(
        self, position: ArrayLike, orientation: ArrayLike, start: ArrayLike, *, tolerance: float = 1e-5, most: int = 60
    ) -> tuple[F64, float]:
        """Joint angles that bring the tool to a pose, and the error that is left.

        Args:
            position: (3,) in the base frame [m].
            orientation: (4,) quaternion in the base frame.
            start: (N,) angles to begin from.
            tolerance: error to stop at; metres and radians count alike.
            most: largest number of iterations.

        Returns:
            (N,) angles within the limits, and the norm of the remaining error; above `tolerance` the pose was not
            reached.

        """
        goal_position, goal_turn = np.asarray(position, float), to_matrix(orientation)
        q = np.clip(np.asarray(start, float), self.lower, self.upper)
        left = np.inf
        for _ in range(most):
            frame, jacobian = self.forward(q)
            error = np.concatenate([goal_position - frame[:3, 3], _turn_between(frame[:3, :3], goal_turn)])
            left = float(np.linalg.norm(error))
            if left < tolerance:
                break
            length = min(1.0, 0.4 / left)
            damping = 1e-4 * min(1.0, left) + 1e-9
            inverse = jacobian.T @ np.linalg.inv(jacobian @ jacobian.T + damping * np.eye(6))
            pull = 0.05 * (self.rest - q)
            q = np.clip(q + inverse @ (length * error - jacobian @ pull) + pull, self.lower, self.upper)
        return q, left


def _turn_between(now: F64, goal: F64) -> F64:
    """Rotation vector that turns one rotation matrix into another, in the base frame."""
    turn = goal @ now.T
    vector = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    sine, cosine = float(np.linalg.norm(vector)) / 2.0, (float(np.trace(turn)) - 1.0) / 2.0
    angle = float(np.arctan2(sine, cosine))
    if sine > 1e-9:
        out: F64 = vector * (angle / (2.0 * sine))
        return out
    if cosine > 0.0:
        return np.zeros(3)
    axis = np.sqrt(np.maximum((np.diag(turn) + 1.0) / 2.0, 0.0))
    return np.pi * axis
