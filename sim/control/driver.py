"""What a driver is: it sees the lane, the lead and everybody's boxes, and answers with acceleration and steering.

All drivers of this package steer along their lane by `path_follow.steering`; a subclass chooses the acceleration.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from ..physics.specs import VehicleSpec
from .conflict import Footprint
from .path_follow import PathError, steering


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
