"""A queue stands in the low sun right behind the exit of a tunnel: out of the dark, drivers see a bright hole.

Cameras meet the step of luminance by their own exposure. For reference drivers the glare of the portal is a distance:
from inside the tunnel they make out what is beyond it from `glare_sight_m` on (a parameter, no model of the eye; cf.
the threshold zones of CIE 88, which treat the entrance only). The sun stands low and ahead unless light was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving.cast import CARS
from ...sim.episode.driving.company import add_company
from ...sim.episode.driving.limited_sight import LimitedSight
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.light import LightConfig
from ...sim.world.stages.stage import Stage
from ...sim.world.stages.tunnel import tunnel
from ...sim.world.vehicle_actor import VehicleActor
from ...sim.world.weather import WeatherConfig
from ...sim.world.world import World

_START_M, _INSIDE_S, _PORTAL_M = 50.0, 4.5, 12.0


@dataclass(frozen=True)
class TunnelExitParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(15.0, 27.0), bounds=(6.0, 33.4), unit="m/s", doc="speed of the ego in the tunnel"
    )
    queue_m: float = parameter(
        Uniform(6.0, 45.0), bounds=(2.0, 90.0), unit="m", doc="from the portal to the rear of the last vehicle"
    )
    tail_mps: float = parameter(Uniform(0.0, 3.0), bounds=(0.0, 8.0), unit="m/s", doc="speed of the queue")
    glare_sight_m: float = parameter(
        Uniform(22.0, 70.0), bounds=(5.0, 300.0), unit="m", doc="how far a driver inside sees beyond the portal"
    )
    sun_elevation_deg: float = parameter(
        Uniform(4.0, 14.0), bounds=(1.0, 60.0), unit="deg", doc="height of the sun, unless the light is chosen"
    )
    sun_aside_deg: float = parameter(
        Uniform(-14.0, 14.0), bounds=(-180.0, 180.0), unit="deg", doc="its direction from straight ahead, to the left"
    )
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van", "box_truck")), doc="the last vehicle")


@register("driving/tunnel_exit")
class TunnelExit(LimitedSight):
    """Out of the dark into a queue."""

    title: ClassVar[str] = "A queue in the glare behind the exit of a tunnel"
    source: ClassVar[str] = "SOTIF triggering conditions (tunnel, low sun); NHTSA pre-crash types 22 and 26"
    tags: ClassVar[tuple[str, ...]] = ("D33", "family/rear_end", "nhtsa/26", "level/domain", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = TunnelExitParams
    params: TunnelExitParams
    _tail: VehicleActor

    @property
    def hazard(self) -> Actor:
        """The last vehicle of the queue."""
        return self._tail

    @property
    def portal_m(self) -> float:
        """Where the tunnel ends."""
        p = self.params
        closing = p.ego_speed_mps - min(p.tail_mps, 0.5 * p.ego_speed_mps)
        return _START_M + max(_INSIDE_S * closing, 50.0)

    def conditions(self, weather: WeatherConfig, light: LightConfig) -> tuple[WeatherConfig, LightConfig]:
        """A low sun ahead and lit lamps, unless the light was chosen."""
        p = self.params
        if light.own and not weather.falls:
            light = replace(light, sun_elevation_deg=p.sun_elevation_deg, sun_azimuth_deg=p.sun_aside_deg, clouds=0.15)
        return weather, replace(light, headlights="low") if light.headlights == "auto" else light

    def stage(self) -> Stage:
        """A motorway that leaves a tunnel."""
        exit_m = self.portal_m
        return tunnel(rng=self.streams.rng("stage"), length_m=exit_m + 170.0, tunnel_s=(-60.0, exit_m))

    def build(self) -> World:
        """The ego in the right lane of the tunnel, the queue outside, traffic in the other tube."""
        p, world, rng = self.params, self.new_world(), self.streams.rng("traffic")
        road = world.stage.road
        assert road is not None
        lanes, speed = sorted(lane.offset_m for lane in road.lanes if lane.direction > 0), p.ego_speed_mps
        self.add_ego(world, road.centre, s_m=_START_M - 0.25 * speed, d_m=lanes[0], speed_mps=speed)
        at = self.portal_m + p.queue_m + VEHICLES[p.kind].size[0] / 2
        tail = self.add_traffic(
            world, "tail", p.kind, road.centre, s_m=at, d_m=lanes[0], speed_mps=p.tail_mps, follows=True
        )
        self._tail = tail.actor
        for k, (d, ahead) in enumerate([(lanes[0], 13.0), (lanes[0], 26.0), (lanes[1], 2.0), (lanes[1], 15.0)]):
            kind, s_m = CARS[int(rng.integers(len(CARS)))], at + ahead + float(rng.uniform(0.0, 2.0))
            self.add_traffic(world, f"queue_{k}", kind, road.centre, s_m=s_m, d_m=d, speed_mps=p.tail_mps, follows=True)
        add_company(self, world, [(lanes[1], 12.0, 0.85 * speed)], rng=rng, from_m=140.0, oncoming_mps=20.0)
        return world

    def sees(self, other: Actor) -> bool:
        """From inside, what is outside is lost in the glare until it is near."""
        ego_s, other_s = (self.road.centre.project(actor.position_w[:2])[0] for actor in (self.ego, other))
        if ego_s < self.portal_m < other_s:
            apart = other_s - ego_s - (other.size[0] + self.ego.size[0]) / 2
            if apart > self.params.glare_sight_m:
                return False
        return super().sees(other)

    def script(self) -> Iterator[Condition]:
        """The ego comes out."""
        p, tail = self.params, self._tail
        yield lambda: self.hazard_gap_m() <= 4.0 * max(self.ego.speed_mps - tail.speed_mps, 1.0)
        self.mark("onset")
        self.cause("queue_at_exit", f"traffic behind the exit moves at {tail.speed_mps:.1f} m/s", tail.id)
        text = f"from inside, what is outside is seen from {p.glare_sight_m:.0f} m on"
        self.cause("glare", text, self.ego.id)
        yield from self.until_settled()

    def occurred(self) -> bool:
        """The ego came near the queue that it could not see at first."""
        return "onset" in self.phases and ("first_sight" in {event.kind for event in self.events})
