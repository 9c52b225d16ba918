"""Road scenarios: the ego vehicle, who drives it, and what counts as danger on the road.

Leaves to each scenario only its stage, its actors and its script.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, sin
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...control.action import FULL_BRAKE_MPS2, FULL_DRIVE_MPS2, sharpest_1pm
from ...control.conflict import Footprint
from ...control.drivers import Driver, DriverView, driver
from ...control.path_follow import Offset, PathError, PathTracker, pedals
from ...criticality.assess import assess
from ...physics.client import GRAVITY_MPS2, TICK_HZ
from ...world.actor import Actor
from ...world.path import Path
from ...world.vehicle_actor import VehicleActor
from ...world.world import World
from ..asked import Asked
from .cast import RoadCast
from .motion import Motions
from .watch import Watch

F64 = NDArray[np.float64]
_OBSERVED = 6
_STANDING_MPS, _ASIDE_M = 0.3, 0.5
"""Who is slower stands; what stands farther than this from the ego's way is passed without a thought."""
_LEAD_M = 150.0
"""Nobody farther away counts as the vehicle ahead."""
_AFTERMATH_S = 1.0


class DrivingScenario(RoadCast):
    """Base of all road scenarios.

    Subclasses set `_ego` in `build` by `add_ego`, and write `script`.
    """

    drivers: ClassVar[tuple[str, ...]] = ("idm", "aeb", "none", "careful", "fsm", "rss", "reg157")
    action_names: ClassVar[tuple[str, ...]] = ("acceleration", "curvature")
    views: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "camera": {"fov_deg": 80.0, "mount": {"position_m": [0.72, 0.0, 0.6], "rpy_deg": [0.0, 1.5, 0.0]}},
        "lidar": {"mount": {"position_m": [0.0, 0.0, 1.05]}},
        "onlooker": {"fov_deg": 64.0, "mount": {"position_m": [-8.5, 0.0, 2.9], "rpy_deg": [0.0, 12.0, 0.0]}},
    }

    watch: Watch
    _ego: VehicleActor
    _ego_path: Path

    @property
    def ego(self) -> VehicleActor:
        """The ego vehicle."""
        return self._ego

    def add_ego(
        self, world: World, path: Path, *, s_m: float, d_m: float, speed_mps: float, kind: str = "hatchback"
    ) -> VehicleActor:
        """The ego, on its lane, driven by the reference driver until an agent acts."""
        xy, yaw, _ = path.at(s_m, d_m)
        at = (float(xy[0]), float(xy[1]))
        ego = self.add_vehicle(world, "ego", kind, xy=at, yaw=float(yaw), speed_mps=speed_mps)
        self._ego, self._ego_path, self._ego_offset, self._ego_target = ego, path, d_m, speed_mps
        self._tracker = PathTracker(path)
        self._driver: Driver = driver(self.driver_name, ego.spec)
        self._action: F64 | None = None
        self._asked = Asked(2)
        self.watch = Watch(self, ego)
        self._over_tick: int | None = None
        self._motion_rows: Motions | None = None
        self._vehicles: list[VehicleActor] | None = None
        world.control(self._drive)
        return ego

    # ---- driving --------------------------------------------------------------------------------------------------

    def act(self, action: F64 | None) -> None:
        """Acceleration and curvature in [-1, 1]: -1 brakes at 9.81 m/s^2, +1 drives at 3; curvature within 5 m/s^2."""
        self._action = None if action is None else np.clip(np.asarray(action, float), -1.0, 1.0)
        self._asked.begin()

    def asked(self) -> F64:
        """See `Scenario`."""
        return self._asked.mean if self._action is None else self._action.copy()

    def _drive(self) -> None:
        ego, speed = self._ego, self._ego.speed_mps
        x, y, _ = ego.position_w.tolist()
        error = self._tracker.error((x, y), ego.yaw, speed, Offset(self._ego_offset))
        if self._action is not None:
            a = float(self._action[0])
            acceleration = a * (FULL_DRIVE_MPS2 if a > 0 else FULL_BRAKE_MPS2)
            curvature = float(self._action[1]) * sharpest_1pm(speed)
            steer = float(np.arctan(curvature * ego.spec.wheelbase_m))
        else:
            acceleration, steer = self._driver.act(self._view(error))
            if self.watch.contact_tick is not None:
                acceleration = min(acceleration, -6.0)  # whoever drives, drives no further after a crash
            scaled = acceleration / (FULL_DRIVE_MPS2 if acceleration > 0 else FULL_BRAKE_MPS2)
            bend = np.tan(steer) / ego.spec.wheelbase_m / sharpest_1pm(speed)
            self._asked.add((scaled, bend))
        ego.set_controls(steer, *pedals(ego.spec, acceleration, speed, ego.grade))

    def _view(self, error: PathError) -> DriverView:
        """What the reference driver knows: itself and the true state of everybody else."""
        ego = self._ego
        gap, lead = self._lead(error.s_m)
        return DriverView(
            time_s=self.world.time_s,
            speed_mps=ego.speed_mps,
            target_mps=self._ego_target,
            path=error,
            lead_gap_m=gap,
            lead_mps=lead,
            others=self._footprints(),
        )

    def _footprints(self) -> tuple[Footprint, ...]:
        """All other actors in the ego's frame."""
        ego, others = self._motions.at(self.world.tick)
        ego_x, ego_y, _, _, ego_yaw = ego[:5].tolist()
        c, s = cos(ego_yaw), sin(ego_yaw)
        out = []
        for at_x, at_y, vx, vy, yaw, length, width, _, _ in others.tolist():
            x, y = at_x - ego_x, at_y - ego_y
            ahead, left, along, across = c * x + s * y, c * y - s * x, c * vx + s * vy, c * vy - s * vx
            out.append(Footprint(ahead, left, yaw - ego_yaw, length, width, along, across))
        return tuple(out)

    def _lead(self, s_m: float, known: list[Actor] | None = None) -> tuple[float, float]:
        """Clearance to the nearest vehicle ahead in the ego's lane, of those known or all, and its speed along it."""
        if self._vehicles is None:
            self._vehicles = [a for a in self._others() if isinstance(a, VehicleActor)]
        vehicles = self._vehicles if known is None else [a for a in known if isinstance(a, VehicleActor)]
        gap, speed = np.inf, 0.0
        ego_x, ego_y, _ = self._ego.position_w.tolist()
        for other in vehicles:
            x, y, _ = other.position_w.tolist()
            if (x - ego_x) ** 2 + (y - ego_y) ** 2 > _LEAD_M**2:
                continue
            s, d = self._ego_path.project((x, y))
            clear = s - s_m - (other.size[0] + self._ego.size[0]) / 2
            beside = abs(d - self._ego_offset) - (other.size[1] + self._ego.size[1]) / 2
            if s > s_m and beside < 0.0 and clear < gap:
                gap, speed = clear, other.speed_mps * cos(other.yaw - self._ego.yaw)
        return gap, speed

    def _others(self) -> list[Actor]:
        return [a for a in self.world.actors if a is not self._ego and a.bodies]

    # ---- watching -------------------------------------------------------------------------------------------------

    def after_tick(self) -> None:
        """Log contacts of any actor, loss of control of the ego, and the last moment braking could still help."""
        self.watch.after_tick()

    def end(self, after_s: float = 1.0) -> None:
        """The story is told: the episode ends a little later, unless a contact ends it earlier."""
        if self._over_tick is None:
            self._over_tick = self.world.tick + round(after_s * TICK_HZ)

    def criticality(self) -> dict[str, float]:
        """All of `Danger`; and what braking and steering it takes, as shares of what the road allows (BTN, STN)."""
        ego, others = self._motions.at(self.world.tick)
        danger = assess(ego, others)
        grip = max(self._ego.mean_wheel_friction * GRAVITY_MPS2, 1e-3)
        return {
            **danger._asdict(),
            "brake_threat": danger.required_deceleration_mps2 / grip,
            "steer_threat": danger.required_lateral_mps2 / grip,
        }

    @property
    def _motions(self) -> Motions:
        if self._motion_rows is None:
            self._motion_rows = Motions(self._ego, self._others())
        return self._motion_rows

    # ---- reinforcement learning -----------------------------------------------------------------------------------

    def observe(self) -> dict[str, F64]:
        """Ego motion and place in the lane; six others in the ego's frame, the nearest first, see `_noticed`."""
        ego = self._ego
        yaw = ego.yaw
        s, d = self._ego_path.project(ego.position_w[:2])
        _, path_yaw, curvature = self._ego_path.at(s)
        heading = float(np.remainder(yaw - float(path_yaw) + np.pi, 2 * np.pi) - np.pi)
        own = [
            ego.speed_mps,
            float(ego.angular_velocity_w[2]),
            d - self._ego_offset,
            heading,
            float(curvature),
            ego.steer_rad,
            self._ego_target,
        ]
        c, sn = cos(yaw), sin(yaw)
        mine, others = self._motions.at(self.world.tick)
        away, gain = others[:, 0:2] - mine[0:2], others[:, 2:4] - mine[2:4]
        seen = np.ones((len(others), 7))
        seen[:, 0], seen[:, 1] = c * away[:, 0] + sn * away[:, 1], c * away[:, 1] - sn * away[:, 0]
        seen[:, 2], seen[:, 3] = c * gain[:, 0] + sn * gain[:, 1], c * gain[:, 1] - sn * gain[:, 0]
        seen[:, 4:6] = others[:, 5:7]
        standing = np.abs(others[:, 2:4]).max(axis=1, initial=0.0) < _STANDING_MPS
        chosen = self._noticed(seen, standing, float(curvature))
        table = np.zeros((_OBSERVED, 7))
        table[: len(chosen)] = seen[chosen]
        bounds = self.observation_bounds()
        return {
            "ego": np.clip(own, *bounds["ego"]),
            "others": np.clip(table.ravel(), *bounds["others"]),
        }

    def _noticed(self, seen: F64, standing: NDArray[np.bool_], curvature: float) -> NDArray[np.int64]:
        """Rows of `seen` that are observed, the nearest first.

        The hazard always; then the nearest of those who may matter; what stands beside the way, and who falls behind,
        only if there is room.
        """
        ego = self._ego.size
        ahead, left = seen[:, 0], seen[:, 1]
        aside = np.abs(left - 0.5 * curvature * np.maximum(ahead, 0.0) ** 2) - (seen[:, 5] + ego[1]) / 2
        behind = (ahead < -(seen[:, 4] + ego[0]) / 2) & (seen[:, 2] <= 0.0)
        away = np.hypot(ahead, left)
        rank = away + np.where(behind | (standing & (aside > _ASIDE_M)), 1e4, 0.0)
        hazard = self.hazard
        rank[[actor is hazard for actor in self._others()]] = -1.0
        chosen = np.argsort(rank, kind="stable")[:_OBSERVED]
        return chosen[np.argsort(away[chosen], kind="stable")]

    @classmethod
    def observation_bounds(cls) -> dict[str, tuple[F64, F64]]:
        """See `observe`: speed, yaw rate, lateral and heading error, curvature, steer, target; then 6 x 7 others."""
        ego = np.array([60.0, 10.0, 20.0, np.pi, 0.5, 1.0, 60.0])
        others = np.tile([300.0, 300.0, 90.0, 90.0, 25.0, 25.0, 1.0], _OBSERVED)
        return {"ego": (-ego, ego), "others": (-others, others)}

    def reward(self) -> float:
        """Speed along the way up to 1.2 of the wanted one, less lane error; a contact costs more the harder it is."""
        ego = self._ego
        s, d = self._ego_path.project(ego.position_w[:2])
        yaw = float(self._ego_path.at(s)[1])
        vx, vy, _ = ego.velocity_w.tolist()
        along = vx * cos(yaw) + vy * sin(yaw)
        progress = min(max(along, 0.0) / max(self._ego_target, 1.0), 1.2)
        value = 0.1 * progress - 0.02 * min(abs(d - self._ego_offset), 5.0)
        hit = self.watch.contact_tick
        if hit is not None and self.world.tick - hit < TICK_HZ // 10:
            value -= 10.0 + 0.5 * self.watch.impact_mps
        return float(value)

    def terminated(self) -> bool:
        """A second after the ego's first contact, or when the script has said `end`."""
        tick, hit, over = self.world.tick, self.watch.contact_tick, self._over_tick
        crashed = hit is not None and tick - hit >= _AFTERMATH_S * TICK_HZ
        return crashed or (hit is None and over is not None and tick >= over)

    def harm(self) -> float:
        """Closing speed of the ego's first contact [m/s], at least a tenth; 0 without one."""
        return 0.0 if self.watch.contact_tick is None else max(self.watch.impact_mps, 0.1)

    def measures(self) -> dict[str, float]:
        """Speed of impact and change of velocity by it; how close it came; time below 1.5 s of TTC (TET, TIT)."""
        watch = self.watch
        hit = watch.contact_tick is not None
        return {
            "impact_speed_mps": watch.impact_mps if hit else 0.0,
            "delta_v_mps": watch.delta_v_mps,
            "worst_ttc_s": min(watch.worst_ttc_s, 99.0),
            "worst_required_deceleration_mps2": watch.worst_deceleration_mps2,
            "tet_s": watch.tet_s,
            "tit_s2": watch.tit_s2,
        }

    def result(self) -> str:
        """A contact of the ego is a collision; TTC below 1.5 s, 5 m/s^2 needed or a loss of control a near miss."""
        return {"contact": "collision", "clear": "nothing"}.get(self.outcome(), "near_miss")

    def outcome(self) -> str:
        """One of contact, loss_of_control, near_miss (TTC below 1.5 s or more than 5 m/s^2 needed), clear."""
        watch = self.watch
        if watch.contact_tick is not None:
            return "contact"
        if watch.sliding:
            return "loss_of_control"
        if watch.worst_ttc_s < 1.5 or watch.worst_deceleration_mps2 > 5.0:
            return "near_miss"
        return "clear"
