"""What UN Regulation No. 157 asks of an automated lane keeping system (ALKS).

A cut-in must be avoided if the time to collision, once the other is 0.5 m or less from the ego's way, exceeds
dv / (2 x 6 m/s2) + 0.35 s (paragraph 5.2.5.2); as a driver it waits for the last moment (0.1 s before that) and brakes
with 6 m/s2 after 0.35 s. Distance to a lead follows the table of minimum time gaps (paragraph 5.2.3.3), straight
between its rows. The German and European type approval gives the same kind of rule with a ramp of braking (KBA).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from .model import Encounter, ReferenceModel

_BRAKE_MPS2 = 6.0
_REACTION_S = 0.35
_EARLY_S = 0.1
_LATERAL_M = 0.5
_KMH = (7.2, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0)
_GAP_S = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6)
_LEAST_GAP_M = 2.0


def minimum_gap(speed_mps: float) -> float:
    """Least clearance behind a lead [m]: speed times a time gap of 1.0 s (7.2 km/h) to 1.6 s (from 60 km/h)."""
    return max(_LEAST_GAP_M, speed_mps * float(np.interp(3.6 * speed_mps, _KMH, _GAP_S)))


def regulation_ttc(closing_mps: float) -> float:
    """Time to collision above which a cut-in must be avoided [s], UN R157 5.2.5.2."""
    return closing_mps / (2.0 * _BRAKE_MPS2) + _REACTION_S


def approval_ttc(
    closing_mps: float, *, brake_mps2: float = 6.0, delay_s: float = 0.1, build_up_s: float = 0.3
) -> float:
    """Time to collision above which a cut-in must be avoided [s] in type approval: dv / (2 a) + rho + tau / 2.

    With standing passengers `brake_mps2` is 2.4 and `build_up_s` about 0.12.
    """
    return closing_mps / (2.0 * brake_mps2) + delay_s + build_up_s / 2.0


class RegulationModel(ReferenceModel):
    """The last moment that UN R157 allows."""

    reaction_s: ClassVar[float] = _REACTION_S
    jerk_mps3: ClassVar[float] = float("inf")
    routine_mps2: ClassVar[float] = 5.0  # beyond it, the regulation calls it an emergency manoeuvre

    def following_gap(self, speed_mps: float) -> float:
        """See `minimum_gap`."""
        return minimum_gap(speed_mps)

    def perceives(self, seen: Encounter) -> bool:
        """An obvious danger, or an intruder at the limit of the rule."""
        intrudes = seen.clearance_m <= 0.0 or (seen.clearance_m <= _LATERAL_M and seen.closing_mps > 0.0)
        return seen.obvious or (intrudes and seen.within_ttc(regulation_ttc(seen.approach_mps) + _EARLY_S))

    def wanted(self, seen: Encounter) -> float:
        """6 m/s2."""
        return _BRAKE_MPS2
