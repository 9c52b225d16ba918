"""A counterbalanced fork-lift truck with its tines at any height.

Drawn on the floor with the tines towards +x and the tip of the tines at x = 0, as that is what meets others.
Sizes of a 1.6 t electric truck: 1.1 m wide, body 1.9 m, tines 1.15 m, mast 2.1 m lowered, overhead guard 2.1 m.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import Material
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Box
from .finishes import painted
from .meshes import cylinder, rounded_box, tube
from .scenery import Pile, block, solid
from .warehouse import centred

TINES_M = 1.15
BODY_M = 1.95
WIDTH_M = 1.08
_THICK_M = 0.045


def forklift(tine_height_m: float, *, carriage: bool = True, rng: np.random.Generator) -> tuple[Asset, np.ndarray]:
    """A truck whose tines have their underside at `tine_height_m`; also where its box's centre lies (see `centred`).

    Without its `carriage` it has a bare mast, for a carriage that moves on its own.
    """
    pile = Pile()
    tones = ((0.55, 0.30, 0.01), (0.45, 0.05, 0.02), (0.10, 0.22, 0.10), (0.48, 0.48, 0.47))
    paint, dark = painted(tones[int(rng.integers(len(tones)))], 0.35), finishes.STEEL_DARK
    x1 = -TINES_M - 0.16  # front of the body
    x0, y = x1 - BODY_M, WIDTH_M / 2
    _body(pile, x0, x1, y, paint)
    _guard(pile, x0, x1, y, dark)
    _mast(pile, x1, dark)
    shapes = [
        solid(x0, x1, -y, y, 0.06, 1.15),
        solid(x0 + 0.5, x1, -y + 0.05, y - 0.05, 1.9, 2.12),
        solid(x1, x1 + 0.10, -0.42, 0.42, 0.05, 2.1),
    ]
    if carriage:
        _carriage(pile, x1, tine_height_m, dark)
        shapes += _tines(tine_height_m)
    return centred(pile, "forklift", SemanticClass.TRUCK, tuple(shapes), 2800.0)


def fork_carriage() -> tuple[Asset, np.ndarray]:
    """The carriage of a truck with its tines on the floor, in the truck's frame; its tines touch nothing."""
    pile = Pile()
    x1 = -TINES_M - 0.16
    _carriage(pile, x1, 0.0, finishes.STEEL_DARK)
    plate = solid(x1 + 0.12, x1 + 0.155, -0.46, 0.46, 0.10, 1.07)
    return centred(pile, "fork_carriage", SemanticClass.TRUCK, (plate,), 150.0)


def _tines(z: float) -> list[Box]:
    return [solid(-TINES_M, 0.0, side * 0.24 - 0.06, side * 0.24 + 0.06, z, z + _THICK_M) for side in (-1.0, 1.0)]


def _body(pile: Pile, x0: float, x1: float, y: float, paint: Material) -> None:
    black = finishes.PLASTIC_BLACK
    pile.smooth(paint, rounded_box((0.62, 2 * y, 0.92), 0.10, (x0 + 0.31, 0.0, 0.62), segments=3))  # counterweight
    pile.smooth(paint, rounded_box((1.45, 2 * y - 0.06, 0.42), 0.05, (x0 + 1.22, 0.0, 0.38), segments=2))
    pile.smooth(black, rounded_box((0.55, 0.62, 0.14), 0.05, (x0 + 0.92, 0.0, 1.00), segments=2))  # seat
    pile.smooth(black, rounded_box((0.12, 0.56, 0.50), 0.05, (x0 + 0.68, 0.0, 1.28), segments=2))
    pile.smooth(black, rounded_box((0.32, 2 * y - 0.20, 0.50), 0.05, (x1 - 0.20, 0.0, 0.82), segments=2))  # dashboard
    column = np.array([[x1 - 0.30, 0.12, 1.0], [x1 - 0.48, 0.12, 1.20]])
    pile.smooth(black, tube(column, 0.025, sides=10))
    turn = np.linspace(0.0, 2 * np.pi, 25)
    ring = np.stack([x1 - 0.50 + 0.10 * np.cos(turn), 0.12 + 0.17 * np.sin(turn), 1.21 + 0.10 * np.cos(turn)], axis=1)
    pile.smooth(black, tube(ring, 0.012, sides=8))
    pile.flat(finishes.HAZARD, block(x0 - 0.003, x0 + 0.02, -y + 0.12, y - 0.12, 0.34, 0.46))
    for x, radius in ((x1 - 0.28, 0.27), (x0 + 0.34, 0.21)):
        for side in (-1.0, 1.0):
            pile.smooth(black, cylinder(radius, 0.17, sides=28, axis="y").moved(x, side * (y - 0.09), radius))
            pile.smooth(finishes.STEEL_GREY, cylinder(0.55 * radius, 0.18, sides=18, axis="y").moved(
                x, side * (y - 0.09), radius))  # fmt: skip
    pile.flat(black, block(x0 + 0.3, x1, -y + 0.16, y - 0.16, 0.09, 0.20))


