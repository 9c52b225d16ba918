"""A grasp that slips: the grip weakens until friction no longer carries the object.

Coulomb friction of two finger pads holds an object while 2 mu F > m (g + a). The gripper closes with `grip_margin`
times the force that just holds it at rest and then loses `force_loss_per_s` of its force per second, exponentially, as
a leaking pneumatic or overheating motor does; without acceleration the object begins to slide at
ln(grip_margin) / force_loss_per_s seconds after closing. Slip, drop and landing are found in the physics.
Masses and sizes: YCB set; measured friction of plastic, glass, wood and foam 0.26-0.71 (see `objects`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from typing import ClassVar

import numpy as np

from ...sim.control.pick_place import PickPlaceConfig
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation import ManipulationScenario
from ...sim.episode.scenario import Condition, register
from ...sim.physics.client import GRAVITY_MPS2
from ...sim.world.assets.objects import build_object
from ...sim.world.stages.cell import BINS_XY, robot_cell
from ...sim.world.world import World

_PAD_DEPTH_M = 0.03
"""How far below its top the object is grasped; the palm is 45 mm above the pads."""


@dataclass(frozen=True)
class GraspSlipParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(("cracker_box", "sugar_box", "soup_can", "bottle")), doc="the object")
    friction: float = parameter(Uniform(0.25, 0.6), bounds=(0.1, 1.2), doc="Coulomb coefficient of pads on object")
    grip_margin: float = parameter(
        Uniform(1.05, 1.35), bounds=(0.3, 4.0), doc="grip force at closing over the least that holds the object at rest"
    )
    force_loss_per_s: float = parameter(
        Uniform(0.12, 0.4), bounds=(0.0, 2.0), unit="1/s", doc="rate at which the grip force decays after closing"
    )
    x_m: float = parameter(Uniform(0.42, 0.58), bounds=(0.35, 0.65), unit="m", doc="place of the object on the table")
    y_m: float = parameter(Uniform(-0.12, 0.12), bounds=(-0.2, 0.2), unit="m", doc="place of the object on the table")
    yaw_rad: float = parameter(Uniform(-0.6, 0.6), bounds=(-1.5, 1.5), unit="rad", doc="turn of the object")


@register("robotics/grasp_slip")
class GraspSlip(ManipulationScenario):
    """Pick an object from the table and carry it to a bin, with a grip that weakens."""

    title: ClassVar[str] = "The grip weakens, the object slips in the hand and drops"
    source: ClassVar[str] = "AHA/FailGen failure mode 'slip'; YCB object set; Coulomb's law"
    tags: ClassVar[tuple[str, ...]] = ("R01", "family/grasp", "failgen/slip", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = GraspSlipParams
    params: GraspSlipParams

    def build(self) -> World:
        """The cell, the arm, the object to pick, and things lying around."""
        p = self.params
        world = World(robot_cell(rng=self.streams.rng("stage")))
        arm = self.add_arm(world)
        arm.arm.set_finger_friction(1.0)
        asset = build_object(p.kind, rng=self.streams.rng("assets/object"))
        target = self.add_object(world, "object", asset, xy=(p.x_m, p.y_m), yaw=p.yaw_rad, friction=p.friction)
        self._scatter(world, np.array([p.x_m, p.y_m]))
        height = asset.size[2]
        grasp = np.array([p.x_m, p.y_m, height - _PAD_DEPTH_M])
        bin_x, bin_y = BINS_XY[1 if p.y_m >= 0 else 0]
        place = np.array([bin_x, bin_y, height - _PAD_DEPTH_M + 0.03])
        least_n = asset.mass_kg * GRAVITY_MPS2 / (2 * p.friction)
        config = PickPlaceConfig(grip_force_n=p.grip_margin * least_n, clearance_m=0.25, fine_speed_mps=0.2)
        self.plan(
            world, target, grasp_w=grasp, place_w=place, yaw=p.yaw_rad + np.pi / 2, friction=p.friction, config=config
        )
        return world

    def _scatter(self, world: World, keep_clear: np.ndarray) -> None:
        """A few other objects on the table, away from the hand's way."""
        rng = self.streams.rng("clutter")
        kinds = ("mug", "foam_block", "soup_can", "banana", "sugar_box")
        spots = [(0.30, -0.22), (0.32, 0.22), (0.72, -0.24), (0.74, 0.22), (0.70, 0.02)]
        for k in rng.permutation(len(spots))[: int(rng.integers(2, 5))]:
            xy = np.array(spots[k]) + rng.uniform(-0.03, 0.03, 2)
            if float(np.linalg.norm(xy - keep_clear)) < 0.16:
                continue
            asset = build_object(kinds[k], rng=self.streams.rng(f"assets/clutter_{k}"))
            self.add_object(
                world, f"clutter_{k}", asset, xy=(float(xy[0]), float(xy[1])), yaw=float(rng.uniform(-3, 3))
            )

    def script(self) -> Iterator[Condition]:
        """Once the fingers press, the force decays; in the end the object is placed or lost."""
        yield lambda: self.closed_s is not None
        world = self.world
        self.cause("force_decay", "the gripper loses its force by and by", self.ego.id)

        def weaken() -> None:
            if self.closed_s is not None:
                self.grip_scale = exp(-self.params.force_loss_per_s * max(0.0, world.time_s - self.closed_s))

        world.control(weaken)
        yield lambda: self._controller.phase in ("retreat", "done") and not self.happened("drop")
        if self.outcome() == "placed":
            self.mark("escape")
