"""Wheel odometry: speed and yaw rate from the turning of two wheels of an axle.

The sensor counts teeth that pass: counts = floor(angle * teeth / 2 pi). Speed and yaw rate follow from the counts of
one sample interval with the radius and track the vehicle believes in; the true wheel spins as physics says. So a
wheel that locks or spins on ice misleads the odometry, as it does in a real car. Typical errors: radius 0.5-1 %,
track 0.5 %. Left out: missed teeth, unevenly cut rings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .resample import Resampler

F64 = NDArray[np.float64]


@dataclass
class OdometryConfig:
    """The axle and its errors.

    Counts are coarse at a high rate: the speed of a wheel comes in steps of 2 pi wheel_radius_m rate_hz /
    ticks_per_turn, which is 1.24 m/s by default. A lower rate or more counts per turn make them finer.

    Attributes:
        rate_hz: samples per second.
        wheel_radius_m: true rolling radius.
        track_m: true distance between the two wheels.
        ticks_per_turn: counts per turn of a wheel; 0 for no quantisation.
        radius_error: standard deviation of the relative error of each believed radius.
        track_error: standard deviation of the relative error of the believed track.
        speed_noise_mps: standard deviation of the noise of each wheel's speed.
        noise: multiplies all errors; 0 leaves the quantisation only.
    """

    rate_hz: float = 60.0
    wheel_radius_m: float = 0.316
    track_m: float = 1.55
    ticks_per_turn: int = 96
    radius_error: float = 0.005
    track_error: float = 0.005
    speed_noise_mps: float = 0.01
    noise: float = 1.0

    def __post_init__(self) -> None:
        """Check ranges."""
        for name in ("rate_hz", "wheel_radius_m", "track_m"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"odometry {name} is {getattr(self, name)}, expected a value > 0")
        for name in ("ticks_per_turn", "radius_error", "track_error", "speed_noise_mps", "noise"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"odometry {name} is {getattr(self, name)}, expected a value >= 0")


@dataclass(frozen=True, eq=False)
class OdometrySamples:
    """n samples of an axle.

    Attributes:
        times_s: (n,) end of each sample interval.
        ticks: (n, 2) int64 counts since the start, left and right wheel; 0 throughout where counts are switched off.
        speed_mps: (n,) forward speed of the middle of the axle.
        yaw_rate_rps: (n,) positive to the left.
    """

    times_s: F64
    ticks: NDArray[np.int64]
    speed_mps: F64
    yaw_rate_rps: F64


class Odometry:
    """One axle; keeps its wheel angles from call to call.

    Args:
        config: the axle and its errors.
        stream_key: 64-bit integer that names its random stream.
    """

    def __init__(self, config: OdometryConfig, *, stream_key: int) -> None:
        self.config = config
        self._rng = np.random.Generator(np.random.Philox(key=stream_key))
        errors = config.noise * self._rng.standard_normal(3)
        self._radius_m = config.wheel_radius_m * (1.0 + config.radius_error * errors[:2])
        self._track_m = config.track_m * (1.0 + config.track_error * errors[2])
        self._resampler = Resampler(config.rate_hz)
        self._row: tuple[float, F64, F64] | None = None  # time, spin and angle of the newest row

    def measure(self, times_s: F64, wheel_spin_rps: F64) -> OdometrySamples:
        """All samples whose interval ends within the new rows; how they are cut into calls does not matter.

        Args:
            times_s: (T,) increasing [s].
            wheel_spin_rps: (T, 2) spin of the left and right wheel, positive forward [rad/s].

        """
        if self._row is not None:
            new = times_s > self._row[0]
            times_s = np.concatenate([[self._row[0]], times_s[new]])
            wheel_spin_rps = np.concatenate([self._row[1][None], wheel_spin_rps[new]])
        start = self._row[2] if self._row is not None else np.zeros(2)
        steps = 0.5 * (wheel_spin_rps[1:] + wheel_spin_rps[:-1]) * np.diff(times_s)[:, None]
        angle = np.cumsum(np.concatenate([start[None], steps]), axis=0)
        self._row = (float(times_s[-1]), wheel_spin_rps[-1].copy(), angle[-1].copy())
        times, angle = self._resampler.feed(times_s, angle)
        ticks = np.zeros(angle.shape, np.int64)
        if self.config.ticks_per_turn:
            tick = 2.0 * np.pi / self.config.ticks_per_turn
            ticks = np.floor(angle / tick + 1e-9).astype(np.int64)
            angle = ticks * tick
        draws = self._rng.standard_normal((len(times) - 1, 2))
        wheel = np.diff(angle, axis=0) * self.config.rate_hz * self._radius_m
        wheel += self.config.noise * self.config.speed_noise_mps * draws
        return OdometrySamples(
            times_s=times[1:],
            ticks=ticks[1:],
            speed_mps=wheel.mean(axis=1),
            yaw_rate_rps=(wheel[:, 1] - wheel[:, 0]) / self._track_m,
        )
