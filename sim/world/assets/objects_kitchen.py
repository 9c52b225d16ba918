"""Things of a kitchen to grasp: glasses and jars that let light through, tins, fruit.

Glass is a pane in the renderers: light passes straight through each face, with Fresnel's share mirrored, so that thin
walls look right and thick bases do not bend the view as real ones do. Masses of tins and fruit after the YCB list
(tuna 0.171, potted meat 0.370, apple 0.068 kg); glasses and jars are weighed kitchen ware. Frame as in `objects`.
"""

from __future__ import annotations

import numpy as np

from ....renderers.scene import RGB, Material
from . import finishes
from .asset import Box, CollisionShape, Cylinder, Sphere, Vec3
from .finishes import painted
from .meshes import F64, Shape, cylinder, in_plane, loft, polygon, revolve, rounded_box, rounded_rectangle, tube
from .scenery import Pile

_TINTS: tuple[RGB, ...] = ((0.30, 0.31, 0.31), (0.26, 0.31, 0.28), (0.28, 0.30, 0.32))
_JAMS: tuple[RGB, ...] = ((0.16, 0.008, 0.010), (0.40, 0.14, 0.008), (0.045, 0.008, 0.030), (0.30, 0.16, 0.010))


def clear(tint: RGB = _TINTS[0]) -> Material:
    """Clean soda-lime glass of a few millimetres."""
    return Material(tint, 0.03, nir_reflectance=0.04, transparency=0.94)


