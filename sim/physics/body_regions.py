"""What a body region of a person stands in contact with a robot: effective masses, springs, and force limits by preset.

A contact is a spring between two masses: closing at v, the peak force is v sqrt(mu k) with
1/mu = 1/m_person + 1/m_robot and m_robot half the moving mass plus the payload. Masses and springs are the open tables
of the power-and-force-limiting model. Limits of force differ between open tables, so they come as named presets:
`standard_recalled` is the technical specification as recalled, `open_body_model` an open body model that was read, the
lower end where it gives a range. A blow shorter than 0.5 s counts as transient and may reach twice the limit of
clamping, but not at head or neck, where the limit of clamping holds.
Left out: pressure, and limits that depend on the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from ..errors import nearest

TRANSIENT_FACTOR = 2.0


@dataclass(frozen=True)
class BodyRegion:
    """One region.

    Attributes:
        mass_kg: effective mass.
        spring_npm: stiffness of skin and flesh [N/m].
        head: whether no blow beyond the limit of clamping is allowed.

    """

    mass_kg: float
    spring_npm: float
    head: bool = False


REGIONS: dict[str, BodyRegion] = {
    "face": BodyRegion(4.4, 75e3, head=True),
    "skull": BodyRegion(4.4, 150e3, head=True),
    "chest": BodyRegion(40.0, 25e3),
    "abdomen": BodyRegion(40.0, 10e3),
    "pelvis": BodyRegion(40.0, 25e3),
    "upper_arm": BodyRegion(3.0, 30e3),
    "forearm": BodyRegion(2.0, 40e3),
    "hand": BodyRegion(0.6, 75e3),
    "thigh": BodyRegion(75.0, 50e3),
    "shank": BodyRegion(75.0, 60e3),
}
"""Effective masses and springs by region."""

LIMITS_N: dict[str, dict[str, float]] = {
    "standard_recalled": {
        "face": 65.0, "skull": 130.0, "chest": 140.0, "abdomen": 110.0, "pelvis": 180.0,
        "upper_arm": 150.0, "forearm": 160.0, "hand": 140.0, "thigh": 220.0, "shank": 130.0,
    },
    "open_body_model": {
        "face": 50.0, "skull": 110.0, "chest": 80.0, "abdomen": 60.0, "pelvis": 100.0,
        "upper_arm": 70.0, "forearm": 100.0, "hand": 150.0, "thigh": 140.0, "shank": 130.0,
    },
}  # fmt: skip
"""Force that a region bears when clamped [N], by preset and region."""

_OF_SEGMENT = {"head": "skull", "foot": "shank"}


def region_of(link: str) -> str:
    """The region of a link of a walker: a segment's name, `hand_l` or `hand_r`."""
    kind = link.removesuffix("_l").removesuffix("_r")
    return _OF_SEGMENT.get(kind, kind)


def force_limit_n(preset: str, region: str, *, transient: bool) -> float:
    """The force that a region may bear [N].

    Raises:
        ValueError: for an unknown preset or region.

    """
    if preset not in LIMITS_N:
        raise ValueError(f"unknown preset of force limits {preset!r}; {nearest(preset, LIMITS_N)}")
    limits = LIMITS_N[preset]
    if region not in limits:
        raise ValueError(f"unknown body region {region!r}; {nearest(region, limits)}")
    return limits[region] * (TRANSIENT_FACTOR if transient and not REGIONS[region].head else 1.0)


def impact_force_n(region: str, speed_mps: float, robot_kg: float) -> float:
    """Peak force of a free blow by the spring model [N]; `robot_kg` is the robot's effective mass."""
    body = REGIONS[region]
    return speed_mps * sqrt(body.spring_npm / (1.0 / body.mass_kg + 1.0 / robot_kg))
