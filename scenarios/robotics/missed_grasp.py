"""A missed grasp: the arm believes the object to be centimetres from where it stands.

The planner holds the object from above at its believed pose. Its error is an offset in the object's own axes, along
the fingers' motion or across it, and a turn, as left by a wrong hand-eye calibration or a symmetric pose taken for
another. The fingers come down beside the object, on top of it (a touch of 25 N ends the descent), or at its end, and
close on nothing, push it, or tip it over. The sign of a miss is the field's: least aperture with no force (R03).
Measured: pose error, aperture, how far the object was pushed. Left out: an arm that notices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...renderers.transforms import from_yaw, rotate
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation import WrongPoseScenario
from ...sim.episode.scenario import Condition, register
from ...sim.world.world import World


@dataclass(frozen=True)
class MissedGraspParams:
    """What is drawn for each episode."""

    kind: str = parameter(
        Choice(("sugar_box", "foam_block", "mug", "jam_jar", "meat_can", "apple", "bottle", "soup_can")),
        doc="the object",
    )
    direction: str = parameter(
        Choice(("between_fingers", "along_fingers")), doc="axis of the error: that of the fingers' motion, or across it"
    )
    excess_m: float = parameter(
        Uniform(0.008, 0.030),
        bounds=(-0.04, 0.06),
        unit="m",
        doc="error of the believed position beyond half the object's size on that axis; below 0 the hand still gets it",
    )
    side: str = parameter(Choice(("near", "far")), doc="to which side the believed position is off")
    yaw_error_rad: float = parameter(
        Uniform(-0.25, 0.25), bounds=(-0.8, 0.8), unit="rad", doc="error of the believed heading"
    )
    x_m: float = parameter(Uniform(0.42, 0.58), bounds=(0.38, 0.62), unit="m", doc="place of the object on the table")
    y_m: float = parameter(Uniform(-0.12, 0.12), bounds=(-0.15, 0.15), unit="m", doc="place of the object on the table")
    yaw_rad: float = parameter(Uniform(-0.6, 0.6), bounds=(-1.2, 1.2), unit="rad", doc="turn of the object")


@register("robotics/missed_grasp")
class MissedGrasp(WrongPoseScenario):
    """Reach for an object where it is not."""

    title: ClassVar[str] = "The arm believes the object elsewhere, its fingers close beside it"
    source: ClassVar[str] = "AHA/FailGen failure mode 'no_grasp'; least aperture with no force; YCB object set"
    tags: ClassVar[tuple[str, ...]] = ("R03", "family/grasp", "failgen/no_grasp", "level/scenario")
    duration_s: ClassVar[float] = 10.0
    Params: ClassVar[type] = MissedGraspParams
    params: MissedGraspParams

    def build(self) -> World:
        """The cell, the arm, the object, and things lying around."""
        p = self.params
        world, target = self.set_table(p.kind, xy=(p.x_m, p.y_m), yaw=p.yaw_rad)
        axis = 0 if p.direction == "between_fingers" else 1
        error = np.zeros(3)
        error[axis] = (target.asset.size[axis] / 2 + p.excess_m) * (1.0 if p.side == "far" else -1.0)
        believed = target.position_w + rotate(from_yaw(p.yaw_rad), error)
        self.reach(world, target, believed, p.yaw_rad + p.yaw_error_rad)
        return world

    def script(self) -> Iterator[Condition]:
        """The hand goes down in the wrong place and closes."""
        yield lambda: self._controller.phase == "descend"
        self.mark("onset")
        text = f"the {self.params.kind} is believed {100 * self.pose_error_m:.1f} cm from where it stands"
        self.cause("wrong_pose", text)
        yield lambda: self._controller.phase == "close"
        self.mark("last_avoidable")
        self.cause("closed_elsewhere", "the fingers close where the object is not", self._arm.id)

    def occurred(self) -> bool:
        """Whether the fingers missed it."""
        return self.happened("missed_grasp")
