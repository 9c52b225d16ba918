"""The sensor rig: what is mounted where, made from configuration.

Rate, phase, delay, mount and random stream belong to every sensor alike. Frame k of a sensor ends at
phase_s + k / rate_hz, rounded to a physics tick, and is delivered `delay_s` later; a frame that ends at time 0 was
begun during the run-up. Each sensor draws from its own stream "sensor/<name>", so adding one changes no other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from ...renderers.camera.camera import CameraConfig
from ...renderers.lidar.lidar import LidarConfig
from ...renderers.motion.imu import ImuConfig
from ...renderers.motion.odometry import OdometryConfig
from ..errors import ConfigError, nearest
from ..world.actor import Actor
from ..world.vehicle_actor import VehicleActor
from ..world.world import World
from .records import SensorFrame, SensorInfo
from .sensors import CameraSensor, ImuSensor, LidarSensor, MountConfig, OdometrySensor, Sensor, SensorConfig, View
from .streams import Streams


class Rig:
    """All sensors of one episode, sharing one tracer.

    Args:
        sensors: configuration by name, as in YAML: `kind`, `rate_hz`, `mount` and the fields of the kind.
        world: populated.
        ego: the actor that "ego" stands for.
        streams: random streams of the episode.

    Raises:
        ConfigError: an unknown field, kind, actor or part, or a value out of range.

    """

    def __init__(self, sensors: Mapping[str, Mapping[str, Any]], world: World, ego: Actor, streams: Streams) -> None:
        view = View(world)
        self.sensors = tuple(_make(name, dict(values), view, ego, streams) for name, values in sensors.items())

    def poll(self) -> list[SensorFrame]:
        """All frames delivered by now, in the order of the rig."""
        frames = []
        for sensor in self.sensors:
            while (frame := sensor.poll()) is not None:
                frames.append(frame)
        return frames

    @property
    def infos(self) -> tuple[SensorInfo, ...]:
        """What is constant about each sensor."""
        return tuple(sensor.info for sensor in self.sensors)


T = TypeVar("T")


def _fill(kind: type[T], values: dict[str, Any], where: str) -> T:
    """A config dataclass from YAML values, with a clear message for names and values that do not fit."""
    names = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for name in values:
        if name not in names:
            raise ConfigError(f"{where} has no field {name!r}; {nearest(name, names)}")
    try:
        return kind(**values)
    except ConfigError:
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{where}: {error}") from error


_SHARED = ("kind", "rate_hz", "phase_s", "delay_s", "mount", "boxes", "depth_max_m")


def _make(name: str, values: dict[str, Any], view: View, ego: Actor, streams: Streams) -> Sensor:
    """One sensor from its YAML."""
    where = f"sensors.{name}"
    shared = {key: values.pop(key) for key in _SHARED if key in values}
    shared["mount"] = _fill(MountConfig, dict(shared.get("mount", {})), f"{where}.mount")
    config = _fill(SensorConfig, shared, where)
    mount = config.mount
    carrier = _carrier(where, mount, view.world, ego)
    key = streams.key(f"sensor/{name}")
    if config.kind == "camera":
        return CameraSensor(name, config, _fill(CameraConfig, values, where), view, carrier, key)
    if config.kind == "lidar":
        lidar = _fill(LidarConfig, {**values, "rate_hz": config.rate_hz}, where)
        return LidarSensor(name, config, lidar, view, carrier, key)
    if config.kind == "imu" and carrier is not None:
        position, orientation = mount.pose(optical=False)
        values |= {"rate_hz": config.rate_hz, "lever_arm_m": tuple(position), "orientation": tuple(orientation)}
        return ImuSensor(name, config, _fill(ImuConfig, values, where), view.world, carrier, key)
    if config.kind == "odometry" and isinstance(carrier, VehicleActor):
        spec = carrier.spec
        values |= {"rate_hz": config.rate_hz, "wheel_radius_m": spec.wheel_radius_m, "track_m": spec.track_m}
        return OdometrySensor(name, config, _fill(OdometryConfig, values, where), view.world, carrier, key)
    if config.kind in ("imu", "odometry"):
        needs = "an actor" if config.kind == "imu" else "a vehicle"
        raise ConfigError(f"{where}: {config.kind} must be mounted on {needs}, got {mount.actor!r}")
    raise ConfigError(
        f"{where}.kind is {config.kind!r}; {nearest(config.kind, ('camera', 'lidar', 'imu', 'odometry'))}"
    )


def _carrier(where: str, mount: MountConfig, world: World, ego: Actor) -> Actor | None:
    if mount.actor == "world":
        return None
    if mount.actor == "ego":
        carrier = ego
    else:
        names = [actor.name for actor in world.actors]
        if mount.actor not in names:
            raise ConfigError(
                f"{where}.mount.actor is {mount.actor!r}; {nearest(mount.actor, [*names, 'ego', 'world'])}"
            )
        carrier = world.actor(mount.actor)
    parts = [part.name for part in carrier.parts]
    if mount.part and mount.part not in parts:
        raise ConfigError(f"{where}.mount.part is {mount.part!r}; {nearest(mount.part, parts)}")
    return carrier
