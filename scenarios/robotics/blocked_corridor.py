"""The map says free, the aisle is blocked: cages, drums or pallets have been moved into it.

What is left of the width is too narrow for a base of 0.5 m with 0.06 m on each side, so there is no way to the goal
along the map's path: the robot stops before what it sees and stays (path failure), or runs into what lies lower than
its scan, such as empty pallets of 0.144 m.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi
from typing import ClassVar

import numpy as np

from ...sim.control.navigate import NavigateConfig
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.mobile import MobileScenario
from ...sim.episode.scenario import Condition, register
from ...sim.physics.mobile_base import BaseSpec
from ...sim.world.actor import Actor
from ...sim.world.assets.asset import Asset
from ...sim.world.assets.cell import drum
from ...sim.world.assets.warehouse import as_actor, empty_pallet, roll_cage
from ...sim.world.path import Path
from ...sim.world.rigid_actor import StandingActor
from ...sim.world.stages.warehouse import warehouse_hall
from ...sim.world.world import World

_AT_X, _AISLE_M = 1.6, 3.2
_APPROACH_S, _BEGIN_M = 4.0, 1.5
_FREE_M = 0.5
"""Gaps beside a rack that are left as they are; the robot fits through none of them."""
_ACROSS_M = {"cages": 0.80, "drums": 0.60, "pallets": 0.80}


@dataclass(frozen=True)
class BlockedCorridorParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(("cages", "drums", "pallets")), doc="what was moved into the aisle")
    width_m: float = parameter(
        Uniform(0.25, 0.55), bounds=(0.0, 1.4), unit="m", doc="widest passage that is left; the robot needs 0.62"
    )
    offset_m: float = parameter(
        Uniform(-0.35, 0.35), bounds=(-0.7, 0.7), unit="m", doc="middle of that passage, left of the robot's path"
    )
    speed_mps: float = parameter(Uniform(0.9, 1.6), bounds=(0.3, 2.0), unit="m/s", doc="speed of the robot")


@register("robotics/blocked_corridor")
class BlockedCorridor(MobileScenario):
    """Drive a path of the map through an aisle that is no longer free."""

    title: ClassVar[str] = "An aisle that the map has free is blocked"
    source: ClassVar[str] = "map mismatch of mobile robots; EUR pallet 0.144 m; ISO 3691-4"
    tags: ClassVar[tuple[str, ...]] = ("M07", "family/mobile_robot", "family/map_mismatch", "level/scene")
    duration_s: ClassVar[float] = 13.0
    Params: ClassVar[type] = BlockedCorridorParams
    params: BlockedCorridorParams

    @property
    def hazard(self) -> Actor:
        """What stands nearest to the path."""
        return self._nearest

    def build(self) -> World:
        """The aisle, a row of things across it with one narrow passage, and the robot."""
        p = self.params
        world = World(warehouse_hall(rng=self.streams.rng("stage"), aisle_m=_AISLE_M))
        start = _AT_X - 0.8 - _APPROACH_S * p.speed_mps
        path = Path.from_segments([(8.0 - start, 0.0)], start=(start, 0.0))
        self.add_ego(world, spec=BaseSpec(), path=path, config=NavigateConfig(speed_mps=p.speed_mps))
        rng = self.streams.rng("furniture")
        across = _ACROSS_M[p.kind]
        things: list[StandingActor] = []
        for side in (1.0, -1.0):
            edge, wall, k = side * p.offset_m + p.width_m / 2, _AISLE_M / 2 - 0.05, 0
            while edge + _FREE_M < wall:
                behind = edge + across > wall  # no room beside the last one: it stands behind the gap that is left
                y = side * (min(edge, wall - across) + across / 2)
                x = _AT_X + (0.95 if behind else 0.0 if k == 0 else float(rng.uniform(-0.05, 0.30)))
                drawn, yaw = self._thing(p.kind, len(things), rng)
                actor = self.add_standing(world, f"{p.kind[:-1]}_{len(things) + 1}", drawn, xy=(x, y), yaw=yaw)
                things.append(actor)
                edge += across + float(rng.uniform(0.03, 0.12))
                k += 1
        self._nearest = min(things, key=lambda actor: abs(float(actor.position_w[1])))
        self.add_life(world, aisle_m=_AISLE_M)
        return world

    def _thing(self, kind: str, number: int, rng: np.random.Generator) -> tuple[tuple[Asset, np.ndarray], float]:
        """One thing about a point on the floor, and how it is turned."""
        if kind == "cages":
            return roll_cage(rng=self.streams.rng(f"assets/cage_{number}")), pi / 2
        if kind == "drums":
            return as_actor(drum()), float(rng.uniform(-pi, pi))
        return empty_pallet(), 0.0

    def script(self) -> Iterator[Condition]:
        """It comes near; it stops and stays, or runs in."""
        yield lambda: self.remaining_m() < self.stopping_distance_m() + _BEGIN_M or self.left_m() < 5.0
        self.mark("onset")
        self.cause("map_mismatch", "things stand in an aisle that the map has free", self._nearest.id)
        yield lambda: self.ego.speed_mps < 0.05 or "contact" in self.phases or self.left_m() < 1.0
        if "contact" in self.phases:
            return
        if self.left_m() > 1.0:
            self.cause("no_way_through", "what is left of the aisle is too narrow, so the robot stays", self.ego.id)
            return
        self.mark("escape")

    def occurred(self) -> bool:
        """Whether it did not get through."""
        return self.outcome() in ("stuck", "contact")
