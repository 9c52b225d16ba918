"""Shapes bicycles and motorcycles have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ....renderers.scene import Material
from .meshes import (
    F64,
    Shape,
    in_plane,
    loft,
    superellipse,
)

LEATHER = Material((0.02, 0.019, 0.018), 0.6, 0.0, 0.15)


def along_x(stations: ArrayLike, *, sides: int = 14, exponent: float = 2.4) -> Shape:
    """Skin over upright rings; each station is x, z of the centre, half width, half height [m]."""
    rings: list[F64] = [
        in_plane(superellipse(a, c, exponent, sides), "x", x) + np.array([0.0, 0.0, z])
        for x, z, a, c in np.asarray(stations, float)
    ]
    return loft(np.array(rings))


def arc(centre: tuple[float, float], radius: float, start_deg: float, end_deg: float, count: int) -> F64:
    """(count, 3) points of an arc in the plane y = 0 about (x, z), angles from +x towards +z."""
    t = np.radians(np.linspace(start_deg, end_deg, count))
    return np.stack([centre[0] + radius * np.cos(t), np.zeros(count), centre[1] + radius * np.sin(t)], axis=1)
