"""What goes wrong at one joint of an arm: it sticks, loses effectiveness, or is off by a bias or a drift.

Modes and their names are those of actuator fault injection: `stuck` holds the angle it had, `gain` follows only a
share of the commanded motion from there on, `bias` is off by an angle, `drift` goes off at a rate. A joint whose
encoder reads too much by `a` is driven until the reading fits, so it stands too low by `a`: an encoder fault is a
`bias` or `drift` of the opposite sign that the controller cannot see. Usual sizes: gain 0.2 to 1, bias 1 to 5 % of
the range, drift 0.1 to 1 % of the range per second, encoder offset 0.5 to 3 degrees. `Sag` is the servo's own
answer to a load that nobody told it about: torque over stiffness.
Left out: backlash, friction, and brakes that slip.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import nearest

F64 = NDArray[np.float64]
BIAS_RAMP_S = 0.15
"""In which a bias grows to its full size, so that no joint is asked to jump."""

_Answer = tuple[float, float]


def _stuck(held: float, angle: float, speed: float, amount: float, elapsed_s: float) -> _Answer:
    return held, 0.0


def _gain(held: float, angle: float, speed: float, amount: float, elapsed_s: float) -> _Answer:
    return held + amount * (angle - held), amount * speed


def _bias(held: float, angle: float, speed: float, amount: float, elapsed_s: float) -> _Answer:
    return angle + amount * min(1.0, elapsed_s / BIAS_RAMP_S), speed


def _drift(held: float, angle: float, speed: float, amount: float, elapsed_s: float) -> _Answer:
    return angle + amount * elapsed_s, speed + amount


MODES: dict[str, Callable[[float, float, float, float, float], _Answer]] = {
    "stuck": _stuck,
    "gain": _gain,
    "bias": _bias,
    "drift": _drift,
}
"""Angle and speed that the joint goes to, by mode."""


class JointFault:
    """One joint that does not do as told, from the first command after it is put into `Arm.servos`.

    Args:
        joint: 0 to 6, from the base.
        mode: one of `MODES`.
        amount: share for `gain`, rad for `bias`, rad/s for `drift`; no meaning for `stuck`.
        clock: the time [s].

    Attributes:
        offset_rad: from the command, as of the last one.

    Raises:
        ValueError: for an unknown mode or joint.

    """

    def __init__(self, joint: int, mode: str, amount: float, clock: Callable[[], float]) -> None:
        if mode not in MODES:
            raise ValueError(f"unknown mode of a joint fault {mode!r}; {nearest(mode, MODES)}")
        if not 0 <= joint <= 6:
            raise ValueError(f"joint is {joint}, expected 0 to 6")
        self.joint, self.mode, self.amount = joint, mode, amount
        self._clock = clock
        self.offset_rad = 0.0
        self._held: tuple[float, float] | None = None  # angle and time when it set in

    def __call__(self, angles: F64, speeds: F64) -> tuple[F64, F64]:
        """Angles and speeds (7,) that the joints go to."""
        k = self.joint
        if self._held is None:
            self._held = (float(angles[k]), self._clock())
        held, since = self._held
        asked = float(angles[k])
        angles, speeds = angles.copy(), speeds.copy()
        angles[k], speeds[k] = MODES[self.mode](
            held, float(angles[k]), float(speeds[k]), self.amount, self._clock() - since
        )
        self.offset_rad = float(angles[k]) - asked
        return angles, speeds


class Sag:
    """Joint servos of finite stiffness under torques that their feed-forward does not know.

    Args:
        stiffness_nmprad: (7,) or one number, of the position loop [N m/rad].
        residual: (7,) torques on the joints beyond the feed-forward [N m], as they are now.
        settle_s: time constant of the loop.
        tick_s: between two commands.

    """

    def __init__(
        self, stiffness_nmprad: ArrayLike, residual: Callable[[], F64], *, settle_s: float = 0.08, tick_s: float
    ) -> None:
        self._stiffness = np.asarray(stiffness_nmprad, float)
        self._residual = residual
        self._share = tick_s / settle_s
        self.offset_rad = np.zeros(7)

    def __call__(self, angles: F64, speeds: F64) -> tuple[F64, F64]:
        """Angles and speeds (7,) that the joints go to."""
        self.offset_rad = self.offset_rad + self._share * (-self._residual() / self._stiffness - self.offset_rad)
        return angles + self.offset_rad, speeds
