"""Two that shall meet: a vehicle that times its ride so that it is at a place when the ego is.

Both places are distances along the two paths. Until it rides steadily, the other's wanted speed is what is left of its
way over the time the ego still needs; then it keeps its nominal speed within 2 %, as the protocols ask (a cyclist over
the last 17 m). The start is synchronised on arrival, not on time (Euro NCAP encodings).
"""

from __future__ import annotations

from collections.abc import Callable

from ...world.world import World
from .keeper import LaneKeeper

_PUSH = 3.0
_PLAY, _STEADY_PLAY = 0.25, 0.02
"""The wanted speed stays within this share of the nominal one, before the steady part and in it."""


class Rendezvous:
    """Steers a keeper's speed towards a meeting; a controller of the world.

    Args:
        world: theirs.
        keeper: the other.
        at_m: where its middle shall be along its path.
        speed_mps: its nominal speed.
        arrival_s: time until the ego is at its place of meeting.
        steady_m: length of its way before the meeting over which it does not adapt any more.

    """

    def __init__(
        self,
        world: World,
        keeper: LaneKeeper,
        *,
        at_m: float,
        speed_mps: float,
        arrival_s: Callable[[], float],
        steady_m: float,
    ) -> None:
        self.keeper, self.at_m, self.speed_mps = keeper, at_m, speed_mps
        self._arrival_s, self._steady_m = arrival_s, steady_m
        self.over = False
        world.control(self)

    @property
    def left_m(self) -> float:
        """What is left of its way."""
        return self.at_m - self.keeper.s_m

    def __call__(self) -> None:
        """Adapt."""
        if self.over:
            return
        if self.left_m <= self._steady_m:
            self.over = self.left_m <= 0.0
            needed = self.left_m / max(self._arrival_s(), 0.05)
            # speed control is slow, and a bicycle falls behind by a few centimetres a second without a push
            self._aim(needed + _PUSH * (needed - self.keeper.actor.speed_mps), _STEADY_PLAY)
            return
        # at nominal speed over the steady part at the end, so only the part before it can make up for lost time
        spare_s = self._arrival_s() - self._steady_m / self.speed_mps
        self._aim((self.left_m - self._steady_m) / max(spare_s, 0.05), _PLAY)

    def _aim(self, wanted_mps: float, play: float) -> None:
        low, high = (1.0 - play) * self.speed_mps, (1.0 + play) * self.speed_mps
        self.keeper.target_mps = min(max(wanted_mps, low), high)
