"""What all sensors share in a configuration: where they sit, when they look, what goes wrong with them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ....renderers.faults import FaultConfig
from ....renderers.transforms import from_rpy, multiply
from ...errors import ConfigError, nearest
from ...fields import are_numbers, check_fields
from ...physics.client import TICK_HZ

F64 = NDArray[np.float64]
T = TypeVar("T")

PIXELS_MOST = 16_384
"""Of a picture in each direction."""
BODY_TO_OPTICAL: F64 = np.array([-0.5, 0.5, -0.5, 0.5])
"""Turns the optical frame (x right, y down, z forward) into the body frame (x forward, y left, z up)."""


@dataclass
class MountConfig:
    """Where a sensor sits.

    Attributes:
        actor: "ego", "world", or the name of an actor.
        part: a part of the actor that carries it, "" for its box.
        position_m: in the frame of the actor or part (x forward, y left, z up, origin at the centre of the box).
        rpy_deg: roll, pitch, yaw of the sensor's x-forward frame [deg]; positive pitch looks down.

    """

    actor: str = "ego"
    part: str = ""
    position_m: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    rpy_deg: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])

    def __post_init__(self) -> None:
        """Check that both are three finite numbers."""
        for name in ("position_m", "rpy_deg"):
            values = getattr(self, name)
            if not are_numbers(values, 3):
                raise ConfigError(f"{name} is {values!r}, expected three numbers")

    def pose(self, *, optical: bool) -> tuple[F64, F64]:
        """Position and quaternion of the sensor frame in the carrier's frame."""
        roll, pitch, yaw = np.deg2rad(np.asarray(self.rpy_deg, float))
        q = from_rpy(roll, pitch, yaw)
        return np.asarray(self.position_m, float), multiply(q, BODY_TO_OPTICAL) if optical else q


@dataclass
class SensorConfig:
    """What all sensors share.

    Attributes:
        kind: "camera", "lidar", "radar", "imu", ...; see `sim.episode.config.KINDS`.
        rate_hz: frames per second.
        phase_s: end of frame 0.
        delay_s: from the end of a frame to its delivery.
        mount: where it sits.
        faults: what goes wrong with it, by name.
        boxes: whether a camera's 2D boxes and visible shares are worked out; off, frames come without them, and
            sooner.
        depth_max_m: the farthest depth that a camera's stored depth tells apart; sets its step.

    """

    kind: str
    rate_hz: float = 10.0
    phase_s: float = 0.0
    delay_s: float = 0.0
    mount: MountConfig = field(default_factory=MountConfig)
    faults: dict[str, FaultConfig] = field(default_factory=dict)
    boxes: bool = True
    depth_max_m: float = 250.0

    def __post_init__(self) -> None:
        """Check the timing."""
        if not self.depth_max_m > 0.0:
            raise ConfigError(f"depth_max_m is {self.depth_max_m}, expected more than 0")
        if not 0.0 < self.rate_hz <= TICK_HZ:
            raise ConfigError(f"rate_hz is {self.rate_hz}, expected more than 0 and at most {TICK_HZ}")
        if self.phase_s < 0.0 or self.delay_s < 0.0:
            raise ConfigError(f"phase_s and delay_s must not be negative, got {self.phase_s} and {self.delay_s}")


def shared(values: dict[str, Any], where: str) -> SensorConfig:
    """The shared fields of a sensor, taken out of its YAML values.

    Raises:
        ConfigError: an unknown field, or a value out of range.

    """
    names = [f.name for f in dataclasses.fields(SensorConfig)]
    found = {name: values.pop(name) for name in names if name in values}
    mount = found.get("mount") or {}
    if not isinstance(mount, Mapping):
        raise ConfigError(f"{where}.mount is {mount!r}, expected its fields: actor, part, position_m, rpy_deg")
    found["mount"] = fill(MountConfig, dict(mount), f"{where}.mount")
    faults = found.get("faults") or {}
    if not isinstance(faults, Mapping) or not all(isinstance(fault, Mapping) for fault in faults.values()):
        raise ConfigError(f"{where}.faults is {faults!r}, expected the fields of a fault by name of one's own choice")
    found["faults"] = {name: fill(FaultConfig, dict(v), f"{where}.faults.{name}") for name, v in faults.items()}
    return fill(SensorConfig, found, where)


def fill(kind: type[T], values: dict[str, Any], where: str, *, without: tuple[str, ...] = ()) -> T:
    """A config dataclass from YAML values, with a clear message for names and values that do not fit.

    Args:
        kind: the dataclass.
        values: by name.
        where: they stand, for messages.
        without: fields that cannot be set there.

    Raises:
        ConfigError: an unknown name, or a value that does not fit.

    """
    names = [f.name for f in dataclasses.fields(kind) if f.name not in without]  # type: ignore[arg-type]
    for name in values:
        if name not in names:
            raise ConfigError(f"{where} has no field {name!r}; {nearest(str(name), names)}")
    check_fields(kind, values, where)
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{where}: {error}") from error


def fill_picture(kind: type[T], values: dict[str, Any], where: str, *, without: tuple[str, ...] = ()) -> T:
    """The same as `fill` for a config with the `width` and `height` of a picture [px], at most `PIXELS_MOST` each.

    Raises:
        ConfigError: an unknown name, or a value that does not fit.

    """
    check_fields(kind, values, where)
    for name in ("width", "height"):
        if name in values and values[name] > PIXELS_MOST:
            raise ConfigError(f"{where}.{name} is {values[name]}, expected at most {PIXELS_MOST} pixels")
    return fill(kind, values, where, without=without)
