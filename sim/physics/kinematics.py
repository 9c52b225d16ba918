"""Forward and inverse kinematics of a serial chain of revolute joints.

Inverse kinematics is damped least squares (Wampler 1986, IEEE Trans. SMC 16:93) with a pull towards a rest posture in
the null space (Liegeois 1977, IEEE Trans. SMC 7:868): deterministic, and it converges to the pose itself, not near it.
Left out: collisions and singularities beyond the damping.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.compiled import compiled
from ...renderers.transforms import to_matrix

F64 = NDArray[np.float64]

_LONGEST_STEP = 0.4  # of the error per iteration [m or rad]
_PULL = 0.05  # share of the way to the rest posture per iteration


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
        frame, jacobian = np.empty((4, 4)), np.empty((6, len(self.offsets)))
        _forward(self.offsets, self.tool, np.ascontiguousarray(joints, float), frame, jacobian)
        return frame, jacobian

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
        joints = np.clip(np.asarray(start, float), self.lower, self.upper)
        goal = np.ascontiguousarray(to_matrix(orientation))
        place = np.ascontiguousarray(position, float)
        left = _inverse(
            self.offsets, self.tool, self.lower, self.upper, self.rest, place, goal, joints, tolerance, most
        )
        return joints, float(left)


@compiled
def _forward(offsets, tool, joints, frame, jacobian):  # type: ignore[no-untyped-def]
    """Fill the tool transform and the Jacobian."""
    count = len(joints)
    now, after = np.eye(4), np.empty((4, 4))
    for i in range(count + 1):
        step = offsets[i] if i < count else tool
        for r in range(4):
            for c in range(4):
                after[r, c] = (
                    now[r, 0] * step[0, c] + now[r, 1] * step[1, c] + now[r, 2] * step[2, c] + now[r, 3] * step[3, c]
                )
        now[:] = after
        if i < count:
            cos, sin = np.cos(joints[i]), np.sin(joints[i])
            for r in range(3):
                # origin and axis of the joint, until the tool is known
                jacobian[r, i], jacobian[3 + r, i] = now[r, 3], now[r, 2]
            for r in range(4):
                x, y = now[r, 0], now[r, 1]
                now[r, 0], now[r, 1] = cos * x + sin * y, cos * y - sin * x
    frame[:] = now
    for i in range(count):
        ax, ay, az = jacobian[3, i], jacobian[4, i], jacobian[5, i]
        rx, ry, rz = frame[0, 3] - jacobian[0, i], frame[1, 3] - jacobian[1, i], frame[2, 3] - jacobian[2, i]
        jacobian[0, i], jacobian[1, i], jacobian[2, i] = ay * rz - az * ry, az * rx - ax * rz, ax * ry - ay * rx


@compiled
def _turn_between(now, goal, error):  # type: ignore[no-untyped-def]
    """Fill error[3:6] with the rotation vector from one rotation matrix to another, in the base frame."""
    turn = np.zeros((3, 3))
    for r in range(3):
        for c in range(3):
            for k in range(3):
                turn[r, c] += goal[r, k] * now[c, k]
    x, y, z = turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]
    sine = np.sqrt(x * x + y * y + z * z) / 2.0
    cosine = (turn[0, 0] + turn[1, 1] + turn[2, 2] - 1.0) / 2.0
    if sine > 1e-9:
        scale = np.arctan2(sine, cosine) / (2.0 * sine)
        error[3], error[4], error[5] = scale * x, scale * y, scale * z
    elif cosine > 0.0:
        error[3], error[4], error[5] = 0.0, 0.0, 0.0
    else:  # half a turn, about either end of its axis
        for k in range(3):
            error[3 + k] = np.pi * np.sqrt(max(0.0, (turn[k, k] + 1.0) / 2.0))


@compiled
def _inverse(offsets, tool, lower, upper, rest, position, goal, joints, tolerance, most):  # type: ignore[no-untyped-def]
    """Improve `joints` in place; returns the error left."""
    count = len(joints)
    frame, jacobian, error = np.empty((4, 4)), np.empty((6, count)), np.empty(6)
    square, wanted, pull = np.empty((6, 6)), np.empty(6), np.empty(count)
    left = np.inf
    for iteration in range(most + 1):
        _forward(offsets, tool, joints, frame, jacobian)
        for k in range(3):
            error[k] = position[k] - frame[k, 3]
        _turn_between(frame, goal, error)
        left = np.sqrt(np.sum(error * error))
        if left < tolerance or iteration == most:
            break
        length = min(1.0, _LONGEST_STEP / left)
        damping = 1e-4 * min(1.0, left) + 1e-9
        for i in range(count):
            pull[i] = _PULL * (rest[i] - joints[i])
        for r in range(6):
            wanted[r] = length * error[r]
            for i in range(count):
                wanted[r] -= jacobian[r, i] * pull[i]
            for c in range(6):
                square[r, c] = damping if r == c else 0.0
                for i in range(count):
                    square[r, c] += jacobian[r, i] * jacobian[c, i]
        solved = np.linalg.solve(square, wanted)
        for i in range(count):
            step = pull[i]
            for r in range(6):
                step += jacobian[r, i] * solved[r]
            joints[i] = min(max(joints[i] + step, lower[i]), upper[i])
    return left
