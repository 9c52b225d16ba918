"""Car following: how long until the follower reaches the lead, under three predictions.

Time headway asks for the lead's present place, time to collision keeps both speeds, modified time to collision (MTTC)
keeps both accelerations. The MTTC is the smallest positive root of 0.5 da t^2 + dv t - d = 0, never the larger one
that some open codes return. All leave out that a braking vehicle comes to rest and does not reverse.
Source: Westhofen et al. 2023, "Criticality metrics for automated driving"; Ozbay et al. 2008, doi 10.3141/2083-12.
"""

from __future__ import annotations

import numpy as np

from ...renderers.compiled import compiled

_STEADY_MPS2 = 1e-9


@compiled
def time_headway(gap_m: float, v_ego: float) -> float:
    """Time until the ego reaches the other's present position [s]."""
    return np.inf if v_ego <= 0.0 else max(gap_m, 0.0) / v_ego


@compiled
def following_ttc(gap_m: float, v_ego: float, v_lead: float) -> float:
    """Time until the gap is closed at constant speeds [s]; 0 without a gap, inf if it does not close."""
    if gap_m <= 0.0:
        return 0.0
    return gap_m / (v_ego - v_lead) if v_ego > v_lead else np.inf


@compiled
def modified_ttc(gap_m: float, v_ego: float, v_lead: float, a_ego: float, a_lead: float) -> float:
    """Time until the gap is closed at constant accelerations [s]; 0 without a gap, inf if it does not close."""
    if gap_m <= 0.0:
        return 0.0
    closing, change = v_ego - v_lead, a_ego - a_lead
    if abs(change) < _STEADY_MPS2:
        return gap_m / closing if closing > 0.0 else np.inf
    square = closing * closing + 2.0 * change * gap_m
    if square < 0.0:
        return np.inf
    # 2 d / (dv + sqrt(...)) is the smallest positive root without cancellation, for either sign of the change
    slope = closing + np.sqrt(square)
    return 2.0 * gap_m / slope if slope > 0.0 else np.inf


@compiled
def braking_lead_ttc(gap_m: float, v_ego: float, v_lead: float, b_lead: float) -> float:
    """Potential time to collision (PTTC) [s]: the ego holds its speed, the lead brakes at `b_lead` to a stop.

    The published root holds until the lead stands; from then on the ego closes what is left at its own speed.
    """
    if gap_m <= 0.0:
        return 0.0
    closing = v_ego - v_lead
    if b_lead < _STEADY_MPS2:
        return gap_m / closing if closing > 0.0 else np.inf
    time = (np.sqrt(closing * closing + 2.0 * b_lead * gap_m) - closing) / b_lead
    if v_lead <= 0.0 or time > v_lead / b_lead:
        stop = max(v_lead, 0.0)
        return (gap_m + stop * stop / (2.0 * b_lead)) / v_ego if v_ego > 0.0 else np.inf
    return time
