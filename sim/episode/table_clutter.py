"""Things that lie on a table beside the work, so that no cell is empty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..world.assets.objects import build_object
from ..world.world import World
from .manipulation import ManipulationScenario

_KINDS = ("mug", "foam_block", "soup_can", "banana", "sugar_box", "cracker_box")
_SPOTS = ((0.30, -0.24), (0.30, 0.24), (0.74, -0.26), (0.76, 0.26), (0.80, 0.02), (0.28, 0.02))


def scatter(
    scenario: ManipulationScenario,
    world: World,
    keep_clear: Sequence[tuple[float, float, float]],
    *,
    most: int = 4,
    spots: Sequence[tuple[float, float]] = _SPOTS,
) -> None:
    """Put two to `most` things on the table, none within the circles (x, y, radius) of `keep_clear` [m]."""
    rng = scenario.streams.rng("clutter")
    left = int(rng.integers(2, most + 1))
    for k in rng.permutation(len(spots)):
        xy = np.array(spots[k]) + rng.uniform(-0.03, 0.03, 2)
        yaw, kind = float(rng.uniform(-3.0, 3.0)), _KINDS[int(rng.integers(len(_KINDS)))]
        near = any(float(np.hypot(xy[0] - x, xy[1] - y)) < radius for x, y, radius in keep_clear)
        if left == 0 or near:
            continue
        left -= 1
        asset = build_object(kind, rng=scenario.streams.rng(f"assets/clutter_{k}"))
        scenario.add_object(world, f"clutter_{k}", asset, xy=(float(xy[0]), float(xy[1])), yaw=yaw)
