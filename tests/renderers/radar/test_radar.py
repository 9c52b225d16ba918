"""The whole chain against closed forms, and its noise against its laws. Significance of the statistical tests: 1e-4."""

import numpy as np
import pytest
import trimesh
from cornercase.renderers.air import Air
from cornercase.renderers.radar.cells import folded
from cornercase.renderers.radar.kernel import Field, Instant, illuminate, new_echoes
from cornercase.renderers.radar.specs import RadarSpec
from cornercase.renderers.radar.surfaces import cross_section, mirror_share
from cornercase.renderers.radar.weather import attenuation_per_m
from cornercase.renderers.scene import Environment
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.tracers.tables import new_ray
from cornercase.renderers.transforms import from_yaw
from cornercase.renderers.truth import Truth
from scipy import integrate, stats

CAR, WALL, RAIL, ROAD = 13, 7, 8, 1


def ball(radius: float = 0.5) -> trimesh.Trimesh:
    return trimesh.creation.icosphere(4, radius)


def in_area(rows):  # type: ignore[no-untyped-def]
    """Sum of the cross-sections [m^2]."""
    return float(np.sum(10.0 ** (rows["rcs"].astype(float) / 10.0)))


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ((0.7, 0.05, 0.0), 0.7 * np.pi),
        ((0.0, 0.5, 0.3), 8 / 3 * 0.3 * np.pi),
        ((1.0, 0.02, 0.2), np.pi * (1 + 1.6 / 3)),
    ],
)
def test_a_sphere_has_the_cross_section_of_geometrical_optics(surface, expected) -> None:  # type: ignore[no-untyped-def]
    # projected area elements of the unit sphere: 2 pi sin cos d(theta)
    total, _ = integrate.quad(
        lambda t: cross_section(*surface, np.cos(t)) * 2 * np.pi * np.sin(t) * np.cos(t), 0, np.pi / 2, points=[0.1]
    )
    assert total == pytest.approx(expected, rel=0.01)


def test_rays_add_up_to_the_sphere(thing, scene) -> None:  # type: ignore[no-untyped-def]
    table = np.tile([0.0, 0.5, 0.3, 0.0], (256, 1))
    tracer = EmbreeTracer(scene([thing(ball(0.8), label=CAR, positions=[(120.0, 0.4, 0.1)])]))
    out = new_echoes(200 * 200)
    field = Field(0.012, 0.012, 200, 200, 0, 0.2, 200.0, 0.0039, 1.0)
    pose, still = np.array([0.0, 0, 0, 0, 0, 0, 1.0]), Instant(0.0, 0.0, 0.0, 0.0)
    count = illuminate(tracer.tables, new_ray(), field, still, np.uint64(4), pose, np.zeros(3), table, out)
    # flat facets: the normals of an icosphere of level 4 are off by 2 degrees at most
    assert out.values[:count, 4].sum() == pytest.approx(8 / 3 * 0.3 * np.pi * 0.8**2, rel=0.02)
    assert np.all(np.abs(out.values[:count, 3]) < 1e-12)


@pytest.mark.parametrize("distance", [20.0, 60.0])
def test_clean_sensor_reports_place_speed_and_size(distance, thing, scene, make_radar, make_track, path, keys) -> None:  # type: ignore[no-untyped-def]
    velocity, ego = (-8.0, 1.0, 0.0), (11.0, -4.0, 0.5)
    at = np.array([distance, 1.5, 0.0])
    world = scene([thing(ball(), label=CAR, positions=path(at, velocity))], times=keys)
    radar = make_radar(spec=RadarSpec(rays_azimuth=600, rays_elevation=400), noise=0.0, bounces=0)
    frame = radar.capture(EmbreeTracer(world), make_track(ego), 0.0, 0, clean=True)
    d = frame.detections[frame.detections["snr"] > 20.0]
    assert len(d) and np.all(d["instance"] == CAR) and np.all(d["semantic"] == CAR) and not frame.missed.size
    best = d[np.argmax(d["snr"])]
    nearest = np.linalg.norm(at) - 0.5
    assert best["range"] == pytest.approx(nearest, abs=0.15)
    assert best["azimuth"] == pytest.approx(np.arctan2(1.5, distance), abs=0.012)
    towards = (np.array(velocity) - ego) @ at / np.linalg.norm(at)
    assert best["velocity"] == pytest.approx(towards, abs=0.03)
    assert best["folds"] == 0 and best["truth"] == Truth.SOUND
    # the cross-section is that of a sphere of a car's surface
    car = (0.9, 0.25, 0.20)
    whole, _ = integrate.quad(
        lambda t: cross_section(*car, np.cos(t)) * 0.5 * np.pi * np.sin(t) * np.cos(t), 0, np.pi / 2, points=[0.3]
    )
    assert in_area(frame.detections) == pytest.approx(whole, rel=0.12)


