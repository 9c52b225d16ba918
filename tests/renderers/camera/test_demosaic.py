"""The demosaic is exact on what is smooth, symmetric, and better than OpenCV's where it is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from cornercase.renderers.camera.demosaic import MARGIN, colour_row, green_plane

FLOOR = 0.02


def mosaic_of(picture: np.ndarray) -> np.ndarray:
    rows, columns = np.indices(picture.shape[:2])
    colour = (rows & 1) + (columns & 1)
    return np.take_along_axis(picture, colour[..., None], axis=2)[..., 0].astype(np.float32)


def demosaic(mosaic: np.ndarray) -> np.ndarray:
    wide = cv2.copyMakeBorder(mosaic, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REFLECT_101)
    green = np.empty_like(wide)
    green_plane(wide, FLOOR, green, 0, len(wide))
    out = np.empty((mosaic.shape[0], 3, mosaic.shape[1]), np.float32)
    for y in range(mosaic.shape[0]):
        colour_row(wide, green, y, out[y])
    return out.transpose(0, 2, 1)


def plate(size: int = 96) -> np.ndarray:
    """A zone plate of almost grey light, slightly blurred, as by a lens."""
    y, x = np.mgrid[0:size, 0:size] - size / 2
    wave = 0.5 + 0.4 * np.cos((x * x + y * y) * np.pi * 0.35 / size)
    picture = wave[..., None] * (0.9, 0.85, 0.75)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.5))


def test_flat_colour_is_exact() -> None:
    picture = np.broadcast_to((0.7, 0.2, 0.4), (16, 20, 3))
    assert demosaic(mosaic_of(picture)) == pytest.approx(picture, abs=1e-6)


def test_a_linear_ramp_of_any_colour_is_exact() -> None:
    rows, columns = np.indices((24, 32))
    picture = (0.2 + 0.01 * rows + 0.015 * columns)[..., None] * np.array((1.0, 0.7, 0.4))
    assert demosaic(mosaic_of(picture))[4:-4, 4:-4] == pytest.approx(picture[4:-4, 4:-4], abs=1e-5)


def test_measured_sites_are_kept() -> None:
    mosaic = np.random.default_rng(1).uniform(0, 1, (20, 24)).astype(np.float32)
    assert mosaic_of(demosaic(mosaic)) == pytest.approx(mosaic, abs=1e-6)


def test_transposing_the_scene_transposes_the_picture() -> None:
    mosaic = np.random.default_rng(2).uniform(0, 1, (20, 20)).astype(np.float32)
    assert demosaic(np.ascontiguousarray(mosaic.T)) == pytest.approx(demosaic(mosaic).transpose(1, 0, 2), abs=1e-6)


def test_detail_is_closer_to_the_truth_than_opencvs() -> None:
    picture = plate()
    mosaic = mosaic_of(picture)
    theirs = cv2.cvtColor(np.rint(mosaic * 65535).astype(np.uint16), cv2.COLOR_BayerRGGB2RGB_EA) / 65535.0

    def error(found: np.ndarray) -> float:
        return float(np.sqrt(((found - picture)[4:-4, 4:-4] ** 2).mean()))

    assert error(demosaic(mosaic)) < 0.7 * error(theirs)
