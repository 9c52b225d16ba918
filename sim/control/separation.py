"""Speed and separation monitoring: how near a person may be to a moving robot, and how fast it may then move.

Protective distance, in the constant-speed form of the technical specification on collaborative robots:
S_p = v_h (T_r + T_s) + v_r T_r + v_r T_s / 2 + C + Z_d + Z_r, with the person's speed v_h (1.6 m/s walking, 2.0 m/s
from 0.5 m on), the robot's speed v_r towards the person, reaction and stopping time, intrusion distance C and the
uncertainties of both positions. Left out: the path the robot takes while stopping.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from ...renderers.transforms import slerp
from .pick_place import ArmReading, ToolCommand


@dataclass(frozen=True)
class Separation:
    """The constants of a monitored cell.

    Attributes:
        walking_mps, near_mps, near_m: speed of a person, and that of one nearer than `near_m`.
        reaction_s, stopping_s: of the robot.
        intrusion_m: how far a part of a body gets before it is noticed.
        person_m, robot_m: uncertainty of both positions.

    """

    walking_mps: float = 1.6
    near_mps: float = 2.0
    near_m: float = 0.5
    reaction_s: float = 0.10
    stopping_s: float = 0.30
    intrusion_m: float = 0.20
    person_m: float = 0.10
    robot_m: float = 0.05

    def person_mps(self, separation_m: float) -> float:
        """The speed to reckon with at a distance."""
        return self.near_mps if separation_m < self.near_m else self.walking_mps

    def protective_m(self, robot_mps: float, separation_m: float = float("inf")) -> float:
        """Least distance at which a robot of that speed can still stop [m]."""
        person = self.person_mps(separation_m) * (self.reaction_s + self.stopping_s)
        robot = robot_mps * (self.reaction_s + 0.5 * self.stopping_s)
        return person + robot + self.intrusion_m + self.person_m + self.robot_m

    def allowed_mps(self, separation_m: float) -> float:
        """Highest speed of the robot at a distance; 0 where it has to stand."""
        left = separation_m - self.protective_m(0.0, separation_m)
        return max(0.0, left) / (self.reaction_s + 0.5 * self.stopping_s)


class PacedReference:
    """Plays a controller slower than it was planned, down to a stand, without leaving its path.

    Args:
        step: the controller.
        slope_per_s: how fast the pace may change.

    """

    def __init__(self, step: Callable[[ArmReading], ToolCommand], *, tick_s: float, slope_per_s: float) -> None:
        self._step = step
        self._slope = slope_per_s * tick_s
        self._pair: tuple[ToolCommand, ToolCommand] | None = None
        self._share = 0.0
        self.pace = 1.0

    def __call__(self, reading: ArmReading, wanted: float) -> ToolCommand:
        """The command of this tick at a pace that goes towards `wanted`, in [0, 1]."""
        self.pace += min(max(wanted - self.pace, -self._slope), self._slope)
        if self._pair is None:
            first = self._step(reading)
            self._pair = first, first
        self._share += self.pace
        if self._share >= 1.0:
            self._share -= 1.0
            self._pair = self._pair[1], self._step(reading)
        a, b = self._pair
        return replace(
            b,
            position_w=a.position_w + self._share * (b.position_w - a.position_w),
            orientation=slerp(a.orientation, b.orientation, self._share),
        )


class Monitor:
    """Turns measured separations into a pace, a reaction time late.

    Args:
        constants: of the cell.
        planned_mps: speed at pace 1.
        period_s: between two measurements.

    """

    def __init__(self, constants: Separation, planned_mps: float, *, period_s: float) -> None:
        self._constants, self._planned = constants, planned_mps
        self._seen: deque[float] = deque(maxlen=max(1, round(constants.reaction_s / period_s)))
        self.wanted = 1.0

    def see(self, separation_m: float) -> None:
        """A new measurement; acts on the one of a reaction time ago."""
        self._seen.append(separation_m)
        self.wanted = min(1.0, self._constants.allowed_mps(self._seen[0]) / self._planned)
