"""Light under a roof: tunnels, where the dome fades with depth and rows of lamps light everything evenly.

Ambient occlusion looks a few metres far, and a frame is lit by eight lamps at most; neither makes a tunnel. A `Shelter`
therefore says of a box of space which share of the dome's light comes in and how much light its lamps give; both go
linearly (daylight in its logarithm) from one end of the box to the other. Lamps hang overhead: what faces up gets all
of their light, a wall 0.55 of it, a ceiling the tenth that the floor sends back. The sun is traced as everywhere.
Left out: pools of light under single lamps, coloured light, haze lit by lamps instead of the sky.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from ..scene import Shelter

F64 = NDArray[np.float64]

SHELTER_COLUMNS = 12
"""Start, direction along the floor (x, y), length, half width, height, and at both ends the logarithm of the
share of daylight and the lamps' illuminance [lx]."""
_DARK = 1e-6
WALL_SHARE, FLOOR_GAIN = 0.55, 0.45


def shelter_table(shelters: Sequence[Shelter]) -> F64:
    """One row for each shelter."""
    rows = np.zeros((len(shelters), SHELTER_COLUMNS))
    for row, shelter in zip(rows, shelters, strict=True):
        start, end = np.asarray(shelter.start_w), np.asarray(shelter.end_w)
        along = end[:2] - start[:2]
        length = float(np.hypot(*along))
        row[:3], row[3:5], row[5] = start, along / length, length
        row[6], row[7] = shelter.half_width_m, shelter.height_m
        row[8:10] = np.log(np.maximum(shelter.daylight, _DARK))
        row[10:12] = shelter.lamps_lx
    return rows


@kernel
def sheltered(shelters, x, y, z):  # type: ignore[no-untyped-def]
    """Share of the dome's light that reaches a point, and the illuminance that lamps give the floor below it [lx]."""
    for i in range(len(shelters)):
        dx, dy = x - shelters[i, 0], y - shelters[i, 1]
        along = dx * shelters[i, 3] + dy * shelters[i, 4]
        if along < 0.0 or along > shelters[i, 5]:
            continue
        across = dy * shelters[i, 3] - dx * shelters[i, 4]
        if abs(across) > shelters[i, 6] or abs(z - shelters[i, 2]) > shelters[i, 7]:
            continue
        w = along / shelters[i, 5]
        day = np.exp(shelters[i, 8] + w * (shelters[i, 9] - shelters[i, 8]))
        return day, shelters[i, 10] + w * (shelters[i, 11] - shelters[i, 10])
    return 1.0, 0.0
