"""Commands to the arm come late, or are lost in bursts, while the hand follows a moving conveyor.

The controller knows the belt exactly, but its packets go through a link that is `delayed` by a time or `intermittent`,
losing packets in bursts (see `control.command_link`). A hand that follows at v with commands d late is v d behind;
while packets are lost it stands still and the object moves on under it. Ranges: delays of 20 to 300 ms, losses of 0.01
to 0.5 in bursts of 2 to 20 packets; packets leave at 60 Hz.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ...sim.control.command_link import CommandLink
from ...sim.control.pick_place import ToolCommand
from ...sim.episode.belt_picking import KINDS, BeltScenario
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.scenario import Condition, register
from ...sim.physics.arm import ArmState
from ...sim.physics.client import TICK_S
from ...sim.world.world import CONTROL_TICKS, World

OFF_M = 0.006
"""Lag of the commands along the belt, as the hand follows the object down, from which it counts as left behind."""


@dataclass(frozen=True)
class CommandLatencyParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(KINDS), doc="the object")
    belt_mps: float = parameter(Uniform(0.15, 0.28), bounds=(0.05, 0.35), unit="m/s", doc="speed of the belt")
    fault: str = parameter(Choice(("delayed", "intermittent")), doc="what the link does to packets")
    delay_s: float = parameter(Uniform(0.06, 0.3), bounds=(0.0, 0.3), unit="s", doc="how late packets are; for delayed")
    loss: float = parameter(
        Uniform(0.3, 0.5), bounds=(0.01, 0.5), doc="share of packets lost in the long run; for intermittent"
    )
    burst_packets: float = parameter(
        Uniform(10.0, 20.0), bounds=(2.0, 20.0), doc="mean number of packets lost in a row; for intermittent"
    )
    before_grasp_s: float = parameter(
        Uniform(0.6, 1.2), bounds=(0.1, 1.3), unit="s", doc="how long before the fingers are to close it begins"
    )
    lasts_s: float = parameter(Uniform(1.5, 3.0), bounds=(0.3, 8.0), unit="s", doc="how long it lasts")
    x_offset_m: float = parameter(
        Uniform(-0.03, 0.03), bounds=(-0.05, 0.05), unit="m", doc="place of the object across the belt"
    )
    pick_y_m: float = parameter(Uniform(-0.08, 0.08), bounds=(-0.2, 0.2), unit="m", doc="where it is to be grasped")
    carry_mps: float = parameter(Uniform(0.4, 0.7), bounds=(0.3, 0.9), unit="m/s", doc="peak speed of travel")


@register("robotics/command_latency")
class CommandLatency(BeltScenario):
    """Follow a belt through a link that delays or loses commands."""

    title: ClassVar[str] = "Commands come late or get lost while the hand follows a moving object"
    source: ClassVar[str] = "catalogue entry R16; fault types delayed and intermittent; Gilbert's burst losses"
    tags: ClassVar[tuple[str, ...]] = ("R16", "family/communication", "level/scenario")
    duration_s: ClassVar[float] = 12.0
    drivers: ClassVar[tuple[str, ...]] = ("tracking",)
    Params: ClassVar[type] = CommandLatencyParams
    params: CommandLatencyParams

    def build(self) -> World:
        """The cell with a running conveyor, things on it, and a link to the arm."""
        p = self.params
        world = self.add_conveyor(speed_mps=p.belt_mps)
        self.add_load(
            world, kind=p.kind, x_offset_m=p.x_offset_m, pick_y_m=p.pick_y_m, latency_s=0.0, carry_mps=p.carry_mps
        )
        self._link: CommandLink[ToolCommand] = CommandLink(
            tick_s=TICK_S, packet_ticks=CONTROL_TICKS, rng=self.streams.rng("link")
        )
        self.lag_m = self.worst_lag_m = 0.0
        return world

    def reference(self, reading: ArmState) -> ToolCommand:
        """The controller's command as it comes out of the link."""
        asked = super().reference(reading)
        got = self._link.carry(asked)
        self.lag_m = abs(float((asked.position_w - got.position_w) @ self.belt.direction_w))
        if "onset" in self.phases and self.following:
            self.worst_lag_m = max(self.worst_lag_m, self.lag_m)
        return got

    def script(self) -> Iterator[Condition]:
        """The link fails for a while around the grasp."""
        p, world, link = self.params, self.world, self._link
        yield lambda: world.time_s >= self.grasp_s - p.before_grasp_s
        self.mark("onset")
        if p.fault == "delayed":
            link.delay_s = p.delay_s
            self.cause("late_commands", f"commands come {p.delay_s * 1e3:.0f} ms late", self._arm.id)
        else:
            link.loss, link.burst = p.loss, p.burst_packets
            self.cause("lost_commands", f"{p.loss:.0%} of the commands get lost, in bursts", self._arm.id)
        self.emit("link_fault", self._arm.id, value=p.delay_s if p.fault == "delayed" else p.loss)
        until_s = world.time_s + p.lasts_s
        yield lambda: self.worst_lag_m > OFF_M or world.time_s > until_s
        if self.worst_lag_m > OFF_M:
            self.cause("left_behind", "the object moves on while the hand acts on old commands", self._arm.id)
        yield lambda: self._controller.phase in ("close", "lift") or world.time_s > until_s
        self.mark("last_avoidable")
        yield lambda: world.time_s > until_s
        link.delay_s, link.loss = 0.0, 0.0
        yield lambda: self.finished
        self.escaped()

    def criticality(self) -> dict[str, float]:
        """Also how far along the belt arriving commands are behind, packets under way, and the share lost so far."""
        link = self._link
        return super().criticality() | {
            "command_lag_m": self.lag_m,
            "packets_under_way": float(link.lag_packets),
            "lost_share": link.lost / max(1, link.sent),
        }

    def occurred(self) -> bool:
        """Whether the hand was left behind by more than a tight grasp forgives."""
        return self.worst_lag_m > OFF_M

    def measures(self) -> dict[str, float]:
        """Also how far commands were behind at worst while the hand followed, and the share of packets lost."""
        return super().measures() | {
            "worst_command_lag_m": self.worst_lag_m,
            "lost_share": self._link.lost / max(1, self._link.sent),
        }
