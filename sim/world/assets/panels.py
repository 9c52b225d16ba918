"""Vehicle skins as grids of points with one material per cell, made for the left half and mirrored to the right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Material
from .meshes import MeshBuilder, Shape, grid, merge
from .vehicle_looks import INDICATOR_LEFT, INDICATOR_RIGHT

F64 = NDArray[np.float64]
Cells = NDArray[np.object_]
OPEN = None
"""A cell left out of the skin."""


def cells(rows: int, columns: int, material: Material | None) -> Cells:
    """(rows, columns) array of cell materials, all equal at first; `OPEN` leaves a hole."""
    out = np.empty((rows, columns), object)
    out[:] = material
    return out


def right_hand(material: Material | None) -> Material | None:
    """The material at the mirrored place: indicators change sides, all others stay."""
    return INDICATOR_RIGHT if material == INDICATOR_LEFT else material


def add_skin(builder: MeshBuilder, points: F64, materials: Cells, *, mirror: bool = True, crease_deg: float = 35.0) -> None:
    """Add an (R, K, 3) grid with (R - 1, K - 1) cell materials, and its mirror image in y, smooth across the centre."""
    half = grid(points)
    looks = list(materials.reshape(-1))
    shapes = [half]
    if mirror:
        shapes.append(half.mirrored("y"))
        looks += [right_hand(m) for m in looks]
    table = list(dict.fromkeys(m for m in looks if m is not None))
    index = np.array([-1 if m is None else table.index(m) for m in looks], np.int64)
    builder.add_faces(merge(shapes), table, np.repeat(index, 2), crease_deg=crease_deg)


def add_pair(builder: MeshBuilder, shape: Shape, material: Material) -> None:
    """Add a shape and its mirror image in y; indicators change sides."""
    builder.add(shape, material)
    builder.add(shape.mirrored("y"), right_hand(material) or material)


def plan_curve(share_y: F64, exponent: float) -> F64:
    """How far a rounded front has receded (0 at the centre, 1 where the flank begins) at shares of the half width.

    A superellipse |x|^2 + |y|^n = 1: flat in the middle, tangent to the flank; a larger n is a squarer vehicle.
    """
    return np.asarray(1.0 - np.sqrt(np.clip(1.0 - np.asarray(share_y) ** exponent, 0.0, 1.0)), float)


def smooth_through(at: Sequence[float], knots: Sequence[float], values: Sequence[float]) -> F64:
    """Cubic Hermite curve through knots (increasing), flat beyond the ends, without overshoot at equal values."""
    x, k, v = np.asarray(at, float), np.asarray(knots, float), np.asarray(values, float)
    slope = np.diff(v) / np.diff(k)
    inner = np.where(slope[:-1] * slope[1:] > 0, 2 * slope[:-1] * slope[1:] / (slope[:-1] + slope[1:] + 1e-300), 0.0)
    m = np.concatenate([slope[:1] * 0.6, inner, slope[-1:] * 0.6])
    x = np.clip(x, k[0], k[-1])
    i = np.clip(np.searchsorted(k, x, side="right") - 1, 0, len(k) - 2)
    h = k[i + 1] - k[i]
    t = (x - k[i]) / h
    return np.asarray(
        (2 * t**3 - 3 * t**2 + 1) * v[i]
        + (t**3 - 2 * t**2 + t) * h * m[i]
        + (-2 * t**3 + 3 * t**2) * v[i + 1]
        + (t**3 - t**2) * h * m[i + 1],
        float,
    )
