"""Brightness, contrast, colour depth, geometry and compression of finished pictures. All take (H, W, 3) uint8."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from .image_noise import U8, bytes_of, unit


def _hsv(image: U8) -> Any:
    return cv2.cvtColor(unit(image).astype(np.float32), cv2.COLOR_RGB2HSV)


def _rgb(hsv: Any) -> U8:
    return bytes_of(np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.float64))


def brightness(image: U8, *, add: float, **_: Any) -> U8:
    """The value of HSV raised."""
    hsv = _hsv(image)
    hsv[..., 2] = np.clip(hsv[..., 2] + add, 0.0, 1.0)
    return _rgb(hsv)


def saturate(image: U8, *, factor: float, add: float, **_: Any) -> U8:
    """The saturation of HSV scaled and raised."""
    hsv = _hsv(image)
    hsv[..., 1] = np.clip(hsv[..., 1] * factor + add, 0.0, 1.0)
    return _rgb(hsv)


def dimmed(image: U8, factor: float) -> U8:
    """The value of HSV scaled."""
    hsv = _hsv(image)
    hsv[..., 2] *= factor
    return _rgb(hsv)


def contrast(image: U8, *, factor: float, **_: Any) -> U8:
    """Deviations from each colour's mean scaled."""
    x = unit(image)
    mean = x.mean(axis=(0, 1), keepdims=True)
    return bytes_of((x - mean) * factor + mean)


def color_quant(image: U8, *, bits: int, **_: Any) -> U8:
    """Only the upper bits of each value."""
    return image & np.uint8(256 - (1 << (8 - bits)))


def pixelate(image: U8, *, factor: float, **_: Any) -> U8:
    """Fewer, larger pixels."""
    height, width = image.shape[:2]
    small = cv2.resize(image, (max(1, int(width * factor)), max(1, int(height * factor))), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)


def jpeg_compression(image: U8, *, quality: int, **_: Any) -> U8:
    """Coded as JPEG and back."""
    code = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1]
    decoded = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1])


ELASTIC_SIZE = 250.0
"""Size of picture that the elastic transform's figures refer to [px]; displacements do not grow with the picture."""


def elastic_transform(image: U8, *, rng: np.random.Generator, alpha: float, **_: Any) -> U8:
    """A random affine map of 2 % of 250 px and a smooth random displacement (sigma 1 % of 250 px) of strength alpha."""
    height, width = image.shape[:2]
    jitter = 0.02 * ELASTIC_SIZE
    half = min(height, width) / 3.0
    centre = np.array([width, height]) / 2.0
    corners = centre + half * np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    moved = corners + rng.uniform(-jitter, jitter, corners.shape)
    matrix = cv2.getAffineTransform(corners.astype(np.float32), moved.astype(np.float32))
    warped = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    sigma = 0.01 * ELASTIC_SIZE
    dx, dy = (
        alpha * np.asarray(cv2.GaussianBlur(rng.uniform(-1.0, 1.0, (height, width)), (0, 0), sigma)) for _ in range(2)
    )
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    mapped = cv2.remap(
        warped, (x + dx).astype(np.float32), (y + dy).astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip
    return np.asarray(mapped, np.uint8)
