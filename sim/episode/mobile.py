"""Scenarios with a mobile robot in a warehouse: what it senses to drive by, and what counts as danger to and from it.

The reference driver follows its map and stops for what a planar safety scan shows (`navigate`, `planar_scan`); danger
is judged by the truth (`clearance`). The needed distance to people is that of speed and separation monitoring
(`criticality.separation`) with T_r 0.10 s, C 0.20, Z_d 0.10 and Z_r 0.05 m; people count as passed closely below
0.5 m, the side clearance that rules for driverless trucks ask for (ISO 3691-4).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import cos, pi, sin, sqrt
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import from_yaw, rotate
from ..control.navigate import NavigateConfig, Navigator
from ..criticality.separation import approach_speed, protective_separation
from ..physics.client import GRAVITY_MPS2, TICK_HZ
from ..physics.contacts import Contact
from ..physics.mobile_base import BaseSpec, MobileBase
from ..physics.planar_scan import PlanarScanner, ScanConfig
from ..physics.specs import body_plan
from ..physics.walker import Walker
from ..world.actor import Actor
from ..world.assets.asset import Asset
from ..world.assets.forklift import forklift
from ..world.assets.mobile_robot import CAMERA_M, SCAN_HEIGHT_M, build_mobile_robot
from ..world.assets.people import build_person
from ..world.mobile_actor import MobileActor, SteadyPersonActor
from ..world.path import Path
from ..world.person_actor import PersonActor
from ..world.rigid_actor import ObjectActor, StandingActor
from ..world.stages.warehouse import HALF_LENGTH_M, side_aisle_m
from ..world.world import CONTROL_TICKS, World
from .clearance import COLUMNS, Survey, actor_rows, in_the_way, standing_rows, survey
from .scenario import Scenario

F64 = NDArray[np.float64]
REACTION_S, INTRUSION_M, PERSON_ERROR_M, ROBOT_ERROR_M = 0.10, 0.20, 0.10, 0.05
SIDE_CLEARANCE_M = 0.5
_FLOORS = frozenset({"scenery/floor", "scenery/lower_floor"})
_SCAN_CALLS = 4
_WATCH_TICKS = 3 * CONTROL_TICKS
_AFTERMATH_S, _STUCK_S, _ARRIVED_M = 1.2, 3.0, 0.25
_TOUCH_MPS, _MOVING_MPS = 0.1, 0.3
_HARD_MPS2 = 2.0
"""A required deceleration beyond what it plans with, and near what it can do at all."""
_FALLEN_M, _TOPPLED_RAD = 0.035, np.deg2rad(50.0)
_OBSERVED_BEAMS, _OBSERVED_PEOPLE = 61, 2
_LOOK_M, _LOOK_STEP_M = 8.0, 0.05
_WORST_S = 99.0


class MobileScenario(Scenario):
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

    # ---- building -------------------------------------------------------------------------------------------------

    def add_ego(
        self, world: World, *, spec: BaseSpec, path: Path, config: NavigateConfig, scan: ScanConfig | None = None
    ) -> MobileActor:
        """The robot at the beginning of its path, at speed, driven by the reference driver until an agent acts."""
        asset = build_mobile_robot(spec, rng=self.streams.rng("assets/ego"))
        (x, y), yaw, _ = path.at(0.0)
        base = MobileBase(
            world.client, world.bodies, spec, asset, world.stage.ground, xy=(float(x), float(y)), yaw=float(yaw),
            speed_mps=config.speed_mps,
        )  # fmt: skip
        self._ego = MobileActor("ego", asset, base)
        world.add(self._ego)
        self._scanner = PlanarScanner(world.client, scan or ScanConfig(), carrier=base.body)
        self._ranges = np.full(self._scanner.config.beams, np.inf)
        self._navigator = Navigator(path, config)
        self._floor_m = float(world.stage.ground.at(np.array([x, y]))[0])
        self._action: F64 | None = None
        self._asked = np.zeros(2)
        self._calls = 0
        self._standing = standing_rows(world.stage)
        self._moving: list[Actor] = []
        self._people: list[PersonActor] = []
        self.loose: set[str] = set()
        self.disturbed = False
        self._lying: set[str] = set()
        self._surveyed: tuple[int, Survey] | None = None
        self._stopping: tuple[int, float] | None = None
        self._contact_tick: int | None = None
        self._loss_tick: int | None = None
        self._impact_mps, self._drop_m = 0.0, 0.0
        self._fallen, self._toppled, self._stuck = False, False, False
        self._still_s = 0.0
        self._worst_ttc, self._worst_deceleration, self._worst_separation = np.inf, 0.0, np.inf
        self._rewarded_loss = False
        world.control(self._drive)
        return self._ego

    def add_standing(
        self, world: World, name: str, drawn: tuple[Asset, F64], *, xy: tuple[float, float], yaw: float = 0.0,
        z_m: float = 0.0, solid: bool = True, clear: bool = False,
    ) -> StandingActor:  # fmt: skip
        """A thing that stands still, labelled; add it after the robot.

        Args:
            world: takes it.
            name: of the actor.
            drawn: asset and middle, as `assets.warehouse.centred` gives them.
            xy, yaw, z_m: where the point goes about which it was drawn.
            solid: whether it can be touched.
            clear: whether the scan looks through it.

        """
        asset, middle = drawn
        orientation = from_yaw(yaw)
        position = np.array([*xy, z_m]) + rotate(orientation, middle)
        body = world.bodies.add_static(asset, position, orientation) if solid else None
        if body is not None and clear:
            self._scanner.look_through(body)
        actor = StandingActor(name, asset, body, position, orientation)
        world.add(actor)
        if solid:
            rows = np.array(actor_rows(actor), float).reshape(-1, len(COLUMNS))
            self._standing = np.concatenate([self._standing, rows])
        return actor

    def add_object(
        self, world: World, name: str, asset: Asset, *, position_w: F64, yaw: float = 0.0, friction: float | None = None
    ) -> ObjectActor:
        """A free body."""
        body = world.bodies.add(asset, position_w, from_yaw(yaw), friction=friction)
        actor = ObjectActor(name, asset, world.bodies, body)
        return self.add_moving(world, actor)

    def add_moving(self, world: World, actor: ObjectActor) -> ObjectActor:
        """A body that moves, whose clearance is to be watched."""
        world.add(actor)
        self._moving.append(actor)
        return actor

    def add_person(
        self, world: World, name: str, *, xy: tuple[float, float], yaw: float, speed_mps: float = 1.3,
        stature_m: float = 1.74, mass_kg: float = 74.0, accel_distance_m: float = 0.6,
    ) -> PersonActor:  # fmt: skip
        """A person who stands until `walker.start()`, then walks straight on."""
        plan = body_plan(stature_m, mass_kg)
        asset = build_person(plan, rng=self.streams.rng(f"assets/{name}"))
        walker = Walker(
            world.client, plan, (*xy, 0.0), yaw, speed_mps=speed_mps, accel_distance_m=accel_distance_m,
            ground=world.stage.ground,
        )  # fmt: skip
        actor = SteadyPersonActor(name, asset, walker)
        world.add(actor)
        self._people.append(actor)
        return actor

    def add_life(self, world: World, *, aisle_m: float) -> None:
        """What else goes on: somebody walks along the next aisle, a robot charges, a truck is parked."""
        rng = self.streams.rng("life")
        side = 1.0 if rng.uniform() < 0.5 else -1.0
        back = rng.uniform() < 0.5
        x = float(rng.uniform(4.0, 8.0)) * (1.0 if back else -1.0)
        walker = self.add_person(
            world, "worker", xy=(x, side * side_aisle_m(aisle_m)), yaw=pi if back else 0.0,
            speed_mps=float(rng.uniform(1.0, 1.4)), stature_m=float(rng.normal(1.74, 0.07)),
        )  # fmt: skip
        walker.walker.start()
        parked = build_mobile_robot(BaseSpec(), rng=self.streams.rng("assets/parked"))
        at = (-HALF_LENGTH_M + 1.02, -2.2 if rng.uniform() < 0.5 else -3.2)
        self.add_standing(world, "parked_robot", (parked, np.array([0.0, 0.0, parked.size[2] / 2])), xy=at, yaw=pi)
        truck = forklift(float(rng.uniform(0.05, 0.12)), rng=self.streams.rng("assets/truck"))
        y = float(rng.uniform(5.0, 6.0)) * (1.0 if rng.uniform() < 0.5 else -1.0)
        self.add_standing(world, "parked_truck", truck, xy=(-9.6, y), yaw=float(rng.uniform(-0.2, 0.2)))

    # ---- driving --------------------------------------------------------------------------------------------------

    def act(self, action: F64 | None) -> F64:
        """Speed and turn rate in [-1, 1]: shares of the fastest of the base, negative ones back and to the right."""
        self._action = None if action is None else np.clip(np.asarray(action, float), -1.0, 1.0)
        return self._asked.copy() if self._action is None else self._action.copy()

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
        points = self._scanner.points(self._ranges) if self.driver_name == "navigate" else np.zeros((0, 2))
        drive = self._navigator.step(x, y, ego.yaw, ego.speed_mps, points)
        speed, turn = drive.speed_mps, drive.turn_radps
        if self._loss_tick is not None:
            speed, turn = 0.0, 0.0  # the bumper is pressed, or it lies on its side
        self._asked = np.clip([speed / spec.max_speed_mps, turn / spec.max_turn_radps], -1.0, 1.0)
        ego.base.command(speed, turn)

    def scan(self) -> F64:
        """Ranges that its safety scanners see about its middle [m], from right to left; inf where nothing came back."""
        ego = self._ego
        lift = np.array([0.0, 0.0, SCAN_HEIGHT_M - ego.base.spec.height_m / 2])
        return self._scanner.scan(ego.position_w + rotate(ego.orientation_w, lift), ego.orientation_w)

    # ---- watching -------------------------------------------------------------------------------------------------

    def after_tick(self) -> None:
        """Log contacts, falls and how near it came."""
        world = self.world
        while world.contacts:
            self._log(world.contacts.pop(0))
        self._lying = {person.name for person in self._people if person.walker.released}
        if world.tick < 0:
            return
        self._watch_loss()
        if world.tick % _WATCH_TICKS == 0 and self._loss_tick is None:
            self._watch_danger()

    def _log(self, contact: Contact) -> None:
        world, ego, pair = self.world, self._ego, (contact.actor_a, contact.actor_b)
        names = {actor.name: actor for actor in world.actors}
        a, b = names.get(pair[0]), names.get(pair[1])
        if contact.closing_speed_mps < _TOUCH_MPS or (a is None and b is None):
            return
        if ego in (a, b) and _FLOORS & set(pair):
            return  # the belly on the edge of a floor
        if ego not in (a, b) and any(n in self.loose or n in self._lying or n.startswith("scenery/") for n in pair):
            return
        detail = {
            "touching": list(pair),
            "closing_speed_mps": round(contact.closing_speed_mps, 4),
            "position_w": [round(v, 4) for v in contact.position_w],
            "links": [contact.link_a, contact.link_b],
        }
        first, second = (a, b) if a is not None and b is not ego else (b, a)
        self.emit("contact", first.id if first else 0, second.id if second else 0, contact.impulse_ns,
                  json.dumps(detail))  # fmt: skip
        if ego in (a, b) and self._contact_tick is None:
            self._contact_tick = world.tick
            self._impact_mps = contact.closing_speed_mps
            self._lose()
            self.mark("contact")
            other = pair[1] if a is ego else pair[0]
            words = other.removeprefix("scenery/").rstrip("0123456789").strip("_").replace("_", " ")
            self.cause("impact", f"the robot and {words} touch at {self._impact_mps:.1f} m/s", ego.id)

    def _lose(self) -> None:
        """The robot is out of action from now on."""
        self._loss_tick = self.world.tick if self._loss_tick is None else self._loss_tick

    def _watch_loss(self) -> None:
        """Falls from the floor, and toppling on it."""
        ego, ground = self._ego, self.world.stage.ground
        drop = self._floor_m + ego.base.spec.height_m / 2 - float(ego.position_w[2])
        tilt = ego.base.tilt_rad
        if drop < _FALLEN_M and tilt < _TOPPLED_RAD:
            return
        below = float(ground.at(ego.position_w[None, :2])[0][0]) < self._floor_m - _FALLEN_M
        if below:
            self._drop_m = max(self._drop_m, drop)
            if not self._fallen:
                self._fallen = True
                self._lose()
                self.emit("fall", ego.id, value=drop)
                self.cause("fall", "the robot goes over the edge of the floor and falls", ego.id)
        elif tilt > _TOPPLED_RAD and not self._toppled and not self._fallen:
            self._toppled = True
            self._lose()
            self.emit("topple", ego.id, value=tilt)
            self.cause("topple", "the robot is tipped over", ego.id)

    def _watch_danger(self) -> None:
        now = self.criticality()
        self._worst_ttc = min(self._worst_ttc, now["ttc_s"])
        if self._ego.speed_mps > _MOVING_MPS:
            self._worst_deceleration = max(self._worst_deceleration, min(now["required_deceleration_mps2"], _WORST_S))
            self._worst_separation = min(self._worst_separation, self._separation_m())
        if (
            "onset" in self.phases
            and "escape" not in self.phases
            and self.remaining_m() <= now["stopping_distance_m"] > 0.0
        ):
            self.mark("last_avoidable")
        wanted = self._action is None and self.left_m() > _ARRIVED_M and self.world.time_s > 1.0
        still = wanted and abs(self._ego.speed_mps) < 0.03
        self._still_s = self._still_s + _WATCH_TICKS / TICK_HZ if still else 0.0
        if self._still_s > _STUCK_S and not self._stuck:
            self._stuck = True
            self.emit("stuck", self._ego.id, value=self.left_m())

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
        moving = [row for actor in (*self._moving, *self._people) for row in actor_rows(actor)]
        rows = np.concatenate([self._standing, np.array(moving, float).reshape(-1, len(COLUMNS))])
        return in_the_way(rows, self._floor_m + spec.clearance_m, self._floor_m + spec.height_m)

    def _separation_m(self) -> float:
        """Distance to the nearest person, inf without any."""
        rows = np.array([row for person in self._people for row in actor_rows(person)], float)
        return survey(self._row(self._ego), rows.reshape(-1, len(COLUMNS))).gap_m

    def criticality(self) -> dict[str, float]:
        """Clearance, time to collision, what it takes to stop and what it has, distance to people, tilt and sliding."""
        ego = self._ego
        around, speed = self._around(), max(ego.speed_mps, 0.0)
        separation = self._separation_m()
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
        ego, config = self._ego, self._scanner.config
        x, y, _ = ego.position_w.tolist()
        c, s = cos(ego.yaw), sin(ego.yaw)
        (gx, gy), _, _ = self._navigator.path.at(self._navigator.path.length_m)

        def local(dx: float, dy: float) -> tuple[float, float]:
            return c * dx + s * dy, c * dy - s * dx

        goal = local(float(gx) - x, float(gy) - y)
        state = [ego.speed_mps, float(ego.angular_velocity_w[2]), *goal, ego.base.tilt_rad, ego.base.sliding_mps]
        pick = np.linspace(0, config.beams - 1, _OBSERVED_BEAMS).round().astype(int)
        people: list[float] = []
        order = sorted(self._people, key=lambda p: float(np.hypot(*(p.position_w[:2] - ego.position_w[:2]))))
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
        """Progress along the path, less nearness to people; a loss costs 10 and more the worse it is."""
        pace = self._ego.speed_mps / self._navigator.config.speed_mps
        value = 0.1 * min(max(pace, -1.0), 1.2)
        if self._ego.speed_mps > _MOVING_MPS and self._separation_m() < SIDE_CLEARANCE_M:
            value -= 0.1
        if self._loss_tick is not None and not self._rewarded_loss:
            self._rewarded_loss = True
            value -= 10.0 + self.harm()
        return float(value)

    def terminated(self) -> bool:
        """A moment after a loss or an escape, when stuck, or at the end of the path."""
        if self._loss_tick is not None:
            return self.world.tick - self._loss_tick >= _AFTERMATH_S * TICK_HZ
        if "escape" in self.phases and self.world.time_ns - self.phases["escape"].time_ns >= _AFTERMATH_S * 1e9:
            return True
        return self._stuck or (self.left_m() < _ARRIVED_M and abs(self._ego.speed_mps) < 0.05)

    def harm(self) -> float:
        """Speed of the first impact [m/s], or that gained in the fall, sqrt(2 g h); 0 while nothing is lost."""
        if self._loss_tick is None:
            return 0.0
        return max(self._impact_mps, sqrt(2.0 * GRAVITY_MPS2 * max(self._drop_m, 0.0)), 0.1)

    def result(self) -> str:
        """Contact, fall and toppling are collisions; being stuck or too near is a near miss."""
        lost = {"contact": "collision", "fall": "collision", "topple": "collision", "clear": "nothing"}
        return lost.get(self.outcome(), "near_miss")

    def outcome(self) -> str:
        """One of fall, topple, contact, stuck, near_miss (braked hard, passed people closely, was disturbed), clear."""
        for word, true in (
            ("fall", self._fallen), ("topple", self._toppled), ("contact", self._contact_tick is not None),
            ("stuck", self._stuck),
        ):  # fmt: skip
            if true:
                return word
        close = self._worst_separation < SIDE_CLEARANCE_M or self._worst_deceleration > _HARD_MPS2
        return "near_miss" if close or self.disturbed else "clear"
