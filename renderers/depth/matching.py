"""How well two views of a surface are matched: holes, disparity noise, locking, fattened edges.

Stereo. Disparity d = f B / z. A match needs contrast in the picture. A texture gives some in the light there is;
the projector's pattern gives more, less at a distance (1 / z^2), on dark or oblique surfaces and in sunlight; the
chance of a hole is exp(-contrast), alike over blocks of 4 pixels, as holes come in patches. Mirrors show other things
and clear panes nothing: holes with the chance of their gloss and transparency. Sub-pixel estimates scatter by
`subpixel_px`, lean towards whole disparities (locking: a ripple A sin(2 pi d)), and are quantised; so
dz = z^2 / (f B) dd. Windows are as wide as they are: the background within `fattening_px` of a nearer edge takes the
disparity of the edge, more often the closer it is.

Structured light (Nguyen, Izadi, Lovell 2012): sigma_z = 0.0012 + 0.0019 (z - 0.4)^2
+ 0.0001 / sqrt(z) (theta / (pi/2 - theta))^2 [m], lateral noise of 0.8 + 0.035 theta / (pi/2 - theta) pixels, and a
miss with the chance 1 - cos(theta).
The contrasts of textures and the reach of the projector are assumptions. Left out: repetitive patterns, saturation,
other projectors, and mirrors that show a virtual depth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from ..random import normal, uniform
from ..scene import Texture
from ..tracers.tables import ALBEDO, METALLIC, NIR, ROUGHNESS, TRANSPARENCY

F32 = NDArray[np.float32]

HOLE_BLOCK, HOLE_PIXEL, MIRROR, PANE, FATTEN, NOISE, ACROSS, DOWN = 0, 1, 2, 3, 4, 5, 6, 7
"""Random lanes, with the pixel's (or block's) number as the counter."""
_BLOCK = 4
_GLOSS = 0.25
_GRAZING = 0.25
_DARK = 0.05

CONTRAST: NDArray[np.float64] = np.full(len(Texture), 3.0)
"""Contrast of a procedural texture in good light, in the units of the exponent above."""
for _texture, _contrast in (
    (Texture.PLAIN, 0.15), (Texture.CAR_PAINT, 0.15), (Texture.PLASTER, 0.8), (Texture.BRUSHED_METAL, 0.8),
    (Texture.RUBBER, 0.5), (Texture.CARDBOARD, 1.0), (Texture.ICE, 0.3), (Texture.CONCRETE, 1.5),
):  # fmt: skip
    CONTRAST[_texture] = _contrast


class Matcher(NamedTuple):
    """What the kernels need to know of the camera."""

    focal_baseline: float
    near_m: float
    far_m: float
    band_px: float
    subpixel_px: float
    step_px: float
    locking_px: float
    fattening_px: int
    daylight: float
    projector: float
    stereo: bool
    strength: float


@kernel
def matched(matcher, tables, key, seen, out):  # type: ignore[no-untyped-def]
    """Which pixels find their counterpart: (H, W) bool."""
    height, width = out.shape
    for r in range(height):
        for c in range(width):
            z, m = seen.depth[r, c], seen.material[r, c]
            out[r, c] = False
            if m < 0 or z < matcher.near_m or z > matcher.far_m or not seen.shared[r, c]:
                continue
            if c < matcher.band_px or c < matcher.focal_baseline / z - 0.5:
                continue
            row, i, cosine = tables.material[m], r * width + c, seen.cosine[r, c]
            light = matcher.projector * row[NIR] * cosine / (z * z)
            albedo = (row[ALBEDO] + row[ALBEDO + 1] + row[ALBEDO + 2]) / 3.0
            if matcher.stereo:
                dark = min(1.0, albedo / _DARK)
                light += matcher.daylight * dark * CONTRAST[tables.texture[m]]
                oblique = min(1.0, cosine / _GRAZING)
                light *= oblique * oblique
            block = (r // _BLOCK) * width + c // _BLOCK
            u = uniform(key, block, HOLE_BLOCK) + 0.2 * (uniform(key, i, HOLE_PIXEL) - 0.5)
            u = abs(u) if u < 1.0 else 2.0 - u  # reflected at its ends, so that it stays uniform
            hole = matcher.strength * np.exp(-light)
            if not matcher.stereo:
                hole = max(hole, matcher.strength * (1.0 - cosine))
                u = uniform(key, i, HOLE_PIXEL)
            if u < hole:
                continue
            gloss = matcher.strength * row[METALLIC] * max(0.0, 1.0 - row[ROUGHNESS] / _GLOSS)
            if uniform(key, block, MIRROR) < gloss or uniform(key, block, PANE) < matcher.strength * row[TRANSPARENCY]:
                continue
            out[r, c] = True


@kernel
def disparities(matcher, seen, match, out):  # type: ignore[no-untyped-def]
    """True disparity of what each pixel is matched to: (H, W) float32, 0 for holes."""
    height, width = out.shape
    for r in range(height):
        for c in range(width):
            out[r, c] = matcher.focal_baseline / seen.depth[r, c] if match[r, c] else 0.0


@kernel
def fatten(matcher, key, seen, disparity, largest, out, moved):  # type: ignore[no-untyped-def]
    """Let the edges of near things grow over the background.

    Args:
        matcher, key, seen: camera, random key of the frame, and what is there.
        disparity: (H, W) of `disparities`.
        largest: (H, W) greatest disparity within the window around each pixel.
        out: (H, W) float32 disparities with fattened edges.
        moved: (H, W) bool, whether a pixel belongs to an edge nearby.

    """
    height, width = out.shape
    reach = matcher.fattening_px
    for r in range(height):
        for c in range(width):
            z = seen.depth[r, c]
            own = matcher.focal_baseline / z if z > 0.0 else 0.0
            best, near = own, 1e9
            moved[r, c], out[r, c] = False, disparity[r, c]
            if largest[r, c] < own + 2.0:
                continue
            for a in range(max(r - reach, 0), min(r + reach + 1, height)):
                for b in range(max(c - reach, 0), min(c + reach + 1, width)):
                    # more than a slanted surface can change over the way between the two
                    d, apart = disparity[a, b], max(abs(a - r), abs(b - c))
                    if d > own + 1.0 + apart and (apart < near or (apart == near and d > best)):
                        best, near = d, apart
            inside = c >= matcher.band_px
            if best > own and inside:
                block = (r // _BLOCK) * width + c // _BLOCK
                if uniform(key, block, FATTEN) < matcher.strength * (1.0 - near / (reach + 1.0)):
                    out[r, c], moved[r, c] = best, True


@kernel
def white(key, out):  # type: ignore[no-untyped-def]
    """Standard normal numbers."""
    height, width = out.shape
    for r in range(height):
        for c in range(width):
            out[r, c] = normal(key, r * width + c, NOISE)


@kernel
def measured(matcher, disparity, noise, moved, out):  # type: ignore[no-untyped-def]
    """Depths (H, W) [m] from disparities and normal noise; 0 for holes and beyond the limits."""
    height, width = out.shape
    for r in range(height):
        for c in range(width):
            d = disparity[r, c]
            out[r, c] = 0.0
            if d <= 0.0:
                continue
            if matcher.strength > 0.0:
                lean = matcher.strength * matcher.locking_px * np.sin(2.0 * np.pi * d)
                if abs(lean) > 2.0 * matcher.subpixel_px:
                    moved[r, c] = True
                d += matcher.strength * matcher.subpixel_px * noise[r, c] - lean
            if matcher.step_px > 0.0:
                d = np.rint(d / matcher.step_px) * matcher.step_px
            if d > 0.0:
                z = matcher.focal_baseline / d
                if matcher.near_m <= z <= matcher.far_m:
                    out[r, c] = z


@kernel
def structured(matcher, key, seen, match, out, moved):  # type: ignore[no-untyped-def]
    """Depths (H, W) [m] of a structured-light camera; see the module for the law."""
    height, width = out.shape
    for r in range(height):
        for c in range(width):
            out[r, c], moved[r, c] = 0.0, False
            if not match[r, c]:
                continue
            i, theta = r * width + c, np.arccos(min(seen.cosine[r, c], 1.0))
            slant = theta / max(0.5 * np.pi - theta, 1e-3)
            lateral = matcher.strength * (0.8 + 0.035 * slant)
            a = min(max(int(np.rint(r + lateral * normal(key, i, DOWN))), 0), height - 1)
            b = min(max(int(np.rint(c + lateral * normal(key, i, ACROSS))), 0), width - 1)
            if not match[a, b]:
                a, b = r, c
            z = seen.depth[a, b]
            moved[r, c] = abs(z - seen.depth[r, c]) > 0.05 * seen.depth[r, c]
            sigma = 0.0012 + 0.0019 * (z - 0.4) ** 2 + 0.0001 / np.sqrt(z) * slant * slant
            z += matcher.strength * sigma * normal(key, i, NOISE)
            if matcher.step_px > 0.0 and z > 0.0:
                z = matcher.focal_baseline / (np.rint(matcher.focal_baseline / z / matcher.step_px) * matcher.step_px)
            if matcher.near_m <= z <= matcher.far_m:
                out[r, c] = z
