"""A truck on a wet motorway throws up spray that hides who brakes: the truck itself, or a car beyond its spray.

The spray (`sim/world/spray.py`) follows from the truck's speed and the film of water, so a dry road has none; camera
and lidar look through it. Drivers make out what keeps 5 % of its contrast (see `LimitedSight`). With `truck_brakes` the
truck drives ahead in the ego's lane. With `car_beyond` it drives in the lane to the right, a crosswind carries its
spray into the ego's, and the car that brakes drives beyond it. It rains, unless the weather was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import LaneKeeper
from ...sim.episode.driving.company import add_company
from ...sim.episode.driving.limited_sight import LimitedSight
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.light import LightConfig
from ...sim.world.spray import Spray
from ...sim.world.stages.motorway import motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.weather import WeatherConfig
from ...sim.world.world import World

_START_M, _CRUISE_S = 90.0, 0.8
_RAIN_MMPH = 5.0


@dataclass(frozen=True)
class TruckSprayParams:
    """What is drawn for each episode."""

    variant: str = parameter(Choice(("truck_brakes", "car_beyond")), doc="who brakes")
    ego_speed_mps: float = parameter(Uniform(22.0, 30.0), bounds=(14.0, 34.0), unit="m/s", doc="speed of all")
    headway_s: float = parameter(
        Uniform(0.7, 1.5), bounds=(0.4, 3.5), unit="s", doc="time gap to who brakes; beyond the spray one truck more"
    )
    deceleration_mps2: float = parameter(
        Uniform(4.5, 8.0), bounds=(1.0, 9.0), unit="m/s^2", doc="how hard it brakes, as far as the road allows"
    )
    density_1pm: float = parameter(
        Uniform(0.12, 0.5), bounds=(0.0, 2.0), unit="1/m", doc="extinction of fresh spray at 25 m/s on a wet road"
    )
    film_mm: float = parameter(
        Uniform(0.2, 0.7), bounds=(0.0, 3.0), unit="mm", doc="film of water, unless the weather is chosen"
    )
    crosswind_mps: float = parameter(
        Uniform(3.0, 6.0), bounds=(0.0, 12.0), unit="m/s", doc="wind to the left with car_beyond, unless chosen"
    )


@register("driving/truck_spray")
class TruckSpray(LimitedSight):
    """Braking behind a curtain of water."""

    title: ClassVar[str] = "A truck's spray hides somebody who brakes"
    source: ClassVar[str] = "SOTIF triggering conditions (spray); NHTSA type 25; magnitudes of spray are unverified"
    tags: ClassVar[tuple[str, ...]] = ("D34", "family/rear_end", "nhtsa/25", "level/domain", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = TruckSprayParams
    params: TruckSprayParams
    _braking: LaneKeeper
    _least_contrast = 1.0

    @property
    def hazard(self) -> Actor:
        """Who brakes."""
        return self._braking.actor

    def conditions(self, weather: WeatherConfig, light: LightConfig) -> tuple[WeatherConfig, LightConfig]:
        """Rain, a film of water and wind, unless the weather was chosen."""
        p = self.params
        if weather.fair:
            wind = weather.wind_mps
            if p.variant == "car_beyond" and not any(wind):
                wind = [0.0, p.crosswind_mps]
            weather = replace(weather, rain_mmph=_RAIN_MMPH, water_mm=p.film_mm, wind_mps=wind)
        return weather, light

    def stage(self) -> Stage:
        """A straight motorway, long enough for the ego to drive through."""
        return motorway(rng=self.streams.rng("stage"), length_m=_START_M + 60.0 + 12.0 * self.params.ego_speed_mps)

    def build(self) -> World:
        """The ego, the truck and its spray, with `car_beyond` the car, and traffic in the other lanes."""
        p, world, rng = self.params, self.new_world(), self.streams.rng("traffic")
        road = world.stage.road
        assert road is not None
        lanes, speed = sorted(lane.offset_m for lane in road.lanes if lane.direction > 0), p.ego_speed_mps
        beyond = p.variant == "car_beyond"
        mine, start = lanes[1] if beyond else lanes[0], _START_M - 0.25 * speed
        ego = self.add_ego(world, road.centre, s_m=start, d_m=mine, speed_mps=speed)
        front, gap, truck_m = start + ego.size[0] / 2, p.headway_s * speed, VEHICLES["box_truck"].size[0]
        at = front + (0.55 if beyond else 1.0) * gap + truck_m / 2
        truck = self.add_traffic(world, "truck", "box_truck", road.centre, s_m=at, d_m=lanes[0], speed_mps=speed)
        Spray(world, truck.actor, density=p.density_1pm, rng=self.streams.rng("spray"))
        self._braking = truck
        if beyond:
            at = front + gap + truck_m + VEHICLES["sedan"].size[0] / 2
            self._braking = self.add_traffic(
                world, "braking", "sedan", road.centre, s_m=at, d_m=lanes[1], speed_mps=speed
            )
        slots = [(lanes[2], start + 45.0, 1.02 * speed), (lanes[2], start - 40.0, 1.05 * speed)]
        slots.append((mine, start - 45.0, 0.95 * speed))
        add_company(self, world, slots, rng=rng, from_m=220.0, oncoming=4, oncoming_mps=25.0)
        return world

    def script(self) -> Iterator[Condition]:
        """It brakes."""
        p, braking = self.params, self._braking
        yield lambda: self.world.time_s >= _CRUISE_S
        self.mark("onset")
        self._least_contrast = self.contrast(braking.actor)
        text = f"the truck's spray leaves {100.0 * self._least_contrast:.0f} % of the contrast"
        self.cause("spray", text, self.world.actor("truck").id)
        who = "truck" if p.variant == "truck_brakes" else "car beyond the spray"
        self.cause("hard_braking", f"the {who} brakes at {p.deceleration_mps2:.1f} m/s^2", braking.actor.id)
        braking.acceleration_mps2 = -p.deceleration_mps2
        yield lambda: self._watch_contrast() or braking.actor.speed_mps < 0.3 or "contact" in self.phases
        yield from self.until_settled()

    def _watch_contrast(self) -> bool:
        if self.world.tick % 24 == 0:
            self._least_contrast = min(self._least_contrast, self.contrast(self._braking.actor))
        return False

    def occurred(self) -> bool:
        """Somebody braked, and the spray took half of the contrast at least."""
        return "onset" in self.phases and self._least_contrast < 0.5
