"""The width of a beam: partial hits, mixed pixels, several returns."""

import numpy as np
import pytest
import trimesh
from cornercase.renderers.lidar.footprint import footprint
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.truth import Truth

BRIGHT = 1e4


def exact(**values) -> Lidar:  # type: ignore[no-untyped-def]
    return Lidar(LidarConfig("OS1-64", noise=0.0, range_50_m=BRIGHT, **values), stream_key=1)


@pytest.mark.parametrize("rays", [3, 4, 7, 19, 32])
def test_sub_rays_have_the_mean_and_spread_of_a_gaussian_beam(rays: int) -> None:
    places = footprint(rays)
    np.testing.assert_allclose(places.mean(axis=0), 0.0, atol=1e-12)
    sigma = 2.0 / (2.0 * np.sqrt(2.0 * np.log(2.0)))
    np.testing.assert_allclose(np.cov(places.T, bias=True), sigma**2 * np.eye(2), atol=1e-9)


def test_a_large_wall_looks_the_same_to_thin_and_wide_beams(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    tracer, track = make_tracer([wall(12.0)]), make_track()
    thin, wide = (exact(footprint_rays=n).sweep(tracer, track, 0.0, 0) for n in (1, 7))
    facing = (thin.true_range > 0) & (thin.true_range < 20.0)
    np.testing.assert_allclose(wide.true_range[facing], thin.true_range[facing], atol=2e-3)
    assert np.abs(wide.intensity[facing].astype(int) - thin.intensity[facing]).max() <= 1
    assert not wide.truth.any()


def test_a_thin_pole_returns_its_share_of_the_beam(make_tracer, make_track, thing) -> None:  # type: ignore[no-untyped-def]
    # a thin beam hits the whole pole or misses it; over many places both see as much of it
    thin, wide, track = [], [], make_track()
    for y in np.arange(12) * 0.005:
        tracer = make_tracer([thing(trimesh.creation.box((0.02, 0.02, 8.0)), (10.0, y, 0.0))])
        for n, frames in ((1, thin), (19, wide)):
            frames.append(exact(footprint_rays=n).sweep(tracer, track, 0.0, 0).intensity.astype(float))
    assert np.sum(np.array(wide) > 0) > 1.5 * np.sum(np.array(thin) > 0)
    assert np.max(wide) < 0.8 * np.max(thin)
    assert np.sum(wide) == pytest.approx(np.sum(thin), rel=0.05)


@pytest.mark.parametrize(("gap", "mixed"), [(0.2, True), (3.0, False)])
def test_near_echoes_merge_and_far_ones_stay_apart(gap, mixed, make_tracer, make_track, wall, thing) -> None:  # type: ignore[no-untyped-def]
    # an edge at y = 0 before a wall, closer than the echo separation of 0.3 m or not
    front = thing(trimesh.creation.box((0.01, 40.0, 60.0)), (15.0, 20.0, 0.0))
    tracer, track = make_tracer([front, wall(15.0 + gap)]), make_track()
    frame = exact(footprint_rays=7, returns="dual").sweep(tracer, track, 0.0, 0)
    near = (np.abs(frame.geometry.directions()[..., 1]) < 0.02) & (frame.geometry.directions()[..., 0] > 0.95)
    x = frame.geometry.points(frame.true_range)[near][..., 0]
    between = (x > 15.02) & (x < 15.0 + gap - 0.03)
    assert bool(between.any()) == mixed
    assert bool((frame.truth[near] & Truth.DISPLACED).any()) == mixed
    both = near & (frame.range_2 > 0)
    assert bool(both.any()) == (not mixed)
    if not mixed:
        assert np.all(frame.instance[both] + frame.instance_2[both] == 3)
        x_2 = frame.geometry.points(frame.range_2)[both][..., 0]
        np.testing.assert_allclose(np.abs(x_2 - frame.geometry.points(frame.range)[both][..., 0]), gap, atol=0.1)


def test_return_modes_choose_among_the_echoes(make_tracer, make_track, wall, thing) -> None:  # type: ignore[no-untyped-def]
    front = thing(trimesh.creation.box((0.01, 40.0, 60.0)), (15.0, 20.0, 0.0))
    tracer, track = make_tracer([front, wall(20.0)]), make_track()
    frames = {
        m: exact(footprint_rays=7, returns=m).sweep(tracer, track, 0.0, 0)
        for m in ("strongest", "last", "first", "dual")
    }
    edge = (frames["dual"].range_2 > 0) & (np.abs(frames["dual"].geometry.directions()[..., 1]) < 0.01)
    assert edge.sum() > 10
    assert np.all(frames["first"].instance[edge] == 1)
    assert np.all(frames["last"].instance[edge] == 2)
    np.testing.assert_array_equal(frames["dual"].range, frames["strongest"].range)
    assert len(np.unique(frames["strongest"].instance[edge])) == 2
    assert frames["last"].range_2 is None


def test_bad_choices_are_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'strongest'"):
        LidarConfig(returns="strongst")
    with pytest.raises(ValueError, match="footprint_rays is 0, expected 1 to 32"):
        LidarConfig(footprint_rays=0)
