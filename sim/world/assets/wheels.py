"""Wheels: tyre, rim with spokes, brake disc. Axle along y, origin at the hub; `side` says which way the face looks."""

from __future__ import annotations

import numpy as np

from ....renderers.scene import Material, Mesh
from ...physics.specs import VehicleSpec
from .asset import Late, Part
from .meshes import MeshBuilder, Shape, cylinder, disc, loft, revolve
from .vehicle_looks import BLACK, CHROME, DARK, GLOSS_BLACK, RUBBER, STEEL

ALLOY = Material((0.50, 0.51, 0.52), 0.25, 1.0, 0.5)
ALLOY_DARK = Material((0.06, 0.06, 0.065), 0.25, 0.0, 0.1)


def tyre_profile(radius: float, width: float, rim: float) -> list[tuple[float, float]]:
    """Closed cross-section (radius, axial) of a tyre, from the inner bead round the tread."""
    h = width / 2
    return [
        (rim, -h * 0.80), (rim + 0.25 * (radius - rim), -h * 0.97), (rim + 0.6 * (radius - rim), -h),
        (radius - 0.014, -h * 0.90),
        (radius, -h * 0.66), (radius, h * 0.66), (radius - 0.014, h * 0.90), (rim + 0.6 * (radius - rim), h),
        (rim + 0.25 * (radius - rim), h * 0.97), (rim, h * 0.80),
    ]  # fmt: skip


def spoke(inner: float, outer: float, y_hub: float, y_rim: float, w_hub: float, w_rim: float, angle: float) -> Shape:
    """One bar from the hub to the rim, widening as given, at `angle` about the axle."""
    rings = []
    for r, y, w in (
        (inner, y_hub, w_hub),
        (0.6 * outer + 0.4 * inner, 0.6 * y_rim + 0.4 * y_hub + 0.004, 0.5 * (w_hub + w_rim)),
        (outer, y_rim, w_rim),
    ):
        rings.append([(-w / 2, y - 0.035, r), (w / 2, y - 0.035, r), (w / 2 * 0.72, y, r), (-w / 2 * 0.72, y, r)])
    return loft(np.array(rings)).rotated("y", angle)


def car_wheel(radius: float, width: float, side: float, *, rng: np.random.Generator, name: str) -> Mesh:
    """A wheel of a car or van with an alloy rim of one of several designs; draws two numbers.

    Args:
        radius: tyre radius [m].
        width: tyre width [m].
        side: +1 where the outer face looks to +y (left wheels), -1 to -y.
        rng: source of the design.
        name: of the mesh.

    """
    design = int(rng.integers(0, 4))
    dark = bool(rng.random() < 0.25)
    metal = ALLOY_DARK if dark else ALLOY
    rim = radius * 0.69
    h = width / 2
    b = MeshBuilder(name)
    b.add(revolve(tyre_profile(radius, width, rim), axis="y", sides=28, closed=True), RUBBER)
    barrel = revolve(
        [
            (rim, -h * 0.8),
            (rim * 0.93, -h * 0.5),
            (rim * 0.90, h * 0.45),
            (rim * 0.97, h * 0.72),
            (rim + 0.004, h * 0.80),
        ],
        axis="y",
        sides=28,
    )
    b.add(barrel.flipped(), metal)
    b.add(disc(rim * 0.92, sides=24, axis="y").moved(y=-h * 0.35), DARK)
    b.add(cylinder(rim * 0.66, 0.02, sides=20, axis="y").moved(y=-h * 0.1), STEEL)
    y_hub, y_rim = h * 0.50, h * 0.66
    spokes = ((5, 0.085, 0.060), (10, 0.040, 0.034), (6, 0.055, 0.100), (7, 0.060, 0.045))[design]
    for k in range(spokes[0]):
        b.add(spoke(0.05, rim * 0.955, y_hub, y_rim, spokes[1], spokes[2], 2 * np.pi * k / spokes[0]), metal)
    b.add(cylinder(0.062, 0.06, sides=14, axis="y").moved(y=y_hub - 0.02), metal)
    b.add(cylinder(0.028, 0.012, sides=10, axis="y").moved(y=y_hub + 0.012), GLOSS_BLACK if not dark else CHROME)
    return _facing(b, side)


