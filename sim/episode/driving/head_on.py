"""Somebody comes the other way in the ego's lane: where the two meet, and the country road on which they do.

Both keep their speeds v1 and v2 until they meet after `MEET_S`, so the ego's place of meeting is known beforehand and
scripts can say how long before it the other does what it does.
"""

from __future__ import annotations

from abc import abstractmethod

from ...world.actor import Actor
from ...world.path import Path
from ...world.stages.country import country_road
from ...world.stages.stage import Stage
from ...world.world import World
from .cast import CARS
from .keeper import LaneKeeper
from .scenario import DrivingScenario

START_M = 60.0
MEET_S = 6.5
_BEHIND_M = 260.0


class HeadOn(DrivingScenario):
    """Abstract: a two-lane country road with an oncoming vehicle that leaves its lane.

    Subclasses have parameters `ego_speed_mps`, `oncoming_speed_mps` and `oncoming_kind`.
    """

    _oncoming: LaneKeeper

    @property
    def hazard(self) -> Actor:
        """The vehicle that comes."""
        return self._oncoming.actor

    @property
    def meeting_m(self) -> float:
        """Where the two meet, along the road."""
        return START_M + MEET_S * float(self.params.ego_speed_mps)

    def stage(self) -> Stage:
        """A straight or gently bent road, long enough for both."""
        p = self.params
        length = self.meeting_m + (MEET_S + 0.5) * p.oncoming_speed_mps + _BEHIND_M
        path = Path.from_segments([(length, float(getattr(p, "curvature_1pkm", 0.0)) / 1000.0)])
        return country_road(rng=self.streams.rng("stage"), path=path, crossfall=0.03)

    @abstractmethod
    def build(self) -> World:
        """See `Scenario`."""

    def cast_both(self, world: World) -> None:
        """The ego in the right lane, and the oncoming vehicle so far away that they meet where they shall."""
        p, road = self.params, world.stage.road
        assert road is not None
        self.lane_m = next(lane.offset_m for lane in road.lanes if lane.direction > 0)
        self.add_ego(
            world, road.centre, s_m=START_M - 0.25 * p.ego_speed_mps, d_m=self.lane_m, speed_mps=p.ego_speed_mps
        )
        self.back = road.centre.reversed()
        start = self.back.length_m - self.meeting_m - (MEET_S + 0.25) * p.oncoming_speed_mps
        self._oncoming = self.add_traffic(
            world, "oncoming", p.oncoming_kind, self.back, s_m=start, d_m=self.lane_m, speed_mps=p.oncoming_speed_mps
        )

    def add_company(self, world: World) -> None:
        """A vehicle well behind the ego and one that meets it early, so that the road is not empty."""
        rng, p, road = self.streams.rng("traffic"), self.params, world.stage.road
        assert road is not None
        kind = CARS[int(rng.integers(len(CARS)))]
        self.add_traffic(world, "behind", kind, road.centre, s_m=float(rng.uniform(4.0, 14.0)), d_m=self.lane_m,
                         speed_mps=0.9 * p.ego_speed_mps, follows=True)  # fmt: skip
        kind = CARS[int(rng.integers(len(CARS)))]
        early = self.back.length_m - START_M - float(rng.uniform(1.0, 2.0)) * (p.ego_speed_mps + 20.0)
        self.add_traffic(world, "passing", kind, self.back, s_m=early, d_m=self.lane_m, speed_mps=20.0)

    def until_meeting_s(self) -> float:
        """Time until the ego's front meets the oncoming vehicle's, at present speeds along the road."""
        ego, other = self.ego, self._oncoming
        s_ego, _ = self.road.centre.project(ego.position_w[:2])
        gap = self.back.length_m - other.s_m - s_ego - (ego.size[0] + other.actor.size[0]) / 2
        return gap / max(ego.speed_mps + other.actor.speed_mps, 0.1)
