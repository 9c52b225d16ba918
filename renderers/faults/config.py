"""What is to go wrong with a sensor: one fault, as configured."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from .kinds import fault_class

_OPTIONAL = ("ramp_s", "channel", "direction_deg", "attenuation")
"""Fields that only some kinds read."""
_MIDDLE = 3


@dataclass
class FaultConfig:
    """One fault.

    Attributes:
        kind: an entry of `fault_kinds`.
        start_s: when its window opens.
        duration_s: length of the window; 0 for the rest of the episode.
        severity: 1 to 5, a rung of the kind's ladder; 0 takes `magnitude`, or the middle rung where that is None.
        magnitude: strength in the unit of the kind; the kind's identity value (mostly 0) changes nothing.
        probability_per_frame: chance that the fault sets in at a frame of the window; 0 for the whole window.
        mean_length_frames: mean length of what set in so; lengths are geometric.
        ramp_s: time in which strength grows from nothing.
        channel: which array, axis or colour; "" for all, or one drawn.
        direction_deg: middle of a sector, counter-clockwise from forward; None draws it.
        attenuation: share of light lost on one pass.

    """

    kind: str
    start_s: float = 0.0
    duration_s: float = 0.0
    severity: int = 0
    magnitude: float | None = None
    probability_per_frame: float = 0.0
    mean_length_frames: float = 1.0
    ramp_s: float = 0.0
    channel: str = ""
    direction_deg: float | None = None
    attenuation: float = 1.0

    def __post_init__(self) -> None:
        """Check the kind, and that the values fit it."""
        cls = fault_class(self.kind)
        where = f"fault {self.kind}"
        for name in ("start_s", "duration_s", "ramp_s"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{where}: {name} is {getattr(self, name)}, expected 0 or more")
        for name in ("probability_per_frame", "attenuation"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{where}: {name} is {getattr(self, name)}, expected a value in [0, 1]")
        if not self.mean_length_frames >= 1.0:
            raise ValueError(f"{where}: mean_length_frames is {self.mean_length_frames}, expected 1 or more")
        if self.severity not in range(len(cls.ladder) + 1):
            expected = f"1 to {len(cls.ladder)}, or 0 for none" if cls.ladder else "0, the kind has no ladder"
            raise ValueError(f"{where}: severity is {self.severity}, expected {expected}")
        if self.severity and self.magnitude is not None:
            raise ValueError(f"{where}: severity {self.severity} and magnitude {self.magnitude} exclude each other")
        low, high = cls.bounds
        if self.magnitude is not None and not low <= self.magnitude <= high:
            unit = f" {cls.unit}" if cls.unit else ""
            raise ValueError(f"{where}: magnitude is {self.magnitude}, expected {low:g} to {high:g}{unit}")
        if self.probability_per_frame and cls.scripted:
            raise ValueError(
                f"{where}: probability_per_frame is {self.probability_per_frame}, expected 0: "
                "it acts on the capture itself and is scripted by start_s and duration_s"
            )
        if self.probability_per_frame and self.ramp_s:
            raise ValueError(f"{where}: ramp_s goes with a scripted start, not with probability_per_frame")
        for field in fields(self):
            if field.name in _OPTIONAL and field.name not in cls.uses and getattr(self, field.name) != field.default:
                used = sorted(set(_OPTIONAL) & cls.uses)
                raise ValueError(
                    f"{where} has no {field.name}; beside timing and strength it reads {', '.join(used) or 'nothing'}"
                )

    @property
    def strength(self) -> float:
        """The magnitude in the unit of the kind."""
        if self.magnitude is not None:
            return self.magnitude
        ladder = fault_class(self.kind).ladder
        return ladder[(self.severity or _MIDDLE) - 1] if ladder else 1.0
