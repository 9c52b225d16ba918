"""High dynamic range: merged numbers are linear, hand-overs cost SNR by the root of the charge ratio, codes invert."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from cornercase.renderers.camera.hdr import HDR, Companding, HdrConfig, HdrImager, hdr_preset
from cornercase.renderers.camera.isp import Isp, IspConfig
from hypothesis import given
from hypothesis import strategies as st

SHAPE = (64, 96)
EXPOSURE = 1e-3


def frame(radiance: float) -> np.ndarray:
    return np.full((*SHAPE, 3), radiance, np.float32)


def green(raw: np.ndarray) -> np.ndarray:
    return raw[0::2, 1::2].astype(float)


def level(config: HdrConfig, capture: int, share: float) -> float:
    """Radiance that fills a share of a capture's range."""
    s = config.sensors[capture]
    return share * s.full_well_e / (s.sensitivity_e_per_s()[1] * EXPOSURE * config.exposures[capture])


@pytest.mark.parametrize("name", HDR)
@pytest.mark.parametrize("merge", ["longest", "variance"])
def test_numbers_are_linear_over_all_captures(name: str, merge: str) -> None:
    config = replace(hdr_preset(name), merge=merge)
    imager = HdrImager(config, SHAPE, serial=3)
    first = config.first
    per_radiance = first.sensitivity_e_per_s()[1] * EXPOSURE * first.gain_dn_per_e
    for capture in range(len(config.captures)):
        for share in (0.3, 0.85):
            radiance = level(config, capture, share)
            mean = green(imager.merged(frame(radiance), EXPOSURE, 1.0, key=np.uint64(9))).mean() - first.black_dn
            assert mean == pytest.approx(radiance * per_radiance, rel=0.02)


@pytest.mark.parametrize("name", ["split_pixel", "ar0231at", "imx390"])
def test_snr_drops_by_the_root_of_the_charge_at_each_hand_over(name: str) -> None:
    config = hdr_preset(name)
    imager = HdrImager(config, (240, 320), serial=3)
    charge = [s.sensitivity_e_per_s()[1] * e for s, e in zip(config.sensors, config.exposures, strict=True)]

    def snr(radiance: float) -> float:
        scene = np.full((240, 320, 3), radiance, np.float32)
        a, b = (green(imager.merged(scene, EXPOSURE, 1.0, key=np.uint64(k))) for k in (1, 2))
        return float((a.mean() - config.first.black_dn) / math.sqrt(0.5 * (a - b).var()))

    for i in range(1, len(charge)):
        drop = snr(level(config, i - 1, 1.10)) / snr(level(config, i - 1, 0.80))
        if charge[i] == charge[i - 1]:  # another reading of the same charge costs almost nothing
            assert drop == pytest.approx(math.sqrt(1.10 / 0.80), rel=0.05)
            continue
        s = config.sensors[i]
        electrons = level(config, i - 1, 1.10) * charge[i] * EXPOSURE
        noise = s.read_noise_e**2 + 1.0 / (6.0 * s.gain_dn_per_e**2)
        # the law sqrt(r) is for shot noise alone; what the next capture reads on top makes it worse
        shot_only = math.sqrt(charge[i] / charge[i - 1] * 1.10 / 0.80)
        assert drop == pytest.approx(shot_only * math.sqrt(electrons / (electrons + noise)), rel=0.06)


@pytest.mark.parametrize(
    ("name", "range_db", "within"),
    [("split_pixel", 119.6, 0.1), ("imx490", 120.0, 1.0), ("imx390", 120.0, 3.0), ("ar0231at", 124.0, 4.0),
     ("ar0820at", 140.0, 4.0)],
)  # fmt: skip
def test_dynamic_range_rows(name: str, range_db: float, within: float) -> None:
    assert hdr_preset(name).dynamic_range_db == pytest.approx(range_db, abs=within)


def test_merging_by_variance_is_never_noisier() -> None:
    longest = hdr_preset("split_pixel")
    for share in (0.2, 0.8):
        noise = []
        for config in (longest, replace(longest, merge="variance")):
            imager = HdrImager(config, (240, 320), serial=3)
            scene = np.full((240, 320, 3), level(config, 2, share), np.float32)
            a, b = (green(imager.merged(scene, EXPOSURE, 1.0, key=np.uint64(k))) for k in (5, 6))
            noise.append((a - b).std())
        assert noise[1] < 1.02 * noise[0]


def test_one_diode_read_twice_sees_one_charge() -> None:
    config = hdr_preset("split_pixel")
    scene = frame(level(config, 0, 0.7))
    high, low = (  # the second counts the first reading as full and takes the other
        green(HdrImager(replace(config, full=full), SHAPE, serial=1).merged(scene, EXPOSURE, 1.0, key=np.uint64(4)))
        for full in (0.95, 0.5)
    )
    assert not np.array_equal(high, low)
    assert np.corrcoef(high.ravel(), low.ravel())[0, 1] > 0.98


