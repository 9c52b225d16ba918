"""The measures of `sim.criticality` without accelerations, for callers that have none.

Undefined values are +inf (no conflict), never NaN; required deceleration is 0 without conflict.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..criticality.assess import assess as assess_motion
from ..criticality.deceleration import required_deceleration
from ..criticality.following import time_headway
from ..criticality.plane import BOX, MOTION, time_to_collision

__all__ = ["BOX", "Danger", "assess", "required_deceleration", "time_headway", "time_to_collision"]
F64 = NDArray[np.float64]


class Danger(NamedTuple):
    """Measures of one moment, over all other road users.

    Attributes:
        ttc_s: shortest time to collision; inf if all stay as they are and nobody meets.
        headway_s: shortest time until the ego reaches the present place of somebody in its way.
        required_deceleration_mps2: largest constant deceleration that avoids a conflict ahead.

    """

    ttc_s: float
    headway_s: float
    required_deceleration_mps2: float


def assess(ego: F64, others: F64) -> Danger:
    """The measures between the ego, a row of `BOX`, and N others, (N, 7)."""
    rows = np.zeros((len(others) + 1, len(MOTION)))
    rows[0, : len(BOX)], rows[1:, : len(BOX)] = ego, others
    return Danger(*assess_motion(rows[0], rows[1:])[:3])
