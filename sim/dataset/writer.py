"""The recorder: one episode's records in, one HDF5 file out.

Frames go to the file as they come; states, events and boxes are small and are written when the episode ends. The file
has its final name only once it is complete. Nothing in it depends on the clock, the host or the number of threads.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
from numpy.typing import NDArray

from ..episode.records import (
    Conclusion,
    EpisodeHeader,
    EpisodeSummary,
    EventRecord,
    FaultPeriod,
    PhaseRecord,
    SensorFrame,
    SensorInfo,
    StepRecord,
)
from ..errors import nearest
from ..world.classes import SemanticClass
from . import schema
from .chunks import ChunkWriter
from .codecs import CODECS, FLOW_STEP_PX, depth_step, range_dtype
from .storage import disk_errors, publish, temporary_name

Array = NDArray[Any]

LIBVER = ("v110", "v114")
"""HDF5 format: compact chunk index, readable since HDF5 1.10."""

DEFAULT_RANGE_STEP_M = 0.001
_FEW = 64
"""Numbers per frame up to which intrinsics are kept until the end of the episode."""


@dataclass
class _Track:
    """What has come from one sensor so far."""

    info: SensorInfo
    datasets: dict[str, h5py.Dataset] = field(default_factory=dict)
    tables: dict[str, h5py.Dataset] = field(default_factory=dict)
    index: list[int] = field(default_factory=list)
    times: list[tuple[int, int, int, int]] = field(default_factory=list)
    poses: list[Array] = field(default_factory=list)
    vectors: dict[str, list[Array]] = field(default_factory=dict)
    intrinsics: dict[str, list[Array]] = field(default_factory=dict)
    rows: dict[str, list[Array]] = field(default_factory=dict)
    faults: tuple[FaultPeriod, ...] = ()


class EpisodeWriter:
    """Writes one episode. Use as a context manager: leaving it without `finish` removes the unfinished file.

    Arrays handed over are compressed in the background and must not change afterwards.

    Args:
        path: final name of the file; its folder must exist.
        header: what is known at the beginning.
        level: Zstd level, 1 (fast) to 19 (small).
        threads: that compress.

    Raises:
        StorageError: the disk is full or not writable.

    """

    def __init__(self, path: Path, header: EpisodeHeader, *, level: int = 1, threads: int = 1) -> None:
        self._path = Path(path)
        self._temporary = temporary_name(self._path)
        self._header = header
        self._steps: list[StepRecord] = []
        self._events: list[EventRecord] = []
        self._phases: list[PhaseRecord] = []
        self._tracks = {info.name: _Track(info) for info in header.sensors}
        with disk_errors(self._path):
            self._file = h5py.File(self._temporary, "w", libver=LIBVER, locking=False)
        self._chunks = ChunkWriter(self._file, level=level, threads=threads)
        with disk_errors(self._path):
            self._write_header()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self.abort()

    def step(self, record: StepRecord) -> None:
        """Add the state of the world at one control step.

        Raises:
            ValueError: the first record has an action, or a later one has none.

        """
        if (record.action is None) != (not self._steps):
            raise ValueError("the first step of an episode has no action and each later one has one")
        self._steps.append(record)

    def event(self, record: EventRecord) -> None:
        """Add something that happened."""
        self._events.append(record)

    def phase(self, record: PhaseRecord) -> None:
        """Add the beginning of a phase."""
        self._phases.append(record)

    def frame(self, frame: SensorFrame) -> None:
        """Add what a sensor delivered.

        Raises:
            ValueError: the sensor or one of its arrays is not known.
            StorageError: the disk is full.

        """
        track = self._track(frame.sensor)
        boxes = {"boxes_2d": frame.boxes_2d, "boxes_3d": frame.boxes_3d}
        data = {**frame.data, **{f"clean/{name}": values for name, values in frame.clean.items()}}
        data |= {name: rows for name, rows in boxes.items() if rows is not None}
        before = {*track.datasets, *track.vectors, *track.rows}
        if track.index and before != {*data}:
            raise ValueError(f"frame {frame.index} of sensor '{frame.sensor}' has other arrays than those before")
        track.index.append(frame.index)
        stamp = frame.time_start_ns + frame.stamp_shift_ns
        track.times.append((frame.time_start_ns, frame.time_end_ns, frame.time_delivered_ns, stamp))
        track.poses.append(np.asarray(frame.pose_w, float))
        with disk_errors(self._path):
            for name, values in frame.intrinsics.items():
                self._add_intrinsic(track, name, np.asarray(values))
            for name, values in data.items():
                self._add(track, name, np.asarray(values))

    def faults(self, sensor: str, periods: Sequence[FaultPeriod]) -> None:
        """Say what went wrong with a sensor in the whole episode; before `finish`.

        Raises:
            ValueError: the sensor is not known.

        """
        self._track(sensor).faults = tuple(periods)

    def finish(self, conclusion: Conclusion) -> EpisodeSummary:
        """Write what is left, give the file its name, and say what it holds.

        Raises:
            StorageError: the disk is full.

        """
        with disk_errors(self._path):
            self._chunks.drain()
            self._write_states()
            self._write_events()
            for track in self._tracks.values():
                self._write_track(track)
            self._file.attrs["outcome"] = conclusion.outcome
            self._file.attrs["result"] = conclusion.result
            self._file.attrs["occurred"] = int(conclusion.occurred)
            measures = self._file.create_group("measures")
            for name, value in sorted(conclusion.measures.items()):
                measures[name] = float(value)
            self._file.attrs["complete"] = 1
            self._file.flush()
            self._chunks.stop()
            self._file.close()
            publish(self._temporary, self._path)
        return EpisodeSummary(
            outcome=conclusion.outcome,
            result=conclusion.result,
            occurred=conclusion.occurred,
            measures=dict(sorted(conclusion.measures.items())),
            steps=max(len(self._steps) - 1, 0),
            frames={name: len(track.index) for name, track in self._tracks.items()},
            events=dict(sorted(Counter(e.kind for e in self._events).items())),
            phases={p.name: p.time_ns for p in sorted(self._phases, key=lambda p: p.time_ns)},
        )

    def _track(self, sensor: str) -> _Track:
        track = self._tracks.get(sensor)
        if track is None:
            raise ValueError(f"frame of unknown sensor '{sensor}': {nearest(sensor, self._tracks)}")
        return track

    def abort(self) -> None:
        """Stop and remove the unfinished file."""
        self._chunks.stop()
        try:
            self._file.close()
        except (OSError, RuntimeError):  # a full disk; the file goes anyway
            pass
        self._temporary.unlink(missing_ok=True)

    def _write_header(self) -> None:
        header, file = self._header, self._file
        file.attrs.update(
            {
                "format": schema.FORMAT,
                "format_version": schema.FORMAT_VERSION,
                "episode": header.episode,
                "scenario": header.scenario,
                "seed": str(header.seed),
                "ego": header.ego,
                "semantic_classes": json.dumps([kind.name.lower() for kind in SemanticClass]),
            }
        )
        file["config"] = _text(header.config_yaml)
        params = file.create_group("params")
        for name, value in sorted(header.params.items()):
            params[name] = _text(value) if isinstance(value, str) else value
        self._chunks.store("actors/id", np.asarray(header.actor_ids, np.int32))
        self._chunks.store("actors/class", np.asarray(header.actor_classes, np.uint8))
        self._chunks.store("actors/size", np.asarray(header.actor_sizes, np.float32).reshape(-1, 3))
        for info in header.sensors:
            group = file.create_group(f"sensors/{info.name}")
            group.attrs.update({"kind": info.kind, "rate_hz": info.rate_hz, "range_max_m": info.range_max_m})
            group["mount"] = np.asarray(info.mount, float)
            constants = group.create_group("intrinsics")
            for key, constant in sorted(info.intrinsics.items()):
                constants[key] = np.asarray(constant, float)

    def _add(self, track: _Track, name: str, values: Array) -> None:
        """Add one array of a frame, in the form that the contract gives it."""
        info = track.info
        entry = schema.data_entry(info.kind, name)
        if entry is None:
            known = [e.name for e in schema.SENSORS[info.kind]]
            raise ValueError(f"{info.kind} '{info.name}' has no array '{name}': {nearest(name, known)}")
        if entry.form == "frame":
            self._add_image(track, name, entry, values)
        elif entry.form == "rows":
            track.rows.setdefault(name, []).append(values)
        else:
            track.vectors.setdefault(name, []).append(values.astype(entry.dtype, copy=False))

    def _add_intrinsic(self, track: _Track, name: str, values: Array) -> None:
        """Add what changes from frame to frame: a few numbers at the end, whole tables at once."""
        if values.size <= _FEW:
            track.intrinsics.setdefault(name, []).append(values.astype(float))
            return
        path = f"frame_intrinsics/{name}"
        dataset = track.tables.get(name)
        if dataset is None:
            at = f"sensors/{track.info.name}/{path}"
            dataset = self._chunks.create(at, values.shape, values.dtype, checksum=False)
            track.tables[name] = dataset
        if values.shape != dataset.shape[1:]:
            raise ValueError(f"'{path}' of sensor '{track.info.name}' is {values.shape}, was {dataset.shape[1:]}")
        self._chunks.append(dataset, values, lambda array: array, checksum=False)

    def _add_image(self, track: _Track, name: str, entry: schema.Entry, values: Array) -> None:
        info = track.info
        step, dtype = self._storage(info, entry, values)
        dataset = track.datasets.get(name)
        if dataset is None:
            path = f"sensors/{info.name}/{name}"
            dataset = self._chunks.create(path, values.shape, dtype, checksum=entry.label)
            if step:
                dataset.attrs["step"] = step
            track.datasets[name] = dataset
        if values.shape != dataset.shape[1:]:
            raise ValueError(f"'{name}' of sensor '{info.name}' is {values.shape}, was {dataset.shape[1:]}")
        encode = CODECS[entry.codec].encode
        self._chunks.append(dataset, values, lambda array: encode(array, step), checksum=entry.label)

    @staticmethod
    def _storage(info: SensorInfo, entry: schema.Entry, values: Array) -> tuple[float, np.dtype[Any]]:
        """Step and stored type of an array."""
        if entry.codec == "depth":
            return depth_step(info.range_max_m), np.dtype(np.uint16)
        if entry.codec == "flow":
            return FLOW_STEP_PX, np.dtype(np.int16)
        if entry.codec == "range":
            step = float(info.intrinsics.get("range_step_m", DEFAULT_RANGE_STEP_M))
            return step, range_dtype(info.range_max_m, step)
        if entry.name.rpartition("/")[2].startswith("intensity"):
            return 0.0, values.dtype
        return 0.0, np.dtype(entry.dtype)

    def _write_states(self) -> None:
        store, steps, ego = partial(self._chunks.store, checksum=True), self._steps, self._header.ego
        actors = len(self._header.actor_ids)
        self._chunks.store("time", np.array([s.time_ns for s in steps], np.int64))
        for name, width in (("position", 3), ("orientation", 4), ("velocity", 3)):
            states = [np.asarray(getattr(s, f"actors_{name}"), float) for s in steps]
            table = np.array(states).reshape(len(steps), actors, width)
            store(f"actors/{name}_w", table)
            store(f"ego/{name}_w", table[:, ego])
        moves = [s for s in steps if s.action is not None]
        actions = [np.asarray(s.action, float).reshape(-1) for s in moves]
        self._chunks.store("actions", np.array(actions, float).reshape(len(moves), -1 if moves else 0))
        self._chunks.store("rewards", np.array([s.reward for s in moves], float))
        self._chunks.store("terminations", np.array([s.terminated for s in moves], bool))
        self._chunks.store("truncations", np.array([s.truncated for s in moves], bool))
        for kind in ("criticality", "weather"):
            group = self._file.create_group(kind)
            for name in sorted(getattr(steps[0], kind)) if steps else ():
                self._chunks.store(f"{group.name}/{name}", np.array([getattr(s, kind)[name] for s in steps], float))

    def _write_events(self) -> None:
        events = sorted(self._events, key=lambda e: e.time_ns)
        phases = sorted(self._phases, key=lambda p: p.time_ns)
        row: Any = [
            ("time", "<i8"),
            ("kind", _string_type([e.kind for e in events])),
            ("actor", "<i4"),
            ("other", "<i4"),
            ("value", "<f8"),
            ("detail", _string_type([e.detail for e in events])),
        ]
        table = [(e.time_ns, e.kind.encode(), e.actor, e.other, e.value, e.detail.encode()) for e in events]
        self._chunks.store("events", np.array(table, np.dtype(row)), checksum=True)
        row = [("name", _string_type([p.name for p in phases])), ("time", "<i8")]
        self._chunks.store(
            "phases", np.array([(p.name.encode(), p.time_ns) for p in phases], np.dtype(row)), checksum=True
        )

    def _write_track(self, track: _Track) -> None:
        at = f"sensors/{track.info.name}"
        times = np.array(track.times, np.int64).reshape(-1, 4)
        self._chunks.store(f"{at}/index", np.array(track.index, np.int64))
        for column, name in enumerate(("time_start", "time_end", "time_delivered", "time_stamp")):
            self._chunks.store(f"{at}/{name}", np.ascontiguousarray(times[:, column]))
        self._chunks.store(f"{at}/pose_w", np.array(track.poses, float).reshape(-1, 7), checksum=True)
        self._file.require_group(f"{at}/frame_intrinsics")
        for name, values in sorted(track.intrinsics.items()):
            self._chunks.store(f"{at}/frame_intrinsics/{name}", np.stack(values))
        for name, values in track.vectors.items():
            entry = schema.data_entry(track.info.kind, name)
            self._chunks.store(f"{at}/{name}", np.stack(values), checksum=entry is not None and entry.label)
        for name, tables in track.rows.items():
            rows = np.concatenate([np.asarray(t, schema.ROWS[name]) for t in tables])
            offsets = np.cumsum([0, *(len(t) for t in tables)], dtype=np.int64)
            self._chunks.store(f"{at}/{name}", rows, checksum=True)
            self._chunks.store(f"{at}/{name}_offsets", offsets)
        self._write_faults(f"{at}/faults", track.faults)

    def _write_faults(self, path: str, faults: tuple[FaultPeriod, ...]) -> None:
        row: Any = [
            ("name", _string_type([f.name for f in faults])),
            ("kind", _string_type([f.kind for f in faults])),
            ("start", "<i8"),
            ("end", "<i8"),
            ("magnitude", "<f8"),
        ]
        table = [(f.name.encode(), f.kind.encode(), f.start_ns, f.end_ns, f.magnitude) for f in faults]
        self._chunks.store(path, np.array(table, np.dtype(row)), checksum=True)


def _text(value: str) -> Array:
    """A string as HDF5 stores it at fixed length, UTF-8."""
    data = value.encode()
    return np.array(data, dtype=h5py.string_dtype("utf-8", max(len(data), 1)))


def _string_type(values: list[str]) -> np.dtype[Any]:
    """The fixed-length UTF-8 type that holds all values."""
    return np.dtype(h5py.string_dtype("utf-8", max([1, *(len(v.encode()) for v in values)])))
