"""Scenarios of an arm whose joints do not do as told: how far the tool is from where the controller believes it is.

The controller believes its commands: `astray_m` is the distance of the true tool point from the one that follows from
the commanded joint angles, less what a sound arm lags behind. Nothing the arm itself touches is welcome but the object;
what it holds may touch the table and the bins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ..control.pick_place import ToolCommand
from ..physics.arm import ArmState
from ..physics.client import TICK_HZ
from ..physics.contacts import Contact
from .cell_scenario import CellScenario

ASTRAY_M = 0.02
"""From which the tool counts as astray."""
NOTICED_RAD = 0.035
_NOTICED_S = 0.05


class JointFaultScenario(CellScenario):
    """Base: one joint fails. The driver `monitored` stops the arm when a joint does not follow its command.

    Attributes:
        astray_m: distance of the tool from where it is believed to be.
        worst_astray_m: the largest so far.

    """

    troubles: ClassVar[Mapping[str, str]] = {**CellScenario.troubles, "astray": "near_miss"}
    drivers: ClassVar[tuple[str, ...]] = ("pick_place", "monitored")

    astray_m: float
    worst_astray_m: float

    def watch_joints(self) -> None:
        """Begin; call in `build` after `carry`."""
        self.astray_m = self.worst_astray_m = 0.0
        self._off_ticks = 0
        self._stopping = False
        self._stopped: ToolCommand | None = None

    def unwanted(self, contact: Contact) -> bool:
        """The arm with anything but the object; the object in the hand with anything but table and bins."""
        pair = {contact.actor_a, contact.actor_b}
        if self._arm.name in pair:
            return self._object.name not in pair
        return super().unwanted(contact)

    def reference(self, reading: ArmState) -> ToolCommand:
        """The controller's command; the last one for good once the monitor has stopped the arm."""
        if self._stopping and self._stopped is None:
            self._stopped = self._controller.step(reading)
        return self._controller.step(reading) if self._stopped is None else self._stopped

    def after_tick(self) -> None:
        """Also measure how far the tool is from where it is believed to be."""
        super().after_tick()
        arm = self._arm.arm
        if self.world.tick < 0:
            return
        self.astray_m = float(np.linalg.norm(self._reading.tool_position_w - arm.tool_at(arm.command)))
        if "onset" not in self.phases:
            return
        if self.driver_name == "monitored" and not self._stopping:
            self._monitor()
        self.worst_astray_m = max(self.worst_astray_m, self.astray_m)
        if self.astray_m > ASTRAY_M and not self.happened("astray"):
            self.trouble("astray", self.astray_m, actor=self._arm.id)
            self.cause("astray", "the tool leaves the path that the controller believes it is on", self._arm.id)

    def _monitor(self) -> None:
        """Stop when a joint has not followed its command for a while."""
        off = float(np.max(np.abs(self._reading.joints - self._arm.arm.command)))
        self._off_ticks = self._off_ticks + 1 if off > NOTICED_RAD else 0
        if self._off_ticks >= _NOTICED_S * TICK_HZ:
            self._stopping = True
            self.emit("protective_stop", self._arm.id, value=off)
            self.cause("protective_stop", "the arm notices that a joint does not follow and stops", self._arm.id)

    def criticality(self) -> dict[str, float]:
        """Also how far the tool is astray, and the largest gap of a joint to its command."""
        gap = float(np.max(np.abs(self._reading.joints - self._arm.arm.command)))
        return super().criticality() | {"tool_error_m": self.astray_m, "joint_error_rad": gap}

    def measures(self) -> dict[str, float]:
        """Also the farthest the tool was astray."""
        return super().measures() | {"worst_tool_error_m": self.worst_astray_m}

    def terminated(self) -> bool:
        """Also a while after the monitor has stopped the arm."""
        return (self._stopping and self._stopped_for_s() > 1.0) or super().terminated()

    def _stopped_for_s(self) -> float:
        stop = next(event for event in self.events if event.kind == "protective_stop")
        return (self.world.time_ns - stop.time_ns) / 1e9
