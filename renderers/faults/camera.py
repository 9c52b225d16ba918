"""Faults of cameras, on the delivered picture.

What sits in the raw mosaic of a real sensor (hot pixels, a wrong colour phase) is put into the developed picture here,
spread over the neighbours as bilinear demosaicing spreads it; white balance, colour matrix and gamma are ignored.
Depth, labels and flow are truth about the scene and stay. An exposure that no longer adapts cannot be added to a
finished picture: `exposure_stuck` is a flag that the camera asks for (`FaultLine.exposure_held`) and a record here;
what it does to the picture carries no bits.
"""

from __future__ import annotations

from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from ..truth import Truth
from .fault import AbstractFault, Stage, Work, fault
from .frame import Array

U8 = NDArray[np.uint8]

_CAMERA = ("camera",)
_OWN = "ladder of our own"
COLOURS = ("red", "green", "blue")


@kernel
def _mark_changed(before, after, bits, clipped, truth):  # type: ignore[no-untyped-def]
    touched = 0
    for y in range(truth.shape[0]):
        for x in range(truth.shape[1]):
            differs, full = False, False
            for c in range(3):
                differs |= before[y, x, c] != after[y, x, c]
                full |= after[y, x, c] == 255 and before[y, x, c] != 255
            if differs:
                truth[y, x] |= clipped if full else bits
                touched += 1
    return touched


def deliver(work: Work, picture: Array, bits: Truth, clipped: Truth | None = None) -> bool:
    """Put another picture in place and set bits where it differs; whether it does anywhere.

    Args:
        work: the frame.
        picture: (H, W, 3) uint8.
        bits: for pixels that differ.
        clipped: instead of them where a colour became 255.

    """
    other = np.uint8(bits if clipped is None else clipped)
    touched = _mark_changed(work.data["rgb"], picture, np.uint8(bits), other, work.truth)
    if touched:
        work.put("rgb", picture)
    return bool(touched)


@fault
class Torn(AbstractFault):
    """The upper rows of a picture are those of the frame before."""

    kind = "torn"
    sensors = _CAMERA
    unit = "share of rows"
    ladder = (0.1, 0.3, 0.5, 0.7, 0.9)
    source = _OWN
    bounds = (0.0, 1.0)
    stage = Stage.MEMORY
    _past: tuple[Array | None, Array | None] = (None, None)

    def see(self, work: Work) -> None:
        """Remember the two newest pictures."""
        self._past = (self._past[1], work.shared().data["rgb"])

    def act(self, work: Work, strength: float) -> bool:
        """Join them."""
        old = self._past[0]
        rows = round(strength * len(work.truth))
        if old is None or rows == 0:
            return False
        work.own("rgb")[:rows] = old[:rows]
        work.truth[:rows] |= np.uint8(Truth.STUCK)
        return True


class AbstractDeadLines(AbstractFault):
    """Whole lines that are dark, full, or shifted by a constant; which and how follows the serial number."""

    sensors = _CAMERA
    unit = "lines"
    ladder = (1.0, 2.0, 4.0, 8.0, 16.0)
    source = _OWN
    bounds = (0.0, 10000.0)
    axis: ClassVar[int]

    def act(self, work: Work, strength: float) -> bool:
        """Overwrite them."""
        before = work.data["rgb"]
        rng = self.specimen_rng()
        count: int = before.shape[self.axis]
        lines = np.argsort(rng.random(count))
        behaviour = rng.integers(3, size=count)
        offset = rng.choice([-1, 1], size=count) * rng.integers(16, 65, size=count)
        picture = before.copy()
        turned = picture if self.axis == 0 else picture.swapaxes(0, 1)
        for line in lines[: round(strength)]:
            if behaviour[line] < 2:
                turned[line] = 255 * behaviour[line]
            else:
                turned[line] = np.clip(turned[line].astype(np.int16) + offset[line], 0, 255)
        return deliver(work, picture, Truth.STUCK)


@fault
class DeadRows(AbstractDeadLines):
    """Rows that are dark, full or shifted, fixed for the specimen."""

    kind = "dead_rows"
    axis = 0


