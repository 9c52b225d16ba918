"""Company on a road with several lanes: who drives beside and behind, and on the other carriageway."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...world.world import World
from .cast import CARS, RoadCast
from .keeper import LaneKeeper

_KINDS = (*CARS, "box_truck")


def add_company(
    cast: RoadCast,
    world: World,
    slots: Sequence[tuple[float, float, float]],
    *,
    rng: np.random.Generator,
    oncoming: int = 3,
    from_m: float = 150.0,
    oncoming_mps: float = 28.0,
) -> list[LaneKeeper]:
    """Vehicles that keep their distance, at (offset, distance, speed) along the road, and some that come back.

    Args:
        cast, world: the scenario and its world.
        slots: where they drive; each is moved by up to 6 m.
        rng: who they are.
        oncoming: how many on the other carriageway, in its lanes by turns.
        from_m: distance along the road where the first of those is.
        oncoming_mps: about their speed.

    Returns:
        Those of `slots`.

    """
    road = world.stage.road
    assert road is not None
    keepers = []
    for k, (d, s, speed) in enumerate(slots):
        kind, s_m = CARS[int(rng.integers(len(CARS)))], s + float(rng.uniform(-6.0, 6.0))
        keepers.append(
            cast.add_traffic(world, f"traffic_{k}", kind, road.centre, s_m=s_m, d_m=d, speed_mps=speed, follows=True)
        )
    back, lanes = road.centre.reversed(), [lane.offset_m for lane in road.lanes if lane.direction < 0]
    for k in range(oncoming):
        kind = _KINDS[int(rng.integers(len(_KINDS)))]
        s_m = back.length_m - from_m - 55.0 * k - float(rng.uniform(0.0, 20.0))
        speed = oncoming_mps + float(rng.uniform(-3.0, 3.0))
        if s_m > 5.0:
            cast.add_traffic(
                world, f"oncoming_{k}", kind, back, s_m=s_m, d_m=-lanes[k % len(lanes)], speed_mps=speed, follows=True
            )
    return keepers
