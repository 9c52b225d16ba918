"""Artefacts: off they change no bit, on they follow their laws. Significance of the statistical tests: 1e-4."""

from dataclasses import fields

import numpy as np
import pytest
import trimesh
from cornercase.renderers.lidar.artefacts import ArtefactConfig, artefacts, background, false_alarm, walk
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.scene import Material, Sun
from cornercase.renderers.truth import Truth
from scipy import stats

NOON = Sun(direction_w=(1.0, 0.0, 0.0), illuminance_lx=(100_000.0,) * 3)


def lidar_with(*, key: int = 2, noise: float = 1.0, **strengths: float) -> Lidar:
    return Lidar(LidarConfig("OS1-64", noise=noise, artefacts=ArtefactConfig(**strengths)), stream_key=key)


@pytest.fixture
def stage(make_tracer, make_track, thing, wall):  # type: ignore[no-untyped-def]
    sign = thing(trimesh.creation.box((0.02, 0.6, 0.6)), (14.0, -4.0, 0.5), Material(nir_reflectance=0.7, retro=250.0))
    glass = thing(
        trimesh.creation.box((6.0, 0.01, 3.0)), (8.0, 5.0, 0.0), Material(nir_reflectance=0.04, roughness=0.04)
    )
    return make_tracer([wall(25.0), sign, glass], sun=NOON), make_track()


@pytest.mark.parametrize("name", ["blooming", "ghosts", "crosstalk", "sunlight", "range_walk"])
def test_off_is_off_and_on_leaves_other_cells_alone(name, stage) -> None:  # type: ignore[no-untyped-def]
    tracer, track = stage
    none, off = (
        lidar_with().sweep(tracer, track, 0.0, 0),
        lidar_with(**{name: 0.0}, glare=9.0).sweep(tracer, track, 0.0, 0),
    )
    on = lidar_with(**{name: 0.05 if name in ("crosstalk", "range_walk") else 1.0}).sweep(tracer, track, 0.0, 0)
    assert not none.truth.any()
    for field in ("range", "intensity", "instance", "semantic", "true_range", "truth"):
        np.testing.assert_array_equal(getattr(none, field), getattr(off, field))
    changed = (on.range != none.range) | (on.instance != none.instance)
    assert changed.any()
    assert np.all(on.truth[changed] > 0)
    untouched = on.truth == 0
    assert untouched.any()
    for field in ("range", "instance", "semantic", "true_range"):
        np.testing.assert_array_equal(getattr(none, field)[untouched], getattr(on, field)[untouched])


def test_every_bad_strength_is_refused() -> None:
    for f in fields(ArtefactConfig):
        with pytest.raises(ValueError, match=rf"artefacts.{f.name} is -1"):
            ArtefactConfig(**{f.name: -1.0})


def test_blooming_surrounds_retro_reflectors_at_their_range(stage) -> None:  # type: ignore[no-untyped-def]
    tracer, track = stage
    counts = []
    for index in range(6):
        frame = lidar_with(blooming=1.0).sweep(tracer, track, 0.0, index)
        ghost = (frame.truth & Truth.PHANTOM) > 0
        counts.append(ghost.sum())
        directions = frame.geometry.directions()
        sign = directions[frame.instance == 2]
        angles = np.rad2deg(np.arccos(np.clip(directions[ghost] @ sign.T, -1.0, 1.0))).min(axis=1)
        assert angles.max() < 2.3
        np.testing.assert_allclose(frame.range[ghost], np.hypot(14.0, 4.0), atol=0.6)
        assert not frame.instance[ghost].any() and not frame.true_range[ghost].any()
    assert min(counts) > 20


def test_foreign_pulses_are_as_frequent_as_told_and_anywhere(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    lidar = lidar_with(crosstalk=0.02, noise=0.0)
    frame = lidar.sweep(make_tracer([wall(500.0)]), make_track(), 0.0, 0)
    found = frame.range > 0
    assert np.all((frame.truth[found] & Truth.PHANTOM) > 0)
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], found.size, 0.02)
    assert low <= found.sum() <= high
    span = (frame.range[found] - lidar.table.min_range_m) / (lidar.max_range_m - lidar.table.min_range_m)
    assert stats.kstest(span, "uniform").pvalue > 1e-4


