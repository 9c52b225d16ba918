"""The image sensor: radiance to raw numbers by the EMVA 1288 linear model on an RGGB Bayer mosaic.

Law (EMVA 1288 release 3.1, linear model):

    E     = pi L transmission / (1 + (2 N)^2)                 illuminance at the sensor [lx], L in cd/m^2
    mu_e  = E * photons_per_lx_s_m2 * share * QE * A * t      mean photo-electrons
    mu_d  = dark * t,  dark(T) = dark_ref * 2^((T - T_ref) / T_d)
    e     = min(Poisson(mu_e * PRNU + mu_d), full well) + DSNU + Normal(0, sigma_d)
    DN    = clip(round(K g e + black + U(-1/2, 1/2)), 0, 2^b - 1)

One lux is 1/683 W/m^2 at 555 nm, that is 4.1e15 photons/(s m^2); `spectral_share` says how much of that a colour's
band holds in white light. `crosstalk` is what the dye filters let through of the neighbouring bands. PRNU and DSNU are
maps fixed by the serial number, each the sum of a pixel, a row and a column part. The charge is clipped at the full
well before the read noise is added, and never at zero: the black level keeps the dark side of the noise, so dark
frames measure the read noise without bias. The dither adds 1/12 DN^2 to the 1/12 DN^2 of quantisation.

Left out: non-linearity near saturation, defect pixels, blooming, dark-signal non-uniformity growing with exposure,
temporal row noise, pixel response to oblique light. A smaller frame than the chip's is read as a crop of it.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from ..random import bits, mix
from ..threads import in_bands, render_threads
from .samplers import normal_field, normal_of, poisson_of

F32 = NDArray[np.float32]
U16 = NDArray[np.uint16]
Triple = tuple[float, float, float]

PHOTONS_PER_LUX_S_M2 = 4.1e15
"""Photons per second and square metre in one lux at 555 nm."""

DYES: tuple[Triple, Triple, Triple] = ((0.80, 0.16, 0.04), (0.10, 0.80, 0.10), (0.03, 0.19, 0.78))
"""Typical overlap of the dye filters of a colour sensor (unverified); rows are red, green, blue and sum to 1."""

_FLOOD = 1e9  # electrons; more than any pixel holds, so that infinite light has finite noise

NO_CROSSTALK: tuple[Triple, Triple, Triple] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@dataclass
class ImagerConfig:
    """One image sensor and the aperture before it.

    Attributes:
        pixel_m: pixel pitch [m].
        quantum_efficiency: electrons per photon in the red, green and blue band.
        spectral_share: photons of each band per photon of `PHOTONS_PER_LUX_S_M2`, in white light.
        crosstalk: (3, 3) share of band k in the signal of colour c; rows sum to 1.
        full_well_e: saturation charge [e-].
        read_noise_e: temporal dark noise sigma_d [e-].
        dark_current_e_per_s: dark current at `dark_reference_c` [e-/s].
        dark_reference_c, dark_doubling_c: temperature of that figure, and the rise that doubles it [deg C].
        temperature_c: temperature of the chip [deg C].
        prnu, prnu_row, prnu_column: photo-response non-uniformity per pixel, row, column (relative sigma).
        dsnu_e, dsnu_row_e, dsnu_column_e: dark-signal non-uniformity per pixel, row, column (sigma) [e-].
        gain_dn_per_e: system gain K at analog gain 1 [DN/e-].
        bit_depth: bits of the converter.
        black_dn: black level [DN].
        f_number: focal length over aperture.
        transmission: share of light the optics pass.
        shot_noise, dither: switches for the two noises that have no strength of their own.
    """

    pixel_m: float = 2.25e-6
    quantum_efficiency: Triple = (0.72, 0.85, 0.68)
    spectral_share: Triple = (0.85, 1.0, 0.8)
    crosstalk: tuple[Triple, Triple, Triple] = DYES
    full_well_e: float = 9458.0
    read_noise_e: float = 5.56
    dark_current_e_per_s: float = 1.5
    dark_reference_c: float = 36.0
    dark_doubling_c: float = 8.0
    temperature_c: float = 40.0
    prnu: float = 0.007
    prnu_row: float = 0.0
    prnu_column: float = 0.0
    dsnu_e: float = 3.7
    dsnu_row_e: float = 0.0
    dsnu_column_e: float = 0.0
    gain_dn_per_e: float = 0.399
    bit_depth: int = 12
    black_dn: float = 240.0
    f_number: float = 2.0
    transmission: float = 0.9
    shot_noise: bool = True
    dither: bool = True

    def __post_init__(self) -> None:
        """Reject values outside their physical range."""
        for name in ("pixel_m", "full_well_e", "dark_doubling_c", "gain_dn_per_e", "f_number"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"imager {name} is {getattr(self, name)}, expected a value above 0")
        for name in (
            *("read_noise_e", "dark_current_e_per_s", "black_dn"),
            *("prnu", "prnu_row", "prnu_column", "dsnu_e", "dsnu_row_e", "dsnu_column_e"),
        ):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"imager {name} is {getattr(self, name)}, expected a value of at least 0")
        if not 8 <= self.bit_depth <= 16:
            raise ValueError(f"imager bit_depth is {self.bit_depth}, expected 8 to 16")
        if self.black_dn >= 2**self.bit_depth - 1:
            raise ValueError(
                f"imager black_dn is {self.black_dn}, expected less than the largest {self.bit_depth}-bit number"
            )
        if not 0.0 < self.transmission <= 1.0:
            raise ValueError(f"imager transmission is {self.transmission}, expected a value in (0, 1]")
        for values in (self.quantum_efficiency, self.spectral_share):
            if len(values) != 3 or not all(v > 0.0 for v in values):
                raise ValueError(f"imager band values are {values}, expected three values above 0 (red, green, blue)")
        matrix = np.asarray(self.crosstalk, float)
        if matrix.shape != (3, 3) or not np.allclose(matrix.sum(axis=1), 1.0, atol=1e-6):
            raise ValueError(f"imager crosstalk is {self.crosstalk}, expected three rows of three that sum to 1")

    @property
    def pixel_area_m2(self) -> float:
        """Light-gathering area of one pixel [m^2]."""
        return self.pixel_m * self.pixel_m

    @property
    def white_dn(self) -> float:
        """The number at which a pixel is full at analog gain 1 [DN]."""
        return min(self.black_dn + self.gain_dn_per_e * self.full_well_e, 2.0**self.bit_depth - 1.0)

    @property
    def dark_current_now_e_per_s(self) -> float:
        """Dark current at `temperature_c` [e-/s]."""
        doublings = (self.temperature_c - self.dark_reference_c) / self.dark_doubling_c
        return self.dark_current_e_per_s * 2.0**doublings

    def sensitivity_e_per_s(self) -> Triple:
        """Electrons per second and pixel for a radiance of 1 cd/m^2 in the red, green and blue band."""
        lux = math.pi * self.transmission / (1.0 + (2.0 * self.f_number) ** 2)
        photons = lux * PHOTONS_PER_LUX_S_M2 * self.pixel_area_m2
        red, green, blue = (photons * s * q for s, q in zip(self.spectral_share, self.quantum_efficiency, strict=True))
        return red, green, blue


_TWELVE_BITS = 4095.0 - 168.0
_CONVERSION = 200.0 / 49.0  # of the split pixel's two gains [uV/e-]


def _automotive(low: ImagerConfig) -> dict[str, ImagerConfig]:
    """Sensors whose gain fills twelve bits with the full well; keys of split diodes end in their conversion gain."""

    def plain(pixel_m: float, full_well_e: float, read_noise_e: float, dark: float, dsnu_e: float) -> ImagerConfig:
        return replace(
            low,
            pixel_m=pixel_m,
            quantum_efficiency=(0.60, 0.72, 0.57),
            full_well_e=full_well_e,
            read_noise_e=read_noise_e,
            dark_current_e_per_s=dark,
            prnu=0.01,
            dsnu_e=dsnu_e,
            gain_dn_per_e=_TWELVE_BITS / full_well_e,
            black_dn=168.0,
        )

    def small(config: ImagerConfig, relative: float) -> ImagerConfig:
        red, green, blue = (relative * q for q in config.quantum_efficiency)
        return replace(config, quantum_efficiency=(red, green, blue))

    return {
        "split_pixel_large_hcg": plain(2.8e-6, 22_000.0 / _CONVERSION, 0.83, 25.6, 2.0),
        "split_pixel_small_hcg": small(plain(2.8e-6, 7_900.0 / _CONVERSION, 0.83, 4.2, 2.0), 0.01),
        "split_pixel_small": small(plain(2.8e-6, 7_900.0, 2.96, 4.2, 2.0), 0.01),
        "imx490_large_hcg": plain(3.0e-6, 15_000.0, 1.5, 15.0, 3.0),
        "imx490_large": plain(3.0e-6, 120_000.0, 15.0, 15.0, 20.0),
        "imx490_small_hcg": small(plain(3.0e-6, 15_000.0, 2.5, 5.0, 4.0), 0.04),
        "imx490_small": small(plain(3.0e-6, 60_000.0, 8.0, 5.0, 12.0), 0.04),
        "imx390": plain(3.0e-6, 12_000.0, 2.5, 15.0, 2.0),
        "ar0833": plain(1.4e-6, 3_981.0, 2.51, 20.0, 1.5),
        "ar0231at": plain(3.0e-6, 11_000.0, 2.5, 20.0, 2.0),
        "ar0820at": plain(2.1e-6, 8_000.0, 2.5, 15.0, 2.0),
        "ov2740": plain(1.4e-6, 4_500.0, 4.0, 20.0, 2.0),
    }


def _presets() -> dict[str, ImagerConfig]:
    low = ImagerConfig()
    return {
        "imx900_low_gain": low,
        "imx900_high_gain": replace(
            low,
            quantum_efficiency=(0.70, 0.82, 0.66),
            full_well_e=2183.0,
            read_noise_e=1.95,
            dark_current_e_per_s=1.47,
            prnu=0.008,
            dsnu_e=1.3,
            gain_dn_per_e=1.673,
        ),
        "ar0330": replace(
            low,
            pixel_m=2.2e-6,
            quantum_efficiency=(0.50, 0.60, 0.48),
            full_well_e=7943.0,
            read_noise_e=2.66,
            dark_current_e_per_s=20.0,
            prnu=0.01,
            dsnu_e=2.0,
            gain_dn_per_e=0.494,
            black_dn=168.0,
        ),
        "split_pixel_large": replace(
            low,
            pixel_m=2.8e-6,
            quantum_efficiency=(0.60, 0.72, 0.57),
            full_well_e=22_000.0,
            read_noise_e=3.05,
            dark_current_e_per_s=25.6,
            prnu=0.01,
            dsnu_e=2.0,
            gain_dn_per_e=0.175,
        ),
        **_automotive(low),
        "ideal": replace(
            low,
            crosstalk=NO_CROSSTALK,
            read_noise_e=0.0,
            dark_current_e_per_s=0.0,
            prnu=0.0,
            dsnu_e=0.0,
            bit_depth=16,
            gain_dn_per_e=6.0,
            shot_noise=False,
            dither=False,
        ),
    }


PRESETS = _presets()
"""Sensors by name.

