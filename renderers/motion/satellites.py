"""Navigation satellites: where they stand, and which of them an antenna sees between houses.

The sky is two Walker constellations on circular orbits, 24 satellites in 6 planes at 55 degrees as GPS and 24 in 3
planes at 56 degrees as Galileo, at a time of day that a seed draws. Whether a satellite is seen is asked of the
tracer. Its signal may also come by a wall, and to a hidden one in no other way: for each plane that stands around, the
one direction in which the wall mirrors the satellite is cast, and from the wall on to the satellite. The detour is
t (1 - d . s), t the distance to the wall in the direction d, s the direction of the satellite.
Left out: eccentric orbits, diffraction at edges, the loss in leaves, curved walls, and two reflections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..tracers.embree import EmbreeTracer
from .geodesy import geocentric, local_axes

F64 = NDArray[np.float64]

_MU, _EARTH_RPS = 3.986004418e14, 7.2921159e-5
_CONSTELLATIONS = ((24, 6, 1, np.radians(55.0), 26_559.7e3), (24, 3, 1, np.radians(56.0), 29_600.0e3))
"""Satellites, planes, phasing, inclination, radius [m]."""
_REACH_M = 2_000.0
_WALLS_M = 150.0
_MOST_WALLS = 12
_STEEP = 0.5


def satellite_directions(reference: ArrayLike, time_s: float) -> F64:
    """(48, 3) unit vectors to all satellites in the tangent plane at a geodetic place; below the horizon z < 0.

    Args:
        reference: latitude, longitude [rad], height [m].
        time_s: since the instant at which the first nodes lay at longitude 0.

    """
    places = []
    for total, planes, phasing, inclination, radius in _CONSTELLATIONS:
        k = np.arange(total)
        plane, slot = k // (total // planes), k % (total // planes)
        node = 2.0 * np.pi * plane / planes - _EARTH_RPS * time_s
        along = 2.0 * np.pi * (slot / (total // planes) + phasing * plane / total)
        along = along + np.sqrt(_MU / radius**3) * time_s
        ahead, aside = np.cos(along), np.sin(along) * np.cos(inclination)
        x = ahead * np.cos(node) - aside * np.sin(node)
        y = ahead * np.sin(node) + aside * np.cos(node)
        places.append(radius * np.stack([x, y, np.sin(along) * np.sin(inclination)], axis=-1))
    away = (np.concatenate(places) - geocentric(reference)) @ local_axes(reference).T
    out: F64 = away / np.linalg.norm(away, axis=1, keepdims=True)
    return out


@dataclass(frozen=True, eq=False)
class SkyView:
    """What an antenna sees of S satellites.

    Attributes:
        directions_w: (S, 3) unit vectors.
        direct: (S,) bool, nothing stands in the way.
        detour_m: (S,) extra length of the shortest way by a wall, nan where there is none.

    """

    directions_w: F64
    direct: NDArray[np.bool_]
    detour_m: F64

    @property
    def reflected(self) -> NDArray[np.bool_]:
        """(S,) bool, hidden but received by a wall."""
        return ~self.direct & np.isfinite(self.detour_m)


def sky_view(tracer: EmbreeTracer, antenna_w: F64, time_s: float, directions_w: F64) -> SkyView:
    """Ask the tracer which satellites are seen from `antenna_w` (3,)."""
    n = len(directions_w)
    hidden = tracer.occluded(np.tile(antenna_w, (n, 1)), directions_w, np.full(n, time_s), _REACH_M)
    return SkyView(directions_w, ~hidden, _detours(tracer, antenna_w, time_s, directions_w))


def _walls(tracer: EmbreeTracer, antenna_w: F64, time_s: float) -> F64:
    """(W, 3) normals of the steep surfaces around, the most common first."""
    azimuth = np.linspace(0.0, 2.0 * np.pi, 96, endpoint=False)
    elevation = np.radians([2.0, 12.0, 30.0, 50.0])
    e, a = (v.ravel() for v in np.meshgrid(elevation, azimuth, indexing="ij"))
    rays = np.stack([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)], axis=-1)
    hits = tracer.trace(np.tile(antenna_w, (len(rays), 1)), rays, np.full(len(rays), time_s))
    steep = (hits.t < _WALLS_M) & (np.abs(hits.normal_w[:, 2]) < _STEEP)
    normals = hits.normal_w[steep].astype(np.float64)
    if not len(normals):
        return np.empty((0, 3))
    _, first, counts = np.unique(np.rint(normals * 50.0), axis=0, return_index=True, return_counts=True)
    return normals[first[np.argsort(-counts, kind="stable")][:_MOST_WALLS]]


def _detours(tracer: EmbreeTracer, antenna_w: F64, time_s: float, directions_w: F64) -> F64:
    """(S,) shortest detour by a wall to each satellite, nan for none."""
    walls = _walls(tracer, antenna_w, time_s)
    best = np.full(len(directions_w), np.inf)
    for normal in walls:
        towards = directions_w @ normal
        mirrored = directions_w - 2.0 * towards[:, None] * normal
        n = len(mirrored)
        hits = tracer.trace(np.tile(antenna_w, (n, 1)), mirrored, np.full(n, time_s))
        good = (towards > 0.0) & (hits.t < _WALLS_M) & (hits.normal_w @ normal > 0.999)
        if not good.any():
            continue
        t = np.where(good, hits.t, 0.0).astype(np.float64)
        foot = antenna_w + t[:, None] * mirrored + 0.01 * normal
        good &= ~tracer.occluded(foot, directions_w, np.full(n, time_s), _REACH_M)
        detour = t * (1.0 - np.sum(mirrored * directions_w, axis=1))
        best = np.where(good, np.minimum(best, detour), best)
    return np.where(np.isfinite(best), best, np.nan)
