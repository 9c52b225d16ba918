"""What a fault is told about a frame, and what it hands back: plain arrays, no types of any one sensor.

`FaultTarget` is what is constant about the sensor, `FaultFrame` one of its frames before it is delivered. Arrays that
are ground truth about the scene stay as they are, whatever happens to the sensor: `FaultTarget.labels` names them. The
labels of a lidar belong to its returns instead and travel with them: a lost return has none, a frozen sweep keeps its
own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
F64 = NDArray[np.float64]

CAMERA_LABELS = ("depth", "instance", "semantic", "flow")
"""Ground truth about the scene in the frames of a camera."""
OTHER_LABELS = ("instance", "semantic")
FULL_SCALE: Mapping[str, float] = {
    "angular_velocity": 34.9,
    "specific_force": 235.0,
    "speed": 50.0,
    "yaw_rate": 2.0,
    "ticks": 1e5,
    "position_w": 100.0,
    "velocity_w": 50.0,
    "force": 200.0,
    "torque": 20.0,
    "joint_position": 3.14,
    "joint_velocity": 3.14,
}
"""Range of each measured quantity [its own unit], which relative magnitudes refer to: 2000 deg/s, 24 g, assumed others.

A quantity that is not listed has the range 1, so that its relative magnitudes are plain numbers."""


@dataclass(frozen=True, eq=False)
class FaultTarget:
    """What is constant about a sensor.

    Attributes:
        kind: "camera", "lidar", "imu", "odometry", "gnss", "radar", ...
        rate_hz: frames per second.
        serial: specimen; fixed patterns such as dead pixels follow it, not the episode.
        azimuth_rad: (C,) where the columns of a lidar look, counter-clockwise from forward; None for a clockwise turn
            that begins at the rear.
        vehicle_classes: class ids that count as vehicles.
        range_50_m: range at which a lidar finds a 10 % target half of the time.
        full_scale: ranges of measured quantities by array name; adds to `FULL_SCALE`.
        labels: arrays that are ground truth about the scene; None takes those of the kind.

    """

    kind: str
    rate_hz: float = 10.0
    serial: int = 0
    azimuth_rad: F64 | None = None
    vehicle_classes: tuple[int, ...] = ()
    range_50_m: float = 50.0
    full_scale: Mapping[str, float] = field(default_factory=dict)
    labels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Check the rate."""
        if not self.rate_hz > 0.0:
            raise ValueError(f"fault target rate_hz is {self.rate_hz}, expected more than 0")

    def is_label(self, name: str) -> bool:
        """Whether an array is truth about the scene, which no fault of the sensor changes."""
        if self.kind == "lidar":
            return False
        labels = self.labels
        if labels is None:
            labels = CAMERA_LABELS if self.kind == "camera" else OTHER_LABELS
        return name in labels or name.startswith("true_")

    def full_scale_of(self, name: str) -> float:
        """Range of a measured quantity."""
        return self.full_scale.get(name, FULL_SCALE.get(name, 1.0))


@dataclass(frozen=True, eq=False)
class FaultFrame:
    """One frame as the sound sensor would deliver it.

    Attributes:
        kind: of the sensor.
        index: number of the frame in its episode.
        time_start_s, time_end_s: interval it covers; a fault acts on a frame if it acts at the end.
        data: arrays by name. Lidar: `range` (B, C) float32, 0 without return, `intensity`, `instance`, `semantic`,
            `time_offset`, and the same with `_2` for second returns. Camera: `rgb` (H, W, 3) uint8 and labels.
        truth: bits of `Truth` so far, uint8; (H, W), (B, C), or one value per row of a table. None for a sound frame.

    """

    kind: str
    index: int
    time_start_s: float
    time_end_s: float
    data: Mapping[str, Array]
    truth: NDArray[np.uint8] | None = None


@dataclass(frozen=True)
class FaultRecord:
    """A period in which a fault touched every frame.

    Attributes:
        name: of the fault in its configuration.
        kind: what happened.
        start_s, end_s: ends of the first and the last frame touched.
        magnitude: the greatest in the period, in the unit of the kind.

    """

    name: str
    kind: str
    start_s: float
    end_s: float
    magnitude: float


class ActiveFault(FaultRecord):
    """The same about a period that may go on; `end_s` is the end of the present frame."""


@dataclass(frozen=True, eq=False)
class FaultResult:
    """What is delivered.

    Attributes:
        data: arrays by name; untouched ones are the very arrays of the frame. None if no message comes.
        truth: bits of `Truth`; wherever data differ from the frame's, a bit is set.
        delay_s: later delivery.
        stamp_shift_s: error of the time stamp.
        active: the faults that touched this frame.

    """

    data: Mapping[str, Array] | None
    truth: NDArray[np.uint8]
    delay_s: float
    stamp_shift_s: float
    active: tuple[ActiveFault, ...]
