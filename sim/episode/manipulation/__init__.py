"""Table-top scenarios: the base class, and what is watched between hand and object."""

from .scenario import MAX_GRIP_N, ManipulationScenario
from .watch import MISSED_WIDTH_M, ROTATION_RAD, SLIP_M, GraspWatch
from .wrong_pose import WrongPoseScenario

__all__ = [
    "MAX_GRIP_N",
    "MISSED_WIDTH_M",
    "ROTATION_RAD",
    "SLIP_M",
    "GraspWatch",
    "ManipulationScenario",
    "WrongPoseScenario",
]
