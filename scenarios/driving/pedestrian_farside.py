"""An adult runs across the road from the far side (Euro NCAP CPFA).

Geometry of the Euro NCAP vulnerable road user protocol as encoded in the public set (v4.5.1): an adult at 8 km/h from
6 m beside the ego's centre line on the side of the oncoming lane, accelerating over 1.5 m. Without intervention the ego
meets the adult's reference point at `impact_share` of its width: 50 % in the protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Normal, Uniform, parameter
from ...sim.episode.driving.crossing import PedestrianCrossing, Target
from ...sim.episode.scenario import register
from .pedestrian_nearside import ADULT_OFFSET_M, ADULT_WIDTH_M


@dataclass(frozen=True)
class FarsideParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(5.5, 13.9), bounds=(2.7, 16.7), unit="m/s", doc="speed of the ego before it reacts; NCAP 10-60 km/h"
    )
    pedestrian_speed_mps: float = parameter(
        Normal(1.5, 3.2, 2.222, 0.3), bounds=(1.0, 4.0), unit="m/s", doc="steady speed of the adult; NCAP 8 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.2, 0.8), bounds=(0.1, 0.9), doc="where the adult meets the ego's front, from the adult's side"
    )


@register("driving/pedestrian_farside")
class PedestrianFarside(PedestrianCrossing):
    """An adult from the far side."""

    title: ClassVar[str] = "An adult runs across from the far side"
    source: ClassVar[str] = "Euro NCAP AEB/LSS VRU v4.5.1, CPFA-50; NHTSA pre-crash type 12"
    tags: ClassVar[tuple[str, ...]] = ("D11", "family/pedestrian", "ncap/CPFA", "nhtsa/12", "level/scenario")
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = FarsideParams
    params: FarsideParams
    target = Target(
        1.8, 78.0, False, width_m=ADULT_WIDTH_M, reference_offset_m=ADULT_OFFSET_M, start_m=6.0, acceleration_m=1.5
    )
    from_left = True
    oncoming_after_s = 2.5

    @property
    def pace_mps(self) -> float:
        """Steady speed of the adult."""
        return self.params.pedestrian_speed_mps
