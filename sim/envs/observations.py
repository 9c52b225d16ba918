"""What an agent sees of a sensor: one entry of a flat Dict space per sensor, with finite bounds.

A camera is its developed picture, uint8 (height, width, 3), under its name. A lidar is its range image, float32
(beams, columns) in metres, 0 where nothing came back, under its name with "_range". An inertial unit is float32 (6,):
angular velocity [rad/s] and specific force [m/s^2]; odometry is float32 (2,): speed [m/s] and yaw rate [rad/s].
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from ...renderers.camera.camera import CameraConfig
from ...renderers.lidar.lidar import Lidar, LidarConfig
from ..episode.records import SensorFrame
from ..errors import ConfigError

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
        size = (int(values.get("height", CameraConfig.height)), int(values.get("width", CameraConfig.width)), 3)
        self.key, self.space = name, Box(0, 255, size, np.uint8)

    def read(self, frame: SensorFrame) -> NDArray[Any]:
        """The developed picture."""
        return frame.data["rgb"]


class LidarEntry(Entry):
    """The range image."""

    def __init__(self, name: str, values: Values) -> None:
        try:
            known = {key: values[key] for key in ("model", "rate_hz", "columns", "max_range_m") if key in values}
            lidar = Lidar(LidarConfig(**known), stream_key=0)
        except ValueError as error:
            raise ConfigError(f"sensors.{name}: {error}") from error
        shape = (lidar.table.beams, lidar.columns)
        self.key, self.space = f"{name}_range", Box(0.0, lidar.max_range_m, shape, np.float32)

    def read(self, frame: SensorFrame) -> NDArray[Any]:
        """Ranges in metres."""
        return frame.data["range"]


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


_ENTRIES: dict[str, type[CameraEntry | LidarEntry | VectorEntry]] = {
    "camera": CameraEntry,
    "lidar": LidarEntry,
    "imu": ImuEntry,
    "odometry": OdometryEntry,
}


def entry(name: str, values: Values) -> Entry:
    """The entry of a configured sensor, whose kind is known.

    Raises:
        ConfigError: the configuration of a lidar names something that does not exist.

    """
    return _ENTRIES[str(values["kind"])](name, values)
