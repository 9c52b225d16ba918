"""Motorway furniture: gantries, delineator posts, an overbridge and the distant edge of a wood.

Frame of scenery: origin on the ground, +x towards the traffic it faces. Sign faces are retro-reflective; arrows and
bars stand for their text.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Box, Cylinder, fork
from .finishes import leaves
from .meshes import ellipsoid, polygon
from .scenery import Pile, block, drawn, panel


def gantry(span_m: float, *, rng: np.random.Generator) -> Asset:
    """A lattice portal over one carriageway with blue direction signs, 6 m clear; the span runs along y from 0."""
    legs = (Box((0.5, 0.4, 3.5), (0.0, y, 3.5)) for y in (0.0, span_m))
    return drawn(partial(_draw_gantry, span_m, fork(rng)), "gantry", SemanticClass.TRAFFIC_SIGN, *legs)


def _draw_gantry(span_m: float, rng: np.random.Generator, pile: Pile) -> None:
    steel = finishes.GALVANISED
    low, high = 6.3, 7.5
    for y in (0.0, span_m):
        pile.flat(steel, block(-0.2, 0.2, y - 0.17, y + 0.17, 0.0, high + 0.1))
        pile.flat(finishes.CONCRETE, block(-0.5, 0.5, y - 0.4, y + 0.4, 0.0, 0.35))
    for z in (low, high):
        pile.flat(steel, *(block(x - 0.06, x + 0.06, 0.0, span_m, z - 0.06, z + 0.06) for x in (-0.4, 0.4)))
    cells = max(4, round(span_m / 1.5))
    for k in range(cells + 1):
        y = span_m * k / cells
        pile.flat(steel, *(block(x - 0.03, x + 0.03, y - 0.03, y + 0.03, low, high) for x in (-0.4, 0.4)))
        pile.flat(steel, *(block(-0.4, 0.4, y - 0.03, y + 0.03, z - 0.03, z + 0.03) for z in (low, high)))
    panels = 3 if span_m > 14 else 2
    wide = 3.6
    for k in range(panels):
        y = span_m * (k + 0.5) / panels
        tall = float(rng.choice([2.6, 3.1]))
        z0, z1 = low - 0.1, low - 0.1 + tall
        pile.flat(finishes.SIGN_BACK, block(0.50, 0.55, y - wide / 2, y + wide / 2, z0, z1))
        pile.flat(finishes.SIGN_WHITE, panel(0.552, y - wide / 2, y + wide / 2, z0, z1))
        pile.flat(finishes.SIGN_BLUE, panel(0.555, y - wide / 2 + 0.07, y + wide / 2 - 0.07, z0 + 0.07, z1 - 0.07))
        arrow = np.array(
            [[0, -0.35], [0.3, 0.05], [0.09, 0.05], [0.09, 0.45], [-0.09, 0.45], [-0.09, 0.05], [-0.3, 0.05]]
        )
        if k < panels - 1:
            pile.flat(finishes.SIGN_WHITE, polygon(arrow + [y, z0 + 0.55], axis="x", at=0.558))
        for row in range(2 if tall < 3 else 3):
            z, length = z1 - 0.45 - 0.45 * row, float(rng.uniform(1.2, 2.6))
            pen = y - wide / 2 + 0.35
            stop = pen + length
            while pen < stop:
                letter = float(rng.uniform(0.09, 0.17))
                pile.flat(finishes.SIGN_WHITE, panel(0.558, pen, pen + 0.035, z - 0.13, z + 0.13))
                level = z + float(rng.choice([-0.115, 0.0, 0.115]))
                pile.flat(finishes.SIGN_WHITE, panel(0.558, pen, pen + letter, level - 0.018, level + 0.018))
                pen += letter + 0.05


def delineator() -> Asset:
    """A white roadside post with a black cap band and a reflector."""
    pile = Pile()
    pile.flat(
        finishes.PLASTIC_WHITE, block(-0.05, 0.05, -0.06, 0.06, 0.0, 0.70), block(-0.05, 0.05, -0.06, 0.06, 0.92, 1.02)
    )
    pile.flat(finishes.PLASTIC_BLACK, block(-0.051, 0.051, -0.061, 0.061, 0.70, 0.92))
    for x in (0.053, -0.053):
        face = panel(0.053, -0.022, 0.022, 0.72, 0.90)
        pile.flat(finishes.REFLECTOR_WHITE, face if x > 0 else face.rotated("z", np.pi))
    return pile.asset("delineator", SemanticClass.POLE, Cylinder(0.06, 1.02, (0.0, 0.0, 0.51)))


def overbridge(length_m: float = 64.0, width_m: float = 9.0, clear_m: float = 5.2) -> Asset:
    """A concrete bridge across the motorway: deck along y, parapets with rails, piers at the middle and the verges."""
    pile = Pile()
    half, w = length_m / 2, width_m / 2
    top = clear_m + 1.3
    pile.flat(finishes.CONCRETE, block(-w + 0.8, w - 0.8, -half, half, clear_m, clear_m + 0.8))
    pile.flat(finishes.CONCRETE, block(-w, w, -half, half, clear_m + 0.8, top))
    for x in (-w + 0.1, w - 0.1):
        pile.flat(
            finishes.GALVANISED,
            *(block(x - 0.03, x + 0.03, -half, half, z - 0.04, z + 0.04) for z in (top + 0.5, top + 1.1)),
        )
        pile.flat(
            finishes.GALVANISED,
            *(block(x - 0.03, x + 0.03, y - 0.03, y + 0.03, top, top + 1.1) for y in np.arange(-half, half, 2.0)),
        )
    shapes = []
    for y in (-20.5, 0.0, 20.5):
        pile.flat(finishes.CONCRETE_DARK, block(-w + 1.2, w - 1.2, y - 0.35, y + 0.35, 0.0, clear_m))
        shapes.append(Box((w - 1.2, 0.35, clear_m / 2), (0.0, y, clear_m / 2)))
    for sign in (-1, 1):
        low, high = sorted((sign * (half - 6.0), sign * (half + 16.0)))
        pile.flat(
            finishes.GRASS, *(block(-w - 0.5 - 4 + k, w + 4.5 - k, low, high, k * 1.3, (k + 1) * 1.3) for k in range(4))
        )
    return pile.asset("overbridge", SemanticClass.BUILDING, *shapes)


def wood_edge(length_m: float = 70.0, *, rng: np.random.Generator) -> Asset:
    """The edge of a wood along y, to be seen from a hundred metres and more."""
    return drawn(partial(_draw_wood_edge, length_m, fork(rng)), "wood_edge", SemanticClass.VEGETATION)


def _draw_wood_edge(length_m: float, rng: np.random.Generator, pile: Pile) -> None:
    tones = [leaves((0.040 * g, 0.066 * g, 0.026 * g)) for g in (0.8, 1.0, 1.25)]
    for row in range(2):
        for y in np.arange(-length_m / 2, length_m / 2, 4.2):
            high = float(rng.uniform(8.0, 13.5)) + 2.0 * row
            radius = float(rng.uniform(3.2, 5.4))
            at = (-6.0 * row + float(rng.uniform(-2, 2)), y + float(rng.uniform(-1.5, 1.5)), high * 0.52)
            crown = ellipsoid((radius, radius, high * 0.5), at, sides=9, rings=7)
            bumps = 1.0 + rng.uniform(-0.16, 0.16, len(crown.vertices))
            crown.vertices[:] = (crown.vertices - at) * bumps[:, None] + at
            crown.vertices[:, 2] = np.maximum(crown.vertices[:, 2], -0.2)
            pile.flat(tones[int(rng.integers(3))], crown)
