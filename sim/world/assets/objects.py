"""Graspable things on the table, at the true sizes and masses of the YCB set where it has them.

Masses after the YCB object list; sizes of boxes and can after the same set (cracker box 0.060 x 0.158 x 0.210 m, and so
on). The mug is slimmer than YCB's (0.072 m instead of 0.093 m across) so that a hand opening 0.080 m can close around
it. Every object has a part of at most 0.075 m to close on from above. Friction coefficients are for the object
against a reference surface of 1: cardboard 0.45, foam 0.71, tin 0.35, plastic 0.28-0.40, peel 0.45, glass 0.26, steel
0.30, rubber 0.75.

Frame: centre of the bounding box, z up as the object stands or lies, x along the side that a gripper closes on.
How they are drawn: here boxes and bottles, `objects_kitchen` and `objects_tools` the rest.
Left out: contents that move, soft bodies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from ....renderers.scene import RGB, Material, Texture
from ..classes import SemanticClass
from ..memo import pure
from . import finishes, objects_kitchen, objects_tools
from .asset import Asset, Box, CollisionShape, Cylinder, Part, Vec3
from .finishes import painted
from .meshes import (
    Shape,
    cylinder,
    disc,
    in_plane,
    loft,
    polygon,
    revolve,
    rounded_box,
    rounded_rectangle,
    superellipse,
    tube,
)
from .scenery import Pile


@dataclass(frozen=True)
class ObjectSpec:
    """Size as it stands (x, y, z) [m], mass [kg], friction against a reference of 1, width to grasp along x [m]."""

    size: Vec3
    mass_kg: float
    friction: float
    grasp_m: float


OBJECTS: dict[str, ObjectSpec] = {
    "cracker_box": ObjectSpec((0.060, 0.158, 0.210), 0.411, 0.45, 0.060),
    "sugar_box": ObjectSpec((0.038, 0.089, 0.175), 0.514, 0.45, 0.038),
    "soup_can": ObjectSpec((0.066, 0.066, 0.101), 0.349, 0.35, 0.066),
    "mug": ObjectSpec((0.072, 0.105, 0.085), 0.118, 0.40, 0.072),
    "banana": ObjectSpec((0.038, 0.190, 0.036), 0.066, 0.45, 0.038),
    "foam_block": ObjectSpec((0.050, 0.075, 0.050), 0.028, 0.71, 0.050),
    "bottle": ObjectSpec((0.058, 0.095, 0.190), 0.603, 0.40, 0.058),
    "glass": ObjectSpec((0.068, 0.068, 0.120), 0.230, 0.26, 0.068),
    "jam_jar": ObjectSpec((0.064, 0.064, 0.082), 0.370, 0.30, 0.064),
    "tuna_can": ObjectSpec((0.074, 0.074, 0.034), 0.171, 0.35, 0.074),
    "meat_can": ObjectSpec((0.050, 0.097, 0.082), 0.370, 0.35, 0.050),
    "apple": ObjectSpec((0.072, 0.072, 0.076), 0.068, 0.40, 0.072),
    "parcel": ObjectSpec((0.050, 0.180, 0.060), 0.420, 0.45, 0.050),
    "hammer": ObjectSpec((0.120, 0.320, 0.030), 0.665, 0.45, 0.025),
    "screwdriver": ObjectSpec((0.031, 0.215, 0.031), 0.097, 0.40, 0.031),
    "marker": ObjectSpec((0.018, 0.121, 0.018), 0.0158, 0.35, 0.018),
    "drill": ObjectSpec((0.057, 0.184, 0.187), 0.895, 0.45, 0.057),
    "steel_shaft": ObjectSpec((0.036, 0.130, 0.036), 0.720, 0.30, 0.036),
    "steel_canister": ObjectSpec((0.062, 0.062, 0.100), 0.260, 0.30, 0.062),
    "rubber_buffer": ObjectSpec((0.060, 0.060, 0.070), 0.205, 0.75, 0.060),
    "rubber_block": ObjectSpec((0.045, 0.100, 0.050), 0.240, 0.75, 0.045),
}
"""All kinds of objects by name."""

PRINTS: tuple[tuple[RGB, RGB], ...] = (
    ((0.42, 0.03, 0.03), (0.70, 0.62, 0.38)), ((0.62, 0.42, 0.06), (0.10, 0.14, 0.30)),
    ((0.05, 0.12, 0.30), (0.70, 0.70, 0.66)), ((0.06, 0.20, 0.10), (0.66, 0.58, 0.32)),
    ((0.66, 0.64, 0.58), (0.42, 0.10, 0.06)),
)  # fmt: skip


@pure
def build_object(kind: str, *, rng: np.random.Generator) -> Asset:
    """One object of a kind named in `OBJECTS`; `rng` picks its print or colour.

    Raises:
        ValueError: for an unknown kind.

    """
    if kind not in OBJECTS:
        near = get_close_matches(kind, OBJECTS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"unknown object {kind!r}, expected one of {', '.join(OBJECTS)}{hint}")
    spec = OBJECTS[kind]
    pile = Pile()
    collision = _DRAW[kind](pile, spec.size, rng)
    part = Part("body", pile.build(kind))
    return Asset(kind, SemanticClass.OBJECT, spec.size, (part,), collision, spec.mass_kg, spec.friction)


def _carton(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    x, y, z = size
    tones = PRINTS[rng.integers(len(PRINTS))]
    card, ink = (Material(t, 0.45, nir_reflectance=0.6) for t in tones)
    pile.smooth(card, rounded_box(size, 0.0015, segments=1))
    badge, text = painted((0.72, 0.70, 0.64), 0.45), painted((0.05, 0.05, 0.06), 0.45)
    lift = x / 2 + 0.0002
    for turn in (0.0, np.pi):

        def face(shape: Shape, material: Material, layer: int, turn: float = turn) -> None:
            pile.flat(material, shape.moved(x=lift + 0.0001 * layer).rotated("z", turn))

        face(polygon(rounded_rectangle(0.86 * y, 0.24 * z, 0.012) + [0.0, 0.26 * z], axis="x"), ink, 0)
        face(polygon(superellipse(0.30 * y, 0.13 * z, 2.0, 24) + [0.0, -0.14 * z], axis="x"), badge, 0)
        face(polygon(superellipse(0.20 * y, 0.085 * z, 2.0, 20) + [0.0, -0.14 * z], axis="x"), ink, 1)
        for k in range(3):
            wide = float(rng.uniform(0.3, 0.7)) * y
            face(
                polygon(rounded_rectangle(wide, 0.012, 0.002) + [0.0, z * (0.33 - 0.07 * k)], axis="x"),
                badge if k == 0 else card,
                1,
            )
        face(polygon(rounded_rectangle(0.5 * y, 0.008, 0.001) + [0.0, -0.36 * z], axis="x"), text, 0)
        for k in range(7):
            bar = polygon(
                np.array([[0, 0], [0.0018, 0], [0.0018, 0.016], [0, 0.016]])
                + [0.5 * y - 0.032 + 0.0036 * k, -0.45 * z],
                axis="x",
            )
            face(bar, text, 0)
    for turn in (np.pi / 2, -np.pi / 2):
        stripe = (
            polygon(rounded_rectangle(0.8 * x, 0.5 * z, 0.003), axis="x").moved(x=y / 2 + 0.0002).rotated("z", turn)
        )
        pile.flat(ink, stripe)
    return (Box((x / 2, y / 2, z / 2)),)


def _can(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    r, h = size[0] / 2, size[2] / 2
    label, ink = (Material(t, 0.4, nir_reflectance=0.6) for t in PRINTS[rng.integers(len(PRINTS))])
    end = [
        (0.0, h - 0.004),
        (r - 0.005, h - 0.004),
        (r - 0.004, h),
        (r - 0.001, h),
        (r, h - 0.002),
        (r - 0.0012, h - 0.005),
    ]
    pile.smooth(
        finishes.ALUMINIUM,
        revolve(np.array(end[::-1]), sides=36),
        revolve(np.array([(a, -b) for a, b in end]), sides=36),
    )
    body = [(r - 0.0012, -h + 0.005), (r - 0.0008, -h + 0.007)]
    pile.smooth(label, revolve(np.array([*body, (r - 0.0008, 0.008)]), sides=36))
    pile.smooth(
        ink, revolve(np.array([(r - 0.0008, 0.008), (r - 0.0008, h - 0.007), (r - 0.0012, h - 0.005)]), sides=36)
    )
    seal = painted((0.62, 0.48, 0.18), 0.35)
    for turn in (0.0, np.pi):
        t = np.linspace(-0.35, 0.35, 7)
        strip = np.stack([np.column_stack([r * np.cos(t), r * np.sin(t), np.full(7, z)]) for z in (-0.018, 0.020)])
        pile.smooth(seal, _curved(strip).rotated("z", turn))
    return (Cylinder(r, 2 * h),)


def _curved(rows: NDArray[np.float64]) -> Shape:
    count = rows.shape[1]
    k = np.arange(count - 1)
    faces = np.concatenate([np.stack([k, k + 1, k + 1 + count], 1), np.stack([k, k + 1 + count, k + count], 1)])
    return Shape(rows.reshape(-1, 3), faces)


def _mug(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    r, h = size[0] / 2, size[2] / 2
    shift = r - size[1] / 2
    tones: tuple[RGB, ...] = (
        (0.42, 0.05, 0.04),
        (0.05, 0.10, 0.25),
        (0.62, 0.60, 0.55),
        (0.10, 0.22, 0.18),
        (0.55, 0.36, 0.08),
    )
    glaze = painted(tones[rng.integers(len(tones))], 0.15)
    inside = painted((0.66, 0.64, 0.60), 0.15)
    outer = [(0.0, -h), (r - 0.006, -h), (r - 0.001, -h + 0.004), (r, -h + 0.010), (r, h - 0.002), (r - 0.0015, h)]
    inner = [
        (r - 0.0015, h),
        (r - 0.0040, h - 0.002),
        (r - 0.0045, -h + 0.010),
        (r - 0.012, -h + 0.006),
        (0.0, -h + 0.006),
    ]
    pile.smooth(glaze, revolve(np.array(outer), sides=40).moved(y=shift))
    pile.smooth(inside, revolve(np.array(inner), sides=40).moved(y=shift))
    t = np.linspace(-1.9, 1.9, 15)
    reach = size[1] - size[0]
    loop = np.column_stack(
        [
            np.zeros(15),
            shift + r - 0.006 + (reach + 0.006 - 0.0045) * (np.cos(t) - np.cos(1.9)) / (1 - np.cos(1.9)),
            0.028 * np.sin(t),
        ]
    )
    pile.smooth(glaze, tube(loop, 0.0045, sides=10))
    handle = Box((0.0045, reach / 2, 0.028), (0.0, size[1] / 2 - reach / 2, 0.0))
    return (Cylinder(r, 2 * h, (0.0, shift, 0.0)), handle)


def _banana(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    x, y, z = size
    ripe = float(rng.uniform(0.9, 1.1))
    peel = Material((0.60 * ripe, 0.42 * ripe, 0.045), 0.55, nir_reflectance=0.6)
    dark = Material((0.10, 0.075, 0.03), 0.8, nir_reflectance=0.3)
    t = np.linspace(-1.0, 1.0, 15)
    bend = x * 0.42
    line = np.column_stack([bend * (0.5 - t**2), (y / 2 - 0.004) * t, np.zeros(15)])
    girth = (z / 2) * np.clip(np.sqrt(np.clip(1.02 - np.abs(t) ** 3.2, 0.02, 1.0)), 0.2, 1.0)
    girth[-1], girth[-2] = 0.0042, 0.0058
    body = tube(line, girth, sides=10)
    low, high = body.vertices.min(0), body.vertices.max(0)
    fit = np.array(size) / (high - low)
    middle = (low + high) / 2
    pile.smooth(peel, body.transformed(np.diag(fit), -middle * fit))
    tip = (np.array([line[-1], line[-1] + [0, -0.006, 0]]) - middle) * fit
    pile.smooth(dark, tube(tip, 0.0046, sides=8))
    boxes = []
    for k in range(5):
        a, b = -1.0 + 0.4 * k, -0.6 + 0.4 * k
        at = ((np.array([bend * (0.5 - ((a + b) / 2) ** 2), y / 2 * (a + b) / 2, 0.0])) - middle) * fit
        thick = float(np.interp((a + b) / 2, t, girth)) * 0.82
        boxes.append(Box((thick, y * 0.1, z / 2 if k == 2 else thick), (float(at[0]), float(at[1]), 0.0)))
    return tuple(boxes)


def _foam(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    tones: tuple[RGB, ...] = (
        (0.42, 0.05, 0.035),
        (0.06, 0.16, 0.34),
        (0.58, 0.44, 0.05),
        (0.08, 0.24, 0.09),
        (0.24, 0.12, 0.30),
    )
    foam = Material(tones[rng.integers(len(tones))], 0.98, nir_reflectance=0.6, texture=Texture.CLOTH)
    pile.smooth(foam, rounded_box(size, 0.003, segments=2))
    return (Box((size[0] / 2, size[1] / 2, size[2] / 2)),)


def _bottle(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    x, y, z = size
    tones: tuple[RGB, ...] = ((0.62, 0.44, 0.03), (0.45, 0.05, 0.04), (0.10, 0.22, 0.10), (0.62, 0.60, 0.55))
    plastic, cap = painted(tones[rng.integers(len(tones))], 0.25), painted((0.66, 0.65, 0.60), 0.35)
    label = painted((0.60, 0.58, 0.52), 0.5)

    levels = (
        (-0.5, 0.90),
        (-0.485, 0.98),
        (-0.40, 1.0),
        (0.10, 1.0),
        (0.20, 0.94),
        (0.27, 0.72),
        (0.31, 0.45),
        (0.33, 0.40),
    )
    rings = [
        in_plane(
            superellipse(x / 2 * g, max(y / 2 * g, x / 2 * min(g, 0.42)) if g > 0.5 else x / 2 * g, 2.6, 28), "z", z * h
        )
        for h, g in levels
    ]
    pile.smooth(plastic, loft(np.array(rings)))
    band = [in_plane(superellipse(x / 2 * 1.004, y / 2 * 1.004, 2.6, 28), "z", z * h) for h in (-0.34, 0.06)]
    pile.smooth(label, loft(np.array(band), cap_start=False, cap_end=False))
    pile.smooth(
        cap,
        revolve(
            np.array([(0.016, 0.33 * z), (0.016, 0.40 * z), (0.006, 0.425 * z), (0.0035, 0.5 * z), (0.0, 0.5 * z)]),
            sides=20,
        ),
    )
    pile.smooth(
        cap, disc(0.016, sides=20).flipped().moved(z=0.33 * z), cylinder(0.0165, 0.003, sides=20).moved(z=0.345 * z)
    )
    tall = 0.72 * z
    return (
        Box((x / 2, y / 2, tall / 2), (0.0, 0.0, -z / 2 + tall / 2)),
        Cylinder(0.014, 0.28 * z, (0.0, 0.0, 0.36 * z)),
    )


_DRAW: dict[str, Callable[[Pile, Vec3, np.random.Generator], tuple[CollisionShape, ...]]] = {
    "cracker_box": _carton,
    "sugar_box": _carton,
    "soup_can": _can,
    "mug": _mug,
    "banana": _banana,
    "foam_block": _foam,
    "bottle": _bottle,
    "glass": objects_kitchen.glass,
    "jam_jar": objects_kitchen.jar,
    "tuna_can": objects_kitchen.flat_tin,
    "meat_can": objects_kitchen.meat_tin,
    "apple": objects_kitchen.apple,
    "parcel": objects_kitchen.carton,
    "hammer": objects_tools.hammer,
    "screwdriver": objects_tools.screwdriver,
    "marker": objects_tools.marker,
    "drill": objects_tools.drill,
    "steel_shaft": objects_tools.shaft,
    "steel_canister": objects_tools.cup_polished,
    "rubber_buffer": objects_tools.bushing,
    "rubber_block": objects_tools.tyre_block,
}
