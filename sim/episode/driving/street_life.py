"""What makes a street look lived in: parked cars, people on the pavements, a vehicle coming the other way."""

from __future__ import annotations

from math import pi

import numpy as np

from ...world.stages.stage import Road
from ...world.world import World
from .cast import RoadCast
from .keeper import LaneKeeper

_PARKED = ("hatchback", "hatchback", "sedan", "sedan", "suv", "van")
_ONCOMING = ("sedan", "suv", "bus", "motorcycle", "bicycle")
_BICYCLE_MPS, _TOWN_MPS = 4.5, 11.0
_WALKWAY_M = 1.65
"""From the kerb to the middle of the way between the furniture by the kerb and the benches by the houses."""
PASSERS_BY_M = ((18.0, 26.0, 34.0, 42.0), (-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0))
"""Where people may start, beyond the place of the event, on the right and on the left; nobody catches up."""


def park_cars(
    cast: RoadCast,
    world: World,
    *,
    near_m: float,
    rng: np.random.Generator,
    share: float = 0.45,
    within_m: float = 60.0,
) -> None:
    """Cars in some of the free bays around a place along the street; some are parked against the traffic."""
    for k, slot in enumerate(world.stage.parking_slots):
        kind = _PARKED[int(rng.integers(len(_PARKED)))]
        if rng.uniform() < share and abs(slot.s_m - near_m) < within_m:
            turn = 0.0 if rng.uniform() < 0.85 else pi
            cast.add_parked(world, f"parked_{k}", kind, xy=slot.position_w, yaw=slot.yaw + turn)


def add_passers_by(
    cast: RoadCast,
    world: World,
    count: int,
    *,
    near_m: float,
    rng: np.random.Generator,
    spots_m: tuple[tuple[float, ...], tuple[float, ...]] = PASSERS_BY_M,
) -> None:
    """People who walk between the trees and the benches, those of one pavement all the same way in single file."""
    road = _road(world)
    way = [0.0 if rng.uniform() < 0.5 else pi for _ in range(2)]
    spots = [(side, s) for side in (0, 1) for s in spots_m[side]]
    for k, spot in enumerate(rng.permutation(len(spots))[:count]):
        side, ahead = spots[spot]
        s = near_m + ahead + float(rng.uniform(-1.0, 1.0))
        d = (road.left_edge_m if side else road.right_edge_m) + (1.0 if side else -1.0) * _WALKWAY_M
        at, along, _ = road.centre.at(s, d)
        person = cast.add_pedestrian(
            world, f"passer_by_{k}", xy=(float(at[0]), float(at[1])), yaw=float(along) + way[side],
            speed_mps=float(rng.uniform(1.1, 1.5)),
            stature_m=float(rng.normal(1.72, 0.08)), mass_kg=float(rng.uniform(55.0, 90.0)),
        )  # fmt: skip
        person.walker.start()


def add_oncoming(
    cast: RoadCast, world: World, *, passes_m: float, after_s: float, speed_mps: float, rng: np.random.Generator
) -> LaneKeeper:
    """One vehicle in the opposite lane that passes a place at a time; slower than `speed_mps` if it is a bicycle."""
    road = _road(world)
    lane = next(lane.offset_m for lane in road.lanes if lane.direction > 0)
    kind = _ONCOMING[int(rng.integers(len(_ONCOMING)))]
    speed = min(speed_mps, _BICYCLE_MPS if kind == "bicycle" else _TOWN_MPS)
    start = passes_m + after_s * speed
    return cast.add_traffic(world, "oncoming", kind, road.centre.reversed(), s_m=road.centre.length_m - start,
                            d_m=lane, speed_mps=speed)  # fmt: skip


def _road(world: World) -> Road:
    road = world.stage.road
    assert road is not None
    return road
