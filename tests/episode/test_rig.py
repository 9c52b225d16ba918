"""When frames come, that sensors do not disturb each other, and what a wrong rig is told."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from cornercase.renderers.threads import VARIABLE
from cornercase.sim.episode.config import EpisodeConfig, GenerateConfig, RecordConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode, Update
from cornercase.sim.episode.records import SensorFrame
from cornercase.sim.episode.sensors import MountConfig
from cornercase.sim.errors import ConfigError

Rig = dict[str, dict[str, Any]]
CAMERA: dict[str, Any] = {
    "kind": "camera", "rate_hz": 10.0, "width": 48, "height": 36, "fov_deg": 80.0, "line_time_s": 2e-5,
    "mount": {"actor": "world", "position_m": [1.75, 0.55, 0.85], "rpy_deg": [0.0, 24.0, -160.0]},
}  # fmt: skip
LIDAR: dict[str, Any] = {
    "kind": "lidar", "rate_hz": 10.0, "model": "VLP-16",
    "mount": {"actor": "world", "position_m": [1.3, -0.65, 0.55], "rpy_deg": [0.0, 25.0, 140.0]},
}  # fmt: skip
IMU: dict[str, Any] = {"kind": "imu", "rate_hz": 120.0, "mount": {"part": "panda_hand"}}


def play(sensors: Rig, steps: int = 3) -> list[Update]:
    config = EpisodeConfig(ScenarioConfig("robotics/grasp_slip"), sensors=copy.deepcopy(sensors))
    with Episode(config, seed=9) as episode:
        return [episode.start(), *(episode.advance() for _ in range(steps))]


def frames(updates: list[Update], sensor: str) -> list[SensorFrame]:
    return [frame for update in updates for frame in update.frames if frame.sensor == sensor]


def equal(a: SensorFrame, b: SensorFrame) -> bool:
    """Bit-equal in every array and time stamp."""
    return (
        (a.index, a.time_start_ns, a.time_end_ns, a.time_delivered_ns)
        == (b.index, b.time_start_ns, b.time_end_ns, b.time_delivered_ns)
        and a.pose_w.tobytes() == b.pose_w.tobytes()
        and set(a.data) == set(b.data)
        and all(a.data[name].tobytes() == b.data[name].tobytes() for name in a.data)
        and (a.boxes_3d is None or a.boxes_3d.tobytes() == b.boxes_3d.tobytes())  # type: ignore[union-attr]
    )


@pytest.fixture(scope="module")
def alone() -> list[Update]:
    return play({"lidar": LIDAR, "imu": IMU})


def test_a_camera_more_changes_nothing_else(alone: list[Update]) -> None:
    more = play({"new": CAMERA, "lidar": LIDAR, "imu": IMU, "other": CAMERA | {"rate_hz": 20.0}})
    assert len(frames(more, "new")) == 4 and len(frames(more, "lidar")) == 4
    for a, b in zip(alone, more, strict=True):
        for name in ("actors_position", "actors_orientation", "actors_velocity"):
            assert getattr(a.step, name).tobytes() == getattr(b.step, name).tobytes(), name
        assert a.events == b.events and a.step.criticality == b.step.criticality
    for sensor in ("lidar", "imu"):
        assert all(equal(a, b) for a, b in zip(frames(alone, sensor), frames(more, sensor), strict=True)), sensor
    twins = frames(more, "new")[0], frames(more, "other")[0]
    assert twins[0].data["instance"].tobytes() == twins[1].data["instance"].tobytes(), "the same truth"
    assert twins[0].data["rgb"].tobytes() != twins[1].data["rgb"].tobytes(), "each its own noise"


def test_frames_end_on_the_beat(alone: list[Update]) -> None:
    for k, frame in enumerate(frames(alone, "lidar")):
        assert frame.index == k and frame.time_end_ns == k * 100_000_000 == frame.time_delivered_ns
        assert frame.time_end_ns - frame.time_start_ns == 100_000_000
    ends = [frame.time_end_ns for frame in frames(alone, "imu")]
    assert ends == [round(k * 1e9 / 120) for k in range(len(ends))] and len(ends) == 37


def test_a_late_and_shifted_sensor() -> None:
    updates = play({"late": CAMERA | {"phase_s": 0.05, "delay_s": 0.1}})
    assert [len(update.frames) for update in updates] == [0, 0, 1, 1]
    for k, frame in enumerate(frames(updates, "late")):
        due_ns = 50_000_000 + k * 100_000_000
        assert frame.time_delivered_ns == due_ns + 100_000_000
        assert due_ns - 31_000_000 <= frame.time_start_ns < frame.time_end_ns, "the exposure is automatic"
        assert abs(frame.time_end_ns - due_ns) <= 1
    prompt = frames(play({"late": CAMERA | {"phase_s": 0.05}}, steps=2), "late")
    assert prompt[0].data["rgb"].tobytes() == frames(updates, "late")[0].data["rgb"].tobytes(), "late, not other"


@pytest.mark.parametrize(
    ("sensors", "expected"),
    [
        ({"a": CAMERA | {"widht": 64}}, "sensors.a has no field 'widht'; did you mean 'width'"),
        ({"a": LIDAR | {"modle": "VLP-16"}}, "sensors.a has no field 'modle'; did you mean 'model'"),
        ({"a": LIDAR | {"model": "VLP16"}}, "did you mean 'VLP-16'"),
        ({"a": CAMERA | {"kind": "camra"}}, "sensors.a.kind is 'camra': did you mean 'camera'"),
        ({"a": CAMERA | {"mount": {"actor": "objct"}}}, "sensors.a.mount.actor is 'objct'; did you mean 'object'"),
        ({"a": CAMERA | {"mount": {"part": "panda_hnd"}}}, "mount.part is 'panda_hnd'; did you mean 'panda_hand'"),
        ({"a": CAMERA | {"mount": {"positon_m": [0, 0, 0]}}}, "sensors.a.mount has no field 'positon_m'; did you mean"),
        ({"a": CAMERA | {"mount": {"position_m": [0.0, 1.0]}}}, "expected three numbers"),
        ({"a": CAMERA | {"rate_hz": 0.0}}, "sensors.a: rate_hz is 0.0, expected more than 0"),
        ({"a": CAMERA | {"delay_s": -0.1}}, "must not be negative"),
        ({"a": IMU | {"rate_hz": 100.0}}, "sensors.a.rate_hz is 100, expected a divisor of 240"),
        ({"a": IMU | {"mount": {"actor": "world"}}}, "imu must be mounted on an actor, got 'world'"),
        ({"a": CAMERA | {"width": -4}}, "sensors.a: camera width is -4, expected an even number of at least 8 pixels"),
        ({"a": CAMERA | {"width": "a"}}, "sensors.a.width is 'a', expected a whole number"),
        ({"a": CAMERA | {"height": 64.0}}, "sensors.a.height is 64.0, expected a whole number"),
        ({"a": CAMERA | {"width": 10**6}}, "sensors.a.width is 1000000, expected at most 16384 pixels"),
        ({"a": CAMERA | {"focal_px": "x"}}, "sensors.a.focal_px is 'x', expected a number or null"),
        ({"a": CAMERA | {"auto_exposure": 1}}, "sensors.a.auto_exposure is 1, expected true or false"),
        ({"a": CAMERA | {"isp": {"saturation": "x"}}}, "camera isp.saturation is 'x', expected a number"),
        ({"a": CAMERA | {"rate_hz": "fast"}}, "sensors.a.rate_hz is 'fast', expected a number"),
        ({"a": CAMERA | {"mount": "roof"}}, "sensors.a.mount is 'roof', expected its fields: actor, part"),
        ({"a": CAMERA | {"mount": {"position_m": 3}}}, "sensors.a.mount: position_m is 3, expected three numbers"),
        ({"a": CAMERA | {"mount": {"actor": 3}}}, "sensors.a.mount.actor is 3, expected text"),
        ({"a": CAMERA | {"faults": {"f": {"kind": "blur", "start_s": "x"}}}}, "a.faults.f.start_s is 'x', expected"),
        ({"a": LIDAR | {"columns": "x"}}, "sensors.a.columns is 'x', expected a whole number"),
        ({"a": {"kind": "odometry"}}, "odometry must be mounted on a vehicle or a mobile robot, got 'ego'"),
    ],
)  # fmt: skip
def test_a_wrong_rig_is_told_what_and_what_instead(sensors: Rig, expected: str) -> None:
    with pytest.raises(ConfigError) as told:
        play(sensors, steps=0)
    assert expected in str(told.value)


def test_poses_follow_what_carries_them(alone: list[Update]) -> None:
    fixed = np.array([frame.pose_w for frame in frames(alone, "lidar")])
    assert np.ptp(fixed, axis=0).max() == 0.0
    moving = np.array([frame.pose_w for frame in frames(alone, "imu")])
    np.testing.assert_allclose(np.linalg.norm(moving[:, 3:], axis=1), 1.0, atol=1e-9)


def test_a_mount_is_three_finite_numbers() -> None:
    for wrong in ([1.0, 2.0], ["a", 0.0, 0.0], [float("nan"), 0.0, 0.0]):
        with pytest.raises(ConfigError, match="expected three numbers"):
            MountConfig(rpy_deg=wrong)


def test_sensors_worked_on_at_the_same_time_see_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, fast = {**CAMERA, "line_time_s": 1e-3}, {**CAMERA, "rate_hz": 30.0}
    rig = {"camera": slow, "lidar": LIDAR, "imu": IMU, "second": fast}
    monkeypatch.delenv(VARIABLE, raising=False)
    alone = play(rig)
    monkeypatch.setenv(VARIABLE, "3")
    for one, other in zip(alone, play(rig), strict=True):
        assert [f.sensor for f in one.frames] == [f.sensor for f in other.frames]
        assert all(equal(a, b) for a, b in zip(one.frames, other.frames, strict=True))


@pytest.mark.parametrize("threads", ["1", "3"])
def test_an_episode_played_ahead_is_the_same(threads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames made while the next step is simulated, of sensors that are faster than the steps, late and faulty."""
    frozen = {"freeze": {"kind": "frozen", "start_s": 0.15, "duration_s": 0.1}}
    rig = {
        "fast": CAMERA | {"rate_hz": 30.0}, "late": CAMERA | {"delay_s": 0.15, "phase_s": 0.05, "faults": frozen},
        "lidar": LIDAR, "imu": IMU, "depth": CAMERA | {"kind": "depth"} | {"rate_hz": 10.0},
    }  # fmt: skip
    del rig["depth"]["line_time_s"]
    config = EpisodeConfig(ScenarioConfig("robotics/grasp_slip", duration_s=0.6), sensors=rig)
    monkeypatch.delenv(VARIABLE, raising=False)
    with Episode(copy.deepcopy(config), seed=9) as episode:
        stepped = [episode.start()]
        while not stepped[-1].step.truncated:
            stepped.append(episode.advance())
        phases = dict(episode.scenario.phases)
    monkeypatch.setenv(VARIABLE, threads)
    with Episode(copy.deepcopy(config), seed=9) as episode:
        played = []
        for update in episode.play():
            ahead = episode.scenario.world.time_ns - update.step.time_ns
            assert ahead == (0 if update.step.truncated else 100_000_000)
            played.append(update)
        assert episode.scenario.phases == phases and "visible/lidar" in phases
    for one, other in zip(stepped, played, strict=True):
        assert [frame.sensor for frame in one.frames] == [frame.sensor for frame in other.frames]
        assert all(equal(a, b) for a, b in zip(one.frames, other.frames, strict=True))
        assert (one.events, one.phases) == (other.events, other.phases)
        for name in ("actors_position", "actors_velocity"):
            assert getattr(one.step, name).tobytes() == getattr(other.step, name).tobytes()
        assert (one.step.time_ns, one.step.criticality) == (other.step.time_ns, other.step.criticality)


