"""How well two boxes agree: overlap in a picture, overlap seen from above, distance of centres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...renderers.compiled import compiled

F64 = NDArray[np.float64]


def iou_2d(a: F64, b: F64) -> F64:
    """(N, M) intersection over union of upright boxes x0 y0 x1 y1, (N, 4) and (M, 4)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.prod(np.clip(high - low, 0.0, None), axis=-1)
    area_a, area_b = np.prod(a[:, 2:] - a[:, :2], axis=-1), np.prod(b[:, 2:] - b[:, :2], axis=-1)
    out: F64 = common / np.maximum(area_a[:, None] + area_b[None, :] - common, 1e-12)
    return out


def centre_distance(a: F64, b: F64) -> F64:
    """(N, M) distance of the centres seen from above [m], of rows that begin with x and y."""
    out: F64 = np.linalg.norm(a[:, None, :2] - b[None, :, :2], axis=-1)
    return out


def iou_bev(a: F64, b: F64) -> F64:
    """(N, M) intersection over union seen from above, of rows x y z length width height yaw."""
    out = np.zeros((len(a), len(b)))
    _all_pairs(np.ascontiguousarray(_footprints(a)), np.ascontiguousarray(_footprints(b)), out)
    return out


def _footprints(boxes: F64) -> F64:
    """(N, 5) x, y, length, width, yaw."""
    return boxes[:, [0, 1, 3, 4, 6]].astype(np.float64)


@compiled
def _all_pairs(a, b, out):  # type: ignore[no-untyped-def]
    for i in range(len(a)):
        for j in range(len(b)):
            reach = np.hypot(a[i, 2], a[i, 3]) + np.hypot(b[j, 2], b[j, 3])
            if np.hypot(a[i, 0] - b[j, 0], a[i, 1] - b[j, 1]) * 2.0 >= reach:
                continue
            common = _common_area(a[i], b[j])
            out[i, j] = common / max(a[i, 2] * a[i, 3] + b[j, 2] * b[j, 3] - common, 1e-12)


@compiled
def _common_area(a, b):  # type: ignore[no-untyped-def]
    """Area of a rectangle cut by the four sides of another (Sutherland and Hodgman), in the axes of the other."""
    polygon, cut = np.empty((16, 2)), np.empty((16, 2))
    c, s = np.cos(a[4] - b[4]), np.sin(a[4] - b[4])
    cb, sb = np.cos(b[4]), np.sin(b[4])
    dx, dy = a[0] - b[0], a[1] - b[1]
    x0, y0 = cb * dx + sb * dy, -sb * dx + cb * dy
    n = 4
    for k in range(4):
        u = a[2] / 2.0 if k in (0, 3) else -a[2] / 2.0
        v = a[3] / 2.0 if k < 2 else -a[3] / 2.0
        polygon[k, 0], polygon[k, 1] = x0 + c * u - s * v, y0 + s * u + c * v
    for side in range(4):
        axis, sign = side // 2, 1.0 if side % 2 == 0 else -1.0
        limit = b[2 + axis] / 2.0
        m = 0
        for k in range(n):
            p, q = polygon[k], polygon[(k + 1) % n]
            inside_p, inside_q = limit - sign * p[axis], limit - sign * q[axis]
            if inside_p >= 0.0:
                cut[m, 0], cut[m, 1] = p[0], p[1]
                m += 1
            if (inside_p > 0.0 and inside_q < 0.0) or (inside_p < 0.0 and inside_q > 0.0):
                w = inside_p / (inside_p - inside_q)
                cut[m, 0], cut[m, 1] = p[0] + w * (q[0] - p[0]), p[1] + w * (q[1] - p[1])
                m += 1
        n = m
        polygon[:n] = cut[:n]
        if n < 3:
            return 0.0
    twice = 0.0
    for k in range(n):
        j = (k + 1) % n
        twice += polygon[k, 0] * polygon[j, 1] - polygon[j, 0] * polygon[k, 1]
    return abs(twice) / 2.0
