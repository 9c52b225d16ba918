"""What the two numbers of a vehicle's action stand for, and how hard the ego can brake.

One full brake for all: an agent, a manoeuvre that is tried to avoid a crash, and the emergency brake ask for no more
than this, so that none can do what another cannot. It is more than tyres give on dry asphalt (peak friction 0.85):
who brakes fully gets all that the road has. The others are design values.
"""

from __future__ import annotations

FULL_BRAKE_MPS2, FULL_DRIVE_MPS2, FULL_LATERAL_MPS2 = 9.81, 3.0, 5.0
"""What -1 and +1 of acceleration and +-1 of curvature stand for."""
SHARPEST_1PM = 0.15
"""The bend asked for is never sharper than this."""


def sharpest_1pm(speed_mps: float) -> float:
    """Curvature that +-1 stands for at a speed [1/m]: the full lateral acceleration, at walking pace the full lock."""
    return min(SHARPEST_1PM, FULL_LATERAL_MPS2 / max(speed_mps, 1.0) ** 2)
