"""Noise, shadows and holes against their laws. Significance of the statistical tests: 1e-4."""

import numpy as np
import pytest
from cornercase.renderers.depth.depth_camera import DepthCamera, DepthConfig
from cornercase.renderers.scene import Environment, Material
from cornercase.renderers.transforms import from_yaw
from cornercase.renderers.truth import Truth
from scipy import stats

FAR = (-20.0, 20.0)
BRIGHT = {"projector": 100.0}
PURE = {"locking_px": 0.0, "fattening_px": 0, **BRIGHT}


def test_focal_length_of_the_d435() -> None:
    assert DepthConfig().focal_px == pytest.approx(424.0)


@pytest.mark.parametrize(
    ("distance", "subpixel", "rms_mm"),
    [
        (1.0, 0.05, 2.4), (1.0, 0.08, 3.8), (1.0, 0.10, 4.7), (2.0, 0.05, 9.4), (2.0, 0.08, 15.1), (2.0, 0.10, 18.9),
        (4.0, 0.05, 38), (4.0, 0.08, 60), (4.0, 0.10, 75),
    ],
)  # fmt: skip
def test_depth_noise_grows_with_the_square_of_range(shoot, white, distance, subpixel, rms_mm) -> None:  # type: ignore[no-untyped-def]
    frame = shoot([(distance, white, *FAR)], subpixel_px=subpixel, **PURE)
    ok = frame.depth > 0
    rms = 1000 * np.sqrt(np.mean((frame.depth[ok] - distance) ** 2))
    assert ok.mean() > 0.9 and rms == pytest.approx(rms_mm, rel=0.04)
    np.testing.assert_allclose(frame.true_depth, distance, atol=1e-4)


@pytest.mark.parametrize("smoothing", [0.0, 1.0, 2.0])
def test_disparity_noise_is_normal_whatever_the_window(shoot, white, smoothing) -> None:  # type: ignore[no-untyped-def]
    frame = shoot([(1.3, white, *FAR)], subpixel_px=0.08, step_px=0.0, smoothing_px=smoothing, **PURE)
    z = (21.2 / frame.depth[:, 20:].astype(float) - 21.2 / 1.3) / 0.08
    if smoothing == 0.0:
        assert stats.kstest(z.ravel(), "norm").pvalue > 1e-4
    # as many independent numbers as windows
    count = z.size / max(1.0, 4 * np.pi * smoothing**2)
    low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], count) / count
    assert low < np.mean(z**2) < high
    beside = np.corrcoef(z[:, 1:].ravel(), z[:, :-1].ravel())[0, 1]
    expected = np.exp(-0.25 / smoothing**2) if smoothing else 0.0
    assert beside == pytest.approx(expected, abs=0.05)


def test_disparities_are_quantised(shoot, white) -> None:  # type: ignore[no-untyped-def]
    frame = shoot([(1.0, white, *FAR)], **PURE)
    steps = 32 * 21.2 / frame.depth[frame.depth > 0].astype(float)
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-3)
    assert len(np.unique(np.rint(steps))) > 8


@pytest.mark.parametrize(("near", "far"), [(0.5, 1.0), (0.6, 2.0), (1.0, 4.0)])
def test_shadow_of_an_edge_has_its_width_and_lies_to_the_left(shoot, white, near, far) -> None:  # type: ignore[no-untyped-def]
    # the plate covers the right half of the picture (y < 0)
    frame = shoot([(far, white, *FAR), (near, white, -20.0, 0.0)], noise=0.0, fattening_px=0)
    expected = 424 * 0.05 * (1 / near - 1 / far)
    row = frame.depth[40]
    edge = int(np.flatnonzero(frame.instance[40] == 2)[0])
    assert edge == 106 and row[edge] > 0
    width = edge - 1 - int(np.flatnonzero(row[:edge] > 0)[-1])
    assert width == pytest.approx(expected, abs=1.0)
    shadow = slice(edge - width, edge)
    assert np.all(frame.truth[:, shadow] == Truth.LOST) and np.all(frame.instance[:, shadow] == 1)
    # no shadow at the right edge of a plate
    other = shoot([(far, white, *FAR), (near, white, 0.0, 20.0)], noise=0.0, fattening_px=0)
    beyond = other.depth[40, 106:]
    assert np.all(beyond[1:] > 0)


