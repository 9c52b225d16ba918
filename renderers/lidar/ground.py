"""Wet, snowy and icy ground as a lidar sees it.

A water film over a surface of reflectance rho (Hahner et al. 2022, CVPR): light passes the air-water interface twice
and is reflected between ground and water; per polarisation

    t = T_aw rho T_wa / (1 - rho R_wa),  T = 1 - R by Fresnel with n = 1.33 against 1.0003,

of which the larger is taken: that of the plane of incidence, in which less is reflected. The film covers the share
f = min(1, depth / texture depth), and rho_wet = (1 - f) rho + f t / theta, theta the angle of incidence in radians, as
published; below one radian the division is left out, since water does not brighten a road. What is not transmitted
leaves forward, so that a wet road fades with distance, and where the water stands deeper than the texture its level
surface is a mirror: things beyond it come back along the original direction, below the road. Ice is a film with
n = 1.31. Snow has a reflectance of 0.85 (0.8-0.9). Ground is what has the texture of a road or pavement and faces up;
snow also lies on grass.
Left out: puddles (the film is even), darkening of porous ground by moisture within, snow on cars.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ..compiled import kernel
from ..elementary import COS_1, steep_angle
from ..scene import Cover, Texture

SNOW_REFLECTANCE = 0.85
TEXTURE_MM = 1.2
MIRROR_MM = 2.5
"""Depth at which nothing of the road's texture stands out of the water: the onset of aquaplaning."""
_AIR, _WATER, _ICE = 1.0003, 1.33, 1.31
_UP = 0.7
_ASPHALT, _PAINT, _GRASS = int(Texture.ASPHALT), int(Texture.PAINT_WORN), int(Texture.GRASS)


class Ground(NamedTuple):
    """Shares of the ground: under a film, flooded to a mirror, under ice, under snow; and whether any is above 0."""

    wet: float
    mirror: float
    ice: float
    snow: float
    covered: bool


def ground(cover: Cover) -> Ground:
    """What the kernel needs to know of the cover."""
    wet = min(1.0, cover.water_mm / TEXTURE_MM)
    mirror = min(1.0, max(0.0, (cover.water_mm - TEXTURE_MM) / (MIRROR_MM - TEXTURE_MM)))
    return Ground(wet, mirror, cover.ice, cover.snow, not cover.bare)


@kernel
def is_ground(texture, up):  # type: ignore[no-untyped-def]
    """Whether a surface is road or pavement (1), grass (2) or neither (0); `up` is the z of its normal."""
    if up < _UP:
        return 0
    if _ASPHALT <= texture <= _PAINT:
        return 1
    return 2 if texture == _GRASS else 0


@kernel
def fresnel(cos_incidence, index):  # type: ignore[no-untyped-def]
    """Power reflectance for light polarised across and in the plane of incidence; `index` is relative."""
    square = index * index
    root = math.sqrt(max(0.0, square - 1.0 + cos_incidence * cos_incidence))
    s = (cos_incidence - root) / (cos_incidence + root)
    p = (square * cos_incidence - root) / (square * cos_incidence + root)
    return s * s, p * p


@kernel
def under_film(reflectance, cos_incidence, index):  # type: ignore[no-untyped-def]
    """Reflectance of a surface under a film, `reflectance` that of the dry surface (both without the cosine)."""
    _, p = fresnel(cos_incidence, index)
    theta = steep_angle(cos_incidence) if cos_incidence < COS_1 else 1.0
    return (1.0 - p) ** 2 * reflectance / ((1.0 - reflectance * p) * theta)


@kernel
def covered(land, kind, reflectance, cos_incidence):  # type: ignore[no-untyped-def]
    """Reflectance of the ground under its cover, and the share of retro-reflection that is left."""
    # without a branch, for the sake of vector code; films lie on roads alone
    road = 1.0 if kind == 1 else 0.0
    wet, ice, out = road * land.wet, road * land.ice, reflectance
    if land.wet > 0.0:
        out += wet * (under_film(reflectance, cos_incidence, _WATER / _AIR) - reflectance)
    if land.ice > 0.0:
        out += ice * (under_film(reflectance, cos_incidence, _ICE / _AIR) - out)
    # beads of paint shine only where they are dry
    open_share = (1.0 - land.snow) * ((1.0 - wet) * (1.0 - ice))
    return (1.0 - land.snow) * out + land.snow * SNOW_REFLECTANCE, open_share


@kernel
def mirror_share(land, cos_incidence):  # type: ignore[no-untyped-def]
    """Share of the light that standing water sends on like a mirror."""
    s, p = fresnel(cos_incidence, _WATER / _AIR)
    return land.mirror * (1.0 - land.snow) * 0.5 * (s + p)