def test_power_falls_with_the_fourth_power_of_range(thing, scene, make_radar, make_track) -> None:  # type: ignore[no-untyped-def]
    spec = RadarSpec(rays_azimuth=900, rays_elevation=500, azimuth_fov_deg=3.0, elevation_fov_deg=1.0)
    plate = trimesh.creation.box((0.01, 0.2, 0.2))
    snr = []
    for distance in (20.0, 40.0):  # in the middle of an azimuth cell, so that all of it lies in one
        tracer = EmbreeTracer(scene([thing(plate, label=CAR, positions=[(distance, distance / 72, 0.0)])]))
        rows = make_radar(spec=spec, noise=0.0).capture(tracer, make_track(), 0.0, 0, clean=True).detections
        assert len(rows) == 1
        snr.append(10 ** (float(rows["snr"][0]) / 10))
    assert snr[0] / snr[1] == pytest.approx(16.0, rel=0.05)


def test_a_turning_body_spreads_in_doppler(thing, scene, make_radar, make_track, keys) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    box = trimesh.creation.box((0.05, 2.0, 1.0))
    world = scene([thing(box, label=CAR, positions=[(15.0, 0.0, 0.0)] * 3)], times=keys)
    rate = 6.0
    turned = replace(world, orientation_w=from_yaw(rate * (np.array(keys) - keys[1]))[:, None, :].copy())
    frame = make_radar(noise=0.0).capture(EmbreeTracer(turned), make_track(), 0.0, 0, clean=True)
    d = frame.detections
    # omega x r: the left end (y > 0) comes closer
    y = d["range"] * np.sin(d["azimuth"])
    assert np.ptp(d["velocity"]) > 9.0
    slope = np.polyfit(y, d["velocity"], 1, w=np.sqrt(10 ** (d["snr"] / 10)))[0]
    assert slope == pytest.approx(-rate, rel=0.15)


@pytest.mark.parametrize("velocity", [-100.0, -50.0, -3.0, 34.0, 36.0, 75.0])
def test_folding_is_undone_by_its_count(velocity: float) -> None:
    limit = 34.76
    v, folds = folded(velocity, limit)
    assert -limit <= v < limit and v + 2 * limit * folds == pytest.approx(velocity)


def test_fast_targets_fold_unless_resolved(thing, scene, make_radar, make_track, path, keys) -> None:  # type: ignore[no-untyped-def]
    tracer = EmbreeTracer(scene([thing(ball(1.0), label=CAR, positions=path((40.0, 0, 0), (-50.0, 0, 0)))], times=keys))
    folds_at = 2 * RadarSpec().max_velocity_mps
    for resolve, expected, truth in ((0.0, -50.0 + folds_at, Truth.DISPLACED), (1.0, -50.0, Truth.SOUND)):
        rows = make_radar(resolve=resolve).capture(tracer, make_track(), 0.0, 0, clean=True).detections
        best = rows[np.argmax(rows["snr"])]
        assert best["velocity"] == pytest.approx(expected, abs=0.2)
        assert best["velocity"] + folds_at * best["folds"] == pytest.approx(-50.0, abs=0.2)
        assert best["truth"] == truth and best["ambiguity"] == (resolve == 0.0)