def test_the_left_band_is_lost(shoot, white) -> None:  # type: ignore[no-untyped-def]
    frame = shoot([(1.0, white, *FAR)], noise=0.0, band=True, min_m=0.28)
    width = 424 * 0.05 / 0.28
    assert not frame.depth[:, : int(width)].any() and np.all(frame.depth[:, int(width) + 1 :] > 0)
    without = shoot([(1.0, white, *FAR)], noise=0.0, band=False)
    assert int(np.flatnonzero(without.depth[40] > 0)[0]) == pytest.approx(21.2, abs=1.0)


def test_edges_grow_over_the_background(shoot, white) -> None:  # type: ignore[no-untyped-def]
    frame = shoot([(2.0, white, *FAR), (1.0, white, -20.0, 0.0)], fattening_px=4, **BRIGHT)
    grown = (frame.truth & Truth.DISPLACED) > 0
    columns = np.flatnonzero(grown.any(axis=0))
    assert columns.min() >= 102 and columns.max() == 105
    assert np.all(np.abs(frame.depth[grown] - 1.0) < 0.05) and np.all(frame.instance[grown] == 1)
    # 1 - distance / 5 in blocks of 4 x 4 pixels: 20 independent draws a column
    share = grown[:, 102:106].mean(axis=0)
    p = np.array([0.2, 0.4, 0.6, 0.8])
    assert np.all(np.abs(share - p) < 3.9 * np.sqrt(p * (1 - p) / 20))
    still = shoot([(2.0, white, *FAR), (1.0, white, -20.0, 0.0)], noise=0.0)
    assert not np.any(still.truth & Truth.DISPLACED)


def test_locking_leans_towards_whole_disparities(shoot, white) -> None:  # type: ignore[no-untyped-def]
    quiet = {"subpixel_px": 0.0, "step_px": 0.0, "locking_px": 0.1, "fattening_px": 0, **BRIGHT}
    for disparity in (10.0, 10.25, 10.5, 10.75):
        frame = shoot([(21.2 / disparity, white, *FAR)], **quiet)
        found = 21.2 / frame.depth[frame.depth > 0].astype(float)
        np.testing.assert_allclose(found, disparity - 0.1 * np.sin(2 * np.pi * disparity), atol=1e-3)


@pytest.mark.parametrize(
    ("material", "values", "low", "high"),
    [
        (Material((0.8,) * 3, 0.9, nir_reflectance=0.8), {}, 0.99, 1.0),
        (Material((0.8,) * 3, 0.9, nir_reflectance=0.8), {"projector": 0.0}, 0.0, 0.02),
        (Material((0.01,) * 3, 0.9, nir_reflectance=0.01), {}, 0.05, 0.7),
        (Material((0.8,) * 3, 0.02, 1.0, 0.8), {}, 0.0, 0.3),
        (Material((0.8,) * 3, 0.1, 0.0, 0.8, transparency=0.9), {}, 0.0, 0.3),
    ],
)
def test_what_surfaces_do_to_the_fill_rate(shoot, material, values, low, high) -> None:  # type: ignore[no-untyped-def]
    frame = shoot([(1.0, material, *FAR)], **values)
    right = frame.depth[:, 30:] > 0
    assert low <= right.mean() <= high
    assert np.array_equal(frame.truth == Truth.LOST, (frame.depth == 0) & (frame.true_depth > 0))


