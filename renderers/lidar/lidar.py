"""A lidar: every ray at its own instant from the moving sensor, through the air, every echo through the receiver.

The sensor frame is x forward, y left, z up. A spinning head turns clockwise seen from above, starting at
`start_azimuth_rad` (the rear by default, so that the seam between sweeps lies behind the vehicle). The pose of the
sensor is taken from its track at the start of every column and interpolated within the column. Air, ground cover and
sun are those of the tracer's scene. One counter-based random stream per sensor and sweep: results depend on neither
order nor threads, and what one effect draws does not depend on which others are switched on.

Left out: faults, spray of wheels.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from ..air import Air
from ..pose_track import PoseTrack
from ..random import frame_key
from ..scene import Cover
from ..threads import in_bands, render_threads
from ..tracers.embree import EmbreeTracer
from ..tracers.packets import new_packet
from ..tracers.tables import new_ray
from .artefacts import ArtefactConfig, artefacts
from .beams import BeamTable
from .bloom import REACH, bloom
from .config import LidarConfig
from .echoes import DUAL, RETURNS, new_echoes
from .fog import fog
from .footprint import footprint
from .frame import LidarFrame
from .ground import ground
from .kernel import Output, new_work, sweep
from .models import beam_table
from .particles import MOST_PARTICLES, Optics, particles
from .points import CellGeometry, Geometry, ScanGeometry
from .receive import Receiver
from .scan import Scan, aims, groups, matrices
from .surfaces import new_path
from .thin import thin_sweep

__all__ = ["Lidar", "LidarConfig"]

F64 = NDArray[np.float64]
_CLEAR, _BARE = Air(), Cover()


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
        table = self.table
        self._receiver = Receiver(
            table.origin_radius_m,
            table.min_range_m,
            config.max_range_m or table.max_range_m,
            config.range_50_m or table.range_50_m,
            table.range_noise_floor_m,
            table.range_noise_m,
            table.range_step_m,
            table.false_alarm,
            float(config.noise),
            table.echo_separation_m,
            RETURNS[config.returns],
        )
        column = np.arange(self.columns, dtype=np.float64)
        times = table.fire_offset_s[:, None] + self.column_period_s * column
        self._time_offset = times.astype(np.float32)
        self._time_offset.flags.writeable = False
        self.geometry: Geometry = self._geometry(column) if table.pattern is None else self._looks_at(0.0)
        """Where the cells look; for a pattern that goes on, at time 0 (each frame has its own)."""
        self._order = groups(self.geometry, self._time_offset.shape)
        self._within = table.fire_offset_s / self.column_period_s
        self._aim = aims(self.geometry, self._within, self._order)
        places = footprint(config.footprint_rays)
        tangents = places * np.tan(0.5 * np.asarray(table.divergence_rad))
        unit = 1.0 / np.sqrt(1.0 + np.sum(tangents**2, axis=1, keepdims=True))
        self._sub = np.ascontiguousarray(np.hstack([tangents, places * (0.5 * table.aperture_m), unit]), np.float32)
        self._optics = Optics(
            table.aperture_m, table.divergence_rad, self._receiver.range_50_m, self._receiver.max_m,
            max(config.air.nearest_particle_m, table.min_range_m), config.air.strength,
        )  # fmt: skip

    def _geometry(self, column: F64) -> ScanGeometry:
        """Of a scanner: columns at equal steps of azimuth, clockwise."""
        table = self.table
        speed = table.span_rad * self.rate_hz if table.spins else table.span_rad / (self.columns * self.column_period_s)
        start = self.config.start_azimuth_rad if table.spins else 0.5 * table.span_rad
        return ScanGeometry(
            elevation_rad=table.elevation_rad,
            azimuth_rad=start - speed * self.column_period_s * column,
            azimuth_offset_rad=table.azimuth_offset_rad - speed * table.fire_offset_s,
            origin_height_m=table.origin_height_m,
            origin_radius_m=table.origin_radius_m,
        )

    def _looks_at(self, start_s: float) -> CellGeometry:
        """Of a pattern that goes on in absolute time."""
        assert self.table.pattern is not None
        times = start_s + self.column_period_s * np.arange(self.columns, dtype=np.float64)
        azimuth, elevation = self.table.pattern.angles(times)
        return CellGeometry(azimuth.astype(np.float32), elevation.astype(np.float32))

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

        Heights of origin are given as points `origin_m` (beams, 3). Where the directions change from frame to frame
        they are in `LidarFrame.frame_intrinsics` instead.
        """
        if not isinstance(self.geometry, ScanGeometry):
            return {"range_step_m": self.table.range_step_m}
        values = {f.name: getattr(self.geometry, f.name) for f in fields(self.geometry)}
        height = np.zeros((self.table.beams, 3))
        height[:, 2] = values.pop("origin_height_m")
        return {**values, "origin_m": height, "range_step_m": self.table.range_step_m}

    def sweep(
        self, tracer: EmbreeTracer, track: PoseTrack, start_s: float, index: int, *, clean: bool = False
    ) -> LidarFrame:
        """One turn.

        Args:
            tracer: holds a scene that covers the turn.
            track: pose of the sensor over the turn (sensor frame to world).
            start_s: absolute time of the first firing [s].
            index: number of the sweep in its episode, selects its random numbers.
            clean: leave out air, cover, artefacts and noise: the same rays, and what a perfect day returns.

        """
        geometry = self.geometry if self.table.pattern is None else self._looks_at(start_s)
        environment = tracer.scene.environment
        air, cover = (_CLEAR, _BARE) if clean else (environment.air, environment.cover)
        receiver = self._receiver._replace(strength=0.0) if clean else self._receiver
        marks = artefacts(ArtefactConfig() if clean else self.config.artefacts, environment.sun, self._pulse_s)
        curves = fog(self.config.air, air, self._pulse_s, receiver.range_50_m)
        drops, flakes = particles(air, self._optics)
        columns = start_s + self.column_period_s * np.arange(self.columns + 1, dtype=np.float64)
        aim = self._aim if geometry is self.geometry else aims(geometry, self._within, self._order)
        times = tracer.ray_time(columns).astype(np.float32)
        scan = Scan(self.columns, self._order, aim, self._sub, matrices(*track.at(columns)), times)
        out = self._output(blooms=marks.blooming > 0.0)
        key, land = frame_key(self.stream_key, index), ground(cover)
        entries = 5 * self.config.footprint_rays + 2 * MOST_PARTICLES + 2

        quiet = air.clear or (curves.gain == 0.0 and len(drops.seen) == 0 and len(flakes.seen) == 0)
        thin = self.config.footprint_rays == 1 and receiver.mode != DUAL and quiet and cover.bare and marks.none

        def bands(first: int, end: int) -> None:
            tables, ray, packet, path, work = tracer.tables, new_ray(), new_packet(), new_path(), new_work()
            e = new_echoes(entries)
            if thin:
                thin_sweep(
                    tables, ray, packet, path, work, scan, receiver, air.table, land, marks, key, e, out, first, end
                )  # fmt: skip
            else:
                sweep(
                    tables, ray, packet, path, work, scan, receiver, air.table, curves, drops, flakes, land, marks, key,
                    e, out, first, end,
                )  # fmt: skip

        in_bands(len(self._order), bands, render_threads())
        if marks.blooming > 0.0:
            directions = geometry.directions().reshape(-1, 3).astype(np.float32)
            reach, chance = self._columns_within(marks.bloom_rad), np.zeros(len(directions))
            source = np.zeros(len(directions), np.int32)
            bloom(directions, self.columns, receiver, marks, key, reach, chance, source, out)
        return self._frame(geometry, start_s, out)

    @property
    def _pulse_s(self) -> float:
        return self.config.air.pulse_s or self.table.pulse_s

    def _columns_within(self, bloom_rad: float) -> int:
        """How many columns to either side may see the halo of a bright return."""
        if not isinstance(self.geometry, ScanGeometry):
            return self.columns // 2
        step = abs(self.geometry.azimuth_rad[1] - self.geometry.azimuth_rad[0])
        level = np.cos(np.abs(self.geometry.elevation_rad).max())
        reach = REACH * bloom_rad / level + np.ptp(self.geometry.azimuth_offset_rad)
        return min(int(reach / step) + 1, self.columns // 2)

    def _output(self, *, blooms: bool) -> Output:
        """Zeros for the kernel to fill."""
        cells = self._time_offset.size
        second = cells if self._receiver.mode == DUAL else 0
        f32, u8, i32 = np.float32, np.uint8, np.int32
        return Output(
            range_m=np.zeros(cells, f32),
            intensity=np.zeros(cells, u8),
            instance=np.zeros(cells, i32),
            semantic=np.zeros(cells, u8),
            true_range=np.zeros(cells, f32),
            truth=np.zeros(cells, u8),
            range_2=np.zeros(second, f32),
            intensity_2=np.zeros(second, u8),
            instance_2=np.zeros(second, i32),
            semantic_2=np.zeros(second, u8),
            strength=np.zeros(cells if blooms else 0, f32),
        )

    def _frame(self, geometry: Geometry, start_s: float, out: Output) -> LidarFrame:
        """The arrays of the kernel as a frame."""
        shape = self._time_offset.shape
        second = ("range_2", "intensity_2", "instance_2", "semantic_2") if self._receiver.mode == DUAL else ()
        return LidarFrame(
            geometry=geometry,
            start_s=start_s,
            end_s=start_s + self.sweep_s,
            range=out.range_m.reshape(shape),
            time_offset=self._time_offset,
            **{
                name: getattr(out, name).reshape(shape)
                for name in ("intensity", "instance", "semantic", "true_range", "truth", *second)
            },
        )
