"""Fog: its own echo against Hahner et al. 2021 and Rasshofer et al. 2011, and how far one sees through it."""

import numpy as np
import pytest
from cornercase.renderers.air import Air, FogBank, fog_extinction
from cornercase.renderers.lidar.fog import AirConfig, fog, peak, peak_at, response
from cornercase.renderers.lidar.lidar import Lidar, LidarConfig
from cornercase.renderers.truth import Truth

HAHNER = {"pulse_s": 20e-9, "overlap_m": (0.9, 1.0)}


@pytest.mark.parametrize(
    ("alpha", "height"),
    [
        (0.005, 4.57e-9),
        (0.01, 4.49e-9),
        (0.02, 4.35e-9),
        (0.03, 4.21e-9),
        (0.06, 3.82e-9),
        (0.1, 3.36e-9),
        (0.2, 2.48e-9),
    ],
)
def test_soft_target_peaks_are_those_of_the_facts(alpha: float, height: float) -> None:
    assert peak(alpha, **HAHNER)[1] == pytest.approx(height, rel=5e-3)  # type: ignore[arg-type]


def test_soft_target_peaks_at_the_shifted_range() -> None:
    at = [peak(alpha, **HAHNER)[0] for alpha in (0.01, 0.06, 0.2)]  # type: ignore[arg-type]
    np.testing.assert_allclose(at, [1.70, 1.64, 1.52], atol=0.005)


def test_the_table_agrees_with_the_integral() -> None:
    curves = fog(AirConfig(), Air(fog_extinction_per_m=0.05), 5e-9, 40.0)
    for alpha in (0.003, 0.021, 0.17):
        where, height = peak_at(curves, alpha)
        assert height == pytest.approx(peak(alpha, 5e-9, (0.9, 10.0))[1], rel=2e-3)
        assert response(alpha, np.array([where]), 5e-9, (0.9, 10.0))[0] == pytest.approx(height, rel=2e-3)


@pytest.mark.parametrize(
    ("mor", "row"),
    [
        (300, (29.7, 61.3, 37.7, 74.2, 56.7, 102.0, 85.3, 140.0)),
        (100, (21.2, 37.2, 25.6, 43.0, 35.0, 54.8, 47.8, 69.8)),
        (50, (15.7, 25.1, 18.3, 28.4, 23.9, 34.9, 31.1, 43.0)), (10, (6.2, 8.6, 6.9, 9.4, 8.3, 10.9, 10.0, 12.7)),
    ],
)  # fmt: skip
def test_reach_in_fog_is_that_of_the_facts(mor, row, make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    """Two per cent, or what the last printed digit leaves open."""
    air, track = Air(fog_extinction_per_m=fog_extinction(mor)), make_track()
    for k, limit in enumerate(row):
        r_10, nir = (40.0, 55.0, 100.0, 200.0)[k // 2], (0.1, 0.8)[k % 2]
        config = LidarConfig(
            "XT32", noise=0.0, range_50_m=r_10, max_range_m=500.0, air=AirConfig(strength=0.0), columns=2000
        )
        lidar = Lidar(config, stream_key=1)
        cosine = lidar.geometry.directions()[..., 0]
        ray = np.unravel_index(np.argmax(cosine), cosine.shape)
        seen = [
            lidar.sweep(make_tracer([wall(x, nir)], air=air), track, 0.0, 0).range[ray] > 0
            for x in (limit * 0.98 - 0.05, limit * 1.02 + 0.05)
        ]
        assert seen == [True, False], (r_10, nir)


def test_dense_fog_answers_near_the_sensor_and_last_returns_look_past_it(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    air = Air(fog_extinction_per_m=0.06)
    tracer, track = make_tracer([wall(12.0, 0.1)], air=air), make_track()
    wide_open = AirConfig(pulse_s=20e-9, overlap_m=(0.9, 1.0), jitter_m=0.0)
    strongest, last = (
        Lidar(LidarConfig("OS1-64", noise=0.0, returns=mode, range_50_m=55.0, air=wide_open), stream_key=1).sweep(
            tracer, track, 0.0, 0
        )
        for mode in ("strongest", "last")
    )
    facing = strongest.geometry.directions()[..., 0] > 0.9
    assert np.all(strongest.truth[facing] == (Truth.PHANTOM | Truth.LOST))
    np.testing.assert_allclose(strongest.range[facing], 1.64, atol=0.02)
    assert not strongest.instance[facing].any() and not strongest.true_range[facing].any()
    assert np.all(last.instance[facing] == 1)
    assert np.all(last.truth[facing] == Truth.DIMMED)


def test_the_fog_takes_over_where_the_facts_say(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    # consistent units, alpha 0.06, rho 0.1: from 6 m on with a wide-open receiver of 20 ns
    track = make_track()
    lidar = Lidar(LidarConfig("OS1-64", noise=0.0, air=AirConfig(pulse_s=20e-9, overlap_m=(0.9, 1.0))), stream_key=1)
    cosine = lidar.geometry.directions()[..., 0]
    ray = np.unravel_index(np.argmax(cosine), cosine.shape)
    air = Air(fog_extinction_per_m=0.06)
    hidden = [
        bool(lidar.sweep(make_tracer([wall(x, 0.1)], air=air), track, 0.0, 0).truth[ray] & Truth.PHANTOM)
        for x in (5.0, 7.0)
    ]
    assert hidden == [False, True]


def test_a_bank_in_clear_air_answers_where_it_stands(make_tracer, make_track, wall) -> None:  # type: ignore[no-untyped-def]
    air = Air(banks=(FogBank((15.0, 0.0, 0.0), (2.0, 8.0, 4.0), 0.5),))
    tracer = make_tracer([wall(60.0, 0.1)], air=air)
    config = LidarConfig("OS1-64", noise=0.0, range_50_m=100.0, air=AirConfig(jitter_m=0.0))
    frame = Lidar(config, stream_key=1).sweep(tracer, make_track(), 0.0, 0)
    ahead = frame.geometry.directions()[..., 0] > 0.98
    assert np.all(frame.truth[ahead] & Truth.PHANTOM)
    assert np.all((frame.range[ahead] > 10.0) & (frame.range[ahead] < 16.0))
    behind = frame.geometry.directions()[..., 0] < -0.5
    assert not frame.truth[behind].any()
