"""The ego turns left across the path of an oncoming vehicle (Euro NCAP CCFtap and CMFtap).

Protocol values: ego 10, 15 or 20 km/h on a clothoid of given radii, target 30, 45 or 60 km/h, a car or a motorcycle,
met centre to centre. Left turns across the path are 7 % of US crashes (typology 27 and 29).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...renderers.scene import Lamp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import LaneKeeper
from ...sim.episode.driving.junction import AtJunction
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.path import Path
from ...sim.world.stages.intersection import turn_path
from ...sim.world.world import World

_ONSET_S = 2.5


@dataclass(frozen=True)
class TurnAcrossPathParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(2.8, 5.6), bounds=(2.5, 6.9), unit="m/s", doc="speed of the ego in the turn; NCAP 10-20 km/h"
    )
    oncoming_speed_mps: float = parameter(
        Uniform(8.3, 16.7), bounds=(5.0, 17.0), unit="m/s", doc="speed of the other; NCAP 30-60 km/h"
    )
    late_s: float = parameter(
        Uniform(-0.5, 1.2), bounds=(-2.0, 3.0), unit="s", doc="how much later than the ego the other is there; NCAP 0"
    )
    kind: str = parameter(Choice(("sedan", "suv", "motorcycle", "van", "hatchback")), doc="what comes")


@register("driving/turn_across_path")
class TurnAcrossPath(AtJunction):
    """Left across oncoming traffic."""

    title: ClassVar[str] = "The ego turns left across an oncoming vehicle"
    source: ClassVar[str] = "Euro NCAP C2C v4.3.1 CCFtap, CMFtap; NHTSA pre-crash types 27, 29"
    tags: ClassVar[tuple[str, ...]] = (
        "D09", "D18", "family/turning", "ncap/CCFtap", "ncap/CMFtap", "nhtsa/27", "nhtsa/29", "level/scenario"
    )  # fmt: skip
    control = "signals"
    way = "left"
    duration_s: ClassVar[float] = 11.0
    Params: ClassVar[type] = TurnAcrossPathParams
    params: TurnAcrossPathParams
    _other: LaneKeeper

    @property
    def hazard(self) -> Actor:
        """The oncoming vehicle."""
        return self._other.actor

    def ego_route(self) -> Path:
        """The clothoid of the protocol for this speed."""
        return turn_path(max(10.0, 3.6 * self.params.ego_speed_mps), arm_m=self.arm_m)

    def build(self) -> World:
        """The ego on green, the other on green too, others on red."""
        p, world = self.params, self.new_world()
        self.cast_ego(world, self.crossing("north/straight").s_a_m)
        self._other, self.meeting = self.add_meeting(
            world, "oncoming", p.kind, "north/straight", speed_mps=p.oncoming_speed_mps, late_s=p.late_s
        )
        self.hang_signals(world)
        self.add_waiting(world, ("east/straight", "west/straight"))
        self.park_cars(world)
        self.add_people(world, stroll=4)
        return world

    def script(self) -> Iterator[Condition]:
        """The ego signals and turns as if the road were free."""
        self.ego.indicators = Lamp.INDICATOR_LEFT
        yield lambda: self.arrival_s() <= _ONSET_S
        self.mark("onset")
        self.cause("turns_without_right_of_way", "the ego turns left although somebody comes", self.ego.id)
        speed = self._other.actor.speed_mps
        self.cause("oncoming_traffic", f"the oncoming vehicle has green and {speed:.0f} m/s", self._other.actor.id)
        yield lambda: self.meeting.left_m < -6.0 or "contact" in self.phases
        self.ego.indicators = Lamp.NONE
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()
