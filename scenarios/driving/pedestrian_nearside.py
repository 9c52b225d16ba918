"""An adult walks onto the road from the near side (Euro NCAP CPNA).

Geometry of the Euro NCAP vulnerable road user protocol as encoded in the public set (v4.5.1): an adult at 5 km/h from
4 m beside the ego's centre line, accelerating over 1 m, in full view. Without intervention the ego meets the adult's
reference point at `impact_share` of its width: 25, 50 or 75 % in the protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Normal, Uniform, parameter
from ...sim.episode.driving.crossing import PedestrianCrossing, Target
from ...sim.episode.scenario import register

ADULT_WIDTH_M, ADULT_OFFSET_M = 0.5, -0.06


@dataclass(frozen=True)
class NearsideParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(5.5, 13.9), bounds=(2.7, 16.7), unit="m/s", doc="speed of the ego before it reacts; NCAP 10-60 km/h"
    )
    pedestrian_speed_mps: float = parameter(
        Normal(0.9, 2.2, 1.389, 0.25), bounds=(0.8, 3.0), unit="m/s", doc="steady speed of the adult; NCAP 5 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.2, 0.8), bounds=(0.1, 0.9), doc="where the adult meets the ego's front, from the adult's side"
    )


@register("driving/pedestrian_nearside")
class PedestrianNearside(PedestrianCrossing):
    """An adult from the near side."""

    title: ClassVar[str] = "An adult walks onto the road from the near side"
    source: ClassVar[str] = "Euro NCAP AEB/LSS VRU v4.5.1, CPNA-25/75; NHTSA pre-crash type 12"
    tags: ClassVar[tuple[str, ...]] = ("D12", "family/pedestrian", "ncap/CPNA", "nhtsa/12", "level/scenario")
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = NearsideParams
    params: NearsideParams
    target = Target(
        1.8, 78.0, False, width_m=ADULT_WIDTH_M, reference_offset_m=ADULT_OFFSET_M, start_m=4.0, acceleration_m=1.0
    )

    @property
    def pace_mps(self) -> float:
        """Steady speed of the adult."""
        return self.params.pedestrian_speed_mps
