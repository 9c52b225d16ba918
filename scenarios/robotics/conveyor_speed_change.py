"""A conveyor changes its speed or stops while the arm follows it to pick something up.

The belt is real: a surface that moves, on which things ride by friction. The controller knows the belt's speed from an
encoder, some time late, and follows by that alone; a change of speed between the plan and the grasp leaves the hand
off by change times latency, and the fingers miss the object or come down on it. The driver `blind` keeps the speed it
planned with. Ranges: belts of 0.1 to 0.3 m/s are usual for picking by a small arm; latency 0.1 to 0.7 s covers
encoder, fieldbus and planner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.belt_picking import KINDS, BeltScenario
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.scenario import Condition, register
from ...sim.world.world import World

OFF_M = 0.008
"""Tracking error from which a grasp is off."""


@dataclass(frozen=True)
class ConveyorSpeedChangeParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(KINDS), doc="the object")
    belt_mps: float = parameter(Uniform(0.12, 0.25), bounds=(0.05, 0.35), unit="m/s", doc="speed of the belt before")
    change: str = parameter(Choice(("stop", "slow", "fast")), doc="what the belt does")
    step_share: float = parameter(
        Uniform(0.5, 0.9), bounds=(0.05, 0.95), doc="size of the step over the speed before; no meaning for a stop"
    )
    before_grasp_s: float = parameter(
        Uniform(0.3, 1.0), bounds=(0.0, 1.3), unit="s", doc="how long before the fingers are to close"
    )
    latency_s: float = parameter(
        Uniform(0.25, 0.7), bounds=(0.0, 1.0), unit="s", doc="age of the belt speed that the controller uses"
    )
    x_offset_m: float = parameter(
        Uniform(-0.03, 0.03), bounds=(-0.05, 0.05), unit="m", doc="place of the object across the belt"
    )
    pick_y_m: float = parameter(Uniform(-0.08, 0.08), bounds=(-0.2, 0.2), unit="m", doc="where it is to be grasped")
    carry_mps: float = parameter(Uniform(0.4, 0.7), bounds=(0.3, 0.9), unit="m/s", doc="peak speed of travel")


@register("robotics/conveyor_speed_change")
class ConveyorSpeedChange(BeltScenario):
    """Pick from a belt that does not keep its speed."""

    title: ClassVar[str] = "The conveyor stops or changes speed while the arm follows it"
    source: ClassVar[str] = "catalogue entry R13; Coulomb's law on a moving surface"
    tags: ClassVar[tuple[str, ...]] = ("R13", "family/conveyor", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    drivers: ClassVar[tuple[str, ...]] = ("tracking", "blind")
    Params: ClassVar[type] = ConveyorSpeedChangeParams
    params: ConveyorSpeedChangeParams

    def build(self) -> World:
        """The cell with a running conveyor, and things on it."""
        p = self.params
        world = self.add_conveyor(speed_mps=p.belt_mps)
        latency = p.latency_s if self.driver_name == "tracking" else float("inf")
        self.add_load(
            world, kind=p.kind, x_offset_m=p.x_offset_m, pick_y_m=p.pick_y_m, latency_s=latency, carry_mps=p.carry_mps
        )
        return world

    def script(self) -> Iterator[Condition]:
        """The belt changes speed shortly before the grasp."""
        p, world = self.params, self.world
        yield lambda: world.time_s >= self.grasp_s - p.before_grasp_s
        ratio = {"stop": 0.0, "slow": 1.0 - p.step_share, "fast": 1.0 + p.step_share}[p.change]
        self.mark("onset")
        self.belt.target_mps = ratio * p.belt_mps
        text = f"the belt goes from {p.belt_mps:.2f} to {ratio * p.belt_mps:.2f} m/s"
        belt = world.actor("belt").id
        self.cause("speed_change", text, belt)
        self.emit("speed_change", belt, value=(ratio - 1.0) * p.belt_mps)
        yield lambda: self.worst_error_m > OFF_M
        self.cause("stale_belief", f"the controller learns of it {p.latency_s:.2f} s late", self._arm.id)
        yield lambda: self._controller.phase in ("close", "lift")
        self.mark("last_avoidable")
        yield lambda: self.finished
        self.escaped()

    def occurred(self) -> bool:
        """Whether the hand was off along the belt when it came down, by more than the fingers forgive."""
        return "onset" in self.phases and self.worst_error_m > OFF_M
