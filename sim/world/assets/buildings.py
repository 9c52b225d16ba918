"""Town buildings: terraced houses with flats or shops, and plain blocks for the background.

Frame: front wall in the plane x = 0 facing +x, body behind it, y along the front, origin below the middle of the front.
Openings are real: walls are cut, panes sit 0.14 m behind the front in reveals, with frames, sills and lintels in
relief. Shop windows are clear glass in front of a lit shallow room. Left out: interiors above the ground floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....renderers.scene import Material, Texture
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Box
from .finishes import painted
from .scenery import Pile, block, cut_wall, panel, quad

REVEAL_M = 0.14

BRICKS = ((0.27, 0.115, 0.080), (0.22, 0.10, 0.075), (0.36, 0.27, 0.17), (0.30, 0.17, 0.11), (0.20, 0.13, 0.10))
PLASTERS = (
    (0.62, 0.58, 0.49), (0.58, 0.48, 0.33), (0.52, 0.53, 0.52), (0.66, 0.65, 0.61), (0.42, 0.47, 0.47), (0.56, 0.42, 0.34),
    (0.50, 0.51, 0.43),
)  # fmt: skip
ROOFS = ((0.20, 0.085, 0.055), (0.085, 0.088, 0.098), (0.135, 0.075, 0.055), (0.11, 0.105, 0.10))
SHOP_COLOURS = (
    (0.03, 0.06, 0.05), (0.16, 0.03, 0.035), (0.025, 0.04, 0.09), (0.05, 0.05, 0.05), (0.30, 0.26, 0.18), (0.07, 0.11, 0.09),
    (0.36, 0.30, 0.26),
)  # fmt: skip
DOORS = ((0.10, 0.02, 0.02), (0.02, 0.04, 0.03), (0.03, 0.04, 0.08), (0.12, 0.07, 0.03), (0.03, 0.03, 0.03), (0.40, 0.38, 0.34))

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


def _style(rng: np.random.Generator, shop: bool) -> Style:
    brick = rng.random() < 0.5
    colour = BRICKS[rng.integers(len(BRICKS))] if brick else PLASTERS[rng.integers(len(PLASTERS))]
    shade = float(rng.uniform(0.88, 1.1))
    tint = (min(1.0, colour[0] * shade), min(1.0, colour[1] * shade), min(1.0, colour[2] * shade))
    wall = Material(tint, 0.9, nir_reflectance=0.45, texture=Texture.BRICK if brick else Texture.PLASTER)
    trim = Material((0.55, 0.53, 0.47) if brick or rng.random() < 0.5 else (0.66, 0.65, 0.62), 0.85, nir_reflectance=0.5)
    frame = painted(((0.70, 0.70, 0.68), (0.70, 0.70, 0.68), (0.05, 0.055, 0.06), (0.13, 0.08, 0.05))[rng.integers(4)], 0.45)
    bays = int(rng.integers(2, 5))
    width = bays * float(rng.uniform(2.15, 2.75)) + float(rng.uniform(0.3, 0.8))
    return Style(
        wall=wall,
        base=Material((0.26, 0.25, 0.235), 0.9, nir_reflectance=0.3, texture=Texture.CONCRETE),
        trim=trim,
        frame=frame,
        roof=Material(ROOFS[rng.integers(len(ROOFS))], 0.85, nir_reflectance=0.25, texture=Texture.BRICK),
        width_m=width,
        depth_m=float(rng.uniform(9.0, 11.0)),
        floors=int(rng.integers(3, 6)),
        ground_floor_m=float(rng.uniform(3.5, 4.1) if shop else rng.uniform(3.1, 3.6)),
        floor_m=float(rng.uniform(2.9, 3.3)),
        bays=bays,
        window_m=(float(rng.uniform(0.95, 1.3)), float(rng.uniform(1.5, 1.95))),
        pitched=bool(rng.random() < 0.7),
        shop=shop,
        balconies=bool(not shop and rng.random() < 0.35),
        bars=int(rng.integers(0, 3)),
    )


def terraced_house(*, rng: np.random.Generator, shop: bool) -> Asset:
    """A house of a terrace, three to five storeys, with a shop or flats on the ground floor."""
    style = _style(rng, shop)
    pile = Pile()
    w = style.width_m / 2
    eaves = style.ground_floor_m + (style.floors - 1) * style.floor_m + 0.35
    openings: list[Opening] = []
    pitch = style.width_m / style.bays
    centres = [-w + (k + 0.5) * pitch for k in range(style.bays)]
    half, tall = style.window_m[0] / 2, style.window_m[1]
    for floor in range(1, style.floors):
        sill = style.ground_floor_m + (floor - 1) * style.floor_m + 0.80
        top = min(tall, style.floor_m - 1.1) * (1.0 if floor < style.floors - 1 else 0.88)
        for y in centres:
            door = style.balconies and floor < style.floors and y == centres[len(centres) // 2]
            opening = (y - half, y + half, sill - (0.75 if door else 0.0), sill + top)
            openings.append(opening)
            _window(pile, opening, style, rng)
            if door:
                _balcony(pile, opening, rng)
    openings += _shop_front(pile, style, rng) if shop else _ground_floor(pile, style, centres, half, rng)
    split = style.ground_floor_m - 0.15
    ground = [o for o in openings if o[2] < split]
    upper = [o for o in openings if o[2] >= split]
    pile.flat(style.trim if shop else style.wall, cut_wall(0.0, -w, w, 0.0, split, ground))
    pile.flat(style.wall, cut_wall(0.0, -w, w, split, eaves, upper))
    if not shop:
        pile.flat(style.base, *_plinth(-w, w, ground))
    pile.flat(style.trim, block(0.0, 0.09, -w, w, split - 0.02, split + 0.16))
    pile.flat(style.trim, block(0.0, 0.22, -w, w, eaves - 0.22, eaves), block(0.0, 0.12, -w, w, eaves - 0.40, eaves - 0.22))
    _body(pile, style, eaves)
    y = w - 0.12
    pile.flat(finishes.STEEL_DARK, block(0.03, 0.12, y - 0.045, y + 0.045, 0.15, eaves - 0.4))
    height = eaves + 3.0
    shape = Box((style.depth_m / 2, w, height / 2), (-style.depth_m / 2, 0.0, height / 2))
    return pile.asset("house_with_shop" if shop else "house", SemanticClass.BUILDING, shape)


def _plinth(y0: float, y1: float, openings: list[Opening]) -> list:
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


def _frame(pile: Pile, o: Opening, material: Material, x: float, bar: float, columns: int, rows: tuple[float, ...]) -> None:
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


def _window(pile: Pile, o: Opening, style: Style, rng: np.random.Generator) -> None:
    y0, y1, z0, z1 = o
    _reveal(pile, o, style.trim, REVEAL_M)
    x = -REVEAL_M + 0.01
    drawn = float(rng.choice([0.0, 0.0, 0.0, 0.25, 0.45, 1.0]))
    middle = z1 - drawn * (z1 - z0)
    if drawn < 1.0:
        pile.flat(finishes.GLASS, panel(x, y0, y1, z0, middle))
    if drawn > 0.0:
        pile.flat(finishes.GLASS_CURTAIN, panel(x, y0, y1, middle, z1))
    _frame(pile, o, style.frame, -REVEAL_M + 0.05, 0.055, 2 if style.bars else 1, ((0.5,), (0.68,), ())[style.bars])
    pile.flat(style.trim, block(0.0, 0.09, y0 - 0.08, y1 + 0.08, z0 - 0.09, z0))
    pile.flat(style.trim, block(0.0, 0.035, y0 - 0.10, y1 + 0.10, z1, z1 + 0.16))


def _balcony(pile: Pile, o: Opening, rng: np.random.Generator) -> None:
    y0, y1, z = o[0] - 0.45, o[1] + 0.45, o[2]
    deep = 0.85
    pile.flat(finishes.CONCRETE, block(0.0, deep, y0, y1, z - 0.14, z))
    bars = [block(0.0, deep, y, y + 0.03, z + 0.98, z + 1.03) for y in (y0, y1 - 0.03)]
    bars.append(block(deep - 0.04, deep, y0, y1, z + 0.98, z + 1.03))
    bars += [block(deep - 0.03, deep - 0.01, y, y + 0.018, z, z + 0.98) for y in np.linspace(y0, y1 - 0.018, 13)]
    bars += [block(x, x + 0.018, y, y + 0.018, z, z + 0.98) for x in (0.2, 0.4, 0.6) for y in (y0, y1 - 0.02)]
    pile.flat(finishes.STEEL_DARK, *bars)
    if rng.random() < 0.6:
        pile.flat(finishes.leaves((0.06, 0.10, 0.035)), block(deep, deep + 0.22, y0 + 0.1, y1 - 0.1, z + 0.72, z + 0.95))


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


def _ground_floor(
    pile: Pile, style: Style, centres: list[float], half: float, rng: np.random.Generator
) -> list[Opening]:
    entrance = int(rng.integers(len(centres)))
    openings: list[Opening] = []
    for k, y in enumerate(centres):
        if k == entrance:
            o = (y - 0.52, y + 0.52, 0.17, 2.75)
            _reveal(pile, o, style.trim, 0.16)
            _door(pile, o, rng)
            pile.flat(style.base, block(0.0, 0.32, y - 0.75, y + 0.75, 0.0, 0.17))
            pile.flat(style.trim, block(0.0, 0.07, y - 0.72, y - 0.52, 0.17, 2.80), block(0.0, 0.07, y + 0.52, y + 0.72, 0.17, 2.80))
            pile.flat(style.trim, block(0.0, 0.24, y - 0.80, y + 0.80, 2.80, 2.96))
        else:
            o = (y - half, y + half, 0.95, min(2.75, style.ground_floor_m - 0.5))
            _window(pile, o, style, rng)
        openings.append(o)
    return openings


def _shop_front(pile: Pile, style: Style, rng: np.random.Generator) -> list[Opening]:
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
    _frame(pile, (y0, y1, z0, z1 - 0.5), colour, -0.48, 0.10, 1, ())
    _reveal(pile, glazing, colour, 0.10)
    y0, y1, z0, z1 = glazing
    pile.flat(finishes.GLASS_CLEAR, panel(-0.08, y0, y1, z0, z1))
    _frame(pile, glazing, colour, -0.06, 0.07, max(2, round((y1 - y0) / 1.5)), (0.80,))
    _display(pile, glazing, rng)
    pile.flat(colour, block(0.0, 0.06, y0 - 0.05, y1 + 0.05, 0.0, 0.40), block(0.0, 0.10, y0 - 0.05, y1 + 0.05, 0.40, 0.45))
    pile.flat(colour, *(block(0.0, 0.08, y - 0.12, y + 0.12, 0.0, top + 0.1) for y in (-w + 0.14, w - 0.14, door_y - side * 0.61)))
    pile.flat(colour, block(0.0, 0.14, -w + 0.02, w - 0.02, top + 0.08, top + 0.66))
    _letters(pile, top + 0.37, w, rng)
    if rng.random() < 0.6:
        _awning(pile, y0, y1, top + 0.05, rng)
    return [door, glazing]


def _display(pile: Pile, o: Opening, rng: np.random.Generator) -> None:
    y0, y1, z0, z1 = o
    x = -1.3
    warm = Material((0.50, 0.46, 0.38), 0.9, emission=(38.0, 33.0, 25.0))
    pile.flat(warm, panel(x, y0, y1, z0, z1), quad((x, y0, z1), (x, y1, z1), (-0.1, y1, z1), (-0.1, y0, z1)))
    pile.flat(
        finishes.WOOD_PALE,
        quad((-0.1, y0, z0), (-0.1, y1, z0), (x, y1, z0), (x, y0, z0)),
        quad((-0.1, y0, z0), (x, y0, z0), (x, y0, z1), (-0.1, y0, z1)),
        quad((x, y1, z0), (-0.1, y1, z0), (-0.1, y1, z1), (x, y1, z1)),
    )
    for shelf in (0.0, 0.75, 1.35):
        if shelf:
            pile.flat(finishes.WOOD_PALE, block(x, x + 0.35, y0, y1, z0 + shelf - 0.03, z0 + shelf))
        for y in np.arange(y0 + 0.25, y1 - 0.25, 0.45):
            if rng.random() < 0.75:
                size = rng.uniform((0.08, 0.08, 0.12), (0.16, 0.18, 0.45))
                tone = rng.uniform(0.05, 0.5) * np.array([1.0, rng.uniform(0.5, 1.0), rng.uniform(0.3, 1.0)])
                paint = painted((round(float(tone[0]), 1), round(float(tone[1]), 1), round(float(tone[2]), 1)))
                front = x + 0.18 if shelf else -0.6 + float(rng.uniform(-0.3, 0.2))
                pile.flat(paint, block(front - size[0], front + size[0], y - size[1], y + size[1], z0 + shelf, z0 + shelf + size[2]))


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
    tones = (((0.30, 0.05, 0.05), (0.6, 0.58, 0.53)), ((0.04, 0.10, 0.07), (0.6, 0.58, 0.53)), ((0.06, 0.08, 0.14), (0.06, 0.08, 0.14)),
             ((0.40, 0.33, 0.22), (0.55, 0.51, 0.44)))[rng.integers(4)]
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


def _body(pile: Pile, style: Style, eaves: float) -> None:
    w, back = style.width_m / 2, -style.depth_m
    pile.flat(style.wall, quad((back, w, 0), (back, -w, 0), (back, -w, eaves), (back, w, eaves)))
    pile.flat(style.wall, quad((back, -w, 0), (0, -w, 0), (0, -w, eaves), (back, -w, eaves)))
    pile.flat(style.wall, quad((0, w, 0), (back, w, 0), (back, w, eaves), (0, w, eaves)))
    if not style.pitched:
        top = eaves + 0.75
        pile.flat(style.wall, block(-0.3, 0.0, -w, w, eaves, top), block(back, back + 0.3, -w, w, eaves, top))
        pile.flat(style.wall, block(back, 0, -w, -w + 0.25, eaves, top), block(back, 0, w - 0.25, w, eaves, top))
        pile.flat(style.trim, block(-0.36, 0.06, -w, w, top, top + 0.09))
        pile.flat(finishes.CONCRETE_DARK, quad((back, -w, eaves), (0, -w, eaves), (0, w, eaves), (back, w, eaves)))
        _chimney(pile, style, back * 0.6, eaves, top + 0.9)
        return
    over, rise = 0.30, 0.42 * style.depth_m
    ridge, mid = eaves + rise, back / 2
    slope = rise / (style.depth_m / 2)
    low = eaves - over * slope
    pile.flat(
        style.roof,
        quad((over, -w, low + 0.12), (over, w, low + 0.12), (mid, w, ridge + 0.12), (mid, -w, ridge + 0.12)),
        quad((back - over, w, low + 0.12), (back - over, -w, low + 0.12), (mid, -w, ridge + 0.12), (mid, w, ridge + 0.12)),
        panel(over, -w, w, low - 0.02, low + 0.12),
    )
    pile.flat(style.trim, quad((over, w, low), (over, -w, low), (0.0, -w, eaves), (0.0, w, eaves)))
    for y, sign in ((-w, -1), (w, 1)):
        gable = quad((back, y, eaves), (0, y, eaves), (mid, y, ridge + 0.1), (mid, y, ridge + 0.1))
        pile.flat(style.wall, gable if sign < 0 else gable.flipped())
    pile.flat(finishes.STEEL_DARK, block(over - 0.02, over + 0.10, -w, w, low + 0.0, low + 0.11))
    count = style.bays // 2 if style.bars != 1 else 0
    for k in range(count):
        _dormer(pile, style, -w + (k + 0.5) * style.width_m / count, eaves, slope)
    _chimney(pile, style, mid * 0.8, ridge - 1.2, ridge + 1.1)


def _dormer(pile: Pile, style: Style, y: float, eaves: float, slope: float) -> None:
    front, half, tall = -0.9, 0.62, 1.45
    z0 = eaves + 0.9 * slope - 0.1
    z1 = z0 + tall
    back = -(z1 - eaves) / slope - 0.3
    pile.flat(style.trim, panel(front, y - half, y + half, z0, z1), block(back, front, y - half, y + half, z0, z1))
    pile.flat(finishes.GLASS, panel(front + 0.012, y - half + 0.16, y + half - 0.16, z0 + 0.22, z1 - 0.16))
    _frame(pile, (y - half + 0.14, y + half - 0.14, z0 + 0.20, z1 - 0.14), style.frame, front + 0.03, 0.05, 2, ())
    pile.flat(style.roof, block(back, front + 0.16, y - half - 0.12, y + half + 0.12, z1, z1 + 0.10))


def _chimney(pile: Pile, style: Style, x: float, z0: float, z1: float) -> None:
    y = -style.width_m / 2 + 0.55
    brick = Material(BRICKS[0], 0.9, nir_reflectance=0.45, texture=Texture.BRICK)
    pots = Material((0.32, 0.15, 0.09), 0.85, nir_reflectance=0.4)
    pile.flat(brick, block(x - 0.7, x + 0.7, y - 0.35, y + 0.35, z0, z1))
    pile.flat(style.trim, block(x - 0.76, x + 0.76, y - 0.41, y + 0.41, z1, z1 + 0.10))
    pile.flat(pots, *(block(x + dx - 0.11, x + dx + 0.11, y - 0.11, y + 0.11, z1 + 0.1, z1 + 0.5) for dx in (-0.45, 0.0, 0.45)))


def city_block(*, rng: np.random.Generator) -> Asset:
    """A large plain block for the background, 16 to 30 m high, windows as recessed bands on all sides seen."""
    pile = Pile()
    w, deep, high = float(rng.uniform(12, 18)), 14.0, float(rng.uniform(16, 30))
    wall = Material(PLASTERS[rng.integers(len(PLASTERS))], 0.9, nir_reflectance=0.5, texture=Texture.PLASTER)
    openings = []
    for z in np.arange(4.0, high - 2.0, 3.1):
        for y in np.arange(-w + 1.2, w - 1.2, 2.6):
            openings.append((float(y), float(y) + 1.4, float(z), float(z) + 1.6))
    pile.flat(wall, cut_wall(0.0, -w, w, 0.0, high, openings))
    pile.flat(finishes.GLASS, panel(-0.2, -w, w, 0.0, high))
    pile.flat(wall, block(-deep, -0.25, -w, w, 0.0, high), block(-deep, 0.0, -w, w, high, high + 0.8))
    pile.flat(finishes.STEEL_GREY, block(-9.0, -5.0, -3.0, 2.0, high + 0.8, high + 3.0))
    shape = Box((deep / 2, w, high / 2), (-deep / 2, 0.0, high / 2))
    return pile.asset("city_block", SemanticClass.BUILDING, shape)
