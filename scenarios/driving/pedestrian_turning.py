"""The ego turns into a road that somebody crosses on foot (Euro NCAP CPTA).

Protocol values: ego 10, 15 or 20 km/h in a left (far side) or right (near side, 10 km/h) turn, an adult at 5 km/h who
accelerates over 2 m and crosses the road the ego turns into, from the side the ego comes from or against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, sin
from typing import ClassVar

import numpy as np

from ...renderers.scene import Lamp
from ...sim.episode.distributions import Choice, Normal, Uniform, parameter
from ...sim.episode.driving.junction import EGO_SIZE_M, AtJunction
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.path import Path
from ...sim.world.person_actor import PersonActor
from ...sim.world.stages.intersection import turn_path
from ...sim.world.world import World
from .pedestrian_nearside import ADULT_OFFSET_M, ADULT_WIDTH_M

ACCELERATION_M = 2.0
_TURNS_INTO = {"left": "west", "right": "east"}


@dataclass(frozen=True)
class PedestrianTurningParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(2.8, 5.0), bounds=(2.5, 5.6), unit="m/s", doc="speed of the ego in the turn; NCAP 10-20 km/h"
    )
    pedestrian_speed_mps: float = parameter(
        Normal(1.0, 2.2, 1.389, 0.25), bounds=(0.8, 3.0), unit="m/s", doc="steady speed of the adult; NCAP 5 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.25, 0.75), bounds=(0.1, 0.9), doc="where the adult meets the ego's front, from the adult's side"
    )
    turn: str = parameter(Choice(("left", "right")), doc="where the ego turns")
    comes_from: str = parameter(
        Choice(("near", "far")), doc="kerb of the crossed road the adult starts from, seen by the ego"
    )


@register("driving/pedestrian_turning")
class PedestrianTurning(AtJunction):
    """Somebody on the crossing behind the turn."""

    title: ClassVar[str] = "The ego turns into a road that a pedestrian crosses"
    source: ClassVar[str] = "Euro NCAP AEB/LSS VRU v4.5.1, CPTA; NHTSA pre-crash type 11"
    tags: ClassVar[tuple[str, ...]] = ("D15", "family/pedestrian", "ncap/CPTA", "nhtsa/11", "level/scenario")
    control = "signals"
    duration_s: ClassVar[float] = 14.0
    approach_s = 9.0
    Params: ClassVar[type] = PedestrianTurningParams
    params: PedestrianTurningParams
    _person_actor: PersonActor

    @property
    def hazard(self) -> Actor:
        """Who crosses."""
        return self._person_actor

    def ego_route(self) -> Path:
        """The turn."""
        p = self.params
        if p.turn == "left":
            return turn_path(max(10.0, 3.6 * p.ego_speed_mps), arm_m=self.arm_m)
        return self.route("south/right")

    def build(self) -> World:
        """The ego on green, the adult at the kerb of the crossing that it turns over, others on red."""
        p, world = self.params, self.new_world()
        junction = world.stage.junction
        assert junction is not None
        crossing = junction.crossings[_TURNS_INTO[p.turn]]
        first, last = (np.array(w) for w in crossing.waiting)
        route = self.ego_route()
        at = self._where(route, first, last)
        _, yaw, _ = route.at(at)
        right_of_ego = np.array([sin(float(yaw)), -cos(float(yaw))])
        near_first = float((first - last) @ right_of_ego) > 0
        from_first = near_first == (p.comes_from == "near")
        start, end = (first, last) if from_first else (last, first)
        along = (end - start) / np.linalg.norm(end - start)
        self.cast_ego(world, at - ADULT_WIDTH_M / 2)
        xy, _, _ = route.at(at)
        self._way_m = float((xy - start) @ along) + self.hit_m() - ADULT_OFFSET_M
        self._person_actor = self.add_pedestrian(
            world, "pedestrian", xy=(float(start[0]), float(start[1])), yaw=float(np.arctan2(along[1], along[0])),
            speed_mps=p.pedestrian_speed_mps, stature_m=1.8, mass_kg=78.0, accel_distance_m=ACCELERATION_M,
        )  # fmt: skip
        self.hang_signals(world)
        self.add_waiting(world, ("east/straight", "west/straight"))
        self.park_cars(world)
        self.add_people(world, stroll=3)
        return world

    @staticmethod
    def _where(route: Path, first: np.ndarray, last: np.ndarray) -> float:
        """Distance along the route at which it crosses the line from one kerb to the other."""
        middle, across = (first + last) / 2, (last - first) / np.linalg.norm(last - first)
        normal = np.array([-across[1], across[0]])
        off = (route.xy - middle) @ normal
        beside = np.abs((route.xy - middle) @ across) < np.linalg.norm(last - first) / 2
        for i in range(len(off) - 1):
            if off[i] * off[i + 1] <= 0.0 and beside[i]:
                share = off[i] / (off[i] - off[i + 1]) if off[i] != off[i + 1] else 0.0
                return float(route.s[i] + share * (route.s[i + 1] - route.s[i]))
        raise ValueError("the ego's route does not cross the zebra crossing")

    def run_time_s(self) -> float:
        """Time from the adult's start to the encoded point."""
        pace = self.params.pedestrian_speed_mps
        return 2 * ACCELERATION_M / pace + (self._way_m - ACCELERATION_M) / pace

    def script(self) -> Iterator[Condition]:
        """The adult goes so that both arrive together."""
        lamp = Lamp.INDICATOR_LEFT if self.params.turn == "left" else Lamp.INDICATOR_RIGHT
        self.ego.indicators = lamp
        yield lambda: self.world.time_s > 0.1 and self.arrival_s() <= self.run_time_s()
        self.mark("onset")
        self.cause("crosses_the_side_road", "a pedestrian walks over the crossing behind the turn", self.hazard.id)
        self.cause("turns_without_right_of_way", "the ego turns into that road", self.ego.id)
        self._person_actor.walker.start()
        yield lambda: self.arrival_s() < -(EGO_SIZE_M[0] + 1.0) / self.params.ego_speed_mps or self._through()
        self.ego.indicators = Lamp.NONE
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def _through(self) -> bool:
        return "contact" in self.phases or self._person_actor.walker.travelled_m > self._way_m + 3.0

    def occurred(self) -> bool:
        """The adult has walked into the ego's way."""
        return "onset" in self.phases and self._person_actor.walker.travelled_m > self._way_m - 2.0

    def impact_error_m(self) -> float:
        """How far the adult is beyond the encoded point, along the crossing."""
        return self._person_actor.walker.travelled_m - self._way_m
