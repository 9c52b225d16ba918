"""How dangerous a moment is: surrogate safety measures between the ego and every other road user.

Time to collision is two-dimensional: the first instant at which the two oriented boxes touch if both keep their
velocity and heading (separating-axis sweep). Time headway and required deceleration follow the car-following
definitions: d / v_ego, and the constant deceleration that just avoids contact, with the lead vehicle stopping where it
brakes (shared sources: Westhofen et al. 2023, "Criticality metrics for automated driving", and its public catalogue).
Undefined values are +inf (no conflict), never NaN; required deceleration is 0 without conflict.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

F64 = NDArray[np.float64]
BOX = ("x_m", "y_m", "vx_mps", "vy_mps", "yaw_rad", "length_m", "width_m")
"""Columns of a road user's row."""


class Danger(NamedTuple):
    """Measures of one moment, over all other road users.

    Attributes:
        ttc_s: shortest time to collision; inf if all stay as they are and nobody meets.
        headway_s: shortest time until the ego reaches the present place of somebody in its way.
        required_deceleration_mps2: largest constant deceleration that avoids a conflict ahead.

    """

    ttc_s: float
    headway_s: float
    required_deceleration_mps2: float


def assess(ego: F64, others: F64) -> Danger:
    """The measures between the ego, a row of `BOX`, and N others, (N, 7)."""
    return Danger(*_assess(ego, others))


@njit(cache=True)
def required_deceleration(gap_m: float, v_ego: float, v_lead: float, a_lead: float = 0.0) -> float:
    """Constant deceleration of the ego that just avoids contact [m/s^2], a positive magnitude.

    Args:
        gap_m: clearance, bumper to bumper; <= 0 gives inf while closing.
        v_ego, v_lead: speeds along the lane [m/s].
        a_lead: acceleration of the lead [m/s^2]; where it brakes, it may stop before the speeds match.

    """
    if gap_m <= 0.0:
        return np.inf if v_ego > v_lead else 0.0
    if a_lead < 0.0:
        brake = -a_lead
        match = brake + (v_ego - v_lead) ** 2 / (2 * gap_m)
        if v_ego > v_lead > 0.0 and 2 * gap_m / (v_ego - v_lead) <= v_lead / brake:  # speeds match before it stops
            return match
        return v_ego**2 / (2 * (gap_m + v_lead**2 / (2 * brake)))
    if v_ego <= v_lead:
        return 0.0
    return max(0.0, (v_ego - v_lead) ** 2 / (2 * gap_m) - a_lead)


@njit(cache=True)
def time_headway(gap_m: float, v_ego: float) -> float:
    """Time until the ego reaches the other's present position [s]."""
    return np.inf if v_ego <= 0.0 else max(gap_m, 0.0) / v_ego


@njit(cache=True)
def time_to_collision(a, b):  # type: ignore[no-untyped-def]
    """Time until two boxes, rows of `BOX`, touch at constant velocities [s]; 0 while they overlap, inf if never."""
    enter, leave = 0.0, np.inf
    offset_x, offset_y, relative_x, relative_y = b[0] - a[0], b[1] - a[1], b[2] - a[2], b[3] - a[3]
    ca, sa, cb, sb = np.cos(a[4]), np.sin(a[4]), np.cos(b[4]), np.sin(b[4])
    for ux, uy in ((ca, sa), (-sa, ca), (cb, sb), (-sb, cb)):
        reach = a[5] / 2 * abs(ca * ux + sa * uy) + a[6] / 2 * abs(-sa * ux + ca * uy)
        reach += b[5] / 2 * abs(cb * ux + sb * uy) + b[6] / 2 * abs(-sb * ux + cb * uy)
        distance, speed = offset_x * ux + offset_y * uy, relative_x * ux + relative_y * uy
        if abs(speed) < 1e-9:
            if abs(distance) > reach:
                return np.inf
            continue
        first, last = (-reach - distance) / speed, (reach - distance) / speed
        enter, leave = max(enter, min(first, last)), min(leave, max(first, last))
    return enter if enter <= leave else np.inf


@njit(cache=True)
def _assess(ego, others):  # type: ignore[no-untyped-def]
    shortest, headway, hardest = np.inf, np.inf, 0.0
    forward_x, forward_y = np.cos(ego[4]), np.sin(ego[4])
    speed = ego[2] * forward_x + ego[3] * forward_y
    for k in range(len(others)):
        other = others[k]
        along, across = abs(np.cos(other[4] - ego[4])), abs(np.sin(other[4] - ego[4]))
        offset_x, offset_y = other[0] - ego[0], other[1] - ego[1]
        reach = (ego[5] + along * other[5] + across * other[6]) / 2
        half_width = (ego[6] + across * other[5] + along * other[6]) / 2
        gap = offset_x * forward_x + offset_y * forward_y - reach
        lateral = abs(offset_y * forward_x - offset_x * forward_y)
        ttc = time_to_collision(ego, other)
        shortest = min(shortest, ttc)
        if gap > -reach:
            if lateral < half_width:
                headway = min(headway, time_headway(gap, speed))
            if np.isfinite(ttc):
                lead = other[2] * forward_x + other[3] * forward_y
                hardest = max(hardest, required_deceleration(gap, speed, lead))
    return shortest, headway, hardest
