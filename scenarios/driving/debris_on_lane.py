"""Something lost lies on the ego's lane (NHTSA types 35 and 36; Lost and Found; CODA).

Tyres, treads, pallets, cases, ladders, stones, branches: 0.05 to 3 m long, a few centimetres to half a metre high. What
is low passes beneath the floor of a car, what is not is struck, pushed and rolled over; all of it is a free body. The
ego comes upon it on a motorway or a country road, and notices it the later the lower it is (see `obstacle`). Sizes and
masses are those of `debris`; speeds are design values.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import radians
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving.cast import CARS
from ...sim.episode.driving.obstacle import Obstacle, extent
from ...sim.episode.scenario import register
from ...sim.world.actor import Actor
from ...sim.world.assets.debris import DEBRIS
from ...sim.world.lying import add_debris
from ...sim.world.stages.country import country_road
from ...sim.world.stages.motorway import motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World


@dataclass(frozen=True)
class DebrisOnLaneParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(14.0, 30.0), bounds=(6.0, 36.0), unit="m/s", doc="speed of the ego before it reacts"
    )
    impact_share: float = parameter(
        Uniform(0.0, 1.0), bounds=(-0.5, 1.5), doc="where its middle meets the ego's front, from the ego's right"
    )
    kind: str = parameter(
        Choice(
            ("car_tyre", "tyre_tread", "pallet", "cardboard_box", "crate", "suitcase", "ladder", "mattress", "rock",
             "branch", "exhaust", "bucket", "wheelie_bin", "carpet_roll", "bag")
        ), doc="what lies there",
    )  # fmt: skip
    scale: float = parameter(Uniform(0.7, 1.2), bounds=(0.4, 1.3), unit="1", doc="its size over the usual one")
    turn_deg: float = parameter(
        Uniform(0.0, 180.0), bounds=(0.0, 180.0), unit="deg", doc="direction of its length against the road's"
    )
    notice_per_height: float = parameter(
        Uniform(120.0, 400.0), bounds=(50.0, 2000.0), unit="1",
        doc="distance at which drivers notice it, in its heights; 400 at best in Lost and Found",
    )  # fmt: skip
    place: str = parameter(Choice(("motorway", "country_road")), doc="where it is")


@register("driving/debris_on_lane")
class DebrisOnLane(Obstacle):
    """Lost on the road."""

    title: ClassVar[str] = "A lost object lies on the ego's lane"
    source: ClassVar[str] = "NHTSA pre-crash types 35 and 36; Lost and Found; CODA"
    tags: ClassVar[tuple[str, ...]] = ("D20", "family/debris", "nhtsa/35", "nhtsa/36", "level/object")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = DebrisOnLaneParams
    params: DebrisOnLaneParams

    @property
    def notice_m(self) -> float:
        """In proportion to its height."""
        return float(self.params.notice_per_height * self._target.size[2])

    def stage(self) -> Stage:
        """The motorway or the country road."""
        rng, length = self.streams.rng("stage"), 90.0 + self.duration_s * self.params.ego_speed_mps
        if self.params.place == "motorway":
            return motorway(rng=rng, length_m=length)
        return country_road(rng=rng, length_m=length, crossfall=0.03)

    def add_target(self, world: World, *, s_m: float, d_m: float) -> Actor:
        """The thing, its near end at a place of the road."""
        p, road = self.params, world.stage.road
        assert road is not None
        length, width, _ = DEBRIS[p.kind].size
        along, _ = extent(p.scale * length, p.scale * width, p.turn_deg)
        xy, yaw, _ = road.centre.at(s_m + along / 2, d_m)
        thing = add_debris(
            world, p.kind, p.kind, xy=(float(xy[0]), float(xy[1])), yaw=float(yaw) + radians(p.turn_deg),
            rng=self.streams.rng("assets/debris"), size_m=p.scale * length,
        )  # fmt: skip
        self.lies(s_m, [thing])
        return thing

    def _populate(self, world: World, lanes: list[float]) -> None:
        """Others in other lanes; more of the same on the verge or the hard shoulder."""
        road, p = world.stage.road, self.params
        assert road is not None
        rng = self.streams.rng("traffic")
        if rng.uniform() < 0.5:
            s = self.start_gap_m() + float(rng.uniform(8.0, 30.0))
            xy, _, _ = road.centre.at(s, road.right_edge_m + float(rng.uniform(0.4, 0.8)))
            add_debris(world, "piece", "bucket" if p.kind != "bucket" else "exhaust",
                       xy=(float(xy[0]), float(xy[1])), yaw=float(rng.uniform(0.0, 6.28)), rng=rng,
                       size_m=0.3)  # fmt: skip
        if p.place == "motorway":
            super()._populate(world, lanes)
            return
        back = road.centre.reversed()
        for k, s_m in enumerate((float(rng.uniform(20.0, 40.0)), float(rng.uniform(110.0, 150.0)))):
            kind = CARS[int(rng.integers(len(CARS)))]
            s = back.length_m - self.start_gap_m() - s_m
            self.add_traffic(world, f"oncoming_{k}", kind, back, s_m=s, d_m=lanes[0], speed_mps=20.0)

    def tells(self) -> str:
        """Why it happens, in a sentence."""
        p = self.params
        high = 100.0 * self._target.size[2]
        return f"a {p.kind.replace('_', ' ')} {high:.0f} cm high lies in the ego's lane"
