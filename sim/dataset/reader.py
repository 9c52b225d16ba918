"""Reading datasets: `load(path)` -> dataset -> episodes -> frames -> arrays.

Nothing is read before it is asked for, and one frame costs one chunk per array. Everything here can be pickled, forked
and used in the workers of a PyTorch DataLoader; each process opens its own files. Nothing is cached but open files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import h5py
import numpy as np
from numpy.typing import NDArray

from ..episode.records import BOX_2D, BOX_3D, EventRecord, PhaseRecord, SensorInfo
from ..errors import DatasetError, nearest
from . import schema
from .codecs import CODECS
from .folder import Folder
from .handle import Handle

Array = NDArray[Any]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


def load(path: str | Path) -> Dataset:
    """Open a dataset folder, or a single episode file as a dataset of one.

    Raises:
        DatasetError: there is no such folder, or it is not a dataset, or a newer version wrote it.

    """
    path = Path(path)
    if path.suffix == ".h5":
        return Dataset(path, (path,), {})
    folder = Folder.open(path)
    files = tuple(folder.episode_path(line["episode"]) for line in folder.manifest.lines())
    return Dataset(path, files, folder.description["config"])


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
        known = {e.name for e in schema.COMMON} | {"intrinsics", "frame_intrinsics"}
        group = self.episode.file[f"sensors/{self.sensor}"]
        return tuple(n for n in group if n not in known and not n.endswith("_offsets"))

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
            return rows.astype(BOX_2D if name == "boxes_2d" else BOX_3D, copy=False)
        stored = read(dataset, self.row)
        entry = schema.data_entry(self.info.kind, name)
        if entry is None or entry.codec == "plain":
            return stored
        return CODECS[entry.codec].decode(stored, float(dataset.attrs["step"]))

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) delivered picture."""
        return self["rgb"]

    @property
    def depth(self) -> F32:
        """(H, W) depth along the optical axis [m], inf where nothing is; exact to half of `depth_step`."""
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
        """(H, W, 2) backward flow right and down [px], to the previous frame; NaN where undefined."""
        return self["flow"]

    @property
    def range(self) -> F32:
        """(beams, columns) measured range [m], 0 where nothing came back."""
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
    def pose_w(self) -> F64:
        """(7,) x y z qx qy qz qw of the sensor in the world at `time_start`."""
        return self["pose_w"]

    @property
    def intrinsics(self) -> dict[str, Array]:
        """Constant numbers of the sensor and those of this frame."""
        group = self.episode.file[f"sensors/{self.sensor}/frame_intrinsics"]
        return {
            **{name: np.asarray(value) for name, value in self.info.intrinsics.items()},
            **{name: np.asarray(read(dataset, self.row)) for name, dataset in group.items()},
        }

    def points(self, *, compensated: bool = False) -> F32:
        """Returns of a lidar as rows (x, y, z, intensity, time_offset, beam), float32, in the frame of the sensor.

        Args:
            compensated: False gives each point in the frame the sensor had as that beam fired, so that the motion of
                the sensor during the sweep is still in it; True moves all points into the frame at `time_start`, along
                the recorded poses. Moving targets stay smeared either way.

        Raises:
            KeyError: the sensor is not a lidar.

        """
        from .sweep import compensate, geometry  # compiled transforms, which pictures do without

        ranges, offset = self.range, self.time_offset
        hit = ranges > 0
        where = geometry(self.info).points(ranges)[hit]
        if compensated:
            group = self.episode.file[f"sensors/{self.sensor}"]
            where = compensate(where, offset[hit], read(group["time_start"], ()), read(group["pose_w"], ()), self.row)
        beam = np.nonzero(hit)[0]
        return np.column_stack([where, self.intensity[hit], offset[hit], beam]).astype(np.float32)


class Frames(Sequence[Frame]):
    """All frames of one sensor of one episode, in order of time."""

    def __init__(self, episode: Episode, info: SensorInfo) -> None:
        self._episode = episode
        self._info = info

    def __len__(self) -> int:
        return len(self._episode.file[f"sensors/{self._info.name}/index"])

    @overload
    def __getitem__(self, item: int) -> Frame: ...
    @overload
    def __getitem__(self, item: slice) -> list[Frame]: ...
    def __getitem__(self, item: int | slice) -> Frame | list[Frame]:
        rows = range(len(self))[item]
        if isinstance(rows, range):
            return [Frame(self._episode, self._info, row) for row in rows]
        return Frame(self._episode, self._info, rows)


