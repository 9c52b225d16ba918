"""What stands in road works: cones, beacons, warning signs, an arrow trailer, machines and material.

`cone` and `beacon` are actors as well as scenery: origin in the middle of the box, with a mass and a body that tips
over when hit. All else is scenery: origin on the ground, +x towards the traffic it faces, machines with +x ahead. Sizes
follow German practice: cones of 0.75 m and 5 kg, beacons of 1.0 x 0.25 m on a foot of recycled plastic (28 kg), warning
triangles of 1.26 m side. Stripes and faces are retro-reflective. Left out: text, chains between beacons.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Material, Texture
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Box, CollisionShape, Cylinder, Part
from .finishes import painted
from .meshes import Shape, cylinder, disc, ellipsoid, extrude, frustum, polygon, rounded_box, tube
from .scenery import Pile, block, panel, quad

F64 = NDArray[np.float64]
ORANGE = Material((0.56, 0.10, 0.015), 0.5, nir_reflectance=0.6)
BAND = Material((0.74, 0.74, 0.73), 0.35, nir_reflectance=0.75, retro=250.0)
RED_SHEET = Material((0.48, 0.018, 0.022), 0.4, nir_reflectance=0.6, retro=150.0)
FOOT = Material((0.035, 0.035, 0.037), 0.85, nir_reflectance=0.07)
MACHINE = Material((0.60, 0.34, 0.015), 0.4, nir_reflectance=0.6)
AMBER_LAMP = Material((0.55, 0.25, 0.02), 0.3, nir_reflectance=0.5, emission=(1.6e4, 5.6e3, 2.0e2))
TYRE = Material((0.020, 0.020, 0.021), 0.9, nir_reflectance=0.05, texture=Texture.RUBBER)
CONE_M, BEACON_M = 0.75, 1.17


def _movable(pile: Pile, name: str, mass_kg: float, height: float, *shapes: CollisionShape) -> Asset:
    """The pile, built on the ground, as an actor that can be pushed over."""
    mesh = pile.build(name)
    x, y, _ = (float(c) for c in np.ptp(mesh.vertices, axis=0))
    part = Part("body", mesh, (0.0, 0.0, -height / 2))
    return Asset(name, SemanticClass.STREET_FURNITURE, (x, y, height), (part,), shapes, mass_kg)


def cone() -> Asset:
    """An orange cone with two white bands on a square foot."""
    pile = Pile()
    pile.smooth(FOOT, rounded_box((0.40, 0.40, 0.045), 0.02, (0.0, 0.0, 0.0225), segments=2))
    cuts = ((0.04, ORANGE), (0.28, BAND), (0.44, ORANGE), (0.54, BAND), (0.64, ORANGE), (CONE_M, ORANGE))
    for (z0, look), (z1, _) in zip(cuts[:-1], cuts[1:], strict=True):
        r0, r1 = (0.150 - 0.115 * (z - 0.04) / (CONE_M - 0.04) for z in (z0, z1))
        pile.smooth(look, frustum(r0, r1, z1 - z0, sides=20, caps=z1 == CONE_M).moved(z=(z0 + z1) / 2))
    foot = Box((0.20, 0.20, 0.0225), (0.0, 0.0, 0.0225 - CONE_M / 2), density=4.0)
    return _movable(pile, "cone", 5.0, CONE_M, foot, Cylinder(0.075, 0.70, (0.0, 0.0, 0.025)))


def beacon(*, lamp: bool = False, pass_left: bool = True) -> Asset:
    """A blade with slanted stripes on a foot, facing +x.

    Args:
        lamp: whether an amber warning lamp sits on top, always lit.
        pass_left: whether traffic passes on the left of it, as seen by the traffic; the stripes fall to that side.

    """
    pile = Pile()
    pile.smooth(FOOT, rounded_box((0.80, 0.40, 0.11), 0.03, (0.0, 0.0, 0.055), segments=2))
    pile.flat(finishes.PLASTIC_BLACK, block(-0.03, 0.03, -0.05, 0.05, 0.11, 0.17))
    low, high, w = 0.17, BEACON_M, 0.25
    pile.flat(finishes.PLASTIC_WHITE, block(-0.012, 0.012, -w / 2, w / 2, low, high))
    for face in (1.0, -1.0):
        slope = 1.0 if pass_left == (face > 0) else -1.0
        for k in range(-1, 5):
            rise = low - 0.06 + 0.25 * k
            ends = [(y, rise + (0.5 + slope * y / w) * w) for y in (w / 2, -w / 2)]
            (y0, a), (y1, b) = ends
            corners = [(y1, b), (y0, a), (y0, a + 0.125), (y1, b + 0.125)]
            stripe = np.array([(y, min(max(z, low + 0.005), high - 0.005)) for y, z in corners])
            if np.ptp(stripe[:, 1]) > 0.02:
                flat = quad(*((0.0145, float(y), float(z)) for y, z in stripe))
                pile.flat(RED_SHEET, flat if face > 0 else flat.rotated("z", np.pi))
        field = panel(0.0135, -w / 2 + 0.003, w / 2 - 0.003, low + 0.003, high - 0.003)
        pile.flat(BAND, field if face > 0 else field.rotated("z", np.pi))
    height = high
    if lamp:
        pile.flat(finishes.PLASTIC_BLACK, block(-0.05, 0.05, -0.07, 0.07, high, high + 0.10))
        pile.smooth(AMBER_LAMP, cylinder(0.085, 0.05, sides=18, axis="x").moved(z=high + 0.19))
        pile.smooth(finishes.SAFETY_YELLOW, cylinder(0.10, 0.04, sides=18, axis="x").moved(z=high + 0.19))
        height = high + 0.29
    foot = Box((0.40, 0.20, 0.055), (0.0, 0.0, 0.055 - height / 2), density=3.0)
    blade = Box((0.02, w / 2, (high - 0.11) / 2), (0.0, 0.0, (0.11 + high) / 2 - height / 2), density=0.4)
    return _movable(pile, "beacon_with_lamp" if lamp else "beacon", 28.0, height, foot, blade)


# ---- signs ------------------------------------------------------------------------------------------------------

_SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
    "8": "abcdefg", "9": "abcdfg",
}  # fmt: skip


def _frame(pile: Pile, width: float, top: float) -> None:
    """Two posts on feet, as temporary signs stand on."""
    for y in (-width / 2, width / 2):
        pile.flat(finishes.GALVANISED, block(-0.06, -0.02, y - 0.02, y + 0.02, 0.0, top))
        pile.smooth(FOOT, rounded_box((0.75, 0.38, 0.12), 0.03, (-0.04, y, 0.06), segments=1))


def _plate(pile: Pile, outline: F64, z: float, *looks: tuple[Material, float]) -> None:
    """A sheet with smaller copies of its outline upon it, each (look, scale)."""
    pile.flat(finishes.SIGN_BACK, extrude(outline, 0.015, axis="x", at=-0.015).moved(z=z))
    for layer, (look, scale) in enumerate(looks):
        pile.flat(look, polygon(outline * scale, axis="x", at=0.002 * (layer + 1)).moved(z=z))


def _digits(pile: Pile, text: str, z: float, tall: float) -> None:
    wide, pen = 0.52 * tall, 0.13 * tall
    step = wide + 0.2 * tall
    for k, digit in enumerate(text):
        y, t, h = (k - (len(text) - 1) / 2) * step, pen / 2, tall / 2
        low, high = y - wide / 2, y + wide / 2
        bars = {
            "a": (low, high, h - pen, h), "g": (low, high, -t, t), "d": (low, high, -h, -h + pen),
            "f": (low, low + pen, 0.0, h), "e": (low, low + pen, -h, 0.0),
            "b": (high - pen, high, 0.0, h), "c": (high - pen, high, -h, 0.0),
        }  # fmt: skip
        for name in _SEGMENTS[digit]:
            y0, y1, z0, z1 = bars[name]
            pile.flat(finishes.SIGN_BLACK, panel(0.007, y0, y1, z + z0, z + z1))


def speed_sign(limit_kmh: int) -> Asset:
    """A speed limit of 0.75 m diameter on a temporary frame."""
    pile, t = Pile(), 2 * np.pi * np.arange(32) / 32
    outline = 0.375 * np.stack([np.cos(t), np.sin(t)], 1)
    _frame(pile, 0.4, 2.3)
    _plate(pile, outline, 1.95, (RED_SHEET, 1.0), (BAND, 0.80))
    _digits(pile, str(limit_kmh), 1.95, 0.30 if limit_kmh < 100 else 0.24)
    return pile.asset(f"speed_{limit_kmh}", SemanticClass.TRAFFIC_SIGN, Box((0.4, 0.4, 1.15), (-0.04, 0.0, 1.15)))


def roadworks_sign() -> Asset:
    """A warning triangle with a man and a heap, on a temporary frame."""
    pile = Pile()
    _frame(pile, 0.7, 2.3)
    outline = 0.727 * np.array([[np.cos(a), np.sin(a)] for a in np.deg2rad([90.0, 210.0, 330.0])])
    _plate(pile, outline, 1.62, (RED_SHEET, 1.0), (BAND, 0.70))
    z, x = 1.60, 0.007
    black = finishes.SIGN_BLACK
    pile.flat(black, disc(0.05, sides=14, axis="x").moved(x=x, y=-0.02, z=z + 0.17))
    for corners in (
        [[-0.10, 0.10], [-0.02, 0.13], [0.05, -0.02], [-0.03, -0.05]],
        [[-0.03, -0.02], [0.03, -0.02], [0.02, -0.21], [-0.04, -0.21]],
        [[-0.04, -0.04], [0.0, -0.04], [-0.14, -0.21], [-0.19, -0.21]],
        [[-0.04, 0.10], [-0.02, 0.06], [0.22, -0.14], [0.24, -0.11]],
        [[0.06, -0.21], [0.17, -0.09], [0.29, -0.21]],
    ):
        pile.flat(black, polygon(np.array(corners) + [0.0, z], axis="x", at=x))
    return pile.asset("roadworks_sign", SemanticClass.TRAFFIC_SIGN, Box((0.4, 0.55, 1.15), (-0.04, 0.0, 1.15)))


def lane_sign(lanes: int, closed: int) -> Asset:
    """A panel with one arrow for each lane; that of the closed one, counted from the right, ends in a red bar."""
    pile = Pile()
    width, tall, z = 0.55 * lanes + 0.3, 1.5, 2.0
    _frame(pile, 0.7 * width, z + tall / 2)
    outline = np.array([[-width / 2, -tall / 2], [width / 2, -tall / 2], [width / 2, tall / 2], [-width / 2, tall / 2]])
    _plate(pile, outline, z, (finishes.SIGN_BLACK, 1.0), (finishes.SIGN_YELLOW, 0.96))
    black, x = finishes.SIGN_BLACK, 0.007
    for k in range(lanes):
        y = (lanes - 1) / 2 * 0.55 - 0.55 * k
        if k == closed:
            pile.flat(black, panel(x, y - 0.05, y + 0.05, z - 0.55, z + 0.1))
            pile.flat(RED_SHEET, panel(x + 0.002, y - 0.2, y + 0.2, z + 0.1, z + 0.22))
            continue
        pile.flat(black, panel(x, y - 0.05, y + 0.05, z - 0.55, z + 0.35))
        pile.flat(black, polygon(np.array([[y - 0.16, z + 0.3], [y + 0.16, z + 0.3], [y, z + 0.6]]), axis="x", at=x))
    return pile.asset("lane_sign", SemanticClass.TRAFFIC_SIGN, Box((0.4, width / 2, 1.4), (-0.04, 0.0, 1.4)))


def arrow_trailer(*, to_left: bool) -> Asset:
    """A trailer with a striped board and an arrow of lamps, facing +x; the arrow as its traffic sees it."""
    pile = Pile()
    for y in (-0.85, 0.85):
        pile.smooth(TYRE, cylinder(0.33, 0.2, sides=24, axis="y").moved(x=-0.6, y=y, z=0.33))
    pile.flat(MACHINE, block(-1.6, 0.1, -0.7, 0.7, 0.42, 0.62), block(-2.6, -1.6, -0.05, 0.05, 0.42, 0.52))
    pile.flat(finishes.STEEL_GREY, *(block(-0.1, 0.0, y - 0.05, y + 0.05, 0.5, 3.3) for y in (-0.7, 0.7)))
    low, high, half = 0.75, 3.4, 1.1
    pile.flat(finishes.SIGN_BACK, block(0.0, 0.06, -half, half, low, high))
    pile.flat(finishes.SIGN_YELLOW, panel(0.063, -half, half, 1.2, high))
    pile.flat(BAND, panel(0.063, -half, half, low, 1.2))
    for k in range(5):
        y = -half + 0.1 + 0.44 * k
        points = np.array([[y, low], [y + 0.22, low], [y + 0.44, 1.2], [y + 0.22, 1.2]])
        points[:, 0] = np.clip(points[:, 0], -half, half)
        pile.flat(RED_SHEET, polygon(points * ([-1.0, 1.0] if to_left else [1.0, 1.0]), axis="x", at=0.066))
    side = -1.0 if to_left else 1.0
    shaft = [(-0.75 + 0.25 * k, 0.0) for k in range(7)]
    head = [(0.75 - 0.22 * k, s * 0.22 * k) for k in (1.0, 2.0, 3.0) for s in (-1.0, 1.0)]
    for u, v in (*shaft, *head):
        at = {"y": side * u, "z": 2.45 + v}
        pile.smooth(finishes.PLASTIC_BLACK, cylinder(0.11, 0.05, sides=16, axis="x").moved(x=0.085, **at))
        pile.flat(AMBER_LAMP, disc(0.085, sides=16, axis="x").moved(x=0.115, **at))
    for y in (-0.95, 0.95):
        pile.smooth(AMBER_LAMP, cylinder(0.12, 0.06, sides=18, axis="x").moved(x=0.03, y=y, z=high + 0.14))
    return pile.asset("arrow_trailer", SemanticClass.TRAFFIC_SIGN, Box((0.9, 1.1, 1.7), (-0.75, 0.0, 1.7)))


# ---- machines and material --------------------------------------------------------------------------------------


def excavator(*, rng: np.random.Generator) -> Asset:
    """A tracked excavator, its arm bent ahead along +x."""
    pile = Pile()
    for y in (-0.95, 0.95):
        pile.smooth(TYRE, rounded_box((3.3, 0.5, 0.8), 0.36, (0.0, y, 0.42), segments=5))
        for x in (-1.2, -0.6, 0.0, 0.6, 1.2):
            pile.smooth(finishes.STEEL_GREY, cylinder(0.2, 0.54, sides=14, axis="y").moved(x=x, y=y, z=0.34))
    pile.smooth(finishes.STEEL_DARK, cylinder(0.7, 0.3, sides=20).moved(z=0.9))
    pile.smooth(MACHINE, rounded_box((2.9, 2.4, 0.75), 0.12, (-0.45, 0.0, 1.45)))
    pile.smooth(MACHINE, rounded_box((1.1, 2.4, 0.5), 0.14, (-1.4, 0.0, 1.95)))
    _cab(pile, 0.35, 0.65, 1.75)
    lift = float(rng.uniform(-0.2, 0.3))
    joints = np.array([[0.7, 1.7], [2.3, 4.0 + lift], [4.1, 3.6 + lift], [4.5, 1.3 + lift]])
    for (a, b), wide in zip(((0, 1), (1, 2), (2, 3)), (0.42, 0.36, 0.28), strict=True):
        line = np.array([[joints[a, 0], -0.3, joints[a, 1]], [joints[b, 0], -0.3, joints[b, 1]]])
        pile.smooth(MACHINE, tube(line, wide / 2, sides=8))
    for low, high in (((1.0, 1.3), (1.9, 3.1 + lift)), ((1.9, 3.8 + lift), (3.5, 4.02 + lift))):
        rod = np.array([[low[0], -0.3, low[1]], [high[0], -0.3, high[1]]])
        pile.smooth(finishes.ALUMINIUM, tube(rod, 0.06, sides=8))
    bucket = np.array([[4.1, 1.4], [4.7, 1.35], [4.75, 0.75], [4.2, 0.45], [3.7, 0.7]]) + [0.0, lift]
    pile.flat(finishes.STEEL_DARK, extrude(bucket[:, ::-1], 0.9, axis="y", at=-0.75))
    return pile.asset("excavator", SemanticClass.TRUCK, Box((1.9, 1.25, 1.4), (-0.3, 0.0, 1.4)))


def _cab(pile: Pile, x: float, y: float, z: float) -> None:
    pile.flat(finishes.GLASS, block(x - 0.62, x + 0.72, y - 0.46, y + 0.46, z, z + 1.35))
    pile.smooth(MACHINE, rounded_box((1.5, 1.0, 0.12), 0.05, (x + 0.05, y, z + 1.42)))
    for dx in (-0.64, 0.70):
        for dy in (-0.46, 0.46):
            pile.flat(
                finishes.STEEL_DARK, block(x + dx - 0.05, x + dx + 0.05, y + dy - 0.04, y + dy + 0.04, z, z + 1.4)
            )
    pile.smooth(AMBER_LAMP, cylinder(0.07, 0.16, sides=12).moved(x=x - 0.4, y=y, z=z + 1.56))


def roller() -> Asset:
    """A tandem road roller."""
    pile = Pile()
    for x in (-1.35, 1.35):
        pile.smooth(finishes.STEEL_GREY, cylinder(0.6, 1.6, sides=30, axis="y").moved(x=x, z=0.6))
        for y in (-0.86, 0.86):
            pile.flat(MACHINE, block(x - 0.16, x + 0.16, y - 0.05, y + 0.05, 0.5, 1.35))
    pile.smooth(MACHINE, rounded_box((3.4, 1.7, 0.55), 0.14, (0.0, 0.0, 1.45)))
    pile.flat(
        finishes.PLASTIC_BLACK, block(-0.5, 0.0, -0.45, 0.45, 1.72, 2.15), block(-0.6, -0.45, -0.45, 0.45, 2.1, 2.55)
    )
    pile.flat(
        finishes.STEEL_DARK,
        *(block(x - 0.04, x + 0.04, y - 0.04, y + 0.04, 1.7, 3.0) for x in (-0.8, 0.7) for y in (-0.7, 0.7)),
    )
    pile.smooth(MACHINE, rounded_box((1.9, 1.7, 0.1), 0.05, (-0.05, 0.0, 3.02)))
    pile.smooth(AMBER_LAMP, cylinder(0.08, 0.18, sides=12).moved(x=-0.6, z=3.16))
    return pile.asset("roller", SemanticClass.TRUCK, Box((1.95, 0.9, 1.5), (0.0, 0.0, 1.5)))


def heap(*, rng: np.random.Generator) -> Asset:
    """A heap of gravel or sand."""
    pile = Pile()
    tone = ((0.30, 0.28, 0.25), (0.36, 0.28, 0.17), (0.16, 0.155, 0.15))[int(rng.integers(3))]
    look = Material(tone, 1.0, nir_reflectance=0.35, texture=Texture.ASPHALT)
    high, wide = float(rng.uniform(0.9, 1.5)), float(rng.uniform(1.2, 1.5))
    shape = ellipsoid((wide * 1.5, wide, high), (0.0, 0.0, 0.0), sides=22, rings=14)
    v = shape.vertices
    v[:, 2] = high * np.clip(1.0 - np.hypot(v[:, 0] / (1.5 * wide), v[:, 1] / wide), 0.0, 1.0) ** 0.8 * (v[:, 2] > 0)
    v += rng.normal(0.0, 0.025, v.shape) * (v[:, 2:] > 0.02)
    upper = shape.faces[(v[shape.faces, 2] > 1e-3).any(axis=1)]
    pile.smooth(look, Shape(v, upper))
    return pile.asset("heap", SemanticClass.OBJECT, Box((wide, 0.7 * wide, high * 0.3), (0.0, 0.0, high * 0.3)))


def pipes() -> Asset:
    """A stack of concrete pipes across the road."""
    pile = Pile()
    for y, z in ((-0.62, 0.3), (0.0, 0.3), (0.62, 0.3), (-0.31, 0.83), (0.31, 0.83)):
        pile.smooth(finishes.CONCRETE, cylinder(0.3, 2.4, sides=24, axis="x").moved(y=y, z=z))
        for x in (-1.203, 1.203):
            hole = disc(0.22, sides=20, axis="x").moved(x=1.203, z=z, y=y if x > 0 else -y)
            pile.flat(
                finishes.CONCRETE_DARK if x > 0 else finishes.STEEL_DARK, hole if x > 0 else hole.rotated("z", np.pi)
            )
    for x in (-0.8, 0.8):
        pile.flat(finishes.WOOD_PALE, block(x - 0.05, x + 0.05, -1.0, 1.0, -0.02, 0.03))
    return pile.asset("pipes", SemanticClass.OBJECT, Box((1.2, 0.92, 0.55), (0.0, 0.0, 0.55)))


def toilet() -> Asset:
    """A portable toilet."""
    pile = Pile()
    blue = painted((0.02, 0.10, 0.36), 0.5)
    pile.smooth(blue, rounded_box((1.1, 1.1, 2.1), 0.05, (0.0, 0.0, 1.1)))
    pile.smooth(finishes.PLASTIC_WHITE, rounded_box((1.16, 1.16, 0.18), 0.08, (0.0, 0.0, 2.2)))
    pile.flat(finishes.PLASTIC_BLACK, block(-0.55, 0.55, -0.55, 0.55, 0.0, 0.08))
    pile.flat(painted((0.03, 0.14, 0.44), 0.5), panel(0.555, -0.36, 0.36, 0.2, 1.95))
    pile.flat(finishes.PLASTIC_WHITE, panel(0.56, -0.1, 0.1, 1.5, 1.7))
    return pile.asset("toilet", SemanticClass.OBJECT, Box((0.56, 0.56, 1.14), (0.0, 0.0, 1.14)))
