"""The whole chain against closed forms, and its noise against its law. Significance of the statistical tests: 1e-4."""

from dataclasses import fields

import numpy as np
import pytest
import trimesh
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.scene import Material
from scipy import stats

SEES_ALL = 1e5


def exact(model: str = "OS1-64", **values) -> Lidar:  # type: ignore[no-untyped-def]
    return Lidar(LidarConfig(model, noise=0.0, range_50_m=SEES_ALL, **values), stream_key=1)


def to_plane(lidar: Lidar, x, yaw=0.0):  # type: ignore[no-untyped-def]
    """Ranges to the plane x (B, C) from a sensor at the origin turned by yaw (B, C), and the cosine of incidence."""
    d, o = lidar.geometry.directions(), lidar.geometry.origins()
    c, s = np.cos(yaw), np.sin(yaw)
    along, ahead = c * d[..., 0] - s * d[..., 1], c * o[..., 0] - s * o[..., 1]
    with np.errstate(divide="ignore"):
        return (x - ahead) / along + lidar.geometry.origin_radius_m, along


@pytest.mark.parametrize("model", ["VLP-16", "HDL-32E", "OS1-64", "OS1-128"])
def test_still_sensor_measures_a_wall_exactly(model, make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar = exact(model)
    frame = lidar.sweep(make_tracer([wall(12.0)]), make_track(), 0.0, 0)
    expected, cosine = to_plane(lidar, 12.0)
    seen = cosine > 0.3
    np.testing.assert_allclose(frame.true_range[seen], expected[seen], atol=1e-4)
    step = lidar.table.range_step_m
    assert np.abs(frame.range - frame.true_range).max() <= step / 2 + 1e-5
    steps = frame.range.astype(float) / step
    np.testing.assert_allclose(steps, np.rint(steps), atol=2e-3)
    assert not frame.range[cosine < 0].any()
    x, y, z = (frame.points()[name] for name in "xyz")
    np.testing.assert_allclose(x[np.hypot(y, z) < 30.0], 12.0, atol=step)


def test_still_sensor_measures_a_sphere_exactly(make_tracer, make_track, thing) -> None:  # type: ignore[no-untyped-def]
    centre, radius = np.array([8.0, 3.0, 0.5]), 1.5
    lidar = exact()
    tracer = make_tracer([thing(trimesh.creation.icosphere(6, radius), centre)])
    frame = lidar.sweep(tracer, make_track(), 0.0, 0)
    d, o = lidar.geometry.directions(), lidar.geometry.origins() - centre
    b = np.sum(o * d, axis=-1)
    disc = b * b - np.sum(o * o, axis=-1) + radius**2
    inside = (disc > 0.05) & (b < 0.0)
    expected = -b - np.sqrt(np.maximum(disc, 0.0)) + lidar.geometry.origin_radius_m
    assert inside.sum() > 500
    np.testing.assert_allclose(frame.true_range[inside], expected[inside], atol=2e-3)


@pytest.mark.parametrize("model", ["VLP-16", "OS1-64"])
@pytest.mark.parametrize(("speed", "yaw_rate"), [(20.0, 0.0), (0.0, 1.5), (20.0, 1.5)])
def test_motion_of_the_sensor_shifts_each_ray(model, speed, yaw_rate, make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar = exact(model)
    frame = lidar.sweep(make_tracer([wall(30.0)]), make_track((speed, 0, 0), yaw_rate), 0.0, 0)
    t = frame.time_offset.astype(float)
    expected, cosine = to_plane(lidar, 30.0 - speed * t, yaw_rate * t)
    seen = cosine > 0.4
    assert seen.sum() > 5000
    assert np.abs(frame.true_range[seen] - expected[seen]).max() < 1e-3
    still, _ = to_plane(lidar, 30.0)
    assert np.abs(frame.true_range[seen] - still[seen]).max() > 0.5


def test_motion_of_a_target_shifts_each_ray(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar = exact("VLP-16")
    frame = lidar.sweep(make_tracer([wall(20.0, velocity=-15.0)]), make_track(), 0.0, 0)
    expected, cosine = to_plane(lidar, 20.0 - 15.0 * frame.time_offset.astype(float))
    seen = cosine > 0.4
    assert np.abs(frame.true_range[seen] - expected[seen]).max() < 1e-3


def test_compensation_makes_a_static_wall_flat_again(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar, track = exact("OS1-128", columns=512), make_track((20.0, 1.0, 0.0), 1.5)
    frame = lidar.sweep(make_tracer([wall(15.0)]), track, 0.0, 0)

    def off_plane(rows):  # type: ignore[no-untyped-def]
        return rows["x"][np.hypot(rows["y"], rows["z"]) < 20.0] - 15.0

    flat = off_plane(frame.points(compensate=True, track=track))
    assert len(flat) > 5000
    assert np.sqrt(np.mean(flat**2)) < 1e-3
    assert np.std(off_plane(frame.points())) > 0.1
    with pytest.raises(ValueError, match="got no track"):
        frame.points(compensate=True)


@pytest.mark.parametrize(("x", "nir"), [(5.0, 0.8), (20.0, 0.3), (50.0, 0.2)])
def test_range_noise_follows_its_law(x, nir, make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar = Lidar(LidarConfig("OS1-128"), stream_key=3)
    table = lidar.table
    tracer, track = make_tracer([wall(x, nir)]), make_track()
    z = []
    for index in range(3):
        frame = lidar.sweep(tracer, track, 0.0, index)
        _, cosine = to_plane(lidar, x)
        real = (frame.true_range > 0) & (cosine > 0.8)
        strength = nir * cosine[real] / 0.1 * (table.range_50_m / frame.true_range[real]) ** 2
        sigma = np.sqrt(table.range_noise_floor_m**2 + table.range_noise_m**2 / strength)
        z.append((frame.range[real] - frame.true_range[real]) / sigma)
    z_ = np.concatenate(z)
    assert len(z_) > 5000
    low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], len(z_))
    assert low < np.sum(z_**2) < high
    assert abs(z_.mean()) * np.sqrt(len(z_)) < 3.9


@pytest.mark.parametrize("x", [45.0, 55.0, 65.0])
def test_share_of_detections_follows_its_law(x, make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar = Lidar(LidarConfig("OS1-128"), stream_key=4)
    tracer, track = make_tracer([wall(x, 0.1)]), make_track()
    ranges, cosine = to_plane(lidar, x)
    facing = cosine > 0.98
    strength = cosine[facing] * (55.0 / ranges[facing]) ** 2
    slope = stats.norm.ppf(0.9) / (0.82**-2 - 1)
    p = stats.norm.cdf(slope * (strength - 1))
    p -= np.where(strength < 1, stats.norm.cdf(-slope) * (1 - strength), 0.0)
    found = sum((lidar.sweep(tracer, track, 0.0, k).true_range[facing] > 0).sum() for k in range(3))
    assert abs(found - 3 * p.sum()) < 3.9 * np.sqrt(3 * np.sum(p * (1 - p)))


def test_false_alarms_come_at_their_rate_and_carry_no_label(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar = Lidar(LidarConfig("OS1-128"), stream_key=5)
    tracer, track = make_tracer([wall(500.0)]), make_track()
    count, rays = 0, 0
    for index in range(6):
        frame = lidar.sweep(tracer, track, 0.0, index)
        false = frame.range > 0
        assert not frame.instance[false].any() and not frame.semantic[false].any() and not frame.true_range.any()
        assert np.all(frame.range[false] <= lidar.max_range_m)
        count, rays = count + false.sum(), rays + false.size
    low, high = stats.poisson.ppf([5e-5, 1 - 5e-5], rays * lidar.table.false_alarm)
    assert low <= count <= high


def test_reach_depends_on_reflectance_and_ends_at_the_cap(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar = Lidar(LidarConfig("OS1-64", noise=0.0), stream_key=1)
    _, cosine = to_plane(lidar, 1.0)
    ray = np.unravel_index(np.argmax(cosine), cosine.shape)

    def sees(x: float, **look: float) -> bool:
        return bool(lidar.sweep(make_tracer([wall(x, **look)]), make_track(), 0.0, 0).range[ray] > 0)

    assert (sees(39.0, nir=0.1), sees(41.0, nir=0.1)) == (True, False)
    assert (sees(112.0, nir=0.8), sees(114.0, nir=0.8)) == (True, False)
    assert (sees(119.0, nir=0.1, retro=50.0), sees(121.0, nir=0.1, retro=50.0)) == (True, False)


def test_brighter_surfaces_report_higher_intensity(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar = exact()
    _, cosine = to_plane(lidar, 1.0)
    ray = np.unravel_index(np.argmax(cosine), cosine.shape)
    looks = [(0.05, 0.0), (0.1, 0.0), (0.4, 0.0), (0.8, 0.0), (0.8, 4.0), (0.8, 200.0)]
    seen = [
        int(lidar.sweep(make_tracer([wall(10.0, nir, retro)]), make_track(), 0.0, 0).intensity[ray])
        for nir, retro in looks
    ]
    assert seen == sorted(set(seen))
    assert seen[2] == 40


def test_a_pane_returns_head_on_and_is_looked_through_aslant(make_tracer, make_track, wall, thing) -> None:  # type: ignore[no-untyped-def]
    glass = Material(nir_reflectance=0.04, transparency=0.85)
    pane = thing(trimesh.creation.box((0.004, 30.0, 30.0)), (3.0, 0.0, 0.0), glass)
    lidar = exact()
    frame = lidar.sweep(make_tracer([pane, wall(10.0, 0.5)]), make_track(), 0.0, 0)
    bare = lidar.sweep(make_tracer([wall(10.0, 0.5)]), make_track(), 0.0, 0)
    _, cosine = to_plane(lidar, 1.0)
    head_on, aslant = cosine > 0.99, (cosine > 0.6) & (cosine < 0.8)
    assert np.all(frame.instance[head_on] == 1)
    assert np.all(frame.instance[aslant] == 2)
    np.testing.assert_array_equal(frame.true_range[aslant], bare.true_range[aslant])
    # both faces of the pane are crossed twice
    np.testing.assert_allclose(frame.intensity[aslant], 0.85**4 * bare.intensity[aslant], atol=1.0)


def test_labels_are_those_of_the_traced_surface(make_tracer, make_track, wall, thing) -> None:  # type: ignore[no-untyped-def]
    box, ball = trimesh.creation.box((2.0, 4.0, 3.0)), trimesh.creation.icosphere(3, 1.0)
    things = [
        wall(30.0),
        thing(box, (9, 2, 0), velocity=(0, -12, 0), semantic=13),
        thing(ball, (7, -3, 0), semantic=19),
    ]
    tracer, track = make_tracer(things), make_track((15.0, 0.0, 0.0), -1.0)
    lidar = Lidar(LidarConfig("OS1-64"), stream_key=6)
    frame = lidar.sweep(tracer, track, 0.0, 0)
    real = frame.true_range > 0
    times = frame.time_offset.astype(float)
    from cornercase.renderers.transforms import rotate

    position, q = track.at(times)
    origins, directions = position + rotate(q, lidar.geometry.origins()), rotate(q, lidar.geometry.directions())
    hits = tracer.trace(origins[real], directions[real], times[real])
    same = hits.label == frame.instance[real]
    # the kernel interpolates poses within columns, so a ray on an edge may fall to the other side
    assert same.mean() > 0.9995
    np.testing.assert_array_equal(hits.semantic[same], frame.semantic[real][same])
    np.testing.assert_allclose(hits.t[same] + lidar.geometry.origin_radius_m, frame.true_range[real][same], rtol=1e-4)
    assert set(np.unique(frame.instance)) == {0, 1, 2, 3}
    assert np.all(frame.range[frame.instance > 0] > 0)
    rows = frame.points()
    assert len(rows) == (frame.range > 0).sum()
    np.testing.assert_array_equal(rows["instance"], frame.instance[rows["beam"], rows["column"]])


def test_head_turns_clockwise_from_the_rear(make_tracer, make_track, thing) -> None:  # type: ignore[no-untyped-def]
    # a post on the left is met at a quarter of the turn, one on the right at three quarters
    post = trimesh.creation.box((0.3, 0.3, 9.0))
    tracer = make_tracer([thing(post, (0, 8, 0)), thing(post, (0, -8, 0))])
    frame = exact("VLP-16").sweep(tracer, make_track(), 0.0, 0)
    times = [frame.time_offset[frame.instance == k].mean() for k in (1, 2)]
    np.testing.assert_allclose(times, [0.025, 0.075], atol=5e-4)


def test_same_key_and_index_repeat_and_others_differ(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    tracer, track = make_tracer([wall(30.0)]), make_track()

    def sweep(key: int, index: int):  # type: ignore[no-untyped-def]
        return Lidar(LidarConfig(), stream_key=key).sweep(tracer, track, 0.0, index)

    first, again, later, other = sweep(7, 0), sweep(7, 0), sweep(7, 1), sweep(8, 0)
    for field in ("range", "intensity", "instance", "semantic", "true_range", "time_offset"):
        np.testing.assert_array_equal(getattr(first, field), getattr(again, field))
    for changed in (later, other):
        both = (first.range > 0) & (changed.range > 0)
        assert (
            np.corrcoef((first.range - first.true_range)[both], (changed.range - changed.true_range)[both])[0, 1] < 0.05
        )


def test_intrinsics_carry_the_geometry() -> None:
    lidar = Lidar(LidarConfig("VLP-16"), stream_key=1)
    values = lidar.intrinsics()
    assert {f.name for f in fields(lidar.geometry)} - set(values) == {"origin_height_m"}
    assert np.shape(values["origin_m"]) == (16, 3)
    assert values["range_step_m"] == 0.002


def test_bad_configs_are_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'VLP-16'"):
        LidarConfig("VLP16")
    with pytest.raises(ValueError, match="lidar noise is -1"):
        LidarConfig(noise=-1.0)
    with pytest.raises(ValueError, match="at 10 Hz: expected one of"):
        LidarConfig(columns=1000)
