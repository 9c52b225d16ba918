"""Rain and snow against their laws. Significance of the statistical tests: 1e-4."""

import numpy as np
import pytest
from cornercase.renderers.air import Air, Flake
from cornercase.renderers.lidar.fog import AirConfig
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.lidar.particles import (
    Optics,
    brightness,
    diameter,
    drop_slope_per_m,
    drops,
    equivalent_rain_mmph,
    flake_slope_per_m,
    flakes,
    least_diameter,
    next_range,
    occupancy,
)  # fmt: skip
from cornercase.renderers.random import frame_key, uniform
from cornercase.renderers.truth import Truth
from scipy import integrate, stats

THIN = Optics(0.0, (3e-3, 3e-3), 60.0, 200.0, 1.5, 1.0)


@pytest.mark.parametrize(
    ("rate", "fall", "share", "rain", "mean_mm"),
    [
        (0.5, 2.0, 6.94e-7, 2.24, 0.58), (1.0, 1.6, 1.74e-6, 8.85, 1.12), (2.0, 2.0, 2.78e-6, 17.9, 1.57),
        (2.5, 1.6, 4.34e-6, 35.0, 2.16), (1.5, 0.6, 6.94e-6, 70.8, 3.03), (1.5, 0.4, 1.04e-5, 130.0, 4.06),
    ],
)  # fmt: skip
def test_snow_table(rate: float, fall: float, share: float, rain: float, mean_mm: float) -> None:
    assert occupancy(rate, fall) == pytest.approx(share, rel=5e-3)
    assert equivalent_rain_mmph(rate, fall) == pytest.approx(rain, rel=5e-3)
    assert 1e3 / flake_slope_per_m(rate, fall) == pytest.approx(mean_mm, rel=5e-3)


def test_number_of_visible_drops_is_the_integral_over_the_beam() -> None:
    kind = drops(25.0, THIN)
    slope, gain = drop_slope_per_m(25.0), 60.0**2 / 0.1

    def per_m(r: float) -> float:
        width = r * np.tan(3e-3)
        least = max(np.sqrt(0.2 / gain * r * r / kind.reflectance) * width, 5e-5)
        return float(np.pi / 4 * width**2 * 8e6 / slope * np.exp(-slope * least))

    far = np.sqrt(kind.reflectance * gain / 0.2)
    assert kind.seen[-1] == pytest.approx(integrate.quad(per_m, 1.5, far, limit=200)[0], rel=2e-3)
    assert np.all(np.diff(kind.seen) >= 0.0)


def test_drops_are_a_poisson_process_with_an_exponential_tail() -> None:
    kind, key = drops(50.0, THIN), frame_key(5, 0)
    beams = 20_000
    counts, ranges, sizes = np.zeros(beams, int), [], []
    for i in range(beams):
        so_far = 0.0
        for k in range(12):
            so_far, r = next_range(kind, so_far, key, i, 4 * k)
            if not np.isfinite(r):
                break
            counts[i] += 1
            ranges.append(r)
            sizes.append((diameter(kind, r, key, i, 4 * k + 1) - least_diameter(kind, r)) * kind.slope_per_m)
            assert brightness(kind, 1e-3, r) <= kind.reflectance
    mean = kind.seen[-1]
    assert abs(counts.sum() - beams * mean) < 3.9 * np.sqrt(beams * mean)
    observed = np.bincount(counts, minlength=4)[:4]
    expected = beams * stats.poisson.pmf(np.arange(4), mean)
    assert np.sum((observed - expected) ** 2 / expected) < stats.chi2.ppf(1 - 1e-4, 4)
    grid = kind.nearest_m + kind.step_m * np.arange(len(kind.seen))
    assert stats.kstest(np.interp(ranges, grid, kind.seen / mean), "uniform").pvalue > 1e-4
    assert stats.kstest(sizes, "expon").pvalue > 1e-4


def test_no_rain_and_no_answer_leave_no_particles() -> None:
    assert len(drops(0.0, THIN).seen) == len(flakes(0.0, 1.0, THIN).seen) == 0
    assert len(drops(10.0, THIN._replace(strength=0.0)).seen) == 0


