"""Points that move or vanish: noise, loss, crosstalk, missing beams. All take and return rows (N, 4 or more)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .registry import Context

Points = NDArray[Any]
RING = 4
"""Column of the beam's ring."""
CROSSTALK_M = 3.0
SUNLIGHT_M = 2.0


def moved(points: Points, offset: NDArray[Any], rows: NDArray[Any] | slice = slice(None)) -> Points:
    """Some points displaced."""
    out = points.copy()
    out[rows, :3] = points[rows, :3] + offset
    return out


def some(count: int, share: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows of a share of all points, in random order; a greater share contains a smaller one of the same generator."""
    return rng.permutation(count)[: round(share * count)]


def kept(points: Points, lost: NDArray[Any]) -> Points:
    """Without some rows, the others in their order."""
    return np.delete(points, lost, axis=0)


def gaussian_noise(points: Points, *, rng: np.random.Generator, sigma_m: float, **_: Any) -> Points:
    """Normal noise on every coordinate."""
    return moved(points, rng.normal(0.0, sigma_m, (len(points), 3)))


def uniform_noise(points: Points, *, rng: np.random.Generator, scale_m: float, **_: Any) -> Points:
    """Uniform noise on every coordinate."""
    return moved(points, rng.uniform(-scale_m, scale_m, (len(points), 3)))


def impulse_noise(points: Points, *, rng: np.random.Generator, divisor: int, offset_m: float, **_: Any) -> Points:
    """One point in `divisor` jumps by plus or minus the offset in every coordinate."""
    rows = rng.permutation(len(points))[: len(points) // divisor]
    return moved(points, offset_m * rng.choice([-1.0, 1.0], (len(rows), 3)), rows)


def scatter(points: Points, *, rng: np.random.Generator, fraction: float, sigma_m: float, **_: Any) -> Points:
    """A fraction of the points thrown about: crosstalk, strong sunlight."""
    rows = some(len(points), fraction, rng)
    return moved(points, rng.normal(0.0, sigma_m, (len(points), 3))[: len(rows)], rows)


def drop(points: Points, *, rng: np.random.Generator, share: float, **_: Any) -> Points:
    """A share of the points is missing."""
    return kept(points, some(len(points), share, rng))


def cutout(points: Points, *, rng: np.random.Generator, groups: int, share: float, **_: Any) -> Points:
    """Groups of nearest neighbours are missing: holes about random points."""
    size = max(1, round(share * len(points)))
    lost: list[NDArray[np.int64]] = []
    for centre in rng.permutation(len(points))[:groups]:
        away = ((points[:, :3] - points[centre, :3]) ** 2).sum(axis=1)
        lost.append(np.argpartition(away, min(size, len(points) - 1))[:size])
    return kept(points, np.unique(np.concatenate(lost)))


def fov_lost(points: Points, *, half_angle_deg: float, **_: Any) -> Points:
    """Only a sector about the front is left."""
    return points[np.abs(np.arctan2(points[:, 1], points[:, 0])) <= np.deg2rad(half_angle_deg)]


def motion_blur(points: Points, *, rng: np.random.Generator, sigma_m: float, **_: Any) -> Points:
    """One shift of the whole cloud of `sigma_m`, and 0.1 m (z 0.05 m) for each point, clipped at 3 m."""
    shift = rng.normal(0.0, sigma_m, 3)
    single = rng.normal(0.0, 1.0, (len(points), 3)) * [0.1, 0.1, 0.05]
    return moved(points, np.clip(shift + single, -3.0, 3.0))


def jitter(points: Points, *, rng: np.random.Generator, sigma_m: float, **_: Any) -> Points:
    """One shift of the whole cloud and independent noise, both of `sigma_m`."""
    return moved(points, rng.normal(0.0, sigma_m, 3) + rng.normal(0.0, sigma_m, (len(points), 3)))


def rings_of(points: Points) -> NDArray[np.int64]:
    """The beam's ring of every point.

    Raises:
        ValueError: the rows have no fifth column.

    """
    if points.shape[1] <= RING:
        raise ValueError(f"points have {points.shape[1]} columns, expected the beam's ring in column {RING}")
    return np.rint(points[:, RING]).astype(np.int64)


def beam_missing(points: Points, *, rng: np.random.Generator, rings: int, beams: int, **_: Any) -> Points:
    """A number of rings is missing, of a sensor with `beams`; other sensors lose the same share."""
    ring = rings_of(points)
    total = int(ring.max()) + 1 if len(ring) else beams
    lost = rng.permutation(total)[: round(rings / beams * total)]
    return points[~np.isin(ring, lost)]


def cross_sensor(points: Points, *, rng: np.random.Generator, rings: int, beams: int, **_: Any) -> Points:
    """Another sensor: fewer rings, and every second point of those."""
    return beam_missing(points, rng=rng, rings=rings, beams=beams)[::2]


def beams_reducing(points: Points, *, beams_left: int, beams: int, **_: Any) -> Points:
    """Every n-th ring is left."""
    return points[rings_of(points) % (beams // beams_left) == 0]


def vehicles(points: Points, context: Context) -> NDArray[np.bool_]:
    """Which points lie on vehicles."""
    if context.vehicle is not None:
        return np.asarray(context.vehicle, bool)
    if not len(context.boxes):
        raise ValueError("points on vehicles are unknown: Context needs `vehicle` or `boxes`")
    return np.any([inside(points, box) for box in context.boxes], axis=0)


def inside(points: Points, box: NDArray[Any]) -> NDArray[np.bool_]:
    """Which points lie in a box (centre, length, width, height, yaw)."""
    return np.all(np.abs(local(points, box)) <= np.asarray(box[3:6]) / 2.0, axis=1)


def local(points: Points, box: NDArray[Any]) -> NDArray[Any]:
    """Points in the frame of a box: length, width, height along x, y, z."""
    c, s = np.cos(box[6]), np.sin(box[6])
    x, y, z = (points[:, :3] - box[:3]).T
    return np.stack([c * x + s * y, -s * x + c * y, z], axis=1)


def world(coordinates: NDArray[Any], box: NDArray[Any]) -> NDArray[Any]:
    """The inverse of `local`."""
    c, s = np.cos(box[6]), np.sin(box[6])
    x, y, z = np.asarray(coordinates).T
    return np.stack([c * x - s * y, s * x + c * y, z], axis=1) + box[:3]


def incomplete_echo(points: Points, *, rng: np.random.Generator, context: Context, share: float, **_: Any) -> Points:
    """A share of the points on vehicles is missing."""
    rows = np.flatnonzero(vehicles(points, context))
    return kept(points, rows[some(len(rows), share, rng)])
