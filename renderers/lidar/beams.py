"""Beam tables: in which direction, from which point and at which instant every laser of a spinning lidar fires.

A spinning lidar turns at `rate_hz` and fires its lasers column by column. Velodyne sensors run a fixed firing cycle, so
the number of columns in a turn follows from the rate; Ouster sensors lock the columns to the encoder and fire all
lasers of a column at once. All of them turn clockwise seen from above (azimuth falls with time). Rows of every array
are ordered from the highest beam to the lowest, columns in firing order.

A beam leaves the point at radius `origin_radius_m` along the encoder azimuth and `origin_height_m` above the sensor
frame; the reported range counts from the spin axis, so the point is origin + (range - origin_radius_m) * direction.

Sources: firing orders and times from the public Velodyne driver parameters and manuals, Ouster geometry and range
figures from the OS1 data sheets. Individual units deviate by tenths of a degree; nominal angles are used. The range at
10 % reflectance of the two Velodynes is not in their data sheets, 50 m is assumed; so are the minimum ranges of the
VLP-16 and the OS1. Noise at the limit: 0.30 m / sqrt(12), the lowest line of the OS1 precision table, and
0.09 m / sqrt(2) for Velodynes (Kilic et al. 2021, LISA).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BeamTable:
    """Geometry, timing and receiver of one lidar model with B beams.

    Attributes:
        name: name of the model.
        elevation_rad: (B,) above the sensor's xy plane, falling.
        azimuth_offset_rad: (B,) added to the encoder azimuth, counter-clockwise seen from above.
        fire_offset_s: (B,) instant within a column.
        origin_height_m: (B,) height of the beam's origin above the sensor frame.
        origin_radius_m: distance of the beams' origin from the spin axis.
        cycle_s: fixed column period; 0 where the columns are locked to the encoder.
        columns: columns per turn to choose from, default first; empty where `cycle_s` sets them.
        rates_hz: turns per second to choose from, default first.
        max_columns_hz: greatest product of columns and rate the sensor delivers.
        min_range_m, max_range_m: ranges outside are never reported.
        range_50_m: range at which a 10 % Lambertian target facing the sensor is found half of the time.
        range_noise_floor_m, range_noise_m: standard deviation at strong signal, and its part at `range_50_m`.
        range_step_m: quantisation of the reported range.
        false_alarm: probability that a ray without return reports a point.
        wavelength_m: of the laser.
        divergence_rad: full angles of the beam, horizontal and vertical.
    """

    name: str
    elevation_rad: F64
    azimuth_offset_rad: F64
    fire_offset_s: F64
    origin_height_m: F64
    origin_radius_m: float
    cycle_s: float
    columns: tuple[int, ...]
    rates_hz: tuple[float, ...]
    max_columns_hz: float
    min_range_m: float
    max_range_m: float
    range_50_m: float
    range_noise_floor_m: float
    range_noise_m: float
    range_step_m: float
    false_alarm: float
    wavelength_m: float
    divergence_rad: tuple[float, float]

    def __post_init__(self) -> None:
        """Check that the per-beam arrays agree and that rows run from top to bottom."""
        shape = self.elevation_rad.shape
        for name in ("azimuth_offset_rad", "fire_offset_s", "origin_height_m"):
            if getattr(self, name).shape != shape:
                raise ValueError(f"beam table {self.name!r}: {name} has shape {getattr(self, name).shape}, not {shape}")
        if np.any(np.diff(self.elevation_rad) >= 0.0):
            raise ValueError(f"beam table {self.name!r}: elevations must fall from the first beam to the last")
        if bool(self.cycle_s) == bool(self.columns):
            raise ValueError(f"beam table {self.name!r}: give either a firing cycle or columns per turn")

    @property
    def beams(self) -> int:
        """Number of beams."""
        return len(self.elevation_rad)

    def columns_at(self, rate_hz: float, columns: int = 0) -> int:
        """Columns of one turn; `columns` chooses among those offered, 0 takes what the sensor does by default."""
        if rate_hz not in self.rates_hz:
            raise ValueError(f"{self.name} at {rate_hz:g} Hz: expected one of {_listed(self.rates_hz)} Hz")
        if self.cycle_s:
            turn = int(1.0 / (rate_hz * self.cycle_s))
            if columns not in (0, turn):
                raise ValueError(f"{self.name} fires {turn} columns a turn at {rate_hz:g} Hz, not {columns}")
            return turn
        chosen = columns or self.columns[0]
        if chosen not in self.columns or chosen * rate_hz > self.max_columns_hz:
            offered = [c for c in self.columns if c * rate_hz <= self.max_columns_hz]
            raise ValueError(f"{self.name} at {rate_hz:g} Hz: expected one of {_listed(offered)} columns, got {chosen}")
        return chosen

    def column_period_s(self, rate_hz: float, columns: int) -> float:
        """Time from one column to the next."""
        return self.cycle_s or 1.0 / (rate_hz * columns)


def _listed(values: ArrayLike) -> str:
    return ", ".join(f"{v:g}" for v in np.asarray(values))


def _velodyne(
    name: str,
    degrees_by_id: tuple[float, ...],
    *,
    laser_s: float,
    cycle_s: float,
    focus_m: float,
    rates_hz: tuple[float, ...],
    min_range_m: float,
    wavelength_m: float,
    divergence_rad: tuple[float, float],
) -> BeamTable:
    """Lasers fire one after the other in the order of their ids; all beams cross at `focus_m` ahead of the axis."""
    elevation = np.deg2rad(degrees_by_id)
    row = np.argsort(-elevation)
    return BeamTable(
        name=name,
        elevation_rad=elevation[row],
        azimuth_offset_rad=np.zeros(len(row)),
        fire_offset_s=laser_s * row.astype(np.float64),
        origin_height_m=-focus_m * np.tan(elevation[row]),
        origin_radius_m=0.0,
        cycle_s=cycle_s,
        columns=(),
        rates_hz=rates_hz,
        max_columns_hz=1.0 / cycle_s,
        min_range_m=min_range_m,
        max_range_m=100.0,
        range_50_m=50.0,
        range_noise_floor_m=0.01,
        range_noise_m=0.09 / np.sqrt(2.0),
        range_step_m=0.002,
        false_alarm=1e-4,
        wavelength_m=wavelength_m,
        divergence_rad=divergence_rad,
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
    )


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
            "HDL-32E",
            (
                -30.67, -9.33, -29.33, -8, -28, -6.67, -26.67, -5.33, -25.33, -4, -24, -2.67, -22.67, -1.33, -21.33, 0,
                -20, 1.33, -18.67, 2.67, -17.33, 4, -16, 5.33, -14.67, 6.67, -13.33, 8, -12, 9.33, -10.67, 10.67,
            ),
            laser_s=1.152e-6,
            cycle_s=46.080e-6,
            focus_m=0.0,
            rates_hz=(20.0, 5.0, 10.0, 15.0),
            min_range_m=0.05,
            wavelength_m=905e-9,
            divergence_rad=(3.0e-3, 3.0e-3),
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
    )
}  # fmt: skip
"""All lidar models by name."""


def beam_table(name: str) -> BeamTable:
    """The beam table of a lidar model; ValueError with the nearest name where it is unknown."""
    if name not in BEAMS:
        near = difflib.get_close_matches(name.upper(), BEAMS, n=1, cutoff=0.0)
        raise ValueError(f"unknown lidar {name!r}, expected one of {', '.join(BEAMS)}; did you mean {near[0]!r}?")
    return BEAMS[name]
