"""Trees, hedges and planters.

A crown is a cloud of leaf clusters: small triangles scattered over the surface of overlapping lobes and facing
outwards with some disorder, in front of dark inner lobes that keep the sky from showing through the middle. Species
differ in the proportions of crown, trunk and lobes, and in colour. Left out: seasons, wind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import RGB
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Box, Cylinder, fork
from .finishes import leaves
from .meshes import ellipsoid, tube
from .scenery import Pile, block, drawn

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Species:
    """Proportions of one kind of tree: sizes in metres, ranges as (low, high)."""

    name: str
    height_m: tuple[float, float]
    clear_trunk: float
    crown_aspect: float
    taper: float
    lobes: int
    leaf_m: float
    colour: RGB
    pale_bark: bool = False


SPECIES = (
    Species("plane", (9.0, 12.0), 0.30, 0.80, 0.25, 16, 0.29, (0.070, 0.115, 0.034), True),
    Species("lime", (8.0, 11.0), 0.27, 0.58, 0.55, 15, 0.26, (0.060, 0.105, 0.030)),
    Species("maple", (6.5, 9.0), 0.30, 0.85, 0.30, 14, 0.27, (0.085, 0.112, 0.032)),
    Species("hornbeam", (7.0, 9.5), 0.24, 0.42, 0.40, 13, 0.25, (0.056, 0.098, 0.036)),
)


def _leaf_cloud(centres: F64, outwards: F64, size: float, rng: np.random.Generator) -> tuple[F64, F64]:
    """Triangles (N, 3, 3) about `size` long at `centres`, and shading normals near `outwards`.

    Each triangle stands for a spray of leaves. It is turned at random, but shaded mostly like the surface of the crown,
    as the many leaves of a spray are on average.
    """
    n = outwards + rng.normal(0.0, 0.5, outwards.shape)
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    side = np.cross(n, rng.normal(size=n.shape))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(n, side)
    length = size * rng.uniform(0.7, 1.3, (len(n), 1))
    width = length * rng.uniform(0.55, 0.9, (len(n), 1))
    corners = np.stack([centres - 0.5 * length * up, centres + side * width / 2, centres + 0.6 * length * up], 1)
    normals = outwards + 0.55 * n + [0.0, 0.0, 0.15]
    return corners, normals / np.linalg.norm(normals, axis=1, keepdims=True)


def _directions(count: int, rng: np.random.Generator) -> F64:
    v = rng.normal(size=(count, 3))
    out: F64 = v / np.linalg.norm(v, axis=1, keepdims=True)
    return out


def tree(species: Species, *, rng: np.random.Generator, clusters: int = 4200, spread_m: float = np.inf) -> Asset:
    """A free-standing tree with a trunk, boughs and a lobed crown of `clusters` leaf clusters.

    No part of the crown is further than `spread_m` from the trunk's axis, as trees by a road are pruned.
    """
    height = float(rng.uniform(*species.height_m))
    clear = species.clear_trunk * height
    girth = 0.012 * height + 0.04
    trunk = Cylinder(girth, clear + 0.5, (0.0, 0.0, (clear + 0.5) / 2))
    draw = partial(_draw_tree, species, height, girth, clusters, spread_m, fork(rng))
    return drawn(draw, f"tree_{species.name}", SemanticClass.VEGETATION, trunk)


def _draw_tree(
    species: Species, height: float, girth: float, clusters: int, spread_m: float, rng: np.random.Generator, pile: Pile
) -> None:
    clear = species.clear_trunk * height
    crown = height - clear
    radius = min(crown * species.crown_aspect / 2, spread_m / 1.3)
    lean = rng.normal(0.0, 0.12, 2)
    bark = finishes.BARK_PALE if species.pale_bark else finishes.BARK
    crotch = np.array([lean[0], lean[1], clear + 0.10 * crown])
    trunk = np.array(
        [
            [0, 0, -0.05],
            [0, 0, 0.25],
            [0.5 * lean[0], 0.5 * lean[1], clear * 0.6],
            crotch,
            crotch + [0, 0, 0.35 * crown],
        ]
    )
    pile.smooth(bark, tube(trunk, girth * np.array([1.45, 1.05, 0.9, 0.75, 0.3]), sides=9))
    level = (np.arange(species.lobes) + rng.uniform(0.2, 0.8, species.lobes)) / species.lobes
    turn = np.arange(species.lobes) * 2.4 + rng.uniform(0, 6.28)
    bulge = np.sqrt(np.clip(1.0 - (2.0 * level - 0.85) ** 2 / 1.35, 0.08, 1.0)) * (1.0 - species.taper * level)
    out = radius * bulge * rng.uniform(0.35, 0.78, species.lobes)
    centres = np.column_stack(
        [crotch[0] + out * np.cos(turn), crotch[1] + out * np.sin(turn), clear + crown * (0.10 + 0.74 * level)]
    )
    size = radius * bulge * rng.uniform(0.36, 0.60, species.lobes) + 0.10 * radius
    for k in range(species.lobes):
        if level[k] < 0.75:
            bend = crotch + (centres[k] - crotch) * np.array([0.55, 0.55, 0.35])
            pile.smooth(
                bark,
                tube(np.array([crotch - [0, 0, 0.3], bend, centres[k]]), girth * np.array([0.5, 0.3, 0.12]), sides=5),
            )
    tone = float(rng.uniform(0.85, 1.15))
    r, g, b = (c * tone for c in species.colour)
    shades = [leaves((r, g, b)), leaves((r * 1.3, g * 1.22, b * 1.15)), leaves((r * 0.72, g * 0.75, b * 0.8))]
    dark = leaves((r * 0.40, g * 0.42, b * 0.45))
    for c, s in zip(centres, size, strict=True):
        pile.smooth(dark, ellipsoid((0.66 * s, 0.66 * s, 0.58 * s), tuple(c), sides=7, rings=4))
    which = rng.choice(species.lobes, 2 * clusters, p=size**2 / np.sum(size**2))
    towards = _directions(2 * clusters, rng)
    spread = rng.uniform(0.72, 1.08, (2 * clusters, 1))
    points = centres[which] + towards * size[which, None] * spread * np.array([1.0, 1.0, 0.85])
    depth = np.linalg.norm(points[:, None] - centres, axis=2) / size
    depth[np.arange(len(which)), which] = 1.0
    near = np.hypot(points[:, 0], points[:, 1]) < spread_m - 0.6 * species.leaf_m * 1.3
    outside = np.flatnonzero((depth.min(axis=1) > 0.62) & near)[:clusters]
    points, towards, which = points[outside], towards[outside], which[outside]
    away = points - [crotch[0], crotch[1], clear + 0.4 * crown]
    towards = towards + 0.6 * away / np.linalg.norm(away, axis=1, keepdims=True)
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    pick = (which + rng.choice(3, len(which), p=(0.62, 0.2, 0.18))) % 3
    for k, shade in enumerate(shades):
        pile.shaded(shade, *_leaf_cloud(points[pick == k], towards[pick == k], species.leaf_m, rng))


def hedge(length_m: float = 4.0, height_m: float = 1.3, *, rng: np.random.Generator) -> Asset:
    """A clipped hedge along y."""
    half, deep = length_m / 2, 0.38
    shape = Box((deep, half, height_m / 2), (0.0, 0.0, height_m / 2))
    draw = partial(_draw_hedge, length_m, height_m, deep, fork(rng))
    return drawn(draw, "hedge", SemanticClass.VEGETATION, shape)


def _draw_hedge(length_m: float, height_m: float, deep: float, rng: np.random.Generator, pile: Pile) -> None:
    half = length_m / 2
    base = (0.052, 0.088, 0.030)
    pile.flat(leaves((0.022, 0.036, 0.014)), block(-deep, deep, -half + 0.05, half - 0.05, 0.0, height_m - 0.08))
    count = int(330 * length_m * (height_m + 0.4) / 2)
    u, v = rng.uniform(-half, half, count), rng.uniform(0.05, height_m, count)
    face = rng.integers(0, 3, count)
    points = np.where(
        (face == 2)[:, None],
        np.column_stack([rng.uniform(-deep, deep, count), u, np.full(count, height_m - 0.04)]),
        np.column_stack([np.where(face == 0, deep, -deep), u, v]),
    )
    normal = np.array([[1.0, 0, 0.2], [-1.0, 0, 0.2], [0, 0, 1.0]])[face]
    points += rng.normal(0.0, 0.035, points.shape)
    points[:, 2] = np.maximum(points[:, 2], 0.05)
    pick = rng.integers(0, 2, count)
    for k, gain in enumerate((1.0, 1.35)):
        shade = leaves((base[0] * gain, base[1] * gain, base[2] * gain))
        pile.shaded(shade, *_leaf_cloud(points[pick == k], normal[pick == k], 0.13, rng))


def bush(*, rng: np.random.Generator, height_m: float = 1.8) -> Asset:
    """A rounded shrub as planted along motorways."""
    return drawn(partial(_draw_bush, height_m, fork(rng)), "bush", SemanticClass.VEGETATION)


def _draw_bush(height_m: float, rng: np.random.Generator, pile: Pile) -> None:
    lobes = 5
    r = height_m * 0.42
    centres = np.column_stack(
        [rng.normal(0, 0.5 * r, lobes), rng.normal(0, 0.9 * r, lobes), rng.uniform(0.5, 1.0, lobes) * (height_m - r)]
    )
    base = (0.060, 0.088, 0.032)
    for c in centres:
        pile.smooth(
            leaves((0.022, 0.034, 0.014)), ellipsoid((0.72 * r, 0.72 * r, 0.68 * r), tuple(c), sides=8, rings=5)
        )
    towards = _directions(420, rng)
    points = centres[rng.integers(0, lobes, 420)] + towards * r * rng.uniform(0.7, 1.1, (420, 1))
    points[:, 2] = np.maximum(points[:, 2], 0.05)
    for k, gain in enumerate((1.0, 1.3)):
        shade = leaves((base[0] * gain, base[1] * gain, base[2] * gain))
        pile.shaded(shade, *_leaf_cloud(points[k::2], towards[k::2], 0.16, rng))
