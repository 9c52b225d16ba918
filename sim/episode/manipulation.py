"""Table-top scenarios: an arm that picks and places, and what counts as danger in a hand.

Slip and drop are read off the physics: an object slips when it moves along the finger pads while both press on it, and
is dropped when no finger touches it in mid-air.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import conjugate, from_yaw, rotate
from ..control.pick_place import PickPlace, PickPlaceConfig, pointing_down
from ..physics.arm import MAX_WIDTH_M, Arm, ArmState
from ..physics.client import GRAVITY_MPS2, TICK_HZ
from ..world.arm_actor import ArmActor
from ..world.assets.asset import Asset
from ..world.rigid_actor import ObjectActor
from ..world.world import World
from .scenario import Scenario

F64 = NDArray[np.float64]
SLIP_M = 0.003
"""Motion along the pads from which an object counts as slipping."""
MAX_GRIP_N = 70.0
_REACH_MPS = 0.3
_WORKSPACE = (np.array([0.25, -0.6, 0.02]), np.array([0.75, 0.6, 0.6]))
_OVERVIEW = {
    "fov_deg": 52.0,
    "imager": "imx900_high_gain",
    "mount": {"actor": "world", "position_m": [1.75, 0.55, 0.85], "rpy_deg": [0.0, 24.0, -160.0]},
}
_LIFTED_M = 0.02
_PRESSING_N = 0.05
_GRASP_S = 0.1
"""From the first touch until the pads have settled on the object and the point they hold it by counts."""
_AFTERMATH_S = 1.0


class ManipulationScenario(Scenario):
    """Base of all table-top scenarios with one arm and one object of interest.

    Subclasses call `add_arm` and `add_object` in `build`, then `plan`, and write `script`.

    Attributes:
        grip_scale: share of the commanded grip force that the fingers really apply; a script may lower it.

    """

    drivers: ClassVar[tuple[str, ...]] = ("pick_place",)
    action_names: ClassVar[tuple[str, ...]] = ("tool_x", "tool_y", "tool_z", "grip")
    views: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "camera": _OVERVIEW,
        "lidar": {"mount": {"actor": "world", "position_m": [1.3, -0.65, 0.55], "rpy_deg": [0.0, 25.0, 140.0]}},
        "onlooker": _OVERVIEW,
    }

    grip_scale: float
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
    ) -> ObjectActor:
        """An object standing on the table (z = 0)."""
        position = np.array([*xy, asset.size[2] / 2 + 1e-4])
        body = world.bodies.add(asset, position, from_yaw(yaw), friction=friction)
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
    ) -> None:
        """Let the reference controller pick `target` at `grasp_w` and put it down at `place_w`.

        Args:
            world: holds the arm and the target.
            target: the object of interest.
            grasp_w, place_w: (3,) tool points [m].
            yaw: heading of the hand's x axis [rad].
            friction: of the pads on the object.
            config: speeds and grip force.

        """
        self._friction = friction
        self._object = target
        self._grip_n = config.grip_force_n
        self._place_w = place_w
        self._rest_z = float(target.position_w[2])
        self._controller = PickPlace(grasp_w, place_w, tick_s=1.0 / TICK_HZ, pick_yaw=yaw, place_yaw=yaw, config=config)
        self.grip_scale = 1.0
        self._action: F64 | None = None
        self._goal = self._arm.arm.state().tool_position_w.copy()
        self._tool_yaw = yaw
        self._reading: ArmState = self._arm.arm.state()
        self._asked = np.zeros(4)
        self._wanted_n, self._applied_n = 0.0, -1.0
        self._held_at: F64 | None = None  # in the object's frame
        self._held_in_hand = np.zeros(3)
        self._slip_m = 0.0
        self._slipping = False
        self._dropped_tick: int | None = None
        self._drop_m = 0.0
        self._rewarded_drop = False
        self.closed_s: float | None = None
        world.watch(self._read)

    # ---- acting ---------------------------------------------------------------------------------------------------

    def act(self, action: F64 | None) -> F64:
        """Tool velocity (1 is 0.3 m/s per axis) and grip (-1 opens, else (1 + grip) / 2 x 70 N), each in [-1, 1]."""
        self._action = None if action is None else np.clip(np.asarray(action, float), -1.0, 1.0)
        return self._asked.copy() if self._action is None else self._action.copy()

    def advance(self) -> None:
        """Command the arm at 240 Hz, then one tick."""
        if self.world.tick >= 0:
            self._command()
        super().advance()

    def _command(self) -> None:
        arm, reading = self._arm.arm, self._reading
        if self._action is None:
            command = self._controller.step(reading)
            arm.move_to(command.position_w, command.orientation)
            self._wanted_n = command.grip_force_n
            step = (command.position_w - self._goal) * TICK_HZ / _REACH_MPS
            self._goal = command.position_w
            grip = 2 * self._wanted_n / MAX_GRIP_N - 1 if self._wanted_n > 0 else -1.0
            self._asked = np.clip([*step, grip], -1.0, 1.0)
        else:
            self._goal = np.clip(self._goal + self._action[:3] * _REACH_MPS / TICK_HZ, *_WORKSPACE)
            arm.move_to(self._goal, pointing_down(self._tool_yaw))
            grip = float(self._action[3])
            self._wanted_n = 0.0 if grip <= -0.99 else (1 + grip) / 2 * MAX_GRIP_N
        if self._wanted_n > 0.0 and self.closed_s is None and min(reading.finger_forces_n) > _PRESSING_N:
            self.closed_s = self.world.time_s
        if self._wanted_n == 0.0:
            self.closed_s = None
        force = self._wanted_n * self.grip_scale
        if force != self._applied_n:
            if force > 0.0:
                arm.close(force)
            else:
                arm.open(MAX_WIDTH_M)
            self._applied_n = force

    # ---- watching -------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._reading = self._arm.arm.state()

    @property
    def held(self) -> bool:
        """Whether both fingers press on something."""
        return bool(min(self._reading.finger_forces_n) > _PRESSING_N)

    @property
    def height_m(self) -> float:
        """How far the object's centre is above where it stood."""
        return float(self._object.position_w[2]) - self._rest_z

    def after_tick(self) -> None:
        """Log contacts, slip and drop."""
        if self.world.tick < 0:
            self.world.contacts.clear()
            return
        self._log_contacts()
        self._watch_slip()
        self._watch_drop()

    def _log_contacts(self) -> None:
        ids = {actor.name: actor.id for actor in self.world.actors}
        while self.world.contacts:
            contact = self.world.contacts.pop(0)
            a, b = ids.get(contact.actor_a, 0), ids.get(contact.actor_b, 0)
            detail = {
                "links": [contact.link_a, contact.link_b],
                "closing_speed_mps": round(contact.closing_speed_mps, 4),
            }
            first, second = (a, b) if a else (b, a)
            self.emit("contact", first, second, contact.impulse_ns, json.dumps(detail))
            if self._dropped_tick is not None and self._arm.id not in (a, b):
                self.mark("contact")

    def _watch_slip(self) -> None:
        """Motion along the pads of the point of the object they took hold of; swinging about it is no slip."""
        if not self.held:
            if self._dropped_tick is None and self._wanted_n == 0.0:
                self._held_at, self._slip_m = None, 0.0
            return
        reading, thing = self._reading, self._object
        to_hand = conjugate(reading.tool_orientation)
        if self._held_at is None or (self.closed_s is not None and self.world.time_s < self.closed_s + _GRASP_S):
            point = reading.grasp_point_w
            self._held_at = rotate(conjugate(thing.orientation_w), point - thing.position_w)
            self._held_in_hand = rotate(to_hand, point - reading.tool_position_w)
        now = thing.position_w + rotate(thing.orientation_w, self._held_at) - reading.tool_position_w
        along = rotate(to_hand, now) - self._held_in_hand
        self._slip_m = float(np.hypot(along[0], along[2]))
        if self._slip_m > SLIP_M and not self._slipping:
            self._slipping = True
            self.mark("onset")
            self.emit("slip", self._object.id, self._arm.id, self._slip_m)

    def _watch_drop(self) -> None:
        if self._dropped_tick is not None or max(self._reading.finger_forces_n) > 0.0 or self._wanted_n == 0.0:
            return
        if self._held_at is not None and self.height_m > _LIFTED_M and float(self._object.velocity_w[2]) < -0.05:
            self._dropped_tick = self.world.tick
            self._drop_m = self.height_m
            self.mark("onset")
            self.mark("last_avoidable")
            self.emit("drop", self._object.id, self._arm.id, self.height_m)

    def grip_margin(self) -> float:
        """Friction the fingers can give over the weight they carry: 2 mu F / (m g); 0 while nothing is held."""
        if not self.held:
            return 0.0
        return 2 * self._friction * self._applied_n / (self._object.asset.mass_kg * GRAVITY_MPS2)

    def criticality(self) -> dict[str, float]:
        """Slip so far, speed of the slip, and the share of the weight that friction can carry."""
        relative = float(np.linalg.norm(self._object.velocity_w)) if self._slipping else 0.0
        return {"slip_m": self._slip_m, "slip_speed_mps": relative, "grip_margin": self.grip_margin()}

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
        """Nearness of hand to object and of object to its place; losing it in mid-air costs 5."""
        to_object = float(np.linalg.norm(self._reading.tool_position_w - self._object.position_w))
        to_place = float(np.linalg.norm(self._object.position_w - self._place_w))
        value = -0.1 * to_object - 0.2 * to_place + (0.1 if self.held else 0.0)
        if self._dropped_tick is not None and not self._rewarded_drop:
            self._rewarded_drop = True
            value -= 5.0
        return value

    def terminated(self) -> bool:
        """A second after a drop, or when the reference controller is done."""
        if self._dropped_tick is not None:
            return self.world.tick - self._dropped_tick >= _AFTERMATH_S * TICK_HZ
        return self._action is None and self._controller.done

    def harm(self) -> float:
        """Height the object was dropped from [m], at least a centimetre; 0 while it is not lost."""
        return 0.0 if self._dropped_tick is None else max(self._drop_m, 0.01)

    def result(self) -> str:
        """A drop is a collision, a slip a near miss."""
        return {"drop": "collision", "slip": "near_miss"}.get(self.outcome(), "nothing")

    def outcome(self) -> str:
        """One of drop, slip, placed, unfinished."""
        if self._dropped_tick is not None:
            return "drop"
        if self._slipping:
            return "slip"
        near = float(np.linalg.norm((self._object.position_w - self._place_w)[:2])) < 0.05
        return "placed" if near and not self.held else "unfinished"
