"""The image signal processor: raw Bayer numbers to an 8-bit sRGB picture.

Steps: black level and white balance per mosaic site; demosaic by adaptive colour planes; colour matrix; tone curve and
sRGB encoding by table; optional denoise and sharpen on the 8-bit picture (OpenCV).

White balance: gains relative to green. "fixed" knows the sensor's response and keeps a surface grey whose radiance is
equal in red, green and blue. "grey_world" goes from there a share s of the way, on a logarithmic scale, to the gains
that make the average of the unsaturated picture grey, smoothed over frames; s = 1/2 leaves shade a little blue and
lamps a little warm, as automatic cameras do.
After the gains all channels are clipped at the level where green is full, so that burnt highlights are white.

Colour matrix: the inverse of the sensor's crosstalk followed by a saturation s, s I + (1 - s) (1, 1, 1)^T w with w the
luma weights of BT.709; its rows sum to 1, so grey stays grey.

Tone curve, x in [0, 1] where 1 is a full pixel:

    a = p x / (1 + (p - 1) x)            shoulder: slope p at black, 1/p at white
    b = sRGB(a)                          IEC 61966-2-1
    y = b + c (3 b^2 - 2 b^3 - b)        contrast: share c of a smooth step

It is monotone for p >= 1 and c in [0, 1]. Dark noise that falls below black is carried through the demosaic and
clipped last; clipped earlier it would tint the shadows. Left out: lens shading and lateral colour
correction, local tone mapping, codec.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from .demosaic import MARGIN, colour_row, green_plane
from .imager import ImagerConfig

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Gains = tuple[float, float]

LUMA = (0.2126, 0.7152, 0.0722)
"""Luminance weights of linear BT.709 red, green, blue."""

_NOISE_FLOOR = 0.02  # gradients below this share of a full pixel tell the demosaic nothing
_TABLE = 4096
_STRIDE = 4  # sites looked at for the white balance
_SITES = ((0, 0), (0, 1), (1, 1))  # red, green, blue
_BURNT = 0.95
_WHITE_BALANCES = ("fixed", "grey_world")


@dataclass
class IspConfig:
    """How the picture is developed.

    Attributes:
        white_balance: "fixed" or "grey_world".
        white_balance_strength: share s of the cast that "grey_world" removes, in [0, 1].
        white_balance_rate: share of the way to the newly found gains taken per frame by "grey_world", in (0, 1].
        saturation: colour saturation; 1 leaves colours as they are, 0 gives grey.
        shoulder: slope p of the tone curve at black, at least 1.
        contrast: share c of the S-curve, in [0, 1].
        denoise: strength of the bilateral filter in 8-bit steps, 0 is off.
        sharpen: amount of unsharp masking, 0 is off.
    """

    white_balance: str = "grey_world"
    white_balance_strength: float = 0.5
    white_balance_rate: float = 0.1
    saturation: float = 1.1
    shoulder: float = 1.9
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
            ("white_balance_strength", 0.0, 1.0),
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
def _balance(raw: U16, black: float, red: float, green: float, blue: float, out: F32) -> None:
    """Black level and white balance into the middle of `out`; 1 is a full pixel, values below black stay negative."""
    factor = np.array((red, green, blue), np.float32)
    dark = np.float32(black)
    height, width = raw.shape
    for y in range(height):
        for x in range(width):
            value = (np.float32(raw[y, x]) - dark) * factor[(y & 1) + (x & 1)]
            out[y + MARGIN, x + MARGIN] = min(value, np.float32(1.0))
    for y in range(MARGIN, MARGIN + height):
        for k in range(1, MARGIN + 1):
            out[y, MARGIN - k] = out[y, MARGIN + k]
            out[y, MARGIN + width - 1 + k] = out[y, MARGIN + width - 1 - k]
    for k in range(1, MARGIN + 1):
        out[MARGIN - k] = out[MARGIN + k]
        out[MARGIN + height - 1 + k] = out[MARGIN + height - 1 - k]


@njit(cache=True, nogil=True)
def _finish(mosaic: F32, green: F32, matrix: F32, table: U8, out: U8) -> None:
    """Red and blue, colour matrix (to table positions) and tone table."""
    height, width = out.shape[:2]
    last = np.float32(len(table) - 1)
    half, zero = np.float32(0.5), np.float32(0.0)
    rgb = np.empty((3, width), np.float32)
    position = np.empty((3, width), np.int32)
    for y in range(height):
        colour_row(mosaic, green, y, rgb)
        for c in range(3):
            a, b, d = matrix[c, 0], matrix[c, 1], matrix[c, 2]
            for x in range(width):
                value = a * rgb[0, x] + b * rgb[1, x] + d * rgb[2, x]
                position[c, x] = np.int32(min(max(value, zero), last) + half)
        for x in range(width):
            for c in range(3):
                out[y, x, c] = table[position[c, x]]


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
        self._matrix = (self.colour_matrix * (_TABLE - 1)).astype(np.float32)
        curve = tone_curve(np.linspace(0.0, 1.0, _TABLE), shoulder=config.shoulder, contrast=config.contrast)
        self._table = np.rint(255.0 * curve).astype(np.uint8)

    def gains(self, raw: U16, previous: Gains | None) -> Gains:
        """White balance gains (red, blue) for a frame, given those of the frame before (None at the start)."""
        if self.config.white_balance == "fixed":
            return self.fixed_gains
        red, green, blue = (
            (raw[y::_STRIDE, x::_STRIDE].astype(np.float64) - self._black) * self._scale for y, x in _SITES
        )
        rows, columns = blue.shape
        used = np.maximum(np.maximum(red[:rows, :columns], green[:rows, :columns]), blue) < _BURNT
        if not used.any():
            return previous or self.fixed_gains
        total = float(green[:rows, :columns][used].sum())
        found = []
        for channel, fixed in ((red[:rows, :columns], self.fixed_gains[0]), (blue, self.fixed_gains[1])):
            cast = max(total, 0.0) / max(float(channel[used].sum()), 1e-6) / fixed
            found.append(fixed * float(np.clip(cast, 0.25, 4.0)) ** self.config.white_balance_strength)
        if previous is None:
            return found[0], found[1]
        rate = self.config.white_balance_rate
        return previous[0] + rate * (found[0] - previous[0]), previous[1] + rate * (found[1] - previous[1])

    def develop(self, raw: U16, gains: Gains | None = None) -> U8:
        """Develop one frame.

        Args:
            raw: (H, W) uint16 raw numbers, red at even rows and columns, blue at odd ones.
            gains: white balance (red, blue) relative to green; None means the fixed ones.

        Returns:
            (H, W, 3) uint8 sRGB.
        """
        red, blue = gains or self.fixed_gains
        height, width = raw.shape
        mosaic = np.empty((height + 2 * MARGIN, width + 2 * MARGIN), np.float32)
        _balance(raw, self._black, red * self._scale, self._scale, blue * self._scale, mosaic)
        green = np.empty_like(mosaic)
        green_plane(mosaic, _NOISE_FLOOR, green)
        rgb = np.empty((height, width, 3), np.uint8)
        _finish(mosaic, green, self._matrix, self._table, rgb)
        if self.config.denoise > 0.0:
            rgb = np.asarray(cv2.bilateralFilter(rgb, 5, self.config.denoise, 1.5), np.uint8)
        if self.config.sharpen > 0.0:
            soft = cv2.GaussianBlur(rgb, (0, 0), 1.0)
            rgb = np.asarray(cv2.addWeighted(rgb, 1.0 + self.config.sharpen, soft, -self.config.sharpen, 0.0), np.uint8)
        return rgb
