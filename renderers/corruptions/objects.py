"""Corruptions of single objects: what lies in each box of `Context.boxes` loses points, moves or changes its shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .point_noise import Points, inside, kept, local, some, world
from .registry import Context

F64 = NDArray[np.float64]


def _boxes(context: Context) -> F64:
    boxes = np.asarray(context.boxes, float)
    if not len(boxes):
        raise ValueError("a corruption of objects got no boxes, expected Context.boxes (M, 7)")
    return boxes


def _lost(points: Points, context: Context, choose: Callable[[NDArray[np.int64]], NDArray[np.int64]]) -> Points:
    rows = [np.flatnonzero(inside(points, box)) for box in _boxes(context)]
    return kept(points, np.unique(np.concatenate([choose(r) for r in rows])))


def _mapped(points: Points, context: Context, change: Callable[[F64, F64], F64]) -> Points:
    """Every box's points through `change(local coordinates, box)`."""
    out = points.copy()
    for box in _boxes(context):
        rows = inside(points, box)
        if rows.any():
            out[rows, :3] = world(change(local(points[rows], box), box), box)
    return out


def local_density_decrease(
    points: Points, *, rng: np.random.Generator, context: Context, share: float, **_: Any
) -> Points:
    """A share of each object's points is missing."""
    return _lost(points, context, lambda rows: rows[some(len(rows), share, rng)])


def local_cutout(points: Points, *, rng: np.random.Generator, context: Context, share: float, **_: Any) -> Points:
    """The nearest neighbours of one point of each object are missing: a hole of a share of its points."""

    def hole(rows: NDArray[np.int64]) -> NDArray[np.int64]:
        if not len(rows):
            return rows
        centre = points[rows[rng.integers(len(rows))], :3]
        return rows[np.argsort(((points[rows, :3] - centre) ** 2).sum(axis=1))[: round(share * len(rows))]]

    return _lost(points, context, hole)


def local_gaussian_noise(
    points: Points, *, rng: np.random.Generator, context: Context, sigma_m: float, **_: Any
) -> Points:
    """Normal noise on the points of objects."""
    return _mapped(points, context, lambda p, _box: p + rng.normal(0.0, sigma_m, p.shape))


def local_uniform_noise(
    points: Points, *, rng: np.random.Generator, context: Context, scale_m: float, **_: Any
) -> Points:
    """Uniform noise on the points of objects."""
    return _mapped(points, context, lambda p, _box: p + rng.uniform(-scale_m, scale_m, p.shape))


def local_impulse_noise(
    points: Points, *, rng: np.random.Generator, context: Context, divisor: int, offset_m: float, **_: Any
) -> Points:
    """One in `divisor` of an object's points jumps."""

    def jump(p: F64, _box: F64) -> F64:
        rows = rng.permutation(len(p))[: len(p) // divisor]
        p[rows] += offset_m * rng.choice([-1.0, 1.0], (len(rows), 3))
        return p

    return _mapped(points, context, jump)


def moving_object(points: Points, *, rng: np.random.Generator, context: Context, shift_m: float, **_: Any) -> Points:
    """The sweep smears a moving object along its heading: each point by a part of the shift that grows with azimuth."""

    def smear(p: F64, box: F64) -> F64:
        seen = np.arctan2(*world(p, box)[:, 1::-1].T)
        order = (seen - seen.min()) / max(float(np.ptp(seen)), 1e-9)
        p[:, 0] += shift_m * order * sign
        return p

    sign = rng.choice([-1.0, 1.0])
    return _mapped(points, context, smear)


def shear(points: Points, *, rng: np.random.Generator, context: Context, coefficient: float, **_: Any) -> Points:
    """Sheared by four coefficients of either sign, each within 0.05 of the given one."""

    def sheared(p: F64, _box: F64) -> F64:
        draw = rng.uniform(-0.05, 0.05, 4)
        b, d, e, f = (coefficient + draw) * rng.choice([-1.0, 1.0], 4)
        return p @ np.array([[1.0, 0.0, b], [d, 1.0, e], [f, 0.0, 1.0]])

    return _mapped(points, context, sheared)


def scale(points: Points, *, rng: np.random.Generator, context: Context, share: float, **_: Any) -> Points:
    """Larger or smaller by a share, standing on the same ground."""

    def scaled(p: F64, box: F64) -> F64:
        foot = np.array([0.0, 0.0, -box[5] / 2.0])
        return foot + (1.0 + share * rng.choice([-1.0, 1.0])) * (p - foot)

    return _mapped(points, context, scaled)


def rotation(points: Points, *, rng: np.random.Generator, context: Context, angle_deg: float, **_: Any) -> Points:
    """Turned about the vertical, either way."""

    def turned(p: F64, _box: F64) -> F64:
        angle = np.deg2rad(angle_deg) * rng.choice([-1.0, 1.0])
        c, s = np.cos(angle), np.sin(angle)
        return p @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])

    return _mapped(points, context, turned)
