"""A cyclist rides across the ego's way at a junction (Euro NCAP CBNA and CBFA).

Protocol values: from the near side at 15 km/h over a steady last 17 m, from the far side at 20 km/h over 22 m, met at
50 % of the ego's width; the reference point of the cyclist lies 0.62 m ahead of the middle of its box. In full view.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Normal, Uniform, parameter
from ...sim.episode.driving import LaneKeeper
from ...sim.episode.driving.junction import AtJunction
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.world import World

REFERENCE_M = 0.62
STEADY_M = {"near": 17.0, "far": 22.0}
_ONSET_S = 3.0
_TOUCH_M = 0.07
"""From the middle of a bicycle to where the ego's front first touches frame or rider."""


@dataclass(frozen=True)
class CyclistCrossingParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(6.0, 14.5), bounds=(2.7, 16.7), unit="m/s", doc="speed of the ego before it reacts; NCAP 10-60 km/h"
    )
    cyclist_speed_mps: float = parameter(
        Normal(3.2, 6.2, 4.6, 0.7), bounds=(2.5, 7.0), unit="m/s", doc="speed of the cyclist; NCAP 15 and 20 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.2, 0.8), bounds=(0.1, 0.9), doc="where the cyclist meets the ego's front, from the cyclist's side"
    )
    side: str = parameter(Choice(("near", "far")), doc="side the cyclist comes from")


@register("driving/cyclist_crossing")
class CyclistCrossing(AtJunction):
    """A cyclist from the side."""

    title: ClassVar[str] = "A cyclist rides across the ego's way at a junction"
    source: ClassVar[str] = "Euro NCAP AEB/LSS VRU v4.5.1, CBNA-50, CBFA-50; NHTSA pre-crash type 14"
    tags: ClassVar[tuple[str, ...]] = (
        "D17", "family/cyclist", "ncap/CBNA", "ncap/CBFA", "nhtsa/14", "level/scenario"
    )  # fmt: skip
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = CyclistCrossingParams
    params: CyclistCrossingParams
    steady_m: ClassVar[float] = 0.0
    _cyclist: LaneKeeper

    @property
    def hazard(self) -> Actor:
        """The cyclist."""
        return self._cyclist.actor

    def build(self) -> World:
        """The ego, the cyclist, and a lively crossing."""
        p, world = self.params, self.new_world()
        route = "east/straight" if p.side == "near" else "west/straight"
        self.cast_ego(world, self.crossing(route).s_a_m - _TOUCH_M)
        self._cyclist, self.meeting = self.add_meeting(
            world, "cyclist", "bicycle", route, speed_mps=p.cyclist_speed_mps, reference_offset_m=REFERENCE_M,
            steady_m=self.steady_m or STEADY_M[p.side],
        )  # fmt: skip
        self.furnish(world)
        return world

    def furnish(self, world: World) -> None:
        """Cars that wait on the other arms, parked cars, people."""
        self.add_waiting(world, ("west/left",) if self.params.side == "near" else ("east/left",))
        self.park_cars(world)
        self.add_people(world, stroll=4)

    def script(self) -> Iterator[Condition]:
        """It rides on, whoever comes."""
        yield lambda: self.arrival_s() <= _ONSET_S
        self.mark("onset")
        self.tell()
        yield lambda: self.meeting.left_m < -3.0 or "contact" in self.phases
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def tell(self) -> None:
        """Why it happens."""
        speed = self._cyclist.actor.speed_mps
        self.cause("does_not_give_way", f"the cyclist rides on at {speed:.1f} m/s", self._cyclist.actor.id)

    def impact_error_m(self) -> float:
        """How far the cyclist's reference point is beyond the encoded point on the ego's front, along its way."""
        return -self.meeting.left_m

    def occurred(self) -> bool:
        """The cyclist came into the ego's lane while the ego was near or had to wait."""
        return "contact" in self.phases or self.meeting.left_m < 2.0
