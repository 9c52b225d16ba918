"""Which detection found which object, frame by frame.

Detections choose in order of falling score; each takes the best object that is still free and close enough. One that
finds none of these but agrees with an object that nobody is asked for counts neither for nor against (as in COCO); what
is left is a false positive.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

FALSE_POSITIVE, NOT_COUNTED = -1, -2


def match(cost: F64, scores: F64, asked: NDArray[np.bool_], limit: float) -> I64:
    """Assign detections to objects.

    Args:
        cost: (N, M) of each detection with each object, smaller is better; inf where they must not meet.
        scores: (N,) of the detections; equal ones choose in the order given.
        asked: (M,) whether an object counts.
        limit: the largest cost that still agrees.

    Returns:
        (N,) the object found, `FALSE_POSITIVE` or `NOT_COUNTED`.

    """
    out = np.full(len(scores), FALSE_POSITIVE, np.int64)
    order = np.argsort(-scores, kind="stable")
    _match(np.ascontiguousarray(cost, np.float64), order, asked, float(limit), out)
    return out


@compiled
def _match(cost, order, asked, limit, out):  # type: ignore[no-untyped-def]
    taken = np.zeros(len(asked), np.bool_)
    for i in order:
        best, found, other = np.inf, -1, False
        for j in range(len(asked)):
            if cost[i, j] > limit:
                continue
            if not asked[j]:
                other = True
            elif not taken[j] and cost[i, j] < best:
                best, found = cost[i, j], j
        if found >= 0:
            taken[found] = True
            out[i] = found
        elif other:
            out[i] = -2
