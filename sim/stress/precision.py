"""Average precision, for many weightings of the episodes at once.

Precision is made non-increasing in recall and averaged at the recalls 0, 0.01, ..., 1 (101 points, as in COCO, without
nuScenes' cut of low recalls and precisions). Detections of equal score enter together, so that the result does not
depend on the order in which equals are listed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
POINTS = 101


def average_precision(scores: F64, correct: NDArray[np.bool_], episode: I64, objects: F64, weights: F64) -> F64:
    """(B,) average precisions.

    Args:
        scores: (N,) of the detections that count, in any order.
        correct: (N,) whether each found an object.
        episode: (N,) row of the episode it belongs to.
        objects: (E,) how many objects each episode asks for.
        weights: (B, E) how often each episode counts.

    Returns:
        NaN where there are no objects.

    """
    order = np.argsort(-scores, kind="stable")
    out = np.full(len(weights), np.nan)
    _average(scores[order], correct[order], episode[order], objects.astype(float), weights, out)
    return out


@compiled
def _average(scores, correct, episode, objects, weights, out):  # type: ignore[no-untyped-def]
    n = len(scores)
    recall, precision = np.empty(n), np.empty(n)
    for b in range(len(weights)):
        total = 0.0
        for e in range(len(objects)):
            total += weights[b, e] * objects[e]
        if total <= 0.0:
            continue
        found, wrong, groups = 0.0, 0.0, 0
        for k in range(n):
            if correct[k]:
                found += weights[b, episode[k]]
            else:
                wrong += weights[b, episode[k]]
            if (k == n - 1 or scores[k + 1] != scores[k]) and found + wrong > 0.0:
                recall[groups], precision[groups] = found / total, found / (found + wrong)
                groups += 1
        best, level, area = 0.0, 100, 0.0
        for g in range(groups - 1, -1, -1):
            while level >= 0 and level / 100.0 > recall[g] + 1e-12:
                area += best
                level -= 1
            best = max(best, precision[g])
        area += best * (level + 1)
        out[b] = area / 101.0
