"""One frame of one sensor, and all frames of one sensor: arrays are read and decoded when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from ..episode.records import FaultPeriod, SensorInfo
from ..errors import ConfigError, counted, nearest
from . import schema
from .codecs import CODECS
from .handle import read

if TYPE_CHECKING:
    from .reader import Episode

Array = NDArray[Any]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Returns = Literal["first", "second", "all"]
_SUFFIXES: dict[str, tuple[str, ...]] = {"first": ("",), "second": ("_2",), "all": ("", "_2")}
"""Of the arrays that hold the returns asked for."""


class Frame:
    """One frame of one sensor. Arrays are read and decoded when asked for, each time anew.

    Attributes:
        episode: it belongs to.
        info: what is constant about the sensor.
        row: number of the frame, from 0.

    """

    def __init__(self, episode: Episode, info: SensorInfo, row: int) -> None:
        self.episode = episode
        self.info = info
        self.row = row

    def __repr__(self) -> str:
        return f"Frame({self.sensor} {self.row}, t = {self.time_start / 1e9:.3f} s)"

    @property
    def sensor(self) -> str:
        """Name of the sensor."""
        return self.info.name

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the arrays that `frame[name]` knows."""
        known = {e.name for e in schema.COMMON} | {"intrinsics", "frame_intrinsics", "clean"}
        group = self.episode.file[f"sensors/{self.sensor}"]
        clean = tuple(f"clean/{n}" for n in group["clean"]) if "clean" in group else ()
        return tuple(n for n in group if n not in known and not n.endswith("_offsets")) + clean

    def __getitem__(self, name: str) -> Array:
        """One decoded array.

        Raises:
            KeyError: the sensor has no such array; names the nearest.
            DatasetError: the file is damaged.

        """
        group = self.episode.file[f"sensors/{self.sensor}"]
        if name not in group:
            raise KeyError(f"sensor '{self.sensor}' has no array '{name}': {nearest(name, self.names)}")
        dataset = group[name]
        if f"{name}_offsets" in group:
            start, stop = read(group[f"{name}_offsets"], slice(self.row, self.row + 2))
            rows = read(dataset, slice(int(start), int(stop)))
            return rows.astype(schema.ROWS[name], copy=False)
        stored = read(dataset, self.row)
        entry = schema.data_entry(self.info.kind, name)
        if entry is None or entry.codec == "plain":
            return stored
        return CODECS[entry.codec].decode(stored, float(dataset.attrs["step"]))

    @property
    def index(self) -> int:
        """Number of the frame; it jumps where a fault has dropped frames."""
        return int(self["index"])

    @property
    def truth(self) -> NDArray[np.uint8]:
        """What weather and faults did, bits of `renderers.truth.Truth` per pixel, cell, detection, channel or frame."""
        if "detections" in self.names:
            return np.ascontiguousarray(self["detections"]["truth"])
        return self["truth"]

    def clean(self, name: str) -> Array:
        """An array of the clean twin, such as `rgb` or `range`.

        Raises:
            KeyError: the episode was recorded without, or the sensor has none.

        """
        return self[f"clean/{name}"]

    @property
    def detections(self) -> Array:
        """Rows of `renderers.radar.frame.DETECTION`: what a radar reports."""
        return self["detections"]

    @property
    def missed(self) -> Array:
        """Rows of `DETECTION` with the true values of what a radar would report without noise, and does not."""
        return self["missed"]

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) delivered picture."""
        return self["rgb"]

    @property
    def depth(self) -> F32:
        """(H, W) depth along the optical axis [m], exact to half of `depth_step`.

        Of a camera the true one, inf where nothing is; of a depth camera the measured one, 0 where there is none.
        """
        return self["depth"]

    @property
    def instance(self) -> NDArray[np.int32]:
        """Ids of the actors seen, 0 is scenery; (H, W) or (beams, columns)."""
        return self["instance"]

    @property
    def semantic(self) -> NDArray[np.uint8]:
        """Semantic classes seen; (H, W) or (beams, columns)."""
        return self["semantic"]

    @property
    def flow(self) -> F32:
        """(H, W, 2) backward flow right and down [px], to the previous frame; 0 in a first frame."""
        return self["flow"]

    @property
    def range(self) -> F32:
        """(beams, columns) measured range of a lidar, (1,) of an ultrasonic sensor [m]; 0 where nothing came back."""
        return self["range"]

    @property
    def intensity(self) -> Array:
        """(beams, columns) reported intensity."""
        return self["intensity"]

    @property
    def time_offset(self) -> F32:
        """(beams, columns) when each beam fired after `time_start` [s]."""
        return self["time_offset"]

    @property
    def boxes_2d(self) -> Array:
        """Rows of `BOX_2D`."""
        return self["boxes_2d"]

    @property
    def boxes_3d(self) -> Array:
        """Rows of `BOX_3D`, in the frame of the sensor."""
        return self["boxes_3d"]

    @property
    def time_start(self) -> int:
        """First instant at which the sensor looked [ns]."""
        return int(self["time_start"])

    @property
    def time_end(self) -> int:
        """Last instant at which the sensor looked [ns]."""
        return int(self["time_end"])

    @property
    def time_delivered(self) -> int:
        """When the frame became available [ns]."""
        return int(self["time_delivered"])

    @property
    def time_stamp(self) -> int:
        """`time_start` by the sensor's own clock [ns]: the same unless a fault shifts it."""
        return int(self["time_stamp"])

    @property
    def pose_w(self) -> F64:
        """(7,) x y z qx qy qz qw of the sensor in the world at `time_start`, where it really was."""
        return self["pose_w"]

    @property
    def intrinsics(self) -> dict[str, Array]:
        """Constant numbers of the sensor and those of this frame."""
        group = self.episode.file[f"sensors/{self.sensor}/frame_intrinsics"]
        return {
            **{name: np.asarray(value) for name, value in self.info.intrinsics.items()},
            **{name: np.asarray(read(dataset, self.row)) for name, dataset in group.items()},
        }

    def points(self, *, compensated: bool = False, returns: Returns = "first") -> F32:
        """Returns of a lidar as rows (x, y, z, intensity, time_offset, beam), float32, in the frame of the sensor.

        Args:
            compensated: False gives each point in the frame the sensor had as that beam fired, so that the motion of
                the sensor during the sweep is still in it; True moves all points into the frame at `time_start`, along
                the recorded poses. Moving targets stay smeared either way.
            returns: "first" gives what `range` holds, in the order of its cells where it is not 0; "second" what
                `range_2` holds, nothing for lidars that report one return; "all" the first and then the second.

        Raises:
            KeyError: the sensor is not a lidar; names those that are.
            ConfigError: there are no such returns; names the nearest.

        """
        if self.info.kind != "lidar":
            lidars = [name for name, info in self.episode.sensors.items() if info.kind == "lidar"]
            raise KeyError(
                f"sensor '{self.sensor}' is of kind {self.info.kind}, expected a lidar: {nearest(self.sensor, lidars)}"
            )
        if returns not in _SUFFIXES:
            raise ConfigError(
                f"returns is {returns!r}, expected first, second or all: {nearest(str(returns), _SUFFIXES)}"
            )
        found = [
            self._points(suffix, compensated=compensated)
            for suffix in _SUFFIXES[returns]
            if f"range{suffix}" in self.names
        ]
        return np.concatenate(found) if found else np.zeros((0, 6), np.float32)

    def _points(self, suffix: str, *, compensated: bool) -> F32:
        from .sweep import compensate, geometry_of  # compiled transforms, which pictures do without

        ranges, offset = self[f"range{suffix}"], self.time_offset
        hit = ranges > 0
        where = geometry_of(self.intrinsics).points(ranges)[hit]
        if compensated:
            group = self.episode.file[f"sensors/{self.sensor}"]
            where = compensate(where, offset[hit], read(group["time_start"], ()), read(group["pose_w"], ()), self.row)
        beam = np.nonzero(hit)[0]
        return np.column_stack([where, self[f"intensity{suffix}"][hit], offset[hit], beam]).astype(np.float32)


