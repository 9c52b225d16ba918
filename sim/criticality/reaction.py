"""The latest moment: how long the ego may still wait before full braking or full steering no longer avoids contact.

Time to brake and time to steer are the last start, counted from now, of the manoeuvre at constant acceleration; time to
react is the larger of them (Hillenbrand et al. 2006; Westhofen et al. 2023, TTM). -inf when it is already too late,
inf when there is no conflict. Thresholds in the literature: TTB 0.4 s and 1 s, TTS 0.47 s and 1 s.
"""

from __future__ import annotations

import numpy as np

from ...renderers.compiled import compiled


@compiled
def time_to_brake(gap_m: float, v_ego: float, v_lead: float, brake_mps2: float) -> float:
    """Latest start of braking at `brake_mps2` > 0 behind a lead of constant speed [s]."""
    closing = v_ego - v_lead
    if closing <= 0.0:
        return np.inf
    wait = gap_m / closing - closing / (2.0 * brake_mps2)
    return wait if wait >= 0.0 else -np.inf


@compiled
def time_to_steer(gap_m: float, v_ego: float, v_lead: float, lateral_m: float, steer_mps2: float) -> float:
    """Latest start of a constant lateral acceleration that moves the ego over by `lateral_m` > 0 in time [s]."""
    if v_ego <= v_lead:
        return np.inf
    wait = gap_m / (v_ego - v_lead) - np.sqrt(2.0 * max(lateral_m, 0.0) / steer_mps2)
    return wait if wait >= 0.0 else -np.inf


@compiled
def time_to_react(brake_s: float, steer_s: float) -> float:
    """Latest start of the better of the two manoeuvres [s]."""
    return max(brake_s, steer_s)
