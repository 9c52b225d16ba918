"""Joint encoders of an arm: angles in counts, with the errors of mounting, and velocities by difference.

Measured angle = truth + offset + eccentricity sin(angle + phase) + noise, quantised. The offset is what calibration
leaves; a joint may also have found a wrong index mark when it was homed, which puts it off by a whole pitch. Velocity
is the difference of two measured angles over the interval between them, so it carries the quantisation: one count at
1 kHz is a lot. Faults: a joint that is stuck repeats its last count, one that drifts slips on its shaft.
Left out: gear backlash and flexible joints, which belong to the arm.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..truth import Truth
from .resample import Resampler

F64 = NDArray[np.float64]
FAULTS = ("stuck", "drift")


@dataclass
class EncoderFault:
    """What happens to one joint from some time on.

    Attributes:
        joint: index of the joint.
        kind: "stuck" or "drift".
        start_s: from when on.
        drift_rps: speed of the drift [rad/s].

    """

    joint: int = 0
    kind: str = "stuck"
    start_s: float = 0.0
    drift_rps: float = 0.01

    def __post_init__(self) -> None:
        """Check the kind."""
        if self.kind not in FAULTS:
            near = difflib.get_close_matches(self.kind, FAULTS, n=1, cutoff=0.0)[0]
            raise ValueError(
                f"unknown encoder fault {self.kind!r}, expected one of {', '.join(FAULTS)}; did you mean {near!r}?"
            )
        if self.joint < 0:
            raise ValueError(f"encoder fault joint is {self.joint}, expected 0 or more")


@dataclass
class EncoderConfig:
    """All joints alike.

    Attributes:
        rate_hz: samples per second.
        counts_per_turn: resolution; 0 for no quantisation.
        noise_rad: standard deviation of a sample.
        offset_rad: standard deviation of the offset left by calibration.
        eccentricity_rad: standard deviation of the amplitude of the error once per turn.
        index_error: chance that a joint found a wrong index mark.
        index_pitch_rad: distance between two marks.
        faults: what breaks.
        noise: multiplies all errors but the faults; 0 leaves the quantisation.

    """

    rate_hz: float = 240.0
    counts_per_turn: int = 1 << 17
    noise_rad: float = 2e-5
    offset_rad: float = 5e-4
    eccentricity_rad: float = 1e-4
    index_error: float = 0.0
    index_pitch_rad: float = 2.0 * math.pi / 100.0
    faults: list[EncoderFault] = field(default_factory=list)
    noise: float = 1.0

    def __post_init__(self) -> None:
        """Check ranges."""
        if not self.rate_hz > 0.0:
            raise ValueError(f"encoder rate_hz is {self.rate_hz}, expected a value above 0")
        for name in ("counts_per_turn", "noise_rad", "offset_rad", "eccentricity_rad", "noise"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"encoder {name} is {getattr(self, name)}, expected a value >= 0")
        if not 0.0 <= self.index_error <= 1.0:
            raise ValueError(f"encoder index_error is {self.index_error}, expected a probability in [0, 1]")


@dataclass(frozen=True, eq=False)
class EncoderSamples:
    """n samples of J joints.

    Attributes:
        times_s: (n,).
        position_rad: (n, J); velocity_rps: (n, J).
        true_position_rad: (n, J): the clean twin.
        truth: (n, J) uint8 `Truth` bits: STUCK for a stuck joint, DISPLACED for one that drifts or found a wrong mark.

    """

    times_s: F64
    position_rad: F64
    velocity_rps: F64
    true_position_rad: F64
    truth: NDArray[np.uint8]


class JointEncoders:
    """The encoders of one arm; keep their counts from call to call.

    Args:
        config: the encoders.
        joints: how many.
        stream_key: 64-bit integer that names their random stream.

    """

    def __init__(self, config: EncoderConfig, joints: int, *, stream_key: int) -> None:
        for fault in config.faults:
            if fault.joint >= joints:
                raise ValueError(f"encoder fault joint is {fault.joint}, expected less than {joints}")
        self.config = config
        self.joints = joints
        self._rng = np.random.Generator(np.random.Philox(key=stream_key))
        offset, amplitude = self._rng.standard_normal((2, joints))
        self._phase = self._rng.uniform(0.0, 2.0 * math.pi, joints)
        chance, side = self._rng.uniform(size=(2, joints))
        self._wrong_mark = (chance < config.index_error) & (config.noise > 0.0)
        self._offset = config.noise * config.offset_rad * offset
        self._offset += np.where(self._wrong_mark, np.where(side < 0.5, -1.0, 1.0) * config.index_pitch_rad, 0.0)
        self._amplitude = config.noise * config.eccentricity_rad * amplitude
        self._resampler = Resampler(config.rate_hz)
        self._last: F64 | None = None  # newest measured angles

    def measure(self, times_s: F64, position_rad: F64) -> EncoderSamples:
        """All samples that the new rows make known; how they are cut into calls does not matter.

        Args:
            times_s: (T,) increasing [s].
            position_rad: (T, J) true joint angles.

        """
        if position_rad.shape != (len(times_s), self.joints):
            raise ValueError(
                f"encoders got rows of shape {position_rad.shape}, expected ({len(times_s)}, {self.joints})"
            )
        times, angle = self._resampler.feed(times_s, position_rad)
        draws = self._rng.standard_normal((len(times) - 1, self.joints))
        if self._last is None:
            self._last = self._read(times[:1], angle[:1], np.zeros((1, self.joints)))[0]
        times, angle = times[1:], angle[1:]
        measured = self._read(times, angle, draws)
        truth = np.where(self._wrong_mark, Truth.DISPLACED, 0) * np.ones((len(times), 1), int)
        for fault in self.config.faults:
            broken = times >= fault.start_s
            if fault.kind == "drift":
                truth[broken, fault.joint] |= Truth.DISPLACED
            else:
                truth[broken, fault.joint] |= Truth.STUCK
                self._hold(measured, fault.joint, broken)
        rows = np.concatenate([self._last[None], measured])
        self._last = rows[-1].copy()
        return EncoderSamples(
            times, measured, np.diff(rows, axis=0) * self.config.rate_hz, angle, truth.astype(np.uint8)
        )

    def _read(self, times: F64, angle: F64, draws: F64) -> F64:
        """Counts as angles."""
        config = self.config
        value = angle + self._offset + self._amplitude * np.sin(angle + self._phase)
        value = value + config.noise * config.noise_rad * draws
        for fault in config.faults:
            if fault.kind == "drift":
                value[:, fault.joint] += fault.drift_rps * np.maximum(times - fault.start_s, 0.0)
        if config.counts_per_turn:
            count = 2.0 * math.pi / config.counts_per_turn
            value = np.rint(value / count) * count
        return value

    def _hold(self, measured: F64, joint: int, broken: NDArray[np.bool_]) -> None:
        """Repeat the last count from the first broken sample on."""
        if self._last is not None and broken.any():
            first = int(np.argmax(broken))
            held = measured[first - 1, joint] if first else self._last[joint]
            measured[first:, joint] = held
