"""Each kind of sensor in a rig: what its frames hold, and that they agree with the world they were made in."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from cornercase.renderers.transforms import conjugate, multiply, rotate
from cornercase.renderers.truth import Truth
from cornercase.sim.episode.config import KINDS, EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode, Update
from cornercase.sim.episode.records import SensorFrame
from cornercase.sim.episode.sensors import SENSORS
from cornercase.sim.errors import ConfigError
from cornercase.sim.physics.arm import REST, Arm
from cornercase.sim.physics.client import Client

Rig = dict[str, dict[str, Any]]
FRONT = {"position_m": [2.2, 0.0, -0.25]}
DRIVE: Rig = {
    "radar": {"kind": "radar", "rate_hz": 13.0, "mount": FRONT},
    "gnss": {"kind": "gnss", "latency_s": 0.1, "mode": "rtk_fixed", "mount": {"position_m": [-0.8, 0.0, 0.95]}},
    "bumper": {"kind": "ultrasonic", "rate_hz": 20.0, "mount": FRONT},
}
LOOK = {"actor": "world", "position_m": [1.6, 0.42, 0.95], "rpy_deg": [0.0, 28.0, -162.0]}
CELL: Rig = {
    "depth": {"kind": "depth", "width": 106, "height": 60, "mount": LOOK},
    "camera": {"kind": "camera", "width": 106, "height": 60, "fov_deg": 90.0, "boxes": False, "mount": LOOK},
    "wrench": {"kind": "wrench", "noise": 0.0, "step": [0.0, 0.0], "cutoff_hz": 0.0},
    "encoders": {"kind": "encoders", "rate_hz": 120.0},
}


def play(scenario: str, sensors: Rig, steps: int = 3) -> list[Update]:
    config = EpisodeConfig(ScenarioConfig(scenario), sensors=copy.deepcopy(sensors))
    with Episode(config, seed=5) as episode:
        return [episode.start(), *(episode.advance() for _ in range(steps))]


def frames(updates: list[Update], sensor: str) -> list[SensorFrame]:
    return [frame for update in updates for frame in update.frames if frame.sensor == sensor]


@pytest.fixture(scope="module")
def drive() -> list[Update]:
    return play("driving/cut_in", DRIVE)


@pytest.fixture(scope="module")
def cell() -> list[Update]:
    return play("robotics/grasp_slip", CELL)


def test_there_is_a_sensor_for_every_kind() -> None:
    assert set(SENSORS) == set(KINDS)


def test_frames_keep_their_beat(drive: list[Update], cell: list[Update]) -> None:
    for updates, rig in ((drive, DRIVE), (cell, CELL)):
        for name, fields in rig.items():
            found, rate = frames(updates, name), fields.get("rate_hz", 240.0 if name == "wrench" else 10.0)
            rate = 10.0 if name == "wrench" else rate  # the default of every sensor
            ends = [round(round(k / rate * 240) / 240 * 1e9) for k in range(len(found))]
            assert [f.time_delivered_ns for f in found] == ends and len(found) == int(0.3 * rate + 1e-9) + 1, name
            assert all(f.time_start_ns <= f.time_end_ns <= f.time_delivered_ns for f in found)


def test_a_radar_measures_the_range_rates_of_what_it_sees(drive: list[Update]) -> None:
    for frame in frames(drive, "radar"):
        rows, boxes = frame.data["detections"], frame.boxes_3d
        assert boxes is not None
        counts = {int(b["id"]): int(b["points"]) for b in boxes}
        for box in boxes[boxes["points"] > 0]:
            mine = rows[(rows["instance"] == box["id"]) & (rows["truth"] & Truth.DISPLACED == 0)]
            assert counts[int(box["id"])] == np.sum(rows["instance"] == box["id"])
            reach = np.linalg.norm(box["size"]) / 2 + 1.0
            assert np.all(np.abs(mine["range"] - np.linalg.norm(box["position"])) < reach)
        assert np.all(frame.data["missed"]["truth"] == Truth.LOST)
    assert sum(int(b) for f in frames(drive, "radar") for b in f.boxes_3d["points"]) > 0  # type: ignore[index]


def test_a_fix_is_about_the_instant_it_was_measured(drive: list[Update]) -> None:
    for frame in frames(drive, "gnss"):
        assert frame.time_delivered_ns - frame.time_end_ns == 100_000_000
        np.testing.assert_allclose(frame.data["true_position_w"], frame.pose_w[:3], atol=1e-9)
        assert frame.data["status"][0] > 0
        assert np.linalg.norm(frame.data["position_w"] - frame.data["true_position_w"]) < 0.5
        ego = drive[0].step.actors_velocity[0]
        np.testing.assert_allclose(frame.data["true_velocity_w"], ego, atol=0.7)
    first = frames(drive, "gnss")[0]
    assert np.linalg.norm(first.data["true_velocity_w"]) > 3.0, "the run-up is its past"


def test_a_depth_camera_sees_what_a_camera_at_its_place_sees(cell: list[Update]) -> None:
    for depth, camera in zip(frames(cell, "depth"), frames(cell, "camera"), strict=True):
        true, seen = depth.data["true_depth"], camera.data["depth"]
        np.testing.assert_allclose(depth.pose_w[:3], camera.pose_w[:3])
        inside = (true > 0) & np.isfinite(seen)
        # a moving arm and half a pixel at edges aside
        assert np.mean(np.abs(true[inside] - seen[inside]) < 0.02) > 0.97
        found = (depth.data["depth"] > 0) & (true > 0)
        assert found.mean() > 0.3
        assert np.all(depth.data["truth"][(true > 0) & (depth.data["depth"] == 0)] & Truth.LOST)


def test_the_wrist_bears_the_weight_of_the_hand(cell: list[Update]) -> None:
    first = frames(cell, "wrench")[0]
    weight = rotate(first.pose_w[3:], first.data["force"])
    np.testing.assert_allclose(weight, [0.0, 0.0, -1.01 * 9.81], atol=1.0)
    np.testing.assert_array_equal(
        np.concatenate([first.data["force"], first.data["torque"]]), first.data["true_wrench"]
    )


def test_a_load_shows_as_its_force_and_its_moment_about_the_wrist() -> None:
    client = Client()
    arm = Arm(client)
    links = [client.getJointInfo(arm.body, i)[12].decode() for i in range(client.getNumJoints(arm.body))]
    hand = links.index("panda_hand")
    posture = np.array(REST) + [0.0, 0.0, 0.0, 0.0, 0.4, 0.9, 0.3]

    def settle(force_w: np.ndarray, at_hand: np.ndarray) -> np.ndarray:
        total = np.zeros(6)
        for k in range(1200):
            position, turn = arm.link_poses()["panda_hand"]
            if force_w.any():
                where = position + rotate(turn, at_hand)
                client.applyExternalForce(arm.body, hand, force_w.tolist(), where.tolist(), client.WORLD_FRAME)
            arm.move_joints(posture)
            client.stepSimulation()
            if k >= 960:
                total += arm.wrist_wrench() / 240
        return total

    try:
        empty = settle(np.zeros(3), np.zeros(3))
        turn = arm.link_poses()["panda_hand"][1]
        # along the fingers' axis the solver leaves 0.2 N
        np.testing.assert_allclose(rotate(turn, empty[:3]), [0.0, 0.0, -1.01 * 9.81], atol=0.3)
        lever = np.cross(empty[:3], empty[3:]) / (empty[:3] @ empty[:3])
        across = empty[:3] / np.linalg.norm(empty[:3])
        expected = np.array([0.0, 0.0, (0.81 * 0.04 + 0.2 * 0.0768) / 1.01])
        np.testing.assert_allclose(lever, expected - (expected @ across) * across, atol=6e-3)
        force, at = np.array([5.0, -2.0, 1.0]), np.array([0.02, 0.03, 0.1])
        change = settle(force, at) - empty
        local = rotate(conjugate(arm.link_poses()["panda_hand"][1]), force)
        np.testing.assert_allclose(change[:3], local, atol=0.3)
        np.testing.assert_allclose(change[3:], np.cross(at, local), atol=0.03)
    finally:
        client.close()


def test_encoders_read_the_joints(cell: list[Update]) -> None:
    found = frames(cell, "encoders")
    position = np.array([f.data["joint_position"] for f in found])
    true = np.array([f.data["true_joint_position"] for f in found])
    assert position.shape[1] == 7 and np.abs(position - true).max() < 5e-3
    np.testing.assert_allclose(
        [f.data["joint_velocity"] for f in found[1:]], np.diff(position, axis=0) * 120.0, atol=1e-9
    )
    assert np.ptp(true, axis=0).max() > 1e-3, "the arm moves"


def test_a_wrist_sensor_turned_on_its_hand_reads_in_its_own_axes() -> None:
    plain = {"kind": "wrench", "rate_hz": 60.0, "noise": 0.0, "step": [0.0, 0.0], "cutoff_hz": 0.0}
    turned = plain | {"mount": {"position_m": [0.01, 0.02, 0.03], "rpy_deg": [20.0, -30.0, 40.0]}}
    updates = play("robotics/grasp_slip", {"plain": plain, "turned": turned}, steps=1)
    for a, b in zip(frames(updates, "plain"), frames(updates, "turned"), strict=True):
        turn = multiply(conjugate(a.pose_w[3:]), b.pose_w[3:])
        np.testing.assert_allclose(rotate(turn, b.data["force"]), a.data["force"], atol=1e-6)
        shifted = a.data["torque"] - np.cross([0.01, 0.02, 0.03], a.data["force"])
        np.testing.assert_allclose(rotate(turn, b.data["torque"]), shifted, atol=1e-6)


def test_new_sensors_change_neither_state_nor_one_another(drive: list[Update], cell: list[Update]) -> None:
    for scenario, rig, updates in (("driving/cut_in", DRIVE, drive), ("robotics/grasp_slip", CELL, cell)):
        bare = play(scenario, {})
        for a, b in zip(bare, updates, strict=True):
            for name in ("actors_position", "actors_orientation", "actors_velocity"):
                assert getattr(a.step, name).tobytes() == getattr(b.step, name).tobytes(), name
        for name in rig:
            alone = play(scenario, {name: rig[name]})
            for a, b in zip(frames(alone, name), frames(updates, name), strict=True):
                assert all(a.data[key].tobytes() == b.data[key].tobytes() for key in a.data), name


@pytest.mark.parametrize(
    ("scenario", "sensor", "expected"),
    [
        ("driving/cut_in", {"kind": "wrench"}, "sensors.a: wrench must be mounted on an arm, got 'ego'"),
        ("driving/cut_in", {"kind": "encoders"}, "sensors.a: encoders must be mounted on an arm, got 'ego'"),
        ("robotics/grasp_slip", {"kind": "wrench", "mount": {"part": "panda_link3"}}, "expected 'panda_hand'"),
        ("robotics/grasp_slip", {"kind": "depth", "method": "sterio"}, "sensors.a.method is 'sterio'; did you mean"),
        ("robotics/grasp_slip", {"kind": "radar", "rate_hz": 100.0}, "sensors.a.rate_hz is 100, expected at most"),
        ("robotics/grasp_slip", {"kind": "radar", "model": "longrange"}, "did you mean 'long_range'"),
        ("robotics/grasp_slip", {"kind": "ultrasonic", "rate_hz": 60.0}, "an echo from 5.5 m takes up to"),
        ("robotics/grasp_slip", {"kind": "gnss", "latency_s": 0.5}, "latency_s is 0.5, expected at most 0.2"),
        ("robotics/grasp_slip", {"kind": "encoders", "joint_faults": [{"joint": 7}]}, "joint is 7, expected 0 to 6"),
        ("robotics/grasp_slip", {"kind": "lidarr"}, "did you mean 'lidar'"),
    ],
)
def test_a_sensor_that_does_not_fit_says_why(scenario: str, sensor: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError) as told:
        play(scenario, {"a": sensor}, steps=0)
    assert expected in str(told.value)
