"""Receiver and sky. Significance of the statistical tests: 1e-4."""

from dataclasses import fields

import numpy as np
import pytest
import trimesh
from cornercase.renderers.motion.gnss import (
    L1_M,
    MODES,
    FixStatus,
    Gnss,
    GnssConfig,
    carrier_error,
    dilution,
    least_squares,
)
from cornercase.renderers.motion.satellites import satellite_directions, sky_view
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.truth import Truth
from scipy import stats

UPRIGHT = np.array([[0.0, 0.0, 0.0, 1.0]])


def still(at=(0.0, 0.0, 1.5)) -> PoseTrack:  # type: ignore[no-untyped-def]
    return PoseTrack(np.zeros(1), np.array([at], float), UPRIGHT)


@pytest.fixture
def world(thing, scene):  # type: ignore[no-untyped-def]
    """Boxes (size, centre) on a plain."""

    def _world(*boxes):  # type: ignore[no-untyped-def]
        ground = thing(trimesh.creation.box((400.0, 400.0, 1.0)), positions=[(0.0, 0.0, -0.5)])
        return EmbreeTracer(scene([ground, *(thing(trimesh.creation.box(s), positions=[p]) for s, p in boxes)]))

    return _world


ROOF = ((300.0, 300.0, 0.5), (0.0, 0.0, 6.0))
CANYON = [((1.0, 200.0, 10.0), (x, 0.0, 5.0)) for x in (-9.0, 9.0)]
WELL = [((1.0, 24.0, 18.0), (x, 0.0, 9.0)) for x in (-8.0, 8.0)] + [
    ((24.0, 1.0, 18.0), (0.0, y, 9.0)) for y in (-8.0, 8.0)
]


def test_the_sky_is_full_and_turns(world) -> None:  # type: ignore[no-untyped-def]
    reference = np.array([0.84, 0.2, 500.0])
    counts = []
    for hour in range(24):
        d = satellite_directions(reference, 3600.0 * hour)
        assert d.shape == (48, 3)
        np.testing.assert_allclose(np.linalg.norm(d, axis=1), 1.0)
        counts.append(np.count_nonzero(d[:, 2] > np.sin(np.radians(10.0))))
    assert 12 <= min(counts) and max(counts) <= 24 and len(set(counts)) > 1
    # the first constellation repeats its ground track after a sidereal day, as GPS does
    before, after = satellite_directions(reference, 0.0)[:24], satellite_directions(reference, 86_164.1)[:24]
    assert np.abs(before - after).max() < 0.02
    # and at 55 degrees of inclination nothing stands over the pole
    assert satellite_directions(np.array([np.pi / 2, 0.0, 0.0]), 0.0)[:24, 2].max() < np.sin(np.radians(50.0))


def test_dilution_of_a_known_geometry() -> None:
    third = 2 * np.pi / 3
    d = np.array([[0, 0, 1.0], *([np.cos(third * k), np.sin(third * k), 0.0] for k in range(3))])
    hdop, vdop, pdop = dilution(d)
    assert hdop == pytest.approx(np.sqrt(4 / 3)) and vdop == pytest.approx(np.sqrt(4 / 3))
    assert pdop == pytest.approx(np.hypot(hdop, vdop))
    assert dilution(d[:3])[0] == np.inf


def upwards(rng: np.random.Generator, n: int) -> np.ndarray:
    """Unit vectors (n, 3) to satellites above the horizon."""
    d = rng.normal(size=(n, 3))
    d[:, 2] = np.abs(d[:, 2])
    return d / np.linalg.norm(d, axis=1, keepdims=True)


def test_equal_detours_are_the_clocks_and_others_move_the_position() -> None:
    rng = np.random.default_rng(3)
    d = upwards(rng, 9)
    weight = rng.uniform(0.1, 1.0, 9)
    np.testing.assert_allclose(least_squares(d, np.full(9, 25.0), weight), 0.0, atol=1e-9)
    moved = np.array([3.0, -7.0, 11.0])
    shift, residual = least_squares(d, -d @ moved + 5.0, weight)
    np.testing.assert_allclose(shift, moved, atol=1e-9)
    np.testing.assert_allclose(residual, 0.0, atol=1e-9)


def test_residuals_show_the_sigma_of_independent_errors() -> None:
    rng = np.random.default_rng(4)
    d = upwards(rng, 12)
    weight = rng.uniform(0.1, 1.0, 12)
    pairs = [least_squares(d, 2.0 * rng.standard_normal(12) / np.sqrt(weight), weight) for _ in range(400)]
    z = np.array([shift / sigma for shift, sigma in pairs])
    for axis in z.T:
        assert stats.kstest(axis, stats.t(df=8).cdf).pvalue > 1e-4
    # four satellites leave no residual
    assert not least_squares(d[:4], rng.standard_normal(4), weight[:4])[1].any()


