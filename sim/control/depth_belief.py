"""Where a planner believes an object to be when its depth camera is wrong about it.

The camera sees points of the object's surface. Some it sees through: the beam is reflected by what is behind, so the
point lies where its ray meets the table (glass). Some it misses: too little light comes back from dark or shallow
faces, or a mirror sends it elsewhere; those of the smallest cosine of incidence go first. A share of these holes is
filled with what is farthest around them, as the filters after a depth camera do, which is the table again. Some points
are displaced along the ray: a polished face shows a mirror image behind itself. The planner knows model and heading and
takes the centroid of what is left, less what the centroid of the whole visible surface would be off the middle, and
the top of the points; with a true camera that is the true pose. Shares and displacements are parameters of scenarios;
the depth camera of the renderers has the same effects pixel by pixel. Left out: noise, refraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import rotate

F64 = NDArray[np.float64]
_TOP = 98.0
"""Percentile of the points' heights that counts as the top."""
_SIDE = 24


@dataclass(frozen=True)
class DepthFault:
    """What goes wrong with the points of an object.

    Attributes:
        see_through: share of points that show what is behind, in patches.
        missing: share of points that are not there.
        filled: share of these holes that is filled with the table behind.
        displaced_m: how much farther along the ray the rest lies.

    """

    see_through: float = 0.0
    missing: float = 0.0
    filled: float = 0.0
    displaced_m: float = 0.0


@dataclass(frozen=True, eq=False)
class Belief:
    """What the planner takes the object for.

    Attributes:
        position_w: (3,) centre of its box [m].
        seen: share of the visible surface that gave a point on the object.

    """

    position_w: F64
    seen: float


def believed(
    size: Sequence[float],
    position_w: ArrayLike,
    orientation: ArrayLike,
    eye_w: ArrayLike,
    fault: DepthFault,
    *,
    table_m: float = 0.0,
    rng: np.random.Generator,
) -> Belief:
    """The pose a planner finds for a standing object.

    Args:
        size: of its box (x, y, z) [m].
        position_w, orientation: true pose of the box, upright.
        eye_w: (3,) where the depth camera is [m].
        fault: what goes wrong.
        table_m: height of the table behind it [m].
        rng: decides where the patches are that are seen through.

    """
    eye, centre = np.asarray(eye_w, float), np.asarray(position_w, float)
    whole, cosine = _visible(np.asarray(size, float), centre, np.asarray(orientation, float), eye)
    ray = whole - eye
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    behind = whole + ray * ((table_m - whole[:, 2]) / ray[:, 2])[:, None]
    order = np.argsort(np.argsort(-cosine, kind="stable"), kind="stable") / len(whole)
    patch = _patches(whole, rng)
    hole = order >= 1.0 - fault.missing
    there = ~hole | (patch < fault.filled)
    through = (hole & there) | (~hole & (patch < fault.see_through))
    there[0] = True  # something is always left
    points = np.where(through[:, None], behind, whole + fault.displaced_m * ray)[there]
    shift = points.mean(axis=0) - whole.mean(axis=0)
    unseen = float(np.percentile(whole[:, 2], 100.0)) - float(np.percentile(points[:, 2], _TOP))
    position = np.array([centre[0] + shift[0], centre[1] + shift[1], max(centre[2] - unseen, table_m + 0.01)])
    return Belief(position, float(np.mean(there & ~through)))


def _visible(size: F64, centre: F64, orientation: F64, eye: F64) -> tuple[F64, F64]:
    """Points (N, 3) of the faces of a box that look at the eye, and the cosine of incidence at each."""
    grid = (np.arange(_SIDE) + 0.5) / _SIDE - 0.5
    u, v = (a.ravel() for a in np.meshgrid(grid, grid, indexing="ij"))
    points, cosines = [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            local, normal = np.empty((len(u), 3)), np.zeros(3)
            local[:, axis], normal[axis] = 0.5 * sign, sign
            local[:, (axis + 1) % 3], local[:, (axis + 2) % 3] = u, v
            at = centre + rotate(orientation, local * size)
            to_eye = eye - at
            cosine = to_eye @ rotate(orientation, normal) / np.linalg.norm(to_eye, axis=1)
            points.append(at[cosine > 0.0])
            cosines.append(cosine[cosine > 0.0])
    return np.concatenate(points), np.concatenate(cosines)


def _patches(points: F64, rng: np.random.Generator) -> F64:
    """(N,) numbers, uniform in [0, 1] as a whole and alike for neighbours some 2 cm apart."""
    waves = rng.normal(0.0, 60.0, (6, 3))
    field = np.cos(points @ waves.T + rng.uniform(0.0, 2.0 * np.pi, 6)).sum(axis=1)
    rank: F64 = np.argsort(np.argsort(field, kind="stable"), kind="stable") / max(1, len(points))
    return rank
