"""From samples to figures: recall, precision, average precision, slices, and when the hazard was first seen.

Solid boxes agree by the distance of their centres seen from above (nuScenes: 0.5, 1, 2, 4 m) and by overlap seen from
above; boxes in pictures by overlap. Recall, slices and first detection use one criterion, the headline. Slices by range
and visible share ask whether an object was found, whatever it was called; average precision by class wants its name,
too. Every figure has its count and an interval from resampled episodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bootstrap import Resamples
from .cell import Line
from .classes import NAMES
from .config import ScoringConfig
from .geometry import centre_distance, iou_2d, iou_bev
from .matching import FALSE_POSITIVE, NOT_COUNTED, match
from .pairing import Sample
from .precision import average_precision

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Bools = NDArray[np.bool_]
Figures = dict[str, Any]

TASKS = {"boxes_2d": "camera", "boxes_3d": "lidar"}
"""What may be scored, and the kind of sensor it is scored on."""


@dataclass(frozen=True)
class Criterion:
    """When a detection and an object agree.

    Attributes:
        name: in the report.
        cost: (N, M) of detections and objects, smaller is better.
        limit: the largest that agrees.

    """

    name: str
    cost: Callable[[F64, F64], F64]
    limit: float


def criteria(task: str, scoring: ScoringConfig) -> list[Criterion]:
    """The criteria of a task, the headline first."""
    if task == "boxes_2d":
        return [Criterion(f"iou_{scoring.iou_2d:g}", lambda a, b: -iou_2d(a, b), -scoring.iou_2d)]
    distances = sorted(scoring.distances_m, key=lambda d: (d != scoring.recall_distance_m, d))
    by_distance = [Criterion(f"distance_{d:g}_m", centre_distance, d) for d in distances]
    return [*by_distance, Criterion(f"iou_bev_{scoring.iou_bev:g}", lambda a, b: -iou_bev(a, b), -scoring.iou_bev)]


@dataclass(frozen=True, eq=False)
class Outcome:
    """Which detection found which object, over all samples, by one criterion. N detections and M asked objects in all.

    Attributes:
        found: per sample (N_s,) the object, see `match`.
        score, correct, row, range_m, group: (N,) of the detections that count; the range is that of the object found.
        hit: (M,) score of the detection that found each object, -inf if none.
        object_row, object_range_m, object_group, object_share, object_id, object_time_ns: (M,).

    """

    found: list[I64]
    score: F64
    correct: Bools
    row: I64
    range_m: F64
    group: I64
    hit: F64
    object_row: I64
    object_range_m: F64
    object_group: I64
    object_share: F64
    object_id: I64
    object_time_ns: I64


def outcome(samples: Sequence[Sample], criterion: Criterion, scoring: ScoringConfig, *, named: bool) -> Outcome:
    """Match all samples.

    Args:
        samples: of one kind.
        criterion: when they agree.
        scoring: the range beyond which nothing counts.
        named: whether the class must be right, too.

    """
    found: list[I64] = []
    detections: list[F64] = [np.empty((0, 5))]
    objects: list[F64] = [np.empty((0, 7))]
    for sample in samples:
        truth = sample.truth
        cost = criterion.cost(sample.detections[:, :-2], truth.boxes)
        if named:
            cost = np.where((sample.groups[:, None] == truth.groups) | ~sample.asked, cost, np.inf)
        to = match(cost, sample.scores, sample.asked, criterion.limit)
        to[(to == FALSE_POSITIVE) & (sample.range_m > scoring.max_range_m)] = NOT_COUNTED
        found.append(to)
        counted, right = to != NOT_COUNTED, to >= 0
        ranges = sample.range_m.copy()
        ranges[right] = truth.range_m[to[right]]
        rows = np.full(len(to), sample.row)
        detections.append(np.column_stack([sample.scores, right, rows, ranges, sample.groups])[counted])
        hit = np.full(len(truth.ids), -np.inf)
        hit[to[right]] = sample.scores[right]
        m = len(truth.ids)
        columns = [hit, np.full(m, sample.row), truth.range_m, truth.groups, truth.share, truth.ids]
        objects.append(np.column_stack([*columns, np.full(m, sample.time_ns)])[sample.asked])
    d, o = np.concatenate(detections), np.concatenate(objects)
    return Outcome(
        found, d[:, 0], d[:, 1] > 0, d[:, 2].astype(int), d[:, 3], d[:, 4].astype(int),
        o[:, 0], o[:, 1].astype(int), o[:, 2], o[:, 3].astype(int), o[:, 4], o[:, 5].astype(int), o[:, 6].astype(int),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Scored:
    """One task at one severity.

    Attributes:
        samples, headline: what was compared, and how it came out by the headline criterion.
        recall: (B,) under all weights, for changes against the clean episodes.
        figures: for the report.

    """

    samples: list[Sample]
    headline: Outcome
    recall: F64
    figures: Figures


def score(
    task: str,
    samples: list[Sample],
    lines: Sequence[Line],
    resamples: Resamples,
    scoring: ScoringConfig,
    clean: Scored | None,
) -> Scored:
    """Score one task at one severity.

    Args:
        task: "boxes_2d" or "boxes_3d".
        samples: of its kind of sensor.
        lines: the cells of this severity, in the order of the episodes.
        resamples: shared by all severities.
        scoring: how.
        clean: the same task at severity 0; None if this is it.

    """
    rules = criteria(task, scoring)
    by_rule = {rule.name: outcome(samples, rule, scoring, named=False) for rule in rules}
    head = by_rule[rules[0].name]
    counter = _Counter(len(lines), resamples)
    hit = head.hit >= scoring.least_score
    recall = counter.share(hit, head.object_row)
    frames = np.bincount([s.row for s in samples], minlength=len(lines)).astype(float)
    confident = head.score >= scoring.least_score
    wrong = counter.count(head.row[confident & ~head.correct])
    right = counter.count(head.row[confident & head.correct])
    precisions = {name: counter.precision(out, np.ones(len(out.score), bool), None) for name, out in by_rule.items()}
    objects = len(head.hit)
    figures: Figures = {
        "criterion": rules[0].name,
        "sensors": sorted({s.sensor for s in samples}),
        "frames": len(samples),
        "missing_frames": sum(s.missing for s in samples),
        "objects": objects,
        "not_asked": dict(sorted(Counter(e for s in samples for e in s.excuses.tolist() if e).items())),
        "recall": resamples.estimate(recall, objects).as_dict(),
        "recall_change": None,
        "precision": resamples.estimate(resamples.ratio(right, right + wrong), int((right + wrong).sum())).as_dict(),
        "false_positives_per_frame": resamples.estimate(resamples.ratio(wrong, frames), len(samples)).as_dict(),
        "ap": {name: resamples.estimate(values, objects).as_dict() for name, values in precisions.items()},
        "by_range": _by_range(head, scoring, counter),
        "by_class": _by_class(samples, rules[0], head, scoring, counter),
        "by_visible_share": _by_share(head, scoring, counter),
        "hazard": _hazard(head, lines, scoring, counter),
    }
    mean = [values for name, values in precisions.items() if name.startswith("distance_")]
    if mean:
        figures["ap"]["mean_distance"] = resamples.estimate(np.mean(mean, axis=0), objects).as_dict()
    if clean is not None:
        figures["recall_change"] = resamples.estimate(recall - clean.recall, objects).as_dict()
    return Scored(samples, head, recall, figures)


class _Counter:
    """Counts by episode, and their figures under all weights."""

    def __init__(self, episodes: int, resamples: Resamples) -> None:
        self.episodes = episodes
        self.resamples = resamples

    def count(self, rows: I64) -> F64:
        return np.bincount(rows, minlength=self.episodes).astype(float)

    def share(self, hit: Bools, rows: I64) -> F64:
        return self.resamples.ratio(self.count(rows[hit]), self.count(rows))

    def recall(self, hit: Bools, rows: I64, keep: Bools) -> Figures:
        return self.resamples.estimate(self.share(hit[keep], rows[keep]), int(keep.sum())).as_dict()

    def precision(self, out: Outcome, keep: Bools, objects: Bools | None) -> F64:
        rows = out.object_row if objects is None else out.object_row[objects]
        weights = self.resamples.weights
        return average_precision(out.score[keep], out.correct[keep], out.row[keep], self.count(rows), weights)


def _by_range(out: Outcome, scoring: ScoringConfig, counter: _Counter) -> list[Figures]:
    """Objects by their range; false positives by their own, where they have one."""
    slices = []
    for low, high in zip(scoring.range_bins_m, scoring.range_bins_m[1:], strict=False):
        inside = (out.object_range_m >= low) & (out.object_range_m < high)
        figures: Figures = {"from_m": low, "to_m": high}
        figures["recall"] = counter.recall(out.hit >= scoring.least_score, out.object_row, inside)
        if np.isfinite(out.range_m).all():
            keep = (out.range_m >= low) & (out.range_m < high)
            values = counter.precision(out, keep, inside)
            figures["ap"] = counter.resamples.estimate(values, int(inside.sum())).as_dict()
        slices.append(figures)
    return slices


def _by_share(out: Outcome, scoring: ScoringConfig, counter: _Counter) -> list[Figures]:
    """Objects by the share of them that cameras see; those outside every picture are left out."""
    slices, edges = [], [*scoring.share_bins[:-1], np.nextafter(scoring.share_bins[-1], np.inf)]
    for k in range(len(edges) - 1):
        inside = (out.object_share >= edges[k]) & (out.object_share < edges[k + 1])
        figures: Figures = {"from": scoring.share_bins[k], "to": scoring.share_bins[k + 1]}
        figures["recall"] = counter.recall(out.hit >= scoring.least_score, out.object_row, inside)
        slices.append(figures)
    return slices


def _by_class(
    samples: Sequence[Sample], rule: Criterion, head: Outcome, scoring: ScoringConfig, counter: _Counter
) -> dict[str, Figures]:
    """Found at all; found and named; average precision of the name."""
    named = outcome(samples, rule, scoring, named=True)
    slices = {}
    for number, name in enumerate(NAMES):
        inside, said = head.object_group == number, named.group == number
        if not inside.any():
            continue
        values = counter.precision(named, said, inside)
        slices[name] = {
            "recall": counter.recall(head.hit >= scoring.least_score, head.object_row, inside),
            "recall_named": counter.recall(named.hit >= scoring.least_score, named.object_row, inside),
            "ap": counter.resamples.estimate(values, int(inside.sum())).as_dict(),
        }
    return slices


def _hazard(out: Outcome, lines: Sequence[Mapping[str, Any]], scoring: ScoringConfig, counter: _Counter) -> Figures:
    """Recall of the actor whose behaviour is the event, and how long after its onset it was first found."""
    is_hazard = out.object_id == np.array([line["hazard"] for line in lines])[out.object_row]
    hit = out.hit >= scoring.least_score
    delays = np.full(len(lines), np.nan)
    for row, line in enumerate(lines):
        onset = line["phases"].get("onset")
        after = is_hazard & (out.object_row == row) & (out.object_time_ns >= (np.inf if onset is None else onset))
        if after.any():
            seen = out.object_time_ns[after & hit]
            delays[row] = (seen.min() - onset) / 1e9 if len(seen) else np.inf
    asked = int(np.sum(~np.isnan(delays)))
    return {
        "recall": counter.recall(hit, out.object_row, is_hazard),
        "delay_after_onset_s": counter.resamples.estimate(counter.resamples.median(delays), asked).as_dict(),
        "never_seen": int(np.sum(np.isinf(delays))),
    }
