"""Colours for labels and measurements. All functions map arrays of any shape S to RGB pictures (*S, 3) uint8.

Ids get hues by golden-ratio steps, so neighbours in number differ strongly in colour; optical flow is drawn with hue
for direction and saturation for speed (Baker et al. 2011, "A Database and Evaluation Methodology for Optical Flow").
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

INTENSITY_MAP = cv2.COLORMAP_INFERNO
_GOLDEN, _FIRST = 0.618033988749895, 0.45


def by_class(semantic: Array, palette: Picture) -> Picture:
    """Classes in the colours of a palette (classes, 3); ids beyond it are black."""
    padded = np.vstack([palette, np.zeros((1, 3), np.uint8)])
    return padded[np.minimum(semantic, len(palette))]


def id_colour(number: int) -> Colour:
    """A bright colour for an object id, the same everywhere; dark grey for 0, the scenery."""
    if number <= 0:
        return (52, 54, 58)
    hue = (number * _GOLDEN + _FIRST) % 1.0
    hsv = np.array([[[hue * 360.0, 0.62, 1.0]]], np.float32)
    r, g, b = np.rint(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0] * 255)
    return int(r), int(g), int(b)


def by_id(instance: Array) -> Picture:
    """Object ids, each in its `id_colour`."""
    numbers, place = np.unique(instance, return_inverse=True)
    table = np.array([id_colour(int(n)) for n in numbers], np.uint8).reshape(-1, 3)
    return table[place.reshape(instance.shape)]


def by_value(values: ArrayLike, low: float, high: float, *, colour_map: int = cv2.COLORMAP_TURBO) -> Picture:
    """Values from `low` to `high` along one of OpenCV's colour maps; black where they are not finite."""
    v = np.asarray(values, float)
    finite = np.isfinite(v)
    share = np.clip((np.where(finite, v, low) - low) / (high - low), 0.0, 1.0)
    grey = np.rint(share * 255).astype(np.uint8).reshape(-1, 1)
    bgr = cv2.applyColorMap(grey, colour_map)
    rgb: Picture = np.array(bgr[:, 0, ::-1], np.uint8).reshape(*v.shape, 3)
    rgb[~finite] = 0
    return rgb


def by_distance(metres: ArrayLike, near: float, far: float) -> Picture:
    """Distances on a logarithmic scale, warm is near; black where nothing is (0, or not finite)."""
    m = np.asarray(metres, float)
    known = np.isfinite(m) & (m > 0)
    closeness = np.where(known, -np.log(np.where(known, m, 1.0)), np.nan)
    return by_value(closeness, -np.log(far), -np.log(near))


def by_flow(flow: Array, fastest_px: float) -> Picture:
    """Optical flow (*S, 2) on the colour wheel: hue is the direction, white is rest; black where it is not defined."""
    dx, dy = np.asarray(flow[..., 0], np.float32), np.asarray(flow[..., 1], np.float32)
    known = np.isfinite(dx) & np.isfinite(dy)
    dx, dy = np.where(known, dx, 0.0), np.where(known, dy, 0.0)
    hue = np.degrees(np.arctan2(dy, dx)) % 360.0
    speed = np.clip(np.hypot(dx, dy) / fastest_px, 0.0, 1.0)
    hsv = np.stack([hue, speed, np.ones_like(speed)], -1).astype(np.float32)
    rgb = np.rint(cv2.cvtColor(hsv.reshape(-1, 1, 3), cv2.COLOR_HSV2RGB) * 255).astype(np.uint8).reshape(*dx.shape, 3)
    rgb[~known] = 0
    return rgb


def flow_wheel(size_px: int) -> Picture:
    """The key to `by_flow`: a disc whose rim is the fastest flow, outwards in its own direction."""
    axis = (np.arange(size_px) + 0.5) / size_px * 2.0 - 1.0
    flow = np.stack(np.meshgrid(axis, axis), -1)
    flow[np.hypot(flow[..., 0], flow[..., 1]) > 1.0] = np.nan
    return by_flow(flow, 1.0)
