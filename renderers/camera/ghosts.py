"""Ghosts: light that is reflected twice between two surfaces of a lens and makes a faint image of the stop.

Each lies on the line from the source through the optical centre, at m times the distance of the source on either side,
is as large as its pair of surfaces makes it, and takes its share of the source's light; coatings give it a tint.
Source: the family of reflective flares in Wu et al. 2021 (arXiv 2011.12485); places, sizes and tints are (unverified).
Left out: the dependence on the field angle, clipping by the barrel.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from .lens import Lens

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Triple = tuple[float, float, float]

_GHOSTS: tuple[tuple[float, float, Triple], ...] = (
    (-0.32, 0.045, (0.75, 1.10, 1.15)),
    (-0.62, 0.090, (0.70, 1.25, 1.05)),
    (-1.05, 0.150, (1.15, 0.85, 1.00)),
    (0.42, 0.060, (1.25, 0.95, 0.80)),
    (-1.50, 0.240, (0.90, 0.90, 1.20)),
)
"""Where each ghost lies relative to the source, its radius over half the diagonal, its tint (mean 1)."""
_FAINT = 2e-3  # ghosts dimmer than this share of the picture's mean are not drawn


def add_ghosts(uv: F64, flux: F64, share: float, blades: int, mean: F64, lens: Lens, grid: int, out: F32) -> None:
    """Add the ghosts of one source to a picture reduced `grid` times, in place.

    Args:
        uv: the source's picture point [px].
        flux: (3,) its light [cd/m^2 px].
        share: share of it in all ghosts together.
        blades: edges of the stop, below 3 for a round one.
        mean: (3,) mean radiance of the picture [cd/m^2]; much dimmer ghosts are left out.
        lens: the lens.
        grid: pixels per cell of `out`.
        out: (h, w, 3) float32 [cd/m^2].
    """
    half_diagonal = 0.5 * math.hypot(lens.width, lens.height)
    angles = 0.3 + 2.0 * math.pi / max(blades, 1) * np.arange(blades)
    edges = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    for along, size, tint in _GHOSTS:
        u, v = lens.cx + along * (uv[0] - lens.cx), lens.cy + along * (uv[1] - lens.cy)
        radius = size * half_diagonal / grid
        light = flux * share / len(_GHOSTS) * np.asarray(tint) / grid**2
        if light.sum() > _FAINT * mean.sum() * math.pi * radius * radius:
            _ghost((u + 0.5) / grid - 0.5, (v + 0.5) / grid - 0.5, radius, edges, light, out)


@kernel
def _ghost(u, v, radius, edges, light, out):  # type: ignore[no-untyped-def]
    """Add an image of the stop with soft edges, brighter towards its rim; its integral is `light`."""
    soft = 0.12 * radius + 0.5
    reach = int(radius + soft) + 1
    area = np.pi * radius * radius
    blades = len(edges)
    if blades >= 3:
        area = blades * radius * radius * np.tan(np.pi / blades)
    # mean over the disc of the rim's law 0.7 + 0.6 rho^2 is 1
    for y in range(max(0, int(v) - reach), min(out.shape[0], int(v) + reach + 2)):
        for x in range(max(0, int(u) - reach), min(out.shape[1], int(u) + reach + 2)):
            dx, dy = x - u, y - v
            far = np.sqrt(dx * dx + dy * dy)
            if blades >= 3:
                far = 0.0
                for k in range(blades):
                    far = max(far, dx * edges[k, 0] + dy * edges[k, 1])
            inside = min(1.0, max(0.0, 0.5 + (radius - far) / soft))
            rho = min(far / radius, 1.0)
            weight = inside * (0.7 + 0.6 * rho * rho) / area
            for c in range(3):
                out[y, x, c] += np.float32(light[c] * weight)
