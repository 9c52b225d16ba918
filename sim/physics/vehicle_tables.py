"""What the vehicle kernel knows of each vehicle: fixed parameters and wheel state, as NumPy records.

Fixed parameters follow from a `VehicleSpec` by rules of thumb of vehicle dynamics (Gillespie, Fundamentals of Vehicle
Dynamics, chapters 5 and 7): body inertia 0.85 of a homogeneous box, ride frequency 1.3 Hz for cars, more for trucks and
two-wheelers, at a third to a half of critical damping, anti-roll bars that hold body roll at about 5 degrees per g,
drive on the axle that carries more weight. Wheels are front left, front right, rear left, rear right; a two-wheeler has
its pairs coincide in the middle plane, each of the pair carrying half of the load.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np

from .client import GRAVITY_MPS2
from .specs import VehicleSpec

AIR_DENSITY = 1.2  # kg/m3
ROLL_PER_G_RAD = 0.09
LEAN_STIFFNESS, LEAN_LIMIT = 6.0, 1.5  # of a two-wheeler's virtual stabiliser, in units of m g h
GROUND_CLEARANCE = {4: 0.5, 2: 0.8}  # of the wheel radius, by number of wheels
BOX_WIDTH = {4: 1.0, 2: 0.5}  # of the full width; narrow enough for a two-wheeler to lean 45 degrees

PARAMETERS = np.dtype(
    [
        ("mass", "f8"), ("wheelbase", "f8"), ("half_track", "f8"), ("rear_to_cog", "f8"), ("cog_height", "f8"),
        ("hub_xyz", "f8", (4, 3)),  # hubs from the centre of mass, body frame, at rest
        ("radius", "f8"), ("wheel_inertia", "f8"), ("rest_load", "f8", (4,)), ("peak_angle", "f8", (4,)),
        ("spring", "f8", (4,)), ("damper", "f8", (4,)), ("anti_roll", "f8", (2,)), ("bump_travel", "f8"),
        ("max_steer", "f8"), ("steer_rate", "f8"), ("driven", "f8", (4,)), ("max_drive", "f8"), ("power", "f8"),
        ("max_brake", "f8"), ("drag", "f8"), ("rolling_resistance", "f8"), ("leans", "f8"), ("lean_stiffness", "f8"),
        ("lean_damping", "f8"), ("lean_limit", "f8"),
    ]
)  # fmt: skip
"""One row per vehicle; SI units."""

STATE = np.dtype(
    [
        ("u", "f8", (4,)), ("w", "f8", (4,)),  # tyre string deflections, m
        ("omega", "f8", (4,)), ("spin", "f8", (4,)),  # wheel speed rad/s and angle rad
        ("ground", "f8", (4,)), ("travel", "f8", (4,)),  # height under the tyre, suspension compression, m
        ("load", "f8", (4,)), ("force_x", "f8", (4,)), ("force_y", "f8", (4,)), ("friction", "f8", (4,)),
        ("slip_ratio", "f8", (4,)), ("slip_angle", "f8", (4,)),
        ("flat", "f8", (4,)),  # share of its pressure that a tyre has lost
        ("steer", "f8"), ("stabilised", "f8"), ("kinematic", "f8"), ("speed", "f8"),
    ]
)  # fmt: skip
"""One row per vehicle; what the kernel carries from tick to tick and what it reports."""


@dataclass(frozen=True)
class Body:
    """The rigid chassis of one vehicle class, in the frame of its label box (origin at the box centre)."""

    cog: tuple[float, float, float]
    inertia: tuple[float, float, float]
    box_half_extents: tuple[float, float, float]
    box_centre: tuple[float, float, float]

    @staticmethod
    def of(spec: VehicleSpec) -> Body:
        """Mass properties and collision box: the label box less the clearance under the floor; slim on two-wheelers."""
        length, width, height = spec.size
        clearance = GROUND_CLEARANCE[spec.wheels] * spec.wheel_radius_m
        m = 0.85 * spec.mass_kg / 12.0
        return Body(
            cog=(
                -length / 2 + spec.rear_overhang_m + spec.cog_share * spec.wheelbase_m,
                0.0,
                spec.cog_height_m - height / 2,
            ),
            inertia=(m * (width**2 + height**2), m * (length**2 + height**2), m * (length**2 + width**2)),
            box_half_extents=(length / 2, BOX_WIDTH[spec.wheels] * width / 2, (height - clearance) / 2),
            box_centre=(0.0, 0.0, clearance / 2),
        )


def _ride(spec: VehicleSpec) -> tuple[float, float]:
    """Ride frequency [Hz] and share of critical damping."""
    if spec.wheels == 2:
        return (2.6, 0.5) if spec.mass_kg > 150 else (4.5, 0.5)  # a bicycle springs on its tyres alone
    return (1.3, 0.35) if spec.mass_kg < 3500 else (1.6, 0.35)


def drag_factor(spec: VehicleSpec) -> float:
    """Air drag over speed squared [N s2/m2]."""
    return 0.5 * AIR_DENSITY * spec.drag_coefficient * 0.85 * spec.size[1] * spec.size[2]


def rolling_resistance(spec: VehicleSpec) -> float:
    """Rolling resistance over load: car tyres 0.012; truck and narrow high-pressure tyres 0.007."""
    return 0.007 if spec.wheels == 2 or spec.mass_kg > 3500 else 0.012


def parameters(spec: VehicleSpec, peak_angles: tuple[float, float]) -> Any:
    """One `PARAMETERS` record; `peak_angles` are the tyres' peak slip angles on the front and rear axle."""
    row = np.zeros((), PARAMETERS)
    two = spec.wheels == 2
    weight = spec.mass_kg * GRAVITY_MPS2
    half_track = 0.0 if two else spec.track_m / 2
    front, rear = (1.0 - spec.cog_share) * spec.wheelbase_m, -spec.cog_share * spec.wheelbase_m
    axle_load = np.array([spec.cog_share, spec.cog_share, 1.0 - spec.cog_share, 1.0 - spec.cog_share]) * weight / 2
    ride_hz, damping = _ride(spec)
    spring = (2 * pi * ride_hz) ** 2 * axle_load / GRAVITY_MPS2
    wheel_mass = 900.0 * spec.wheel_width_m * spec.wheel_radius_m**2 / (2 if two else 1)
    roll_wanted = weight * spec.cog_height_m / ROLL_PER_G_RAD
    roll_missing = 0.0 if two else max(0.0, roll_wanted - float(np.sum(spring)) * half_track**2)
    row["mass"], row["wheelbase"], row["half_track"] = spec.mass_kg, spec.wheelbase_m, half_track
    row["rear_to_cog"], row["cog_height"] = -rear, spec.cog_height_m
    hub_z = spec.wheel_radius_m - spec.cog_height_m
    row["hub_xyz"] = [(x, y, hub_z) for x in (front, rear) for y in (half_track, -half_track)]
    row["radius"], row["wheel_inertia"] = spec.wheel_radius_m, 0.7 * wheel_mass * spec.wheel_radius_m**2
    row["rest_load"], row["spring"] = axle_load, spring
    row["peak_angle"] = np.repeat(peak_angles, 2)
    row["damper"] = 2 * damping * np.sqrt(spring * axle_load / GRAVITY_MPS2)
    # an axle whose bar has rate k [N per m of difference] adds k * track^2 to the roll stiffness
    row["anti_roll"] = 0.0 if two else np.array([0.6, 0.4]) * roll_missing / spec.track_m**2
    row["bump_travel"] = 0.25 * spec.wheel_radius_m
    row["max_steer"], row["steer_rate"] = spec.max_steer_rad, 1.5 if two else 0.7
    driven = [1.0, 1.0, 0.0, 0.0] if spec.cog_share > 0.5 else [0.0, 0.0, 1.0, 1.0]
    row["driven"], row["max_drive"], row["power"] = driven, spec.max_drive_n, spec.power_w
    row["max_brake"] = spec.max_brake_g * weight
    row["drag"], row["rolling_resistance"] = drag_factor(spec), rolling_resistance(spec)
    overturning = weight * spec.cog_height_m
    roll_inertia = Body.of(spec).inertia[0] + spec.mass_kg * spec.cog_height_m**2
    row["leans"] = float(two)
    row["lean_stiffness"], row["lean_limit"] = LEAN_STIFFNESS * overturning, LEAN_LIMIT * overturning
    row["lean_damping"] = 2.0 * sqrt((LEAN_STIFFNESS - 1.0) * overturning * roll_inertia)
    return row
