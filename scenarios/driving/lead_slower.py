"""A slower vehicle ahead, at constant speed (Euro NCAP CCRm).

Protocol values: target at 20 km/h for egos of 30-80 km/h, and 30-70 km/h for egos of 90-130 km/h, met at 0 to 100 % of
the ego's width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving.following import Following
from ...sim.episode.param_space import Constraint
from ...sim.episode.scenario import register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.world import World


@dataclass(frozen=True)
class LeadSlowerParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(9.0, 33.0), bounds=(8.0, 36.2), unit="m/s", doc="speed of the ego before it reacts; NCAP 30-130 km/h"
    )
    lead_speed_mps: float = parameter(
        Uniform(5.0, 20.0), bounds=(2.7, 20.0), unit="m/s", doc="speed of the vehicle ahead; NCAP 20-70 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.25, 0.75), bounds=(0.0, 1.0), doc="where the target's middle meets the ego's front, from its right"
    )
    kind: str = parameter(Choice(("hatchback", "sedan", "van", "box_truck", "motorcycle")), doc="what drives there")

    constraints: ClassVar[tuple[Constraint, ...]] = (
        Constraint("lead_speed_mps < 0.75 ego_speed_mps", lambda p: p.lead_speed_mps < 0.75 * p.ego_speed_mps),
    )


@register("driving/lead_slower")
class LeadSlower(Following):
    """A slow vehicle ahead."""

    title: ClassVar[str] = "A much slower vehicle drives ahead"
    source: ClassVar[str] = "Euro NCAP C2C v4.3.1 and 2026, CCRm; NHTSA pre-crash type 24"
    tags: ClassVar[tuple[str, ...]] = ("D02", "family/rear_end", "ncap/CCRm", "nhtsa/24", "level/scenario")
    duration_s: ClassVar[float] = 11.0
    Params: ClassVar[type] = LeadSlowerParams
    params: LeadSlowerParams

    @property
    def target_speed_mps(self) -> float:
        """As drawn."""
        return self.params.lead_speed_mps

    def add_target(self, world: World, *, s_m: float, d_m: float) -> Actor:
        """The slow vehicle."""
        p, road = self.params, world.stage.road
        assert road is not None
        ahead = s_m + VEHICLES[p.kind].size[0] / 2
        return self.add_traffic(
            world, f"slow_{p.kind}", p.kind, road.centre, s_m=ahead, d_m=d_m, speed_mps=p.lead_speed_mps
        ).actor