def test_an_echo_shifts_the_carrier_by_a_quarter_of_a_wave_at_the_most() -> None:
    detour = np.linspace(0.0, 5.0, 20_001)
    error = carrier_error(detour)
    assert error[0] == 0.0 and 0.010 < error.max() < L1_M / 4 and error.min() == pytest.approx(-error.max(), rel=1e-3)
    np.testing.assert_allclose(carrier_error(detour + L1_M), error, atol=1e-9)
    # a weak echo of phase p shifts it by a sin p, so that what it does vanishes over a wavelength
    assert abs(np.mean(carrier_error(np.linspace(0.0, L1_M, 1000, endpoint=False)))) < 1e-9


def test_a_wall_mirrors_what_another_hides(world) -> None:  # type: ignore[no-untyped-def]
    # satellites in the east behind a near wall are received by the wall in the west, 12 m away: detour 2 D (s . n)
    tracer = world(((1.0, 200.0, 40.0), (5.0, 0.0, 20.0)), ((1.0, 200.0, 80.0), (-12.5, 0.0, 40.0)))
    elevation = np.radians([20.0, 60.0, 64.0, 80.0])
    s = np.stack([np.cos(elevation), 0 * elevation, np.sin(elevation)], axis=-1)
    view = sky_view(tracer, np.array([0.0, 0.0, 1.5]), 0.0, s)
    np.testing.assert_array_equal(view.direct, [False, False, False, False])
    # the way back from the wall must clear the top of the near one: from 16.5 m away
    height = 1.5 + 12.0 * np.tan(elevation) + 16.5 * np.tan(elevation)
    reaches = (height > 40.0) & (1.5 + 12.0 * np.tan(elevation) < 80.0)
    np.testing.assert_array_equal(view.reflected, reaches)
    assert 0 < reaches.sum() < 4
    np.testing.assert_allclose(view.detour_m[reaches], 2 * 12.0 * s[reaches, 0], rtol=1e-4)
    # without the near wall all are direct, none is received by reflections only, and the echoes are still there
    alone = sky_view(world(((1.0, 200.0, 80.0), (-12.5, 0.0, 40.0))), np.array([0.0, 0.0, 1.5]), 0.0, s)
    assert alone.direct.all() and not alone.reflected.any()
    np.testing.assert_array_equal(np.isfinite(alone.detour_m), 1.5 + 12.0 * np.tan(elevation) < 80.0)


@pytest.mark.parametrize("mode", list(MODES))
def test_open_sky_error_has_the_size_of_its_mode(mode, world) -> None:  # type: ignore[no-untyped-def]
    tracer, sigma = world(), MODES[mode][1]
    fixes = [Gnss(GnssConfig(mode), stream_key=k).capture(tracer, still(), 0.0, 0) for k in range(250)]
    error = np.array([f.position_w for f in fixes]) - [0.0, 0.0, 1.5]
    z = error / (sigma * np.array([1.0, 1.0, 1.75]))
    low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], z.size)
    assert low < np.sum(z**2) < high
    assert all(f.status == MODES[mode][0] and f.truth == 0 and f.direct >= 10 and not f.reflected for f in fixes)
    # vertical errors are larger by the factor that is stated
    assert np.std(error[:, 2]) > 1.3 * np.std(error[:, 0])


def test_the_bias_forgets_itself_with_its_time_constant(world) -> None:  # type: ignore[no-untyped-def]
    tracer = world()
    pairs = []
    for k in range(300):
        receiver = Gnss(GnssConfig("single", noise_density=0.0), stream_key=k)
        pairs.append(
            [receiver.capture(tracer, still(), t, n).position_w - [0, 0, 1.5] for n, t in enumerate((0.0, 30.0))]
        )
    a, b = np.array(pairs)[:, 0].ravel(), np.array(pairs)[:, 1].ravel()
    a /= np.tile([1, 1, 1.75], 300)
    b /= np.tile([1, 1, 1.75], 300)
    r = np.corrcoef(a, b)[0, 1]
    # Fisher's transform
    assert abs(np.arctanh(r) - np.arctanh(np.exp(-1.0))) < 3.9 / np.sqrt(len(a) - 3)
    low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], len(b))
    for values in (a, b):
        assert low < np.sum((values / MODES["single"][1]) ** 2) < high


