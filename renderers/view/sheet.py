"""Contact sheets: rows of pictures under captions, on a dark page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .text import GREY, LARGE, NORMAL, SMALL, WHITE, fitting, write

Picture = NDArray[np.uint8]

PAGE = (22, 24, 29)
_MARGIN, _GAP, _CAPTION, _TITLE = 16, 8, 20, 44


@dataclass(frozen=True)
class Panel:
    """One picture of a sheet.

    Attributes:
        picture: (H, W, 3) RGB.
        caption: one line below it.

    """

    picture: Picture
    caption: str


@dataclass(frozen=True)
class Strip:
    """One row of a sheet.

    Attributes:
        panels: from left to right; all are drawn in the height of the row.
        title: above the row, "" for none.

    """

    panels: Sequence[Panel]
    title: str = ""


def fitted(picture: Picture, width: int, height: int) -> Picture:
    """The picture enlarged or shrunk to lie within (height, width), centred on the page's colour."""
    scale = min(width / picture.shape[1], height / picture.shape[0])
    w, h = max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1)
    how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    small = picture if (h, w) == picture.shape[:2] else cv2.resize(picture, (w, h), interpolation=how)
    out = np.full((height, width, 3), PAGE, np.uint8)
    top, left = (height - h) // 2, (width - w) // 2
    out[top : top + h, left : left + w] = small
    return out


def contact_sheet(title: str, subtitle: str, strips: Sequence[Strip], *, width: int, row_px: int) -> Picture:
    """(H, width, 3) sheet.

    Args:
        title, subtitle: at the top.
        strips: the rows.
        width: of the sheet [px].
        row_px: greatest height of a picture [px]; a row that would be too wide is made lower.

    """
    out = [_head(title, subtitle, width)]
    for strip in strips:
        if strip.title:
            out.append(_line(strip.title, width))
        out.append(_row(strip.panels, width, row_px))
    out.append(np.full((_MARGIN - _GAP, width, 3), PAGE, np.uint8))
    return np.concatenate(out)


def _head(title: str, subtitle: str, width: int) -> Picture:
    out = np.full((_TITLE + 18, width, 3), PAGE, np.uint8)
    write(out, fitting(title, width - 2 * _MARGIN, LARGE), (_MARGIN, 30), colour=WHITE, size=LARGE)
    write(out, fitting(subtitle, width - 2 * _MARGIN, NORMAL), (_MARGIN, 52), colour=GREY, size=NORMAL)
    return out


def _line(text: str, width: int) -> Picture:
    out = np.full((26, width, 3), PAGE, np.uint8)
    write(out, fitting(text, width - 2 * _MARGIN, NORMAL), (_MARGIN, 18), colour=WHITE, size=NORMAL)
    return out


def _row(panels: Sequence[Panel], width: int, row_px: int) -> Picture:
    shapes = [p.picture.shape[1] / p.picture.shape[0] for p in panels]
    space = width - 2 * _MARGIN - _GAP * (len(panels) - 1)
    height = min(row_px, int(space / max(sum(shapes), 1e-9)))
    out = np.full((height + _CAPTION + _GAP, width, 3), PAGE, np.uint8)
    left = _MARGIN
    for panel, shape in zip(panels, shapes, strict=True):
        wide = int(shape * height)
        out[:height, left : left + wide] = fitted(panel.picture, wide, height)
        write(out, fitting(panel.caption, wide, SMALL), (left, height + 14), colour=GREY, size=SMALL)
        left += wide + _GAP
    return out
