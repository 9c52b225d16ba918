"""An unstable grasp: the object is held beside its centre of mass and turns in the hand.

Two pads of radius r transmit a torque of about 2 mu F r about the axis through them; an object of mass m held at a
distance d from its centre of mass needs m g d. With the grip margin k = 2 mu F / (m g) it turns when d > k r, which
for pads of 20 mm and the usual margins means from 2 cm on. Held so, a hammer, a parcel with its weight at one end, or
a drill tilts as it is lifted, hangs down, and may slide out. Unstable means more than 15 degrees (R04).
Hammer and drill have the masses of the YCB set and heads and batteries denser than handles; the parcel carries a
steel block inside. Left out: pads that yield.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import degrees
from typing import ClassVar

import numpy as np

from ...renderers.transforms import from_yaw, rotate
from ...sim.control.grasping import top_grasp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation import ManipulationScenario
from ...sim.episode.manipulation.table import add_bystanders, bin_near, plan_to_bin
from ...sim.episode.scenario import Condition, register
from ...sim.world.assets.asset import Asset, Box
from ...sim.world.assets.objects import OBJECTS, build_object
from ...sim.world.stages.cell import robot_cell
from ...sim.world.world import World

_ENDS_M = {"hammer": (-0.145, 0.110), "parcel": (-0.075, 0.075), "drill": (-0.075, 0.025), "screwdriver": (-0.09, 0.0)}
"""Where along y each can be held between the fingers, in its own frame."""
_IN_BIN_M = 0.19
_TURNING_RAD = np.radians(5.0)
_STEEL_M, _STEEL_DENSITY = 0.035, 14.0
"""Length of the block in the parcel, and its density over that of what else is in there."""


@dataclass(frozen=True)
class UnstableGraspParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(("hammer", "parcel", "drill")), doc="the object")
    offset_m: float = parameter(
        Uniform(0.04, 0.10), bounds=(0.0, 0.2), unit="m", doc="distance of the grasp from the centre of mass"
    )
    grip_margin: float = parameter(
        Uniform(1.5, 2.6), bounds=(1.1, 8.0), doc="grip force over the least that holds the object at rest"
    )
    friction: float = parameter(Uniform(0.4, 0.7), bounds=(0.2, 1.2), doc="Coulomb coefficient of pads on object")
    x_m: float = parameter(Uniform(0.42, 0.56), bounds=(0.38, 0.6), unit="m", doc="place of the object on the table")
    y_m: float = parameter(Uniform(-0.08, 0.08), bounds=(-0.12, 0.12), unit="m", doc="place of the object on the table")
    yaw_rad: float = parameter(Uniform(-0.7, 0.7), bounds=(-1.2, 1.2), unit="rad", doc="turn of the object")


@register("robotics/unstable_grasp")
class UnstableGrasp(ManipulationScenario):
    """Lift something by a place that is not above its centre of mass."""

    title: ClassVar[str] = "Held beside its centre of mass, the object turns in the hand"
    source: ClassVar[str] = "FailGen rotation error; unstable above 15 degrees; YCB object set; Coulomb's law"
    tags: ClassVar[tuple[str, ...]] = ("R04", "family/grasp", "failgen/rotation", "level/scenario")
    duration_s: ClassVar[float] = 13.0
    troubles = {"drop": "collision", "rotation": "near_miss"}
    Params: ClassVar[type] = UnstableGraspParams
    params: UnstableGraspParams

    def build(self) -> World:
        """The cell, the arm, the object, and things lying around."""
        p = self.params
        world = World(robot_cell(rng=self.streams.rng("stage")))
        self.add_arm(world)
        asset = _weighted(build_object(p.kind, rng=self.streams.rng("assets/object")))
        target = self.add_object(world, "object", asset, xy=(p.x_m, p.y_m), yaw=p.yaw_rad, friction=p.friction)
        centre_y = float(world.bodies.mass(target.bodies[0]).centre[1])
        low, high = _ENDS_M[p.kind]
        wanted = centre_y - p.offset_m if centre_y - low > high - centre_y else centre_y + p.offset_m
        at = float(np.clip(wanted, low, high))
        self._offset_m = abs(at - centre_y)
        held = target.position_w + rotate(target.orientation_w, [0.0, at, 0.0])
        width = OBJECTS[p.kind].grasp_m
        add_bystanders(self, world, clear_of=[held, target.position_w], radius_m=0.24)
        plan_to_bin(
            self,
            world,
            target,
            top_grasp((width, 4.0 * width, asset.size[2]), held, from_yaw(p.yaw_rad)),
            friction=p.friction,
            grip_margin=p.grip_margin,
            bin_xy=bin_near(p.y_m),
        )
        self._turned_rad = 0.0
        return world

    def script(self) -> Iterator[Condition]:
        """It turns as it is lifted; in the end it is in the bin or on the table."""
        yield lambda: self._controller.phase == "lift"
        self.cause(
            "off_centre_grasp", f"the {self.params.kind} is held {100 * self._offset_m:.0f} cm from its centre of mass"
        )
        yield lambda: self._watch.rotation_rad > _TURNING_RAD
        self.mark("onset")
        self.cause("torque_over_friction", "its weight turns it about the pads", self._object.id)
        yield lambda: self._controller.phase in ("retreat", "done") and not self.happened("drop")
        if self.placed:
            self.mark("escape")

    def on_trouble(self, kind: str, value: float) -> None:
        """After 15 degrees the grasp is lost as planned; a drop ends it."""
        super().on_trouble(kind, value)
        if kind == "rotation":
            self.cause("rotation", "it has turned by more than 15 degrees in the hand", self._object.id)
        else:
            self.cause("dropped", f"it slides out of the hand {value:.2f} m above the table", self._object.id)

    def after_tick(self) -> None:
        """Keep the largest turn."""
        super().after_tick()
        self._turned_rad = max(self._turned_rad, self._watch.rotation_rad)

    @property
    def placed(self) -> bool:
        """Whether it lies in the bin, however it hung when the hand let go."""
        inside = float(np.abs((self._object.position_w - self._place_w)[:2]).max()) < _IN_BIN_M
        return inside and not self.held

    def occurred(self) -> bool:
        """Whether it turned by more than 15 degrees in the hand."""
        return self.happened("rotation")

    def harm(self) -> float:
        """Largest turn in the hand [rad] once above 15 degrees; pi for a drop."""
        if self.happened("drop"):
            return float(np.pi)
        return self._turned_rad if self.happened("rotation") else 0.0

    def measures(self) -> dict[str, float]:
        """Harm, distance of grasp and centre of mass [m], and largest turn in the hand [deg]."""
        return super().measures() | {"offset_m": self._offset_m, "turn_deg": degrees(self._turned_rad)}


def _weighted(asset: Asset) -> Asset:
    """The parcel gets a steel block in its +y end; the others are as they are."""
    if asset.name != "parcel":
        return asset
    x, y, z = (side / 2 for side in asset.size)
    rest = Box((x, y - _STEEL_M / 2, z), (0.0, -_STEEL_M / 2, 0.0))
    block = Box((x, _STEEL_M / 2, z), (0.0, y - _STEEL_M / 2, 0.0), density=_STEEL_DENSITY)
    return replace(asset, collision=(rest, block))
