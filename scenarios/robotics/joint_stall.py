"""A joint of the arm stalls, loses effectiveness or is biased in the middle of a motion; the other joints go on.

Modes and their names are those of actuator fault injection (see `physics.joint_faults`): `stuck` locks the joint where
it is, `gain` follows only a share of the command, `bias` is off by a share of the joint's range. The tool leaves its
path by lever times angle, and the arm may strike the table, a bin or things on it. The driver `pick_place` does not
notice; `monitored` stops the arm as soon as a joint is 2 degrees off its command for 50 ms. Ranges: gain 0.2 to 1,
bias 1 to 5 % of the range.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.joint_watch import ASTRAY_M, JointFaultScenario
from ...sim.episode.manipulation.table import add_bystanders
from ...sim.episode.scenario import Condition, register
from ...sim.physics.joint_faults import JointFault
from ...sim.world.assets.objects import build_object
from ...sim.world.world import World

_JOINTS = ("base", "shoulder", "upper_arm", "elbow", "forearm", "wrist")
_LATEST_S = 6.0


@dataclass(frozen=True)
class JointStallParams:
    """What is drawn for each episode."""

    joint: str = parameter(Choice(("base", "shoulder", "elbow", "wrist")), doc="the joint that fails, from the base on")
    mode: str = parameter(Choice(("stuck", "gain", "bias")), doc="how it fails")
    gain: float = parameter(Uniform(0.2, 0.6), bounds=(0.0, 1.0), doc="share of the command that is followed; for gain")
    bias_share: float = parameter(
        Uniform(0.02, 0.05), bounds=(-0.1, 0.1), doc="offset over the range of the joint; for bias"
    )
    during: str = parameter(Choice(("approach", "move")), doc="the phase of the work in which it fails")
    after_s: float = parameter(Uniform(0.1, 0.7), bounds=(0.0, 2.0), unit="s", doc="how long into that phase")
    kind: str = parameter(Choice(("cracker_box", "sugar_box", "soup_can", "bottle")), doc="the object")
    x_m: float = parameter(Uniform(0.44, 0.58), bounds=(0.38, 0.64), unit="m", doc="place of the object on the table")
    y_m: float = parameter(Uniform(-0.18, 0.18), bounds=(-0.22, 0.22), unit="m", doc="place of the object on the table")
    yaw_rad: float = parameter(Uniform(-0.6, 0.6), bounds=(-1.5, 1.5), unit="rad", doc="turn of the object")
    carry_mps: float = parameter(Uniform(0.4, 0.8), bounds=(0.2, 1.2), unit="m/s", doc="peak speed of the arm's tool")


@register("robotics/joint_stall")
class JointStall(JointFaultScenario):
    """One joint fails in the middle of a motion."""

    title: ClassVar[str] = "A joint stalls, and the arm leaves its path"
    source: ClassVar[str] = "catalogue entry R15; actuator fault modes stuck, gain, bias"
    tags: ClassVar[tuple[str, ...]] = ("R15", "family/arm_fault", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    Params: ClassVar[type] = JointStallParams
    params: JointStallParams

    def build(self) -> World:
        """The cell, the arm, an object to carry, and things lying around."""
        p = self.params
        world = self.new_cell()
        asset = build_object(p.kind, rng=self.streams.rng("assets/object"))
        self.carry(world, asset, xy=(p.x_m, p.y_m), yaw=p.yaw_rad, speed_mps=p.carry_mps)
        self.watch_joints()
        add_bystanders(self, world, clear_of=[(p.x_m, p.y_m)])
        return world

    def script(self) -> Iterator[Condition]:
        """The joint fails; the rest is left to the physics."""
        p, world, arm = self.params, self.world, self._arm.arm
        yield lambda: self._controller.phase == p.during or world.time_s > _LATEST_S
        start_s = world.time_s + p.after_s
        yield lambda: world.time_s >= start_s and world.tick > 0
        joint = _JOINTS.index(p.joint)
        low, high = arm.limits
        amount = {"stuck": 0.0, "gain": p.gain, "bias": p.bias_share * float((high - low)[joint])}[p.mode]
        arm.servos.append(JointFault(joint, p.mode, amount, lambda: world.time_s))
        self.mark("onset")
        said = {
            "stuck": "sticks",
            "gain": f"follows {p.gain:.0%} of its command",
            "bias": f"is off by {amount:.2f} rad",
        }
        self.cause("joint_fault", f"the {p.joint} joint {said[p.mode]}", self._arm.id)
        self.emit("joint_fault", self._arm.id, value=amount, detail=f'{{"joint": {joint}, "mode": "{p.mode}"}}')
        yield lambda: self.astray_m > ASTRAY_M
        self.mark("last_avoidable")
        yield lambda: self.finished
        self.escaped()

    def occurred(self) -> bool:
        """Whether the tool really left its path."""
        return self.worst_astray_m > ASTRAY_M
