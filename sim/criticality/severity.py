"""How bad a crash is: change of velocity of both partners, and injury risk by speed.

Delta-v is that of a perfectly plastic central impact: both leave with the common velocity. The risk curves are
published or recalled; the name says which are not verified. Sources: Tefft 2013 (doi 10.1016/j.aap.2012.07.022) for
pedestrians, Joksch 1993 for occupants, project TARGET for the speeds of 10 % MAIS3+. Leaves out restitution, offset
and spin, age, and belt use.
"""

from __future__ import annotations

from math import exp, log

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
_MPH_MPS = 0.44704
_JOKSCH_MPS = 31.74
_TEFFT_RISK = (0.10, 0.25, 0.50, 0.75, 0.90)
_TEFFT_MPH = {"AIS4+": (17.1, 24.9, 33.0, 40.8, 48.1), "death": (24.1, 32.5, 40.6, 48.0, 54.6)}
MAIS3_10_PERCENT_MPS = {"pedestrian": 34 / 3.6, "two_wheeler": 49 / 3.6, "car_frontal_closing": 99 / 3.6}
"""Speed at which 10 % are hurt seriously or worse."""


def delta_v(
    mass_a_kg: float, mass_b_kg: float, velocity_a_mps: F64 | float, velocity_b_mps: F64 | float
) -> tuple[float, float]:
    """Change of speed of either partner [m/s], of masses and velocities just before the crash.

    Velocities are vectors in one frame, or signed speeds along one line. A partner of infinite mass stays as it is.
    """
    closing = float(np.linalg.norm(np.atleast_1d(np.subtract(velocity_b_mps, velocity_a_mps))))
    if np.isinf(mass_a_kg) or np.isinf(mass_b_kg):
        return (0.0, closing) if np.isinf(mass_a_kg) else (closing, 0.0)
    total = mass_a_kg + mass_b_kg
    return mass_b_kg / total * closing, mass_a_kg / total * closing


def occupant_death(delta_v_mps: float) -> float:
    """Probability that a car occupant dies, (delta-v / 31.74 m/s)^4 (Joksch)."""
    return min(1.0, (delta_v_mps / _JOKSCH_MPS) ** 4)


def pedestrian_risk(impact_mps: float, level: str = "death") -> float:
    """Probability that a pedestrian is hurt at this level by an impact speed (Tefft).

    Published as the speeds of 10, 25, 50, 75 and 90 %; between them, and beyond, the log odds are straight lines.

    Args:
        impact_mps: speed of the vehicle.
        level: "AIS4+" (severe) or "death".

    """
    if level not in _TEFFT_MPH:
        raise ValueError(f"unknown level of injury {level!r}, expected one of {', '.join(_TEFFT_MPH)}")
    if impact_mps <= 0.0:
        return 0.0
    speeds = [_MPH_MPS * v for v in _TEFFT_MPH[level]]
    odds = [log(p / (1.0 - p)) for p in _TEFFT_RISK]
    k = min(max(int(np.searchsorted(speeds, impact_mps)) - 1, 0), len(speeds) - 2)
    slope = (odds[k + 1] - odds[k]) / (speeds[k + 1] - speeds[k])
    return 1.0 / (1.0 + exp(-(odds[k] + slope * (impact_mps - speeds[k]))))


def pedestrian_death_logistic_unverified(impact_mps: float) -> float:
    """Probability that a pedestrian dies, 1 / (1 + exp(6.9 - 0.090 v in km/h)); the coefficients are not verified."""
    return 1.0 / (1.0 + exp(6.9 - 0.090 * 3.6 * impact_mps))
