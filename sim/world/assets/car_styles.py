"""Proportions of passenger cars and vans, and how they vary from one to the next.

Lengths along the car are measured from the front bumper backwards, heights from the ground, both in metres and for the
nominal size of the class. The seven waistlines of a body run round it from the sill to the shoulder: underbody edge,
bumper lip, bumper, bumper top, lamp bottom, lamp top, shoulder (bonnet edge, window sill, boot edge).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

Seven = tuple[float, float, float, float, float, float, float]
Pane = tuple[str, float, float]


@dataclass(frozen=True)
class CarStyle:
    """Shape of one body style.

    Attributes:
        cowl, screen_top, roof_end, rear_base: windscreen foot and top, rear window top and foot, on the centre line.
        nose_z, nose_inset: heights of the waistlines at the nose, and how far each lies behind the foremost point.
        cowl_z, hip_z: their heights beside the windscreen foot and above the rear axle.
        tail_z, tail_inset: the same as for the nose, at the tail.
        width: half width of the waistlines as a share of the half width of the car.
        nose_depth, tail_depth: length over which the plan view rounds into the flank.
        nose_square, tail_square: exponent of that rounding.
        roof_width: half width of the roof edge as a share of the half width of the car.
        rail_drop, roof_fall: roof edge below the top of the car; fall of the roof line towards its ends.
        panes: flank of the greenhouse from the A pillar back: what, and where it ends at the sill and at the roof.
        door_cuts: door gaps along the flank.
        clad: black plastic along the sills and bumpers.
        rails: roof rails.
        dark_rear: tinted rear windows.
        panel_van: a closed load space: upright tail lamps at the corners, no rear seats, no spoiler.

    """

    cowl: float
    screen_top: float
    roof_end: float
    rear_base: float
    nose_z: Seven
    nose_inset: Seven
    cowl_z: Seven
    hip_z: Seven
    tail_z: Seven
    tail_inset: Seven
    width: Seven
    nose_depth: float
    tail_depth: float
    nose_square: float
    tail_square: float
    roof_width: float
    rail_drop: float
    roof_fall: float
    panes: tuple[Pane, ...]
    door_cuts: tuple[float, ...]
    clad: bool = False
    rails: bool = False
    dark_rear: bool = False
    panel_van: bool = False


HATCHBACK = CarStyle(
    cowl=1.10, screen_top=1.98, roof_end=3.80, rear_base=4.20,
    nose_z=(0.19, 0.27, 0.42, 0.56, 0.64, 0.76, 0.83), nose_inset=(0.09, 0.01, 0.0, 0.0, 0.025, 0.09, 0.20),
    cowl_z=(0.19, 0.25, 0.42, 0.60, 0.75, 0.89, 0.98), hip_z=(0.19, 0.25, 0.42, 0.62, 0.79, 0.93, 1.02),
    tail_z=(0.22, 0.30, 0.44, 0.60, 0.72, 0.90, 1.00), tail_inset=(0.08, 0.01, 0.0, 0.005, 0.06, 0.10, 0.14),
    width=(0.93, 0.975, 0.995, 1.0, 0.995, 0.975, 0.94),
    nose_depth=0.50, tail_depth=0.40, nose_square=3.4, tail_square=4.0,
    roof_width=0.69, rail_drop=0.085, roof_fall=0.07,
    panes=(("pillar", 1.52, 2.20), ("glass", 2.48, 2.45), ("post", 2.57, 2.54), ("glass", 3.42, 3.30),
    ("pillar", 3.90, 3.60)),
    door_cuts=(1.33, 2.53, 3.40),
)  # fmt: skip

SEDAN = CarStyle(
    cowl=1.22, screen_top=2.14, roof_end=3.42, rear_base=4.12,
    nose_z=(0.17, 0.25, 0.40, 0.53, 0.60, 0.70, 0.77), nose_inset=(0.09, 0.01, 0.0, 0.0, 0.025, 0.09, 0.20),
    cowl_z=(0.18, 0.24, 0.40, 0.57, 0.71, 0.84, 0.92), hip_z=(0.18, 0.24, 0.40, 0.60, 0.76, 0.89, 0.96),
    tail_z=(0.22, 0.30, 0.44, 0.60, 0.72, 0.86, 0.97), tail_inset=(0.08, 0.01, 0.0, 0.01, 0.045, 0.06, 0.07),
    width=(0.93, 0.975, 0.995, 1.0, 0.995, 0.975, 0.935),
    nose_depth=0.50, tail_depth=0.48, nose_square=3.2, tail_square=3.6,
    roof_width=0.66, rail_drop=0.075, roof_fall=0.075,
    panes=(("pillar", 1.66, 2.36), ("glass", 2.68, 2.62), ("post", 2.77, 2.71), ("glass", 3.62, 3.24),
    ("pillar", 3.95, 3.30)),
    door_cuts=(1.42, 2.73, 3.62),
)  # fmt: skip

SUV = CarStyle(
    cowl=1.18, screen_top=1.98, roof_end=4.22, rear_base=4.50,
    nose_z=(0.24, 0.33, 0.48, 0.66, 0.76, 0.90, 0.98), nose_inset=(0.08, 0.01, 0.0, 0.0, 0.015, 0.05, 0.12),
    cowl_z=(0.24, 0.32, 0.48, 0.68, 0.86, 1.01, 1.10), hip_z=(0.24, 0.32, 0.48, 0.70, 0.88, 1.03, 1.12),
    tail_z=(0.28, 0.36, 0.52, 0.70, 0.82, 1.00, 1.10), tail_inset=(0.08, 0.01, 0.0, 0.01, 0.06, 0.08, 0.10),
    width=(0.93, 0.98, 1.0, 1.0, 0.995, 0.98, 0.945),
    nose_depth=0.48, tail_depth=0.38, nose_square=4.2, tail_square=4.6,
    roof_width=0.715, rail_drop=0.085, roof_fall=0.05,
    panes=(("pillar", 1.60, 2.18), ("glass", 2.58, 2.54), ("post", 2.67, 2.63), ("glass", 3.50, 3.44),
    ("post", 3.57, 3.51),
           ("glass", 4.06, 3.92), ("pillar", 4.22, 4.02)),
    door_cuts=(1.46, 2.63, 3.52), clad=True, rails=True, dark_rear=True,
)  # fmt: skip

VAN = CarStyle(
    cowl=0.86, screen_top=1.66, roof_end=5.14, rear_base=5.27,
    nose_z=(0.24, 0.33, 0.48, 0.64, 0.76, 0.97, 1.06), nose_inset=(0.08, 0.01, 0.0, 0.0, 0.025, 0.09, 0.17),
    cowl_z=(0.24, 0.32, 0.48, 0.70, 0.90, 1.08, 1.18), hip_z=(0.24, 0.32, 0.48, 0.70, 0.90, 1.08, 1.18),
    tail_z=(0.30, 0.38, 0.54, 0.66, 0.80, 1.08, 1.18), tail_inset=(0.06, 0.0, 0.0, 0.02, 0.04, 0.045, 0.05),
    width=(0.94, 0.98, 1.0, 1.0, 1.0, 0.99, 0.97),
    nose_depth=0.52, tail_depth=0.20, nose_square=4.0, tail_square=7.0,
    roof_width=0.80, rail_drop=0.075, roof_fall=0.03,
    panes=(("pillar", 1.32, 1.86), ("glass", 2.18, 2.14), ("post", 2.28, 2.24), ("cargo", 3.46, 3.42),
    ("post", 3.54, 3.50),
           ("cargo", 4.90, 4.86), ("pillar", 5.10, 5.06)),
    door_cuts=(1.32, 2.24, 3.50), dark_rear=True, panel_van=True,
)  # fmt: skip

STYLES: dict[str, CarStyle] = {"hatchback": HATCHBACK, "sedan": SEDAN, "suv": SUV, "van": VAN}
"""Body styles by vehicle kind."""


def vary(style: CarStyle, *, rng: np.random.Generator) -> CarStyle:
    """One individual of a style: pillars, shoulder and roof shifted by centimetres within the same box."""
    cowl, screen, roof, shoulder, nose = rng.uniform(-1.0, 1.0, 5)
    lift = np.array([0.0, 0.0, 0.0, 0.2, 0.5, 0.9, 1.0]) * 0.022 * shoulder
    nose_lift = np.array([0.0, 0.0, 0.0, 0.3, 0.6, 1.0, 1.0]) * 0.025 * nose

    def raised(z: Seven, by: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Seven:
        a, b, c, d, e, f, g = (float(v) for v in np.asarray(z) + by)
        return (a, b, c, d, e, f, g)

    return replace(
        style,
        cowl=style.cowl + 0.05 * float(cowl),
        screen_top=style.screen_top + 0.05 * float(screen),
        roof_end=style.roof_end + (0.04 if style.roof_end < style.rear_base - 0.2 else 0.0) * float(roof),
        nose_z=raised(style.nose_z, nose_lift),
        cowl_z=raised(style.cowl_z, lift),
        hip_z=raised(style.hip_z, lift),
        tail_z=raised(style.tail_z, lift),
        roof_width=style.roof_width + float(rng.uniform(-0.015, 0.015)),
        nose_square=style.nose_square * float(rng.uniform(0.92, 1.1)),
        tail_square=style.tail_square * float(rng.uniform(0.92, 1.1)),
        rails=style.rails and bool(rng.random() < 0.8),
        clad=style.clad and bool(rng.random() < 0.8),
    )
