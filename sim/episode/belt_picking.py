"""Picking from a moving conveyor: the cell with a belt, things that ride on it, and a controller that follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..control.belt_tracking import BeliefOfBelt, BeltFollower
from ..control.pick_place import PickPlaceConfig, ToolCommand
from ..physics.arm import ArmState
from ..physics.belt import Belt
from ..physics.client import GRAVITY_MPS2, TICK_S
from ..world.assets.asset import Asset
from ..world.assets.conveyor import conveyor_belt
from ..world.assets.objects import build_object
from ..world.conveyor_actor import BeltActor
from ..world.rigid_actor import ObjectActor
from ..world.stages.cell import BELT_BINS_XY, BELT_LENGTH_M, BELT_WIDTH_M, BELT_X, robot_cell
from ..world.world import World
from .cell_scenario import FRICTION, GRIP_MARGIN, PAD_DEPTH_M, CellScenario

F64 = NDArray[np.float64]
KINDS = ("soup_can", "sugar_box", "cracker_box")
_RUN_UP_S = 0.25
_CLEARANCE_M = 0.18
_FINE_MPS = 0.25
_VIEW: dict[str, Any] = {
    "fov_deg": 56.0,
    "imager": "imx900_high_gain",
    "mount": {"actor": "world", "position_m": [1.62, 0.72, 0.78], "rpy_deg": [0.0, 22.0, -147.0]},
}


class BeltScenario(CellScenario):
    """Base of scenarios in which the arm takes one thing from a conveyor and puts it into a bin beside the arm.

    Attributes:
        belt: the conveyor's belt.
        tracking_error_m: distance along the belt between hand and object while the hand follows it down.
        worst_error_m: the largest so far, of the reference controller.
        approach_s, grasp_s: when the hand is to begin to come down, and to close.

    """

    welcome: ClassVar[frozenset[str]] = frozenset({"scenery/bin", "belt"})
    views: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        **CellScenario.views,
        "camera": _VIEW,
        "onlooker": _VIEW,
    }

    belt: Belt
    tracking_error_m: float
    worst_error_m: float
    approach_s: float
    grasp_s: float

    def add_conveyor(self, *, speed_mps: float) -> World:
        """The cell with a running belt."""
        world = World(robot_cell(rng=self.streams.rng("stage"), conveyor=True), run_up_s=_RUN_UP_S)
        self.add_arm(world).arm.set_finger_friction(1.0)
        centre = np.array([BELT_X, 0.0, 0.0])
        self.belt = Belt(
            world.client, centre, np.pi / 2, length_m=BELT_LENGTH_M, width_m=BELT_WIDTH_M, speed_mps=speed_mps
        )
        world.add(BeltActor("belt", conveyor_belt(BELT_LENGTH_M, BELT_WIDTH_M), self.belt, centre, np.pi / 2))
        return world

    def add_load(
        self, world: World, *, kind: str, x_offset_m: float, pick_y_m: float, latency_s: float, carry_mps: float
    ) -> ObjectActor:
        """The object, so far upstream that it passes `pick_y_m` when the hand closes, and others behind and before it.

        Args:
            world: from `add_conveyor`.
            kind: of the object.
            x_offset_m: place across the belt, from its middle.
            pick_y_m: where it is to be grasped.
            latency_s: age of the belt speed that the controller uses; inf keeps the first.
            carry_mps: peak speed of travel.

        """
        asset = build_object(kind, rng=self.streams.rng("assets/object"))
        x, height = BELT_X + x_offset_m, asset.size[2] - PAD_DEPTH_M
        grip = GRIP_MARGIN * asset.mass_kg * GRAVITY_MPS2 / (2.0 * FRICTION)
        config = PickPlaceConfig(
            grip_force_n=grip, clearance_m=_CLEARANCE_M, speed_mps=carry_mps, fine_speed_mps=_FINE_MPS, turn_radps=2.5
        )
        raised = np.array([0.0, 0.0, _CLEARANCE_M])
        grasp = np.array([x, pick_y_m, height])
        bin_x, bin_y = BELT_BINS_XY[0]
        place = np.array([bin_x + 0.06, bin_y, height + 0.03])
        tool = self._arm.arm.tool_at(self._arm.arm.command)
        # fingers close along the belt, as they do at rest: the hand need not turn
        self.approach_s = 1.875 * float(np.linalg.norm(grasp + raised - tool)) / config.speed_mps
        self.grasp_s = self.approach_s + 1.875 * _CLEARANCE_M / _FINE_MPS
        start = pick_y_m - self.belt.speed_mps * (self.grasp_s + _RUN_UP_S)
        target = self._ride(world, "object", asset, x=x, y=start, yaw=np.pi / 2, friction=FRICTION)
        self.plan(world, target, grasp_w=grasp, place_w=place, yaw=0.0, friction=FRICTION, config=config)
        self._belief = BeliefOfBelt(
            self.belt.speed_mps, -self.belt.speed_mps * self.grasp_s, latency_s=latency_s, tick_s=TICK_S
        )
        self._follower = BeltFollower(self.belt.direction_w)
        self._follower.plan(grasp + raised, place + raised)
        self.tracking_error_m, self.worst_error_m = 0.0, 0.0
        self._others_on_belt(world, start)
        return target

    def _others_on_belt(self, world: World, start: float) -> None:
        rng = self.streams.rng("clutter")
        places = [start - 0.36, start - 0.72, start + 0.36, start + 0.72]
        for k, y in enumerate(places):
            here = y + float(rng.uniform(-0.05, 0.05))
            kind, yaw, x = KINDS[int(rng.integers(len(KINDS)))], float(rng.uniform(-3.0, 3.0)), rng.uniform(-0.03, 0.03)
            if abs(here) > BELT_LENGTH_M / 2 - 0.15 or rng.random() < 0.2:
                continue
            asset = build_object(kind, rng=self.streams.rng(f"assets/rider_{k}"))
            self._ride(world, f"rider_{k}", asset, x=BELT_X + float(x), y=here, yaw=yaw)

    def _ride(
        self, world: World, name: str, asset: Asset, *, x: float, y: float, yaw: float, friction: float | None = None
    ) -> ObjectActor:
        """A thing that rides on the belt already; a tall one would topple if it were put down on a running belt."""
        actor = self.add_object(world, name, asset, xy=(x, y), yaw=yaw, friction=friction)
        body = actor.bodies[0]
        state = world.bodies.state(body)
        world.bodies.set_state(body, replace(state, velocity_w=self.belt.speed_mps * self.belt.direction_w))
        return actor

    def reference(self, reading: ArmState) -> ToolCommand:
        """The controller's command, carried along with the belt as it is believed to run."""
        return self._follower.follow(self._controller.step(reading), self._belief.travelled_m)

    @property
    def following(self) -> bool:
        """Whether the reference controller follows the object down, its fingers not yet closed on it."""
        return self._controller.phase in ("descend", "close") and self._watch.closed_s is None

    def after_tick(self) -> None:
        """Also watch how far the hand is from where it should be over the object."""
        super().after_tick()
        if self.world.tick < 0:
            return
        self._belief.update(self.belt.speed_mps)
        if (self._action is not None or self.following) and self._watch.closed_s is None:
            apart = self._reading.tool_position_w - self._object.position_w
            self.tracking_error_m = abs(float(apart @ self.belt.direction_w))
            if self._action is None:
                self.worst_error_m = max(self.worst_error_m, self.tracking_error_m)

    def measures(self) -> dict[str, float]:
        """Also the largest tracking error."""
        return super().measures() | {"worst_tracking_error_m": self.worst_error_m}

    def criticality(self) -> dict[str, float]:
        """Also the tracking error along the belt, and the speed of the belt."""
        return super().criticality() | {
            "tracking_error_m": self.tracking_error_m,
            "belt_speed_mps": self.belt.speed_mps,
        }
