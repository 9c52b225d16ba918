"""A parked car pulls out of its bay right before the ego (CARLA ParkingCutIn; NHTSA type 17).

It stands among parked cars with its indicator on or off, and pulls out when the ego is `trigger_s` away, without
looking. Reference values of the CARLA leaderboard: triggered at 2.35 s or 35 m.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...renderers.scene import Lamp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import DrivingScenario, LaneKeeper
from ...sim.episode.driving.street_life import add_oncoming, add_passers_by, park_cars
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.stages.stage import Stage
from ...sim.world.stages.urban import urban_street
from ...sim.world.world import World

_RUN_IN_M, _APPROACH_S = 14.0, 5.0


@dataclass(frozen=True)
class ParkingExitParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(7.0, 14.5), bounds=(4.0, 16.7), unit="m/s", doc="speed of the ego before it reacts"
    )
    trigger_s: float = parameter(
        Uniform(1.4, 3.0), bounds=(0.8, 4.5), unit="s", doc="time to the parked car at which it pulls out; CARLA 2.35"
    )
    pull_out_mps: float = parameter(Uniform(2.5, 5.0), bounds=(1.5, 8.0), unit="m/s", doc="speed it picks up")
    lateral_speed_mps: float = parameter(
        Uniform(1.0, 1.8), bounds=(0.6, 2.5), unit="m/s", doc="peak lateral speed of pulling out"
    )
    signals: str = parameter(Choice(("indicator", "none")), doc="whether it signals")
    kind: str = parameter(Choice(("hatchback", "sedan", "suv", "van")), doc="class of the parked vehicle")


@register("driving/parking_exit")
class ParkingExit(DrivingScenario):
    """Out of a parking bay."""

    title: ClassVar[str] = "A parked car pulls out right before the ego"
    source: ClassVar[str] = "CARLA leaderboard 2, ParkingCutIn; NHTSA pre-crash type 17"
    tags: ClassVar[tuple[str, ...]] = ("D26", "family/cut_in", "carla/ParkingCutIn", "nhtsa/17", "level/scenario")
    duration_s: ClassVar[float] = 11.0
    Params: ClassVar[type] = ParkingExitParams
    params: ParkingExitParams
    _other: LaneKeeper

    @property
    def hazard(self) -> Actor:
        """The car that pulls out."""
        return self._other.actor

    @property
    def _at_m(self) -> float:
        return _RUN_IN_M + _APPROACH_S * self.params.ego_speed_mps

    def stage(self) -> Stage:
        """A street with room ahead of the bay that is left."""
        at = self._at_m
        return urban_street(
            rng=self.streams.rng("stage"), length_m=at + 90.0, reserved_gaps=((at - 3.4, at + 9.0, -1),)
        )

    def build(self) -> World:
        """The ego, the car in its bay, and a street full of others."""
        p, world = self.params, self.new_world()
        road = world.stage.road
        assert road is not None
        self._lane_m = next(lane.offset_m for lane in road.lanes if lane.direction > 0)
        speed = p.ego_speed_mps
        self.add_ego(world, road.centre, s_m=_RUN_IN_M - 0.25 * speed, d_m=self._lane_m, speed_mps=speed)
        self._bay_m = road.right_edge_m + 1.1
        self._other = self.add_traffic(
            world, "parked", p.kind, road.centre, s_m=self._at_m, d_m=self._bay_m, speed_mps=0.0
        )
        self._other.acceleration_mps2 = -3.0
        rng = self.streams.rng("traffic")
        park_cars(self, world, near_m=self._at_m, rng=rng, share=0.65)
        add_passers_by(self, world, int(rng.integers(2, 5)), near_m=self._at_m, rng=rng)
        add_oncoming(self, world, passes_m=self._at_m, after_s=2.6, speed_mps=speed, rng=rng)
        return world

    def arrival_s(self) -> float:
        """Time until the ego's front reaches the parked car's front, at its present speed."""
        s, _ = self.road.centre.project(self.ego.position_w[:2])
        gap = self._other.s_m + self._other.actor.size[0] / 2 - s - self.ego.size[0] / 2
        return gap / max(self.ego.speed_mps, 0.1)

    def script(self) -> Iterator[Condition]:
        """It signals or not, pulls out, and drives off."""
        p, other = self.params, self._other
        if p.signals == "indicator":
            yield lambda: self.arrival_s() <= p.trigger_s + 1.0
            other.actor.indicators = Lamp.INDICATOR_LEFT
        yield lambda: self.arrival_s() <= p.trigger_s
        self.mark("onset")
        self.cause("does_not_look", f"the parked car pulls out {p.trigger_s:.1f} s ahead of the ego", other.actor.id)
        other.acceleration_mps2, other.target_mps = None, p.pull_out_mps
        other.actor.indicators = Lamp.INDICATOR_LEFT if p.signals == "indicator" else Lamp.NONE
        yield lambda: other.actor.speed_mps > 0.8
        other.change_lane(self._lane_m, p.lateral_speed_mps)
        yield lambda: not other.changing or "contact" in self.phases
        other.actor.indicators, other.target_mps = Lamp.NONE, max(p.pull_out_mps, 8.0)
        since = self.world.time_s
        yield lambda: self.world.time_s - since > 2.5 or "contact" in self.phases
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def occurred(self) -> bool:
        """It has come into the lane."""
        _, d = self.road.centre.project(self._other.actor.position_w[:2])
        return "contact" in self.phases or d - self._bay_m > 0.8
