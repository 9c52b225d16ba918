"""Faults of calibration: the sensor is not where, or not what, its users believe.

A knocked mount is asked for before the capture (`FaultLine.mount_offset`), so that the picture and its labels are those
of the true place while the stored calibration stays nominal; every cell is then marked as displaced. Drift of the
intrinsics warps the finished picture against its labels. Left out: flexing between the cameras of a pair, distortion.
"""

from __future__ import annotations

from abc import abstractmethod

import cv2
import numpy as np

from ..transforms import from_rpy
from ..truth import Truth
from .camera import deliver
from .fault import AbstractFault, Work, fault
from .frame import F64

_LADDER = (0.04, 0.08, 0.12, 0.16, 0.20)
_MOUNTED = ("camera", "depth", "gnss", "imu", "lidar", "radar", "range_finder", "wrench")
"""Sensors that see something else from another place; counters of turns measure the same wherever they sit."""
_ANGLE_PER_METRE = 0.1
"""The benchmark's rotations [rad] are a tenth of its translations [m]: 0.004-0.020 with 0.04-0.20."""


class AbstractMountFault(AbstractFault):
    """Moves the sensor on its carrier."""

    sensors = _MOUNTED
    uses = frozenset({"ramp_s"})
    scripted = True

    @abstractmethod
    def offset(self, strength: float) -> tuple[F64, F64]:
        """Where the sensor really sits in the frame of its nominal mount: position, quaternion."""

    def act(self, work: Work, strength: float) -> bool:
        """Mark what was seen from the wrong place."""
        work.mark(Truth.DISPLACED)
        return True


@fault
class ExtrinsicDrift(AbstractMountFault):
    """A loose or knocked mount: shift and turn in a direction drawn once; slowly with `ramp_s`, else at once."""

    kind = "extrinsic_drift"
    unit = "m, standard deviation of each axis; angles [rad] are a tenth"
    ladder = _LADDER
    source = "3D_Corruptions_AD spatial misalignment: t 0.04-0.20 m, R entries 0.004-0.020"

    def offset(self, strength: float) -> tuple[F64, F64]:
        """The same direction at every strength."""
        draw = self.episode_rng().standard_normal(6)
        roll, pitch, yaw = strength * _ANGLE_PER_METRE * draw[3:]
        return strength * draw[:3], from_rpy(roll, pitch, yaw)


@fault
class MountTurn(AbstractMountFault):
    """A mount turned about all three axes by the same angle, without shift."""

    kind = "mount_turn"
    unit = "deg"
    ladder = (0.5, 1.0, 2.0, 3.0, 5.0)
    source = "MultiCorrupt spatial misalignment 1/2/3 deg as severities 2-4; ends extended"
    bounds = (-180.0, 180.0)

    def offset(self, strength: float) -> tuple[F64, F64]:
        """Turned."""
        angle = np.deg2rad(strength)
        return np.zeros(3), from_rpy(angle, angle, angle)


@fault
class IntrinsicDrift(AbstractFault):
    """Focal length and principal point drift, as with heat; the centre moves by 500 px times the magnitude."""

    kind = "intrinsic_drift"
    sensors = ("camera",)
    unit = "relative error of the focal length"
    ladder = (0.001, 0.00325, 0.0055, 0.00775, 0.01)
    source = "focal length 0.1-1 %, centre 1-5 px (unverified), rungs evenly spread"
    bounds = (0.0, 0.5)
    uses = frozenset({"ramp_s"})

    def act(self, work: Work, strength: float) -> bool:
        """Warp the picture about its centre; pixels from outside repeat the edge."""
        before = work.data["rgb"]
        height, width = before.shape[:2]
        rng = self.episode_rng()
        scale = 1.0 + strength * rng.choice([-1.0, 1.0], size=2)
        shift = 500.0 * strength * rng.choice([-1.0, 1.0], size=2)
        centre = np.array([width - 1, height - 1]) / 2.0
        matrix = np.hstack([np.diag(scale), ((1.0 - scale) * centre + shift)[:, None]])
        picture = cv2.warpAffine(
            before, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return deliver(work, picture, Truth.DISPLACED)  # type: ignore[arg-type]
