"""From a local frame to the WGS 84 ellipsoid and back, in closed form.

The world is the tangent plane at a reference: x east, y north, z up. Geodetic to geocentric is exact; the way back is
Heikkinen's solution of the quartic (1982), good to nanometres near the ground. Angles in radians, heights over the
ellipsoid in metres. Left out: the geoid, and deflections of the vertical.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1.0 / 298.257223563
_SEMI_MINOR_M = SEMI_MAJOR_M * (1.0 - FLATTENING)
_E2 = FLATTENING * (2.0 - FLATTENING)


def geocentric(geodetic: ArrayLike) -> F64:
    """Earth-fixed coordinates (..., 3) [m] of latitude, longitude [rad], height [m] (..., 3)."""
    latitude, longitude, height = np.moveaxis(np.asarray(geodetic, float), -1, 0)
    n = SEMI_MAJOR_M / np.sqrt(1.0 - _E2 * np.sin(latitude) ** 2)
    level = (n + height) * np.cos(latitude)
    return np.stack(
        [level * np.cos(longitude), level * np.sin(longitude), (n * (1.0 - _E2) + height) * np.sin(latitude)], axis=-1
    )


def geodetic(geocentric_m: ArrayLike) -> F64:
    """Latitude, longitude [rad], height [m] (..., 3) of earth-fixed coordinates (..., 3) [m] outside the core."""
    x, y, z = np.moveaxis(np.asarray(geocentric_m, float), -1, 0)
    a, b = SEMI_MAJOR_M, _SEMI_MINOR_M
    r = np.hypot(x, y)
    f = 54.0 * b * b * z * z
    g = r * r + (1.0 - _E2) * z * z - _E2 * (a * a - b * b)
    c = _E2 * _E2 * f * r * r / g**3
    s = np.cbrt(1.0 + c + np.sqrt(c * c + 2.0 * c))
    p = f / (3.0 * (s + 1.0 / s + 1.0) ** 2 * g * g)
    q = np.sqrt(1.0 + 2.0 * _E2 * _E2 * p)
    root = 0.5 * a * a * (1.0 + 1.0 / q) - p * (1.0 - _E2) * z * z / (q * (1.0 + q)) - 0.5 * p * r * r
    from_axis = -p * _E2 * r / (1.0 + q) + np.sqrt(np.maximum(root, 0.0))
    short = (r - _E2 * from_axis) ** 2
    u, v = np.sqrt(short + z * z), np.sqrt(short + (1.0 - _E2) * z * z)
    height = u * (1.0 - b * b / (a * v))
    latitude = np.arctan2(z + (a * a - b * b) / (a * v) * z, r)
    return np.stack([latitude, np.arctan2(y, x), height], axis=-1)


def local_axes(reference: ArrayLike) -> F64:
    """(3, 3) rows east, north, up in the earth-fixed frame at a geodetic place (3,)."""
    latitude, longitude, _ = np.asarray(reference, float)
    sin_p, cos_p, sin_l, cos_l = np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    return np.array(
        [[-sin_l, cos_l, 0.0], [-sin_p * cos_l, -sin_p * sin_l, cos_p], [cos_p * cos_l, cos_p * sin_l, sin_p]]
    )


def world_to_geodetic(position_w: ArrayLike, reference: ArrayLike) -> F64:
    """Geodetic places (..., 3) of points (..., 3) of the tangent plane at `reference`."""
    return geodetic(geocentric(reference) + np.asarray(position_w, float) @ local_axes(reference))


def geodetic_to_world(place: ArrayLike, reference: ArrayLike) -> F64:
    """Points (..., 3) of the tangent plane at `reference` of geodetic places (..., 3)."""
    out: F64 = (geocentric(place) - geocentric(reference)) @ local_axes(reference).T
    return out
