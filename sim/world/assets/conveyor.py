"""A belt conveyor: aluminium frame on legs, green belt about two drums, low guide rails, geared motor.

Frame of reference of both assets: x along the transport, z = 0 the upper face of the belt, origin at its middle. The
frame is scenery; the belt is an actor of its own whose marks run around both drums with it (`mark_poses`).
"""

from __future__ import annotations

from math import ceil, pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....renderers.scene import Material, Texture
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Box, Part
from .finishes import painted
from .meshes import Shape, box, cylinder, rounded_box
from .scenery import Pile, block

F64 = NDArray[np.float64]
DRUM_M = 0.03
"""Radius of the drums with the belt about them."""
MARK_PITCH_M = 0.2
RAIL_M = 0.018
"""Height of the guide rails above the belt."""
_BELT = Material((0.035, 0.125, 0.075), 0.62, nir_reflectance=0.25, texture=Texture.CLOTH)
_MARK = Material((0.46, 0.50, 0.44), 0.7, nir_reflectance=0.5)
_LACE = Material((0.30, 0.31, 0.32), 0.35, 0.6, 0.4)


def conveyor_frame(length_m: float, width_m: float, height_m: float) -> Asset:
    """Everything that stands still; the floor is at z = -`height_m`."""
    pile = Pile()
    half, side = length_m / 2, width_m / 2
    profile = finishes.ALUMINIUM
    dark = painted((0.10, 0.11, 0.12), 0.5)
    shapes = []
    for sign in (-1.0, 1.0):
        y = sign * (side + 0.022)
        pile.smooth(profile, rounded_box((length_m + 0.02, 0.03, 0.085), 0.004, (0.0, y, -0.032), segments=1))
        for z in (-0.055, -0.032, -0.009):  # the slots of the profile
            pile.flat(dark, box((length_m + 0.022, 0.0304, 0.006), (0.0, y, z)))
        rail = sign * (side + 0.011)
        pile.smooth(profile, rounded_box((length_m - 0.06, 0.006, RAIL_M), 0.002, (0.0, rail, RAIL_M / 2), segments=1))
        shapes.append(Box((half, 0.018, 0.0425 + RAIL_M / 4), (0.0, sign * (side + 0.025), -0.032 + RAIL_M / 4)))
        for x in (-half + DRUM_M, half - DRUM_M):
            pile.smooth(finishes.PLASTIC_BLACK, rounded_box((0.09, 0.012, 0.075), 0.006, (x, y + sign * 0.02, -0.032)))
            for dx in (-0.03, 0.03):
                pile.smooth(finishes.STEEL_GREY, _bolt(0.006).moved(x + dx, y + sign * 0.028, -0.012))
    legs = max(2, ceil(length_m / 1.2))
    for x in np.linspace(-half + 0.22, half - 0.22, legs):
        for sign in (-1.0, 1.0):
            y = sign * (side + 0.022)
            pile.flat(profile, block(x - 0.02, x + 0.02, y - 0.02, y + 0.02, -height_m + 0.03, -0.07))
            pile.smooth(finishes.PLASTIC_BLACK, cylinder(0.03, 0.03, sides=14).moved(x, y, -height_m + 0.015))
        pile.flat(profile, block(x - 0.018, x + 0.018, -side, side, -height_m + 0.22, -height_m + 0.256))
    motor = half - 0.30
    blue = painted((0.05, 0.11, 0.24), 0.4)
    fins = [(0.060, 0.008, motor - 0.07 + 0.022 * k) for k in range(7)]
    for radius, long, x in [(0.055, 0.20, motor), *fins]:
        pile.smooth(blue, cylinder(radius, long, sides=24, axis="x").moved(x, 0.0, -0.145))
    pile.smooth(finishes.STEEL_GREY, rounded_box((0.10, 0.12, 0.12), 0.012, (motor + 0.14, 0.0, -0.145)))
    pile.flat(_BELT, block(-half + DRUM_M, half - DRUM_M, -side, side, -2 * DRUM_M, -2 * DRUM_M + 0.002))
    return pile.asset("conveyor", SemanticClass.TABLE, *shapes)


def _bolt(radius_m: float) -> Shape:
    return cylinder(radius_m, 0.006, sides=10, axis="y")


def conveyor_belt(length_m: float, width_m: float) -> Asset:
    """The belt: one fixed part, the drums with it, and the marks; the first mark is the metal lacing."""
    pile = Pile()
    half, side = length_m / 2, width_m / 2
    straight = half - DRUM_M
    pile.flat(_BELT, block(-straight, straight, -side, side, -0.004, 0.0))
    for x in (-straight, straight):
        pile.smooth(_BELT, cylinder(DRUM_M, width_m, sides=28, axis="y").moved(x, 0.0, -DRUM_M))
    parts = [Part("body", pile.build("belt"))]
    line = Pile()
    line.flat(_MARK, box((0.012, width_m * 0.985, 0.0012), (0.0, 0.0, 0.0002)))
    mark = line.build("belt_mark")
    lace = Pile()
    for k in range(int(width_m / 0.014)):
        y = -side + 0.010 + 0.014 * k
        lace.flat(_LACE, box((0.034, 0.008, 0.0016), (0.0, y, 0.0004)))
    parts.append(Part("lacing", lace.build("belt_lacing")))
    parts += [Part(f"mark_{k}", mark) for k in range(1, mark_count(length_m))]
    return Asset("belt", SemanticClass.TABLE, (length_m, width_m, 2 * DRUM_M), tuple(parts), friction=1.0)


def loop_length_m(length_m: float) -> float:
    """Length of the belt, once around."""
    return 2.0 * (length_m - 2.0 * DRUM_M) + 2.0 * pi * DRUM_M


def mark_count(length_m: float) -> int:
    """How many marks a belt has."""
    return round(loop_length_m(length_m) / MARK_PITCH_M)


def mark_poses(length_m: float, travelled_m: float) -> tuple[F64, F64]:
    """Poses of all marks in the belt's frame after a way: (N, 3) and (N, 4) quaternions about y."""
    loop, count = loop_length_m(length_m), mark_count(length_m)
    s = np.mod(travelled_m + loop * np.arange(count) / count, loop)
    return around(length_m, s)


def around(length_m: float, s_m: ArrayLike) -> tuple[F64, F64]:
    """Place and attitude on the belt at ways `s_m` (N,) from the start of its upper run."""
    s = np.asarray(s_m, float)
    run, bend = length_m - 2.0 * DRUM_M, pi * DRUM_M
    end = run / 2.0
    angle = np.select(
        [s < run, s < run + bend, s < 2 * run + bend], [0.0 * s, (s - run) / DRUM_M, 0.0 * s + pi],
        pi + (s - 2 * run - bend) / DRUM_M,
    )  # fmt: skip
    x = np.select(
        [s < run, s < run + bend, s < 2 * run + bend], [s - end, 0.0 * s + end, end - (s - run - bend)], -end + 0.0 * s
    )
    position = np.stack([x + DRUM_M * np.sin(angle), 0.0 * s, DRUM_M * (np.cos(angle) - 1.0)], axis=1)
    turn = np.stack([0.0 * s, np.sin(angle / 2), 0.0 * s, np.cos(angle / 2)], axis=1)
    return position, turn