def truck_wheel(radius: float, width: float, side: float, *, dual: bool, name: str) -> Mesh:
    """A steel wheel with a dished disc, hand holes and nuts; `dual` puts a second tyre inside."""
    rim = radius * 0.58
    h = width / 2
    b = MeshBuilder(name)
    offsets = (0.0, -(width + 0.04)) if dual else (0.0,)
    for y in offsets:
        b.add(revolve(tyre_profile(radius, width, rim), axis="y", sides=28, closed=True).moved(y=y), RUBBER)
    dish = h * (0.1 if dual else 0.75)
    b.add(
        revolve(
            [(rim, -h * 0.8), (rim * 0.94, 0.0), (rim * 0.95, h * 0.7), (rim + 0.004, h * 0.80)], axis="y", sides=28
        ).flipped(),
        STEEL,
    )
    profile = [
        (rim * 0.95, dish * 0.4),
        (rim * 0.80, dish * 0.9),
        (rim * 0.55, dish),
        (rim * 0.40, dish * 0.8 + 0.01),
        (rim * 0.36, dish + 0.07),
        (0.0, dish + 0.08),
    ]
    b.add(revolve(profile, axis="y", sides=24).flipped(), STEEL)
    for k in range(8):
        hole = disc(rim * 0.085, sides=8, axis="y").moved(z=rim * 0.69, y=dish * 0.97 + 0.012)
        b.add(hole.rotated("y", 2 * np.pi * k / 8), DARK)
    for k in range(10):
        b.add(
            cylinder(0.016, 0.03, sides=6, axis="y")
            .moved(z=rim * 0.47, y=dish + 0.015)
            .rotated("y", 2 * np.pi * k / 10),
            BLACK,
        )
    return _facing(b, side)


def car_wheels(spec: VehicleSpec, design: int) -> tuple[Part, ...]:
    """Four wheels where the physics has them, in the ground frame; those of a side share their mesh."""
    wheels = {
        side: Late(
            car_wheel, spec.wheel_radius_m, spec.wheel_width_m, side, rng=np.random.default_rng(design), name=name
        )
        for side, name in ((1, "wheel_left"), (-1, "wheel_right"))
    }
    return tuple(
        Part(name, wheels[side], (x, side * spec.track_m / 2, spec.wheel_radius_m)) for name, x, side in _places(spec)
    )


def truck_wheels(spec: VehicleSpec) -> tuple[Part, ...]:
    """Four wheels where the physics has them, twin tyres at the rear, in the ground frame."""
    parts = []
    for name, x, side in _places(spec):
        dual = name.startswith("wheel_r")
        wheel = Late(truck_wheel, spec.wheel_radius_m, spec.wheel_width_m, side, dual=dual, name=name)
        parts.append(Part(name, wheel, (x, side * spec.track_m / 2, spec.wheel_radius_m)))
    return tuple(parts)


def _places(spec: VehicleSpec) -> list[tuple[str, float, int]]:
    """Name, place along the vehicle and side of each wheel."""
    rear = -spec.size[0] / 2 + spec.rear_overhang_m
    axles = (("f", rear + spec.wheelbase_m), ("r", rear))
    return [(f"wheel_{axle}{side}", x, sign) for axle, x in axles for side, sign in (("l", 1), ("r", -1))]


def _facing(builder: MeshBuilder, side: float) -> Mesh:
    mesh = builder.build()
    if side > 0:
        return mesh
    flip = np.array([1.0, -1.0, 1.0], np.float32)
    return Mesh(
        mesh.vertices * flip,
        mesh.normals * flip,
        mesh.faces[:, ::-1].copy(),
        mesh.face_material,
        mesh.materials,
        mesh.name,
    )
