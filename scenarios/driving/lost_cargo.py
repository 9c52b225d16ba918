"""Cargo falls from the truck ahead (corner-case sets; catalogue of rare events, D21).

A flatbed truck drives ahead at the ego's speed. After `release_s` its hindmost piece comes loose, slides off the open
rear with `slide_mps` and some drift to a side, falls 1.2 m, bounces and slides to rest by friction, while the ego comes
on: dropped at 22 m/s with a coefficient of 0.5, it stops after about 50 m and 4.5 s. Ranges are design values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving import DrivingScenario, LaneKeeper
from ...sim.episode.driving.cast import CARS
from ...sim.episode.scenario import Condition, register
from ...sim.world.actor import Actor
from ...sim.world.assets.debris import DEBRIS
from ...sim.world.assets.flatbed import BED_TOP_M, FLATBED
from ...sim.world.cargo_actor import CargoActor, add_cargo_load, add_flatbed, way_off
from ...sim.world.stages.motorway import motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World

_START_M = 45.0


@dataclass(frozen=True)
class LostCargoParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(14.0, 25.0), bounds=(6.0, 28.0), unit="m/s", doc="speed of the ego and of the truck"
    )
    headway_s: float = parameter(
        Uniform(0.5, 1.2), bounds=(0.4, 3.0), unit="s", doc="time gap to the rear of the truck"
    )
    kind: str = parameter(
        Choice(
            ("crate", "cardboard_box", "pallet", "log", "pipe", "carpet_roll", "mattress", "suitcase", "wheelie_bin")
        ),
        doc="what the truck carries",
    )
    pieces: str = parameter(Choice(("few", "many")), doc="how much the truck carries; of round things few")
    release_s: float = parameter(Uniform(0.4, 2.0), bounds=(0.1, 4.0), unit="s", doc="when the piece comes loose")
    slide_mps: float = parameter(
        Uniform(1.5, 4.0), bounds=(0.8, 6.0), unit="m/s", doc="speed of sliding off at most; it gains 3 m/s^2"
    )
    drift: float = parameter(
        Uniform(-0.25, 0.25), bounds=(-0.5, 0.5), unit="1", doc="sideways share of that, positive to the left"
    )


@register("driving/lost_cargo")
class LostCargo(DrivingScenario):
    """Off the truck ahead."""

    title: ClassVar[str] = "Cargo falls from the truck ahead"
    source: ClassVar[str] = "Catalogue of rare events, D21; corner-case data sets; design values"
    tags: ClassVar[tuple[str, ...]] = ("D21", "family/debris", "nhtsa/35", "level/scenario")
    duration_s: ClassVar[float] = 11.0
    Params: ClassVar[type] = LostCargoParams
    params: LostCargoParams
    _cargo: CargoActor
    _truck: LaneKeeper

    @property
    def hazard(self) -> Actor:
        """The piece that falls."""
        return self._cargo

    def stage(self) -> Stage:
        """Long enough for the truck to drive on."""
        p = self.params
        return motorway(rng=self.streams.rng("stage"), length_m=160.0 + (self.duration_s + 2.0) * p.ego_speed_mps)

    def build(self) -> World:
        """The ego behind the truck with its load in the right lane, faster traffic in the others."""
        p, world, rng = self.params, self.new_world(), self.streams.rng("traffic")
        road = world.stage.road
        assert road is not None
        lanes, speed = [lane.offset_m for lane in road.lanes if lane.direction > 0], p.ego_speed_mps
        self._lane_m = lanes[0]
        ego = self.add_ego(world, road.centre, s_m=_START_M, d_m=lanes[0], speed_mps=speed)
        s = _START_M + ego.size[0] / 2 + p.headway_s * speed + FLATBED.size[0] / 2
        xy, yaw, _ = road.centre.at(s, lanes[0])
        truck = add_flatbed(world, "truck", xy=(float(xy[0]), float(xy[1])), yaw=float(yaw), speed_mps=speed,
                            rng=self.streams.rng("assets/truck"))  # fmt: skip
        self._truck = LaneKeeper(world, truck, road.centre, lanes[0], speed)
        world.control(self._truck)
        count = 2 if p.pieces == "few" or DEBRIS[p.kind].shape == "roll" else 6
        load = add_cargo_load(world, p.kind, p.kind, truck, rng=self.streams.rng("assets/load"), count=count)
        self._cargo = max(load, key=lambda piece: float(piece.position_w[2]))  # nothing lies on what lies on top
        for k, (d, at, pace) in enumerate(((lanes[1], 6.0, 1.1), (lanes[2], 70.0, 1.2), (lanes[1], 130.0, 1.1))):
            kind = CARS[int(rng.integers(len(CARS)))]
            s = at + float(rng.uniform(0.0, 10.0))
            self.add_traffic(world, f"traffic_{k}", kind, road.centre, s_m=s, d_m=d, speed_mps=pace * speed)
        back = road.centre.reversed()
        for k, lane in enumerate(lane for lane in road.lanes if lane.direction < 0):
            kind = CARS[int(rng.integers(len(CARS)))]
            s = back.length_m - 160.0 - 45.0 * k - float(rng.uniform(0.0, 25.0))
            self.add_traffic(world, f"oncoming_{k}", kind, back, s_m=s, d_m=-lane.offset_m, speed_mps=29.0)
        return world

    def script(self) -> Iterator[Condition]:
        """The piece comes loose and falls; the ego hits it, stops before it, or passes it."""
        p, cargo, truck = self.params, self._cargo, self._truck.actor
        name = p.kind.replace("_", " ")
        yield lambda: self.world.time_s >= p.release_s
        self.mark("onset")
        self.cause("load_not_secured", f"a {name} comes loose on the truck ahead", cargo.id)
        over = way_off(cargo, truck)
        cargo.release((-1.0, p.drift, 0.0), slide_mps=p.slide_mps, over_m=over)
        yield lambda: self.fallen or "contact" in self.phases
        self.cause("falls_off", f"the {name} falls onto the road {self._gap_m():.0f} m ahead of the ego", cargo.id)
        yield lambda: "contact" in self.phases or self._gap_m() < -6.0 or self._settled()
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    @property
    def fallen(self) -> bool:
        """Whether the piece is off the truck, and lower than its bed."""
        return not self._cargo.load.held and float(self._cargo.position_w[2]) < BED_TOP_M - 0.1

    def _gap_m(self) -> float:
        """From the ego's front to the middle of the piece, along the road."""
        s_ego, _ = self.road.centre.project(self.ego.position_w[:2])
        s, _ = self.road.centre.project(self._cargo.position_w[:2])
        return s - s_ego - self.ego.size[0] / 2

    def _settled(self) -> bool:
        """Whether the piece lies still and the ego stands."""
        return self.ego.speed_mps < 0.2 and float(abs(self._cargo.velocity_w[:2]).sum()) < 0.2

    def occurred(self) -> bool:
        """It has fallen off."""
        return self.fallen or "falls_off" in self._causes
