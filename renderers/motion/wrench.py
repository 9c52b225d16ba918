"""Force and torque at a wrist: six channels with the errors of strain gauges.

Per sample: the true wrench passes a first-order low-pass (exactly, for an input that is linear between its rows), then

    measured = (1 + crosstalk) truth + bias + drift + white noise

is clipped at full scale and quantised. The crosstalk matrix couples all six channels, relative to their full scales,
and is drawn once per specimen, as is the bias; the drift is a random walk, mostly thermal.
Figures are of the class of a 100 N wrist sensor (assumed). Left out: hysteresis, and the weight of the tool, which is
part of the true wrench.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..truth import Truth
from .resample import Resampler

F64 = NDArray[np.float64]


@dataclass
class WrenchConfig:
    """The sensor; pairs are (force [N], torque [N m]).

    Attributes:
        rate_hz: samples per second.
        limit: full scales.
        noise_sigma: standard deviations of the white noise of a sample.
        bias_sigma: standard deviations of the bias drawn at start.
        drift: densities of the walk [unit / sqrt(s)].
        crosstalk: standard deviation of the entries of the coupling matrix, relative to full scale.
        step: quantisation; 0 for none.
        cutoff_hz: of the low-pass; 0 for none.
        noise: multiplies all errors; 0 leaves low-pass, full scale and quantisation.

    """

    rate_hz: float = 240.0
    limit: tuple[float, float] = (100.0, 10.0)
    noise_sigma: tuple[float, float] = (0.05, 0.002)
    bias_sigma: tuple[float, float] = (0.5, 0.02)
    drift: tuple[float, float] = (0.01, 0.0005)
    crosstalk: float = 0.005
    step: tuple[float, float] = (0.025, 0.00125)
    cutoff_hz: float = 100.0
    noise: float = 1.0

    def __post_init__(self) -> None:
        """Check ranges."""
        if not self.rate_hz > 0.0 or not min(self.limit) > 0.0:
            raise ValueError(f"wrench rate_hz is {self.rate_hz} and limit {self.limit}, expected values above 0")
        for name in ("noise_sigma", "bias_sigma", "drift", "step"):
            if len(getattr(self, name)) != 2 or not min(getattr(self, name)) >= 0.0:
                raise ValueError(f"wrench {name} is {getattr(self, name)}, expected two values >= 0 (force, torque)")
        for name in ("crosstalk", "cutoff_hz", "noise"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"wrench {name} is {getattr(self, name)}, expected a value >= 0")


@dataclass(frozen=True, eq=False)
class WrenchSamples:
    """n samples in the sensor frame.

    Attributes:
        times_s: (n,).
        force_n: (n, 3); torque_nm: (n, 3) about the sensor's origin.
        true_wrench: (n, 6) force and torque without errors and low-pass: the clean twin.
        truth: (n, 6) uint8 `Truth` bits, DISPLACED where a channel is at its full scale.

    """

    times_s: F64
    force_n: F64
    torque_nm: F64
    true_wrench: F64
    truth: NDArray[np.uint8]


class Wrench:
    """One sensor; keeps its filter and drift from call to call.

    Args:
        config: the sensor.
        stream_key: 64-bit integer that names its random stream.

    """

    def __init__(self, config: WrenchConfig, *, stream_key: int) -> None:
        self.config = config
        self._rng = np.random.Generator(np.random.Philox(key=stream_key))
        self._limit = np.repeat(config.limit, 3)
        coupling = config.crosstalk * self._rng.standard_normal((6, 6))
        # entry (i, k): full scale of channel k shows as this share of the full scale of channel i
        self._coupling = coupling * self._limit[:, None] / self._limit
        self._bias = np.repeat(config.bias_sigma, 3) * self._rng.standard_normal(6)
        self._walk: F64 = np.zeros(6)
        self._resampler = Resampler(config.rate_hz)
        self._row: tuple[float, F64, F64] | None = None  # time, input and output of the filter at the newest row

    def measure(self, times_s: F64, wrench: F64) -> WrenchSamples:
        """All samples that the new rows make known; how they are cut into calls does not matter.

        Args:
            times_s: (T,) increasing [s].
            wrench: (T, 6) true force [N] and torque [N m] on the sensor, sensor frame.

        """
        if wrench.shape != (len(times_s), 6):
            raise ValueError(f"wrench got rows of shape {wrench.shape}, expected ({len(times_s)}, 6)")
        times, rows = self._resampler.feed(times_s, np.concatenate([self._filtered(times_s, wrench), wrench], axis=1))
        times, passed, true = times[1:], rows[1:, :6], rows[1:, 6:]
        config, n = self.config, len(times)
        draws = self._rng.standard_normal((n, 2, 6))
        steps = np.repeat(config.drift, 3) / math.sqrt(config.rate_hz) * draws[:, 1]
        walk = self._walk + np.cumsum(steps, axis=0)
        if n:
            self._walk = walk[-1].copy()
        error = passed @ self._coupling.T + self._bias + walk + np.repeat(config.noise_sigma, 3) * draws[:, 0]
        value = passed + config.noise * error
        clipped = np.clip(value, -self._limit, self._limit)
        step = np.repeat(config.step, 3)
        safe = np.where(step > 0.0, step, 1.0)
        out = np.where(step > 0.0, np.rint(clipped / safe) * safe, clipped)
        truth = np.where(clipped != value, Truth.DISPLACED, 0).astype(np.uint8)
        return WrenchSamples(times, out[:, :3], out[:, 3:], true, truth)

    def _filtered(self, times_s: F64, wrench: F64) -> F64:
        """The low-pass at every row, exact for an input that is linear between rows."""
        if self.config.cutoff_hz == 0.0:
            return wrench
        tau = 1.0 / (2.0 * math.pi * self.config.cutoff_hz)
        out = np.empty(wrench.shape)
        for k in range(len(times_s)):
            t, x = float(times_s[k]), np.asarray(wrench[k], float)
            if self._row is None:
                y = x.copy()
            elif t <= self._row[0]:  # a row that an earlier call already gave
                y = self._row[2]
                out[k] = y
                continue
            else:
                before, x_0, y_0 = self._row
                slope = (x - x_0) / (t - before)
                y = x - tau * slope + (y_0 - x_0 + tau * slope) * math.exp(-(t - before) / tau)
            self._row = (t, x.copy(), y)
            out[k] = y
        return out
