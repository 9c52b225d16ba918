"""An autonomous mobile robot: a low chassis with scanner slots, lamps, a deck, and what it carries.

Frame of the asset: centre of the bounding box of chassis and load. The part "chassis" has its frame on the floor below
the middle, so that sensors mounted on it stay where they are whatever is loaded.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import Material, Texture
from ...physics.mobile_base import BaseSpec
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Part
from .finishes import painted
from .meshes import cylinder, rounded_box
from .scenery import Pile, block

SCAN_HEIGHT_M = 0.20
"""Middle of the scanner slots above the floor."""
CAMERA_M = (0.352, 0.0, 0.285)
"""The front camera in the chassis frame."""

_LIVERIES = ((0.58, 0.59, 0.60), (0.045, 0.10, 0.26), (0.50, 0.17, 0.02), (0.06, 0.065, 0.07), (0.05, 0.22, 0.16))


def build_mobile_robot(spec: BaseSpec, *, rng: np.random.Generator) -> Asset:
    """A base with its load; colours and cartons are drawn."""
    half = spec.height_m / 2
    parts = [Part("chassis", _chassis(spec, rng).build("chassis"), (0.0, 0.0, -half))]
    if spec.load_shape is not None:
        parts.append(Part("load", _load(spec, rng).build("load"), (0.0, 0.0, -half)))
    r = spec.wheel_radius_m
    for name, side in (("wheel_l", 1.0), ("wheel_r", -1.0)):
        parts.append(Part(name, _wheel(r).build(name), (0.0, side * spec.track_m / 2, r - half)))
    shapes = [shape for shape in (spec.chassis_shape, spec.load_shape) if shape is not None]
    size = (spec.size[0], spec.size[1], spec.height_m)
    mass = spec.mass_kg + spec.load_kg
    return Asset("mobile_robot", SemanticClass.ROBOT, size, tuple(parts), tuple(shapes), mass, friction=0.4)


def _chassis(spec: BaseSpec, rng: np.random.Generator) -> Pile:
    pile = Pile()
    length, width, top = spec.size
    x, y, low = length / 2, width / 2, spec.clearance_m
    body = painted(_LIVERIES[int(rng.integers(len(_LIVERIES)))], 0.35)
    dark = finishes.PLASTIC_BLACK
    slot = SCAN_HEIGHT_M
    pile.smooth(dark, rounded_box((length, width, 0.075), 0.03, (0.0, 0.0, low + 0.0375), segments=3))
    pile.smooth(body, rounded_box((length - 0.02, width - 0.02, slot - 0.03 - low - 0.05), 0.04,
                                  (0.0, 0.0, (slot - 0.03 + low + 0.05) / 2), segments=3))  # fmt: skip
    pile.smooth(dark, rounded_box((length - 0.09, width - 0.09, 0.08), 0.03, (0.0, 0.0, slot), segments=2))
    pile.smooth(body, rounded_box((length - 0.02, width - 0.02, top - slot - 0.045), 0.03,
                                  (0.0, 0.0, (top - 0.015 + slot + 0.03) / 2), segments=3))  # fmt: skip
    pile.smooth(dark, rounded_box((length - 0.04, width - 0.04, 0.02), 0.02, (0.0, 0.0, top - 0.01), segments=2))
    glass = Material((0.03, 0.008, 0.008), 0.08, nir_reflectance=0.05)
    for sx, sy in ((1.0, 1.0), (-1.0, -1.0)):
        pile.smooth(glass, cylinder(0.055, 0.055, sides=24).moved(sx * (x - 0.075), sy * (y - 0.075), slot))
    glow = Material((0.1, 0.3, 0.2), 0.3, nir_reflectance=0.3, emission=(60.0, 900.0, 420.0))
    for side in (1.0, -1.0):
        (y0, y1), (x0, x1) = (sorted((side * (v - 0.0095), side * (v - 0.012))) for v in (y, x))
        pile.flat(
            glow, block(-x + 0.10, x - 0.10, y0, y1, 0.252, 0.258), block(x0, x1, -y + 0.09, y - 0.09, 0.252, 0.258)
        )
    lens = Material((0.01, 0.01, 0.012), 0.04, nir_reflectance=0.03)
    cx, _, cz = CAMERA_M
    pile.smooth(dark, rounded_box((0.02, 0.11, 0.030), 0.008, (cx - 0.014, 0.0, cz), segments=2))
    for eye in (-0.035, 0.035):
        pile.smooth(lens, cylinder(0.009, 0.004, sides=16, axis="x").moved(cx - 0.003, eye, cz))
    red = painted((0.52, 0.02, 0.02), 0.35)
    for sx in (1.0, -1.0):
        at = (sx * (x - 0.06), -sx * (y - 0.07))
        pile.smooth(painted((0.62, 0.42, 0.02), 0.4), cylinder(0.024, 0.012, sides=18).moved(*at, top + 0.002))
        pile.smooth(red, cylinder(0.018, 0.020, sides=18).moved(*at, top + 0.014))
    for sx in (1.0, -1.0):
        for sy in (1.0, -1.0):
            pile.smooth(dark, cylinder(0.045, 0.03, sides=18, axis="y").moved(
                sx * spec.castor_x_m, sy * spec.castor_y_m, 0.045))  # fmt: skip
    return pile


def _wheel(radius: float) -> Pile:
    """One driven wheel about its axle."""
    pile = Pile()
    pile.smooth(finishes.PLASTIC_BLACK, cylinder(radius, 0.045, sides=28, axis="y"))
    pile.smooth(finishes.ALUMINIUM, cylinder(0.6 * radius, 0.047, sides=18, axis="y"))
    return pile


def _load(spec: BaseSpec, rng: np.random.Generator) -> Pile:
    """Stacked totes inside a light frame, as tall as the load."""
    pile = Pile()
    lx, ly, lz = spec.load
    low, x, y = spec.size[2], lx / 2, ly / 2
    post = finishes.ALUMINIUM
    for sx in (1.0, -1.0):
        for sy in (1.0, -1.0):
            px, py = sx * (x - 0.015), sy * (y - 0.015)
            pile.flat(post, block(px - 0.015, px + 0.015, py - 0.015, py + 0.015, low, low + lz))
    shelves = max(1, round(lz / 0.38))
    tones = ((0.05, 0.13, 0.30), (0.30, 0.31, 0.32), (0.36, 0.24, 0.13), (0.30, 0.05, 0.04), (0.06, 0.20, 0.11))
    for k in range(shelves):
        z = low + k * lz / shelves
        pile.flat(finishes.STEEL_GREY, block(-x + 0.005, x - 0.005, -y + 0.005, y - 0.005, z + 0.012, z + 0.028))
        tall = min(0.30, lz / shelves - 0.08)
        for i in (-1.0, 1.0):
            if rng.random() < 0.85:
                tone = tones[int(rng.integers(len(tones)))]
                card = Texture.CARDBOARD if tone[0] == 0.36 else Texture.PLAIN
                paint = Material(tone, 0.6, nir_reflectance=0.4, texture=card)
                mid = i * (x - 0.03) / 2
                pile.smooth(
                    paint, rounded_box((x - 0.05, ly - 0.08, tall), 0.012, (mid, 0.0, z + 0.03 + tall / 2), segments=1)
                )
    pile.flat(post, *(block(-x, x, sy * (y - 0.015) - 0.012, sy * (y - 0.015) + 0.012, low + lz - 0.024, low + lz)
                      for sy in (1.0, -1.0)))  # fmt: skip
    pile.flat(post, *(block(sx * (x - 0.015) - 0.012, sx * (x - 0.015) + 0.012, -y, y, low + lz - 0.024, low + lz)
                      for sx in (1.0, -1.0)))  # fmt: skip
    return pile
