"""The ego's lane ends at road works: a late merge without a gap, or a taper that was overlooked (CARLA construction).

Signs, an arrow and a taper of beacons close the lane; some beacons are missing, some were knocked into the open lane,
and the white lines below the yellow ones go on straight ahead. The ego either merges by the route of the stage while a
neighbour beside it holds its speed and lets nobody in, or stays in its lane and drives at the taper. Beacons and cones
are free bodies. People work behind the taper. Ranges are design values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...renderers.scene import Lamp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import DrivingScenario, LaneKeeper
from ...sim.episode.driving.cast import CARS
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.loose import add_loose
from ...sim.world.stages.stage import Stage
from ...sim.world.stages.work_zone import work_zone
from ...sim.world.world import World

_TAPER_AT_M, _MERGE_M, _BEFORE_M, _RUN_S = 260.0, 90.0, 10.0, 2.0
"""The ego's route goes over to the next lane within 90 m that end 10 m before the taper (see `work_zone`)."""
_LANE_BESIDE_M = 0.3
"""How far from the yellow line others keep: off the beacons that were knocked over it."""


@dataclass(frozen=True)
class WorkZoneParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(15.0, 25.0), bounds=(8.0, 30.0), unit="m/s", doc="speed of the ego; signs say 22 to 28"
    )
    way: str = parameter(
        Choice(("merges", "stays"), (0.7, 0.3)), doc="whether the ego merges late, or drives on in the closed lane"
    )
    beside_m: float = parameter(
        Uniform(-12.0, 12.0), bounds=(-30.0, 30.0), unit="m",
        doc="how far the neighbour is ahead of the ego as the merge begins",
    )  # fmt: skip
    faster_mps: float = parameter(
        Uniform(-1.5, 1.5), bounds=(-4.0, 4.0), unit="m/s", doc="how much faster than the ego the neighbour is"
    )
    neighbour_kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van")), doc="class of the neighbour")
    taper_m: float = parameter(Uniform(50.0, 110.0), bounds=(40.0, 140.0), unit="m", doc="length of the taper")
    missing: float = parameter(
        Uniform(0.0, 0.4), bounds=(0.0, 0.8), unit="1",
        doc="chance of each beacon to be gone, never two in a row",
    )  # fmt: skip
    shifted: float = parameter(
        Uniform(0.0, 0.3), bounds=(0.0, 0.6), unit="1", doc="share of beacons knocked into the open lane"
    )


