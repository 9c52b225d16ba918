"""The processor keeps grey grey, red red and order in order."""

from __future__ import annotations

import colorsys
from dataclasses import replace

import numpy as np
import pytest
from cornercase.renderers.camera.imager import Imager, preset
from cornercase.renderers.camera.isp import Isp, IspConfig, tone_curve

SHAPE = (48, 64)
SENSOR = replace(
    preset("imx900_low_gain"),
    prnu=0.0,
    dsnu_e=0.0,
    read_noise_e=0.0,
    dark_current_e_per_s=0.0,
    bit_depth=16,
    gain_dn_per_e=6.0,
    shot_noise=False,
    dither=False,
)
PLAIN = IspConfig(saturation=1.0, shoulder=1.0, contrast=0.0)


def develop(radiance: np.ndarray, config: IspConfig = PLAIN) -> np.ndarray:
    """Radiance 1 becomes a full green pixel."""
    exposure = 1e-3
    full = SENSOR.full_well_e / (SENSOR.sensitivity_e_per_s()[1] * exposure)
    raw = Imager(SENSOR, radiance.shape[:2], serial=1).expose(
        (radiance * full).astype(np.float32), exposure, 1.0, key=np.uint64(0)
    )
    return Isp(config, SENSOR).develop(raw)


def flat(rgb: tuple[float, float, float]) -> np.ndarray:
    return np.broadcast_to(np.array(rgb), (*SHAPE, 3))


def srgb(x: float) -> float:
    return 12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055


@pytest.mark.parametrize("level", [0.0, 0.001, 0.02, 0.18, 0.5, 0.9])
def test_grey_stays_grey_and_follows_srgb(level: float) -> None:
    picture = develop(flat((level, level, level))).astype(int)
    assert np.ptp(picture, axis=2).max() <= 1
    assert np.abs(picture - 255 * srgb(level)).max() <= 1.5


@pytest.mark.parametrize(
    "rgb",
    [(0.6, 0.05, 0.05), (0.05, 0.5, 0.05), (0.05, 0.05, 0.6), (0.4, 0.3, 0.05), (0.1, 0.3, 0.4), (0.3, 0.05, 0.3)],
)
def test_colours_come_back_exactly(rgb: tuple[float, float, float]) -> None:
    picture = develop(flat(rgb)).astype(float)
    assert np.abs(picture - [255 * srgb(c) for c in rgb]).max() <= 2.0


@pytest.mark.parametrize("rgb", [(0.5, 0.04, 0.04), (0.04, 0.4, 0.04), (0.04, 0.04, 0.5)])
def test_the_default_look_keeps_the_hue_of_primaries(rgb: tuple[float, float, float]) -> None:
    r, g, b = develop(flat(rgb), IspConfig()).reshape(-1, 3).mean(axis=0) / 255.0
    hue, saturation, _ = colorsys.rgb_to_hsv(r, g, b)
    wanted = colorsys.rgb_to_hsv(*rgb)[0]
    assert abs((hue - wanted + 0.5) % 1.0 - 0.5) < 0.02
    assert saturation > 0.5


def test_a_coloured_patch_stays_in_its_place() -> None:
    scene = np.full((*SHAPE, 3), 0.05)
    scene[8:24, 8:24] = (0.6, 0.05, 0.05)
    scene[8:24, 40:56] = (0.05, 0.05, 0.6)
    picture = develop(scene).astype(int)
    red, blue = picture[12:20, 12:20].mean(axis=(0, 1)), picture[12:20, 44:52].mean(axis=(0, 1))
    assert red[0] > 2 * red[2] and blue[2] > 2 * blue[0]


def test_burnt_highlights_are_white() -> None:
    assert (develop(flat((3.0, 4.0, 9.0)), IspConfig()) >= 254).all()


@pytest.mark.parametrize(("shoulder", "contrast"), [(1.0, 0.0), (2.0, 0.35), (8.0, 1.0), (1.0, 1.0)])
def test_tone_curve_is_monotone_from_0_to_1(shoulder: float, contrast: float) -> None:
    y = tone_curve(np.linspace(0.0, 1.0, 10_001), shoulder=shoulder, contrast=contrast)
    assert y[0] == 0.0 and y[-1] == pytest.approx(1.0)
    assert (np.diff(y) > 0.0).all()


def test_a_ramp_stays_monotone() -> None:
    ramp = np.broadcast_to(np.linspace(0.0, 1.0, 256)[None, :, None], (32, 256, 3))
    picture = develop(ramp, IspConfig()).astype(int)
    assert (np.diff(picture[16, :, :].mean(axis=1)) >= -0.7).all()
    expected = 255 * tone_curve(
        np.linspace(0.0, 1.0, 256), shoulder=IspConfig().shoulder, contrast=IspConfig().contrast
    )
    assert np.abs(picture[16, 2:-2] - expected[2:-2, None]).max() <= 2.0


