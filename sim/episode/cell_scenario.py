"""What the scenarios of people, moving things and the arm's own faults in a robot cell share.

One object is carried from the table to a bin. A touch that should not be is the contact, and ends the episode a second
later, as do a drop and a miss. Harm is the worst of: the height an object falls from [m], the peak force of an unwanted
touch [kN], and 0.01 for an object that is not delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..control.grasping import Grasp, half_turn
from ..control.pick_place import PickPlaceConfig
from ..physics.client import GRAVITY_MPS2
from ..physics.contacts import Contact
from ..world.assets.asset import Asset
from ..world.rigid_actor import ObjectActor
from ..world.stages.cell import BINS_XY, robot_cell
from ..world.world import World
from .manipulation import ManipulationScenario

F64 = NDArray[np.float64]
PAD_DEPTH_M = 0.03
"""How far below its top an object is grasped."""
FRICTION = 0.5
"""Of the pads on the object."""
NOT_DELIVERED = 0.01
GRIP_MARGIN = 2.5
_OPEN_M = 0.075


class CellScenario(ManipulationScenario):
    """Base of the scenarios of a robot cell; see the module."""

    troubles: ClassVar[Mapping[str, str]] = {
        "collision": "collision",
        "drop": "collision",
        "missed_grasp": "near_miss",
        "rotation": "near_miss",
        "slip": "near_miss",
    }
    fatal: ClassVar[frozenset[str]] = frozenset({"collision", "drop", "missed_grasp"})

    _config: PickPlaceConfig

    def new_cell(self) -> World:
        """The cell with its arm."""
        world = World(robot_cell(rng=self.streams.rng("stage")))
        self.add_arm(world).arm.set_finger_friction(1.0)
        return world

    def carry(
        self,
        world: World,
        asset: Asset,
        *,
        xy: tuple[float, float],
        yaw: float,
        speed_mps: float,
        declared_kg: float = 0.0,
        margin: float = GRIP_MARGIN,
        clearance_m: float = 0.22,
        fine_mps: float = 0.2,
        attempts: int = 1,
        locate: Callable[[], Grasp | None] | None = None,
    ) -> ObjectActor:
        """An object, and a plan to carry it to the bin on the other side.

        Args:
            world: from `new_cell`.
            asset: the object.
            xy, yaw: where it stands [m, rad].
            speed_mps: peak speed of travel.
            declared_kg: mass that the grip force is chosen for; 0 takes the true one.
            margin: grip force over the least that holds that mass at rest.
            clearance_m: height of travel above the grasp.
            fine_mps: peak speed near the object.
            attempts, locate: see `ManipulationScenario.plan`.

        """
        target = self.add_object(world, "object", asset, xy=xy, yaw=yaw, friction=FRICTION)
        height = asset.size[2] - PAD_DEPTH_M
        bin_x, bin_y = BINS_XY[1 if xy[1] < 0 else 0]
        weight = (declared_kg or asset.mass_kg) * GRAVITY_MPS2
        self._config = PickPlaceConfig(
            grip_force_n=margin * weight / (2.0 * FRICTION),
            clearance_m=clearance_m,
            speed_mps=speed_mps,
            fine_speed_mps=fine_mps,
            turn_radps=2.5,
        )
        self.plan(
            world,
            target,
            grasp_w=np.array([*xy, height]),
            place_w=np.array([bin_x, bin_y, height + 0.03]),
            yaw=half_turn(yaw + np.pi / 2),
            friction=FRICTION,
            config=self._config,
            attempts=attempts,
            locate=locate,
        )
        return target

    def on_touch(self, contact: Contact) -> None:
        """An unwanted touch after the onset is the contact."""
        if "onset" in self.phases and "escape" not in self.phases and self.unwanted(contact):
            self.mark("last_avoidable")
            self.mark("contact")
        super().on_touch(contact)

    @property
    def finished(self) -> bool:
        """Whether the controller has let go of the object and draws back, or has given up."""
        return self._controller.phase in ("retreat", "done")

    def terminated(self) -> bool:
        """Also once the object stands in its place and the hand draws back from it."""
        lets_go = self._action is None and self.finished and self.placed
        return (lets_go and self._reading.width_m > _OPEN_M) or super().terminated()

    def harm(self) -> float:
        """The worst of fall height [m], peak force of an unwanted touch [kN], and 0.01 for a miss."""
        missed = NOT_DELIVERED if self.happened("missed_grasp") else 0.0
        return max(super().harm(), self.peak_force_n / 1e3, missed)

    def escaped(self) -> None:
        """Mark the escape, if the object was delivered without anything going wrong."""
        if self.placed and "contact" not in self.phases and not any(map(self.happened, self.fatal)):
            self.mark("escape")
