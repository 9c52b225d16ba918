"""What an agent that moves an arm is paid for: to bring the object to its place, without losing it on the way.

Shaped by a potential (Ng, Harada and Russell 1999): nearness of the hand to the object, a hold on it, its height, its
nearness to its place. Only differences are paid, so what goes to and fro earns nothing. A bad end costs more than
waiting for the whole episode does, so failing early is never the best way out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...physics.client import TICK_S

F64 = NDArray[np.float64]
REACH, HOLD, LIFT, CARRY = 1.0, 1.0, 1.0, 3.0
PLACED, LOSS, FAULT, PER_S = 10.0, -10.0, -1.0, -0.1
_LIFT_M, _LEAST_M = 0.1, 0.05


class Pay:
    """Adds up what is due; call `due` once after every control step.

    Args:
        tool_w, object_w, place_w: (3,) tool, object and where the object belongs at the beginning [m].

    """

    def __init__(self, tool_w: F64, object_w: F64, place_w: F64) -> None:
        self._place_w, self._tick = place_w[:2].copy(), 0
        self._reach_m = max(float(np.linalg.norm(tool_w - object_w)), _LEAST_M)
        self._carry_m = max(self._off_m(object_w), _LEAST_M)
        self._worth, self._fined, self._placed = 0.0, 0.0, False

    def _off_m(self, object_w: F64) -> float:
        """How far the object is from its place, level with the table."""
        return float(np.linalg.norm(object_w[:2] - self._place_w))

    def worth(self, tool_w: F64, object_w: F64, *, held: bool, height_m: float) -> float:
        """The potential, 0 at the beginning and 6 with the object held over its place."""
        reach = 1.0 - float(np.linalg.norm(tool_w - object_w)) / self._reach_m
        carry = 1.0 - self._off_m(object_w) / self._carry_m
        # on the way to its place an object has to be up; there it may come down
        up = max(min(max(height_m, 0.0) / _LIFT_M, 1.0), carry) if held else 0.0
        return REACH * max(reach, -1.0) + HOLD * held + LIFT * up + CARRY * max(carry, -1.0)

    def due(
        self, tool_w: F64, object_w: F64, tick: int, *, held: bool, height_m: float, placed: bool, fine: float
    ) -> float:
        """Reward of the time since the last call.

        Args:
            tool_w, object_w: (3,) where they are [m].
            tick: now.
            held: whether the object is in the hand.
            height_m: of the object above where it stood.
            placed: whether it lies where it belongs, out of the hand; from then on only a fine counts.
            fine: all that is owed for what has gone wrong so far, 0 or less.

        """
        value, self._fined = min(fine - self._fined, 0.0), min(fine, self._fined)
        lapse_s, self._tick = (tick - self._tick) * TICK_S, tick
        if self._placed:
            return value
        worth = REACH + HOLD + LIFT + CARRY if placed else self.worth(tool_w, object_w, held=held, height_m=height_m)
        value += worth - self._worth + PER_S * lapse_s
        self._worth, self._placed = worth, placed
        return value + (PLACED if placed else 0.0)
