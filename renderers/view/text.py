"""Small, clean text on pictures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

SMALL, NORMAL, LARGE = 0.38, 0.46, 0.62
"""Sizes of text: labels at boxes, captions, titles."""
WHITE: Colour = (238, 240, 243)
GREY: Colour = (150, 156, 165)
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def text_size(text: str, size: float = NORMAL) -> tuple[int, int]:
    """Width and height of a line of text [px], the parts below the base line left out."""
    (width, height), _ = cv2.getTextSize(text, _FONT, size, 1)
    return int(width), int(height)


def write(picture: Picture, text: str, at: tuple[int, int], *, colour: Colour = WHITE, size: float = NORMAL) -> None:
    """Write a line onto a picture, in place; `at` is the left end of the base line."""
    cv2.putText(picture, text, at, _FONT, size, colour, 1, cv2.LINE_AA)


def tag(picture: Picture, text: str, at: tuple[int, int], colour: Colour, *, size: float = SMALL) -> None:
    """Write a line in a box of one colour, in place, black or white for contrast; `at` is the box's top left corner.

    The box is moved inside the picture.
    """
    width, height = text_size(text, size)
    x = min(max(at[0], 0), picture.shape[1] - width - 6)
    y = min(max(at[1], 0), picture.shape[0] - height - 7)
    cv2.rectangle(picture, (x, y), (x + width + 5, y + height + 6), colour, cv2.FILLED)
    bright = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] > 130
    write(picture, text, (x + 3, y + height + 3), colour=(12, 12, 14) if bright else WHITE, size=size)


def fitting(text: str, width_px: int, size: float = NORMAL) -> str:
    """The text, shortened with dots until it is no wider than `width_px`."""
    if text_size(text, size)[0] <= width_px:
        return text
    while text and text_size(text + "...", size)[0] > width_px:
        text = text[:-1]
    return text.rstrip() + "..."
