"""The kinds of sensors as parts of an episode: when a frame is due, what interval it covers, its labels.

A camera or lidar looks at the world through one shared tracer; inertial units and odometry feel it at every tick.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from ...renderers.camera.camera import Camera, CameraConfig
from ...renderers.lidar.lidar import Lidar, LidarConfig
from ...renderers.motion.imu import BodyMotion, Imu, ImuConfig
from ...renderers.motion.odometry import Odometry, OdometryConfig
from ...renderers.pose_track import PoseTrack
from ...renderers.scene import Scene
from ...renderers.tracers.embree import EmbreeTracer
from ...renderers.transforms import from_rpy, multiply
from ..errors import ConfigError
from ..physics.client import TICK_HZ
from ..world.actor import Actor
from ..world.vehicle_actor import VehicleActor
from ..world.world import World
from .labels import Labelled, boxes_2d, boxes_3d, count_ids
from .records import SensorFrame, SensorInfo, SensorKind

F64 = NDArray[np.float64]

BODY_TO_OPTICAL: F64 = np.array([-0.5, 0.5, -0.5, 0.5])
"""Turns the optical frame (x right, y down, z forward) into the body frame (x forward, y left, z up)."""
_KEYS_PER_S = 60.0


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
            values = list(getattr(self, name))
            if len(values) != 3 or not all(isinstance(v, int | float) and isfinite(v) for v in values):
                raise ConfigError(f"mount.{name} is {values}, expected three numbers")

    def pose(self, *, optical: bool) -> tuple[F64, F64]:
        """Position and quaternion of the sensor frame in the carrier's frame."""
        roll, pitch, yaw = np.deg2rad(np.asarray(self.rpy_deg, float))
        q = from_rpy(roll, pitch, yaw)
        return np.asarray(self.position_m, float), multiply(q, BODY_TO_OPTICAL) if optical else q


@dataclass
class SensorConfig:
    """What all sensors share.

    Attributes:
        kind: "camera", "lidar", "imu" or "odometry".
        rate_hz: frames per second.
        phase_s: end of frame 0.
        delay_s: from the end of a frame to its delivery.
        mount: where it sits.
        boxes: whether a camera's 2D boxes and visible shares are worked out; off, frames come without them, and
            sooner.
        depth_max_m: the farthest depth that a camera's stored depth tells apart; sets its step.

    """

    kind: str
    rate_hz: float = 10.0
    phase_s: float = 0.0
    delay_s: float = 0.0
    mount: MountConfig = field(default_factory=MountConfig)
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


class View:
    """The world as tracers see it: one tracer, moved to the interval that a sensor asks for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._tracer: EmbreeTracer | None = None
        self._held: tuple[float, float] | None = None

    def tracer(self, start_s: float, end_s: float) -> EmbreeTracer:
        """A tracer that holds the scene over the interval."""
        if self._held != (start_s, end_s) or self._tracer is None:
            keys = 1 if end_s <= start_s else max(2, round((end_s - start_s) * _KEYS_PER_S) + 1)
            scene: Scene = self.world.scene(start_s, end_s, key_times=keys)
            if self._tracer is None:
                self._tracer = EmbreeTracer(scene)
            else:
                self._tracer.update(scene)
            self._held = (start_s, end_s)
        return self._tracer

    def labelled(self, time_s: float) -> Labelled:
        """The actors' boxes at an instant of the recent past."""
        actors = self.world.actors
        position, orientation, velocity = self.world.actor_states(time_s)
        return Labelled(
            ids=np.array([a.id for a in actors], np.int32),
            classes=np.array([a.semantic for a in actors], np.uint8),
            sizes=np.array([a.size for a in actors], np.float32).reshape(-1, 3),
            position_w=position,
            orientation_w=orientation,
            velocity_w=velocity,
        )


class Sensor(ABC):
    """One sensor of one episode."""

    def __init__(self, name: str, config: SensorConfig, world: World, carrier: Actor | None) -> None:
        self.name = name
        self.config = config
        self._world = world
        self._carrier = carrier
        self._next = 0

    @property
    @abstractmethod
    def info(self) -> SensorInfo:
        """What is constant about it."""

    @abstractmethod
    def _capture(self, index: int, end_s: float) -> SensorFrame:
        """The frame that ends at `end_s`."""

    @property
    @abstractmethod
    def _mount(self) -> tuple[F64, F64]:
        """Pose of the sensor frame on its carrier."""

    def poll(self) -> SensorFrame | None:
        """The next frame if it has been delivered by now."""
        due = self.config.phase_s + self._next / self.config.rate_hz
        end_tick = round(due * TICK_HZ)
        if end_tick + round(self.config.delay_s * TICK_HZ) > self._world.tick:
            return None
        frame = self._capture(self._next, end_tick / TICK_HZ)
        self._next += 1
        return frame

    def look(self) -> SensorFrame:
        """A frame that ends now, beside the schedule; numbered by the tick."""
        return self._capture(self._world.tick, self._world.time_s)

    def _track(self, start_s: float, end_s: float) -> PoseTrack:
        if self._carrier is None:
            position, orientation = self._mount
            return PoseTrack(np.array([start_s]), position[None], orientation[None])
        return self._world.track(self._carrier, self._mount, start_s, end_s, part=self.config.mount.part)

    def _delivered_ns(self, end_s: float) -> int:
        return _ns(end_s + self.config.delay_s)


