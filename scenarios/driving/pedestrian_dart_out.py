"""A child runs out from between parked cars (Euro NCAP CPNCO).

Geometry of the Euro NCAP vulnerable road user protocol as encoded in the public set (v4.5.1): a small car nearest the
child's path, a large one behind it, 1 m between them and 1 m beside the ego's flank; the child's path 1 m ahead of the
small car, from 4 m beside the ego's centre line, accelerating over 1 m. The start is synchronised on arrival: without
intervention the ego meets the child's reference point at `impact_share` of its width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Normal, Uniform, parameter
from ...sim.episode.driving.crossing import PedestrianCrossing, Target
from ...sim.episode.scenario import register
from ...sim.world.world import World

SMALL_CAR = (4.316, 1.79, 1.48)
LARGE_CAR = (4.418, 1.82, 1.533)
VAN = (4.9, 1.9, 1.95)
BESIDE_M, AHEAD_M, BETWEEN_M = 1.0, 1.0, 1.0


@dataclass(frozen=True)
class DartOutParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(5.5, 13.9), bounds=(2.7, 16.7), unit="m/s", doc="speed of the ego before it reacts; NCAP 10-60 km/h"
    )
    child_speed_mps: float = parameter(
        Normal(1.0, 3.5, 1.389, 0.4), bounds=(0.8, 4.0), unit="m/s", doc="steady speed of the child; NCAP 5 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.25, 0.75), bounds=(0.1, 0.9), doc="where the child meets the ego's front, from the child's side"
    )
    occluders: str = parameter(Choice(("cars", "van")), doc="what hides the child: NCAP's two cars, or a van ahead")


@register("driving/pedestrian_dart_out")
class PedestrianDartOut(PedestrianCrossing):
    """A child between parked cars."""

    title: ClassVar[str] = "A child runs out from between parked cars"
    source: ClassVar[str] = "Euro NCAP AEB/LSS VRU v4.5.1, CPNCO-50; NHTSA pre-crash type 12"
    tags: ClassVar[tuple[str, ...]] = ("D13", "family/pedestrian", "ncap/CPNCO", "nhtsa/12", "level/scenario")
    duration_s: ClassVar[float] = 9.0
    Params: ClassVar[type] = DartOutParams
    params: DartOutParams
    target = Target(1.154, 24.0, True, width_m=0.298, reference_offset_m=-0.0405, start_m=4.0, acceleration_m=1.0)

    @property
    def pace_mps(self) -> float:
        """Steady speed of the child."""
        return self.params.child_speed_mps

    def occlude(self, world: World) -> None:
        """A small car or a van nearest the child's path, a large car behind it."""
        small, near_kind = (SMALL_CAR, "hatchback") if self.params.occluders == "cars" else (VAN, "van")
        half = self.ego.size[1] / 2
        x = self.crossing_m - AHEAD_M - small[0] / 2
        y = self.lane_m - (BESIDE_M + half + small[1] / 2)
        self.add_parked(world, "occluder_near", near_kind, xy=(x, y), size=small)
        x -= small[0] / 2 + BETWEEN_M + LARGE_CAR[0] / 2
        y = self.lane_m - (BESIDE_M + half + LARGE_CAR[1] / 2)
        self.add_parked(world, "occluder_far", "suv", xy=(x, y), size=LARGE_CAR)

    def tell(self) -> None:
        """The view is blocked, then the child runs."""
        what = "a parked van" if self.params.occluders == "van" else "parked cars"
        self.cause("occluded_view", f"{what} beside the lane hide the child", self.world.actor("occluder_near").id)
        super().tell()
