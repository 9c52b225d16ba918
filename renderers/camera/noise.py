"""Tileable noise with a mip pyramid: one fetch gives many octaves, already averaged over the pixel's footprint.

Two spectra: `FINE` is nearly white (grain, blades, leaves), `SOFT` falls with frequency (stains, patches, clouds). Both
have zero mean and unit variance at the finest level; averaging lets them fade out with distance, so textures built on
them do not alias. The tables are made once from the project's counter-based generator.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined, kernel
from ..random import uniform

SIZE = 256
LEVELS = 9
"""Octaves of the pyramid; between two of them lies their mean, so the table has 2 * LEVELS - 1 steps."""
_LOG_SIZE = 8.0
FINE, SOFT = 0, 1
_KIND = 2 * sum((SIZE >> level) ** 2 for level in range(LEVELS))
_EXPONENTS = (0.35, 1.25)
_UNIT = 1.0 / 28.0
"""Step of the stored noise, in standard deviations at the finest level; the bytes reach 4.5 of them."""
_POSITIVE = 1024.0
"""Whole periods added to a coordinate, so that truncation is floor."""


@kernel
def _white(key: np.uint64, out: NDArray[np.float64]) -> None:
    for i in range(out.size):
        out.flat[i] = uniform(key, i, 0) - 0.5


@cache
def noise_table() -> NDArray[np.int8]:
    """Both pyramids, flat int8 in units of `_UNIT`: a quarter of the memory, which the shading is bound by."""
    table = []
    frequency = np.hypot(np.fft.fftfreq(SIZE)[:, None], np.fft.rfftfreq(SIZE)[None, :]) * SIZE
    frequency[0, 0] = 1.0
    for kind, exponent in enumerate(_EXPONENTS):
        white = np.empty((SIZE, SIZE))
        _white(np.uint64(101 + kind), white)
        field = np.fft.irfft2(np.fft.rfft2(white) * frequency**-exponent, s=white.shape)
        field = (field - field.mean()) / field.std()
        for _ in range(LEVELS):
            n = len(field)
            coarse = field.reshape(n // 2, 2, n // 2, 2).mean(axis=(1, 3)) if n > 1 else field
            table += [field.ravel(), (0.5 * (field + _doubled(coarse, n))).ravel()]
            field = coarse
    return np.clip(np.rint(np.concatenate(table) / _UNIT), -127, 127).astype(np.int8)


def _doubled(field: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """A periodic field on a grid of `n` points, linear between its own points (cell centres)."""
    at = (np.arange(n) + 0.5) / n * len(field) - 0.5
    low = np.floor(at).astype(int)
    w = at - low
    rows = (1 - w)[:, None] * field[low % len(field)] + w[:, None] * field[(low + 1) % len(field)]
    out: NDArray[np.float64] = (1 - w) * rows[:, low % len(field)] + w * rows[:, (low + 1) % len(field)]
    return out


@inlined
def octave(footprint):  # type: ignore[no-untyped-def]
    """Binary logarithm of a footprint, within 0.01: a step of the pyramid is 0.5."""
    # exponent and mantissa read as one number are the logarithm but for a bow of 0.086
    x = np.float32(footprint).view(np.int32) * (1.0 / (1 << 23)) - 127.0
    w = x - np.floor(x)
    return x + 0.343 * w * (1.0 - w)


@inlined
def noise(table, kind, u, v, period, log_footprint):  # type: ignore[no-untyped-def]
    """Noise at (u, v) [m], repeating after `period` [m], averaged over 2**log_footprint metres."""
    return _noise(table, kind, u * (1.0 / period), v * (1.0 / period), log_footprint - math.log2(period))


@kernel
def _noise(table, kind, u, v, log_footprint):  # type: ignore[no-untyped-def]
    """Noise at (u, v), averaged over 2**log_footprint, all in periods."""
    step = max(0, int(2.0 * (log_footprint + _LOG_SIZE) + 0.5))
    if step >= 2 * LEVELS - 2:
        return 0.0
    level = step >> 1
    n = SIZE >> level
    # the levels above hold 2 SIZE^2 (1 + 1/4 + ...) entries
    start = kind * _KIND + 8 * (SIZE * SIZE - n * n) // 3 + (step & 1) * n * n
    x, y = u * n + (_POSITIVE * n - 0.5), v * n + (_POSITIVE * n - 0.5)
    i, j = int(x), int(y)
    a, b = x - i, y - j
    i, j = i & (n - 1), j & (n - 1)
    k = (i + 1) & (n - 1)
    low, high = start + j * n, start + ((j + 1) & (n - 1)) * n
    p, q, s, t = float(table[low + i]), float(table[low + k]), float(table[high + i]), float(table[high + k])
    upper = p + a * (q - p)
    return _UNIT * (upper + b * (s + a * (t - s) - upper))
