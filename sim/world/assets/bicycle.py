"""A bicycle with its rider. Ground frame; the rider is baked into the body, wheels turn on their own."""

from __future__ import annotations

import numpy as np

from ....renderers.scene import RGB, Material, Mesh
from ...physics.specs import VehicleSpec
from .asset import Late, Part, fork
from .meshes import (
    MeshBuilder,
    box,
    capsule,
    cylinder,
    disc,
    revolve,
    superellipse,
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
    HEAD,
    REFLECTOR_RED,
    REFLECTOR_WHITE,
    RUBBER,
    STEEL,
    TAIL,
)

REFLECTOR_AMBER = Material((0.55, 0.22, 0.02), 0.2, 0.0, 0.5, retro=120.0)
FRAME_COLOURS: tuple[RGB, ...] = (
    (0.02, 0.02, 0.022), (0.45, 0.02, 0.02), (0.03, 0.12, 0.40), (0.70, 0.70, 0.68), (0.04, 0.25, 0.12),
    (0.10, 0.30, 0.34),
    (0.60, 0.30, 0.03), (0.14, 0.14, 0.15),
)  # fmt: skip


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


def build_bicycle(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> tuple[Part, ...]:
    """City bicycle with diamond or step-through frame, mudguards, carrier, lights, and a rider."""
    rear, r = -spec.size[0] / 2 + spec.rear_overhang_m, spec.wheel_radius_m
    tyre = spec.wheel_width_m
    return (
        Part("body", Late(bicycle_body, spec, fork(rng), colour)),
        Part("wheel_f", Late(bicycle_wheel, r, tyre, "wheel_f"), (rear + spec.wheelbase_m, 0.0, r)),
        Part("wheel_r", Late(bicycle_wheel, r, tyre, "wheel_r"), (rear, 0.0, r)),
    )


def bicycle_body(spec: VehicleSpec, rng: np.random.Generator, colour: RGB | None) -> Mesh:
    """Frame, guards, carrier, lights and rider in the ground frame."""
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
    return b.build()
