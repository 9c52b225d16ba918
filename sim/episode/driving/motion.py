"""Where everybody is and how they move, as rows for the criticality measures.

Accelerations are differences of velocities, smoothed exponentially over 0.2 s: a gait or a spring is no braking.
"""

from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import NDArray

from ...criticality.plane import BOX, MOTION
from ...physics.client import TICK_HZ
from ...world.actor import Actor

F64 = NDArray[np.float64]
_SMOOTH_S = 0.2
_WIDTH = len(BOX)


class Motions:
    """The ego's row and everybody else's, brought up to date when asked for at a later tick.

    Args:
        ego: whose danger it is.
        others: all with a body; those that stand for good are looked at once.

    """

    def __init__(self, ego: Actor, others: list[Actor]) -> None:
        self._actors = [ego, *others]
        self._rows = np.zeros((len(self._actors), len(MOTION)))
        self._tick: int | None = None
        for k, actor in enumerate(self._actors):
            self._rows[k, :_WIDTH] = _box(actor)
        self._moving = [k for k, actor in enumerate(self._actors) if not actor.still]

    def at(self, tick: int) -> tuple[F64, F64]:
        """(9,) of the ego and (N, 9) of the others, columns of `MOTION`; the arrays are reused."""
        if tick != self._tick:
            rows, moving = self._rows, self._moving
            before = rows[moving, 2:4]
            for k in moving:
                rows[k, :_WIDTH] = _box(self._actors[k])
            if self._tick is not None:
                step_s = (tick - self._tick) / TICK_HZ
                fresh = 1.0 - exp(-step_s / _SMOOTH_S)
                now = (rows[moving, 2:4] - before) / step_s
                rows[moving, 7:9] += fresh * (now - rows[moving, 7:9])
            self._tick = tick
        return self._rows[0], self._rows[1:]


def _box(actor: Actor) -> tuple[float, ...]:
    """A road user as a row of `BOX`."""
    x, y, _ = actor.position_w.tolist()
    vx, vy, _ = actor.velocity_w.tolist()
    return x, y, vx, vy, actor.yaw, actor.size[0], actor.size[1]