@pytest.mark.parametrize("false_alarm", [1e-6, 1e-4])
def test_detection_follows_swerling_1(false_alarm, thing, scene, make_radar, make_track) -> None:  # type: ignore[no-untyped-def]
    # a small facing plate far away: all of it in one range and Doppler cell
    plate = trimesh.creation.box((0.01, 0.6, 0.6))
    tracer = EmbreeTracer(scene([thing(plate, label=19, positions=[(180.0, 2.5, 0.0)])]))
    spec = RadarSpec(azimuth_fov_deg=1.0, elevation_fov_deg=0.3, rays_azimuth=150, rays_elevation=40)
    radar = make_radar(spec=spec, false_alarm=false_alarm, bounces=0)
    quiet = make_radar(spec=spec, false_alarm=0.0999, noise=0.0, bounces=0)
    wanted, var, found = 0.0, 0.0, 0
    frames = 1000
    for index in range(frames):
        rows = radar.capture(tracer, make_track(), 0.0, index).detections
        found += int(np.count_nonzero(rows["instance"] == 19))
        if index < 40:  # the rays move a little from frame to frame
            mean = quiet.capture(tracer, make_track(), 0.0, index, clean=True).detections
            p = false_alarm ** (1 / (1 + 10 ** (mean["snr"].astype(float) / 10)))
            wanted, var = wanted + p.sum() / 40, var + np.sum(p * (1 - p)) / 40
    assert 0.05 < wanted < 0.95
    assert abs(found - frames * wanted) < 3.9 * np.sqrt(frames * var) + 0.01 * frames * wanted


def test_false_alarms_come_at_their_rate(thing, scene, make_radar, make_track) -> None:  # type: ignore[no-untyped-def]
    tracer = EmbreeTracer(scene([thing(ball(), label=CAR, positions=[(-50.0, 0.0, 0.0)])]))
    radar = make_radar(false_alarm=1e-5)
    frames = [radar.capture(tracer, make_track(), 0.0, k).detections for k in range(60)]
    d = np.concatenate(frames)
    assert np.all(d["truth"] == Truth.PHANTOM) and not d["instance"].any() and not d["semantic"].any()
    spec = radar.spec
    share = 2 * np.sin(np.radians(9.0)) * spec.elements * spec.spacing_wavelengths / spec.elements
    low, high = stats.poisson.ppf([5e-5, 1 - 5e-5], 60 * 1e-5 * spec.cells * share)
    assert low <= len(d) <= high
    p = stats.kstest(d["range"], stats.uniform(spec.min_range_m, spec.max_range_m - spec.min_range_m).cdf).pvalue
    assert p > 1e-4
    assert (
        stats.kstest(d["velocity"], stats.uniform(-spec.max_velocity_mps, 2 * spec.max_velocity_mps).cdf).pvalue > 1e-4
    )


def test_errors_have_the_size_that_is_stated(thing, scene, make_radar, make_track) -> None:  # type: ignore[no-untyped-def]
    # one facing plate in the middle of a cell; the error of each detection in units of its stated deviation
    plate = trimesh.creation.box((0.01, 0.6, 0.6))
    tracer = EmbreeTracer(scene([thing(plate, label=CAR, positions=[(60.3, 0.84, 0.0)])]))
    spec = RadarSpec(azimuth_fov_deg=2.0, elevation_fov_deg=0.4, rays_azimuth=150, rays_elevation=40)
    noisy, quiet = make_radar(spec=spec, bounces=0), make_radar(spec=spec, bounces=0, noise=0.0)
    z: dict[str, list[float]] = {"range": [], "azimuth": [], "velocity": []}
    for index in range(450):
        truth = quiet.capture(tracer, make_track(), 0.0, index).detections
        rows = noisy.capture(tracer, make_track(), 0.0, index).detections
        rows = rows[rows["instance"] == CAR]
        true = truth[np.argmax(truth["snr"])]
        for row in rows[np.abs(rows["azimuth"] - true["azimuth"]) < 0.012]:
            for name, errors in z.items():
                errors.append((row[name] - true[name]) / row[f"{name}_sigma"])
    for name, values in z.items():
        low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], len(values))
        assert len(values) > 200 and low < np.sum(np.square(values)) < high, name


