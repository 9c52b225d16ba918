"""What water, snow and ice leave of a road's friction.

Peak friction of a new tyre over speed and water depth, relative to the dry road (Bosch automotive handbook):

    water         50 km/h   90 km/h   130 km/h
    dry             1          1          1
    0.2 mm         .765       .75        .733
    1 mm           .647       .375       .267
    2 mm           .588       .0625      0         aquaplaning

Between the table's entries it is bilinear, beyond them constant. Packed snow leaves 0.30 and glaze ice 0.10 of peak
friction on asphalt (Bohnenkamp: .25-.35 and .05-.15); a share of the ground under either is a share of the friction.
Places that are slippery already, such as a patch of ice, are not made worse by water.
Left out: tread depth, temperature of ice, the drag of deep water and snow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled

F64 = NDArray[np.float64]

WATER_MM = np.array([0.0, 0.2, 1.0, 2.0])
SPEED_MPS = np.array([50.0, 90.0, 130.0]) / 3.6
SHARE = np.array([[1.0, 1.0, 1.0], [0.65 / 0.85, 0.60 / 0.80, 0.55 / 0.75],
                  [0.55 / 0.85, 0.30 / 0.80, 0.20 / 0.75], [0.50 / 0.85, 0.05 / 0.80, 0.0]])  # fmt: skip
SNOW_FRICTION, ICE_FRICTION = 0.30, 0.10
_LEAST = 0.02
"""A tyre that floats still drags a little."""


@compiled
def _place(nodes, value):  # type: ignore[no-untyped-def]
    """Interval of `nodes` that holds a value, and the place in it, clipped to its ends."""
    k = 0
    while k < len(nodes) - 2 and value > nodes[k + 1]:
        k += 1
    return k, min(1.0, max(0.0, (value - nodes[k]) / (nodes[k + 1] - nodes[k])))


@compiled
def wet_share(water_mm: float, speed_mps: float) -> float:
    """Peak friction under a film of water, relative to the dry road."""
    if water_mm <= 0.0:
        return 1.0
    i, a = _place(WATER_MM, water_mm)
    j, b = _place(SPEED_MPS, speed_mps)
    low = SHARE[i, j] + b * (SHARE[i, j + 1] - SHARE[i, j])
    high = SHARE[i + 1, j] + b * (SHARE[i + 1, j + 1] - SHARE[i + 1, j])
    return low + a * (high - low)


@compiled
def weathered(friction: float, cover: F64, speed_mps: float, pool_mm: float = 0.0) -> float:
    """Peak friction of a surface under a cover.

    Args:
        friction: of the dry, clean surface.
        cover: water depth [mm], shares of the ground under snow and under ice.
        speed_mps: of the wheel over the ground.
        pool_mm: depth of water that stands here whatever the weather.

    """
    water, snow, ice = max(cover[0], pool_mm), cover[1], cover[2]
    if water == 0.0 and snow == 0.0 and ice == 0.0:
        return friction
    wet = friction
    if friction > ICE_FRICTION:
        wet = max(_LEAST, friction * wet_share(water, speed_mps))
    bare = wet + snow * (min(wet, SNOW_FRICTION) - wet)
    return bare + ice * (min(bare, ICE_FRICTION) - bare)