@fault
class DeadColumns(AbstractDeadLines):
    """Columns that are dark, full or shifted, fixed for the specimen."""

    kind = "dead_columns"
    axis = 1


@kernel
def _blot(picture, y0, x0, level, additive):  # type: ignore[no-untyped-def]
    """One bad site of an RGGB mosaic after bilinear demosaicing."""
    colour = (y0 & 1) + (x0 & 1)
    for dy in range(-1, 2):
        for dx in range(-1, 2):
            y, x = y0 + dy, x0 + dx
            if y < 0 or x < 0 or y >= picture.shape[0] or x >= picture.shape[1]:
                continue
            steps = abs(dy) + abs(dx)
            if steps == 0:
                weight = 1.0
            elif colour == 1:
                weight = 0.25 if steps == 1 else 0.0
            else:
                weight = 0.5 if steps == 1 else 0.25
            old = float(picture[y, x, colour])
            new = old + weight * (level if additive else level - old)
            picture[y, x, colour] = np.uint8(min(max(new, 0.0), 255.0) + 0.5) if new < 255.0 else 255


class AbstractBadPixels(AbstractFault):
    """Bad sites, fixed for the specimen; a greater density adds to those of a smaller one."""

    sensors = _CAMERA
    unit = "share of pixels"
    ladder = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3)
    source = "1e-5 new, 1e-3 aged (unverified)"
    bounds = (0.0, 0.1)
    additive: ClassVar[bool]

    def act(self, work: Work, strength: float) -> bool:
        """Overwrite them."""
        before = work.data["rgb"]
        height, width = before.shape[:2]
        count = max(1, round(strength * height * width))
        draws = self.specimen_rng().random((count, 3))
        picture = before.copy()
        for v, u, level in draws:
            _blot(picture, int(v * height), int(u * width), self._level(level), self.additive)
        return deliver(work, picture, Truth.STUCK)

    def _level(self, draw: float) -> float:
        return 64.0 + 191.0 * draw if self.additive else (0.0, 128.0, 255.0)[int(3.0 * draw)]


@fault
class HotPixels(AbstractBadPixels):
    """Pixels with a dark current of a hundred times and more: always brighter than they should be."""

    kind = "hot_pixels"
    additive = True


@fault
class StuckPixels(AbstractBadPixels):
    """Pixels that always read the same."""

    kind = "stuck_pixels"
    additive = False


@fault
class ChannelLoss(AbstractFault):
    """One colour is missing: `channel` red, green or blue, else drawn."""

    kind = "channel_loss"
    sensors = _CAMERA
    source = "no ladder"
    uses = frozenset({"channel"})

    def act(self, work: Work, strength: float) -> bool:
        """Blank it."""
        name = self.config.channel or COLOURS[int(self.episode_rng().integers(3))]
        if name not in COLOURS:
            raise ValueError(f"fault channel_loss: channel is {name!r}, expected one of {', '.join(COLOURS)}")
        picture = work.data["rgb"].copy()
        picture[..., COLOURS.index(name)] = 0
        return deliver(work, picture, Truth.LOST)


@kernel
def _mosaic(rgb, raw):  # type: ignore[no-untyped-def]
    for y in range(raw.shape[0]):
        for x in range(raw.shape[1]):
            raw[y, x] = rgb[y, x, (y & 1) + (x & 1)]


@fault
class CfaPhase(AbstractFault):
    """The mosaic is read one pixel to the side, so colours are taken for others (on the developed picture)."""

    kind = "cfa_phase"
    sensors = _CAMERA
    source = "no ladder"

    def act(self, work: Work, strength: float) -> bool:
        """Sample the picture as RGGB and develop it as GRBG."""
        raw = np.empty(work.data["rgb"].shape[:2], np.uint8)
        _mosaic(work.data["rgb"], raw)
        return deliver(work, cv2.cvtColor(raw, cv2.COLOR_BayerGRBG2RGB), Truth.DISPLACED)  # type: ignore[arg-type]


