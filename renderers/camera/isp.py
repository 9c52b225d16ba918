"""The image signal processor: raw Bayer numbers to an 8-bit sRGB picture.

Steps: black level and white balance per mosaic site; demosaic by adaptive colour planes; colour matrix; tone curve and
sRGB encoding by table; denoise of amplified and optional sharpen of any 8-bit picture (OpenCV).

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

It is monotone for p >= 1 and c in [0, 1]. A sensor of high dynamic range sends companded codes, or linear numbers of 24
bits, in which a full pixel of its most sensitive capture is far from the brightest. They are made linear, and the
shoulder runs on up to the level h that becomes white (Reinhard et al. 2002, global operator with a white point):

    a = p x (1 + x / (p h^2)) / (1 + p x)            shoulder: slope p at black, 1 at x = h

Dark noise that falls below black is carried through the demosaic and
clipped last; clipped earlier it would tint the shadows. Left out: lens shading and lateral colour
correction, local tone mapping, codec.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from ..threads import in_bands, render_threads
from .demosaic import MARGIN, colour_row, green_plane
from .hdr import HdrConfig
from .imager import ImagerConfig

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
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
DENOISE_PER_STOP = 15.0
"""Strength of the automatic denoise for each doubling of the gain [8-bit steps]."""
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
        denoise: strength of the bilateral filter in 8-bit steps, 0 is off; None follows the gain, `DENOISE_PER_STOP`
            for each doubling (unverified), so that pictures taken without gain stay as they are.
        sharpen: amount of unsharp masking, 0 is off.
        highlights: level that becomes white behind a sensor of high dynamic range, in full pixels of its most
            sensitive capture; other sensors do not use it.
    """

    white_balance: str = "grey_world"
    white_balance_strength: float = 0.5
    white_balance_rate: float = 0.1
    saturation: float = 1.1
    shoulder: float = 1.9
    contrast: float = 0.35
    denoise: float | None = None
    sharpen: float = 0.0
    highlights: float = 16.0

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
            ("highlights", 1.0, 1e6),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ValueError(f"isp {name} is {value}, expected a value in [{low}, {high}]")


def tone_curve(x: F64, *, shoulder: float, contrast: float, highlights: float | None = None) -> F64:
    """Encoded values in [0, 1] of linear values in [0, 1], by the formulae above; up to `highlights` where given."""
    if highlights is None:
        a = shoulder * x / (1.0 + (shoulder - 1.0) * x)
    else:
        x = np.minimum(x, highlights)
        a = shoulder * x * (1.0 + x / (shoulder * highlights**2)) / (1.0 + shoulder * x)
    b = np.where(a <= 0.0031308, 12.92 * a, 1.055 * np.power(np.maximum(a, 0.0031308), 1.0 / 2.4) - 0.055)
    return np.asarray(b + contrast * (3.0 * b * b - 2.0 * b**3 - b), np.float64)


@compiled
def _balance(raw: U16, black: float, red: float, green: float, blue: float, out: F32) -> None:
    """Black level and white balance into the middle of `out`; 1 is a full pixel, values below black stay negative."""
    factor = np.array((red, green, blue), np.float32)
    dark = np.float32(black)
    height, width = raw.shape
    for y in range(height):
        for x in range(width):
            value = (np.float32(raw[y, x]) - dark) * factor[(y & 1) + (x & 1)]
            out[y + MARGIN, x + MARGIN] = min(value, np.float32(1.0))
    _mirror(height, width, out)


@compiled
def _balance_linear(linear: F32, red: float, green: float, blue: float, limit: float, out: F32) -> None:
    """The same for numbers that are linear and above black already, up to `limit` full pixels."""
    factor = np.array((red, green, blue), np.float32)
    most = np.float32(limit)
    height, width = linear.shape
    for y in range(height):
        for x in range(width):
            out[y + MARGIN, x + MARGIN] = min(linear[y, x] * factor[(y & 1) + (x & 1)], most)
    _mirror(height, width, out)


@compiled
def _mirror(height: int, width: int, out: F32) -> None:
    """Continue a mosaic over its edges."""
    for y in range(MARGIN, MARGIN + height):
        for k in range(1, MARGIN + 1):
            out[y, MARGIN - k] = out[y, MARGIN + k]
            out[y, MARGIN + width - 1 + k] = out[y, MARGIN + width - 1 - k]
    for k in range(1, MARGIN + 1):
        out[MARGIN - k] = out[MARGIN + k]
        out[MARGIN + height - 1 + k] = out[MARGIN + height - 1 - k]


@compiled
def _finish(mosaic: F32, green: F32, matrix: F32, table: U8, out: U8, first: int, end: int) -> None:
    """Red and blue, colour matrix (to table positions) and tone table of rows `first` to `end`."""
    width = out.shape[1]
    last = np.float32(len(table) - 1)
    half, zero = np.float32(0.5), np.float32(0.0)
    rgb = np.empty((3, width), np.float32)
    position = np.empty((3, width), np.int32)
    for y in range(first, end):
        colour_row(mosaic, green, y, rgb)
        for c in range(3):
            a, b, d = matrix[c, 0], matrix[c, 1], matrix[c, 2]
            for x in range(width):
                value = a * rgb[0, x] + b * rgb[1, x] + d * rgb[2, x]
                position[c, x] = np.int32(min(max(value, zero), last) + half)
        for x in range(width):
            for c in range(3):
                out[y, x, c] = table[position[c, x]]


