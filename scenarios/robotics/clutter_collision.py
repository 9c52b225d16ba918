"""A pick from dense clutter: hand, arm, or the carried object hits what stands around, which tips over.

Things stand around the target with a gap of `clearance_m`; a finger of the open hand needs about 3 cm beside it. A
planner that knows the target but not its neighbours comes down on them (a touch of 25 N ends the descent), presses
them aside, and carries the object away too low over the tall ones. A touch is told with its force, impulse over
contact duration (R06), and everything that tips over is told. Left out: a planner that avoids them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import from_yaw, rotate
from ...sim.control.grasping import top_grasp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation import ManipulationScenario
from ...sim.episode.manipulation.table import ROLLING_M, ToppleWatch, bin_near, plan_to_bin
from ...sim.episode.scenario import Condition, register
from ...sim.physics.contacts import Contact
from ...sim.world.actor import Actor
from ...sim.world.assets.objects import OBJECTS, build_object
from ...sim.world.rigid_actor import ObjectActor
from ...sim.world.stages.cell import robot_cell
from ...sim.world.world import World

F64 = NDArray[np.float64]
_NEIGHBOURS = (
    "bottle", "sugar_box", "cracker_box", "soup_can", "jam_jar", "mug", "meat_can", "steel_canister", "glass",
)  # fmt: skip
_TALL = ("bottle", "sugar_box", "cracker_box", "soup_can", "steel_canister")
"""What stands in the way of the fingers."""
_RING = 6
"""Places in the ring next to the target; more things stand behind it."""
_TIP_M = 0.01
_SIDE_M = 0.26
"""How far from the target's middle things may stand on the sides of the bins, and to the robot and away from it."""


@dataclass(frozen=True)
class ClutterCollisionParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(("jam_jar", "soup_can", "meat_can", "steel_canister")), doc="the target")
    n: int = parameter(Choice((6, 8, 10, 12)), doc="how many things stand around it")
    clearance_m: float = parameter(
        Uniform(0.004, 0.018), bounds=(0.002, 0.08), unit="m", doc="gap between the target and what stands next to it"
    )
    travel_m: float = parameter(
        Uniform(0.10, 0.20), bounds=(0.06, 0.35), unit="m", doc="height over the grasp at which it is carried"
    )
    x_m: float = parameter(Uniform(0.44, 0.54), bounds=(0.42, 0.58), unit="m", doc="place of the target on the table")
    y_m: float = parameter(Uniform(-0.06, 0.06), bounds=(-0.1, 0.1), unit="m", doc="place of the target on the table")
    yaw_rad: float = parameter(Uniform(-0.6, 0.6), bounds=(-1.2, 1.2), unit="rad", doc="turn of the target")


