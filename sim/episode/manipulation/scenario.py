"""Base of the table-top scenarios: an arm that picks and places, and what counts as danger in a hand.

What goes wrong is read off the physics (`watch`, `touch`); a scenario names the kinds it is about in `troubles`, worst
first, and what each counts as. The first of them that happened is the outcome.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ....renderers.transforms import from_yaw
from ...control.grasping import Grasp
from ...control.pick_place import PickPlace, PickPlaceConfig, ToolCommand, pointing_down
from ...physics.arm import MAX_WIDTH_M, Arm, ArmState
from ...physics.client import GRAVITY_MPS2, TICK_HZ
from ...physics.contacts import Contact
from ...world.arm_actor import ArmActor
from ...world.assets.asset import Asset
from ...world.rigid_actor import ObjectActor
from ...world.world import World
from ..asked import Asked
from ..scenario import Scenario
from .pay import FAULT, LOSS, Pay
from .touch import Acquaintances, TouchForce
from .watch import PRESSING_N, GraspWatch

F64 = NDArray[np.float64]
MAX_GRIP_N = 70.0
_REACH_MPS = 0.3
_WORKSPACE = (np.array([0.25, -0.6, 0.02]), np.array([0.75, 0.6, 0.6]))
_OVERVIEW = {
    "fov_deg": 52.0,
    "imager": "imx900_high_gain",
    "mount": {"actor": "world", "position_m": [1.75, 0.55, 0.85], "rpy_deg": [0.0, 24.0, -160.0]},
}
_AFTERMATH_S = 1.0
_AT_PLACE_M = 0.05
_STILL_MPS = 0.1
_HAND_M = 0.02


class ManipulationScenario(Scenario):
    """Base of all table-top scenarios with one arm and one object of interest.

    Subclasses call `add_arm` and `add_object` in `build`, then `plan`, and write `script`. What they may override, from
    small to large: `troubles`, `fatal`, `welcome`; `on_trouble` (phases and causes of what went wrong), `on_touch`,
    `unwanted`; `reference` (what the controller commands), `move_arm` (what the arm makes of it).

    Attributes:
        grip_scale: share of the commanded grip force that the fingers really apply; a script may lower it.
        peak_force_n: largest force of an unwanted touch so far.

    """

    troubles: ClassVar[Mapping[str, str]] = {"drop": "collision", "slip": "near_miss"}
    """Kinds of trouble that are logged and may be the outcome, worst first, with the result each counts as.

    Found by this class: "drop" [m height], "slip" [m], "rotation" [rad in the hand], "missed_grasp" [m between the
    pads], "collision" [N peak]. A scenario may add kinds of its own and report them by `trouble`.
    """
    fatal: ClassVar[frozenset[str]] = frozenset({"drop"})
    """Kinds that end the episode a second later."""
    welcome: ClassVar[frozenset[str]] = frozenset({"scenery/table", "scenery/bin"})
    """Names of what arm and object may touch; the two may touch each other."""

    drivers: ClassVar[tuple[str, ...]] = ("pick_place",)
    action_names: ClassVar[tuple[str, ...]] = ("tool_x", "tool_y", "tool_z", "grip")
    views: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "camera": _OVERVIEW,
        "lidar": {"mount": {"actor": "world", "position_m": [-0.25, -0.72, 0.6], "rpy_deg": [0.0, 18.0, 42.0]}},
        "onlooker": _OVERVIEW,
    }

    grip_scale: float
    peak_force_n: float
    _arm: ArmActor
    _object: ObjectActor
    _controller: PickPlace

    @property
    def ego(self) -> ArmActor:
        """The arm."""
        return self._arm

    @property
    def hazard(self) -> ObjectActor:
        """The object."""
        return self._object

    # ---- building -------------------------------------------------------------------------------------------------

    def add_arm(self, world: World) -> ArmActor:
        """The arm, bolted to the origin."""
        arm = Arm(world.client)
        self._arm = ArmActor("arm", arm, world.client.data_path)
        world.add(self._arm)
        world.watch(self._read)
        return self._arm

    def add_object(
        self,
        world: World,
        name: str,
        asset: Asset,
        *,
        xy: tuple[float, float],
        yaw: float,
        friction: float | None = None,
        restitution: float = 0.0,
        rolling_m: float = 0.0,
        base_m: float = 0.0,
        orientation: Sequence[float] | None = None,
    ) -> ObjectActor:
        """An object standing on the table, or with its underside `base_m` above it.

        Args:
            world: to add it to.
            name: unique name of the actor.
            asset: what it is.
            xy: place of its middle [m].
            yaw: its heading [rad], unless `orientation` (x, y, z, w) says more.
            friction: Coulomb coefficient against a reference of 1; None takes the asset's.
            restitution: share of the speed it keeps when it bounces.
            rolling_m: lever of its rolling resistance; without it round things roll for ever.
            base_m: height of its underside while upright [m].
            orientation: of the object, for one that does not stand.

        """
        position = np.array([*xy, asset.size[2] / 2 + 1e-4 + base_m])
        turn = from_yaw(yaw) if orientation is None else np.asarray(orientation, float)
        body = world.bodies.add(
            asset, position, turn, friction=friction, restitution=restitution, rolling_friction_m=rolling_m
        )
        actor = ObjectActor(name, asset, world.bodies, body)
        world.add(actor)
        return actor

    def plan(
        self,
        world: World,
        target: ObjectActor,
        *,
        grasp_w: F64,
        place_w: F64,
        yaw: float,
        friction: float,
        config: PickPlaceConfig,
        place_yaw: float | None = None,
        attempts: int = 1,
        locate: Callable[[], Grasp | None] | None = None,
    ) -> None:
        """Let the reference controller pick `target` at `grasp_w` and put it down at `place_w`.

        Called again, before anything is held, it sets another task.

        Args:
            world: holds the arm and the target.
            target: the object of interest.
            grasp_w, place_w: (3,) tool points [m], as the controller believes them.
            yaw: heading of the hand's x axis at the grasp [rad].
            friction: of the pads on the object.
            config: speeds and grip force.
            place_yaw: heading of the hand when it puts the object down; None keeps that of the grasp.
            attempts: how often the controller tries.
            locate: where it believes the object to be when it tries again.

        """
        self._friction = friction
        self._object = target
        self._grip_n = config.grip_force_n
        self._place_w = place_w
        self._rest_z = float(target.position_w[2])
        self._controller = PickPlace(
            grasp_w,
            place_w,
            tick_s=1.0 / TICK_HZ,
            pick_yaw=yaw,
            place_yaw=yaw if place_yaw is None else place_yaw,
            config=config,
            attempts=attempts,
            locate=locate,
        )
        self.grip_scale, self.peak_force_n = 1.0, 0.0
        self._action: F64 | None = None
        self._goal = self._arm.arm.state().tool_position_w.copy()
        self._tool_yaw = yaw
        self._reading: ArmState = self._arm.arm.state()
        self._asked = Asked(4)
        self._wanted_n, self._applied_n = 0.0, -1.0
        self._watch = GraspWatch(target)
        self._touches = TouchForce(world.contact_log)
        self._met = Acquaintances()
        self._first_tick: dict[str, int] = {}
        self._drop_m = 0.0
        self._pay = Pay(self._reading.tool_position_w, target.position_w, place_w)

    # ---- acting ---------------------------------------------------------------------------------------------------

    def act(self, action: F64 | None) -> None:
        """Tool velocity (1 is 0.3 m/s per axis) and grip (-1 opens, else (1 + grip) / 2 x 70 N), each in [-1, 1]."""
        self._action = None if action is None else np.clip(np.asarray(action, float), -1.0, 1.0)
        self._asked.begin()

    def asked(self) -> F64:
        """See `Scenario`."""
        return self._asked.mean if self._action is None else self._action.copy()

    def reference(self, reading: ArmState) -> ToolCommand:
        """The reference controller's command for this tick; override to delay it, hold it, or alter it."""
        return self._controller.step(reading)

    def move_arm(self, position_w: F64, orientation: F64) -> None:
        """Send the arm towards a tool pose, for one tick; override for an arm that does something else."""
        self._arm.arm.move_to(position_w, orientation)

    def advance(self) -> None:
        """Command the arm at 240 Hz, then one tick."""
        if self.world.tick >= 0:
            self._command()
        super().advance()

    def _command(self) -> None:
        if self._action is None:
            command = self.reference(self._reading)
            self.move_arm(command.position_w, command.orientation)
            self._wanted_n = command.grip_force_n
            step = (command.position_w - self._goal) * TICK_HZ / _REACH_MPS
            self._goal = command.position_w
            grip = 2 * self._wanted_n / MAX_GRIP_N - 1 if self._wanted_n > 0 else -1.0
            self._asked.add((*step, grip))
        else:
            self._goal = np.clip(self._goal + self._action[:3] * _REACH_MPS / TICK_HZ, *_WORKSPACE)
            self.move_arm(self._goal, pointing_down(self._tool_yaw))
            grip = float(self._action[3])
            self._wanted_n = 0.0 if grip <= -0.99 else (1 + grip) / 2 * MAX_GRIP_N
        self._watch.command(self._wanted_n, self._reading, self.world.time_s)
        force = self._wanted_n * self.grip_scale
        if force != self._applied_n:
            if force > 0.0:
                self._arm.arm.close(force)
            else:
                self._arm.arm.open(MAX_WIDTH_M)
            self._applied_n = force

    # ---- watching -------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._reading = self._arm.arm.state()

    @property
    def closed_s(self) -> float | None:
        """When both fingers began to press in the present grasp; None while the hand is told to be open."""
        return self._watch.closed_s

    @property
    def held(self) -> bool:
        """Whether both fingers press on something."""
        return bool(min(self._reading.finger_forces_n) > PRESSING_N)

    @property
    def height_m(self) -> float:
        """How far the object's centre is above where it stood."""
        return float(self._object.position_w[2]) - self._rest_z

    @property
    def placed(self) -> bool:
        """Whether the object is where it belongs and the hand has let go of it."""
        near = float(np.linalg.norm((self._object.position_w - self._place_w)[:2])) < _AT_PLACE_M
        return near and not self.held

    def happened(self, kind: str) -> bool:
        """Whether that kind of trouble has happened."""
        return kind in self._first_tick

    def trouble(self, kind: str, value: float = 0.0, *, actor: int = 0, other: int = 0, detail: str = "{}") -> None:
        """Something listed in `troubles` goes wrong now: log it, and let `on_trouble` tell what it means.

        Args:
            kind: of trouble, also that of the event.
            value: how much, in the unit of the kind.
            actor, other: ids of who it happens to and who else takes part; 0 stands for the object and the arm.
            detail: JSON of the event.

        """
        self._first_tick.setdefault(kind, self.world.tick)
        self.emit(kind, actor or self._object.id, other or self._arm.id, value, detail)
        self.on_trouble(kind, value)

    def on_trouble(self, kind: str, value: float) -> None:
        """What trouble means for phases and causes; here any is the onset, and nothing can be done after a drop."""
        self.mark("onset")
        if kind == "drop":
            self.mark("last_avoidable")

    def on_touch(self, contact: Contact) -> None:
        """A touch of arm or object has begun; the landing of a dropped object, or an unwanted touch, is the contact."""
        pair = {contact.actor_a, contact.actor_b}
        if self._watch.falling and self._object.name in pair and self._arm.name not in pair:
            self.mark("contact")
        if "collision" in self.troubles and self.unwanted(contact):
            self._touches.follow(contact)
            for phase in ("onset", "last_avoidable", "contact"):
                self.mark(phase)

    def unwanted(self, contact: Contact) -> bool:
        """Whether a touch should not be: the arm, or the object in its hand, with anything not in `welcome`."""
        pair = {contact.actor_a, contact.actor_b}
        own = {self._arm.name, self._object.name}
        acting = {self._arm.name} | ({self._object.name} if self.held else set())
        return bool(pair & acting) and bool(pair - own - self.welcome)

    def after_tick(self) -> None:
        """Log contacts and what goes wrong."""
        if self.world.tick < 0:
            while self.world.contacts:
                self._met.news(self.world.contacts.pop())
            return
        self._log_contacts()
        found = self._watch.update(
            self._reading, wanted_n=self._wanted_n, time_s=self.world.time_s, height_m=self.height_m
        )
        for kind, value in found:
            if kind == "drop":
                self._drop_m = max(self._drop_m, value)
            if kind in self.troubles:
                self.trouble(kind, value)

    def _log_contacts(self) -> None:
        """Touches of the arm and of the object that are news; not what other things on the table do to each other."""
        ids = {actor.name: actor.id for actor in self.world.actors}
        told = {self._arm.name, self._object.name, self.hazard.name}
        while self.world.contacts:
            contact = self.world.contacts.pop(0)
            news = self._met.news(contact)
            if not told & {contact.actor_a, contact.actor_b}:
                continue
            if news:
                self._emit_touch(contact, ids)
            self.on_touch(contact)
        for contact in self._touches.measured(self.world.tick):
            self.peak_force_n = max(self.peak_force_n, contact.peak_force_n)
            who, whom = contact.actor_a, contact.actor_b
            if who not in (self._arm.name, self._object.name):
                who, whom = whom, who
            detail = {
                "start_s": contact.start_tick / TICK_HZ,
                "links": [contact.link_a, contact.link_b],
                "impulse_ns": round(contact.impulse_ns, 5),
                "closing_speed_mps": round(contact.closing_speed_mps, 4),
            }
            self.trouble(
                "collision",
                contact.peak_force_n,
                actor=ids.get(who, 0),
                other=ids.get(whom, 0),
                detail=json.dumps(detail),
            )

    def _emit_touch(self, contact: Contact, ids: Mapping[str, int]) -> None:
        """Log a touch, of which only one side may be an actor."""
        a, b = ids.get(contact.actor_a, 0), ids.get(contact.actor_b, 0)
        detail = {
            "links": [contact.link_a, contact.link_b],
            "closing_speed_mps": round(contact.closing_speed_mps, 4),
        }
        first, second = (a, b) if a else (b, a)
        self.emit("contact", first, second, contact.impulse_ns, json.dumps(detail))

    def grip_margin(self) -> float:
        """Friction the fingers can give over the weight they carry: 2 mu F / (m g); 0 while nothing is held."""
        if not self.held:
            return 0.0
        return 2 * self._friction * self._applied_n / (self._object.asset.mass_kg * GRAVITY_MPS2)

    def criticality(self) -> dict[str, float]:
        """Slip and turn in the hand so far, speed of the slip, and the share of the weight that friction can carry."""
        relative = float(np.linalg.norm(self._object.velocity_w)) if self._watch.slipping else 0.0
        return {
            "slip_m": self._watch.slip_m,
            "slip_speed_mps": relative,
            "rotation_rad": self._watch.rotation_rad,
            "grip_margin": self.grip_margin(),
        }

    # ---- reinforcement learning -----------------------------------------------------------------------------------

    def observe(self) -> dict[str, F64]:
        """Joints, tool, fingers; the object's pose and motion."""
        reading, thing = self._reading, self._object
        arm = [
            *reading.joints, *reading.joint_speeds, *reading.tool_position_w,
            reading.width_m, *reading.finger_forces_n,
        ]  # fmt: skip
        pose = [*thing.position_w, *thing.orientation_w, *thing.velocity_w, *(thing.position_w - self._place_w)]
        bounds = self.observation_bounds()
        return {"arm": np.clip(arm, *bounds["arm"]), "object": np.clip(pose, *bounds["object"])}

    @classmethod
    def observation_bounds(cls) -> dict[str, tuple[F64, F64]]:
        """See `observe`."""
        arm = np.array([*[4.0] * 7, *[5.0] * 7, *[2.0] * 3, 0.1, 300.0, 300.0])
        thing = np.array([*[5.0] * 3, *[1.0] * 4, *[20.0] * 3, *[5.0] * 3])
        return {"arm": (-arm, arm), "object": (-thing, thing)}

    def reward(self) -> float:
        """What the object has gained on its way to the hand and to its place; placing it earns 10, a bad end costs 10.

        In numbers: differences of a potential that is 1 for a hand at the object, 1 for a hold on it, 1 for 0.1 m of
        height or being at its place, 3 for being at its place; 10 once for a placement; -0.1 per second before that;
        -10 and the harm for trouble that ends the episode or counts as a collision, -1 for any other: the worst counts,
        once. See `pay`.
        """
        thing, tool_w = self._object, self._reading.tool_position_w
        near = float(np.linalg.norm(tool_w - thing.position_w)) < float(np.linalg.norm(thing.size)) / 2 + _HAND_M
        still = float(np.linalg.norm(thing.velocity_w)) < _STILL_MPS
        return self._pay.due(
            tool_w,
            thing.position_w,
            self.world.tick,
            held=self.held and near,
            height_m=self.height_m,
            placed=self.placed and still,
            fine=self._fine(),
        )

    def _fine(self) -> float:
        """What is owed for the troubles so far: for the worst of them."""
        happened = [kind for kind in self.troubles if self.happened(kind)]
        if any(kind in self.fatal or self.troubles[kind] == "collision" for kind in happened):
            return LOSS - self.harm()
        return FAULT if happened else 0.0

    def terminated(self) -> bool:
        """A second after something fatal, or when the reference controller is done."""
        for kind in self.fatal:
            if self.happened(kind) and self.world.tick - self._first_tick[kind] >= _AFTERMATH_S * TICK_HZ:
                return True
        return self._action is None and self._controller.done

    def harm(self) -> float:
        """Height the object was dropped from [m], at least a centimetre; 0 while it is not lost."""
        return max(self._drop_m, 0.01) if self.happened("drop") else 0.0

    def result(self) -> str:
        """What the outcome counts as; see `troubles`."""
        return self.troubles.get(self.outcome(), "nothing")

    def outcome(self) -> str:
        """The worst kind of trouble that happened, else placed or unfinished."""
        worst = next(filter(self.happened, self.troubles), None)
        return worst or ("placed" if self.placed else "unfinished")
