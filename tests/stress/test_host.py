"""Detectors that fail in every way, and what is told of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from cornercase.renderers.pose_track import PoseTrack
from cornercase.sim.episode.records import SensorFrame, SensorInfo
from cornercase.sim.errors import ConfigError
from cornercase.sim.stress.config import ModelConfig
from cornercase.sim.stress.frames import CameraView, LidarView, View, view_of
from cornercase.sim.stress.host import Answer, ModelHost
from cornercase.sim.stress.loading import load
from stress_models import GOOD, HIDDEN

STILL = PoseTrack(np.zeros(1), np.zeros((1, 3)), np.array([[0.0, 0.0, 0.0, 1.0]]))


def frames() -> dict[str, View]:
    cells = np.ones((4, 8), np.float32)
    return {"top": LidarView("top", 0.1, 0.1, np.eye(7)[6], {}, cells, cells, cells * 0, STILL, 10.0)}


def scripted(*script: str, **fields: float) -> ModelConfig:
    return ModelConfig("callable", "stress_models:Scripted", {"script": list(script)}, **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[str, Answer]]:
    """One call of each kind, all by one host."""
    script = ["good", "raises", "not_a_number", "shape", "words", "many", "good", "silent", "dies"]
    with ModelHost(scripted(*script, timeout_s=10.0, max_detections=20)) as host:
        host.start()
        found = {f"{k} {name}": host.detect(frames()) for k, name in enumerate(script)}
        found["after death"] = host.detect(frames())
        assert host.begin() == ""
        found["new episode"] = host.detect(frames())
        yield found


def test_a_good_answer_comes_through(answers: dict[str, Answer]) -> None:
    good = answers["0 good"]
    assert (good.problems, good.error) == ({}, "")
    np.testing.assert_array_equal(good.rows["top"][0, :8], GOOD[0][:8])


@pytest.mark.parametrize(
    ("call", "problems", "error", "rows"),
    [
        ("1 raises", {"exception": 1}, "RuntimeError: no idea", 0),
        ("2 not_a_number", {"nan": 1}, "returned for 'top' rows that are not finite", 1),
        ("3 shape", {"wrong_shape": 1}, "returned for 'top' an array of shape", 0),
        ("4 words", {"wrong_type": 1}, "returned ", 0),
        ("5 many", {"too_many": 1}, "returned for 'top' 50 boxes, of which the best 20", 20),
        ("7 silent", {"wrong_type": 1}, "returned None, expected a mapping", 0),
        ("8 dies", {"crash": 1}, "its process was ended with exit code 3", 0),
    ],
)
def test_each_failure_is_counted(
    answers: dict[str, Answer], call: str, problems: dict[str, int], error: str, rows: int
) -> None:
    answer = answers[call]
    assert answer.problems == problems and answer.error.startswith(error)
    assert sum(len(r) for r in answer.rows.values()) == rows


def test_the_run_goes_on_after_a_failure(answers: dict[str, Answer]) -> None:
    for call in ("6 good", "after death", "new episode"):
        assert answers[call].problems == {} and len(answers[call].rows["top"]) == 1


def test_a_slow_detector_is_killed_and_started_again() -> None:
    with ModelHost(scripted("good", "slow", timeout_s=3.0)) as host:
        host.start()
        assert host.detect(frames()).problems == {}
        slow = host.detect(frames())
        assert slow.problems == {"timeout": 1} and "model.timeout_s=3" in slow.error
        assert host.detect(frames()).problems == {}


def test_what_a_detector_remembers_ends_with_the_episode() -> None:
    make = load(scripted("count")).make
    detector = make()
    assert [detector(frames())["top"][0][7] for _ in range(3)] == [0.01, 0.02, 0.03]
    assert make()(frames())["top"][0][7] == 0.01
    assert load(ModelConfig("callable", "stress_models:nothing")).make()(frames()) is None


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("no_such_module:x", "cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'"),
        ("stress_models:Scriptd", "has no 'Scriptd'; did you mean 'Scripted'"),
        ("stress_models:NUMBER", "is int, expected something to call"),
    ],
)
def test_what_cannot_be_loaded_is_told(path: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(ModelConfig("callable", path))


def test_a_model_is_shown_no_labels() -> None:
    shown = {f.name for kind in (CameraView, LidarView) for f in dataclasses.fields(kind)}
    assert shown & set(HIDDEN) == {"depth"}
    picture = np.zeros((4, 6, 3), np.uint8)
    data = {
        "rgb": picture,
        "depth": np.ones((4, 6), np.float32),
        "instance": np.ones((4, 6), np.int32),
        "flow": picture,
    }
    frame = SensorFrame("front", "camera", 0, 0, 1, 1, np.eye(7)[6], data)
    blind = view_of(frame, SensorInfo("front", "camera", 10.0), None, depth=False)
    assert isinstance(blind, CameraView) and blind.depth is None and blind.rgb is picture
    exact = view_of(frame, SensorInfo("front", "camera", 10.0), None, depth=True)
    assert isinstance(exact, CameraView) and exact.depth is data["depth"]


def test_what_cannot_be_made_is_told() -> None:
    host = ModelHost(ModelConfig("callable", "stress_models:Unmakeable"))
    with pytest.raises(ConfigError, match="cannot be made: FileNotFoundError: weights.pt"):
        host.start()


def test_names_are_checked() -> None:
    with pytest.raises(ConfigError, match="did you mean 'lidar_cluster'"):
        load(ModelConfig("lidar_clusters"))
    with pytest.raises(ConfigError, match="model=package.module:name"):
        load(ModelConfig("callable"))
    with pytest.raises(ConfigError, match="expected package.module:name"):
        ModelConfig("callable", "stress_models")


def test_a_call_whose_rows_are_all_dropped_has_failed() -> None:
    none = {"top": np.empty((0, 9)), "front": np.empty((0, 6))}
    assert Answer(none, {"nan": 6}).failed and Answer({}, {"wrong_type": 1}).failed
    assert not Answer(none).failed and not Answer({**none, "top": np.ones((1, 9))}, {"nan": 6}).failed
