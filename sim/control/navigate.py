"""How a mobile robot drives to its goal: pure pursuit of a path, and a stop before whatever its scan shows in the way.

Steering: pure pursuit (Coulter 1992), turn rate 2 v sin(alpha) / L towards the point of the path one look-ahead L on.
Speed: the fastest from which the robot still stops `stand_off_m` before the nearest return within its own width, at the
service deceleration: v = sqrt(2 a d) after a reaction time, and likewise before the end of the path. It trusts its scan
and its map: what neither shows (glass, an overhang above the plane, a floor that ends) it drives into.
Left out: planning around an obstacle.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from ..world.path import Path

F64 = NDArray[np.float64]
_NO_POINTS = np.zeros((0, 2))
_CRAWL_MPS = 0.1


@dataclass(frozen=True)
class NavigateConfig:
    """How it drives.

    Attributes:
        speed_mps: on a free way.
        service_mps2: deceleration it plans with.
        reaction_s: from seeing to braking.
        stand_off_m: where it means to stop before an obstacle.
        front_m: from its middle to its front.
        half_width_m: of itself.
        side_m: room it wants on each side.
        lookahead_m: of the pursuit.
        turn_radps: fastest turn.

    """

    speed_mps: float = 1.4
    service_mps2: float = 1.2
    reaction_s: float = 0.1
    stand_off_m: float = 0.3
    front_m: float = 0.35
    half_width_m: float = 0.25
    side_m: float = 0.06
    lookahead_m: float = 0.9
    turn_radps: float = 1.2


@dataclass(frozen=True)
class Drive:
    """What it wants: speed [m/s], turn rate [rad/s], and the free way it reckons with [m]."""

    speed_mps: float
    turn_radps: float
    free_m: float


class Navigator:
    """Follows one path from its beginning to its end."""

    def __init__(self, path: Path, config: NavigateConfig) -> None:
        self.path, self.config = path, config

    def free_m(self, points: F64) -> float:
        """Way to the nearest of (N, 2) points ahead within its width, from its front [m]; inf if there is none."""
        config = self.config
        inside = (points[:, 0] > 0.0) & (np.abs(points[:, 1]) < config.half_width_m + config.side_m)
        return float(np.min(points[inside, 0]) - config.front_m) if inside.any() else np.inf

    def step(self, x: float, y: float, yaw: float, speed_mps: float, points: F64 = _NO_POINTS) -> Drive:
        """What to do now.

        Args:
            x, y, yaw: where its middle is, and its heading.
            speed_mps: its present speed.
            points: (N, 2) returns of its scan in its own frame (x forward, y left, origin in its middle) [m]; none for
                a robot that does not look.

        """
        config = self.config
        s, _ = self.path.project((x, y))
        (tx, ty), _, _ = self.path.at(s + config.lookahead_m)
        bearing = atan2(ty - y, tx - x) - yaw
        bearing = atan2(sin(bearing), cos(bearing))
        free = self.free_m(points)
        left = min(free - config.stand_off_m, self.path.length_m - s)
        speed = min(config.speed_mps, self._allowed(left))
        if cos(bearing) < 0.3:  # turn on the spot first
            return Drive(0.0, config.turn_radps if bearing > 0.0 else -config.turn_radps, free)
        reach = max(config.lookahead_m, hypot(tx - x, ty - y))
        turn = 2.0 * max(speed, _CRAWL_MPS if speed > 0.0 else 0.0) * sin(bearing) / reach
        return Drive(speed, min(max(turn, -config.turn_radps), config.turn_radps), free)

    def _allowed(self, left_m: float) -> float:
        """Fastest speed from which it stops within `left_m`: v t + v^2 / (2 a) = left."""
        if left_m <= 0.0:
            return 0.0
        a, t = self.config.service_mps2, self.config.reaction_s
        return sqrt((a * t) ** 2 + 2.0 * a * left_m) - a * t
