"""What hangs in a tunnel: lamps, escape signs, emergency niches, fans, and the sign before it.

Frame: origin on the ground below, +x towards the traffic it faces or towards the road; a lamp hangs at its height with
its long side along x. Lamps and signs glow by day and night; the light they give is part of the stage's `Shelter`s.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import Material
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Cylinder
from .meshes import cylinder, extrude, polygon, rounded_rectangle
from .scenery import Pile, block, panel

LAMP_GLASS = Material((0.75, 0.75, 0.72), 0.4, nir_reflectance=0.6, emission=(5200.0, 4900.0, 4300.0))
ESCAPE_GREEN = Material(
    (0.02, 0.30, 0.12), 0.4, nir_reflectance=0.4, emission=(12.0, 150.0, 60.0), semantic=SemanticClass.TRAFFIC_SIGN
)
ESCAPE_WHITE = Material(
    (0.75, 0.75, 0.74), 0.4, nir_reflectance=0.7, emission=(320.0, 330.0, 310.0), semantic=SemanticClass.TRAFFIC_SIGN
)
SOS_ORANGE = Material((0.62, 0.20, 0.015), 0.5, nir_reflectance=0.6)
ENAMEL = Material((0.56, 0.55, 0.50), 0.45, nir_reflectance=0.5)
SOOTY = Material((0.20, 0.195, 0.185), 0.9, nir_reflectance=0.25, texture=finishes.CONCRETE.texture)
GUIDE = Material((0.75, 0.75, 0.74), 0.4, emission=(160.0, 165.0, 170.0))


def lamp(length_m: float = 1.6) -> Asset:
    """A fixture that hangs with its glass at z = 0, long along x."""
    pile, half = Pile(), length_m / 2
    pile.flat(finishes.STEEL_GREY, block(-half, half, -0.14, 0.14, 0.0, 0.12))
    pile.flat(LAMP_GLASS, block(-half + 0.05, half - 0.05, -0.11, 0.11, -0.015, 0.0))
    return pile.asset("tunnel_lamp", SemanticClass.POLE)


def _runner(pile: Pile, y: float, z: float, size: float, side: float) -> None:
    """The running figure of an escape sign, towards `side`."""
    hip, neck, knee, elbow = (-0.04, -0.04), (0.02, 0.15), (0.10, -0.14), (-0.12, 0.06)
    limbs = [(neck, hip, 0.075), (hip, knee, 0.05), (knee, (0.06, -0.30), 0.05), (hip, (-0.14, -0.16), 0.05)]
    limbs += [((-0.14, -0.16), (-0.28, -0.18), 0.05), (neck, (0.17, 0.05), 0.04), (neck, elbow, 0.04)]
    limbs += [(elbow, (-0.16, -0.06), 0.04)]
    for a, b, wide in limbs:
        p, q = (np.array([side * v[0], v[1]]) * size for v in (a, b))
        along = (q - p) / np.linalg.norm(q - p)
        across = 0.5 * wide * size * np.array([-along[1], along[0]])
        pile.flat(
            ESCAPE_WHITE,
            polygon(np.array([p - across, q - across, q + across, p + across]) + [y, z], axis="x", at=0.055),
        )
    head = rounded_rectangle(0.13 * size, 0.13 * size, 0.06 * size) + [y + side * 0.05 * size, z + 0.26 * size]
    pile.flat(ESCAPE_WHITE, polygon(head, axis="x", at=0.055))


def escape_sign(side: int) -> Asset:
    """A lit green board low on a wall: a runner and an arrow to the left (+1) or right (-1) of who sees it."""
    pile, towards = Pile(), -float(side)
    pile.flat(finishes.STEEL_GREY, block(0.0, 0.05, -0.55, 0.55, 1.0, 1.55))
    pile.flat(ESCAPE_GREEN, panel(0.052, -0.53, 0.53, 1.02, 1.53))
    _runner(pile, -0.22 * towards, 1.275, 0.72, towards)
    arrow = np.array(
        [[0.20, 0.0], [0.02, 0.15], [0.02, 0.05], [-0.16, 0.05], [-0.16, -0.05], [0.02, -0.05], [0.02, -0.15]]
    )
    pile.flat(ESCAPE_WHITE, polygon(arrow * [towards, 1.0] + [0.28 * towards, 1.275], axis="x", at=0.055))
    return pile.asset("escape_sign", SemanticClass.TRAFFIC_SIGN)


def escape_door() -> Asset:
    """A green door in a lit white frame, with the runner above it."""
    pile = Pile()
    pile.flat(ESCAPE_GREEN, panel(0.05, -0.9, 0.9, 2.35, 2.95))
    _runner(pile, 0.0, 2.66, 0.8, 1.0)
    for y0, y1, z0, z1 in ((-0.85, -0.62, 0.2, 2.3), (0.62, 0.85, 0.2, 2.3), (-0.85, 0.85, 2.15, 2.3)):
        pile.flat(GUIDE, block(0.0, 0.04, y0, y1, z0, z1))
    pile.flat(finishes.STEEL_GREEN, block(0.0, 0.03, -0.62, 0.62, 0.2, 2.15))
    return pile.asset("escape_door", SemanticClass.WALL)


def emergency_niche() -> Asset:
    """An orange cabinet with a telephone and extinguishers, and SOS bars above it."""
    pile = Pile()
    pile.flat(SOS_ORANGE, block(0.0, 0.12, -0.6, 0.6, 0.2, 2.3))
    pile.flat(finishes.GLASS, panel(0.123, -0.45, 0.45, 0.9, 2.0))
    pile.flat(ESCAPE_WHITE, panel(0.123, -0.5, 0.5, 2.05, 2.25))
    for y in (-0.28, 0.0, 0.28):
        pile.flat(SOS_ORANGE, panel(0.125, y - 0.06, y + 0.06, 2.08, 2.22))
    return pile.asset("emergency_niche", SemanticClass.STREET_FURNITURE)


def jet_fan() -> Asset:
    """A ventilator of 1 m diameter along x, hanging with its axis at z = 0."""
    pile = Pile()
    pile.smooth(finishes.GALVANISED, cylinder(0.52, 2.6, sides=20, axis="x", caps=False))
    pile.smooth(finishes.GALVANISED, cylinder(0.58, 0.5, sides=20, axis="x"))
    dark = Material((0.02, 0.02, 0.02), 0.9)
    for x in (-1.25, 1.25):
        pile.smooth(dark, cylinder(0.50, 0.02, sides=20, axis="x").moved(x=x))
    pile.flat(finishes.STEEL_GREY, *(block(x - 0.05, x + 0.05, -0.35, 0.35, 0.45, 0.75) for x in (-0.7, 0.7)))
    return pile.asset("jet_fan", SemanticClass.POLE)


def tunnel_sign() -> Asset:
    """The blue square with a portal that stands before a tunnel (Zeichen 327)."""
    pile, z = Pile(), 2.6
    pile.smooth(finishes.SIGN_POST, cylinder(0.035, 3.1, sides=10).moved(x=-0.05, z=1.55))
    square = rounded_rectangle(0.9, 0.9, 0.04)
    pile.flat(finishes.SIGN_BACK, extrude(square, 0.012, axis="x", at=-0.012).moved(z=z))
    pile.flat(finishes.SIGN_WHITE, polygon(square, axis="x", at=0.0015).moved(z=z))
    pile.flat(finishes.SIGN_BLUE, polygon(rounded_rectangle(0.84, 0.84, 0.03), axis="x", at=0.003).moved(z=z))
    t = np.linspace(0.0, np.pi, 15)
    vault = np.concatenate(
        [[[0.28, -0.34]], np.column_stack([0.28 * np.cos(t), 0.02 + 0.28 * np.sin(t)]), [[-0.28, -0.34]]]
    )
    pile.flat(finishes.SIGN_WHITE, polygon(vault, axis="x", at=0.0045).moved(z=z))
    pile.flat(finishes.SIGN_BLACK, polygon(vault * 0.8 - [0.0, 0.07], axis="x", at=0.006).moved(z=z))
    return pile.asset("sign_tunnel", SemanticClass.TRAFFIC_SIGN, Cylinder(0.04, 3.1, (-0.05, 0.0, 1.55)))
