"""What is under a vehicle and shows when it lies on its side: exhaust, axles, tank, shafts.

Ordinary vehicles have a dark floor pan, rails and axles; this adds the rest as one more part. Places follow from the
class. Left out: hoses, brake lines, heat shields.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....renderers.scene import Material
from ...physics.specs import VehicleSpec
from .asset import Asset, Part
from .meshes import MeshBuilder, box, cylinder, rounded_box, tube
from .panels import add_pair
from .vehicle_looks import BLACK, STEEL

_RUST = Material((0.13, 0.075, 0.048), 0.85, 0.2, 0.25)
_IRON = Material((0.07, 0.068, 0.066), 0.6, 0.4, 0.2)
_TANK = Material((0.035, 0.036, 0.038), 0.45, 0.0, 0.06)
_HEAVY_KG = 3500.0


def with_underbody(asset: Asset, spec: VehicleSpec) -> Asset:
    """The asset with a part "underbody"; its box and collision stay as they are."""
    b = MeshBuilder(f"{spec.kind} underbody")
    rear = -spec.size[0] / 2 + spec.rear_overhang_m
    (_lorry if spec.mass_kg > _HEAVY_KG else _car)(b, spec, rear, rear + spec.wheelbase_m)
    part = Part("underbody", b.build(), (0.0, 0.0, -asset.size[2] / 2))
    return replace(asset, parts=(*asset.parts, part))


def _car(b: MeshBuilder, spec: VehicleSpec, rear: float, front: float) -> None:
    hub, track = spec.wheel_radius_m, spec.track_m
    z = 0.55 * hub
    b.add(rounded_box((0.62, 0.70, 0.10), 0.03, (front + 0.05, 0.0, z + 0.02), segments=2), _IRON)
    b.add(rounded_box((0.34, 0.30, 0.16), 0.05, (front + 0.10, 0.08, z), segments=2), STEEL)
    for s in (1.0, -1.0):
        arm = [
            (front - 0.16, s * 0.30, z + 0.02),
            (front - 0.02, s * (track / 2 - 0.12), z - 0.02),
            (front + 0.16, s * 0.32, z + 0.02),
        ]
        b.add(tube(arm, 0.026, sides=7, flatten=0.7), _IRON)
        shaft = [(front + 0.02, s * 0.14, hub - 0.03), (front, s * (track / 2 - 0.09), hub)]
        b.add(tube(shaft, 0.017, sides=8), STEEL)
        trail = [(rear + 0.52, s * 0.50, z + 0.05), (rear, s * (track / 2 - 0.14), hub - 0.03)]
        b.add(tube(trail, 0.034, sides=7), _IRON)
        b.add(cylinder(0.065, 0.20, sides=12).moved(rear - 0.02, s * 0.48, hub + 0.05), BLACK)
    b.add(
        tube(
            [(rear + 0.20, -(track / 2 - 0.16), hub - 0.04), (rear + 0.20, track / 2 - 0.16, hub - 0.04)],
            0.045,
            sides=8,
        ),
        _IRON,
    )
    b.add(rounded_box((0.50, 0.86, 0.14), 0.06, (rear + 0.62, 0.0, z + 0.02), segments=3), _TANK)
    line = [
        (front + 0.06, -0.16, z - 0.02),
        (front - 0.40, -0.05, z - 0.03),
        (rear + 1.05, 0.02, z - 0.03),
        (rear + 0.92, -0.24, z - 0.03),
    ]
    line += [(rear + 0.30, -0.40, z - 0.02), (rear + 0.10, -0.40, z + 0.06), (rear - 0.10, -0.38, z + 0.04)]
    b.add(tube(line, 0.026, sides=8), _RUST)
    b.add(rounded_box((0.46, 0.22, 0.13), 0.055, (front - 0.95, -0.02, z - 0.02), segments=3), _RUST)
    tail = -spec.size[0] / 2
    b.add(rounded_box((0.30, 0.62, 0.16), 0.07, (tail + 0.42, -0.08, z + 0.02), segments=3), _RUST)
    b.add(tube([(tail + 0.40, -0.40, z), (tail + 0.04, -0.46, z)], 0.030, sides=10), STEEL)
    for x in np.linspace(rear + 0.95, front - 0.75, 4):
        add_pair(b, box((0.10, 0.04, 0.03), (float(x), 0.52, z + 0.03)), _IRON)
    add_pair(b, box((front - rear - 0.9, 0.07, 0.035), (0.5 * (front + rear), 0.42, z + 0.035)), _IRON)


def _lorry(b: MeshBuilder, spec: VehicleSpec, rear: float, front: float) -> None:
    hub = spec.wheel_radius_m
    b.add(rounded_box((1.10, 0.66, 0.60), 0.08, (front + 0.05, 0.0, 0.92), segments=2), _IRON)
    b.add(rounded_box((0.55, 0.46, 0.42), 0.08, (front - 0.75, 0.0, 0.86), segments=2), _IRON)
    b.add(tube([(front - 1.0, 0.0, 0.84), (rear + 0.28, 0.0, hub + 0.06)], 0.055, sides=10), STEEL)
    b.add(cylinder(0.24, 0.42, sides=16, axis="y").moved(rear, 0.0, hub), _IRON)
    for s in (1.0, -1.0):
        for x, reach in ((rear, 0.75), (front, 0.65)):
            spring = [
                (x + reach, s * 0.48, 0.72),
                (x + 0.2, s * 0.48, hub + 0.10),
                (x - 0.2, s * 0.48, hub + 0.10),
                (x - reach, s * 0.48, 0.74),
            ]
            for k in range(3):
                leaf = np.array(spring) * [1.0, 1.0, 1.0] + [0.0, 0.0, -0.022 * k]
                leaf[0, 0] -= 0.12 * k
                leaf[-1, 0] += 0.12 * k
                b.add(tube(leaf, 0.040, sides=6, flatten=0.35), BLACK)
        b.add(cylinder(0.11, 0.62, sides=14, axis="x").moved(rear + 1.25, s * 0.22, 0.78), _TANK)
        b.add(cylinder(0.10, 0.22, sides=14, axis="x").moved(rear + 0.32, s * 0.30, hub + 0.10), _IRON)
    for x in np.linspace(rear - 1.2, front - 0.9, 5):
        b.add(box((0.14, 0.80, 0.10), (float(x), 0.0, 0.92)), BLACK)
    b.add(
        tube([(front + 0.1, -0.30, 0.70), (front - 0.9, -0.34, 0.62), (front - 1.4, -0.52, 0.60)], 0.055, sides=10),
        _RUST,
    )
    b.add(cylinder(0.17, 0.75, sides=16, axis="x").moved(front - 1.85, -0.58, 0.62), _RUST)
