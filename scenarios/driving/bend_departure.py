"""Too fast into a tightening bend of a country road (NHTSA pre-crash types 6 and 7, road edge departure).

A bend of radius R and crossfall q carries at most v^2 = g R (mu + q) or so; the ego enters the tight part of it at
`demand` times that speed, mu being that of the film of water at that speed (`road_friction`). Reference drivers brake
by `late_braking_mps2` once they are in it. The bend opens with a wider arc of 1.8 R, which looks harmless. Leaving the
road counts as a loss (see `Departure`); a guard rail stands outside of the bend.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import sqrt
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving.cast import CARS
from ...sim.episode.driving.departure import Departure
from ...sim.episode.scenario import Condition, register
from ...sim.physics.client import GRAVITY_MPS2
from ...sim.physics.road_friction import wet_share
from ...sim.world.actor import Actor
from ...sim.world.light import LightConfig
from ...sim.world.path import Path
from ...sim.world.stages.country import ASPHALT_FRICTION, country_road
from ...sim.world.stages.stage import Stage
from ...sim.world.weather import WeatherConfig
from ...sim.world.world import World

_START_M, _STRAIGHT_M, _OPENING_M, _WIDER = 40.0, 130.0, 40.0, 1.8
_CROSSFALL = 0.05


@dataclass(frozen=True)
class BendDepartureParams:
    """What is drawn for each episode."""

    radius_m: float = parameter(Uniform(62.0, 120.0), bounds=(60.0, 300.0), unit="m", doc="radius of the tight part")
    direction: str = parameter(Choice(("left", "right")), doc="which way the road bends")
    demand: float = parameter(
        Uniform(1.0, 1.35), bounds=(0.3, 1.8), doc="speed over the highest that the bend carries with this grip"
    )
    film_mm: float = parameter(
        Uniform(0.0, 0.6), bounds=(0.0, 1.5), unit="mm", doc="film of water on the road, unless the weather is chosen"
    )
    late_braking_mps2: float = parameter(
        Uniform(0.0, 5.0), bounds=(0.0, 8.0), unit="m/s^2", doc="how hard reference drivers brake in the bend"
    )


@register("driving/bend_departure")
class BendDeparture(Departure):
    """A bend that is tighter than it looks."""

    title: ClassVar[str] = "Too fast into a tightening bend of a country road"
    source: ClassVar[str] = "NHTSA pre-crash types 6 and 7 (road edge departure); friction after Bosch"
    tags: ClassVar[tuple[str, ...]] = ("D28", "family/road_departure", "nhtsa/6", "nhtsa/7", "level/scenario")
    duration_s: ClassVar[float] = 13.0
    Params: ClassVar[type] = BendDepartureParams
    params: BendDepartureParams
    _demanded = 0.0

    @property
    def hazard(self) -> Actor:
        """Nobody but the ego itself."""
        return self.ego

    @property
    def grip(self) -> float:
        """Peak friction under the ego's tyres at the speed of the bend."""
        share = wet_share(self.params.film_mm, self.entry_mps(ASPHALT_FRICTION))
        return ASPHALT_FRICTION * share

    def entry_mps(self, friction: float) -> float:
        """Speed at which the bend asks for `demand` of what a friction carries."""
        p = self.params
        return float(min(max(p.demand * sqrt(GRAVITY_MPS2 * p.radius_m * (friction + _CROSSFALL)), 8.0), 36.0))

    def conditions(self, weather: WeatherConfig, light: LightConfig) -> tuple[WeatherConfig, LightConfig]:
        """Wet by the parameter, unless the weather was chosen."""
        return (replace(weather, water_mm=self.params.film_mm) if weather.fair else weather), light

    def stage(self) -> Stage:
        """A straight, a wide arc, the tight one, and a straight."""
        p = self.params
        sign, self._bend_m = (1.0 if p.direction == "left" else -1.0), _STRAIGHT_M + _OPENING_M
        self._end_m = self._bend_m + 1.3 * p.radius_m
        opening = sign / (_WIDER * p.radius_m)
        path = Path.from_segments(
            [(_STRAIGHT_M, 0.0), (_OPENING_M, opening), (1.3 * p.radius_m, sign / p.radius_m), (150.0, 0.0)]
        )
        return country_road(rng=self.streams.rng("stage"), path=path, crossfall=_CROSSFALL, speed_mps=20.0)

    def build(self) -> World:
        """The ego, somebody behind, and somebody who comes the other way."""
        world, rng = self.new_world(), self.streams.rng("traffic")
        road = world.stage.road
        assert road is not None
        speed = self.entry_mps(self.grip)
        lane = next(lane.offset_m for lane in road.lanes if lane.direction > 0)
        self.add_ego(world, road.centre, s_m=_START_M - 0.25 * speed, d_m=lane, speed_mps=speed)
        kinds = [CARS[int(k)] for k in rng.integers(len(CARS), size=2)]
        slow = 0.6 * speed
        self.add_traffic(world, "behind", kinds[0], road.centre, s_m=4.0, d_m=lane, speed_mps=slow, follows=True)
        back = road.centre.reversed()
        meets = back.length_m - self._bend_m - float(rng.uniform(0.2, 0.9)) * 1.3 * self.params.radius_m
        until = (self._bend_m - _START_M) / speed + float(rng.uniform(0.5, 3.5))
        self.add_traffic(
            world, "oncoming", kinds[1], back, s_m=max(meets - until * slow, 5.0), d_m=lane, speed_mps=slow
        )
        return world

    def script(self) -> Iterator[Condition]:
        """Into the bend; out of it again, or out of the road."""
        p, ego = self.params, self.ego
        yield lambda: self._along_m() + ego.size[0] / 2 >= self._bend_m
        self.mark("onset")
        how = "wet" if min(ego.wheel_friction) < 0.95 * ASPHALT_FRICTION else "dry"
        self.cause("too_fast", f"{ego.speed_mps:.1f} m/s is {p.demand:.2f} of what the {how} bend carries", ego.id)
        self.cause("tightening_bend", f"the bend tightens from {_WIDER * p.radius_m:.0f} to {p.radius_m:.0f} m", ego.id)
        self.pressed_mps2 = p.late_braking_mps2
        held = 0.9 * ego.speed_mps / max(p.demand, 0.9)
        yield lambda: self._watch_demand() or self._along_m() > self._end_m or ego.speed_mps < held
        self.pressed_mps2 = 0.0
        yield lambda: self._watch_demand() or self._along_m() > self._end_m + 8.0 or ego.speed_mps < 0.5
        if "contact" not in self.phases and not self.left_road_mps:
            self.mark("escape")
            self.end()

    def _watch_demand(self) -> bool:
        """Keep the largest share of the grip that was used; true after a contact."""
        ego = self.ego
        used = abs(ego.speed_mps * float(ego.angular_velocity_w[2])) / (GRAVITY_MPS2 * ego.mean_wheel_friction)
        self._demanded = max(self._demanded, used)
        return "contact" in self.phases

    def _along_m(self) -> float:
        return self.road.centre.project(self.ego.position_w[:2])[0]

    def occurred(self) -> bool:
        """The bend took two thirds of the grip, or the ego left its lane in it."""
        return "onset" in self.phases and (self._demanded > 0.65 or self.departed or "contact" in self.phases)