@compiled(error_model="numpy")
def _finish_hdr(mosaic: F32, green: F32, matrix: F32, knees: F32, table: U8, out: U8, first: int, end: int) -> None:
    """The same with a matrix to linear numbers, and companding of these to table positions."""
    width = out.shape[1]
    last = len(knees) - 1
    most, zero, half = knees[last, 0], np.float32(0.0), np.float32(0.5)
    rgb = np.empty((3, width), np.float32)
    for y in range(first, end):
        colour_row(mosaic, green, y, rgb)
        for x in range(width):
            for c in range(3):
                value = matrix[c, 0] * rgb[0, x] + matrix[c, 1] * rgb[1, x] + matrix[c, 2] * rgb[2, x]
                value = min(max(value, zero), most)
                k = 0
                while k < last - 1 and value >= knees[k + 1, 0]:
                    k += 1
                slope = (knees[k + 1, 1] - knees[k, 1]) / (knees[k + 1, 0] - knees[k, 0])
                out[y, x, c] = table[np.int32(knees[k, 1] + slope * (value - knees[k, 0]) + half)]


class Isp:
    """The processor behind one sensor."""

    def __init__(self, config: IspConfig, sensor: ImagerConfig | HdrConfig) -> None:
        """Work out the colour matrix, the tone table and the fixed white balance for `sensor`."""
        self.config = config
        self._hdr = sensor if isinstance(sensor, HdrConfig) else None
        first = sensor.first if isinstance(sensor, HdrConfig) else sensor
        self._black = first.black_dn
        self._scale = 1.0 / (first.white_dn - first.black_dn)
        red, green, blue = first.sensitivity_e_per_s()
        self.fixed_gains: Gains = (green / red, green / blue)
        mix = config.saturation * np.eye(3) + (1.0 - config.saturation) * np.tile(LUMA, (3, 1))
        self.colour_matrix: F64 = mix @ np.linalg.inv(np.asarray(first.crosstalk, float))
        tone = {"shoulder": config.shoulder, "contrast": config.contrast}
        if self._hdr is None:
            self._matrix = (self.colour_matrix * (_TABLE - 1)).astype(np.float32)
            curve = tone_curve(np.linspace(0.0, 1.0, _TABLE), **tone)
        else:
            code = self._hdr.companding
            self._matrix = (self.colour_matrix / self._scale).astype(np.float32)
            self._knees = code.table.astype(np.float32)
            linear = code.expand(np.arange(int(code.table[-1, 1]) + 1))
            self._expanded = (linear - self._black).astype(np.float32)
            # what is white anyway is cut before the demosaic, which would draw coloured rims around it
            self._limit = min((self._hdr.white_dn - self._black) * self._scale, config.highlights)
            curve = tone_curve(linear * self._scale, highlights=config.highlights, **tone)
        self._table = np.rint(255.0 * curve).astype(np.uint8)

    def linear(self, raw: U16 | U32) -> F32:
        """Numbers above black of an HDR sensor's codes (uint16) or merged numbers (uint32), (H, W) float32."""
        if raw.dtype == np.uint32:
            return raw.astype(np.float32) - np.float32(self._black)
        return self._expanded[np.minimum(raw, len(self._expanded) - 1)]

    def gains(self, raw: U16 | U32, previous: Gains | None) -> Gains:
        """White balance gains (red, blue) for a frame, given those of the frame before (None at the start)."""
        if self.config.white_balance == "fixed":
            return self.fixed_gains
        sites = [raw[y::_STRIDE, x::_STRIDE] for y, x in _SITES]
        if self._hdr is None:
            red, green, blue = ((site.astype(np.float64) - self._black) * self._scale for site in sites)
        else:
            red, green, blue = (self.linear(site).astype(np.float64) * self._scale for site in sites)
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

    def develop(self, raw: U16 | U32, gains: Gains | None = None, *, gain: float = 1.0) -> U8:
        """Develop one frame.

        Args:
            raw: (H, W) uint16 raw numbers, red at even rows and columns, blue at odd ones; behind an HDR sensor its
                uint16 codes or uint32 merged numbers.
            gains: white balance (red, blue) relative to green; None means the fixed ones.
            gain: analog gain that the frame was taken with; it sets the strength of the denoise.

        Returns:
            (H, W, 3) uint8 sRGB.
        """
        red, blue = gains or self.fixed_gains
        height, width = raw.shape
        mosaic = np.empty((height + 2 * MARGIN, width + 2 * MARGIN), np.float32)
        factors = red * self._scale, self._scale, blue * self._scale
        if self._hdr is None:
            _balance(np.asarray(raw, np.uint16), self._black, *factors, mosaic)
        else:
            _balance_linear(self.linear(raw), *factors, self._limit, mosaic)
        green = np.empty_like(mosaic)
        rgb, threads = np.empty((height, width, 3), np.uint8), render_threads()
        in_bands(len(mosaic), lambda a, b: green_plane(mosaic, _NOISE_FLOOR, green, a, b), threads)
        if self._hdr is None:
            in_bands(height, lambda a, b: _finish(mosaic, green, self._matrix, self._table, rgb, a, b), threads)
        else:
            tables = self._matrix, self._knees, self._table
            in_bands(height, lambda a, b: _finish_hdr(mosaic, green, *tables, rgb, a, b), threads)
        denoise = DENOISE_PER_STOP * math.log2(gain) if self.config.denoise is None else self.config.denoise
        if denoise > 0.0:
            rgb = np.asarray(cv2.bilateralFilter(rgb, 5, denoise, 1.5), np.uint8)
        if self.config.sharpen > 0.0:
            soft = cv2.GaussianBlur(rgb, (0, 0), 1.0)
            rgb = np.asarray(cv2.addWeighted(rgb, 1.0 + self.config.sharpen, soft, -self.config.sharpen, 0.0), np.uint8)
        return rgb
