import numpy as np
import pytest
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.lidar.points import ScanGeometry, deskewed
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.transforms import conjugate, from_rpy, from_yaw, rotate, slerp


def test_points_lie_at_their_range_from_the_axis_side_of_the_beam() -> None:
    geometry = Lidar(LidarConfig("OS1-64"), stream_key=1).geometry
    ranges = np.full((64, 1024), 20.0)
    points = geometry.points(ranges)
    travelled = np.linalg.norm(points - geometry.origins(), axis=-1)
    np.testing.assert_allclose(travelled + geometry.origin_radius_m, 20.0)
    np.testing.assert_allclose(np.linalg.norm(geometry.directions(), axis=-1), 1.0)
    # Ouster: x = (r - n) cos(encoder + offset) cos(elevation) + n cos(encoder)
    b, c, n = 7, 300, geometry.origin_radius_m
    encoder, offset, elevation = geometry.azimuth_rad[c], geometry.azimuth_offset_rad[b], geometry.elevation_rad[b]
    assert points[b, c, 0] == pytest.approx(
        (20.0 - n) * np.cos(encoder + offset) * np.cos(elevation) + n * np.cos(encoder)
    )


def test_a_still_sensor_needs_no_compensation() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(50, 3))
    track = PoseTrack(np.zeros(1), np.array([[3.0, -2.0, 1.0]]), from_rpy(0.2, 0.1, 2.0)[None])
    np.testing.assert_allclose(deskewed(points, rng.uniform(0, 1, 50), track, 0.5), points, atol=1e-12)


def test_compensation_undoes_any_rigid_motion() -> None:
    rng = np.random.default_rng(2)
    times = np.array([0.0, 1.0])
    p = rng.normal(size=(2, 3))
    q = np.stack([from_yaw(0.3), from_rpy(0.2, -0.4, 1.5)])
    track = PoseTrack(times, p, q)
    fixed_w, when = rng.normal(size=(40, 3)), rng.uniform(0, 1, 40)
    here = p[0] + when[:, None] * (p[1] - p[0])
    seen = rotate(conjugate(slerp(q[0], q[1], when)), fixed_w - here)
    back = deskewed(seen, when, track, 0.0)
    np.testing.assert_allclose(back, rotate(conjugate(q[0]), fixed_w - p[0]), atol=1e-12)


def test_destaggered_columns_look_one_way() -> None:
    geometry = Lidar(LidarConfig("OS1-128", columns=2048), stream_key=1).geometry
    azimuth = geometry.azimuth_rad + geometry.azimuth_offset_rad[:, None]
    spread = np.ptp(np.unwrap(geometry.destaggered(azimuth)[:, 100:-100], axis=0), axis=0)
    assert spread.max() < 1.01 * 2 * np.pi / 2048
    assert np.ptp(azimuth, axis=0).min() > 0.1


def test_geometry_without_stagger_stays() -> None:
    geometry = ScanGeometry(np.array([0.1, -0.1]), -np.arange(8.0), np.zeros(2), np.zeros(2))
    image = np.arange(16).reshape(2, 8)
    np.testing.assert_array_equal(geometry.destaggered(image), image)
