"""The ego's driver does not see everything: what is hidden by air, ground or glare, or overlooked, is not there for it.

Reference drivers otherwise know the true state of everybody. Here an actor exists for them only while `sees` says so,
which is asked ten times a second; agents and sensors are not touched. What is hidden by other vehicles is left to the
drivers' own models.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import exp

import numpy as np

from ....renderers.air import LN_20, transmission
from ...control.drivers import DriverView
from ...control.path_follow import PathError
from ...world.actor import Actor
from ...world.sight import EYE_M
from ...world.vehicle_actor import VehicleActor
from ...world.world import CONTROL_TICKS
from ..scenario import Condition
from .scenario import DrivingScenario

_LOOK_TICKS = 6 * CONTROL_TICKS
_CALM_MPS2 = 0.8
"""Whoever needs less deceleration than this is in no danger."""
_NOWHERE_M = -1e6
"""Where those stand who are not seen: far behind; they keep their place in the order."""
LEAST_CONTRAST = exp(-LN_20)
"""Share of its contrast that an object must keep to be seen: 5 %, as in the meteorological optical range."""


class LimitedSight(DrivingScenario):
    """Abstract: a driver that sees the air between itself and the others; subclasses may hide more."""

    _seen: list[bool] | None = None
    _ever_seen = False

    def sees(self, other: Actor) -> bool:
        """Whether the driver can make out an actor now: enough light passes the air between them."""
        return self.contrast(other) >= LEAST_CONTRAST

    def contrast(self, other: Actor) -> float:
        """Share of an actor's contrast that the air leaves, from the driver's eye to its rear [0, 1]."""
        ego, world = self.ego, self.world
        air = world.air(world.time_s)
        if air.clear:
            return 1.0
        eye = ego.position_w + np.array([0.0, 0.0, EYE_M - ego.size[2] / 2])
        ray = other.position_w - eye
        far = float(np.linalg.norm(ray))
        return float(transmission(air, eye, ray / far, max(far - other.size[0] / 2, 0.1))[0])

    def after_tick(self) -> None:
        """Also tell when the driver first makes out the hazard."""
        super().after_tick()
        if self.world.tick % _LOOK_TICKS == 0:
            self._tell_first_sight()

    def _view(self, error: PathError) -> DriverView:
        if self._seen is None or self.world.tick % _LOOK_TICKS == 0:
            others = self._others()
            self._seen = [self.sees(other) for other in others]
            there = [other for other, seen in zip(others, self._seen, strict=True) if seen]
            self._vehicles = [other for other in there if isinstance(other, VehicleActor)]
        view = super()._view(error)
        boxes = tuple(
            box if seen else replace(box, x_m=_NOWHERE_M) for box, seen in zip(view.others, self._seen, strict=True)
        )
        return replace(view, others=boxes)

    def _tell_first_sight(self) -> None:
        """Log from how far the driver first makes out the hazard."""
        if self._ever_seen or self.world.tick < 0 or not self.sees(self.hazard):
            return
        self._ever_seen = True
        if "onset" in self.phases:
            gap = self.hazard_gap_m()
            self.emit("first_sight", self.ego.id, self.hazard.id, value=gap)
            self.cause("late_sight", f"the driver sees it from {gap:.0f} m", self.ego.id)

    def until_settled(self, calm_s: float = 1.5) -> Iterator[Condition]:
        """Wait for a contact, or until nothing more can come of it; then the ego has escaped."""
        since = [self.world.time_s]

        def settled() -> bool:
            if self.world.tick % _LOOK_TICKS == 0:
                slower = self.ego.speed_mps <= max(self.hazard_mps(), 0.3) + 0.2
                calm = self.criticality()["required_deceleration_mps2"] < _CALM_MPS2
                if not (slower or calm or self._beyond()):
                    since[0] = self.world.time_s
            return self.world.time_s - since[0] > calm_s or "contact" in self.phases

        yield settled
        if "contact" not in self.phases:
            self.mark("escape")
            self.end()

    def hazard_mps(self) -> float:
        """Speed of the hazard."""
        return float(np.linalg.norm(self.hazard.velocity_w))

    def _beyond(self) -> bool:
        """Whether the ego has passed the hazard."""
        road = self.road.centre
        return road.project(self.ego.position_w[:2])[0] > road.project(self.hazard.position_w[:2])[0] + 4.0

    def hazard_gap_m(self) -> float:
        """Clearance between the ego's front and the hazard's rear, straight."""
        apart = float(np.linalg.norm(self.hazard.position_w[:2] - self.ego.position_w[:2]))
        return apart - (self.ego.size[0] + self.hazard.size[0]) / 2
