"""Sizes, masses and geometry of the vehicle classes and of the human body.

Vehicles: the hatchback is the Euro NCAP reference ego (4.358 x 1.815 x 1.577 m, wheelbase 2.67 m); the others are
typical values of their class. People: segment lengths as shares of stature and masses as shares of body mass after
Drillis and Contini (1966) and Winter (2009, Biomechanics and Motor Control of Human Movement, table 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass

Vec3 = tuple[float, float, float]


@dataclass(frozen=True)
class VehicleSpec:
    """One vehicle class, laden as it drives.

    Attributes:
        kind: name of the class.
        size: full length, width, height of the label box [m].
        mass_kg: with driver (and rider on two-wheelers).
        wheelbase_m, track_m: distances between axles and between left and right wheels; on two-wheelers the track is
            that of the tyre pair standing in for one tyre.
        rear_overhang_m: rear axle to rear bumper.
        cog_height_m, cog_share: centre of mass above ground, and its distance ahead of the rear axle / wheelbase.
        wheel_radius_m, wheel_width_m: tyre.
        max_steer_rad: at the front wheels.
        max_drive_n, max_brake_g: drive force at low speed; brake capacity in units of g on a surface with grip.
        power_w: engine power, limits the drive force at speed.
        wheels: 4, or 2 for two-wheelers.
        drag_coefficient: aerodynamic drag on the frontal area, 0.85 of width times height.

    """

    kind: str
    size: Vec3
    mass_kg: float
    wheelbase_m: float
    track_m: float
    rear_overhang_m: float
    cog_height_m: float
    cog_share: float
    wheel_radius_m: float
    wheel_width_m: float
    max_steer_rad: float
    max_drive_n: float
    max_brake_g: float
    power_w: float
    wheels: int = 4
    drag_coefficient: float = 0.30


VEHICLES: dict[str, VehicleSpec] = {
    spec.kind: spec
    for spec in (
        VehicleSpec("hatchback", (4.358, 1.815, 1.577), 1400, 2.67, 1.55, 0.80, 0.55, 0.57, 0.316, 0.205, 0.60, 6000, 1.3, 85e3),
        VehicleSpec("sedan", (4.72, 1.84, 1.45), 1560, 2.82, 1.58, 1.02, 0.53, 0.54, 0.325, 0.215, 0.58, 7000, 1.3, 120e3),
        VehicleSpec("suv", (4.66, 1.90, 1.69), 1850, 2.70, 1.61, 0.98, 0.66, 0.54, 0.360, 0.235, 0.58, 8000, 1.25, 130e3, 4, 0.34),
        VehicleSpec("van", (5.34, 2.02, 2.05), 2400, 3.20, 1.70, 1.10, 0.80, 0.52, 0.345, 0.225, 0.60, 8500, 1.15, 110e3, 4, 0.36),
        VehicleSpec("box_truck", (8.20, 2.50, 3.50), 9500, 4.70, 2.05, 2.15, 1.35, 0.42, 0.480, 0.280, 0.70, 32000, 1.0, 180e3, 4, 0.60),
        VehicleSpec("bus", (12.0, 2.55, 3.10), 13500, 5.90, 2.10, 3.40, 1.25, 0.38, 0.490, 0.290, 0.75, 42000, 1.0, 220e3, 4, 0.55),
        VehicleSpec("motorcycle", (2.15, 0.80, 1.52), 290, 1.45, 0.30, 0.35, 0.62, 0.50, 0.305, 0.150, 0.50, 2800, 1.1, 60e3, 2, 0.55),
        VehicleSpec("bicycle", (1.80, 0.55, 1.76), 92, 1.05, 0.26, 0.345, 0.98, 0.45, 0.340, 0.040, 0.60, 250, 0.7, 400, 2, 0.75),
    )
}  # fmt: skip
"""All vehicle classes by name."""


@dataclass(frozen=True)
class Segment:
    """One rigid segment of the human body.

    In the standing pose every segment frame is parallel to the body frame (x forward, y left, z up) with its origin at
    the proximal joint, so limbs extend along -z, the chest and head along +z, feet along +x.

    Attributes:
        name: see `SEGMENTS`.
        parent: name of the parent segment; "" for the pelvis, the root.
        joint: position of the proximal joint in the parent's frame [m]; for the pelvis, hip centre above ground.
        length_m: distance to the next joint, or to the end of the segment.
        radius_m: typical half thickness.
        mass_kg: mass.

    """

    name: str
    parent: str
    joint: Vec3
    length_m: float
    radius_m: float
    mass_kg: float


SEGMENTS = (
    "pelvis", "chest", "head", "upper_arm_l", "upper_arm_r", "forearm_l", "forearm_r",
    "thigh_l", "thigh_r", "shank_l", "shank_r", "foot_l", "foot_r",
)  # fmt: skip
"""Names of the body segments, parents before children. Forearms carry the hands."""


def body_plan(stature_m: float, mass_kg: float, *, child: bool = False) -> tuple[Segment, ...]:
    """The 13 segments of a person of the given stature and mass, in the order of `SEGMENTS`.

    Children have a head about a third larger in proportion and shorter legs; the rest scales.
    """
    h, m = stature_m, mass_kg
    leg = 0.96 if child else 1.0
    hip, knee, ankle = 0.530 * h * leg, 0.285 * h * leg, 0.039 * h
    head = (0.182 if not child else 0.215) * h  # neck joint to crown
    waist, shoulder, neck = hip + 0.09 * h, 0.818 * h if not child else 0.775 * h, h - head
    thick = 1.0 if not child else 1.05
    segments = [Segment("pelvis", "", (0.0, 0.0, hip), waist - hip, 0.085 * h * thick, 0.142 * m)]
    segments.append(Segment("chest", "pelvis", (0.0, 0.0, waist - hip), neck - waist, 0.080 * h * thick, 0.355 * m))
    segments.append(Segment("head", "chest", (0.0, 0.0, neck - waist), head, 0.28 * head * 1.9, 0.081 * m))
    for side, sign in (("l", 1.0), ("r", -1.0)):
        at = (0.0, sign * 0.118 * h, shoulder - waist)
        segments.append(Segment(f"upper_arm_{side}", "chest", at, 0.186 * h, 0.026 * h * thick, 0.028 * m))
        segments.append(
            Segment(f"forearm_{side}", f"upper_arm_{side}", (0, 0, -0.186 * h), 0.254 * h, 0.021 * h * thick, 0.022 * m)
        )
        segments.append(
            Segment(f"thigh_{side}", "pelvis", (0, sign * 0.052 * h, 0), hip - knee, 0.043 * h * thick, 0.100 * m)
        )
        segments.append(
            Segment(f"shank_{side}", f"thigh_{side}", (0, 0, knee - hip), knee - ankle, 0.031 * h * thick, 0.0465 * m)
        )
        segments.append(
            Segment(f"foot_{side}", f"shank_{side}", (0, 0, ankle - knee), 0.152 * h, 0.025 * h, 0.0145 * m)
        )
    by_name = {s.name: s for s in segments}
    return tuple(by_name[name] for name in SEGMENTS)
