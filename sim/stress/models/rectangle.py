"""The rectangle that best fits points seen from above, and the whole car behind the faces that are seen.

Search over the heading (Zhang, Xu, Dong and Dolan 2017, "Efficient L-shape fitting for vehicle detection using laser
scanners"): of all rectangles around the points the one to whose sides they lie closest. What stands behind the
seen faces is completed to a usual size, away from the sensor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
_ANGLES = np.deg2rad(np.arange(0.0, 90.0, 2.0))
_NEAREST_M = 0.1
"""Points nearer to a side all count the same."""


@dataclass(frozen=True)
class Rectangle:
    """A rectangle on the ground.

    Attributes:
        x, y: centre [m].
        length, width: along and across the heading [m].
        yaw: heading [rad].

    """

    x: float
    y: float
    length: float
    width: float
    yaw: float

    def turned(self) -> Rectangle:
        """The same with its heading a quarter turn further."""
        return Rectangle(self.x, self.y, self.width, self.length, self.yaw + np.pi / 2)

    def stretched(self, length: float, width: float) -> Rectangle:
        """At least that long and wide, grown away from the origin, where the sensor is."""
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        along, across = max(length - self.length, 0.0) / 2, max(width - self.width, 0.0) / 2
        along *= 1.0 if c * self.x + s * self.y >= 0 else -1.0
        across *= 1.0 if -s * self.x + c * self.y >= 0 else -1.0
        x, y = self.x + c * along - s * across, self.y + s * along + c * across
        return Rectangle(x, y, max(length, self.length), max(width, self.width), self.yaw)


def fit(points: F64) -> Rectangle:
    """The rectangle around points (N, 2), its heading in [0, 90) degrees."""
    c, s = np.cos(_ANGLES), np.sin(_ANGLES)
    u = np.outer(c, points[:, 0]) + np.outer(s, points[:, 1])
    v = np.outer(c, points[:, 1]) - np.outer(s, points[:, 0])
    (u0, u1), (v0, v1) = (u.min(1), u.max(1)), (v.min(1), v.max(1))
    to_u = np.minimum(u - u0[:, None], u1[:, None] - u)
    to_v = np.minimum(v - v0[:, None], v1[:, None] - v)
    closeness = (1.0 / np.maximum(np.minimum(to_u, to_v), _NEAREST_M)).sum(1)
    k = int(np.argmax(closeness))
    mu, mv = (u0[k] + u1[k]) / 2, (v0[k] + v1[k]) / 2
    return Rectangle(
        x=float(c[k] * mu - s[k] * mv),
        y=float(s[k] * mu + c[k] * mv),
        length=float(u1[k] - u0[k]),
        width=float(v1[k] - v0[k]),
        yaw=float(_ANGLES[k]),
    )
