"""Where everybody is and how they move, as rows for the criticality measures.

Accelerations are differences of velocities, smoothed exponentially over 0.2 s: a gait or a spring is no braking.
"""

from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import NDArray

from ....renderers.compiled import compiled
from ...criticality.plane import BOX, MOTION
from ...physics.client import TICK_HZ
from ...physics.vehicle_kernel import POSITION, VELOCITY, YAW
from ...world.actor import Actor, Flock, PoseTable

F64 = NDArray[np.float64]
_SMOOTH_S = 0.2


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
            self._rows[k, : len(BOX)] = *_motion(actor), *actor.size[:2]
        self._now = self._rows[:, :5].copy()
        self._moving = np.array([k for k, actor in enumerate(self._actors) if not actor.still], np.int64)
        self._alone = [k for k in self._moving if self._actors[k].flock is None]
        flocks = {k: flock for k in self._moving if (flock := self._actors[k].flock) is not None}
        self._tables = [
            (table, np.array(members), np.array([flocks[k].row for k in members]))
            for table, members in _members(flocks)
        ]

    def at(self, tick: int) -> tuple[F64, F64]:
        """(9,) of the ego and (N, 9) of the others, columns of `MOTION`; the arrays are reused."""
        if tick != self._tick:
            now = self._now
            for k in self._alone:
                now[k] = _motion(self._actors[k])
            for table, members, places in self._tables:
                _take(now, members, places, table.motion)
            step_s = 0.0 if self._tick is None else (tick - self._tick) / TICK_HZ
            _follow(self._rows, now, self._moving, step_s, 1.0 - exp(-step_s / _SMOOTH_S))
            self._tick = tick
        return self._rows[0], self._rows[1:]


def _members(flocks: dict[int, Flock]) -> list[tuple[PoseTable, list[int]]]:
    """The numbers of the actors of each table."""
    tables = {id(flock.table): flock.table for flock in flocks.values()}
    return [(table, [k for k, flock in flocks.items() if flock.table is table]) for table in tables.values()]


def _motion(actor: Actor) -> tuple[float, ...]:
    """Place, velocity and heading of a road user, the first columns of `BOX`."""
    x, y, _ = actor.position_w.tolist()
    vx, vy, _ = actor.velocity_w.tolist()
    return x, y, vx, vy, actor.yaw


@compiled
def _take(now, members, places, motion):  # type: ignore[no-untyped-def]
    """The same of the rows `places` of a table, for the actors `members`."""
    for i in range(len(members)):
        k, row = members[i], motion[places[i]]
        now[k, :2], now[k, 2:4], now[k, 4] = row[POSITION][:2], row[VELOCITY][:2], row[YAW]


@compiled
def _follow(rows, now, moving, step_s, fresh):  # type: ignore[no-untyped-def]
    """Bring the rows of those that move up to date, a step after they last were; 0 for the first time."""
    for k in moving:
        if step_s > 0.0:
            for axis in range(2):
                change = (now[k, 2 + axis] - rows[k, 2 + axis]) / step_s
                rows[k, 7 + axis] += fresh * (change - rows[k, 7 + axis])
        rows[k, :5] = now[k]
