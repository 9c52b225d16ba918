"""Blur on finished pictures: out of focus, through glass, in motion, zooming.

All functions take and return (H, W, 3) uint8. Kernels are built from their definitions for any size of picture; beyond
the edge, pictures repeat their border.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from ..random import uniform
from .image_noise import F64, U8, bytes_of, unit


def disc_kernel(radius: float, alias: float) -> F64:
    """A disc, softened by a Gaussian of standard deviation `alias` px (3 px wide up to radius 8, 5 px beyond)."""
    reach = np.arange(-max(8, radius), max(8, radius) + 1)
    disc = (reach[:, None] ** 2 + reach[None, :] ** 2 <= radius**2).astype(np.float64)
    size = 3 if radius <= 8 else 5
    soft = np.asarray(cv2.GaussianBlur(disc, (size, size), alias), np.float64)
    return soft / soft.sum()


def defocus_blur(image: U8, *, radius: float, alias: float, **_: Any) -> U8:
    """Out of focus."""
    soft = cv2.filter2D(unit(image), -1, disc_kernel(radius, alias), borderType=cv2.BORDER_REPLICATE)
    return bytes_of(np.asarray(soft, np.float64))


def gaussian_blur(image: U8, *, sigma: float, **_: Any) -> U8:
    """Blurred by a Gaussian."""
    return bytes_of(np.asarray(cv2.GaussianBlur(unit(image), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)))


@kernel
def _shuffle(image, reach, rounds, key):  # type: ignore[no-untyped-def]
    height, width = image.shape[:2]
    counter = 0
    for _ in range(rounds):
        for y in range(height - reach - 1, reach - 1, -1):
            for x in range(width - reach - 1, reach - 1, -1):
                v = y + int(uniform(key, counter, 0) * 2 * reach) - reach
                u = x + int(uniform(key, counter, 1) * 2 * reach) - reach
                counter += 1
                for c in range(3):
                    held = image[y, x, c]
                    image[y, x, c] = image[v, u, c]
                    image[v, u, c] = held


def glass_blur(image: U8, *, rng: np.random.Generator, sigma: float, delta: int, iterations: int, **_: Any) -> U8:
    """Frosted glass: blurred, neighbours within `delta` px swapped again and again, blurred."""
    soft = gaussian_blur(image, sigma=sigma)
    _shuffle(soft, int(delta), int(iterations), rng.integers(2**63, dtype=np.uint64))
    return gaussian_blur(soft, sigma=sigma)


def streak_kernel(radius: float, sigma: float, angle_rad: float) -> F64:
    """One-sided Gaussian along a line of 2 radius + 1 px: a point that fades as it moves."""
    width = int(2 * radius) + 1
    steps = np.arange(width)
    weight = np.exp(-0.5 * (steps / sigma) ** 2)
    out = np.zeros((2 * width + 1, 2 * width + 1))
    x, y = width + steps * np.cos(angle_rad), width + steps * np.sin(angle_rad)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    a, b = x - left, y - top
    for dy, dx, share in ((0, 0, (1 - a) * (1 - b)), (0, 1, a * (1 - b)), (1, 0, (1 - a) * b), (1, 1, a * b)):
        np.add.at(out, (top + dy, np.minimum(left + dx, 2 * width)), weight * share)
    return out / out.sum()


def streaked(picture: NDArray[Any], radius: float, sigma: float, angle_rad: float) -> NDArray[Any]:
    """Any picture smeared along a line."""
    return cv2.filter2D(picture, -1, streak_kernel(radius, sigma, angle_rad), borderType=cv2.BORDER_REPLICATE)


def motion_blur(image: U8, *, rng: np.random.Generator, radius: float, sigma: float, **_: Any) -> U8:
    """The camera moves, in a direction within 45 degrees of the horizontal."""
    return bytes_of(streaked(unit(image), radius, sigma, np.deg2rad(rng.uniform(-45.0, 45.0))))


def zoomed(picture: NDArray[Any], factor: float) -> NDArray[Any]:
    """Enlarged about the centre, same size."""
    height, width = picture.shape[:2]
    cx, cy = (width - 1) / 2.0, (height - 1) / 2.0
    matrix = np.array([[factor, 0.0, (1 - factor) * cx], [0.0, factor, (1 - factor) * cy]])
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def zoom_blur(image: U8, *, until: float, step: float, **_: Any) -> U8:
    """The mean of the picture and of enlargements by 1, 1 + step, ... below `until`."""
    x = unit(image)
    factors = np.arange(1.0, until - 1e-9, step)
    total = x.copy()
    for factor in factors:
        total += zoomed(x, float(factor))
    return bytes_of(total / (len(factors) + 1))


def directional_blur(image: U8, *, length: float, **_: Any) -> U8:
    """Sideways motion: a box of length x width / 2 px, with fractions of a pixel at its ends."""
    half = max(0.0, (length * image.shape[1] * 0.5 - 1.0) / 2.0)
    reach = np.abs(np.arange(-np.ceil(half), np.ceil(half) + 1.0))
    box = np.clip(half + 1.0 - reach, 0.0, 1.0)[None]
    return np.asarray(cv2.filter2D(image, -1, box / box.sum(), borderType=cv2.BORDER_REPLICATE), np.uint8)


def forward_blur(image: U8, *, length: float, **_: Any) -> U8:
    """Forward motion: the mean of enlargements up to 1 + length."""
    x = unit(image)
    factors = np.linspace(1.0, 1.0 + length, 12)
    return bytes_of(np.mean([zoomed(x, float(f)) for f in factors], axis=0))