class CameraSensor(Sensor):
    """A camera; its labels are taken at mid exposure of each row."""

    def __init__(
        self, name: str, config: SensorConfig, camera: CameraConfig, view: View, carrier: Actor | None, key: int
    ) -> None:
        super().__init__(name, config, view.world, carrier)
        self._view = view
        self.camera = Camera(camera, stream_key=key)

    @property
    def _mount(self) -> tuple[F64, F64]:
        return self.config.mount.pose(optical=True)

    @property
    def info(self) -> SensorInfo:
        """Pinhole matrix, distortion and size."""
        return SensorInfo(
            self.name,
            "camera",
            self.config.rate_hz,
            range_max_m=self.config.depth_max_m,
            intrinsics=self._constants(),
            mount=_mount_7(self._mount),
        )

    def _constants(self) -> dict[str, float | F64]:
        values = self.camera.intrinsics()
        return {
            "matrix": values.matrix,
            "distortion": np.array(values.distortion, float),
            "fisheye": float(values.model == "kannala_brandt"),
            "line_time_s": self.camera.config.line_time_s,
        }

    def _capture(self, index: int, end_s: float) -> SensorFrame:
        first, last = self.camera.interval(0.0)
        start_s = end_s - (last - first)
        tracer = self._view.tracer(start_s, end_s)
        track = self._track(start_s, end_s)
        shot = self.camera.capture(tracer, track, start_s, index)
        actors = self._view.labelled(start_s)
        shutter = shot.shutter
        rows = np.arange(shot.instance.shape[0], dtype=np.float64)
        rows_s = shutter.start_s + shutter.exposure_s / 2 + shutter.line_time_s * rows
        flat, shares = None, None
        if self.config.boxes:
            flat = boxes_2d(actors, shot.instance, tracer, self.camera.lens, track, rows_s)
            shares = np.zeros(len(actors.ids))
            shares[np.searchsorted(actors.ids, flat["id"])] = flat["visible_share"]
        counts = count_ids(shot.instance, actors.ids)
        pose = track.at(start_s)
        return SensorFrame(
            sensor=self.name,
            kind="camera",
            index=index,
            time_start_ns=_ns(start_s),
            time_end_ns=_ns(shot.time_end_s),
            time_delivered_ns=self._delivered_ns(end_s),
            pose_w=np.concatenate(pose),
            data={
                "rgb": shot.rgb,
                "depth": shot.depth,
                "instance": shot.instance,
                "semantic": shot.semantic,
                "flow": shot.flow,
            },
            boxes_2d=flat,
            boxes_3d=boxes_3d(actors, pose, counts, shares),
            intrinsics={"exposure_s": shot.exposure_s, "gain": shot.gain},
        )


class LidarSensor(Sensor):
    """A spinning lidar; one frame is one turn."""

    def __init__(
        self, name: str, config: SensorConfig, lidar: LidarConfig, view: View, carrier: Actor | None, key: int
    ) -> None:
        super().__init__(name, config, view.world, carrier)
        self._view = view
        self.lidar = Lidar(lidar, stream_key=key)

    @property
    def _mount(self) -> tuple[F64, F64]:
        return self.config.mount.pose(optical=False)

    @property
    def info(self) -> SensorInfo:
        """Beam directions and range step."""
        return SensorInfo(
            self.name,
            "lidar",
            self.config.rate_hz,
            range_max_m=self.lidar.max_range_m,
            intrinsics=self.lidar.intrinsics(),
            mount=_mount_7(self._mount),
        )

    def _capture(self, index: int, end_s: float) -> SensorFrame:
        start_s = end_s - self.lidar.sweep_s
        tracer = self._view.tracer(start_s, end_s)
        track = self._track(start_s, end_s)
        sweep = self.lidar.sweep(tracer, track, start_s, index)
        actors = self._view.labelled(start_s)
        counts = count_ids(sweep.instance, actors.ids, sweep.range > 0)
        pose = track.at(start_s)
        return SensorFrame(
            sensor=self.name,
            kind="lidar",
            index=index,
            time_start_ns=_ns(start_s),
            time_end_ns=_ns(end_s),
            time_delivered_ns=self._delivered_ns(end_s),
            pose_w=np.concatenate(pose),
            data={
                "range": sweep.range,
                "intensity": sweep.intensity,
                "time_offset": sweep.time_offset,
                "instance": sweep.instance,
                "semantic": sweep.semantic,
            },
            boxes_3d=boxes_3d(actors, pose, counts, None),
        )


