"""The vehicle ahead brakes hard (Euro NCAP CCRb and CMRb, UN R157 scenario 4.3).

Both drive at the same speed with a time headway; then the lead brakes at a constant deceleration down to a residual
speed. Protocol values: 50 km/h with clearances of 12 and 40 m and 2 and 6 m/s^2 (2023), 30-80 km/h with a headway of
1 s and 4 m/s^2 (2026); UN R157 varies up to 1 g.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import LaneKeeper
from ...sim.episode.driving.following import Following
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.world import World


@dataclass(frozen=True)
class LeadBrakesParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(8.3, 24.0), bounds=(5.5, 36.2), unit="m/s", doc="speed of both; NCAP 30-80 km/h"
    )
    headway_s: float = parameter(
        Uniform(0.7, 1.6), bounds=(0.4, 3.0), unit="s", doc="time gap when the lead begins to brake"
    )
    deceleration_mps2: float = parameter(
        Uniform(3.0, 8.5), bounds=(1.0, 9.5), unit="m/s^2", doc="how hard the lead brakes; NCAP 2-6"
    )
    residual_speed_mps: float = parameter(
        Uniform(0.0, 2.0), bounds=(0.0, 10.0), unit="m/s", doc="speed at which the lead stops braking"
    )
    impact_share: float = parameter(
        Uniform(0.4, 0.6), bounds=(0.0, 1.0), doc="where the lead's middle is ahead of the ego's front, from its right"
    )
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van", "motorcycle")), doc="what drives ahead")


@register("driving/lead_brakes")
class LeadBrakes(Following):
    """The lead brakes."""

    title: ClassVar[str] = "The vehicle ahead brakes hard"
    source: ClassVar[str] = "Euro NCAP CCRb, CMRb; UN R157 4.3_2; NHTSA pre-crash type 25"
    tags: ClassVar[tuple[str, ...]] = (
        "D03", "family/rear_end", "ncap/CCRb", "ncap/CMRb", "r157/4.3", "nhtsa/25", "level/scenario"
    )  # fmt: skip
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = LeadBrakesParams
    params: LeadBrakesParams
    _lead_keeper: LaneKeeper

    @property
    def target_speed_mps(self) -> float:
        """That of the ego."""
        return self.params.ego_speed_mps

    def start_gap_m(self) -> float:
        """By the headway."""
        return self.params.headway_s * self.params.ego_speed_mps

    def add_target(self, world: World, *, s_m: float, d_m: float) -> Actor:
        """The lead."""
        p, road = self.params, world.stage.road
        assert road is not None
        ahead = s_m + VEHICLES[p.kind].size[0] / 2 - 0.25 * p.ego_speed_mps
        self._lead_keeper = self.add_traffic(
            world, "lead", p.kind, road.centre, s_m=ahead, d_m=d_m, speed_mps=p.ego_speed_mps
        )
        return self._lead_keeper.actor

    def act_out(self) -> Iterator[Condition]:
        """It brakes after a second, and rolls on or stands."""
        p, lead = self.params, self._lead_keeper
        yield lambda: self.world.time_s >= 1.0
        self.mark("onset")
        self.cause("short_headway", f"the ego follows {self.gap_m() / max(self.ego.speed_mps, 0.1):.1f} s behind")
        lead.acceleration_mps2 = -p.deceleration_mps2
        self.cause("hard_braking", f"the vehicle ahead brakes at {p.deceleration_mps2:.1f} m/s^2", lead.actor.id)
        yield lambda: lead.actor.speed_mps <= max(p.residual_speed_mps, 0.2) or "contact" in self.phases
        if "contact" not in self.phases:
            lead.target_mps = p.residual_speed_mps
            lead.acceleration_mps2 = -1.0 if p.residual_speed_mps < 0.3 else None
