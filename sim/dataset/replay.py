"""Make an episode once more and compare: the strongest test of "same seed, same bytes".

Stored numbers are compared, not decoded ones, so equal means equal to the last bit. Where the two differ, the earliest
instant is named, and the arrays are looked at in the order in which one causes the other: states before sensors.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from ..episode.config import EpisodeSpec
from ..errors import DatasetError
from .executor import RunEpisode
from .handle import damage_of, read
from .reader import Episode

Array = NDArray[Any]

_CAUSES = (
    "time",
    "params",
    "actors",
    "ego",
    "actions",
    "criticality",
    "weather",
    "rewards",
    "terminations",
    "truncations",
    "events",
)


@dataclass(frozen=True)
class Difference:
    """The first place where a replay leaves the recording.

    Attributes:
        array: path in the file.
        row: step of a state, frame of a sensor; -1 where the array has no rows or another shape.
        time_ns: when that was; -1 where it has no time.
        text: the two values.

    """

    array: str
    row: int
    time_ns: int
    text: str

    def __str__(self) -> str:
        row = "" if self.row < 0 else f" at {'frame' if self.array.startswith('sensors/') else 'step'} {self.row}"
        time = "" if self.time_ns < 0 else f" (t = {self.time_ns / 1e9:.4f} s)"
        return f"first difference: /{self.array}{row}{time}: {self.text}"


def replay(spec: EpisodeSpec, recorded: Path, run_episode: RunEpisode) -> tuple[int, Difference | None]:
    """Simulate `spec` again and compare with the recorded file.

    Returns:
        Number of arrays compared, and the first difference or None.

    Raises:
        DatasetError: the recorded file is missing or damaged.

    """
    with tempfile.TemporaryDirectory(prefix="cornercase-replay-") as place:
        again = Path(place) / recorded.name
        run_episode(spec, again)
        return compare(Episode(recorded), Episode(again))


def compare(recorded: Episode, again: Episode) -> tuple[int, Difference | None]:
    """Number of arrays in two episodes, and their first difference or None."""
    with damage_of(recorded.path):
        here = _arrays(recorded.file)
    there = _arrays(again.file)
    names = sorted({*here, *there}, key=_order)
    found = []
    for name in names:
        if name not in here or name not in there:
            found.append(Difference(name, -1, -1, "only in the " + ("recording" if name in here else "replay")))
            continue
        difference = _compare_array(name, read(here[name], ()), read(there[name], ()), recorded)
        if difference is not None:
            found.append(difference)
    recorded.close()
    again.close()
    return len(names), min(found, key=lambda d: d.time_ns, default=None)


def _arrays(file: h5py.File) -> dict[str, h5py.Dataset]:
    found: dict[str, h5py.Dataset] = {}
    file.visititems(lambda name, item: found.update({name: item}) if isinstance(item, h5py.Dataset) else None)
    return found


def _order(name: str) -> tuple[int, str]:
    top = name.partition("/")[0]
    return (_CAUSES.index(top) if top in _CAUSES else len(_CAUSES)), name


def _compare_array(name: str, here: Any, there: Any, recorded: Episode) -> Difference | None:
    a, b = np.asarray(here), np.asarray(there)
    if a.dtype != b.dtype or a.shape[1:] != b.shape[1:]:
        return Difference(name, -1, -1, f"{a.dtype} {a.shape} recorded, {b.dtype} {b.shape} replayed")
    rows = min(len(a), len(b)) if a.ndim else 1
    left, right = (np.ascontiguousarray(x[:rows] if x.ndim else x[None]) for x in (a, b))
    width = left.dtype.itemsize * int(np.prod(left.shape[1:], dtype=int))
    same = (left.reshape(-1).view(np.uint8) == right.reshape(-1).view(np.uint8)).reshape(rows, width).all(axis=1)
    if same.all():
        if a.shape == b.shape:
            return None
        return Difference(name, rows, _time(name, rows, recorded), f"{len(a)} rows recorded, {len(b)} replayed")
    row = int(np.argmin(same))
    text = f"recorded {_show(left[row])}, replayed {_show(right[row])}"
    differ = left[row] != right[row]
    if left.ndim > 1 and np.any(differ):
        where = tuple(int(i) for i in np.argwhere(differ)[0])
        text = f"{int(np.sum(differ))} of {differ.size} values differ, the first at {where}: "
        text += f"recorded {left[row][where]}, replayed {right[row][where]}"
    return Difference(name, row if a.ndim else -1, _time(name, row, recorded) if a.ndim else -1, text)


def _time(name: str, row: int, recorded: Episode) -> int:
    """When a row was, as far as the array has a time."""
    parts = name.split("/")
    if parts[0] == "sensors":
        times, ragged = f"sensors/{parts[1]}/time_start", f"{name.removesuffix('_offsets')}_offsets"
        if ragged in recorded.file and not name.endswith("_offsets"):
            row = int(np.searchsorted(recorded[ragged], row, side="right")) - 1
        elif ragged == name:
            row -= 1
    else:
        times = "time"
        if parts[0] in ("actions", "rewards", "terminations", "truncations"):
            row += 1
    try:
        stamps = recorded[times]
    except (KeyError, DatasetError):
        return -1
    return int(stamps[row]) if 0 <= row < len(stamps) else -1


def _show(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 120 else text[:117] + "..."
