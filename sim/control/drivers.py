"""Reference drivers of the ego vehicle: what it does when nobody else drives.

`none` holds lane and speed whatever happens. `idm` keeps its distance to the vehicle ahead by the Intelligent Driver
Model (Treiber, Hennecke, Helbing 2000, Physical Review E 62, 1805; parameters of its table I). `aeb` is `idm` with an
emergency brake that knows the true place of everyone: it brakes when a box is about to meet the ego's box (2-D TTC) and
comfortable braking no longer suffices. They all steer by `path_follow.steering`; none of them swerves.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from math import inf, sqrt
from typing import NamedTuple

from ..physics.specs import VehicleSpec
from .conflict import Footprint, contact_interval, unbend
from .path_follow import PathError, SpeedHold, steering


class Command(NamedTuple):
    """What a driver wants: acceleration [m/s2], for `path_follow.pedals`, and front wheel angle [rad]."""

    acceleration_mps2: float
    steer_rad: float


@dataclass(frozen=True)
class DriverView:
    """What a driver knows at one moment.

    Attributes:
        time_s: simulation time.
        speed_mps: forward speed of the ego.
        target_mps: speed it is to drive.
        path: errors against the wanted line.
        lead_gap_m: clearance to the vehicle ahead in the same lane, inf if there is none.
        lead_mps: speed of that vehicle along the lane; ignored if there is none.
        others: every other actor in the ego frame (origin at the ego's box centre, x forward), velocities over ground.

    """

    time_s: float
    speed_mps: float
    target_mps: float
    path: PathError
    lead_gap_m: float = inf
    lead_mps: float = 0.0
    others: tuple[Footprint, ...] = ()


class Driver(ABC):
    """A reference driver of one ego through one episode; keeps its own memory."""

    def __init__(self, spec: VehicleSpec) -> None:
        self.spec = spec
        self._last_s: float | None = None

    def act(self, view: DriverView) -> Command:
        """The command until the next call; calls come in order of time."""
        dt = 0.0 if self._last_s is None else view.time_s - self._last_s
        self._last_s = view.time_s
        return Command(self._acceleration(view, dt), steering(self.spec, view.path, view.speed_mps))

    @abstractmethod
    def _acceleration(self, view: DriverView, dt_s: float) -> float: ...


class HoldDriver(Driver):
    """Holds speed and lane and reacts to nothing."""

    def __init__(self, spec: VehicleSpec) -> None:
        super().__init__(spec)
        self._hold = SpeedHold()

    def _acceleration(self, view: DriverView, dt_s: float) -> float:
        return self._hold.acceleration(view.target_mps, view.speed_mps, dt_s)


@dataclass(frozen=True)
class IdmParameters:
    """Intelligent Driver Model, values of Treiber et al. (2000), table I.

    Attributes:
        headway_s: safe time headway T.
        acceleration_mps2: maximum acceleration a.
        deceleration_mps2: comfortable deceleration b.
        exponent: of the free-road term.
        jam_gap_m: clearance at rest s0.
        limit_mps2: hardest braking (this model's own bound: a driver's foot, not an emergency system).

    """

    headway_s: float = 1.6
    acceleration_mps2: float = 0.73
    deceleration_mps2: float = 1.67
    exponent: float = 4.0
    jam_gap_m: float = 2.0
    limit_mps2: float = 6.0


def idm_acceleration(p: IdmParameters, speed: float, target: float, gap: float, lead: float) -> float:
    """Acceleration by the Intelligent Driver Model [m/s2]; `gap` may be inf (free road)."""
    free = 1.0 - (speed / target) ** p.exponent if target > 0.0 else -1.0 if speed > 0.0 else 0.0
    if gap == inf:
        interaction = 0.0
    else:
        braking = speed * (speed - lead) / (2.0 * sqrt(p.acceleration_mps2 * p.deceleration_mps2))
        wanted = p.jam_gap_m + max(0.0, speed * p.headway_s + braking)
        interaction = (wanted / max(gap, 0.1)) ** 2
    return max(p.acceleration_mps2 * (free - interaction), -p.limit_mps2)


class IdmDriver(Driver):
    """Keeps lane, and distance to the vehicle ahead, by the Intelligent Driver Model."""

    def __init__(self, spec: VehicleSpec, parameters: IdmParameters = IdmParameters()) -> None:
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
    full_mps2: float = 9.81
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
        self, spec: VehicleSpec, parameters: AebParameters = AebParameters(), idm: IdmParameters = IdmParameters()
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


DRIVERS: dict[str, Callable[[VehicleSpec], Driver]] = {"none": HoldDriver, "idm": IdmDriver, "aeb": AebDriver}
"""Reference drivers by name."""


def driver(name: str, spec: VehicleSpec) -> Driver:
    """A new reference driver of that name; raises ValueError naming the nearest one."""
    if name not in DRIVERS:
        near = get_close_matches(name, DRIVERS, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown driver {name!r}, expected one of {', '.join(DRIVERS)}; nearest is {near!r}")
    return DRIVERS[name](spec)
