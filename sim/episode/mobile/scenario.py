"""Scenarios with a mobile robot in a warehouse: what it senses to drive by, and what counts as danger to and from it.

The reference driver follows its map and stops for what a planar safety scan shows (`navigate`, `planar_scan`); danger
is judged by the truth (`clearance`). The needed distance to people is that of speed and separation monitoring
(`criticality.separation`) with T_r 0.10 s, C 0.20, Z_d 0.10 and Z_r 0.05 m; people count as passed closely below
0.5 m, the side clearance that rules for driverless trucks ask for (ISO 3691-4).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, hypot, sin, sqrt
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ....renderers.transforms import rotate
from ...control.navigate import NavigateConfig, Navigator
from ...criticality.separation import approach_speed, protective_separation
from ...physics.client import GRAVITY_MPS2, TICK_HZ
from ...physics.mobile_base import BaseSpec
from ...physics.planar_scan import ScanConfig
from ...world.actor import Actor
from ...world.assets.mobile_robot import CAMERA_M, SCAN_HEIGHT_M
from ...world.mobile_actor import MobileActor
from ...world.path import Path
from ...world.world import CONTROL_TICKS, World
from ..asked import Asked
from ..clearance import COLUMNS, Survey, actor_rows, in_the_way, survey
from .cast import HallCast
from .pay import Pay
from .watch import ARRIVED_M, MOVING_MPS, Watch

F64 = NDArray[np.float64]
REACTION_S, INTRUSION_M, PERSON_ERROR_M, ROBOT_ERROR_M = 0.10, 0.20, 0.10, 0.05
SIDE_CLEARANCE_M = 0.5
_SCAN_CALLS = 4
_AFTERMATH_S = 1.2
_RESTS_MPS = 0.05
_HARD_MPS2 = 2.0
"""A required deceleration beyond what it plans with, and near what it can do at all."""
_OBSERVED_BEAMS, _OBSERVED_PEOPLE = 61, 2
_LOOK_M, _LOOK_STEP_M = 8.0, 0.05


class MobileScenario(HallCast):
    """Base of all scenarios with a mobile robot.

    Subclasses call `add_ego` in `build`, write `script`, and may say by `remaining_m` how far it is to what the robot
    must not reach.

    Attributes:
        loose: names of things that may touch each other and the hall without news.
        disturbed: set by a script when what happened is a near miss even if nothing else says so.

    """

    drivers: ClassVar[tuple[str, ...]] = ("navigate", "none")
    action_names: ClassVar[tuple[str, ...]] = ("speed", "turn")
    views: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "camera": {
            "fov_deg": 84.0,
            "imager": "imx900_high_gain",
            "mount": {"part": "chassis", "position_m": list(CAMERA_M), "rpy_deg": [0.0, 0.0, 0.0]},
        },
        "lidar": {"mount": {"part": "chassis", "position_m": [0.315, 0.0, 0.40]}},
        "onlooker": {
            "fov_deg": 68.0,
            "imager": "imx900_high_gain",
            "mount": {"actor": "world", "position_m": [-3.9, 1.05, 2.2], "rpy_deg": [0.0, 22.0, -12.0]},
        },
    }

    _ego: MobileActor

    @property
    def ego(self) -> MobileActor:
        """The robot."""
        return self._ego

    # ---- driving --------------------------------------------------------------------------------------------------

    def add_ego(
        self, world: World, *, spec: BaseSpec, path: Path, config: NavigateConfig, scan: ScanConfig | None = None
    ) -> MobileActor:
        """The robot at the beginning of its path, at speed, driven by the reference driver until an agent acts."""
        self._ego = self.place_robot(world, spec=spec, path=path, speed_mps=config.speed_mps, scan=scan)
        self._ranges = np.full(self.scanner.config.beams, np.inf)
        self._navigator = Navigator(path, config)
        self._floor_m = float(world.stage.ground.at(self._ego.position_w[:2])[0])
        self._action: F64 | None = None
        self._asked = Asked(2)
        self._calls = 0
        self.loose: set[str] = set()
        self.disturbed = False
        self.watch = Watch(self, self._ego, self._floor_m)
        self._surveyed: tuple[int, Survey] | None = None
        self._stopping: tuple[int, float] | None = None
        self._pay = Pay(0.0, self._at())
        world.control(self._drive)
        return self._ego

    @property
    def driven(self) -> bool:
        """Whether the reference driver drives, and no agent."""
        return self._action is None

    def act(self, action: F64 | None) -> None:
        """Speed and turn rate in [-1, 1]: shares of the fastest of the base, negative ones back and to the right."""
        self._action = None if action is None else np.clip(np.asarray(action, float), -1.0, 1.0)
        self._asked.begin()

    def asked(self) -> F64:
        """See `Scenario`."""
        return self._asked.mean if self._action is None else self._action.copy()

    def _drive(self) -> None:
        ego, spec = self._ego, self._ego.base.spec
        if self._calls % _SCAN_CALLS == 0:
            self._ranges = self.scan()
        self._calls += 1
        if self._action is not None:
            speed, turn = self._action[0] * spec.max_speed_mps, self._action[1] * spec.max_turn_radps
            ego.base.command(float(speed), float(turn))
            return
        x, y, _ = ego.position_w.tolist()
        points = self.scanner.points(self._ranges) if self.driver_name == "navigate" else np.zeros((0, 2))
        drive = self._navigator.step(x, y, ego.yaw, ego.speed_mps, points)
        speed, turn = drive.speed_mps, drive.turn_radps
        if self.watch.loss_tick is not None:
            speed, turn = 0.0, 0.0  # the bumper is pressed, or it lies on its side
        self._asked.add((speed / spec.max_speed_mps, turn / spec.max_turn_radps))
        ego.base.command(speed, turn)

    def scan(self) -> F64:
        """Ranges that its safety scanners see about its middle [m], from right to left; inf where nothing came back."""
        ego = self._ego
        lift = np.array([0.0, 0.0, SCAN_HEIGHT_M - ego.base.spec.height_m / 2])
        return self.scanner.scan(ego.position_w + rotate(ego.orientation_w, lift), ego.orientation_w)

    # ---- watching -------------------------------------------------------------------------------------------------

    def after_tick(self) -> None:
        """Log contacts, falls and how near it came."""
        self.watch.after_tick()
        if self.world.tick == 0:
            self._pay = Pay(self._way_m(), self._at())

    def left_m(self) -> float:
        """Way to the end of its path."""
        path = self._navigator.path
        return path.length_m - path.project(self._ego.position_w[:2])[0]

    def remaining_m(self) -> float:
        """Way to what it must not reach: by default the first thing straight ahead that its body would touch."""
        return self._around().ahead_m

    def stopping_distance_m(self) -> float:
        """Way to a stand if it brakes as hard as it can from now on, by the friction of the floor ahead of it."""
        now = self.world.tick // CONTROL_TICKS
        if self._stopping is None or self._stopping[0] != now:
            self._stopping = (now, self._way_to_stand())
        return self._stopping[1]

    def _around(self) -> Survey:
        """What is around it, as of the present control period."""
        now = self.world.tick // CONTROL_TICKS
        if self._surveyed is None or self._surveyed[0] != now:
            self._surveyed = (now, survey(self._row(self._ego), self._obstacles()))
        return self._surveyed[1]

    def _way_to_stand(self) -> float:
        ego, spec = self._ego, self._ego.base.spec
        speed = ego.speed_mps
        if speed < 0.01:
            return 0.0
        x, y, _ = ego.position_w.tolist()
        c, s, half = cos(ego.yaw), sin(ego.yaw), spec.track_m / 2
        on = np.arange(0.0, _LOOK_M, _LOOK_STEP_M) + _LOOK_STEP_M / 2
        places = [(x + c * on - side * s * half, y + s * on + side * c * half) for side in (1.0, -1.0)]
        friction = [self.world.stage.ground.at(np.stack(place, axis=1))[1] for place in places]
        grip = spec.drive_share * GRAVITY_MPS2 * (friction[0] + friction[1]) / 2
        lost = np.cumsum(2.0 * np.minimum(spec.brake_mps2, grip) * _LOOK_STEP_M)
        stands = int(np.searchsorted(lost, speed**2))
        if stands == len(lost):
            return _LOOK_M
        before = float(lost[stands - 1]) if stands else 0.0
        return _LOOK_STEP_M * (stands + (speed**2 - before) / float(lost[stands] - before))

    def _row(self, actor: Actor) -> F64:
        x, y, _ = actor.position_w.tolist()
        vx, vy, _ = actor.velocity_w.tolist()
        return np.array([x, y, vx, vy, actor.yaw, actor.size[0], actor.size[1], 0.0, 0.0])

    def _obstacles(self) -> F64:
        """Rows of everything at the height of the robot's body."""
        spec = self._ego.base.spec
        moving = [row for actor in (*self.moving, *self.people) for row in actor_rows(actor)]
        rows = np.concatenate([self.standing, np.array(moving, float).reshape(-1, len(COLUMNS))])
        return in_the_way(rows, self._floor_m + spec.clearance_m, self._floor_m + spec.height_m)

    def separation_m(self) -> float:
        """Distance to the nearest person, inf without any."""
        rows = np.array([row for person in self.people for row in actor_rows(person)], float)
        return survey(self._row(self._ego), rows.reshape(-1, len(COLUMNS))).gap_m

    def criticality(self) -> dict[str, float]:
        """Clearance, time to collision, what it takes to stop and what it has, distance to people, tilt and sliding."""
        ego = self._ego
        around, speed = self._around(), max(ego.speed_mps, 0.0)
        separation = self.separation_m()
        needed = protective_separation(
            speed, reaction_s=REACTION_S, stopping_s=speed / self._navigator.config.service_mps2,
            person_mps=approach_speed(separation), intrusion_m=INTRUSION_M, person_error_m=PERSON_ERROR_M,
            robot_error_m=ROBOT_ERROR_M,
        )  # fmt: skip
        return {
            "clearance_m": around.gap_m,
            "ttc_s": around.ttc_s,
            "required_deceleration_mps2": speed**2 / (2.0 * max(around.ahead_m, 1e-3)),
            "stopping_distance_m": self.stopping_distance_m(),
            "protective_margin_m": separation - needed,
            "tilt_rad": ego.base.tilt_rad,
            "sliding_mps": ego.base.sliding_mps,
        }

    # ---- reinforcement learning -----------------------------------------------------------------------------------

    def observe(self) -> dict[str, F64]:
        """Its own motion and goal, its scan, and the nearest people, all in its own frame."""
        ego, config = self._ego, self.scanner.config
        x, y, _ = ego.position_w.tolist()
        c, s = cos(ego.yaw), sin(ego.yaw)
        (gx, gy), _, _ = self._navigator.path.at(self._navigator.path.length_m)

        def local(dx: float, dy: float) -> tuple[float, float]:
            return c * dx + s * dy, c * dy - s * dx

        goal = local(float(gx) - x, float(gy) - y)
        state = [ego.speed_mps, float(ego.angular_velocity_w[2]), *goal, ego.base.tilt_rad, ego.base.sliding_mps]
        pick = np.linspace(0, config.beams - 1, _OBSERVED_BEAMS).round().astype(int)
        people: list[float] = []
        order = sorted(self.people, key=lambda p: float(np.hypot(*(p.position_w[:2] - ego.position_w[:2]))))
        for person in order[:_OBSERVED_PEOPLE]:
            px, py, _ = person.position_w.tolist()
            vx, vy, _ = person.velocity_w.tolist()
            people += [*local(px - x, py - y), *local(vx, vy)]
        people += [30.0, 0.0, 0.0, 0.0] * (_OBSERVED_PEOPLE - len(people) // 4)
        bounds = self.observation_bounds()
        raw = {"robot": state, "scan": np.minimum(self._ranges, config.range_m)[pick], "people": people}
        return {name: np.clip(np.asarray(v, float), *bounds[name]) for name, v in raw.items()}

    @classmethod
    def observation_bounds(cls) -> dict[str, tuple[F64, F64]]:
        """See `observe`."""
        robot = np.array([6.0, 10.0, 40.0, 40.0, np.pi, 6.0])
        people = np.array([40.0, 40.0, 6.0, 6.0] * _OBSERVED_PEOPLE)
        far = np.full(_OBSERVED_BEAMS, ScanConfig.range_m)
        return {"robot": (-robot, robot), "scan": (np.zeros_like(far), far), "people": (-people, people)}

    def reward(self) -> float:
        """Way along the path, less time, metres driven and nearness to people; arriving earns 5, a loss costs 20.

        In numbers: 1 per metre of the path, less if it goes back; -0.2 per metre driven, -0.1 per second; -1 per second
        in which it moves nearer to a person than the side clearance; 5 once for standing at the end of the path; -20
        and the harm [m/s] for the first contact, fall or toppling, after which nothing is earned. See `pay`.
        """
        lost = self.watch.loss_tick is not None
        return self._pay.due(
            self._way_m(),
            self._at(),
            self.world.tick,
            near=abs(self._ego.speed_mps) > MOVING_MPS and self.separation_m() < SIDE_CLEARANCE_M,
            arrived=self.arrived,
            harm=self.harm() if lost else None,
        )

    def terminated(self) -> bool:
        """A moment after a loss or an escape, when stuck, or at the end of the path.

        An escape does not end the episode of an agent that is on its way: it may go on and arrive.
        """
        if self.watch.loss_tick is not None:
            return self.world.tick - self.watch.loss_tick >= _AFTERMATH_S * TICK_HZ
        escape = self.phases.get("escape")
        if escape is not None and self.world.time_ns - escape.time_ns >= _AFTERMATH_S * 1e9:
            return self.driven or self._stands or self.watch.stuck
        return self.watch.stuck or self.arrived

    @property
    def arrived(self) -> bool:
        """Whether it stands at the end of its path."""
        path = self._navigator.path
        (x, y), _, _ = path.at(path.length_m)
        at = self._at()
        return self._stands and hypot(at[0] - float(x), at[1] - float(y)) < ARRIVED_M

    @property
    def _stands(self) -> bool:
        return abs(self._ego.speed_mps) < _RESTS_MPS

    def _way_m(self) -> float:
        """How far it has come along its path, at most to its end."""
        path = self._navigator.path
        return min(path.project(self._at())[0], path.length_m)

    def _at(self) -> tuple[float, float]:
        x, y, _ = self._ego.position_w.tolist()
        return x, y

    def harm(self) -> float:
        """Speed of the first impact [m/s], or that gained in the fall, sqrt(2 g h); 0 while nothing is lost."""
        if self.watch.loss_tick is None:
            return 0.0
        return max(self.watch.impact_mps, sqrt(2.0 * GRAVITY_MPS2 * max(self.watch.drop_m, 0.0)), 0.1)

    def result(self) -> str:
        """Contact, fall and toppling are collisions; being stuck or too near is a near miss."""
        lost = {"contact": "collision", "fall": "collision", "topple": "collision", "clear": "nothing"}
        return lost.get(self.outcome(), "near_miss")

    def outcome(self) -> str:
        """One of fall, topple, contact, stuck, near_miss (braked hard, passed people closely, was disturbed), clear."""
        watch = self.watch
        for word, true in (
            ("fall", watch.fallen), ("topple", watch.toppled), ("contact", watch.contact_tick is not None),
            ("stuck", watch.stuck),
        ):  # fmt: skip
            if true:
                return word
        close = watch.worst_separation_m < SIDE_CLEARANCE_M or watch.worst_deceleration_mps2 > _HARD_MPS2
        return "near_miss" if close or self.disturbed else "clear"
