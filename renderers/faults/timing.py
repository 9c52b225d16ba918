"""Faults in time and transport, which any sensor can have: frames that freeze, come late, come wrong or do not come.

Names of the autopilot vocabulary (PX4 failure injection) are kept where one fits: off, slow, delayed, intermittent.
Bit errors hit what goes over the wire: bytes of a picture or of intensities, 16-bit range codes of 2 mm, 16-bit codes
over the full scale of other quantities. Left out: checksums that would drop a damaged message.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from ..random import mix, uniform
from ..truth import Truth
from .fault import AbstractFault, Held, Stage, Work, fault
from .returns import clear_returns

_VOCABULARY = "PX4 vocabulary; range of values suggested, rungs evenly spread"


@fault
class Frozen(AbstractFault):
    """The last sound frame comes again and again, each time with a new stamp."""

    kind = "frozen"
    stage = Stage.MEMORY
    source = "no ladder: strength is the duration"
    _before: Held | None = None
    _last: Held | None = None
    _held: Held | None = None
    _since_s: float | None = None

    def see(self, work: Work) -> None:
        """Remember the two newest frames."""
        self._before, self._last = self._last, work.shared()

    def act(self, work: Work, strength: float) -> bool:
        """Deliver what is held."""
        if self._since_s != self.onset_s:
            self._held, self._since_s = self._before, self.onset_s
        if self._held is None:
            self._held = self._last
            return False  # nothing came before: the first frame is the one that freezes
        work.replace(self._held, Truth.STUCK)
        return True


@fault
class Off(AbstractFault):
    """No message comes."""

    kind = "off"
    stage = Stage.DROP
    source = "PX4 vocabulary; no ladder"

    def act(self, work: Work, strength: float) -> bool:
        """Drop it."""
        work.dropped = True
        work.mark(Truth.LOST)
        return True


@fault
class Dropped(AbstractFault):
    """Frames are missing, each by an independent chance."""

    kind = "dropped"
    unit = "chance per frame"
    ladder = (1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6)
    source = "RoboBEV FrameLost: severity / 6"
    bounds = (0.0, 1.0)
    stage = Stage.DROP

    def act(self, work: Work, strength: float) -> bool:
        """Drop it, or not."""
        work.dropped = work.dropped or uniform(np.uint64(self.key), work.frame.index, 1) < strength
        if work.dropped:
            work.mark(Truth.LOST)
        return work.dropped


@fault
class Intermittent(AbstractFault):
    """Frames are missing in bursts: a Gilbert-Elliott chain of mean burst length `mean_length_frames`."""

    kind = "intermittent"
    unit = "chance per frame that a burst begins"
    ladder = (0.01, 0.05, 0.1, 0.25, 0.5)
    source = "PX4 vocabulary; onset 0.01-0.5 (suggestion), bursts of 2-20 frames by mean_length_frames"
    bounds = (0.0, 1.0)
    stage = Stage.DROP
    _silent = False

    def act(self, work: Work, strength: float) -> bool:
        """Advance the chain; drop in its bad state."""
        draw = uniform(np.uint64(self.key), work.frame.index, 1)
        self._silent = draw >= 1.0 / self.config.mean_length_frames if self._silent else draw < strength
        if self._silent:
            work.dropped = True
            work.mark(Truth.LOST)
        return self._silent


@fault
class Slow(AbstractFault):
    """Only every n-th frame comes: a reduced rate."""

    kind = "slow"
    unit = "frames per delivered frame"
    ladder = (2.0, 3.0, 4.0, 5.0, 10.0)
    source = "PX4 vocabulary; ladder of our own"
    identity = 1.0
    bounds = (1.0, 1e6)
    stage = Stage.DROP

    def act(self, work: Work, strength: float) -> bool:
        """Drop all but every n-th."""
        if work.frame.index % round(strength) == 0:
            return False
        work.dropped = True
        work.mark(Truth.LOST)
        return True


@fault
class Stale(AbstractFault):
    """The frame of n periods ago comes with the present stamp."""

    kind = "stale"
    unit = "frames"
    ladder = (2.0, 4.0, 6.0, 8.0, 10.0)
    source = "3D_Corruptions_AD temporal misalignment"
    bounds = (0.0, 1000.0)
    stage = Stage.MEMORY
    _past: deque[Held] | None = None

    def see(self, work: Work) -> None:
        """Remember as many frames as are needed."""
        if self._past is None:
            self._past = deque(maxlen=round(self.config.strength) + 1)
        self._past.append(work.shared())

    def act(self, work: Work, strength: float) -> bool:
        """Deliver the old one; the oldest known while the episode is young."""
        if not self._past or len(self._past) < 2 or round(strength) == 0:
            return False
        work.replace(self._past[max(0, len(self._past) - 1 - round(strength))], Truth.STUCK)
        return True


@fault
class Delayed(AbstractFault):
    """Frames come late, with the right stamp; a burst of them with `probability_per_frame`."""

    kind = "delayed"
    unit = "s"
    ladder = (0.02, 0.09, 0.16, 0.23, 0.3)
    source = f"{_VOCABULARY}: 20-300 ms"
    stage = Stage.STAMP

    def act(self, work: Work, strength: float) -> bool:
        """Put delivery off."""
        work.delay_s += strength
        return True


@fault
class ClockOffset(AbstractFault):
    """The sensor's clock is off by a constant: synchronisation is lost."""

    kind = "clock_offset"
    unit = "s"
    ladder = (0.01, 0.0325, 0.055, 0.0775, 0.1)
    source = "10-100 ms, evenly spread"
    bounds = (-1e6, 1e6)
    stage = Stage.STAMP

    def act(self, work: Work, strength: float) -> bool:
        """Shift the stamp."""
        work.stamp_shift_s += strength
        return True


