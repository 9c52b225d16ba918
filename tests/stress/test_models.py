"""The built-in detectors on scenes whose contents are known."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from cornercase.renderers.pose_track import PoseTrack
from cornercase.sim.stress.frames import CameraView, LidarView
from cornercase.sim.stress.models.ground import height_above_ground
from cornercase.sim.stress.models.lidar_cluster import LidarCluster
from cornercase.sim.stress.models.moving_blobs import MovingBlobs
from cornercase.sim.stress.models.rectangle import Rectangle, fit
from cornercase.sim.world.classes import SemanticClass
from hypothesis import given, settings
from hypothesis import strategies as st

HEIGHT = 1.8
"""Of the lidar over the road."""


@dataclass(frozen=True, eq=False)
class Cloud(LidarView):
    """A turn given by its points."""

    cloud: np.ndarray = field(default_factory=lambda: np.empty((0, 3)))

    def points(self, *, compensated: bool = True) -> np.ndarray:
        return np.column_stack([self.cloud, np.zeros((len(self.cloud), 3))]).astype(np.float32)


def view(cloud: np.ndarray) -> Cloud:
    still = PoseTrack(np.zeros(1), np.zeros((1, 3)), np.array([[0.0, 0.0, 0.0, 1.0]]))
    empty = np.empty((0, 0), np.float32)
    mount = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0])
    return Cloud("top", 0.1, 0.1, mount, {}, empty, empty, empty, still, 10.0, cloud=cloud)


def road(slope: float = 0.0) -> np.ndarray:
    x, y = (a.ravel() for a in np.meshgrid(np.arange(-40, 40, 0.5), np.arange(-15, 15, 0.5)))
    return np.column_stack([x, y, slope * x - HEIGHT])


def faces(x: float, y: float, length: float, width: float, height: float, yaw: float) -> np.ndarray:
    """Points on the two faces of a box that are turned to the sensor, every 10 cm, over a flat road."""
    u, v = np.arange(0, length + 1e-9, 0.1) - length / 2, np.arange(0, width + 1e-9, 0.1) - width / 2
    c, s = np.cos(yaw), np.sin(yaw)
    own = -np.array([c * x + s * y, -s * x + c * y])  # the sensor in the frame of the box
    side = np.column_stack([u, np.full_like(u, np.copysign(width / 2, own[1]))])
    front = np.column_stack([np.full_like(v, np.copysign(length / 2, own[0])), v])
    seen = np.concatenate(
        [side if abs(own[1]) > width / 2 else side[:0], front if abs(own[0]) > length / 2 else front[:0]]
    )
    flat = np.column_stack([x + c * seen[:, 0] - s * seen[:, 1], y + s * seen[:, 0] + c * seen[:, 1]])
    z = np.arange(0.1, height, 0.2)
    return np.column_stack([np.repeat(flat, len(z), axis=0), np.tile(z, len(flat)) - HEIGHT])


@pytest.mark.parametrize("yaw_deg", [0.0, 15.0, 60.0])
@pytest.mark.parametrize(("x", "y"), [(15.0, 4.0), (12.0, -6.0), (-20.0, 3.5)])
def test_a_car_among_the_road_is_found_where_it_is(x: float, y: float, yaw_deg: float) -> None:
    yaw = np.deg2rad(yaw_deg)
    (box,) = LidarCluster()({"top": view(np.concatenate([road(), faces(x, y, 4.4, 1.8, 1.5, yaw)]))})["top"]
    assert np.hypot(box[0] - x, box[1] - y) < 0.3 and box[8] == SemanticClass.CAR
    turned = (box[6] - yaw + np.pi / 2) % np.pi - np.pi / 2
    assert abs(turned) < np.deg2rad(6.0)  # 0.1 m over the rear of 1.8 m, and the step of the search
    assert box[2] == pytest.approx(0.75 - HEIGHT, abs=0.15) and 0.0 < box[7] < 1.0


def test_a_car_seen_from_behind_goes_on_behind_its_rear() -> None:
    rear = faces(20.0, 0.0, 4.4, 1.8, 1.5, 0.0)
    (box,) = LidarCluster()({"top": view(np.concatenate([road(), rear]))})["top"]
    assert np.hypot(box[0] - 20.0, box[1]) < 0.3 and box[3] > box[4]


@pytest.mark.parametrize(
    ("size", "kind"),
    [
        ((0.5, 0.5, 1.7), SemanticClass.PERSON),
        ((7.5, 2.4, 3.2), SemanticClass.TRUCK),
        ((4.4, 1.8, 1.5), SemanticClass.CAR),
    ],
)
def test_the_class_is_that_of_the_size(size: tuple[float, float, float], kind: SemanticClass) -> None:
    (box,) = LidarCluster()({"top": view(np.concatenate([road(), faces(10.0, 6.0, *size, 0.0)]))})["top"]
    assert box[8] == kind


def test_walls_poles_the_road_and_the_own_roof_are_nothing() -> None:
    wall, pole = faces(5.0, 8.0, 30.0, 0.3, 0.9, 0.0), faces(8.0, -5.0, 0.3, 0.3, 3.8, 0.0)
    roof = np.column_stack([*np.random.default_rng(0).uniform(-1, 1, (2, 80)), np.full(80, -0.4)])
    found = LidarCluster()({"top": view(np.concatenate([road(0.02), wall, pole, roof]))})["top"]
    assert len(found) == 0
    assert len(LidarCluster()({"top": view(np.empty((0, 3)))})["top"]) == 0


def test_heights_on_a_slope() -> None:
    ground = road(0.04)
    bump = np.array([[10.0, 3.2, 0.4 - HEIGHT + 1.2]])
    height = height_above_ground(np.concatenate([ground, bump]))
    assert np.abs(height[:-1]).max() < 0.3 and height[-1] == pytest.approx(1.2, abs=0.3)


@settings(max_examples=40, deadline=None)
@given(st.floats(-20, 20), st.floats(5, 30), st.floats(2.0, 6.0), st.floats(0.9, 1.8), st.floats(0.0, 1.55))
def test_the_rectangle_of_two_faces(x: float, y: float, length: float, width: float, yaw: float) -> None:
    points = faces(x, y, length, width, 0.2, yaw)[:, :2]
    found = fit(points)
    inside = points - (found.x, found.y)
    c, s = np.cos(found.yaw), np.sin(found.yaw)
    assert np.all(np.abs(inside @ (c, s)) <= found.length / 2 + 1e-9)
    assert np.all(np.abs(inside @ (-s, c)) <= found.width / 2 + 1e-9)
    assert found.length * found.width <= (length + 0.4) * (width + 0.4)


def test_stretching_grows_away_from_the_sensor() -> None:
    seen = Rectangle(10.0, 0.0, 0.2, 1.8, 0.0)
    whole = seen.stretched(4.5, 1.8)
    assert (whole.x, whole.y, whole.length, whole.width) == pytest.approx((9.9 + 2.25, 0.0, 4.5, 1.8))
    behind = Rectangle(-10.0, 0.0, 0.2, 1.8, 0.0).stretched(4.5, 1.8)
    assert behind.x == pytest.approx(-12.15)


def test_what_moves_before_a_standing_camera_is_found() -> None:
    rng, model = np.random.default_rng(3), MovingBlobs()
    still = rng.integers(60, 120, (120, 160, 3))
    for k in range(25):
        picture = still + rng.integers(-2, 3, still.shape)
        if k >= 15:
            picture[40:70, 4 * k : 4 * k + 20] = (220, 40, 40)
        frame = CameraView("cell", k / 10, k / 10, np.eye(7)[6], {}, picture.astype(np.uint8))
        found = model({"cell": frame})["cell"]
        if k == 14:
            assert len(found["boxes"]) == 0
    assert np.abs(found["boxes"][np.argmax(found["scores"])] - (96, 40, 116, 70)).max() <= 6