- `imx900_low_gain`: 2.25 um global shutter. K, full well, read noise, PRNU, DSNU, black level from an EMVA 3.1 lab
  report (secondary). Dark current is the high-gain figure. The report's quantum efficiency is 91 % at 536 nm; the
  means over the bands under the colour dyes given here are (unverified).
- `imx900_high_gain`: the same chip at its +3 dB setting, same report; same remarks.
- `ar0330`: 2.2 um rolling shutter. Full well and read noise follow from the data sheet's SNRmax 39 dB and dynamic
  range 69.5 dB; quantum efficiency, dark current, PRNU, DSNU, black level are (unverified).
- `split_pixel_large`: 2.8 um large diode of a split-pixel automotive chip at its low conversion gain: full well, read
  noise and dark current from Solhusvik et al. 2019; the rest is (unverified).
- `split_pixel_large_hcg`, `split_pixel_small_hcg`, `split_pixel_small`: the other readouts of that chip (same source).
  At 200 instead of 49 uV/e- the converter is full at 1 / 4.08 of the full well. The small diode has 0.01 times the
  sensitivity.
- `imx490_large`, `imx490_small` with their `_hcg` readouts: 3 um (unverified) automotive chip. Full wells as an open
  simulator uses them (secondary); the small diode's sensitivity follows from the chip's 120 dB (derived); gains,
  noises and dark currents are (unverified).
