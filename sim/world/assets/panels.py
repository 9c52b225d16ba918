"""Vehicle skins as grids of points with one material per cell, made for the left half and mirrored to the right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....renderers.scene import Material
from .meshes import CREASE_DEG, MeshBuilder, Shape, grid, merge
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


def mirrored_cells(materials: Cells) -> Cells:
    """The cells of the right half that match those of the left."""
    out = cells(materials.shape[0], materials.shape[1], OPEN)
    for k, m in np.ndenumerate(materials):
        out[k] = right_hand(m)
    return out


def add_skin(
    builder: MeshBuilder, points: F64, materials: Cells, *, right: Cells | None = None, crease_deg: float = CREASE_DEG
) -> None:
    """Add an (R, K, 3) left half with (R - 1, K - 1) cell materials and its mirror image in y, smooth across the
    centre.

    The right half looks like the left one, with indicators swapped, unless `right` gives cells of its own.
    """
    half = grid(points)
    looks = [*materials.reshape(-1), *(mirrored_cells(materials) if right is None else right).reshape(-1)]
    table = list(dict.fromkeys(m for m in looks if m is not OPEN))
    index = np.array([-1 if m is OPEN else table.index(m) for m in looks], np.int64)
    builder.add_faces(merge([half, half.mirrored("y")]), table, np.repeat(index, 2), crease_deg=crease_deg)


def add_pair(builder: MeshBuilder, shape: Shape, material: Material) -> None:
    """Add a shape and its mirror image in y; indicators change sides."""
    builder.add(shape, material)
    builder.add(shape.mirrored("y"), right_hand(material) or material)


def plan_curve(share_y: F64, exponent: float) -> F64:
    """How far a rounded front has receded (0 at the centre, 1 where the flank begins) at shares of the half width.

    A superellipse |x|^2 + |y|^n = 1: flat in the middle, tangent to the flank; a larger n is a squarer vehicle.
    """
    return np.asarray(1.0 - np.sqrt(np.clip(1.0 - np.asarray(share_y) ** exponent, 0.0, 1.0)), float)


def smooth_through(at: ArrayLike, knots: Sequence[float], values: Sequence[float]) -> F64:
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


ROUND = np.array([0.0, 0.18, 0.36, 0.54, 0.68, 0.80, 0.89, 0.95, 0.985, 1.0])
"""Shares of the half width at which a rounded nose or tail has columns."""


def wrap(
    x_front: float,
    x_back: float,
    half: float,
    levels: Sequence[tuple[float, float, float, float]],
    flank: Sequence[float],
    *,
    depth: tuple[float, float],
    square: tuple[float, float],
) -> F64:
    """(R, K, 3) left half of an upright body: plan curves at several levels, bottom to top.

    Args:
        x_front, x_back, half: the box of the body [m].
        levels: height, and how far nose, tail and flank lie inside the box there [m].
        flank: decreasing x of the columns between the rounded ends, without the ends themselves.
        depth, square: length and exponent of the rounding at nose and tail.

    """
    rows = []
    for z, nose, tail, side in levels:
        x_side = np.array([x_front - depth[0], *flank, x_back + depth[1]])
        y = half - side
        x_nose = x_front - nose - plan_curve(ROUND[:-1], square[0]) * (depth[0] - nose)
        x_tail = x_back + tail + plan_curve(ROUND[-2::-1], square[1]) * (depth[1] - tail)
        x = np.concatenate([x_nose, x_side, x_tail])
        wide = np.concatenate([ROUND[:-1], np.ones(len(x_side)), ROUND[-2::-1]])
        rows.append(np.stack([x, wide * y, np.full(len(x), z)], axis=1))
    return np.array(rows)


def lift_arches(points: F64, axles: Sequence[float], hub: float, arch: float) -> F64:
    """Waistlines lifted onto wheel arches of radius `arch` about hubs at height `hub`."""
    out = points.copy()
    for axle in axles:
        away = np.abs(out[..., 0] - axle)
        near = (away <= arch + 1e-5) & (out[..., 1] > 0.9 * out[..., 1].max())
        circle = hub + np.sqrt(np.clip(arch**2 - away**2, 0.0, None))
        out[..., 2] = np.where(near, np.maximum(out[..., 2], circle), out[..., 2])
    return out


def arch_columns(axle: float, arch: float, steps: int = 8) -> list[float]:
    """X of the columns a wheel arch needs, its vertical ends doubled."""
    around = axle + arch * np.cos(np.linspace(0.0, np.pi, steps + 1))
    return [axle + arch + 0.002, *(float(x) for x in around), axle - arch - 0.002]


def lid(top: F64, columns: int, crown: float) -> F64:
    """Roof over the top row (K, 3) of a wrapped body with `columns` columns in nose and tail, centre to flank."""
    share = top[:columns, 1] / top[columns - 1, 1]
    side = top[columns : len(top) - columns]
    dome = crown * (1 - share**2)
    rows = [np.stack([np.full(columns, p[0]), p[1] * share, p[2] + dome], axis=1) for p in side]
    return np.array([top[:columns], *rows, top[-columns:][::-1]])