class AbstractFeeler(Sensor):
    """A sensor that feels the motion of its carrier: it collects the truth at every tick, one frame is one sample."""

    def __init__(self, name: str, config: SensorConfig, world: World, carrier: Actor) -> None:
        if TICK_HZ % config.rate_hz:
            raise ConfigError(f"sensors.{name}.rate_hz is {config.rate_hz:g}, expected a divisor of {TICK_HZ}")
        super().__init__(name, config, world, carrier)
        self._carried_by = carrier
        self._first_tick = round((config.phase_s - 1.0 / config.rate_hz) * TICK_HZ)
        world.watch(self._collect)

    def _collect(self) -> None:
        if self._world.tick >= self._first_tick:
            self._feel()

    @abstractmethod
    def _feel(self) -> None:
        """Note the truth at the present tick."""

    @property
    def _mount(self) -> tuple[F64, F64]:
        return self.config.mount.pose(optical=False)

    def _frame(self, kind: SensorKind, index: int, end_s: float, data: dict[str, F64]) -> SensorFrame:
        start_s = end_s - 1.0 / self.config.rate_hz
        return SensorFrame(
            sensor=self.name,
            kind=kind,
            index=index,
            time_start_ns=_ns(start_s),
            time_end_ns=_ns(end_s),
            time_delivered_ns=self._delivered_ns(end_s),
            pose_w=np.concatenate(self._track(end_s, end_s).at(end_s)),
            data=data,
        )


class ImuSensor(AbstractFeeler):
    """Accelerometer and gyroscope."""

    def __init__(self, name: str, config: SensorConfig, imu: ImuConfig, world: World, carrier: Actor, key: int) -> None:
        super().__init__(name, config, world, carrier)
        self._imu = Imu(imu, stream_key=key)
        self._rows: list[F64] = []
        self._samples: list[tuple[F64, F64]] = []

    @property
    def info(self) -> SensorInfo:
        """Rate and mount."""
        return SensorInfo(self.name, "imu", self.config.rate_hz, mount=_mount_7(self._mount))

    def _feel(self) -> None:
        body = self._carried_by
        row = [np.array([self._world.time_s]), body.velocity_w, body.orientation_w, body.angular_velocity_w]
        self._rows.append(np.concatenate(row))

    def _capture(self, index: int, end_s: float) -> SensorFrame:
        if not self._samples:
            rows = np.array(self._rows)
            self._rows = self._rows[-1:]
            motion = BodyMotion(rows[:, 0], rows[:, 1:4], rows[:, 4:8], rows[:, 8:11])
            new = self._imu.measure(motion)
            self._samples = list(zip(new.gyro_rps, new.accel_mps2, strict=True))
        gyro, accel = self._samples.pop(0)
        return self._frame("imu", index, end_s, {"angular_velocity": gyro, "specific_force": accel})


class OdometrySensor(AbstractFeeler):
    """Speed and yaw rate from the rear wheels of a vehicle."""

    def __init__(
        self, name: str, config: SensorConfig, odometry: OdometryConfig, world: World, carrier: VehicleActor, key: int
    ) -> None:
        super().__init__(name, config, world, carrier)
        self._vehicle = carrier
        self._odometry = Odometry(odometry, stream_key=key)
        self._rows: list[tuple[float, float, float]] = []
        self._samples: list[tuple[NDArray[np.int64], float, float]] = []

    @property
    def info(self) -> SensorInfo:
        """Rate and mount."""
        return SensorInfo(self.name, "odometry", self.config.rate_hz, mount=_mount_7(self._mount))

    def _feel(self) -> None:
        spin = self._vehicle.wheel_speed_radps
        self._rows.append((self._world.time_s, float(spin[2]), float(spin[3])))

    def _capture(self, index: int, end_s: float) -> SensorFrame:
        if not self._samples:
            rows = np.array(self._rows)
            self._rows = self._rows[-1:]
            new = self._odometry.measure(rows[:, 0], rows[:, 1:])
            self._samples = list(zip(new.ticks, new.speed_mps, new.yaw_rate_rps, strict=True))
        ticks, speed, yaw_rate = self._samples.pop(0)
        data = {"ticks": ticks.astype(float), "speed": np.array([speed]), "yaw_rate": np.array([yaw_rate])}
        return self._frame("odometry", index, end_s, data)


def _ns(time_s: float) -> int:
    return round(time_s * 1e9)


def _mount_7(pose: tuple[F64, F64]) -> F64:
    return np.concatenate(pose)
