"""What the ego might have done: manoeuvres as values, each a function from what the ego feels to an action.

A control acts through `Scenario.act` alone, ten times a second, so it can do what an agent can do and no more; the
physics decides what comes of it. On the road the hardest brake is that of an agent and of the driver `aeb`
(`control/action`), so that `aeb` does not stop where the search found no way to. Brakes build up as type approval
assumes them to (UN R152, R157): 0.1 s of nothing, then a ramp of 30 m/s^3, which reaches 9.81 m/s^2 in 0.33 s. Steering
has the rate limit of the vehicle and no other delay. Which controls there are depends on what a scenario lets an agent
set: see `FAMILIES`.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..control.action import FULL_BRAKE_MPS2, FULL_LATERAL_MPS2, sharpest_1pm
from ..errors import ConfigError, DatasetError, nearest

F64 = NDArray[np.float64]
STEP_S = 0.1
_POLE_RADPS, _STRAIGHTEN_S, _STRAIGHT_AGAIN = 1.6, 0.3, 2.5
_SPEED, _LATERAL, _HEADING, _BEND = 0, 2, 3, 4  # places in the observation "ego"
_SINKING = 9  # place of the vertical speed in the observation "object"
_REST_MPS, _LOWERING_S = 0.02, 0.3


@dataclass(frozen=True, eq=False)
class Seen:
    """What a control knows.

    Attributes:
        since_s: time since it took over.
        observation: `Scenario.observe` of this moment.
        asked: what the reference driver asked for in the step before, an action in [-1, 1].

    """

    since_s: float
    observation: Mapping[str, F64]
    asked: F64


class Control(ABC):
    """A manoeuvre, from the moment it begins to the end of the episode. Concrete ones are frozen dataclasses.

    Attributes:
        kind: name in files.

    """

    kind: ClassVar[str]

    @property
    def label(self) -> str:
        """Short name for tables."""
        return self.kind

    @abstractmethod
    def action(self, seen: Seen) -> F64:
        """The action of the coming control step, in [-1, 1]."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a file."""
        return {"control": self.kind, **{f.name: getattr(self, f.name) for f in dataclasses.fields(self)}}  # type: ignore[arg-type]


def from_dict(values: Mapping[str, Any]) -> Control:
    """The control that `Control.to_dict` took apart.

    Raises:
        DatasetError: it is of no known kind, or its fields are others.

    """
    fields = {name: value for name, value in values.items() if name != "control"}
    kind = str(values.get("control"))
    if kind not in CONTROLS:
        raise DatasetError(f"unknown control '{kind}': {nearest(kind, CONTROLS)}")
    try:
        made: Control = CONTROLS[kind](**fields)
    except TypeError as error:
        raise DatasetError(f"control '{kind}' has other fields than {', '.join(fields)} ({error})") from error
    return made


def _check_above_zero(control: Control, *names: str) -> None:
    for name in names:
        if not (value := getattr(control, name)) > 0.0:
            raise ConfigError(f"{name} of a {control.kind} control is {value}, expected more than 0")


# ---- on the road ----------------------------------------------------------------------------------------------------


def _build_up(wanted_mps2: float, since_s: float, delay_s: float, jerk_mps3: float) -> float:
    """Deceleration in the middle of the coming step [m/s^2]."""
    return min(wanted_mps2, max(0.0, jerk_mps3 * (since_s + STEP_S / 2 - delay_s)))


def _keep(lateral_m: float, heading_rad: float, speed_mps: float) -> float:
    """Curvature beyond that of the road that leads back to a line, with both poles at 1.6 rad/s [1/m]."""
    return -(_POLE_RADPS**2) * lateral_m / speed_mps**2 - 2 * _POLE_RADPS * heading_rad / speed_mps


def _drive(deceleration_mps2: float, curvature_1pm: float, speed_mps: float) -> F64:
    """An action from what is wanted."""
    return np.clip([-deceleration_mps2 / FULL_BRAKE_MPS2, curvature_1pm / sharpest_1pm(speed_mps)], -1.0, 1.0)


@dataclass(frozen=True)
class Brake(Control):
    """Brake in lane to a standstill.

    Attributes:
        deceleration_mps2: asked for; the tyres give what the road allows.
        delay_s, jerk_mps3: build-up of the brake force.

    """

    kind: ClassVar[str] = "brake"
    deceleration_mps2: float = FULL_BRAKE_MPS2
    delay_s: float = 0.1
    jerk_mps3: float = 30.0

    def __post_init__(self) -> None:
        _check_above_zero(self, "deceleration_mps2", "jerk_mps3")

    @property
    def label(self) -> str:
        """With its level."""
        return f"brake {self.deceleration_mps2:g}"

    def action(self, seen: Seen) -> F64:
        """Braking and lane keeping."""
        ego = seen.observation["ego"]
        v = max(float(ego[_SPEED]), 1.0)
        braking = _build_up(self.deceleration_mps2, seen.since_s, self.delay_s, self.jerk_mps3)
        return _drive(braking, float(ego[_BEND]) + _keep(float(ego[_LATERAL]), float(ego[_HEADING]), v), v)


