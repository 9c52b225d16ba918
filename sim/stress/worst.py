"""The worst frames: chosen from the scores, played again, and drawn clean beside degraded.

Only what was found in the clean episode and lost in the same frame counts. Nothing is kept of the pictures during the
test; the few that are wanted are simulated once more, which gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...renderers.transforms import from_yaw, rotate
from ...renderers.view.birdseye import BirdsEye
from ...renderers.view.boxes import draw_box
from ...renderers.view.colours import by_value
from ...renderers.view.files import write_png
from ...renderers.view.sheet import Panel, Strip, contact_sheet
from ..dataset.storage import disk_errors
from ..episode.loop import Episode
from .cell import CellSpec, Moment, moments, updates
from .chart import short_changes
from .classes import NAMES
from .config import CLEAN, StressConfig
from .frames import CameraView, LidarView
from .matching import NOT_COUNTED
from .pairing import Sample
from .scoring import Scored
from .sweep import changes_at, degraded

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
I64 = NDArray[np.int64]
Bools = NDArray[np.bool_]

_FOUND: Colour = (96, 220, 128)
_LOST: Colour = (255, 72, 72)
_NOT_ASKED: Colour = (120, 126, 136)
_DETECTION: Colour = (255, 186, 60)
_FALSE: Colour = (196, 132, 32)
_WIDTH, _ROW_PX = 1280, 470
_LEGEND = "green found, red missed, grey not asked for; orange detections, dark ones not counted or false"
_HAZARD_WEIGHT = 3.0
_LEAST_M = 5.0


@dataclass(frozen=True, eq=False)
class Worst:
    """One frame in which something was lost.

    Attributes:
        task, severity: where.
        number: of the sample among those of its task and severity.
        sample: itself.
        lost: (L,) rows of the objects.
        badness: how bad it is.

    """

    task: str
    severity: int
    number: int
    sample: Sample
    lost: I64
    badness: float


def choose(
    scored: Mapping[tuple[str, int], Scored],
    hazards: Mapping[int, int],
    same: Mapping[tuple[int, int], bool],
    count: int,
) -> list[Worst]:
    """The worst frames, one per episode and severity, different episodes first.

    Objects lost count by their nearness, the hazard three times; a mild severity counts more than a hard one.

    Args:
        scored: by task and severity.
        hazards: id of the hazard by episode.
        same: whether an episode and severity played the story of the clean one.
        count: how many are wanted.

    """
    found: list[Worst] = []
    for (task, severity), here in scored.items():
        if severity == CLEAN:
            continue
        clean = scored[task, CLEAN]
        pairs = zip(clean.samples, clean.headline.found, strict=True)
        hits = {_key(s): s.truth.ids[_hit(s, to)] for s, to in pairs}
        for number, (sample, to) in enumerate(zip(here.samples, here.headline.found, strict=True)):
            before = hits.get(_key(sample))
            if before is None or not same[sample.episode, severity]:
                continue
            lost = np.flatnonzero(sample.asked & ~_hit(sample, to) & np.isin(sample.truth.ids, before))
            if len(lost):
                weight = np.where(sample.truth.ids[lost] == hazards[sample.episode], _HAZARD_WEIGHT, 1.0)
                badness = float(np.sum(weight / np.maximum(sample.truth.range_m[lost], _LEAST_M))) / severity
                found.append(Worst(task, severity, number, sample, lost, badness))
    found.sort(key=lambda w: (-w.badness, w.severity, w.sample.episode, w.sample.time_ns, w.sample.sensor))
    chosen: list[Worst] = []
    for distinct in (lambda w: w.sample.episode, lambda w: (w.sample.episode, w.severity)):
        for worst in found:
            if len(chosen) < count and distinct(worst) not in {distinct(c) for c in chosen}:
                chosen.append(worst)
    return chosen


def draw(config: StressConfig, scored: Mapping[tuple[str, int], Scored], chosen: Sequence[Worst], folder: Path) -> None:
    """Play the chosen frames again and write `00.png`, `01.png`, ... into a folder; older ones there are removed.

    Raises:
        StorageError: a picture cannot be written.

    """
    with disk_errors(folder):
        folder.mkdir(exist_ok=True)
        for old in folder.glob("[0-9][0-9].png"):
            old.unlink()
    wanted: dict[tuple[int, int], set[tuple[str, int]]] = {}
    for worst in chosen:
        for severity in (CLEAN, worst.severity):
            wanted.setdefault((worst.sample.episode, severity), set()).add((worst.sample.sensor, worst.sample.index))
    seen = {key: _revisit(config, *key, frames) for key, frames in wanted.items()}
    for number, worst in enumerate(chosen):
        place = (worst.sample.sensor, worst.sample.index)
        picture = _sheet(
            config, scored, worst, [seen[worst.sample.episode, s].get(place) for s in (CLEAN, worst.severity)]
        )
        with disk_errors(folder):
            write_png(folder / f"{number:02d}.png", picture)


def told(config: StressConfig, worst: Worst) -> dict[str, Any]:
    """One of the chosen frames for the report."""
    sample = worst.sample
    return {
        "episode": sample.episode,
        "severity": worst.severity,
        "changes": changes_at(config.sweep, worst.severity),
        "task": worst.task,
        "sensor": sample.sensor,
        "index": sample.index,
        "time_s": round(sample.time_ns / 1e9, 4),
        "lost": [
            {
                "id": int(sample.truth.ids[k]),
                "class": NAMES[int(sample.truth.groups[k])],
                "range_m": round(float(sample.truth.range_m[k]), 2),
            }
            for k in worst.lost
        ],
    }


def _key(sample: Sample) -> tuple[int, str, int]:
    """A frame, the same at all severities."""
    return sample.episode, sample.sensor, sample.index


def _hit(sample: Sample, to: I64) -> Bools:
    """Which objects were found."""
    hit = np.zeros(len(sample.truth.ids), bool)
    hit[to[to >= 0]] = True
    return hit


def _revisit(config: StressConfig, episode: int, severity: int, wanted: set[tuple[str, int]]) -> dict[Any, Moment]:
    """Simulate an episode once more, until the wanted frames have come."""
    spec = CellSpec(severity, episode, config.seed, degraded(config.episode, config.sweep, severity))
    found: dict[Any, Moment] = {}
    with Episode(spec.config, seed=spec.seed, number=spec.episode) as played:
        infos = {info.name: info for info in played.header("").sensors}
        for update in updates(played):
            for moment in moments(update, played, spec.config, infos, depth=False):
                found |= {key: moment for f in moment.frames if (key := (f.sensor, f.index)) in wanted}
            if len(found) == len(wanted):
                break
    return found


def _sheet(
    config: StressConfig, scored: Mapping[tuple[str, int], Scored], worst: Worst, pair: Sequence[Moment | None]
) -> Picture:
    """Clean at the left, degraded at the right; a row for the pictures and one for the view from above."""
    clean = scored[worst.task, CLEAN]
    before = next(k for k, s in enumerate(clean.samples) if _key(s) == _key(worst.sample))
    after = scored[worst.task, worst.severity].headline.found[worst.number]
    sides = [(clean.samples[before], clean.headline.found[before]), (worst.sample, after)]
    titles = ["clean", f"severity {worst.severity}: {short_changes(changes_at(config.sweep, worst.severity))}"]
    cameras, above = [], []
    for (sample, to), title, moment in zip(sides, titles, pair, strict=True):
        if moment is None:
            cameras.append(Panel(np.zeros((48, 64, 3), np.uint8), f"{title}: this frame was never delivered"))
            continue
        for name, view in moment.views.items():
            if isinstance(view, CameraView) and (sample.kind == "lidar" or name == sample.sensor):
                cameras.append(Panel(_picture(sample, to, moment, view), f"{title}, {name}"))
            if isinstance(view, LidarView) and name == sample.sensor:
                above.append(Panel(_above(sample, to, view), f"{title}, {name} from above"))
    sample = worst.sample
    lost = ", ".join(f"{NAMES[int(sample.truth.groups[k])]} at {sample.truth.range_m[k]:.0f} m" for k in worst.lost)
    title = f"Lost: {lost}"
    about = f"{config.scenario.name}, seed {config.seed}, episode {sample.episode}, t = {sample.time_ns / 1e9:.2f} s"
    strips = [Strip(panels) for panels in (cameras, above) if panels]
    strips[0] = Strip(strips[0].panels, _LEGEND)
    return contact_sheet(title, about, strips, width=_WIDTH, row_px=_ROW_PX)


def _states(sample: Sample, to: I64) -> dict[int, Colour]:
    """Colour of each object by its id."""
    hit = _hit(sample, to)
    return {
        int(number): _NOT_ASKED if not sample.asked[k] else _FOUND if hit[k] else _LOST
        for k, number in enumerate(sample.truth.ids)
    }


def _picture(sample: Sample, to: I64, moment: Moment, view: CameraView) -> Picture:
    """A picture with the objects in the colours of how they fared, and the detections in it."""
    picture = view.rgb.copy()
    truth, colours = moment.truth.get(view.name), _states(sample, to)
    if truth is not None:
        for number, box in zip(truth.ids.tolist(), truth.boxes, strict=True):
            if number in colours:
                draw_box(picture, box, colours[number])
    if sample.kind == "camera":
        for row, found in zip(sample.detections, to, strict=True):
            draw_box(picture, row[:4], _DETECTION if found >= 0 else _FALSE, dashed=True)
    return picture


def _above(sample: Sample, to: I64, view: LidarView) -> Picture:
    """Points from above with the boxes of the objects and of the detections, in the frame that carries the sensor."""
    reach = max(float(np.max(sample.truth.range_m[sample.asked], initial=10.0)) + 8.0, 20.0)
    eye = BirdsEye(612, _ROW_PX, _ROW_PX / (1.5 * reach), reach)
    picture = eye.blank(10.0)
    points = view.mount[:3] + rotate(view.mount[3:], view.points()[:, :3].astype(float))
    points = points[np.argsort(points[:, 2], kind="stable")]
    eye.draw_points(picture, points, (by_value(points[:, 2], -2.0, 4.0) * 0.55).astype(np.uint8))
    for row, found in zip(sample.detections, to, strict=True):
        colour = _DETECTION if found >= 0 else _FALSE
        if found != NOT_COUNTED or np.hypot(row[0], row[1]) < reach:
            eye.draw_box(picture, row[:3], from_yaw(row[6]), row[3:6], colour)
    for box, colour in zip(sample.truth.boxes, _states(sample, to).values(), strict=True):
        eye.draw_box(picture, box[:3], from_yaw(box[6]), box[3:6], colour, heading=False)
    return picture
