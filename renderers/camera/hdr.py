"""High dynamic range sensors: several captures of one frame, merged to one linear number and companded.

Two ways to take them:

- split pixel: a large and a small photodiode under one lens, each read at a high and a low conversion gain, at once.
  The two readings of a diode see the same charge, so the same shot noise.
- sequential: one diode exposed for t, r2 t, r3 t, ... one after another; what moves between them leaves ghosts.

With s_i the response of capture i relative to the first (sensitivity x exposure x gain; s_1 = 1 > s_2 > ...):

    x_i = (DN_i - black_i) / s_i
    longest    x = x_i of the first capture that is not full
    variance   x = sum w_i x_i / sum w_i over those that are not full,  w_i = s_i^2 / var_i,
               var_i = sigma_d,i^2 K_i^2 + 1/6 + K_i max(DN_i - black_i, 0)      the photon transfer line

Where one capture hands over to the next, the collected charge falls by r = mu_i / mu_(i-1), and the signal-to-noise
ratio with it by sqrt(r): bands of noise along brightness contours, as real sensors show. Pixels decide one by one.

The merged number has `linear_bits` bits and keeps a black level, and is sent as a piece-wise linear code: straight
lines between knee points (linear, code), steep in the dark and flat in the light, each step below the shot noise.
Sources: Solhusvik et al. 2019 (split pixel); IMX490's four 12-bit channels and 24-bit sum (Lucid). Ratios and knees
without a source are (unverified). Left out: motion correction, blending across a seam, flicker modes of single chips.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..compiled import compiled
from ..random import bits
from ..threads import in_bands, render_threads
from .imager import ImagerConfig, band_response, fixed_pattern, pixel_dn, preset

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]

_MERGES = ("longest", "variance")


@dataclass
class Companding:
    """A piece-wise linear code.

    Attributes:
        knees: (linear, code) points, both increasing, from (0, 0); no line is steeper than one code per number.
    """

    knees: list[tuple[float, float]] = field(
        default_factory=lambda: [
            *((0.0, 0.0), (1024.0, 1024.0), (8192.0, 1920.0), (65_536.0, 2752.0), (524_288.0, 3456.0)),
            (16_777_215.0, 4095.0),
        ]
    )

    def __post_init__(self) -> None:
        """Reject codes that cannot be inverted."""
        x, y = np.array([k[0] for k in self.knees], float), np.array([k[1] for k in self.knees], float)
        steps = np.diff(x), np.diff(y)
        good = len(x) >= 2 and x[0] == 0.0 and y[0] == 0.0 and bool((steps[1] > 0.0).all())
        if not (good and bool((steps[0] >= steps[1]).all()) and y[-1] <= 65_535.0 and bool((y == np.rint(y)).all())):
            raise ValueError(
                f"companding knees are {self.knees}, expected increasing points (linear, whole code) from (0, 0) with "
                "at most one code per number and codes up to 65535"
            )

    @property
    def table(self) -> F64:
        """(K, 2) the knees."""
        return np.array(self.knees, float)

    def compress(self, linear: ArrayLike) -> U16:
        """Codes of linear numbers."""
        t = self.table
        return np.rint(np.interp(np.asarray(linear, float), t[:, 0], t[:, 1])).astype(np.uint16)

    def expand(self, codes: ArrayLike) -> F64:
        """Linear numbers in the middle of what each code stands for."""
        t = self.table
        return np.interp(np.asarray(codes, float), t[:, 1], t[:, 0])


@dataclass
class HdrConfig:
    """One sensor with several captures.

    Attributes:
        captures: imager presets, the most sensitive capture first.
        exposures: exposure time of each relative to the first, in (0, 1].
        diode: number of the photodiode of each; captures of one diode and one exposure share their charge.
        merge: "longest" or "variance".
        full: share of a capture's range from which it counts as full, in [0.5, 1).
        companding: the code in which numbers leave the sensor.
        linear_bits: bits of the merged number.
    """

    captures: list[str] = field(
        default_factory=lambda: [
            "split_pixel_large_hcg", "split_pixel_large", "split_pixel_small_hcg", "split_pixel_small",
        ]
    )  # fmt: skip
    exposures: list[float] = field(default_factory=lambda: [1.0, 1.0, 1.0, 1.0])
    diode: list[int] = field(default_factory=lambda: [0, 0, 1, 1])
    merge: str = "longest"
    full: float = 0.95
    companding: Companding = field(default_factory=Companding)
    linear_bits: int = 24

    def __post_init__(self) -> None:
        """Reject captures that do not go from dark to bright."""
        n = len(self.captures)
        if n < 1 or len(self.exposures) != n or len(self.diode) != n:
            raise ValueError(
                f"hdr has {n} captures, {len(self.exposures)} exposures and {len(self.diode)} diodes, "
                "expected the same number of each, at least one"
            )
        if not all(0.0 < e <= 1.0 for e in self.exposures) or self.exposures[0] != 1.0:
            raise ValueError(f"hdr exposures are {self.exposures}, expected values in (0, 1], the first of them 1")
        if self.merge not in _MERGES:
            raise ValueError(f"hdr merge is {self.merge!r}, expected {' or '.join(_MERGES)}")
        if not 0.5 <= self.full < 1.0:
            raise ValueError(f"hdr full is {self.full}, expected a value in [0.5, 1)")
        if not 12 <= self.linear_bits <= 32:
            raise ValueError(f"hdr linear_bits is {self.linear_bits}, expected 12 to 32")
        if not (np.diff(self.responses) < 0.0).all():
            raise ValueError(f"hdr captures respond as {self.responses.tolist()}, expected falling values")

    @property
    def sensors(self) -> list[ImagerConfig]:
        """The captures' imagers."""
        return [preset(name) for name in self.captures]

    @property
    def first(self) -> ImagerConfig:
        """The imager whose scale and black level the merged number keeps."""
        return preset(self.captures[0])

    @property
    def responses(self) -> F64:
        """(C,) numbers of each capture per number of the first, above black."""
        rates = np.array(
            [
                s.sensitivity_e_per_s()[1] * s.gain_dn_per_e * e
                for s, e in zip(self.sensors, self.exposures, strict=True)
            ]
        )
        out: F64 = rates / rates[0]
        return out

    @property
    def white_dn(self) -> float:
        """Merged number at which the last capture is full."""
        last = self.sensors[-1]
        white = self.first.black_dn + (last.white_dn - last.black_dn) / float(self.responses[-1])
        return min(white, 2.0**self.linear_bits - 1.0)

    @property
    def dynamic_range_db(self) -> float:
        """Full last capture over the read noise of the first [dB], both as light."""
        charge = np.array([s.sensitivity_e_per_s()[1] * e for s, e in zip(self.sensors, self.exposures, strict=True)])
        smallest = self.first.read_noise_e / charge[0]
        return float(20.0 * np.log10(self.sensors[-1].full_well_e / charge[-1] / smallest))


