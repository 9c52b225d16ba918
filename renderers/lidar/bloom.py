"""Blooming: ghosts around returns so strong that they flood neighbouring receivers; see `artefacts` for the law.

Works on the finished range image: every cell within 2.2 d_b of a saturated one draws once, against the greatest chance
that any saturated neighbour gives it. The ghost replaces what the cell reports unless that is stronger than a
thousandth of what floods it.
"""

from __future__ import annotations

import math

from ..camera.samplers import normal_of
from ..compiled import kernel
from ..random import bits, uniform
from ..truth import Truth
from .radiometry import quantised

REACH = 2.2
_LEAK = 1e-3
_LANE = 250
_SPREAD_M = 0.05
_PHANTOM, _LOST = int(Truth.PHANTOM), int(Truth.LOST)


@kernel
def bloom(aim, columns, receiver, marks, key, across, chance, source, out):  # type: ignore[no-untyped-def]
    """Add blooming ghosts to the arrays of `out`.

    Args:
        aim, columns: (N, 3) float32 directions of the cells in the sensor frame, and how many columns they make.
        receiver, marks, key: see `kernel.sweep`.
        across: columns on either side to look at.
        chance, source: (N,) zeros, and anything; buffers.
        out: the arrays of the sweep.

    """
    beams = len(aim) // columns
    reach = REACH * marks.bloom_rad
    for i in range(len(aim)):
        strong = out.strength[i] / marks.bloom_strength
        if strong <= 1.0:
            continue
        c = i % columns
        height = math.asin(min(1.0, max(-1.0, aim[i, 2])))
        flood = min(1.0, math.log10(strong)) * marks.blooming
        for b in range(beams):
            if abs(math.asin(min(1.0, max(-1.0, aim[b * columns + c, 2]))) - height) > reach and across < columns:
                continue
            for d in range(c - across, c + across + 1):
                k = b * columns + d % columns
                if out.strength[k] > marks.bloom_strength:
                    continue
                cosine = aim[i, 0] * aim[k, 0] + aim[i, 1] * aim[k, 1] + aim[i, 2] * aim[k, 2]
                angle = math.acos(min(1.0, max(-1.0, cosine)))
                if angle > reach:
                    continue
                share = math.exp(-((angle / marks.bloom_rad) ** 2))
                if flood * share > chance[k] and out.strength[i] * share * _LEAK > out.strength[k]:
                    chance[k], source[k] = flood * share, i
    for k in range(len(aim)):
        if chance[k] > 0.0 and uniform(key, k, _LANE) < chance[k]:
            i = source[k]
            near = out.true_range[i] + _SPREAD_M * normal_of(bits(key, k, _LANE + 1)) * receiver.strength
            near = quantised(near, receiver.step_m)
            if not receiver.min_m <= near <= receiver.max_m:
                continue
            out.truth[k] = _PHANTOM | (_LOST if out.true_range[k] > 0.0 else 0)
            out.range_m[k], out.intensity[k] = near, max(1, int(chance[k] * 100.0))
            out.instance[k], out.semantic[k], out.true_range[k] = 0, 0, 0.0
