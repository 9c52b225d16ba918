"""The measures of one moment between the ego and everybody else, in one kernel.

Each measure is the worst over all other road users. Along the lane means along the ego's heading: boxes are judged by
their extents along and across it, so on a bend a road user far ahead is taken for one beside the lane. Undefined
values are +inf (no conflict), never NaN; required accelerations are 0 without conflict.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled
from .deceleration import required_deceleration
from .encroachment import predicted_encroachment
from .following import modified_ttc, time_headway
from .plane import half_extent, time_to_collision
from .rss import longitudinal_distance
from .steering import required_lateral_acceleration

F64 = NDArray[np.float64]
_BRAKES_MPS2 = 0.1
"""From here on a lead counts as braking; less is rounding."""


class Danger(NamedTuple):
    """Measures of one moment, over all other road users.

    Attributes:
        ttc_s: shortest time until two boxes touch at constant velocities; inf if nobody meets.
        headway_s: shortest time until the ego reaches the present place of somebody in its way.
        required_deceleration_mps2: largest constant deceleration that avoids a conflict ahead, of those who would meet
            the ego and of those who brake in its way.
        mttc_s: shortest time until the ego reaches somebody ahead at constant accelerations along its heading, counted
            where the two overlap sideways by then.
        required_lateral_mps2: largest of the constant lateral accelerations, to the easier side, that avoid those who
            would meet the ego.
        pet_s: least predicted encroachment time where paths cross; negative if both would be inside at once.
        rss_margin_m: clearance to the nearest ahead in the ego's way less its RSS distance; inf without one.

    """

    ttc_s: float
    headway_s: float
    required_deceleration_mps2: float
    mttc_s: float
    required_lateral_mps2: float
    pet_s: float
    rss_margin_m: float


def assess(ego: F64, others: F64) -> Danger:
    """The measures between the ego, a row of `MOTION`, (9,), and N others, (N, 9), all in one frame.

    Accelerations should be smooth over about 0.2 s: a gait or the noise of a difference is no braking. Zeros turn MTTC
    into car-following TTC and the required deceleration into that of a lead of constant speed.
    """
    return Danger(*_assess(ego, others))


@compiled
def _assess(ego, others):  # type: ignore[no-untyped-def]
    ttc, headway, mttc, encroachment, margin = np.inf, np.inf, np.inf, np.inf, np.inf
    brake, steer, nearest = 0.0, 0.0, np.inf
    ux, uy = np.cos(ego[4]), np.sin(ego[4])
    speed, slide = ego[2] * ux + ego[3] * uy, ego[3] * ux - ego[2] * uy
    push = ego[7] * ux + ego[8] * uy
    for k in range(len(others)):
        other = others[k]
        x, y = other[0] - ego[0], other[1] - ego[1]
        along, across = x * ux + y * uy, y * ux - x * uy
        reach, half_width = ego[5] / 2 + half_extent(other, ux, uy), ego[6] / 2 + half_extent(other, -uy, ux)
        lead, drift = other[2] * ux + other[3] * uy, other[3] * ux - other[2] * uy - slide
        lead_push, drift_push = other[7] * ux + other[8] * uy, other[8] * ux - other[7] * uy
        gap, closing, in_way = along - reach, speed - lead, abs(across) < half_width
        meet = time_to_collision(ego, other)
        ttc = min(ttc, meet)
        encroachment = min(encroachment, predicted_encroachment(ego, other))
        if np.isfinite(meet):
            begin, end = 0.0, np.inf  # while the lengths overlap
            if abs(closing) > 1e-9:
                one, two = (along - reach) / closing, (along + reach) / closing
                begin, end = min(one, two), max(one, two)
            steer = max(steer, required_lateral_acceleration(begin, end, across, drift, half_width, drift_push))
        if along <= 0.0:
            continue
        if in_way:
            headway = min(headway, time_headway(gap, speed))
            if gap < nearest:
                nearest, margin = gap, gap - longitudinal_distance(max(speed, 0.0), lead)
        if np.isfinite(meet) or (in_way and gap > 0.0 and lead_push < -_BRAKES_MPS2):
            brake = max(brake, required_deceleration(gap, speed, lead, lead_push))
        reached = modified_ttc(gap, speed, lead, push, lead_push)
        if np.isfinite(reached) and abs(across + drift * reached) < half_width:
            mttc = min(mttc, reached)
    return ttc, headway, brake, mttc, steer, encroachment, margin
