"""The ego leaves its lane, or the road, without anybody's doing: what is watched, and what it counts as.

A lane departure is a side of the ego more than `DEPARTED_M` beyond the marking of its lane (the intrusion of UN R157's
cut-ins, and of lane-departure tests); it is a near miss. The road is left when the ego's middle is beyond the edge of
the asphalt: that is a loss, and counts as a collision whether or not anything is hit, as in the crash type "road edge
departure"; its harm is the speed at that moment. What startles a driver is told here, too: for a while the wheel is
held, and then the brake is pressed. It touches reference drivers only, and not the one that reacts to nothing.
"""

from __future__ import annotations

import json

from ...control.path_follow import pedals
from ...physics.client import TICK_HZ
from .scenario import DrivingScenario

DEPARTED_M = 0.3
_WATCH_TICKS = TICK_HZ // 60


class Departure(DrivingScenario):
    """Abstract: the ego may leave lane and road.

    Attributes:
        overhang_m: how far a side of the ego has been beyond the marking of its lane, at most; below 0 within.
        left_road_mps: speed at which it left the road, 0 while it has not.
        held_rad: steering that a startled driver keeps, None to steer.
        pressed_mps2: least braking of a startled driver, 0 for none.

    """

    held_rad: float | None = None
    pressed_mps2 = 0.0

    overhang_m = -99.0
    left_road_mps = 0.0
    _departed = False

    @property
    def departed(self) -> bool:
        """Whether the ego has left its lane."""
        return self._departed

    def after_tick(self) -> None:
        """Also watch the lane."""
        super().after_tick()
        if self.world.tick >= 0 and self.world.tick % _WATCH_TICKS == 0 and "contact" not in self.phases:
            self._watch_lane()

    def _watch_lane(self) -> None:
        road, ego = self.road, self.ego
        lane = min(road.lanes, key=lambda lane: abs(lane.offset_m - self._ego_offset))
        s, d = road.centre.project(ego.position_w[:2])
        aside = d - lane.offset_m
        overhang = abs(aside) + ego.size[1] / 2 - lane.width_m / 2
        self.overhang_m = max(self.overhang_m, overhang)
        side = "left" if aside > 0 else "right"
        if overhang > DEPARTED_M and not self._departed:
            self._departed = True
            self.emit("lane_departure", ego.id, value=overhang, detail=json.dumps({"side": side, "s_m": round(s, 2)}))
            self.cause("lane_departure", f"the ego leaves its lane to the {side} at {ego.speed_mps:.1f} m/s", ego.id)
        if not self.left_road_mps and not road.right_edge_m <= d <= road.left_edge_m:
            self.left_road_mps = max(ego.speed_mps, 0.1)
            self.emit("road_departure", ego.id, value=self.left_road_mps, detail=json.dumps({"side": side}))
            self.cause("road_departure", f"the ego leaves the road to the {side}", ego.id)
            self.end(1.5)

    def _drive(self) -> None:
        super()._drive()
        ego = self.ego
        if self._action is not None or self.driver_name == "none":
            return
        steer, throttle, brake = self.world.fleet.controls[ego.index].tolist()
        steer = steer if self.held_rad is None else self.held_rad
        if self.pressed_mps2 > 0.0 and "contact" not in self.phases:
            throttle, brake = 0.0, max(brake, pedals(ego.spec, -self.pressed_mps2, ego.speed_mps, ego.grade)[1])
        ego.set_controls(steer, throttle, brake)

    def harm(self) -> float:
        """Speed of the first contact, or that of leaving the road if there was none before [m/s]."""
        return super().harm() or self.left_road_mps

    def outcome(self) -> str:
        """As on any road, and road_departure and lane_departure."""
        told = super().outcome()
        if told != "contact" and self.left_road_mps:
            return "road_departure"
        return "lane_departure" if told in ("near_miss", "clear") and self._departed else told

    def result(self) -> str:
        """Leaving the road is a collision, leaving the lane a near miss."""
        return "collision" if self.outcome() == "road_departure" else super().result()

    def measures(self) -> dict[str, float]:
        """Also how far it was out of its lane, and how fast it left the road."""
        out = {"lane_overhang_m": self.overhang_m, "road_departure_mps": self.left_road_mps}
        return {**super().measures(), **out}
