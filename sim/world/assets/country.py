"""What stands along country roads: warning signs, chevron boards, a farmhouse, a barn, bales and power poles.

Warning signs are triangles of 0.9 m side after the German VwV-StVO (Zeichen 103 and 142), chevrons boards of 0.5 m
square in red and white (Zeichen 625). Frame: origin on the ground, +x towards the traffic or the road they face; seen
from there +y is to the right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Material, Texture
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Box, Cylinder
from .meshes import cylinder, extrude, polygon, tube
from .scenery import Pile, block, cut_wall, panel, quad

F64 = NDArray[np.float64]
WARNINGS = ("bend_left", "bend_right", "deer")
GRAVEL = Material(
    (0.165, 0.145, 0.115), 1.0, nir_reflectance=0.3, texture=Texture.ASPHALT, semantic=SemanticClass.TERRAIN
)
VERGE = Material((0.098, 0.126, 0.048), 1.0, nir_reflectance=0.5, texture=Texture.GRASS, semantic=SemanticClass.TERRAIN)
DITCH = Material(
    (0.070, 0.098, 0.036), 1.0, nir_reflectance=0.45, texture=Texture.GRASS, semantic=SemanticClass.TERRAIN
)
ROOF_TILES = (
    Material((0.22, 0.075, 0.045), 0.85, nir_reflectance=0.35, texture=Texture.BRICK),
    Material((0.13, 0.10, 0.085), 0.85, nir_reflectance=0.25, texture=Texture.BRICK),
)
ROOF_METAL = Material((0.25, 0.25, 0.25), 0.6, 0.3, 0.35, texture=Texture.CONCRETE)
STRAW = Material((0.40, 0.31, 0.14), 1.0, nir_reflectance=0.5, texture=Texture.GRASS, semantic=SemanticClass.TERRAIN)
PLASTERS = ((0.62, 0.58, 0.48), (0.60, 0.52, 0.40), (0.66, 0.65, 0.61))
_DEER = (
    (-0.215, 0.105), (-0.19, 0.135), (-0.165, 0.14), (-0.175, 0.20), (-0.16, 0.165), (-0.145, 0.21), (-0.14, 0.16),
    (-0.115, 0.205), (-0.125, 0.135), (-0.10, 0.07), (-0.03, 0.055), (0.06, 0.045), (0.115, 0.055), (0.15, 0.03),
    (0.12, 0.02), (0.145, -0.055), (0.21, -0.13), (0.195, -0.14), (0.115, -0.06), (0.075, -0.035), (0.12, -0.10),
    (0.10, -0.11), (0.04, -0.04), (-0.05, -0.035), (-0.10, -0.045), (-0.17, -0.035), (-0.20, -0.075), (-0.215, -0.065),
    (-0.185, -0.01), (-0.125, -0.01), (-0.14, 0.03), (-0.155, 0.09), (-0.185, 0.095),
)  # fmt: skip


def warning_sign(kind: str) -> Asset:
    """A warning triangle on a post, one of `WARNINGS`."""
    if kind not in WARNINGS:
        raise ValueError(f"unknown warning {kind!r}, expected one of {', '.join(WARNINGS)}")
    pile, middle = Pile(), 2.35
    pile.smooth(finishes.SIGN_POST, cylinder(0.03, middle + 0.35, sides=10).moved(x=-0.045, z=(middle + 0.35) / 2))
    outer = _triangle(0.52)
    pile.flat(finishes.SIGN_BACK, extrude(outer, 0.012, axis="x", at=-0.012).moved(z=middle))
    pile.flat(finishes.SIGN_RED, polygon(outer, axis="x", at=0.0015).moved(z=middle))
    pile.flat(finishes.SIGN_WHITE, polygon(_triangle(0.37), axis="x", at=0.003).moved(z=middle))
    black = finishes.SIGN_BLACK
    if kind == "deer":
        figure = polygon(np.array(_DEER) * 0.95, axis="x", at=0.0045)
        pile.flat(black, figure.moved(z=middle - 0.03))
    else:
        side = -1.0 if kind == "bend_left" else 1.0
        turn = np.linspace(0.0, np.radians(62.0), 8)
        line = np.column_stack([-side * (0.115 - 0.20 * (1.0 - np.cos(turn))), -0.16 + 0.20 * np.sin(turn)])
        line = np.concatenate([line[:1] - [0.0, 0.03], line])
        ahead = np.array([side * np.sin(turn[-1]), np.cos(turn[-1])])
        pile.flat(black, *(polygon(piece, axis="x", at=0.0045).moved(z=middle + 0.02) for piece in _arrow(line, ahead)))
    return pile.asset(f"sign_{kind}", SemanticClass.TRAFFIC_SIGN, Cylinder(0.04, 2.7, (-0.045, 0.0, 1.35)))


def _triangle(radius: float) -> F64:
    t = np.pi / 2 + 2.0 * np.pi * np.arange(3) / 3
    return np.column_stack([radius * np.cos(t), radius * np.sin(t)])


def _arrow(line: F64, ahead: F64, width: float = 0.045, head: float = 0.14) -> list[F64]:
    """A thick line as quadrilaterals, and its head."""
    left = np.array([-ahead[1], ahead[0]])
    pieces = []
    for a, b in zip(line[:-1], line[1:], strict=True):
        along = (b - a) / np.linalg.norm(b - a)
        across = 0.5 * width * np.array([-along[1], along[0]])
        pieces.append(np.array([a - across, b - across + 0.01 * along, b + across + 0.01 * along, a + across]))
    tip = line[-1]
    return [*pieces, np.array([tip - 0.5 * head * left, tip + 0.8 * head * ahead, tip + 0.5 * head * left])]


def chevron(side: int, *, arrows: int = 3) -> Asset:
    """Boards with white arrows on red that point to the left (`side` +1) or right (-1) of who sees them."""
    pile, size, low = Pile(), 0.5, 1.0
    for y in (-0.35, 0.35):
        pile.smooth(
            finishes.SIGN_POST, cylinder(0.03, low + size, sides=8).moved(x=-0.05, y=y * arrows / 2, z=(low + size) / 2)
        )
    half = arrows * size / 2
    pile.flat(finishes.SIGN_BACK, block(-0.02, 0.0, -half, half, low, low + size))
    pile.flat(finishes.SIGN_RED, panel(0.0015, -half, half, low, low + size))
    for k in range(arrows):
        y = -half + (k + 0.5) * size
        shape = np.array([[0.20, 0.0], [-0.02, 0.22], [-0.20, 0.22], [0.02, 0.0], [-0.20, -0.22], [-0.02, -0.22]])
        shape = shape * [-float(side), 1.0]
        pile.flat(finishes.SIGN_WHITE, polygon(shape + [y, low + size / 2], axis="x", at=0.003))
    return pile.asset(
        "chevron", SemanticClass.TRAFFIC_SIGN, Box((0.04, half, (low + size) / 2), (-0.03, 0.0, (low + size) / 2))
    )


def farmhouse(*, rng: np.random.Generator) -> Asset:
    """A two-storey house with plastered walls and a tiled gable roof, its front to the road."""
    pile = Pile()
    long, deep, eaves = float(rng.uniform(11.0, 14.0)), float(rng.uniform(8.0, 9.5)), float(rng.uniform(5.0, 5.6))
    tone = PLASTERS[int(rng.integers(len(PLASTERS)))]
    wall = Material(tone, 0.9, nir_reflectance=0.5, texture=Texture.PLASTER)
    count = 5
    pitch = long / count
    openings = []
    for k in range(count):
        y = -long / 2 + (k + 0.5) * pitch
        openings.append((y - 0.5, y + 0.5, 3.3, 4.6))
        openings.append((y - 0.5, y + 0.5, 0.05, 2.15) if k == count // 2 else (y - 0.5, y + 0.5, 0.9, 2.2))
    x = deep / 2
    for turn in (0.0, np.pi):
        pile.flat(wall, cut_wall(x, -long / 2, long / 2, -0.6, eaves, openings).rotated("z", turn))
        for y0, y1, z0, z1 in openings:
            door = z1 - z0 > 1.8
            look = finishes.WOOD if door else finishes.GLASS
            pile.flat(look, panel(x - 0.14, y0, y1, z0, z1).rotated("z", turn))
            frame = [block(x - 0.14, x - 0.10, (y0 + y1) / 2 - 0.03, (y0 + y1) / 2 + 0.03, z0, z1)]
            frame += [block(x - 0.14, x - 0.10, y0, y1, z - 0.03, z + 0.03) for z in (z0 + 0.03, z1 - 0.03)]
            pile.flat(finishes.PLASTIC_WHITE, *(bar.rotated("z", turn) for bar in frame))
            pile.flat(
                finishes.CONCRETE, block(x - 0.14, x + 0.08, y0 - 0.06, y1 + 0.06, z0 - 0.07, z0).rotated("z", turn)
            )
            if not door and turn == 0.0:
                for y in (y0 - 0.42, y1 + 0.04):
                    pile.flat(finishes.STEEL_GREEN, block(x, x + 0.04, y, y + 0.38, z0, z1))
    _gable(pile, long, deep, eaves, float(rng.uniform(3.2, 4.0)), wall, ROOF_TILES[int(rng.integers(2))])
    y = float(rng.uniform(-2.5, 2.5))
    pile.flat(ROOF_TILES[1], block(-0.45, 0.25, y - 0.4, y + 0.4, eaves + 2.0, eaves + 4.6))
    return pile.asset("farmhouse", SemanticClass.BUILDING, Box((deep / 2, long / 2, eaves / 2), (0.0, 0.0, eaves / 2)))


def barn(*, rng: np.random.Generator) -> Asset:
    """A boarded barn with a wide gate and a sheet roof, its long side to the road."""
    pile = Pile()
    long, deep, eaves = float(rng.uniform(16.0, 22.0)), float(rng.uniform(10.0, 12.0)), float(rng.uniform(4.6, 5.4))
    g = float(rng.uniform(0.5, 0.9))
    boards = Material((0.23 * g, 0.16 * g, 0.10 * g), 0.9, nir_reflectance=0.35, texture=Texture.WOOD)
    dark = Material((0.012, 0.011, 0.010), 1.0, nir_reflectance=0.05)
    x, gate = deep / 2, (-2.2 + 3.0, 2.2 + 3.0, -0.1, 4.0)
    for turn in (0.0, np.pi):
        pile.flat(boards, cut_wall(x, -long / 2, long / 2, -0.6, eaves, [gate]).rotated("z", turn))
        pile.flat(dark, panel(x - 0.6, *gate).rotated("z", turn))
        leaf = block(x + 0.02, x + 0.10, gate[0] - 2.3, gate[0] - 0.05, 0.0, 4.0)
        pile.flat(finishes.WOOD, leaf.rotated("z", turn))
        for y in np.arange(-long / 2, long / 2 + 0.1, 2.0):
            if not gate[0] - 2.4 < y < gate[1]:
                pile.flat(finishes.WOOD, block(x, x + 0.03, y - 0.05, y + 0.05, 0.0, eaves).rotated("z", turn))
    _gable(pile, long, deep, eaves, float(rng.uniform(2.6, 3.4)), boards, ROOF_METAL)
    return pile.asset("barn", SemanticClass.BUILDING, Box((deep / 2, long / 2, eaves / 2), (0.0, 0.0, eaves / 2)))


def _gable(pile: Pile, long: float, deep: float, eaves: float, rise: float, wall: Material, roof: Material) -> None:
    """Both end walls with their gables, and the two slopes of the roof with overhanging eaves."""
    half, x, top = long / 2, deep / 2, eaves + rise
    outline = np.array([[-x, -0.6], [x, -0.6], [x, eaves], [0.0, top], [-x, eaves]])
    for sign in (-1.0, 1.0):
        end = polygon(outline[:, ::-1], axis="y", at=0.0)
        pile.flat(wall, (end if sign > 0 else end.flipped()).moved(y=sign * half))
        over, low = 0.5, eaves - 0.5 * rise / x
        a, b = (sign * (x + over), -half - over, low), (sign * (x + over), half + over, low)
        c, d = (0.0, half + over, top), (0.0, -half - over, top)
        face = quad(a, b, c, d) if sign > 0 else quad(b, a, d, c)
        pile.flat(roof, face.moved(z=0.12))
        pile.flat(finishes.WOOD, face.flipped(), quad(a, b, (*b[:2], b[2] + 0.12), (*a[:2], a[2] + 0.12)))


def bale() -> Asset:
    """A round bale of straw lying on its side."""
    pile = Pile()
    pile.smooth(STRAW, cylinder(0.65, 1.2, sides=20, axis="y").moved(z=0.62))
    return pile.asset("bale", SemanticClass.TERRAIN, Box((0.6, 0.6, 0.6), (0.0, 0.0, 0.6)))


def fence_post() -> Asset:
    """A split post of a pasture fence."""
    pile = Pile()
    pile.flat(finishes.WOOD, block(-0.045, 0.045, -0.045, 0.045, -0.2, 1.15))
    return pile.asset("fence_post", SemanticClass.FENCE)


def power_pole(height_m: float = 8.5) -> Asset:
    """A wooden pole with a cross-arm along y and three insulators, for wires at `WIRES`."""
    pile = Pile()
    pile.smooth(finishes.WOOD, cylinder(0.12, height_m, sides=10).moved(z=height_m / 2))
    pile.flat(finishes.WOOD, block(-0.06, 0.06, -1.0, 1.0, height_m - 0.7, height_m - 0.55))
    for y, z in WIRES:
        pile.smooth(finishes.PLASTIC_BLACK, cylinder(0.05, 0.18, sides=8).moved(y=y, z=height_m + z - 0.09))
    return pile.asset("power_pole", SemanticClass.POLE, Cylinder(0.13, height_m, (0.0, 0.0, height_m / 2)))


WIRES = ((-0.9, -0.36), (0.9, -0.36), (0.0, 0.18))
"""Offset across and height against the top of a pole [m]."""


def wire(span: F64, *, sag_m: float = 0.5) -> Asset:
    """Three wires along a line of pole tops (N, 3) in world coordinates, each sagging as a parabola."""
    pile = Pile()
    for a, b in zip(span[:-1], span[1:], strict=True):
        along = (b - a)[:2] / np.linalg.norm((b - a)[:2])
        across = np.array([-along[1], along[0], 0.0])
        t = np.linspace(0.0, 1.0, 6)[:, None]
        for y, z in WIRES:
            line = a + t * (b - a) + y * across + [0.0, 0.0, z]
            line[:, 2] -= sag_m * 4.0 * (t * (1.0 - t))[:, 0]
            pile.smooth(finishes.PLASTIC_BLACK, tube(line, 0.012, sides=3, caps=False))
    return pile.asset("wire", SemanticClass.POLE)
