"""An obstacle that is overlooked for a while: it lies on the road, and drivers notice it only from a distance on.

Small, dark or unusual things are seen late: 5 cm high ones from 20 m at most (Lost and Found), overturned trucks are no
trucks to most detectors (CODA). Reference drivers know true places, so here what lies there is far off for them until
the ego is `notice_m` away; measures of danger see it all the time. A run begins 6.5 s before it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from math import cos, radians, sin

from ...world.actor import Actor
from .following import Following
from .limited_sight import LimitedSight

SIGHT_S = 6.5
"""Time to it at the start, half a second more than at the onset."""
_CREEP_MPS = 4.0


def extent(length_m: float, width_m: float, turn_deg: float) -> tuple[float, float]:
    """Extents along and across the road of a box turned against it."""
    c, s = abs(cos(radians(turn_deg))), abs(sin(radians(turn_deg)))
    return length_m * c + width_m * s, length_m * s + width_m * c


class Obstacle(LimitedSight, Following):
    """Abstract: something lies on the lane of a road out of town.

    Subclasses have the parameters of `Following`, and call `lies` in `add_target`.
    """

    _overlooked: frozenset[int]
    _near_m: float

    @property
    @abstractmethod
    def notice_m(self) -> float:
        """Distance from the ego's front at which drivers notice it."""

    @property
    def target_speed_mps(self) -> float:
        """It lies still."""
        return 0.0

    @property
    def urban(self) -> bool:
        """Never."""
        return False

    def start_gap_m(self) -> float:
        """Far enough for the ego to settle before the event begins."""
        return SIGHT_S * float(self.params.ego_speed_mps)

    def lies(self, near_m: float, things: Iterable[Actor]) -> None:
        """These actors lie there, the nearest of them from `near_m` on along the road."""
        self._near_m, self._overlooked = near_m, frozenset(thing.id for thing in things)

    def gap_m(self) -> float:
        """Clearance along the road between the ego's front and the near end of the obstacle."""
        s_ego, _ = self.road.centre.project(self.ego.position_w[:2])
        return self._near_m - s_ego - self._reach_m

    def closing_mps(self) -> float:
        """How fast the clearance shrinks; creeping up to it does not count."""
        speed = super().closing_mps()
        return speed if speed > _CREEP_MPS else 0.0

    def hazard_gap_m(self) -> float:
        """Clearance to the near end of the obstacle."""
        return self.gap_m()

    def sees(self, other: Actor) -> bool:
        """What lies there from `notice_m` on, all else as far as the air lets it."""
        return (other.id not in self._overlooked or self.gap_m() <= self.notice_m) and super().sees(other)
