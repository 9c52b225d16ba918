"""A reference model at the wheel of an episode.

It judges everybody ahead along and beside its lane. Somebody who came from the side is for the model alone to judge,
until they drive in the middle of the lane (or for 2 s in it) and count as a known lead. A lead or an obstacle in the
lane is an obvious danger once avoiding it takes more than routine braking. Behind a lead that stays within the 0.375 m
of wandering, nobody is seen. Without danger it holds its speed and keeps the model's own distance by the interaction
term of the Intelligent Driver Model, to newcomers after its reaction time. It sees true places at once: what perception
costs lies in the models. Leaves out swerving and overtaking.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import copysign, cos, inf, sin, sqrt

from ...criticality.deceleration import required_deceleration
from ...physics.specs import VehicleSpec
from ..conflict import Footprint, unbend
from ..driver import Driver, DriverView
from ..idm import TREIBER_2000, IdmParameters
from ..path_follow import PathError, SpeedHold
from .careful import WANDERING_M
from .model import Encounter, ReferenceModel
from .models import reference_model

_RANGE_M, _ASIDE_M = 150.0, 25.0
_LEAST_DRIFT_MPS = 0.1
"""Slower sideways motion is no lane change."""
_KNOWN_S = 2.0
_RECOVERY_S = 1.0
"""So long after the danger it drives on as before."""
_SMOOTHING_S = 0.2
_LEAST_BRAKING_MPS2 = 0.5
_HIDES_M = 0.5
"""Half width from which a lead hides what is beyond it."""
_JAM_GAP_M = 2.0
_JUMP_M = 1.0


@dataclass
class _Known:
    """What is remembered of one other actor."""

    speed_mps: float
    acceleration_mps2: float = 0.0
    in_lane_s: float = inf  # how long it has been seen in the ego's way; inf: since before the begin
    aside: bool = False  # came from the side


class ReferenceDriver(Driver):
    """Drives by a reference model.

    Args:
        spec: the ego.
        model: its name, or a fresh model.

    """

    def __init__(self, spec: VehicleSpec, model: str | ReferenceModel, idm: IdmParameters = TREIBER_2000) -> None:
        super().__init__(spec)
        self.model = reference_model(model) if isinstance(model, str) else model
        self.idm = idm
        self._hold = SpeedHold()
        self._known: dict[int, _Known] = {}
        self._ego = _Known(0.0)
        self._begun = False
        self._calm_s = 0.0
        self._lead = (inf, 0.0, inf)  # gap, speed, and for how long it has been there

    def _acceleration(self, view: DriverView, dt_s: float) -> float:
        self._observe(self._ego, view.speed_mps, dt_s)
        seen, target = self._look(view, dt_s)
        braking = self.model.decelerate(seen, dt_s)
        normal = min(
            self._hold.acceleration(view.target_mps, view.speed_mps, dt_s), self._keep(view.speed_mps, *target)
        )
        self._calm_s = self._calm_s + dt_s if braking == 0.0 else 0.0
        if self._calm_s > _RECOVERY_S:
            self.model.reset()
        return normal if braking is None else min(normal, -braking)

    def _keep(self, speed: float, gap: float, lead: float) -> float:
        """Interaction term of the Intelligent Driver Model around the model's own distance, within routine braking."""
        if gap == inf:
            return inf
        p = self.idm
        closing = speed * (speed - lead) / (2.0 * sqrt(p.acceleration_mps2 * p.deceleration_mps2))
        wanted = max(self.model.following_gap(speed), _JAM_GAP_M) + max(0.0, closing)
        return max(p.acceleration_mps2 * (1.0 - (wanted / max(gap, 0.1)) ** 2), -self.model.routine_mps2)

    def _look(self, view: DriverView, dt_s: float) -> tuple[list[Encounter], tuple[float, float]]:
        """Everybody ahead as the model sees them, and gap and speed of who is followed."""
        places = []
        for k, other in enumerate(view.others):
            if not -_RANGE_M < other.x_m < _RANGE_M or abs(other.y_m) > _ASIDE_M:
                self._known.pop(k, None)
                continue
            place = along_lane(other, view.path)
            known = self._known.get(k)
            if known is None:
                known = self._known[k] = _Known(place.vx_mps, in_lane_s=0.0 if self._begun else inf)
            self._observe(known, place.vx_mps, dt_s)
            if place.x_m > 0.0:
                places.append((place.x_m - place.reach(1.0, 0.0) - self.spec.size[0] / 2, k, place, known))
        self._begun = True
        places.sort(key=lambda item: item[:2])
        seen, follow, hidden = [], self._accepted_lead(view, dt_s), False
        for gap, _, place, known in places:
            clearance = abs(place.y_m) - place.reach(0.0, 1.0) - self.spec.size[1] / 2
            if clearance <= 0.0 and hidden:
                known.in_lane_s = 0.0
                continue
            self._place(known, clearance, place.y_m, dt_s)
            hidden = hidden or (abs(place.y_m) <= WANDERING_M and place.reach(0.0, 1.0) >= _HIDES_M)
            in_lane = clearance <= 0.0
            if in_lane and known.in_lane_s >= self.model.reaction_s and gap < follow[0]:
                follow = gap, place.vx_mps
            drift = -copysign(place.vy_mps, place.y_m * place.vy_mps)
            seen.append(
                Encounter(
                    gap,
                    view.speed_mps,
                    self._ego.acceleration_mps2,
                    place.vx_mps,
                    clearance,
                    drift if abs(drift) > _LEAST_DRIFT_MPS else 0.0,
                    2.0 * place.reach(1.0, 0.0) + self.spec.size[0],
                    in_lane and not known.aside and self._demands(view.speed_mps, gap, known),
                )
            )
        return seen, follow

    def _demands(self, speed: float, gap: float, known: _Known) -> bool:
        """Whether somebody in the lane takes more than routine braking."""
        braking = known.acceleration_mps2 if known.acceleration_mps2 < -_LEAST_BRAKING_MPS2 else 0.0
        return bool(required_deceleration(max(gap, 0.01), speed, known.speed_mps, braking) > self.model.routine_mps2)

    def _place(self, known: _Known, clearance: float, aside_m: float, dt_s: float) -> None:
        """Whether it is in the way, since when, and where from."""
        if clearance > 0.0:
            known.in_lane_s, known.aside = 0.0, True
            return
        known.in_lane_s += dt_s
        if abs(aside_m) < WANDERING_M or known.in_lane_s > _KNOWN_S:
            known.aside = False

    def _accepted_lead(self, view: DriverView, dt_s: float) -> tuple[float, float]:
        """Gap and speed of the lead, if it has been there for the reaction time."""
        gap, speed, since = self._lead
        fresh = view.lead_gap_m < gap - max(view.speed_mps - view.lead_mps, 0.0) * dt_s - _JUMP_M
        since = (0.0 if fresh else since + dt_s) if self._begun else inf
        self._lead = view.lead_gap_m, view.lead_mps, since
        return (view.lead_gap_m, view.lead_mps) if since >= self.model.reaction_s else (inf, 0.0)

    @staticmethod
    def _observe(known: _Known, speed: float, dt_s: float) -> None:
        if dt_s > 0.0:
            rate = (speed - known.speed_mps) / dt_s
            known.acceleration_mps2 += (rate - known.acceleration_mps2) * min(1.0, dt_s / _SMOOTHING_S)
        known.speed_mps = speed


def along_lane(other: Footprint, path: PathError) -> Footprint:
    """An actor of the ego's frame along and beside the ego's wanted line, velocities likewise."""
    c, s = cos(path.heading_rad), sin(path.heading_rad)
    straight = replace(
        other,
        x_m=c * other.x_m - s * other.y_m,
        y_m=s * other.x_m + c * other.y_m + path.lateral_m,
        yaw_rad=other.yaw_rad + path.heading_rad,
        vx_mps=c * other.vx_mps - s * other.vy_mps,
        vy_mps=s * other.vx_mps + c * other.vy_mps,
    )
    return unbend(straight, path.curvature_1pm)
