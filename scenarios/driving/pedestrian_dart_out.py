"""A child runs out from between parked cars (Euro NCAP CPNCO).

Geometry of the Euro NCAP vulnerable road user protocol as encoded in the public set (v4.5.1): a small car nearest the
child's path, a large one behind it, 1 m between them and 1 m beside the ego's flank; the child's path 1 m ahead of the
small car, from 4 m beside the ego's centre line, accelerating over 1 m. The start is synchronised on arrival: without
intervention the ego meets the child's reference point at `impact_share` of its width.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi
from typing import ClassVar

import numpy as np

from ...renderers.transforms import rotate
from ...sim.episode.distributions import Choice, Normal, Uniform, parameter
from ...sim.episode.driving import DrivingScenario
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.person_actor import PersonActor
from ...sim.world.stages.stage import Stage
from ...sim.world.stages.urban import urban_street
from ...sim.world.world import World

SMALL_CAR = (4.316, 1.79, 1.48)
LARGE_CAR = (4.418, 1.82, 1.533)
CHILD_STATURE_M, CHILD_MASS_KG = 1.154, 24.0
CHILD_WIDTH_M = 0.298
REFERENCE_OFFSET_M = -0.0405
"""From the centre of the child's box to its impact reference point, along its way."""
START_M, ACCELERATION_M, BESIDE_M, AHEAD_M, BETWEEN_M = 4.0, 1.0, 1.0, 1.0, 1.0
_APPROACH_S = 6.0
_RUN_IN_M = 12.0
_ONCOMING_S = 4.0
_WALKWAY_M = 1.65
"""From the kerb to the middle of the way between the furniture by the kerb and the benches by the houses."""
_PASSERS_BY_M = ((18.0, 26.0, 34.0, 42.0), (-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0))
"""Where people may start, beyond the crossing, on the child's side and on the other; nobody catches up with another."""


@dataclass(frozen=True)
class DartOutParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(5.5, 13.9), bounds=(2.7, 16.7), unit="m/s", doc="speed of the ego before it reacts; NCAP 10-60 km/h"
    )
    child_speed_mps: float = parameter(
        Normal(1.0, 3.5, 1.389, 0.4), bounds=(0.8, 4.0), unit="m/s", doc="steady speed of the child; NCAP 5 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.25, 0.75), bounds=(0.1, 0.9), doc="where the child meets the ego's front, from the child's side"
    )
    occluders: str = parameter(Choice(("cars", "van")), doc="what hides the child: NCAP's two cars, or a van ahead")


