"""An oncoming vehicle drifts over the centre line (Euro NCAP CCFhos; NHTSA type 21).

Two per cent of US crashes and among the deadliest. The other driver falls asleep: the vehicle leaves its lane by half a
cosine, `drift_m` to its left, and stays there. Protocol speeds 50 and 70 km/h for both; here up to country road speed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving.head_on import HeadOn
from ...sim.episode.scenario import Condition, register
from ...sim.world.world import World


@dataclass(frozen=True)
class OncomingDriftParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(13.0, 24.0), bounds=(8.0, 28.0), unit="m/s", doc="speed of the ego before it reacts; NCAP 50-70 km/h"
    )
    oncoming_speed_mps: float = parameter(
        Uniform(13.0, 24.0), bounds=(8.0, 28.0), unit="m/s", doc="speed of the other; NCAP 50-70 km/h"
    )
    drift_m: float = parameter(
        Uniform(1.6, 3.6), bounds=(0.3, 4.5), unit="m", doc="how far it leaves the middle of its lane"
    )
    lateral_speed_mps: float = parameter(
        Uniform(0.6, 1.6), bounds=(0.3, 3.0), unit="m/s", doc="peak lateral speed of the drift"
    )
    warning_s: float = parameter(
        Uniform(1.6, 3.6), bounds=(0.8, 5.0), unit="s", doc="time before the meeting at which it begins to drift"
    )
    oncoming_kind: str = parameter(Choice(("sedan", "suv", "van", "box_truck", "hatchback")), doc="class of the other")
    curvature_1pkm: float = parameter(
        Uniform(-1.2, 1.2), bounds=(-3.0, 3.0), unit="1/km", doc="curvature of the road, positive to the left"
    )


@register("driving/oncoming_drift")
class OncomingDrift(HeadOn):
    """Head on, by inattention."""

    title: ClassVar[str] = "An oncoming vehicle drifts over the centre line"
    source: ClassVar[str] = "Euro NCAP frontal collisions v1.1, CCFhos; NHTSA pre-crash type 21"
    tags: ClassVar[tuple[str, ...]] = ("D07", "family/head_on", "ncap/CCFhos", "nhtsa/21", "level/scenario")
    duration_s: ClassVar[float] = 9.5
    Params: ClassVar[type] = OncomingDriftParams
    params: OncomingDriftParams

    def build(self) -> World:
        """Both, and some company."""
        world = self.new_world()
        self.cast_both(world)
        self.add_company(world)
        return world

    def script(self) -> Iterator[Condition]:
        """It drifts, and they meet or pass."""
        p, other = self.params, self._oncoming
        yield lambda: self.until_meeting_s() <= p.warning_s
        self.mark("onset")
        self.cause("driver_asleep", "the oncoming driver no longer steers", other.actor.id)
        self.cause("over_the_centre_line", f"the oncoming vehicle drifts {p.drift_m:.1f} m", other.actor.id)
        other.change_lane(self.lane_m + p.drift_m, p.lateral_speed_mps)
        yield lambda: self.until_meeting_s() < -0.3 or "contact" in self.phases
        if "contact" not in self.phases:
            self.mark("escape")
            other.change_lane(self.lane_m, 1.0)
            self.end()

    def occurred(self) -> bool:
        """It has left its lane far enough for its flank to be over the centre line, or hit the ego."""
        _, d = self.road.centre.project(self._oncoming.actor.position_w[:2])
        return "onset" in self.phases and (
            "contact" in self.phases or "escape" in self.phases or d < self._oncoming.actor.size[1] / 2
        )
