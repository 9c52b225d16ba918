"""The lidars that are known by name.

Sources: firing orders, angles and times from public drivers' parameter files and calibrations and from manuals, ranges
and precision from data sheets. Individual units deviate by tenths of a degree; nominal angles are used.

Assumed, since no data sheet says so: the range at 10 % reflectance of VLP-16 and HDL-32E (50 m), VLP-32C (100 m),
Pandar64 (100 m), AT128 and Avia (200 m, 190 m) and of the HDL-64E (50 m); minimum ranges of Velodynes and of the OS1;
pulses of 5 ns and with them echo separations of 0.75 m except on Ouster sensors; beams 10 mm wide at the exit except
on Ouster sensors, where that is stated; divergence of Hesai sensors; a HDL-64E cycle of 48 us (which gives the data
sheet's azimuth steps of 0.08 degrees at 5 Hz to 0.35 at 20 Hz) and Hesai and HDL-64E lasers evenly spaced in their
cycle; the speeds of Livox patterns. Noise at the limit: 0.30 m / sqrt(12), the lowest line of the OS1 precision table,
and 0.09 m / sqrt(2) for all others (Kilic et al. 2021, LISA). Left out: units of an AT128 that see nothing within
7.2 m, per-unit calibrations.
"""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .beams import BeamTable
from .patterns import MirrorHead, Rosette

F64 = NDArray[np.float64]

_NOISE: dict[str, Any] = {"range_noise_m": 0.09 / np.sqrt(2.0), "false_alarm": 1e-4}
_OPTICS: dict[str, Any] = {"aperture_m": 0.010, "pulse_s": 5e-9, "echo_separation_m": 0.75}
_RPM = 2.0 * np.pi / 60.0