@register("robotics/clutter_collision")
class ClutterCollision(ManipulationScenario):
    """Pick something that other things stand close around."""

    title: ClassVar[str] = "The hand goes into dense clutter and hits the neighbours of its target"
    source: ClassVar[str] = "Manipulation failure class 'collision'; YCB object set"
    tags: ClassVar[tuple[str, ...]] = ("R06", "family/clutter", "level/scene")
    duration_s: ClassVar[float] = 13.0
    troubles = {
        "drop": "collision", "toppled": "collision", "collision": "collision", "missed_grasp": "near_miss",
    }  # fmt: skip
    fatal: ClassVar[frozenset[str]] = frozenset({"drop", "missed_grasp"})
    Params: ClassVar[type] = ClutterCollisionParams
    params: ClutterCollisionParams

    def build(self) -> World:
        """The cell, the arm, the target, and what stands around it."""
        p = self.params
        world = World(robot_cell(rng=self.streams.rng("stage")))
        self.add_arm(world)
        asset = build_object(p.kind, rng=self.streams.rng("assets/object"))
        target = self.add_object(world, "object", asset, xy=(p.x_m, p.y_m), yaw=p.yaw_rad, rolling_m=ROLLING_M)
        self._neighbours = self._surround(world, target)
        plan_to_bin(
            self,
            world,
            target,
            top_grasp(asset.size, target.position_w, target.orientation_w),
            friction=asset.friction,
            grip_margin=2.2,
            bin_xy=bin_near(p.y_m),
            clearance_m=p.travel_m,
        )
        self._topple = ToppleWatch([*self._neighbours, target])
        self._toppled = 0
        return world

    def _surround(self, world: World, target: ObjectActor) -> list[ObjectActor]:
        """A ring of things with the given gap, the first in the way of a finger, and a second ring behind it."""
        p, rng = self.params, self.streams.rng("clutter")
        placed: list[ObjectActor] = []
        taken = [(target.position_w[:2].copy(), target.size, p.yaw_rad)]
        for k in range(4 * p.n):
            if len(placed) == p.n:
                break
            near = k < _RING
            bearing = p.yaw_rad + 2 * np.pi * k / _RING + float(rng.uniform(-0.3, 0.3)) * (k % 3 > 0)
            kinds = _TALL if near and k % 3 == 0 else _NEIGHBOURS
            heading, kind = float(rng.uniform(-np.pi, np.pi)), kinds[rng.integers(len(kinds))]
            size = OBJECTS[kind].size
            away = rotate(from_yaw(bearing), [1.0, 0.0, 0.0])[:2]
            gap = p.clearance_m if near else float(rng.uniform(0.07, 0.16))
            distance = _reach(target.size, p.yaw_rad, away) + gap + _reach(size, heading, away)
            xy = target.position_w[:2] + distance * away
            free = all(_apart(xy, size, heading, *other) for other in taken)
            if not free or abs(xy[1]) > _SIDE_M or xy[0] < 0.26 or xy[0] > 0.85:
                continue
            asset = build_object(kind, rng=self.streams.rng(f"assets/clutter_{k}"))
            thing = self.add_object(
                world, f"clutter_{k}", asset, xy=(float(xy[0]), float(xy[1])), yaw=heading, rolling_m=ROLLING_M
            )
            placed.append(thing)
            taken.append((xy, size, heading))
        return placed

    def script(self) -> Iterator[Condition]:
        """The hand goes down among them."""
        yield lambda: self._controller.phase == "descend"
        self.mark("onset")
        count = len(self._neighbours)
        self.cause("tight_clearance", f"{count} things stand around it, {1000 * self.params.clearance_m:.0f} mm away")
        top = max(float(thing.position_w[2]) + thing.size[2] / 2 for thing in self._neighbours)
        yield lambda: float(self._reading.tool_position_w[2]) < top + _TIP_M
        self.mark("last_avoidable")
        yield lambda: self._controller.phase in ("retreat", "done") and "contact" not in self.phases
        if self.placed:
            self.mark("escape")

    def on_touch(self, contact: Contact) -> None:
        """What was hit, in words."""
        super().on_touch(contact)
        if self.unwanted(contact):
            pair = (contact.actor_a, contact.actor_b)
            carried = self._object.name in pair and self._arm.name not in pair
            who = "the carried object" if carried else "the hand"
            self.cause("hit_neighbour", f"{who} hits what stands beside the target", self._arm.id)

    def on_trouble(self, kind: str, value: float) -> None:
        """Phases are marked at the touch; a drop is also the last moment."""
        if kind == "drop":
            super().on_trouble(kind, value)

    def after_tick(self) -> None:
        """Also watch everything tip over."""
        super().after_tick()
        if self.world.tick >= 0:
            for thing, tilt in self._topple.update():
                self._fell(thing, tilt)

    def _fell(self, thing: Actor, tilt: float) -> None:
        if thing is self._object and self.held:
            return
        self._toppled += 1
        self.trouble("toppled", tilt, actor=thing.id)
        self.cause("toppled", "something standing there tips over", thing.id)

    def occurred(self) -> bool:
        """Whether hand, arm or object hit a neighbour."""
        return self.happened("collision")

    def harm(self) -> float:
        """Largest force of an unwanted touch [N]."""
        return self.peak_force_n

    def measures(self) -> dict[str, float]:
        """Harm (peak force) [N], and how many things tipped over."""
        return super().measures() | {"toppled": float(self._toppled)}


def _reach(size: tuple[float, float, float], yaw: float, direction: F64) -> float:
    """How far a box reaches from its middle along a direction in the plane [m]."""
    x, y = rotate(from_yaw(yaw), [1.0, 0.0, 0.0])[:2], rotate(from_yaw(yaw), [0.0, 1.0, 0.0])[:2]
    return 0.5 * (abs(float(x @ direction)) * size[0] + abs(float(y @ direction)) * size[1])


def _apart(
    xy: F64,
    size: tuple[float, float, float],
    yaw: float,
    other: F64,
    other_size: tuple[float, float, float],
    turn: float,
) -> bool:
    """Whether two boxes on the table are apart, by the separating axes of both and the line between them."""
    between = other - xy
    length = float(np.linalg.norm(between))
    axes = [rotate(from_yaw(angle), [1.0, 0.0, 0.0])[:2] for angle in (yaw, yaw + np.pi / 2, turn, turn + np.pi / 2)]
    axes.append(between / max(length, 1e-9))
    return any(
        abs(float(between @ axis)) > _reach(size, yaw, axis) + _reach(other_size, turn, axis) + 1e-3 for axis in axes
    )
