"""A spinning lidar: every ray at its own instant from the moving sensor, every echo through the receiver.

The sensor frame is x forward, y left, z up. The head turns clockwise seen from above, starting at `start_azimuth_rad`
(the rear by default, so that the seam between sweeps lies behind the vehicle). The pose of the sensor is taken from its
track at the start of every column and interpolated within the column. The strongest echo is reported; rays go on
through panes. One counter-based random stream per sensor and sweep: results depend on neither order nor threads.

Left out: beam divergence and with it mixed pixels and second returns; air (fog, rain, snow); faults.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..pose_track import PoseTrack
from ..random import frame_key, normal_pair, uniform
from ..tracers.embree import EmbreeTracer
from ..tracers.tables import (
    NIR,
    RETRO,
    TRANSPARENCY,
    cast,
    new_ray,
    turn,
)
from .beams import BeamTable, beam_table
from .frame import LidarFrame
from .points import ScanGeometry
from .radiometry import (
    INTENSITY_NOISE,
    apparent_reflectance,
    detection_probability,
    intensity_byte,
    pane_reflectance,
    quantised,
    range_sigma,
    signal,
)

F64 = NDArray[np.float64]

_PANES = 4  # surfaces one ray looks at; the last is taken as opaque
_PAST_PANE_M = 1e-4


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


class _Receiver(NamedTuple):
    """What the kernel needs to know of the sensor besides its beams."""

    radius_m: float
    min_m: float
    max_m: float
    r50_m: float
    floor_m: float
    noise_m: float
    step_m: float
    false_alarm: float
    strength: float


class _Aim(NamedTuple):
    """The part of the tracer's tables that a cast needs; free of arrays, so that it costs nothing to hand around."""

    scene: int
    intersect: int


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
        self._receiver = _Receiver(
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
        _sweep(
            tracer.tables, new_ray(), self._receiver, frame_key(self.stream_key, index), self._beams, self._encoder,
            np.concatenate([position, orientation], axis=1), tracer.ray_time(columns),
            frame.range, frame.intensity, frame.instance, frame.semantic, frame.true_range,
        )  # fmt: skip
        return frame


@njit(cache=True, nogil=True, inline="always")
def _cos_incidence(ray, orientation, moving, hit):  # type: ignore[no-untyped-def]
    """Cosine between the last cast and the geometric normal of what it hit, which Embree gives in the mesh frame."""
    steps = len(orientation) if moving[hit] else 1
    at = ray[7] * (steps - 1)
    k = min(int(at), max(steps - 2, 0))
    w, j = at - k, min(k + 1, steps - 1)
    ax, ay, az, aw = orientation[k, hit, 0], orientation[k, hit, 1], orientation[k, hit, 2], orientation[k, hit, 3]
    bx, by, bz, bw = orientation[j, hit, 0], orientation[j, hit, 1], orientation[j, hit, 2], orientation[j, hit, 3]
    v = w if ax * bx + ay * by + az * bz + aw * bw >= 0.0 else -w
    x, y, z, s = (1.0 - w) * ax + v * bx, (1.0 - w) * ay + v * by, (1.0 - w) * az + v * bz, (1.0 - w) * aw + v * bw
    n = 1.0 / np.sqrt(x * x + y * y + z * z + s * s)
    dx, dy, dz = turn(-x * n, -y * n, -z * n, s * n, ray[4], ray[5], ray[6])
    across = ray[12] * dx + ray[13] * dy + ray[14] * dz
    return min(1.0, abs(across) / np.sqrt(ray[12] * ray[12] + ray[13] * ray[13] + ray[14] * ray[14]))


@njit(cache=True, nogil=True)
def _sweep(  # type: ignore[no-untyped-def]
    tables, ray, receiver, key, beams, encoder, poses, ray_times,
    out_range, out_intensity, out_instance, out_semantic, out_true,
):  # fmt: skip
    # a compiled function that is handed all tables counts references to each of them on every call: take them apart
    aim, word = _Aim(tables.scene, tables.intersect), ray.view(np.int32)
    mesh, label, semantic, moving, orientation = (
        tables.mesh, tables.label, tables.semantic, tables.moving, tables.orientation,
    )  # fmt: skip
    face_start, face_material, materials, material_semantic = (
        tables.face_start, tables.face_material, tables.material, tables.material_semantic,
    )  # fmt: skip
    columns = len(encoder)
    for c in range(columns):
        cos_c, sin_c = encoder[c, 0], encoder[c, 1]
        for b in range(len(beams)):
            # pose of the sensor at the ray's instant
            w = beams[b, 4]
            px = poses[c, 0] + w * (poses[c + 1, 0] - poses[c, 0])
            py = poses[c, 1] + w * (poses[c + 1, 1] - poses[c, 1])
            pz = poses[c, 2] + w * (poses[c + 1, 2] - poses[c, 2])
            qx, qy, qz, qw = poses[c, 3], poses[c, 4], poses[c, 5], poses[c, 6]
            if w > 0.0:
                near = qx * poses[c + 1, 3] + qy * poses[c + 1, 4] + qz * poses[c + 1, 5] + qw * poses[c + 1, 6]
                u, v = 1.0 - w, w if near >= 0.0 else -w
                qx, qy = u * qx + v * poses[c + 1, 3], u * qy + v * poses[c + 1, 4]
                qz, qw = u * qz + v * poses[c + 1, 5], u * qw + v * poses[c + 1, 6]
                n = 1.0 / np.sqrt(qx * qx + qy * qy + qz * qz + qw * qw)
                qx, qy, qz, qw = qx * n, qy * n, qz * n, qw * n
            time = ray_times[c] + w * (ray_times[c + 1] - ray_times[c])
            # the ray: beam turned with the head, then with the sensor
            dx, dy, dz = turn(
                qx, qy, qz, qw,
                cos_c * beams[b, 0] - sin_c * beams[b, 1], sin_c * beams[b, 0] + cos_c * beams[b, 1], beams[b, 2],
            )  # fmt: skip
            ox, oy, oz = turn(
                qx, qy, qz, qw,
                receiver.radius_m * cos_c, receiver.radius_m * sin_c, beams[b, 3],
            )  # fmt: skip
            # strongest echo along the ray
            best, best_rho, best_range, best_label, best_semantic = 0.0, 0.0, 0.0, 0, 0
            passed, start = 1.0, 0.0
            for layer in range(_PANES):
                hit = cast(
                    aim, ray, px + ox, py + oy, pz + oz, dx, dy, dz, time, start, receiver.max_m - receiver.radius_m
                )
                if hit < 0:
                    break
                m = face_material[face_start[mesh[hit]] + word[17]]
                cos_incidence = _cos_incidence(ray, orientation, moving, hit)
                through = materials[m, TRANSPARENCY] if layer < _PANES - 1 else 0.0
                if through > 0.0:
                    rho = passed * pane_reflectance(materials[m, NIR], through, cos_incidence)
                else:
                    rho = passed * apparent_reflectance(materials[m, NIR], materials[m, RETRO], cos_incidence)
                reach = ray[8] + receiver.radius_m
                echo = signal(rho, reach, receiver.r50_m)
                if echo > best:
                    best, best_rho, best_range, best_label = echo, rho, reach, label[hit]
                    best_semantic = material_semantic[m] if material_semantic[m] > 0 else semantic[hit]
                if through == 0.0:
                    break
                passed *= through * through
                start = ray[8] + _PAST_PANE_M
            # the receiver
            counter = b * columns + c
            measured = 0.0
            if best_range >= receiver.min_m:
                if receiver.strength == 0.0:
                    found = best >= 1.0
                else:
                    p = detection_probability(best)
                    found = p >= 1.0 or uniform(key, counter, 0) < p
                if found:
                    error, flicker = 0.0, 0.0
                    if receiver.strength > 0.0:
                        g, h = normal_pair(key, counter, 1)
                        error = receiver.strength * g * range_sigma(best, receiver.floor_m, receiver.noise_m)
                        flicker = receiver.strength * h * INTENSITY_NOISE / np.sqrt(best)
                    measured = quantised(best_range + error, receiver.step_m)
                    best_rho *= max(0.0, 1.0 + flicker)
            if receiver.min_m <= measured <= receiver.max_m:
                out_range[b, c] = measured
                out_intensity[b, c] = intensity_byte(best_rho)
                out_instance[b, c] = best_label
                out_semantic[b, c] = best_semantic
                out_true[b, c] = best_range
            elif uniform(key, counter, 2) < receiver.false_alarm * receiver.strength:
                span = receiver.max_m - receiver.min_m
                out_range[b, c] = quantised(receiver.min_m + span * uniform(key, counter, 3), receiver.step_m)
                out_intensity[b, c] = 1
