"""Eight rays at once: Embree's packet queries for kernels that send coherent rays.

A packet is a structure of arrays (RTCRayHit8 of Embree 4): the words of a single ray (see `tables`), each repeated for
eight lanes, so word `w` of lane `k` is at `8 * w + k`. Lanes whose entry in `valid` is 0 are left alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from . import embree_library as embree

LANES = 8
_COHERENT = 1 << 16
_ALL_FEATURES = 0xFFFFFFFF


class Packet(NamedTuple):
    """One buffer of eight rays with what Embree wants beside it; one per thread.

    Attributes:
        ray: (192,) float32, the rays and hits; word: the same memory as int32.
        valid: (8,) int32, -1 for lanes in use, 0 for idle ones.
        coherent, incoherent: argument blocks that tell Embree how alike the rays are.
        intersect, occluded: addresses of the query functions.

    """

    ray: NDArray[np.float32]
    word: NDArray[np.int32]
    valid: NDArray[np.int32]
    coherent: NDArray[np.uint32]
    incoherent: NDArray[np.uint32]
    intersect: int
    occluded: int


def _aligned(words: int) -> NDArray[np.uint32]:
    raw = np.zeros(words * 4 + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + words * 4].view(np.uint32)


def new_packet() -> Packet:
    """An empty packet."""
    buffer = _aligned(192)
    blocks = [_aligned(32) for _ in range(2)]
    for block, flags in zip(blocks, (_COHERENT, 0), strict=True):
        block[0], block[1] = flags, _ALL_FEATURES
    return Packet(
        ray=buffer.view(np.float32),
        word=buffer.view(np.int32),
        valid=_aligned(8).view(np.int32),
        coherent=blocks[0],
        incoherent=blocks[1],
        intersect=embree.address("rtcIntersect8"),
        occluded=embree.address("rtcOccluded8"),
    )


@intrinsic
def _query(typingctx: Any, function: Any, valid: Any, scene: Any, ray: Any, arguments: Any) -> Any:
    """Call `rtcIntersect8` or `rtcOccluded8` by address: function, valid lanes, scene, packet, argument block."""
    signature = types.void(*([types.int64] * 5))

    def codegen(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        word = ir.IntType(64)
        kind = ir.FunctionType(ir.VoidType(), [word] * 4)
        builder.call(builder.inttoptr(values[0], kind.as_pointer()), list(values[1:]))
        return context.get_dummy_value()

    return signature, codegen


query: Any = _query
"""The call as kernels see it: `query(function, valid, scene, ray, arguments)`, all addresses."""
