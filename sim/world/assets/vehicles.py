"""Vehicles by kind: every class of `sim.physics.specs.VEHICLES` as a seeded, individual asset.

The asset frame is the centre of the label box, x forward. Parts are "body" and the wheels ("wheel_fl", "wheel_fr",
"wheel_rl", "wheel_rr"; two-wheelers "wheel_f", "wheel_r"), whose axle is their local y axis and whose origin is the
hub.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ....renderers.scene import RGB, Mesh
from ...physics.specs import VEHICLES, VehicleSpec
from ..classes import SemanticClass
from ..memo import pure
from .asset import Asset, Box, Late, Part, Vec3, fork
from .bicycle import build_bicycle
from .bus import build_bus
from .car_body import add_decks, add_greenhouse, add_hull, add_underbody, hull_of
from .car_parts import add_cabin, add_lamps, add_trim, hull_cells
from .car_styles import STYLES, vary
from .meshes import MeshBuilder
from .motorcycle import build_motorcycle
from .truck import build_truck
from .vehicle_looks import draw_paint
from .wheels import car_wheels

Builder = Callable[[VehicleSpec, np.random.Generator, RGB | None], tuple[Part, ...]]
"""Makes the parts of one vehicle in its nominal size, z up from the ground."""


@pure
def build_vehicle(kind: str, *, rng: np.random.Generator, size: Vec3 | None = None, colour: RGB | None = None) -> Asset:
    """One vehicle.

    Args:
        kind: a key of `VEHICLES`.
        rng: source of paint, proportions and details; equal streams give equal assets.
        size: full length, width, height [m]; the class's own where None. The body is stretched, wheels stay round.
        colour: linear RGB of the paint; drawn from the paints of real traffic where None.

    Raises:
        ValueError: for an unknown kind.

    """
    if kind not in BUILDERS:
        near = difflib.get_close_matches(kind, BUILDERS, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"unknown vehicle kind {kind!r}, expected one of {', '.join(BUILDERS)}{hint}")
    spec = VEHICLES[kind]
    semantic, builder = BUILDERS[kind]
    parts = builder(spec, rng, colour)
    full = size or spec.size
    factors = np.array(full) / np.array(spec.size)
    stretched: dict[Mesh | Late, Late] = {}
    placed = tuple(_placed(part, factors, full[2], stretched) for part in parts)
    length, width, height = full
    clearance = 0.16 * height
    hull = Box((length / 2, width / 2, (height - clearance) / 2), (0.0, 0.0, clearance / 2))
    return Asset(kind, semantic, full, placed, (hull,), spec.mass_kg)


def _placed(
    part: Part,
    factors: np.ndarray[tuple[int], np.dtype[np.float64]],
    height: float,
    stretched: dict[Mesh | Late, Late],
) -> Part:
    """A part moved from the ground frame into the box frame and stretched; wheels keep their shape.

    `stretched` remembers what was made of each look, so that parts which shared one go on doing so.
    """
    x, y, z = (float(v) for v in np.array(part.position) * factors)
    stretch = np.full(3, factors[2]) if part.name.startswith("wheel") else factors
    look = part.look
    if not np.allclose(stretch, 1.0):
        look = stretched.setdefault(look, Late(_stretched, part, stretch))
    return replace(part, look=look, position=(x, y, z - height / 2))


def _stretched(part: Part, stretch: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Mesh:
    mesh = part.mesh
    normals = mesh.normals / stretch
    return Mesh(
        (mesh.vertices * stretch).astype(np.float32),
        (normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype(np.float32),
        mesh.faces, mesh.face_material, mesh.materials, mesh.name,
    )  # fmt: skip


def build_car(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> tuple[Part, ...]:
    """Hatchback, sedan, SUV or van."""
    body = Late(car_body, spec, fork(rng), colour)
    return (Part("body", body), *car_wheels(spec, int(rng.integers(0, 2**31))))


def car_body(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> Mesh:
    """Hull, glass, lamps, trim and cabin in the ground frame."""
    style = vary(STYLES[spec.kind], rng=rng)
    paint = draw_paint(rng=rng, colour=colour)
    hull = hull_of(style, spec)
    body = MeshBuilder(f"{spec.kind} body")
    face, lamps, tail_lamps = (int(k) for k in rng.integers(0, 3, 3))
    add_hull(body, hull, hull_cells(hull, style, paint, face=face, lamps=lamps, tail_lamps=tail_lamps))
    add_lamps(body, hull, style, lamps)
    add_decks(body, hull, style, spec, paint)
    add_greenhouse(body, hull, style, spec, paint)
    add_underbody(body, hull, spec)
    add_trim(body, hull, style, spec, paint, rng=rng)
    add_cabin(body, hull, style, spec, rng=rng)
    return body.build()


BUILDERS: dict[str, tuple[SemanticClass, Builder]] = {
    "hatchback": (SemanticClass.CAR, build_car),
    "sedan": (SemanticClass.CAR, build_car),
    "suv": (SemanticClass.CAR, build_car),
    "van": (SemanticClass.VAN, build_car),
    "box_truck": (SemanticClass.TRUCK, build_truck),
    "bus": (SemanticClass.BUS, build_bus),
    "motorcycle": (SemanticClass.MOTORCYCLE, build_motorcycle),
    "bicycle": (SemanticClass.BICYCLE, build_bicycle),
}
"""Class and builder of every vehicle kind."""
