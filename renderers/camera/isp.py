"""The image signal processor: raw Bayer numbers to an 8-bit sRGB picture.

Steps: black level and white balance per mosaic site; edge-aware demosaic (OpenCV, 16 bit); colour matrix; tone curve
and sRGB encoding by table; optional denoise and sharpen on the 8-bit picture.

White balance: gains relative to green. "fixed" knows the sensor's response and keeps a surface grey whose radiance is
equal in red, green and blue. "grey_world" makes the average of the unsaturated picture grey, smoothed over frames.
After the gains all channels are clipped at the level where green is full, so that burnt highlights are white.

Colour matrix: the inverse of the sensor's crosstalk followed by a saturation s, s I + (1 - s) (1, 1, 1)^T w with w the
luma weights of BT.709; its rows sum to 1, so grey stays grey.

Tone curve, x in [0, 1] where 1 is a full pixel:

    a = p x / (1 + (p - 1) x)            shoulder: slope p at black, 1/p at white
    b = sRGB(a)                          IEC 61966-2-1
    y = b + c (3 b^2 - 2 b^3 - b)        contrast: share c of a smooth step

It is monotone for p >= 1 and c in [0, 1]. Dark noise that falls below black is carried through the demosaic on a
pedestal and clipped last; clipped earlier it would tint the shadows. Left out: lens shading and lateral colour
correction, local tone mapping, codec.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from .imager import ImagerConfig

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
F64 = NDArray[np.float64]
Gains = tuple[float, float]

LUMA = (0.2126, 0.7152, 0.0722)
"""Luminance weights of linear BT.709 red, green, blue."""

_PEDESTAL = 4096.0
_SPAN = 61439.0
_TABLE = 4096
_WHITE_BALANCES = ("fixed", "grey_world")


@dataclass
class IspConfig:
    """How the picture is developed.

    Attributes:
        white_balance: "fixed" or "grey_world".
        white_balance_rate: share of the way to the measured gains taken per frame by "grey_world", in (0, 1].
        saturation: colour saturation; 1 leaves colours as they are, 0 gives grey.
        shoulder: slope p of the tone curve at black, at least 1.
        contrast: share c of the S-curve, in [0, 1].
        denoise: strength of the bilateral filter in 8-bit steps, 0 is off.
        sharpen: amount of unsharp masking, 0 is off.
    """

    white_balance: str = "fixed"
    white_balance_rate: float = 0.1
    saturation: float = 1.1
    shoulder: float = 2.0
    contrast: float = 0.35
    denoise: float = 0.0
    sharpen: float = 0.0

    def __post_init__(self) -> None:
        """Reject values that would make the picture meaningless."""
        if self.white_balance not in _WHITE_BALANCES:
            raise ValueError(
                f"isp white_balance is {self.white_balance!r}, expected one of {', '.join(_WHITE_BALANCES)}"
            )
        for name, low, high in (
            ("white_balance_rate", 1e-3, 1.0),
            ("saturation", 0.0, 4.0),
            ("shoulder", 1.0, 32.0),
            ("contrast", 0.0, 1.0),
            ("denoise", 0.0, 100.0),
            ("sharpen", 0.0, 4.0),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"isp {name} is {getattr(self, name)}, expected a value in [{low}, {high}]")


def tone_curve(x: F64, *, shoulder: float, contrast: float) -> F64:
    """Encoded values in [0, 1] of linear values in [0, 1], by the formula above."""
    a = shoulder * x / (1.0 + (shoulder - 1.0) * x)
    b = np.where(a <= 0.0031308, 12.92 * a, 1.055 * np.power(np.maximum(a, 0.0031308), 1.0 / 2.4) - 0.055)
    return np.asarray(b + contrast * (3.0 * b * b - 2.0 * b**3 - b), np.float64)


@njit(cache=True, nogil=True)
def _balance(raw: U16, black: float, scale: float, red: float, blue: float, out: U16) -> None:
    """Black level and white balance; level 1 is put at pedestal + span."""
    factor = np.array((red * scale, scale, blue * scale)) * _SPAN
    height, width = raw.shape
    for y in range(height):
        for x in range(width):
            value = (np.float64(raw[y, x]) - black) * factor[(y & 1) + (x & 1)] + (_PEDESTAL + 0.5)
            out[y, x] = np.uint16(min(max(value, 0.0), 65535.0))


@njit(cache=True, nogil=True)
def _finish(linear: U16, matrix: NDArray[np.float32], table: U8, out: U8) -> None:
    """Colour matrix and tone table. The matrix maps pedestal + span * level to table positions."""
    height, width = out.shape[:2]
    top = np.int32(len(table) - 1)
    base = matrix[:, 3] + np.float32(0.5)
    for y in range(height):
        for x in range(width):
            r = np.float32(linear[y, x, 0])
            g = np.float32(linear[y, x, 1])
            b = np.float32(linear[y, x, 2])
            for c in range(3):
                position = np.int32(matrix[c, 0] * r + matrix[c, 1] * g + matrix[c, 2] * b + base[c])
                out[y, x, c] = table[min(max(position, np.int32(0)), top)]


class Isp:
    """The processor behind one sensor."""

    def __init__(self, config: IspConfig, sensor: ImagerConfig) -> None:
        """Work out the colour matrix, the tone table and the fixed white balance for `sensor`."""
        self.config = config
        self._black = sensor.black_dn
        self._scale = 1.0 / (sensor.white_dn - sensor.black_dn)
        red, green, blue = sensor.sensitivity_e_per_s()
        self.fixed_gains: Gains = (green / red, green / blue)
        mix = config.saturation * np.eye(3) + (1.0 - config.saturation) * np.tile(LUMA, (3, 1))
        self.colour_matrix: F64 = mix @ np.linalg.inv(np.asarray(sensor.crosstalk, float))
        to_table = (_TABLE - 1) / _SPAN
        offset = -_PEDESTAL * to_table * self.colour_matrix.sum(axis=1, keepdims=True)
        self._matrix = np.hstack([self.colour_matrix * to_table, offset]).astype(np.float32)
        curve = tone_curve(np.linspace(0.0, 1.0, _TABLE), shoulder=config.shoulder, contrast=config.contrast)
        self._table = np.rint(255.0 * curve).astype(np.uint8)

    def gains(self, raw: U16, previous: Gains | None) -> Gains:
        """White balance gains (red, blue) for a frame, given those of the frame before (None at the start)."""
        if self.config.white_balance == "fixed":
            return self.fixed_gains
        level = (raw.astype(np.float64) - self._black) * self._scale
        red, green, blue = level[0::2, 0::2], level[0::2, 1::2], level[1::2, 1::2]
        rows, columns = min(red.shape[0], blue.shape[0]), min(red.shape[1], blue.shape[1])
        red, green, blue = (channel[:rows, :columns] for channel in (red, green, blue))
        used = np.maximum(np.maximum(red, green), blue) < 0.95
        if not used.any():
            return previous or self.fixed_gains
        sums = [max(float(channel[used].sum()), 1e-6) for channel in (red, green, blue)]
        measured = tuple(
            float(np.clip(sums[1] / s, 0.25 * f, 4.0 * f)) for s, f in zip(sums[::2], self.fixed_gains, strict=True)
        )
        if previous is None:
            return measured[0], measured[1]
        rate = self.config.white_balance_rate
        red_gain, blue_gain = (p + rate * (m - p) for p, m in zip(previous, measured, strict=True))
        return red_gain, blue_gain

    def develop(self, raw: U16, gains: Gains | None = None) -> U8:
        """Develop one frame.

        Args:
            raw: (H, W) uint16 raw numbers, red at even rows and columns, blue at odd ones.
            gains: white balance (red, blue) relative to green; None means the fixed ones.

        Returns:
            (H, W, 3) uint8 sRGB.
        """
        red, blue = gains or self.fixed_gains
        balanced = np.empty(raw.shape, np.uint16)
        _balance(raw, self._black, self._scale, red, blue, balanced)
        linear = np.asarray(cv2.cvtColor(balanced, cv2.COLOR_BayerRGGB2RGB_EA), np.uint16)
        rgb = np.empty((*raw.shape, 3), np.uint8)
        _finish(linear, self._matrix, self._table, rgb)
        if self.config.denoise > 0.0:
            rgb = np.asarray(cv2.bilateralFilter(rgb, 5, self.config.denoise, 1.5), np.uint8)
        if self.config.sharpen > 0.0:
            soft = cv2.GaussianBlur(rgb, (0, 0), 1.0)
            rgb = np.asarray(cv2.addWeighted(rgb, 1.0 + self.config.sharpen, soft, -self.config.sharpen, 0.0), np.uint8)
        return rgb
