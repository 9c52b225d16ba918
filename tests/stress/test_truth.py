"""The truth at the instant at which it was looked at, and points that agree with it."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.transforms import from_rpy, from_yaw, rotate
from cornercase.sim.episode.records import BOX_2D, BOX_3D, SensorFrame, SensorInfo
from cornercase.sim.stress.frames import LidarView, view_of
from cornercase.sim.stress.truth import Truth, camera_truth, lidar_truth, to_carrier
from cornercase.sim.world.classes import SemanticClass

COLUMNS, TURN_S = 360, 0.1
AZIMUTH = np.pi - 2 * np.pi * np.arange(COLUMNS) / COLUMNS
MOUNT = np.array([0.5, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0])
INFO = SensorInfo("top", "lidar", 10.0, intrinsics={"elevation_rad": np.zeros(1), "azimuth_rad": AZIMUTH}, mount=MOUNT)
EGO, CAR = 1, 2


def sweep(ranges: np.ndarray | None = None, **box: object) -> SensorFrame:
    boxes = np.zeros(2, BOX_3D)
    boxes["id"], boxes["class"] = (EGO, CAR), SemanticClass.CAR
    boxes["orientation"], boxes["size"] = (0, 0, 0, 1), (4.0, 2.0, 1.5)
    for name, value in box.items():
        boxes[name][1] = value
    offset = np.linspace(0, TURN_S, COLUMNS, endpoint=False, dtype=np.float32)[None]
    shape = np.zeros((1, COLUMNS), np.float32) if ranges is None else ranges.astype(np.float32)[None]
    data = {"range": shape, "intensity": shape, "time_offset": offset}
    pose = np.array([100.0, 50.0, 1.0, *from_yaw(0.7)])
    return SensorFrame("top", "lidar", 3, 0, int(TURN_S * 1e9), int(TURN_S * 1e9), pose, data, boxes_3d=boxes)


@pytest.mark.parametrize(
    ("position", "passed_s"), [((10, 0, 0), 0.05), ((0, 10, 0), 0.025), ((0, -10, 0), 0.075), ((-9, 9, 0), 0.0125)]
)
def test_a_box_stands_where_it_was_passed(position: tuple[float, ...], passed_s: float) -> None:
    velocity = np.array([20.0, -4.0, 0.0])
    truth = lidar_truth(sweep(position=position, velocity=velocity), INFO, EGO, {CAR: 0.4})
    expected = np.array(position) + velocity * passed_s + MOUNT[:3]
    np.testing.assert_allclose(truth.boxes[0, :3], expected, atol=0.01)
    assert truth.ids.tolist() == [CAR] and truth.share.tolist() == [0.4]
    assert truth.range_m[0] == pytest.approx(np.hypot(*(expected - MOUNT[:3])[:2]))


def test_points_of_a_passed_car_lie_on_its_box() -> None:
    """The sensor drives at 30 m/s behind a car that drives at 25: compensated points of its rear are on the rear."""
    ego, car = np.array([30.0, 0.0, 0.0]), np.array([25.0, 0.0, 0.0])
    times = np.linspace(0, TURN_S, COLUMNS, endpoint=False)
    rear_x = 18.0 + (car - ego)[0] * times  # seen from the sensor as each column fires
    ranges = np.where(np.abs(np.tan(AZIMUTH) * rear_x) < 1.0, rear_x / np.cos(AZIMUTH), 0.0)
    ranges[np.abs(AZIMUTH) > 1.0] = 0.0
    frame = sweep(ranges, position=(20.0, 0.0, 0.0), velocity=car)
    start, heading = frame.pose_w[:3], frame.pose_w[3:]
    ends = np.stack([start, start + rotate(heading, ego) * TURN_S])
    track = PoseTrack(np.array([0.0, TURN_S]), ends, np.stack([heading, heading]))
    view = view_of(frame, INFO, track, depth=False)
    assert isinstance(view, LidarView)
    rear = lidar_truth(frame, INFO, EGO, {}).boxes[0, 0] - 2.0 - MOUNT[0]
    points = view.points()
    assert len(points) > 5 and np.abs(points[:, 0] - rear).max() < 0.05
    assert np.abs(view.points(compensated=False)[:, 0] - rear).max() > 1.0, "without compensation they are metres off"


def test_a_model_does_not_learn_where_in_the_world_it_is() -> None:
    frame = sweep()
    track = PoseTrack(np.array([0.0, 0.1]), np.array([[9.0, 9, 9], [10, 9, 9]]), np.stack([from_yaw(1.0)] * 2))
    view = view_of(frame, INFO, track, depth=False)
    assert isinstance(view, LidarView)
    np.testing.assert_allclose(view.track.position_w[0], 0.0, atol=1e-12)
    np.testing.assert_allclose(view.track.orientation_w, [[0, 0, 0, 1]] * 2, atol=1e-12)


def test_detections_of_a_tilted_sensor_are_told_upright() -> None:
    mount = np.concatenate([[1.0, 2.0, 3.0], from_rpy(0.0, 0.3, np.pi / 2)])
    row = np.array([[10.0, 0, 0, 4, 2, 1.5, 0.2, 0.9, 0]])
    told = to_carrier(row, mount)
    np.testing.assert_allclose(told[0, :3], mount[:3] + rotate(mount[3:], [10.0, 0, 0]))
    ahead = rotate(mount[3:], [np.cos(0.2), np.sin(0.2), 0.0])
    assert told[0, 6] == pytest.approx(np.arctan2(ahead[1], ahead[0]))
    np.testing.assert_array_equal(told[0, 3:6], row[0, 3:6])


def test_rows_go_to_a_file_and_back() -> None:
    truth = lidar_truth(sweep(position=(12.3456, -7.0, 0.5), velocity=(1, 2, 0), points=17), INFO, EGO, {})
    again = Truth.of_rows(truth.rows(), "lidar")
    for name in ("ids", "groups", "boxes", "range_m", "points", "share"):
        np.testing.assert_allclose(getattr(again, name), getattr(truth, name), rtol=1e-5)
    assert Truth.of_rows([], "camera").boxes.shape == (0, 4)


def test_boxes_in_pictures_are_the_visible_ones() -> None:
    flat = np.zeros(3, BOX_2D)
    flat["id"], flat["class"] = (EGO, CAR, 3), SemanticClass.PERSON
    flat["visible_px"], flat["visible_share"] = (90, 40, 0), (1.0, 0.5, 0.0)
    flat["x0"], flat["x1"], flat["y1"] = 5, 15, 20
    solid = np.zeros(3, BOX_3D)
    solid["id"], solid["position"] = (EGO, CAR, 3), (0, 0, 12)
    frame = SensorFrame("front", "camera", 0, 0, 1, 1, np.eye(7)[6], {}, boxes_2d=flat, boxes_3d=solid)
    truth = camera_truth(frame, EGO)
    assert truth is not None and truth.ids.tolist() == [CAR] and truth.range_m.tolist() == [12.0]
    assert truth.boxes.tolist() == [[5, 0, 15, 20]] and truth.share.tolist() == [0.5]
