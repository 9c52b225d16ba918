"""The width of a beam: sub-rays that carry equal shares of its power.

The beam is Gaussian, `divergence_rad` wide at half power and `aperture_m` wide at the exit, so at range R its
half-power width is aperture + 2 R tan(divergence / 2). Sub-ray k of n stands for the shell between the k-th and (k +
1)-th n-quantile of the power and lies at its median radius, on a spiral of golden angles; the points are then centred
and scaled so that mean and covariance are those of the beam. One sub-ray is a thin beam down the middle.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_RAYS = 32
_HALF_POWER = 2.0 * np.sqrt(2.0 * np.log(2.0))
"""Full width at half maximum of a Gaussian over its standard deviation."""
_GOLDEN = np.pi * (3.0 - np.sqrt(5.0))


def footprint(rays: int) -> NDArray[np.float64]:
    """(rays, 2) places across the beam, horizontal and vertical, in units of half of its half-power width."""
    if rays == 1:
        return np.zeros((1, 2))
    k = np.arange(rays)
    radius = np.sqrt(-2.0 * np.log1p(-(k + 0.5) / rays))
    places = radius[:, None] * np.stack([np.cos(_GOLDEN * k), np.sin(_GOLDEN * k)], axis=-1)
    places -= places.mean(axis=0)
    values, axes = np.linalg.eigh(np.cov(places.T, bias=True))
    # two sub-rays lie on a line, which cannot be widened into a disc
    scale = np.where(values > 1e-9, 1.0 / np.sqrt(np.maximum(values, 1e-9)), 0.0)
    white: NDArray[np.float64] = (places @ axes * scale) @ axes.T * (2.0 / _HALF_POWER)
    return white
