"""A low-floor city bus: tall panes, doors on the right-hand side, destination boards, seats and rails inside."""

from __future__ import annotations

import numpy as np

from ....renderers.scene import RGB, Material, Mesh, Texture
from ...physics.specs import VehicleSpec
from .asset import Late, Part, fork
from .car_parts import add_plate
from .meshes import MeshBuilder, box, cylinder, disc, grid, rounded_box, tube
from .panels import ROUND, add_pair, add_skin, arch_columns, cells, lid, lift_arches, mirrored_cells, wrap
from .vehicle_looks import (
    BLACK,
    BRAKE,
    DARK,
    GAP,
    GLASS,
    GLOSS_BLACK,
    HEAD,
    INDICATOR_LEFT,
    REFLECTOR_RED,
    REVERSE,
    SCREEN,
    TAIL,
    nir_of,
)
from .wheels import truck_wheels

LIVERIES: tuple[tuple[RGB, RGB], ...] = (
    ((0.60, 0.40, 0.02), (0.60, 0.40, 0.02)), ((0.48, 0.02, 0.02), (0.48, 0.02, 0.02)), ((0.72, 0.72, 0.70),
    (0.03, 0.13, 0.42)),
    ((0.72, 0.72, 0.70), (0.03, 0.28, 0.14)), ((0.04, 0.16, 0.42), (0.70, 0.70, 0.68)), ((0.03, 0.25, 0.20),
    (0.72, 0.72, 0.70)),
    ((0.72, 0.72, 0.70), (0.50, 0.03, 0.04)),
)  # fmt: skip
AMBER_ON = Material((0.25, 0.10, 0.01), 0.4, 0.0, 0.3, emission=(2.6e3, 1.05e3, 40.0))
YELLOW = Material((0.62, 0.40, 0.02), 0.35, 0.0, 0.6)


