"""What an arm feels of itself: forces at its wrist, angles of its joints."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....renderers.faults import FaultTarget
from ....renderers.motion.joint_encoders import EncoderConfig, EncoderFault, JointEncoders
from ....renderers.motion.wrench import Wrench, WrenchConfig
from ....renderers.transforms import conjugate, rotate
from ....renderers.truth import Truth
from ...errors import ConfigError
from ...physics.arm import JOINTS, WRIST
from ...world.arm_actor import ArmActor
from .config import fill
from .feelers import AbstractFeeler, misplaced, samples_of
from .sensor import Fitting, Values

F64 = NDArray[np.float64]


class WrenchSensor(AbstractFeeler):
    """Force and torque between wrist and hand, about the origin of the mount, which sits on the hand."""

    kind = "wrench"
    measured = ("force", "torque")

    def __init__(self, fitting: Fitting, values: Values) -> None:
        if not isinstance(fitting.carrier, ArmActor):
            raise misplaced(fitting, "an arm")
        self._arm = fitting.carrier.arm
        mount = fitting.config.mount
        if mount.part not in ("", WRIST):
            raise ConfigError(f"{fitting.where}.mount.part is {mount.part!r}, expected {WRIST!r}: it sits at the wrist")
        mount.part = WRIST
        config = fill(WrenchConfig, values | {"rate_hz": fitting.config.rate_hz}, fitting.where)
        self._wrench = Wrench(config, stream_key=fitting.key)
        force, torque = config.limit
        super().__init__(fitting, FaultTarget("wrench", full_scale={"force": force, "torque": torque}))

    def _feel(self) -> F64:
        place, turn = self._faulty.mount(self._mount, self._world.time_s)
        wrench = self._arm.wrist_wrench()
        force, torque = wrench[:3], wrench[3:]
        back = conjugate(turn)
        return np.concatenate([rotate(back, force), rotate(back, torque - np.cross(place, force))])

    def _measure(self, times_s: F64, rows: F64) -> list[dict[str, NDArray[Any]]]:
        new = self._wrench.measure(times_s, rows)
        return samples_of(
            {"force": new.force_n, "torque": new.torque_nm, "true_wrench": new.true_wrench, "truth": new.truth}
        )


class EncoderSensor(AbstractFeeler):
    """Angles of all joints; `joint_faults` lists what breaks at single joints."""

    kind = "encoders"
    measured = ("joint_position", "joint_velocity")

    def __init__(self, fitting: Fitting, values: Values) -> None:
        if not isinstance(fitting.carrier, ArmActor):
            raise misplaced(fitting, "an arm")
        self._arm = fitting.carrier.arm
        broken = values.pop("joint_faults", [])
        if not isinstance(broken, list):
            raise ConfigError(f"{fitting.where}.joint_faults is {broken!r}, expected a list")
        faults = [fill(EncoderFault, dict(v), f"{fitting.where}.joint_faults") for v in broken]
        for fault in faults:
            if fault.joint >= JOINTS:
                raise ConfigError(f"{fitting.where}.joint_faults: joint is {fault.joint}, expected 0 to {JOINTS - 1}")
        config = fill(EncoderConfig, values | {"rate_hz": fitting.config.rate_hz}, fitting.where, without=("faults",))
        config.faults = faults
        self._encoders = JointEncoders(config, JOINTS, stream_key=fitting.key)
        self._error = np.zeros(JOINTS)
        super().__init__(fitting)

    def _feel(self) -> F64:
        return np.concatenate([self._arm.joint_angles(), self._arm.encoder_error_rad])

    def _measure(self, times_s: F64, rows: F64) -> list[dict[str, NDArray[Any]]]:
        new = self._encoders.measure(times_s, rows[:, :JOINTS])
        # what the arm's own encoders get wrong comes on top of what this model of them does
        error = np.stack([np.interp(new.times_s, times_s, column) for column in rows[:, JOINTS:].T], axis=1)
        known = np.concatenate([self._error[None], error])
        self._error = known[-1]
        return samples_of(
            {
                "joint_position": new.position_rad + error,
                "joint_velocity": new.velocity_rps + np.diff(known, axis=0) * self.config.rate_hz,
                "true_joint_position": new.true_position_rad,
                "truth": new.truth | np.where(error != 0.0, int(Truth.DISPLACED), 0).astype(np.uint8),
            }
        )
