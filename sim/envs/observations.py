"""What an agent sees of a sensor: one entry of a flat Dict space per sensor, with finite bounds.

A camera is its developed picture, uint8 (height, width, 3), under its name. A lidar is its range image, float32
(beams, columns) in metres, 0 where nothing came back, under its name with "_range"; a depth camera is float32 (height,
width) in metres, 0 where nothing was measured, under its name with "_depth". All others are one flat float32 vector
under their name: an inertial unit (6,) angular velocity [rad/s] and specific force [m/s^2]; odometry (2,) speed [m/s]
and yaw rate [rad/s]; a satellite receiver (7,) position [m] and velocity [m/s] in the world, 0 without a fix, and the
status; a wrist sensor (6,) force [N] and torque [N m]; encoders (14,) angles [rad] and speeds [rad/s]; an ultrasonic
sensor (1,) range [m], 0 for no echo. A radar's list of detections has no fixed shape and cannot be observed. Where a
fault drops a frame the last one stays.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from ...renderers.camera.camera import CameraConfig
from ...renderers.depth.depth_camera import DepthConfig
from ...renderers.lidar.lidar import Lidar, LidarConfig
from ..episode.records import SensorFrame
from ..episode.sensors import fill, fill_picture
from ..errors import ConfigError
from ..physics.arm import JOINTS

Values = Mapping[str, Any]


class Entry(ABC):
    """The part of an observation that one sensor fills.

    Attributes:
        key: its name in the Dict space.
        space: its shape and bounds.

    """

    key: str
    space: Box

    @abstractmethod
    def read(self, frame: SensorFrame) -> NDArray[Any]:
        """The entry of a frame."""


class CameraEntry(Entry):
    """The picture."""

    def __init__(self, name: str, values: Values) -> None:
        camera = fill_picture(CameraConfig, _some(values, "width", "height"), f"sensors.{name}")
        self.key, self.space = name, Box(0, 255, (camera.height, camera.width, 3), np.uint8)

    def read(self, frame: SensorFrame) -> NDArray[Any]:
        """The developed picture."""
        return frame.data["rgb"]


class LidarEntry(Entry):
    """The range image."""

    def __init__(self, name: str, values: Values) -> None:
        try:
            known = _some(values, "model", "rate_hz", "columns", "max_range_m")
            lidar = Lidar(fill(LidarConfig, known, f"sensors.{name}"), stream_key=0)
        except ConfigError:
            raise
        except ValueError as error:
            raise ConfigError(f"sensors.{name}: {error}") from error
        shape = (lidar.table.beams, lidar.columns)
        self.key, self.space = f"{name}_range", Box(0.0, lidar.max_range_m, shape, np.float32)

    def read(self, frame: SensorFrame) -> NDArray[Any]:
        """Ranges in metres, clipped where a fault reports what the sensor cannot."""
        return np.minimum(frame.data["range"], self.space.high)


class VectorEntry(Entry):
    """Small vectors joined into one, clipped to what any vehicle or arm can do."""

    parts: tuple[str, ...]
    limits: tuple[float, ...]

    def __init__(self, name: str, values: Values) -> None:
        limits = np.array(self.limits, np.float32)
        self.key, self.space = name, Box(-limits, limits, dtype=np.float32)

    def read(self, frame: SensorFrame) -> NDArray[Any]:
        """The vectors in their order."""
        joined = np.concatenate([frame.data[part] for part in self.parts])
        return np.clip(joined, self.space.low, self.space.high).astype(np.float32)


class ImuEntry(VectorEntry):
    """Angular velocity and specific force."""

    parts = ("angular_velocity", "specific_force")
    limits = (35.0,) * 3 + (400.0,) * 3


class OdometryEntry(VectorEntry):
    """Speed and yaw rate."""

    parts = ("speed", "yaw_rate")
    limits = (100.0, 10.0)


class GnssEntry(VectorEntry):
    """Position, velocity and status; zeros without a fix."""

    parts = ("position_w", "velocity_w", "status")
    limits = (1e5,) * 3 + (200.0,) * 3 + (5.0,)

    def read(self, frame: SensorFrame) -> NDArray[Any]:
        """The vectors in their order."""
        joined = np.nan_to_num(np.concatenate([frame.data[part] for part in self.parts]), nan=0.0)
        return np.clip(joined, self.space.low, self.space.high).astype(np.float32)


class WrenchEntry(VectorEntry):
    """Force and torque."""

    parts = ("force", "torque")
    limits = (1000.0,) * 3 + (100.0,) * 3


class EncoderEntry(VectorEntry):
    """Angles and speeds of the joints."""

    parts = ("joint_position", "joint_velocity")
    limits = (4.0 * np.pi,) * JOINTS + (50.0,) * JOINTS


class UltrasonicEntry(VectorEntry):
    """Range."""

    parts = ("range",)
    limits = (100.0,)


class DepthEntry(Entry):
    """The depth picture."""

    def __init__(self, name: str, values: Values) -> None:
        depth = fill_picture(DepthConfig, _some(values, "width", "height", "max_m"), f"sensors.{name}")
        self.key, self.space = f"{name}_depth", Box(0.0, depth.max_m, (depth.height, depth.width), np.float32)

    def read(self, frame: SensorFrame) -> NDArray[Any]:
        """Depths in metres, clipped where a fault reports what the sensor cannot."""
        return np.clip(frame.data["depth"], self.space.low, self.space.high)


_ENTRIES: dict[str, type[CameraEntry | LidarEntry | DepthEntry | VectorEntry]] = {
    "camera": CameraEntry,
    "lidar": LidarEntry,
    "depth": DepthEntry,
    "imu": ImuEntry,
    "odometry": OdometryEntry,
    "gnss": GnssEntry,
    "wrench": WrenchEntry,
    "encoders": EncoderEntry,
    "ultrasonic": UltrasonicEntry,
}


def _some(values: Values, *names: str) -> dict[str, Any]:
    """Those of some names that are given."""
    return {name: values[name] for name in names if name in values}


def entry(name: str, values: Values) -> Entry:
    """The entry of a configured sensor, whose kind is known.

    Raises:
        ConfigError: the size or range of the sensor is not one, its model does not exist, or it delivers what no box
            can hold.

    """
    kind = str(values["kind"])
    if kind not in _ENTRIES:
        raise ConfigError(
            f"sensors.{name}: a {kind} cannot be observed, its frames have no fixed shape; "
            f"expected one of {', '.join(_ENTRIES)}"
        )
    return _ENTRIES[kind](name, values)
