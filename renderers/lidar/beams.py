"""A beam table: in which direction, from which point and at which instant every laser of a lidar fires.

A spinning lidar turns at `rate_hz` and fires its lasers column by column. Velodyne sensors run a fixed firing cycle, so
the number of columns in a turn follows from the rate; Ouster sensors lock the columns to the encoder and fire all
lasers of a column at once. All of them turn clockwise seen from above (azimuth falls with time). Rows of every array
are ordered from the highest beam to the lowest, columns in firing order. A lidar with a mirror instead of a turning
head covers `span_rad` of azimuth about forward, also clockwise. A lidar with a `pattern` points somewhere else in every
frame; its rows are lines that fire together, its columns are instants.

A beam leaves the point at radius `origin_radius_m` along the encoder azimuth and `origin_height_m` above the sensor
frame; the reported range counts from the spin axis, so the point is origin + (range - origin_radius_m) * direction.
The tables of known models are in `models`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .patterns import Pattern

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
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
        divergence_rad: full angles of the beam at half power, horizontal and vertical.
        aperture_m: diameter of the beam where it leaves the sensor.
        pulse_s: half-power width of the pulse.
        echo_separation_m: echoes closer than this become one.
        span_rad: azimuths covered in a frame; 2 pi for a turning head.
        pattern: directions of a lidar that does not repeat; its elevations then are those of the lines at rest.

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
    aperture_m: float
    pulse_s: float
    echo_separation_m: float
    span_rad: float = 2.0 * np.pi
    pattern: Pattern | None = None

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

    @property
    def spins(self) -> bool:
        """Whether the head turns full circles."""
        return self.pattern is None and self.span_rad >= 2.0 * np.pi

    def columns_at(self, rate_hz: float, columns: int = 0) -> int:
        """Columns of one turn; `columns` chooses among those offered, 0 takes what the sensor does by default."""
        if rate_hz not in self.rates_hz:
            raise ValueError(f"{self.name} at {rate_hz:g} Hz: expected one of {_listed(self.rates_hz)} Hz")
        if self.cycle_s:
            turn = int(1.0 / (rate_hz * self.cycle_s) * (1.0 + 1e-12))
            if columns not in (0, turn):
                raise ValueError(f"{self.name} fires {turn} columns a turn at {rate_hz:g} Hz, not {columns}")
            return turn
        offered = [c for c in self.columns if c * rate_hz <= self.max_columns_hz]
        chosen = columns or offered[0]
        if chosen not in offered:
            raise ValueError(f"{self.name} at {rate_hz:g} Hz: expected one of {_listed(offered)} columns, got {chosen}")
        return chosen

    def column_period_s(self, rate_hz: float, columns: int) -> float:
        """Time from one column to the next."""
        return self.cycle_s or 1.0 / (rate_hz * columns)


def _listed(values: ArrayLike) -> str:
    return ", ".join(f"{v:g}" for v in np.asarray(values))
