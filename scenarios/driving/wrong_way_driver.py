"""A wrong-way driver comes in the ego's lane of a motorway.

Rare, and nearly always head on at the sum of two motorway speeds: at 30 and 28 m/s a sight distance of 200 m lasts
3.4 s. The other driver may see the mistake and flash, and may or may not move over. Catalogue only: published crash
files are too small for a distribution, so the ranges are design values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import DrivingScenario, LaneKeeper
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.stages.motorway import motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World

_START_M, _MEET_S = 60.0, 6.0


@dataclass(frozen=True)
class WrongWayParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(22.0, 34.0), bounds=(10.0, 36.0), unit="m/s", doc="speed of the ego before it reacts"
    )
    wrong_way_speed_mps: float = parameter(
        Uniform(14.0, 28.0), bounds=(8.0, 36.0), unit="m/s", doc="speed of the wrong-way driver"
    )
    lateral_m: float = parameter(
        Uniform(-0.8, 0.8),
        bounds=(-3.0, 3.0),
        unit="m",
        doc="place of the wrong-way driver beside the middle of the lane",
    )
    moves_over_s: float = parameter(
        Uniform(0.0, 3.0), bounds=(0.0, 5.0), unit="s",
        doc="time before the meeting at which it moves over to its right; less than 0.5 is never",
    )  # fmt: skip
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van")), doc="class of the wrong-way driver")


@register("driving/wrong_way_driver")
class WrongWayDriver(DrivingScenario):
    """Head on at motorway speed."""

    title: ClassVar[str] = "A wrong-way driver comes in the ego's lane"
    source: ClassVar[str] = "Catalogue of rare events, D32; design values"
    tags: ClassVar[tuple[str, ...]] = ("D32", "family/head_on", "nhtsa/21", "level/scenario")
    duration_s: ClassVar[float] = 9.0
    Params: ClassVar[type] = WrongWayParams
    params: WrongWayParams
    _other: LaneKeeper

    @property
    def hazard(self) -> Actor:
        """The wrong-way driver."""
        return self._other.actor

    def stage(self) -> Stage:
        """Long enough for both."""
        p = self.params
        length = _START_M + _MEET_S * (p.ego_speed_mps + p.wrong_way_speed_mps) + 200.0
        return motorway(rng=self.streams.rng("stage"), length_m=length)

    def build(self) -> World:
        """The ego in the left lane, the other in the same one, right-way traffic in the lanes beside."""
        p, world = self.params, self.new_world()
        road = world.stage.road
        assert road is not None
        lanes = [lane.offset_m for lane in road.lanes if lane.direction > 0]
        speed = p.ego_speed_mps
        ego = self.add_ego(world, road.centre, s_m=_START_M - 0.25 * speed, d_m=lanes[2], speed_mps=speed)
        self._ego_half = ego.size[0] / 2
        self.back = road.centre.reversed()
        meeting = _START_M + _MEET_S * speed
        start = self.back.length_m - meeting - (_MEET_S + 0.25) * p.wrong_way_speed_mps
        self._lane_m = -lanes[2] + p.lateral_m
        self._other = self.add_traffic(
            world, "wrong_way", p.kind, self.back, s_m=start, d_m=self._lane_m, speed_mps=p.wrong_way_speed_mps
        )
        rng, kinds = self.streams.rng("traffic"), ("hatchback", "sedan", "suv", "van", "box_truck")
        slots = [(lanes[0], 20.0, 0.8), (lanes[0], 120.0, 0.78), (lanes[1], 75.0, 0.92), (lanes[1], 5.0, 0.9)]
        for k, (d, s, pace) in enumerate(slots):
            kind = kinds[int(rng.integers(5))] if d == lanes[0] else kinds[int(rng.integers(4))]
            s_m = s + float(rng.uniform(0.0, 12.0))
            self.add_traffic(world, f"traffic_{k}", kind, road.centre, s_m=s_m, d_m=d, speed_mps=pace * speed)
        for k, lane in enumerate(lane for lane in road.lanes if lane.direction < 0):
            s_m = start - 60.0 + 70.0 * k + float(rng.uniform(0.0, 25.0))
            kind = kinds[int(rng.integers(4))]
            self.add_traffic(
                world, f"oncoming_{k}", kind, self.back, s_m=max(s_m, 5.0), d_m=-lane.offset_m, speed_mps=30.0
            )
        return world

    def until_meeting_s(self) -> float:
        """Time until the fronts meet, at present speeds."""
        s_ego, _ = self.road.centre.project(self.ego.position_w[:2])
        gap = self.back.length_m - self._other.s_m - s_ego - self._ego_half - self._other.actor.size[0] / 2
        return gap / max(self.ego.speed_mps + self._other.actor.speed_mps, 0.1)

    def script(self) -> Iterator[Condition]:
        """It comes; it may move over to the hard shoulder of what it takes for its side."""
        p, other = self.params, self._other
        yield lambda: self.until_meeting_s() <= 5.0
        self.mark("onset")
        self.cause("wrong_carriageway", "a driver has entered the motorway in the wrong direction", other.actor.id)
        yield lambda: self.until_meeting_s() <= max(p.moves_over_s, 0.5) or "contact" in self.phases
        if p.moves_over_s >= 0.5 and "contact" not in self.phases:
            self.cause("sees_the_mistake", "the wrong-way driver brakes and keeps to the median", other.actor.id)
            other.warns = True
            other.change_lane(self._lane_m - 1.4, 1.6)
            other.acceleration_mps2 = -4.0
        yield lambda: self.until_meeting_s() < -0.3 or "contact" in self.phases
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()
