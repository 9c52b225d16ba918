"""Where a sensor is over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .transforms import slerp

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
        k = np.clip(np.searchsorted(self.times_s, times, side="right") - 1, 0, len(self.times_s) - 2)
        w = np.clip((times - self.times_s[k]) / (self.times_s[k + 1] - self.times_s[k]), 0.0, 1.0)
        position = self.position_w[k] + w[..., None] * (self.position_w[k + 1] - self.position_w[k])
        return position, slerp(self.orientation_w[k], self.orientation_w[k + 1], w)
