"""A box truck: cab over the front axle, box body with rear doors, under-run guards and reflective marking."""

from __future__ import annotations

import numpy as np

from ....renderers.scene import RGB, Material, Mesh, Texture
from ...physics.specs import VehicleSpec
from .asset import Late, Part, fork
from .car_parts import add_plate
from .meshes import MeshBuilder, box, cylinder, disc, grid, rounded_box, tube
from .panels import ROUND, add_pair, add_skin, arch_columns, cells, lid, lift_arches, wrap
from .vehicle_looks import (
    BLACK,
    BRAKE,
    CHROME,
    DARK,
    GAP,
    GLASS,
    GLOSS_BLACK,
    HEAD,
    INDICATOR_LEFT,
    MARKING_RED,
    REFLECTOR_WHITE,
    REVERSE,
    SCREEN,
    STEEL,
    TAIL,
    draw_paint,
    nir_of,
)
from .wheels import truck_wheels

BOX_COLOURS: tuple[RGB, ...] = (
    (0.74, 0.74, 0.72), (0.74, 0.74, 0.72), (0.70, 0.70, 0.66), (0.03, 0.10, 0.32), (0.60, 0.42, 0.03),
    (0.05, 0.22, 0.10),
    (0.40, 0.03, 0.03), (0.35, 0.36, 0.37),
)  # fmt: skip