class Frames(Sequence[Frame]):
    """All frames of one sensor of one episode, in order of time."""

    def __init__(self, episode: Episode, info: SensorInfo) -> None:
        self._episode = episode
        self._info = info

    @property
    def faults(self) -> list[FaultPeriod]:
        """What went wrong with the sensor in the episode, in order of time."""
        rows = read(self._episode.file[f"sensors/{self._info.name}/faults"], ())
        return [
            FaultPeriod(r["name"].decode(), r["kind"].decode(), int(r["start"]), int(r["end"]), float(r["magnitude"]))
            for r in rows
        ]

    def __len__(self) -> int:
        return len(self._episode.file[f"sensors/{self._info.name}/index"])

    @overload
    def __getitem__(self, item: int) -> Frame: ...
    @overload
    def __getitem__(self, item: slice) -> list[Frame]: ...
    def __getitem__(self, item: int | slice) -> Frame | list[Frame]:
        try:
            rows = range(len(self))[item]
        except IndexError:
            whose = f"sensor '{self._info.name}' of episode {self._episode.number}"
            raise IndexError(f"{whose} has nothing at [{item}], it has {counted(len(self), 'frame')}") from None
        if isinstance(rows, range):
            return [Frame(self._episode, self._info, row) for row in rows]
        return Frame(self._episode, self._info, rows)
