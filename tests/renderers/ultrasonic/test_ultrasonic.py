"""Air, levels and ranges against closed forms, noise against its law. Significance of the statistical tests: 1e-4."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import trimesh
from cornercase.renderers.air import Air
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Environment, Material, Texture
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import from_yaw
from cornercase.renderers.truth import Truth
from cornercase.renderers.ultrasonic.air import absorption_db_per_m, speed_of_sound
from cornercase.renderers.ultrasonic.ultrasonic import Ultrasonic, UltrasonicConfig
from scipy import stats

HARD = Material(texture=Texture.BRUSHED_METAL)
STILL = PoseTrack(np.zeros(1), np.zeros((1, 3)), np.array([[0.0, 0.0, 0.0, 1.0]]))


@pytest.fixture
def world(thing, scene) -> Callable[..., EmbreeTracer]:  # type: ignore[no-untyped-def]
    """Walls (distance, material, yaw) and other shapes (shape, position, material) before a sensor at the origin."""

    def _world(walls=(), shapes=(), temperature_c=20.0):  # type: ignore[no-untyped-def]
        things = []
        for distance, material, yaw in walls:
            q = from_yaw(yaw)
            middle = np.array([distance, 0, 0]) + 0.05 * np.array([math.cos(yaw), math.sin(yaw), 0])
            things.append((trimesh.creation.box((0.1, 40.0, 40.0)), material, middle, q))
        things += [(shape, material, position, (0.0, 0, 0, 1)) for shape, position, material in shapes]
        made = [thing(s, m, label=k + 1, positions=[p], orientation=q) for k, (s, m, p, q) in enumerate(things)]
        return EmbreeTracer(scene(made, Environment(air=Air(temperature_c=temperature_c))))

    return _world


def ping(tracer, index=0, clean=False, key=1, **values):  # type: ignore[no-untyped-def]
    return Ultrasonic(UltrasonicConfig(**values), stream_key=key).capture(tracer, STILL, 0.0, index, clean=clean)


@pytest.mark.parametrize(("celsius", "speed"), [(0.0, 331.3), (20.0, 343.2), (-20.0, 318.9)])
def test_speed_of_sound(celsius: float, speed: float) -> None:
    assert speed_of_sound(celsius) == pytest.approx(speed, abs=0.1)


def test_absorption_of_iso_9613_1() -> None:
    # table 1 of the standard [dB/km]: 10 deg C, 70 %: 3.66 at 1 kHz, 117 at 8 kHz; 20 deg C, 70 %: 4.98, 76.6
    for celsius, frequency, expected in ((10.0, 1e3, 3.66), (10.0, 8e3, 117.0), (20.0, 1e3, 4.98), (20.0, 8e3, 76.6)):
        assert 1000 * absorption_db_per_m(frequency, celsius, 0.7) == pytest.approx(expected, rel=0.02)
    assert absorption_db_per_m(40e3, 20.0, 0.5) == pytest.approx(1.3, abs=0.1)


@pytest.mark.parametrize("distance", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("texture", [Texture.BRUSHED_METAL, Texture.CONCRETE])
def test_a_facing_wall_answers_like_the_image_of_the_sensor(world, distance, texture) -> None:  # type: ignore[no-untyped-def]
    frame = ping(world([(distance, Material(texture=texture), 0.0)]), clean=True, cycles=40, rays=40_000)
    air = absorption_db_per_m(48e3, 20.0, 0.5)
    reflectivity = 0.99 if texture == Texture.BRUSHED_METAL else 0.95
    level = 10 * np.log10(reflectivity / 4) - 20 * np.log10(distance) - 2 * air * distance
    # less what the pattern of the beam takes off the lobe, plus the diffuse part
    assert frame.level_db == pytest.approx(level, abs=0.7)
    assert frame.range_m == pytest.approx(distance, abs=0.002) and frame.instance == 1 and frame.truth == 0


def test_a_smooth_wall_is_lost_when_oblique_a_rough_one_later(world) -> None:  # type: ignore[no-untyped-def]
    narrow = {"beam_deg": 30.0, "beam_height_deg": 30.0, "threshold_db": -38.0}

    def heard(material, degrees):  # type: ignore[no-untyped-def]
        return ping(world([(1.0, material, np.radians(degrees))]), clean=True, **narrow).range_m > 0

    assert heard(HARD, 0.0) and heard(HARD, 10.0) and not heard(HARD, 45.0)
    rough = Material(texture=Texture.BARK)
    assert heard(rough, 0.0) and heard(rough, 45.0)


def test_soft_things_answer_softly(world) -> None:  # type: ignore[no-untyped-def]
    # a smooth ball mirrors the sound as a body of clothes of the same size does not
    ball = trimesh.creation.icosphere(4, 0.25)
    levels = [
        ping(world(shapes=[(ball, (1.5, 0.0, 0.0), Material(texture=t))]), clean=True, threshold_db=-90.0).level_db
        for t in (Texture.BRUSHED_METAL, Texture.CLOTH)
    ]
    assert levels[0] - levels[1] > 4.0


def test_air_temperature_misleads_who_does_not_measure_it(world) -> None:  # type: ignore[no-untyped-def]
    tracer = world([(2.0, HARD, 0.0)], temperature_c=-10.0)
    frame = ping(tracer, noise=0.0, step_m=0.0, assumed_c=25.0)
    assert frame.range_m == pytest.approx(2.0 * speed_of_sound(25.0) / speed_of_sound(-10.0), abs=0.003)
    assert frame.truth == Truth.DISPLACED and frame.true_range_m == pytest.approx(2.0, abs=0.002)
    right = ping(tracer, noise=0.0, step_m=0.0)
    assert right.range_m == pytest.approx(2.0, abs=0.002) and right.truth == 0


def test_ringing_hides_what_is_close_and_the_first_echo_wins(world) -> None:  # type: ignore[no-untyped-def]
    post = trimesh.creation.cylinder(0.04, 3.0, sections=96)
    near = world(walls=[(2.0, HARD, 0.0)], shapes=[(post, (1.2, 0.2, 0.0), HARD)])
    frame = ping(near, clean=True)
    assert frame.instance == 2 and frame.range_m == pytest.approx(math.hypot(1.2, 0.2) - 0.04, abs=0.01)
    touching = world(walls=[(2.0, HARD, 0.0)], shapes=[(trimesh.creation.icosphere(3, 0.02), (0.1, 0, 0), HARD)])
    assert ping(touching, clean=True).instance == 1


def test_ranges_are_quantised_and_scatter_by_the_law(world) -> None:  # type: ignore[no-untyped-def]
    tracer = world([(3.0, Material(texture=Texture.CLOTH), 0.0)])
    frame = ping(tracer, step_m=0.01)
    assert frame.range_m / 0.01 == pytest.approx(round(frame.range_m / 0.01), abs=1e-9)
    frames = [ping(tracer, index=k, step_m=0.0, noise_db=-60.0, rays=1500) for k in range(300)]
    error = np.array([f.range_m - f.true_range_m for f in frames])
    quiet = [ping(tracer, index=k, step_m=0.0, noise=0.0, rays=1500) for k in range(20)]
    ping_m = speed_of_sound(20.0) * 16 / 48e3 / 2
    snr = np.mean([10 ** (f.level_db / 10) for f in quiet]) / 1e-6
    sigma = ping_m / np.sqrt(2 * snr)
    low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], 300)
    # the signal of the first crossing may be a little more or less than the mean
    assert 0.85 * low < np.sum(error**2) / sigma**2 < 1.15 * high


def test_crosstalk_feigns_near_objects(world) -> None:  # type: ignore[no-untyped-def]
    tracer = world([(4.0, HARD, 0.0)])
    frames = [ping(tracer, index=k, crosstalk=0.5, rays=300) for k in range(400)]
    phantom = np.array([f.truth == Truth.PHANTOM for f in frames])
    share = (4.0 - 0.15) / (5.5 - 0.15)
    p = 1 - np.exp(-0.5 * share)
    assert abs(phantom.sum() - 400 * p) < 3.9 * np.sqrt(400 * p * (1 - p))
    assert all(f.instance == 0 and f.true_range_m == 0.0 and 0.1 < f.range_m < 4.05 for f in frames if f.truth & 1)
    assert all(f.instance == 1 for f in frames if not f.truth)
    assert not any(ping(tracer, index=k, rays=300).truth for k in range(50))


def test_dirt_loses_echoes(world) -> None:  # type: ignore[no-untyped-def]
    tracer = world([(2.0, HARD, 0.0)])
    dim, gone = ping(tracer, cover_db=10.0), ping(tracer, cover_db=60.0)
    assert dim.truth == Truth.DIMMED and dim.level_db == pytest.approx(ping(tracer).level_db - 10.0, abs=0.5)
    assert gone.truth == Truth.LOST and gone.range_m == 0.0 and gone.instance == 0
    assert ping(tracer, clean=True, cover_db=60.0).range_m == pytest.approx(2.0, abs=0.002)


def test_nothing_answers_in_the_open(world) -> None:  # type: ignore[no-untyped-def]
    tracer = world([(9.0, HARD, 0.0)])
    frames = [ping(tracer, index=k, rays=100) for k in range(300)]
    assert not any(f.range_m for f in frames) and not any(f.truth for f in frames)


def test_strength_zero_is_exact_and_pings_repeat(world) -> None:  # type: ignore[no-untyped-def]
    tracer = world([(1.7, HARD, 0.1)])
    exact, off = ping(tracer, index=4, clean=True), ping(tracer, index=4, noise=0.0, step_m=0.0)
    assert exact == off
    noisy = {"step_m": 0.0, "noise_db": -45.0}
    again = [ping(tracer, index=4, **noisy).range_m for _ in range(2)]
    assert again[0] == again[1] != ping(tracer, index=5, **noisy).range_m
    assert again[0] != ping(tracer, index=4, key=2, **noisy).range_m


def test_bad_configs_are_refused() -> None:
    for values, message in (
        ({"frequency_hz": 48.0}, "frequency_hz is 48"),
        ({"beam_deg": 170.0}, "beam_deg is 170"),
        ({"min_m": 6.0}, "0 <= min_m < max_m"),
        ({"humidity": 50.0}, "humidity is 50"),
        ({"crosstalk": -1.0}, "crosstalk is -1"),
    ):
        with pytest.raises(ValueError, match=message):
            UltrasonicConfig(**values)  # type: ignore[arg-type]
