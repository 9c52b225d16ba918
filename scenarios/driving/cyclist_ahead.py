"""A cyclist rides along the lane ahead (Euro NCAP CBLA).

Protocol values: 15 km/h met at 50 % and 20 km/h met at 25 % of the ego's width, in the same direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Normal, Uniform, parameter
from ...sim.episode.driving.following import Following
from ...sim.episode.param_space import Constraint
from ...sim.episode.scenario import register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.world import World


@dataclass(frozen=True)
class CyclistAheadParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(8.0, 16.0), bounds=(6.5, 16.9), unit="m/s", doc="speed of the ego before it reacts; NCAP 25-60 km/h"
    )
    cyclist_speed_mps: float = parameter(
        Normal(3.0, 6.0, 4.4, 0.6), bounds=(2.0, 7.0), unit="m/s", doc="speed of the cyclist; NCAP 15 and 20 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.2, 0.6), bounds=(0.0, 1.0), doc="where the cyclist meets the ego's front, from its right"
    )
    kind: str = parameter(Choice(("bicycle", "motorcycle"), (1, 0)), doc="what is ridden")

    constraints: ClassVar[tuple[Constraint, ...]] = (
        Constraint("cyclist_speed_mps < 0.9 ego_speed_mps", lambda p: p.cyclist_speed_mps < 0.9 * p.ego_speed_mps),
    )


@register("driving/cyclist_ahead")
class CyclistAhead(Following):
    """Somebody rides on the road."""

    title: ClassVar[str] = "A cyclist rides along the lane ahead"
    source: ClassVar[str] = "Euro NCAP AEB/LSS VRU v4.5.1, CBLA-25/50; NHTSA pre-crash type 14"
    tags: ClassVar[tuple[str, ...]] = ("D14", "family/cyclist", "ncap/CBLA", "nhtsa/14", "level/scenario")
    duration_s: ClassVar[float] = 11.0
    Params: ClassVar[type] = CyclistAheadParams
    params: CyclistAheadParams

    @property
    def target_speed_mps(self) -> float:
        """As drawn."""
        return self.params.cyclist_speed_mps

    def add_target(self, world: World, *, s_m: float, d_m: float) -> Actor:
        """The cyclist."""
        p, road = self.params, world.stage.road
        assert road is not None
        ahead = s_m + VEHICLES[p.kind].size[0] / 2
        return self.add_traffic(
            world, "cyclist", p.kind, road.centre, s_m=ahead, d_m=d_m, speed_mps=p.cyclist_speed_mps
        ).actor
