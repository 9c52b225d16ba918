"""Measured values to stored numbers and back: fixed point with a stated step.

Quantising depth and range before compression is worth more than any filter, and the step says exactly what was lost:
at most half of it. Steps of depth are powers of two, so decoding is exact in binary floating point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

DEPTH_NOTHING = 65535
FLOW_UNDEFINED = -32768
FLOW_STEP_PX = 1.0 / 32.0


@dataclass(frozen=True)
class Codec:
    """How one kind of value is stored.

    Attributes:
        encode: values and step to stored numbers.
        decode: stored numbers and step to float32 values.

    """

    encode: Callable[[Array, float], Array]
    decode: Callable[[Array, float], Array]


def _fixed_point(values: Array, step: float, limits: tuple[int, int], nothing: int, dtype: type) -> Array:
    """Values as whole steps within limits; what is not finite becomes `nothing`. In place after the first product."""
    scaled = values * np.float32(1.0 / step)
    missing = ~np.isfinite(scaled)
    np.rint(scaled, out=scaled)
    np.maximum(scaled, np.float32(limits[0]), out=scaled)
    np.minimum(scaled, np.float32(limits[1]), out=scaled)
    np.copyto(scaled, np.float32(nothing), where=missing)
    return scaled.astype(dtype)


def depth_step(range_max_m: float) -> float:
    """The smallest power of two [m] with which 65534 steps reach `range_max_m`: 1/256 m up to 255.99 m."""
    return float(2.0 ** np.ceil(np.log2(range_max_m / (DEPTH_NOTHING - 1))))


def encode_depth(depth: Array, step: float) -> Array:
    """Depth [m] to uint16 steps. Finite values beyond 65534 steps become 65534; inf and NaN become 65535."""
    return _fixed_point(depth, step, (0, DEPTH_NOTHING - 1), DEPTH_NOTHING, np.uint16)


def decode_depth(stored: Array, step: float) -> Array:
    """Stored uint16 to depth [m], float32, inf where nothing is."""
    return np.where(stored == DEPTH_NOTHING, np.float32(np.inf), stored.astype(np.float32) * np.float32(step))


def range_dtype(range_max_m: float, step: float) -> np.dtype[Any]:
    """Smallest of uint16 and uint32 that holds `range_max_m`."""
    return np.dtype(np.uint16 if range_max_m / step <= np.iinfo(np.uint16).max else np.uint32)


def encode_range(values: Array, step: float) -> Array:
    """Lidar range [m] to uint32 steps, 0 stays 0."""
    return np.rint(np.maximum(values, 0).astype(np.float64) / step).astype(np.uint32)


def decode_range(stored: Array, step: float) -> Array:
    """Stored steps to range [m], float32."""
    return (stored * np.float64(step)).astype(np.float32)


def encode_flow(flow: Array, step: float) -> Array:
    """Flow [px] to int16 steps, clipped at the ends; what is not finite becomes -32768."""
    return _fixed_point(flow, step, (FLOW_UNDEFINED + 1, 32767), FLOW_UNDEFINED, np.int16)


def decode_flow(stored: Array, step: float) -> Array:
    """Stored int16 to flow [px], float32, NaN where undefined."""
    return np.where(stored == FLOW_UNDEFINED, np.float32(np.nan), stored.astype(np.float32) * np.float32(step))


def _same(values: Array, _step: float) -> Array:
    return values


CODECS: dict[str, Codec] = {
    "plain": Codec(_same, _same),
    "depth": Codec(encode_depth, decode_depth),
    "range": Codec(encode_range, decode_range),
    "flow": Codec(encode_flow, decode_flow),
}
"""All codecs by the name in `schema.Entry.codec`."""
