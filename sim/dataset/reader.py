"""Reading datasets: `load(path)` -> dataset -> episodes -> frames -> arrays.

Nothing is read before it is asked for, and one frame costs one chunk per array. Everything here can be pickled, forked
and used in the workers of a PyTorch DataLoader; each process opens its own files. Nothing is cached but open files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, overload

import h5py
import numpy as np
from numpy.typing import NDArray

from ..episode.records import EventRecord, PhaseRecord, SensorInfo
from ..errors import counted, nearest
from .folder import Folder
from .frame import Frames
from .handle import Handle, damage_of, read

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


class ArrayInfo(NamedTuple):
    """An array of an episode file: its path, "table" or its NumPy type, and its shape."""

    path: str
    kind: str
    shape: tuple[int, ...]


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

    def arrays(self) -> tuple[ArrayInfo, ...]:
        """Every array of the file, in the order of their paths."""
        found: list[ArrayInfo] = []

        def note(path: str, item: h5py.HLObject) -> None:
            if isinstance(item, h5py.Dataset):
                found.append(ArrayInfo(f"/{path}", "table" if item.dtype.names else str(item.dtype), item.shape))

        with damage_of(self.path):
            self.file.visititems(note)
        return tuple(found)

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
    def result(self) -> str:
        """The same in the words that all scenarios share: collision, near_miss, nothing."""
        return str(self.file.attrs["result"])

    @property
    def occurred(self) -> bool:
        """Whether the rare event really took place."""
        return bool(self.file.attrs["occurred"])

    @property
    def measures(self) -> dict[str, float]:
        """Numbers of the whole episode by name: `impact_speed_mps`, `delta_v_mps`, ..."""
        return {name: float(read(dataset, ())) for name, dataset in self.file["measures"].items()}

    @property
    def causes(self) -> list[tuple[int, str, str]]:
        """The chain of causes in order: time [ns], name, and one plain sentence."""
        found = [(e.time_ns, json.loads(e.detail)) for e in self.events if e.kind == "cause"]
        return [(time, detail["name"], detail["text"]) for time, detail in found]

    @property
    def ego(self) -> int:
        """Row of the ego in the tables of actors."""
        return int(self.file.attrs["ego"])

    @property
    def params(self) -> dict[str, float | int | str | bool]:
        """Parameters of the scenario as drawn."""
        with damage_of(self.path):
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
    def weather(self) -> dict[str, F64]:
        """(T + 1,) state of weather and light by name."""
        return {name: read(dataset, ()) for name, dataset in self.file["weather"].items()}

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
        try:
            return self._episodes[item]
        except IndexError:
            held = counted(len(self), "finished episode")
            raise IndexError(f"{self.path} has nothing at [{item}], it holds {held}") from None

    def __iter__(self) -> Iterator[Episode]:
        return iter(self._episodes)


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
