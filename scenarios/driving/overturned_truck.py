"""A truck has overturned and lies across the motorway with its load around it (UN R157 blocking targets).

It shows its roof or its floor and no lamps, which detectors trained on upright trucks find hard (CODA). Its length
covers one to two lanes, by the angle at which it came to rest. Cars have stopped on the hard shoulder with their hazard
lights on, and somebody has got out. Others behind the ego keep their distance and stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import radians
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.driving.cast import CARS
from ...sim.episode.driving.obstacle import Obstacle, extent
from ...sim.episode.scenario import Condition, register
from ...sim.physics.specs import VEHICLES
from ...sim.world.actor import Actor
from ...sim.world.lying import add_overturned
from ...sim.world.stages.motorway import SHOULDER_M, motorway
from ...sim.world.stages.stage import Stage
from ...sim.world.world import World

_SHOULDER_CARS_M = (-46.0, -31.0, 17.0, 30.0)
"""Where cars may have stopped, along the road from the truck."""


@dataclass(frozen=True)
class OverturnedTruckParams:
    """What is drawn for each episode."""

    ego_speed_mps: float = parameter(
        Uniform(15.0, 33.0), bounds=(6.0, 36.0), unit="m/s", doc="speed of the ego before it reacts"
    )
    impact_share: float = parameter(
        Uniform(-0.2, 1.2),
        bounds=(-1.0, 2.0),
        doc="shift of the truck across the lanes, in widths of the ego; 0.5 none",
    )
    turn_deg: float = parameter(
        Uniform(-60.0, 60.0), bounds=(-70.0, 70.0), unit="deg", doc="heading of the truck against that of the road"
    )
    kind: str = parameter(Choice(("box_truck", "van", "bus"), (0.7, 0.2, 0.1)), doc="what lies there")
    notice_m: float = parameter(
        Uniform(45.0, 160.0), bounds=(10.0, 300.0), unit="m", doc="distance at which drivers know it for an obstacle"
    )
    side: str = parameter(Choice(("left", "right")), doc="the side it lies on; on its left side the roof points right")
    load: str = parameter(Choice(("none", "some", "much")), doc="how much of its load lies around it")


@register("driving/overturned_truck")
class OverturnedTruck(Obstacle):
    """Across the lanes, on its side."""

    title: ClassVar[str] = "An overturned truck blocks the motorway"
    source: ClassVar[str] = "UN Regulation No. 157, blocking targets (4.2); CODA; catalogue of rare events, D22"
    tags: ClassVar[tuple[str, ...]] = ("D22", "family/blocked_lane", "r157/4.2", "nhtsa/26", "level/scene")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = OverturnedTruckParams
    params: OverturnedTruckParams

    @property
    def notice_m(self) -> float:
        """As drawn."""
        return float(self.params.notice_m)

    def stage(self) -> Stage:
        """A motorway."""
        length = 90.0 + self.duration_s * self.params.ego_speed_mps
        return motorway(rng=self.streams.rng("stage"), length_m=length)

    def add_target(self, world: World, *, s_m: float, d_m: float) -> Actor:
        """The truck, what is nearest of it at a place of the road, its right end by the edge of the right lane."""
        p, road = self.params, world.stage.road
        assert road is not None
        length, _, height = VEHICLES[p.kind].size  # on its side it is as wide as it was high
        along, across = extent(length, height, p.turn_deg)
        right = -1.3 - 0.25 * (across - height)
        self._at_m = s_m + along / 2
        xy, yaw, _ = road.centre.at(self._at_m, d_m + right + across / 2)
        truck, self._load = add_overturned(
            world, f"overturned_{p.kind}", p.kind, xy=(float(xy[0]), float(xy[1])),
            yaw=float(yaw) + radians(p.turn_deg), rng=self.streams.rng("assets/overturned"),
            side="left" if p.side == "left" else "right", spill={"none": 0, "some": 3, "much": 6}[p.load],
        )  # fmt: skip
        self.lies(s_m, [truck, *self._load])
        return truck

    def _populate(self, world: World, lanes: list[float]) -> None:
        """Who has stopped on the hard shoulder, who comes behind, and the other carriageway."""
        road, rng = world.stage.road, self.streams.rng("traffic")
        assert road is not None
        shoulder = lanes[0] - (lanes[1] - lanes[0]) / 2 - SHOULDER_M / 2 - 0.15
        spots = sorted(rng.permutation(len(_SHOULDER_CARS_M))[: int(rng.integers(1, 4))].tolist())
        for k, spot in enumerate(spots):
            s = self._at_m + _SHOULDER_CARS_M[spot] + float(rng.uniform(-3.0, 3.0))
            kind = CARS[int(rng.integers(len(CARS)))]
            car = self.add_traffic(world, f"stopped_{k}", kind, road.centre, s_m=s, d_m=shoulder, speed_mps=0.0)
            car.acceleration_mps2, car.warns = -3.0, True
            if k == 0:
                xy, yaw, _ = road.centre.at(s + 5.0, shoulder - float(rng.uniform(0.3, 0.9)))
                self.add_pedestrian(
                    world, "driver", xy=(float(xy[0]), float(xy[1])), yaw=float(yaw) + float(rng.uniform(-0.8, 0.8)),
                    speed_mps=1.2, stature_m=float(rng.uniform(1.6, 1.9)), mass_kg=float(rng.uniform(60.0, 90.0)),
                )  # fmt: skip
        speed = self.params.ego_speed_mps
        kind = CARS[int(rng.integers(len(CARS)))]
        behind = self.add_traffic(
            world, "behind", kind, road.centre, s_m=float(rng.uniform(4.0, 9.0)), d_m=lanes[1], speed_mps=0.9 * speed
        )
        behind.stop_at_m = self._near_m - float(rng.uniform(8.0, 20.0))
        back = road.centre.reversed()
        for k, lane in enumerate(lane for lane in road.lanes if lane.direction < 0):
            s = back.length_m - self._at_m - 60.0 - 45.0 * k - float(rng.uniform(0.0, 25.0))
            kind = CARS[int(rng.integers(len(CARS)))]
            self.add_traffic(world, f"oncoming_{k}", kind, back, s_m=s, d_m=-lane.offset_m, speed_mps=29.0)

    def act_out(self) -> Iterator[Condition]:
        """It lies there, and so does its load."""
        yield from super().act_out()
        if self._load:
            what = ", ".join(sorted({piece.asset.name.replace("_", " ") for piece in self._load}))
            self.cause("spilled_load", f"its load lies about: {what}", self._load[0].id)

    def tells(self) -> str:
        """Why it happens, in a sentence."""
        return f"a {self.params.kind.replace('_', ' ')} lies on its side across the ego's lane"
