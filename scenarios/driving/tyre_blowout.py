"""A tyre bursts on the motorway: the car pulls to a side, and the driver is startled (NHTSA pre-crash type 1).

The tyre loses its pressure over 0.2-0.5 s. Stiffness and added drag of the flat tyre are those of `vehicle_kernel`,
engineering values as measurements scatter widely. With all else the same the drag turns the car towards the failed
side; in a bend the lost stiffness may do more than that. Reference drivers (but for "none") hold the wheel for
`startle_s`, then steer again and press the brake. The neighbouring lanes are not empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving.company import add_company
from ...sim.episode.driving.departure import Departure
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.path import Path
from ...sim.world.stages.motorway import motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World

_START_M, _AFTER_S = 60.0, 5.0
_WHEELS = ("front_left", "front_right", "rear_left", "rear_right")


@dataclass(frozen=True)
class TyreBlowoutParams:
    """What is drawn for each episode."""

    wheel: str = parameter(Choice(_WHEELS), doc="which tyre bursts")
    burst_s: float = parameter(Uniform(1.0, 2.5), bounds=(0.5, 5.0), unit="s", doc="when it bursts")
    collapse_s: float = parameter(
        Uniform(0.2, 0.5), bounds=(0.05, 2.0), unit="s", doc="time in which its pressure is lost"
    )
    ego_speed_mps: float = parameter(
        Uniform(22.0, 36.0), bounds=(8.0, 40.0), unit="m/s", doc="speed of the ego before it reacts"
    )
    curvature_1pkm: float = parameter(
        Uniform(-1.2, 1.2), bounds=(-4.0, 4.0), unit="1/km", doc="curvature of the road, positive to the left"
    )
    startle_s: float = parameter(
        Uniform(0.8, 2.8), bounds=(0.0, 4.0), unit="s", doc="how long a reference driver only holds the wheel"
    )
    braking_mps2: float = parameter(
        Uniform(0.0, 7.0), bounds=(0.0, 9.0), unit="m/s^2", doc="how hard a reference driver brakes then"
    )
    beside_m: float = parameter(
        Uniform(-14.0, 14.0), bounds=(-40.0, 40.0), unit="m", doc="how far ahead of the ego its neighbours are"
    )


@register("driving/tyre_blowout")
class TyreBlowout(Departure):
    """One tyre less."""

    title: ClassVar[str] = "A tyre bursts at motorway speed"
    source: ClassVar[str] = "NHTSA pre-crash type 1 (vehicle failure); magnitudes of the flat tyre are unverified"
    tags: ClassVar[tuple[str, ...]] = ("D30", "family/vehicle_failure", "nhtsa/1", "level/scenario")
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = TyreBlowoutParams
    params: TyreBlowoutParams
    flat = 0.0

    @property
    def hazard(self) -> Actor:
        """The ego itself."""
        return self.ego

    def stage(self) -> Stage:
        """A straight or gently bent motorway, long enough for the ego to drive through."""
        p = self.params
        length = _START_M + (self.duration_s + 2.0) * p.ego_speed_mps + 60.0
        path = Path.from_segments([(length, p.curvature_1pkm / 1000.0)])
        return motorway(rng=self.streams.rng("stage"), path=path)

    def build(self) -> World:
        """The ego in the middle lane, somebody on both sides, ahead and behind."""
        p, world, rng = self.params, self.new_world(), self.streams.rng("traffic")
        road = world.stage.road
        assert road is not None
        lanes, speed = sorted(lane.offset_m for lane in road.lanes if lane.direction > 0), p.ego_speed_mps
        self.add_ego(world, road.centre, s_m=_START_M - 0.25 * speed, d_m=lanes[1], speed_mps=speed)
        at = _START_M - 0.25 * speed
        slots = [
            (lanes[0], at + p.beside_m, speed), (lanes[2], at - p.beside_m, speed),
            (lanes[1], at + 2.4 * speed, speed), (lanes[1], max(at - 1.6 * speed, 4.0), 0.97 * speed),
        ]  # fmt: skip
        add_company(self, world, slots, rng=rng, from_m=250.0, oncoming=4)
        world.control(self._leak)
        return world

    def _leak(self) -> None:
        """The pressure goes."""
        p = self.params
        self.flat = min(max((self.world.time_s - p.burst_s) / p.collapse_s, 0.0), 1.0)
        if self.flat > 0.0:
            self.ego.deflate(_WHEELS.index(p.wheel), self.flat)

    def script(self) -> Iterator[Condition]:
        """It bursts; the driver is startled, then acts."""
        p = self.params
        yield lambda: self.world.time_s >= p.burst_s
        self.mark("onset")
        self.emit("tyre_blowout", self.ego.id, value=float(_WHEELS.index(p.wheel)))
        where = p.wheel.replace("_", " ")
        self.cause("tyre_blowout", f"the {where} tyre bursts within {p.collapse_s:.1f} s", self.ego.id)
        self.held_rad = self.ego.steer_rad
        yield lambda: self.world.time_s >= p.burst_s + p.startle_s
        if self.driver_name != "none":
            self.cause("startled_driver", f"for {p.startle_s:.1f} s the driver only holds the wheel", self.ego.id)
        self.held_rad, self.pressed_mps2 = None, p.braking_mps2
        yield lambda: self.world.time_s >= p.burst_s + _AFTER_S or self.ego.speed_mps < 0.5 or "contact" in self.phases
        if "contact" not in self.phases and not self.left_road_mps:
            self.mark("escape")
            self.end(0.5)

    def occurred(self) -> bool:
        """The tyre is flat, or the ego hit something on the way to it."""
        return "onset" in self.phases and (self.flat >= 1.0 or "contact" in self.phases)