@register("driving/pedestrian_dart_out")
class PedestrianDartOut(DrivingScenario):
    """A child between parked cars."""

    title: ClassVar[str] = "A child runs out from between parked cars"
    source: ClassVar[str] = "Euro NCAP AEB/LSS VRU v4.5.1, CPNCO-50; NHTSA pre-crash type 12"
    duration_s: ClassVar[float] = 9.0
    Params: ClassVar[type] = DartOutParams
    params: DartOutParams
    _child: PersonActor

    @property
    def hazard(self) -> Actor:
        """The child."""
        return self._child

    def stage(self) -> Stage:
        """A street with room to approach; no parking and no furniture where the occluders and the child need room."""
        length = _RUN_IN_M + _APPROACH_S * self.params.ego_speed_mps + 60.0
        at = self._crossing_m()
        gaps = ((at - 12.0, at + 4.0, -1), (at - 1.5, at + 1.5, 1))
        return urban_street(rng=self.streams.rng("stage"), length_m=length, reserved_gaps=gaps)

    def _crossing_m(self) -> float:
        """Where the child's path crosses, along the street."""
        front = 4.358 / 2
        return _RUN_IN_M + _APPROACH_S * self.params.ego_speed_mps + front + CHILD_WIDTH_M / 2

    def build(self) -> World:
        """The ego, the occluders, the child, and a street full of parked cars and passers-by."""
        p, world = self.params, self.new_world()
        road = world.stage.road
        assert road is not None
        lane = next(lane.offset_m for lane in road.lanes if lane.direction > 0)
        self._crossing = self._crossing_m()
        run_up = 0.25 * p.ego_speed_mps
        ego = self.add_ego(world, road.centre, s_m=_RUN_IN_M - run_up, d_m=lane, speed_mps=p.ego_speed_mps)
        self._lane_y = lane
        small, large = SMALL_CAR, LARGE_CAR
        near_kind = "hatchback"
        if p.occluders == "van":
            small, near_kind = (4.9, 1.9, 1.95), "van"
        x = self._crossing - AHEAD_M - small[0] / 2
        y = lane - (BESIDE_M + ego.size[1] / 2 + small[1] / 2)
        self.add_parked(world, "occluder_near", near_kind, xy=(x, y), size=small)
        x -= small[0] / 2 + BETWEEN_M + large[0] / 2
        y = lane - (BESIDE_M + ego.size[1] / 2 + large[1] / 2)
        self.add_parked(world, "occluder_far", "suv", xy=(x, y), size=large)
        self._child = self.add_pedestrian(
            world, "child", xy=(self._crossing, lane - START_M), yaw=pi / 2, speed_mps=p.child_speed_mps,
            stature_m=CHILD_STATURE_M, mass_kg=CHILD_MASS_KG, child=True, accel_distance_m=ACCELERATION_M,
        )  # fmt: skip
        self._furnish(world)
        return world

    def _furnish(self, world: World) -> None:
        """Parked cars in some of the free bays, people on the pavements, and one car coming the other way."""
        road = world.stage.road
        assert road is not None
        rng = self.streams.rng("traffic")
        kinds = ("hatchback", "hatchback", "sedan", "sedan", "suv", "van")
        for k, slot in enumerate(world.stage.parking_slots):
            kind = kinds[int(rng.integers(len(kinds)))]
            if rng.uniform() < 0.45 and abs(slot.s_m - self._crossing) < 60.0:
                turn = 0.0 if rng.uniform() < 0.85 else pi
                self.add_parked(world, f"parked_{k}", kind, xy=slot.position_w, yaw=slot.yaw + turn)
        self._add_passers_by(world, int(rng.integers(3, 6)), rng=rng)
        # past the crossing before the ego gets there, so that a child who was not hit meets nobody else
        kind = ("sedan", "suv", "bus", "motorcycle", "bicycle")[int(rng.integers(5))]
        speed = min(self.params.ego_speed_mps, 4.5 if kind == "bicycle" else 11.0)
        start = self._crossing + _ONCOMING_S * speed
        self.add_traffic(world, "oncoming", kind, road.centre.reversed(), s_m=road.centre.length_m - start,
                         d_m=self._lane_y, speed_mps=speed)  # fmt: skip

    def _add_passers_by(self, world: World, count: int, *, rng: np.random.Generator) -> None:
        """People who walk between the trees and the benches, those of one pavement all the same way in single file."""
        road = world.stage.road
        assert road is not None
        way = [0.0 if rng.uniform() < 0.5 else pi for _ in range(2)]
        spots = [(side, s) for side in (0, 1) for s in _PASSERS_BY_M[side]]
        for k, spot in enumerate(rng.permutation(len(spots))[:count]):
            side, ahead = spots[spot]
            s = self._crossing + ahead + float(rng.uniform(-1.0, 1.0))
            d = (road.left_edge_m if side else road.right_edge_m) + (1.0 if side else -1.0) * _WALKWAY_M
            person = self.add_pedestrian(
                world, f"passer_by_{k}", xy=(s, d), yaw=way[side], speed_mps=float(rng.uniform(1.1, 1.5)),
                stature_m=float(rng.normal(1.72, 0.08)), mass_kg=float(rng.uniform(55.0, 90.0)),
            )  # fmt: skip
            person.walker.start()

    def run_time_s(self) -> float:
        """Time from the child's start to the encoded point of impact."""
        p, width = self.params, self.ego.size[1]
        hit = width * p.impact_share - width / 2
        way = START_M + hit - REFERENCE_OFFSET_M
        return 2 * ACCELERATION_M / p.child_speed_mps + (way - ACCELERATION_M) / p.child_speed_mps

    def arrival_s(self) -> float:
        """Time until the ego's front reaches the child's side of the crossing, at its present speed."""
        front = float(self.ego.position_w[0]) + self.ego.size[0] / 2
        return (self._crossing - CHILD_WIDTH_M / 2 - front) / max(self.ego.speed_mps, 0.1)

    def script(self) -> Iterator[Condition]:
        """The child starts so that both arrive together; it is hit, or is through and stops on the other pavement."""
        yield lambda: self.arrival_s() <= self.run_time_s()
        self.mark("onset")
        self._child.walker.start()
        yield lambda: self._passed() or "contact" in self.phases
        if "contact" in self.phases:
            return
        self.mark("escape")
        road = self.world.stage.road
        assert road is not None
        yield lambda: float(self._child.position_w[1]) > road.left_edge_m - 0.3
        self._child.walker.stop(0.6)

    def _passed(self) -> bool:
        """Whether the child has left the ego's lane, or the ego has passed or stands."""
        ego, child = self.ego, self._child
        beyond = float(child.position_w[1]) > self._lane_y + ego.size[1] / 2 + 0.5
        rear = float(ego.position_w[0]) - ego.size[0] / 2
        return beyond or rear > self._crossing or (ego.speed_mps < 0.1 and self.world.time_s > 1.0)

    def impact_error_m(self) -> float:
        """How far the child's reference point is from the encoded point on the ego's front, across the road."""
        along = rotate(self._child.orientation_w, np.array([1.0, 0.0, 0.0]))
        reference = self._child.position_w + REFERENCE_OFFSET_M * along
        width = self.ego.size[1]
        return float(reference[1] - self.ego.position_w[1] - (width * self.params.impact_share - width / 2))
