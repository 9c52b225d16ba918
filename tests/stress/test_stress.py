"""The whole command on two short episodes with a small lidar: what a user types and what comes back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from cornercase.sim.cli.main import main

SHORT = [
    "stress", "scenario.duration_s=0.3", "sensors=drive", "~sensors.front", "~sensors.imu", "~sensors.odometry",
    "sensors.top.columns=512", "sweep=lidar_range", "severities=[5]", "episodes=2", "seed=7", "worst=1",
]  # fmt: skip


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished test, played in this process."""
    out = tmp_path_factory.mktemp("stress") / "a"
    assert main([*SHORT, f"out={out}", "workers=0"]) == 0
    return out


def test_the_report_tells_what_is_lost(first: Path) -> None:
    report = json.loads((first / "report.json").read_text())
    clean, hard = (severity["tasks"]["boxes_3d"] for severity in report["severities"])
    assert (report["schema"], report["episodes"]) == ("cornercase-stress-report", [0, 1])
    assert [s["severity"] for s in report["severities"]] == [0, 5] and [
        s["same_story"] for s in report["severities"]
    ] == [2, 2]
    assert clean["objects"] == hard["objects"] > 20 and list(report["severities"][0]["tasks"]) == ["boxes_3d"]
    assert clean["recall"]["value"] > 0.8 > hard["recall"]["value"]
    assert hard["recall_change"]["value"] < 0 and all(s["problems"] == {} for s in report["severities"])
    assert cv2.imread(str(first / "recall.png")).shape == (480, 760, 3)
    (worst,) = report["worst"]
    assert cv2.imread(str(first / worst["picture"])).shape[1] == 1280 and worst["lost"]
    assert set(json.loads((first / "timing.json").read_text())) == {"0", "5"}


def without_pictures(out: Path) -> dict[str, Any]:
    return json.loads((out / "report.json").read_text()) | {"worst": []}


def test_workers_change_nothing(first: Path, tmp_path: Path) -> None:
    out = tmp_path / "b"
    assert main([*SHORT, f"out={out}", "workers=2", "worst=0"]) == 0
    assert without_pictures(out) == without_pictures(first)
    cells = [[json.loads(x) for x in (p / "cells.jsonl").read_text().splitlines()] for p in (out, first)]
    assert [(c["episode"], c["severity"]) for c in cells[0]] == [(0, 0), (0, 5), (1, 0), (1, 5)]
    assert [c | {"seconds": 0} for c in cells[0]] == [c | {"seconds": 0} for c in cells[1]]


