"""A motorcycle with its rider. Ground frame; the rider is baked into the body, wheels turn on their own."""

from __future__ import annotations

import numpy as np

from ....renderers.scene import RGB, Mesh
from ...physics.specs import VehicleSpec
from .asset import Late, Part, fork
from .meshes import (
    MeshBuilder,
    box,
    capsule,
    cylinder,
    disc,
    ellipsoid,
    grid,
    revolve,
    rounded_box,
    tube,
)
from .panels import add_pair
from .riders import Seat, add_rider
from .two_wheelers import LEATHER, along_x, arc
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
    RUBBER,
    STEEL,
    TAIL,
    draw_paint,
)


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


def build_motorcycle(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> tuple[Part, ...]:
    """Naked road motorcycle with a rider in jacket and full-face helmet."""
    rear, r = -spec.size[0] / 2 + spec.rear_overhang_m, spec.wheel_radius_m
    tyre = spec.wheel_width_m * 0.9
    return (
        Part("body", Late(motorcycle_body, spec, fork(rng), colour)),
        Part("wheel_f", Late(motorcycle_wheel, r, tyre * 0.85, "wheel_f"), (rear + spec.wheelbase_m, 0.0, r)),
        Part("wheel_r", Late(motorcycle_wheel, r, tyre, "wheel_r"), (rear, 0.0, r)),
    )


def motorcycle_body(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> Mesh:
    """Frame, engine, tank and rider in the ground frame."""
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
        ellipsoid((0.11, 0.105, 0.105), (front - 0.20, 0, 0.885), sides=14, rings=8),
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
    return b.build()
