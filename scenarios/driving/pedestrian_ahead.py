"""A pedestrian walks along the lane ahead, away from the ego (Euro NCAP CPLA).

Protocol values: an adult at 5 km/h in the same direction, met at 25 or 50 % of the ego's width; steady over the last
10 m. Day or night; the light is a matter of configuration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Normal, Uniform, parameter
from ...sim.episode.driving.following import Following
from ...sim.episode.scenario import register
from ...sim.world.actor import Actor
from ...sim.world.world import World


@dataclass(frozen=True)
class PedestrianAheadParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(6.0, 16.0), bounds=(4.0, 16.9), unit="m/s", doc="speed of the ego before it reacts; NCAP 20-60 km/h"
    )
    pedestrian_speed_mps: float = parameter(
        Normal(0.9, 2.0, 1.389, 0.2), bounds=(0.8, 3.0), unit="m/s", doc="speed of the pedestrian; NCAP 5 km/h"
    )
    impact_share: float = parameter(
        Uniform(0.2, 0.6), bounds=(0.0, 1.0), doc="where the pedestrian meets the ego's front, from its right"
    )


@register("driving/pedestrian_ahead")
class PedestrianAhead(Following):
    """Somebody walks on the road."""

    title: ClassVar[str] = "A pedestrian walks along the lane ahead"
    source: ClassVar[str] = "Euro NCAP AEB/LSS VRU v4.5.1, CPLA-25/50; NHTSA pre-crash type 12"
    tags: ClassVar[tuple[str, ...]] = ("D14", "family/pedestrian", "ncap/CPLA", "nhtsa/12", "level/scenario")
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = PedestrianAheadParams
    params: PedestrianAheadParams

    @property
    def target_speed_mps(self) -> float:
        """As drawn."""
        return self.params.pedestrian_speed_mps

    def add_target(self, world: World, *, s_m: float, d_m: float) -> Actor:
        """The pedestrian, already walking."""
        road = world.stage.road
        assert road is not None
        at, yaw, _ = road.centre.at(s_m + 0.3, d_m)
        person = self.add_pedestrian(
            world, "pedestrian", xy=(float(at[0]), float(at[1])), yaw=float(yaw),
            speed_mps=self.params.pedestrian_speed_mps, stature_m=1.8, mass_kg=78.0, accel_distance_m=0.0,
        )  # fmt: skip
        person.walker.start()
        return person
