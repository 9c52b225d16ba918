"""A vehicle stands in the ego's lane (Euro NCAP CCRs and CMRs).

The most frequent pre-crash situation of the US typology (16 % of all crashes). Protocol values: ego 10-80 km/h, the
standing car or motorcycle met at 0 to 100 % of the ego's width. The target is a real vehicle with its brakes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving.following import Following
from ...sim.episode.scenario import register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.world import World


@dataclass(frozen=True)
class LeadStoppedParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(6.0, 16.0), bounds=(2.7, 22.3), unit="m/s", doc="speed of the ego before it reacts; NCAP 10-80 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.25, 0.75), bounds=(0.0, 1.0), doc="where the target's middle meets the ego's front, from its right"
    )
    kind: str = parameter(
        Choice(("hatchback", "sedan", "suv", "van", "motorcycle", "box_truck")), doc="what stands there"
    )
    hazard_lights: str = parameter(Choice(("off", "on")), doc="whether the standing vehicle warns")


@register("driving/lead_stopped")
class LeadStopped(Following):
    """A standing vehicle ahead."""

    title: ClassVar[str] = "A vehicle stands in the lane ahead"
    source: ClassVar[str] = "Euro NCAP C2C v4.3.1 CCRs, CMRs; NHTSA pre-crash type 26"
    tags: ClassVar[tuple[str, ...]] = ("D01", "family/rear_end", "ncap/CCRs", "ncap/CMRs", "nhtsa/26", "level/scenario")
    duration_s: ClassVar[float] = 11.0
    Params: ClassVar[type] = LeadStoppedParams
    params: LeadStoppedParams

    @property
    def target_speed_mps(self) -> float:
        """It stands."""
        return 0.0

    def add_target(self, world: World, *, s_m: float, d_m: float) -> Actor:
        """The vehicle, braked."""
        road = world.stage.road
        assert road is not None
        kind = self.params.kind
        ahead = s_m + VEHICLES[kind].size[0] / 2
        keeper = self.add_traffic(world, f"standing_{kind}", kind, road.centre, s_m=ahead, d_m=d_m, speed_mps=0.0)
        keeper.acceleration_mps2 = -3.0
        keeper.warns = self.params.hazard_lights == "on"
        return keeper.actor