def test_under_a_roof_there_is_no_position_and_it_takes_time_to_come_back(world) -> None:  # type: ignore[no-untyped-def]
    receiver = Gnss(GnssConfig("dgnss", reacquire_s=(4.0, 4.0)), stream_key=2)
    covered, bare = world(ROOF), world()
    assert receiver.capture(bare, still(), 0.0, 0).status == FixStatus.DGNSS
    dark = receiver.capture(covered, still(), 1.0, 1)
    assert dark.status == FixStatus.NONE and dark.truth == Truth.LOST and dark.direct == 0
    assert np.isnan(dark.position_w).all() and np.isnan(dark.geodetic_deg).all() and np.isnan(dark.hdop)
    states = [receiver.capture(bare, still(), 1.0 + k, 1 + k).status for k in range(1, 8)]
    assert states == [0, 0, 0, 0, 2, 2, 2]
    twin = receiver.capture(covered, still(), 9.0, 9, clean=True)
    np.testing.assert_allclose(twin.position_w, [0, 0, 1.5])
    assert twin.status == FixStatus.DGNSS and twin.truth == 0


def test_between_houses_each_mode_errs_as_its_physics_says(world) -> None:  # type: ignore[no-untyped-def]
    tracer = world(*CANYON)

    def fixes(mode, **values):  # type: ignore[no-untyped-def]
        return [Gnss(GnssConfig(mode, **values), stream_key=k).capture(tracer, still(), 0.0, 0) for k in range(60)]

    def shift(fix):  # type: ignore[no-untyped-def]
        return fix.position_w - fix.true_position_w

    quiet = {mode: fixes(mode, noise=0.0, pdop_mask=np.inf) for mode in ("single", "dgnss", "rtk_float", "rtk_fixed")}
    seen = {status: 0 for status in FixStatus}
    for single, dgnss, smoothed, fixed in zip(*quiet.values(), strict=True):
        seen[FixStatus(fixed.status)] += 1
        if single.direct < 4:
            assert single.status == dgnss.status == smoothed.status == fixed.status == FixStatus.SINGLE
            continue
        # codes take the detours in full, whatever else is corrected; smoothed ones a part of them
        np.testing.assert_allclose(shift(dgnss), shift(single))
        np.testing.assert_allclose(shift(smoothed), 0.35 / 0.75 * shift(single))
        if fixed.direct >= 5 and fixed.direct > fixed.reflected:
            assert fixed.status == FixStatus.RTK_FIXED
            # least squares of errors below a quarter of a wave each: dilution times the root of their number
            bound = np.sqrt(fixed.direct) * L1_M / 4
            assert np.linalg.norm(shift(fixed)[:2]) < fixed.hdop * bound and abs(shift(fixed)[2]) < fixed.vdop * bound
            assert single.pdop <= fixed.pdop, "it uses the direct ones only"
        else:
            assert fixed.status == FixStatus.RTK_FLOAT and fixed.sigma_m[0] >= MODES["rtk_float"][1]
            np.testing.assert_array_equal(fixed.position_w, smoothed.position_w)
    assert seen[FixStatus.RTK_FIXED] > 20 and seen[FixStatus.RTK_FLOAT] > 5
    assert max(np.abs(shift(f)).max() for f in quiet["single"] if f.direct >= 7) > 5.0
    # stated sigmas: those of fixed solutions cover their errors, those of codes know what residuals show
    for mode, status, low, high in (
        ("rtk_fixed", FixStatus.RTK_FIXED, 0.7, 1.4),
        ("single", FixStatus.SINGLE, 1.0, 3.0),
    ):
        z = np.array([shift(f) / f.sigma_m for f in fixes(mode) if f.status == status])
        assert low < np.sqrt(np.mean(z**2)) < high
    for with_, without in zip(fixes("single"), fixes("single", multipath=0.0), strict=True):
        assert (with_.sigma_m >= without.sigma_m).all() and with_.sigma_m[0] > without.sigma_m[0]


def test_a_fix_of_poor_geometry_is_refused_and_comes_back_at_once(world) -> None:  # type: ignore[no-untyped-def]
    # between walls of 60 m the few satellites left stand in one plane: dilutions of 50 and more, errors of 200 m
    canyon, bare = world(((1.0, 200.0, 60.0), (-9.0, 0.0, 30.0)), ((1.0, 200.0, 60.0), (9.0, 0.0, 30.0))), world()
    refused = 0
    for key in range(60):
        receiver = Gnss(GnssConfig(multipath=0.0), stream_key=key)
        masked = receiver.capture(canyon, still(), 0.0, 0)
        free = Gnss(GnssConfig(multipath=0.0, pdop_mask=np.inf), stream_key=key).capture(canyon, still(), 0.0, 0)
        if free.status and free.pdop > 10.0:
            refused += 1
            assert masked.status == FixStatus.NONE and masked.truth == Truth.LOST
            assert np.isnan(masked.position_w).all() and np.isnan(masked.sigma_m).all() and np.isnan(masked.pdop)
            # its satellites were tracked all the time
            assert receiver.capture(bare, still(), 0.1, 1).status == FixStatus.SINGLE
        else:
            np.testing.assert_array_equal(masked.position_w, free.position_w)
        if masked.status:
            assert masked.pdop <= 10.0
            # with all satellites in view the dilution is 1 and more: ten times the sigma of the mode, at 5 sigma
            assert np.abs(masked.position_w - masked.true_position_w).max() < 5 * 10.0 * 1.75 * MODES["single"][1]
    assert refused > 5