def build_truck(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> tuple[Part, ...]:
    """Body and four wheels, twin tyres at the rear, in the ground frame."""
    return (Part("body", Late(truck_body, spec, fork(rng), colour)), *truck_wheels(spec))


def truck_body(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> Mesh:
    """Cab, box and chassis in the ground frame."""
    length, width, height = spec.size
    front, half = length / 2, width / 2
    rear_axle = -front + spec.rear_overhang_m
    front_axle = rear_axle + spec.wheelbase_m
    paint = draw_paint(rng=rng, colour=colour)
    shade = BOX_COLOURS[int(rng.integers(0, len(BOX_COLOURS)))]
    board = Material(shade, 0.45, 0.0, nir_of(shade))
    stripe = BOX_COLOURS[int(rng.integers(3, len(BOX_COLOURS)))]
    accent = Material(stripe, 0.45, 0.0, nir_of(stripe))
    b = MeshBuilder("box_truck body")
    back_of_cab = front - 1.95
    add_cab(b, front, back_of_cab, half - 0.12, front_axle, spec.wheel_radius_m, paint, rng=rng)
    add_box(b, back_of_cab - 0.14, -front + 0.06, half, height, board, accent, rng=rng)
    add_chassis(b, front, half, rear_axle, front_axle, spec.wheel_radius_m)
    add_plate(b, front + 0.006, 0.52, 1.0, rng=rng)
    add_plate(b, -front + 0.045, 0.80, -1.0, rng=rng)
    return b.build()


def add_cab(
    b: MeshBuilder,
    front: float,
    back: float,
    half: float,
    axle: float,
    hub: float,
    paint: Material,
    *,
    rng: np.random.Generator,
) -> None:
    """Cab with windscreen, doors, steps, grille, lamps and mirrors."""
    levels = (
        (0.34, 0.08, 0, 0.02), (0.50, 0.0, 0, 0.0), (0.78, 0.0, 0, 0.0), (0.84, 0.03, 0, 0.0), (1.02, 0.035, 0, 0.0),
        (1.30, 0.05, 0, 0.0),
        (1.42, 0.06, 0, 0.005), (1.48, 0.07, 0, 0.01), (1.95, 0.15, 0, 0.03), (2.30, 0.225, 0, 0.055),
        (2.36, 0.24, 0, 0.06),
        (2.55, 0.30, 0, 0.075), (2.63, 0.34, 0.02, 0.11), (2.66, 0.40, 0.05, 0.17),
    )  # fmt: skip
    arch = hub + 0.09
    x_door = front - 0.52
    columns = sorted(
        [x for x in arch_columns(axle, arch) if x < front - 0.46]
        + [x_door, x_door - 0.01, back + 0.50, back + 0.20, back + 0.19],
        reverse=True,
    )
    points = lift_arches(
        wrap(front, back, half, levels, columns, depth=(0.44, 0.10), square=(4.6, 9.0)), [axle], hub, arch
    )
    look = cells(len(levels) - 1, points.shape[1] - 1, paint)
    n = len(ROUND)
    look[0:1] = BLACK
    look[1, :5] = paint
    look[1, 5:9] = HEAD
    look[1, 6] = INDICATOR_LEFT
    look[2, :9] = BLACK
    look[3:5, :5] = BLACK
    side = points[0, n - 1 : -n, 0]
    look[6, :9] = GLOSS_BLACK
    look[7:9, :8] = SCREEN
    look[9, :8] = GLOSS_BLACK
    for k, x in enumerate(side[:-1]):
        c = n - 1 + k
        mid = 0.5 * (x + points[0, c + 1, 0])
        if back + 0.50 < mid < x_door - 0.01:
            look[7:9, c] = GLASS
            look[6, c] = look[9, c] = BLACK
        if abs(mid - (x_door - 0.005)) < 0.004 or abs(mid - (back + 0.195)) < 0.004:
            look[3:10, c] = GAP
    add_skin(b, points, look)
    roof = lid(points[-1], n, 0.05)
    add_skin(b, roof, cells(len(roof) - 1, n - 1, paint))
    bars = int(rng.integers(3, 6))
    for k in range(bars):
        z = 0.90 + 0.36 * (k + 0.5) / bars
        b.add(
            rounded_box((0.03, 1.20, 0.30 / bars), 0.01, (front - 0.035, 0, z), segments=1),
            CHROME if k == bars - 1 else GLOSS_BLACK,
        )
    add_pair(b, rounded_box((0.12, 0.20, 0.42), 0.05, (front - 0.28, half + 0.16, 1.92), segments=2), BLACK)
    add_pair(
        b,
        tube(
            [
                (front - 0.40, half - 0.04, 2.20),
                (front - 0.28, half + 0.15, 2.22),
                (front - 0.28, half + 0.15, 1.65),
                (front - 0.40, half - 0.04, 1.55),
            ],
            0.016,
            sides=6,
        ),
        BLACK,
    )
    add_pair(b, rounded_box((0.20, 0.03, 0.035), 0.012, (back + 0.36, half + 0.005, 1.36), segments=1), BLACK)
    for z in (0.45, 0.70):
        add_pair(b, box((0.34, 0.16, 0.03), (x_door - 0.02, half - 0.09, z)), BLACK)
    for y in (0.35, -0.25):
        b.add(
            tube(
                [(front - 0.02, y, 1.47), (front - 0.06, y + 0.25, 1.55), (front - 0.09, y + 0.52, 1.62)],
                0.010,
                sides=4,
            ),
            BLACK,
        )
    add_pair(b, box((0.02, 0.10, 0.04), (front - 0.36, half * 0.75, 2.60)), INDICATOR_LEFT)
    b.add(box((1.50, 2 * half - 0.16, 0.03), (front - 1.05, 0, 1.0)), DARK)
    b.add(rounded_box((0.42, 2 * half - 0.20, 0.28), 0.08, (front - 0.42, 0, 1.32), segments=2), BLACK)
    cloth = Material((0.05, 0.05, 0.055), 0.9, 0.0, 0.25, texture=Texture.CLOTH)
    for y in (0.62, -0.62):
        b.add(rounded_box((0.50, 0.52, 0.22), 0.06, (front - 1.12, y, 1.24), segments=2), cloth)
        b.add(rounded_box((0.16, 0.52, 0.80), 0.06, (front - 1.42, y, 1.66), segments=2), cloth)
    b.add(box((0.03, 2 * half - 0.2, 1.0), (back + 0.06, 0, 1.55)), BLACK)
    t = np.linspace(0, 2 * np.pi, 13)
    wheel = np.stack([front - 0.72 + 0.16 * np.sin(t), 0.62 + 0.23 * np.cos(t), 1.48 + 0.16 * np.sin(t)], 1)
    b.add(tube(wheel, 0.018, sides=5, caps=False), BLACK)
    if rng.random() < 0.6:
        shield = np.array(
            [
                [(front - 0.62, y, 2.64), (front - 0.95, y * 0.95, 2.98), (front - 1.55, y * 0.92, 3.24)]
                for y in np.linspace(0.92, -0.92, 7)
            ]
        )
        b.add(grid(shield).flipped(), paint)
        b.add(grid(shield - np.array([0.03, 0, 0.02])), BLACK)


def add_box(
    b: MeshBuilder,
    x1: float,
    x0: float,
    half: float,
    height: float,
    board: Material,
    accent: Material,
    *,
    rng: np.random.Generator,
) -> None:
    """Box body: aluminium frame, smooth walls, an advertising stripe, rear doors with lock bars, contour marking."""
    z0 = 1.06
    cx, cz = (x0 + x1) / 2, (z0 + height) / 2
    b.add(rounded_box((x1 - x0, 2 * half - 0.03, height - z0 - 0.01), 0.05, (cx, 0, cz), segments=2), board)
    edge = 0.075
    for z in (z0 + edge / 2, height - edge / 2):
        add_pair(b, box((x1 - x0, 0.03, edge), (cx, half - 0.015, z)), STEEL)
    for x in (x0 + edge / 2, x1 - edge / 2):
        add_pair(b, box((edge, 0.03, height - z0), (x, half - 0.015, cz)), STEEL)
    design = int(rng.integers(0, 3))
    span = x1 - x0 - 0.5
    if design == 0:
        add_pair(b, box((span, 0.006, 0.42), (cx, half - 0.014, z0 + 0.75)), accent)
    elif design == 1:
        add_pair(b, box((span * 0.55, 0.006, 1.0), (cx - 0.1 * span, half - 0.014, cz + 0.15)), accent)
    for k in range(int(span / 0.62)):
        add_pair(b, box((0.34, 0.004, 0.055), (x0 + 0.42 + 0.62 * k, half + 0.0, z0 + 0.04)), REFLECTOR_WHITE)
    back = x0
    for s in (1.0, -1.0):
        b.add(box((0.03, half - 0.085, height - z0 - 0.16), (back - 0.005, s * (half / 2 - 0.01), cz)), board)
        for y in (0.18, half - 0.32):
            b.add(cylinder(0.018, height - z0 - 0.05, sides=8).moved(back - 0.035, s * y, cz), STEEL)
            b.add(box((0.03, 0.16, 0.04), (back - 0.04, s * (y + 0.06), z0 + 0.42)), BLACK)
        for z in (z0 + 0.25, cz, height - 0.3):
            b.add(box((0.03, 0.14, 0.06), (back - 0.025, s * (half - 0.09), z)), STEEL)
        for k in range(4):
            z = z0 + 0.15 + k * 0.60
            b.add(
                box((0.004, 0.055, 0.40), (back - 0.022, s * (half - 0.045), z + 0.2)),
                MARKING_RED if k % 2 else REFLECTOR_WHITE,
            )
    b.add(box((0.012, 0.012, height - z0 - 0.1), (back - 0.018, 0, cz)), GAP)
    b.add(box((0.04, 2 * half, 0.10), (back - 0.01, 0, height - 0.05)), STEEL)
    b.add(box((0.04, 2 * half, 0.10), (back - 0.01, 0, z0 + 0.02)), STEEL)
    add_pair(b, box((0.02, 0.12, 0.05), (back - 0.032, half - 0.16, height - 0.05)), TAIL)
    b.add(box((0.02, 0.30, 0.04), (back - 0.032, 0, height - 0.05)), BRAKE)


def add_chassis(b: MeshBuilder, front: float, half: float, rear_axle: float, front_axle: float, hub: float) -> None:
    """Frame rails, axles, tank, side and rear under-run guards, mud guards, lamp bar."""
    add_pair(b, box((2 * front - 0.7, 0.08, 0.24), (-0.2, 0.40, 0.90)), DARK)
    for x in np.linspace(rear_axle - 1.5, front_axle - 1.0, 6):
        b.add(box((0.10, 2 * half - 0.25, 0.12), (float(x), 0, 1.0)), DARK)
    for x in (rear_axle, front_axle):
        b.add(cylinder(0.075, 1.7, sides=10, axis="y").moved(x, 0, hub), DARK)
    b.add(rounded_box((0.50, 0.55, 0.45), 0.12, (rear_axle, 0, hub), segments=2), DARK)
    b.add(rounded_box((0.95, 0.52, 0.48), 0.10, (front_axle - 1.45, half - 0.36, 0.68), segments=2), STEEL)
    b.add(rounded_box((0.70, 0.46, 0.42), 0.03, (front_axle - 1.35, -half + 0.36, 0.70), segments=1), BLACK)
    x1, x0 = front_axle - 2.05, rear_axle + 0.72
    for z in (0.52, 0.78):
        add_pair(b, box((x1 - x0, 0.03, 0.11), ((x0 + x1) / 2, half - 0.07, z)), STEEL)
    for x in (x0 + 0.2, x1 - 0.2):
        add_pair(b, box((0.06, 0.06, 0.56), (x, half - 0.10, 0.74)), BLACK)
    t = np.linspace(0.15 * np.pi, 0.85 * np.pi, 8)
    arc = np.stack([rear_axle + (hub + 0.06) * np.cos(t), hub + (hub + 0.06) * np.sin(t)], 1)
    add_pair(b, grid(np.array([[(x, y, min(z, 1.04)) for x, z in arc] for y in (half - 0.05, half - 0.72)])), BLACK)
    back = -front
    b.add(box((0.10, 2 * half - 0.20, 0.13), (back + 0.20, 0, 0.47)), STEEL)
    add_pair(b, box((0.10, 0.08, 0.50), (back + 0.25, 0.40, 0.72)), DARK)
    b.add(box((0.06, 2 * half - 0.12, 0.17), (back + 0.10, 0, 0.80)), BLACK)
    for y, material in (
        (half - 0.14, INDICATOR_LEFT),
        (half - 0.27, BRAKE),
        (half - 0.40, TAIL),
        (half - 0.53, REVERSE),
    ):
        add_pair(b, box((0.03, 0.115, 0.12), (back + 0.062, y, 0.80)), material)
    add_pair(b, disc(0.05, sides=12, axis="x").flipped().moved(back + 0.064, half - 0.66, 0.80), MARKING_RED)
    for x in np.linspace(rear_axle + 0.9, front_axle - 0.9, 3):
        add_pair(b, box((0.08, 0.012, 0.04), (float(x), half - 0.05, 0.78)), INDICATOR_LEFT)
    add_pair(b, box((0.03, 0.55, 0.36), (rear_axle - hub - 0.16, half - 0.36, 0.42)), BLACK)
