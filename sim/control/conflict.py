"""When will two oriented boxes touch? Two-dimensional time to collision under constant velocity.

Two convex outlines moving without turning are apart exactly while some axis separates them (separating-axis theorem),
and on each axis they overlap during one interval of time. The contact is the intersection of the intervals over the
four edge directions of the two boxes; its begin is the 2-D TTC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atan2, copysign, cos, hypot, inf, sin


@dataclass(frozen=True)
class Footprint:
    """A box on the ground in motion, in any common frame.

    Attributes:
        x_m, y_m: centre.
        yaw_rad: direction of its length.
        length_m, width_m: full extents.
        vx_mps, vy_mps: velocity of its centre.

    """

    x_m: float
    y_m: float
    yaw_rad: float
    length_m: float
    width_m: float
    vx_mps: float
    vy_mps: float

    def reach(self, ux: float, uy: float) -> float:
        """Half extent along the unit direction (ux, uy)."""
        c, s = cos(self.yaw_rad), sin(self.yaw_rad)
        return 0.5 * (self.length_m * abs(ux * c + uy * s) + self.width_m * abs(uy * c - ux * s))


def contact_interval(a: Footprint, b: Footprint) -> tuple[float, float]:
    """First and last time at which the boxes overlap if both keep their velocity; (inf, -inf) if they never do.

    Times may be negative (the overlap lies in the past) or infinite (no relative motion).
    """
    dx, dy = b.x_m - a.x_m, b.y_m - a.y_m
    vx, vy = b.vx_mps - a.vx_mps, b.vy_mps - a.vy_mps
    begin, end = -inf, inf
    for yaw in (a.yaw_rad, b.yaw_rad):
        for ux, uy in ((cos(yaw), sin(yaw)), (-sin(yaw), cos(yaw))):
            reach = a.reach(ux, uy) + b.reach(ux, uy)
            gap, rate = dx * ux + dy * uy, vx * ux + vy * uy
            if abs(rate) < 1e-9:
                if abs(gap) > reach:
                    return inf, -inf
                continue
            first, last = sorted(((-reach - gap) / rate, (reach - gap) / rate))
            begin, end = max(begin, first), min(end, last)
    return (begin, end) if begin <= end else (inf, -inf)


def time_to_collision(a: Footprint, b: Footprint) -> float:
    """2-D TTC [s]: 0 while overlapping, inf if the boxes never meet."""
    begin, end = contact_interval(a, b)
    return max(begin, 0.0) if end >= 0.0 else inf


def unbend(other: Footprint, curvature_1pm: float) -> Footprint:
    """The same actor in coordinates along and beside a bend that starts at the origin in the x direction.

    An actor that follows the bend moves along x there, so a car coming the other way round a curve is no conflict.
    """
    if abs(curvature_1pm) < 1e-6:
        return other
    radius = 1.0 / curvature_1pm
    side = copysign(1.0, radius)
    angle = atan2(other.x_m, side * (radius - other.y_m))  # turned by the heading of the bend beside the actor
    turn = side * angle
    c, s = cos(turn), sin(turn)
    return replace(
        other,
        x_m=abs(radius) * angle,
        y_m=radius - side * hypot(other.x_m, radius - other.y_m),
        yaw_rad=other.yaw_rad - turn,
        vx_mps=c * other.vx_mps + s * other.vy_mps,
        vy_mps=c * other.vy_mps - s * other.vx_mps,
    )
