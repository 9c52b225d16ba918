"""Straight crossing paths: a vehicle from the side road does not give way (Euro NCAP CCCscp and CMCscp).

Protocol values: both at 20-60 km/h, from the near or the far side, the target steady over the last 3.5 s, a junction
of 23 m. Crossing at junctions without signals is 4.4 % of US crashes (typology 30), running a stop sign 0.8 % (5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import LaneKeeper
from ...sim.episode.driving.junction import AtJunction
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.world import World

_ONSET_S, _STEADY_S = 3.0, 3.5


@dataclass(frozen=True)
class CrossingPathsParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(7.0, 14.5), bounds=(5.5, 16.7), unit="m/s", doc="speed of the ego before it reacts; NCAP 20-60 km/h"
    )
    other_speed_mps: float = parameter(
        Uniform(6.0, 14.0), bounds=(5.5, 16.7), unit="m/s", doc="speed of the other; NCAP 20-60 km/h"
    )
    impact_share: float = parameter(
        Uniform(-0.3, 1.3), bounds=(-1.0, 2.0), doc="where the other's middle meets the ego's front, from its side"
    )
    side: str = parameter(Choice(("near", "far")), doc="side the other comes from; near is the right")
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van", "motorcycle")), doc="what comes")


@register("driving/crossing_paths")
class CrossingPaths(AtJunction):
    """Somebody does not give way."""

    title: ClassVar[str] = "A vehicle from the side road does not give way"
    source: ClassVar[str] = "Euro NCAP frontal collisions v1.1, CCCscp, CMCscp; NHTSA pre-crash types 5, 30"
    tags: ClassVar[tuple[str, ...]] = (
        "D10", "D18", "family/crossing", "ncap/CCCscp", "ncap/CMCscp", "nhtsa/30", "nhtsa/5", "level/scenario"
    )  # fmt: skip
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = CrossingPathsParams
    params: CrossingPathsParams
    _other: LaneKeeper

    @property
    def hazard(self) -> Actor:
        """Who does not give way."""
        return self._other.actor

    @property
    def other_route(self) -> str:
        """Way of the other."""
        return "east/straight" if self.params.side == "near" else "west/straight"

    def build(self) -> World:
        """The ego, the other, and a lively crossing."""
        p, world = self.params, self.new_world()
        self.cast_ego(world, self.crossing(self.other_route).s_a_m - VEHICLES[p.kind].size[1] / 2)
        self._other, self.meeting = self.add_meeting(
            world, "crossing", p.kind, self.other_route, speed_mps=p.other_speed_mps,
            steady_m=_STEADY_S * p.other_speed_mps,
        )  # fmt: skip
        self.regulate(world)
        self.park_cars(world)
        self.add_people(world, stroll=4)
        return world

    def regulate(self, world: World) -> None:
        """Who waits: one arm of the side road gives way as it should."""
        self.add_waiting(world, ("west/straight",) if self.params.side == "near" else ("east/straight",))

    def script(self) -> Iterator[Condition]:
        """It comes without slowing down."""
        yield lambda: self.arrival_s() <= _ONSET_S
        self.mark("onset")
        self.tell()
        yield lambda: self.meeting.left_m < -6.0 or "contact" in self.phases
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def tell(self) -> None:
        """Why it happens."""
        speed = self._other.actor.speed_mps
        self.cause(
            "does_not_give_way", f"the other drives on at {speed:.0f} m/s past the give-way line", self.hazard.id
        )

    def occurred(self) -> bool:
        """The other came into the junction."""
        return "contact" in self.phases or ("onset" in self.phases and self.meeting.left_m < 8.0)