@fault
class ClockDrift(AbstractFault):
    """The sensor's clock runs fast."""

    kind = "clock_drift"
    unit = "ppm"
    ladder = (10.0, 20.0, 30.0, 40.0, 50.0)
    source = "10-50 ppm (unverified)"
    bounds = (-1e6, 1e6)
    stage = Stage.STAMP

    def act(self, work: Work, strength: float) -> bool:
        """Shift the stamp by what has gathered."""
        work.stamp_shift_s += 1e-6 * strength * self.elapsed_s(work.frame)
        return True


@fault
class TimingJitter(AbstractFault):
    """Stamps scatter about the truth, normally distributed."""

    kind = "timing_jitter"
    unit = "s"
    ladder = (1e-4, 5e-4, 1e-3, 2.5e-3, 5e-3)
    source = "standard deviation 0.1-5 ms (unverified)"
    stage = Stage.STAMP

    def act(self, work: Work, strength: float) -> bool:
        """Shift the stamp."""
        work.stamp_shift_s += strength * float(self.frame_rng(work.frame).standard_normal())
        return True


@kernel
def _flips(key, total, log_keep, out):  # type: ignore[no-untyped-def]
    count, at = 0, -1.0
    while count < len(out):
        at += 1.0 + np.floor(np.log(1.0 - uniform(key, count, 0)) / log_keep)
        if at >= total:
            break
        out[count] = np.int64(at)
        count += 1
    return count


def flipped_bits(key: np.uint64, total: int, rate: float) -> NDArray[np.int64]:
    """Which of `total` bits are wrong at a bit error rate below 1, in rising order; gaps between them are geometric."""
    mean = total * rate
    out = np.empty(int(mean + 10.0 * np.sqrt(mean) + 20.0), np.int64)
    return out[: _flips(key, float(total), np.log1p(-rate), out)]


@fault
class BitErrors(AbstractFault):
    """Bits flip on the way."""

    kind = "bit_errors"
    unit = "errors per bit"
    ladder = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
    source = "ladder of our own"
    bounds = (0.0, 0.5)
    stage = Stage.TRANSPORT

    def act(self, work: Work, strength: float) -> bool:
        """Flip bits of every measured array."""
        touched = False
        for lane, name in enumerate(sorted(n for n in work.data if self._wired(work, n))):
            array = work.data[name]
            width = 8 if array.dtype == np.uint8 else 16
            key = np.uint64(mix(np.uint64(int(self.frame_key(work.frame)) ^ (lane + 1))))
            wrong = flipped_bits(key, array.size * width, strength)
            if len(wrong):
                self._damage(work, name, wrong // width, wrong % width)
                touched = True
        return touched

    def _wired(self, work: Work, name: str) -> bool:
        """Whether an array goes over the wire."""
        if work.frame.kind == "lidar":
            return name in ("range", "intensity", "range_2", "intensity_2")
        return not self.target.is_label(name) and work.data[name].dtype.kind in "uf"

    def _damage(self, work: Work, name: str, cells: NDArray[np.int64], bit: NDArray[np.int64]) -> None:
        flat = work.own(name).reshape(-1)
        cell, which = np.unique(cells, return_inverse=True)
        before = flat[cell]
        lidar = work.frame.kind == "lidar"
        if flat.dtype == np.uint8:
            np.bitwise_xor.at(flat, cells, (1 << bit).astype(np.uint8))
        else:
            step = _RANGE_STEP_M if lidar else self.target.full_scale_of(name) / 32768.0
            low, high = (0, 0xFFFF) if lidar else (-0x8000, 0x7FFF)
            code = np.clip(np.rint(before / step), low, high).astype(np.int64) & 0xFFFF
            np.bitwise_xor.at(code, which, 1 << bit)
            flat[cell] = (code if lidar else (code ^ 0x8000) - 0x8000) * step
        if lidar and name.startswith("range"):
            gone, new = flat[cell] == 0, before == 0
            mark = work.truth.reshape(-1)
            mark[cell[gone]] |= np.uint8(Truth.LOST)
            mark[cell[new]] |= np.uint8(Truth.PHANTOM)
            mark[cell[~gone & ~new]] |= np.uint8(Truth.DISPLACED)
            clear_returns(work, name.removeprefix("range"), cell[gone])
        else:
            work.truth.reshape(-1)[cell * work.truth.size // flat.size] |= np.uint8(Truth.PHANTOM)


_RANGE_STEP_M = 0.002
