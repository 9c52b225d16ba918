"""A drop and its recovery: the gripper loses its force for a moment, the object falls, and the arm picks it up again.

While the object is carried, the grip force sinks to a hundredth for `loss_s`, as with a dip of air pressure or a reset
of the drive; friction no longer carries the weight and the object falls from `height_m`, bounces (restitution is the
pair's) and comes to rest somewhere else, maybe on another side. The controller notices the empty hand, looks again and
regrasps where the object now lies; a side that is too wide for the hand, or a place out of reach, ends the task.
Measured: height of the drop, time from the drop to the new grasp (R02). Masses and sizes: YCB set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...sim.control.grasping import Grasp, top_grasp
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation import ManipulationScenario
from ...sim.episode.manipulation.table import add_bystanders, bin_near, plan_to_bin
from ...sim.episode.scenario import Condition, register
from ...sim.physics.arm import MAX_WIDTH_M
from ...sim.world.assets.objects import build_object
from ...sim.world.stages.cell import robot_cell
from ...sim.world.world import World

_LOST_SHARE = 0.01
_ATTEMPTS = 3
_SPARE_M = 0.006
"""How much wider than the object the open hand must be."""
_AWAY_S = 0.4
"""How long the hand may take to leave what it has put down."""


@dataclass(frozen=True)
class DropRecoveryParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(("foam_block", "rubber_block", "parcel", "banana", "sugar_box")), doc="the object")
    friction: float = parameter(Uniform(0.4, 0.7), bounds=(0.2, 1.2), doc="Coulomb coefficient of pads on object")
    height_m: float = parameter(
        Uniform(0.08, 0.24), bounds=(0.05, 0.35), unit="m", doc="height above the table at which it is carried"
    )
    carry_share: float = parameter(
        Uniform(0.0, 0.35), bounds=(0.0, 0.6), doc="share of the way to the bin at which the gripper loses its force"
    )
    loss_s: float = parameter(Uniform(0.35, 0.8), bounds=(0.2, 2.0), unit="s", doc="how long the force is gone")
    restitution: float = parameter(Uniform(0.1, 0.45), bounds=(0.0, 0.8), doc="share of the speed kept in a bounce")
    x_m: float = parameter(Uniform(0.44, 0.56), bounds=(0.38, 0.62), unit="m", doc="place of the object on the table")
    y_m: float = parameter(Uniform(-0.08, 0.08), bounds=(-0.15, 0.15), unit="m", doc="place of the object on the table")
    yaw_rad: float = parameter(Uniform(-0.6, 0.6), bounds=(-1.5, 1.5), unit="rad", doc="turn of the object")


@register("robotics/drop_recovery")
class DropRecovery(ManipulationScenario):
    """Carry an object to a bin with a gripper whose force fails for a moment, and pick it up again."""

    title: ClassVar[str] = "The gripper loses its force, the object falls, the arm picks it up again"
    source: ClassVar[str] = "Manipulation failure class 'drop'; YCB object set; Coulomb's law"
    tags: ClassVar[tuple[str, ...]] = ("R02", "family/grasp", "failgen/slip", "level/scenario")
    duration_s: ClassVar[float] = 15.0
    fatal: ClassVar[frozenset[str]] = frozenset()
    Params: ClassVar[type] = DropRecoveryParams
    params: DropRecoveryParams

    def build(self) -> World:
        """The cell, the arm, the object, and things lying around."""
        p = self.params
        self._dropped_s, self.regrasp_s = 0.0, 0.0
        self._put_down_s: float | None = None
        world = World(robot_cell(rng=self.streams.rng("stage")))
        self.add_arm(world)
        asset = build_object(p.kind, rng=self.streams.rng("assets/object"))
        target = self.add_object(
            world, "object", asset, xy=(p.x_m, p.y_m), yaw=p.yaw_rad, friction=p.friction, restitution=p.restitution
        )
        goal = bin_near(p.y_m)
        add_bystanders(self, world, clear_of=[(p.x_m, p.y_m), (p.x_m, 0.5 * (p.y_m + goal[1]))], radius_m=0.2)
        plan_to_bin(
            self,
            world,
            target,
            top_grasp(asset.size, target.position_w, target.orientation_w),
            friction=p.friction,
            grip_margin=2.2,
            bin_xy=goal,
            attempts=_ATTEMPTS,
            locate=self._look,
            clearance_m=p.height_m,
            fine_speed_mps=0.28,
            speed_mps=0.55,
        )
        return world

    def _look(self) -> Grasp | None:
        """Where the fallen object can be held, seen without error; None where it cannot."""
        thing = self._object
        grasp = top_grasp(thing.asset.size, thing.position_w, thing.orientation_w)
        x, y, _ = grasp.position_w
        reachable = 0.3 < float(np.hypot(x, y)) < 0.72 and x > 0.15 and abs(y) < 0.62
        if reachable and grasp.width_m < MAX_WIDTH_M - _SPARE_M:
            self.cause("second_try", f"the arm finds the {self.params.kind} where it fell and tries again")
            return grasp
        self.cause("given_up", f"the {self.params.kind} lies where or how the hand cannot take it")
        return None

    def script(self) -> Iterator[Condition]:
        """The force fails on the way; later it is back, and the second grasp is timed."""
        p, world = self.params, self.world
        yield lambda: self._controller.phase in ("lift", "move") and self.height_m > 0.97 * p.height_m
        start, goal = self._object.position_w.copy(), self._place_w
        whole = max(float(np.linalg.norm((goal - start)[:2])), 1e-6)
        yield lambda: float(np.linalg.norm((self._object.position_w - start)[:2])) >= p.carry_share * whole
        self.mark("onset")
        self.cause("grip_force_loss", f"the gripper loses its force for {p.loss_s:.2f} s", self._arm.id)
        self.grip_scale = _LOST_SHARE
        back_s = world.time_s + p.loss_s
        yield lambda: world.time_s >= back_s
        self.grip_scale = 1.0
        yield lambda: self.happened("drop") and self._controller.attempt > 1 and self.height_m > 0.02 and self.held
        self.regrasp_s = world.time_s - self._dropped_s
        self.emit("regrasp", self._object.id, self._arm.id, self.regrasp_s)
        self.cause("regrasped", f"it is in the hand again {self.regrasp_s:.1f} s after it was dropped", self._arm.id)

    def on_trouble(self, kind: str, value: float) -> None:
        """The drop cannot be undone; when it happened starts the clock of the recovery."""
        super().on_trouble(kind, value)
        if kind == "drop":
            self._dropped_s = self.world.time_s
            self.cause("dropped", f"it falls from {value:.2f} m", self._object.id)

    def after_tick(self) -> None:
        """Note when the hand let go over the bin."""
        super().after_tick()
        if self._put_down_s is None and self._controller.phase == "retreat":
            self._put_down_s = self.world.time_s

    def terminated(self) -> bool:
        """When the object has been put down, or the controller gave up."""
        away = self._put_down_s is not None and self.world.time_s - self._put_down_s > _AWAY_S
        return (away and self._action is None) or super().terminated()

    def occurred(self) -> bool:
        """Whether it was dropped and landed."""
        return self.happened("drop") and "contact" in self.phases

    def outcome(self) -> str:
        """One of recovered, drop, slip, placed, unfinished."""
        return "recovered" if self.happened("drop") and self.regrasp_s and self.placed else super().outcome()

    def result(self) -> str:
        """A drop is a collision, even one that was made good."""
        return "collision" if self.happened("drop") else super().result()

    def measures(self) -> dict[str, float]:
        """Harm (height of the drop) [m], and time from the drop to the new grasp [s], 0 without one."""
        return super().measures() | {"regrasp_s": self.regrasp_s}