def test_a_sharp_edge_gets_no_false_colour() -> None:
    scene = np.full((*SHAPE, 3), 0.05)
    scene[:, 32:] = 0.6
    picture = develop(scene, IspConfig()).astype(int)
    coloured = np.ptp(picture, axis=2) > 24
    assert coloured.mean() < 2.5 / SHAPE[1]  # at most about two columns beside the edge


def test_shadows_are_not_tinted_by_noise() -> None:
    sensor = preset("imx900_low_gain")
    raw = Imager(sensor, (120, 160), serial=1).expose(np.zeros((120, 160, 3), np.float32), 1e-2, 8.0, key=np.uint64(5))
    mean = Isp(IspConfig(), sensor).develop(raw).reshape(-1, 3).mean(axis=0)
    assert np.ptp(mean) < 8.0 and mean.max() < 40.0


def test_grey_world_finds_the_cast_and_the_fixed_balance_keeps_it() -> None:
    warm = np.random.default_rng(1).uniform(0.05, 0.5, (*SHAPE, 1)).repeat(3, axis=2) * (0.8, 0.6, 0.35)
    exposure = 1e-3
    full = SENSOR.full_well_e / (SENSOR.sensitivity_e_per_s()[1] * exposure)
    raw = Imager(SENSOR, SHAPE, serial=1).expose((warm * full).astype(np.float32), exposure, 1.0, key=np.uint64(0))
    auto, fixed = (
        Isp(IspConfig(white_balance=kind, white_balance_strength=1.0, saturation=1.0), SENSOR)
        for kind in ("grey_world", "fixed")
    )
    gains = auto.gains(raw, None)
    mean = auto.develop(raw, gains).reshape(-1, 3).mean(axis=0)
    assert np.ptp(mean) < 16.0
    kept = fixed.develop(raw, fixed.gains(raw, None)).reshape(-1, 3).mean(axis=0)
    assert kept[0] > kept[1] + 10 > kept[2] + 20
    half = Isp(IspConfig(white_balance="grey_world", white_balance_strength=0.5), SENSOR).gains(raw, None)
    assert half == pytest.approx([np.sqrt(g * f) for g, f in zip(gains, auto.fixed_gains, strict=True)])
    # from elsewhere the gains move by the configured share per frame
    moved = auto.gains(raw, (1.0, 1.0))
    assert moved[0] == pytest.approx(1.0 + 0.1 * (gains[0] - 1.0))


def test_grey_world_survives_a_burnt_frame() -> None:
    isp = Isp(IspConfig(white_balance="grey_world"), SENSOR)
    burnt = np.full(SHAPE, 65535, np.uint16)
    assert isp.gains(burnt, None) == isp.fixed_gains
    assert isp.gains(burnt, (1.5, 2.0)) == (1.5, 2.0)


def test_sharpen_and_denoise_do_what_they_say() -> None:
    rng = np.random.default_rng(2)
    scene = np.full((*SHAPE, 3), 0.1)
    scene[:, 32:] = 0.4
    noisy = scene * rng.normal(1.0, 0.03, (*SHAPE, 1))
    plain = develop(noisy, IspConfig()).astype(float)
    smooth = develop(noisy, IspConfig(denoise=30.0)).astype(float)
    crisp = develop(noisy, IspConfig(sharpen=1.0)).astype(float)
    assert smooth[:, :24].std() < 0.7 * plain[:, :24].std() < 0.7 * crisp[:, :24].std()


def test_denoise_follows_the_gain() -> None:
    noisy = (4000.0 + np.random.default_rng(3).normal(0.0, 600.0, SHAPE)).astype(np.uint16)
    isp, plain = Isp(IspConfig(), SENSOR), Isp(IspConfig(denoise=0.0), SENSOR)
    assert np.array_equal(isp.develop(noisy, gain=1.0), plain.develop(noisy, gain=16.0))
    spread = [isp.develop(noisy, gain=g)[..., 1].astype(float).std() for g in (1.0, 2.0, 16.0)]
    assert spread[0] > 1.1 * spread[1] > 1.4 * spread[2]


@pytest.mark.parametrize(
    "change", [{"white_balance": "auto"}, {"shoulder": 0.5}, {"contrast": 2.0}, {"saturation": -1.0}]
)
def test_bad_values_are_named(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        IspConfig(**change)  # type: ignore[arg-type]
