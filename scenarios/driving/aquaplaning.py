"""Aquaplaning: water stands on a stretch of motorway, in a bend or where one has to brake (NHTSA types 2 and 3).

What 2 mm of water leave of the grip falls from 0.59 of dry at 50 km/h to 0.06 at 90 and nothing at 130 (Bosch tables,
`road_friction`; deeper water is no worse there). The water may stand under one side of the car only. In the braking
variant the vehicle ahead brakes as soon as it is through the water, while the ego is still in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import LaneKeeper
from ...sim.episode.driving.company import add_company
from ...sim.episode.driving.departure import Departure
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.light import LightConfig
from ...sim.world.path import Path
from ...sim.world.rigid_actor import StandingActor
from ...sim.world.stages.motorway import LANE_M, motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.stages.water import flooded, water_sheet
from ...sim.world.weather import WeatherConfig
from ...sim.world.world import World

_START_M, _STRAIGHT_M, _BEND_M = 40.0, 150.0, 220.0
_COLLAPSED = 0.3
"""Peak friction below which the grip counts as gone."""
_FILM_MM, _RAIN_MMPH = 0.3, 6.0


@dataclass(frozen=True)
class AquaplaningParams:
    """What is drawn for each episode."""

    zone: str = parameter(Choice(("bend", "braking")), doc="where the water stands")
    side: str = parameter(
        Choice(("both", "left", "right"), (0.6, 0.2, 0.2)), doc="under which wheels of the ego it stands"
    )
    depth_mm: float = parameter(Uniform(2.0, 8.0), bounds=(0.5, 15.0), unit="mm", doc="depth of the water")
    length_m: float = parameter(Uniform(35.0, 90.0), bounds=(4.0, 120.0), unit="m", doc="length of the flooded stretch")
    ego_speed_mps: float = parameter(
        Uniform(22.2, 36.1), bounds=(8.0, 36.2), unit="m/s", doc="speed before the ego reacts; 80-130 km/h"
    )
    radius_m: float = parameter(Uniform(240.0, 420.0), bounds=(230.0, 3000.0), unit="m", doc="radius of the bend")
    lead_deceleration_mps2: float = parameter(
        Uniform(4.0, 7.5), bounds=(1.0, 9.0), unit="m/s^2", doc="how hard the vehicle ahead brakes in the braking zone"
    )
    headway_s: float = parameter(
        Uniform(0.8, 1.5), bounds=(0.5, 3.0), unit="s", doc="time gap to the vehicle ahead in the braking zone"
    )


@register("driving/aquaplaning")
class Aquaplaning(Departure):
    """A flooded stretch of motorway."""

    title: ClassVar[str] = "Standing water in a bend or a braking zone"
    source: ClassVar[str] = "NHTSA pre-crash types 2 and 3 (control loss); friction after Bosch"
    tags: ClassVar[tuple[str, ...]] = ("D29", "family/control_loss", "nhtsa/2", "nhtsa/3", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = AquaplaningParams
    params: AquaplaningParams
    _ahead: LaneKeeper | None = None
    _least_friction = 1.0

    @property
    def hazard(self) -> Actor:
        """The water."""
        return self._water

    def conditions(self, weather: WeatherConfig, light: LightConfig) -> tuple[WeatherConfig, LightConfig]:
        """It rains, unless the weather was chosen."""
        return (replace(weather, rain_mmph=_RAIN_MMPH, water_mm=_FILM_MM) if weather.fair else weather), light

    def stage(self) -> Stage:
        """A straight, then the bend with the water 15 m into it, or the water on the straight."""
        p = self.params
        bends = [(_STRAIGHT_M, 0.0), (_BEND_M, 1.0 / p.radius_m), (120.0, 0.0)]
        path = Path.from_segments(bends if p.zone == "bend" else [(_STRAIGHT_M + _BEND_M + 220.0, 0.0)])
        stage = motorway(rng=self.streams.rng("stage"), path=path)
        assert stage.road is not None
        self._lane_m = min(lane.offset_m for lane in stage.road.lanes if lane.direction > 0)
        s0, half = _STRAIGHT_M + (15.0 if p.zone == "bend" else 0.0), LANE_M / 2
        self._water_s = (s0, s0 + p.length_m)
        low = self._lane_m - (half if p.side != "left" else 0.0)
        high = self._lane_m + (half if p.side != "right" else 0.0)
        self._water_d = (low, high)
        return flooded(stage, s_m=self._water_s, d_m=self._water_d, depth_mm=p.depth_mm)

    def build(self) -> World:
        """The ego in the right lane, the water, other traffic, and in the braking zone a vehicle ahead."""
        p, world, rng = self.params, self.new_world(), self.streams.rng("traffic")
        road = world.stage.road
        assert road is not None
        speed = p.ego_speed_mps
        ego = self.add_ego(world, road.centre, s_m=_START_M - 0.25 * speed, d_m=self._lane_m, speed_mps=speed)
        asset, position, orientation = water_sheet(road.centre, s_m=self._water_s, d_m=self._water_d)
        self._water = StandingActor("water", asset, None, position, orientation)
        world.add(self._water)
        if p.zone == "braking":
            ahead = _START_M + p.headway_s * speed + ego.size[0]
            self._ahead = self.add_traffic(
                world, "lead", "sedan", road.centre, s_m=ahead, d_m=self._lane_m, speed_mps=speed
            )
        lanes = sorted(lane.offset_m for lane in road.lanes if lane.direction > 0)
        slots = [(lanes[1], _START_M + 65.0, 0.95 * speed), (lanes[2], _START_M - 20.0, 1.1 * speed)]
        add_company(self, world, slots, rng=rng, from_m=220.0, oncoming=4)
        return world

    def script(self) -> Iterator[Condition]:
        """Into the water, and out of it again."""
        p, lead, ego = self.params, self._ahead, self.ego
        if lead is not None:
            yield lambda: self._along_m(lead.actor) - lead.actor.size[0] / 2 >= self._water_s[1]
            lead.acceleration_mps2 = -p.lead_deceleration_mps2
        yield lambda: self._along_m(ego) + ego.size[0] / 2 >= self._water_s[0]
        self.mark("onset")
        text = f"{p.depth_mm:.0f} mm of water stand on {p.length_m:.0f} m of the lane"
        self.cause("standing_water", text, self._water.id)
        if lead is not None:
            text = f"the vehicle ahead brakes at up to {p.lead_deceleration_mps2:.1f} m/s^2"
            self.cause("hard_braking", text, lead.actor.id)
        yield lambda: self._watch_grip() or self._along_m(ego) - ego.size[0] / 2 > self._water_s[1]
        started = self.world.time_s
        yield lambda: self.world.time_s - started > 2.0 and self.criticality()["ttc_s"] > 4.0
        if "contact" not in self.phases and not self.left_road_mps:
            self.mark("escape")
            self.end(0.5)

    def _watch_grip(self) -> bool:
        """Keep the least friction that a wheel met; true after a contact or a standstill."""
        worst = float(min(self.ego.wheel_friction))
        if worst < _COLLAPSED:
            text = f"at {self.ego.speed_mps:.1f} m/s the water leaves a friction of {worst:.2f}"
            self.cause("aquaplaning", text, self.ego.id)
        self._least_friction = min(self._least_friction, worst)
        return "contact" in self.phases or self.ego.speed_mps < 0.3

    def _along_m(self, actor: Actor) -> float:
        """Distance along the road."""
        return self.road.centre.project(actor.position_w[:2])[0]

    def occurred(self) -> bool:
        """The grip was gone under one wheel at least."""
        return "onset" in self.phases and self._least_friction < _COLLAPSED
