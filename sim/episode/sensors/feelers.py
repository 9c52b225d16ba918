"""Sensors that feel the motion of their carrier: they collect the truth at every tick, one frame is one sample."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....renderers.faults import FaultTarget
from ....renderers.motion.imu import BodyMotion, Imu, ImuConfig
from ....renderers.motion.odometry import Odometry, OdometryConfig
from ....renderers.transforms import conjugate, multiply, rotate
from ...errors import ConfigError
from ...physics.client import TICK_HZ
from ...world.actor import Actor
from ..records import SensorFrame
from .config import fill
from .sensor import Fitting, Sensor, Values, flags, ns

F64 = NDArray[np.float64]


def misplaced(fitting: Fitting, needs: str) -> ConfigError:
    """What a sensor is told that only some can carry."""
    config = fitting.config
    return ConfigError(f"{fitting.where}: {config.kind} must be mounted on {needs}, got {config.mount.actor!r}")


class AbstractFeeler(Sensor):
    """A sensor that notes the truth at every tick."""

    def __init__(self, fitting: Fitting, target: FaultTarget | None = None) -> None:
        config = fitting.config
        if TICK_HZ % config.rate_hz:
            raise ConfigError(f"{fitting.where}.rate_hz is {config.rate_hz:g}, expected a divisor of {TICK_HZ}")
        super().__init__(fitting, target)
        self._first_tick = round((config.phase_s - 1.0 / config.rate_hz) * TICK_HZ)
        self._rows: list[F64] = []
        self._samples: list[dict[str, NDArray[Any]]] = []
        self._world.watch(self._collect)

    def _collect(self) -> None:
        if self._world.tick >= self._first_tick:
            self._rows.append(np.concatenate([[self._world.time_s], self._feel()]))

    @abstractmethod
    def _feel(self) -> F64:
        """The truth at the present tick, one row."""

    @abstractmethod
    def _measure(self, times_s: F64, rows: F64) -> list[dict[str, NDArray[Any]]]:
        """The arrays of all samples that new rows (T, n) make known."""

    def _begin(self, index: int, end_s: float) -> Callable[[], SensorFrame]:
        frame = self._felt(index, end_s)
        return lambda: frame

    def _felt(self, index: int, end_s: float) -> SensorFrame:
        """A frame of what has been felt."""
        if not self._samples:
            rows = np.array(self._rows)
            self._rows = self._rows[-1:]
            self._samples = self._measure(rows[:, 0], rows[:, 1:])
        start_s = end_s - 1.0 / self.config.rate_hz
        return SensorFrame(
            sensor=self.name,
            kind=self.kind,
            index=index,
            time_start_ns=ns(start_s),
            time_end_ns=ns(end_s),
            time_delivered_ns=self._delivered_ns(end_s),
            pose_w=np.concatenate(self._track(end_s, end_s).at(end_s)),
            data=self._samples.pop(0),
        )


def samples_of(arrays: Mapping[str, NDArray[Any]]) -> list[dict[str, NDArray[Any]]]:
    """One mapping for each row of arrays that have equally many."""
    count = len(next(iter(arrays.values())))
    return [{name: np.atleast_1d(array[k]) for name, array in arrays.items()} for k in range(count)]


class ImuSensor(AbstractFeeler):
    """Accelerometer and gyroscope."""

    kind = "imu"
    measured = ("angular_velocity", "specific_force")

    def __init__(self, fitting: Fitting, values: Values) -> None:
        if fitting.carrier is None:
            raise misplaced(fitting, "an actor")
        self._body: Actor = fitting.carrier
        position, orientation = fitting.config.mount.pose(optical=False)
        values |= {"rate_hz": fitting.config.rate_hz, "lever_arm_m": tuple(position), "orientation": tuple(orientation)}
        self._imu = Imu(fill(ImuConfig, values, fitting.where), stream_key=fitting.key)
        super().__init__(fitting)

    def _feel(self) -> F64:
        body = self._body
        velocity, orientation, turning = body.velocity_w, body.orientation_w, body.angular_velocity_w
        if self._faulty.moves_mount:
            velocity, orientation = self._as_if_mounted_well(velocity, orientation, turning)
        return np.concatenate([velocity, orientation, turning])

    def _as_if_mounted_well(self, velocity: F64, orientation: F64, turning: F64) -> tuple[F64, F64]:
        """Motion of a body on which the nominal mount is where the moved one is on the real body."""
        place, turn = self._mount
        true_place, true_turn = self._faulty.mount((place, turn), self._world.time_s)
        as_if = multiply(orientation, multiply(true_turn, conjugate(turn)))
        return velocity + np.cross(turning, rotate(orientation, true_place) - rotate(as_if, place)), as_if

    def _measure(self, times_s: F64, rows: F64) -> list[dict[str, NDArray[Any]]]:
        new = self._imu.measure(BodyMotion(times_s, rows[:, 0:3], rows[:, 3:7], rows[:, 7:10]))
        sound = np.zeros(len(new.times_s), np.uint8)
        return samples_of({"angular_velocity": new.gyro_rps, "specific_force": new.accel_mps2, "truth": sound})


class OdometrySensor(AbstractFeeler):
    """Speed and yaw rate from two wheels of a vehicle or a mobile robot."""

    kind = "odometry"
    measured = ("ticks", "speed", "yaw_rate")

    def __init__(self, fitting: Fitting, values: Values) -> None:
        axle = None if fitting.carrier is None else fitting.carrier.axle
        if axle is None:
            raise misplaced(fitting, "a vehicle or a mobile robot")
        self._spin_radps = axle.spin_radps
        values |= {"rate_hz": fitting.config.rate_hz, "wheel_radius_m": axle.wheel_radius_m, "track_m": axle.track_m}
        self._odometry = Odometry(fill(OdometryConfig, values, fitting.where), stream_key=fitting.key)
        super().__init__(fitting)

    def _feel(self) -> F64:
        return np.array(self._spin_radps())

    def _measure(self, times_s: F64, rows: F64) -> list[dict[str, NDArray[Any]]]:
        new = self._odometry.measure(times_s, rows)
        return samples_of(
            {
                "ticks": new.ticks.astype(float),
                "speed": new.speed_mps,
                "yaw_rate": new.yaw_rate_rps,
                "truth": flags(*[0] * len(new.speed_mps)),
            }
        )
