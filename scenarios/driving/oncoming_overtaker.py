"""An oncoming vehicle overtakes and comes in the ego's lane (Euro NCAP CCFhol; NHTSA type 20).

A slow vehicle comes the other way, a fast one behind it pulls out although the ego is near, and needs the ego's lane
until it has passed. In the encoding the lane change (3.5 m) ends 1.5 s before the meeting; here it pulls out earlier or
later, and may or may not make it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...renderers.scene import Lamp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import LaneKeeper
from ...sim.episode.driving.head_on import MEET_S, HeadOn
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.world import World

_GAP_M = 7.0


@dataclass(frozen=True)
class OncomingOvertakerParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(13.0, 24.0), bounds=(8.0, 28.0), unit="m/s", doc="speed of the ego before it reacts; NCAP 50-70 km/h"
    )
    oncoming_speed_mps: float = parameter(
        Uniform(16.0, 25.0), bounds=(10.0, 30.0), unit="m/s", doc="speed of the vehicle that overtakes"
    )
    slower_by_mps: float = parameter(
        Uniform(4.0, 8.0), bounds=(2.0, 9.0), unit="m/s", doc="how much slower the overtaken one is"
    )
    warning_s: float = parameter(
        Uniform(2.2, 4.5), bounds=(1.2, 6.0), unit="s", doc="time before the meeting at which it pulls out"
    )
    lateral_speed_mps: float = parameter(
        Uniform(1.5, 2.6), bounds=(0.8, 3.5), unit="m/s", doc="peak lateral speed of pulling out"
    )
    oncoming_kind: str = parameter(Choice(("sedan", "suv", "hatchback", "motorcycle")), doc="what overtakes")
    slow_kind: str = parameter(Choice(("box_truck", "bus", "van", "suv")), doc="what is overtaken")


@register("driving/oncoming_overtaker")
class OncomingOvertaker(HeadOn):
    """Head on, by a rash overtaking."""

    title: ClassVar[str] = "An oncoming vehicle overtakes in the ego's lane"
    source: ClassVar[str] = "Euro NCAP frontal collisions v1.1, CCFhol; NHTSA pre-crash type 20"
    tags: ClassVar[tuple[str, ...]] = ("D08", "family/head_on", "ncap/CCFhol", "nhtsa/20", "level/scenario")
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = OncomingOvertakerParams
    params: OncomingOvertakerParams
    _slow: LaneKeeper

    def build(self) -> World:
        """Both, the slow vehicle right before the one that overtakes, and a car behind the ego."""
        p, world = self.params, self.new_world()
        self.cast_both(world)
        slow_mps = p.oncoming_speed_mps - p.slower_by_mps
        closing_s = max(MEET_S - p.warning_s, 0.0) + 0.25
        length = (VEHICLES[p.slow_kind].size[0] + VEHICLES[p.oncoming_kind].size[0]) / 2
        ahead = self._oncoming.s_m + length + _GAP_M + p.slower_by_mps * closing_s
        self._slow = self.add_traffic(
            world, "slow", p.slow_kind, self.back, s_m=ahead, d_m=self.lane_m, speed_mps=slow_mps
        )
        self.add_company(world)
        return world

    def script(self) -> Iterator[Condition]:
        """It pulls out, passes, and goes back if there is time."""
        p, other, slow = self.params, self._oncoming, self._slow
        yield lambda: self.until_meeting_s() <= p.warning_s
        self.mark("onset")
        what = p.slow_kind.replace("_", " ")
        self.cause("slow_vehicle", f"a {what} at {slow.actor.speed_mps:.0f} m/s holds up the one behind", slow.actor.id)
        self.cause("rash_overtaking", f"it pulls out {p.warning_s:.1f} s before it meets the ego", other.actor.id)
        other.actor.indicators = Lamp.INDICATOR_LEFT
        other.change_lane(-self.lane_m, p.lateral_speed_mps)
        yield lambda: other.s_m > slow.s_m + 6.0 or self.until_meeting_s() < -0.2 or "contact" in self.phases
        other.actor.indicators = Lamp.INDICATOR_RIGHT
        other.change_lane(self.lane_m, p.lateral_speed_mps)
        yield lambda: self.until_meeting_s() < -0.3 or "contact" in self.phases
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()
