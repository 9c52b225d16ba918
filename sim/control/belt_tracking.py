"""Following a moving belt: a controller planned for a standing belt, carried along by where it is believed to be.

The plan is made for the instant of the grasp, as if the belt stood still then. From the end of the approach until the
lift the tool moves with the belt; during approach and carrying it blends in and out along the way. The belief is the
belt's speed as its encoder told it `latency_s` ago, integrated; nothing corrects it (no camera), so a change of speed
leaves an error of change times latency. Left out: filters that estimate speed from noisy encoders.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .pick_place import ToolCommand

F64 = NDArray[np.float64]
_ALONG = ("descend", "close", "lift")


class BeliefOfBelt:
    """How far the belt is believed to have moved.

    Args:
        speed_mps: measured at the start.
        travelled_m: way at the start, relative to the plan.
        latency_s: age of a measurement when it is used; inf never measures again.
        tick_s: between two calls.

    """

    def __init__(self, speed_mps: float, travelled_m: float, *, latency_s: float, tick_s: float) -> None:
        self.travelled_m = travelled_m
        self.speed_mps = speed_mps
        self._tick_s = tick_s
        self._stale = not np.isfinite(latency_s)
        length = 1 if self._stale else max(1, round(latency_s / tick_s) + 1)
        self._told: deque[float] = deque(maxlen=length)

    def update(self, true_mps: float) -> None:
        """One tick, in which the belt really moves at `true_mps`."""
        self._told.append(true_mps)
        if not self._stale and len(self._told) == self._told.maxlen:
            self.speed_mps = self._told[0]
        self.travelled_m += self.speed_mps * self._tick_s


class BeltFollower:
    """Adds the motion of the belt to the commands of a pick-and-place controller.

    Args:
        direction_w: (3,) unit vector of the transport.

    """

    def __init__(self, direction_w: F64) -> None:
        self._direction = direction_w
        self._phase = ""
        self._first: F64 | None = None
        self._goals: dict[str, F64] = {}

    def plan(self, above_pick: F64, above_place: F64) -> None:
        """Where approach and carrying end, for a standing belt (3,) [m]."""
        self._goals = {"approach": above_pick, "move": above_place}

    def follow(self, command: ToolCommand, travelled_m: float) -> ToolCommand:
        """The command with the belt's way added as far as it counts in this phase."""
        if command.phase != self._phase:
            self._phase, self._first = command.phase, command.position_w
        share = 1.0 if command.phase in _ALONG else 0.0
        if command.phase in self._goals and self._first is not None:
            goal = self._goals[command.phase]
            whole = float(np.linalg.norm(goal - self._first))
            done = 1.0 - float(np.linalg.norm(goal - command.position_w)) / whole if whole > 1e-6 else 1.0
            share = done if command.phase == "approach" else 1.0 - done
        return replace(command, position_w=command.position_w + share * travelled_m * self._direction)