@kernel
def _ripple(picture, amplitude, turns, phase):  # type: ignore[no-untyped-def]
    height = picture.shape[0]
    for y in range(height):
        offset = amplitude * np.sin(2.0 * np.pi * (turns * y / height + phase))
        for x in range(picture.shape[1]):
            for c in range(3):
                picture[y, x, c] = np.uint8(min(max(picture[y, x, c] + offset, 0.0), 255.0) + 0.5 - 1e-9)


@fault
class Banding(AbstractFault):
    """Ripple of the power supply: a sinusoid over the rows, at another phase in every frame."""

    kind = "banding"
    sensors = _CAMERA
    unit = "DN of 8 bit"
    ladder = (2.0, 4.0, 8.0, 16.0, 32.0)
    source = _OWN
    bounds = (0.0, 255.0)

    def act(self, work: Work, strength: float) -> bool:
        """Add it."""
        picture = work.data["rgb"].copy()
        turns = float(self.episode_rng().uniform(4.0, 24.0))
        _ripple(picture, strength, turns, float(self.frame_rng(work.frame).random()))
        return deliver(work, picture, Truth.PHANTOM)


@fault
class BlackFrame(AbstractFault):
    """The picture is black: a crashed camera, for as long as the fault lasts."""

    kind = "black_frame"
    sensors = _CAMERA
    source = "RoboBEV CameraCrash and FrameLost zero the picture; no ladder"

    def act(self, work: Work, strength: float) -> bool:
        """Blank it."""
        work.put("rgb", np.zeros_like(work.data["rgb"]))
        work.mark(Truth.LOST)
        return True


@fault
class ExposureStuck(AbstractFault):
    """Exposure control stands still; the camera reads this as a flag before it captures."""

    kind = "exposure_stuck"
    sensors = _CAMERA
    source = "no ladder"
    scripted = True

    def act(self, work: Work, strength: float) -> bool:
        """Leave a record."""
        return True


@fault
class GainRunaway(AbstractFault):
    """The picture is amplified too much."""

    kind = "gain_runaway"
    sensors = _CAMERA
    unit = "stops"
    ladder = (0.5, 1.0, 1.5, 2.0, 3.0)
    source = _OWN
    bounds = (-8.0, 8.0)
    uses = frozenset({"ramp_s"})

    def act(self, work: Work, strength: float) -> bool:
        """Scale linear light (sRGB curve)."""
        v = np.arange(256) / 255.0
        linear = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4) * 2.0**strength
        coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
        table = np.rint(255.0 * np.clip(coded, 0.0, 1.0)).astype(np.uint8)
        picture = cv2.LUT(work.data["rgb"], table)
        return deliver(work, picture, Truth.DIMMED if strength < 0.0 else Truth.DISPLACED, Truth.LOST)  # type: ignore[arg-type]


@fault
class IrCutFailure(AbstractFault):
    """The infrared filter stays open: near-infrared light adds to all colours, to red the most."""

    kind = "ir_cut_failure"
    sensors = _CAMERA
    unit = "share of luminance added"
    ladder = (0.1, 0.2, 0.3, 0.4, 0.6)
    source = _OWN
    bounds = (0.0, 10.0)

    def act(self, work: Work, strength: float) -> bool:
        """Mix colours; infrared is taken to be as bright as the scene looks."""
        leak = np.outer([1.0, 0.75, 0.85], [0.3, 0.6, 0.1])
        picture = cv2.transform(work.data["rgb"], np.eye(3) + strength * leak)
        return deliver(work, picture, Truth.PHANTOM)  # type: ignore[arg-type]


@fault
class FocusDrift(AbstractFault):
    """The lens drifts out of focus; with `ramp_s` slowly."""

    kind = "focus_drift"
    sensors = _CAMERA
    unit = "px, standard deviation of the blur"
    ladder = (1.0, 2.0, 3.0, 4.0, 6.0)
    source = "ImageNet-C gaussian_blur"
    bounds = (0.0, 100.0)
    uses = frozenset({"ramp_s"})

    def act(self, work: Work, strength: float) -> bool:
        """Blur it."""
        return deliver(work, cv2.GaussianBlur(work.data["rgb"], (0, 0), strength), Truth.DISPLACED)  # type: ignore[arg-type]
