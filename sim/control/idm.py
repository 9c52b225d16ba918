"""The Intelligent Driver Model (Treiber, Hennecke, Helbing 2000, Physical Review E 62, 1805)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt


@dataclass(frozen=True)
class IdmParameters:
    """Intelligent Driver Model, values of Treiber et al. (2000), table I.

    Attributes:
        headway_s: safe time headway T.
        acceleration_mps2: maximum acceleration a.
        deceleration_mps2: comfortable deceleration b.
        exponent: of the free-road term.
        jam_gap_m: clearance at rest s0.
        limit_mps2: hardest braking (this model's own bound: a driver's foot, not an emergency system).

    """

    headway_s: float = 1.6
    acceleration_mps2: float = 0.73
    deceleration_mps2: float = 1.67
    exponent: float = 4.0
    jam_gap_m: float = 2.0
    limit_mps2: float = 6.0


TREIBER_2000 = IdmParameters()


def idm_acceleration(p: IdmParameters, speed: float, target: float, gap: float, lead: float) -> float:
    """Acceleration by the Intelligent Driver Model [m/s2]; `gap` may be inf (free road)."""
    free = 1.0 - (speed / target) ** p.exponent if target > 0.0 else -1.0 if speed > 0.0 else 0.0
    if gap == inf:
        interaction = 0.0
    else:
        braking = speed * (speed - lead) / (2.0 * sqrt(p.acceleration_mps2 * p.deceleration_mps2))
        wanted = p.jam_gap_m + max(0.0, speed * p.headway_s + braking)
        interaction = (wanted / max(gap, 0.1)) ** 2
    return max(p.acceleration_mps2 * (free - interaction), -p.limit_mps2)