def test_polished_walls_show_ghosts_along_the_original_ray(stage) -> None:  # type: ignore[no-untyped-def]
    tracer, track = stage
    config = LidarConfig("OS1-64", noise=0.0, range_50_m=1e4, returns="last", artefacts=ArtefactConfig(ghosts=3.0))
    frame = Lidar(config, stream_key=1).sweep(tracer, track, 0.0, 0)
    ghost = ((frame.truth & Truth.PHANTOM) > 0) & (frame.geometry.directions()[..., 1] > 0)
    points = frame.geometry.points(frame.range)[ghost]
    assert len(points) > 100
    assert np.all(points[:, 1] > 4.9)
    np.testing.assert_allclose(points[points[:, 0] > 24.0][:, 0], 25.0, atol=0.1)


def test_background_is_one_under_the_data_sheets_light_and_falls_at_night() -> None:
    away = artefacts(ArtefactConfig(sunlight=1.0), NOON, 2e-9)
    night = artefacts(ArtefactConfig(sunlight=1.0), Sun(illuminance_lx=(0.0,) * 3), 2e-9)
    assert background(away, -1.0) == pytest.approx(1.0)
    assert background(away, 1.0) == pytest.approx(np.sqrt(51.0))
    assert background(night, 1.0) == pytest.approx(np.sqrt(0.5))
    assert false_alarm(1e-4, 1.0) == 1e-4
    assert false_alarm(1e-4, 2.0) == pytest.approx(stats.norm.sf(stats.norm.isf(1e-4) / 2.0), rel=1e-6)


def test_towards_the_sun_more_is_lost_and_more_is_made_up(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    tracer, track = make_tracer([wall(38.0, 0.1)], sun=NOON), make_track()
    frames = [lidar_with(sunlight=1.0).sweep(tracer, track, 0.0, k) for k in range(2)]
    near = frames[0].geometry.directions()[..., 0] > np.cos(np.deg2rad(2.5))
    wide = frames[0].geometry.directions()[..., 0] > np.cos(np.deg2rad(14.0))
    real = np.mean([f.true_range > 0 for f in frames], axis=0)
    assert real[near].mean() < 0.5 * real[wide & ~near].mean()
    chance = false_alarm(1e-4, np.sqrt(background(artefacts(ArtefactConfig(sunlight=1.0), NOON, 2e-9), 1.0)))
    false = np.mean([(f.range > 0) & (f.true_range == 0) for f in frames], axis=0)
    assert 0.1 * chance < false[near].mean() < chance
    assert all(np.all((f.truth[near & (f.range > 0) & (f.true_range == 0)] & Truth.PHANTOM) > 0) for f in frames)


def test_strong_echoes_come_early_within_ten_centimetres(stage) -> None:  # type: ignore[no-untyped-def]
    tracer, track = stage
    marks = artefacts(ArtefactConfig(range_walk=0.3), NOON, 2e-9)
    shifts = [walk(marks, s) for s in (0.5, 1.0, 2.0, 10.0, 1e3, 1e9)]
    assert shifts[:2] == [0.0, 0.0]
    assert np.all(np.diff(shifts[1:]) > 0.0)
    assert shifts[-1] == pytest.approx(0.3 * 0.2998, rel=1e-3)
    frame = lidar_with(range_walk=0.3, noise=0.0).sweep(tracer, track, 0.0, 0)
    early = frame.true_range - frame.range
    assert early[frame.instance == 2].mean() == pytest.approx(0.09, abs=0.01)
    facing = (frame.instance == 1) & (frame.geometry.directions()[..., 0] > 0.999)
    assert early[facing].mean() == pytest.approx(walk(marks, 0.5 / 0.1 * (40.0 / 25.0) ** 2), abs=0.003)
