"""Inertial measurement unit: gyroscope and accelerometer with the errors that inertial navigation lives with.

Truth is the rate of turn and the specific force R^T (a - g) at the sensor's place, lever arm included, averaged over
the sample interval as strap-down units do: a is the change of the sensor's velocity over the interval.
Per axis: measured = (1 + scale) * truth + turn-on bias + drift + white noise, then saturation and quantisation. White
noise of density N has the standard deviation N / sqrt(dt); the drift is a first-order Gauss-Markov process driven by a
walk of density K (a pure walk where its time constant is infinite). Read at
1 s, the Allan deviation is sqrt(N^2 + K^2 / 3), N where the walk is small.
Sources: Kalibr IMU noise model; ADIS16448 figures from the RotorS simulator and the data sheet. Left out:
misalignment of the axes, temperature, vibration rectification.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from ..transforms import conjugate, rotate
from .resample import Resampler

F64 = NDArray[np.float64]
Vec3 = tuple[float, float, float]
INF = float("inf")


@dataclass(frozen=True)
class TriadSpec:
    """Errors of three like axes; `unit` is rad/s for gyroscopes and m/s^2 for accelerometers.

    Attributes:
        noise: density of the white noise [unit / sqrt(Hz)].
        walk: density of the noise that drives the drift [unit / s / sqrt(Hz)].
        walk_time_s: time constant of the drift.
        turn_on: standard deviation of the bias drawn at start [unit].
        scale: standard deviation of the relative scale error.
        limit: full scale [unit].
        step: quantisation [unit]; 0 for none.
    """

    noise: float = 0.0
    walk: float = 0.0
    walk_time_s: float = INF
    turn_on: float = 0.0
    scale: float = 0.0
    limit: float = INF
    step: float = 0.0


@dataclass(frozen=True)
class ImuGrade:
    """A gyroscope triad and an accelerometer triad of one quality."""

    name: str
    gyro: TriadSpec
    accel: TriadSpec


_G = 9.80665
IMU_GRADES: dict[str, ImuGrade] = {
    grade.name: grade
    for grade in (
        ImuGrade("ideal", TriadSpec(), TriadSpec()),
        ImuGrade(  # as simulated by RotorS, twice the data sheet's noise
            "adis16448",
            TriadSpec(3.39e-4, 3.88e-5, 1000.0, 8.7e-3, 0.0, np.deg2rad(1000.0)),
            TriadSpec(4.0e-3, 6.0e-3, 300.0, 0.196, 0.0, 18.0 * _G),
        ),
        ImuGrade(
            "adis16448_datasheet",
            TriadSpec(2.36e-4, limit=np.deg2rad(1000.0)),
            TriadSpec(2.26e-3, limit=18.0 * _G),
        ),
        ImuGrade(  # biases and scale errors are assumed
            "consumer",
            TriadSpec(2.4e-4, 2.0e-5, 1000.0, 5.0e-3, 1e-3, np.deg2rad(2000.0), np.deg2rad(2000.0) / 2**15),
            TriadSpec(1.7e-3, 3.0e-4, 1000.0, 0.1, 1e-3, 24.0 * _G, 24.0 * _G / 2**15),
        ),
        ImuGrade(
            "tactical",
            TriadSpec(2.0e-5, 1.0e-6, 1000.0, 5.0e-6, 1e-4, np.deg2rad(450.0)),
            TriadSpec(2.0e-4, 1.0e-5, 1000.0, 1.0e-2, 1e-4, 10.0 * _G),
        ),
    )
}
"""All grades by name."""


@dataclass
class ImuConfig:
    """Which unit, and where it sits.

    Attributes:
        grade: name of an entry of `IMU_GRADES`.
        rate_hz: samples per second.
        lever_arm_m: place of the sensor in the body frame [m].
        orientation: sensor frame to body frame, quaternion (x, y, z, w).
        gravity_mps2: acceleration of free fall, along -z of the world.
        noise: multiplies all errors; 0 leaves saturation and quantisation only.
    """

    grade: str = "consumer"
    rate_hz: float = 120.0
    lever_arm_m: Vec3 = (0.0, 0.0, 0.0)
    orientation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    gravity_mps2: float = 9.81
    noise: float = 1.0

    def __post_init__(self) -> None:
        """Check names and ranges."""
        if self.grade not in IMU_GRADES:
            near = difflib.get_close_matches(self.grade.lower(), IMU_GRADES, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"unknown IMU grade {self.grade!r}, expected one of {', '.join(IMU_GRADES)}; did you mean {near!r}?"
            )
        if not self.rate_hz > 0.0 or not self.noise >= 0.0:
            raise ValueError(f"IMU rate_hz is {self.rate_hz} and noise {self.noise}, expected > 0 and >= 0")


@dataclass(frozen=True, eq=False)
class BodyMotion:
    """Truth about a rigid body at T instants.

    Attributes:
        times_s: (T,) increasing.
        velocity_w: (T, 3) velocity of the body's origin [m/s], world frame.
        orientation_w: (T, 4) quaternions (x, y, z, w), body frame to world.
        angular_velocity_w: (T, 3) [rad/s], world frame.
    """

    times_s: F64
    velocity_w: F64
    orientation_w: F64
    angular_velocity_w: F64


@dataclass(frozen=True, eq=False)
class ImuSamples:
    """n samples in the sensor frame.

    Attributes:
        times_s: (n,) end of each sample interval.
        gyro_rps: (n, 3) rate of turn [rad/s].
        accel_mps2: (n, 3) specific force [m/s^2]; a unit at rest reads +g upwards.
    """

    times_s: F64
    gyro_rps: F64
    accel_mps2: F64


@compiled
def _wander(kicks, keep, drift):  # type: ignore[no-untyped-def]
    """A first-order Gauss-Markov process in place: kicks (n, 3) become values, `drift` (3,) goes on to the last."""
    for i in range(len(kicks)):
        for axis in range(3):
            drift[axis] = kicks[i, axis] + keep * drift[axis]
            kicks[i, axis] = drift[axis]


class _Triad:
    """The errors of three axes over time."""

    def __init__(self, spec: TriadSpec, rate_hz: float, strength: float, rng: np.random.Generator) -> None:
        self.spec, self._strength = spec, strength
        dt = 1.0 / rate_hz
        tau = spec.walk_time_s
        turn_on, scale = rng.standard_normal((2, 3))
        self._turn_on, self._scale = spec.turn_on * turn_on, spec.scale * scale
        self._white = spec.noise / np.sqrt(dt)
        self._keep = float(np.exp(-dt / tau))
        variance = dt if tau == INF else tau / 2.0 * -np.expm1(-2.0 * dt / tau)
        self._kick = spec.walk * np.sqrt(variance)
        self._drift = np.zeros(3)

    def corrupt(self, truth: F64, draws: F64) -> F64:
        """Measured values (n, 3) of the truth (n, 3), from standard normal draws (n, 2, 3)."""
        drift = self._kick * draws[:, 1]
        _wander(drift, self._keep, self._drift)
        error = self._scale * truth + self._turn_on + drift + self._white * draws[:, 0]
        measured = np.clip(truth + self._strength * error, -self.spec.limit, self.spec.limit)
        return np.rint(measured / self.spec.step) * self.spec.step if self.spec.step > 0.0 else measured


class Imu:
    """One unit; keeps its drift from call to call.

    Args:
        config: which unit and where.
        stream_key: 64-bit integer that names its random stream.
    """

    def __init__(self, config: ImuConfig, *, stream_key: int) -> None:
        self.config = config
        self._rng = np.random.Generator(np.random.Philox(key=stream_key))
        grade = IMU_GRADES[config.grade]
        self._gyro = _Triad(grade.gyro, config.rate_hz, config.noise, self._rng)
        self._accel = _Triad(grade.accel, config.rate_hz, config.noise, self._rng)
        self._resampler = Resampler(config.rate_hz)
        self._heading: F64 | None = None  # newest quaternion, with the sign given to it

    def measure(self, motion: BodyMotion) -> ImuSamples:
        """All samples whose interval ends within the new motion.

        Successive calls continue each other: how the motion is cut into calls does not change the samples. The first
        sample comes one interval after the first instant ever given.
        """
        lever_w = rotate(motion.orientation_w, self.config.lever_arm_m)
        velocity_w = motion.velocity_w + np.cross(motion.angular_velocity_w, lever_w)
        heading = _continuous(motion.orientation_w, self._heading)
        self._heading = heading[-1].copy()
        rows = np.concatenate([velocity_w, heading, motion.angular_velocity_w], axis=1)
        times, rows = self._resampler.feed(motion.times_s, rows)
        n = len(times) - 1
        mid = rows[1:, 3:7] + rows[:-1, 3:7]
        to_sensor = conjugate(self.config.orientation)
        to_body = conjugate(mid / np.linalg.norm(mid, axis=1, keepdims=True))
        force_w = np.diff(rows[:, :3], axis=0) * self.config.rate_hz + [0.0, 0.0, self.config.gravity_mps2]
        turn_w = 0.5 * (rows[1:, 7:] + rows[:-1, 7:])
        draws = self._rng.standard_normal((n, 2, 2, 3))
        return ImuSamples(
            times_s=times[1:],
            gyro_rps=self._gyro.corrupt(rotate(to_sensor, rotate(to_body, turn_w)), draws[:, 0]),
            accel_mps2=self._accel.corrupt(rotate(to_sensor, rotate(to_body, force_w)), draws[:, 1]),
        )


def _continuous(q: F64, before: F64 | None) -> F64:
    """The same rotations, signs chosen so that each lies on the side of the one before it."""
    first = q[:1] if before is None else before[None]
    flips = np.where(np.sum(q * np.concatenate([first, q[:-1]]), axis=1) < 0.0, -1.0, 1.0)
    return q * np.cumprod(flips)[:, None]
