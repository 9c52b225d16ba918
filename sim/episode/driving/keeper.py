"""Traffic: a vehicle that keeps an offset beside a path and a speed, and if asked its distance to whoever is ahead."""

from __future__ import annotations

from math import inf

import numpy as np

from ....renderers.scene import Lamp
from ...control.drivers import IdmParameters, idm_acceleration
from ...control.path_follow import PREVIEW_S, Offset, PathTracker, SineShift, SpeedHold, pedals, steering
from ...physics.client import TICK_HZ
from ...world.actor import Actor
from ...world.path import Path
from ...world.vehicle_actor import VehicleActor
from ...world.world import CONTROL_TICKS, World

DT_S = CONTROL_TICKS / TICK_HZ
_LOOK_EVERY = 6
"""Control ticks between two looks at the road ahead: 10 Hz."""
_BOTH, _FLASH_S = Lamp.INDICATOR_LEFT | Lamp.INDICATOR_RIGHT, 0.7
_LOOK_M, _SIDE_M = 120.0, 0.25
TRAFFIC_IDM = IdmParameters(headway_s=1.2, acceleration_mps2=1.4, deceleration_mps2=2.0, limit_mps2=7.0)
"""Drivers in town and on motorways: the ranges of Treiber and Kesting, Traffic Flow Dynamics (2013), table 11.2."""


class LaneKeeper:
    """Follows a path at an offset and a speed, both of which a script may change.

    Attributes:
        target_mps: speed to hold.
        shift: the lane change in progress, or the offset to keep.
        acceleration_mps2: overrides speed control while set, for braking as told by a script.
        follows: whether it keeps its distance to everything ahead in its lane (Intelligent Driver Model).
        stop_at_m: distance along its path where it must stop, such as a stop line; None for none.
        warns: whether its hazard lights flash.
        s_m: how far it is along its path.

    """

    def __init__(
        self,
        world: World,
        actor: VehicleActor,
        path: Path,
        offset_m: float,
        speed_mps: float,
        *,
        follows: bool = False,
        idm: IdmParameters = TRAFFIC_IDM,
    ) -> None:
        self.actor = actor
        self.path = path
        self.target_mps = speed_mps
        self.shift: SineShift | float = offset_m
        self.acceleration_mps2: float | None = None
        self.follows = follows
        self.stop_at_m: float | None = None
        self.warns = False
        self.s_m, _ = path.project(actor.position_w[:2])
        self.idm = idm
        self._world = world
        self._tracker = PathTracker(path)
        self._speed = SpeedHold()
        self._ahead: Actor | None = None
        self._calls = actor.index
        self._standing: list[tuple[float, float, Actor]] | None = None

    def change_lane(self, to_m: float, peak_mps: float) -> None:
        """Begin to move over to another offset, along half a cosine with the given peak lateral speed."""
        self.shift = SineShift(self._world.time_s, self.offset(self._world.time_s).d_m, to_m, peak_mps)

    @property
    def changing(self) -> bool:
        """Whether a lane change is under way."""
        return isinstance(self.shift, SineShift) and self._world.time_s < self.shift.start_s + self.shift.duration_s

    def offset(self, time_s: float) -> Offset:
        """Wanted place beside the path."""
        return self.shift.at(time_s) if isinstance(self.shift, SineShift) else Offset(self.shift)

    def __call__(self) -> None:
        """Set the controls of the vehicle."""
        actor, now = self.actor, self._world.time_s
        speed = actor.speed_mps
        x, y, _ = actor.position_w.tolist()
        here = self.offset(now)
        ahead = self.offset(now + PREVIEW_S) if isinstance(self.shift, SineShift) else here
        error = self._tracker.error((x, y), actor.yaw, speed, here, ahead)
        self.s_m = error.s_m
        if self.warns:
            actor.indicators = _BOTH if now % _FLASH_S < _FLASH_S / 2 else Lamp.NONE
        wanted = self.acceleration_mps2
        if wanted is None:
            wanted = self._speed.acceleration(self.target_mps, speed, DT_S)
            if self.follows or self.stop_at_m is not None:
                wanted = min(wanted, self._keep_distance(speed))
        actor.set_controls(steering(actor.spec, error, speed), *pedals(actor.spec, wanted, speed, actor.grade))

    def _keep_distance(self, speed: float) -> float:
        """Acceleration that the one ahead, or the place to stop at, allows."""
        if self.follows and self._calls % _LOOK_EVERY == 0:
            self._ahead = self._look()
        self._calls += 1
        wanted, half = inf, self.actor.size[0] / 2
        if self.stop_at_m is not None and self.stop_at_m > self.s_m:
            gap = self.stop_at_m - self.s_m - half + self.idm.jam_gap_m
            wanted = idm_acceleration(self.idm, speed, self.target_mps, gap, 0.0)
        if self._ahead is not None:
            gap = self.clearance_m(self._ahead)
            yaw = self.actor.yaw
            vx, vy, _ = self._ahead.velocity_w.tolist()
            lead = max(0.0, vx * np.cos(yaw) + vy * np.sin(yaw))
            wanted = min(wanted, idm_acceleration(self.idm, speed, self.target_mps, gap, lead))
        return wanted

    def clearance_m(self, other: Actor) -> float:
        """Free space along the path between this vehicle's front and another's rear."""
        s, _ = self.path.project(other.position_w[:2])
        return s - self.s_m - (self.actor.size[0] + _along(other, self.actor.yaw)) / 2

    def _look(self) -> Actor | None:
        """The nearest thing ahead that stands or moves in this lane."""
        me, d_me = self.actor, self.offset(self._world.time_s).d_m
        if self._standing is None:
            still = [a for a in self._world.actors if a.still and a.bodies]
            self._standing = [(*self.path.project(a.position_w[:2]), a) for a in still]
        at = me.position_w
        moving = [a for a in self._world.actors if a is not me and a.bodies and not a.still]
        near = [a for a in moving if abs(a.position_w[0] - at[0]) + abs(a.position_w[1] - at[1]) < 1.5 * _LOOK_M]
        rows = self._standing + [(*self.path.project(a.position_w[:2]), a) for a in near]
        best, found, yaw = _LOOK_M, None, me.yaw + np.pi / 2
        for s, d, other in rows:
            if not 0.0 < s - self.s_m < best:
                continue
            beside = abs(d - d_me) - (me.size[1] + _along(other, yaw)) / 2 - _SIDE_M
            if beside < 0.0:
                best, found = s - self.s_m, other
        return found


def _along(other: Actor, yaw: float) -> float:
    """Extent of a box along a heading."""
    turn = other.yaw - yaw
    return float(abs(np.cos(turn)) * other.size[0] + abs(np.sin(turn)) * other.size[1])
