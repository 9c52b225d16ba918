"""How much of a body can be seen from a point, by casting rays at collision shapes; no pixels needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .client import Client

F64 = NDArray[np.float64]
_GRID = 9


def visible_share(client: Client, body: int, eye_w: ArrayLike) -> float:
    """Share of the rays that would meet a body if it were alone which meet it first as it is.

    Rays go from the eye (3,) through a grid over the disc that the body's bounding sphere shows the eye, and stop at
    nothing but collision shapes. 0 where no ray meets it at all.
    """
    low, high = (np.array(corner) for corner in client.getAABB(body, -1))
    eye, middle = np.asarray(eye_w, float), 0.5 * (low + high)
    ahead = middle - eye
    ahead /= np.linalg.norm(ahead)
    side = np.cross(ahead, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    up = np.cross(side, ahead)
    radius = 0.5 * float(np.linalg.norm(high - low))
    grid = np.linspace(-1.0, 1.0, _GRID) * radius
    through = middle + (grid[:, None, None] * side + grid[None, :, None] * up).reshape(-1, 3)
    ends = eye + 1.5 * (through - eye)
    starts = np.broadcast_to(eye, ends.shape)
    seen = _first_hits(client, starts, ends)
    alone = [_meets(client, body, start, end) for start, end in zip(starts, ends, strict=True)]
    count = sum(alone)
    return float(sum(hit == body and meets for hit, meets in zip(seen, alone, strict=True))) / count if count else 0.0


def _first_hits(client: Client, starts: F64, ends: F64) -> list[int]:
    return [hit[0] for hit in client.rayTestBatch(starts.tolist(), ends.tolist(), numThreads=1)]


def _meets(client: Client, body: int, start: F64, end: F64) -> bool:
    """Whether the ray meets the body behind whatever lies before it."""
    step = 1e-4 * (end - start) / np.linalg.norm(end - start)
    at = start
    for _ in range(24):
        hit = client.rayTest(at.tolist(), end.tolist())[0]
        if hit[0] < 0:
            return False
        if hit[0] == body:
            return True
        at = np.array(hit[3]) + 50 * step
    return False
