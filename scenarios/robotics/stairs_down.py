"""The floor ends: a dock edge or stairs down, which a planar scan does not show.

A floor that drops sends nothing back to a scanner that looks level (lidar-blind class "negative obstacle"), and the map
has the aisle going on. The first castor leaves the floor, then the driven wheels; the base tips and falls by the
physics. Steps of stairs have 0.17 m risers; a dock edge is one step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...sim.control.navigate import NavigateConfig
from ...sim.episode.distributions import Choice, LogUniform, Uniform, parameter
from ...sim.episode.mobile import MobileScenario
from ...sim.episode.scenario import Condition, register
from ...sim.physics.mobile_base import BaseSpec
from ...sim.world.actor import Actor
from ...sim.world.assets.warehouse import RISER_M, steps_down
from ...sim.world.path import Path
from ...sim.world.stages.warehouse import Edge, warehouse_hall
from ...sim.world.world import World

_EDGE_X, _AISLE_M = 1.2, 3.2
_APPROACH_S, _BEGIN_M = 4.0, 1.0
_LANDING_M = 5.0
_LOADS = {"none": ((0.0, 0.0, 0.0), 0.0), "totes": ((0.55, 0.42, 0.75), 40.0)}


@dataclass(frozen=True)
class StairsDownParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(("dock", "stairs")), doc="a sheer edge, or steps")
    drop_m: float = parameter(
        LogUniform(0.15, 1.0), bounds=(0.05, 1.2), unit="m", doc="how much lower the floor goes on"
    )
    speed_mps: float = parameter(Uniform(0.8, 1.6), bounds=(0.2, 2.0), unit="m/s", doc="speed of the robot")
    load: str = parameter(Choice(("none", "totes")), doc="what it carries; totes raise its centre of mass")


@register("robotics/stairs_down")
class StairsDown(MobileScenario):
    """Drive on where the floor has ended."""

    title: ClassVar[str] = "A dock edge or stairs down that the scan does not show"
    source: ClassVar[str] = "lidar-blind class negative obstacle; ISO 3691-4"
    tags: ClassVar[tuple[str, ...]] = ("M02", "family/mobile_robot", "level/scene")
    duration_s: ClassVar[float] = 12.0
    views: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        **MobileScenario.views,
        "camera": {
            **MobileScenario.views["camera"],
            "mount": {"part": "chassis", "position_m": [0.30, 0.0, 1.05], "rpy_deg": [0.0, 22.0, 0.0]},
        },
        "onlooker": {
            **MobileScenario.views["onlooker"],
            "mount": {"actor": "world", "position_m": [4.3, -2.7, 1.5], "rpy_deg": [0.0, 24.0, 139.0]},
        },
    }
    """From the robot's own height a floor that ends looks like one that goes on, so the camera is on a mast and looks
    down; the onlooker stands beyond the edge."""
    Params: ClassVar[type] = StairsDownParams
    params: StairsDownParams

    @property
    def hazard(self) -> Actor:
        """The steps."""
        return self._steps

    def build(self) -> World:
        """The aisle up to the edge, what lies below, and the robot on its way there."""
        p = self.params
        risers = 1 if p.kind == "dock" else max(2, round(p.drop_m / RISER_M))
        edge = Edge(_EDGE_X, p.drop_m, risers)
        world = World(warehouse_hall(rng=self.streams.rng("stage"), aisle_m=_AISLE_M, edge=edge))
        start = _EDGE_X - 0.35 - _APPROACH_S * p.speed_mps
        path = Path.from_segments([(9.0 - start, 0.0)], start=(start, 0.0))
        size, mass = _LOADS[p.load]
        self.add_ego(
            world, spec=BaseSpec(load=size, load_kg=mass), path=path, config=NavigateConfig(speed_mps=p.speed_mps)
        )
        drawn = steps_down(p.drop_m, edge.width_m, risers=risers, landing_m=_LANDING_M)
        self._steps = self.add_standing(world, drawn[0].name, drawn, xy=(_EDGE_X, 0.0))
        self.add_life(world, aisle_m=_AISLE_M)
        return world

    def remaining_m(self) -> float:
        """From the front castors to the edge, along the aisle."""
        return _EDGE_X - float(self.ego.position_w[0]) - self.ego.base.spec.castor_x_m

    def script(self) -> Iterator[Condition]:
        """It comes near the edge and drives over it, unless somebody stops it."""
        yield lambda: self.remaining_m() < self.stopping_distance_m() + _BEGIN_M
        self.mark("onset")
        self.cause("floor_ends", "the floor ends where the map has the aisle going on", self._steps.id)
        yield lambda: self.remaining_m() < self.stopping_distance_m() or self.ego.speed_mps < 0.05
        if self.ego.speed_mps > 0.05:
            self.cause(
                "not_in_scan", "a level scan sees no floor and so no end of it; the robot does not brake", self.ego.id
            )
        yield lambda: self.remaining_m() < 0.0 or self.ego.speed_mps < 0.05
        if self.remaining_m() >= 0.0:
            self.mark("escape")
            return
        self.emit("wheel_over_edge", self.ego.id, self._steps.id, self.ego.speed_mps)

    def occurred(self) -> bool:
        """Whether a wheel went over the edge and the robot fell."""
        return self.outcome() == "fall"