def test_sunlight_drowns_the_pattern_but_lights_textures(shoot, white) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from cornercase.renderers.scene import Texture

    def rate(material, environment):  # type: ignore[no-untyped-def]
        return (shoot([(3.0, material, *FAR)], environment=environment).depth[:, 40:] > 0).mean()

    dark, day = shoot([(3.0, white, *FAR)]).depth[:, 40:] > 0, rate(white, Environment())
    assert dark.mean() > 0.9 and day < 0.5
    assert rate(replace(white, texture=Texture.ASPHALT), Environment()) > 0.9


def test_beyond_the_limits_there_is_nothing(shoot, white) -> None:  # type: ignore[no-untyped-def]
    for distance in (0.2, 12.0):
        frame = shoot([(distance, white, *FAR)])
        assert not frame.depth.any() and not frame.true_depth.any() and not frame.truth.any()


@pytest.mark.parametrize("distance", [0.8, 2.0, 3.5])
def test_structured_light_follows_nguyen(shoot, white, distance) -> None:  # type: ignore[no-untyped-def]
    frame = shoot([(distance, white, *FAR)], kind="structured_light", step_px=0.0, max_m=20.0, **BRIGHT)
    ok = frame.depth > 0
    z = (frame.depth[ok] - distance) / (0.0012 + 0.0019 * (distance - 0.4) ** 2)
    low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], z.size)
    # near the picture's edge the wall is seen under up to 15 degrees: at most 4 % on top
    assert low < np.sum(np.square(z, dtype=float)) < 1.03 * high


@pytest.mark.parametrize("angle_deg", [30.0, 60.0])
def test_structured_light_misses_oblique_surfaces(shoot, white, angle_deg) -> None:  # type: ignore[no-untyped-def]
    turn = tuple(from_yaw(np.radians(angle_deg)))
    frame = shoot([(1.5, white, *FAR)], kind="structured_light", turn=turn, max_m=100.0, **BRIGHT)
    middle = frame.depth[:, 96:116] > 0
    p = np.cos(np.radians(angle_deg))
    # the incidence changes by 1.4 degrees over these columns
    assert middle.mean() == pytest.approx(p, abs=3.9 * np.sqrt(p * (1 - p) / middle.size) + 0.005)


def test_strength_zero_and_clean_are_exact(shoot, white) -> None:  # type: ignore[no-untyped-def]
    walls = [(2.0, white, *FAR), (1.0, white, -20.0, 0.0)]
    exact = shoot(walls, clean=True)
    np.testing.assert_array_equal(exact.depth, exact.true_depth)
    assert not exact.truth.any()
    for kind in ("stereo", "structured_light"):
        off = shoot(walls, noise=0.0, step_px=0.0, kind=kind)
        ok = off.depth > 0
        np.testing.assert_allclose(off.depth[ok], exact.depth[ok], rtol=1e-6)
        assert np.array_equal(off.truth == Truth.LOST, ~ok)
        np.testing.assert_array_equal(off.true_depth, exact.depth)


def test_frames_repeat_and_depend_on_stream_and_index_alone(shoot, white) -> None:  # type: ignore[no-untyped-def]
    walls = [(2.0, white, *FAR), (1.0, white, -20.0, 0.0)]
    frame = shoot(walls, index=5, key=3)
    np.testing.assert_array_equal(shoot(walls, index=5, key=3).depth, frame.depth)
    assert not np.array_equal(shoot(walls, index=6, key=3).depth, frame.depth)
    assert not np.array_equal(shoot(walls, index=5, key=4).depth, frame.depth)


def test_bad_configs_are_refused() -> None:
    for values, message in (
        ({"kind": "sterio"}, "did you mean 'stereo'"),
        ({"min_m": 3.0, "max_m": 2.0}, "min_m < max_m"),
        ({"fattening_px": 99}, "fattening_px is 99"),
        ({"subpixel_px": -0.1}, "subpixel_px is -0.1"),
        ({"baseline_m": 0.0}, "baseline_m is 0"),
    ):
        with pytest.raises(ValueError, match=message):
            DepthCamera(DepthConfig(**values), stream_key=1)  # type: ignore[arg-type]
