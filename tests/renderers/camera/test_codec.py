"""JPEG: identity when off, RGB stays RGB, quality orders the damage."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from cornercase.renderers.camera.codec import JPEG, JpegConfig, apply, decode, encode


def picture() -> np.ndarray:
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:96, 0:128]
    smooth = np.stack([2 * x, 255 - 2 * y, 128 + 60 * np.sin(x / 9) * np.cos(y / 7)], axis=-1)
    return np.clip(smooth + rng.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)


def test_quality_0_is_the_picture_itself() -> None:
    rgb = picture()
    assert apply(rgb, JpegConfig()) is rgb


def test_red_stays_red() -> None:
    rgb = np.zeros((32, 32, 3), np.uint8)
    rgb[..., 0] = 220
    out = apply(rgb, JpegConfig(95)).astype(int)
    assert np.abs(out - rgb).max() <= 6


def test_the_file_is_a_jpeg_that_others_read_alike() -> None:
    data = encode(picture(), JpegConfig(25))
    assert data[:2] == b"\xff\xd8" and data[-2:] == b"\xff\xd9"
    theirs = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.array_equal(decode(data), theirs)


def test_damage_grows_with_severity_and_is_repeatable() -> None:
    rgb = picture()
    damage = [float(np.abs(apply(rgb, c).astype(int) - rgb).mean()) for c in JPEG.values()]
    assert [c.quality for c in JPEG.values()] == [25, 18, 15, 10, 7]  # ImageNet-C
    assert all(a < b for a, b in zip(damage, damage[1:], strict=False))
    assert np.array_equal(apply(rgb, JPEG["heavy"]), apply(rgb, JPEG["heavy"]))


def test_full_chroma_keeps_fine_colour() -> None:
    rgb = np.full((32, 32, 3), 90, np.uint8)
    rgb[:, ::2, 0] = 200
    errors = [np.abs(apply(rgb, JpegConfig(95, chroma)).astype(int) - rgb).mean() for chroma in ("4:4:4", "4:2:0")]
    assert errors[0] < 0.5 * errors[1]


def test_bad_values_are_named() -> None:
    with pytest.raises(ValueError, match="quality is 101"):
        JpegConfig(101)
    with pytest.raises(ValueError, match="chroma"):
        JpegConfig(50, "4:1:1")
    with pytest.raises(ValueError, match="no JPEG"):
        decode(b"nothing")
    with pytest.raises(ValueError, match="no compression"):
        encode(picture(), JpegConfig())
