"""Traffic lights: heads for vehicles and for people, and the poles they hang on.

Heads are actors: origin in the middle, +x towards those who look. Lenses of 200 mm shine with about 300 cd on their
axis (9 500 cd/m^2; EN 12368 asks for 100 to 400 cd at least, by class (unverified)), so they are seen in sunlight.
Each lens has a hood, and a head for vehicles a black board with a white, retro-reflecting edge behind it. Poles are
scenery: origin on the ground, a mast arm along +x. Left out: arrows in lenses, count-downs, sound.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import RGB, Lamp, Material
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Cylinder, Part
from .finishes import painted
from .meshes import Shape, cylinder, disc, frustum, grid, polygon, rounded_box, rounded_rectangle, tube
from .scenery import Pile, block, panel

LENS_M = 0.10
PITCH_M = 0.30
HEAD_DEPTH_M = 0.17
ARM_HEIGHT_M = 5.75
_HOUSING = Material((0.022, 0.024, 0.023), 0.5, nir_reflectance=0.08)
_BOARD = Material((0.012, 0.012, 0.012), 0.7, nir_reflectance=0.05)
_EDGE = Material((0.72, 0.72, 0.71), 0.5, nir_reflectance=0.75, retro=60.0)


def _lens(albedo: RGB, emission: RGB, lamp: Lamp) -> Material:
    return Material(albedo, 0.2, nir_reflectance=0.15, retro=2.0, emission=emission, lamp=lamp)


RED_LENS = _lens((0.09, 0.012, 0.012), (4.2e4, 5.0e2, 3.0e2), Lamp.RED)
AMBER_LENS = _lens((0.11, 0.055, 0.010), (2.4e4, 6.6e3, 1.0e2), Lamp.AMBER)
GREEN_LENS = _lens((0.012, 0.060, 0.042), (2.0e2, 1.25e4, 6.8e3), Lamp.GREEN)


def _hood(z: float, reach_m: float) -> Shape:
    """An open half tube over a lens, longer above than at the sides."""
    angle = np.linspace(np.deg2rad(-20.0), np.deg2rad(200.0), 15)
    radius = LENS_M + 0.016
    x = HEAD_DEPTH_M / 2
    length = reach_m * (0.45 + 0.55 * np.clip(np.sin(angle), 0.0, 1.0))
    ring = np.stack([np.full(15, x), radius * np.cos(angle), z + radius * np.sin(angle)], 1)
    rim = ring + np.stack([length, np.zeros(15), np.zeros(15)], 1)
    return grid(np.stack([ring, rim]))


def _head(pile: Pile, lenses: tuple[Material, ...]) -> None:
    """Housing, lenses from top to bottom and hoods, centred."""
    tall = PITCH_M * len(lenses)
    pile.smooth(_HOUSING, rounded_box((HEAD_DEPTH_M, 0.29, tall), 0.03, segments=2))
    for k, look in enumerate(lenses):
        z = tall / 2 - PITCH_M * (k + 0.5)
        pile.flat(_BOARD, disc(LENS_M + 0.018, sides=24, axis="x").moved(x=HEAD_DEPTH_M / 2 + 0.001, z=z))
        hood = _hood(z, 0.19)
        pile.flat(_HOUSING, hood, hood.flipped())
        if look.lamp != Lamp.NONE:
            pile.smooth(look, _dome(z))


def _dome(z: float) -> Shape:
    rings = []
    for radius, bulge in ((LENS_M, 0.0), (0.085, 0.012), (0.05, 0.024), (1e-4, 0.028)):
        t = 2 * np.pi * np.arange(20) / 20
        x = np.full(20, HEAD_DEPTH_M / 2 + 0.004 + bulge)
        rings.append(np.stack([x, radius * np.cos(t), z + radius * np.sin(t)], 1))
    return grid(np.array(rings), close_columns=True)


def vehicle_head() -> Asset:
    """Red, amber and green before a board."""
    pile = Pile()
    _head(pile, (RED_LENS, AMBER_LENS, GREEN_LENS))
    back = -HEAD_DEPTH_M / 2 + 0.03
    for width, height, look, x in ((0.62, 1.24, _EDGE, back), (0.54, 1.16, _BOARD, back + 0.006)):
        outline = rounded_rectangle(width, height, 0.06)
        pile.flat(look, polygon(outline, axis="x", at=x))
    pile.flat(
        finishes.SIGN_BACK, polygon(rounded_rectangle(0.62, 1.24, 0.06), axis="x").flipped().moved(x=back - 0.006)
    )
    return _actor(pile, "vehicle_signal")


def pedestrian_head() -> Asset:
    """A red standing figure over a green walking one."""
    pile = Pile()
    _head(pile, (_BOARD, _BOARD))
    for z, look, legs in ((PITCH_M / 2, RED_LENS, 0.010), (-PITCH_M / 2, GREEN_LENS, 0.034)):
        x = HEAD_DEPTH_M / 2 + 0.004
        pile.flat(look, disc(0.019, sides=14, axis="x").moved(x=x, z=z + 0.063))
        trunk = np.array([[-0.024, 0.038], [0.024, 0.038], [0.030, -0.012], [-0.030, -0.012]])
        pile.flat(look, polygon(trunk + [0.0, z], axis="x", at=x))
        for side in (-1.0, 1.0):
            hip, foot = side * 0.013, side * (0.013 + legs)
            leg = np.array(
                [[hip - 0.011, -0.014], [hip + 0.011, -0.014], [foot + 0.011, -0.084], [foot - 0.011, -0.084]]
            )
            pile.flat(look, polygon(leg + [0.0, z], axis="x", at=x))
    return _actor(pile, "pedestrian_signal")


def _actor(pile: Pile, name: str) -> Asset:
    """The pile as an actor: its origin in the middle of its box."""
    mesh = pile.build(name)
    low, high = mesh.vertices.min(0).astype(float), mesh.vertices.max(0).astype(float)
    x, y, z = (float(v) for v in -(low + high) / 2)
    size = high - low
    box = (float(size[0]), float(size[1]), float(size[2]))
    return Asset(name, SemanticClass.TRAFFIC_LIGHT, box, (Part("head", mesh, (x, y, z)),))


def signal_pole(reach_m: float = 0.0) -> Asset:
    """A pole of 3.4 m, or with a mast arm of `reach_m` along +x, 5.75 m above the ground; a push button on it."""
    pile = Pile()
    grey = painted((0.23, 0.24, 0.24), 0.5)
    height = ARM_HEIGHT_M + 0.25 if reach_m > 0.0 else 3.4
    foot = 0.095 if reach_m > 0.0 else 0.06
    pile.smooth(grey, frustum(foot, foot * 0.8, height, sides=14).moved(z=height / 2))
    pile.smooth(grey, cylinder(foot + 0.05, 0.06, sides=14).moved(z=0.03))
    pile.smooth(finishes.STEEL_DARK, cylinder(foot * 0.85, 0.05, sides=14).moved(z=height + 0.02))
    if reach_m > 0.0:
        line = np.array(
            [[0.0, 0.0, ARM_HEIGHT_M - 0.12], [0.4, 0.0, ARM_HEIGHT_M], [reach_m, 0.0, ARM_HEIGHT_M + 0.08]]
        )
        pile.smooth(grey, tube(line, np.array([0.07, 0.06, 0.045]), sides=10))
    pile.smooth(finishes.SAFETY_YELLOW, rounded_box((0.10, 0.11, 0.20), 0.02, (foot + 0.03, 0.0, 1.05), segments=2))
    pile.flat(finishes.PLASTIC_BLACK, panel(foot + 0.082, -0.03, 0.03, 1.0, 1.06))
    pile.flat(finishes.STEEL_GREY, block(-0.02, foot + 0.002, -0.05, 0.05, 0.35, 0.75))
    return pile.asset("signal_pole", SemanticClass.POLE, Cylinder(foot, height, (0.0, 0.0, height / 2)))
