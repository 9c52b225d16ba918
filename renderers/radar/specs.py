"""What a frequency-modulated continuous-wave radar is, and what it can tell apart.

The waveform and the array decide everything: with the chirp's slope S, sampled bandwidth B, effective sampling rate
0.9 Fs, the repetition interval T_c = (idle + ramp) N_tx of a time-multiplexed array and M chirps per transmitter,

    dR = c / 2B     R_max = 0.9 Fs c / 2S     v_max = lambda / 4 T_c     dv = lambda / 2 M T_c
    d(sin az) = lambda / (N d)                unambiguous for |sin az| < lambda / 2d

N = N_tx N_rx elements at the spacing d. Source: Texas Instruments mmWave FAQ (computing maximum range, velocity and
resolution). The presets are of the class of the ARS 408-21 (ranges, resolutions and rates from public summaries of its
data sheet; power budget, beam widths and elevation are assumptions). Left out: windows, which widen cells by half.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass

LIGHT_MPS = 299_792_458.0
BOLTZMANN = 1.380649e-23
_TEMPERATURE_K = 290.0


@dataclass
class RadarSpec:
    """Waveform, array and power budget.

    Attributes:
        carrier_hz: centre frequency.
        slope_hz_per_s: slope of the chirp.
        sampling_hz: of the intermediate frequency; nine tenths of it are usable.
        sampled_s: the part of the ramp that is sampled; slope times this is the bandwidth.
        ramp_s, idle_s: length of one chirp and the pause before the next.
        chirps: per transmitter and frame.
        transmitters, receivers: of the time-multiplexed array.
        spacing_wavelengths: of the virtual array's elements.
        azimuth_fov_deg, elevation_fov_deg: half field of view that is looked at.
        azimuth_beam_deg, elevation_beam_deg: full two-way width of the antennas' pattern at -6 dB.
        elevation_channels: elements above one another; 1 measures no elevation.
        min_range_m: nothing closer is seen.
        power_w, gain_db: transmitted, and of one antenna along its axis.
        noise_figure_db, losses_db: of the receiver, and all else that is lost.
        sidelobe_db: level of a strong target's side lobes in the other azimuth cells, below its peak.
        rays_azimuth, rays_elevation: how finely the field is sampled.

    """

    carrier_hz: float = 77e9
    slope_hz_per_s: float = 8.4e12
    sampling_hz: float = 15.6e6
    sampled_s: float = 10e-6
    ramp_s: float = 12e-6
    idle_s: float = 2e-6
    chirps: int = 676
    transmitters: int = 2
    receivers: int = 6
    spacing_wavelengths: float = 3.0
    azimuth_fov_deg: float = 9.0
    elevation_fov_deg: float = 7.0
    azimuth_beam_deg: float = 24.0
    elevation_beam_deg: float = 14.0
    elevation_channels: int = 1
    min_range_m: float = 0.2
    power_w: float = 0.01
    gain_db: float = 18.0
    noise_figure_db: float = 15.0
    losses_db: float = 9.0
    sidelobe_db: float = 25.0
    rays_azimuth: int = 240
    rays_elevation: int = 80

    def __post_init__(self) -> None:
        """Reject what cannot be built."""
        positive = (
            "carrier_hz", "slope_hz_per_s", "sampling_hz", "sampled_s", "ramp_s", "chirps", "transmitters", "receivers",
            "spacing_wavelengths", "azimuth_beam_deg", "elevation_beam_deg", "elevation_channels", "power_w",
            "rays_azimuth", "rays_elevation",
        )  # fmt: skip
        for name in positive:
            if not getattr(self, name) > 0:
                raise ValueError(f"radar {name} is {getattr(self, name)}, expected a value above 0")
        for name in ("idle_s", "min_range_m", "sidelobe_db"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"radar {name} is {getattr(self, name)}, expected 0 or more")
        if self.sampled_s > self.ramp_s:
            raise ValueError(f"radar sampled_s is {self.sampled_s}, expected at most ramp_s = {self.ramp_s}")
        if not 0.0 < self.elevation_fov_deg < 90.0:
            raise ValueError(f"radar elevation_fov_deg is {self.elevation_fov_deg}, expected a value in (0, 90)")
        widest = math.degrees(math.asin(min(1.0, 0.5 / self.spacing_wavelengths)))
        if not 0.0 < self.azimuth_fov_deg <= min(widest, 89.0):
            raise ValueError(
                f"radar azimuth_fov_deg is {self.azimuth_fov_deg}, expected a value in (0, {min(widest, 89.0):.2f}]: "
                f"elements {self.spacing_wavelengths} wavelengths apart cannot tell wider angles from narrower ones"
            )

    @property
    def wavelength_m(self) -> float:
        """Of the carrier."""
        return LIGHT_MPS / self.carrier_hz

    @property
    def bandwidth_hz(self) -> float:
        """Swept while sampling."""
        return self.slope_hz_per_s * self.sampled_s

    @property
    def elements(self) -> int:
        """Of the virtual array."""
        return self.transmitters * self.receivers

    @property
    def repetition_s(self) -> float:
        """Between two chirps of one transmitter."""
        return (self.ramp_s + self.idle_s) * self.transmitters

    @property
    def frame_s(self) -> float:
        """Length of the coherent interval."""
        return self.repetition_s * self.chirps

    @property
    def range_resolution_m(self) -> float:
        """Width of a range cell."""
        return LIGHT_MPS / (2.0 * self.bandwidth_hz)

    @property
    def max_range_m(self) -> float:
        """Where the beat frequency leaves the usable band."""
        return 0.9 * self.sampling_hz * LIGHT_MPS / (2.0 * self.slope_hz_per_s)

    @property
    def max_velocity_mps(self) -> float:
        """Radial velocities beyond plus or minus this fold over."""
        return self.wavelength_m / (4.0 * self.repetition_s)

    @property
    def velocity_resolution_mps(self) -> float:
        """Width of a Doppler cell."""
        return self.wavelength_m / (2.0 * self.frame_s)

    @property
    def azimuth_resolution_rad(self) -> float:
        """Width of an azimuth cell along the axis; it grows as 1 / cos(azimuth)."""
        return 1.0 / (self.elements * self.spacing_wavelengths)

    @property
    def elevation_resolution_rad(self) -> float:
        """Of an array half a wavelength apart; infinite where no elevation is measured."""
        return 2.0 / self.elevation_channels if self.elevation_channels > 1 else math.inf

    @property
    def range_cells(self) -> int:
        """Up to the maximum range."""
        return math.ceil(self.max_range_m / self.range_resolution_m)

    @property
    def cells(self) -> int:
        """Resolution cells of one frame: range, Doppler, azimuth."""
        return self.range_cells * self.chirps * self.elements

    @property
    def snr_at_one_metre(self) -> float:
        """Mean signal-to-noise ratio in its cell of 1 m^2 on the axis at 1 m; it falls as the fourth power of range.

        P G^2 lambda^2 T / ((4 pi)^3 k T_0 F L), T the time integrated over all chirps and elements.
        """
        gain, noise, loss = (10.0 ** (v / 10.0) for v in (self.gain_db, self.noise_figure_db, self.losses_db))
        integrated = self.chirps * self.ramp_s * self.elements
        received = self.power_w * gain**2 * self.wavelength_m**2 * integrated / (4.0 * math.pi) ** 3
        return received / (BOLTZMANN * _TEMPERATURE_K * noise * loss)


RADARS: dict[str, RadarSpec] = {
    "long_range": RadarSpec(),
    "short_range": RadarSpec(
        slope_hz_per_s=38.4e12,
        sampling_hz=20.0e6,
        chirps=292,
        transmitters=4,
        spacing_wavelengths=0.57,
        azimuth_fov_deg=60.0,
        elevation_fov_deg=10.0,
        azimuth_beam_deg=120.0,
        elevation_beam_deg=20.0,
        gain_db=12.0,
        rays_azimuth=600,
        rays_elevation=80,
    ),
}
"""Presets by name: the far and near scans of a 77 GHz automotive radar."""


def radar_spec(name: str) -> RadarSpec:
    """A preset.

    Raises:
        ValueError: there is none of that name.

    """
    if name not in RADARS:
        near = difflib.get_close_matches(name, RADARS, n=1, cutoff=0.0)[0]
        raise ValueError(f"unknown radar {name!r}, expected one of {', '.join(RADARS)}; did you mean {near!r}?")
    return RADARS[name]
