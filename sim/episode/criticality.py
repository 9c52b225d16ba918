"""How dangerous a moment is: surrogate safety measures between the ego and every other road user.

Time to collision is two-dimensional: the first instant at which the two oriented boxes touch if both keep their
velocity and heading (separating-axis sweep). Time headway and required deceleration follow the car-following
definitions: d / v_ego, and the constant deceleration that just avoids contact, with the lead vehicle stopping where it
brakes (shared sources: Westhofen et al. 2023, "Criticality metrics for automated driving", and its public catalogue).
Undefined values are +inf (no conflict), never NaN; required deceleration is 0 without conflict.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def time_to_collision(
    position_a: F64,
    yaw_a: float,
    velocity_a: F64,
    size_a: F64,
    position_b: F64,
    yaw_b: F64,
    velocity_b: F64,
    size_b: F64,
) -> F64:
    """Time until box A touches each of N boxes B, constant velocities [s]; 0 while they overlap, inf if never.

    Args:
        position_a: (2,) centre of A [m]; yaw_a its heading [rad]; velocity_a: (2,) [m/s]; size_a: (2,) length, width.
        position_b: (N, 2); yaw_b: (N,); velocity_b: (N, 2); size_b: (N, 2).

    """
    n = len(position_b)
    enter, leave = np.zeros(n), np.full(n, np.inf)
    offset, relative = position_b - position_a, velocity_b - velocity_a
    axes_a = np.broadcast_to(_axes(np.asarray(yaw_a)), (n, 2, 2))
    axes_b = _axes(yaw_b)
    half_a, half_b = np.broadcast_to(np.asarray(size_a) / 2, (n, 2)), np.asarray(size_b) / 2
    for axis in (axes_a[:, 0], axes_a[:, 1], axes_b[:, 0], axes_b[:, 1]):
        reach = np.sum(half_a * np.abs(np.einsum("nij,nj->ni", axes_a, axis)), 1)
        reach += np.sum(half_b * np.abs(np.einsum("nij,nj->ni", axes_b, axis)), 1)
        distance, speed = np.sum(offset * axis, 1), np.sum(relative * axis, 1)
        still = np.abs(speed) < 1e-9
        safe = np.where(still, 1.0, speed)
        first, last = (-reach - distance) / safe, (reach - distance) / safe
        first, last = np.minimum(first, last), np.maximum(first, last)
        apart = np.abs(distance) > reach
        first = np.where(still, np.where(apart, np.inf, -np.inf), first)
        last = np.where(still, np.where(apart, -np.inf, np.inf), last)
        enter, leave = np.maximum(enter, first), np.minimum(leave, last)
    return np.where(enter <= leave, enter, np.inf)


def _axes(yaw: F64) -> F64:
    """(..., 2, 2): the two unit axes of boxes with these headings."""
    c, s = np.cos(yaw), np.sin(yaw)
    return np.stack([np.stack([c, s], -1), np.stack([-s, c], -1)], -2)


def required_deceleration(gap_m: float, v_ego: float, v_lead: float, a_lead: float = 0.0) -> float:
    """Constant deceleration of the ego that just avoids contact [m/s^2], a positive magnitude.

    Args:
        gap_m: clearance, bumper to bumper; <= 0 gives inf while closing.
        v_ego, v_lead: speeds along the lane [m/s].
        a_lead: acceleration of the lead [m/s^2]; where it brakes, it may stop before the speeds match.

    """
    if gap_m <= 0.0:
        return float(np.inf) if v_ego > v_lead else 0.0
    if a_lead < 0.0:
        brake = -a_lead
        match = brake + (v_ego - v_lead) ** 2 / (2 * gap_m)
        if v_ego > v_lead > 0.0 and (v_ego - v_lead) / (match - brake) <= v_lead / brake:
            return match
        return v_ego**2 / (2 * (gap_m + v_lead**2 / (2 * brake)))
    if v_ego <= v_lead:
        return 0.0
    return max(0.0, (v_ego - v_lead) ** 2 / (2 * gap_m) - a_lead)


def time_headway(gap_m: float, v_ego: float) -> float:
    """Time until the ego reaches the other's present position [s]."""
    return float(np.inf) if v_ego <= 0.0 else max(gap_m, 0.0) / v_ego