class Episode:
    """One recorded episode. State arrays have T + 1 rows, actions and rewards T.

    Args:
        path: its file.

    """

    def __init__(self, path: Path) -> None:
        self._handle = Handle(path)

    def __repr__(self) -> str:
        return f"Episode({self.number}, {self.scenario}, {self.outcome})"

    @property
    def path(self) -> Path:
        """The file."""
        return self._handle.path

    @property
    def file(self) -> h5py.File:
        """The open HDF5 file of this process, for arrays this class has no name for."""
        return self._handle.file

    def close(self) -> None:
        """Close the file in this process; it opens again on the next use."""
        self._handle.close()

    @property
    def number(self) -> int:
        """Number of the episode in its dataset."""
        return int(self.file.attrs["episode"])

    @property
    def scenario(self) -> str:
        """Registered name of the scenario."""
        return str(self.file.attrs["scenario"])

    @property
    def seed(self) -> int:
        """Seed of the dataset."""
        return int(self.file.attrs["seed"])

    @property
    def outcome(self) -> str:
        """How it ended."""
        return str(self.file.attrs["outcome"])

    @property
    def ego(self) -> int:
        """Row of the ego in the tables of actors."""
        return int(self.file.attrs["ego"])

    @property
    def params(self) -> dict[str, float | int | str | bool]:
        """Parameters of the scenario as drawn."""
        values = {name: read(dataset, ()) for name, dataset in self.file["params"].items()}
        return {n: v.decode() if isinstance(v, bytes) else v.item() for n, v in values.items()}

    @property
    def config(self) -> str:
        """The configuration of the episode, YAML."""
        return str(read(self.file["config"], ()).decode())

    @property
    def sensors(self) -> dict[str, SensorInfo]:
        """The rig, by name."""
        return (
            {name: _info(name, group) for name, group in self.file["sensors"].items()} if "sensors" in self.file else {}
        )

    def frames(self, sensor: str) -> Frames:
        """All frames of one sensor.

        Raises:
            KeyError: no such sensor; names the nearest.

        """
        if f"sensors/{sensor}" not in self.file:
            raise KeyError(f"episode {self.number} has no sensor '{sensor}': {nearest(sensor, self.sensors)}")
        return Frames(self, _info(sensor, self.file[f"sensors/{sensor}"]))

    @property
    def time(self) -> I64:
        """(T + 1,) times of the states [ns]."""
        return self["time"]

    @property
    def actions(self) -> F64:
        """(T, A) actions."""
        return self["actions"]

    @property
    def rewards(self) -> F64:
        """(T,) rewards."""
        return self["rewards"]

    @property
    def criticality(self) -> dict[str, F64]:
        """(T + 1,) measures by name."""
        return {name: read(dataset, ()) for name, dataset in self.file["criticality"].items()}

    @property
    def events(self) -> list[EventRecord]:
        """What happened, in order of time."""
        rows = self["events"]
        return [
            EventRecord(
                int(r["time"]), _str(r["kind"]), int(r["actor"]), int(r["other"]), float(r["value"]), _str(r["detail"])
            )
            for r in rows
        ]

    @property
    def phases(self) -> list[PhaseRecord]:
        """The phases of the scenario, in order of time."""
        return [PhaseRecord(_str(r["name"]), int(r["time"])) for r in self["phases"]]

    def __getitem__(self, path: str) -> Array:
        """A whole array by its path in the file, as stored, such as `episode["ego/position_w"]`.

        Raises:
            KeyError: no such array.
            DatasetError: the file is damaged.

        """
        found = self.file.get(path)
        if not isinstance(found, h5py.Dataset):
            raise KeyError(f"episode {self.number} has no array '{path}'; docs/schema.md lists them")
        return np.asarray(read(found, ()))


class Dataset(Sequence[Episode]):
    """The finished episodes of a dataset, in the order of the plan.

    Attributes:
        path: the folder, or the one file.
        config: the configuration it was made with; empty for a single file.

    """

    def __init__(self, path: Path, files: tuple[Path, ...], config: Mapping[str, Any]) -> None:
        self.path = path
        self.config = config
        self._episodes = tuple(Episode(file) for file in files)

    def __repr__(self) -> str:
        return f"Dataset({str(self.path)!r}, {len(self)} episodes)"

    def __len__(self) -> int:
        return len(self._episodes)

    @overload
    def __getitem__(self, item: int) -> Episode: ...
    @overload
    def __getitem__(self, item: slice) -> tuple[Episode, ...]: ...
    def __getitem__(self, item: int | slice) -> Episode | tuple[Episode, ...]:
        return self._episodes[item]

    def __iter__(self) -> Iterator[Episode]:
        return iter(self._episodes)


def read(dataset: h5py.Dataset, where: Any) -> Any:
    """Part of an array, with damage reported as what it is.

    Raises:
        DatasetError: a chunk cannot be decoded or fails its checksum.

    """
    try:
        return dataset[where]
    except (OSError, RuntimeError) as error:
        raise DatasetError(f"{dataset.file.filename} is damaged at {dataset.name} ({error})") from error


def _info(name: str, group: h5py.Group) -> SensorInfo:
    constants = {key: np.asarray(read(value, ())) for key, value in group["intrinsics"].items()}
    return SensorInfo(
        name=name,
        kind=group.attrs["kind"],
        rate_hz=float(group.attrs["rate_hz"]),
        range_max_m=float(group.attrs["range_max_m"]),
        intrinsics=constants,
        mount=read(group["mount"], ()),
    )


def _str(value: bytes) -> str:
    return value.decode()
