"""Water, snow and ice on the ground, as they change what a surface looks like.

A wet road is darker (water fills its pores and light is caught below the film, Lekner and Dorf 1988: about half the
albedo) and glossier; where the ground is low, water stands in puddles that mirror. Snow is white and rough and lies on
whatever faces up; glaze ice is glossy and a little grey. Where they lie follows slow noise in world coordinates, so
that shares of the ground come out as patches.
Left out: tracks in snow, ripples by drops, drying.
"""

from __future__ import annotations

from ..compiled import kernel
from ..scene import Texture
from .noise import FINE, SOFT, noise

_ASPHALT, _CONCRETE, _PAVING, _PAINT = (
    int(t) for t in (Texture.ASPHALT, Texture.CONCRETE, Texture.PAVING, Texture.PAINT_WORN)
)
_CAR_PAINT, _FOLIAGE, _GRASS, _CLOTH = (
    int(t) for t in (Texture.CAR_PAINT, Texture.FOLIAGE, Texture.GRASS, Texture.CLOTH)
)
_WET_ROUGH, _POND_ROUGH, _ICE_ROUGH = 0.29, 0.03, 0.12
_RELIEF_MM = 0.55


@kernel
def paved(kind):  # type: ignore[no-untyped-def]
    """Whether a texture is that of a road or a pavement."""
    return kind in (_ASPHALT, _CONCRETE, _PAVING, _PAINT)


@kernel
def pond(lighting, x, y):  # type: ignore[no-untyped-def]
    """How far a place of the road stands under water, 0 to 1."""
    water = lighting.cover[0]
    if water <= 0.2:
        return 0.0
    relief = noise(lighting.noise, SOFT, x, y, 23.0, -4.0) + 0.5 * noise(lighting.noise, SOFT, y, x, 7.0, -4.0)
    w = min(1.0, max(0.0, (water + _RELIEF_MM * relief - 1.35) * 2.5))
    return w * w * (3.0 - 2.0 * w)


@kernel
def covered(lighting, kind, nz, x, y, r, g, b, rough):  # type: ignore[no-untyped-def]
    """Albedo and roughness of a surface under the present cover.

    Args:
        lighting: holds the cover.
        kind: the `Texture`.
        nz: vertical component of the normal.
        x, y: place in the world [m].
        r, g, b, rough: of the dry, clean surface.

    """
    water, snow, ice = lighting.cover[0], lighting.cover[1], lighting.cover[2]
    ground = paved(kind) and nz > 0.7
    if ground and water > 0.0:
        wet = min(1.0, water / 0.4)
        deep = pond(lighting, x, y)
        dark = 1.0 - 0.45 * wet - 0.15 * deep
        r, g, b = r * dark, g * dark, b * dark
        rough += wet * (_WET_ROUGH - rough) if rough > _WET_ROUGH else 0.0
        rough += deep * (_POND_ROUGH - rough)
    if ground and ice > 0.0:
        n = noise(lighting.noise, SOFT, x, y, 11.0, -4.0) + 0.4 * noise(lighting.noise, SOFT, y, x, 2.7, -4.0)
        w = min(1.0, max(0.0, 0.5 + 2.0 * (2.4 * (ice - 0.5) + 0.5 * n)))
        r, g, b = r + 0.3 * w * (0.5 - r), g + 0.3 * w * (0.54 - g), b + 0.3 * w * (0.58 - b)
        rough += w * (_ICE_ROUGH - rough)
    if snow > 0.0 and nz > 0.3 and kind not in (_CAR_PAINT, _CLOTH):
        n = noise(lighting.noise, SOFT, x, y, 9.0, -4.0) + 0.6 * noise(lighting.noise, SOFT, y, x, 1.9, -4.0)
        level = min(1.0, (nz - 0.3) * 2.5)
        if kind in (_FOLIAGE, _GRASS):
            level *= 0.8
        w = level * min(1.0, max(0.0, 0.5 + 2.2 * (2.4 * (snow - 0.5) + 0.45 * n)))
        grain = 1.0 + 0.05 * noise(lighting.noise, FINE, x, y, 1.3, -5.0)
        r, g, b = r + w * (0.86 * grain - r), g + w * (0.88 * grain - g), b + w * (0.92 * grain - b)
        rough += w * (0.95 - rough)
    return r, g, b, rough


@kernel
def ripple(lighting, kind, x, y):  # type: ignore[no-untyped-def]
    """Slope of the water's surface at a place, along x and y: grains that stick out of a film spread reflections."""
    if not (paved(kind) and lighting.cover[0] > 0.0):
        return 0.0, 0.0
    rough = 0.055 * (1.0 - pond(lighting, x, y))
    a = noise(lighting.noise, FINE, x, y, 1.1, -7.0)
    b = noise(lighting.noise, FINE, y + 0.37, x - 0.21, 1.1, -7.0)
    return rough * a, rough * b
