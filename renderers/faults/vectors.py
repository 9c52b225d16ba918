"""Faults of sensors that deliver numbers: inertial units, satellite navigation, odometry, encoders, wrench, radar.

They act on all measured floating-point arrays, or on the one that `channel` names, row by row. Relative magnitudes
refer to the full scale of the quantity (`FaultTarget.full_scale`). Names of the autopilot vocabulary (stuck, garbage,
wrong) and of actuator faults (bias, gain, drift) are kept. Constant directions are drawn once per episode. A scale
factor and a limit befall only sensors whose numbers have one: no receiver reports a share of its place in the world.
"""

from __future__ import annotations

import difflib
from abc import abstractmethod
from typing import ClassVar

import numpy as np

from ..truth import Truth
from .fault import AbstractFault, Work, fault
from .frame import F64

VECTOR_SENSORS = ("imu", "gnss", "odometry", "encoder", "wrench", "radar", "joints", "range_finder")
SCALED = ("imu", "odometry", "encoder", "wrench", "joints", "range_finder")
"""Sensors that multiply by a constant: sensitivity, radius of a wheel, lines of a disc, speed of sound."""
AMPLIFIED = ("imu", "wrench")
"""Sensors whose numbers come through an amplifier, which has a limit; others count pulses or time."""
_SUGGESTED = "suggested range, rungs evenly spread"
_OWN = "ladder of our own"


class AbstractVectorFault(AbstractFault):
    """Turns the rows (N, k) of each array it acts on into others."""

    sensors: ClassVar[tuple[str, ...]] = VECTOR_SENSORS
    uses = frozenset({"channel", "ramp_s"})
    bits: ClassVar[Truth] = Truth.DISPLACED

    def act(self, work: Work, strength: float) -> bool:
        """Rewrite every array in reach."""
        touched = False
        for name in self._names(work):
            old = np.asarray(work.data[name], np.float64)
            rows = old.reshape(len(work.truth), -1) if old.size else old.reshape(0, 1)
            new = self.rewritten(work, name, rows, strength).astype(work.data[name].dtype).reshape(old.shape)
            differs = (new != work.data[name]).reshape(rows.shape).any(axis=1)
            if differs.any():
                work.put(name, new)
                work.truth[differs] |= np.uint8(self.bits)
                touched = True
        return touched

    @abstractmethod
    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """The array `name`, (N, k), as the faulty sensor reports it."""

    def _names(self, work: Work) -> list[str]:
        measured = [n for n, a in work.data.items() if a.dtype.kind == "f" and not self.target.is_label(n)]
        channel = self.config.channel
        if channel and channel not in measured:
            near = difflib.get_close_matches(channel, measured, n=1, cutoff=0.0)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"fault {self.kind}: kind {work.frame.kind} has no channel {channel!r}{hint}")
        return [channel] if channel else measured

    def direction(self, name: str, width: int) -> F64:
        """A unit vector of the array's width, the same throughout the episode."""
        vector = self.episode_rng(name).standard_normal(width)
        return vector / np.linalg.norm(vector)


@fault
class Bias(AbstractVectorFault):
    """A bias jumps in."""

    kind = "bias"
    unit = "share of full scale"
    ladder = (0.01, 0.02, 0.03, 0.04, 0.05)
    source = f"bias 1-5 % of range ({_SUGGESTED})"
    bounds = (-10.0, 10.0)

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Add it."""
        return rows + strength * self.target.full_scale_of(name) * self.direction(name, rows.shape[1])


@fault
class Drift(AbstractVectorFault):
    """An error that grows with time."""

    kind = "drift"
    unit = "share of full scale per s"
    ladder = (0.001, 0.00325, 0.0055, 0.00775, 0.01)
    source = f"drift 0.1-1 % of range per s ({_SUGGESTED})"
    bounds = (-10.0, 10.0)
    uses = frozenset({"channel"})

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Add what has gathered since the onset."""
        error = strength * self.target.full_scale_of(name) * self.elapsed_s(work.frame)
        return rows + error * self.direction(name, rows.shape[1])


@fault
class Gain(AbstractVectorFault):
    """A wrong scale factor."""

    kind = "gain"
    sensors = SCALED
    unit = "factor"
    ladder = (0.84, 0.68, 0.52, 0.36, 0.2)
    source = f"gain 0.2-1.0 ({_SUGGESTED})"
    identity = 1.0
    bounds = (-100.0, 100.0)

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Scale."""
        return strength * rows


@fault
class Stuck(AbstractVectorFault):
    """A constant near the mean of what came before: c = mean (1 + d u), d = +-1, u in [0.01, 0.1]."""

    kind = "stuck"
    source = "one published recipe for stuck values; no ladder"
    bits = Truth.STUCK
    uses = frozenset({"channel"})
    _sums: dict[str, tuple[int, F64]] | None = None
    _newest: dict[str, F64] | None = None

    def see(self, work: Work) -> None:
        """Follow the mean of the frames before the fault."""
        self._sums = self._sums or {}
        for name, row in (self._newest or {}).items() if self.onset_s is None else ():
            count, total = self._sums.get(name, (0, np.zeros_like(row)))
            self._sums[name] = (count + 1, total + row)
        arrays = {name: np.asarray(work.data[name], np.float64) for name in self._names(work)}
        cells = len(work.truth)
        self._newest = {n: a.reshape(cells, -1).mean(axis=0) for n, a in arrays.items() if a.size}

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Report the constant."""
        if not self._sums or name not in self._sums:
            self._sums = {**(self._sums or {}), name: (1, rows.mean(axis=0))}
        count, total = self._sums[name]
        rng = self.episode_rng(name)
        deviation = rng.choice([-1.0, 1.0]) * rng.uniform(0.01, 0.1)
        return np.broadcast_to(total / count * (1.0 + deviation), rows.shape)


