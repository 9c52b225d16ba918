"""Where a two-finger hand holds a thing from above, from its box and pose alone.

The fingers close across the narrower of the two box sides that are level, with the pads a little below the top: deep
enough to hold, high enough that the tips clear the table and the palm clears the thing. This is what a planner does
with a believed pose; nothing here asks whether the pose is true. Left out: grasps from the side, rims and handles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import to_matrix

F64 = NDArray[np.float64]
PAD_DEPTH_M = 0.03
"""How far below the top of a thing the tool point goes; the palm is 45 mm above the pads."""
TIP_CLEARANCE_M = 0.011
"""Least height of the tool point above what the thing stands on; the finger tips are 7 mm below it."""


@dataclass(frozen=True, eq=False)
class Grasp:
    """A way to hold something from above.

    Attributes:
        position_w: (3,) tool point [m].
        yaw: heading of the hand's x axis [rad] in (-pi/2, pi/2]; the fingers close along its y axis.
        width_m: how wide the thing is between the fingers.
        bottom_m: how far the lowest point of the thing is below the tool point.

    """

    position_w: F64
    yaw: float
    width_m: float
    bottom_m: float


def top_grasp(
    size: Sequence[float], position_w: ArrayLike, orientation: ArrayLike, *, depth_m: float = PAD_DEPTH_M
) -> Grasp:
    """Hold a box of `size` (x, y, z) [m] with its centre at a pose (quaternion x, y, z, w) across its narrow side.

    Args:
        size: of the bounding box in its own frame.
        position_w: (3,) its centre [m].
        orientation: (4,) of the box.
        depth_m: how far below the top to hold it, at most half its height.

    """
    turn = to_matrix(np.asarray(orientation, float))
    centre = np.asarray(position_w, float)
    up = int(np.argmax(np.abs(turn[2])))
    across = min((axis for axis in range(3) if axis != up), key=lambda axis: size[axis])
    half = 0.5 * float(np.abs(turn[2]) @ np.asarray(size, float))
    height = 2.0 * half
    below = max(height - min(depth_m, half), TIP_CLEARANCE_M)
    point = np.array([centre[0], centre[1], centre[2] - half + below])
    x, y = turn[0, across], turn[1, across]
    yaw = float(np.arctan2(y, x)) - np.pi / 2
    return Grasp(point, half_turn(yaw), float(size[across]), below)


def half_turn(yaw: float) -> float:
    """The same grasp with the fingers swapped, if need be, so that the heading is in (-pi/2, pi/2]."""
    return float(np.pi / 2 - np.mod(np.pi / 2 - yaw, np.pi))