def test_sequential_exposures_leave_ghosts_and_split_pixels_do_not() -> None:
    config = hdr_preset("ar0231at")
    imager = HdrImager(config, SHAPE, serial=3)
    bright, dim = level(config, 0, 4.0), level(config, 0, 0.3)
    pictures = []
    for k in range(4):  # a bright thing that moves by ten columns from one exposure to the next
        picture = frame(dim)
        picture[:, 10 + 10 * k : 20 + 10 * k] = bright
        pictures.append(picture)
    still = green(imager.merged(pictures[0], EXPOSURE, 1.0, key=np.uint64(1))).mean(axis=0)
    moving = green(imager.merged(pictures, EXPOSURE, 1.0, key=np.uint64(1))).mean(axis=0)
    # full in the first exposure, gone in the second: neither bright nor dim
    assert still[6:9].mean() > 3000 and moving[6:9].mean() < 0.5 * still[6:9].mean()


@given(st.lists(st.integers(0, 2**24 - 1), min_size=2, max_size=40))
def test_codes_are_monotone_and_invertible(numbers: list[int]) -> None:
    code = Companding()
    linear = np.sort(np.array(numbers))
    codes = code.compress(linear)
    assert (np.diff(codes.astype(int)) >= 0).all() and codes.max() <= 4095
    steps = np.interp(linear, code.table[:-1, 0], np.diff(code.table[:, 0]) / np.diff(code.table[:, 1]))
    widest = np.maximum(steps, (np.diff(code.table[:, 0]) / np.diff(code.table[:, 1])).max() * (linear > 524_288))
    assert (np.abs(code.expand(codes) - linear) <= 0.5 * widest + 0.5).all()


def test_every_code_comes_back() -> None:
    code = Companding()
    codes = np.arange(4096)
    assert np.array_equal(code.compress(code.expand(codes)), codes)


@pytest.mark.parametrize("name", HDR)
def test_code_steps_hide_in_the_noise(name: str) -> None:
    config = hdr_preset(name)
    imager = HdrImager(config, SHAPE, serial=3)
    code = config.companding
    for capture in range(len(config.captures)):
        scene = frame(level(config, capture, 0.5))
        a, b = (green(imager.merged(scene, EXPOSURE, 1.0, key=np.uint64(k))) for k in (1, 2))
        here = int(code.compress(a.mean()))
        step = float(code.expand(here + 1) - code.expand(here))
        assert step < max(1.0, 2.0 * (a - b).std() / math.sqrt(2.0)) or here > 3456


def test_sent_codes_are_the_merged_numbers_companded() -> None:
    config = hdr_preset("imx490")
    imager = HdrImager(config, SHAPE, serial=3)
    scene = np.geomspace(1.0, level(config, 3, 1.2), SHAPE[0] * SHAPE[1] * 3, dtype=np.float32).reshape(*SHAPE, 3)
    merged = imager.merged(scene, EXPOSURE, 1.0, key=np.uint64(2))
    sent = imager.expose(scene, EXPOSURE, 1.0, key=np.uint64(2))
    assert np.array_equal(sent, config.companding.compress(merged))
    assert np.array_equal(sent, imager.expose(scene, EXPOSURE, 1.0, key=np.uint64(2)))
    assert not np.array_equal(sent, imager.expose(scene, EXPOSURE, 1.0, key=np.uint64(3)))
    assert merged.max() <= config.white_dn + 1


def test_the_processor_develops_codes_and_numbers_alike() -> None:
    config = hdr_preset("split_pixel")
    imager, isp = HdrImager(config, SHAPE, serial=3), Isp(IspConfig(), config)
    ramp = np.geomspace(level(config, 0, 0.01), level(config, 0, 15.0), SHAPE[1], dtype=np.float32)
    scene = np.broadcast_to(ramp[None, :, None], (*SHAPE, 3))
    codes = imager.expose(scene, EXPOSURE, 1.0, key=np.uint64(2))
    merged = imager.merged(scene, EXPOSURE, 1.0, key=np.uint64(2))
    a, b = (isp.develop(raw, isp.fixed_gains).astype(int) for raw in (codes, merged))
    assert np.abs(a - b).max() <= 6 and np.abs(a - b).mean() < 0.6
    mean = a[4:-4].mean(axis=(0, 2))
    assert (np.diff(mean[::6]) > 0.0).all()  # nothing burns out over a range of 1500
    assert np.ptp(a[4:-4].mean(axis=0), axis=1).max() < 12  # grey stays grey
    assert isp.gains(codes, None) == pytest.approx(isp.gains(merged, None), rel=0.01)


def test_bad_values_are_named() -> None:
    with pytest.raises(ValueError, match="same number"):
        HdrConfig(["ar0231at"], [1.0, 0.5], [0])
    with pytest.raises(ValueError, match="falling"):
        HdrConfig(["ar0231at"] * 2, [1.0, 1.0], [0, 0])
    with pytest.raises(ValueError, match="merge"):
        HdrConfig(merge="mean")
    with pytest.raises(ValueError, match="knees"):
        Companding([(0.0, 0.0), (10.0, 20.0)])
    with pytest.raises(ValueError, match="did you mean 'imx490'"):
        hdr_preset("imx49")
    with pytest.raises(ValueError, match="one per capture"):
        HdrImager(hdr_preset("imx390"), SHAPE, serial=1).merged([frame(1.0)] * 2, EXPOSURE, 1.0, key=np.uint64(1))
