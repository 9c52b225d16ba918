"""Parts of facades: windows, doors, balconies, shop fronts, awnings.

Frame: front wall in the plane x = 0 facing +x, y along the front, z up from the ground.
Openings are (y0, y1, z0, z1) [m]. Panes sit 0.14 m behind the front in reveals; shop windows are clear glass in
front of a lit shallow room: no lamp is traced there, its light is in the emission of what it falls on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

import numpy as np

from ....renderers.scene import RGB, Material, Texture
from . import finishes
from .finishes import painted
from .meshes import Shape
from .scenery import Pile, block, panel, quad

REVEAL_M = 0.14
_SHOP_LX = (110.0, 96.0, 74.0)
"""Warm light on what a shop window shows, dimmed for the night; design values."""

SHOP_COLOURS = (
    (0.03, 0.06, 0.05), (0.16, 0.03, 0.035), (0.025, 0.04, 0.09), (0.05, 0.05, 0.05), (0.30, 0.26, 0.18), 
    (0.07, 0.11, 0.09), (0.36, 0.30, 0.26),
)  # fmt: skip
GOODS = (
    (0.45, 0.40, 0.30),
    (0.30, 0.12, 0.07),
    (0.10, 0.14, 0.20),
    (0.16, 0.20, 0.11),
    (0.50, 0.47, 0.42),
    (0.20, 0.13, 0.08),
)
DOORS = (
    (0.10, 0.02, 0.02),
    (0.02, 0.04, 0.03),
    (0.03, 0.04, 0.08),
    (0.12, 0.07, 0.03),
    (0.03, 0.03, 0.03),
    (0.40, 0.38, 0.34),
)

Opening = tuple[float, float, float, float]


@dataclass(frozen=True)
class Style:
    """What one facade is made of and how it is divided."""

    wall: Material
    base: Material
    trim: Material
    frame: Material
    roof: Material
    width_m: float
    depth_m: float
    floors: int
    ground_floor_m: float
    floor_m: float
    bays: int
    window_m: tuple[float, float]
    pitched: bool
    shop: bool
    balconies: bool
    bars: int


def plinth(y0: float, y1: float, openings: list[Opening]) -> list[Shape]:
    """Blocks of the plinth between doors."""
    cuts = sorted((o[0], o[1]) for o in openings if o[2] < 0.5)
    edges = [y0, *(v for c in cuts for v in c), y1]
    return [block(0.0, 0.05, a, b, 0.0, 0.55) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def _reveal(pile: Pile, o: Opening, material: Material, depth: float) -> None:
    y0, y1, z0, z1 = o
    x = -depth
    pile.flat(
        material,
        quad((0, y0, z0), (0, y1, z0), (x, y1, z0), (x, y0, z0)),
        quad((x, y0, z1), (x, y1, z1), (0, y1, z1), (0, y0, z1)),
        quad((0, y0, z0), (x, y0, z0), (x, y0, z1), (0, y0, z1)),
        quad((x, y1, z0), (0, y1, z0), (0, y1, z1), (x, y1, z1)),
    )


def frame(
    pile: Pile, o: Opening, material: Material, x: float, bar: float, columns: int, rows: tuple[float, ...]
) -> None:
    """Bars around and across an opening, standing at `x`."""
    y0, y1, z0, z1 = o
    pile.flat(
        material,
        panel(x, y0, y0 + bar, z0, z1), panel(x, y1 - bar, y1, z0, z1),
        panel(x, y0 + bar, y1 - bar, z0, z0 + bar), panel(x, y0 + bar, y1 - bar, z1 - bar, z1),
    )  # fmt: skip
    for k in range(1, columns):
        y = y0 + (y1 - y0) * k / columns
        pile.flat(material, block(x - 0.03, x + 0.012, y - bar / 2, y + bar / 2, z0 + bar, z1 - bar))
    for share in rows:
        z = z0 + (z1 - z0) * share
        pile.flat(material, block(x - 0.03, x + 0.010, y0 + bar, y1 - bar, z - bar / 2, z + bar / 2))


def window(pile: Pile, o: Opening, style: Style, rng: np.random.Generator) -> None:
    """Fill an opening with a reveal, panes, perhaps a drawn blind, frame, sill and lintel."""
    y0, y1, z0, z1 = o
    _reveal(pile, o, style.trim, REVEAL_M)
    x = -REVEAL_M + 0.01
    drawn = float(rng.choice([0.0, 0.0, 0.0, 0.25, 0.45, 1.0]))
    middle = z1 - drawn * (z1 - z0)
    if drawn < 1.0:
        pile.flat(finishes.GLASS, panel(x, y0, y1, z0, middle))
    if drawn > 0.0:
        pile.flat(finishes.GLASS_CURTAIN, panel(x, y0, y1, middle, z1))
    frame(pile, o, style.frame, -REVEAL_M + 0.05, 0.055, 2 if style.bars else 1, ((0.5,), (0.68,), ())[style.bars])
    pile.flat(style.trim, block(0.0, 0.09, y0 - 0.08, y1 + 0.08, z0 - 0.09, z0))
    pile.flat(style.trim, block(0.0, 0.035, y0 - 0.10, y1 + 0.10, z1, z1 + 0.16))


def balcony(pile: Pile, o: Opening, rng: np.random.Generator) -> None:
    """A slab with a railing in front of a French window."""
    y0, y1, z = o[0] - 0.45, o[1] + 0.45, o[2]
    deep = 0.85
    pile.flat(finishes.CONCRETE, block(0.0, deep, y0, y1, z - 0.14, z))
    bars = [block(0.0, deep, y, y + 0.03, z + 0.98, z + 1.03) for y in (y0, y1 - 0.03)]
    bars.append(block(deep - 0.04, deep, y0, y1, z + 0.98, z + 1.03))
    bars += [block(deep - 0.03, deep - 0.01, y, y + 0.018, z, z + 0.98) for y in np.linspace(y0, y1 - 0.018, 13)]
    bars += [block(x, x + 0.018, y, y + 0.018, z, z + 0.98) for x in (0.2, 0.4, 0.6) for y in (y0, y1 - 0.02)]
    pile.flat(finishes.STEEL_DARK, *bars)
    if rng.random() < 0.6:
        pile.flat(
            finishes.leaves((0.06, 0.10, 0.035)), block(deep, deep + 0.22, y0 + 0.1, y1 - 0.1, z + 0.72, z + 0.95)
        )


def _door(pile: Pile, o: Opening, rng: np.random.Generator) -> None:
    y0, y1, z0, z1 = o
    colour = painted(DOORS[rng.integers(len(DOORS))], 0.35)
    x = -0.16
    fan = z1 - 0.45
    pile.flat(colour, panel(x, y0, y1, z0, fan))
    for low, high in ((0.15, 0.85), (1.0, fan - z0 - 0.15)):
        for a, b in ((0.14, 0.46), (0.54, 0.86)):
            wide = y1 - y0
            pile.flat(colour, block(x, x + 0.02, y0 + a * wide, y0 + b * wide, z0 + low, z0 + high))
    pile.flat(finishes.GLASS, panel(x, y0, y1, fan, z1))
    pile.flat(finishes.PLASTIC_WHITE, block(x, x + 0.05, y0, y1, fan - 0.04, fan + 0.03))
    pile.flat(finishes.ALUMINIUM, block(x + 0.02, x + 0.08, y1 - 0.14, y1 - 0.10, z0 + 1.0, z0 + 1.14))


def ground_floor(
    pile: Pile, style: Style, centres: list[float], half: float, rng: np.random.Generator
) -> list[Opening]:
    """Door and windows of a house of flats; returns their openings."""
    entrance = int(rng.integers(len(centres)))
    openings: list[Opening] = []
    for k, y in enumerate(centres):
        if k == entrance:
            o = (y - 0.52, y + 0.52, 0.17, 2.75)
            _reveal(pile, o, style.trim, 0.16)
            _door(pile, o, rng)
            pile.flat(style.base, block(0.0, 0.32, y - 0.75, y + 0.75, 0.0, 0.17))
            pile.flat(
                style.trim,
                block(0.0, 0.07, y - 0.72, y - 0.52, 0.17, 2.80),
                block(0.0, 0.07, y + 0.52, y + 0.72, 0.17, 2.80),
            )
            pile.flat(style.trim, block(0.0, 0.24, y - 0.80, y + 0.80, 2.80, 2.96))
        else:
            o = (y - half, y + half, 0.95, min(2.75, style.ground_floor_m - 0.5))
            window(pile, o, style, rng)
        openings.append(o)
    return openings


def shop_front(pile: Pile, style: Style, rng: np.random.Generator) -> list[Opening]:
    """Door, shop window, fascia and perhaps an awning; returns the openings."""
    w = style.width_m / 2
    colour = painted(SHOP_COLOURS[rng.integers(len(SHOP_COLOURS))], 0.4)
    top = style.ground_floor_m - 0.95
    door_left = bool(rng.random() < 0.5)
    side = 1.0 if door_left else -1.0
    door_y = side * (w - 0.85)
    door = (door_y - 0.5, door_y + 0.5, 0.03, top)
    low, high = sorted((door_y - side * 0.72, -side * (w - 0.3)))
    glazing = (low, high, 0.45, top)
    _reveal(pile, door, colour, 0.5)
    y0, y1, z0, z1 = door
    pile.flat(finishes.GLASS, panel(-0.5, y0 + 0.1, y1 - 0.1, z0 + 0.15, z1 - 0.55), panel(-0.5, y0, y1, z1 - 0.5, z1))
    frame(pile, (y0, y1, z0, z1 - 0.5), colour, -0.48, 0.10, 1, ())
    _reveal(pile, glazing, colour, 0.10)
    y0, y1, z0, z1 = glazing
    pile.flat(finishes.GLASS_CLEAR, panel(-0.08, y0, y1, z0, z1))
    frame(pile, glazing, colour, -0.06, 0.07, max(2, round((y1 - y0) / 1.5)), (0.80,))
    _display(pile, glazing, rng)
    pile.flat(
        colour, block(0.0, 0.06, y0 - 0.05, y1 + 0.05, 0.0, 0.40), block(0.0, 0.10, y0 - 0.05, y1 + 0.05, 0.40, 0.45)
    )
    pile.flat(
        colour,
        *(block(0.0, 0.08, y - 0.12, y + 0.12, 0.0, top + 0.1) for y in (-w + 0.14, w - 0.14, door_y - side * 0.61)),
    )
    pile.flat(colour, block(0.0, 0.14, -w + 0.02, w - 0.02, top + 0.08, top + 0.66))
    _letters(pile, top + 0.37, w, rng)
    if rng.random() < 0.6:
        _awning(pile, y0, y1, top + 0.05, rng)
    return [door, glazing]


def _lit(albedo: RGB) -> Material:
    """A matt thing in a shop window, in whose emission is the light of the shop: L = rho E / pi."""
    (r, g, b), (red, green, blue) = albedo, _SHOP_LX
    return replace(painted(albedo, 0.9), emission=(r * red / pi, g * green / pi, b * blue / pi))


def _display(pile: Pile, o: Opening, rng: np.random.Generator) -> None:
    y0, y1, z0, z1 = o
    x = -1.3
    wall, wood = _lit((0.50, 0.48, 0.44)), _lit(finishes.WOOD_PALE.albedo)
    pile.flat(wall, panel(x, y0, y1, z0, z1), quad((x, y0, z1), (x, y1, z1), (-0.1, y1, z1), (-0.1, y0, z1)))
    pile.flat(
        wood,
        quad((-0.1, y0, z0), (-0.1, y1, z0), (x, y1, z0), (x, y0, z0)),
        quad((-0.1, y0, z0), (x, y0, z0), (x, y0, z1), (-0.1, y0, z1)),
        quad((x, y1, z0), (-0.1, y1, z0), (-0.1, y1, z1), (x, y1, z1)),
    )
    for shelf in (0.0, 0.75, 1.35):
        if shelf:
            pile.flat(wood, block(x, x + 0.35, y0, y1, z0 + shelf - 0.03, z0 + shelf))
        for y in np.arange(y0 + 0.25, y1 - 0.25, 0.45):
            if rng.random() < 0.75:
                size = rng.uniform((0.08, 0.08, 0.12), (0.16, 0.18, 0.45))
                paint = _lit(GOODS[rng.integers(len(GOODS))])
                front = x + 0.18 if shelf else -0.6 + float(rng.uniform(-0.3, 0.2))
                pile.flat(
                    paint,
                    block(front - size[0], front + size[0], y - size[1], y + size[1], z0 + shelf, z0 + shelf + size[2]),
                )


def _letters(pile: Pile, z: float, w: float, rng: np.random.Generator) -> None:
    """A line of letter-like strokes on the fascia; no words."""
    ink = painted(((0.68, 0.65, 0.56), (0.60, 0.47, 0.20))[rng.integers(2)])
    high, y = 0.17, -float(rng.uniform(0.35, 0.6)) * w
    for _ in range(int(rng.integers(6, 12))):
        x, wide = 0.155, float(rng.uniform(0.13, 0.21))
        strokes = [block(0.14, x, y, y + 0.04, z - high, z + high)]
        for level in rng.choice([-1.0, 0.0, 1.0], size=2, replace=False):
            middle = z + level * (high - 0.02)
            strokes.append(block(0.14, x, y, y + wide, middle - 0.02, middle + 0.02))
        if rng.random() < 0.6:
            strokes.append(block(0.14, x, y + wide - 0.04, y + wide, z - high, z + high))
        pile.flat(ink, *strokes)
        y += wide + 0.08
        if y > w - 0.4:
            return


def _awning(pile: Pile, y0: float, y1: float, z: float, rng: np.random.Generator) -> None:
    tones = (
        ((0.30, 0.05, 0.05), (0.6, 0.58, 0.53)),
        ((0.04, 0.10, 0.07), (0.6, 0.58, 0.53)),
        ((0.06, 0.08, 0.14), (0.06, 0.08, 0.14)),
        ((0.40, 0.33, 0.22), (0.55, 0.51, 0.44)),
    )[rng.integers(4)]
    cloth = [Material(t, 0.95, nir_reflectance=0.5, texture=Texture.CLOTH) for t in tones]
    out, drop = float(rng.uniform(1.0, 1.4)), float(rng.uniform(0.45, 0.65))
    edges = np.linspace(y0, y1, max(4, round((y1 - y0) / 0.3)) + 1)
    for k, (a, b) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        look = cloth[k % 2]
        pile.flat(
            look,
            quad((out, a, z - drop), (out, b, z - drop), (0.1, b, z), (0.1, a, z)),
            quad((0.1, a, z - 0.01), (0.1, b, z - 0.01), (out, b, z - drop - 0.01), (out, a, z - drop - 0.01)),
            panel(out, a, b, z - drop - 0.2, z - drop), panel(out - 0.01, b, a, z - drop - 0.2, z - drop),
        )  # fmt: skip
