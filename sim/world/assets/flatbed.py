"""A flatbed truck: the cab and frame of the box truck under an open bed with drop sides and a headboard.

`FLATBED` is its class for the physics of vehicles; its box reaches from the ground to the roof of the cab, so cargo on
the bed lies inside it and is carried by `cargo_actor`, not by contact. Size and mass: a 9-tonne two-axle lorry
(typical, unverified). Left out: crane, lashing rings.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....renderers.scene import RGB, Material, Mesh
from ...physics.specs import VEHICLES, VehicleSpec
from ..classes import SemanticClass
from .asset import Asset, Box, Late, Part, fork
from .car_parts import add_plate
from .cutting import cut_mesh
from .finishes import WOOD
from .meshes import MeshBuilder, box, cylinder
from .panels import add_pair
from .truck import add_cab, add_chassis
from .vehicle_looks import BLACK, REFLECTOR_WHITE, STEEL, draw_paint, nir_of
from .wheels import truck_wheels

FLATBED = replace(
    VEHICLES["box_truck"], kind="flatbed_truck", size=(8.20, 2.50, 2.80), mass_kg=8200.0, cog_height_m=1.15
)
"""The class of the truck, with part of a load."""
BED_TOP_M = 1.16
"""Height of the floor of the bed above the ground."""
_BOARDS: tuple[RGB, ...] = ((0.50, 0.51, 0.52), (0.03, 0.10, 0.30), (0.35, 0.03, 0.03), (0.05, 0.16, 0.08))


def bed_span() -> tuple[float, float, float]:
    """Rear and front end of the bed in the frame of the truck's box, and its half width inside the sides [m]."""
    front = FLATBED.size[0] / 2
    return -front + 0.10, front - 2.18, FLATBED.size[1] / 2 - 0.07


def build_flatbed(*, rng: np.random.Generator, colour: RGB | None = None, sides: bool = True) -> Asset:
    """A flatbed truck, its asset frame the centre of the box of `FLATBED`.

    Args:
        rng: source of paint and details.
        colour: linear RGB of the cab; drawn where None.
        sides: whether the drop sides are up; the tailboard is always down.

    """
    spec, drop = FLATBED, -FLATBED.size[2] / 2
    wheels = (replace(w, position=(*w.position[:2], w.position[2] + drop)) for w in truck_wheels(spec))
    parts = (Part("body", Late(_body, spec, fork(rng), colour, sides), (0.0, 0.0, drop)), *wheels)
    hull = Box((spec.size[0] / 2, spec.size[1] / 2, 0.42 * spec.size[2]), (0.0, 0.0, 0.08 * spec.size[2]))
    return Asset(spec.kind, SemanticClass.TRUCK, spec.size, parts, (hull,), spec.mass_kg)


def _body(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None, sides: bool) -> Mesh:
    """Cab, chassis and bed in the ground frame."""
    length, width, height = spec.size
    front, half = length / 2, width / 2
    rear_axle = -front + spec.rear_overhang_m
    front_axle = rear_axle + spec.wheelbase_m
    paint = draw_paint(rng=rng, colour=colour)
    tone = _BOARDS[int(rng.integers(len(_BOARDS)))]
    board = Material(tone, 0.4, 0.0, nir_of(tone))
    cab = MeshBuilder("cab")
    add_cab(cab, front, front - 1.95, half - 0.12, front_axle, spec.wheel_radius_m, paint, rng=rng)
    whole = cab.build()
    low, _ = cut_mesh(whole, whole.vertices[:, 2].astype(float) - (height - 0.01))  # no wind shield above the roof
    assert low is not None
    b = MeshBuilder("flatbed_truck body")
    b.add_mesh(low)
    add_chassis(b, front, half, rear_axle, front_axle, spec.wheel_radius_m)
    add_plate(b, front + 0.006, 0.52, 1.0, rng=rng)
    add_plate(b, -front + 0.045, 0.80, -1.0, rng=rng)
    x0, x1, inside = bed_span()
    middle, long = 0.5 * (x0 + x1), x1 - x0
    b.add(box((long, 2 * half - 0.02, 0.10), (middle, 0.0, BED_TOP_M - 0.06)), STEEL)
    for k in range(11):
        y = -inside + (k + 0.5) * 2 * inside / 11
        b.add(box((long - 0.02, 2 * inside / 11 - 0.008, 0.02), (middle, y, BED_TOP_M - 0.01)), WOOD)
    b.add(box((0.05, 2 * half - 0.04, 1.05), (x1 + 0.03, 0.0, BED_TOP_M + 0.50)), board)
    for y in np.linspace(-half + 0.15, half - 0.15, 6):
        b.add(box((0.07, 0.04, 1.15), (x1 + 0.03, float(y), BED_TOP_M + 0.52)), STEEL)
    b.add(cylinder(0.03, 2 * half - 0.06, sides=10, axis="y").moved(x1 + 0.03, 0.0, BED_TOP_M + 1.10), STEEL)
    if sides:
        for k in range(3):
            add_pair(b, box((long - 0.06, 0.03, 0.115), (middle, half - 0.03, BED_TOP_M + 0.075 + 0.135 * k)), board)
        for x in np.linspace(x0 + 0.06, x1 - 0.06, 4):
            add_pair(b, box((0.06, 0.05, 0.46), (float(x), half - 0.03, BED_TOP_M + 0.20)), STEEL)
    for k in range(3):
        tail = box((0.03, 2 * half - 0.12, 0.115), (x0 - 0.02, 0.0, BED_TOP_M - 0.15 - 0.135 * k))
        b.add(tail, board)
    for k in range(int(long / 0.7)):
        add_pair(b, box((0.34, 0.004, 0.05), (x0 + 0.4 + 0.7 * k, half - 0.008, BED_TOP_M - 0.06)), REFLECTOR_WHITE)
    add_pair(b, box((0.10, 0.02, 0.30), (rear_axle - 0.75, half - 0.05, 0.80)), BLACK)
    return b.build()