def test_a_wall_shows_the_mirror_image(thing, scene, make_radar, make_track, path, keys) -> None:  # type: ignore[no-untyped-def]
    # wall along the road at y = 3; the car's image stands at y = 6 - y_car
    wall = thing(trimesh.creation.box((60.0, 0.2, 4.0)), label=WALL, positions=[(40.0, 3.1, 0.0)])
    car, velocity = np.array([50.0, -2.0, 0.0]), (-12.0, 2.0, 0.0)
    world = EmbreeTracer(scene([wall, thing(ball(1.0), label=CAR, positions=path(car, velocity))], times=keys))
    spec = RadarSpec(rays_azimuth=500, rays_elevation=100)
    radar = make_radar(spec=spec, noise=0.0, bounces=1)
    frame = radar.capture(world, make_track(), 0.0, 0)
    ghosts = frame.detections[(frame.detections["truth"] & Truth.PHANTOM) > 0]
    assert len(ghosts)
    image, motion = np.array([50.0, 8.0, 0.0]), np.array([-12.0, -2.0, 0.0])
    best = ghosts[np.argmax(ghosts["snr"])]
    assert best["range"] == pytest.approx(np.linalg.norm(image) - 1.0, abs=0.4)
    assert best["azimuth"] == pytest.approx(np.arctan2(8.0, 50.0), abs=0.01)
    assert best["velocity"] == pytest.approx(motion @ image / np.linalg.norm(image), abs=0.1)
    direct = frame.detections[frame.detections["instance"] == CAR]
    assert best["rcs"] < direct["rcs"].max() - 3.0
    # nothing of it without mirrors, nor in the clean twin
    for other in (make_radar(spec=spec, noise=0.0, bounces=0).capture(world, make_track(), 0.0, 0),
                  radar.capture(world, make_track(), 0.0, 0, clean=True)):  # fmt: skip
        assert not np.any(other.detections["truth"] & Truth.PHANTOM)


def test_a_car_is_seen_under_the_one_in_front(thing, scene, make_radar, make_track) -> None:  # type: ignore[no-untyped-def]
    # the first hides the second from sight, but stands 0.3 m above the road
    road = thing(trimesh.creation.box((200.0, 20.0, 0.2)), label=ROAD, positions=[(90.0, 0.0, -0.1)])
    near = thing(trimesh.creation.box((4.0, 1.8, 1.4)), label=CAR, positions=[(20.0, 0.0, 1.0)])
    far = thing(trimesh.creation.box((4.0, 1.8, 1.4)), label=14, positions=[(45.0, 0.0, 1.0)])
    tracer = EmbreeTracer(scene([road, near, far]))
    radar = make_radar(spec=RadarSpec(rays_azimuth=200, rays_elevation=300), noise=0.0)
    seen = radar.capture(tracer, make_track(height=0.5), 0.0, 0).detections
    hidden = seen[seen["instance"] == 14]
    assert len(hidden) and np.all(hidden["truth"] == Truth.DISPLACED)
    assert hidden["range"].min() == pytest.approx(43.0, abs=0.5)
    clean = radar.capture(tracer, make_track(height=0.5), 0.0, 0, clean=True).detections
    assert not np.any(clean["instance"] == 14)


def test_smooth_at_grazing_incidence_rough_head_on() -> None:
    assert mirror_share(0.2, 0.01, 8e-4, 0.05, 0.0039) > 0.7
    assert mirror_share(0.2, 0.01, 8e-4, 1.0, 0.0039) < 0.01
    assert mirror_share(0.9, 0.5, 0.0, 1.0, 0.0039) < 1e-4


def test_rain_weakens_and_answers(thing, scene, make_radar, make_track) -> None:  # type: ignore[no-untyped-def]
    assert 10 * np.log10(np.exp(1000 * attenuation_per_m(25.0))) == pytest.approx(10.0)
    things = [thing(ball(2.0), label=CAR, positions=[(150.0, 0.0, 0.0)])]
    dry, wet = (EmbreeTracer(scene(things, Environment(air=Air(rain_mmph=r)))) for r in (0.0, 50.0))
    radar = make_radar(noise=0.0)
    clear, rainy = (radar.capture(t, make_track(), 0.0, 0) for t in (dry, wet))
    loss_db = 2 * 148.0 * attenuation_per_m(50.0) * 10 / np.log(10)
    car = rainy.detections[rainy.detections["instance"] == CAR]
    # some drops share its cell
    assert clear.detections["snr"].max() - car["snr"].max() == pytest.approx(
        loss_db, abs=0.4
    )  # some drops share its cell
    assert np.all(car["truth"] == Truth.DIMMED)
    drops = rainy.detections[rainy.detections["instance"] == 0]
    assert len(drops) > 20 and np.all(drops["truth"] == Truth.PHANTOM) and np.median(drops["range"]) < 60.0
    twin = radar.capture(wet, make_track(), 0.0, 0, clean=True)
    np.testing.assert_array_equal(twin.detections, radar.capture(dry, make_track(), 0.0, 0, clean=True).detections)


