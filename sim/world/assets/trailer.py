"""What cars tow: a caravan and a small box trailer, standing on their wheels and jockey wheel.

Sizes and masses of common models: a caravan of 1300 kg, 6.6 m with the drawbar, and a 750 kg trailer (typical,
unverified). Asset frame: centre of the box, the drawbar forward. Left out: the coupling as a joint; a trailer stands.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

import numpy as np

from ....renderers.scene import RGB, Material
from ..classes import SemanticClass
from .asset import Asset, Box, Part, Vec3
from .car_parts import add_plate
from .finishes import GALVANISED, painted
from .meshes import MeshBuilder, box, cylinder, disc, loft, revolve, rounded_box, tube
from .panels import add_pair
from .shapes import in_plane
from .vehicle_looks import (
    BLACK,
    BRAKE,
    DARK,
    GLASS_DARK,
    INDICATOR_LEFT,
    REFLECTOR_RED,
    REFLECTOR_WHITE,
    RUBBER,
    STEEL,
    TAIL,
)
from .wheels import tyre_profile

_STRIPES: tuple[RGB, ...] = ((0.03, 0.08, 0.25), (0.20, 0.21, 0.22), (0.30, 0.03, 0.03), (0.05, 0.20, 0.18))
_TARPS: tuple[RGB, ...] = ((0.10, 0.11, 0.12), (0.03, 0.09, 0.28), (0.03, 0.14, 0.06), (0.30, 0.03, 0.03))


def build_trailer(kind: str, *, rng: np.random.Generator) -> Asset:
    """A caravan or a box trailer.

    Raises:
        ValueError: for an unknown kind.

    """
    if kind not in TRAILERS:
        near = get_close_matches(kind, TRAILERS, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown trailer {kind!r}, expected one of {', '.join(TRAILERS)}; did you mean {near!r}?")
    size, mass, drawbar, build = TRAILERS[kind]
    builder = MeshBuilder(kind)
    build(builder, size, rng)
    length, width, height = size
    low = 0.40
    hull = Box(((length - drawbar) / 2, width / 2, (height - low) / 2), (-drawbar / 2, 0.0, low / 2))
    bar = Box((drawbar / 2, 0.10, 0.10), (length / 2 - drawbar / 2, 0.0, 0.45 - height / 2))
    part = Part("body", builder.build(), (0.0, 0.0, -height / 2))
    return Asset(kind, SemanticClass.TRAILER, size, (part,), (hull, bar), mass)


def _running_gear(b: MeshBuilder, front: float, end: float, axle: float, track: float, radius: float) -> None:
    """Wheels, axle, drawbar with coupling, jockey wheel."""
    h = 0.09
    for side in (1.0, -1.0):
        tyre = revolve(tyre_profile(radius, 2 * h, radius * 0.62), axis="y", sides=26, closed=True)
        b.add(tyre.moved(axle, side * track / 2, radius), RUBBER)
        b.add(cylinder(radius * 0.62, 0.10, sides=22, axis="y").moved(axle, side * (track / 2 + 0.005), radius), STEEL)
        b.add(cylinder(radius * 0.20, 0.13, sides=12, axis="y").moved(axle, side * (track / 2 + 0.01), radius), DARK)
        b.add(
            tube([(end + 0.3, side * track * 0.30, 0.42), (front - 0.25, side * 0.03, 0.45)], 0.035, sides=6),
            GALVANISED,
        )
    b.add(cylinder(0.035, track, sides=8, axis="y").moved(axle, 0.0, radius), DARK)
    b.add(rounded_box((0.30, 0.09, 0.09), 0.02, (front - 0.15, 0.0, 0.46), segments=2), GALVANISED)
    b.add(cylinder(0.045, 0.08, sides=12).moved(front - 0.05, 0.0, 0.45), BLACK)
    b.add(cylinder(0.022, 0.55, sides=8).moved(front - 0.42, 0.09, 0.40), STEEL)
    b.add(cylinder(0.10, 0.05, sides=16, axis="y").moved(front - 0.45, 0.09, 0.10), RUBBER)
    b.add(tube([(front - 0.30, 0.0, 0.50), (front - 0.36, 0.0, 0.72)], 0.014, sides=6), BLACK)


def _caravan(b: MeshBuilder, size: Vec3, rng: np.random.Generator) -> None:
    length, width, height = size
    front, half = length / 2, width / 2
    x1, x0, z0 = front - 1.25, -front, 0.40
    tone = float(rng.uniform(0.62, 0.74))
    skin = Material((tone, tone, 0.97 * tone), 0.3, nir_reflectance=0.65)
    stripe = painted(_STRIPES[int(rng.integers(len(_STRIPES)))], 0.35)
    # side view, from the drawbar round the roof to the back
    outline = np.array(
        [
            (x1 - 0.06, z0),
            (x1, 0.62),
            (x1 - 0.02, 1.15),
            (x1 - 0.16, 1.75),
            (x1 - 0.42, 2.30),
            (x1 - 0.72, height - 0.04),
            (x1 - 1.0, height),
            (x0 + 0.55, height - 0.01),
            (x0 + 0.20, height - 0.09),
            (x0 + 0.05, 2.25),
            (x0, 1.5),
            (x0 + 0.01, 0.7),
            (x0 + 0.06, z0),
        ]
    )
    shares = ((-1.0, 0.975), (-0.985, 0.994), (-0.95, 1.0), (0.95, 1.0), (0.985, 0.994), (1.0, 0.975))
    middle = np.array([0.5 * (x0 + x1), 0.5 * (z0 + height)])
    rings = []
    for y, grow in shares:
        p = middle + grow * (outline - middle)
        rings.append(np.stack([p[:, 0], np.full(len(p), y * half), p[:, 1]], axis=1))
    b.add(loft(np.array(rings)), skin, crease_deg=40.0)
    wall = half + 0.001

    def pane(x: float, z: float, long: float, tall: float) -> None:
        for material, grow, lift in ((BLACK, 0.07, 0.004), (GLASS_DARK, 0.0, 0.010)):
            panel = rounded_box((long + grow, 0.012, tall + grow), 0.005, (x, wall + lift, z), segments=2)
            b.add(panel, material)
            if x < x1 - 2.6 or x > x1 - 1.9:  # the door is on the right
                b.add(panel.mirrored("y"), material)

    for x, long in ((x1 - 1.15, 1.0), (x1 - 3.3, 0.9), (x0 + 0.85, 0.8)):
        pane(x, 1.62, long, 0.52)
    nose = rounded_box((0.016, 1.60, 0.50), 0.006, (0.0, 0.0, 0.0), segments=2).rotated("y", -0.24)
    b.add(nose.moved(x1 - 0.085, 0.0, 1.50), GLASS_DARK)
    b.add(rounded_box((0.016, 1.30, 0.50), 0.006, (x0 + 0.004, 0.0, 1.70), segments=2), GLASS_DARK)
    door_x = x1 - 2.25
    b.add(box((0.72, 0.006, 1.82), (door_x, -wall - 0.002, z0 + 0.98)), BLACK)
    b.add(box((0.70, 0.012, 1.80), (door_x, -wall - 0.003, z0 + 0.98)), skin)
    b.add(rounded_box((0.40, 0.012, 0.42), 0.005, (door_x, -wall - 0.010, 1.72), segments=2), GLASS_DARK)
    b.add(rounded_box((0.10, 0.03, 0.05), 0.012, (door_x - 0.27, -wall - 0.02, 1.25), segments=2), BLACK)
    b.add(box((0.45, 0.16, 0.05), (door_x, -half + 0.02, 0.28)), STEEL)
    add_pair(b, box((x1 - x0 - 1.4, 0.006, 0.06), (0.5 * (x0 + x1), wall, 1.12)), stripe)
    add_pair(b, box((x1 - x0 - 1.0, 0.006, 0.14), (0.5 * (x0 + x1), wall, 0.98)), stripe)
    for x in (x1 - 1.6, x0 + 1.3):
        b.add(rounded_box((0.45, 0.45, 0.07), 0.03, (x, 0.0, height + 0.0), segments=2), skin)
    axle = 0.5 * (x0 + x1) - 0.25
    arch = np.array(
        [
            in_plane(
                [
                    (y, z)
                    for y, z in ((half - 0.30, 0.38), (half + 0.004, 0.38), (half + 0.004, 0.74), (half - 0.30, 0.74))
                ],
                "x",
                x,
            )
            for x in (axle - 0.40, axle + 0.40)
        ]
    )
    add_pair(b, loft(arch), BLACK)
    b.add(box((x1 - x0 - 0.2, 2 * half - 0.12, 0.05), (0.5 * (x0 + x1), 0.0, z0 + 0.0)), DARK)
    for y, look in ((half - 0.16, INDICATOR_LEFT), (half - 0.36, BRAKE), (half - 0.56, TAIL)):
        add_pair(b, rounded_box((0.03, 0.18, 0.12), 0.01, (x0 + 0.002, y, 0.75), segments=2), look)
    b.add(box((0.02, 0.25, 0.04), (x0 + 0.012, 0.0, height - 0.22)), BRAKE)
    add_plate(b, x0 - 0.004, 0.95, -1.0, rng=rng)
    add_pair(b, disc(0.045, sides=12, axis="x").flipped().moved(x0 - 0.012, half - 0.80, 0.66), REFLECTOR_RED)
    add_pair(b, box((0.012, 0.10, 0.03), (x1 - 0.01, half - 0.25, 0.55)), REFLECTOR_WHITE)
    b.add(rounded_box((0.62, 1.25, 0.55), 0.08, (x1 + 0.22, 0.0, 0.80), segments=3), skin)
    _running_gear(b, front, x0, axle, 2 * half - 0.16, 0.32)


def _box_trailer(b: MeshBuilder, size: Vec3, rng: np.random.Generator) -> None:
    length, width, height = size
    front, half = length / 2, width / 2
    x1, x0, z0 = front - 1.05, -front + 0.02, 0.50
    wood = painted((0.30, 0.22, 0.13), 0.6)
    tarp = Material(_TARPS[int(rng.integers(len(_TARPS)))], 0.55, nir_reflectance=0.3)
    inner = half - 0.19
    b.add(box((x1 - x0, 2 * inner, 0.03), (0.5 * (x0 + x1), 0.0, z0)), wood)
    add_pair(b, box((x1 - x0, 0.025, 0.36), (0.5 * (x0 + x1), inner, z0 + 0.18)), GALVANISED)
    for x in (x0, x1):
        b.add(box((0.025, 2 * inner, 0.36), (x, 0.0, z0 + 0.18)), GALVANISED)
    for x in np.linspace(x0 + 0.03, x1 - 0.03, 4):
        add_pair(b, box((0.04, 0.02, 0.36), (float(x), inner + 0.018, z0 + 0.18)), STEEL)
    top = height - z0 - 0.36
    hood = [
        in_plane(
            [
                (-inner * w, z0 + 0.33),
                (inner * w, z0 + 0.33),
                (inner * w, z0 + 0.36 + top * u),
                (0.0, z0 + 0.36 + top),
                (-inner * w, z0 + 0.36 + top * u),
            ],
            "x",
            x,
        )
        for x, w, u in (
            (x0 + 0.01, 1.02, 0.80),
            (x0 + 0.08, 1.03, 0.93),
            (x1 - 0.08, 1.03, 0.93),
            (x1 - 0.01, 1.02, 0.80),
        )
    ]
    b.add(loft(np.array(hood)), tarp, crease_deg=25.0)
    axle = 0.5 * (x0 + x1) - 0.06
    t = np.linspace(0.05 * np.pi, 0.95 * np.pi, 9)
    for side in (1.0, -1.0):
        guard = np.array(
            [
                [(axle + 0.33 * np.cos(a), side * y, 0.29 + 0.33 * np.sin(a)) for a in t]
                + [(axle + 0.31 * np.cos(a), side * y, 0.29 + 0.31 * np.sin(a)) for a in t[::-1]]
                for y in (inner + 0.02, half - 0.005)
            ]
        )
        b.add(loft(guard), BLACK)
    b.add(box((0.05, 2 * half - 0.06, 0.12), (x0 - 0.015, 0.0, 0.42)), BLACK)
    for y, look in ((half - 0.08, INDICATOR_LEFT), (half - 0.19, BRAKE), (half - 0.30, TAIL)):
        add_pair(b, box((0.03, 0.10, 0.09), (x0 - 0.035, y, 0.42)), look)
    add_plate(b, x0 - 0.045, 0.42, -1.0, rng=rng)
    add_pair(b, disc(0.04, sides=12, axis="x").flipped().moved(x0 - 0.05, half - 0.45, 0.42), REFLECTOR_RED)
    _running_gear(b, front, x0, axle, 2 * half - 0.19, 0.29)


TRAILERS: dict[str, tuple[Vec3, float, float, Callable[[MeshBuilder, Vec3, np.random.Generator], None]]] = {
    "caravan": ((6.60, 2.30, 2.60), 1300.0, 1.25, _caravan),
    "box_trailer": ((3.25, 1.60, 1.55), 450.0, 1.05, _box_trailer),
}
"""Size [m], mass [kg], length of the drawbar [m] and builder of each kind."""
