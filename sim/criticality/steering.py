"""How hard the ego must steer: the smallest constant lateral acceleration that passes the other left or right.

While the two lengths overlap, from `begin_s` to `end_s`, the ego must be clear of the other's width. On the left that
asks 0.5 (a - a2) t^2 >= c + v t for all t of the interval, with c the way to the left edge of the other now and v its
lateral speed seen from the ego; so a - a2 is the maximum of 2 c u^2 + 2 v u over u = 1 / t. At the begin of the
interval alone this is the published a_lat,req = a2 + 2 v / TTC + 2 c / TTC^2 (Westhofen et al. 2023). Leaves out the
steering dynamics, the turning of the ego and the room beside the road. STN is its share of the grip mu g:
`deceleration.threat_number`.
"""

from __future__ import annotations

import numpy as np

from ...renderers.compiled import compiled


@compiled
def required_lateral_acceleration(
    begin_s: float, end_s: float, offset_m: float, rate_mps: float, reach_m: float, a_other: float = 0.0
) -> float:
    """Smallest lateral acceleration, to either side, that avoids the other's swept box [m/s^2], a positive magnitude.

    Args:
        begin_s, end_s: when the lengths begin and cease to overlap; nothing is required if `end_s` < 0 or `begin_s`
            is inf.
        offset_m: how far left of the ego's centre the other's centre is.
        rate_mps: how fast that grows.
        reach_m: half the sum of the widths.
        a_other: lateral acceleration of the other, positive to the left.

    Returns:
        0 if the ego passes as it goes, inf if they are beside each other and overlap already.

    """
    if end_s < 0.0 or begin_s > end_s or begin_s == np.inf:
        return 0.0
    begin = max(begin_s, 0.0)
    left = _to_clear(begin, end_s, reach_m + offset_m, rate_mps) + a_other
    right = _to_clear(begin, end_s, reach_m - offset_m, -rate_mps) - a_other
    return max(0.0, min(left, right))


@compiled
def _to_clear(begin_s: float, end_s: float, way_m: float, rate_mps: float) -> float:
    """Largest of 2 way / t^2 + 2 rate / t over the interval."""
    late = 1.0 / end_s if end_s > 0.0 else np.inf  # u = 1 / t runs from `late` to `early`
    early = 1.0 / begin_s if begin_s > 0.0 else np.inf
    if early == np.inf:
        if way_m > 0.0 or (way_m == 0.0 and rate_mps > 0.0):
            return np.inf
        if late == np.inf:
            return -np.inf
        most = 2.0 * (way_m * late + rate_mps) * late
    else:
        most = max(2.0 * (way_m * late + rate_mps) * late, 2.0 * (way_m * early + rate_mps) * early)
    if way_m < 0.0:
        top = -rate_mps / (2.0 * way_m)
        if late < top < early:
            most = max(most, 2.0 * (way_m * top + rate_mps) * top)
    return most