def test_interference_raises_the_floor_of_some_frames(thing, scene, make_radar, make_track) -> None:  # type: ignore[no-untyped-def]
    tracer = EmbreeTracer(scene([thing(ball(), label=CAR, positions=[(60.0, 0.0, 0.0)])]))
    radar = make_radar(spec=RadarSpec(rays_azimuth=60, rays_elevation=30), interference=0.3)
    frames = [radar.capture(tracer, make_track(), 0.0, k) for k in range(300)]
    rises = np.array([f.noise_rise_db for f in frames])
    hit = rises > 0
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], 300, 0.3)
    assert low <= hit.sum() <= high and rises[hit].min() >= 5.0 and rises.max() <= 20.0
    found = np.array([np.count_nonzero(f.detections["instance"] == CAR) for f in frames])
    assert found[hit].mean() < found[~hit].mean() and np.all(
        found[~hit] + [len(f.missed) for f in np.array(frames)[~hit]]
    )
    for f in np.array(frames)[hit]:
        assert np.all(f.detections["validity"] == 2)


def test_lost_cells_are_listed(thing, scene, make_radar, make_track) -> None:  # type: ignore[no-untyped-def]
    tracer = EmbreeTracer(scene([thing(ball(), label=CAR, positions=[(70.0, 0.0, 0.0)])]))
    radar = make_radar(bounces=0)
    lost = 0
    for index in range(30):
        frame = radar.capture(tracer, make_track(), 0.0, index)
        clean = radar.capture(tracer, make_track(), 0.0, index, clean=True).detections
        there = {(r["range"], r["azimuth"]) for r in clean}
        assert {(r["range"], r["azimuth"]) for r in frame.missed} <= there
        assert np.all(frame.missed["truth"] == Truth.LOST)
        real = np.count_nonzero(frame.detections["instance"] == CAR)
        assert real + len(frame.missed) >= len(clean)
        lost += len(frame.missed)
    assert lost > 5


def test_frames_repeat_and_depend_on_stream_and_index_alone(thing, scene, make_radar, make_track, path, keys) -> None:  # type: ignore[no-untyped-def]
    tracer = EmbreeTracer(scene([thing(ball(), label=CAR, positions=path((30.0, 1, 0), (5.0, 0, 0)))], times=keys))
    radar = make_radar(key=9)
    later = radar.capture(tracer, make_track(), 0.0, 7).detections
    np.testing.assert_array_equal(make_radar(key=9).capture(tracer, make_track(), 0.0, 7).detections, later)
    for other in (
        radar.capture(tracer, make_track(), 0.0, 8),
        make_radar(key=10).capture(tracer, make_track(), 0.0, 7),
    ):
        assert not np.array_equal(other.detections, later)
    quiet = make_radar(key=9, noise=0.0, bounces=0)
    same = [quiet.capture(tracer, make_track(), 0.0, 3, clean=c).detections for c in (False, True)]
    np.testing.assert_array_equal(*same)


def test_few_and_strong_are_delivered(thing, scene, make_radar, make_track) -> None:  # type: ignore[no-untyped-def]
    tracer = EmbreeTracer(scene([thing(ball(3.0), label=CAR, positions=[(20.0, 0.0, 0.0)])]))
    everything = make_radar(noise=0.0).capture(tracer, make_track(), 0.0, 0).detections
    few = make_radar(noise=0.0, most=3, least_rcs_dbsm=-15.0).capture(tracer, make_track(), 0.0, 0).detections
    strong = everything[everything["rcs"] >= -15.0]
    assert len(few) == 3 < len(strong)
    np.testing.assert_array_equal(np.sort(few["snr"]), np.sort(strong["snr"])[-3:])


def test_velocities_need_two_poses(thing, scene, make_radar, make_track, keys, path) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    world = scene([thing(ball(), positions=path((9.0, 0, 0)))], times=keys)
    frozen = replace(
        world, times_s=world.times_s[:1], position_w=world.position_w[:1], orientation_w=world.orientation_w[:1]
    )
    with pytest.raises(ValueError, match="1 key time"):
        make_radar().capture(EmbreeTracer(frozen), make_track(), 0.0, 0)