- `imx390`, `ar0231at`, `ar0820at`: single exposures of automotive chips with several, see `hdr.py`; 3.0, 3.0, 2.1 um
  (all electrical figures unverified).
- `ar0833`: 1.4 um rolling shutter. Full well and read noise follow from the data sheet's SNRmax 36 dB and dynamic range
  64 dB; the rest is (unverified).
- `ov2740`: 1.4 um rolling shutter, the colour camera of a D435 (unverified).
- `ideal`: no noise at all, 16 bit; for tests and clean reference pictures.
"""


def preset(name: str) -> ImagerConfig:
    """A copy of the preset called `name`; ValueError with the nearest name if there is none."""
    if name not in PRESETS:
        near = difflib.get_close_matches(name, PRESETS, n=1, cutoff=0.0)[0]
        raise ValueError(
            f"unknown imager preset {name!r}, expected one of {', '.join(PRESETS)}; did you mean {near!r}?"
        )
    return replace(PRESETS[name])


def _pattern(shape: tuple[int, int], key: int, pixel: float, row: float, column: float) -> F32:
    height, width = shape
    draw = [np.uint64(mix(np.uint64((key + n) & 0xFFFFFFFFFFFFFFFF))) for n in range(3)]
    pattern = pixel * normal_field(height * width, draw[0], 0).reshape(shape)
    pattern += row * normal_field(height, draw[1], 0)[:, None]
    pattern += column * normal_field(width, draw[2], 0)[None, :]
    return pattern.astype(np.float32)


@compiled(inline="always")
def pixel_dn(mean_e, dsnu_e, full_well_e, read_noise_e, gain, black, top, shot_noise, dither, counter, charge, reading):  # type: ignore[no-untyped-def]
    """The number that one pixel gives for a mean charge [e-]; keys of its charge's and of its reading's randomness."""
    mean = min(mean_e, _FLOOD)
    electrons = poisson_of(mean, bits(charge, counter, 0)) if shot_noise else mean
    electrons = min(max(electrons, 0.0), full_well_e)
    word = bits(reading, counter, 1)
    electrons += dsnu_e + read_noise_e * normal_of(word)
    jitter = dither * (float(mix(word) >> np.uint64(40)) * (1.0 / 16777216.0) - 0.5)
    value = np.floor(gain * electrons + black + jitter + 0.5)
    return min(max(value, 0.0), top)


@compiled
def _expose(
    radiance: F32,
    response: NDArray[np.float64],
    prnu: F32,
    dsnu: F32,
    dark_e: float,
    full_well_e: float,
    read_noise_e: float,
    gain: float,
    black: float,
    top: float,
    shot_noise: bool,
    dither: float,
    key: np.uint64,
    out: U16,
    first: int,
    end: int,
) -> None:
    """Fill rows `first` to `end`."""
    width = out.shape[1]
    for y in range(first, end):
        for x in range(width):
            colour = (y & 1) + (x & 1)
            mean = np.float64(
                radiance[y, x, 0] * response[colour, 0]
                + radiance[y, x, 1] * response[colour, 1]
                + radiance[y, x, 2] * response[colour, 2]
            )
            mean = mean * prnu[y, x] + dark_e
            counter = y * width + x
            value = pixel_dn(
                mean, dsnu[y, x], full_well_e, read_noise_e, gain, black, top, shot_noise, dither, counter, key, key
            )
            out[y, x] = np.uint16(value)


def fixed_pattern(config: ImagerConfig, shape: tuple[int, int], serial: int) -> tuple[F32, F32]:
    """The specimen's maps with `shape` (rows, columns): factor on the photo signal, offset of the dark signal [e-]."""
    prnu = 1.0 + _pattern(shape, 3 * serial, config.prnu, config.prnu_row, config.prnu_column)
    np.maximum(prnu, 0.0, out=prnu)
    offset = 1 << 63
    dsnu = _pattern(shape, 3 * serial + offset, config.dsnu_e, config.dsnu_row_e, config.dsnu_column_e)
    return prnu.astype(np.float32), dsnu


