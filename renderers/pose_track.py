"""Where a sensor is over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .compiled import kernel
from .transforms import blend

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PoseTrack:
    """Poses of one frame of reference at key times; position is interpolated linearly, rotation by slerp.

    Attributes:
        times_s: (T,) float64 increasing key times [s]; T may be 1.
        position_w: (T, 3) float64 [m], world frame.
        orientation_w: (T, 4) float64 unit quaternions (x, y, z, w), sensor frame to world.
    """

    times_s: F64
    position_w: F64
    orientation_w: F64

    def __post_init__(self) -> None:
        """Check that the arrays agree."""
        t = len(self.times_s)
        if t == 0 or self.position_w.shape != (t, 3) or self.orientation_w.shape != (t, 4):
            raise ValueError(
                f"pose track of {t} key times: expected position_w ({t}, 3) and orientation_w ({t}, 4), "
                f"got {self.position_w.shape} and {self.orientation_w.shape}"
            )

    def at(self, times_s: ArrayLike) -> tuple[F64, F64]:
        """Positions (..., 3) and quaternions (..., 4) at the given times, held constant outside the key times."""
        times = np.asarray(times_s, float)
        if len(self.times_s) == 1:
            shape = times.shape
            return np.broadcast_to(self.position_w[0], (*shape, 3)), np.broadcast_to(self.orientation_w[0], (*shape, 4))
        position, orientation = np.empty((*times.shape, 3)), np.empty((*times.shape, 4))
        _at(
            self.times_s, np.ascontiguousarray(self.position_w), np.ascontiguousarray(self.orientation_w),
            np.ascontiguousarray(times).reshape(-1), position.reshape(-1, 3), orientation.reshape(-1, 4),
        )  # fmt: skip
        return position, orientation


@kernel
def _at(keys, key_position, key_orientation, times, position, orientation):  # type: ignore[no-untyped-def]
    """Poses at instants, in place; neighbours in time are looked for from where the last one was found."""
    last, k = len(keys) - 2, 0
    for i in range(len(times)):
        while k > 0 and times[i] < keys[k]:
            k -= 1
        while k < last and times[i] >= keys[k + 1]:
            k += 1
        share = min(max((times[i] - keys[k]) / (keys[k + 1] - keys[k]), 0.0), 1.0)
        blend(key_position, key_orientation, k, k + 1, share, position, orientation, i)
