"""The thing to carry is heavier or lighter than the arm was told.

Grip force and gravity feed-forward are both chosen for the declared mass. Fingers that press for it hold while
2 mu F >= m (g + a), so an object too heavy slips or drops; joint servos of finite stiffness give way by the torque
that nobody feeds forward, J^T (m - m_declared) g over the stiffness, so the hand sags under a heavy object and jumps up
with a light one or when it drops. Ranges: 0.5 to 3 times the declared mass; stiffness of a soft impedance mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...sim.episode.cell_scenario import CellScenario
from ...sim.episode.distributions import Choice, Uniform, parameter
from ...sim.episode.manipulation.table import add_bystanders
from ...sim.episode.scenario import Condition, register
from ...sim.physics.client import TICK_S
from ...sim.physics.joint_faults import Sag
from ...sim.world.assets.objects import build_object
from ...sim.world.world import World

RESIDUAL_NM = 0.4
"""Torque beyond the feed-forward from which the declaration counts as felt to be wrong."""
SAG_M = 0.003
_LIFTED_M = 0.002


@dataclass(frozen=True)
class MisdeclaredPayloadParams:
    """What is drawn for each episode."""

    kind: str = parameter(Choice(("cracker_box", "sugar_box", "soup_can", "bottle")), doc="the object")
    mass_ratio: float = parameter(Uniform(1.5, 3.0), bounds=(0.5, 3.0), doc="true mass over the declared one")
    grip_margin: float = parameter(
        Uniform(1.8, 3.2), bounds=(1.1, 4.0), doc="grip force over the least that holds the declared mass at rest"
    )
    stiffness_nmprad: float = parameter(
        Uniform(100.0, 300.0), bounds=(50.0, 3000.0), unit="N m/rad", doc="of each joint's position loop"
    )
    x_m: float = parameter(Uniform(0.44, 0.58), bounds=(0.38, 0.64), unit="m", doc="place of the object on the table")
    y_m: float = parameter(Uniform(-0.18, 0.18), bounds=(-0.22, 0.22), unit="m", doc="place of the object on the table")
    yaw_rad: float = parameter(Uniform(-0.6, 0.6), bounds=(-1.5, 1.5), unit="rad", doc="turn of the object")
    carry_mps: float = parameter(Uniform(0.4, 0.8), bounds=(0.2, 1.2), unit="m/s", doc="peak speed of the arm's tool")


@register("robotics/misdeclared_payload")
class MisdeclaredPayload(CellScenario):
    """Pick up something whose mass is not what was declared."""

    title: ClassVar[str] = "The payload weighs other than declared: the hand sags, the object slips"
    source: ClassVar[str] = "catalogue entry R14; Coulomb's law; joint stiffness of impedance control"
    tags: ClassVar[tuple[str, ...]] = ("R14", "family/payload", "level/scenario")
    duration_s: ClassVar[float] = 13.0
    troubles: ClassVar[Mapping[str, str]] = {
        "collision": "collision",
        "drop": "collision",
        "slip": "near_miss",
        "rotation": "near_miss",
        "missed_grasp": "near_miss",
    }
    Params: ClassVar[type] = MisdeclaredPayloadParams
    params: MisdeclaredPayloadParams

    def build(self) -> World:
        """The cell, the arm, an object that is not what it seems, and things lying around."""
        p = self.params
        world = self.new_cell()
        asset = build_object(p.kind, rng=self.streams.rng("assets/object"))
        self._declared_kg = asset.mass_kg
        asset = replace(asset, mass_kg=p.mass_ratio * asset.mass_kg)
        self.carry(
            world, asset, xy=(p.x_m, p.y_m), yaw=p.yaw_rad, speed_mps=p.carry_mps, declared_kg=self._declared_kg,
            margin=p.grip_margin,
        )  # fmt: skip
        add_bystanders(self, world, clear_of=[(p.x_m, p.y_m)])
        self._residual = np.zeros(7)
        self.worst_residual_nm = self.worst_sag_m = 0.0
        self._sag = Sag(p.stiffness_nmprad, lambda: self._residual, tick_s=TICK_S)
        self._arm.arm.servos.append(self._sag)
        return world

    def _unfed_kg(self) -> float:
        """Mass that hangs on the hand beyond what the feed-forward reckons with."""
        reckons = self._controller.phase in ("lift", "move", "lower")
        hangs = self.held and self.height_m > _LIFTED_M
        if not (reckons and self._action is None) and not hangs:
            return 0.0
        carried = self._object.asset.mass_kg if hangs else 0.0
        # feed-forward is switched with the lift, not before the object leaves the table
        fed = self._declared_kg if hangs or self._lifted else 0.0
        return carried - fed

    @property
    def _lifted(self) -> bool:
        return self.happened("drop")

    def after_tick(self) -> None:
        """Also work out the torque that nobody feeds forward."""
        super().after_tick()
        if self.world.tick < 0:
            return
        unfed = self._unfed_kg()
        residual: NDArray[np.float64] = self._arm.arm.payload_torques(unfed) if unfed else np.zeros(7)
        self._residual = residual
        self.worst_residual_nm = max(self.worst_residual_nm, self.residual_nm)
        self.worst_sag_m = max(self.worst_sag_m, abs(self.sag_m))

    @property
    def residual_nm(self) -> float:
        """Largest torque on a joint that nobody feeds forward."""
        return float(np.max(np.abs(self._residual)))

    @property
    def sag_m(self) -> float:
        """How far the tool hangs below where it was commanded."""
        arm = self._arm.arm
        return float(arm.tool_at(arm.command)[2] - arm.tool_at(arm.command + self._sag.offset_rad)[2])

    def script(self) -> Iterator[Condition]:
        """The object is lifted; everything else follows from its mass."""
        p = self.params
        yield lambda: self.residual_nm > RESIDUAL_NM
        self.mark("onset")
        true_kg = self._object.asset.mass_kg
        text = f"the object weighs {true_kg:.2f} kg, declared were {self._declared_kg:.2f} kg"
        self.cause("wrong_mass", text, self._object.id)
        self.emit("torque_residual", self._arm.id, self._object.id, self.residual_nm)
        if p.mass_ratio > p.grip_margin:
            self.cause("grip_too_weak", "the grip force was chosen for the declared mass", self._arm.id)
        yield lambda: abs(self.sag_m) > SAG_M
        self.cause("sag", "the joints give way by the torque that is not fed forward", self._arm.id)
        yield lambda: self.finished
        self.escaped()

    def measures(self) -> dict[str, float]:
        """Also the largest torque beyond the feed-forward, and the largest sag or jump."""
        return super().measures() | {"worst_residual_nm": self.worst_residual_nm, "worst_sag_m": self.worst_sag_m}

    def criticality(self) -> dict[str, float]:
        """Also the torque beyond the feed-forward, and how far the hand sags."""
        return super().criticality() | {"torque_residual_nm": self.residual_nm, "sag_m": self.sag_m}

    def occurred(self) -> bool:
        """Whether the wrong mass was felt: as a torque with a sag, or as a slip or a drop."""
        sagged = self.worst_residual_nm > RESIDUAL_NM and self.worst_sag_m > SAG_M
        return sagged or self.happened("slip") or self.happened("drop")