def band_response(config: ImagerConfig) -> NDArray[np.float64]:
    """(3, 3) electrons per second of a red, green, blue site (rows) per cd/m^2 of red, green, blue light (columns)."""
    return np.asarray(config.crosstalk, float) * np.asarray(config.sensitivity_e_per_s())[:, None]


class Imager:
    """One specimen of a sensor: two specimens share a config and differ in their fixed pattern."""

    def __init__(self, config: ImagerConfig, shape: tuple[int, int], *, serial: int) -> None:
        """Draw the fixed pattern of the specimen `serial` with `shape` (rows, columns)."""
        self.config = config
        self.shape = shape
        self._prnu, self._dsnu = fixed_pattern(config, shape, serial)
        self._response = band_response(config)

    def expose(self, radiance: F32, exposure_s: float, analog_gain: float, *, key: np.uint64) -> U16:
        """Take one frame.

        Args:
            radiance: (H, W, 3) float32 mean radiance over the exposure [cd/m^2], linear RGB.
            exposure_s: exposure time [s].
            analog_gain: gain on top of `gain_dn_per_e`, at least 1 for a real amplifier.
            key: key of this frame's noise; the same key gives the same noise.

        Returns:
            (H, W) uint16 raw numbers [DN]; red at even rows and columns, blue at odd rows and columns.

        Raises:
            ValueError: if the radiance has another shape than the sensor.
        """
        if radiance.shape != (*self.shape, 3):
            raise ValueError(f"radiance has shape {radiance.shape}, expected {(*self.shape, 3)} (rows, columns, RGB)")
        c = self.config
        raw = np.empty(self.shape, np.uint16)
        arguments = (
            np.ascontiguousarray(radiance, np.float32),
            self._response * exposure_s,
            self._prnu,
            self._dsnu,
            c.dark_current_now_e_per_s * exposure_s,
            c.full_well_e,
            c.read_noise_e,
            c.gain_dn_per_e * analog_gain,
            c.black_dn,
            2.0**c.bit_depth - 1.0,
            c.shot_noise,
            float(c.dither),
            np.uint64(key),
            raw,
        )
        in_bands(len(raw), lambda first, end: _expose(*arguments, first, end), render_threads())
        return raw
