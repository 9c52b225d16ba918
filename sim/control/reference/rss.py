"""A driver by Responsibility-Sensitive Safety: brakes as soon as both safe distances are violated.

Distances of `sim.criticality.rss` with the numbers of the open comparison of reference models (JRC-FSM): response
0.75 s, acceleration 3, braking 6 of both, lateral acceleration 1 m/s2 of the other only, margin 0.3 m. Somebody who
stands beside the lane is not expected to move into it, or every parked car would stop the ego.
"""

from __future__ import annotations

from typing import ClassVar

from ...criticality.rss import lateral_distance, longitudinal_distance
from .model import FULL_MPS2, Encounter, ReferenceModel

_RESPONSE_S = 0.75
_ACCELERATE, _BRAKE, _LATERAL = 3.0, 6.0, 1.0
_MARGIN_M = 0.3
_STANDING_MPS = 0.1


class RssModel(ReferenceModel):
    """Responsibility-Sensitive Safety."""

    reaction_s: ClassVar[float] = _RESPONSE_S

    def following_gap(self, speed_mps: float) -> float:
        """The RSS distance that is left after a lead has braked during the response time."""
        lead = max(speed_mps - _RESPONSE_S * _BRAKE, 0.0)
        return self._safe(speed_mps, lead) + 0.5 * _BRAKE * _RESPONSE_S**2

    def perceives(self, seen: Encounter) -> bool:
        """Both distances violated."""
        if seen.gap_m >= self._safe(seen.speed_mps, seen.other_mps):
            return False
        if seen.closing_mps == 0.0 and abs(seen.other_mps) < _STANDING_MPS:
            return seen.clearance_m < _MARGIN_M
        return seen.clearance_m < lateral_distance(
            0.0, -seen.closing_mps, 0.0, _RESPONSE_S, _LATERAL, _LATERAL, _MARGIN_M
        )

    def wanted(self, seen: Encounter) -> float:
        """All that it has."""
        return FULL_MPS2

    @staticmethod
    def _safe(rear_mps: float, front_mps: float) -> float:
        return float(longitudinal_distance(rear_mps, front_mps, _RESPONSE_S, _ACCELERATE, _BRAKE, _BRAKE))
