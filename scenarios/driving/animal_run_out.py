"""A wild animal runs onto a country road right before the ego; in town it is a dog (NHTSA types 9 and 10).

5.5 % of US crashes. It stands `start_m` beside the ego's lane and runs at an angle so that, without intervention, its
middle is over the middle of the lane `late_s` after the ego's front has come there. It runs through, freezes on the
lane and stares at the ego, or turns back; a second one may follow, when drivers think that it is over. Speeds of
flight are those of the kinds (`quadruped`); the other ranges are design values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, radians, sin, sqrt
from typing import ClassVar

import numpy as np

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import DrivingScenario
from ...sim.episode.driving.cast import CARS
from ...sim.episode.driving.street_life import add_oncoming, add_passers_by, park_cars
from ...sim.episode.scenario import Condition, register
from ...sim.physics.quadruped import SPECIES
from ...sim.world.actor import Actor
from ...sim.world.animal_actor import AnimalActor, add_animal
from ...sim.world.path import Path
from ...sim.world.stages.country import country_road
from ...sim.world.stages.stage import Stage
from ...sim.world.stages.urban import urban_street
from ...sim.world.world import World

_RUN_IN_M, _APPROACH_S, _TOWN_MPS = 44.0, 5.5, 13.9
_ACCEL_MPS2, _BRAKE_MPS2 = 5.0, 6.0
"""Of the animal: what `add_animal` and `Animal.freeze` use."""
_TOWN_START_M = {"right": 6.6, "left": 9.8}
"""From the middle of the lane to the pavement by the houses."""


@dataclass(frozen=True)
class AnimalRunOutParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(14.0, 26.0), bounds=(5.0, 30.0), unit="m/s", doc="speed of the ego; in town not above 13.9"
    )
    kind: str = parameter(
        Choice(("roe_deer", "wild_boar", "red_deer", "moose", "dog"), (0.35, 0.25, 0.15, 0.1, 0.15)),
        doc="what runs; a dog does so in town",
    )
    side: str = parameter(Choice(("right", "left")), doc="the side it comes from")
    pace: float = parameter(Uniform(0.6, 1.0), bounds=(0.3, 1.2), unit="1", doc="its speed over the kind's in flight")
    angle_deg: float = parameter(
        Uniform(-35.0, 35.0), bounds=(-50.0, 50.0), unit="deg",
        doc="of its way against straight across, positive with the ego",
    )  # fmt: skip
    start_m: float = parameter(
        Uniform(9.0, 16.0), bounds=(8.0, 25.0), unit="m", doc="its start beside the ego's lane; on the pavement in town"
    )
    act: str = parameter(
        Choice(("runs_through", "freezes", "turns_back"), (0.45, 0.4, 0.15)), doc="what it does on the lane"
    )
    late_s: float = parameter(
        Uniform(-1.5, 0.3), bounds=(-3.0, 1.0), unit="s",
        doc="from the arrival of an ego that does not brake to its own, in the middle of the lane",
    )  # fmt: skip
    follower: str = parameter(Choice(("none", "one"), (0.65, 0.35)), doc="whether a second one follows")
    follows_s: float = parameter(Uniform(0.7, 2.0), bounds=(0.3, 4.0), unit="s", doc="how long after the first")


@register("driving/animal_run_out")
class AnimalRunOut(DrivingScenario):
    """Out of the wood."""

    title: ClassVar[str] = "An animal runs onto the road right before the ego"
    source: ClassVar[str] = "NHTSA pre-crash types 9 and 10; catalogue of rare events, D19; design values"
    tags: ClassVar[tuple[str, ...]] = ("D19", "family/animal", "nhtsa/9", "nhtsa/10", "level/object")
    duration_s: ClassVar[float] = 11.0
    Params: ClassVar[type] = AnimalRunOutParams
    params: AnimalRunOutParams
    _animal: AnimalActor
    _second: AnimalActor | None

    @property
    def hazard(self) -> Actor:
        """The animal."""
        return self._animal

    @property
    def _town(self) -> bool:
        return self.params.kind == "dog"

    @property
    def _speed_mps(self) -> float:
        return min(self.params.ego_speed_mps, _TOWN_MPS) if self._town else self.params.ego_speed_mps

    @property
    def _meeting_m(self) -> float:
        """Where its way crosses the ego's, along the road."""
        return _RUN_IN_M + _APPROACH_S * self._speed_mps

    def stage(self) -> Stage:
        """A country road with signs that warn of deer, or a street with a gap between the parked cars."""
        rng, at = self.streams.rng("stage"), self._meeting_m
        if self._town:
            return urban_street(rng=rng, length_m=at + 70.0, reserved_gaps=((at - 9.0, at + 9.0, 0),))
        bend = float(self.streams.rng("bend").uniform(-1.0, 1.0)) / 1000.0
        path = Path.from_segments([(at + 220.0, bend)])
        return country_road(rng=rng, path=path, crossfall=0.03, animals=True)

    def build(self) -> World:
        """The ego, one or two animals beside the road, and others who keep out of it."""
        p, world, speed = self.params, self.new_world(), self._speed_mps
        road = world.stage.road
        assert road is not None
        self._lane = next(lane for lane in road.lanes if lane.direction > 0)
        lane_m = self._lane.offset_m
        self.add_ego(world, road.centre, s_m=_RUN_IN_M - 0.25 * speed, d_m=lane_m, speed_mps=speed)
        self._side = 1.0 if p.side == "right" else -1.0  # of the way across: +1 is to the left
        self._animal = self._add(world, p.kind, 0.0, 0.0)
        self._second = None
        if p.follower == "one":
            rng = self.streams.rng("follower")
            self._second = self._add(world, f"{p.kind}_2", float(rng.uniform(3.0, 6.0)), float(rng.uniform(1.0, 3.0)))
        self._start_s = 0.0
        self._on_lane = False
        rng = self.streams.rng("traffic")
        if self._town:
            park_cars(self, world, near_m=self._meeting_m, rng=rng)
            add_passers_by(self, world, int(rng.integers(2, 5)), near_m=self._meeting_m, rng=rng)
            add_oncoming(self, world, passes_m=self._meeting_m, after_s=2.2, speed_mps=speed, rng=rng)
            return world
        kind = CARS[int(rng.integers(len(CARS)))]
        self.add_traffic(world, "behind", kind, road.centre, s_m=float(rng.uniform(4.0, 12.0)), d_m=lane_m,
                         speed_mps=0.93 * speed, follows=True)  # fmt: skip
        kind, back = CARS[int(rng.integers(len(CARS)))], road.centre.reversed()
        early = back.length_m - self._meeting_m - float(rng.uniform(1.0, 2.5)) * 20.0
        self.add_traffic(world, "oncoming", kind, back, s_m=early, d_m=lane_m, speed_mps=20.0)
        return world

    def _add(self, world: World, name: str, ahead_m: float, beyond_m: float) -> AnimalActor:
        """An animal on its way to the lane, `ahead_m` further along the road and `beyond_m` further off."""
        p, road = self.params, world.stage.road
        assert road is not None
        meeting, along, _ = road.centre.at(self._meeting_m + ahead_m, self._lane.offset_m)
        heading = float(along) + self._side * (pi / 2 - radians(p.angle_deg))
        start = _TOWN_START_M[p.side] if self._town else p.start_m
        self._way_m = (start + beyond_m) / cos(radians(p.angle_deg))
        # whoever stops on the lane must have room to speed up and to brake before
        most = 0.98 * sqrt(2.0 * self._way_m / (1.0 / _ACCEL_MPS2 + 1.0 / _BRAKE_MPS2))
        speed = min(p.pace * SPECIES[p.kind].run_mps, most)
        xy = (float(meeting[0]) - self._way_m * cos(heading), float(meeting[1]) - self._way_m * sin(heading))
        if name == p.kind:
            self._run_m, self._run_mps = self._way_m, speed
        return add_animal(
            world, name, p.kind, xy=xy, yaw=heading, rng=self.streams.rng(f"assets/{name}"), speed_mps=speed,
            accel_mps2=_ACCEL_MPS2,
        )  # fmt: skip

    def run_time_s(self) -> float:
        """Time from its start until its middle is over the middle of the lane, by the law of its motion."""
        v, way = self._run_mps, self._run_m
        gained = v * v / (2.0 * _ACCEL_MPS2)
        if self.params.act == "runs_through":
            return v / _ACCEL_MPS2 + (way - gained) / v
        braking = v * v / (2.0 * _BRAKE_MPS2)
        return v / _ACCEL_MPS2 + (way - gained - braking) / v + v / _BRAKE_MPS2

    def arrival_s(self) -> float:
        """Time until the ego's front is where the ways cross, at its present speed."""
        return (self._meeting_m - self._front_m()) / max(self.ego.speed_mps, 0.1)

    def _front_m(self) -> float:
        s, _ = self.road.centre.project(self.ego.position_w[:2])
        return s + self.ego.size[0] / 2

    def _aside_m(self, animal: AnimalActor) -> float:
        """Distance of its middle beyond that of the lane, in the direction of its way."""
        _, d = self.road.centre.project(animal.position_w[:2])
        return self._side * (d - self._lane.offset_m)

    def after_tick(self) -> None:
        """Send the second one off, and see whether an animal has come onto the lane ahead of the ego."""
        super().after_tick()
        if "onset" not in self.phases:
            return
        second = self._second
        if second is not None and "second_animal" not in self._causes:
            if self.world.time_s >= self._start_s + self.params.follows_s:
                self.cause("second_animal", "another one follows the first", second.id)
                second.animal.start()
        for animal in (self._animal, second):
            if animal is not None and not self._on_lane and abs(self._aside_m(animal)) < self._reach_m(animal):
                s, _ = self.road.centre.project(animal.position_w[:2])
                self._on_lane = s > self._front_m()

    def _reach_m(self, animal: AnimalActor) -> float:
        """From the middle of the lane to where an animal first sets foot on it."""
        return self._lane.width_m / 2 + animal.size[0] / 2

    def script(self) -> Iterator[Condition]:
        """It runs so that both arrive together, and does on the lane what it does."""
        p, animal = self.params, self._animal.animal
        yield lambda: self.arrival_s() <= self.run_time_s() - p.late_s
        self.mark("onset")
        self._start_s = self.world.time_s
        name = p.kind.replace("_", " ")
        self.cause(
            "runs_out", f"the {name} runs for the road {self.arrival_s():.1f} s ahead of the ego", self.hazard.id
        )
        animal.start()
        if p.act != "runs_through":
            yield (
                lambda: (
                    (
                        self._run_m - animal.travelled_m <= animal.speed_mps**2 / (2.0 * _BRAKE_MPS2)
                        and animal.travelled_m > 0.5
                    )
                    or animal.released
                )
            )
            x, y, _ = self.ego.position_w.tolist()
            if p.act == "freezes":
                self.cause("freezes", f"the {name} stops on the lane and stares at the ego", self.hazard.id)
                animal.freeze((x, y))
            else:
                self.cause("turns_back", f"the {name} stops on the lane and turns back", self.hazard.id)
                animal.turn_back()
        yield lambda: self._over() or "contact" in self.phases
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def _over(self) -> bool:
        """Whether the ego has passed, or stands, or all have left the lane."""
        ego = self.ego
        if self._front_m() - ego.size[0] > self._meeting_m + 8.0 or (ego.speed_mps < 0.1 and self._on_lane):
            return True
        left = 0.5 + self._reach_m(self._animal)
        aside = np.array([self._aside_m(a) for a in (self._animal, self._second) if a is not None])
        moved = self._animal.animal.travelled_m > 0.6 * self._run_m and self._on_lane
        back = self.params.act == "turns_back" and self._animal.animal.travelled_m < self._run_m - left
        gone = (aside > left) | (back & (aside < -left))
        return moved and bool(np.all(gone))

    def occurred(self) -> bool:
        """An animal has come onto the ego's lane ahead of the ego."""
        return self._on_lane
