"""Noise truth: what is not marked is what the same sensor with the same luck reports on a perfect day."""

import numpy as np
import pytest
import trimesh
from cornercase.renderers.air import Air
from cornercase.renderers.lidar.artefacts import ArtefactConfig
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.scene import Cover, Material, Texture
from cornercase.renderers.truth import Truth

WEATHER = {
    "fog": (Air(fog_extinction_per_m=0.06, unevenness=0.4), Cover()),
    "haze": (Air(fog_extinction_per_m=2e-4), Cover()),
    "rain": (Air(rain_mmph=40.0), Cover(water_mm=2.0)),
    "snow": (Air(snow_mmph=2.0), Cover(snow=0.9)),
}
ARRAYS = ("range", "intensity", "instance", "semantic", "true_range", "truth")


@pytest.fixture
def world(make_tracer, make_track, thing):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(4)
    things = [
        thing(
            trimesh.creation.box((160.0, 160.0, 0.2)),
            (0.0, 0.0, -1.9),
            Material(nir_reflectance=0.15, texture=Texture.ASPHALT),
        )
    ]
    for _ in range(25):
        a, r = rng.uniform(-np.pi, np.pi), rng.uniform(5.0, 40.0)
        things.append(thing(trimesh.creation.box(rng.uniform(0.3, 3.0, 3)), (r * np.cos(a), r * np.sin(a), -0.5)))
    things.append(
        thing(
            trimesh.creation.box((0.01, 4.0, 3.0)), (6.0, 0.0, 0.0), Material(nir_reflectance=0.04, transparency=0.85)
        )
    )

    def build(weather: str = ""):  # type: ignore[no-untyped-def]
        air, cover = WEATHER.get(weather, (Air(), Cover()))
        return make_tracer(things, air=air, cover=cover), make_track((12.0, 0.0, 0.0))

    return build


@pytest.mark.parametrize("weather", WEATHER)
@pytest.mark.parametrize("rays", [1, 4])
def test_unmarked_cells_are_those_of_a_perfect_day(weather, rays, world) -> None:  # type: ignore[no-untyped-def]
    lidar = Lidar(LidarConfig("OS1-64", columns=512, footprint_rays=rays), stream_key=6)
    fine, foul = (lidar.sweep(*world(w), 0.0, 3) for w in ("", weather))
    alike = (foul.truth & ~np.uint8(Truth.DISPLACED)) == 0
    assert 0.02 < alike.mean() < (1.0 if weather == "haze" else 0.9)
    for field in ("instance", "semantic"):
        np.testing.assert_array_equal(getattr(fine, field)[alike], getattr(foul, field)[alike])
    still = alike & (foul.truth == 0)
    np.testing.assert_allclose(foul.range[still], fine.range[still], atol=0.03)
    assert np.abs(foul.intensity[still].astype(int) - fine.intensity[still]).max() <= 2
    # everything that went missing is marked
    gone = (fine.true_range > 0) & (foul.true_range == 0)
    assert np.all((foul.truth[gone] & Truth.LOST) > 0)
    made_up = (foul.range > 0) & (foul.true_range == 0) & (fine.range != foul.range)
    assert np.all((foul.truth[made_up] & Truth.PHANTOM) > 0)


@pytest.mark.parametrize("weather", WEATHER)
def test_the_clean_twin_knows_no_weather_and_no_noise(weather, world) -> None:  # type: ignore[no-untyped-def]
    rough = ArtefactConfig(crosstalk=0.01, ghosts=1.0, sunlight=1.0, range_walk=0.1, blooming=1.0)
    lidar = Lidar(LidarConfig("OS1-64", columns=512, artefacts=rough), stream_key=6)
    twin = lidar.sweep(*world(weather), 0.0, 3, clean=True)
    bare = Lidar(LidarConfig("OS1-64", columns=512, noise=0.0), stream_key=9).sweep(*world(), 0.0, 0)
    for field in ARRAYS:
        np.testing.assert_array_equal(getattr(twin, field), getattr(bare, field))
    assert not twin.truth.any()


def test_same_seed_same_sweep_whatever_the_threads(world, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    config = LidarConfig(
        "OS1-64", columns=512, footprint_rays=3, returns="dual", artefacts=ArtefactConfig(crosstalk=0.01, blooming=1.0)
    )
    frames = []
    for threads in ("1", "3"):
        monkeypatch.setenv("CORNERCASE_THREADS", threads)
        frames.append(Lidar(config, stream_key=6).sweep(*world("rain"), 0.0, 3))
    for field in (*ARRAYS, "range_2", "intensity_2", "instance_2", "semantic_2"):
        np.testing.assert_array_equal(getattr(frames[0], field), getattr(frames[1], field))
    other = Lidar(config, stream_key=6).sweep(*world("rain"), 0.0, 4)
    assert np.any(other.truth != frames[0].truth)


def test_one_more_effect_leaves_the_luck_of_the_others(world) -> None:  # type: ignore[no-untyped-def]
    def sweep(**strengths: float):  # type: ignore[no-untyped-def]
        config = LidarConfig("OS1-64", columns=512, artefacts=ArtefactConfig(**strengths))
        return Lidar(config, stream_key=6).sweep(*world("snow"), 0.0, 3)

    snow, both = sweep(), sweep(crosstalk=0.02)
    # a pulse that joins an echo moves it by less than is marked
    differs = np.abs(snow.range - both.range) > 0.05
    # only cells that a foreign pulse won or shoved aside differ
    assert 0.0 < differs.mean() < 0.02
    assert np.all(both.truth[differs] & (Truth.PHANTOM | Truth.DISPLACED | Truth.LOST))
