"""The report of a stress test as a table of plain values, and the same as JSON.

report.json (schema "cornercase-stress-report", version 1). Figures are {value, low, high, n}: the value, its interval
from resampled episodes and what it was counted on; null where there is nothing to count, no interval from one episode.

    schema, schema_version
    scenario, driver, seed, episodes (numbers of those used), left_out (episode and severity -> why)
    model {name, path, options, source_sha256}, sweep, scoring, version (of cornercase)
    severities[]
        severity, changes (dotted key -> value), outcomes (word -> episodes)
        calls, failed_calls (that gave nothing to score), problems (kind -> count), error (an example)
            exception, timeout, crash: whole calls that gave nothing; nan, bad_box, unknown_class: dropped or unnamed
            rows; wrong_type, wrong_shape, unknown_sensor, too_many: answers
        same_story: episodes whose state trace equals that of the clean one, bit for bit
        tasks {boxes_2d | boxes_3d}
            criterion (when a detection counts as the object), sensors, frames, missing_frames
            objects (asked for), not_asked (reason -> count)
            recall, recall_change (against clean, paired), precision, false_positives_per_frame
            ap {criterion: figure}, 101 points
            by_range[], by_class{}, by_visible_share[]
            hazard {recall, delay_after_onset_s (median; null if never in most), never_seen (episodes)}
    half_recall {task: first severity with at most half of the clean recall, null if none}
    worst[] {picture, episode, severity, sensor, index, time_s, lost[]}

The report does not depend on workers, order or a resume. How long the detector took does; that is in timing.json:
per severity {calls, median_s, p95_s, longest_s}.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .bootstrap import Resamples
from .cell import Line
from .config import CLEAN, StressConfig
from .pairing import Cells, Sample, same_story, samples
from .scoring import TASKS, Scored, score
from .sweep import changes_at

SCHEMA, SCHEMA_VERSION = "cornercase-stress-report", 1
_HALF = 0.5


@dataclass(frozen=True, eq=False)
class Report:
    """What a stress test found.

    Attributes:
        values: as in report.json.
        timing: as in timing.json.
        scored: by task and severity, for pictures.

    """

    values: dict[str, Any]
    timing: dict[str, Any]
    scored: Mapping[tuple[str, int], Scored]


def make_report(
    config: StressConfig, cells: Cells, failed: Mapping[tuple[int, int], str], *, source_sha256: str
) -> Report:
    """Score all finished cells.

    Args:
        config: what was asked.
        cells: finished ones; others than those asked are left out.
        failed: why those failed that are missing; their episodes are left out at all severities.
        source_sha256: of the model.

    """
    severities = config.played
    episodes = [n for n in range(config.episodes) if all((n, s) in cells for s in severities)]
    rng = np.random.default_rng(np.random.SeedSequence(config.seed, spawn_key=(_word("bootstrap"),)))
    resamples = Resamples(len(episodes), config.scoring.bootstrap, config.scoring.confidence, rng=rng)
    by_severity = {s: samples(cells, episodes, s, config.scoring) for s in severities}
    watched = _watched([s for found in by_severity.values() for s in found])
    scored: dict[tuple[str, int], Scored] = {}
    told = []
    for severity in severities:
        lines = [cells[n, severity] for n in episodes]
        for task, kind in TASKS.items() if episodes else ():
            chosen = [s for s in by_severity[severity] if s.kind == kind and s.sensor in watched]
            if any(name in watched for name in {s.sensor for s in chosen}):
                clean = scored.get((task, CLEAN))
                scored[task, severity] = score(task, chosen, lines, resamples, config.scoring, clean)
        same = sum(same_story(cells, n, severity) for n in episodes)
        told.append(_severity(config, severity, lines, same, {t: s for (t, k), s in scored.items() if k == severity}))
    values = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "version": importlib.metadata.version("cornercase"),
        "scenario": config.scenario.name,
        "driver": config.scenario.driver,
        "seed": config.seed,
        "episodes": episodes,
        "left_out": {f"episode {n}, severity {s}": why for (n, s), why in sorted(failed.items())},
        "model": {
            "name": config.model.name,
            "path": config.model.path,
            "options": dict(config.model.options),
            "source_sha256": source_sha256,
        },
        "sweep": config.sweep.name,
        "scoring": dataclasses.asdict(config.scoring),
        "severities": told,
        "half_recall": {task: _half(scored, task, severities) for task in TASKS if (task, CLEAN) in scored},
        "worst": [],
    }
    return Report(values, _timing(cells, episodes, severities), scored)


def _watched(found: Sequence[Sample]) -> set[str]:
    """The sensors that the model ever answered for; all if it never answered."""
    return {s.sensor for s in found if s.looked} or {s.sensor for s in found}


def _severity(
    config: StressConfig, severity: int, lines: Sequence[Line], same: int, scored: Mapping[str, Scored]
) -> dict[str, Any]:
    problems: Counter[str] = Counter()
    for line in lines:
        problems.update(line["problems"])
    return {
        "severity": severity,
        "changes": changes_at(config.sweep, severity),
        "outcomes": dict(sorted(Counter(line["outcome"] for line in lines).items())),
        "calls": sum(line["calls"] for line in lines),
        "failed_calls": sum(line.get("failed_calls", 0) for line in lines),  # older cells do not tell
        "problems": dict(sorted(problems.items())),
        "error": next((line["error"] for line in lines if line["error"]), ""),
        "same_story": same,
        "tasks": {task: s.figures for task, s in scored.items()},
    }


def _half(scored: Mapping[tuple[str, int], Scored], task: str, severities: Sequence[int]) -> int | None:
    """First severity from which recall has fallen to half of the clean one."""
    clean = scored[task, CLEAN].recall[0]
    hard = [s for s in severities if s != CLEAN and scored[task, s].recall[0] <= _HALF * clean]
    return hard[0] if hard and clean > 0 else None


def _timing(cells: Cells, episodes: Sequence[int], severities: Sequence[int]) -> dict[str, Any]:
    told = {}
    for severity in severities:
        took = np.array([s for n in episodes for s in cells[n, severity]["seconds"]])
        if len(took):
            told[str(severity)] = {
                "calls": len(took),
                "median_s": round(float(np.median(took)), 5),
                "p95_s": round(float(np.quantile(took, 0.95)), 5),
                "longest_s": round(float(took.max()), 5),
            }
    return told


def _word(name: str) -> int:
    return int.from_bytes(name.encode()[:8], "little")
