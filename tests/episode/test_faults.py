"""Faults in a rig: what they do to frames and their times, and that they do nothing else."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from cornercase.renderers.transforms import conjugate, multiply, rotate
from cornercase.renderers.truth import Truth
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode, Update
from cornercase.sim.episode.records import FaultPeriod, SensorFrame
from cornercase.sim.errors import ConfigError

Rig = dict[str, dict[str, Any]]
POST = {"actor": "world", "position_m": [1.3, -0.65, 0.55], "rpy_deg": [0.0, 25.0, 140.0]}
CAMERA: dict[str, Any] = {
    "kind": "camera",
    "width": 48,
    "height": 36,
    "quality": "draft",
    "boxes": False,
    "mount": POST,
}
LIDAR: dict[str, Any] = {"kind": "lidar", "model": "VLP-16", "mount": POST}
RADAR: dict[str, Any] = {"kind": "radar", "model": "short_range", "least_rcs_dbsm": -60.0, "mount": POST}
IMU: dict[str, Any] = {"kind": "imu", "rate_hz": 60.0, "mount": {"part": "panda_hand", "rpy_deg": [10.0, 20.0, 30.0]}}
GNSS: dict[str, Any] = {"kind": "gnss", "mount": {"actor": "world", "position_m": [0.0, 0.0, 30.0]}}
RIG: Rig = {"camera": CAMERA, "lidar": LIDAR, "radar": RADAR, "imu": IMU, "gnss": GNSS}


def with_faults(sensor: dict[str, Any], **kinds: dict[str, Any]) -> dict[str, Any]:
    return sensor | {"faults": {kind: {"kind": kind} | fields for kind, fields in kinds.items()}}


def play(sensors: Rig, steps: int = 6) -> tuple[list[Update], dict[str, tuple[FaultPeriod, ...]]]:
    config = EpisodeConfig(ScenarioConfig("robotics/grasp_slip"), sensors=copy.deepcopy(sensors))
    with Episode(config, seed=9) as episode:
        return [episode.start(), *(episode.advance() for _ in range(steps))], episode.faults


def frames(updates: list[Update], sensor: str) -> list[SensorFrame]:
    return [frame for update in updates for frame in update.frames if frame.sensor == sensor]


def same(a: SensorFrame, b: SensorFrame) -> bool:
    """Bit-equal in arrays, boxes, pose and times."""
    return (
        all(getattr(a, f"time_{n}_ns") == getattr(b, f"time_{n}_ns") for n in ("start", "end", "delivered"))
        and (a.index, a.stamp_shift_ns) == (b.index, b.stamp_shift_ns)
        and a.pose_w.tobytes() == b.pose_w.tobytes()
        and set(a.data) == set(b.data)
        and all(a.data[name].tobytes() == b.data[name].tobytes() for name in a.data)
        and (a.boxes_3d is None or b.boxes_3d is None or a.boxes_3d.tobytes() == b.boxes_3d.tobytes())
    )


@pytest.fixture(scope="module")
def sound() -> list[Update]:
    return play(RIG)[0]


NOTHING: dict[str, dict[str, Any]] = {
    "camera": {"mount_turn": {"magnitude": 0.0}, "hot_pixels": {"magnitude": 0.0}, "exposure_stuck": {"start_s": 9.0}},
    "lidar": {"point_loss": {"magnitude": 0.0}, "delayed": {"magnitude": 0.0}, "frozen": {"start_s": 9.0}},
    "radar": {"bias": {"magnitude": 0.0}, "noise_burst": {"magnitude": 0.0}},
    "imu": {"drift": {"magnitude": 0.0}, "extrinsic_drift": {"magnitude": 0.0}, "clock_drift": {"magnitude": 0.0}},
    "gnss": {"spoofing_ramp": {"magnitude": 0.0}, "stale": {"magnitude": 0.0}},
}


def test_faults_of_no_strength_change_no_bit(sound: list[Update]) -> None:
    updates, faults = play({name: with_faults(sensor, **NOTHING[name]) for name, sensor in RIG.items()})
    for name in RIG:
        assert all(same(a, b) for a, b in zip(frames(sound, name), frames(updates, name), strict=True)), name
        assert faults[name] == ()


SINGLE: dict[str, dict[str, dict[str, Any]]] = {
    "camera": {"hot_pixels": {"severity": 5}},
    "lidar": {"beam_loss": {"severity": 3}},
    "radar": {"bias": {"severity": 5, "channel": "range"}},
    "imu": {"bias": {"severity": 3, "start_s": 0.2}},
    "gnss": {"spoofing_ramp": {"severity": 5}},
}


@pytest.fixture(scope="module", params=sorted(SINGLE))
def one_faulty(request: pytest.FixtureRequest) -> tuple[str, list[Update], dict[str, tuple[FaultPeriod, ...]]]:
    name = str(request.param)
    return (name, *play({n: with_faults(s, **SINGLE[n]) if n == name else s for n, s in RIG.items()}))


def test_a_fault_changes_no_other_sensor_and_no_state(
    sound: list[Update], one_faulty: tuple[str, list[Update], dict[str, tuple[FaultPeriod, ...]]]
) -> None:
    name, updates, faults = one_faulty
    for a, b in zip(sound, updates, strict=True):
        for state in ("actors_position", "actors_orientation", "actors_velocity"):
            assert getattr(a.step, state).tobytes() == getattr(b.step, state).tobytes(), state
    for other in set(RIG) - {name}:
        assert all(same(a, b) for a, b in zip(frames(sound, other), frames(updates, other), strict=True)), other
        assert faults[other] == ()


def test_what_a_fault_changes_is_marked(
    sound: list[Update], one_faulty: tuple[str, list[Update], dict[str, tuple[FaultPeriod, ...]]]
) -> None:
    name, updates, faults = one_faulty
    (period,) = faults[name]
    assert period.kind in SINGLE[name] and period.start_ns <= period.end_ns
    changed = 0
    for a, b in zip(frames(sound, name), frames(updates, name), strict=True):
        if name == "camera":
            differs, truth = (a.data["rgb"] != b.data["rgb"]).any(axis=-1), b.data["truth"]
            assert a.data["instance"].tobytes() == b.data["instance"].tobytes()
        elif name == "lidar":
            differs, truth = a.data["range"] != b.data["range"], b.data["truth"]
            assert not b.data["instance"][b.data["range"] == 0].any()
        elif name == "radar":
            rows, truth = b.data["detections"], b.data["detections"]["truth"]
            differs = a.data["detections"]["range"] != rows["range"]
            assert a.data["detections"]["instance"].tobytes() == rows["instance"].tobytes()
        else:
            key = {"imu": "specific_force", "gnss": "position_w"}[name]
            differs, truth = np.array([(a.data[key] != b.data[key]).any()]), b.data["truth"]
        before = a.data["detections"]["truth"] if name == "radar" else a.data["truth"]
        assert np.all(truth[differs] != 0) and np.all((truth & before) == before)
        if name != "camera":  # a hot pixel may look as it would have
            assert np.array_equal(truth[~differs], before[~differs])
        assert not differs.any() or max(b.time_end_ns, 0) >= period.start_ns, "the run-up counts as the start"
        changed += int(differs.sum())
    assert changed
    if name == "gnss":
        drifted, true = frames(updates, name)[-1], frames(sound, name)[-1]
        north = (drifted.data["geodetic"] - true.data["geodetic"])[0] * 111_200.0
        assert north == pytest.approx((drifted.data["position_w"] - true.data["position_w"])[1], rel=0.01)


def test_dropped_frames_leave_gaps(sound: list[Update]) -> None:
    updates, faults = play({"lidar": with_faults(LIDAR, off={"start_s": 0.2, "duration_s": 0.25})})
    assert [f.index for f in frames(updates, "lidar")] == [0, 1, 5, 6]
    assert faults["lidar"] == (FaultPeriod("off", "off", 200_000_000, 400_000_000, 1.0),)
    by_index = {f.index: f for f in frames(sound, "lidar")}
    assert all(same(by_index[f.index], f) for f in frames(updates, "lidar"))


def test_late_frames_come_late_and_in_order(sound: list[Update]) -> None:
    late = with_faults(LIDAR, delayed={"magnitude": 0.25, "start_s": 0.1, "duration_s": 0.15})
    updates, _ = play({"lidar": late})
    found = frames(updates, "lidar")
    assert [f.index for f in found] == list(range(len(found)))
    delivered = [f.time_delivered_ns for f in found]
    assert delivered == [0, 350_000_000, 450_000_000, 450_000_000, 450_000_000, 500_000_000, 600_000_000]
    for update in updates:
        assert all(
            update.step.time_ns - 100_000_000 < f.time_delivered_ns <= update.step.time_ns for f in update.frames
        )
    for a, b in zip(frames(sound, "lidar"), found, strict=True):
        assert a.data["range"].tobytes() == b.data["range"].tobytes(), "late, not other"


def test_a_wrong_clock_shifts_the_stamp_alone(sound: list[Update]) -> None:
    updates, _ = play({"camera": with_faults(CAMERA, clock_offset={"magnitude": 0.05})})
    for a, b in zip(frames(sound, "camera"), frames(updates, "camera"), strict=True):
        assert b.stamp_shift_ns == 50_000_000 and a.stamp_shift_ns == 0
        assert (a.time_start_ns, a.time_delivered_ns) == (b.time_start_ns, b.time_delivered_ns)
        assert a.data["rgb"].tobytes() == b.data["rgb"].tobytes()


def test_a_turned_mount_is_seen_and_its_true_pose_told(sound: list[Update]) -> None:
    turned = {n: with_faults(s, mount_turn={"magnitude": 3.0}) for n, s in RIG.items() if n in ("lidar", "imu")}
    updates, _ = play(turned)
    angle = np.deg2rad(3.0)
    for name in turned:
        for a, b in zip(frames(sound, name), frames(updates, name), strict=True):
            turn = multiply(conjugate(a.pose_w[3:]), b.pose_w[3:])
            assert 2.0 * np.arccos(min(abs(turn[3]), 1.0)) == pytest.approx(np.sqrt(3.0) * angle, rel=0.06)
            assert np.all(b.data["truth"] & Truth.DISPLACED)
    ideal = {"imu": IMU | {"grade": "ideal"}}
    level, _ = play(ideal)
    crooked, _ = play({"imu": with_faults(ideal["imu"], mount_turn={"magnitude": 3.0})})
    for a, b in zip(frames(level, "imu"), frames(crooked, "imu"), strict=True):
        turn = multiply(conjugate(a.pose_w[3:]), b.pose_w[3:])
        for key in ("specific_force", "angular_velocity"):
            np.testing.assert_allclose(rotate(conjugate(turn), a.data[key]), b.data[key], atol=1e-9)


def test_a_frozen_sensor_repeats_the_last_sound_frame(sound: list[Update]) -> None:
    frozen = {"frozen": {"start_s": 0.3}}
    updates, _ = play({n: with_faults(RIG[n], **frozen) for n in ("camera", "radar", "gnss")})
    for name, key in (("camera", "rgb"), ("radar", "detections"), ("gnss", "position_w")):
        last, after = frames(sound, name), frames(updates, name)
        held = [f for f in last if f.time_delivered_ns < 300_000_000][-1]
        for frame in (f for f in after if f.time_delivered_ns >= 300_000_000):
            repeated = frame.data[key]
            if name == "radar":
                assert np.all(repeated["truth"] & Truth.STUCK)
                for column in ("range", "velocity", "instance"):
                    assert repeated[column].tobytes() == held.data[key][column].tobytes()
            else:
                assert repeated.tobytes() == held.data[key].tobytes() and np.all(frame.data["truth"] & Truth.STUCK)
        assert after[-1].time_end_ns == last[-1].time_end_ns, "with a new stamp"
    assert frames(updates, "camera")[-1].intrinsics == frames(updates, "camera")[3 - 1].intrinsics


@pytest.mark.parametrize(
    ("sensor", "expected"),
    [
        (with_faults(CAMERA, beam_loss={}), "sensors.a.faults: fault 'beam_loss': kind camera has no 'beam_loss'"),
        (with_faults(CAMERA, hot_pixel={}), "sensors.a.faults.hot_pixel: unknown fault kind 'hot_pixel'; did you mean"),
        (with_faults(CAMERA, frozen={"strt_s": 1.0}), "sensors.a.faults.frozen has no field 'strt_s'; did you mean"),
        (with_faults(LIDAR, beam_loss={"severity": 9}), "severity is 9, expected 1 to 5"),
        (with_faults(IMU, bias={"channel": "specific_forc"}), "did you mean 'specific_force'"),
        (CAMERA | {"faults": {"a": "frozen"}}, "sensors.a.faults is {'a': 'frozen'}, expected the fields of a fault"),
        (with_faults({"kind": "encoders"}, mount_turn={}), "kind encoder has no 'mount_turn', expected one of"),
        ({"faults": {"a": {"kind": "off"}}}, "sensors.a has faults and nothing else"),
    ],
)  # fmt: skip
def test_a_wrong_fault_is_told_what_and_what_instead(sensor: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError) as told:
        play({"a": sensor}, steps=0)
    assert expected in str(told.value)