@register("driving/work_zone")
class WorkZone(DrivingScenario):
    """The lane ends."""

    title: ClassVar[str] = "The ego's lane ends at road works and nobody lets it in"
    source: ClassVar[str] = "CARLA leaderboard 2, ConstructionObstacle; catalogue of rare events, D24; design values"
    tags: ClassVar[tuple[str, ...]] = ("D24", "family/work_zone", "carla/ConstructionObstacle", "level/scene")
    duration_s: ClassVar[float] = 14.0
    Params: ClassVar[type] = WorkZoneParams
    params: WorkZoneParams
    _neighbour: LaneKeeper
    _first: Actor

    @property
    def hazard(self) -> Actor:
        """The neighbour, or the first beacon in the ego's lane."""
        return self._neighbour.actor if self.params.way == "merges" else self._first

    @property
    def _start_m(self) -> float:
        """Where the ego is as the episode begins, along its way."""
        p = self.params
        begin = _TAPER_AT_M - _BEFORE_M - _MERGE_M if p.way == "merges" else _TAPER_AT_M - 2.5 * p.ego_speed_mps
        return max(begin - _RUN_S * p.ego_speed_mps, 45.0)

    def stage(self) -> Stage:
        """A motorway with road works in the right lane."""
        p = self.params
        return work_zone(
            rng=self.streams.rng("stage"), length_m=_TAPER_AT_M + p.taper_m + 300.0, start_m=_TAPER_AT_M,
            taper_m=p.taper_m, zone_m=120.0, missing=p.missing, shifted=p.shifted, loose=True,
        )  # fmt: skip

    def build(self) -> World:
        """The ego in the closed lane, the neighbour, beacons that can be hit, workers, and the rest of the traffic."""
        p, world, speed = self.params, self.new_world(), self.params.ego_speed_mps
        stage, road = world.stage, world.stage.road
        area = stage.work_area
        assert road is not None and area is not None
        lanes, rng = [lane.offset_m for lane in road.lanes if lane.direction > 0], self.streams.rng("traffic")
        self._closed_m, run_up = lanes[0], 0.25 * speed
        if p.way == "merges":
            ego = self.add_ego(world, stage.route("lane/0"), s_m=self._start_m - run_up, d_m=0.0, speed_mps=speed)
        else:
            ego = self.add_ego(world, road.centre, s_m=self._start_m - run_up, d_m=lanes[0], speed_mps=speed)
        # as the merge begins, in _RUN_S, it is to be `beside_m` ahead
        own = speed + p.faster_mps
        s = self._start_m + p.beside_m - _RUN_S * p.faster_mps - 0.25 * own
        self._neighbour = self.add_traffic(
            world, "neighbour", p.neighbour_kind, stage.route("lane/1"), s_m=max(s, 6.0), d_m=_LANE_BESIDE_M,
            speed_mps=own,
        )  # fmt: skip
        cones = [add_loose(world, f"delimiter_{k}", placement) for k, placement in enumerate(area.delimiters)]
        inside = [(*road.centre.project(cone.position_w[:2]), cone) for cone in cones]
        reach = ego.size[1] / 2
        # at least one beacon of a taper with gaps stands within the ego's way; else it is the last of the row
        ahead = [(s, cone) for s, d, cone in inside if abs(d - lanes[0]) < reach + 0.2 and s > _TAPER_AT_M]
        self._first_m, self._first = min(ahead or [(s, cone) for s, _, cone in inside], key=lambda item: item[0])
        self._near = False
        for k, spot in enumerate(area.workers[:3]):
            self.add_pedestrian(
                world, f"worker_{k}", xy=spot, yaw=float(rng.uniform(0.0, 2.0 * np.pi)), speed_mps=1.0,
                stature_m=float(rng.uniform(1.65, 1.9)), mass_kg=float(rng.uniform(65.0, 95.0)),
            )  # fmt: skip
        self._populate(world)
        return world

    def _populate(self, world: World) -> None:
        """Traffic in the left lane, and on the other carriageway."""
        road, rng, speed = world.stage.road, self.streams.rng("traffic_beyond"), self.params.ego_speed_mps
        assert road is not None
        for k, s in enumerate((self._start_m - 30.0, self._start_m + 25.0, self._start_m + 75.0)):
            kind = CARS[int(rng.integers(len(CARS)))]
            s_m = s + float(rng.uniform(-6.0, 6.0))
            self.add_traffic(world, f"traffic_{k}", kind, world.stage.route("lane/2"), s_m=max(s_m, 5.0),
                             d_m=0.0, speed_mps=1.1 * speed)  # fmt: skip
        back = road.centre.reversed()
        for k, lane in enumerate(lane for lane in road.lanes if lane.direction < 0):
            kind = CARS[int(rng.integers(len(CARS)))]
            s_m = back.length_m - self._start_m - 150.0 - 45.0 * k - float(rng.uniform(0.0, 25.0))
            self.add_traffic(world, f"oncoming_{k}", kind, back, s_m=s_m, d_m=-lane.offset_m, speed_mps=29.0)

    def _front_m(self) -> float:
        s, _ = self.road.centre.project(self.ego.position_w[:2])
        return s + self.ego.size[0] / 2

    def _ahead_m(self) -> float:
        """How far the neighbour's middle is ahead of the ego's."""
        s, _ = self.road.centre.project(self._neighbour.actor.position_w[:2])
        return s - self._front_m() + self.ego.size[0] / 2

    def script(self) -> Iterator[Condition]:
        """The ego merges into a lane that is taken, or comes to the taper."""
        yield from self._merging() if self.params.way == "merges" else self._staying()
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def _merging(self) -> Iterator[Condition]:
        middle = self.ego.size[0] / 2
        begin = _TAPER_AT_M - _BEFORE_M - _MERGE_M
        yield lambda: self._front_m() - middle >= begin
        self.mark("onset")
        self.cause("lane_ends", "the ego's lane ends at road works", self._first.id)
        self.cause(
            "no_gap", f"a neighbour {self._ahead_m():+.0f} m ahead holds its speed in the next lane",
            self._neighbour.actor.id,
        )  # fmt: skip
        self.ego.indicators = Lamp.INDICATOR_LEFT
        # a gap that is open leaves a second to the neighbour, before and behind
        room = (self.ego.size[0] + self._neighbour.actor.size[0]) / 2 + 0.5 * self.params.ego_speed_mps

        def through() -> bool:
            """Past the begin of the taper, or the ego stands."""
            within = begin + 0.25 * _MERGE_M < self._front_m() < _TAPER_AT_M
            self._near = self._near or (within and abs(self._ahead_m()) < room)
            return self._front_m() > _TAPER_AT_M + 15.0 or self.ego.speed_mps < 0.2

        yield lambda: through() or "contact" in self.phases
        self.ego.indicators = Lamp.NONE

    def _staying(self) -> Iterator[Condition]:
        yield lambda: self._first_m - self._front_m() <= 4.0 * self.ego.speed_mps
        self.mark("onset")
        self.cause("lane_ends", "the ego's lane ends at road works", self._first.id)
        self.cause("taper_overlooked", "the ego does not change lanes", self.ego.id)
        self._near = True
        yield lambda: self.ego.speed_mps < 0.2 or "contact" in self.phases or self._front_m() > self._first_m + 25.0

    def occurred(self) -> bool:
        """No gap was left to the merging ego, or the taper lay ahead of an ego that stayed, or something was hit."""
        return "onset" in self.phases and (self._near or "contact" in self.phases)
