"""Tileable noise with a mip pyramid: one fetch gives many octaves, already averaged over the pixel's footprint.

Two spectra: `FINE` is nearly white (grain, blades, leaves), `SOFT` falls with frequency (stains, patches, clouds). Both
have zero mean and unit variance at the finest level; averaging lets them fade out with distance, so textures built on
them do not alias. The tables are made once from the project's counter-based generator.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..random import uniform

SIZE = 256
LEVELS = 9
_LOG_SIZE = 8.0
FINE, SOFT = 0, 1
_PYRAMID = sum((SIZE >> level) ** 2 for level in range(LEVELS))
_EXPONENTS = (0.35, 1.25)


@njit(cache=True, nogil=True)
def _white(key: np.uint64, out: NDArray[np.float64]) -> None:
    for i in range(out.size):
        out.flat[i] = uniform(key, i, 0) - 0.5


@cache
def noise_table() -> NDArray[np.float32]:
    """Both pyramids, (2, levels flattened) float32."""
    table = np.empty((2, _PYRAMID), np.float32)
    frequency = np.hypot(np.fft.fftfreq(SIZE)[:, None], np.fft.rfftfreq(SIZE)[None, :]) * SIZE
    frequency[0, 0] = 1.0
    for kind, exponent in enumerate(_EXPONENTS):
        white = np.empty((SIZE, SIZE))
        _white(np.uint64(101 + kind), white)
        field = np.fft.irfft2(np.fft.rfft2(white) * frequency**-exponent, s=white.shape)
        field = (field - field.mean()) / field.std()
        at = 0
        for level in range(LEVELS):
            n = SIZE >> level
            table[kind, at : at + n * n] = field.ravel()
            at += n * n
            if n > 1:
                field = field.reshape(n // 2, 2, n // 2, 2).mean(axis=(1, 3))
    return table


@njit(cache=True, nogil=True)
def _bilinear(table, kind, level, u, v):  # type: ignore[no-untyped-def]
    n = SIZE >> level
    # the levels above hold SIZE^2 (1 + 1/4 + ...) entries
    start = (4 * SIZE * SIZE - 4 * n * n) // 3
    x, y = u * n - 0.5, v * n - 0.5
    fx, fy = np.floor(x), np.floor(y)
    i, j = int(fx) & (n - 1), int(fy) & (n - 1)
    k, l = (i + 1) & (n - 1), (j + 1) & (n - 1)  # noqa: E741
    a, b = x - fx, y - fy
    low, high = start + j * n, start + l * n
    return (1.0 - b) * ((1.0 - a) * table[kind, low + i] + a * table[kind, low + k]) + b * (
        (1.0 - a) * table[kind, high + i] + a * table[kind, high + k]
    )


@njit(cache=True, nogil=True)
def noise(table, kind, u, v, period, log_footprint):  # type: ignore[no-untyped-def]
    """Noise at (u, v) [m], repeating after `period` [m], averaged over 2**log_footprint metres."""
    level = log_footprint + _LOG_SIZE - np.log2(period)
    x, y = u / period, v / period
    if level <= 0.0:
        return _bilinear(table, kind, 0, x, y)
    if level >= LEVELS - 1:
        return 0.0
    low = int(level)
    w = level - low
    return (1.0 - w) * _bilinear(table, kind, low, x, y) + w * _bilinear(table, kind, low + 1, x, y)
