"""A spinning lidar: every ray at its own instant from the moving sensor, every echo through the receiver.

The sensor frame is x forward, y left, z up. The head turns clockwise seen from above, starting at `start_azimuth_rad`
(the rear by default, so that the seam between sweeps lies behind the vehicle). The pose of the sensor is taken from its
track at the start of every column and interpolated within the column. The strongest echo is reported; rays go on
through panes. One counter-based random stream per sensor and sweep: results depend on neither order nor threads.

Left out: beam divergence and with it mixed pixels and second returns; air (fog, rain, snow); faults.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ..pose_track import PoseTrack
from ..random import frame_key
from ..threads import in_bands, render_threads
from ..tracers.embree import EmbreeTracer
from ..tracers.packets import new_packet
from ..tracers.tables import new_ray
from .beams import BeamTable, beam_table
from .frame import LidarFrame
from .kernel import Receiver, sweep
from .points import ScanGeometry

F64 = NDArray[np.float64]


@dataclass
class LidarConfig:
    """Which lidar, and how it is run.

    Attributes:
        model: name of the beam table.
        rate_hz: turns per second; 0 takes the model's default.
        columns: columns per turn; 0 takes the model's default.
        start_azimuth_rad: encoder azimuth at the start of a sweep, counter-clockwise from forward.
        noise: multiplies range noise, intensity noise and false alarms. At 0 the sensor is exact up to quantisation
            and reports every echo above its threshold, none below.
        range_50_m, max_range_m: replace the model's figures where not 0.
    """

    model: str = "OS1-64"
    rate_hz: float = 0.0
    columns: int = 0
    start_azimuth_rad: float = float(np.pi)
    noise: float = 1.0
    range_50_m: float = 0.0
    max_range_m: float = 0.0

    def __post_init__(self) -> None:
        """Check names and ranges."""
        for name in ("rate_hz", "columns", "noise", "range_50_m", "max_range_m"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"lidar {name} is {getattr(self, name)}, expected a value >= 0")
        table = beam_table(self.model)
        table.columns_at(self.rate_hz or table.rates_hz[0], self.columns)


class Lidar:
    """One mounted lidar.

    Args:
        config: which lidar.
        stream_key: 64-bit integer that names its random stream; sensors with different keys are independent.
    """

    def __init__(self, config: LidarConfig, *, stream_key: int) -> None:
        self.config = config
        self.stream_key = stream_key
        self.table: BeamTable = beam_table(config.model)
        self.rate_hz: float = config.rate_hz or self.table.rates_hz[0]
        self.columns: int = self.table.columns_at(self.rate_hz, config.columns)
        self.column_period_s: float = self.table.column_period_s(self.rate_hz, self.columns)
        self._receiver = Receiver(
            self.table.origin_radius_m,
            self.table.min_range_m,
            config.max_range_m or self.table.max_range_m,
            config.range_50_m or self.table.range_50_m,
            self.table.range_noise_floor_m,
            self.table.range_noise_m,
            self.table.range_step_m,
            self.table.false_alarm,
            float(config.noise),
        )
        spin = 2.0 * np.pi * self.rate_hz
        column = np.arange(self.columns, dtype=np.float64)
        self.geometry = ScanGeometry(
            elevation_rad=self.table.elevation_rad,
            azimuth_rad=config.start_azimuth_rad - spin * self.column_period_s * column,
            azimuth_offset_rad=self.table.azimuth_offset_rad - spin * self.table.fire_offset_s,
            origin_height_m=self.table.origin_height_m,
            origin_radius_m=self.table.origin_radius_m,
        )
        elevation, offset = self.geometry.elevation_rad, self.geometry.azimuth_offset_rad
        self._beams = np.stack(
            [
                np.cos(elevation) * np.cos(offset),
                np.cos(elevation) * np.sin(offset),
                np.sin(elevation),
                self.table.origin_height_m,
                self.table.fire_offset_s / self.column_period_s,
            ],
            axis=-1,
        )
        self._encoder = np.stack([np.cos(self.geometry.azimuth_rad), np.sin(self.geometry.azimuth_rad)], axis=-1)
        times = self.table.fire_offset_s[:, None] + self.column_period_s * column
        self._time_offset = times.astype(np.float32)
        self._time_offset.flags.writeable = False

    @property
    def sweep_s(self) -> float:
        """Duration of one turn."""
        return 1.0 / self.rate_hz

    @property
    def max_range_m(self) -> float:
        """No range beyond this is ever reported."""
        return self._receiver.max_m

    def intrinsics(self) -> dict[str, float | F64]:
        """The numbers that turn stored cells into points: the fields of `ScanGeometry`, and the range step.

        Heights of origin are given as points `origin_m` (beams, 3).
        """
        values = {f.name: getattr(self.geometry, f.name) for f in fields(self.geometry)}
        height = np.zeros((self.table.beams, 3))
        height[:, 2] = values.pop("origin_height_m")
        return {**values, "origin_m": height, "range_step_m": self.table.range_step_m}

    def sweep(self, tracer: EmbreeTracer, track: PoseTrack, start_s: float, index: int) -> LidarFrame:
        """One turn.

        Args:
            tracer: holds a scene that covers the turn.
            track: pose of the sensor over the turn (sensor frame to world).
            start_s: absolute time of the first firing [s].
            index: number of the sweep in its episode, selects its random numbers.

        """
        shape = self._time_offset.shape
        columns = start_s + self.column_period_s * np.arange(self.columns + 1, dtype=np.float64)
        position, orientation = track.at(columns)
        frame = LidarFrame(
            geometry=self.geometry,
            start_s=start_s,
            end_s=start_s + self.sweep_s,
            range=np.zeros(shape, np.float32),
            intensity=np.zeros(shape, np.uint8),
            time_offset=self._time_offset,
            instance=np.zeros(shape, np.int32),
            semantic=np.zeros(shape, np.uint8),
            true_range=np.zeros(shape, np.float32),
        )
        key, poses, times = (
            frame_key(self.stream_key, index),
            np.hstack([position, orientation]),
            tracer.ray_time(columns),
        )

        def rows(first: int, end: int) -> None:
            sweep(
                tracer.tables, new_ray(), new_packet(), self._receiver, key, self._beams, self._encoder, poses, times,
                first, end, frame.range, frame.intensity, frame.instance, frame.semantic, frame.true_range,
            )  # fmt: skip

        in_bands(self.table.beams, rows, render_threads())
        return frame