class HdrImager:
    """One specimen of such a sensor (final)."""

    def __init__(self, config: HdrConfig, shape: tuple[int, int], *, serial: int) -> None:
        """Draw the fixed patterns of the specimen `serial` with `shape` (rows, columns), one per diode."""
        self.config, self.shape = config, shape
        sensors = config.sensors
        maps = [fixed_pattern(s, shape, serial + 7919 * d) for s, d in zip(sensors, config.diode, strict=True)]
        self._prnu, self._dsnu = (np.stack([m[k] for m in maps]) for k in (0, 1))
        self._response = np.stack([band_response(s) * e for s, e in zip(sensors, config.exposures, strict=True)])
        scale = config.responses
        self._rows = np.array(
            [
                [s.dark_current_now_e_per_s * e, s.full_well_e, s.read_noise_e, s.gain_dn_per_e, s.black_dn,
                 2.0**s.bit_depth - 1.0, 1.0 / r, float(s.shot_noise), float(s.dither)]
                for s, e, r in zip(sensors, config.exposures, scale, strict=True)
            ]
        )  # fmt: skip

    def merged(self, radiance: F32 | Sequence[F32], exposure_s: float, analog_gain: float, *, key: np.uint64) -> U32:
        """Take one frame and merge it.

        Args:
            radiance: (H, W, 3) float32 mean radiance over the exposure [cd/m^2]; or one such picture per capture, for
                exposures that follow each other.
            exposure_s: exposure time of the first capture [s].
            analog_gain: gain on all captures, at least 1.
            key: key of this frame's noise.

        Returns:
            (H, W) uint32 linear numbers in the first capture's scale, with its black level; RGGB.

        Raises:
            ValueError: wrong shape or number of pictures.
        """
        c = self.config
        if not isinstance(radiance, np.ndarray) and len(radiance) != len(c.captures):
            raise ValueError(f"hdr got {len(radiance)} pictures, expected 1 or {len(c.captures)}, one per capture")
        pictures = radiance[None] if isinstance(radiance, np.ndarray) else np.stack(list(radiance))
        if pictures.shape[1:] != (*self.shape, 3):
            raise ValueError(
                f"radiance has shape {pictures.shape[1:]}, expected {(*self.shape, 3)} (rows, columns, RGB)"
            )
        rows = self._rows.copy()
        rows[:, 0] *= exposure_s
        rows[:, 3] *= analog_gain
        lots = list(zip(c.diode, c.exposures, strict=True))  # one charge each, however often it is read
        charge = [np.uint64(bits(np.uint64(key), lots.index(lot), 5)) for lot in lots]
        reading = [np.uint64(bits(np.uint64(key), i, 6)) for i in range(len(lots))]
        keys = np.array([charge, reading], np.uint64)
        out = np.empty(self.shape, np.uint32)
        arguments = (
            np.ascontiguousarray(pictures, np.float32), self._response * exposure_s, self._prnu,
            self._dsnu, rows, keys, c.full, c.merge == "variance", 2.0**c.linear_bits - 1.0, out,
        )  # fmt: skip
        in_bands(len(out), lambda first, end: _merge(*arguments, first, end), render_threads())
        return out

    def expose(self, radiance: F32 | Sequence[F32], exposure_s: float, analog_gain: float, *, key: np.uint64) -> U16:
        """Like `merged`, as (H, W) uint16 companded codes: what the sensor sends."""
        codes = np.empty(self.shape, np.uint16)
        _compress(self.merged(radiance, exposure_s, analog_gain, key=key), self.config.companding.table, codes)
        return codes


