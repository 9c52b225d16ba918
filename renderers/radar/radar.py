"""A radar: rays over its field, echoes into resolution cells, cells against a threshold.

The sensor frame is x forward, y left, z up. Velocities are range rates: of the bodies from their poses over the frame
(each hit point with its body's rotation, so that wheels and limbs spread in Doppler by themselves), less that of the
sensor. What is delivered is what single-frame processing gives: no clusters, no tracks.

Ghosts are geometry: walls, rails and wet or dry roads mirror the rays (see `surfaces`). Interference by other radars
raises the noise of some frames by 5 to 20 dB. Velocities fold at v_max; a second repetition rate finds the fold out
with the chance `resolve`, more often than not. Ground clutter are the echoes of the ground itself, labelled as ground.
Random numbers are counter-based, one lane per effect: a frame depends on its index alone.
Left out: range migration, mutual coherence of echoes (glint beyond the power centroid), the vehicle's own bumper.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..pose_track import PoseTrack
from ..random import frame_key, uniform
from ..tracers.embree import EmbreeTracer
from ..tracers.tables import new_ray
from ..transforms import conjugate, rotate
from ..truth import Truth
from .cells import Grid, assign, detect, gather, leaked
from .config import RadarConfig
from .frame import DETECTION, Ambiguity, RadarFrame, Validity
from .kernel import Echoes, Field, Instant, illuminate, new_echoes
from .surfaces import surface_table
from .weather import attenuation_per_m, rain_echoes

F64 = NDArray[np.float64]

_FRAME = 1 << 40
"""Counter of draws that belong to the whole frame: beyond every cell."""
_INTERFERED, _RISE, _ALARMS, _WHERE, _HOW, _LEVEL = 30, 31, 32, 33, 34, 35
_DIMMED = 10.0**-0.1


@dataclass(frozen=True, eq=False)
class _Cells:
    """Occupied cells of one frame; see `gather`."""

    number: NDArray[np.int64]
    values: F64
    owner: NDArray[np.int32]
    noise: F64
    clear_noise: F64


class Radar:
    """One mounted radar.

    Args:
        config: which radar.
        stream_key: 64-bit integer that names its random stream; sensors with different keys are independent.
        names: semantic class id to name in lower case, so that surfaces are known by their class; without it every
            surface is judged by its material alone.

    """

    def __init__(self, config: RadarConfig, *, stream_key: int, names: Mapping[int, str] | None = None) -> None:
        self.config = config
        self.stream_key = stream_key
        self.spec = spec = config.radar
        self._surfaces = surface_table(names or {})
        self._grid = Grid(
            spec.range_cells,
            spec.chirps,
            spec.elements,
            spec.range_resolution_m,
            2.0 * spec.max_velocity_mps / spec.chirps,
            spec.azimuth_resolution_rad,
            spec.elevation_resolution_rad,
        )
        self._echoes = new_echoes(spec.rays_azimuth * spec.rays_elevation * (config.bounces + 1))

    @property
    def frame_s(self) -> float:
        """Length of the coherent interval."""
        return self.spec.frame_s

    @property
    def max_range_m(self) -> float:
        """No range beyond this is ever reported."""
        return self.spec.max_range_m

    def intrinsics(self) -> dict[str, float]:
        """What a user needs to interpret detections: resolutions and limits."""
        s = self.spec
        return {
            "range_resolution_m": s.range_resolution_m,
            "velocity_resolution_mps": s.velocity_resolution_mps,
            "azimuth_resolution_rad": s.azimuth_resolution_rad,
            "max_range_m": s.max_range_m,
            "max_velocity_mps": s.max_velocity_mps,
            "azimuth_fov_rad": math.radians(s.azimuth_fov_deg),
            "elevation_fov_rad": math.radians(s.elevation_fov_deg),
            "carrier_hz": s.carrier_hz,
        }

    def capture(
        self, tracer: EmbreeTracer, track: PoseTrack, start_s: float, index: int, clean: bool = False
    ) -> RadarFrame:
        """One frame.

        Args:
            tracer: holds a scene that covers [start_s, start_s + frame_s]; with moving bodies, two key times or more.
            track: pose of the sensor over the frame (sensor frame to world).
            start_s: begin of the coherent interval [s].
            index: number of the frame in its episode, selects its random numbers.
            clean: the twin without noise, ghosts, rain and interference.

        Raises:
            ValueError: bodies move but the scene has a single key time, so that their velocities are unknown.

        """
        scene = tracer.scene
        if bool(scene.moving.any()) and len(scene.times_s) == 1:
            raise ValueError("the radar's scene has moving bodies and 1 key time, expected at least 2 for velocities")
        key = frame_key(self.stream_key, index)
        strength = 0.0 if clean else self.config.noise
        rain = 0.0 if clean else scene.environment.air.rain_mmph
        rise_db = 0.0 if clean else self._rise_db(key)
        echoes = self._all_echoes(tracer, track, start_s, key, rain, clean)
        cells = self._occupied(echoes, rain, 10.0 ** (rise_db / 10.0))
        number, rows = self._detections(cells, key, strength, rise_db)
        if strength > 0.0:
            rows = np.concatenate([rows, self._false_alarms(cells, key, strength, rise_db)])
        kept = self._delivered(rows)
        found = number[kept[kept < len(number)]]
        missed = np.zeros(0, DETECTION) if clean else self._missed(cells, found)
        rows = rows[kept]
        return RadarFrame(start_s, start_s + self.frame_s, rows, missed, rise_db)

    def _rise_db(self, key: np.uint64) -> float:
        """How much interference raises the noise of this frame."""
        if uniform(key, _FRAME, _INTERFERED) >= self.config.interference:
            return 0.0
        low, high = self.config.interference_db
        return float(low + (high - low) * uniform(key, _FRAME, _RISE))

    def _all_echoes(
        self, tracer: EmbreeTracer, track: PoseTrack, start_s: float, key: np.uint64, rain: float, clean: bool
    ) -> Echoes:
        """Echoes of surfaces and, in rain, of drops."""
        spec, scene = self.spec, tracer.scene
        first, last = start_s, start_s + spec.frame_s
        middle = 0.5 * (first + last)
        position, orientation = track.at(np.array([first, middle, last]))
        velocity = (position[2] - position[0]) / spec.frame_s
        times = tracer.ray_time(np.array([middle, first, last]))
        span = float((times[2] - times[1]) * (scene.times_s[-1] - scene.times_s[0]))
        field = Field(
            math.radians(spec.azimuth_fov_deg),
            math.radians(spec.elevation_fov_deg),
            spec.rays_azimuth,
            spec.rays_elevation,
            0 if clean else self.config.bounces,
            spec.min_range_m,
            spec.max_range_m,
            spec.wavelength_m,
            max(1.0, spec.range_resolution_m),
        )
        when = Instant(float(times[0]), float(times[1]), float(times[2]), span)
        pose = np.concatenate([position[1], orientation[1]])
        count = illuminate(tracer.tables, new_ray(), field, when, key, pose, velocity, self._surfaces, self._echoes)
        echoes = Echoes(*(a[:count] for a in self._echoes))
        if rain <= 0.0:
            return echoes
        drift = rotate(conjugate(orientation[1]), np.asarray(scene.environment.air.wind_w, float) - velocity)
        # the beam as high as a box that lets the same power through both ways
        beam = math.radians(spec.elevation_beam_deg) * math.sqrt(math.pi / (4.0 * math.log(4.0)))
        drops = rain_echoes(rain, self._grid, field, beam, drift, key)
        return Echoes(*(np.concatenate(pair) for pair in zip(echoes, drops, strict=True)))

    def _pattern(self, sine: F64, elevation: F64) -> F64:
        """Two-way gain of the antennas relative to their axis: Gaussian, -6 dB at half the beam widths."""
        spec = self.spec
        a = np.arcsin(np.clip(sine, -1.0, 1.0)) / math.radians(spec.azimuth_beam_deg / 2.0)
        e = elevation / math.radians(spec.elevation_beam_deg / 2.0)
        out: F64 = np.exp(-math.log(4.0) * (a * a + e * e))
        return out

    def _occupied(self, echoes: Echoes, rain: float, rise: float) -> _Cells:
        """Echoes summed into cells, with the noise of each."""
        values, owner = echoes.values, echoes.owner
        gain = self._pattern(values[:, 1], values[:, 2])
        clear = self.spec.snr_at_one_metre * gain * values[:, 4] / values[:, 0] ** 4
        power = clear * np.exp(-2.0 * attenuation_per_m(rain) * values[:, 0])
        clear = np.where(echoes.bounced, 0.0, clear)
        cell = np.empty(len(values), np.int64)
        assign(self._grid, values, cell)
        order = np.lexsort((owner[:, 2], owner[:, 1], owner[:, 0], cell))
        n = len(order)
        number, table, owners = np.empty(n, np.int64), np.empty((n, 6)), np.empty((n, 4), np.int32)
        count = gather(self._grid, order, cell, values, owner, power, clear, number, table, owners)
        number, table, owners = number[:count], table[:count], owners[:count]
        share = 10.0 ** (-self.spec.sidelobe_db / 10.0)
        noise, clear_noise = np.empty(count), np.empty(count)
        leaked(number, table[:, 0].copy(), self._grid.azimuths, share, noise)
        leaked(number, table[:, 1].copy(), self._grid.azimuths, share, clear_noise)
        return _Cells(number, table, owners, noise + rise, clear_noise + 1.0)

    def _detections(
        self, cells: _Cells, key: np.uint64, strength: float, rise_db: float
    ) -> tuple[NDArray[np.int64], NDArray[np.void]]:
        """Numbers of the cells that are detected, and their rows."""
        n = len(cells.number)
        out, found = np.zeros((n, 8)), np.zeros(n, np.uint8)
        threshold = -math.log(self.config.false_alarm)
        detect(
            self._grid, key, strength, threshold, self.config.resolve,
            cells.number, cells.values[:, 0].copy(), cells.noise, cells.values, out, found,
        )  # fmt: skip
        hit = np.flatnonzero(found)
        owner, values = cells.owner[hit], cells.values[hit]
        rows = self._rows(out[hit], cells.noise[hit])
        unfolded = (found[hit] == 2) | (owner[:, 3] == 0)
        rows["ambiguity"] = np.where(found[hit] == 2, Ambiguity.UNAMBIGUOUS, Ambiguity.AMBIGUOUS)
        rows["folds"] = np.where(unfolded, 0, owner[:, 3])
        rows["velocity"] += np.where(unfolded, 2.0 * self._grid.max_velocity_mps * owner[:, 3], 0.0)
        ghost = owner[:, 2] == 1
        rows["instance"] = np.where(ghost, 0, owner[:, 0])
        rows["semantic"] = np.where(ghost, 0, owner[:, 1])
        dimmed = (values[:, 0] < _DIMMED * values[:, 1]) | (rise_db > 1.0)
        broken = values[:, 1] < 0.5 * values[:, 0]
        truth = np.where(ghost, Truth.PHANTOM, 0)
        truth |= np.where(~ghost & (~unfolded | broken), Truth.DISPLACED, 0)
        truth |= np.where(~ghost & dimmed & ~broken, Truth.DIMMED, 0)
        rows["truth"] = truth
        self._judge(rows, rise_db)
        return cells.number[hit], rows

    def _rows(self, measured: F64, noise: F64) -> NDArray[np.void]:
        """Detections without labels from (n, 8) measured values."""
        rows = np.zeros(len(measured), DETECTION)
        azimuth = np.arcsin(np.clip(measured[:, 1], -1.0, 1.0))
        rows["range"], rows["azimuth"], rows["elevation"] = measured[:, 0], azimuth, measured[:, 2]
        rows["velocity"], rows["snr"] = measured[:, 3], 10.0 * np.log10(measured[:, 4])
        rows["range_sigma"], rows["azimuth_sigma"], rows["velocity_sigma"] = measured[:, 5:8].T
        gain = self._pattern(measured[:, 1], measured[:, 2])
        area = measured[:, 4] * noise * np.maximum(measured[:, 0], 1e-3) ** 4 / (self.spec.snr_at_one_metre * gain)
        rows["rcs"] = 10.0 * np.log10(area)
        return rows

    def _delivered(self, rows: NDArray[np.void]) -> NDArray[np.int64]:
        """Indices of the rows that are strong enough and not too many, by range."""
        strong = np.flatnonzero(rows["rcs"] >= self.config.least_rcs_dbsm)
        strong = strong[np.argsort(-rows["snr"][strong], kind="stable")][: self.config.most]
        out: NDArray[np.int64] = strong[np.argsort(rows["range"][strong], kind="stable")]
        return out

    def _judge(self, rows: NDArray[np.void], rise_db: float) -> None:
        """The radar's own opinion of its detections."""
        floor_db = 10.0 * math.log10(-math.log(self.config.false_alarm))
        rows["validity"] = np.where(rows["snr"] < floor_db + 3.0, Validity.WEAK, Validity.VALID)
        if rise_db > 0.0:
            rows["validity"] = Validity.INTERFERED

    def _false_alarms(self, cells: _Cells, key: np.uint64, strength: float, rise_db: float) -> NDArray[np.void]:
        """Noise over the threshold in cells that hold nothing else."""
        grid, spec = self._grid, self.spec
        edge = math.sin(math.radians(spec.azimuth_fov_deg))
        looked_at = spec.cells * min(1.0, 2.0 * edge / (grid.azimuths * grid.sine))
        expected = strength * self.config.false_alarm * max(looked_at - len(cells.number), 0.0)
        count = _poisson(expected, uniform(key, _FRAME, _ALARMS))
        where = np.array([[uniform(key, _FRAME + k, _WHERE + 10 * j) for j in range(4)] for k in range(count)])
        where = where.reshape(-1, 4)
        over = -np.log(1.0 - np.array([uniform(key, _FRAME + k, _LEVEL) for k in range(count)]))
        measured = np.zeros((count, 8))
        first = spec.min_range_m
        measured[:, 0] = first + (spec.max_range_m - first) * where[:, 0]
        measured[:, 1] = edge * (2.0 * where[:, 1] - 1.0)
        if spec.elevation_channels > 1:
            measured[:, 2] = math.radians(spec.elevation_fov_deg) * (2.0 * where[:, 2] - 1.0)
        measured[:, 3] = grid.max_velocity_mps * (2.0 * where[:, 3] - 1.0)
        measured[:, 4] = -math.log(self.config.false_alarm) + over - 1.0
        root = 1.0 / np.sqrt(2.0 * measured[:, 4])
        measured[:, 5], measured[:, 7] = grid.range_m * root, grid.velocity_mps * root
        measured[:, 6] = grid.sine / np.sqrt(1.0 - measured[:, 1] ** 2) * root / 1.6
        rows = self._rows(measured, np.full(count, 10.0 ** (rise_db / 10.0)))
        rows["ambiguity"] = Ambiguity.AMBIGUOUS
        rows["truth"] = Truth.PHANTOM
        self._judge(rows, rise_db)
        return rows

    def _missed(self, cells: _Cells, found: NDArray[np.int64]) -> NDArray[np.void]:
        """What the clean twin reports in other cells than those delivered."""
        threshold = -math.log(self.config.false_alarm)
        lost = np.flatnonzero(cells.values[:, 1] >= threshold * cells.clear_noise)
        values, owner = cells.values[lost], cells.owner[lost]
        measured = np.zeros((len(lost), 8))
        measured[:, 0], measured[:, 1], measured[:, 3] = values[:, 2], values[:, 3], values[:, 5]
        if self.spec.elevation_channels > 1:
            measured[:, 2] = values[:, 4]
        measured[:, 4] = values[:, 1] / cells.clear_noise[lost]
        rows = self._rows(measured, cells.clear_noise[lost])
        rows["velocity"] += 2.0 * self._grid.max_velocity_mps * owner[:, 3]
        rows["instance"], rows["semantic"], rows["truth"] = owner[:, 0], owner[:, 1], Truth.LOST
        kept = self._delivered(rows)
        return rows[kept[~np.isin(cells.number[lost][kept], found)]]


def _poisson(mean: float, u: float) -> int:
    """The quantile u of a Poisson distribution, by summing its terms."""
    term = total = math.exp(-mean)
    k = 0
    while u >= total and k < 10_000:
        k += 1
        term *= mean / k
        total += term
    return k
