"""Fog, rain, snow and wet ground on points, against closed forms and derived tables."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.corruptions import Context, corruption
from cornercase.renderers.corruptions.point_weather import (
    fog,
    fog_response,
    ground_plane,
    hahner_snow,
    lisa_rain,
    snow_occupancy,
    snow_rain_rate,
    wet_reflectance,
)


def ray(ranges: np.ndarray, intensity: float = 40.0) -> np.ndarray:
    zero = np.zeros_like(ranges)
    return np.stack([ranges, zero, zero, np.full_like(ranges, intensity), zero], axis=1)


@pytest.mark.parametrize(
    ("alpha", "peak", "place"),
    [(0.005, 4.57e-9, 1.70), (0.01, 4.49e-9, 1.70), (0.02, 4.35e-9, 1.70), (0.03, 4.21e-9, None),
     (0.06, 3.82e-9, 1.64), (0.1, 3.36e-9, None), (0.2, 2.48e-9, 1.52)],
)  # fmt: skip
def test_the_peak_of_fog(alpha: float, peak: float, place: float | None) -> None:
    got = fog_response(alpha)
    assert got[0] == pytest.approx(peak, rel=5e-3), "acceptance test 11"
    if place is not None:
        assert got[1] == pytest.approx(place, abs=0.011)


@pytest.mark.parametrize(("alpha", "beyond_m"), [(0.02, 87), (0.03, 62), (0.06, 36), (0.1, 24)])
def test_fog_beats_targets_beyond(alpha: float, beyond_m: float) -> None:
    ranges = np.arange(10.0, 150.0, 0.5)
    out = fog(ray(ranges), rng=np.random.default_rng(1), alpha_per_m=alpha)
    moved = np.linalg.norm(out[:, :3], axis=1) < ranges - 1.0
    assert ranges[moved].min() == pytest.approx(beyond_m, abs=1.0)
    assert moved[ranges > beyond_m + 1].all()
    kept = ~moved
    np.testing.assert_allclose(out[kept, 3], 40.0 * np.exp(-2 * alpha * ranges[kept]))


@pytest.mark.parametrize(
    ("rate", "speed", "occupancy", "rain"),
    [(0.5, 2.0, 6.94e-7, 2.24), (1.0, 1.6, 1.74e-6, 8.85), (2.0, 2.0, 2.78e-6, 17.9), (2.5, 1.6, 4.34e-6, 35.0),
     (1.5, 0.6, 6.94e-6, 70.8), (1.5, 0.4, 1.04e-5, 130)],
)  # fmt: skip
def test_snow_table(rate: float, speed: float, occupancy: float, rain: float) -> None:
    assert snow_occupancy(rate, speed) == pytest.approx(occupancy, rel=5e-3)
    assert snow_rain_rate(rate, speed) == pytest.approx(rain, rel=5e-3)


def test_heavier_snow_takes_more_light_of_what_stays() -> None:
    ranges = np.full(40_000, 30.0)
    taken = []
    for rate, speed in ((0.5, 2.0), (1.0, 1.6), (2.5, 1.6), (1.5, 0.4)):
        out = hahner_snow(ray(ranges, 250.0), rng=np.random.default_rng(2), snowfall_mmph=rate, fall_mps=speed)
        stays = np.linalg.norm(out[:, :3], axis=1) > 29.0
        taken.append(1.0 - out[stays, 3].mean() / 250.0)
    assert np.all(np.diff(taken) > 0) and 0.005 < taken[0] < 0.2


def test_rain_moves_points_to_drops_near_the_sensor_and_loses_the_weak() -> None:
    ranges = np.full(20_000, 30.0)
    phantoms = []
    for rate in (1.0, 10.0, 50.0):
        out = lisa_rain(ray(ranges, 25.5), rng=np.random.default_rng(3), rate_mmph=rate)
        r = np.linalg.norm(out[:, :3], axis=1)
        assert len(out) == 20_000, "10 % at 30 m is above the least detectable power"
        near = r < 25.0
        phantoms.append(near.sum())
        assert r[near].max() < 20.0 and r[near].min() >= 1.5
        alpha = 3.65e-4 * rate**0.63
        power = 0.1 * np.exp(-2 * alpha * 30.0) / 900.0
        sigma = 0.09 / np.sqrt(2 * power / (0.9 / 200.0**2))
        assert r[~near].std() == pytest.approx(sigma, rel=0.05)
        np.testing.assert_allclose(out[~near, 3], 25.5 * np.exp(-2 * alpha * 30.0), rtol=1e-9)
    assert phantoms[0] < phantoms[1] < phantoms[2]
    weak = lisa_rain(ray(np.full(1000, 190.0), 5.0), rng=np.random.default_rng(3), rate_mmph=1.0)
    assert len(weak) < 200 and weak[:, 0].max(initial=0.0) < 20.0, "the target is lost, some drops remain"


def test_ground_is_found_and_wet_ground_is_darker(points, context: Context) -> None:  # type: ignore[no-untyped-def]
    up, rows = ground_plane(points)
    np.testing.assert_allclose(up, [0, 0, 1], atol=0.01)
    assert np.abs(points[rows, 2] + 1.8).max() < 0.25 and rows.sum() > 4000
    out = corruption("robo3d/wet_ground").apply(points, 2, rng=np.random.default_rng(0), context=context)
    lost = len(points) - len(out)
    assert out[:, 3].mean() < points[:, 3].mean() or lost
    assert (out[:, 2] > -1.0).sum() == (points[:, 2] > -1.0).sum(), "walls stay"


def test_wet_reflectance_at_limits() -> None:
    rho, angle = np.array([0.2]), np.array([0.6])
    np.testing.assert_allclose(wet_reflectance(rho, angle, 0.0), rho)
    normal = ((1.33 - 1.0003) / (1.33 + 1.0003)) ** 2
    expected = (1 - normal) ** 2 * 0.2 / (1 - 0.2 * normal)
    np.testing.assert_allclose(wet_reflectance(rho, np.array([0.05]), 5.0) * 0.05, expected, rtol=1e-3)
    steep, flat = (wet_reflectance(rho, np.array([a]), 1.2)[0] for a in (0.5, 1.5))
    assert flat < 0.3 * steep


def test_beams_points_and_echoes(points, context: Context) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(4)
    rings = lambda p: set(p[:, 4].astype(int))  # noqa: E731
    assert len(rings(corruption("robo3d/beam_missing/nuscenes").apply(points, 3, rng=rng))) == 8
    assert rings(corruption("multicorrupt/beamsreducing").apply(points, 3, rng=rng)) == {0, 8, 16, 24}
    assert len(corruption("multicorrupt/pointsreducing").apply(points, 2, rng=rng)) == round(0.2 * len(points))
    out = corruption("robo3d/incomplete_echo").apply(points, 2, rng=rng, context=context)
    assert len(points) - len(out) == pytest.approx(0.85 * 400, abs=60)
