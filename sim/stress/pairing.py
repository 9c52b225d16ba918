"""Cells of one episode side by side: who is asked for is decided in the clean episode, for all severities alike.

An object counts if the clean sensor had enough of it. Were that decided in the degraded episode, fog would excuse the
very objects it hides, and recall would stay high in a wall of it. For the same reason a frame that a fault swallowed is
a frame in which everything was missed. Where the sweep changed the story itself (the hashes of the state traces
differ), frames cannot be paired, and each cell decides for itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cell import Line
from .classes import UNKNOWN
from .config import CLEAN, ScoringConfig
from .truth import Truth

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
Cells = Mapping[tuple[int, int], Line]
"""Finished cells by episode and severity."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One frame of one sensor at one severity. M objects, N detections.

    Attributes:
        row, episode: place of the episode in the test, and its number.
        sensor, kind, index: of the frame.
        time_ns: of delivery.
        truth: what there was.
        asked: (M,) whether each object counts.
        excuses: (M,) why not, "" for those asked.
        detections: (N, 6 or 9) rows, see `detections`.
        range_m: (N,) distance of each detection from the sensor; NaN in a picture.
        looked: whether the model answered for this sensor.
        missing: the frame was delivered in the clean episode and not in this one.

    """

    row: int
    episode: int
    sensor: str
    kind: str
    index: int
    time_ns: int
    truth: Truth
    asked: Bools
    excuses: NDArray[np.str_]
    detections: F64
    range_m: F64
    looked: bool
    missing: bool

    @property
    def scores(self) -> F64:
        """(N,) scores."""
        return self.detections[:, -2]

    @property
    def groups(self) -> NDArray[np.int64]:
        """(N,) numbers of the classes."""
        return self.detections[:, -1].astype(int)


def same_story(cells: Cells, episode: int, severity: int) -> bool:
    """Whether an episode went the same way as the clean one, to the last bit."""
    return bool(cells[episode, CLEAN]["trace_sha256"] == cells[episode, severity]["trace_sha256"])


def samples(cells: Cells, episodes: Sequence[int], severity: int, scoring: ScoringConfig) -> list[Sample]:
    """All frames of some episodes at one severity, in order of episode, time and sensor."""
    found = []
    for row, episode in enumerate(episodes):
        here = {(f["sensor"], f["index"]): f for f in cells[episode, severity]["frames"]}
        clean = {}
        if same_story(cells, episode, severity):
            clean = {(f["sensor"], f["index"]): f for f in cells[episode, CLEAN]["frames"]}
        for key in dict.fromkeys([*clean, *here]):
            found.append(_sample(row, episode, here.get(key), clean.get(key), scoring))
    return sorted(found, key=lambda s: (s.row, s.time_ns, s.sensor))


def _sample(row: int, episode: int, here: Line | None, clean: Line | None, scoring: ScoringConfig) -> Sample:
    frame = here or clean
    assert frame is not None
    kind = frame["kind"]
    truth = Truth.of_rows(frame["truth"], kind)
    excuses = _excuses(truth, truth if clean is None else Truth.of_rows(clean["truth"], kind), kind, scoring)
    rows = (here or {}).get("detections")
    detections = np.array(rows or [], float).reshape(-1, 6 if kind == "camera" else 9)
    ranges = np.full(len(detections), np.nan)
    if kind == "lidar":
        ranges = np.hypot(*(detections[:, :2] - frame["origin"]).T)
    return Sample(
        row=row,
        episode=episode,
        sensor=frame["sensor"],
        kind=kind,
        index=frame["index"],
        time_ns=frame["time_ns"],
        truth=truth,
        asked=excuses == "",
        excuses=excuses,
        detections=detections,
        range_m=ranges,
        looked=rows is not None,
        missing=here is None,
    )


def _excuses(truth: Truth, clean: Truth, kind: str, scoring: ScoringConfig) -> NDArray[np.str_]:
    """Why each object is not asked for, the first reason that holds."""
    points = dict(zip(clean.ids.tolist(), clean.points.tolist(), strict=True))
    share = dict(zip(clean.ids.tolist(), clean.share.tolist(), strict=True))
    least = scoring.min_visible_px if kind == "camera" else scoring.min_points
    out = np.full(len(truth.ids), "", "<U16")
    for k, number in enumerate(truth.ids.tolist()):
        if truth.groups[k] == UNKNOWN:
            out[k] = "no_class"
        elif truth.range_m[k] > scoring.max_range_m:
            out[k] = "too_far"
        elif points.get(number, 0) < least:
            out[k] = "too_few_pixels" if kind == "camera" else "too_few_points"
        elif kind == "camera" and share.get(number, 0.0) < scoring.min_visible_share:
            out[k] = "too_hidden"
    return out
