"""A joint's encoder is off or drifts: the arm believes that it is on its path, and is not.

The joint is driven until its encoder reads what was commanded, so it stands wrong by the encoder's error, and nothing
in the arm's own readings tells: no monitor of following errors can see it. The tool is off by lever times angle; the
fingers miss the object, come down on it, or put it down beside its place. Ranges: offset 0.5 to 3 degrees, drift 0.1
to 1 % of the range per second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import radians
from typing import ClassVar

from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.joint_watch import JointFaultScenario
from ...sim.episode.manipulation.table import add_bystanders
from ...sim.episode.scenario import Condition, register
from ...sim.physics.joint_faults import JointFault
from ...sim.world.assets.objects import build_object
from ...sim.world.world import World

_JOINTS = ("base", "shoulder", "upper_arm", "elbow", "forearm", "wrist")
OFF_M = 0.006
"""Error of the tool from which a grasp is off."""


@dataclass(frozen=True)
class EncoderDriftParams:
    """What is drawn for each episode."""

    joint: str = parameter(
        Choice(("base", "shoulder", "upper_arm", "elbow")), doc="the joint whose encoder fails, from the base on"
    )
    mode: str = parameter(Choice(("bias", "drift")), doc="whether the reading jumps by an offset or drifts")
    offset_deg: float = parameter(
        Uniform(1.5, 3.0), bounds=(0.0, 5.0), unit="deg", doc="how much too high it reads; for bias"
    )
    drift_per_s: float = parameter(
        Uniform(0.004, 0.01), bounds=(0.0, 0.02), unit="1/s", doc="drift over the joint's range; for drift"
    )
    sign: str = parameter(Choice(("high", "low")), doc="whether it reads too high or too low")
    start_s: float = parameter(Uniform(0.1, 0.8), bounds=(0.02, 5.0), unit="s", doc="when it begins")
    kind: str = parameter(Choice(("cracker_box", "sugar_box", "soup_can", "bottle")), doc="the object")
    x_m: float = parameter(Uniform(0.44, 0.58), bounds=(0.38, 0.64), unit="m", doc="place of the object on the table")
    y_m: float = parameter(Uniform(-0.18, 0.18), bounds=(-0.22, 0.22), unit="m", doc="place of the object on the table")
    yaw_rad: float = parameter(Uniform(-0.6, 0.6), bounds=(-1.5, 1.5), unit="rad", doc="turn of the object")
    carry_mps: float = parameter(Uniform(0.4, 0.8), bounds=(0.2, 1.2), unit="m/s", doc="peak speed of the arm's tool")


@register("robotics/encoder_drift")
class EncoderDrift(JointFaultScenario):
    """One joint's encoder tells a wrong angle."""

    title: ClassVar[str] = "An encoder drifts, and the arm believes it is on its path"
    source: ClassVar[str] = "catalogue entry R15; encoder offsets and drifts of fault injection"
    tags: ClassVar[tuple[str, ...]] = ("R15", "family/arm_fault", "level/scenario")
    duration_s: ClassVar[float] = 13.0
    drivers: ClassVar[tuple[str, ...]] = ("pick_place",)
    Params: ClassVar[type] = EncoderDriftParams
    params: EncoderDriftParams

    def build(self) -> World:
        """The cell, the arm, an object to carry, and things lying around."""
        p = self.params
        world = self.new_cell()
        asset = build_object(p.kind, rng=self.streams.rng("assets/object"))
        self.carry(world, asset, xy=(p.x_m, p.y_m), yaw=p.yaw_rad, speed_mps=p.carry_mps)
        self.watch_joints()
        self._fault: JointFault | None = None
        add_bystanders(self, world, clear_of=[(p.x_m, p.y_m)])
        return world

    def script(self) -> Iterator[Condition]:
        """The encoder fails; the arm goes on as if nothing were."""
        p, world, arm = self.params, self.world, self._arm.arm
        yield lambda: world.time_s >= p.start_s
        joint = _JOINTS.index(p.joint)
        low, high = arm.limits
        error = {"bias": radians(p.offset_deg), "drift": p.drift_per_s * float((high - low)[joint])}[p.mode]
        error = error if p.sign == "high" else -error
        # driven until the reading fits, the joint stands off by the opposite of the encoder's error
        self._fault = JointFault(joint, p.mode, -error, lambda: world.time_s)
        arm.servos.append(self._fault)
        self.mark("onset")
        how = "reads wrong" if p.mode == "bias" else "drifts"
        self.cause("encoder_fault", f"the encoder of the {p.joint} joint {how}", self._arm.id)
        self.emit("encoder_fault", self._arm.id, value=error, detail=f'{{"joint": {joint}, "mode": "{p.mode}"}}')
        yield lambda: self.astray_m > OFF_M
        self.cause("unseen_error", "the readings fit the commands, so nothing stops the arm", self._arm.id)
        yield lambda: self._controller.phase == "close"
        self.mark("last_avoidable")
        yield lambda: self.finished
        self.escaped()

    def after_tick(self) -> None:
        """Also let the encoder read what it reads: the command, where the joint is off."""
        super().after_tick()
        if self._fault is not None:
            self._arm.arm.encoder_error_rad[self._fault.joint] = -self._fault.offset_rad

    def occurred(self) -> bool:
        """Whether the tool was off by more than a grasp forgives."""
        return self.worst_astray_m > OFF_M
