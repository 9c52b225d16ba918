"""Seen from above: points and boxes on a dark ground, x of the view frame up, y to the left."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..transforms import rotate
from .text import GREY, SMALL, write

F64 = NDArray[np.float64]
Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

GROUND: Colour = (14, 16, 20)
_LINES: Colour = (34, 38, 45)
_SHIFT = 4


@dataclass(frozen=True)
class BirdsEye:
    """A picture of the plane.

    Attributes:
        width, height: size [px].
        metre_px: pixels per metre.
        forward_m: x at the upper edge of the picture; y = 0 is its middle.

    """

    width: int
    height: int
    metre_px: float
    forward_m: float

    def pixels(self, points: ArrayLike) -> F64:
        """(..., 2) picture points (column, row) of points (..., 2 or 3) in the view frame [m].

        As in OpenCV, the centre of the first pixel is (0, 0), its outer corner (-0.5, -0.5).
        """
        p = np.asarray(points, float)
        column = self.width / 2 - p[..., 1] * self.metre_px
        row = (self.forward_m - p[..., 0]) * self.metre_px
        return np.stack([column, row], -1) - 0.5

    def blank(self, grid_m: float) -> Picture:
        """The dark ground with lines every `grid_m` metres and their distances at the left edge."""
        out = np.full((self.height, self.width, 3), GROUND, np.uint8)
        lowest, half = self.forward_m - self.height / self.metre_px, self.width / self.metre_px / 2
        for x in np.arange(np.ceil(lowest / grid_m), np.floor(self.forward_m / grid_m) + 1) * grid_m:
            row = round(float(self.pixels([x, 0.0])[1]))
            cv2.line(out, (0, row), (self.width - 1, row), _LINES, 1)
            if 14 < row < self.height - 2:
                write(out, f"{x:g} m", (4, row - 3), colour=GREY, size=SMALL)
        for y in np.arange(np.ceil(-half / grid_m), np.floor(half / grid_m) + 1) * grid_m:
            column = round(float(self.pixels([0.0, y])[0]))
            cv2.line(out, (column, 0), (column, self.height - 1), _LINES, 1)
        return out

    def draw_points(self, picture: Picture, points: ArrayLike, colours: Picture, *, size_px: int = 1) -> None:
        """Draw points (N, 2 or 3) in their colours (N, 3), in place; later ones lie on top."""
        where = np.rint(self.pixels(points)).astype(int)
        for dx in range(size_px):
            for dy in range(size_px):
                column, row = where[:, 0] + dx, where[:, 1] + dy
                inside = (column >= 0) & (column < self.width) & (row >= 0) & (row < self.height)
                picture[row[inside], column[inside]] = colours[inside]

    def draw_box(
        self,
        picture: Picture,
        position: ArrayLike,
        orientation: ArrayLike,
        size: ArrayLike,
        colour: Colour,
        *,
        filled: bool = False,
        heading: bool = True,
    ) -> None:
        """Draw the outline of a solid box, in place, with a line from its centre to its front.

        Args:
            picture: as from `blank`.
            position, orientation, size: of the box in the view frame, quaternion, full length, width and height [m].
            colour: of the lines.
            filled: fill it.
            heading: draw the line to its front.

        """
        l, w, _ = np.asarray(size, float)  # noqa: E741
        flat = np.array([(l, w, 0), (l, -w, 0), (-l, -w, 0), (-l, w, 0), (0, 0, 0), (l, 0, 0)]) / 2
        uv = self.pixels(np.asarray(position, float) + rotate(orientation, flat))
        if not (np.abs(uv) < 1e6).all():
            return
        fixed = np.rint(uv * (1 << _SHIFT)).astype(np.int32)
        if filled:
            cv2.fillPoly(picture, [fixed[:4]], colour, cv2.LINE_AA, _SHIFT)
        cv2.polylines(picture, [fixed[:4]], True, colour, 1, cv2.LINE_AA, _SHIFT)
        if heading:
            cv2.line(picture, fixed[4].tolist(), fixed[5].tolist(), colour, 1, cv2.LINE_AA, _SHIFT)