def _guard(pile: Pile, x0: float, x1: float, y: float, dark: Material) -> None:
    top = 2.10
    for side in (-1.0, 1.0):
        front = np.array([[x1 - 0.08, side * (y - 0.10), 0.95], [x1 - 0.32, side * (y - 0.12), top]])
        rear = np.array([[x0 + 0.48, side * (y - 0.10), 1.0], [x0 + 0.56, side * (y - 0.12), top]])
        for leg in (front, rear):
            pile.smooth(dark, tube(leg, 0.032, sides=10))
        pile.flat(
            dark,
            block(x0 + 0.52, x1 - 0.28, side * (y - 0.12) - 0.03, side * (y - 0.12) + 0.03, top - 0.03, top + 0.03),
        )
    for x in np.linspace(x0 + 0.56, x1 - 0.32, 9):
        pile.flat(dark, block(x - 0.015, x + 0.015, -y + 0.12, y - 0.12, top - 0.01, top + 0.02))
    amber = Material((0.5, 0.2, 0.01), 0.3, nir_reflectance=0.5, emission=(900.0, 380.0, 20.0))
    pile.smooth(amber, cylinder(0.05, 0.10, sides=16).moved(x0 + 0.60, 0.0, top + 0.07))


def _mast(pile: Pile, x1: float, dark: Material) -> None:
    for side in (-1.0, 1.0):
        for at, x in ((0.36, x1 + 0.03), (0.29, x1 + 0.07)):
            pile.flat(dark, block(x - 0.03, x + 0.05, side * at - 0.035, side * at + 0.035, 0.06, 2.08))
    for z in (0.25, 2.04):
        pile.flat(dark, block(x1 + 0.0, x1 + 0.10, -0.38, 0.38, z - 0.03, z + 0.03))
    pile.smooth(finishes.STEEL_GREY, cylinder(0.035, 1.8, sides=14).moved(x1 + 0.05, 0.0, 1.0))


def _carriage(pile: Pile, x1: float, z: float, dark: Material) -> None:
    for bar in (z + 0.08, z + 0.40):
        pile.flat(dark, block(x1 + 0.12, x1 + 0.155, -0.46, 0.46, bar, bar + 0.09))
    for y in np.linspace(-0.44, 0.44, 7):  # load backrest
        pile.flat(dark, block(x1 + 0.12, x1 + 0.14, y - 0.012, y + 0.012, z + 0.45, z + 1.05))
    pile.flat(dark, block(x1 + 0.12, x1 + 0.14, -0.46, 0.46, z + 1.03, z + 1.07))
    for side in (-1.0, 1.0):
        y = side * 0.24
        pile.flat(finishes.STEEL_GREY, block(-TINES_M, 0.0, y - 0.05, y + 0.05, z, z + _THICK_M))
        pile.flat(finishes.STEEL_GREY, block(-TINES_M, -TINES_M + 0.045, y - 0.05, y + 0.05, z, z + 0.50))
