"""Traffic has come to a stop inside a bank of fog; the ego comes with the speed of clear air.

The bank is a Gaussian cloud around the tail of the queue, with a visibility (MOR) of 30-80 m in its middle; camera and
lidar see through the same cloud. Drivers make out what keeps 5 % of its contrast (see `LimitedSight`), and do not slow
down for fog alone. A bank of fog is on top of the weather that was chosen.
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
from ...sim.world.stages.motorway import motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.vehicle_actor import VehicleActor
from ...sim.world.weather import FogBankConfig, WeatherConfig
from ...sim.world.world import World

_START_M, _APPROACH_S = 40.0, 5.5
_ASIDE_M, _HIGH_M = 120.0, 9.0


@dataclass(frozen=True)
class FogBankPileUpParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(17.0, 32.0), bounds=(8.0, 36.2), unit="m/s", doc="speed of the ego in clear air"
    )
    visibility_m: float = parameter(
        Uniform(30.0, 80.0), bounds=(10.0, 400.0), unit="m", doc="optical range (MOR) in the middle of the bank"
    )
    bank_m: float = parameter(
        Uniform(60.0, 100.0), bounds=(10.0, 150.0), unit="m", doc="standard deviation of the bank along the road"
    )
    inside_m: float = parameter(
        Uniform(0.0, 40.0), bounds=(-80.0, 80.0), unit="m", doc="how far beyond the bank's middle the tail is"
    )
    tail_mps: float = parameter(Uniform(0.0, 4.0), bounds=(0.0, 10.0), unit="m/s", doc="speed of the queue")
    warns: str = parameter(Choice(("hazard_lights", "none")), doc="whether the last vehicle warns")
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van", "box_truck")), doc="the last vehicle")


@register("driving/fog_bank_pile_up")
class FogBankPileUp(LimitedSight):
    """A queue in the fog."""

    title: ClassVar[str] = "Stopped traffic inside a bank of fog"
    source: ClassVar[str] = "SOTIF triggering conditions (fog bank); NHTSA pre-crash types 22 and 26"
    tags: ClassVar[tuple[str, ...]] = ("D33", "D36", "family/rear_end", "nhtsa/26", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = FogBankPileUpParams
    params: FogBankPileUpParams
    _tail: VehicleActor

    @property
    def hazard(self) -> Actor:
        """The last vehicle of the queue in the ego's lane."""
        return self._tail

    @property
    def _tail_m(self) -> float:
        """Where its rear is at the start."""
        p = self.params
        return _START_M + 3.0 + _APPROACH_S * (p.ego_speed_mps - min(p.tail_mps, 0.5 * p.ego_speed_mps))

    def conditions(self, weather: WeatherConfig, light: LightConfig) -> tuple[WeatherConfig, LightConfig]:
        """One bank more, where the queue will be; lamps are lit unless that was chosen."""
        p = self.params
        middle = self._tail_m + _APPROACH_S * p.tail_mps - p.inside_m
        bank = FogBankConfig([middle, 0.0, 0.0], [p.bank_m, _ASIDE_M, _HIGH_M], p.visibility_m)
        lamps = replace(light, headlights="low") if light.headlights == "auto" else light
        return replace(weather, banks=[*weather.banks, bank]), lamps

    def stage(self) -> Stage:
        """A straight motorway."""
        return motorway(rng=self.streams.rng("stage"), length_m=self._tail_m + 160.0)

    def build(self) -> World:
        """The ego, the queue in its lane and beside it, and traffic on the other carriageway."""
        p, world, rng = self.params, self.new_world(), self.streams.rng("traffic")
        road = world.stage.road
        assert road is not None
        lanes, speed = sorted(lane.offset_m for lane in road.lanes if lane.direction > 0), p.ego_speed_mps
        self.add_ego(world, road.centre, s_m=_START_M - 0.25 * speed, d_m=lanes[0], speed_mps=speed)
        at = self._tail_m + VEHICLES[p.kind].size[0] / 2
        tail = self.add_traffic(
            world, "tail", p.kind, road.centre, s_m=at, d_m=lanes[0], speed_mps=p.tail_mps, follows=True
        )
        tail.warns, self._tail = p.warns == "hazard_lights", tail.actor
        places = [(lanes[0], 13.0), (lanes[0], 25.0), (lanes[1], -3.0), (lanes[1], 12.0), (lanes[2], 6.0)]
        for k, (d, ahead) in enumerate(places):
            kind, s_m = CARS[int(rng.integers(len(CARS)))], at + ahead + float(rng.uniform(0.0, 2.0))
            self.add_traffic(world, f"queue_{k}", kind, road.centre, s_m=s_m, d_m=d, speed_mps=p.tail_mps, follows=True)
        add_company(self, world, [(lanes[1], 8.0, 0.75 * speed)], rng=rng, from_m=170.0, oncoming_mps=20.0)
        return world

    def script(self) -> Iterator[Condition]:
        """The ego drives into it."""
        p, tail = self.params, self._tail
        yield lambda: self.hazard_gap_m() <= 4.5 * max(self.ego.speed_mps - tail.speed_mps, 1.0)
        self.mark("onset")
        air = f"a bank of fog with {p.visibility_m:.0f} m of visibility stands on the road"
        self.cause("fog_bank", air, self.ego.id)
        self.cause("queue_in_fog", f"traffic in it moves at {tail.speed_mps:.1f} m/s", tail.id)
        self.cause("clear_air_speed", f"the ego comes at {self.ego.speed_mps:.1f} m/s", self.ego.id)
        yield from self.until_settled()

    def occurred(self) -> bool:
        """The tail was hidden when the event began, and nobody else was hit first."""
        seen_late = any(event.kind == "first_sight" for event in self.events)
        return "onset" in self.phases and (seen_late or not self._ever_seen)