def test_a_broken_run_goes_on(first: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = Path(shutil.copytree(first, tmp_path / "c"))
    lines = (out / "cells.jsonl").read_text().splitlines(keepends=True)
    (out / "cells.jsonl").write_text("".join(lines[:1] + lines[2:]) + lines[1][:30])
    assert main([*SHORT, f"out={out}", "workers=0", "worst=0"]) == 0
    told = capfd.readouterr()
    assert "3 cells of an earlier run" in told.err and "[4/4] episode 0, severity 5" in told.err
    assert told.err.count(" calls") == 1
    assert "range_50_m=8" in told.out and "boxes_3d of top" in told.out
    assert without_pictures(out) == without_pictures(first)
    assert main([*SHORT, f"out={out}", "seed=8"]) == 2
    assert "seed is 7 there, 8 asked" in capfd.readouterr().err


def test_thresholds_may_change_without_playing_again(
    first: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = Path(shutil.copytree(first, tmp_path / "d"))
    assert main([*SHORT, f"out={out}", "workers=0", "scoring.max_range_m=20", "worst=0"]) == 0
    before, after = (json.loads((p / "report.json").read_text())["severities"][0]["tasks"] for p in (first, out))
    far = [t["boxes_3d"]["not_asked"].get("too_far", 0) for t in (before, after)]
    assert far[1] > far[0] and " calls" not in capfd.readouterr().err


@pytest.mark.parametrize(("model", "recall"), [("ground_truth", 1.0), ("empty", 0.0)])
def test_the_test_tests_itself(tmp_path: Path, model: str, recall: float) -> None:
    out = tmp_path / model
    assert main([*SHORT, f"model={model}", "episodes=1", f"out={out}", "workers=0", "severities=[0]"]) == 0
    (clean,) = json.loads((out / "report.json").read_text())["severities"]
    task = clean["tasks"]["boxes_3d"]
    assert task["recall"]["value"] == task["ap"]["distance_0.5_m"]["value"] == recall
    assert task["false_positives_per_frame"]["value"] == 0.0


def test_a_broken_model_is_reported_and_not_a_failure(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "c"
    broken = "model.options.script=[good,raises,not_a_number,leaves]"
    told = [*SHORT, "model=stress_models:Scripted", broken, "episodes=1", "severities=[0]", f"out={out}", "workers=0"]
    assert main(told) == 0
    report = json.loads((out / "report.json").read_text())
    (clean,) = report["severities"]
    assert clean["problems"] == {"crash": 1, "exception": 1, "nan": 1} and clean["calls"] == 4
    assert (
        clean["failed_calls"] == 2
        and clean["error"] == "RuntimeError: no idea"
        and report["model"]["path"] == "stress_models:Scripted"
    )
    out_text = capfd.readouterr().out
    assert "crash 1, exception 1, nan 1 row in 4 calls" in out_text and "chatter" not in out_text


@pytest.mark.parametrize(
    ("script", "first"), [("raises", "RuntimeError: no idea"), ("silent", "returned None, expected a mapping")]
)
def test_a_model_that_always_fails_gets_no_report_in_good_faith(
    script: str, first: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "d"
    told = [*SHORT, "model=stress_models:Scripted", f"model.options.script=[{script}]", "episodes=1", "severities=[0]"]
    assert main([*told, f"out={out}", "workers=0"]) == 1
    (clean,) = json.loads((out / "report.json").read_text())["severities"]
    assert clean["calls"] == clean["failed_calls"] == 4
    assert f"the figures mean nothing: the model failed in all 4 calls; first: {first}" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["model=no_such_module:x"], "cannot be loaded: ModuleNotFoundError"),
        (["model=lidar_clustr"], "unknown model 'lidar_clustr': did you mean 'lidar_cluster'"),
        (["sweep=fgo"], "unknown sweep 'fgo': did you mean 'fog'"),
        (["swep=fog"], "unknown key 'swep': did you mean 'sweep'"),
        (["scoring.iou_2=0.3"], "did you mean 'scoring.iou_2d'"),
        (["scoring.iou_2d=3"], "scoring.iou_2d is 3.0, expected a value between 0 and 1"),
        (["model.timeout_s=0"], "model.timeout_s is 0.0"),
        (["severities=[9]"], "severities holds 9"),
        (["severities=[]"], "severities is empty, expected numbers of severities as in [1,3], or null for all"),
        (["model=stress_models:Unmakeable"], "cannot be made: FileNotFoundError: weights.pt"),
    ],
)
def test_bad_input_is_one_clear_line(
    arguments: list[str], message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = main(["stress", "sweep=lidar_range", f"out={tmp_path / 'x'}", *arguments])
    told = capfd.readouterr()
    assert code == 2 and message in told.err and told.err.count("\n") == 1 and told.out == ""


def test_a_file_cannot_name_code(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.yaml").write_text("name: callable\npath: stress_models:Scripted\n")
    code = main(["stress", f"--config-dir={tmp_path}", "model=mine", f"out={tmp_path / 'x'}"])
    assert code == 2 and "only the command line may name code" in capfd.readouterr().err


def test_help_is_for_newcomers(capfd: pytest.CaptureFixture[str]) -> None:
    code = main(["stress", "--help"])
    told = capfd.readouterr().out
    assert not code and "model=my_pkg.my_mod:Name" in told and "Powered by Hydra" not in told
    assert all(len(row) <= 120 for row in told.splitlines())
    assert np.all([word in told for word in ("sweep=fog", "frame.points()", "report.json", "Example:")])
