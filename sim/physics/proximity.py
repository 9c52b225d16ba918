"""How near two bodies are: the shortest distance between any of their links."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .client import Client

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Nearness:
    """The two nearest points of two bodies.

    Attributes:
        distance_m: between them; negative where the bodies overlap.
        link_a, link_b: PyBullet link indices, -1 for the base.
        point_a_w, point_b_w: (3,) [m].

    """

    distance_m: float
    link_a: int
    link_b: int
    point_a_w: F64
    point_b_w: F64


def nearest_points(client: Client, body_a: int, body_b: int, within_m: float) -> Nearness | None:
    """The nearest points of two bodies as they stand now, or None where they are farther apart than `within_m`."""
    points = client.getClosestPoints(body_a, body_b, within_m) or ()
    if not points:
        return None
    best = min(points, key=lambda p: (p[8], p[3], p[4]))
    return Nearness(best[8], best[3], best[4], np.array(best[5]), np.array(best[6]))
