"""How hard the ego must brake: required deceleration (DRAC), its share of what is available (BTN), and DST.

Required deceleration is constant and just avoids contact; a lead that brakes stops where it stops and does not
reverse. Source: Westhofen et al. 2023, "Criticality metrics for automated driving" (a_long,req, BTN, DST). The
published formula prints the lead's acceleration with a sign that does not hold for d > 0; here it is subtracted.
Deceleration to safety time uses (v1 - v2)^2 / (2 (d - v2 t_s)); the CommonRoad library has a factor 3 in it.
"""

from __future__ import annotations

import numpy as np

from ...renderers.compiled import compiled


@compiled
def required_deceleration(gap_m: float, v_ego: float, v_lead: float, a_lead: float = 0.0) -> float:
    """Constant deceleration of the ego that just avoids contact [m/s^2], a positive magnitude.

    Args:
        gap_m: clearance, bumper to bumper; <= 0 gives inf while closing.
        v_ego, v_lead: speeds along the lane [m/s].
        a_lead: acceleration of the lead [m/s^2]; where it brakes, it may stop before the speeds match.

    """
    if gap_m <= 0.0:
        return np.inf if v_ego > v_lead else 0.0
    if a_lead < 0.0 < v_lead:
        brake = -a_lead
        match = brake + (v_ego - v_lead) ** 2 / (2 * gap_m)
        if v_ego > v_lead and 2 * gap_m / (v_ego - v_lead) <= v_lead / brake:  # speeds match before it stops
            return match
        return max(v_ego, 0.0) ** 2 / (2 * (gap_m + v_lead**2 / (2 * brake)))
    if v_ego <= v_lead:
        return 0.0
    return max(0.0, (v_ego - v_lead) ** 2 / (2 * gap_m) - max(a_lead, 0.0))


@compiled
def threat_number(required_mps2: float, available_mps2: float) -> float:
    """Share of the available acceleration that is required: BTN of braking, STN of steering; from 1 on it fails.

    Nothing required is 0; nothing available while something is required is inf.
    """
    if required_mps2 <= 0.0:
        return 0.0
    return required_mps2 / available_mps2 if available_mps2 > 0.0 else np.inf


@compiled
def deceleration_to_safety_time(gap_m: float, v_ego: float, v_lead: float, safety_s: float) -> float:
    """Deceleration (DST) [m/s^2] that leaves a headway of `safety_s` behind the lead when the speeds match.

    0 when the gap does not close, inf when the headway is already shorter. Below 1 adapt, 2 react, 4 considerable,
    6 heavy, from 6 on emergency.
    """
    if v_ego <= v_lead:
        return 0.0
    room = gap_m - v_lead * safety_s
    return (v_ego - v_lead) ** 2 / (2.0 * room) if room > 0.0 else np.inf
