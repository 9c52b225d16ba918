"""Procedural surface patterns at the hit point, in mesh coordinates, averaged over the pixel's footprint.

A pattern is drawn on the two axes across the dominant direction of the normal (x, y on floors; along and up on walls).
Noise comes from a mip pyramid; joints, courses and stripes are box-filtered analytically, so both fade to their mean
with distance instead of aliasing. Every pattern turns a base albedo and roughness into those at the point.
Left out: displacement and bump; at the distances of a street camera, albedo carries the look.
"""

from __future__ import annotations

import numpy as np

from ..compiled import inlined, kernel
from ..scene import Texture
from .noise import FINE, SOFT, noise, octave

_ASPHALT, _CONCRETE, _PAVING, _PAINT_WORN = (
    int(t) for t in (Texture.ASPHALT, Texture.CONCRETE, Texture.PAVING, Texture.PAINT_WORN)
)
_BRICK, _PLASTER, _GRASS, _FOLIAGE = (int(t) for t in (Texture.BRICK, Texture.PLASTER, Texture.GRASS, Texture.FOLIAGE))
_BARK, _CLOTH, _CAR_PAINT, _BRUSHED = (
    int(t) for t in (Texture.BARK, Texture.CLOTH, Texture.CAR_PAINT, Texture.BRUSHED_METAL)
)
_RUBBER, _WOOD, _HAZARD, _CARDBOARD, _ICE = (
    int(t) for t in (Texture.RUBBER, Texture.WOOD, Texture.HAZARD_STRIPES, Texture.CARDBOARD, Texture.ICE)
)


@inlined
def _line(x, pitch, width, footprint):  # type: ignore[no-untyped-def]
    """Share of the footprint covered by lines of `width` at every multiple of `pitch`."""
    if footprint >= 0.5 * pitch:
        return width / pitch
    distance = abs(x - pitch * np.floor(x * (1.0 / pitch) + 0.5))
    reach = 0.5 * (width + footprint)
    covered = min(width, footprint, max(0.0, reach - distance))
    return covered / footprint


@kernel
def _cell(i, j):  # type: ignore[no-untyped-def]
    """A number in [-1, 1) for a cell of a grid."""
    h = (np.int64(i) * np.int64(374761393) + np.int64(j) * np.int64(668265263)) & np.int64(0xFFFFFFFF)
    h = ((h ^ (h >> np.int64(13))) * np.int64(1274126177)) & np.int64(0xFFFFFFFF)
    h ^= h >> np.int64(16)
    return float(h & np.int64(0xFFFF)) / 32768.0 - 1.0


@kernel
def _fade(footprint, size):  # type: ignore[no-untyped-def]
    """1 where details of `size` are resolved, 0 where the footprint swallows them."""
    return min(1.0, max(0.0, 1.6 - 1.6 * footprint / size))


@kernel
def _blend(w, r, g, b, tr, tg, tb):  # type: ignore[no-untyped-def]
    return r + w * (tr - r), g + w * (tg - g), b + w * (tb - b)


