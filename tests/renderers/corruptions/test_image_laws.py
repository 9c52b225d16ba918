"""Single corruptions of pictures against their definitions; statistics at significance 1e-3 with fixed seeds."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.corruptions import corruption
from cornercase.renderers.corruptions.image_blur import disc_kernel, streak_kernel
from cornercase.renderers.corruptions.image_weather import frost_texture, plasma_fractal
from scipy import stats

ALPHA = 1e-3
GREY = np.full((200, 300, 3), 128, np.uint8)


def apply(name: str, image: np.ndarray, severity: int) -> np.ndarray:
    return corruption(f"imagenet_c/{name}").apply(image, severity, rng=np.random.default_rng(11))


def test_noise_has_the_published_strength() -> None:
    n = GREY.size
    noisy = apply("gaussian_noise", GREY, 1) / 255.0
    bound = stats.norm.isf(ALPHA / 2) / np.sqrt(2 * n)
    assert abs(noisy.std() / np.sqrt(0.08**2 + 1 / 12 / 255**2) - 1) < bound
    shot = apply("shot_noise", GREY, 1) / 255.0
    assert shot.std() == pytest.approx(np.sqrt(128 / 255 / 60), rel=0.01)
    salted = apply("impulse_noise", GREY, 5)
    assert stats.binomtest(int((salted == 255).sum()), n, 0.135).pvalue > ALPHA
    assert stats.binomtest(int((salted == 0).sum()), n, 0.135).pvalue > ALPHA
    assert apply("speckle_noise", GREY, 1).std() / 128 == pytest.approx(0.15, rel=0.01)


def test_dark_and_iso() -> None:
    ramp = np.tile(np.linspace(0, 255, 256).astype(np.uint8)[None, :, None], (400, 1, 3))
    dark = corruption("robodepth/dark").apply(ramp, 1, rng=np.random.default_rng(5))
    expected = 0.6 * (np.arange(256) / 255) ** 2
    np.testing.assert_allclose(dark[:, 64:].mean(axis=(0, 2)) / 255, expected[64:], atol=0.004)
    iso = corruption("robodepth/iso_noise").apply(GREY, 1, rng=np.random.default_rng(5)) / 255.0
    assert iso.std() == pytest.approx(np.sqrt(128 / 255 / 25 + (0.7 * 0.08) ** 2), rel=0.01)


def test_blur_kernels_keep_light_and_have_their_size() -> None:
    for radius in (3, 4, 6, 8, 10):
        disc = disc_kernel(radius, 0.5)
        assert disc.sum() == pytest.approx(1.0)
        assert (disc > 0.5 * disc.max()).sum() == pytest.approx(np.pi * radius**2, rel=0.15)
    streak = streak_kernel(10, 3.0, 0.0)
    assert streak.sum() == pytest.approx(1.0) and np.count_nonzero(streak) == 21
    row = streak[streak.shape[0] // 2]
    assert row.argmax() == streak.shape[1] // 2
    np.testing.assert_allclose(row[21:42] / row[21], np.exp(-0.5 * (np.arange(21) / 3.0) ** 2))
    for name in ("defocus_blur", "gaussian_blur", "motion_blur", "zoom_blur", "glass_blur", "pixelate"):
        np.testing.assert_array_equal(apply(name, GREY, 5), GREY)


def test_glass_blur_swaps_values_and_loses_none() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (60, 80, 3)).astype(np.uint8)
    out = apply("glass_blur", noise, 3)
    assert out.shape == noise.shape and out.mean() == pytest.approx(noise.mean(), abs=1.0)
    assert not np.array_equal(out, apply("gaussian_blur", noise, 1))


def test_colour_functions() -> None:
    image = np.random.default_rng(1).integers(30, 120, (40, 50, 3)).astype(np.uint8)
    out = apply("brightness", image, 2)
    np.testing.assert_allclose(out.max(axis=2) / 255, image.max(axis=2) / 255 + 0.2, atol=0.005)
    flat = apply("contrast", image, 5).astype(float)
    assert flat.std() == pytest.approx(0.05 * image.std(), rel=0.5) and flat.mean() == pytest.approx(
        image.mean(), abs=1
    )
    bits = corruption("robodepth/color_quant").apply(image, 3, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(bits, image // 32 * 32)
    grey = apply("saturate", image, 2)
    assert np.ptp(grey, axis=2).mean() < 0.2 * np.ptp(image, axis=2).mean()


def test_textures() -> None:
    fractal = plasma_fractal(128, 1.7, np.random.default_rng(2))
    assert fractal.min() == 0.0 and fractal.max() == 1.0
    near, far = (np.abs(fractal - np.roll(fractal, n, axis=0)).mean() for n in (1, 32))
    assert near < 0.5 * far, "neighbours are alike"
    wrap = np.abs(fractal[0] - fractal[-1]).mean()
    assert wrap < 3 * near, "edges wrap"
    frost = frost_texture((90, 120), np.random.default_rng(3))
    assert frost.shape == (90, 120, 3) and 0.05 < frost.mean() < 0.6 and frost.std() > 0.05


def test_any_size_of_picture() -> None:
    odd = np.random.default_rng(4).integers(0, 256, (37, 53, 3)).astype(np.uint8)
    for benchmark in ("imagenet_c", "robodepth"):
        for name in ("fog", "frost", "snow", "elastic_transform", "pixelate", "glass_blur"):
            out = corruption(f"{benchmark}/{name}").apply(odd, 5, rng=np.random.default_rng(0))
            assert out.shape == odd.shape
