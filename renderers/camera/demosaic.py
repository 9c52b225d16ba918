"""Demosaic: full colour from an RGGB mosaic by adaptive colour planes.

After Hamilton and Adams (1997, "Adaptive color plan interpolation in single sensor color electronic camera"): green at
red and blue sites is the mean of the neighbours along one direction plus a quarter of the second difference of the
site's own colour; red and blue follow from bilinear interpolation of their difference to green, which varies less than
they do. Instead of a hard choice both directions are mixed with weights that fall with the squared gradient across
them, so that noise does not weave mazes into flat areas. OpenCV's edge-aware demosaic interpolates red and blue without
green and leaves coloured fringes on fine detail. Left out: iterative refinement, false-colour medians.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled

F32 = NDArray[np.float32]

MARGIN = 4
"""Mirrored sites expected around the picture on each side; even, so that the mosaic's phase is kept."""


@compiled
def green_plane(mosaic: F32, floor: float, out: F32, first: int, end: int) -> None:
    """Fill in green in rows `first` to `end`, but not on the outermost two sites of the margin.

    Args:
        mosaic: (H + 2 MARGIN, W + 2 MARGIN) float32, mirrored at the borders.
        floor: gradient below which both directions count the same, in units of the mosaic.
        out: same shape as `mosaic`.
        first, end: rows, counted with the margin.

    """
    height, width = mosaic.shape
    half, quarter, one = np.float32(0.5), np.float32(0.25), np.float32(1.0)
    least = np.float32(floor * floor)
    for y in range(max(first, 2), min(end, height - 2)):
        for x in range(2, width - 2):
            c = mosaic[y, x]
            if (x + y) & 1:
                out[y, x] = c
                continue
            west, east, north, south = mosaic[y, x - 1], mosaic[y, x + 1], mosaic[y - 1, x], mosaic[y + 1, x]
            bend_h = c + c - mosaic[y, x - 2] - mosaic[y, x + 2]
            bend_v = c + c - mosaic[y - 2, x] - mosaic[y + 2, x]
            steep_h = abs(west - east) + abs(bend_h)
            steep_v = abs(north - south) + abs(bend_v)
            across_h = half * (west + east) + quarter * bend_h
            across_v = half * (north + south) + quarter * bend_v
            weight_h, weight_v = steep_v * steep_v + least, steep_h * steep_h + least
            out[y, x] = (weight_h * across_h + weight_v * across_v) * (one / (weight_h + weight_v))


@compiled
def colour_row(mosaic: F32, green: F32, y: int, out: F32) -> None:
    """Colours of one row of the picture.

    Args:
        mosaic: as for `green_plane`.
        green: the filled plane.
        y: row of the picture, without the margin.
        out: (3, W) float32 red, green, blue.

    """
    m = y + MARGIN
    half, quarter = np.float32(0.5), np.float32(0.25)
    # the colour that shares this row with green, and the one that does not
    same, other = out[2 * (y & 1)], out[2 - 2 * (y & 1)]
    for x in range(out.shape[1]):
        k = x + MARGIN
        g = green[m, k]
        beside = half * (mosaic[m, k - 1] - green[m, k - 1] + mosaic[m, k + 1] - green[m, k + 1])
        above = half * (mosaic[m - 1, k] - green[m - 1, k] + mosaic[m + 1, k] - green[m + 1, k])
        north = mosaic[m - 1, k - 1] - green[m - 1, k - 1] + mosaic[m - 1, k + 1] - green[m - 1, k + 1]
        south = mosaic[m + 1, k - 1] - green[m + 1, k - 1] + mosaic[m + 1, k + 1] - green[m + 1, k + 1]
        is_green = ((x + y) & 1) == 1
        same[x] = g + (beside if is_green else mosaic[m, k] - g)
        other[x] = g + (above if is_green else quarter * (north + south))
        out[1, x] = g
