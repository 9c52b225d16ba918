"""Something hangs into the way above the plane of the scan: fork tines, a bench, a roller door that stopped half-way.

A planar scan at 0.2 m sees the legs of a bench, the mast behind the tines and the guides of a door, but not what is
between them higher up (lidar-blind class "overhang"). The robot carries a frame of totes, 1.2 m high; it passes under
whatever is higher than that, and sees what reaches down to its scan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi
from typing import ClassVar

from ...sim.control.navigate import NavigateConfig
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.mobile import MobileScenario
from ...sim.episode.scenario import Condition, register
from ...sim.physics.mobile_base import BaseSpec
from ...sim.world.actor import Actor
from ...sim.world.assets.forklift import forklift
from ...sim.world.assets.warehouse import bench, roller_door
from ...sim.world.path import Path
from ...sim.world.stages.warehouse import warehouse_hall
from ...sim.world.world import World

_AT_X, _AISLE_M = 1.4, 3.2
_APPROACH_S, _BEGIN_M = 4.0, 1.0
_LOAD, _LOAD_KG = (0.55, 0.42, 0.85), 35.0


@dataclass(frozen=True)
class LowOverhangParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(("tines", "bench", "roller_door")), doc="what hangs into the way")
    underside_m: float = parameter(
        Uniform(0.35, 1.05), bounds=(0.05, 1.6), unit="m",
        doc="height of its lower edge; the scan is at 0.20, the robot 1.20 high",
    )  # fmt: skip
    speed_mps: float = parameter(Uniform(0.8, 1.5), bounds=(0.2, 2.0), unit="m/s", doc="speed of the robot")


@register("robotics/low_overhang")
class LowOverhang(MobileScenario):
    """Drive under something that is lower than the load."""

    title: ClassVar[str] = "An overhang above the plane of the scan"
    source: ClassVar[str] = "lidar-blind class overhang outside the scan plane; ISO 3691-4"
    tags: ClassVar[tuple[str, ...]] = ("M03", "family/mobile_robot", "level/object")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = LowOverhangParams
    params: LowOverhangParams

    @property
    def hazard(self) -> Actor:
        """What hangs there."""
        return self._overhang

    def build(self) -> World:
        """The aisle, the robot with its load, and what hangs into its way."""
        p = self.params
        world = World(warehouse_hall(rng=self.streams.rng("stage"), aisle_m=_AISLE_M))
        start = _AT_X - 0.6 - _APPROACH_S * p.speed_mps
        path = Path.from_segments([(8.0 - start, 0.0)], start=(start, 0.0))
        spec = BaseSpec(load=_LOAD, load_kg=_LOAD_KG)
        self.add_ego(world, spec=spec, path=path, config=NavigateConfig(speed_mps=p.speed_mps))
        drawn, yaw = {
            "tines": lambda: (forklift(p.underside_m, rng=self.streams.rng("assets/forklift")), pi),
            "bench": lambda: (bench(p.underside_m), 0.0),
            "roller_door": lambda: (roller_door(_AISLE_M - 0.3, p.underside_m), 0.0),
        }[p.kind]()
        self._overhang = self.add_standing(world, p.kind, drawn, xy=(_AT_X, 0.0), yaw=yaw)
        self.add_life(world, aisle_m=_AISLE_M)
        return world

    def script(self) -> Iterator[Condition]:
        """It comes near; it runs in, stops, or passes under."""
        yield lambda: self.remaining_m() < self.stopping_distance_m() + _BEGIN_M or self.left_m() < 5.0
        self.mark("onset")
        self.cause("overhang", "something hangs into the way above the plane of the scan", self._overhang.id)
        yield lambda: self.remaining_m() < self.stopping_distance_m() or self._over()
        if not self._over():
            self.cause("not_in_scan", "the scan passes below, so the robot does not brake in time", self.ego.id)
        yield lambda: "contact" in self.phases or self._over()
        if "contact" not in self.phases:
            self.mark("escape")

    def _over(self) -> bool:
        """Whether it stands, or has passed."""
        return self.ego.speed_mps < 0.05 or self.left_m() < 1.0

    def occurred(self) -> bool:
        """Whether it ran into the overhang."""
        return "contact" in self.phases