@kernel
def _asphalt(table, u, v, footprint, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    m = 1.0 + 0.17 * noise(table, FINE, u, v, 1.9, size)
    m += 0.085 * noise(table, SOFT, 0.8 * u - 0.6 * v, 0.6 * u + 0.8 * v, 5.3, size)
    wide = noise(table, SOFT, u, v, 31.0, size)
    m += 0.08 * wide
    worn = 1.2 * wide - 0.5
    clear = _fade(footprint, 0.06)
    if clear > 0.0 and worn > 0.0:
        n = noise(table, SOFT, u + 0.02 * wide, v, 13.0, size)
        m *= 1.0 - 0.5 * max(0.0, 1.0 - abs(n) * 22.0) * min(1.0, worn) * clear
    m = min(1.9, max(0.35, m))
    return r * m, g * m, b * m, rough - 0.03 * wide


@kernel
def _stained(table, u, v, size, fine, soft, r, g, b, rough):  # type: ignore[no-untyped-def]
    m = 1.0 + fine * noise(table, FINE, u, v, 2.3, size) + soft * noise(table, SOFT, u, v, 9.0, size)
    m += 0.5 * soft * noise(table, SOFT, v, u, 2.9, size)
    m = max(0.3, m)
    return r * m, g * m, b * m, rough


@kernel
def _paving(table, u, v, footprint, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    r, g, b, rough = _stained(table, u, v, size, 0.07, 0.07, r, g, b, rough)
    row = np.floor(v / 0.4)
    shift = u + 0.3 * (row - 2.0 * np.floor(0.5 * row))
    tint = 1.0 + 0.09 * _cell(np.floor(shift / 0.6), row) * _fade(footprint, 0.5)
    joint = 1.0 - (1.0 - _line(v, 0.4, 0.008, footprint)) * (1.0 - _line(shift, 0.6, 0.008, footprint))
    m = tint * (1.0 - 0.62 * joint)
    return r * m, g * m, b * m, rough


@kernel
def _brick(table, u, v, footprint, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    row = np.floor(v / 0.075)
    shift = u + 0.1125 * (row - 2.0 * np.floor(0.5 * row))
    seen = _fade(footprint, 0.12)
    if seen > 0.0:
        h = _cell(np.floor(shift / 0.225), row)
        m = 1.0 + 0.24 * h * seen
        r, g, b = r * m, g * m * (1.0 - 0.07 * h * seen), b * m * (1.0 - 0.10 * h * seen)
    m = max(0.3, 1.0 + 0.08 * noise(table, FINE, u, v, 1.7, size) + 0.09 * noise(table, SOFT, u, v, 11.0, size))
    joint = 1.0 - (1.0 - _line(v, 0.075, 0.010, footprint)) * (1.0 - _line(shift, 0.225, 0.010, footprint))
    r, g, b = _blend(0.8 * joint, r * m, g * m, b * m, 0.36, 0.34, 0.31)
    return r, g, b, rough


@kernel
def _plaster(table, u, v, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    m = 1.0 + 0.035 * noise(table, FINE, u, v, 2.1, size) + 0.05 * noise(table, SOFT, u, v, 12.0, size)
    streak = noise(table, SOFT, 3.0 * u, 0.25 * v, 9.0, size + 1.0)
    m *= 1.0 - 0.07 * max(0.0, streak - 0.4)
    m = max(0.3, m)
    return r * m, g * m, b * m, rough


@kernel
def _grass(table, u, v, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    blades = noise(table, FINE, u, v, 2.2, size)
    dry = noise(table, SOFT, u, v, 17.0, size) + 0.5 * noise(table, SOFT, v, u, 71.0, size)
    m = max(0.35, 1.0 + 0.30 * blades + 0.12 * noise(table, SOFT, u, v, 3.7, size))
    w = min(0.8, max(0.0, 0.25 * dry + 0.1))
    r, g, b = _blend(w, r * m, g * m, b * m, 1.45 * r * m, 1.12 * g * m, 1.05 * b * m)
    return r, g, b, rough


@kernel
def _foliage(table, u, v, w, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    leaves = noise(table, FINE, u + 0.37 * w, v - 0.29 * w, 3.1, size)
    clumps = noise(table, SOFT, u + 0.5 * w, v + 0.4 * w, 4.3, size)
    m = min(2.3, max(0.22, 1.0 + 0.42 * leaves + 0.26 * clumps))
    warm = 0.10 * min(1.0, max(-1.0, leaves))
    return r * m * (1.0 + warm), g * m, b * m * (1.0 - warm), rough


@kernel
def _bark(table, u, v, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    ridges = noise(table, FINE, 3.0 * u, 0.5 * v, 2.9, size + 1.0)
    m = min(1.8, max(0.3, 1.0 + 0.34 * ridges + 0.12 * noise(table, SOFT, u, v, 2.0, size)))
    return r * m, g * m, b * m, rough


@kernel
def _wood(table, u, v, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    grain = noise(table, FINE, 0.10 * u, 2.6 * v, 3.3, size + 1.0) + 0.8 * noise(table, SOFT, 0.2 * u, v, 1.3, size)
    m = min(1.6, max(0.4, 1.0 + 0.15 * grain))
    return r * m, g * m * (1.0 - 0.02 * grain), b * m * (1.0 - 0.04 * grain), rough


@kernel
def _paint_worn(table, u, v, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    wear = noise(table, SOFT, u, v, 4.1, size) + 0.55 * noise(table, FINE, u, v, 1.1, size)
    w = min(0.85, max(0.0, 0.55 * (wear - 0.75)))
    m = 1.0 - 0.07 * max(0.0, noise(table, SOFT, v, u, 9.7, size)) - 0.05
    r, g, b = _blend(w, r * m, g * m, b * m, 0.11, 0.108, 0.104)
    return r, g, b, rough + 0.2 * w


@kernel
def _hazard(u, v, footprint, r, g, b, rough):  # type: ignore[no-untyped-def]
    black = _line((u + v) * 0.7071, 0.2, 0.1, footprint)
    r, g, b = _blend(black, r, g, b, 0.02, 0.02, 0.02)
    return r, g, b, rough


@kernel
def _cardboard(table, u, v, footprint, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    m = 1.0 + 0.04 * noise(table, FINE, 0.3 * u, 2.0 * v, 1.1, size) + 0.05 * noise(table, SOFT, u, v, 0.9, size)
    m *= 1.0 - 0.06 * _line(u, 0.006, 0.003, footprint)
    return r * m, g * m, b * m, rough


@kernel
def _ice(table, u, v, size, r, g, b, rough):  # type: ignore[no-untyped-def]
    n = noise(table, SOFT, u, v, 3.9, size)
    vein = max(0.0, 1.0 - 14.0 * abs(noise(table, SOFT, v, u, 2.3, size)))
    w = min(1.0, max(0.0, 0.05 + 0.16 * n) + 0.16 * vein)
    r, g, b = _blend(w, r, g, b, 0.50, 0.55, 0.60)
    return r, g, b, min(0.9, max(0.04, rough + 0.05 * n + 0.2 * vein))


@kernel
def pattern(kind, table, x, y, z, nx, ny, nz, footprint, r, g, b, rough):  # type: ignore[no-untyped-def]
    """Albedo and roughness at a point.

    Args:
        kind: the `Texture`.
        table: the noise table.
        x, y, z, nx, ny, nz: point [m] and normal in the mesh frame.
        footprint: width of the pixel on the surface [m].
        r, g, b, rough: albedo and roughness of the material.

    Returns:
        (r, g, b, roughness) at the point.

    """
    ax, ay, az = abs(nx), abs(ny), abs(nz)
    if az >= ax and az >= ay:
        u, v, w = x, y, z
    elif ax >= ay:
        u, v, w = y, z, x
    else:
        u, v, w = x, z, y
    size = octave(max(footprint, 1e-5))
    if kind == _ASPHALT:
        r, g, b, rough = _asphalt(table, u, v, footprint, size, r, g, b, rough)
    elif kind == _BRICK:
        r, g, b, rough = _brick(table, u, v, footprint, size, r, g, b, rough)
    elif kind == _PAVING:
        r, g, b, rough = _paving(table, u, v, footprint, size, r, g, b, rough)
    elif kind == _CONCRETE:
        r, g, b, rough = _stained(table, u, v, size, 0.05, 0.07, r, g, b, rough)
    elif kind == _PLASTER:
        r, g, b, rough = _plaster(table, u, v, size, r, g, b, rough)
    elif kind == _GRASS:
        r, g, b, rough = _grass(table, u, v, size, r, g, b, rough)
    elif kind == _FOLIAGE:
        r, g, b, rough = _foliage(table, u, v, w, size, r, g, b, rough)
    elif kind == _PAINT_WORN:
        r, g, b, rough = _paint_worn(table, u, v, size, r, g, b, rough)
    elif kind == _BARK:
        r, g, b, rough = _bark(table, u, v, size, r, g, b, rough)
    elif kind == _CLOTH:
        r, g, b, rough = _stained(table, 6.0 * u, 6.0 * v, size + 2.585, 0.10, 0.05, r, g, b, rough)
    elif kind == _BRUSHED:
        m = 1.0 + 0.06 * noise(table, FINE, 0.2 * u, 3.0 * v, 1.0, size + 1.0)
        r, g, b = r * m, g * m, b * m
    elif kind == _RUBBER:
        r, g, b, rough = _stained(table, u, v, size, 0.08, 0.10, r, g, b, rough)
    elif kind == _WOOD:
        r, g, b, rough = _wood(table, u, v, size, r, g, b, rough)
    elif kind == _HAZARD:
        r, g, b, rough = _hazard(u, v, footprint, r, g, b, rough)
    elif kind == _CARDBOARD:
        r, g, b, rough = _cardboard(table, u, v, footprint, size, r, g, b, rough)
    elif kind == _ICE:
        r, g, b, rough = _ice(table, u, v, size, r, g, b, rough)
    elif kind == _CAR_PAINT:
        m = 1.0 + 0.02 * noise(table, FINE, u, v, 0.7, size)
        r, g, b = r * m, g * m, b * m
    return min(r, 1.0), min(g, 1.0), min(b, 1.0), min(1.0, max(0.02, rough))
