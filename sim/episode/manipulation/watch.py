"""What happens between a hand and the object in it, read off the physics tick by tick.

Slip: the point of the object by which the pads took hold of it moves along them. Rotation: the object turns in the
hand. Drop: no finger touches it in mid-air. Miss: the fingers come together with no force on them. Thresholds for
rotation and miss after the indicators in use for grasp failures (more than 15 degrees; least aperture with no force).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import radians

import numpy as np
from numpy.typing import NDArray

from ....renderers.transforms import conjugate, multiply, rotate
from ...physics.arm import ArmState
from ...world.actor import Actor

F64 = NDArray[np.float64]
SLIP_M = 0.003
"""Motion along the pads from which an object counts as slipping."""
ROTATION_RAD = radians(15.0)
"""Turn in the hand from which a grasp counts as unstable."""
MISSED_WIDTH_M = 0.003
"""Distance of the pads below which closed fingers hold nothing."""
PRESSING_N = 0.05
"""Force from which a finger counts as pressing."""
LIFTED_M = 0.02
_FALLING_MPS = 0.05
_GRASP_S = 0.1
"""From the first touch until the pads have settled on the object and the point they hold it by counts."""


class GraspWatch:
    """Follows the grasps of one object; call `update` once after every tick.

    Attributes:
        closed_s: when both fingers began to press in the present grasp, None while the hand is told to be open.
        slip_m: motion of the object along the pads in the latest grasp.
        rotation_rad: its turn in the hand in the latest grasp.
        slipping: whether it has slipped at all.
        falling: whether it has been dropped and not been held again since.

    """

    def __init__(self, thing: Actor) -> None:
        self._thing = thing
        self.closed_s: float | None = None
        self.slip_m, self.rotation_rad = 0.0, 0.0
        self.slipping, self.falling = False, False
        self._told: set[str] = set()
        self._carried = False
        self._held_at: F64 | None = None  # in the object's frame
        self._held_in_hand = np.zeros(3)
        self._turned = np.array([0.0, 0.0, 0.0, 1.0])

    def command(self, wanted_n: float, reading: ArmState, time_s: float) -> None:
        """What the fingers are told now; 0 N opens them."""
        if wanted_n == 0.0:
            self.closed_s, self._told, self._carried = None, set(), False
        elif self.closed_s is None and min(reading.finger_forces_n) > PRESSING_N:
            self.closed_s = time_s

    def update(self, reading: ArmState, *, wanted_n: float, time_s: float, height_m: float) -> list[tuple[str, float]]:
        """What begins in this tick: kinds of trouble with a value, each at most once in a grasp.

        Args:
            reading: of the arm.
            wanted_n: grip force that is commanded.
            time_s: now.
            height_m: of the object above where it stood.

        """
        held = bool(min(reading.finger_forces_n) > PRESSING_N)
        if held:
            self._follow(reading, time_s)
            if height_m > LIFTED_M and wanted_n > 0.0:
                self._carried = True
                self.falling = False
        elif wanted_n == 0.0 and not self.falling:
            self._held_at, self.slip_m, self.rotation_rad = None, 0.0, 0.0
        elif wanted_n == 0.0:
            self._held_at = None
        fresh = [(kind, value) for kind, value in self._signs(reading, wanted_n, height_m) if kind not in self._told]
        self._told |= {kind for kind, _ in fresh}
        self.slipping |= "slip" in self._told
        self.falling |= "drop" in {kind for kind, _ in fresh}
        return fresh

    def _follow(self, reading: ArmState, time_s: float) -> None:
        """Motion and turn against the hand since the pads settled on the object."""
        thing, to_hand = self._thing, conjugate(reading.tool_orientation)
        turn = multiply(to_hand, thing.orientation_w)
        if self._held_at is None or (self.closed_s is not None and time_s < self.closed_s + _GRASP_S):
            point = reading.grasp_point_w
            self._held_at = rotate(conjugate(thing.orientation_w), point - thing.position_w)
            self._held_in_hand = rotate(to_hand, point - reading.tool_position_w)
            self._turned = turn
        now = thing.position_w + rotate(thing.orientation_w, self._held_at) - reading.tool_position_w
        along = rotate(to_hand, now) - self._held_in_hand
        # swinging about the point it is held by is no slip
        self.slip_m = float(np.hypot(along[0], along[2]))
        self.rotation_rad = 2.0 * float(np.arccos(min(1.0, abs(float(turn @ self._turned)))))

    def _signs(self, reading: ArmState, wanted_n: float, height_m: float) -> Iterator[tuple[str, float]]:
        """Everything that is wrong in this tick."""
        if wanted_n == 0.0:
            return
        if self._held_at is not None and self.slip_m > SLIP_M:
            yield "slip", self.slip_m
        if self._held_at is not None and self.rotation_rad > ROTATION_RAD:
            yield "rotation", self.rotation_rad
        if max(reading.finger_forces_n) > 0.0:
            return
        if reading.width_m < MISSED_WIDTH_M and not self._carried:
            yield "missed_grasp", reading.width_m
        sinking = float(self._thing.velocity_w[2]) < -_FALLING_MPS
        if self._held_at is not None and height_m > LIFTED_M and sinking:
            yield "drop", height_m