@fault
class Garbage(AbstractVectorFault):
    """Random numbers over the whole range."""

    kind = "garbage"
    source = "PX4 vocabulary; no ladder"
    bits = Truth.PHANTOM
    uses = frozenset({"channel"})

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Draw them."""
        rng = self.frame_rng(work.frame, name)
        return self.target.full_scale_of(name) * rng.uniform(-1.0, 1.0, size=rows.shape)


@fault
class Wrong(AbstractVectorFault):
    """Plausible but false: a slow swing of 5 to 20 s about the truth."""

    kind = "wrong"
    unit = "share of full scale"
    ladder = (0.01, 0.02, 0.03, 0.04, 0.05)
    source = f"PX4 vocabulary; size as a bias of 1-5 % of range ({_SUGGESTED})"
    bits = Truth.PHANTOM

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Add the swing."""
        period_s, phase = self.episode_rng().uniform((5.0, 0.0), (20.0, 2.0 * np.pi))
        swing = np.sin(2.0 * np.pi * work.frame.time_end_s / period_s + phase)
        size = strength * self.target.full_scale_of(name) * swing
        return rows + size * self.direction(name, rows.shape[1])


@fault
class NoiseBurst(AbstractVectorFault):
    """Additional white noise."""

    kind = "noise_burst"
    unit = "share of full scale, standard deviation"
    ladder = (0.002, 0.005, 0.01, 0.02, 0.05)
    source = _OWN

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Add it."""
        rng = self.frame_rng(work.frame, name)
        return rows + strength * self.target.full_scale_of(name) * rng.standard_normal(rows.shape)


@fault
class Saturation(AbstractVectorFault):
    """Values end at a limit below full scale."""

    kind = "saturation"
    sensors = AMPLIFIED
    unit = "share of full scale"
    ladder = (0.5, 0.2, 0.1, 0.05, 0.02)
    source = _OWN
    identity = 1.0
    bounds = (0.0, 1.0)
    bits = Truth.STUCK

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Clip."""
        limit = strength * self.target.full_scale_of(name)
        return np.clip(rows, -limit, limit)


class AbstractPositionFault(AbstractVectorFault):
    """A fault of satellite navigation: acts on the array whose name begins with `position`, or on `channel`."""

    sensors = ("gnss",)
    bits = Truth.PHANTOM

    def _names(self, work: Work) -> list[str]:
        names = super()._names(work)
        positions = [n for n in names if n.startswith("position")] or ([names[0]] if self.config.channel else [])
        if not positions:
            raise ValueError(f"fault {self.kind}: no array begins with 'position', got {', '.join(names)}")
        return positions


@fault
class SpoofingRamp(AbstractPositionFault):
    """A spoofer leads the position away, sideways and slowly."""

    kind = "spoofing_ramp"
    unit = "m/s"
    ladder = (0.1, 0.25, 0.5, 1.0, 2.0)
    source = f"slow ramp (unverified); {_OWN}"
    uses = frozenset({"channel", "direction_deg"})

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Add what has gathered since the onset."""
        given = self.config.direction_deg
        heading = self.episode_rng().uniform(0.0, 2.0 * np.pi) if given is None else np.deg2rad(given)
        away = np.zeros(rows.shape[1])
        away[:2] = np.array([np.cos(heading), np.sin(heading)])[: len(away)]
        return rows + strength * self.elapsed_s(work.frame) * away


@fault
class Multipath(AbstractPositionFault):
    """Reflected signals: the position jumps, to somewhere else with every onset."""

    kind = "multipath"
    unit = "m, standard deviation of each axis"
    ladder = (5.0, 8.75, 12.5, 16.25, 20.0)
    source = "bias jumps of 5-20 m (unverified); give the dwell of 5-30 s by duration_s or mean_length_frames"
    uses = frozenset({"channel"})

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Add the jump."""
        rng = self.episode_rng(f"onset/{round(1e3 * (self.onset_s or 0.0))}")
        return rows + strength * rng.standard_normal(rows.shape[1])


@fault
class EncoderOffset(AbstractVectorFault):
    """An encoder that slipped on its shaft."""

    kind = "encoder_offset"
    sensors = ("encoder", "joints")
    unit = "deg"
    ladder = (0.5, 1.125, 1.75, 2.375, 3.0)
    source = f"offset 0.5-3 deg ({_SUGGESTED})"
    bounds = (-360.0, 360.0)

    def rewritten(self, work: Work, name: str, rows: F64, strength: float) -> F64:
        """Add it to angles [rad], in a direction drawn for each."""
        rng = self.episode_rng(name)
        return rows + np.deg2rad(strength) * rng.choice([-1.0, 1.0], size=rows.shape[1])

    def _names(self, work: Work) -> list[str]:
        names = super()._names(work)
        return names if self.config.channel else [n for n in names if "velocity" not in n and "torque" not in n]
