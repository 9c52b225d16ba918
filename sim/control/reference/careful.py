"""The competent and careful human driver of UN Regulation No. 157, annex 4, appendix 3.

Reacts to somebody in its way whom it would reach within 2 s. For 0.75 s it only releases the pedal (0.4 m/s2), then
brakes with 12.65 m/s3 up to 0.774 g. In its stricter variant it reacts while the other is still beside the lane, from
`perceive_distance` on: 0.375 m of wandering are no sign, and perceiving the sign takes 0.72 m (0.4 s at 1.8 m/s).
Leaves out steering.
"""

from __future__ import annotations

from typing import ClassVar

from .model import FULL_MPS2, Encounter, ReferenceModel

WANDERING_M = 0.375
"""Sideways movement within the own lane that tells nothing."""
_PERCEPTION_M = 0.72
_CRITICAL_TTC_S = 2.0
_HEADWAY_S = 2.0


def perceive_distance(lane_width_m: float, width_m: float) -> float:
    """Lateral distance of a neighbour from the lane marking at which its lane change is perceived [m].

    Args:
        lane_width_m: of the neighbour's lane, in whose middle it drives.
        width_m: of the neighbour.

    """
    return (lane_width_m - width_m) / 2.0 - _PERCEPTION_M - WANDERING_M


class CarefulModel(ReferenceModel):
    """Competent and careful human driver.

    Attributes:
        clearance_m: lateral clearance from which an intruder counts; 0, or `perceive_distance` plus the ego's own
            distance from the marking.

    """

    reaction_s: ClassVar[float] = 0.75
    release_mps2: ClassVar[float] = 0.4

    def __init__(self, clearance_m: float = 0.0) -> None:
        super().__init__()
        self.clearance_m = clearance_m

    def following_gap(self, speed_mps: float) -> float:
        """Two seconds."""
        return _HEADWAY_S * speed_mps

    def perceives(self, seen: Encounter) -> bool:
        """An obvious danger, or somebody in its way within 2 s."""
        in_way = seen.clearance_m <= 0.0 or (seen.clearance_m <= self.clearance_m and seen.closing_mps > 0.0)
        return seen.obvious or (in_way and seen.within_ttc(_CRITICAL_TTC_S))

    def wanted(self, seen: Encounter) -> float:
        """All that it has."""
        return FULL_MPS2
