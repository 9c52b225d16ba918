"""Boxes on camera pictures: flat ones, solid where seen and dashed where hidden, and projected solid ones.

Flat boxes are in pixel edges: (0, 0) is the outer corner of the first pixel. OpenCV draws in pixel centres, half a
pixel further; all points are shifted here and nowhere else.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..camera.lens import Lens
from ..transforms import rotate
from .text import SMALL, tag, text_size

F64 = NDArray[np.float64]
Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

_SHIFT = 4
"""Binary digits of OpenCV's sub-pixel drawing."""
_EDGES = ((0, 1), (1, 3), (3, 2), (2, 0), (4, 5), (5, 7), (7, 6), (6, 4), (0, 4), (1, 5), (2, 6), (3, 7))
_NEAR_M = 0.05
_SMALL_SHARE = 0.05
"""Of the picture: objects below are not written over."""


def draw_box(picture: Picture, box: ArrayLike, colour: Colour, *, dashed: bool = False) -> None:
    """Draw the outermost pixels of a flat box (x0, y0, x1, y1) [px edges], in place."""
    x0, y0, x1, y1 = (float(v) for v in np.asarray(box))
    x1, y1 = max(x1 - 1.0, x0), max(y1 - 1.0, y0)  # from edges to the centres of the outermost pixels
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    height, width = picture.shape[:2]
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside = _clipped(a, b, width, height)
        if inside is None:
            continue
        for p, q in _dashes(*inside) if dashed else [inside]:
            cv2.line(picture, _whole(p), _whole(q), colour, 1)


def draw_boxes_2d(
    picture: Picture, boxes: NDArray[np.void], colours: list[Colour], labels: list[str], *, text: float = SMALL
) -> None:
    """Draw visible boxes solid, amodal ones dashed where they say more, and a label above each, in place.

    Args:
        picture: (H, W, 3).
        boxes: rows with the fields `x0 y0 x1 y1` (all zero where nothing is seen) and `ax0 ay0 ax1 ay1` [px edges].
        colours, labels: one per row; an empty label is left out, and so is one that would cover another
            or a small labelled object.
        text: size of the labels.

    """
    taken: list[tuple[int, int, int, int]] = []
    size = np.array([picture.shape[1], picture.shape[0]] * 2)
    seen = np.array([[row[n] for n in ("x0", "y0", "x1", "y1")] for row in boxes], float).reshape(-1, 4)
    small = np.prod(seen[:, 2:] - seen[:, :2], axis=1) < _SMALL_SHARE * picture.shape[0] * picture.shape[1]
    for k, (row, colour, label) in enumerate(zip(boxes, colours, labels, strict=True)):
        whole = np.array([row[n] for n in ("ax0", "ay0", "ax1", "ay1")], float)
        if np.abs(np.clip(whole, 0, size) - seen[k]).max() > 3.0:
            draw_box(picture, whole, _dimmed(colour), dashed=True)
        if seen[k, 2] <= seen[k, 0]:
            continue
        draw_box(picture, seen[k], colour)
        if not label:
            continue
        width, height = text_size(label, text)
        keep_clear = taken + [_rectangle(box) for i, box in enumerate(seen) if i != k and small[i] and labels[i]]
        for top in (int(seen[k, 1]) - height - 7, int(seen[k, 3]), int(seen[k, 1])):
            x = min(max(int(seen[k, 0]), 0), picture.shape[1] - width - 6)
            y = min(max(top, 0), picture.shape[0] - height - 7)
            spot = (x, y, x + width + 6, y + height + 7)
            if not any(_overlap(spot, other) for other in keep_clear):
                tag(picture, label, (x, y), colour, size=text)
                taken.append(spot)
                break


def _rectangle(box: F64) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (int(v) for v in box)
    return x0, y0, x1, y1


def box_corners(position: ArrayLike, orientation: ArrayLike, size: ArrayLike) -> F64:
    """(8, 3) corners of a solid box; the first index bit is x, then y, then z, low before high, z fastest."""
    signs = np.stack(np.meshgrid(*[[-0.5, 0.5]] * 3, indexing="ij"), -1).reshape(8, 3)
    return np.asarray(position, float) + rotate(orientation, signs * np.asarray(size, float))


def draw_box_3d(picture: Picture, corners: ArrayLike, lens: Lens, colour: Colour) -> None:
    """Draw the twelve edges of a solid box, in place; edges are cut where they pass behind the camera.

    Args:
        picture: (H, W, 3).
        corners: (8, 3) as from `box_corners`, in the optical frame [m].
        lens: of the camera.
        colour: of the lines.

    """
    c = np.asarray(corners, float)
    for i, j in _EDGES:
        a, b = c[i], c[j]
        if a[2] < _NEAR_M and b[2] < _NEAR_M:
            continue
        if a[2] < _NEAR_M or b[2] < _NEAR_M:
            cut = a + (b - a) * (_NEAR_M - a[2]) / (b[2] - a[2])
            a, b = (cut, b) if a[2] < _NEAR_M else (a, cut)
        uv, seen = lens.project(np.linspace(a, b, 9 if any(lens.distortion) else 2))
        for p, q in zip(uv[:-1], uv[1:], strict=True) if seen.all() else ():
            inside = _clipped(p, q, picture.shape[1], picture.shape[0])
            if inside is not None:
                ends = [tuple(np.rint(e * (1 << _SHIFT)).astype(int).tolist()) for e in inside]
                cv2.line(picture, ends[0], ends[1], colour, 1, cv2.LINE_AA, _SHIFT)


def _dimmed(colour: Colour) -> Colour:
    r, g, b = (int(0.75 * v) for v in colour)
    return r, g, b


def _whole(p: F64) -> tuple[int, int]:
    return round(float(p[0])), round(float(p[1]))


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _dashes(a: F64, b: F64, on_px: float = 5.0, off_px: float = 4.0) -> list[tuple[F64, F64]]:
    length = float(np.hypot(*(b - a)))
    if length == 0.0:
        return []
    starts = np.arange(0.0, length, on_px + off_px)
    along = (b - a) / length
    return [(a + along * s, a + along * min(s + on_px, length)) for s in starts]


def _clipped(a: F64, b: F64, width: int, height: int) -> tuple[F64, F64] | None:
    """The part of a segment within a pixel of the picture (Liang and Barsky), so that no coordinate overflows."""
    first, last = 0.0, 1.0
    d = b - a
    for axis, size in enumerate((width, height)):
        low, high = -1.0 - a[axis], size - a[axis]
        if d[axis] == 0.0:
            if low > 0.0 or high < 0.0:
                return None
            continue
        near, far = sorted((low / d[axis], high / d[axis]))
        first, last = max(first, near), min(last, far)
    return (a + d * first, a + d * last) if first < last else None
