"""What a point of an opaque surface sends to the eye: its pattern, the light that falls on it, and its own lamps."""

from __future__ import annotations

import numpy as np

from ..air import EVEN
from ..compiled import inlined
from ..scene import Texture
from ..tracers.tables import ALBEDO, EMISSION, METALLIC, RETRO, ROUGHNESS, turn
from .cover import covered
from .lamps import Shadow, lamp_light
from .shading import shade
from .shelter import FLOOR_GAIN, WALL_SHARE, sheltered
from .sky import dome_of, sun_of
from .textures import pattern

_CAR_PAINT, _FOLIAGE, _GRASS = int(Texture.CAR_PAINT), int(Texture.FOLIAGE), int(Texture.GRASS)
_BOUNCE_ROUGHNESS = 0.4
_DIELECTRIC = 0.04


@inlined
def look_of(tables, lighting, k, pose, geometric, normal, direction, point, size):  # type: ignore[no-untyped-def]
    """What a surface is like at a hit: (r, g, b, roughness, metallic, coated, leafy); the last two are 0 or 1.

    Args:
        tables, lighting: scene and light.
        k: material.
        pose: of the instance, from `instance_pose`; patterns are drawn in the frame of its mesh.
        geometric, normal: of triangle and shading, unit, world frame.
        direction: unit direction of the ray, world frame.
        point: the hit, world frame.
        size: width of the ray's footprint across itself [m].

    """
    material, kind = tables.material, tables.texture[k]
    r, g, b = float(material[k, ALBEDO]), float(material[k, ALBEDO + 1]), float(material[k, ALBEDO + 2])
    rough = float(material[k, ROUGHNESS])
    if kind != 0:
        x, y, z, qx, qy, qz, qw = pose
        px, py, pz = turn(-qx, -qy, -qz, qw, point[0] - x, point[1] - y, point[2] - z)
        nx, ny, nz = turn(-qx, -qy, -qz, qw, normal[0], normal[1], normal[2])
        # the geometric mean of the footprint's two axes, kept from running away at grazing angles
        facing = geometric[0] * direction[0] + geometric[1] * direction[1] + geometric[2] * direction[2]
        wide = size / np.sqrt(max(0.03, abs(facing)))
        r, g, b, rough = pattern(kind, lighting.noise, px, py, pz, nx, ny, nz, wide, r, g, b, rough)
    if lighting.covered:
        r, g, b, rough = covered(lighting, kind, normal[2], point[0], point[1], r, g, b, rough)
    coated, leafy = 1.0 if kind == _CAR_PAINT else 0.0, 1.0 if kind in (_FOLIAGE, _GRASS) else 0.0
    return r, g, b, rough, float(material[k, METALLIC]), coated, leafy


@inlined
def roofed(lighting, point, nz, ao):  # type: ignore[no-untyped-def]
    """Share of the dome seen at a point after what roofs take, and the radiance that lamps under them give to white."""
    if len(lighting.shelters) == 0:
        return ao, 0.0
    day, glow = sheltered(lighting.shelters, point[0], point[1], point[2])
    # metal too: it mirrors surroundings that are lit like itself
    return ao * day, glow * ao * (WALL_SHARE + FLOOR_GAIN * nz) / np.pi


@inlined
def lamps_on(tables, ray, lighting, k, look, normal, direction, point, shadows, time):  # type: ignore[no-untyped-def]
    """Radiance [cd/m^2] of a hit by local lamps; `shadows` says whether they cast any."""
    r, g, b, rough, metal, _, _ = look
    # as in `shade`: chalk has no gloss
    f0 = _DIELECTRIC * (1.0 - rough * rough * rough * rough)
    f0 += metal * (r - f0)
    er, eg, eb, sr, sg, sb = lamp_light(
        Shadow(tables.scene, tables.occluded), ray, lighting.lamps, lighting.air[EVEN],
        point[0], point[1], point[2], normal[0], normal[1], normal[2], direction[0], direction[1], direction[2],
        rough, f0, float(tables.material[k, RETRO]), shadows, time,
    )  # fmt: skip
    matt = (1.0 - metal) * (1.0 - f0) / np.pi
    return matt * r * er + sr, matt * g * eg + sg, matt * b * eb + sb


@inlined
def own_light(tables, lighting, hit, k, row):  # type: ignore[no-untyped-def]
    """Radiance [cd/m^2] that the surface itself sends out, where its lamp is lit."""
    lamp, material = tables.lamp[k], tables.material
    share = 0.0
    if lamp == 0:
        share = 1.0
    elif (lamp & np.int64(tables.lamps[hit])) != 0:
        share = lighting.pulse[min(row, len(lighting.pulse) - 1)]
    return share * material[k, EMISSION], share * material[k, EMISSION + 1], share * material[k, EMISSION + 2]


@inlined
def outgoing(  # type: ignore[no-untyped-def]
    tables, ray, lighting, hit, k, pose, geometric, normal, direction, point, up, size, seen, ao, mirror, bounced,
    time, row,
):  # fmt: skip
    """Radiance of a hit towards the ray's origin, and the weights of its mirror ray.

    Args:
        tables, ray, lighting: scene, ray buffer for shadows of lamps, and light.
        hit, k: instance and material.
        pose, size: as in `look_of`.
        geometric, normal: of triangle and shading, unit, world frame, facing the ray's origin.
        direction: unit direction of the ray, world frame.
        point: the hit, world frame; up: how far to lift it off the surface before casting again [m].
        seen: share of the sun that is seen; ao: share of the dome.
        mirror: whether a mirror ray can still follow.
        bounced: whether the ray comes from a mirror.
        time: of the ray; row: of its pixel.

    Returns:
        (r, g, b, wr, wg, wb): radiance [cd/m^2], and the weights of what lies in the mirror direction.

    """
    r, g, b, rough, metal, coated, leafy = look_of(tables, lighting, k, pose, geometric, normal, direction, point, size)
    if bounced:
        # a glint of the sun seen in a mirror is far smaller than a pixel: one ray would make it sparkle
        rough, coated = max(rough, _BOUNCE_ROUGHNESS), 0.0
    look = (r, g, b, rough, metal, coated, leafy)
    ao, glow = roofed(lighting, point, normal[2], ao)
    p, q, m, wr, wg, wb = shade(
        look, normal, direction, sun_of(lighting.sky), dome_of(lighting.sky), seen, ao, mirror
    )  # fmt: skip
    p, q, m = p + glow * r, q + glow * g, m + glow * b
    if len(lighting.lamps) > 0:
        raised = (point[0] + up * geometric[0], point[1] + up * geometric[1], point[2] + up * geometric[2])
        lr, lg, lb = lamps_on(tables, ray, lighting, k, look, normal, direction, raised, not bounced, time)
        p, q, m = p + lr, q + lg, m + lb
    er, eg, eb = own_light(tables, lighting, hit, k, row)
    return p + er, q + eg, m + eb, wr, wg, wb
