"""Reference drivers of the ego vehicle: what it does when nobody else drives.

`none` holds lane and speed whatever happens. `idm` keeps its distance to the vehicle ahead by the Intelligent Driver
Model (Treiber, Hennecke, Helbing 2000, Physical Review E 62, 1805; parameters of its table I). `aeb` is `idm` with an
emergency brake that knows the true place of everyone: it brakes when a box is about to meet the ego's box (2-D TTC) and
comfortable braking no longer suffices. `careful`, `fsm`, `rss` and `reg157` are the reference models of `reference`.
They all steer by `path_follow.steering`; none of them swerves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from math import inf

from ..physics.specs import VehicleSpec
from .action import FULL_BRAKE_MPS2
from .conflict import Footprint, contact_interval, unbend
from .driver import Command, Driver, DriverView
from .idm import TREIBER_2000, IdmParameters, idm_acceleration
from .path_follow import SpeedHold
from .reference.driver import ReferenceDriver
from .reference.models import MODELS

__all__ = ["DRIVERS", "AebDriver", "Command", "Driver", "DriverView", "IdmParameters", "driver", "idm_acceleration"]


class HoldDriver(Driver):
    """Holds speed and lane and reacts to nothing."""

    def __init__(self, spec: VehicleSpec) -> None:
        super().__init__(spec)
        self._hold = SpeedHold()

    def _acceleration(self, view: DriverView, dt_s: float) -> float:
        return self._hold.acceleration(view.target_mps, view.speed_mps, dt_s)


class IdmDriver(Driver):
    """Keeps lane, and distance to the vehicle ahead, by the Intelligent Driver Model."""

    def __init__(self, spec: VehicleSpec, parameters: IdmParameters = TREIBER_2000) -> None:
        super().__init__(spec)
        self.parameters = parameters

    def _acceleration(self, view: DriverView, dt_s: float) -> float:
        return idm_acceleration(self.parameters, view.speed_mps, view.target_mps, view.lead_gap_m, view.lead_mps)


@dataclass(frozen=True)
class AebParameters:
    """Emergency braking.

    Attributes:
        horizon_s: conflicts further ahead than this 2-D TTC are ignored.
        required_mps2: brakes when avoiding contact takes at least this constant deceleration.
        latest_s: brakes in any case when the 2-D TTC falls below this.
        reaction_s: from a conflict to the first braking.
        jerk_mps3: build-up of brake pressure; 30 reaches 9 m/s2 in 0.3 s (type-approval tables assume 0.1 s + 0.3 s).
        full_mps2: full braking asked for; the tyres give what the road allows.
        side_margin_m: added to each side of the ego.
        standoff_m: clearance that shall remain.
        hold_s: how long it brakes on after the conflict is gone.
        blocked_m: once stopped it stays so while someone stands this close ahead.

    """

    horizon_s: float = 3.0
    required_mps2: float = 6.0
    latest_s: float = 0.8
    reaction_s: float = 0.1
    jerk_mps3: float = 30.0
    full_mps2: float = FULL_BRAKE_MPS2
    side_margin_m: float = 0.2
    standoff_m: float = 0.5
    hold_s: float = 0.5
    blocked_m: float = 3.0


def threatens(p: AebParameters, spec: VehicleSpec, speed_mps: float, other: Footprint) -> bool:
    """Whether the emergency brake must act on this actor now; `other` along and beside the ego's way (see `unbend`).

    The required deceleration is that of the clearance left when the actor enters the ego's swept lane:
    (v - v_along)^2 / (2 (gap - standoff)), a measure of the required-deceleration (DRAC) family.
    """
    ego = Footprint(0.0, 0.0, 0.0, spec.size[0], spec.size[1] + 2.0 * p.side_margin_m, speed_mps, 0.0)
    begin, end = contact_interval(ego, other)
    if end < 0.0 or begin > p.horizon_s or begin == inf:
        return False
    gap = other.x_m - other.reach(1.0, 0.0) - spec.size[0] / 2
    closing = speed_mps - other.vx_mps
    if closing <= 0.0 or other.x_m < 0.0:
        return False
    if begin <= p.latest_s:
        return True
    return closing * closing >= 2.0 * p.required_mps2 * max(gap - p.standoff_m, 1e-3)


def blocks(p: AebParameters, spec: VehicleSpec, other: Footprint) -> bool:
    """Whether an actor stands right in front of the ego; `other` along and beside the ego's way."""
    gap = other.x_m - other.reach(1.0, 0.0) - spec.size[0] / 2
    aside = abs(other.y_m) - other.reach(0.0, 1.0) - spec.size[1] / 2
    return other.x_m > 0.0 and gap < p.blocked_m and aside < p.side_margin_m


class AebDriver(Driver):
    """The `idm` driver with an emergency brake on ground truth."""

    def __init__(
        self, spec: VehicleSpec, parameters: AebParameters = AebParameters(), idm: IdmParameters = TREIBER_2000
    ) -> None:
        super().__init__(spec)
        self.parameters = parameters
        self.idm = idm
        self._since_s: float | None = None  # when the present conflict was first seen
        self._until_s = -inf
        self._braking = 0.0

    @property
    def braking(self) -> bool:
        """Whether the emergency brake acts at present."""
        return self._braking > 0.0

    def _acceleration(self, view: DriverView, dt_s: float) -> float:
        p = self.parameters
        normal = idm_acceleration(self.idm, view.speed_mps, view.target_mps, view.lead_gap_m, view.lead_mps)
        others = [unbend(other, view.path.curvature_1pm) for other in view.others]
        if any(threatens(p, self.spec, view.speed_mps, other) for other in others):
            self._since_s = view.time_s if self._since_s is None else self._since_s
            if view.time_s - self._since_s >= p.reaction_s - 1e-9:
                self._until_s = view.time_s + p.hold_s
        else:
            self._since_s = None
            if self.braking and any(blocks(p, self.spec, other) for other in others):
                self._until_s = view.time_s + p.hold_s
        if view.time_s > self._until_s:
            self._braking = 0.0
            return normal
        self._braking = min(max(self._braking, -normal, 0.0) + p.jerk_mps3 * dt_s, p.full_mps2)
        return min(normal, -self._braking)


DRIVERS: dict[str, Callable[[VehicleSpec], Driver]] = {
    "none": HoldDriver,
    "idm": IdmDriver,
    "aeb": AebDriver,
    **{name: partial(ReferenceDriver, model=name) for name in MODELS},
}
"""Reference drivers by name."""


def driver(name: str, spec: VehicleSpec) -> Driver:
    """A new reference driver of that name; raises ValueError naming the nearest one."""
    if name not in DRIVERS:
        near = get_close_matches(name, DRIVERS, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown driver {name!r}, expected one of {', '.join(DRIVERS)}; nearest is {near!r}")
    return DRIVERS[name](spec)
