"""Truth at the physics rate in, values at a sensor's own instants out, without a seam between calls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


class Resampler:
    """Linear interpolation onto the grid t0 + k / rate, where t0 is the first time ever fed.

    Args:
        rate_hz: samples per second.
    """

    def __init__(self, rate_hz: float) -> None:
        if not rate_hz > 0.0:
            raise ValueError(f"sample rate is {rate_hz} Hz, expected a value > 0")
        self.rate_hz = rate_hz
        self._start_s = 0.0
        self._emitted = 0  # samples of the grid already given out
        self._last: tuple[float, F64] | None = None  # newest row fed
        self._sample: F64 | None = None  # newest row given out

    def feed(self, times_s: F64, values: F64) -> tuple[F64, F64]:
        """Samples that the new rows make known.

        Rows may repeat what an earlier call already gave; those are skipped.

        Args:
            times_s: (T,) increasing [s].
            values: (T, K) rows.

        Returns:
            (n + 1,) times and (n + 1, K) values; the first row is the last sample of the call before (in the first
            call, the first row fed), the others are new. n may be 0.

        """
        if values.shape[:1] != times_s.shape or np.any(np.diff(times_s) <= 0.0):
            raise ValueError(f"expected increasing times and one row each, got {times_s.shape} and {values.shape}")
        if self._last is None or self._sample is None:
            if not len(times_s):
                raise ValueError("the first call to a motion sensor got no rows, expected at least one")
            self._start_s, self._sample = float(times_s[0]), values[0].copy()
        else:
            new = times_s > self._last[0]
            times_s = np.concatenate([[self._last[0]], times_s[new]])
            values = np.concatenate([self._last[1][None], values[new]])
        self._last = (float(times_s[-1]), values[-1].copy())
        last = int(np.floor((times_s[-1] - self._start_s) * self.rate_hz + 1e-6))
        grid = self._start_s + np.arange(self._emitted, last + 1) / self.rate_hz
        out = np.empty((len(grid), values.shape[1]))
        out[0] = self._sample
        if len(grid) > 1:
            k = np.clip(np.searchsorted(times_s, grid[1:], side="right") - 1, 0, len(times_s) - 2)
            w = ((grid[1:] - times_s[k]) / (times_s[k + 1] - times_s[k]))[:, None]
            out[1:] = (1.0 - w) * values[k] + w * values[k + 1]
        self._emitted, self._sample = last, out[-1].copy()
        return grid, out
