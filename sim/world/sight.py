"""How far a driver sees along a road before a crest hides what lies beyond it.

The ground on the line that the lane follows is sampled every `STEP_M`; an object is seen while the line from the eye to
its top clears all ground before it. For a parabolic crest of radius R longer than the sight distance that is
S = sqrt(2 R) (sqrt(h_eye) + sqrt(h_object)). Left out: what stands beside the road (woods in bends, other vehicles).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..physics.ground import Ground
from .path import Path

F64 = NDArray[np.float64]
STEP_M = 0.5
EYE_M, OBJECT_M = 1.2, 0.6


def visible(
    ground: Ground,
    path: Path,
    s_m: float,
    d_m: float,
    *,
    reach_m: float,
    eye_m: float = EYE_M,
    object_m: float = OBJECT_M,
) -> tuple[F64, NDArray[np.bool_]]:
    """Distances ahead (N,) [m], and whether the top of an object there is seen.

    Args:
        ground, path: where the road runs.
        s_m, d_m: place of the eye along and beside the path; the objects stand at the same offset.
        reach_m: how far to look, > 0 along the path, < 0 against it.
        eye_m, object_m: heights above the road.

    """
    ahead = np.arange(STEP_M, abs(reach_m) + STEP_M / 2, STEP_M)
    s = s_m + np.sign(reach_m) * np.concatenate([[0.0], ahead])
    xy, _, _ = path.at(s, np.full(len(s), d_m))
    z, _ = ground.at(xy)
    away = np.linalg.norm(xy[1:] - xy[0], axis=1)
    eye = z[0] + eye_m
    before = np.concatenate([[-np.inf], np.maximum.accumulate((z[1:] - eye) / away)[:-1]])
    return ahead, (z[1:] + object_m - eye) / away >= before


def sight_distance(
    ground: Ground,
    path: Path,
    s_m: float,
    d_m: float,
    *,
    eye_m: float = EYE_M,
    object_m: float = OBJECT_M,
    reach_m: float = 600.0,
) -> float:
    """Distance to the first place where an object would be hidden [m]; `reach_m` if there is none.

    Arguments are those of `visible`; a negative `reach_m` looks against the path.
    """
    ahead, seen = visible(ground, path, s_m, d_m, reach_m=reach_m, eye_m=eye_m, object_m=object_m)
    return float(abs(reach_m) if seen.all() else ahead[int(np.argmin(seen))])
