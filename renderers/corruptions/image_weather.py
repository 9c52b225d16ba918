"""Weather painted on finished pictures, without geometry: what benchmarks call fog, frost, snow, rain, spatter, sun.

The engine's own weather knows depth and light (`renderers/air.py`); these are for results beside the literature. All
textures are made here from the generator: fog from a diamond-square fractal, frost from growing ice needles instead of
the published photographs, so that numbers for frost are comparable in kind only.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .image_blur import streaked, zoomed
from .image_colour import dimmed
from .image_noise import F64, U8, bytes_of, unit
from .registry import Context


def plasma_fractal(size: int, decay: float, rng: np.random.Generator) -> F64:
    """A diamond-square fractal (size, size) in [0, 1]; `size` a power of two, its edges wrap.

    The random part shrinks by `decay` from one scale to the next half as large.
    """
    field = np.zeros((size, size))
    step, wobble = size, 100.0
    while step >= 2:
        half = step // 2
        corners = field[::step, ::step]
        rows = corners + np.roll(corners, -1, axis=0)
        centre = (rows + np.roll(rows, -1, axis=1)) / 4.0
        field[half::step, half::step] = centre + wobble * rng.uniform(-wobble, wobble, centre.shape)
        middle = field[half::step, half::step]
        for y, x, axis in ((0, half, 1), (half, 0, 0)):
            along = corners + np.roll(corners, -1, axis=axis)
            across = middle + np.roll(middle, 1, axis=1 - axis)
            mean = (along + across) / 4.0
            field[y::step, x::step] = mean + wobble * rng.uniform(-wobble, wobble, mean.shape)
        step, wobble = half, wobble / decay
    field -= field.min()
    return field / field.max()


def _cloud(shape: tuple[int, ...], decay: float, rng: np.random.Generator) -> F64:
    size = 1 << int(np.ceil(np.log2(max(shape[:2]))))
    return plasma_fractal(size, decay, rng)[: shape[0], : shape[1], None]


def fog(image: U8, *, rng: np.random.Generator, thickness: float, decay: float, **_: Any) -> U8:
    """A bright fractal over the picture, scaled so that the brightest value stays possible."""
    x = unit(image)
    top = x.max()
    return bytes_of((x + thickness * _cloud(image.shape, decay, rng)) * top / (top + thickness))


def frost_texture(shape: tuple[int, int], rng: np.random.Generator) -> F64:
    """Ice on a pane (H, W, 3) in [0, 1]: needles with side branches, densest at the edges, on a cloudy film."""
    height, width = shape
    scale = max(height, width)
    ice = np.zeros((height, width), np.float32)
    for _ in range(50):
        edge = rng.integers(4)
        along = rng.random()
        spot = ((along, 0.0), (along, 1.0), (0.0, along), (1.0, along))[edge]
        start = np.array(spot) + 0.25 * np.abs(rng.normal(size=2)) * np.sign(0.5 - np.array(spot))
        heading = np.arctan2(0.5 - start[1], 0.5 - start[0]) + rng.normal(0.0, 0.7)
        _needle(ice, start * [width, height], heading, (0.05 + 0.2 * rng.random()) * scale, 2, rng)
    film = _cloud((height, width), 1.7, rng)[..., 0]
    y, x = np.mgrid[0:height, 0:width]
    rim = np.clip(2.2 * np.hypot(x / width - 0.5, y / height - 0.5), 0.0, 1.0) ** 1.5
    body = np.clip(0.5 * film * (0.4 + rim) + 0.7 * np.asarray(cv2.GaussianBlur(ice, (0, 0), 0.8)), 0.0, 1.0)
    return body[..., None] * np.array([0.86, 0.94, 1.0])


def _needle(
    ice: NDArray[np.float32], start: F64, heading: float, length: float, depth: int, rng: np.random.Generator
) -> None:
    end = start + length * np.array([np.cos(heading), np.sin(heading)])
    a, b = (tuple(np.rint(p).astype(int).tolist()) for p in (start, end))
    cv2.line(ice, a, b, 0.35 + 0.15 * depth, 1, cv2.LINE_AA)
    if depth == 0 or length < 6.0:
        return
    for share in np.arange(0.15, 1.0, 0.13):
        for side in (-1.0, 1.0):
            shorter = length * (1.0 - share) * rng.uniform(0.3, 0.6)
            _needle(ice, start + share * (end - start), heading + side * np.pi / 3.0, shorter, depth - 1, rng)


def frost(image: U8, *, rng: np.random.Generator, image_weight: float, frost_weight: float, **_: Any) -> U8:
    """Ice on the pane, added to a dimmed picture."""
    return bytes_of(image_weight * unit(image) + frost_weight * frost_texture(image.shape[:2], rng))


def snow(
    image: U8, *, rng: np.random.Generator, mean: float, std: float, zoom: float, threshold: float,
    blur_radius: float, blur_sigma: float, blend: float, **_: Any,
) -> U8:  # fmt: skip
    """Falling flakes, the same turned upside down, on a whitened picture."""
    x = unit(image)
    layer = zoomed(rng.normal(mean, std, image.shape[:2]), zoom)
    layer = np.where(layer < threshold, 0.0, layer)
    flakes = streaked(np.clip(layer, 0.0, 1.0), blur_radius, blur_sigma, np.deg2rad(rng.uniform(-135.0, -45.0)))
    grey = (x @ np.array([0.299, 0.587, 0.114]))[..., None]
    white = blend * x + (1.0 - blend) * np.maximum(x, 1.5 * grey + 0.5)
    return bytes_of(white + flakes[..., None] + flakes[::-1, ::-1, None])


WATER = np.array([175.0, 238.0, 238.0]) / 255.0
MUD = np.array([63.0, 42.0, 20.0]) / 255.0


def spatter(
    image: U8, *, rng: np.random.Generator, mean: float, std: float, blur: float, threshold: float,
    strength: float, mud: int, **_: Any,
) -> U8:  # fmt: skip
    """Drops of water that glitter at their rims, or mud that hides, on the lens."""
    x = unit(image)
    liquid = np.asarray(cv2.GaussianBlur(rng.normal(mean, std, image.shape[:2]), (0, 0), blur))
    wet = liquid > threshold
    if mud:
        cover = np.asarray(cv2.GaussianBlur(wet.astype(np.float64), (0, 0), strength))
        cover = np.where(cover < 0.8, 0.0, cover)[..., None]
        return bytes_of(x * (1.0 - cover) + MUD * cover)
    inside = np.asarray(cv2.distanceTransform(wet.astype(np.uint8), cv2.DIST_L2, 5), np.float64)
    relief = np.asarray(cv2.GaussianBlur(np.minimum(inside, 20.0), (3, 3), 0))
    lit = cv2.filter2D(relief, -1, np.array([[-2.0, -1.0, 0.0], [-1.0, 1.0, 1.0], [0.0, 1.0, 2.0]]))
    shine = np.where(wet, np.maximum(lit, 0.0) * liquid, 0.0)
    shine /= max(float(shine.max()), 1e-9)
    return bytes_of(x + strength * shine[..., None] * WATER)


def _mixed(image: U8, layer: F64, grey: float) -> U8:
    """A layer of white, then grey mixed in, then dimmed to 0.7 of its value."""
    x = unit(image)
    x = x * (1.0 - layer[..., None]) + layer[..., None]
    return dimmed(bytes_of((1.0 - grey) * x + grey * 0.5), 0.7)


def rain_layer(image: U8, *, rng: np.random.Generator, density: tuple[float, float], grey: float, **_: Any) -> U8:
    """Streaks of drops that cover a share of the picture drawn from `density`.

    Widths are .4-.6 of 1 % of the height, lengths .04-.20 of it, directions within 15 degrees of the vertical.
    """
    height, width = image.shape[:2]
    share = rng.uniform(*density)
    size = max(1.0, rng.uniform(0.4, 0.6) * 0.01 * height)
    length = max(2.0 * size, rng.uniform(0.04, 0.20) * height)
    angle = np.pi / 2.0 + np.deg2rad(rng.uniform(-15.0, 15.0))
    spots = (rng.random((height, width)) < share / (size * length)).astype(np.float64)
    drops = 2.0 * np.pi * (size / 2.0) ** 2 * np.asarray(cv2.GaussianBlur(spots, (0, 0), size / 2.0))
    kernel_peak = 1.0 / (0.63 * length)
    streaks = streaked(drops, length / 2.0, length / 2.0, angle) / kernel_peak
    return _mixed(image, np.clip(0.6 * streaks / size, 0.0, 0.8), grey)


def snow_layer(image: U8, *, rng: np.random.Generator, density: tuple[float, float], grey: float, **_: Any) -> U8:
    """Soft flakes of three sizes that cover a share of the picture; the shares are taken to be those of rain."""
    height, width = image.shape[:2]
    layer = np.zeros((height, width))
    share = rng.uniform(*density)
    for size in (0.003, 0.005, 0.008):
        sigma = max(0.7, size * height)
        spots = (rng.random((height, width)) < share / (6.0 * np.pi * sigma**2)).astype(np.float64)
        layer += 2.0 * np.pi * sigma**2 * np.asarray(cv2.GaussianBlur(spots, (0, 0), sigma))
    return _mixed(image, np.clip(1.3 * layer, 0.0, 0.95), grey)


def fog_layer(image: U8, *, rng: np.random.Generator, grey: float, **_: Any) -> U8:
    """Clouds of light grey, mixed in with the weight `grey`."""
    x = unit(image)
    cloud = 0.5 + 0.5 * _cloud(image.shape, 1.7, rng)
    return dimmed(bytes_of((1.0 - grey) * x + grey * cloud), 0.7)


def sun_flare(image: U8, *, rng: np.random.Generator, radius_px: float, **_: Any) -> U8:
    """A sun in the middle upper part of the picture, u in [.25, .75] W, v in [.30, .45] H, with a halo."""
    height, width = image.shape[:2]
    u, v = rng.uniform(0.25, 0.75) * width, rng.uniform(0.30, 0.45) * height
    y, x = np.mgrid[0:height, 0:width]
    away = np.hypot(x - u, y - v) / radius_px
    light = np.clip(1.4 * np.exp(-0.5 * away**2) + 0.35 / (1.0 + away**2), 0.0, 1.0)[..., None]
    picture = unit(image)
    return bytes_of(picture + (1.0 - picture) * light)


def distance_fog(image: U8, *, rng: np.random.Generator, beta: float, airlight: float, **_: Any) -> U8:
    """Haze by distance in the picture: clearest in a rectangle of the lower part, where the road usually lies.

    t = exp(-beta d), d = 2 (1 + U(0, 1/4)) times the distance [px] from rows .65-.99 and columns .1-.85, plus the root
    of the longer side.
    """
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    dy = np.maximum(np.maximum(0.65 * height - y, y - 0.99 * height), 0.0)
    dx = np.maximum(np.maximum(0.10 * width - x, x - 0.85 * width), 0.0)
    away = 2.0 * np.hypot(dx, dy) * (1.0 + 0.25 * rng.random((height, width))) + np.sqrt(max(height, width))
    passed = np.exp(-beta * away)[..., None]
    return bytes_of(unit(image) * passed + airlight * (1.0 - passed))


def depth_fog(image: U8, *, context: Context, alpha: float, **_: Any) -> U8:
    """Koschmieder fog on depth normalised by the farthest finite one (unverified); needs `Context.depth_m`."""
    if context.depth_m is None or context.depth_m.shape != image.shape[:2]:
        got = None if context.depth_m is None else context.depth_m.shape
        raise ValueError(f"fog on depth got depth_m of shape {got}, expected {image.shape[:2]}")
    depth = np.asarray(context.depth_m, np.float64)
    finite = np.isfinite(depth) & (depth > 0.0)
    far = float(depth[finite].max()) if finite.any() else 1.0
    passed = np.exp(-alpha * np.where(finite, depth, far) / far)[..., None]
    x = unit(image)
    airlight = x.reshape(-1, 3).max(axis=0)
    return bytes_of(x * passed + airlight * (1.0 - passed))