@dataclass(frozen=True)
class Steer(Control):
    """Swerve to one side, straighten out beside the lane, and drive on there, or brake all the while to a standstill.

    Half of the shift is spent steering away at the wanted lateral acceleration; then the heading is brought back to
    that of the road, which takes about the other half (less when braking: a slower car moves less to the side).

    Attributes:
        side: "left" or "right".
        brake_mps2: deceleration asked for; 0 keeps the speed.
        shift_m: how far.
        lateral_mps2: lateral acceleration asked for; the tyres give what the road allows.
        delay_s, jerk_mps3: build-up of the brake force.

    """

    kind: ClassVar[str] = "steer"
    side: str = "left"
    brake_mps2: float = 0.0
    shift_m: float = 2.5
    lateral_mps2: float = FULL_LATERAL_MPS2
    delay_s: float = 0.1
    jerk_mps3: float = 30.0

    def __post_init__(self) -> None:
        _check_above_zero(self, "shift_m", "lateral_mps2", "jerk_mps3")
        if self.side not in ("left", "right"):
            raise ConfigError(f"side of a steer control is '{self.side}': {nearest(self.side, ('left', 'right'))}")

    @property
    def label(self) -> str:
        """With its side, and whether it brakes."""
        return f"{'brake + ' if self.brake_mps2 else ''}steer {self.side}"

    def action(self, seen: Seen) -> F64:
        """Away, back to the heading of the road, and on."""
        ego, away_s = seen.observation["ego"], sqrt(self.shift_m / self.lateral_mps2)
        v = max(float(ego[_SPEED]), 1.0)
        limit = self.lateral_mps2 / v**2
        sign = 1.0 if self.side == "left" else -1.0
        if seen.since_s < away_s - STEP_S / 2:
            turn = sign * limit
        elif seen.since_s < _STRAIGHT_AGAIN * away_s:
            turn = -float(ego[_HEADING]) / (v * _STRAIGHTEN_S)
        else:
            turn = _keep(float(ego[_LATERAL]) - sign * self.shift_m, float(ego[_HEADING]), v)
        braking = _build_up(self.brake_mps2, seen.since_s, self.delay_s, self.jerk_mps3)
        return _drive(braking, float(ego[_BEND]) + float(np.clip(turn, -limit, limit)), v)


# ---- an arm ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hold(Control):
    """Stop the tool and keep the grip."""

    kind: ClassVar[str] = "hold"

    def action(self, seen: Seen) -> F64:
        """No motion."""
        return np.array([0.0, 0.0, 0.0, float(seen.asked[3])])


@dataclass(frozen=True)
class Retract(Control):
    """Up and back towards the base, as fast as the arm may, with the grip kept."""

    kind: ClassVar[str] = "retract"

    def action(self, seen: Seen) -> F64:
        """Up and back."""
        return np.array([-1.0, 0.0, 1.0, float(seen.asked[3])])


@dataclass(frozen=True)
class SetDown(Control):
    """Straight down as fast as the arm may, until the object sinks no further, then let go."""

    kind: ClassVar[str] = "set_down"

    def action(self, seen: Seen) -> F64:
        """Down, or open."""
        sinking = abs(float(seen.observation["object"][_SINKING])) > _REST_MPS
        if seen.since_s < _LOWERING_S or sinking:
            return np.array([0.0, 0.0, -1.0, float(seen.asked[3])])
        return np.array([0.0, 0.0, 0.0, -1.0])


# ---- a mobile robot -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Halt(Control):
    """Stop on the spot."""

    kind: ClassVar[str] = "halt"

    def action(self, seen: Seen) -> F64:
        """Neither drive nor turn."""
        return np.zeros(2)


@dataclass(frozen=True)
class TurnAway(Control):
    """Turn a quarter while slowing down, then stop.

    Attributes:
        side: "left" or "right".
        turning_s: how long it turns.

    """

    kind: ClassVar[str] = "turn_away"
    side: str = "left"
    turning_s: float = 1.0

    @property
    def label(self) -> str:
        """With its side."""
        return f"turn {self.side}"

    def action(self, seen: Seen) -> F64:
        """Turn, then stand."""
        if seen.since_s >= self.turning_s:
            return np.zeros(2)
        return np.array([max(0.0, float(seen.asked[0])) / 2, 1.0 if self.side == "left" else -1.0])


# ---- all of them ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Family:
    """The controls of one kind of ego.

    Attributes:
        controls: in order of preference where two are equally good.
        settles: whether an ego that stands has done all it will do.

    """

    controls: tuple[Control, ...]
    settles: bool


CONTROLS: dict[str, type[Any]] = {c.kind: c for c in (Brake, Steer, Hold, Retract, SetDown, Halt, TurnAway)}
"""Controls by the name they have in files."""

FAMILIES: dict[tuple[str, ...], Family] = {
    ("acceleration", "curvature"): Family(
        (
            Brake(), Brake(6.0), Brake(4.0), Steer("left"), Steer("right"), Steer("left", 6.0), Steer("right", 6.0)
        ),
        settles=True,
    ),
    ("tool_x", "tool_y", "tool_z", "grip"): Family((Hold(), Retract(), SetDown()), settles=False),
    ("speed", "turn"): Family((Halt(), TurnAway("left"), TurnAway("right")), settles=True),
}  # fmt: skip
"""Controls by what an agent of the scenario sets, see `Scenario.action_names`."""


def family(action_names: tuple[str, ...]) -> Family:
    """The controls for an agent that sets these.

    Raises:
        ConfigError: none are known.

    """
    if action_names not in FAMILIES:
        known = "; ".join(", ".join(names) for names in FAMILIES)
        raise ConfigError(f"no controls are known for the actions {', '.join(action_names)}, only for: {known}")
    return FAMILIES[action_names]
