"""What the reference models share: perceive a danger, wait out the reaction time, then brake with limited jerk.

The models judge one other road user at a time, along and beside the ego's lane, and never steer. Once alarmed they do
not speed up again until `reset`. Source of the common frame: the open comparison of the models by the Joint Research
Centre of the European Commission (JRC-FSM), which steps them at 10 Hz.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

FULL_MPS2 = 0.774 * 9.81
"""Hardest braking of the models of a human [m/s2]."""
JERK_MPS3 = 12.65
"""Build-up of that braking [m/s3]."""


@dataclass(frozen=True)
class Encounter:
    """Somebody ahead, as a driver judges it. Ahead means that the centre is.

    Attributes:
        gap_m: clearance along the lane, bumper to bumper; negative while the lengths overlap.
        speed_mps, acceleration_mps2: of the ego.
        other_mps: speed of the other along the lane.
        clearance_m: lateral clearance to the ego's way, 0 or less inside it.
        closing_mps: lateral speed towards it.
        lengths_m: of both together.
        obvious: a danger without any further rule: a known lead that brakes, something revealed in the own lane.

    """

    gap_m: float
    speed_mps: float
    acceleration_mps2: float
    other_mps: float
    clearance_m: float
    closing_mps: float
    lengths_m: float
    obvious: bool = False

    @property
    def approach_mps(self) -> float:
        """How fast the ego catches up."""
        return self.speed_mps - self.other_mps

    def within_ttc(self, limit_s: float) -> bool:
        """Whether the ego catches up within this time."""
        return self.approach_mps > 0.0 and abs(self.gap_m) <= limit_s * self.approach_mps


class ReferenceModel(ABC):
    """One driver through one event; keeps its own memory.

    Attributes:
        reaction_s: from the danger to the first braking.
        release_mps2: deceleration until then, the foot off the pedal.
        jerk_mps3: build-up of braking.
        routine_mps2: braking up to this is part of normal driving.
        alarmed: whether it has perceived a danger since `reset`.

    """

    reaction_s: ClassVar[float]
    release_mps2: ClassVar[float] = 0.0
    jerk_mps3: ClassVar[float] = JERK_MPS3
    routine_mps2: ClassVar[float] = 3.4

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the event."""
        self.alarmed = False
        self._waited_s = 0.0
        self._braking_mps2 = 0.0

    @abstractmethod
    def following_gap(self, speed_mps: float) -> float:
        """Clearance kept behind a lead of the same speed [m]."""

    @abstractmethod
    def perceives(self, seen: Encounter) -> bool:
        """Whether this is a danger now."""

    @abstractmethod
    def wanted(self, seen: Encounter) -> float:
        """Deceleration that answers this danger [m/s2]."""

    def decelerate(self, seen: Sequence[Encounter], dt_s: float) -> float | None:
        """Deceleration of the next step [m/s2]; 0 when the danger has passed, None before there was any."""
        dangers = [one for one in seen if self.perceives(one)]
        if not dangers:
            return 0.0 if self.alarmed else None
        self.alarmed = True
        if self._waited_s < self.reaction_s - 1e-9:
            self._waited_s += dt_s
            self._braking_mps2 = self.release_mps2
        else:
            wanted = max(self.wanted(one) for one in dangers)
            self._braking_mps2 = min(self._braking_mps2 + self.jerk_mps3 * dt_s, wanted)
        return self._braking_mps2
