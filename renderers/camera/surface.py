"""What a point of an opaque surface sends to the eye: its pattern, the light that falls on it, and its own lamps."""

from __future__ import annotations

import numpy as np

from ..air import EVEN
from ..scene import Texture
from ..tracers.tables import ALBEDO, EMISSION, METALLIC, RETRO, ROUGHNESS
from .compiled import inlined
from .cover import covered
from .lamps import Shadow, lamp_light
from .shading import shade
from .shelter import FLOOR_GAIN, WALL_SHARE, sheltered
from .textures import pattern

_CAR_PAINT = int(Texture.CAR_PAINT)
_BOUNCE_ROUGHNESS = 0.4
_DIELECTRIC = 0.04


@inlined
def outgoing(  # type: ignore[no-untyped-def]
    tables, ray, lighting, hit, k, place, local, geometric, normal, direction, point, size, seen, ao, mirror, bounced,
    time, row,
):  # fmt: skip
    """Radiance of a hit towards the ray's origin, and the weights of its mirror ray.

    Args:
        tables, ray, lighting: scene, ray buffer for shadows of lamps, and light.
        hit, k: instance and material.
        place: vertices of the triangle, and the two coordinates in it.
        local: shading normal in the mesh frame, of any length.
        geometric, normal: of triangle and shading, unit, world frame, facing the ray's origin.
        direction: unit direction of the ray, world frame.
        point: the hit, lifted off the surface, world frame.
        size: width of the ray's footprint across itself [m].
        seen: share of the sun that is seen; ao: share of the dome.
        mirror: whether a mirror ray can still follow.
        bounced: whether the ray comes from a mirror.
        time: of the ray; row: of its pixel.

    Returns:
        (r, g, b, wr, wg, wb): radiance [cd/m^2], and the weights of what lies in the mirror direction.

    """
    material, vertices = tables.material, tables.vertices
    fa, fb, fc, u, v = place
    lx, ly, lz = local
    gx, gy, gz = geometric
    nx, ny, nz = normal
    dx, dy, dz = direction
    hx, hy, hz = point
    kind = tables.texture[k]
    r, g, b = float(material[k, ALBEDO]), float(material[k, ALBEDO + 1]), float(material[k, ALBEDO + 2])
    rough, metal = float(material[k, ROUGHNESS]), float(material[k, METALLIC])
    if kind != 0:
        w = 1.0 - u - v
        ax = w * vertices[fa, 0] + u * vertices[fb, 0] + v * vertices[fc, 0]
        ay = w * vertices[fa, 1] + u * vertices[fb, 1] + v * vertices[fc, 1]
        az = w * vertices[fa, 2] + u * vertices[fb, 2] + v * vertices[fc, 2]
        # the geometric mean of the footprint's two axes, kept from running away at grazing angles
        tilt = max(0.03, abs(gx * dx + gy * dy + gz * dz))
        r, g, b, rough = pattern(kind, lighting.noise, ax, ay, az, lx, ly, lz, size / np.sqrt(tilt), r, g, b, rough)
    if lighting.covered:
        r, g, b, rough = covered(lighting, kind, nz, hx, hy, r, g, b, rough)
    if bounced:
        # a glint of the sun seen in a mirror is far smaller than a pixel: one ray would make it sparkle
        rough = max(rough, _BOUNCE_ROUGHNESS)
        kind = 0 if kind == _CAR_PAINT else kind
    day, glow = 1.0, 0.0
    if len(lighting.shelters) > 0:
        day, glow = sheltered(lighting.shelters, hx, hy, hz)
    p, q, m, wr, wg, wb = shade(
        lighting.sky, kind, r, g, b, rough, metal, nx, ny, nz, dx, dy, dz, seen, ao * day, mirror
    )
    if glow > 0.0:
        # metal too: it mirrors surroundings that are lit like itself
        glow *= ao * (WALL_SHARE + FLOOR_GAIN * nz) / np.pi
        p, q, m = p + glow * r, q + glow * g, m + glow * b
    if len(lighting.lamps) > 0:
        # as in `shade`: chalk has no gloss
        f0 = _DIELECTRIC * (1.0 - rough * rough * rough * rough)
        f0 += metal * (r - f0)
        er, eg, eb, sr, sg, sb = lamp_light(
            Shadow(tables.scene, tables.occluded), ray, lighting.lamps, lighting.air[EVEN],
            hx, hy, hz, nx, ny, nz, dx, dy, dz, rough, f0, float(material[k, RETRO]), not bounced, time,
        )  # fmt: skip
        matt = (1.0 - metal) * (1.0 - f0) / np.pi
        p, q, m = p + matt * r * er + sr, q + matt * g * eg + sg, m + matt * b * eb + sb
    lamp = tables.lamp[k]
    if lamp == 0 or (lamp & np.int64(tables.lamps[hit])) != 0:
        share = 1.0 if lamp == 0 else lighting.pulse[min(row, len(lighting.pulse) - 1)]
        p, q, m = (
            p + share * material[k, EMISSION],
            q + share * material[k, EMISSION + 1],
            m + share * material[k, EMISSION + 2],
        )
    return p, q, m, wr, wg, wb
