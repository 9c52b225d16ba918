"""The first look at every pixel: sky and opaque surfaces, whose first hits are known.

Most pixels end here. Those that look through a pane, or into a mirror, are marked for `radiance`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..scene import Texture
from ..tracers.tables import TRANSPARENCY, Tables
from .compiled import kernel
from .gbuffer import GBuffer, Rays, centre_to_world
from .lighting import Lighting, through_air
from .occlusion import UNLIT, lift
from .sky import sky_radiance
from .surface import outgoing

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

DONE, PANE, MIRROR, BORROWED = 0, 1, 2, 3
"""What is left to do for a pixel: nothing, all of it, its mirror ray, or the mean of its neighbours' mirror rays."""
THROUGH_LEAVES = 0.35
"""Share of the sun that reaches the far side of foliage through the leaves."""
_FOLIAGE, _GRASS = int(Texture.FOLIAGE), int(Texture.GRASS)


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
        out: (H, W, 3) float32 radiance [cd/m^2].
        left: (H, W) uint8 `DONE`, `PANE` or `MIRROR`.
        mirror: (H, W, 3) float32 weights of the mirror rays.
        first, end: rows.

    """
    width = out.shape[1]
    faces, face_start, mesh, normals = tables.faces, tables.face_start, tables.mesh, tables.normals
    for r in range(first, end):
        ox, oy, oz, time = rays.middle[r, 0], rays.middle[r, 1], rays.middle[r, 2], rays.time[r, 1]
        for c in range(width):
            hit = surface.instance[r, c]
            dx, dy, dz = centre_to_world(rays, r, c)
            left[r, c] = DONE
            if hit < 0:
                p, q, m = sky_radiance(lighting.sky, lighting.noise, dx, dy, dz, True)
                if lighting.hazy:
                    t, ar, ag, ab = through_air(lighting, ox, oy, oz, dx, dy, dz, np.inf)
                    p, q, m = t * p + ar, t * q + ag, t * m + ab
                out[r, c, 0], out[r, c, 1], out[r, c, 2] = p, q, m
                continue
            k = surface.material[r, c]
            if tables.material[k, TRANSPARENCY] > 0.0:
                left[r, c] = PANE
                continue
            f = face_start[mesh[hit]] + surface.primitive[r, c]
            fa, fb, fc = faces[f, 0], faces[f, 1], faces[f, 2]
            u, v = float(surface.weights[r, c, 0]), float(surface.weights[r, c, 1])
            w = 1.0 - u - v
            lx = w * normals[fa, 0] + u * normals[fb, 0] + v * normals[fc, 0]
            ly = w * normals[fa, 1] + u * normals[fb, 1] + v * normals[fc, 1]
            lz = w * normals[fa, 2] + u * normals[fb, 2] + v * normals[fc, 2]
            gx, gy, gz = surface.geometric[r, c, 0], surface.geometric[r, c, 1], surface.geometric[r, c, 2]
            nx, ny, nz = surface.normal[r, c, 0], surface.normal[r, c, 1], surface.normal[r, c, 2]
            seen, ao = visible[r, c], occlusion[r, c]
            if seen == UNLIT:
                seen = THROUGH_LEAVES if tables.texture[k] in (_FOLIAGE, _GRASS) else 0.0
            t = float(surface.distance[r, c])
            size, up = t * rays.spread[r, c], lift(t)
            hx, hy, hz = ox + t * dx + up * gx, oy + t * dy + up * gy, oz + t * dz + up * gz
            p, q, m, wr, wg, wb = outgoing(
                tables, ray, lighting, hit, k, (fa, fb, fc, u, v), (lx, ly, lz), (gx, gy, gz), (nx, ny, nz),
                (dx, dy, dz), (hx, hy, hz), size, seen, ao, True, False, time, r,
            )  # fmt: skip
            if lighting.hazy:
                t, ar, ag, ab = through_air(lighting, ox, oy, oz, dx, dy, dz, t)
                p, q, m, wr, wg, wb = t * p + ar, t * q + ag, t * m + ab, t * wr, t * wg, t * wb
            if max(wr, wg, wb) > 0.0:
                if traced:
                    left[r, c] = MIRROR
                    mirror[r, c, 0], mirror[r, c, 1], mirror[r, c, 2] = wr, wg, wb
                else:
                    turn = -2.0 * (nx * dx + ny * dy + nz * dz)
                    a, b, d = sky_radiance(
                        lighting.sky, lighting.noise, dx + turn * nx, dy + turn * ny, dz + turn * nz, False
                    )
                    p, q, m = p + wr * a, q + wg * b, m + wb * d
            out[r, c, 0], out[r, c, 1], out[r, c, 2] = p, q, m
