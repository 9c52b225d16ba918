"""Stopping distances of the real vehicle physics under water, snow and ice.

The law is v^2 / (2 mu g) with mu of the friction table; where mu changes with speed, the integral of v dv / (mu g).
Air drag, which shortens a stop, is in the physics and therefore in the integral: v dv / (mu g + c v^2 / m).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from cornercase.sim.physics.client import Client
from cornercase.sim.physics.ground import Ground
from cornercase.sim.physics.specs import VEHICLES
from cornercase.sim.physics.vehicle import VehicleFleet
from scipy.integrate import quad
from scipy.interpolate import RegularGridInterpolator

from .curve import Curve, Figure

CAR = VEHICLES["hatchback"]
DRY = 0.85
G_MPS2, AIR_DENSITY = 9.81, 1.2
FILMS_MM = (0.0, 0.2, 1.0, 2.0)
"""Depths of water; and their friction relative to the dry road at 50, 90 and 130 km/h (Bosch automotive handbook)."""
_WET = np.array([[1, 1, 1], [0.65 / 0.85, 0.60 / 0.80, 0.55 / 0.75], [0.55 / 0.85, 0.30 / 0.80, 0.20 / 0.75],
                 [0.50 / 0.85, 0.05 / 0.80, 0.0]])  # fmt: skip
_TABLE = RegularGridInterpolator((FILMS_MM, np.array([50.0, 90.0, 130.0])), _WET)
_FLOATING = 0.02
SNOW, ICE = 0.30, 0.10
SPEEDS_KMH = (30.0, 50.0, 70.0, 90.0, 110.0, 130.0)
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
DEPTHS_MM = (0.0, 0.1, 0.2, 0.5, 1.0, 1.5, 2.0)
RELATIVE, ABSOLUTE = 0.05, 0.25
"""The second is what a car travels while its tyres build up their force."""

Cover = tuple[float, float, float]
FIGURES = (
    Figure(
        "stopping_speed", "Tyres: stopping distance on a wet road", "integral of v dv / (mu(v) g), mu by the handbook",
        "speed [km/h]", "distance [m]", y_log=True,
    ),
    Figure(
        "stopping_film", "Tyres: stopping distance from 80 km/h over the film of water", "integral of v dv / (mu(v) g)",
        "film of water [mm]", "distance [m]",
    ),
    Figure(
        "stopping_cover", "Tyres: stopping distance from 50 km/h on snow and ice",
        "v^2 / (2 mu g), packed snow 0.30, glaze ice 0.10", "share of the ground", "distance [m]",
    ),
)  # fmt: skip


def curves(every: int = 1) -> Iterator[Curve]:
    """All curves; with `every` > 1 fewer points of each."""
    for film in FILMS_MM[::every]:
        yield _curve("stopping_speed", f"{film:g} mm", SPEEDS_KMH[::every], partial(_wet, film))
    yield _curve("stopping_film", "80 km/h", DEPTHS_MM[::every], lambda w: ((w, 0.0, 0.0), 80.0))
    yield _curve("stopping_cover", "snow", SHARES[::every], lambda s: ((0.0, s, 0.0), 50.0))
    yield _curve("stopping_cover", "ice", SHARES[::every], lambda s: ((0.0, 0.0, s), 50.0))


def _wet(film_mm: float, kmh: float) -> tuple[Cover, float]:
    return (film_mm, 0.0, 0.0), kmh


def _curve(figure: str, name: str, values: Sequence[float], case: Callable[[float], tuple[Cover, float]]) -> Curve:
    cases = [case(v) for v in values]
    measured = np.array([_stop_m(cover, kmh / 3.6) for cover, kmh in cases])
    law = np.array([_law_m(cover, kmh / 3.6) for cover, kmh in cases])
    many = np.linspace(values[0], values[-1], 80)
    line = (many, np.array([_law_m(cover, kmh / 3.6) for cover, kmh in map(case, many)]))
    return Curve(figure, name, np.array(values), measured, law, RELATIVE, ABSOLUTE, line)


def _friction(cover: Cover, speed_mps: float) -> float:
    """The friction table written down once more."""
    water, snow, ice = cover
    share = float(_TABLE((min(water, 2.0), np.clip(3.6 * speed_mps, 50.0, 130.0))))
    wet = max(DRY * share, _FLOATING)
    bare = wet + snow * (SNOW - wet)
    return bare + ice * (ICE - bare)


def _law_m(cover: Cover, speed_mps: float) -> float:
    area = 0.85 * CAR.size[1] * CAR.size[2]
    drag = 0.5 * AIR_DENSITY * CAR.drag_coefficient * area / CAR.mass_kg
    bends = [v for v in (50 / 3.6, 90 / 3.6) if v < speed_mps] or None
    value, _ = quad(
        lambda v: v / (_friction(cover, v) * G_MPS2 + drag * v * v), 0.0, speed_mps, points=bends, limit=200
    )
    return float(value)


def _stop_m(cover: Cover, speed_mps: float) -> float:
    """Full brake on flat ground in the engine's physics, until the car stands."""
    with Client() as client:
        fleet = VehicleFleet(client, Ground(friction=DRY))
        fleet.cover(*cover)
        fleet.add(CAR, xy=(0.0, 0.0), yaw=0.0, speed_mps=speed_mps)
        fleet.set_controls(0, 0.0, 0.0, 1.0)
        start = fleet.position_w[0]
        while fleet.speed_mps[0] > 0.05:
            for _ in range(8):
                fleet.apply()
                client.stepSimulation()
            fleet.read()
        return float(np.linalg.norm(fleet.position_w[0] - start))