def test_beyond_the_published_sizes_more_snow_is_more_flakes() -> None:
    seen = [flakes(rate, 1.0, THIN).seen[-1] for rate in (4.0, 8.0, 16.0)]
    np.testing.assert_allclose(seen, seen[0] * np.array([1.0, 2.0, 4.0]), rtol=1e-9)
    assert seen[1] > flakes(2.5, 1.0, THIN).seen[-1]
    # what they hide, occupancy times slope, is the extinction of the air within a factor of 1.6
    for rate in (0.5, 1.0, 2.5, 5.0, 8.0, 10.0):
        hidden = occupancy(rate, 1.0) * flake_slope_per_m(rate, 1.0)
        assert 1 / 1.6 < hidden / Air(snow_mmph=rate).snow_extinction_per_m < 1.6


@pytest.mark.parametrize("air", [Air(rain_mmph=25.0), Air(snow_mmph=1.0, flake=Flake.WET)], ids=["rain", "snow"])
def test_empty_sky_shows_as_many_particles_as_the_law(air, make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    # without noise a particle is reported from strength 1 on: count those of all beams against the integral
    lidar = Lidar(LidarConfig("OS1-64", noise=0.0, columns=512), stream_key=3)
    table = lidar.table
    kind = drops(25.0, lidar._optics) if air.rain_mmph else flakes(1.0, 1.6, lidar._optics)
    alpha = air.rain_extinction_per_m + air.snow_extinction_per_m
    gain = table.range_50_m**2 / 0.1
    per_m4 = 8e6 if air.rain_mmph else occupancy(1.0, 1.6) * kind.slope_per_m**4 / np.pi

    def per_m(r: float) -> float:
        share = 1.0 / gain * r * r * np.exp(2 * alpha * r) / kind.reflectance
        width = table.aperture_m + r * np.tan(table.divergence_rad[0])
        least = max(np.sqrt(share) * width, kind.smallest_m)
        tail = np.exp(-kind.slope_per_m * least) - np.exp(-kind.slope_per_m * kind.largest_m)
        return float(np.pi / 4 * width**2 * per_m4 / kind.slope_per_m * max(tail, 0.0)) if share < 1.0 else 0.0

    mean = integrate.quad(per_m, 1.5, kind.nearest_m + 256 * kind.step_m, limit=300)[0]
    frames = [lidar.sweep(make_tracer([wall(5000.0)], air=air), make_track(), 0.0, k) for k in range(3)]
    seen = np.concatenate([f.range.ravel() > 0 for f in frames])
    # merged particles may pass the threshold together, hence the allowance of a tenth
    expected = 1.0 - np.exp(-mean)
    spread = 3.9 * np.sqrt(expected * (1 - expected) / seen.size)
    assert expected - spread < seen.mean() < 1.1 * expected + spread
    for f in frames:
        assert np.all((f.truth[f.range > 0] & Truth.PHANTOM) > 0)
        assert not f.instance.any() and not f.true_range.any()


def test_weather_without_its_echo_only_dims(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    air = Air(rain_mmph=50.0, snow_mmph=3.0, fog_extinction_per_m=0.02)
    config = LidarConfig("OS1-64", columns=512, air=AirConfig(strength=0.0))
    frame = Lidar(config, stream_key=3).sweep(make_tracer([wall(25.0)], air=air), make_track(), 0.0, 0)
    odd = (frame.truth & Truth.PHANTOM) > 0
    # a false alarm in a cell whose echo was lost counts as one
    assert odd.mean() < 1e-3
    assert (frame.truth & Truth.LOST).any() and (frame.truth & Truth.DIMMED).any()


def test_the_next_particle_is_where_the_logarithm_says() -> None:
    # with few particles on the way and with many; most beams are decided without a logarithm
    for rain_mmph in (0.2, 10.0, 100.0):
        kind = drops(rain_mmph, THIN)
        for counter in range(2_000):
            want = 0.1 * (counter % 2) - np.log(1.0 - uniform(np.uint64(7), counter, 3))
            _, r = next_range(kind, 0.1 * (counter % 2), np.uint64(7), counter, 3)
            assert np.isinf(r) == (want >= kind.seen[-1])
            if np.isfinite(r):
                assert np.interp(r, kind.nearest_m + kind.step_m * np.arange(len(kind.seen)), kind.seen) == (
                    pytest.approx(want, rel=1e-9)
                )
