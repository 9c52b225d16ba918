"""Town buildings: terraced houses with flats or shops, and plain blocks for the background.

Frame: front wall in the plane x = 0 facing +x, body behind it, y along the front, origin below the middle of the front.
Openings are real: walls are cut, and what fills them (see `facades`) has depth. Left out: interiors above the ground
floor, backs and sides other than plain walls.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from ....renderers.scene import Material, Texture
from ..classes import SemanticClass
from . import facades, finishes
from .asset import Asset, Box, fork
from .facades import Opening, Style
from .finishes import painted
from .scenery import Pile, block, cut_wall, drawn, panel, quad

BRICKS = ((0.27, 0.115, 0.080), (0.22, 0.10, 0.075), (0.36, 0.27, 0.17), (0.30, 0.17, 0.11), (0.20, 0.13, 0.10))
PLASTERS = (
    (0.62, 0.58, 0.49), (0.58, 0.48, 0.33), (0.52, 0.53, 0.52), (0.66, 0.65, 0.61), (0.42, 0.47, 0.47),
    (0.56, 0.42, 0.34), (0.50, 0.51, 0.43),
)  # fmt: skip
GARDEN_WALL = Material(BRICKS[0], 0.9, nir_reflectance=0.45, texture=Texture.BRICK)
ROOFS = ((0.20, 0.085, 0.055), (0.085, 0.088, 0.098), (0.135, 0.075, 0.055), (0.11, 0.105, 0.10))


def _style(rng: np.random.Generator, shop: bool) -> Style:
    brick = rng.random() < 0.5
    colour = BRICKS[rng.integers(len(BRICKS))] if brick else PLASTERS[rng.integers(len(PLASTERS))]
    shade = float(rng.uniform(0.88, 1.1))
    tint = (min(1.0, colour[0] * shade), min(1.0, colour[1] * shade), min(1.0, colour[2] * shade))
    wall = Material(tint, 0.9, nir_reflectance=0.45, texture=Texture.BRICK if brick else Texture.PLASTER)
    trim = Material(
        (0.55, 0.53, 0.47) if brick or rng.random() < 0.5 else (0.66, 0.65, 0.62), 0.85, nir_reflectance=0.5
    )
    frame = painted(
        ((0.70, 0.70, 0.68), (0.70, 0.70, 0.68), (0.05, 0.055, 0.06), (0.13, 0.08, 0.05))[rng.integers(4)], 0.45
    )
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
    depth, w, height = style.depth_m, style.width_m / 2, _eaves(style) + 0.5
    shape = Box((depth / 2, w, height / 2), (-depth / 2, 0.0, height / 2))
    draw = partial(_draw_house, style, shop, fork(rng))
    return drawn(draw, "house_with_shop" if shop else "house", SemanticClass.BUILDING, shape)


def frontage_m(house: Asset) -> float:
    """Width of a terraced house along its street [m]."""
    shape = house.collision[0]
    assert isinstance(shape, Box)
    return 2.0 * shape.half_extents[1]


def _eaves(style: Style) -> float:
    return style.ground_floor_m + (style.floors - 1) * style.floor_m + 0.35


def _draw_house(style: Style, shop: bool, rng: np.random.Generator, pile: Pile) -> None:
    w, eaves = style.width_m / 2, _eaves(style)
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
            facades.window(pile, opening, style, rng)
            if door:
                facades.balcony(pile, opening, rng)
    openings += facades.shop_front(pile, style, rng) if shop else facades.ground_floor(pile, style, centres, half, rng)
    split = style.ground_floor_m - 0.15
    ground = [o for o in openings if o[2] < split]
    upper = [o for o in openings if o[2] >= split]
    pile.flat(style.trim if shop else style.wall, cut_wall(0.0, -w, w, 0.0, split, ground))
    pile.flat(style.wall, cut_wall(0.0, -w, w, split, eaves, upper))
    if not shop:
        pile.flat(style.base, *facades.plinth(-w, w, ground))
    pile.flat(style.trim, block(0.0, 0.09, -w, w, split - 0.02, split + 0.16))
    pile.flat(
        style.trim, block(0.0, 0.22, -w, w, eaves - 0.22, eaves), block(0.0, 0.12, -w, w, eaves - 0.40, eaves - 0.22)
    )
    _body(pile, style, eaves)
    y = w - 0.12
    pile.flat(finishes.STEEL_DARK, block(0.03, 0.12, y - 0.045, y + 0.045, 0.15, eaves - 0.4))


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
        quad(
            (back - over, w, low + 0.12), (back - over, -w, low + 0.12), (mid, -w, ridge + 0.12), (mid, w, ridge + 0.12)
        ),
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
    facades.frame(
        pile, (y - half + 0.14, y + half - 0.14, z0 + 0.20, z1 - 0.14), style.frame, front + 0.03, 0.05, 2, ()
    )
    pile.flat(style.roof, block(back, front + 0.16, y - half - 0.12, y + half + 0.12, z1, z1 + 0.10))


def _chimney(pile: Pile, style: Style, x: float, z0: float, z1: float) -> None:
    y = -style.width_m / 2 + 0.55
    brick = Material(BRICKS[0], 0.9, nir_reflectance=0.45, texture=Texture.BRICK)
    pots = Material((0.32, 0.15, 0.09), 0.85, nir_reflectance=0.4)
    pile.flat(brick, block(x - 0.7, x + 0.7, y - 0.35, y + 0.35, z0, z1))
    pile.flat(style.trim, block(x - 0.76, x + 0.76, y - 0.41, y + 0.41, z1, z1 + 0.10))
    pile.flat(
        pots,
        *(block(x + dx - 0.11, x + dx + 0.11, y - 0.11, y + 0.11, z1 + 0.1, z1 + 0.5) for dx in (-0.45, 0.0, 0.45)),
    )


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