@compiled(error_model="numpy")
def _merge(pictures, response, prnu, dsnu, rows, keys, full, by_variance, top, out, first, end):  # type: ignore[no-untyped-def]
    """Fill rows `first` to `end`."""
    width = out.shape[1]
    count = len(rows)
    offset = rows[0, 4]
    for y in range(first, end):
        for x in range(width):
            colour = (y & 1) + (x & 1)
            counter = y * width + x
            total, weights = 0.0, 0.0
            for i in range(count):
                light = pictures[min(i, len(pictures) - 1)]
                mean = np.float64(
                    light[y, x, 0] * response[i, colour, 0]
                    + light[y, x, 1] * response[i, colour, 1]
                    + light[y, x, 2] * response[i, colour, 2]
                )
                mean = mean * prnu[i, y, x] + rows[i, 0]
                gain, black, ceiling = rows[i, 3], rows[i, 4], rows[i, 5]
                dn = pixel_dn(
                    mean, dsnu[i, y, x], rows[i, 1], rows[i, 2], gain, black, ceiling, rows[i, 7] > 0.0, rows[i, 8],
                    counter, keys[0, i], keys[1, i],
                )  # fmt: skip
                white = min(black + gain * rows[i, 1], ceiling)
                value = (dn - black) * rows[i, 6]
                if i < count - 1 and dn >= black + full * (white - black):
                    continue
                if not by_variance:
                    total, weights = value, 1.0
                    break
                spread = (rows[i, 2] * gain) ** 2 + 1.0 / 6.0 + gain * max(dn - black, 0.0)
                w = 1.0 / (spread * rows[i, 6] * rows[i, 6])
                if i == count - 1 and weights > 0.0 and dn >= black + full * (white - black):
                    break
                total += w * value
                weights += w
            out[y, x] = np.uint32(min(max(np.floor(total / weights + offset + 0.5), 0.0), top))


@compiled(error_model="numpy")
def _compress(linear, knees, out):  # type: ignore[no-untyped-def]
    last = len(knees) - 1
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            value = min(np.float64(linear[y, x]), knees[last, 0])
            k = 0
            while k < last - 1 and value >= knees[k + 1, 0]:
                k += 1
            slope = (knees[k + 1, 1] - knees[k, 1]) / (knees[k + 1, 0] - knees[k, 0])
            out[y, x] = np.uint16(np.rint(knees[k, 1] + slope * (value - knees[k, 0])))


def _staggered(name: str, exposures: list[float]) -> HdrConfig:
    return HdrConfig([name] * len(exposures), exposures, [0] * len(exposures))


HDR: dict[str, HdrConfig] = {
    "split_pixel": HdrConfig(),
    "imx490": HdrConfig(["imx490_large_hcg", "imx490_large", "imx490_small_hcg", "imx490_small"]),
    "imx390": _staggered("imx390", [1.0, 1.0 / 16.0, 1.0 / 256.0]),
    "ar0231at": _staggered("ar0231at", [1.0, 1.0 / 8.0, 1.0 / 64.0, 1.0 / 512.0]),
    "ar0820at": _staggered("ar0820at", [1.0, 1.0 / 16.0, 1.0 / 256.0, 1.0 / 4096.0]),
}
"""Sensors by name: two with split pixels, three that expose several times. 119.6 dB follows for `split_pixel` from its
source, 120 dB is stated for the IMX490 and IMX390, above 120 dB for the AR0231AT, up to 140 dB for the AR0820AT."""


def hdr_preset(name: str) -> HdrConfig:
    """The sensor called `name`; ValueError with the nearest name if there is none."""
    if name not in HDR:
        near = difflib.get_close_matches(name, HDR, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown hdr sensor {name!r}, expected one of {', '.join(HDR)}; did you mean {near!r}?")
    c = HDR[name]
    return HdrConfig(
        list(c.captures), list(c.exposures), list(c.diode), c.merge, c.full, Companding(list(c.companding.knees)),
        c.linear_bits,
    )  # fmt: skip