def _velodyne(
    name: str,
    degrees_by_id: tuple[float, ...],
    *,
    laser_s: float,
    cycle_s: float,
    rates_hz: tuple[float, ...],
    min_range_m: float,
    azimuth_deg_by_id: tuple[float, ...] = (),
    at_once: int = 1,
    focus_m: float = 0.0,
    max_range_m: float = 100.0,
    range_50_m: float = 50.0,
    range_step_m: float = 0.002,
    wavelength_m: float = 905e-9,
    divergence_rad: tuple[float, float] = (3.0e-3, 3.0e-3),
) -> BeamTable:
    """Lasers fire in the order of their ids, `at_once` together; all beams cross at `focus_m` ahead of the axis."""
    elevation = np.deg2rad(degrees_by_id)
    row = np.argsort(-elevation)
    return BeamTable(
        name=name,
        elevation_rad=elevation[row],
        azimuth_offset_rad=np.deg2rad(azimuth_deg_by_id)[row] if azimuth_deg_by_id else np.zeros(len(row)),
        fire_offset_s=laser_s * (row // at_once).astype(np.float64),
        origin_height_m=-focus_m * np.tan(elevation[row]),
        origin_radius_m=0.0,
        cycle_s=cycle_s,
        columns=(),
        rates_hz=rates_hz,
        max_columns_hz=1.0 / cycle_s,
        min_range_m=min_range_m,
        max_range_m=max_range_m,
        range_50_m=range_50_m,
        range_noise_floor_m=0.01,
        range_step_m=range_step_m,
        wavelength_m=wavelength_m,
        divergence_rad=divergence_rad,
        **_NOISE,
        **_OPTICS,
    )


def _ouster(
    name: str,
    degrees: F64,
    stagger_deg: tuple[float, float, float, float],
    *,
    origin_radius_m: float,
    range_50_m: float,
    range_step_m: float,
    wavelength_m: float,
    divergence_deg: float,
) -> BeamTable:
    """All lasers of a column fire together; azimuths are staggered by fours. Stagger counts clockwise."""
    beams = len(degrees)
    return BeamTable(
        name=name,
        elevation_rad=np.deg2rad(degrees),
        azimuth_offset_rad=np.deg2rad(-np.resize(stagger_deg, beams)),
        fire_offset_s=np.zeros(beams),
        origin_height_m=np.zeros(beams),
        origin_radius_m=origin_radius_m,
        cycle_s=0.0,
        columns=(1024, 512, 2048),
        rates_hz=(10.0, 20.0),
        max_columns_hz=20480.0,
        min_range_m=0.3,
        max_range_m=120.0,
        range_50_m=range_50_m,
        range_noise_floor_m=0.01,
        range_noise_m=0.30 / np.sqrt(12.0),
        range_step_m=range_step_m,
        false_alarm=1e-4,
        wavelength_m=wavelength_m,
        divergence_rad=(np.deg2rad(divergence_deg), np.deg2rad(divergence_deg)),
        aperture_m=0.010,
        pulse_s=2e-9,
        echo_separation_m=0.30,
    )


def _hesai(
    name: str,
    degrees: F64,
    azimuth_deg: F64,
    *,
    columns: tuple[int, ...],
    rates_hz: tuple[float, ...],
    fire_offset_s: F64,
    ranges_m: tuple[float, float],
    range_50_m: float,
    span_deg: float = 360.0,
) -> BeamTable:
    """Columns locked to the encoder, lasers one after the other."""
    return BeamTable(
        name=name,
        elevation_rad=np.deg2rad(degrees),
        azimuth_offset_rad=np.deg2rad(azimuth_deg),
        fire_offset_s=fire_offset_s,
        origin_height_m=np.zeros(len(degrees)),
        origin_radius_m=0.0,
        cycle_s=0.0,
        columns=columns,
        rates_hz=rates_hz,
        max_columns_hz=columns[0] * rates_hz[0],
        min_range_m=ranges_m[0],
        max_range_m=ranges_m[1],
        range_50_m=range_50_m,
        range_noise_floor_m=0.01,
        range_step_m=0.004,
        wavelength_m=905e-9,
        divergence_rad=(2.0e-3, 2.0e-3),
        span_rad=np.deg2rad(span_deg),
        **_NOISE,
        **_OPTICS,
    )


def _livox(
    name: str, pattern: Rosette | MirrorHead, lines: F64, *, points_per_s: float, ranges_m: tuple[float, float],
    range_50_m: float,
) -> BeamTable:  # fmt: skip
    """Lines fire together, at a constant rate; a frame is 0.1 s of a pattern that goes on."""
    count = len(lines)
    columns = round(points_per_s / count / 10.0)
    return BeamTable(
        name=name,
        elevation_rad=lines,
        azimuth_offset_rad=np.zeros(count),
        fire_offset_s=np.zeros(count),
        origin_height_m=np.zeros(count),
        origin_radius_m=0.0,
        cycle_s=0.0,
        columns=(columns,),
        rates_hz=(10.0,),
        max_columns_hz=10.0 * columns,
        min_range_m=ranges_m[0],
        max_range_m=ranges_m[1],
        range_50_m=range_50_m,
        range_noise_floor_m=0.01,
        range_step_m=0.001,
        wavelength_m=905e-9,
        divergence_rad=(np.deg2rad(0.03), np.deg2rad(0.28)),
        pattern=pattern,
        **_NOISE,
        **_OPTICS,
    )


_VLP_32C = (
    (-25, 1.4), (-1, -4.2), (-1.667, 1.4), (-15.639, -1.4), (-11.31, 1.4), (0, -1.4), (-0.667, 4.2), (-8.843, -1.4),
    (-7.254, 1.4), (0.333, -4.2), (-0.333, 1.4), (-6.148, -1.4), (-5.333, 4.2), (1.333, -1.4), (0.667, 4.2), (-4, -1.4),
    (-4.667, 1.4), (1.667, -4.2), (1, 1.4), (-3.667, -4.2), (-3.333, 4.2), (3.333, -1.4), (2.333, 1.4), (-2.667, -1.4),
    (-3, 1.4), (7, -1.4), (4.667, 1.4), (-2.333, -4.2), (-2, 4.2), (15, -1.4), (10.333, 1.4), (-1.333, -1.4),
)  # fmt: skip
"""Elevation, and azimuth offset counted clockwise, of each laser [deg]."""
_PANDAR_64 = np.concatenate(
    [
        [14.9, 11.05, 8.077, 5.075, 3.058],
        2.046 - 0.1685 * np.arange(49),
        [-7.045, -8.041, -9.042, -10.027, -11.014, -11.988, -12.956, -13.912, -18.871, -24.879],
    ]
)
_PANDAR_64_AZIMUTH = np.concatenate(
    [np.full(5, -1.042), np.resize([-1.042, 1.042, 3.125, 5.208, -5.208, -3.125], 49), np.full(10, -1.042)]
)
_AVIA_RADIUS = np.deg2rad(70.4 / 2.0)
_AVIA_LINES = np.deg2rad(np.linspace(3.4, -3.4, 6))  # stacks discs 70.4 degrees wide to a field 77.2 degrees high
_MID_360 = (np.deg2rad(-7.0), np.deg2rad(52.0))

BEAMS: dict[str, BeamTable] = {
    table.name: table
    for table in (
        _velodyne(
            "VLP-16",
            (-15, 1, -13, 3, -11, 5, -9, 7, -7, 9, -5, 11, -3, 13, -1, 15),
            laser_s=2.304e-6,
            cycle_s=55.296e-6,
            focus_m=0.0418,  # gives the manual's vertical corrections: 11.2 mm at -15 degrees, 0.7 mm at -1
            rates_hz=(10.0, 5.0, 15.0, 20.0),
            min_range_m=0.5,
            wavelength_m=903e-9,
            divergence_rad=(3.0e-3, 1.5e-3),
        ),
        _velodyne(
            "VLP-32C",
            tuple(e for e, _ in _VLP_32C),
            azimuth_deg_by_id=tuple(-a for _, a in _VLP_32C),
            laser_s=2.304e-6,
            cycle_s=55.296e-6,
            at_once=2,
            rates_hz=(10.0, 5.0, 15.0, 20.0),
            min_range_m=0.5,
            max_range_m=200.0,
            range_50_m=100.0,
            range_step_m=0.004,
            wavelength_m=903e-9,
            divergence_rad=(3.0e-3, 1.5e-3),
        ),
        _velodyne(
            "HDL-32E",
            (
                -30.67, -9.33, -29.33, -8, -28, -6.67, -26.67, -5.33, -25.33, -4, -24, -2.67, -22.67, -1.33, -21.33, 0,
                -20, 1.33, -18.67, 2.67, -17.33, 4, -16, 5.33, -14.67, 6.67, -13.33, 8, -12, 9.33, -10.67, 10.67,
            ),
            laser_s=1.152e-6,
            cycle_s=46.080e-6,
            rates_hz=(20.0, 5.0, 10.0, 15.0),
            min_range_m=0.05,
        ),
        _velodyne(
            "HDL-64E",
            (*np.linspace(2.0, -8.33, 32).tolist(), *np.linspace(-8.83, -24.9, 32).tolist()),
            laser_s=0.75e-6,
            cycle_s=48e-6,
            rates_hz=(10.0, 5.0, 15.0, 20.0),
            min_range_m=0.9,
            max_range_m=120.0,
            wavelength_m=903e-9,
        ),
        _ouster(
            "OS1-64",
            np.linspace(16.60, -16.35, 64),
            (3.1, 1.0, -1.0, -3.1),
            origin_radius_m=0.012163,
            range_50_m=40.0,
            range_step_m=0.012,
            wavelength_m=850e-9,
            divergence_deg=0.13,
        ),
        _ouster(
            "OS1-128",
            np.linspace(22.5, -22.5, 128),
            (4.23, 1.41, -1.40, -4.21),
            origin_radius_m=0.0158,
            range_50_m=55.0,
            range_step_m=0.001,
            wavelength_m=865e-9,
            divergence_deg=0.18,
        ),
        _hesai(
            "Pandar64",
            _PANDAR_64,
            _PANDAR_64_AZIMUTH,
            columns=(1800, 900),
            rates_hz=(10.0, 20.0),
            fire_offset_s=np.arange(64.0) * (55.5e-6 / 64),
            ranges_m=(0.3, 200.0),
            range_50_m=100.0,
        ),
        _hesai(
            "XT32",
            np.arange(15.0, -17.0, -1.0),
            np.zeros(32),
            columns=(2000, 1000),
            rates_hz=(10.0, 20.0),
            fire_offset_s=np.arange(32.0) * (50e-6 / 33),
            ranges_m=(0.05, 120.0),
            range_50_m=80.0,
        ),
        _hesai(
            "AT128",
            np.linspace(12.93, -12.5, 128),
            np.repeat(np.resize([2.4, 0.65, -0.65, -2.4], 8), 16),
            columns=(1200,),
            rates_hz=(10.0,),
            fire_offset_s=np.repeat(np.arange(8) * (41.7e-6 / 8), 16),
            ranges_m=(0.5, 180.0),
            range_50_m=200.0,
            span_deg=120.0,
        ),
        _livox(
            "Mid-360",
            MirrorHead(_MID_360, 4, turn_hz=10.0 * (1.0 + np.sqrt(5.0)) / 2.0, sweep_hz=100.0 * np.sqrt(3.2)),
            np.linspace(_MID_360[1], _MID_360[0], 4),
            points_per_s=200e3,
            ranges_m=(0.1, 70.0),
            range_50_m=40.0,
        ),
        _livox(
            "Avia",
            Rosette((_AVIA_RADIUS / 2, _AVIA_RADIUS / 2), (7294 * _RPM, -4664 * _RPM), tuple(_AVIA_LINES)),
            _AVIA_LINES,
            points_per_s=240e3,
            ranges_m=(0.5, 450.0),
            range_50_m=190.0,
        ),
    )
}  # fmt: skip
"""All lidar models by name."""


def beam_table(name: str) -> BeamTable:
    """The beam table of a lidar model; ValueError with the nearest name where it is unknown."""
    if name not in BEAMS:
        near = difflib.get_close_matches(name.upper(), BEAMS, n=1, cutoff=0.0)
        raise ValueError(f"unknown lidar {name!r}, expected one of {', '.join(BEAMS)}; did you mean {near[0]!r}?")
    return BEAMS[name]
