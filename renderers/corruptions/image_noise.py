"""Noise on finished pictures, as benchmarks define it: on 8-bit values after gamma, white in space.

A real sensor's noise is neither; `renderers/camera/imager.py` models that. All functions take (H, W, 3) uint8.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]


def unit(image: U8) -> F64:
    """Values in [0, 1]."""
    return image / 255.0


def bytes_of(values: F64) -> U8:
    """Clipped to [0, 1], and in 8 bit."""
    return np.rint(255.0 * np.clip(values, 0.0, 1.0)).astype(np.uint8)


def gaussian_noise(image: U8, *, rng: np.random.Generator, sigma: float, **_: Any) -> U8:
    """Normal noise of a standard deviation relative to full scale."""
    return bytes_of(unit(image) + rng.normal(0.0, sigma, image.shape))


def uniform_noise(image: U8, *, rng: np.random.Generator, scale: float, **_: Any) -> U8:
    """Uniform noise of plus and minus `scale` of full scale."""
    return bytes_of(unit(image) + rng.uniform(-scale, scale, image.shape))


def shot_noise(image: U8, *, rng: np.random.Generator, photons: float, **_: Any) -> U8:
    """Poisson noise as if white were `photons` photons."""
    return bytes_of(rng.poisson(unit(image) * photons) / photons)


def impulse_noise(image: U8, *, rng: np.random.Generator, amount: float, **_: Any) -> U8:
    """Values that become black or white, with even chances."""
    draw = rng.random(image.shape)
    out = image.copy()
    out[draw < amount / 2.0] = 0
    out[(draw >= amount / 2.0) & (draw < amount)] = 255
    return out


def speckle_noise(image: U8, *, rng: np.random.Generator, sigma: float, **_: Any) -> U8:
    """Normal noise in proportion to the value."""
    x = unit(image)
    return bytes_of(x + x * rng.normal(0.0, sigma, image.shape))


def iso_noise(image: U8, *, rng: np.random.Generator, photons: float, sigma: float, **_: Any) -> U8:
    """Poisson noise of a fixed number of photons, then normal noise of 0.7 sigma: a high ISO setting."""
    noisy = rng.poisson(unit(image) * photons) / photons
    return bytes_of(noisy + rng.normal(0.0, 0.7 * sigma, image.shape))


def low_light(image: U8, *, rng: np.random.Generator, level: float, photons: float, sigma: float, **_: Any) -> U8:
    """Darkness: values stretched to [0, 1], squared, scaled to `level`, then Poisson and normal noise of sigma / 10."""
    x = unit(image)
    low, high = x.min(), x.max()
    dark = level * ((x - low) / max(high - low, 1e-9)) ** 2
    noisy = rng.poisson(dark * photons) / photons
    return bytes_of(noisy + rng.normal(0.0, 0.1 * sigma, image.shape))
