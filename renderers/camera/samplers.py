"""Fast counter-based draws for the imager: normal numbers by ziggurat, Poisson numbers exact below a mean of 50.

Normal: the ziggurat of Marsaglia and Tsang (2000, "The ziggurat method for generating random variables", J. Stat.
Softw. 5(8)) with 128 layers of equal area; the layer index and the abscissa use separate bits, as Doornik (2005)
asks. One 64-bit word answers 98.8 % of draws; a rejected draw hashes the word again.

Poisson: a sum of Poisson numbers is a Poisson number, so Poisson(mu) = Poisson(floor(mu)) + Poisson(mu - floor(mu)).
The first term is looked up in tabulated distribution functions of whole means with a guide table (Chen and Asau 1974),
the second is found by inversion in about one step. Both are exact up to the resolution of the uniform numbers. From a
mean of 50 on, a rounded Normal(mu, sqrt(mu)) stands in; it leaves out the skewness 1/sqrt(mu) < 0.14.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from ..random import bits, mix

POISSON_LIMIT = 50
"""Means from here on are drawn from the normal approximation."""

_LAYERS = 128
_TAIL = 3.442619855899  # where the tail begins, and the common area of the layers, for 128 layers
_AREA = 9.91256303526217e-3
_GUIDES = 64
_SCALE_32 = 1.0 / 4294967296.0
_SCALE_53 = 1.0 / (1 << 53)


def _ziggurat() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x = np.zeros(_LAYERS + 1)
    x[0] = _AREA / np.exp(-0.5 * _TAIL**2)
    x[1] = _TAIL
    for i in range(2, _LAYERS):
        x[i] = np.sqrt(-2.0 * np.log(_AREA / x[i - 1] + np.exp(-0.5 * x[i - 1] ** 2)))
    return x, np.exp(-0.5 * x * x)


def _poisson_tables() -> tuple[NDArray[np.float64], NDArray[np.int16]]:
    means = np.arange(POISSON_LIMIT, dtype=float)
    mass = np.zeros((POISSON_LIMIT, 3 * POISSON_LIMIT))  # what lies beyond three times the largest mean is < 1e-30
    mass[:, 0] = np.exp(-means)
    for k in range(1, mass.shape[1]):
        mass[:, k] = mass[:, k - 1] * means / k
    distribution = np.cumsum(mass, axis=1)
    distribution[:, -1] = 2.0  # ends the search whatever the rounding
    marks = np.arange(_GUIDES) / _GUIDES
    guide = np.stack([np.searchsorted(row, marks, side="right") for row in distribution])
    return distribution, guide.astype(np.int16)


_EDGE, _DENSITY = _ziggurat()
_DISTRIBUTION, _GUIDE = _poisson_tables()


@compiled
def _normal_rare(layer: int, u: float, word: np.uint64) -> float:
    """Finish a draw that did not fall inside a layer's core: the wedge, the tail, or a fresh attempt."""
    while True:
        word = mix(word + np.uint64(0x9E3779B97F4A7C15))
        v = (float(word >> np.uint64(11)) + 0.5) * _SCALE_53
        x = u * _EDGE[layer]
        if layer == 0:
            while True:
                word = mix(word + np.uint64(0x9E3779B97F4A7C15))
                w = (float(word >> np.uint64(11)) + 0.5) * _SCALE_53
                step = -np.log(v) / _TAIL
                if -2.0 * np.log(w) >= step * step:
                    return _TAIL + step if u > 0.0 else -_TAIL - step
                word = mix(word + np.uint64(0x9E3779B97F4A7C15))
                v = (float(word >> np.uint64(11)) + 0.5) * _SCALE_53
        if _DENSITY[layer] + v * (_DENSITY[layer + 1] - _DENSITY[layer]) < np.exp(-0.5 * x * x):
            return x
        word = mix(word + np.uint64(0x9E3779B97F4A7C15))
        layer = int(word & np.uint64(127))
        u = float(word >> np.uint64(11)) * (2.0 * _SCALE_53) - 1.0
        if abs(u) * _EDGE[layer] < _EDGE[layer + 1]:
            return u * _EDGE[layer]


@compiled(inline="always")
def normal_of(word: np.uint64) -> float:
    """A standard normal number from the upper 60 bits of one random 64-bit word; the lowest 4 stay unused."""
    layer = int((word >> np.uint64(4)) & np.uint64(127))
    u = float(word >> np.uint64(11)) * (2.0 * _SCALE_53) - 1.0
    x = u * _EDGE[layer]
    if abs(x) < _EDGE[layer + 1]:
        return x
    return _normal_rare(layer, u, word)


@compiled
def poisson_small(mean: float, word: np.uint64) -> float:
    """An exact Poisson number of a mean in [0, 50) from one random 64-bit word."""
    whole = int(mean)
    u = float(word >> np.uint64(32)) * _SCALE_32
    k = int(_GUIDE[whole, int(u * _GUIDES)])
    while _DISTRIBUTION[whole, k] <= u:
        k += 1
    rest = mean - whole
    v = float(word & np.uint64(0xFFFFFFFF)) * _SCALE_32
    p = np.exp(-rest)
    j = 0
    while v >= p:
        v -= p
        j += 1
        p *= rest / j
        if p < 1e-12:
            break
    return float(k + j)


@compiled(inline="always")
def poisson_of(mean: float, word: np.uint64) -> float:
    """A Poisson number of any mean >= 0 (0 for NaN) from one random 64-bit word."""
    if mean < POISSON_LIMIT:
        return poisson_small(mean, word) if mean > 0.0 else 0.0
    return np.rint(mean + np.sqrt(mean) * normal_of(word)) if mean >= POISSON_LIMIT else 0.0


@compiled
def poisson_field(mean: NDArray[np.float64], key: np.uint64, first: int) -> NDArray[np.float64]:
    """Poisson numbers for a (N,) array of means; number i depends on `key` and `first + i` only."""
    out = np.empty(len(mean))
    for i in range(len(mean)):
        out[i] = poisson_of(mean[i], bits(key, first + i, 0))
    return out


@compiled
def normal_field(count: int, key: np.uint64, first: int) -> NDArray[np.float64]:
    """`count` standard normal numbers; number i depends on `key` and `first + i` only."""
    out = np.empty(count)
    for i in range(count):
        out[i] = normal_of(bits(key, first + i, 0))
    return out
