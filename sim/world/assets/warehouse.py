"""Things of a warehouse: glass doors, steps down, benches, roller doors, charging stations, loads, spills, cages.

Frame of actors as everywhere: centre of the bounding box; `centred` makes one of what was drawn on the floor. Sizes
follow common practice: EUR pallets 1.2 x 0.8 x 0.144 m, roll cages 0.8 x 0.7 x 1.7 m, risers of 0.17 m, doors with
leaves 2.1 m high.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ....renderers.scene import Material, Texture
from ..classes import SemanticClass
from . import finishes
from .asset import Asset, Box, CollisionShape, Cylinder, Part, Sphere
from .finishes import painted
from .meshes import Shape, cylinder, polygon, rounded_box, tube
from .scenery import Pile, block, quad, solid

CARD = Material((0.36, 0.24, 0.13), 0.85, nir_reflectance=0.5, texture=Texture.CARDBOARD)
TAPE = Material((0.42, 0.32, 0.19), 0.4, nir_reflectance=0.5)
RISER_M, TREAD_M = 0.17, 0.29
DOOR_M = 2.1


def centred(
    pile: Pile, name: str, semantic: SemanticClass, shapes: tuple[CollisionShape, ...] = (), mass_kg: float = 0.0
) -> tuple[Asset, np.ndarray]:
    """What was drawn about a point on the floor, as an actor.

    Returns:
        The asset, and (3,) where the centre of its box lies in the frame it was drawn in.

    """
    asset = pile.asset(name, semantic, *shapes)
    return as_actor(replace(asset, mass_kg=mass_kg))


def as_actor(scenery: Asset) -> tuple[Asset, np.ndarray]:
    """Scenery of one part with its frame moved to the centre of its box, and (3,) where that was."""
    mesh = scenery.parts[0].mesh
    low, high = mesh.vertices.min(axis=0).astype(float), mesh.vertices.max(axis=0).astype(float)
    middle, (length, width, height) = (low + high) / 2, (float(extent) for extent in high - low)
    part = Part("body", mesh, (float(-middle[0]), float(-middle[1]), float(-middle[2])))
    shapes = tuple(_moved(s, middle) for s in scenery.collision)
    return replace(scenery, box=(length, width, height), parts=(part,), collision=shapes), middle


def _moved(shape: CollisionShape, middle: np.ndarray) -> CollisionShape:
    x, y, z = (float(a - b) for a, b in zip(shape.position, middle, strict=True))
    at: dict[str, Any] = {"position": (x, y, z)}
    if isinstance(shape, Box):
        return replace(shape, **at)
    return replace(shape, **at) if isinstance(shape, Cylinder) else Sphere(shape.radius, (x, y, z))


def glazing(opacity: float) -> Material:
    """A pane: clear at 0, frosted white at 1."""
    tone = 0.02 + 0.55 * opacity
    return Material(
        (tone, tone, tone), 0.04 + 0.4 * opacity, nir_reflectance=0.04 + 0.5 * opacity,
        transparency=0.90 * (1.0 - opacity),
    )  # fmt: skip


def glass_leaf(width_m: float, opacity: float) -> tuple[Asset, np.ndarray]:
    """A door leaf of toughened glass along +y from its hinge, with a rail at its foot and head and a bar to pull."""
    pile = Pile()
    pane = glazing(opacity)
    pile.flat(pane, block(-0.005, 0.005, 0.01, width_m - 0.01, 0.09, DOOR_M - 0.06))
    rail = finishes.ALUMINIUM
    pile.flat(
        rail,
        block(-0.018, 0.018, 0.0, width_m, 0.012, 0.092),
        block(-0.018, 0.018, 0.0, width_m, DOOR_M - 0.06, DOOR_M),
    )
    for side in (-1.0, 1.0):
        bar = np.array([[side * 0.05, width_m - 0.12, 0.80], [side * 0.05, width_m - 0.12, 1.35]])
        pile.smooth(rail, tube(bar, 0.013, sides=12))
        for z in (0.86, 1.29):
            post = np.array([[0.0, width_m - 0.12, z], [side * 0.05, width_m - 0.12, z]])
            pile.smooth(rail, tube(post, 0.008, sides=8))
    return centred(pile, "glass_door", SemanticClass.WALL, (solid(-0.02, 0.02, 0.0, width_m, 0.0, DOOR_M),))


def glass_screen(width_m: float, opacity: float, height_m: float = 2.6) -> tuple[Asset, np.ndarray]:
    """A fixed glass partition along y about its middle: panes between slim posts at its ends, a rail at its foot."""
    pile = Pile()
    half = width_m / 2
    pile.flat(glazing(opacity), block(-0.005, 0.005, -half, half, 0.06, height_m - 0.05))
    rail = finishes.ALUMINIUM
    pile.flat(
        rail, block(-0.02, 0.02, -half, half, 0.0, 0.06), block(-0.025, 0.025, -half, half, height_m - 0.05, height_m)
    )
    count = max(1, round(width_m / 1.2))
    for y in np.linspace(-half, half, count + 1):
        pile.flat(finishes.STEEL_DARK, block(-0.012, 0.012, y - 0.008, y + 0.008, 0.06, height_m))
    return centred(pile, "glass_screen", SemanticClass.WALL, (solid(-0.02, 0.02, -half, half, 0.0, height_m),))


def door_frame(opening_m: float, height_m: float = 2.6) -> Asset:
    """Two posts and a head about an opening in a partition along y; opaque, so scans see the posts."""
    pile = Pile()
    dark = finishes.STEEL_DARK
    y = opening_m / 2
    posts = [(y, y + 0.06), (-y - 0.06, -y)]
    for a, b in posts:
        pile.flat(dark, block(-0.03, 0.03, a, b, 0.0, height_m))
    pile.flat(dark, block(-0.03, 0.03, -y, y, DOOR_M + 0.01, DOOR_M + 0.07))
    shapes = [solid(-0.03, 0.03, a, b, 0.0, height_m) for a, b in posts]
    shapes.append(solid(-0.03, 0.03, -y, y, DOOR_M + 0.01, DOOR_M + 0.07))
    return pile.asset("door_frame", SemanticClass.WALL, *shapes)


def steps_down(drop_m: float, width_m: float, *, risers: int, landing_m: float) -> tuple[Asset, np.ndarray]:
    """What lies beyond an edge along y at x = 0: a face or a flight of steps, and the floor below it, towards +x."""
    pile = Pile()
    half = width_m / 2
    concrete, nose = finishes.CONCRETE_DARK, finishes.SAFETY_YELLOW
    shapes = []
    riser, tread = drop_m / risers, (TREAD_M if risers > 1 else 0.0)
    for k in range(risers):
        x, top = k * tread, -k * riser
        if k == risers - 1:
            pile.flat(concrete, quad((x, half, -drop_m), (x, -half, -drop_m), (x, -half, top), (x, half, top)))
            break
        z, x1 = top - riser, (k + 1) * tread
        pile.flat(concrete, block(x, x1, -half, half, -drop_m, z))
        if k == 0:
            pile.flat(concrete, quad((x, half, z), (x, -half, z), (x, -half, top), (x, half, top)))
        pile.flat(nose, block(x1 - 0.045, x1 + 0.002, -half, half, z - 0.02, z + 0.002))
        shapes.append(solid(x, x1, -half, half, -drop_m - 0.05, z))
    x = (risers - 1) * tread
    below = quad(
        (x, -half, -drop_m), (x + landing_m, -half, -drop_m), (x + landing_m, half, -drop_m), (x, half, -drop_m)
    )
    pile.flat(finishes.FLOOR_YARD, below)
    shapes.append(solid(x, x + landing_m, -half, half, -drop_m - 0.1, -drop_m))
    name = "stairs_down" if risers > 1 else "dock_edge"
    return centred(pile, name, SemanticClass.FLOOR, tuple(shapes))


def bench(underside_m: float, length_m: float = 2.0, depth_m: float = 0.8) -> tuple[Asset, np.ndarray]:
    """A packing bench along y with legs at its ends: a top at `underside_m`, a scale and cartons on it."""
    pile = Pile()
    y, x, z = length_m / 2, depth_m / 2, underside_m
    pile.smooth(finishes.WOOD_PALE, rounded_box((depth_m, length_m, 0.04), 0.005, (0.0, 0.0, z + 0.02), segments=1))
    frame = painted((0.10, 0.12, 0.14), 0.5)
    shapes = [solid(-x, x, -y, y, z, z + 0.04)]
    for sx in (-1.0, 1.0):
        for sy in (-1.0, 1.0):
            px, py = sx * (x - 0.05), sy * (y - 0.05)
            pile.flat(frame, block(px - 0.025, px + 0.025, py - 0.025, py + 0.025, 0.0, z))
            shapes.append(solid(px - 0.025, px + 0.025, py - 0.025, py + 0.025, 0.0, z))
    pile.flat(
        frame,
        block(-x + 0.05, x - 0.05, -y + 0.03, -y + 0.07, z - 0.05, z),
        block(-x + 0.05, x - 0.05, y - 0.07, y - 0.03, z - 0.05, z),
    )
    pile.flat(
        CARD, block(-0.25, 0.12, -0.75, -0.35, z + 0.04, z + 0.30), block(-0.2, 0.2, 0.35, 0.62, z + 0.04, z + 0.22)
    )
    pile.flat(finishes.STEEL_GREY, block(-0.2, 0.2, -0.18, 0.18, z + 0.04, z + 0.10))
    return centred(pile, "packing_bench", SemanticClass.TABLE, tuple(shapes))


def roller_door(opening_m: float, underside_m: float, height_m: float = 3.4) -> tuple[Asset, np.ndarray]:
    """A roller door along y, stopped with its lower edge at `underside_m`: guides, curtain, box."""
    pile = Pile()
    y = opening_m / 2
    lath, dark = painted((0.40, 0.42, 0.44), 0.5), finishes.STEEL_DARK
    low = underside_m
    pile.flat(dark, block(-0.015, 0.015, -y, y, low, low + 0.05))
    for z in np.arange(low + 0.05, height_m - 0.02, 0.095):
        pile.flat(lath, block(-0.012, 0.012, -y, y, z, min(z + 0.086, height_m)))
    pile.flat(dark, block(-0.006, 0.006, -y, y, low + 0.05, height_m))
    shapes = [solid(-0.02, 0.02, -y, y, low, height_m)]
    for a, b in ((y, y + 0.12), (-y - 0.12, -y)):
        pile.flat(finishes.HAZARD, block(-0.07, 0.07, a, b, 0.0, height_m))
        shapes.append(solid(-0.07, 0.07, a, b, 0.0, height_m))
    pile.flat(lath, block(-0.25, 0.25, -y - 0.15, y + 0.15, height_m, height_m + 0.45))
    shapes.append(solid(-0.25, 0.25, -y - 0.15, y + 0.15, height_m, height_m + 0.45))
    return centred(pile, "roller_door", SemanticClass.WALL, tuple(shapes))


def charging_station() -> Asset:
    """A charging post by a wall with contact plates near the floor and a lit bar, facing +x."""
    pile = Pile()
    white, dark = painted((0.60, 0.61, 0.62), 0.35), finishes.PLASTIC_BLACK
    pile.smooth(white, rounded_box((0.22, 0.50, 0.95), 0.03, (0.0, 0.0, 0.495), segments=2))
    pile.flat(dark, block(0.109, 0.16, -0.18, 0.18, 0.06, 0.26), block(-0.15, 0.15, -0.28, 0.28, 0.0, 0.02))
    pile.flat(
        finishes.GALVANISED, block(0.16, 0.165, -0.12, 0.12, 0.11, 0.14), block(0.16, 0.165, -0.12, 0.12, 0.18, 0.21)
    )
    pile.flat(
        Material((0.1, 0.3, 0.2), 0.3, emission=(40.0, 700.0, 300.0)), block(0.109, 0.112, -0.16, 0.16, 0.80, 0.83)
    )
    return pile.asset("charging_station", SemanticClass.STREET_FURNITURE, solid(-0.15, 0.165, -0.28, 0.28, 0.0, 0.97))


def _pallet_boards(pile: Pile) -> None:
    for y in np.linspace(-0.35, 0.35, 5):
        pile.flat(finishes.WOOD_PALE, block(-0.6, 0.6, y - 0.05, y + 0.05, 0.122, 0.144))
    for x in (-0.52, 0.0, 0.52):
        pile.flat(finishes.WOOD_PALE, block(x - 0.07, x + 0.07, -0.4, 0.4, 0.100, 0.122))
    for y in (-0.33, 0.0, 0.33):
        pile.flat(finishes.WOOD_PALE, block(-0.6, 0.6, y - 0.06, y + 0.06, 0.0, 0.022))
        for x in (-0.52, 0.0, 0.52):
            pile.flat(finishes.WOOD, block(x - 0.07, x + 0.07, y - 0.05, y + 0.05, 0.022, 0.100))


def empty_pallet() -> tuple[Asset, np.ndarray]:
    """A EUR pallet, long side along x; lower than a safety scanner looks."""
    pile = Pile()
    _pallet_boards(pile)
    return centred(pile, "pallet", SemanticClass.STREET_FURNITURE, (solid(-0.6, 0.6, -0.4, 0.4, 0.0, 0.144),), 25.0)


def carton_layer(
    size: tuple[float, float, float], mass_kg: float, friction: float, *, rng: np.random.Generator
) -> Asset:
    """A layer of cartons held together by straps, long side along x; its box is its shape."""
    pile = Pile()
    x, y, z = (v / 2 for v in size)
    columns, rows = max(1, round(size[0] / 0.4)), max(1, round(size[1] / 0.4))
    for i in range(columns):
        for k in range(rows):
            a, b = -x + size[0] * i / columns, -y + size[1] * k / rows
            c, d = a + size[0] / columns, b + size[1] / rows
            inset = 0.003 + 0.004 * float(rng.random())
            pile.flat(CARD, block(a + inset, c - inset, b + inset, d - inset, -z, z - 0.002))
            middle = (b + d) / 2
            pile.flat(TAPE, block(a + 0.001, c - 0.001, middle - 0.025, middle + 0.025, z - 0.09, z))
    strap = painted((0.05, 0.10, 0.28), 0.3)
    for at in (-x / 2, x / 2):
        pile.flat(strap, block(at - 0.008, at + 0.008, -y - 0.001, y + 0.001, -z, z + 0.001))
    box = Box((x, y, z))
    return replace(pile.asset("carton_layer", SemanticClass.OBJECT, box), box=size, mass_kg=mass_kg, friction=friction)


def roll_cage(*, rng: np.random.Generator) -> tuple[Asset, np.ndarray]:
    """A roll cage full of parcels, 0.8 x 0.7 x 1.7 m, on castors."""
    pile = Pile()
    x, y, top = 0.40, 0.35, 1.70
    steel = finishes.GALVANISED
    pile.flat(steel, block(-x, x, -y, y, 0.16, 0.19))
    for px in (-x + 0.015, x - 0.015):
        for py in (-y + 0.015, y - 0.015):
            pile.flat(steel, block(px - 0.012, px + 0.012, py - 0.012, py + 0.012, 0.16, top))
            pile.smooth(
                finishes.PLASTIC_BLACK, cylinder(0.06, 0.03, sides=16, axis="y").moved(px * 0.88, py * 0.9, 0.06)
            )
            pile.flat(steel, block(px * 0.88 - 0.02, px * 0.88 + 0.02, py * 0.9 - 0.022, py * 0.9 + 0.022, 0.09, 0.16))
    for z in np.arange(0.30, top, 0.14):
        for py in (-y + 0.012, y - 0.012):
            pile.flat(steel, block(-x, x, py - 0.004, py + 0.004, z - 0.004, z + 0.004))
    for u in np.linspace(-x + 0.1, x - 0.1, 6):
        for py in (-y + 0.012, y - 0.012):
            pile.flat(steel, block(u - 0.004, u + 0.004, py - 0.004, py + 0.004, 0.19, top))
    level = 0.195
    while level < 1.30:
        tall = float(rng.uniform(0.2, 0.36))
        cut = float(rng.uniform(-0.08, 0.08))
        for a, b in ((-x + 0.03, cut - 0.01), (cut + 0.01, x - 0.03)):
            tone = (CARD, CARD, painted((0.30, 0.30, 0.31)), painted((0.07, 0.14, 0.26)))[int(rng.integers(4))]
            pile.flat(tone, block(a, b, -y + 0.03, y - 0.03, level, level + tall - 0.02))
        level += tall
    shape = solid(-x, x, -y, y, 0.03, top)
    return centred(pile, "roll_cage", SemanticClass.STREET_FURNITURE, (shape,), 140.0)


def spill(length_m: float, width_m: float, *, oil: bool, rng: np.random.Generator) -> tuple[Asset, np.ndarray]:
    """A film of water or oil on the floor, of irregular outline within its rectangle, with a few drops about it."""
    pile = Pile()
    tone = (0.035, 0.030, 0.022) if oil else (0.105, 0.108, 0.112)
    film = Material(tone, 0.03, nir_reflectance=0.03 if oil else 0.06)
    angle = np.linspace(0.0, 2 * np.pi, 72, endpoint=False)
    wave = np.ones_like(angle)
    for k in range(2, 8):
        wave += float(rng.uniform(-0.10, 0.10)) / np.sqrt(k) * np.cos(k * angle + float(rng.uniform(0, 2 * np.pi)))
    wave = np.clip(wave / wave.max(), 0.55, 1.0)
    c, s = np.cos(angle), np.sin(angle)
    round_ = (np.abs(c) ** 4 + np.abs(s) ** 4) ** -0.25
    outline = np.stack([0.5 * length_m * wave * round_ * c, 0.5 * width_m * wave * round_ * s], axis=1)
    pile.flat(film, _sheet(outline, 0.0022))
    for _ in range(9):
        at = np.array([0.5 * length_m, 0.5 * width_m]) * rng.uniform(-1.02, 1.02, 2)
        drop = float(rng.uniform(0.015, 0.05))
        circle = np.stack([drop * np.cos(angle[::5]), drop * np.sin(angle[::5])], axis=1) + at
        pile.flat(film, _sheet(circle, 0.0024))
    return centred(pile, "spill", SemanticClass.DEBRIS)


def _sheet(outline: np.ndarray, z: float) -> Shape:
    return polygon(outline, axis="z", at=z)


def guard_rail(length_m: float) -> Asset:
    """A railing along y about its middle: posts, hand rail, knee rail and toe board."""
    pile = Pile()
    half, yellow = length_m / 2, finishes.SAFETY_YELLOW
    for y in np.linspace(-half + 0.03, half - 0.03, max(2, round(length_m / 1.4) + 1)):
        pile.smooth(yellow, cylinder(0.022, 1.10, sides=12).moved(0.0, float(y), 0.55))
    for z in (0.55, 1.08):
        pile.smooth(yellow, tube(np.array([[0.0, -half, z], [0.0, half, z]]), 0.020, sides=12))
    pile.flat(yellow, block(-0.006, 0.006, -half, half, 0.01, 0.14))
    return pile.asset("guard_rail", SemanticClass.GUARD_RAIL, solid(-0.025, 0.025, -half, half, 0.0, 1.1))


def rack_upright_guard() -> Asset:
    """A yellow guard before the foot of a rack upright."""
    pile = Pile()
    pile.smooth(finishes.SAFETY_YELLOW, rounded_box((0.14, 0.16, 0.40), 0.02, (0.0, 0.0, 0.20), segments=2))
    pile.flat(finishes.STEEL_DARK, block(-0.08, 0.08, -0.09, 0.09, 0.0, 0.01))
    return pile.asset("rack_guard", SemanticClass.STREET_FURNITURE, solid(-0.07, 0.07, -0.08, 0.08, 0.0, 0.4))


def bucket_and_sign() -> tuple[Asset, np.ndarray]:
    """A folding wet-floor sign and a mop bucket, which somebody has put beside a spill."""
    pile = Pile()
    yellow = painted((0.70, 0.50, 0.02), 0.45)
    for side in (-1.0, 1.0):
        foot, head = side * 0.16, side * 0.015
        leaf = quad((foot, -0.14, 0.0), (foot, 0.14, 0.0), (head, 0.10, 0.62), (head, -0.10, 0.62))
        pile.flat(yellow, leaf, Shape(leaf.vertices, leaf.faces[:, ::-1]))
        mark = quad((foot * 0.72 + side * 0.004, -0.05, 0.20), (foot * 0.72 + side * 0.004, 0.05, 0.20),
                    (foot * 0.4 + side * 0.004, 0.04, 0.42), (foot * 0.4 + side * 0.004, -0.04, 0.42))  # fmt: skip
        pile.flat(finishes.PLASTIC_BLACK, mark, Shape(mark.vertices, mark.faces[:, ::-1]))
    pile.smooth(painted((0.03, 0.09, 0.30), 0.4), cylinder(0.15, 0.30, sides=24).moved(0.05, 0.45, 0.16))
    pole = np.array([[0.05, 0.45, 0.25], [-0.08, 0.52, 1.30]])
    pile.smooth(finishes.WOOD_PALE, tube(pole, 0.012, sides=10))
    shapes = (solid(-0.16, 0.16, -0.14, 0.14, 0.0, 0.62), solid(-0.10, 0.20, 0.30, 0.60, 0.0, 0.31))
    return centred(pile, "wet_floor_sign", SemanticClass.STREET_FURNITURE, shapes)
