"""People cross the aisle from behind racks, close before the robot.

They come out of a cross aisle at walking speed (1.25 m/s is the 15th percentile of younger adults, 1.3 m/s the mean;
groups 0.12-0.18 m/s slower). They are synchronised on arrival: the first is at the edge of the robot's way when its
front is `gap_m` from that person's path, if nobody reacts. How bad it became is told by the least distance, the
protective separation (ISO/TS 15066) and the post-encroachment time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi
from typing import ClassVar

from ...sim.control.navigate import NavigateConfig
from ...sim.episode.distributions import Choice, Normal, Uniform, parameter
from ...sim.episode.mobile import MobileScenario
from ...sim.episode.scenario import Condition, register
from ...sim.physics.mobile_base import BaseSpec
from ...sim.world.actor import Actor
from ...sim.world.path import Path
from ...sim.world.person_actor import PersonActor
from ...sim.world.stages.warehouse import warehouse_hall
from ...sim.world.world import World

_CROSSING_X, _AISLE_M = 1.4, 3.0
_APPROACH_S, _RUN_IN_M = 4.0, 0.6
_HALF_M, _BODY_M = 0.31, 0.15
"""Half the robot's way, and half a person along its way."""
_FROM_M, _BEHIND_M = 2.9, 1.3


@dataclass(frozen=True)
class CrossingPeopleParams:
    """What is drawn for each episode."""

    people: int = parameter(Choice((1, 2, 3)), doc="how many cross, in single file; the third comes the other way")
    walk_mps: float = parameter(Normal(0.9, 1.8, 1.3, 0.2), bounds=(0.5, 2.5), unit="m/s", doc="walking speed")
    gap_m: float = parameter(
        Uniform(0.25, 1.0), bounds=(0.0, 6.0), unit="m",
        doc="from the robot's front to the first person's path when that person gets in its way",
    )  # fmt: skip
    speed_mps: float = parameter(Uniform(1.1, 1.7), bounds=(0.3, 2.0), unit="m/s", doc="speed of the robot")
    side: str = parameter(Choice(("right", "left")), doc="where the first comes from")


@register("robotics/crossing_people")
class CrossingPeople(MobileScenario):
    """Somebody steps out from behind a rack."""

    title: ClassVar[str] = "People cross the aisle from behind racks"
    source: ClassVar[str] = "walking speeds of Knoblauch et al.; ISO/TS 15066 separation; ISO 3691-4 side clearance"
    tags: ClassVar[tuple[str, ...]] = ("M05", "family/mobile_robot", "family/crossing_person", "level/scenario")
    duration_s: ClassVar[float] = 14.0
    Params: ClassVar[type] = CrossingPeopleParams
    params: CrossingPeopleParams

    @property
    def hazard(self) -> Actor:
        """The first to cross."""
        return self._crossing[0]

    def build(self) -> World:
        """The aisle with its cross aisle, the people behind the racks, and the robot."""
        p = self.params
        gap = (_CROSSING_X - 1.3, _CROSSING_X + 1.3)
        world = World(warehouse_hall(rng=self.streams.rng("stage"), aisle_m=_AISLE_M, gaps=(gap,)))
        start = _CROSSING_X - 0.6 - _APPROACH_S * p.speed_mps
        path = Path.from_segments([(8.0 - start, 0.0)], start=(start, 0.0))
        self.add_ego(world, spec=BaseSpec(), path=path, config=NavigateConfig(speed_mps=p.speed_mps))
        rng = self.streams.rng("people")
        self._sign = -1.0 if p.side == "right" else 1.0
        self._crossing: list[PersonActor] = []
        for k in range(int(p.people)):
            sign = -self._sign if k == 2 else self._sign
            x = _CROSSING_X + (0.0 if k == 0 else float(rng.uniform(0.08, 0.18)) if k == 1 else 1.1)
            away = _FROM_M + (_BEHIND_M if k == 1 else 0.0)
            person = self.add_person(
                world, f"person_{k + 1}", xy=(x, sign * away), yaw=-sign * pi / 2, speed_mps=p.walk_mps,
                stature_m=float(rng.normal(1.72, 0.08)), mass_kg=float(rng.uniform(55.0, 90.0)),
                accel_distance_m=_RUN_IN_M,
            )  # fmt: skip
            self._crossing.append(person)
        self.add_life(world, aisle_m=_AISLE_M)
        return world

    def walk_s(self) -> float:
        """From the first person's start to the edge of the robot's way."""
        way = _FROM_M - _HALF_M - _BODY_M
        return 2 * _RUN_IN_M / self.params.walk_mps + (way - _RUN_IN_M) / self.params.walk_mps

    def arrival_s(self) -> float:
        """Until the robot's front is `gap_m` from the first person's path, at its present speed."""
        front = float(self.ego.position_w[0]) + self.ego.size[0] / 2
        return (_CROSSING_X - _BODY_M - self.params.gap_m - front) / max(self.ego.speed_mps, 0.1)

    def script(self) -> Iterator[Condition]:
        """They walk out, cross, and stop beyond; the robot has passed or waited, or touched somebody."""
        yield lambda: self.arrival_s() <= self.walk_s()
        self.mark("onset")
        for person in self._crossing:
            person.walker.start()
        self.cause("hidden_by_rack", "people come out of a cross aisle from behind the racks", self.hazard.id)
        yield lambda: self._across() < _HALF_M + _BODY_M or "contact" in self.phases
        if "contact" not in self.phases:
            self.cause("steps_into_the_way", "a person walks into the way close before the robot", self.hazard.id)
        yield lambda: self._across() < -(_HALF_M + _BODY_M) or "contact" in self.phases
        left = self.world.time_s
        yield lambda: "contact" in self.phases or self._front_m() > _CROSSING_X - _BODY_M or self._all_through()
        if "contact" in self.phases:
            return
        if self._front_m() > _CROSSING_X - _BODY_M:
            self.emit("post_encroachment", self.ego.id, self.hazard.id, self.world.time_s - left)
        yield lambda: self._all_through() or "contact" in self.phases
        if "contact" in self.phases:
            return
        self.mark("escape")
        for person in self._crossing:
            person.walker.stop(1.5)

    def _front_m(self) -> float:
        return float(self.ego.position_w[0]) + self.ego.size[0] / 2

    def _across(self) -> float:
        """How far the first person still is from the middle of the robot's way; negative beyond it."""
        return self._sign * float(self.hazard.position_w[1])

    def _all_through(self) -> bool:
        return all(p.walker.travelled_m > _FROM_M + 1.6 for p in self._crossing)

    def occurred(self) -> bool:
        """Whether somebody was in the way or nearer than the side clearance while the robot drove."""
        return "contact" in self.phases or self.outcome() == "near_miss"
