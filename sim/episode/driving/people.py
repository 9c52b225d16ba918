"""People who look before they cross: they stop at the kerb while a vehicle comes, and go when the gap is long."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from ...physics.client import TICK_HZ
from ...world.person_actor import PersonActor
from ...world.world import CONTROL_TICKS, World

_LOOK_EVERY = TICK_HZ // CONTROL_TICKS // 10


class WaryPedestrian:
    """Stops a walker at the kerb until nobody arrives within the gap it accepts (gap acceptance).

    Args:
        world: theirs.
        actor: the person; walks a way that leads over the road.
        kerb_m: distance walked at which the kerb is reached.
        arrival_s: time until the next vehicle reaches the crossing; inf for nobody.
        accepts_s: shortest gap the person goes for; a crossing of 7 m at 1.3 m/s takes 5.4 s.

    """

    def __init__(
        self, world: World, actor: PersonActor, *, kerb_m: float, arrival_s: Callable[[], float], accepts_s: float = 6.0
    ) -> None:
        self.actor = actor
        self.kerb_m, self.accepts_s = kerb_m, accepts_s
        self._arrival_s = arrival_s
        self._waiting = False
        self._gone = False
        self._calls = 0
        world.control(self)

    @property
    def waiting(self) -> bool:
        """Whether it stands at the kerb."""
        return self._waiting

    def __call__(self) -> None:
        """Look left and right ten times a second."""
        self._calls += 1
        walker = self.actor.walker
        if self._gone or walker.released or self._calls % _LOOK_EVERY:
            return
        left = self.kerb_m - walker.travelled_m
        clear = self._arrival_s() >= self.accepts_s
        if self._waiting:
            if clear:
                self._waiting, self._gone = False, True
                walker.start()
        elif walker.speed_mps > 0.0 and left <= walker.stopping_m + 0.15 * walker.speed_mps:
            if clear:
                self._gone = True
            else:
                walker.stop(max(left, 0.0))
                self._waiting = True


def arrival_s(world: World, xy: tuple[float, float], *, within_m: float = 4.0) -> float:
    """Time until the next vehicle that heads for a point reaches it at its present speed [s]; inf for none."""
    soonest = inf
    for actor in world.actors:
        if actor.still or actor.size[0] < 1.5:
            continue
        dx, dy = xy[0] - float(actor.position_w[0]), xy[1] - float(actor.position_w[1])
        vx, vy, _ = actor.velocity_w.tolist()
        speed = (vx * vx + vy * vy) ** 0.5
        if speed < 0.5:
            continue
        along, across = (dx * vx + dy * vy) / speed, abs(dx * vy - dy * vx) / speed
        if across < within_m and along > -actor.size[0] / 2:
            soonest = min(soonest, max(along - actor.size[0] / 2, 0.0) / speed)
    return soonest
