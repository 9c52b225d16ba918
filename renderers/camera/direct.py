"""The first look at every pixel: sky and opaque surfaces, whose first hits are known.

Most pixels end here. Those that look through a pane, or into a mirror, are marked for `radiance`. Surfaces are gathered
into batches, so that the shading proper is one loop without branches, which the compiler turns into vector code.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined, kernel
from ..scene import Texture
from ..tracers.tables import TRANSPARENCY, Tables, instance_pose
from .gbuffer import GBuffer, Rays, centre_to_world
from .lighting import Lighting, through_air
from .occlusion import UNLIT, lift
from .shading import shade
from .sky import dome_of, sky_radiance, sun_of
from .surface import lamps_on, look_of, own_light, roofed

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

DONE, PANE, MIRROR, BORROWED = 0, 1, 2, 3
"""What is left to do for a pixel: nothing, all of it, its mirror ray, or the mean of its neighbours' mirror rays."""
THROUGH_LEAVES = 0.35
"""Share of the sun that reaches the far side of foliage through the leaves."""
_FOLIAGE, _GRASS = int(Texture.FOLIAGE), int(Texture.GRASS)

_LANES = 32
BATCH = 23 * _LANES
"""Numbers in a batch of pixels."""
_COLOUR, _FINISH, _LEAFY, _NORMAL, _DIRECTION, _SEEN, _AO, _GLOW, _OUT, _WEIGHT, _COLUMN = (
    _LANES * n for n in (0, 3, 6, 7, 10, 13, 14, 15, 16, 19, 22)
)
"""Where the numbers of the first pixel of a batch lie; the second component of a vector follows `_LANES` further on."""


@kernel
def direct(
    tables: Tables,
    ray: F32,
    rays: Rays,
    lighting: Lighting,
    surface: GBuffer,
    visible: F32,
    occlusion: F32,
    traced: bool,
    batch: F32,
    out: F32,
    left: U8,
    mirror: F32,
    first: int,
    end: int,
) -> None:
    """Radiance of the centre rays of rows `first` to `end`, as far as it needs no further ray.

    Args:
        tables, ray, rays, lighting: scene, ray buffer, camera, light.
        surface, visible, occlusion: first hits, and what they see of sun and dome.
        traced: whether mirrors show the scene; else they show the dome alone.
        batch: (`BATCH`,) float32 work array.
        out: (H, W, 3) float32 radiance [cd/m^2].
        left: (H, W) uint8 `DONE`, `PANE` or `MIRROR`.
        mirror: (H, W, 3) float32 weights of the mirror rays.
        first, end: rows.

    """
    width = out.shape[1]
    material = tables.material
    for r in range(first, end):
        lanes, held = 0, -1
        pose = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
        for c in range(width):
            left[r, c] = DONE
            i = surface.instance[r, c]
            if i < 0:
                _sky(rays, lighting, r, c, out)
            elif material[surface.material[r, c], TRANSPARENCY] > 0.0:
                left[r, c] = PANE
            else:
                if i != held:
                    held, pose = i, instance_pose(tables, i, rays.time[r, 1])
                _gather(tables, rays, lighting, surface, visible, occlusion, pose, r, c, batch, lanes)
                lanes += 1
            if lanes == _LANES or (c == width - 1 and lanes > 0):
                _shade(lighting.sky, batch)
                for k in range(lanes):
                    _deliver(tables, ray, rays, lighting, surface, traced, batch, k, r, out, left, mirror)
                lanes = 0


@inlined
def _sky(rays, lighting, r, c, out):  # type: ignore[no-untyped-def]
    dx, dy, dz = centre_to_world(rays, r, c)
    p, q, m = sky_radiance(lighting.sky, lighting.noise, dx, dy, dz, True)
    if lighting.hazy:
        ox, oy, oz = rays.middle[r, 0], rays.middle[r, 1], rays.middle[r, 2]
        t, ar, ag, ab = through_air(lighting, ox, oy, oz, dx, dy, dz, np.inf)
        p, q, m = t * p + ar, t * q + ag, t * m + ab
    out[r, c, 0], out[r, c, 1], out[r, c, 2] = p, q, m


@inlined
def _put(batch, at, vector):  # type: ignore[no-untyped-def]
    batch[at], batch[at + _LANES], batch[at + 2 * _LANES] = vector


@inlined
def _get(batch, at):  # type: ignore[no-untyped-def]
    return batch[at], batch[at + _LANES], batch[at + 2 * _LANES]


@inlined
def _point(rays, surface, r, c, direction, up):  # type: ignore[no-untyped-def]
    """The hit of a pixel, lifted off its surface by `up`, world frame."""
    camera, plane, t = rays.middle, surface.geometric, float(surface.distance[r, c])
    return (
        camera[r, 0] + t * direction[0] + up * plane[r, c, 0],
        camera[r, 1] + t * direction[1] + up * plane[r, c, 1],
        camera[r, 2] + t * direction[2] + up * plane[r, c, 2],
    )


