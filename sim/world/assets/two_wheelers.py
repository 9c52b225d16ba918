"""Bicycle and motorcycle with their riders. Ground frame; the rider is baked into the body, wheels turn on their
own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ....renderers.scene import RGB, Material, Mesh
from ...physics.specs import VehicleSpec
from .asset import Part
from .meshes import (
    F64,
    MeshBuilder,
    Shape,
    box,
    capsule,
    cylinder,
    disc,
    ellipsoid,
    grid,
    in_plane,
    loft,
    revolve,
    rounded_box,
    superellipse,
    tube,
)
from .panels import add_pair
from .riders import Seat, add_rider
from .vehicle_looks import (
    BLACK,
    BRAKE,
    CHROME,
    DARK,
    GLASS,
    GLOSS_BLACK,
    HEAD,
    INDICATOR_LEFT,
    INK,
    PLATE,
    REFLECTOR_RED,
    REFLECTOR_WHITE,
    RUBBER,
    STEEL,
    TAIL,
    draw_paint,
)

LEATHER = Material((0.02, 0.019, 0.018), 0.6, 0.0, 0.15)
FRAME_COLOURS: tuple[RGB, ...] = (
    (0.02, 0.02, 0.022), (0.45, 0.02, 0.02), (0.03, 0.12, 0.40), (0.70, 0.70, 0.68), (0.04, 0.25, 0.12),
    (0.10, 0.30, 0.34),
    (0.60, 0.30, 0.03), (0.14, 0.14, 0.15),
)  # fmt: skip


def along_x(stations: ArrayLike, *, sides: int = 14, exponent: float = 2.4) -> Shape:
    """Skin over upright rings; each station is x, z of the centre, half width, half height [m]."""
    rings: list[F64] = [
        in_plane(superellipse(a, c, exponent, sides), "x", x) + np.array([0.0, 0.0, z])
        for x, z, a, c in np.asarray(stations, float)
    ]
    return loft(np.array(rings))


def arc(centre: tuple[float, float], radius: float, start_deg: float, end_deg: float, count: int) -> F64:
    """(count, 3) points of an arc in the plane y = 0 about (x, z), angles from +x towards +z."""
    t = np.radians(np.linspace(start_deg, end_deg, count))
    return np.stack([centre[0] + radius * np.cos(t), np.zeros(count), centre[1] + radius * np.sin(t)], axis=1)


def bicycle_wheel(radius: float, width: float, name: str) -> Mesh:
    """Tyre, aluminium rim, hub and twenty crossed spokes."""
    b = MeshBuilder(name)
    section = superellipse(width / 2, width / 2, 2.0, 6)
    b.add(revolve(section + np.array([radius - width / 2, 0]), axis="y", sides=36, closed=True), RUBBER)
    rim = radius - width
    profile = [(rim - 0.014, -0.010), (rim + 0.006, -0.012), (rim + 0.006, 0.012), (rim - 0.014, 0.010)]
    b.add(revolve(profile, axis="y", sides=36, closed=True), CHROME)
    b.add(cylinder(0.018, 0.09, sides=8, axis="y"), STEEL)
    for k in range(20):
        t, side = 2 * np.pi * k / 20, 1.0 if k % 2 else -1.0
        lead = t + (0.35 if (k // 2) % 2 else -0.35)
        hub = (0.022 * np.sin(lead), side * 0.030, 0.022 * np.cos(lead))
        b.add(tube([hub, (rim * np.sin(t), 0.0, rim * np.cos(t))], 0.0016, sides=3, caps=False), STEEL)
    for t in (0.5, 0.5 + np.pi):
        b.add(box((0.09, 0.008, 0.025), (0, 0, 0.62 * rim)).rotated("y", t), REFLECTOR_WHITE)
    return b.build()


def motorcycle_wheel(radius: float, width: float, name: str) -> Mesh:
    """Round tyre, cast spokes, brake disc."""
    b = MeshBuilder(name)
    rim, h = radius * 0.70, width / 2
    profile = [(rim, -h * 0.75), (rim + 0.03, -h), (radius - 0.035, -h * 0.86), (radius - 0.008, -h * 0.45),
    (radius, 0.0),
               (radius - 0.008, h * 0.45), (radius - 0.035, h * 0.86), (rim + 0.03, h), (rim, h * 0.75)]  # fmt: skip
    b.add(revolve(profile, axis="y", sides=30, closed=True), RUBBER)
    ring = [(rim - 0.02, -h * 0.6), (rim + 0.004, -h * 0.75), (rim + 0.004, h * 0.75), (rim - 0.02, h * 0.6)]
    b.add(revolve(ring, axis="y", sides=30, closed=True), GLOSS_BLACK)
    b.add(cylinder(0.045, width * 0.8, sides=12, axis="y"), STEEL)
    for k in range(5):
        b.add(
            tube([(0, 0, 0.03), (0, 0, rim - 0.01)], [0.022, 0.014], sides=6, caps=False).rotated(
                "y", 2 * np.pi * k / 5
            ),
            GLOSS_BLACK,
        )
    for s in (1.0, -1.0):
        face = disc(radius * 0.46, sides=18, axis="y", inner=radius * 0.30)
        b.add((face if s > 0 else face.mirrored("y")).moved(y=s * (h * 0.55)), STEEL)
    return b.build()


def build_bicycle(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> tuple[Part, ...]:
    """City bicycle with diamond or step-through frame, mudguards, carrier, lights, and a rider."""
    length, width, height = spec.size
    rear, r = -length / 2 + spec.rear_overhang_m, spec.wheel_radius_m
    front = rear + spec.wheelbase_m
    shade = colour or FRAME_COLOURS[int(rng.integers(0, len(FRAME_COLOURS)))]
    paint = Material(shade, 0.25, 0.0, float(np.clip(0.1 + max(shade), 0.05, 0.75)))
    step_through = bool(rng.random() < 0.4)
    b = MeshBuilder("bicycle body")
    bb, head_low, head_top = (rear + 0.45, 0.285), (front - 0.125, 0.66), (front - 0.175, 0.84)
    seat_top, saddle = (rear + 0.29, 0.76), (rear + 0.235, 0.93)

    def bar(
        p: tuple[float, float],
        q: tuple[float, float],
        radius: float,
        material: Material,
        y: float = 0.0,
        y1: float | None = None,
    ) -> None:
        b.add(tube([(p[0], y, p[1]), (q[0], y if y1 is None else y1, q[1])], radius, sides=8), material)

    bar(bb, head_low, 0.019, paint)
    bar(bb, seat_top, 0.016, paint)
    bar(head_low, head_top, 0.020, paint)
    if step_through:
        b.add(
            tube(
                [(head_top[0], 0, head_top[1] - 0.05), (bb[0] + 0.25, 0, 0.50), (bb[0] - 0.05, 0, 0.42)], 0.016, sides=8
            ),
            paint,
        )
    else:
        bar((head_top[0] + 0.01, head_top[1] - 0.03), seat_top, 0.016, paint)
    bar(seat_top, saddle, 0.013, STEEL)
    for y in (0.035, -0.035):
        bar((rear, r), (seat_top[0], seat_top[1] - 0.02), 0.008, paint, y * 1.5, y * 0.4)
        bar((rear, r), bb, 0.009, paint, y * 1.5, y)
        b.add(
            tube(
                [(head_low[0], y, head_low[1]), (front - 0.05, y * 1.3, r + 0.14), (front, y * 1.3, r)], 0.011, sides=8
            ),
            paint,
        )
    grip = (head_top[0] - 0.13, width / 2 - 0.055, 1.06)
    stem = (head_top[0] - 0.01, 1.02)
    bar(head_top, stem, 0.013, STEEL)
    handle = [
        (stem[0], 0, stem[1]),
        (stem[0] + 0.02, 0.12, stem[1] + 0.03),
        (stem[0] - 0.02, 0.19, stem[1] + 0.04),
        (grip[0] - 0.04, grip[1] + 0.03, grip[2]),
    ]
    add_pair(b, tube(handle, 0.011, sides=7), STEEL)
    add_pair(
        b,
        tube(
            [(grip[0] + 0.06, grip[1] - 0.03, grip[2] + 0.003), (grip[0] - 0.05, grip[1] + 0.035, grip[2] - 0.002)],
            0.017,
            sides=8,
        ),
        RUBBER,
    )
    b.add(
        along_x(
            [
                (saddle[0] - 0.13, 0.945, 0.04, 0.02),
                (saddle[0] - 0.09, 0.95, 0.085, 0.03),
                (saddle[0] - 0.02, 0.95, 0.075, 0.028),
                (saddle[0] + 0.06, 0.95, 0.035, 0.02),
                (saddle[0] + 0.14, 0.945, 0.012, 0.012),
            ]
        ),
        LEATHER,
    )
    for centre, start, end in (((rear, r), 25, 200), ((front, r), 50, 170)):
        path = arc(centre, r + 0.018, start, end, 14)
        b.add(tube(path, 0.030, sides=6, flatten=0.25), BLACK if paint.albedo[0] > 0.3 else paint)
    crank_deg = float(rng.uniform(0, 360))
    pedals = []
    b.add(disc(0.095, sides=20, axis="y", inner=0.055).flipped().moved(bb[0], -0.048, bb[1]), STEEL)
    b.add(cylinder(0.02, 0.12, sides=8, axis="y").moved(bb[0], 0, bb[1]), STEEL)
    for s, turn in ((1.0, crank_deg), (-1.0, crank_deg + 180)):
        t = np.radians(turn)
        px, pz = bb[0] + 0.170 * np.cos(t), bb[1] + 0.170 * np.sin(t)
        b.add(tube([(bb[0], s * 0.065, bb[1]), (px, s * 0.075, pz)], 0.011, sides=6), STEEL)
        b.add(box((0.09, 0.085, 0.022), (px, s * 0.125, pz)), BLACK)
        for e in (-1, 1):
            b.add(box((0.004, 0.06, 0.014), (px + e * 0.047, s * 0.125, pz)), REFLECTOR_AMBER)
        pedals.append((px, s * 0.125, pz + 0.012))
    for z in (-0.085, 0.03):
        bar((rear, r + z * 0.4), (bb[0], bb[1] + (0.09 if z > 0 else -0.09)), 0.004, DARK, -0.048)
    rack_z = 0.755
    b.add(box((0.36, 0.12, 0.012), (rear - 0.05, 0, rack_z)), STEEL)
    for y in (0.05, -0.05):
        bar((rear, r + 0.02), (rear - 0.12, rack_z), 0.005, STEEL, y)
    b.add(capsule((front - 0.16, 0, 0.80), (front - 0.10, 0, 0.80), 0.032, sides=10, rings=2), BLACK)
    b.add(disc(0.030, sides=12, axis="x").moved(front - 0.0665, 0, 0.80), HEAD)
    b.add(box((0.02, 0.08, 0.04), (rear - 0.24, 0, rack_z - 0.03)), TAIL)
    b.add(box((0.012, 0.09, 0.045), (rear - 0.256, 0, rack_z - 0.03)), BRAKE)
    b.add(box((0.012, 0.05, 0.07), (rear - 0.335, 0, 0.52)), REFLECTOR_RED)
    seat = Seat((saddle[0] + 0.03, 0.0, 1.035), pedals[0], pedals[1], grip, height - 0.005, 1.74, 75.0)
    add_rider(b, seat, motor=False, rng=rng)
    tyre = spec.wheel_width_m
    return (
        Part("body", b.build()),
        Part("wheel_f", bicycle_wheel(r, tyre, "wheel_f"), (front, 0.0, r)),
        Part("wheel_r", bicycle_wheel(r, tyre, "wheel_r"), (rear, 0.0, r)),
    )


REFLECTOR_AMBER = Material((0.55, 0.22, 0.02), 0.2, 0.0, 0.5, retro=120.0)


def build_motorcycle(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> tuple[Part, ...]:
    """Naked road motorcycle with a rider in jacket and full-face helmet."""
    length, width, height = spec.size
    rear, r = -length / 2 + spec.rear_overhang_m, spec.wheel_radius_m
    front = rear + spec.wheelbase_m
    paint = draw_paint(rng=rng, colour=colour)
    b = MeshBuilder("motorcycle body")
    b.add(
        along_x(
            [
                (-0.02, 0.74, 0.05, 0.05),
                (0.03, 0.77, 0.115, 0.09),
                (0.12, 0.80, 0.14, 0.115),
                (0.24, 0.83, 0.145, 0.12),
                (0.34, 0.84, 0.115, 0.10),
                (0.41, 0.83, 0.06, 0.06),
            ],
            sides=18,
        ),
        paint,
    )
    b.add(
        along_x(
            [
                (-0.72, 0.83, 0.06, 0.025),
                (-0.60, 0.82, 0.10, 0.04),
                (-0.42, 0.79, 0.125, 0.045),
                (-0.22, 0.75, 0.13, 0.05),
                (-0.04, 0.75, 0.10, 0.05),
                (0.03, 0.76, 0.06, 0.04),
            ]
        ),
        LEATHER,
    )
    b.add(
        along_x(
            [
                (-0.88, 0.80, 0.05, 0.03),
                (-0.74, 0.77, 0.085, 0.05),
                (-0.50, 0.72, 0.10, 0.06),
                (-0.20, 0.68, 0.095, 0.06),
            ]
        ),
        paint,
    )
    b.add(rounded_box((0.42, 0.36, 0.26), 0.06, (0.08, 0, 0.40), segments=2), STEEL)
    add_pair(b, cylinder(0.10, 0.05, sides=16, axis="y").moved(0.02, 0.19, 0.40), DARK)
    for k in range(5):
        b.add(rounded_box((0.20, 0.30, 0.022), 0.01, (0.20, 0, 0.50 + 0.033 * k), segments=1), STEEL if k % 2 else DARK)
    b.add(box((0.30, 0.22, 0.20), (0.02, 0, 0.60)), DARK)
    add_pair(
        b,
        tube(
            [
                (0.42, 0.06, 0.84),
                (0.26, 0.13, 0.62),
                (0.20, 0.15, 0.34),
                (-0.10, 0.15, 0.28),
                (-0.22, 0.12, 0.42),
                (-0.16, 0.10, 0.70),
            ],
            0.018,
            sides=8,
        ),
        paint if rng.random() < 0.4 else BLACK,
    )
    add_pair(b, tube([(-0.20, 0.115, 0.36), (rear, 0.115, r)], [0.030, 0.024], sides=8), BLACK)
    add_pair(b, tube([(rear + 0.16, 0.125, r + 0.03), (-0.34, 0.10, 0.72)], 0.022, sides=8), CHROME)
    add_pair(
        b,
        tube([(front, 0.10, r), (front - 0.27, 0.095, 0.88)], [0.030, 0.022], sides=10),
        CHROME if rng.random() < 0.5 else BLACK,
    )
    b.add(box((0.07, 0.26, 0.05), (front - 0.27, 0, 0.88)), BLACK)
    b.add(tube(arc((front, r), r + 0.035, 35, 150, 9), 0.075, sides=8, flatten=0.30), paint)
    b.add(tube(arc((rear, r), r + 0.05, 70, 165, 8), 0.085, sides=8, flatten=0.25), BLACK)
    grip = (front - 0.42, width / 2 - 0.085, 1.02)
    handle = [
        (front - 0.29, 0, 0.92),
        (front - 0.31, 0.14, 0.97),
        (front - 0.36, 0.24, 1.02),
        (grip[0] - 0.02, grip[1] + 0.06, grip[2] - 0.005),
    ]
    add_pair(b, tube(handle, 0.013, sides=8), STEEL)
    add_pair(
        b,
        tube(
            [(grip[0] + 0.035, grip[1] - 0.06, grip[2] + 0.005), (grip[0] - 0.02, grip[1] + 0.065, grip[2] - 0.005)],
            0.020,
            sides=8,
        ),
        RUBBER,
    )
    add_pair(b, tube([(front - 0.34, 0.20, 1.00), (front - 0.30, 0.27, 1.14)], 0.007, sides=6), BLACK)
    add_pair(b, ellipsoid((0.02, 0.065, 0.042), (front - 0.30, 0.29, 1.16), sides=10, rings=6), BLACK)
    b.add(
        ellipsoid((0.11, 0.105, 0.105), (front - 0.17, 0, 0.88), sides=14, rings=8),
        paint if rng.random() < 0.5 else GLOSS_BLACK,
    )
    b.add(disc(0.088, sides=18, axis="x").moved(front - 0.088, 0, 0.885), HEAD)
    b.add(cylinder(0.096, 0.05, sides=18, axis="x").moved(front - 0.116, 0, 0.885), CHROME)
    b.add(rounded_box((0.05, 0.20, 0.09), 0.02, (front - 0.26, 0, 1.00), segments=2), BLACK)
    screen = np.array(
        [
            [(front - 0.12 - 0.10 * t, y * (1 - 0.2 * t), 0.98 + 0.16 * t) for y in (0.12, 0.06, 0.0, -0.06, -0.12)]
            for t in (0.0, 0.5, 1.0)
        ]
    )
    b.add(grid(screen), GLASS)
    add_pair(
        b, capsule((front - 0.22, 0.13, 0.85), (front - 0.22, 0.20, 0.85), 0.020, sides=8, rings=2), INDICATOR_LEFT
    )
    add_pair(b, capsule((-0.90, 0.09, 0.72), (-0.90, 0.17, 0.72), 0.020, sides=8, rings=2), INDICATOR_LEFT)
    b.add(rounded_box((0.04, 0.15, 0.035), 0.012, (-0.895, 0, 0.805), segments=1), BRAKE)
    b.add(rounded_box((0.04, 0.15, 0.022), 0.008, (-0.890, 0, 0.775), segments=1), TAIL)
    b.add(tube([(-0.82, 0, 0.76), (-1.00, 0, 0.55)], 0.016, sides=6), BLACK)
    b.add(box((0.012, 0.20, 0.16), (-1.02, 0, 0.57)), PLATE)
    for k in range(6):
        y, z = 0.055 * (k % 3 - 1), 0.605 if k < 3 else 0.54
        b.add(box((0.004, 0.032, 0.048), (-1.027, y, z)), INK)
    b.add(box((0.012, 0.06, 0.03), (-1.022, 0, 0.47)), REFLECTOR_RED)
    pipe = [(0.26, -0.06, 0.50), (0.36, -0.10, 0.36), (0.20, -0.15, 0.24), (-0.15, -0.17, 0.25), (-0.32, -0.19, 0.30)]
    b.add(tube(pipe, 0.022, sides=8), CHROME)
    b.add(
        tube(
            [(-0.30, -0.19, 0.30), (-0.40, -0.20, 0.33), (-0.80, -0.21, 0.45), (-0.82, -0.21, 0.455)],
            [0.03, 0.052, 0.055, 0.035],
            sides=12,
        ),
        STEEL,
    )
    peg = (-0.12, 0.20, 0.33)
    add_pair(b, cylinder(0.014, 0.12, sides=8, axis="y").moved(peg[0], peg[1], peg[2]), BLACK)
    b.add(box((0.55, 0.02, 0.07), (-0.42, 0.10, 0.40)), BLACK)
    right = (peg[0], -peg[1], peg[2] + 0.012)
    seat = Seat((-0.24, 0.0, 0.885), (peg[0], peg[1], peg[2] + 0.012), right, grip, height - 0.005, 1.70, 78.0, 0.25)
    add_rider(b, seat, motor=True, rng=rng)
    tyre = spec.wheel_width_m * 0.9
    return (
        Part("body", b.build()),
        Part("wheel_f", motorcycle_wheel(r, tyre * 0.85, "wheel_f"), (front, 0.0, r)),
        Part("wheel_r", motorcycle_wheel(r, tyre, "wheel_r"), (rear, 0.0, r)),
    )
