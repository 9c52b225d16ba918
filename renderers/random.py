"""Counter-based random numbers for kernels: a pure function of key and counter, so order and threads do not matter.

The generator is the finaliser of splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
generators") applied twice to key + counter. It passes the usual empirical tests when the counter is a pixel or ray
index; it is not cryptographic.
"""

from __future__ import annotations

import numpy as np

from .compiled import compiled

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 1.0 / (1 << 53)


@compiled(inline="always")
def mix(x: np.uint64) -> np.uint64:
    """The splitmix64 finaliser: 64 bits in, 64 well mixed bits out."""
    x = np.uint64(x)
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))


@compiled(inline="always")
def bits(key: np.uint64, counter: int, lane: int) -> np.uint64:
    """64 random bits for (key, counter, lane); lanes give independent numbers for one counter."""
    return mix(mix(np.uint64(key) + _GOLDEN * np.uint64(counter + 1)) + _GOLDEN * np.uint64(2 * lane + 1))


@compiled(inline="always")
def uniform(key: np.uint64, counter: int, lane: int) -> float:
    """A uniform number in [0, 1)."""
    return float(bits(key, counter, lane) >> np.uint64(11)) * _TO_UNIT


@compiled(inline="always")
def normal(key: np.uint64, counter: int, lane: int) -> float:
    """A standard normal number (Box-Muller on two halves of one draw)."""
    b = bits(key, counter, lane)
    u = (float(b >> np.uint64(32)) + 0.5) * (1.0 / 4294967296.0)
    v = float(b & np.uint64(0xFFFFFFFF)) * (1.0 / 4294967296.0)
    return np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v)  # type: ignore[no-any-return]


@compiled(inline="always")
def normal_pair(key: np.uint64, counter: int, lane: int) -> tuple[float, float]:
    """Two independent standard normal numbers for the price of one draw, in single precision and at most 6.7."""
    b = bits(key, counter, lane)
    u = np.float32((float(b >> np.uint64(32)) + 0.5) * (1.0 / 4294967296.0))
    v = np.float32(float(b & np.uint64(0xFFFFFFFF)) * (2.0 * np.pi / 4294967296.0))
    r = np.sqrt(np.float32(-2.0) * np.log(u))
    return r * np.cos(v), r * np.sin(v)


def frame_key(stream_key: int, frame: int) -> np.uint64:
    """The key of one frame of a sensor whose stream has `stream_key` (a 64-bit integer drawn once per sensor)."""
    return np.uint64(mix(np.uint64((stream_key + 0x9E3779B97F4A7C15 * (frame + 1)) & 0xFFFFFFFFFFFFFFFF)))
