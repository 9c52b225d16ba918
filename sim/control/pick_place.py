"""Reference controller that picks something up from above and puts it down elsewhere.

A sequence of named phases, each a straight Cartesian move along a minimum-jerk profile (Flash and Hogan 1985, J.
Neurosci. 5:1688): s(u) = 10u^3 - 15u^4 + 6u^5, whose peak speed is 1.875 times the mean. The gripper closes with a
force and waits until that force is felt; a finger that meets something on the way down ends the descent there. With one
attempt the controller believes what it planned and does not notice a lost object. With more it does: an empty hand
opens, rises, looks where the object is now, and begins again.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...renderers.transforms import from_rpy, multiply, slerp
from .grasping import Grasp

F64 = NDArray[np.float64]
Pose = tuple[F64, F64]

PHASES = ("approach", "descend", "close", "lift", "move", "lower", "open", "retreat", "done")
"""Names of the phases in their order."""
RECOVERY = "recover"
"""The phase between two attempts."""
EMPTY_N = 0.05
"""Finger force below which the hand counts as empty."""


class ArmReading(Protocol):
    """What the controller needs to know of the arm."""

    @property
    def tool_position_w(self) -> F64:
        """(3,) tool point [m]."""

    @property
    def tool_orientation(self) -> F64:
        """(4,) quaternion of the tool."""

    @property
    def finger_forces_n(self) -> F64:
        """(2,) normal force on each finger [N]."""


class ArmLike(Protocol):
    """An arm that follows tool poses; `cornercase.sim.physics.arm.Arm` is one."""

    def state(self) -> ArmReading:
        """The latest reading."""

    def move_to(self, position_w: F64, orientation: F64) -> object:
        """One tick towards a tool pose."""

    def close(self, force_n: float) -> None:
        """Press the fingers together."""

    def open(self, width_m: float) -> None:
        """Part the fingers."""


@dataclass(frozen=True, eq=False)
class ToolCommand:
    """What the arm should do in one control tick.

    Attributes:
        phase: one of `PHASES`, or `RECOVERY`.
        position_w, orientation: tool pose.
        grip_force_n: force to press each finger with; 0 opens to `width_m`.
        width_m: distance of the finger pads when open.

    """

    phase: str
    position_w: F64
    orientation: F64
    grip_force_n: float
    width_m: float


@dataclass
class PickPlaceConfig:
    """How the task is done.

    Attributes:
        grip_force_n: force on each finger, > 0.
        clearance_m: height above the grasp at which to travel.
        speed_mps: peak speed of travel.
        fine_speed_mps: peak speed near the object.
        turn_radps: peak speed of turning.
        open_width_m: finger distance before the grasp and after.
        settle_s: shortest time to close or to open.
        patience_s: longest time to wait for the grip force.
        guard_n: force on a finger at which a descent stops.
        notice_s: how long the hand must feel empty before that is believed.
        look_s: time from rising with an empty hand to a new plan: taking a picture and finding the object in it.

    """

    grip_force_n: float = 20.0
    clearance_m: float = 0.18
    speed_mps: float = 0.45
    fine_speed_mps: float = 0.12
    turn_radps: float = 1.5
    open_width_m: float = 0.08
    settle_s: float = 0.25
    patience_s: float = 1.5
    guard_n: float = 25.0
    notice_s: float = 0.15
    look_s: float = 0.6

    def __post_init__(self) -> None:
        """Reject what cannot work."""
        for name in ("grip_force_n", "clearance_m", "speed_mps", "fine_speed_mps", "turn_radps", "open_width_m"):
            if getattr(self, name) <= 0.0:
                raise ValueError(f"pick and place needs {name} > 0, got {getattr(self, name):g}")


class PickPlace:
    """Moves one object from one place to another; call `step` or `drive` once per control tick.

    Attributes:
        attempt: number of the attempt under way, 1, 2, ...

    Args:
        pick_w, place_w: (3,) tool points of grasp and release [m].
        pick_yaw, place_yaw: direction of the hand's x axis there [rad]; the fingers close along its y axis.
        tick_s: control period [s].
        config: speeds, heights and forces.
        attempts: how often to try; from the second on the pick pose comes from `locate`.
        locate: where the controller believes the object to be, asked before each further attempt; None gives up.

    """

    def __init__(
        self,
        pick_w: ArrayLike,
        place_w: ArrayLike,
        *,
        tick_s: float,
        pick_yaw: float = 0.0,
        place_yaw: float = 0.0,
        config: PickPlaceConfig | None = None,
        attempts: int = 1,
        locate: Callable[[], Grasp | None] | None = None,
    ) -> None:
        self._config = config or PickPlaceConfig()
        self._attempts, self._locate = attempts, locate
        self.attempt = 1
        self._pick = (np.asarray(pick_w, float), pointing_down(pick_yaw))
        self._place = (np.asarray(place_w, float), pointing_down(place_yaw))
        self._tick_s = tick_s
        self._reading: ArmReading | None = None
        self._commands: Iterator[ToolCommand] | None = None
        self._last: ToolCommand | None = None

    @property
    def phase(self) -> str:
        """The phase of the latest command; the first one before that."""
        return PHASES[0] if self._last is None else self._last.phase

    @property
    def done(self) -> bool:
        """Whether the last phase has been reached."""
        return self.phase == PHASES[-1]

    def step(self, reading: ArmReading) -> ToolCommand:
        """The command for this tick, given the arm's latest reading."""
        self._reading = reading
        if self._commands is None:
            self._commands = self._sequence((reading.tool_position_w, reading.tool_orientation))
        self._last = next(self._commands, self._last)
        assert self._last is not None
        return self._last

    def drive(self, arm: ArmLike) -> ToolCommand:
        """Read the arm, give it this tick's command, and return that."""
        before = self._last
        command = self.step(arm.state())
        arm.move_to(command.position_w, command.orientation)
        if before is None or before.grip_force_n != command.grip_force_n:
            if command.grip_force_n > 0.0:
                arm.close(command.grip_force_n)
            else:
                arm.open(command.width_m)
        return command

    def retarget(self, pick_w: ArrayLike, pick_yaw: float, place_w: ArrayLike | None = None) -> None:
        """Pick there instead: begin again with the approach, from the pose last commanded.

        Args:
            pick_w: (3,) tool point of the grasp [m].
            pick_yaw: heading of the hand's x axis there [rad].
            place_w: (3,) tool point of the release; None moves the present one by the change in height.

        """
        self._move_pick(np.asarray(pick_w, float), pick_yaw)
        if place_w is not None:
            self._place = (np.asarray(place_w, float), self._place[1])
        if self._last is not None:
            self._commands = self._sequence((self._last.position_w, self._last.orientation))

    def _move_pick(self, pick_w: F64, pick_yaw: float) -> None:
        """Another place to pick from; what is held higher above the table is also put down from higher."""
        self._place = (self._place[0] + np.array([0.0, 0.0, pick_w[2] - self._pick[0][2]]), self._place[1])
        self._pick = (pick_w, pointing_down(pick_yaw))

    def _sequence(self, start: Pose) -> Iterator[ToolCommand]:
        while True:
            placed = yield from self._try(start)
            last = self._latest()
            if placed:
                break
            rest = (np.array([*last.position_w[:2], self._pick[0][2] + self._config.clearance_m]), last.orientation)
            yield from self._travel(RECOVERY, (last.position_w, last.orientation), rest, 0.0, self._config.speed_mps)
            for _ in range(int(np.ceil(self._config.look_s / self._tick_s))):
                yield self._command(RECOVERY, rest, 0.0)
            found = self._locate() if self._locate is not None and self.attempt < self._attempts else None
            if found is None:
                last = self._latest()
                break
            self.attempt += 1
            self._move_pick(found.position_w, found.yaw)
            start = rest
        yield self._command("done", (last.position_w, last.orientation), 0.0)

    def _latest(self) -> ToolCommand:
        assert self._last is not None
        return self._last

    def _try(self, start: Pose) -> Generator[ToolCommand, None, bool]:
        """One attempt; returns whether the hand believes that it put the object down."""
        config, grip = self._config, self._config.grip_force_n
        raised = np.array([0.0, 0.0, config.clearance_m])
        above_pick, above_place = ((pose[0] + raised, pose[1]) for pose in (self._pick, self._place))
        yield from self._travel("approach", start, above_pick, 0.0, config.speed_mps)
        pick = yield from self._guarded(self._travel("descend", above_pick, self._pick, 0.0, config.fine_speed_mps))
        yield from self._wait("close", pick, grip)
        for leg in (
            self._travel("lift", pick, above_pick, grip, config.fine_speed_mps * 2.0),
            self._travel("move", above_pick, above_place, grip, config.speed_mps),
            self._travel("lower", above_place, self._place, grip, config.fine_speed_mps),
        ):
            if not (yield from self._carrying(leg)):
                return False
        yield from self._wait("open", self._place, 0.0)
        yield from self._travel("retreat", self._place, above_place, 0.0, config.fine_speed_mps * 2.0)
        return True

    def _guarded(self, leg: Iterator[ToolCommand]) -> Generator[ToolCommand, None, Pose]:
        """Follow a leg until a finger meets something; returns where that was."""
        command = None
        for command in leg:
            yield command
            if self._reading is not None and float(np.max(self._reading.finger_forces_n)) > self._config.guard_n:
                break
        assert command is not None
        return command.position_w, command.orientation

    def _carrying(self, leg: Iterator[ToolCommand]) -> Generator[ToolCommand, None, bool]:
        """Follow a leg; with attempts left, only as long as the hand is not empty. Returns whether it got there."""
        empty_ticks = 0
        for command in leg:
            yield command
            felt = self._reading is not None and float(np.max(self._reading.finger_forces_n)) > EMPTY_N
            empty_ticks = 0 if felt else empty_ticks + 1
            if self._attempts > 1 and empty_ticks * self._tick_s > self._config.notice_s:
                return False
        return True

    def _travel(self, phase: str, start: Pose, goal: Pose, grip: float, speed_mps: float) -> Iterator[ToolCommand]:
        angle = 2.0 * np.arccos(min(1.0, abs(float(start[1] @ goal[1]))))
        length = float(np.linalg.norm(goal[0] - start[0]))
        ticks = max(1, int(np.ceil(1.875 * max(length / speed_mps, angle / self._config.turn_radps) / self._tick_s)))
        for tick in range(1, ticks + 1):
            u = tick / ticks
            share = u**3 * (10.0 - 15.0 * u + 6.0 * u * u)
            pose = (start[0] + share * (goal[0] - start[0]), slerp(start[1], goal[1], share))
            yield self._command(phase, pose, grip)

    def _wait(self, phase: str, pose: Pose, grip: float) -> Iterator[ToolCommand]:
        config = self._config
        for tick in range(int(np.ceil(config.patience_s / self._tick_s))):
            yield self._command(phase, pose, grip)
            felt = self._reading is not None and float(np.min(self._reading.finger_forces_n)) >= 0.8 * grip
            if (tick + 1) * self._tick_s >= config.settle_s and felt:
                return

    def _command(self, phase: str, pose: Pose, grip: float) -> ToolCommand:
        return ToolCommand(phase, pose[0], pose[1], grip, self._config.open_width_m)


def pointing_down(yaw: float) -> F64:
    """Orientation of a tool whose z axis points down and whose x axis has heading `yaw`."""
    return multiply(from_rpy(0.0, 0.0, yaw), from_rpy(np.pi, 0.0, 0.0))
