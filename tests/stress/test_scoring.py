"""Cells made by hand, whose figures are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from cornercase.sim.episode.loop import VISIBLE_POINTS, VISIBLE_PX
from cornercase.sim.stress.bootstrap import Resamples
from cornercase.sim.stress.classes import NAMES
from cornercase.sim.stress.config import ScoringConfig
from cornercase.sim.stress.pairing import samples
from cornercase.sim.stress.scoring import Scored, score
from cornercase.sim.stress.worst import choose

CAR, PERSON = NAMES.index("car"), NAMES.index("person")
SCORING = ScoringConfig(bootstrap=50)


def thing(number: int, x: float, *, group: int = CAR, points: int = 50, share: float = -1.0) -> list[float]:
    return [number, group, x, 0.0, 0.8, 4.5, 1.8, 1.5, 0.0, x, points, share]


def seen(x: float, score: float = 0.9, *, group: int = CAR, y: float = 0.0) -> list[float]:
    return [x, y, 0.8, 4.5, 1.8, 1.5, 0.0, score, group]


def cell(frames: list[tuple[list[Any], list[Any] | None]], *, trace: str = "a", start: int = 0, **more: Any) -> Any:
    told = [
        {"sensor": "top", "kind": "lidar", "index": k, "time_ns": k * 100_000_000, "origin": [0.0, 0.0],
         "truth": truth, "detections": detections}
        for k, (truth, detections) in enumerate(frames, start)
    ]  # fmt: skip
    line = {"trace_sha256": trace, "hazard": 7, "phases": {"onset": 100_000_000}, "frames": told, **more}
    return line


def scored(cells: dict[tuple[int, int], Any], severity: int, clean: Scored | None = None) -> Scored:
    episodes = sorted({n for n, _ in cells})
    resamples = Resamples(len(episodes), 50, 0.95, rng=np.random.default_rng(0))
    found = samples(cells, episodes, severity, SCORING)
    return score("boxes_3d", found, [cells[n, severity] for n in episodes], resamples, SCORING, clean)


def test_everything_and_nothing() -> None:
    truth = [thing(7, 10.0), thing(8, 30.0)]
    all_of_it, nothing = [seen(10.0), seen(30.0)], []
    cells = {(n, s): cell([(truth, rows)] * 3) for n in range(3) for s, rows in enumerate((all_of_it, nothing))}
    clean = scored(cells, 0)
    empty = scored(cells, 1, clean)
    assert clean.figures["recall"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 18}
    assert {f["value"] for f in clean.figures["ap"].values()} == {1.0}
    assert clean.figures["false_positives_per_frame"]["value"] == 0.0
    assert empty.figures["recall"]["value"] == 0.0 and {f["value"] for f in empty.figures["ap"].values()} == {0.0}
    assert empty.figures["recall_change"] == {"value": -1.0, "low": -1.0, "high": -1.0, "n": 18}
    assert empty.figures["precision"]["value"] is None
    assert clean.figures["hazard"]["never_seen"] == 0 and empty.figures["hazard"]["never_seen"] == 3
    assert clean.figures["hazard"]["delay_after_onset_s"]["value"] == 0.0
    assert empty.figures["hazard"]["delay_after_onset_s"]["value"] is None


def test_the_criteria_differ_by_distance() -> None:
    cells = {(0, 0): cell([([thing(7, 10.0)], [seen(10.0, y=0.8)])])}
    ap = {k: v["value"] for k, v in scored(cells, 0).figures["ap"].items()}
    assert ap == {
        "distance_2_m": 1.0, "distance_0.5_m": 0.0, "distance_1_m": 1.0, "distance_4_m": 1.0,
        "iou_bev_0.5": 0.0, "mean_distance": 0.75,
    }  # fmt: skip


def test_fog_does_not_excuse_what_it_hides() -> None:
    clean = cell([([thing(7, 10.0, points=50), thing(8, 20.0, points=2)], [seen(10.0), seen(20.0)])])
    foggy = cell([([thing(7, 10.0, points=0), thing(8, 20.0, points=0)], [])])
    found = scored({(0, 0): clean, (0, 1): foggy}, 1)
    assert found.figures["recall"] == {"value": 0.0, "low": None, "high": None, "n": 1}
    assert found.figures["not_asked"] == {"too_few_points": 1}


def test_another_story_decides_for_itself() -> None:
    clean, other = cell([([thing(7, 10.0)], [])]), cell([([thing(7, 10.0, points=0)], [])], trace="b")
    assert scored({(0, 0): clean, (0, 1): other}, 1).figures["recall"]["n"] == 0


def test_a_frame_that_never_came_is_missed() -> None:
    clean = cell([([thing(7, 10.0)], [seen(10.0)])] * 4)
    lossy = cell([([thing(7, 10.0)], [seen(10.0)])] * 2, start=1)
    found = scored({(0, 0): clean, (0, 1): lossy}, 1)
    assert (found.figures["missing_frames"], found.figures["recall"]["value"]) == (2, 0.5)


def test_what_is_far_or_unasked_counts_for_nobody() -> None:
    truth = [thing(7, 10.0), thing(8, 60.0), thing(9, 20.0, points=1), thing(10, 30.0, group=-1)]
    found = scored({(0, 0): cell([(truth, [seen(10.0), seen(60.0), seen(70.0), seen(20.0), seen(30.0)])])}, 0)
    assert found.figures["not_asked"] == {"no_class": 1, "too_far": 1, "too_few_points": 1}
    assert found.figures["false_positives_per_frame"]["value"] == 0.0
    assert found.figures["precision"] == {"value": 1.0, "low": None, "high": None, "n": 1}


def test_slices() -> None:
    truth = [thing(7, 5.0), thing(8, 15.0, group=PERSON, share=0.5), thing(9, 25.0, share=0.9)]
    rows = [seen(5.0), seen(15.0), seen(45.0, 0.95)]
    figures = scored({(0, 0): cell([(truth, rows)])}, 0).figures
    assert [(s["recall"]["value"], s["recall"]["n"]) for s in figures["by_range"]] == [
        (1.0, 1), (1.0, 1), (0.0, 1), (None, 0), (None, 0),
    ]  # fmt: skip
    assert [s["ap"]["value"] for s in figures["by_range"][:3]] == [1.0, 1.0, 0.0]
    assert [(s["recall"]["value"], s["recall"]["n"]) for s in figures["by_visible_share"]] == [
        (None, 0), (1.0, 1), (None, 0), (0.0, 1),
    ]  # fmt: skip
    person = figures["by_class"]["person"]
    assert (person["recall"]["value"], person["recall_named"]["value"], person["ap"]["value"]) == (1.0, 0.0, 0.0)
    assert figures["by_class"]["car"]["recall"]["value"] == 0.5


def test_an_object_is_visible_as_the_loop_says() -> None:
    assert (SCORING.min_points, SCORING.min_visible_px) == (VISIBLE_POINTS, VISIBLE_PX)


def test_low_scores_can_be_left_out_of_recall() -> None:
    truth, rows = [thing(7, 10.0), thing(8, 30.0)], [seen(10.0, 0.9), seen(30.0, 0.2), seen(40.0, 0.1)]
    cells = {(0, 0): cell([(truth, rows)])}
    resamples = Resamples(1, 50, 0.95, rng=np.random.default_rng(0))
    strict = ScoringConfig(score_min=0.5)
    figures = score("boxes_3d", samples(cells, [0], 0, strict), [cells[0, 0]], resamples, strict, None).figures
    assert (figures["recall"]["value"], figures["precision"]["value"]) == (0.5, 1.0)
    assert figures["ap"]["distance_2_m"]["value"] == 1.0, "average precision looks at all scores"


def test_first_detection_counts_from_the_onset() -> None:
    truth = [thing(7, 10.0)]
    late = cell([(truth, [seen(10.0)]), (truth, []), (truth, []), (truth, [seen(10.0)])])
    found = scored({(0, 0): late}, 0).figures["hazard"]
    assert found["delay_after_onset_s"]["value"] == pytest.approx(0.2) and found["recall"]["value"] == 0.5


def test_the_worst_frame_is_the_hazard_lost_nearby() -> None:
    def frames(rows: list[Any]) -> Any:
        return cell([([thing(7, 12.0), thing(8, 12.0, group=PERSON)], rows), ([thing(8, 6.0), thing(7, 40.0)], rows)])

    near = [seen(12.0), seen(12.5), seen(6.0), seen(40.0)]
    cells = {(0, 0): frames(near), (0, 1): frames([seen(12.5)]), (0, 2): frames([])}
    clean = scored(cells, 0)
    both = {("boxes_3d", s): scored(cells, s, clean) for s in (1, 2)} | {("boxes_3d", 0): clean}
    chosen = choose(both, {0: 7}, {(0, s): True for s in range(3)}, 5)
    assert [(w.severity, w.sample.index) for w in chosen] == [(1, 1), (2, 0)]
    assert choose(both, {0: 7}, {(0, s): False for s in range(3)}, 5) == []
