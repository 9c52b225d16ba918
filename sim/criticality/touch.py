"""Power and force limiting: how fast a robot may touch a person (model of ISO/TS 15066).

Contact is two masses and the spring of the body region: v_rel,max = F_max / sqrt(mu k), with the reduced mass mu of
the region's effective mass and the robot's, M / 2 + m_L. A transient contact may press twice as hard as a clamping
one, but no impact on skull or face is allowed (both rules unverified, as recalled). Open tables of the limits disagree,
so they are named presets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import sqrt
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True)
class BodyRegion:
    """A region of the body as a mass on a spring.

    Attributes:
        mass_kg: effective mass.
        stiffness_npm: spring constant [N/m].
        impact: whether it may be struck at all.

    """

    mass_kg: float
    stiffness_npm: float
    impact: bool = True


REGIONS: Mapping[str, BodyRegion] = {
    "skull": BodyRegion(4.4, 150e3, impact=False),
    "face": BodyRegion(4.4, 75e3, impact=False),
    "neck": BodyRegion(1.2, 50e3),
    "back_shoulder": BodyRegion(40.0, 35e3),
    "chest": BodyRegion(40.0, 25e3),
    "abdomen": BodyRegion(40.0, 10e3),
    "pelvis": BodyRegion(40.0, 25e3),
    "upper_arm": BodyRegion(3.0, 30e3),
    "forearm": BodyRegion(2.0, 40e3),
    "hand": BodyRegion(0.6, 75e3),
    "thigh": BodyRegion(75.0, 50e3),
    "shin": BodyRegion(75.0, 60e3),
}
"""Effective masses and spring constants as published openly for ISO/TS 15066."""

QUASI_STATIC_N: Mapping[str, Mapping[str, float]] = {
    "iso_ts_15066_recalled_unverified": {
        "skull": 130.0, "face": 65.0, "neck": 150.0, "back_shoulder": 210.0, "chest": 140.0, "abdomen": 110.0,
        "pelvis": 180.0, "upper_arm": 150.0, "forearm": 160.0, "hand": 140.0, "thigh": 220.0, "shin": 130.0,
    },
    "open_body_model": {
        "skull": 110.0, "face": 50.0, "neck": 35.0, "back_shoulder": 60.0, "chest": 80.0, "abdomen": 60.0,
        "pelvis": 100.0, "upper_arm": 70.0, "forearm": 100.0, "hand": 150.0, "thigh": 140.0, "shin": 130.0,
    },
}  # fmt: skip
"""Largest clamping force by preset and region [N]; the lower end where a range is published."""
_TRANSIENT = 2.0


def force_limit(region: str, *, preset: str, transient: bool) -> float:
    """Largest contact force on a body region [N]; 0 for an impact where none is allowed.

    Args:
        region: of `REGIONS`.
        preset: of `QUASI_STATIC_N`.
        transient: a short blow from which the body can recoil, not a clamping contact.

    """
    force = _of(_of(QUASI_STATIC_N, preset, "preset of limits"), region, "body region")
    if not transient:
        return force
    return _TRANSIENT * force if REGIONS[region].impact else 0.0


def speed_limit(region: str, *, preset: str, transient: bool, moving_kg: float, payload_kg: float = 0.0) -> float:
    """Largest relative speed at contact [m/s].

    Args:
        region, preset, transient: see `force_limit`.
        moving_kg: mass of the moving parts of the robot, of which half counts.
        payload_kg: mass it carries.

    """
    force = force_limit(region, preset=preset, transient=transient)
    body = REGIONS[region]
    reduced = 1.0 / (1.0 / body.mass_kg + 1.0 / (moving_kg / 2.0 + payload_kg))
    return force / sqrt(reduced * body.stiffness_npm)


def _of(table: Mapping[str, _T], name: str, what: str) -> _T:
    if name not in table:
        near = get_close_matches(name, table, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown {what} {name!r}, expected one of {', '.join(table)}; nearest is {near!r}")
    return table[name]