def build_bus(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> tuple[Part, ...]:
    """Body and four wheels, twin tyres at the rear, in the ground frame."""
    return (Part("body", Late(bus_body, spec, fork(rng), colour)), *truck_wheels(spec))


def bus_body(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> Mesh:
    """Hull, doors, panes, boards and saloon in the ground frame."""
    length, width, height = spec.size
    front, half = length / 2, width / 2
    rear_axle = -front + spec.rear_overhang_m
    front_axle = rear_axle + spec.wheelbase_m
    main, second = LIVERIES[int(rng.integers(0, len(LIVERIES)))]
    main = colour or main
    paint = Material(main, 0.16, 0.0, nir_of(main), texture=Texture.CAR_PAINT)
    skirt = Material(second, 0.16, 0.0, nir_of(second), texture=Texture.CAR_PAINT)
    b = MeshBuilder("bus body")
    levels = (
        (0.27, 0.10, 0.06, 0.03), (0.36, 0.02, 0.02, 0.005), (0.62, 0.0, 0.0, 0.0), (0.84, 0.005, 0.0, 0.0),
        (1.04, 0.02, 0.0, 0.0),
        (1.08, 0.022, 0.0, 0.002), (1.75, 0.075, 0.01, 0.012), (2.36, 0.14, 0.03, 0.03), (2.42, 0.145, 0.035, 0.032),
        (2.80, 0.21, 0.06, 0.05), (2.93, 0.25, 0.09, 0.075), (3.02, 0.31, 0.14, 0.13), (3.055, 0.38, 0.20, 0.22),
    )  # fmt: skip
    arch = spec.wheel_radius_m + 0.07
    doors = ((front_axle + 0.66, front_axle + 1.92), (0.0, 1.26))
    posts = set()
    for x in np.linspace(-front + 0.55, front - 0.62, 9):
        posts |= {round(float(x) - 0.035, 4), round(float(x) + 0.035, 4)}
    cuts = set()
    for x0, x1 in doors:
        mid = (x0 + x1) / 2
        cuts |= {x0, x0 + 0.05, mid - 0.025, mid + 0.025, x1 - 0.05, x1}
    posts = {x for x in posts if all(not (x0 - 0.08 < x < x1 + 0.08) for x0, x1 in doors)}
    arches = [x for a in (front_axle, rear_axle) for x in arch_columns(a, arch)]
    columns = sorted({x for x in {*posts, *cuts, *arches} if -front + 0.42 < x < front - 0.52}, reverse=True)
    columns = [x for k, x in enumerate(columns) if k == 0 or columns[k - 1] - x > 1e-3]
    points = wrap(front, -front, half, levels, columns, depth=(0.50, 0.40), square=(5.0, 6.0))
    points = lift_arches(points, [front_axle, rear_axle], spec.wheel_radius_m, arch)

    n, k_all = len(ROUND), points.shape[1] - 1
    look = cells(len(levels) - 1, k_all, paint)
    look[0:3] = skirt
    look[0] = BLACK
    x_mid = 0.5 * (points[0, :-1, 0] + points[0, 1:, 0])
    window = slice(5, 7)
    look[4:8, :] = GLOSS_BLACK
    look[7, :] = GLOSS_BLACK
    flank = np.arange(k_all)
    flank = flank[(flank >= n - 1) & (flank < k_all - n + 1)]
    for c in flank:
        post = any(abs(x_mid[c] - x) < 0.036 for x in np.linspace(-front + 0.55, front - 0.62, 9))
        if not post and x_mid[c] > -front + 0.62:
            look[window, c] = GLASS
    look[window, :8] = SCREEN
    look[4, :6] = GLOSS_BLACK
    look[8, :5] = GLOSS_BLACK
    look[2, 4:8] = HEAD
    look[2, 8] = INDICATOR_LEFT
    tail = k_all - n + 1
    look[window, tail + 4 :] = GLASS
    look[3, tail + 1 : tail + 3] = TAIL
    look[2, tail + 1 : tail + 3] = BRAKE
    look[2, tail + 3] = INDICATOR_LEFT
    look[3, tail + 3] = REVERSE
    right = mirrored_cells(look)
    for x0, x1 in doors:
        mid = (x0 + x1) / 2
        for c in flank:
            if x0 < x_mid[c] < x1:
                frame = x_mid[c] < x0 + 0.05 or x_mid[c] > x1 - 0.05 or abs(x_mid[c] - mid) < 0.026
                right[1:7, c] = GLOSS_BLACK if frame else GLASS
                right[7, c] = GLOSS_BLACK
                if frame and abs(x_mid[c] - mid) < 0.026:
                    right[1:7, c] = GAP
    add_skin(b, points, look, right=right)
    roof = lid(points[-1], n, 0.035)
    add_skin(b, roof, cells(len(roof) - 1, n - 1, paint))
    add_skin(b, roof - np.array([0, 0, 0.25]), cells(len(roof) - 1, n - 1, Material((0.55, 0.55, 0.53), 0.8, 0.0, 0.6)))

    add_board(b, front - 0.163, 2.60, 1.0, rng=rng)
    b.add(box((0.02, 0.55, 0.22), (-front + 0.055, 0.30, 2.60)), AMBER_ON)
    b.add(box((0.90, 0.02, 0.20), (front_axle + 0.2, -half + 0.037, 2.61)), AMBER_ON)
    b.add(box((0.02, 0.40, 0.05), (-front + 0.085, 0, 2.88)), BRAKE)
    add_plate(b, front + 0.005, 0.50, 1.0, rng=rng)
    add_plate(b, -front - 0.004, 0.74, -1.0, rng=rng)
    add_pair(b, box((0.02, 0.12, 0.05), (-front + 0.0, 0.80, 0.46)), REFLECTOR_RED)
    for s in (1.0, -1.0):
        arm = [
            (front - 0.40, s * (half - 0.10), 2.66),
            (front - 0.03, s * (half + 0.02), 2.60),
            (front - 0.05, s * (half + 0.10), 2.40),
        ]
        b.add(tube(arm, 0.022, sides=6), BLACK)
        b.add(rounded_box((0.12, 0.20, 0.40), 0.05, (front - 0.06, s * (half + 0.11), 2.18), segments=2), BLACK)
        b.add(
            disc(1.0, sides=12, axis="x").flipped().scaled(1, 0.08, 0.17).moved(front - 0.122, s * (half + 0.11), 2.18),
            GLOSS_BLACK,
        )
    for y in (0.15, -0.75):
        b.add(
            tube(
                [(front - 0.015, y, 1.06), (front - 0.02, y + 0.2, 1.20), (front - 0.055, y + 0.62, 1.55)],
                0.012,
                sides=4,
            ),
            BLACK,
        )
    b.add(rounded_box((2.2, 1.5, 0.12), 0.05, (-0.5, 0, height - 0.065), segments=2), paint)
    b.add(rounded_box((1.6, 1.6, 0.10), 0.04, (-front + 1.6, 0, height - 0.06), segments=2), skirt)
    add_wells(b, (front_axle, rear_axle), arch, spec.wheel_radius_m, half)
    add_saloon(b, front, half, rear_axle, front_axle, rng=rng)
    return b.build()


SEGMENTS_LIT = (
    "1110111",
    "0010010",
    "1011101",
    "1011011",
    "0111010",
    "1101011",
    "1101111",
    "1010010",
    "1111111",
    "1111011",
)
"""Which of the seven strokes (top, upper left, upper right, middle, lower left, lower right, bottom) make the
digits."""


def add_board(b: MeshBuilder, x: float, z: float, heading: float, *, rng: np.random.Generator) -> None:
    """Destination board: a line number in seven-segment strokes and a bar of dashes standing in for a name."""
    b.add(box((0.02, 1.50, 0.26), (x, 0, z)), GLOSS_BLACK)
    face = x + heading * 0.012
    for k, digit in enumerate(rng.integers(0, 10, 2)):
        y0, w, h = heading * (0.17 * k - 0.62), 0.10, 0.18
        strokes = (
            (0, h / 2, w, 0.024), (-w / 2, h / 4, 0.024, h / 2), (w / 2, h / 4, 0.024, h / 2), (0, 0, w, 0.024),
            (-w / 2, -h / 4, 0.024, h / 2), (w / 2, -h / 4, 0.024, h / 2), (0, -h / 2, w, 0.024),
        )  # fmt: skip
        for lit, (dy, dz, sy, sz) in zip(SEGMENTS_LIT[int(digit)], strokes, strict=True):
            if lit == "1":
                b.add(box((0.006, sy, sz), (face, y0 + heading * dy, z + dz)), AMBER_ON)
    y = -0.26
    while y < 0.66:
        w = float(rng.uniform(0.035, 0.07))
        b.add(box((0.006, w, 0.15), (face, heading * (y + w / 2), z)), AMBER_ON)
        y += w + 0.03


def add_wells(b: MeshBuilder, axles: tuple[float, ...], arch: float, hub: float, half: float) -> None:
    """Wheel houses and floor."""
    t = np.linspace(0.0, np.pi, 9)
    for axle in axles:
        outline = np.stack([axle + arch * np.cos(t), hub + arch * np.sin(t)], 1)
        outline = np.concatenate([[[axle + arch, 0.28]], outline, [[axle - arch, 0.28]]])
        house = np.array([[(x, y, z) for x, z in outline] for y in (half - 0.02, 0.52)])
        add_pair(b, grid(house), DARK)
        b.add(cylinder(0.10, 1.6, sides=8, axis="y").moved(axle, 0, hub), DARK)


def add_saloon(
    b: MeshBuilder, front: float, half: float, rear_axle: float, front_axle: float, *, rng: np.random.Generator
) -> None:
    """Floor, lining, seats, driver's place and hand rails behind the glass."""
    b.add(box((2 * front - 0.5, 1.16, 0.08), (0, 0, 0.33)), DARK)
    for x0, x1 in (
        (-front + 0.2, rear_axle - 0.6),
        (rear_axle + 0.6, front_axle - 0.6),
        (front_axle + 0.6, front - 0.3),
    ):
        b.add(box((x1 - x0, 2 * half - 0.1, 0.08), ((x0 + x1) / 2, 0, 0.33)), DARK)
    b.add(box((0.05, 2 * half - 0.2, 1.5), (-front + 0.45, 0, 1.0)), BLACK)
    colour = ((0.03, 0.06, 0.22), (0.25, 0.03, 0.03), (0.05, 0.14, 0.10))[int(rng.integers(0, 3))]
    cloth = Material(colour, 0.9, 0.0, 0.4, texture=Texture.CLOTH)
    for x in np.arange(-front + 1.0, front_axle - 0.3, 0.82):
        for y in (half - 0.52, -(half - 0.52)):
            if y < 0 and -0.5 < x < 1.7:
                continue
            b.add(box((0.42, 0.86, 0.10), (float(x), y, 0.92)), cloth)
            b.add(box((0.10, 0.86, 0.62), (float(x) - 0.22, y, 1.24)), cloth)
            b.add(box((0.30, 0.60, 0.55), (float(x), y, 0.62)), DARK)
    for x in np.arange(-2.0, front_axle + 0.5, 1.64):
        add_pair(b, cylinder(0.018, 2.3, sides=6, caps=False).moved(float(x), 0.36, 1.50), YELLOW)
    b.add(box((0.5, 0.55, 0.14), (front - 1.35, 0.62, 1.02)), DARK)
    b.add(box((0.14, 0.55, 0.75), (front - 1.66, 0.62, 1.40)), DARK)
    b.add(box((0.04, 1.1, 1.7), (front - 1.95, 0.65, 1.2)), BLACK)
    b.add(rounded_box((0.45, 1.3, 0.30), 0.08, (front - 0.62, 0.45, 0.98), segments=2), BLACK)
    t = np.linspace(0, 2 * np.pi, 13)
    wheel = np.stack([front - 0.86 + 0.14 * np.sin(t), 0.62 + 0.24 * np.cos(t), 1.20 + 0.19 * np.sin(t)], 1)
    b.add(tube(wheel, 0.018, sides=5, caps=False), BLACK)
