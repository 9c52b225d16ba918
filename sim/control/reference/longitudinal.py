"""Was it avoidable? The reference models on a straight road, stepped at 10 Hz, without physics.

Three events of UN R157: cut-in, cut-out that reveals somebody who stands, and a lead that brakes. All vehicles are
boxes of one size, the ego keeps its speed until its model is alarmed, others keep theirs or brake at once. Speeds
change at the begin of a step and hold over it, as in the open comparison of the models (JRC-FSM), of which these are
the same events at the same sizes. Leaves out tyres, jerk of the others, and steering.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .careful import WANDERING_M
from .model import Encounter, ReferenceModel
from .models import reference_model

STEP_S = 0.1
_STEPS = 350
LENGTH_M, WIDTH_M = 4.3, 1.9
"""Size of every vehicle."""
_BESIDE_M = 1.6


class Other(NamedTuple):
    """The other vehicle at a step: along the road and to the left of the ego's way, its speeds, and see `Encounter`."""

    s_m: float
    d_m: float
    along_mps: float
    left_mps: float
    obvious: bool


def cut_in(
    model: str | ReferenceModel,
    *,
    ego_mps: float,
    other_mps: float,
    gap_m: float,
    lateral_mps: float,
    clearance_m: float = _BESIDE_M,
) -> bool:
    """Whether the model avoids a vehicle that moves over in front of it.

    Args:
        model: its name, or a fresh model.
        ego_mps, other_mps: speeds along the road.
        gap_m: clearance along the road when the lane change begins.
        lateral_mps: constant lateral speed, until the other is in front.
        clearance_m: lateral clearance when it begins.

    """
    start = clearance_m + WIDTH_M

    def other(step: int) -> Other:
        t = step * STEP_S
        moving = lateral_mps * t < start
        return Other(
            gap_m + LENGTH_M + other_mps * t,
            max(start - lateral_mps * t, 0.0),
            other_mps,
            -lateral_mps if moving else 0.0,
            False,
        )

    return _play(_fresh(model), ego_mps, other)


def lead_brakes(
    model: str | ReferenceModel, *, speed_mps: float, deceleration_mps2: float, gap_m: float | None = None
) -> bool:
    """Whether the model avoids a lead that brakes from the same speed to a stop.

    Args:
        model: its name, or a fresh model.
        speed_mps: of both.
        deceleration_mps2: of the lead, at once.
        gap_m: clearance when it begins; default is what the model keeps.

    """
    who = _fresh(model)
    gap = who.following_gap(speed_mps) if gap_m is None else gap_m
    lead, s = [], gap + LENGTH_M
    for k in range(_STEPS):
        v = max(speed_mps - deceleration_mps2 * k * STEP_S, 0.0)
        s += v * STEP_S if k else 0.0
        lead.append(Other(s, 0.0, v, 0.0, True))
    return _play(who, speed_mps, lead.__getitem__)


def cut_out(
    model: str | ReferenceModel, *, speed_mps: float, lateral_mps: float, ahead_m: float, gap_m: float | None = None
) -> bool:
    """Whether the model avoids a standing vehicle that its lead reveals by leaving the lane.

    A lead that does not clear it in time crashes into it, and stops there.

    Args:
        model: its name, or a fresh model.
        speed_mps: of the ego and its lead.
        lateral_mps: constant lateral speed of the lead, > 0; the standing one is seen once it has left the 0.375 m
            within which it may wander.
        ahead_m: clearance between the lead and the standing vehicle when the lane change begins.
        gap_m: clearance behind the lead; default is what the model keeps.

    """
    who = _fresh(model)
    first = LENGTH_M + (who.following_gap(speed_mps) if gap_m is None else gap_m)
    standing = first + LENGTH_M + ahead_m

    def lead(step: int) -> tuple[float, float]:
        return first + speed_mps * step * STEP_S, lateral_mps * step * STEP_S

    crash = next((k for k in range(_STEPS) if _touch(standing - lead(k)[0], lead(k)[1])), _STEPS)

    def other(step: int) -> Other | None:
        if step >= crash:
            return Other(*lead(crash), 0.0, 0.0, True)
        return Other(standing, 0.0, 0.0, 0.0, True) if lead(step)[1] > WANDERING_M else None

    return _play(who, speed_mps, other)


def _fresh(model: str | ReferenceModel) -> ReferenceModel:
    return reference_model(model) if isinstance(model, str) else model


def _touch(along_m: float, beside_m: float) -> bool:
    return abs(along_m) < LENGTH_M and abs(beside_m) < WIDTH_M


def _play(model: ReferenceModel, speed_mps: float, other: Callable[[int], Other | None]) -> bool:
    """Drive until the end or a stop; whether nobody was touched. Nobody is seen where `other` gives None."""
    x, v, a = 0.0, speed_mps, 0.0
    for step in range(_STEPS - 1):
        at = other(step)
        if at is not None and _touch(at.s_m - x, at.d_m):
            return False
        if v == 0.0:
            return True
        seen = []
        if at is not None and at.s_m >= x:
            clearance, closing = abs(at.d_m) - WIDTH_M, -at.left_mps if at.d_m > 0.0 else at.left_mps
            gap = at.s_m - x - LENGTH_M
            seen = [Encounter(gap, v, a, at.along_mps, clearance, closing, 2 * LENGTH_M, at.obvious)]
        braking = model.decelerate(seen, STEP_S) or 0.0
        slower = max(v - braking * STEP_S, 0.0)
        v, a = slower, (slower - v) / STEP_S
        x += v * STEP_S
    return True