def glass(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A drinking glass: slightly conical, with a thick base, empty."""
    r, h = size[0] / 2, size[2] / 2
    wall, base = 0.0028, 0.011
    foot = float(rng.uniform(0.78, 0.92)) * r
    pane = clear(_TINTS[rng.integers(len(_TINTS))])
    # one face per wall and two for the base: light passes four panes at most
    outer = [(foot - 0.003, -h), (foot, -h + 0.004), (r, h - 0.001), (r - wall / 2, h)]
    pile.smooth(pane, revolve(np.array(outer), sides=56))
    bottom = Material((0.50, 0.56, 0.54), 0.05, nir_reflectance=0.05, transparency=0.72)
    well = [(foot - wall, -h + base + 0.003), (foot - wall - 0.005, -h + base), (0.0, -h + base)]
    pile.smooth(bottom, revolve(np.array(well), sides=56))
    # a fire-polished rim and the ring the base stands on catch the light
    t = np.linspace(0.0, 2 * np.pi, 57)
    bright = Material((0.55, 0.57, 0.57), 0.05, nir_reflectance=0.05, transparency=0.55)
    for radius, z, thick in ((r - wall / 2, h - 0.0008, 0.0009), (foot - 0.003, -h + 0.0012, 0.0012)):
        ring = np.column_stack([radius * np.cos(t), radius * np.sin(t), np.full(57, z)])
        pile.smooth(bright, tube(ring, thick, sides=6, caps=False))
    return (Cylinder(r, 2 * h),)


def jar(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A pot of jam: glass with its filling, a label and a chequered lid."""
    r, h = size[0] / 2, size[2] / 2
    filling = Material(_JAMS[rng.integers(len(_JAMS))], 0.35, nir_reflectance=0.3)
    pane = clear()
    neck = h - 0.016
    body = [
        (0.0, -h),
        (r - 0.004, -h),
        (r, -h + 0.006),
        (r, neck - 0.016),
        (r - 0.006, neck - 0.003),
        (r - 0.006, neck),
    ]
    pile.smooth(pane, revolve(np.array(body), sides=44))
    inside = [
        (0.0, -h + 0.004),
        (r - 0.007, -h + 0.004),
        (r - 0.003, -h + 0.010),
        (r - 0.003, neck - 0.018),
        (r - 0.008, neck - 0.008),
        (0.0, neck - 0.008),
    ]
    pile.smooth(filling, revolve(np.array(inside), sides=44))
    label = painted((0.66, 0.63, 0.55), 0.6)
    t = np.linspace(-0.95, 0.95, 17)
    for turn in (0.0, np.pi):
        rows = [
            np.column_stack([(r + 4e-4) * np.cos(t), (r + 4e-4) * np.sin(t), np.full(17, z)]) for z in (-0.022, 0.014)
        ]
        pile.smooth(label, _sheet(rows, turn))
        mark = [
            np.column_stack([(r + 7e-4) * np.cos(t / 2), (r + 7e-4) * np.sin(t / 2), np.full(17, z)])
            for z in (-0.012, 0.004)
        ]
        pile.smooth(filling, _sheet(mark, turn))
    red, gold = ((0.50, 0.05, 0.05), (0.66, 0.64, 0.60)), ((0.58, 0.44, 0.10), (0.50, 0.36, 0.06))
    lid, stripe = (painted(tone, 0.28) for tone in (red, gold)[rng.integers(2)])
    pile.smooth(
        lid,
        revolve(
            np.array([(r - 0.002, neck - 0.001), (r - 0.002, h - 0.002), (r - 0.004, h), (0.0, h - 0.0006)]), sides=44
        ),
    )
    for k in range(22):
        post = cylinder(0.0014, 0.011, sides=6).moved(x=r - 0.0024, z=neck + 0.006).rotated("z", 2 * np.pi * k / 22)
        pile.smooth(stripe, post)
    return (Cylinder(r, 2 * h),)


def _sheet(rows: list[F64], turn: float) -> Shape:
    """A strip between two polylines, turned about z."""
    count = len(rows[0])
    k = np.arange(count - 1)
    faces = np.concatenate([np.stack([k, k + 1, k + 1 + count], 1), np.stack([k, k + 1 + count, k + count], 1)])
    return Shape(np.concatenate(rows), faces).rotated("z", turn)


def flat_tin(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A low round tin with a printed band and a ring pull."""
    r, h = size[0] / 2, size[2] / 2
    tones: tuple[RGB, ...] = ((0.04, 0.12, 0.34), (0.42, 0.05, 0.04), (0.08, 0.22, 0.12), (0.58, 0.42, 0.06))
    band = painted(tones[rng.integers(len(tones))], 0.35)
    steel = finishes.ALUMINIUM
    edge = [(0.0, h - 0.003), (r - 0.004, h - 0.003), (r - 0.003, h), (r, h - 0.001), (r - 0.001, h - 0.004)]
    pile.smooth(steel, revolve(np.array(edge[::-1]), sides=40), revolve(np.array([(a, -b) for a, b in edge]), sides=40))
    pile.smooth(
        band,
        revolve(
            np.array(
                [(r - 0.001, -h + 0.004), (r - 0.0008, -h + 0.005), (r - 0.0008, h - 0.005), (r - 0.001, h - 0.004)]
            ),
            sides=40,
        ),
    )
    t = np.linspace(0.0, 2 * np.pi, 19)
    ring = np.column_stack([0.009 * np.cos(t) + 0.012, 0.007 * np.sin(t), np.full(19, h - 0.0015)])
    pile.smooth(steel, tube(ring, 0.0013, sides=6, caps=False))
    return (Cylinder(r, 2 * h),)


def meat_tin(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A rounded rectangular tin."""
    x, y, z = size
    tones: tuple[RGB, ...] = ((0.04, 0.10, 0.36), (0.48, 0.30, 0.03), (0.36, 0.04, 0.05))
    band, steel = painted(tones[rng.integers(len(tones))], 0.35), finishes.ALUMINIUM

    def ring(grow: float, height: float) -> F64:
        return in_plane(rounded_rectangle(x - 2 * grow, y - 2 * grow, 0.016, 6), "z", height)

    pile.smooth(band, loft(np.array([ring(0.001, -z / 2 + 0.004), ring(0.001, z / 2 - 0.004)])))
    for s in (-1.0, 1.0):
        rim = [
            ring(0.001, s * (z / 2 - 0.004)),
            ring(0.0, s * (z / 2 - 0.002)),
            ring(0.0, s * (z / 2 - 0.0005)),
            ring(0.0015, s * z / 2),
        ]
        pile.smooth(steel, loft(np.array(rim)))
    seal = painted((0.66, 0.62, 0.52), 0.4)
    for turn in (0.0, np.pi):
        pile.flat(
            seal, polygon(rounded_rectangle(0.6 * y, 0.5 * z, 0.006), axis="x", at=x / 2 - 0.0007).rotated("z", turn)
        )
        pile.flat(
            band, polygon(rounded_rectangle(0.4 * y, 0.2 * z, 0.004), axis="x", at=x / 2 - 0.0004).rotated("z", turn)
        )
    return (Box((x / 2, y / 2, z / 2)),)


def apple(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """An apple with its dimple and stalk; its collision shape is a ball on a flat bottom, so that it stands."""
    r, h = size[0] / 2, size[2] / 2
    tones: tuple[RGB, ...] = ((0.34, 0.030, 0.022), (0.24, 0.30, 0.045), (0.46, 0.20, 0.05))
    skin = Material(tones[rng.integers(len(tones))], 0.32, nir_reflectance=0.6)
    top = h - 0.010
    t = np.linspace(-np.pi / 2, np.pi / 2, 17)
    body = [(r * np.cos(a) ** 0.82 if np.cos(a) > 0 else 0.0, (top if a > 0 else h) * np.sin(a)) for a in t]
    body = [
        (0.0, -h + 0.005),
        (0.008, -h + 0.001),
        *[p for p in body[2:-2]],
        (0.012, top - 0.001),
        (0.006, top - 0.006),
        (0.0, top - 0.011),
    ]
    pile.smooth(skin, revolve(np.array(body), sides=32))
    stalk = np.array([[0.0, 0.0, top - 0.011], [0.001, 0.0, top + 0.001], [0.003, 0.001, h - 0.001]])
    pile.smooth(finishes.WOOD, tube(stalk, [0.0014, 0.0014, 0.0020], sides=8))
    return Sphere(r * 0.98, (0.0, 0.0, -h + r * 0.98)), Cylinder(0.4 * r, 0.3 * r, (0.0, 0.0, -h + 0.15 * r))


def carton(pile: Pile, size: Vec3, rng: np.random.Generator) -> tuple[CollisionShape, ...]:
    """A small plain parcel with tape, which does not say which end is heavy."""
    x, y, z = size
    card = Material((0.36, 0.24, 0.13), 0.85, nir_reflectance=0.5)
    pile.smooth(card, rounded_box(size, 0.0015, segments=1))
    tape = Material((0.46, 0.36, 0.22), 0.3, nir_reflectance=0.5)
    pile.flat(tape, polygon(rounded_rectangle(0.3 * x, y, 0.001), axis="z", at=z / 2 + 2e-4))
    tag = painted((0.66, 0.65, 0.61), 0.5)
    at = float(rng.uniform(-0.2, 0.2)) * y
    for turn in (0.0, np.pi):
        pile.flat(
            tag,
            polygon(rounded_rectangle(0.4 * y, 0.5 * z, 0.001) + [at, 0.0], axis="x", at=x / 2 + 2e-4).rotated(
                "z", turn
            ),
        )
        for k in range(5):
            bar = rounded_rectangle(0.003, 0.2 * z, 1e-4) + [at + 0.006 * (k - 2), -0.08 * z]
            pile.flat(painted((0.03, 0.03, 0.03)), polygon(bar, axis="x", at=x / 2 + 4e-4).rotated("z", turn))
    return (Box((x / 2, y / 2, z / 2)),)
