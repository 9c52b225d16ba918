"""A glass door that the scan looks through: the map says open, the leaf stands in the way.

Light of a scanner passes a clear pane, so what it reports is the free floor behind (lidar-blind class "glass"). The
leaf of a door in a glass partition across the aisle is ajar by `angle_deg`, though the map has the doorway free; from
an opacity of about 0.3 on (frost, print, dust) it sends enough light back to be seen.
Left out: the glint of a pane met at a right angle, the give of a leaf that is pushed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import radians
from typing import ClassVar

from ...sim.control.navigate import NavigateConfig
from ...sim.episode.distributions import Uniform, parameter
from ...sim.episode.mobile import MobileScenario
from ...sim.episode.scenario import Condition, register
from ...sim.physics.mobile_base import BaseSpec
from ...sim.physics.planar_scan import SEEN_OPACITY
from ...sim.world.actor import Actor
from ...sim.world.assets.warehouse import door_frame, glass_leaf, glass_screen
from ...sim.world.path import Path
from ...sim.world.stages.stage import Placement
from ...sim.world.stages.warehouse import furnished, warehouse_hall
from ...sim.world.world import World

_DOOR_X, _LEAF_M, _AISLE_M = 1.4, 1.3, 3.2
_APPROACH_S = 4.0
_BEGIN_M = 1.0
"""Farther from the pane than its stopping distance when a robot that sees it begins to slow down."""


@dataclass(frozen=True)
class GlassDoorParams:
    """What is drawn for each episode."""

    opacity: float = parameter(
        Uniform(0.0, 0.15), bounds=(0.0, 1.0), doc="opaque share of the pane: 0 is clear, from 0.3 on the scan sees it"
    )
    angle_deg: float = parameter(
        Uniform(0.0, 30.0), bounds=(0.0, 80.0), unit="deg", doc="how far the leaf is open; 0 stands across the way"
    )
    speed_mps: float = parameter(Uniform(0.9, 1.6), bounds=(0.3, 2.0), unit="m/s", doc="speed of the robot")


@register("robotics/glass_door")
class GlassDoor(MobileScenario):
    """Drive through a doorway whose glass leaf is not where the map has it."""

    title: ClassVar[str] = "A glass door that the scan looks through"
    source: ClassVar[str] = "lidar-blind class glass; robot navigation among glass and mirrors"
    tags: ClassVar[tuple[str, ...]] = ("M01", "family/mobile_robot", "level/object")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = GlassDoorParams
    params: GlassDoorParams

    @property
    def hazard(self) -> Actor:
        """The leaf."""
        return self._door

    def build(self) -> World:
        """The aisle, a glass partition across it, the door in it, and people at work elsewhere."""
        p = self.params
        stage = warehouse_hall(
            rng=self.streams.rng("stage"), aisle_m=_AISLE_M, clear=((_DOOR_X - 0.3, _DOOR_X + 0.3, -1.6, 1.6),)
        )
        frame = Placement.upright(door_frame(_LEAF_M), _DOOR_X, 0.0)
        world = World(furnished(stage, frame))
        start = _DOOR_X - 0.6 - _APPROACH_S * p.speed_mps
        path = Path.from_segments([(8.0 - start, 0.0)], start=(start, 0.0))
        self.add_ego(world, spec=BaseSpec(), path=path, config=NavigateConfig(speed_mps=p.speed_mps))
        clear = p.opacity < SEEN_OPACITY
        side = (_AISLE_M - _LEAF_M) / 2 - 0.06
        for name, sign in (("screen_left", 1.0), ("screen_right", -1.0)):
            y = sign * (_LEAF_M / 2 + 0.06 + side / 2)
            self.add_standing(world, name, glass_screen(side, p.opacity), xy=(_DOOR_X, y), clear=clear)
        hinge = (_DOOR_X, _LEAF_M / 2)
        leaf = glass_leaf(_LEAF_M - 0.02, p.opacity)
        self._door = self.add_standing(
            world, "glass_door", leaf, xy=hinge, yaw=radians(180.0 + p.angle_deg), clear=clear
        )
        self.add_life(world, aisle_m=_AISLE_M)
        return world

    def script(self) -> Iterator[Condition]:
        """It comes near what it does not see; in the end it has touched it, or stands before it."""
        yield lambda: self.remaining_m() < self.stopping_distance_m() + _BEGIN_M
        self.mark("onset")
        self.cause("transparent_obstacle", "a glass leaf stands in a doorway that the map has free", self._door.id)
        yield lambda: self.remaining_m() < self.stopping_distance_m() or self.ego.speed_mps < 0.05
        if self.ego.speed_mps > 0.05:
            self.cause(
                "not_in_scan", "the light of the scanner passes the pane, so the robot does not brake", self.ego.id
            )
        yield lambda: "contact" in self.phases or self.ego.speed_mps < 0.05 or self.left_m() < 1.0
        if "contact" not in self.phases:
            self.mark("escape")

    def occurred(self) -> bool:
        """Whether it ran into the glass."""
        return "contact" in self.phases
