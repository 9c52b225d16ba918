"""What an agent that drives a robot is paid for: way along its path, and to arrive there whole.

The way is a potential: what it gains by driving on it loses by driving back, so no way is paid twice and circles earn
nothing. Metres driven and time cost a little, so that circling is worse than standing and standing worse than driving
on. A loss costs more than a whole path can earn, as is common in benchmarks of navigation.
"""

from __future__ import annotations

from math import hypot

from ...physics.client import TICK_S

PER_PATH_M, PER_DRIVEN_M, PER_S = 1.0, -0.2, -0.1
ARRIVAL, LOSS = 5.0, -20.0
NEAR_PERSON_PER_S = -1.0


class Pay:
    """Adds up what is due; call `due` once after every control step.

    Args:
        s_m, xy: place along the path at tick 0, and where that is [m].

    """

    def __init__(self, s_m: float, xy: tuple[float, float]) -> None:
        self._s_m, self._xy, self._tick = s_m, xy, 0
        self._lost = self._arrived = False

    def due(
        self, s_m: float, xy: tuple[float, float], tick: int, *, near: bool, arrived: bool, harm: float | None
    ) -> float:
        """Reward of the time since the last call.

        Args:
            s_m, xy: place along the path, not beyond its end, and where that is [m].
            tick: now.
            near: whether it moves nearer to somebody than it should.
            arrived: whether it stands at the end of the path.
            harm: of a loss [m/s], None while nothing is lost; from then on nothing is earned.

        """
        lapse_s, way_m = (tick - self._tick) * TICK_S, s_m - self._s_m
        driven_m = hypot(xy[0] - self._xy[0], xy[1] - self._xy[1])
        self._s_m, self._xy, self._tick = s_m, xy, tick
        if self._lost:
            return 0.0
        value = PER_PATH_M * way_m + PER_DRIVEN_M * driven_m + PER_S * lapse_s
        if near:
            value += NEAR_PERSON_PER_S * lapse_s
        if harm is not None:
            self._lost = True
            value += LOSS - harm
        elif arrived and not self._arrived:
            self._arrived = True
            value += ARRIVAL
        return value
