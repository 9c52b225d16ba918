"""Street furniture and traffic signs.

Sizes follow common European practice: lamp columns 6-8 m, warning triangles of 0.9 m side, round signs of 0.6 m
diameter with the lower edge at 2.2 m, square signs of 0.6 m; faces are retro-reflective sheeting on grey backs.
Frame: origin on the ground, +x towards the road; signs face +x. Pictograms are simple shapes, no text.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import Luminaire, Material
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Box, Cylinder
from .finishes import painted
from .meshes import Shape, cylinder, disc, extrude, frustum, polygon, revolve, rounded_box, rounded_rectangle, tube
from .scenery import Pile, block, panel

F64 = NDArray[np.float64]
SIGNS = (
    "give_way", "speed_30", "no_entry", "pedestrian_crossing", "parking", "no_stopping", "priority", "stop",
    "roundabout", "keep_right",
)  # fmt: skip


STREET_LAMP_CD = (2600.0, 2250.0, 1700.0)
"""Peak luminous intensity of a street lamp: about 10 lx below the next ones, as streets are lit."""


def street_lamp(height_m: float = 7.0, reach_m: float = 1.3) -> Asset:
    """A column with a short arm over the road and a flat LED head."""
    pile = Pile()
    grey = finishes.STEEL_DARK
    pile.smooth(grey, cylinder(0.095, 1.2, sides=12).moved(z=0.6))
    pile.smooth(grey, frustum(0.075, 0.045, height_m - 1.2, sides=12).moved(z=1.2 + (height_m - 1.2) / 2))
    arm = np.array([[0.0, 0.0, height_m - 0.05], [0.25, 0.0, height_m + 0.22], [reach_m - 0.3, 0.0, height_m + 0.32]])
    pile.smooth(grey, tube(arm, 0.035, sides=8))
    pile.smooth(grey, rounded_box((0.75, 0.26, 0.11), 0.04, (reach_m, 0.0, height_m + 0.33)))
    pile.flat(
        finishes.STREET_LAMP, block(reach_m - 0.28, reach_m + 0.3, -0.09, 0.09, height_m + 0.265, height_m + 0.27)
    )
    pile.flat(finishes.STEEL_GREY, block(0.085, 0.10, -0.05, 0.05, 0.45, 0.95))
    asset = pile.asset("street_lamp", SemanticClass.POLE, Cylinder(0.1, height_m, (0.0, 0.0, height_m / 2)))
    lamp = Luminaire((reach_m, 0.0, height_m + 0.2), (0.0, 0.0, -1.0), STREET_LAMP_CD)
    return dataclasses.replace(asset, luminaires=(lamp,))


def _regular(sides: int, radius: float, phase: float) -> F64:
    t = phase + 2 * np.pi * np.arange(sides) / sides
    return np.column_stack([radius * np.cos(t), radius * np.sin(t)])


def sign(kind: str) -> Asset:
    """A traffic sign on a post, one of `SIGNS`."""
    pile = Pile()
    draw = {
        "give_way": _give_way, "speed_30": _speed_30, "no_entry": _no_entry, "parking": _parking,
        "pedestrian_crossing": _pedestrian_crossing, "no_stopping": _no_stopping, "priority": _priority,
        "stop": _stop, "roundabout": _roundabout, "keep_right": _keep_right,
    }  # fmt: skip
    if kind not in draw:
        raise ValueError(f"unknown sign {kind!r}, expected one of {', '.join(SIGNS)}")
    middle = 2.55
    pile.smooth(finishes.SIGN_POST, cylinder(0.03, middle + 0.38, sides=10).moved(x=-0.045, z=(middle + 0.38) / 2))
    draw[kind](pile, middle)
    return pile.asset(f"sign_{kind}", SemanticClass.TRAFFIC_SIGN, Cylinder(0.04, 2.9, (-0.045, 0.0, 1.45)))


def _plate(pile: Pile, outline: F64, z: float) -> None:
    pile.flat(finishes.SIGN_BACK, extrude(outline, 0.012, axis="x", at=-0.012).moved(z=z))


def _face(pile: Pile, outline: F64, z: float, layer: int, material: Material) -> None:
    pile.flat(material, polygon(outline, axis="x", at=0.0015 * (layer + 1)).moved(z=z))


def _give_way(pile: Pile, z: float) -> None:
    for layer, (radius, look) in enumerate(((0.52, finishes.SIGN_RED), (0.33, finishes.SIGN_WHITE))):
        outline = _regular(3, radius, -np.pi / 2)
        if layer == 0:
            _plate(pile, outline, z)
        _face(pile, outline, z, layer, look)


def _round(pile: Pile, z: float, *looks: Material, rim: float = 0.235) -> None:
    _plate(pile, _regular(28, 0.30, 0.0), z)
    for layer, look in enumerate(looks):
        _face(pile, _regular(28, (0.30, rim)[layer], 0.0), z, layer, look)


def _bars(pile: Pile, z: float, layer: int, look: Material, *bars: tuple[float, float, float, float]) -> None:
    for y0, y1, z0, z1 in bars:
        pile.flat(look, panel(0.0015 * (layer + 1), y0, y1, z + z0, z + z1))


def _speed_30(pile: Pile, z: float) -> None:
    _round(pile, z, finishes.SIGN_RED, finishes.SIGN_WHITE)
    three = (
        (-0.15, -0.02, 0.10, 0.135),
        (-0.13, -0.02, -0.018, 0.018),
        (-0.15, -0.02, -0.135, -0.10),
        (-0.05, -0.015, -0.135, 0.135),
    )
    zero = (
        (0.02, 0.15, 0.10, 0.135),
        (0.02, 0.15, -0.135, -0.10),
        (0.02, 0.055, -0.10, 0.10),
        (0.115, 0.15, -0.10, 0.10),
    )
    _bars(pile, z, 2, finishes.SIGN_BLACK, *three, *zero)


def _no_entry(pile: Pile, z: float) -> None:
    _round(pile, z, finishes.SIGN_RED)
    _bars(pile, z, 1, finishes.SIGN_WHITE, (-0.23, 0.23, -0.05, 0.05))


def _no_stopping(pile: Pile, z: float) -> None:
    _round(pile, z, finishes.SIGN_RED, finishes.SIGN_BLUE)
    for angle in (np.pi / 4, -np.pi / 4):
        bar = np.array([[-0.24, -0.026], [0.24, -0.026], [0.24, 0.026], [-0.24, 0.026]])
        c, s = np.cos(angle), np.sin(angle)
        _face(pile, bar @ np.array([[c, s], [-s, c]]), z, 2, finishes.SIGN_RED)


def _square(pile: Pile, z: float) -> None:
    outline = rounded_rectangle(0.60, 0.60, 0.04)
    _plate(pile, outline, z)
    _face(pile, outline, z, 0, finishes.SIGN_WHITE)
    _face(pile, rounded_rectangle(0.56, 0.56, 0.03), z, 1, finishes.SIGN_BLUE)


def _parking(pile: Pile, z: float) -> None:
    _square(pile, z)
    strokes = (
        (-0.12, -0.06, -0.2, 0.2),
        (-0.06, 0.1, 0.145, 0.2),
        (-0.06, 0.1, -0.03, 0.025),
        (0.07, 0.125, 0.0, 0.175),
    )
    _bars(pile, z, 2, finishes.SIGN_WHITE, *strokes)


def _pedestrian_crossing(pile: Pile, z: float) -> None:
    _square(pile, z)
    _face(pile, np.array([[0.0, 0.23], [-0.25, -0.2], [0.25, -0.2]]), z, 2, finishes.SIGN_WHITE)
    pile.flat(finishes.SIGN_BLACK, disc(0.032, sides=12, axis="x").moved(x=0.006, y=0.0, z=z + 0.085))
    body = np.array(
        [
            [0.03, 0.05],
            [-0.035, 0.05],
            [-0.045, -0.05],
            [-0.09, -0.17],
            [-0.05, -0.17],
            [-0.005, -0.07],
            [0.06, -0.17],
            [0.1, -0.17],
            [0.03, -0.04],
        ]
    )
    _face(pile, body, z, 3, finishes.SIGN_BLACK)


def _priority(pile: Pile, z: float) -> None:
    _plate(pile, _regular(4, 0.42, 0.0), z)
    _face(pile, _regular(4, 0.42, 0.0), z, 0, finishes.SIGN_WHITE)
    _face(pile, _regular(4, 0.29, 0.0), z, 1, finishes.SIGN_YELLOW)


def _stop(pile: Pile, z: float) -> None:
    _plate(pile, _regular(8, 0.45, np.pi / 8), z)
    _face(pile, _regular(8, 0.45, np.pi / 8), z, 0, finishes.SIGN_WHITE)
    _face(pile, _regular(8, 0.42, np.pi / 8), z, 1, finishes.SIGN_RED)
    letters = {
        -0.27: ((0, 1, 4, 5), (0, 1, 2, 3), (0, 1, 0, 1), (0, 0.2, 2, 3), (0.8, 1, 0, 2.5)),
        -0.12: ((0, 1, 4, 5), (0.4, 0.6, 0, 5)),
        0.03: ((0, 1, 4, 5), (0, 1, 0, 1), (0, 0.2, 0, 5), (0.8, 1, 0, 5)),
        0.18: ((0, 1, 4, 5), (0, 1, 2, 3), (0, 0.2, 0, 5), (0.8, 1, 2, 5)),
    }
    for y, strokes in letters.items():
        bars = [(y + 0.11 * a, y + 0.11 * b, 0.052 * c - 0.13, 0.052 * d - 0.13) for a, b, c, d in strokes]
        _bars(pile, z, 2, finishes.SIGN_WHITE, *bars)


def _roundabout(pile: Pile, z: float) -> None:
    _round(pile, z, finishes.SIGN_WHITE, finishes.SIGN_BLUE, rim=0.285)
    for k in range(3):
        t = np.deg2rad(np.linspace(120.0 * k + 20.0, 120.0 * k + 95.0, 8))
        inner, outer = (np.column_stack([r * np.cos(t), r * np.sin(t)]) for r in (0.135, 0.185))
        _face(pile, np.concatenate([outer, inner[::-1]]), z, 2, finishes.SIGN_WHITE)
        tip = np.deg2rad(120.0 * k + np.array([92.0, 92.0, 122.0]))
        _face(
            pile,
            np.array([0.10, 0.22, 0.16])[:, None] * np.column_stack([np.cos(tip), np.sin(tip)]),
            z,
            2,
            finishes.SIGN_WHITE,
        )


def _keep_right(pile: Pile, z: float) -> None:
    _round(pile, z, finishes.SIGN_WHITE, finishes.SIGN_BLUE, rim=0.285)
    arrow = np.array(
        [[-0.035, 0.21], [-0.035, -0.03], [-0.12, -0.03], [0.0, -0.20], [0.12, -0.03], [0.035, -0.03], [0.035, 0.21]]
    )
    c = np.sqrt(0.5)
    _face(pile, arrow @ np.array([[c, c], [-c, c]]), z, 2, finishes.SIGN_WHITE)


def litter_bin() -> Asset:
    """A round steel bin with a hood and a dark slot."""
    pile = Pile()
    body = [(0.0, 0.0), (0.20, 0.0), (0.20, 0.06), (0.235, 0.08), (0.235, 0.78), (0.21, 0.80)]
    pile.smooth(finishes.STEEL_GREEN, revolve(np.array(body), sides=20))
    pile.smooth(
        finishes.STEEL_GREEN, revolve(np.array([(0.24, 0.95), (0.24, 1.0), (0.15, 1.06), (0.0, 1.08)]), sides=20)
    )
    pile.smooth(finishes.PLASTIC_BLACK, cylinder(0.20, 0.2, sides=16).moved(z=0.86))
    return pile.asset("litter_bin", SemanticClass.STREET_FURNITURE, Cylinder(0.24, 1.08, (0.0, 0.0, 0.54)))


def bench() -> Asset:
    """A slatted wooden bench with cast legs, facing +x."""
    pile = Pile()
    for y in (-0.75, 0.75):
        pile.smooth(
            finishes.STEEL_DARK,
            tube(np.array([[0.22, y, 0.0], [0.20, y, 0.40], [-0.20, y, 0.40], [-0.34, y, 0.85]]), 0.025, sides=8),
        )
        pile.smooth(finishes.STEEL_DARK, tube(np.array([[-0.24, y, 0.0], [-0.20, y, 0.40]]), 0.025, sides=8))
    for x in (-0.15, -0.04, 0.07, 0.18):
        pile.flat(finishes.WOOD, block(x - 0.045, x + 0.045, -0.9, 0.9, 0.42, 0.455))
    for k, z in enumerate((0.58, 0.69, 0.80)):
        x = -0.245 - 0.035 * k
        pile.flat(finishes.WOOD, block(x, x + 0.03, -0.9, 0.9, z - 0.04, z + 0.04))
    return pile.asset("bench", SemanticClass.STREET_FURNITURE, Box((0.3, 0.9, 0.43), (-0.05, 0.0, 0.43)))


def bollard() -> Asset:
    """A cast bollard with a reflective band."""
    pile = Pile()
    profile = [
        (0.085, 0.0),
        (0.085, 0.10),
        (0.06, 0.14),
        (0.055, 0.80),
        (0.07, 0.83),
        (0.07, 0.88),
        (0.045, 0.95),
        (0.0, 0.97),
    ]
    pile.smooth(finishes.STEEL_DARK, revolve(np.array(profile), sides=14))
    pile.smooth(finishes.REFLECTOR_WHITE, cylinder(0.059, 0.07, sides=14, caps=False).moved(z=0.72))
    return pile.asset("bollard", SemanticClass.STREET_FURNITURE, Cylinder(0.08, 0.97, (0.0, 0.0, 0.485)))


def post_box() -> Asset:
    """A letter box on a foot, yellow."""
    pile = Pile()
    yellow = painted((0.60, 0.40, 0.03), 0.4)
    pile.smooth(finishes.STEEL_DARK, cylinder(0.05, 0.75, sides=10).moved(z=0.375))
    pile.smooth(yellow, rounded_box((0.32, 0.45, 0.62), 0.05, (0.0, 0.0, 1.05)))
    pile.flat(finishes.PLASTIC_BLACK, panel(0.163, -0.15, 0.15, 1.20, 1.235))
    pile.flat(finishes.PLASTIC_WHITE, panel(0.163, -0.11, 0.11, 0.86, 1.04))
    return pile.asset("post_box", SemanticClass.STREET_FURNITURE, Box((0.17, 0.23, 0.68), (0.0, 0.0, 0.68)))


def cable_cabinet() -> Asset:
    """A grey distribution cabinet, facing +x."""
    pile = Pile()
    grey = painted((0.36, 0.37, 0.36), 0.55)
    pile.flat(finishes.CONCRETE_DARK, block(-0.17, 0.17, -0.42, 0.42, 0.0, 0.12))
    pile.flat(grey, block(-0.16, 0.16, -0.40, 0.40, 0.12, 1.20), block(-0.19, 0.19, -0.43, 0.43, 1.20, 1.25))
    pile.flat(finishes.PLASTIC_BLACK, panel(0.162, -0.004, 0.004, 0.15, 1.18), panel(0.162, 0.05, 0.08, 0.65, 0.78))
    return pile.asset("cable_cabinet", SemanticClass.STREET_FURNITURE, Box((0.18, 0.42, 0.62), (0.0, 0.0, 0.62)))


def bicycle_stand() -> Asset:
    """Two steel hoops across the pavement."""
    pile = Pile()
    for y in (-0.45, 0.45):
        t = np.linspace(0, np.pi, 9)
        arch = np.column_stack([0.35 * np.cos(t), np.full(9, y), 0.50 + 0.30 * np.sin(t)])
        line = np.concatenate([[[0.35, y, 0.0]], arch, [[-0.35, y, 0.0]]])
        pile.smooth(finishes.GALVANISED, tube(line, 0.024, sides=8))
    return pile.asset("bicycle_stand", SemanticClass.STREET_FURNITURE, Box((0.38, 0.5, 0.4), (0.0, 0.0, 0.4)))


def garden_wall(length_m: float, height_m: float, material: Material) -> Asset:
    """A wall with a coping along y, closing a gap between houses."""
    pile = Pile()
    half = length_m / 2
    pile.flat(material, block(-0.12, 0.12, -half, half, 0.0, height_m))
    pile.flat(finishes.CONCRETE, block(-0.17, 0.17, -half, half, height_m, height_m + 0.07))
    return pile.asset("garden_wall", SemanticClass.WALL, Box((0.17, half, height_m / 2), (0.0, 0.0, height_m / 2)))


def tree_grate() -> Asset:
    """The square of soil with a steel frame around a street tree."""
    pile = Pile()
    rim: list[Shape] = [
        block(-0.7, 0.7, -0.7, -0.64, 0.0, 0.012), block(-0.7, 0.7, 0.64, 0.7, 0.0, 0.012),
        block(-0.7, -0.64, -0.64, 0.64, 0.0, 0.012), block(0.64, 0.7, -0.64, 0.64, 0.0, 0.012),
    ]  # fmt: skip
    pile.flat(finishes.STEEL_GREY, *rim)
    pile.flat(finishes.SOIL, block(-0.64, 0.64, -0.64, 0.64, 0.0, 0.006))
    return pile.asset("tree_grate", SemanticClass.PAVEMENT)
