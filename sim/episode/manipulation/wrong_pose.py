"""Base of scenarios in which the arm reaches for an object where it is not.

The planner holds the object from above at a believed pose. Off by more than the spare width of the open hand, a finger
comes down on the object (a touch ends the descent), beside it or behind it; then the fingers close on nothing, pinch an
edge, push the object or tip it over.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ....renderers.transforms import from_yaw
from ...control.grasping import top_grasp
from ...physics.contacts import Contact
from ...world.assets.objects import build_object
from ...world.rigid_actor import ObjectActor
from ...world.stages.cell import robot_cell
from ...world.world import World
from .scenario import ManipulationScenario
from .table import ROLLING_M, ToppleWatch, add_bystanders, bin_near, plan_to_bin

F64 = NDArray[np.float64]
_TEXTS = {
    "collision": "a finger comes down on the object",
    "toppled": "the object tips over",
    "missed_grasp": "the fingers meet with nothing between them",
    "rotation": "held by an edge, the object turns in the hand",
    "slip": "held by an edge, the object slides along the pads",
    "drop": "held by an edge, the object slips out of the hand",
}


class WrongPoseScenario(ManipulationScenario):
    """Base: subclasses call `set_table` and `reach` in `build`, and write `script`.

    Attributes:
        pose_error_m: distance between believed and true position, level with the table.

    """

    troubles = {
        "drop": "collision", "toppled": "collision", "collision": "collision", "missed_grasp": "near_miss",
        "rotation": "near_miss", "slip": "near_miss",
    }  # fmt: skip
    fatal: ClassVar[frozenset[str]] = frozenset({"drop", "missed_grasp"})
    pose_error_m: float

    def set_table(self, kind: str, *, xy: tuple[float, float], yaw: float) -> tuple[World, ObjectActor]:
        """The cell, the arm, and an object of that kind."""
        world = World(robot_cell(rng=self.streams.rng("stage")))
        self.add_arm(world)
        asset = build_object(kind, rng=self.streams.rng("assets/object"))
        return world, self.add_object(world, "object", asset, xy=xy, yaw=yaw, rolling_m=ROLLING_M)

    def reach(self, world: World, target: ObjectActor, position_w: F64, yaw: float, **config: Any) -> None:
        """Plan to pick the target as if its box stood at that position [m] and heading [rad]; add other things."""
        asset = target.asset
        self.pose_error_m = float(np.linalg.norm((position_w - target.position_w)[:2]))
        add_bystanders(self, world, clear_of=[position_w, target.position_w], radius_m=0.19)
        plan_to_bin(
            self,
            world,
            target,
            top_grasp(asset.size, position_w, from_yaw(yaw)),
            friction=asset.friction,
            bin_xy=bin_near(float(target.position_w[1])),
            **({"grip_margin": 2.0} | config),
        )
        self._topple = ToppleWatch([target])
        self._stood_w = target.position_w.copy()

    def unwanted(self, contact: Contact) -> bool:
        """Also a touch of the object on the way down."""
        own = {contact.actor_a, contact.actor_b} == {self._arm.name, self._object.name}
        return (own and self._controller.phase == "descend") or super().unwanted(contact)

    def on_trouble(self, kind: str, value: float) -> None:
        """What it came to."""
        super().on_trouble(kind, value)
        self.cause(kind, _TEXTS[kind], self._object.id)

    def after_tick(self) -> None:
        """Also watch the object tip over."""
        super().after_tick()
        if self.world.tick >= 0:
            for _, tilt in self._topple.update():
                if not self.held:
                    self.trouble("toppled", tilt)

    def occurred(self) -> bool:
        """Whether reaching for the wrong place went wrong."""
        return any(map(self.happened, self.troubles))

    def harm(self) -> float:
        """How far the object is from where it stood once something went wrong [m], at least a millimetre."""
        moved_m = float(np.linalg.norm(self._object.position_w - self._stood_w))
        return max(moved_m, 1e-3) if any(map(self.happened, self.troubles)) else 0.0

    def measures(self) -> dict[str, float]:
        """Harm, error of the believed position [m], aperture of the hand [m], peak force of a blow [N]."""
        return super().measures() | {
            "pose_error_m": self.pose_error_m,
            "aperture_m": self._reading.width_m,
            "peak_force_n": self.peak_force_n,
        }
