"""A cyclist comes out from behind an obstruction (Euro NCAP CBNAO).

As `cyclist_crossing` from the near side at 10 km/h, but parked cars on the near side stand so close to the crossing
that the cyclist is seen late: its last 4.5 m are steady, and the flank of the obstruction is 3.55 m beside the ego's
centre line and ends 4.8 m before the cyclist's line (distances I and J of the protocol).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import ClassVar

from ...sim.episode.distributions import Choice, Normal, Uniform, parameter
from ...sim.episode.scenario import register
from ...sim.world.world import World
from .cyclist_crossing import CyclistCrossing

BESIDE_M, BEFORE_M = 3.55, 4.8
STEADY_M = 4.5


@dataclass(frozen=True)
class CyclistObstructedParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(6.0, 14.5), bounds=(2.7, 16.7), unit="m/s", doc="speed of the ego before it reacts; NCAP 10-60 km/h"
    )
    cyclist_speed_mps: float = parameter(
        Normal(2.6, 4.2, 2.78, 0.5), bounds=(2.5, 7.0), unit="m/s", doc="speed of the cyclist; NCAP 10 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.2, 0.8), bounds=(0.1, 0.9), doc="where the cyclist meets the ego's front, from the cyclist's side"
    )
    side: str = parameter(Choice(("near",)), doc="side the cyclist comes from")
    obstruction: str = parameter(Choice(("van", "suv", "box_truck")), doc="what stands there")


@register("driving/cyclist_obstructed")
class CyclistObstructed(CyclistCrossing):
    """A cyclist from behind a parked vehicle."""

    title: ClassVar[str] = "A cyclist comes out from behind a parked vehicle"
    source: ClassVar[str] = "Euro NCAP AEB/LSS VRU v4.5.1, CBNAO-50; NHTSA pre-crash type 14"
    tags: ClassVar[tuple[str, ...]] = ("D17", "family/cyclist", "ncap/CBNAO", "nhtsa/14", "level/scenario")
    Params: ClassVar[type] = CyclistObstructedParams
    params: CyclistObstructedParams  # type: ignore[assignment]
    steady_m: ClassVar[float] = STEADY_M

    def furnish(self, world: World) -> None:
        """The obstruction on the near side, its front before the cyclist's line, and the life of the crossing."""
        spec = self.params.obstruction
        length, width = {"van": (5.34, 2.02), "suv": (4.66, 1.90), "box_truck": (8.20, 2.50)}[spec]
        at = self.ego_route().at(self.meets_m - BEFORE_M - length / 2, -(BESIDE_M + width / 2))[0]
        self.add_parked(world, "obstruction", spec, xy=(float(at[0]), float(at[1])), yaw=pi / 2)
        super().furnish(world)

    def tell(self) -> None:
        """The view is blocked, then the cyclist comes."""
        what = self.params.obstruction.replace("_", " ")
        self.cause("occluded_view", f"a parked {what} hides the cyclist", self.world.actor("obstruction").id)
        super().tell()