@inlined
def _gather(tables, rays, lighting, surface, visible, occlusion, pose, r, c, batch, k):  # type: ignore[no-untyped-def]
    """Fill place `k` of a batch with what shading wants to know of a pixel; `pose` is that of its instance."""
    m = surface.material[r, c]
    geometric = (surface.geometric[r, c, 0], surface.geometric[r, c, 1], surface.geometric[r, c, 2])
    normal = (float(surface.normal[r, c, 0]), float(surface.normal[r, c, 1]), float(surface.normal[r, c, 2]))
    direction = centre_to_world(rays, r, c)
    point = _point(rays, surface, r, c, direction, 0.0)
    size = float(surface.distance[r, c]) * rays.spread[r, c]
    red, green, blue, rough, metal, coated, leafy = look_of(
        tables, lighting, m, pose, geometric, normal, direction, point, size
    )
    _put(batch, _COLOUR + k, (red, green, blue))
    _put(batch, _FINISH + k, (rough, metal, coated))
    seen = float(visible[r, c])
    if seen == UNLIT:
        seen = THROUGH_LEAVES if tables.texture[m] in (_FOLIAGE, _GRASS) else 0.0
    _put(batch, _NORMAL + k, normal)
    _put(batch, _DIRECTION + k, direction)
    batch[_LEAFY + k], batch[_SEEN + k], batch[_COLUMN + k] = leafy, seen, c
    batch[_AO + k], batch[_GLOW + k] = roofed(lighting, point, normal[2], occlusion[r, c])


@kernel
def _shade(sky, batch):  # type: ignore[no-untyped-def]
    """Shade a whole batch, places in use and idle ones alike."""
    sun, dome = sun_of(sky), dome_of(sky)
    for k in range(_LANES):
        r, g, b = _get(batch, _COLOUR + k)
        rough, metal, coated = _get(batch, _FINISH + k)
        p, q, m, wr, wg, wb = shade(
            (r, g, b, rough, metal, coated, batch[_LEAFY + k]),
            _get(batch, _NORMAL + k), _get(batch, _DIRECTION + k), sun, dome, batch[_SEEN + k], batch[_AO + k], True,
        )  # fmt: skip
        glow = batch[_GLOW + k]
        _put(batch, _OUT + k, (p + glow * r, q + glow * g, m + glow * b))
        _put(batch, _WEIGHT + k, (wr, wg, wb))


@inlined
def _deliver(tables, ray, rays, lighting, surface, traced, batch, k, r, out, left, mirror):  # type: ignore[no-untyped-def]
    """Add what is rare, lamps, haze and mirrors, to the pixel at place `k`, and write it."""
    c = int(batch[_COLUMN + k])
    material = surface.material[r, c]
    direction = _get(batch, _DIRECTION + k)
    p, q, m = _get(batch, _OUT + k)
    wr, wg, wb = _get(batch, _WEIGHT + k)
    er, eg, eb = own_light(tables, lighting, surface.instance[r, c], material, r)
    p, q, m = p + er, q + eg, m + eb
    if len(lighting.lamps) > 0:
        red, green, blue = _get(batch, _COLOUR + k)
        rough, metal, _ = _get(batch, _FINISH + k)
        lr, lg, lb = lamps_on(
            tables, ray, lighting, material, (red, green, blue, rough, metal, 0.0, 0.0), _get(batch, _NORMAL + k),
            direction, _point(rays, surface, r, c, direction, lift(surface.distance[r, c])), True, rays.time[r, 1],
        )  # fmt: skip
        p, q, m = p + lr, q + lg, m + lb
    dx, dy, dz = direction
    if lighting.hazy:
        ox, oy, oz = rays.middle[r, 0], rays.middle[r, 1], rays.middle[r, 2]
        t, ar, ag, ab = through_air(lighting, ox, oy, oz, dx, dy, dz, float(surface.distance[r, c]))
        p, q, m, wr, wg, wb = t * p + ar, t * q + ag, t * m + ab, t * wr, t * wg, t * wb
    if max(wr, wg, wb) > 0.0:
        if traced:
            left[r, c] = MIRROR
            mirror[r, c, 0], mirror[r, c, 1], mirror[r, c, 2] = wr, wg, wb
        else:
            nx, ny, nz = _get(batch, _NORMAL + k)
            turn = -2.0 * (nx * dx + ny * dy + nz * dz)
            a, b, d = sky_radiance(lighting.sky, lighting.noise, dx + turn * nx, dy + turn * ny, dz + turn * nz, False)
            p, q, m = p + wr * a, q + wg * b, m + wb * d
    out[r, c, 0], out[r, c, 1], out[r, c, 2] = p, q, m