def test_in_a_well_between_houses_the_position_jumps_and_stays(world) -> None:  # type: ignore[no-untyped-def]
    tracer = world(*WELL)
    first = [Gnss(GnssConfig(), stream_key=k).capture(tracer, still(), 0.0, 0) for k in range(60)]
    key = next(k for k, fix in enumerate(first) if fix.direct < 4 <= fix.direct + fix.reflected)
    config = GnssConfig("rtk_fixed", noise=0.0, dwell_s=2.0, rate_hz=5.0, pdop_mask=np.inf)
    receiver = Gnss(config, stream_key=key)
    fixes = [receiver.capture(tracer, still(), 0.2 * k, k) for k in range(400)]
    assert all(f.status == FixStatus.SINGLE and f.truth == Truth.DISPLACED for f in fixes)
    assert all((f.sigma_m[:2] >= config.jump_m).all() for f in fixes), "it knows that it sees too few"
    steps = np.linalg.norm(np.diff([f.position_w for f in fixes], axis=0), axis=1)
    # a jump is seen at the first of the fixes after its time is up: the mean time is 2 s plus half a period
    jumps = int(np.count_nonzero(steps > 0.3))
    low, high = stats.poisson.ppf([5e-5, 1 - 5e-5], 80.0 / 2.1)
    assert low <= jumps <= high
    off = Gnss(GnssConfig("rtk_fixed", noise=0.0, multipath=0.0, pdop_mask=np.inf), stream_key=key).capture(
        tracer, still(), 0.0, 0
    )
    np.testing.assert_allclose(off.position_w, [0, 0, 1.5], atol=1e-9)


def test_geodetic_place_velocity_latency_and_spoofing(world) -> None:  # type: ignore[no-untyped-def]
    from cornercase.renderers.motion.geodesy import geodetic_to_world

    times = np.linspace(0.0, 1.0, 61)
    track = PoseTrack(times, np.outer(times, [10.0, -4.0, 0.0]) + [0, 0, 1.5], np.repeat(UPRIGHT, 61, axis=0))
    config = GnssConfig(noise=0.0, latency_s=0.2, spoof_start_s=0.5, spoof_mps=(0.0, 2.0, 0.0))
    receiver = Gnss(config, stream_key=1)
    fix = receiver.capture(world(), track, 0.4, 0)
    np.testing.assert_allclose(fix.position_w, [2.0, -0.8, 1.5], atol=1e-9)
    np.testing.assert_allclose(fix.velocity_w, [10.0, -4.0, 0.0], atol=1e-9)
    assert fix.measured_s == pytest.approx(0.2) and fix.truth == 0
    place = np.concatenate([np.radians(fix.geodetic_deg[:2]), fix.geodetic_deg[2:]])
    np.testing.assert_allclose(geodetic_to_world(place, receiver.reference), fix.position_w, atol=1e-6)
    dragged = receiver.capture(world(), track, 1.0, 1)
    np.testing.assert_allclose(dragged.position_w - dragged.true_position_w, [0, 1.0, 0], atol=1e-9)
    assert dragged.truth == Truth.DISPLACED


def test_fixes_repeat_and_depend_on_the_stream(world) -> None:  # type: ignore[no-untyped-def]
    tracer = world(*WELL[:3])

    def run(key):  # type: ignore[no-untyped-def]
        receiver = Gnss(GnssConfig(), stream_key=key)
        return [receiver.capture(tracer, still(), 0.1 * k, k) for k in range(5)]

    for a, b in zip(run(7), run(7), strict=True):
        for f in fields(a):
            np.testing.assert_array_equal(getattr(a, f.name), getattr(b, f.name))
    assert not np.array_equal(run(8)[-1].position_w, run(7)[-1].position_w)


def test_bad_configs_are_refused() -> None:
    for values, message in (
        ({"mode": "rtk"}, "did you mean 'rtk_"),
        ({"origin_deg": (100.0, 0.0, 0.0)}, "expected a latitude"),
        ({"mask_deg": 95.0}, "mask_deg is 95"),
        ({"pdop_mask": 0.0}, "pdop_mask is 0"),
        ({"reacquire_s": (5.0, 1.0)}, "reacquire_s is"),
        ({"dwell_s": 0.0}, "dwell_s is 0"),
    ):
        with pytest.raises(ValueError, match=message):
            GnssConfig(**values)  # type: ignore[arg-type]
