"""Patterns that lie on a cover: noise of a given grain, ferns of ice, and how a lens far out of focus sees them."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ..random import bits, uniform
from .samplers import normal_field

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

_STEMS = 48


def pattern(shape: tuple[int, int], size_px: float, key: np.uint64, *, roughness: float) -> F64:
    """Noise of zero mean and unit variance whose largest features are `size_px`; each octave `roughness` as strong."""
    out = np.zeros(shape)
    strength, octave = 1.0, 0
    while size_px > 2.0 and octave < 7:
        rows, columns = (int(n / size_px) + 4 for n in shape)
        grid = normal_field(rows * columns, np.uint64(bits(key, octave, 3)), 0).reshape(rows, columns)
        large = cv2.resize(grid, None, fx=size_px, fy=size_px, interpolation=cv2.INTER_CUBIC)
        out += strength * large[: shape[0], : shape[1]]
        strength, size_px, octave = strength * roughness, 0.5 * size_px, octave + 1
    scatter = float(out.std())
    return (out - out.mean()) / scatter if scatter > 0.0 else out


def ferns(shape: tuple[int, int], key: np.uint64) -> F64:
    """Ice that grows from the rim: stems with branches at about 60 degrees, which branch again; 1 on a needle."""
    rows, columns = shape
    canvas = np.zeros(shape, np.uint8)
    centre = np.array([0.5 * columns, 0.5 * rows])

    def lot(stem: int, lane: int) -> float:
        return float(uniform(key, stem, lane)) - 0.5

    for stem in range(_STEMS):
        around = 2.0 * math.pi * (stem + lot(stem, 0)) / _STEMS
        rim = np.array([math.cos(around), math.sin(around)])
        at = centre + rim * float((centre / np.maximum(np.abs(rim), 1e-6)).min()) * (
            1.08 - 0.5 * (lot(stem, 4) + 0.5) ** 2
        )
        heading, length = around + math.pi + 1.4 * lot(stem, 1), columns * (0.3 + 0.3 * lot(stem, 2))
        gone, lane = 0.0, 10
        while gone < length:
            step = columns * (0.016 + 0.020 * lot(stem, lane))
            tip = at + step * _way(heading)
            _line(canvas, at, tip, 255)
            for side in (-1.0, 1.0):
                lane += 8
                turn = heading + side * math.pi / 3.0 + 0.25 * lot(stem, lane)
                branch = (length - gone) * (0.28 + 0.4 * lot(stem, lane + 1))
                _line(canvas, tip, tip + branch * _way(turn), 210)
                for twig in range(1, int(branch / (0.02 * columns)) + 1):
                    root = tip + 0.02 * columns * (twig + lot(stem, lane + 2 + twig % 5)) * _way(turn)
                    twig_length = (branch - 0.02 * columns * twig) * (0.4 + 0.8 * lot(stem, lane + 3 + twig % 4))
                    _line(canvas, root, root + twig_length * _way(heading + 0.3 * lot(stem, lane + twig % 7)), 130)
            at, heading, gone = tip, heading + 0.12 * lot(stem, lane + 7), gone + step
    return canvas / 255.0


def _way(heading: float) -> F64:
    return np.array([math.cos(heading), math.sin(heading)])


def _line(canvas: U8, start: F64, end: F64, value: int) -> None:
    cv2.line(canvas, _sixteenths(start), _sixteenths(end), value, 1, cv2.LINE_AA, 4)


def _sixteenths(point: F64) -> tuple[int, int]:
    """A point as OpenCV's fixed-point coordinates with four fractional bits."""
    return int(round(16.0 * point[0])), int(round(16.0 * point[1]))


def defocused(mask: F32, diameter_px: float) -> F32:
    """A mask seen through the lens's pupil: its mean over a disc."""
    n = int(math.ceil(diameter_px)) | 1
    at = np.arange(n) - n // 2
    far = np.hypot(at[:, None], at[None, :])
    disc = np.clip(0.5 * diameter_px + 0.5 - far, 0.0, 1.0)
    return np.asarray(cv2.filter2D(mask, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT), np.float32)