def test_an_unknown_carrier_is_told_each_name_once() -> None:
    with pytest.raises(ConfigError, match="known: .*ego") as told:
        play({"a": CAMERA | {"mount": {"actor": "zzzzzzzz"}}}, steps=0)
    names = str(told.value).partition("known: ")[2].split(", ")
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "near"), [("a/b", "a_b"), ("front left", "front_left"), ("", "front"), (1, "sensor_1"), ("a.b", "a_b")]
)
def test_a_sensor_has_a_name_that_files_and_keys_can_bear(name: Any, near: str) -> None:
    with pytest.raises(ConfigError, match=f"sensors has the name {name!r}, expected letters, .* such as '{near}'"):
        EpisodeConfig(ScenarioConfig("driving/cut_in"), sensors={name: CAMERA})
    EpisodeConfig(ScenarioConfig("driving/cut_in"), sensors={near: CAMERA, "front-2": CAMERA})


def test_one_plugin_may_be_a_name() -> None:
    scenario = ScenarioConfig("driving/cut_in")
    assert EpisodeConfig(scenario, plugins="mine").plugins == ["mine"]  # type: ignore[arg-type]
    assert GenerateConfig(scenario, "out", plugins="mine").plugins == ["mine"]  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="plugins is 3, expected names of packages"):
        EpisodeConfig(scenario, plugins=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: ScenarioConfig("x", duration_s="a"), "scenario.duration_s is 'a', expected a number"),  # type: ignore
        (lambda: ScenarioConfig("x", params=[3]), r"scenario.params is \[3\], expected values by name"),  # type: ignore
        (lambda: RecordConfig(clean="no"), "record.clean is 'no', expected true or false"),  # type: ignore
        (lambda: GenerateConfig(ScenarioConfig("x"), "out", episodes=1.5), "episodes is 1.5, expected a whole"),  # type: ignore
    ],
)
def test_values_are_of_the_kind_of_their_field(make: Any, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        make()
