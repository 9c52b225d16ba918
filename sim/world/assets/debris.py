"""What lies on roads: tyres and their treads, lost cargo, what storms and building sites leave.

The field's sets name tyres, suitcases, boxes, stones, branches, bags and bins as the objects to expect (CODA, Lost and
Found); sizes of 0.05 to about 2 m. Dimensions and masses are those of common goods: a EUR pallet is 1.2 x 0.8 x
0.144 m and 25 kg (EN 13698-1), a 205/55 R16 tyre 9 kg, a 120-litre bin 10 kg; the others are typical (unverified).
Collision shapes are boxes and cylinders that fill what is seen; cars touch them with the body, which has some ground
clearance: wheels do not climb them. Frame: centre of the bounding box, z up as it lies, x along its length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from math import sqrt

import numpy as np

from ..classes import SemanticClass
from . import debris_shapes as draw
from .asset import Asset, Box, CollisionShape, Cylinder, Part, Quat, Vec3
from .meshes import MeshBuilder
from .shapes import Shape

_ALONG_X: Quat = (0.0, sqrt(0.5), 0.0, sqrt(0.5))
"""Turns the axis of a cylinder from z to x."""


@dataclass(frozen=True)
class DebrisSpec:
    """One kind of thing.

    Attributes:
        size: full length, width, height as it lies [m].
        mass_kg: mass at that size.
        friction: against a reference surface of 1.
        shape: "box", "disc" (a cylinder standing up), "roll" (one lying along x), "strip" (an arc of boxes) or "lump"
            (a box that is narrower than what is seen).
        pieces: draws it.

    """

    size: Vec3
    mass_kg: float
    friction: float
    shape: str
    pieces: Callable[[np.random.Generator], list[draw.Piece]]


DEBRIS: dict[str, DebrisSpec] = {
    "car_tyre": DebrisSpec((0.632, 0.632, 0.205), 9.0, 0.80, "disc", draw.car_tyre),
    "tyre_tread": DebrisSpec((1.70, 0.40, 0.22), 12.0, 0.70, "strip", draw.tyre_tread),
    "pallet": DebrisSpec((1.20, 0.80, 0.144), 25.0, 0.50, "box", draw.pallet),
    "cardboard_box": DebrisSpec((0.60, 0.40, 0.40), 6.0, 0.45, "box", draw.cardboard_box),
    "crate": DebrisSpec((0.80, 0.60, 0.55), 22.0, 0.45, "box", draw.crate),
    "suitcase": DebrisSpec((0.78, 0.49, 0.28), 15.0, 0.35, "box", draw.suitcase),
    "ladder": DebrisSpec((2.70, 0.42, 0.085), 10.0, 0.35, "box", draw.ladder),
    "mattress": DebrisSpec((2.00, 0.90, 0.22), 18.0, 0.60, "box", draw.mattress),
    "rock": DebrisSpec((0.48, 0.40, 0.32), 75.0, 0.70, "lump", draw.rock),
    "branch": DebrisSpec((2.30, 0.90, 0.50), 25.0, 0.60, "roll", draw.branch),
    "exhaust": DebrisSpec((1.45, 0.25, 0.16), 9.0, 0.40, "box", draw.exhaust),
    "bucket": DebrisSpec((0.32, 0.32, 0.30), 1.0, 0.40, "disc", draw.bucket),
    "wheelie_bin": DebrisSpec((0.96, 0.50, 0.55), 10.0, 0.40, "box", draw.wheelie_bin),
    "carpet_roll": DebrisSpec((2.00, 0.29, 0.29), 20.0, 0.60, "roll", draw.carpet_roll),
    "log": DebrisSpec((3.00, 0.34, 0.34), 170.0, 0.60, "roll", draw.log),
    "pipe": DebrisSpec((3.00, 0.25, 0.25), 30.0, 0.35, "roll", draw.pipe),
    "bag": DebrisSpec((0.52, 0.48, 0.50), 4.0, 0.50, "lump", draw.bag),
}
"""All kinds by name."""


def build_debris(kind: str, *, rng: np.random.Generator, size_m: float | None = None) -> Asset:
    """One thing as it lies on the road.

    Args:
        kind: a key of `DEBRIS`.
        rng: source of its look.
        size_m: its length; the kind's own where None. Width, height and (by volume) mass go with it.

    Raises:
        ValueError: for an unknown kind, or a length out of 0.05 to 4 m.

    """
    if kind not in DEBRIS:
        near = get_close_matches(kind, DEBRIS, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown debris {kind!r}, expected one of {', '.join(DEBRIS)}; did you mean {near!r}?")
    spec = DEBRIS[kind]
    if size_m is not None and not 0.05 <= size_m <= 4.0:
        raise ValueError(f"debris of {size_m:g} m, expected 0.05 to 4 m")
    scale = 1.0 if size_m is None else size_m / spec.size[0]
    x, y, z = (scale * s for s in spec.size)
    pieces = spec.pieces(rng)
    points = np.concatenate([shape.vertices for shape, _, _ in pieces])
    low, high = points.min(axis=0), points.max(axis=0)
    fit, middle = np.array([x, y, z]) / (high - low), 0.5 * (low + high)
    builder = MeshBuilder(kind)
    for shape, material, crease in pieces:
        builder.add(Shape((shape.vertices - middle) * fit, shape.faces), material, crease_deg=crease)
    collision = _COLLISION[spec.shape]((x, y, z))
    mass = spec.mass_kg * scale**3
    return Asset(
        kind, SemanticClass.DEBRIS, (x, y, z), (Part("body", builder.build()),), collision, mass, spec.friction
    )


def _strip(size: Vec3) -> tuple[CollisionShape, ...]:
    """An arc that touches the ground in its middle."""
    x, y, z = size
    thick, count = 0.25 * z, 5
    boxes = []
    for k in range(count):
        share = (k + 0.5) / count - 0.5
        boxes.append(
            Box((0.5 * x / count, 0.4 * y, 0.5 * thick), (share * x, 0.0, -0.5 * z + 0.5 * thick + 3.0 * share**2 * z))
        )
    return tuple(boxes)


_COLLISION: dict[str, Callable[[Vec3], tuple[CollisionShape, ...]]] = {
    "box": lambda s: (Box((s[0] / 2, s[1] / 2, s[2] / 2)),),
    "disc": lambda s: (Cylinder(s[0] / 2, s[2]),),
    "roll": lambda s: (Cylinder(0.5 * min(s[1], s[2]), s[0], (0.0, 0.0, 0.5 * (min(s[1], s[2]) - s[2])), _ALONG_X),),
    "strip": _strip,
    "lump": lambda s: (Box((0.42 * s[0], 0.42 * s[1], 0.46 * s[2]), (0.0, 0.0, -0.04 * s[2])),),
}
