"""The imager recovers its own parameters by photon transfer, and its samplers follow their laws."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace

import numpy as np
import pytest
from cornercase.renderers.camera.imager import NO_CROSSTALK, PRESETS, Imager, ImagerConfig, preset
from cornercase.renderers.camera.samplers import normal_field, poisson_field
from cornercase.renderers.random import frame_key
from scipy import stats

SHAPE = (240, 320)
ALPHA = 1e-3  # significance of every statistical test here; the keys are fixed, so a pass stays a pass

GREY = replace(  # one band response for all sites, so that a whole frame is one population
    preset("imx900_low_gain"),
    quantum_efficiency=(0.8, 0.8, 0.8),
    spectral_share=(1.0, 1.0, 1.0),
    crosstalk=NO_CROSSTALK,
)


def uniform(radiance: float, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    return np.full((*shape, 3), radiance, np.float32)


def radiance_for(config: ImagerConfig, electrons: float, exposure_s: float) -> float:
    return electrons / (config.sensitivity_e_per_s()[1] * exposure_s)


@pytest.mark.parametrize("mean", [0.5, 5.0, 49.0, 51.0, 1000.0])
def test_poisson_mean_and_variance(mean: float) -> None:
    n = 200_000
    drawn = poisson_field(np.full(n, mean), np.uint64(11), 0)
    assert abs(drawn.mean() - mean) < stats.norm.isf(ALPHA / 2) * math.sqrt(mean / n)
    # the sample variance of a Poisson number has variance (mu + 2 mu^2) / n
    assert abs(drawn.var() - mean) < stats.norm.isf(ALPHA / 2) * math.sqrt((mean + 2 * mean**2) / n)
    assert np.array_equal(drawn, np.floor(drawn)) and drawn.min() >= 0


@pytest.mark.parametrize("mean", [0.02, 0.5, 1.0, 5.0, 12.3, 49.0, 49.9])
def test_poisson_below_the_limit_is_exact(mean: float) -> None:
    n = 200_000
    drawn = poisson_field(np.full(n, mean), np.uint64(12), 0).astype(int)
    low, high = int(stats.poisson.ppf(5e-5, mean)), int(stats.poisson.isf(5e-5, mean))
    observed = np.bincount(np.clip(drawn, low, high) - low, minlength=high - low + 1)
    expected = n * stats.poisson.pmf(np.arange(low, high + 1), mean)
    expected[0] = n * stats.poisson.cdf(low, mean)
    expected[-1] = n * stats.poisson.sf(high - 1, mean)
    assert stats.chisquare(observed, expected * (observed.sum() / expected.sum())).pvalue > ALPHA


@pytest.mark.parametrize("mean", [51.0, 1000.0])
def test_poisson_above_the_limit_is_a_rounded_normal(mean: float) -> None:
    n = 100_000
    drawn = poisson_field(np.full(n, mean), np.uint64(13), 0)
    smooth = drawn + np.random.default_rng(1).uniform(-0.5, 0.5, n)
    assert stats.kstest(smooth, stats.norm(mean, math.sqrt(mean + 1 / 12)).cdf).pvalue > ALPHA


def test_poisson_of_nothing_and_of_nan_is_zero() -> None:
    assert not poisson_field(np.array([0.0, -1.0, np.nan]), np.uint64(1), 0).any()


def test_normal_law() -> None:
    drawn = normal_field(400_000, np.uint64(21), 0)
    assert stats.kstest(drawn, "norm").pvalue > ALPHA
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < stats.norm.isf(ALPHA / 2) / math.sqrt(len(drawn))


def test_normal_tail_law() -> None:
    # beyond 3.4426 sigma the ziggurat's tail takes over: about 2300 of these draws
    drawn = np.abs(normal_field(4_000_000, np.uint64(22), 0))
    tail = drawn[drawn > 3.4427]
    assert stats.binomtest(len(tail), len(drawn), 2 * stats.norm.sf(3.4427)).pvalue > ALPHA
    assert stats.kstest(tail, lambda x: 1.0 - stats.norm.sf(x) / stats.norm.sf(3.4427)).pvalue > ALPHA


def test_draws_do_not_depend_on_chunks() -> None:
    mean = np.linspace(0.0, 120.0, 999)
    whole = poisson_field(mean, np.uint64(5), 0)
    parts = np.concatenate([poisson_field(mean[a:b], np.uint64(5), a) for a, b in ((0, 10), (10, 700), (700, 999))])
    assert np.array_equal(whole, parts)
    assert np.array_equal(normal_field(50, np.uint64(5), 0)[20:], normal_field(30, np.uint64(5), 20))


@pytest.mark.parametrize("name", [n for n in PRESETS if n != "ideal"])
def test_photon_transfer_recovers_the_sensor(name: str) -> None:
    config = replace(
        preset(name),
        quantum_efficiency=(0.8,) * 3,
        spectral_share=(1.0,) * 3,
        crosstalk=NO_CROSSTALK,
        dark_current_e_per_s=0.0,
    )
    imager = Imager(config, SHAPE, serial=7)
    exposure = 1e-3

    def pair(electrons: float, n: int) -> tuple[np.ndarray, np.ndarray]:
        scene = uniform(radiance_for(config, electrons, exposure))
        a, b = (imager.expose(scene, exposure, 1.0, key=frame_key(99, 2 * n + i)).astype(float) for i in (0, 1))
        return a, b

    levels = np.linspace(0.0, 0.8 * config.full_well_e, 12)
    pairs = [pair(level, n) for n, level in enumerate(levels)]
    mean = np.array([0.5 * (a.mean() + b.mean()) for a, b in pairs])
    variance = np.array([0.5 * (a - b).var() for a, b in pairs])
    slope = np.polyfit(mean[1:] - mean[0], variance[1:] - variance[0], 1)[0]
    assert slope == pytest.approx(config.gain_dn_per_e, rel=0.05)

    quantisation = 1 / 6  # rounding and dither, 1/12 DN^2 each
    read = math.sqrt(variance[0] - quantisation) / config.gain_dn_per_e
    assert read == pytest.approx(config.read_noise_e, rel=0.05)

    stack = np.mean([np.mean(pair(0.0, 100 + n), axis=0) for n in range(24)], axis=0)
    dsnu_squared = stack.var() - (variance[0]) / 48
    assert math.sqrt(dsnu_squared) / config.gain_dn_per_e == pytest.approx(config.dsnu_e, rel=0.05)

    half = 0.5 * config.full_well_e
    bright = [pair(half, 200 + n) for n in range(24)]
    light = np.mean([np.mean(p, axis=0) for p in bright], axis=0) - stack
    temporal = np.mean([0.5 * (a - b).var() for a, b in bright])
    prnu = math.sqrt(light.var() - (temporal + variance[0]) / 48) / light.mean()
    assert prnu == pytest.approx(config.prnu, rel=0.05)


def test_response_is_linear_in_radiance_exposure_and_gain() -> None:
    config = replace(
        GREY, prnu=0.0, dsnu_e=0.0, read_noise_e=0.0, dark_current_e_per_s=0.0, shot_noise=False, dither=False
    )
    imager = Imager(config, (4, 4), serial=1)

    def level(radiance: float, exposure_s: float, gain: float) -> float:
        return (
            float(imager.expose(uniform(radiance, (4, 4)), exposure_s, gain, key=np.uint64(0)).mean()) - config.black_dn
        )

    base = level(1000.0, 1e-4, 1.0)
    assert level(2000.0, 1e-4, 1.0) == pytest.approx(2 * base, abs=1.5)
    assert level(1000.0, 2e-4, 1.0) == pytest.approx(2 * base, abs=1.5)
    assert level(1000.0, 1e-4, 2.0) == pytest.approx(2 * base, abs=1.5)


def test_electrons_agree_with_a_hand_calculation() -> None:
    config = replace(
        preset("ideal"), pixel_m=3e-6, quantum_efficiency=(1.0,) * 3, spectral_share=(1.0,) * 3, transmission=1.0
    )
    lux = math.pi * 1000.0 / (1 + (2 * config.f_number) ** 2)
    # a 3 um pixel receives 3.7e4 photons per second and lux
    assert config.sensitivity_e_per_s()[1] * 1000.0 == pytest.approx(3.7e4 * lux, rel=0.01)


def test_snr_at_saturation_is_the_root_of_the_full_well() -> None:
    config = replace(GREY, prnu=0.0, dsnu_e=0.0, read_noise_e=0.0, dark_current_e_per_s=0.0)
    # just below the full well, so that clipping does not narrow the distribution
    electrons = config.full_well_e - 6 * math.sqrt(config.full_well_e)
    raw = Imager(config, SHAPE, serial=1).expose(
        uniform(radiance_for(config, electrons, 1e-3)), 1e-3, 1.0, key=np.uint64(4)
    )
    level = raw.astype(float) - config.black_dn
    assert level.mean() / level.std() == pytest.approx(math.sqrt(electrons), rel=0.02)
    assert 20 * math.log10(math.sqrt(config.full_well_e)) == pytest.approx(39.8, abs=0.1)  # the lab report's figure


@pytest.mark.parametrize(("name", "range_db"), [("imx900_low_gain", 63.8), ("imx900_high_gain", 59.0)])
def test_dynamic_range_of_the_lab_report(name: str, range_db: float) -> None:
    config = preset(name)
    # EMVA 1288: from the signal where the signal-to-noise ratio is 1
    smallest = math.sqrt(config.read_noise_e**2 + 1 / (12 * config.gain_dn_per_e**2)) + 0.5
    assert 20 * math.log10(config.full_well_e / smallest) == pytest.approx(range_db, abs=0.2)


@pytest.mark.parametrize(("name", "range_db"), [("ar0330", 69.5), ("split_pixel_large", 77.0), ("ar0833", 64.0)])
def test_dynamic_range_of_the_data_sheet(name: str, range_db: float) -> None:
    config = preset(name)
    assert 20 * math.log10(config.full_well_e / config.read_noise_e) == pytest.approx(range_db, abs=0.2)


@pytest.mark.parametrize(("name", "snr_db"), [("imx900_high_gain", 33.4), ("ar0330", 39.0), ("ar0833", 36.0)])
def test_largest_snr_of_the_data_sheet(name: str, snr_db: float) -> None:
    assert 10 * math.log10(preset(name).full_well_e) == pytest.approx(snr_db, abs=0.1)


@pytest.mark.parametrize("name", PRESETS)
def test_the_converter_holds_the_full_well(name: str) -> None:
    config = preset(name)
    full = config.black_dn + config.gain_dn_per_e * config.full_well_e
    assert 0.9 * (2**config.bit_depth - 1) < full <= 2**config.bit_depth - 1 + 0.5 or name == "ideal"


def test_dark_signal_doubles_per_doubling_temperature() -> None:
    exposure = 2.0

    def dark(temperature_c: float) -> float:
        config = replace(GREY, dark_current_e_per_s=100.0, temperature_c=temperature_c)
        raw = Imager(config, SHAPE, serial=1).expose(uniform(0.0), exposure, 1.0, key=np.uint64(8))
        return (float(raw.mean()) - config.black_dn) / config.gain_dn_per_e

    assert dark(GREY.dark_reference_c) == pytest.approx(100.0 * exposure, rel=0.01)
    assert dark(44.0) / dark(36.0) == pytest.approx(2.0, rel=0.01)
    assert dark(60.0) / dark(36.0) == pytest.approx(8.0, rel=0.01)


def test_without_noise_the_numbers_are_the_signal() -> None:
    config = preset("ideal")
    rng = np.random.default_rng(3)
    scene = rng.uniform(0.0, 5000.0, (*SHAPE, 3)).astype(np.float32)
    raw = Imager(config, SHAPE, serial=1).expose(scene, 1e-4, 1.0, key=np.uint64(0))
    rows, columns = np.indices(SHAPE)
    colour = (rows & 1) + (columns & 1)
    site = np.take_along_axis(scene, colour[..., None], axis=2)[..., 0].astype(float)
    expected = site * np.array(config.sensitivity_e_per_s())[colour] * 1e-4 * config.gain_dn_per_e + config.black_dn
    assert raw.dtype == np.uint16
    assert np.abs(raw - np.minimum(expected, config.gain_dn_per_e * config.full_well_e + config.black_dn)).max() <= 0.51


def test_overexposure_and_bad_radiance_stay_in_range() -> None:
    imager = Imager(preset("imx900_low_gain"), (4, 4), serial=1)
    scene = uniform(1.0, (4, 4))
    scene[0], scene[1], scene[2], scene[3] = np.inf, 1e12, -5.0, np.nan
    raw = imager.expose(scene, 1e-2, 16.0, key=np.uint64(1))
    assert (raw[:2] == 4095).all()
    assert (raw[2:] < 1000).all()


def test_noise_follows_the_key_and_the_pattern_follows_the_serial() -> None:
    config = replace(GREY, prnu=0.05, dsnu_e=40.0)
    scene = uniform(radiance_for(GREY, 4000.0, 1e-3))

    def shoot(serial: int, key: int) -> np.ndarray:
        return Imager(config, SHAPE, serial=serial).expose(scene, 1e-3, 1.0, key=np.uint64(key)).astype(float)

    a, b, other = shoot(1, 1), shoot(1, 2), shoot(2, 1)
    assert np.array_equal(a, shoot(1, 1))
    assert not np.array_equal(a, b)
    fixed, temporal = (0.05 * 4000) ** 2 + 40.0**2, 4000 + 5.56**2
    share = fixed / (fixed + temporal)
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] == pytest.approx(share, abs=0.02)
    assert abs(np.corrcoef((a - b).ravel(), (other - shoot(2, 2)).ravel())[0, 1]) > 0.9  # the noise is the key's
    assert abs(np.corrcoef((a + b).ravel(), (other + shoot(2, 2)).ravel())[0, 1]) < 0.2  # the pattern is not


def test_row_and_column_patterns() -> None:
    config = replace(GREY, prnu=0.0, dsnu_e=0.0, read_noise_e=0.0, dsnu_row_e=30.0, dsnu_column_e=60.0)
    raw = Imager(config, SHAPE, serial=5).expose(uniform(0.0), 1e-3, 1.0, key=np.uint64(1)) / config.gain_dn_per_e
    assert raw.mean(axis=1).std() == pytest.approx(30.0, rel=0.15)
    assert raw.mean(axis=0).std() == pytest.approx(60.0, rel=0.15)


def test_golden_frame() -> None:
    ramp = np.linspace(0.0, 9000.0, 16 * 24 * 3, dtype=np.float32).reshape(16, 24, 3)
    raw = Imager(preset("imx900_low_gain"), (16, 24), serial=42).expose(ramp, 1e-4, 1.0, key=np.uint64(42))
    assert hashlib.sha256(raw.tobytes()).hexdigest()[:16] == "fbb0ee550335fd4f"


def test_presets_are_copies() -> None:
    preset("ideal").read_noise_e = 9.0
    assert PRESETS["ideal"].read_noise_e == 0.0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"full_well_e": 0.0}, "full_well_e"),
        ({"prnu": -1.0}, "prnu"),
        ({"bit_depth": 4}, "bit_depth"),
        ({"black_dn": 5000.0}, "black_dn"),
    ],
)
def test_bad_values_are_named(change: dict[str, float], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        replace(GREY, **change)


def test_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'imx900_low_gain'"):
        preset("imx900_low")


def test_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="expected \\(240, 320, 3\\)"):
        Imager(GREY, SHAPE, serial=1).expose(uniform(1.0, (4, 4)), 1e-3, 1.0, key=np.uint64(0))
