"""A stream of traffic on several lanes: everybody keeps distance (IDM) and changes lane where it pays (MOBIL)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...control.traffic import MobilParameters, Neighbour, gain
from ...world.vehicle_actor import VehicleActor
from ...world.world import World
from .keeper import LaneKeeper

_THINK_S = 1.0
_MOBIL = MobilParameters()
_INSIDE_M = 1.2
"""A vehicle counts to a lane while its middle is this near to the lane's."""


@dataclass(frozen=True)
class _Place:
    s_m: float
    d_m: float
    half_m: float
    speed_mps: float
    target_mps: float
    actor: VehicleActor


class Flow:
    """Lets keepers of one path change lane; each thinks once a second, at its own moment, and signals first.

    Args:
        world: theirs.
        keepers: the vehicles; all on the same path. They are made to follow whoever is ahead.
        lanes_m: offsets of the lanes they may use, from right to left.
        closed_m: lanes nobody changes into, such as the one the ego needs.
        mobil: how readily they change.
        peak_mps: lateral speed of a lane change.

    """

    def __init__(
        self,
        world: World,
        keepers: Sequence[LaneKeeper],
        lanes_m: Sequence[float],
        *,
        closed_m: Sequence[float] = (),
        mobil: MobilParameters = _MOBIL,
        peak_mps: float = 1.2,
    ) -> None:
        self.keepers = tuple(keepers)
        self.lanes_m = tuple(lanes_m)
        self.closed_m = tuple(closed_m)
        self._world, self._mobil, self._peak = world, mobil, peak_mps
        self._next = {id(k): _THINK_S * (1 + i / max(len(keepers), 1)) for i, k in enumerate(keepers)}
        for keeper in keepers:
            keeper.follows = True
        world.control(self)

    def __call__(self) -> None:
        """Let those whose moment has come think about a lane change."""
        now = self._world.time_s
        due = [k for k in self.keepers if now >= self._next[id(k)] and not k.changing]
        if not due:
            return
        places = self._places()
        for keeper in due:
            self._next[id(keeper)] = now + _THINK_S
            to_m = self._better(keeper, places)
            if to_m is not None:
                keeper.change_lane(to_m, self._peak)

    def _places(self) -> list[_Place]:
        path = self.keepers[0].path
        targets = {k.actor.id: k.target_mps for k in self.keepers}
        out = []
        for actor in self._world.actors:
            if isinstance(actor, VehicleActor):
                s, d = path.project(actor.position_w[:2])
                speed = actor.speed_mps
                out.append(_Place(s, d, actor.size[0] / 2, speed, targets.get(actor.id, speed), actor))
        return out

    def _better(self, keeper: LaneKeeper, places: list[_Place]) -> float | None:
        """The neighbouring lane that is worth a change, if one is."""
        me = next(p for p in places if p.actor is keeper.actor)
        here = min(range(len(self.lanes_m)), key=lambda k: abs(self.lanes_m[k] - me.d_m))
        ahead, behind = self._around(me, self.lanes_m[here], places)
        best, found = 0.0, None
        for there in (here - 1, here + 1):
            if not 0 <= there < len(self.lanes_m) or self.lanes_m[there] in self.closed_m:
                continue
            ahead_there, behind_there = self._around(me, self.lanes_m[there], places)
            value = gain(
                keeper.idm, self._mobil, speed_mps=me.speed_mps, target_mps=keeper.target_mps, length_m=2 * me.half_m,
                ahead=ahead, behind=behind, ahead_there=ahead_there, behind_there=behind_there, to_right=there < here,
            )  # fmt: skip
            if value > best:
                best, found = value, self.lanes_m[there]
        return found

    def _around(self, me: _Place, lane_m: float, places: list[_Place]) -> tuple[Neighbour, Neighbour]:
        """Who is ahead and who behind in a lane, with clearances to `me`."""
        ahead, behind = Neighbour(), Neighbour()
        for other in places:
            if other.actor is me.actor or abs(other.d_m - lane_m) > _INSIDE_M:
                continue
            gap = abs(other.s_m - me.s_m) - other.half_m - me.half_m
            if other.s_m >= me.s_m and gap < ahead.gap_m:
                ahead = Neighbour(gap, other.speed_mps, other.target_mps)
            elif other.s_m < me.s_m and gap < behind.gap_m:
                behind = Neighbour(gap, other.speed_mps, other.target_mps)
        return ahead, behind
