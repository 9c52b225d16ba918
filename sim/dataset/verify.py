"""Prove a dataset: each file is the one that was written, keeps the contract, and its labels agree with each other.

Labels are written by one path and checked here by another: boxes against masks, counts against ids, depth against
instances, times against order. An audit that finds nothing has read every label once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from ...renderers.truth import Truth
from ..errors import DatasetError
from . import schema
from .folder import Folder
from .frame import Frame
from .handle import damage_of
from .manifest import Line, sha256
from .reader import Episode

Array = NDArray[Any]
Check = Callable[[Episode], Iterator[str]]


@dataclass(frozen=True)
class Finding:
    """Something wrong.

    Attributes:
        file: in which file.
        text: what, where, and what was expected.

    """

    file: Path
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.text}"


def verify(path: Path) -> Iterator[Finding]:
    """All findings of a dataset folder, or of one episode file; none means it is sound.

    Raises:
        DatasetError: the path is no dataset at all, or a line of its manifest is damaged.

    """
    if path.suffix == ".h5":
        yield from verify_episode(path)
        return
    folder = Folder.open(path)
    lines = {line["episode"]: line for line in folder.manifest.lines()}
    episodes, stranger = list(lines), "is not in the manifest"
    try:
        episodes, stranger = [spec.episode for spec in folder.specs()], "does not belong to the plan"
    except DatasetError as error:  # what is finished can be checked without a plan
        yield Finding(path, str(error))
    for episode in episodes:
        file = folder.episode_path(episode)
        if episode not in lines:
            yield Finding(file, "planned but not finished: run the same generate command again")
            continue
        damage = list(_compare_with_manifest(file, lines[episode]))
        yield from damage
        if not damage:
            yield from verify_episode(file)
    known = {folder.episode_path(episode) for episode in episodes}
    for file in sorted((path / "episodes").glob("*")):
        if file not in known:
            yield Finding(file, stranger)


def _compare_with_manifest(file: Path, line: Line) -> Iterator[Finding]:
    repair = "delete it and run the same generate command again"
    if not file.is_file():
        yield Finding(file, "is in the manifest but missing: run the same generate command again")
    elif file.stat().st_size != line["size"]:
        yield Finding(file, f"has {file.stat().st_size} bytes, the manifest says {line['size']}: {repair}")
    elif sha256(file) != line["sha256"]:
        yield Finding(file, f"its sha256 is not that of the manifest: {repair}")


def verify_episode(file: Path) -> Iterator[Finding]:
    """All findings of one file."""
    episode = Episode(file)
    try:
        with damage_of(file):
            missing = list(_missing_arrays(episode.file))
            found = missing or [text for check in CHECKS for text in check(episode)]
        yield from (Finding(file, text) for text in found)
    except DatasetError as error:
        yield Finding(file, str(error))
    finally:
        episode.close()


def _missing_arrays(file: h5py.File) -> Iterator[str]:
    """Arrays that the contract demands and the file has not, and the other way round."""
    for entry in schema.EPISODE:
        if "<" not in entry.path and entry.path not in file:
            yield f"{entry.path} is missing"
    for name, group in file.get("sensors", {}).items():
        kind = group.attrs.get("kind")
        if kind not in schema.SENSORS:
            yield f"/sensors/{name} is of unknown kind {kind!r}"
            continue
        fixed = [e.name for e in schema.COMMON if not e.path.endswith("<name>")]
        yield from (f"/sensors/{name}/{e} is missing" for e in fixed if e not in group)
        below = [f"clean/{array}" for array in group.get("clean", ())]
        for array in (*(a for a in group if a != "clean"), *below):
            common = array in fixed or array in ("intrinsics", "frame_intrinsics")
            if not common and schema.data_entry(kind, array) is None:
                yield f"/sensors/{name}/{array} is not part of the contract"


def check_states(episode: Episode) -> Iterator[str]:
    """Times rise, tables have as many rows as the contract says, quaternions are unit, the ego is its row of actors."""
    time, ids = episode.time, episode["actors/id"]
    states, actors = len(time), len(ids)
    if np.any(np.diff(time) <= 0):
        yield f"/time does not rise at state {int(np.argmax(np.diff(time) <= 0)) + 1}"
    if len(set(ids.tolist())) < actors or np.any(ids < 1):
        yield f"/actors/id must be distinct and at least 1, is {ids.tolist()}"
    widths = {"position_w": 3, "orientation_w": 4, "velocity_w": 3}
    shapes: dict[str, tuple[int, ...]] = {f"actors/{n}": (states, actors, w) for n, w in widths.items()}
    shapes |= {"rewards": (max(states - 1, 0),), "terminations": (max(states - 1, 0),)}
    for path, shape in shapes.items():
        if episode[path].shape != shape:
            yield f"/{path} has shape {episode[path].shape}, expected {shape}"
            return
    for name in widths:
        table = episode[f"actors/{name}"]
        if not np.all(np.isfinite(table)):
            yield f"/actors/{name} is not finite at state {int(np.argwhere(~np.isfinite(table))[0][0])}"
        if not np.array_equal(table[:, episode.ego], episode[f"ego/{name}"]):
            yield f"/ego/{name} differs from its row in /actors/{name}"
    if actors and np.abs(np.linalg.norm(episode["actors/orientation_w"], axis=-1) - 1).max(initial=0) > 1e-6:
        yield "/actors/orientation_w has quaternions that are not of unit length"
    for name, values in episode.criticality.items():
        if len(values) != states:
            yield f"/criticality/{name} has {len(values)} rows, expected {states}"
        if np.isnan(values).any():
            yield f"/criticality/{name} is NaN at state {int(np.argmax(np.isnan(values)))}"


def check_story(episode: Episode) -> Iterator[str]:
    """Events and phases are in order, within the episode, and about actors that exist."""
    known = {0, *episode["actors/id"].tolist()}
    last = int(episode.time[-1]) if len(episode.time) else 0
    for name, times in (
        ("events", [e.time_ns for e in episode.events]),
        ("phases", [p.time_ns for p in episode.phases]),
    ):
        if times != sorted(times):
            yield f"/{name} are not in order of time"
        if any(not 0 <= t <= last for t in times):
            yield f"/{name} has times outside the episode, 0 to {last} ns"
    names = [p.name for p in episode.phases]
    if len(set(names)) < len(names):
        yield f"/phases marks one phase twice: {names}"
    for event in episode.events:
        if not {event.actor, event.other} <= known:
            yield f"/events: '{event.kind}' at {event.time_ns} ns is about an actor that does not exist"


def check_frames(episode: Episode) -> Iterator[str]:
    """Every frame of every sensor: times, and labels against each other."""
    known = np.array([0, *episode["actors/id"].tolist()])
    for name, info in episode.sensors.items():
        at = f"/sensors/{name}"
        start, end, delivered = (episode[f"{at}/time_{n}"] for n in ("start", "end", "delivered"))
        if np.any(np.diff(start) <= 0):
            yield f"{at}/time_start does not rise at frame {int(np.argmax(np.diff(start) <= 0)) + 1}"
        if np.any(end < start) or np.any(delivered < end):
            yield f"{at} has a frame that ends before it starts or is delivered before it ends"
        if np.any(np.diff(delivered) < 0):
            yield f"{at}/time_delivered falls at frame {int(np.argmax(np.diff(delivered) < 0)) + 1}"
        yield from _rows_of(episode, at, len(start))
        yield from _story_of_faults(episode, name)
        audit = AUDITS.get(info.kind)
        if audit is not None:
            for frame in episode.frames(name):
                yield from (f"{at} frame {frame.row}: {text}" for text in audit(frame, known))


def _rows_of(episode: Episode, at: str, frames: int) -> Iterator[str]:
    """Every array of a sensor has one row per frame, every table offsets that fit it."""
    group = episode.file[at]
    for name in ("clean", "frame_intrinsics", ""):
        for array, dataset in (group[name] if name else group).items() if name in group or not name else ():
            if not isinstance(dataset, h5py.Dataset) or array in ("mount", "faults"):
                continue
            ragged = f"{array}_offsets" in group
            expected = frames + 1 if array.endswith("_offsets") else frames
            if not ragged and len(dataset) != expected:
                yield f"{at}/{name}{'/' if name else ''}{array} has {len(dataset)} rows, expected {expected}"
            if ragged:
                offsets = episode[f"{at}/{array}_offsets"]
                if offsets[0] != 0 or offsets[-1] != len(dataset) or np.any(np.diff(offsets) < 0):
                    yield f"{at}/{array}_offsets do not divide the {len(dataset)} rows of {array}"


def _story_of_faults(episode: Episode, name: str) -> Iterator[str]:
    """Periods end after they start; a frame that is numbered as if others were dropped needs a fault."""
    index = episode[f"/sensors/{name}/index"]
    if np.any(np.diff(index) <= 0):
        yield f"/sensors/{name}/index does not rise at frame {int(np.argmax(np.diff(index) <= 0)) + 1}"
    periods = episode.frames(name).faults
    if len(index) and index[-1] - index[0] + 1 != len(index) and not periods:
        yield f"/sensors/{name}/index has gaps, and no fault explains them"
    yield from (f"/sensors/{name}/faults: '{p.name}' ends before it starts" for p in periods if p.end_ns < p.start_ns)


def audit_camera(frame: Frame, known: Array) -> Iterator[str]:
    """Boxes are tight around their masks, counts are those of the masks, what is seen has a depth."""
    names = frame.names
    if "instance" not in names:
        return
    instance = frame.instance
    yield from _unknown_ids(instance, known)
    if "depth" in names:
        lost = (instance > 0) & ~np.isfinite(frame.depth)
        if lost.any():
            yield f"{int(lost.sum())} pixels show actor {int(instance[lost][0])} and have no depth"
    if "boxes_2d" not in names:
        return
    rows = frame.boxes_2d
    seen, counts = np.unique(instance[instance > 0], return_counts=True)
    unboxed = set(seen.tolist()) - set(rows["id"].tolist())
    if unboxed:
        yield f"actors {sorted(unboxed)} are visible and have no 2D box"
    pixels = dict(zip(seen.tolist(), counts.tolist(), strict=True))
    for row in rows:
        actor = int(row["id"])
        if int(row["visible_px"]) != pixels.get(actor, 0):
            yield f"actor {actor} has visible_px {int(row['visible_px'])}, its mask has {pixels.get(actor, 0)}"
        box = tuple(float(row[c]) for c in ("x0", "y0", "x1", "y1"))
        mask = _bounds(instance == actor)
        if box != mask:
            yield f"the visible box of actor {actor} is {box}, its mask spans {mask}"
        if actor in pixels and not (
            row["ax0"] <= row["x0"] and row["ay0"] <= row["y0"] and row["ax1"] >= row["x1"] and row["ay1"] >= row["y1"]
        ):
            yield f"the amodal box of actor {actor} does not contain its visible box"
        if not (0 <= row["visible_share"] <= 1 and 0 <= row["truncation"] <= 1):
            yield f"actor {actor} has a visible share or truncation outside 0 to 1"


def audit_lidar(frame: Frame, known: Array) -> Iterator[str]:
    """Counts of points are those of the ids where something came back, and times stay within the sweep."""
    names = frame.names
    returned = frame.range > 0
    if "time_offset" in names:
        offset = frame.time_offset[returned]
        longest = (frame.time_end - frame.time_start) / 1e9
        if offset.size and (offset.min() < 0 or offset.max() > longest + 1e-6):
            yield f"time_offset reaches {float(offset.max()):.6f} s in a sweep of {longest:.6f} s"
    if "range_2" in names:
        alone = (frame["range_2"] > 0) & ~returned
        if alone.any():
            yield f"{int(alone.sum())} cells have a second return and no first"
        yield from _unknown_ids(frame["instance_2"], known)
    if "instance" in names:
        yield from _unknown_ids(frame.instance, known)
        yield from _counts(frame, frame.instance[returned])


def audit_depth(frame: Frame, known: Array) -> Iterator[str]:
    """Holes are marked, and counts are those of the ids."""
    names = frame.names
    if {"true_depth", "truth"} <= set(names):
        holes = (frame["true_depth"] > 0) & (frame.depth == 0) & (frame.truth == 0)
        if holes.any():
            yield f"{int(holes.sum())} pixels are holes that `truth` does not know"
    if "instance" in names:
        yield from _unknown_ids(frame.instance, known)
        yield from _counts(frame, frame.instance)


def audit_radar(frame: Frame, known: Array) -> Iterator[str]:
    """Ids exist, counts are those of the detections, what was missed is marked as lost."""
    rows, missed = frame.detections, frame.missed
    for table in (rows, missed):
        yield from _unknown_ids(table["instance"], known)
    if np.any(missed["truth"] != Truth.LOST):
        yield "missed has rows that are not lost"
    yield from _counts(frame, rows["instance"])


def _counts(frame: Frame, ids: Array) -> Iterator[str]:
    """The points that 3D boxes claim against the ids of all points."""
    if "boxes_3d" not in frame.names:
        return
    rows = frame.boxes_3d
    seen, counts = np.unique(ids[ids > 0], return_counts=True)
    points = dict(zip(seen.tolist(), counts.tolist(), strict=True))
    unboxed = set(points) - set(rows["id"].tolist())
    if unboxed:
        yield f"actors {sorted(unboxed)} have points and no 3D box"
    for actor, claimed in zip(rows["id"].tolist(), rows["points"].tolist(), strict=True):
        if claimed != points.get(actor, 0):
            yield f"actor {actor} has points {claimed}, its ids have {points.get(actor, 0)}"


def _unknown_ids(instance: Array, known: Array) -> Iterator[str]:
    strangers = sorted(set(np.unique(instance).tolist()) - set(known.tolist()))
    if strangers:
        yield f"the instance ids {strangers} belong to no actor"


def _bounds(mask: Array) -> tuple[float, float, float, float]:
    """Box around a mask in pixel edges; all zero for an empty one."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return 0.0, 0.0, 0.0, 0.0
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


AUDITS: dict[str, Callable[[Frame, Array], Iterator[str]]] = {
    "camera": audit_camera,
    "lidar": audit_lidar,
    "depth": audit_depth,
    "radar": audit_radar,
}
"""Checks of one frame by kind of sensor."""

CHECKS: tuple[Check, ...] = (check_states, check_story, check_frames)
"""Checks of one episode, in order."""
