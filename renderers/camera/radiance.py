"""Radiance along rays that go on: through panes to a surface, and over one mirror bounce; and of extra samples.

A path goes straight through up to four transparent faces, each of which takes its Fresnel share and tint, and ends on
an opaque surface or in the sky. The first smooth face on it (paint, pane, wet road, metal) sends one mirror ray, whose
end is shaded in the same way but reflects only the dome. What centre rays saw in a mirror is averaged with their
neighbours on the same mirror, and every other pixel inside a mirror leaves its ray to these.
Left out: refraction, light through glass onto the ground (panes cast full shadows).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined, kernel
from ..scene import Texture
from ..tracers.tables import ALBEDO, TRANSPARENCY, Tables, blocked, cast, face_look, face_normal, instance_pose, turn
from .cover import ripple
from .direct import BORROWED, DONE, MIRROR, PANE, THROUGH_LEAVES
from .gbuffer import GBuffer, Rays, centre_to_world, pixel_direction, to_world
from .lighting import Lighting, through_air
from .occlusion import across, lift
from .shading import fresnel
from .shelter import sheltered
from .sky import ILLUMINANCE, RADIUS, SUN, sky_radiance
from .surface import outgoing

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

_PANES = 4
_SUN_BEHIND_PANE = 8
_DIELECTRIC = 0.04
_BOUNCE_AO = 0.8
_FOLIAGE, _GRASS = int(Texture.FOLIAGE), int(Texture.GRASS)
_SUN_FAR_M = 2000.0
_SAME_MIRROR = 0.9
"""Cosine between the normals of neighbours whose reflections are averaged."""
SAMPLE = 14
"""Columns of an extra sample: row, column, place in the pixel across and down, time in the exposure in [0, 1], weight;
and what its ray met: instance (-1: sky), triangle, distance, barycentric coordinates, normal in the mesh frame."""


@inlined
def _beside(surface, left, r, c, d):  # type: ignore[no-untyped-def]
    """Whether the pixel at column `d` looks into the same mirror as that at column `c`."""
    if d < 0 or d >= left.shape[1] or left[r, d] != MIRROR:
        return False
    return surface.instance[r, c] == surface.instance[r, d] and surface.material[r, c] == surface.material[r, d]


@inlined
def _rippled(lighting, kind, x, y, nx, ny, nz):  # type: ignore[no-untyped-def]
    """A normal turned by the slope of the water on a wet road."""
    a, b = ripple(lighting, kind, x, y)
    nx, ny = nx + a, ny + b
    n = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz)
    return nx * n, ny * n, nz * n


@kernel
def radiance(
    tables: Tables,
    ray: F32,
    rays: Rays,
    lighting: Lighting,
    surface: GBuffer,
    occlusion: F32,
    visible: F32,
    disc: F64,
    samples: F32,
    count: int,
    out: F32,
    left: U8,
    mirror: F32,
    traced: bool,
    first: int,
    end: int,
) -> None:
    """Radiance of the centre rays of rows `first` to `end` that `direct` left over, or of extra samples.

    Args:
        tables, ray, rays, lighting: scene, ray buffer, camera, light.
        surface, occlusion, visible: first hits, and what they see of dome and sun.
        disc: (16, 2) points on the unit disc, all its centre for hard shadows.
        samples: (S, `SAMPLE`) float32.
        count: number of samples; -1 for centre rays.
        out: (H, W, 3) float32; set by centre rays, added to by samples.
        left: (H, W) uint8, what is left to do; `MIRROR` turns into `BORROWED` where the neighbours' rays will do.
        mirror: (H, W, 3) float32; weights of mirror rays, and then what these rays saw, left to `add_reflections`.
        traced: whether mirrors show the scene; else they show the dome alone.
        first, end: rows.

    """
    height, width = surface.depth.shape
    corners = rays.corners
    word = ray.view(np.int32)
    face_start, mesh, material, light = tables.face_start, tables.mesh, tables.material, lighting.sky
    sx, sy, sz, radius = light[SUN], light[SUN + 1], light[SUN + 2], light[RADIUS]
    tax, tay, taz, tbx, tby, tbz = across(sx, sy, sz)
    primary = count < 0
    r, c = first, -1
    for n in range((end - first) * width if primary else count):
        bounces = 0
        if primary:
            c += 1
            if c == width:
                r, c = r + 1, 0
            if left[r, c] == DONE:
                continue
            if left[r, c] == MIRROR:
                bounces = 1
                if (r + c) & 1 and (_beside(surface, left, r, c, c - 1) or _beside(surface, left, r, c, c + 1)):
                    left[r, c] = BORROWED
                    continue
            a, b, s, weight = 0.5, 0.5, 0.5, 1.0
            dx, dy, dz = centre_to_world(rays, r, c)
            ox, oy, oz = rays.middle[r, 0], rays.middle[r, 1], rays.middle[r, 2]
            time = rays.time[r, 1]
        else:
            r, c = int(samples[n, 0]), int(samples[n, 1])
            a, b, s, weight = float(samples[n, 2]), float(samples[n, 3]), float(samples[n, 4]), float(samples[n, 5])
            x, y, z = pixel_direction(corners, r, c, a, b)
            px, py, pz = to_world(rays.first, r, x, y, z)
            qx, qy, qz = to_world(rays.last, r, x, y, z)
            dx, dy, dz = px + s * (qx - px), py + s * (qy - py), pz + s * (qz - pz)
            m = 1.0 / np.sqrt(dx * dx + dy * dy + dz * dz)
            dx, dy, dz = dx * m, dy * m, dz * m
            ox = rays.first[r, 0] + s * (rays.last[r, 0] - rays.first[r, 0])
            oy = rays.first[r, 1] + s * (rays.last[r, 1] - rays.first[r, 1])
            oz = rays.first[r, 2] + s * (rays.last[r, 2] - rays.first[r, 2])
            time = rays.time[r, 0] + s * (rays.time[r, 2] - rays.time[r, 0])
        spread = float(rays.spread[r, c])
        red, green, blue = 0.0, 0.0, 0.0
        wr, wg, wb = 1.0, 1.0, 1.0
        pending = False
        mox, moy, moz, mdx, mdy, mdz, mwr, mwg, mwb = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        travelled = 0.0
        if bounces == 1:
            # the surface is done, its mirror ray is not
            t = surface.distance[r, c]
            nx, ny, nz = surface.normal[r, c, 0], surface.normal[r, c, 1], surface.normal[r, c, 2]
            up, facing = lift(t), -(nx * dx + ny * dy + nz * dz)
            pending, travelled = True, t
            mox = ox + t * dx + up * surface.geometric[r, c, 0]
            moy = oy + t * dy + up * surface.geometric[r, c, 1]
            moz = oz + t * dz + up * surface.geometric[r, c, 2]
            if lighting.covered:
                nx, ny, nz = _rippled(lighting, tables.texture[surface.material[r, c]], mox, moy, nx, ny, nz)
                facing = -(nx * dx + ny * dy + nz * dz)
            mdx, mdy, mdz = dx + 2 * facing * nx, dy + 2 * facing * ny, dz + 2 * facing * nz
            mwr, mwg, mwb = float(mirror[r, c, 0]), float(mirror[r, c, 1]), float(mirror[r, c, 2])
        for bounce in range(2):
            if bounce == 0 and bounces == 1:
                layers = 0
            else:
                layers = _PANES + 1
            for layer in range(layers):
                known = primary and bounce == 0 and layer == 0
                if known:
                    hit = surface.instance[r, c]
                    t, primitive = float(surface.distance[r, c]), surface.primitive[r, c]
                    u, v = float(surface.weights[r, c, 0]), float(surface.weights[r, c, 1])
                elif bounce == 0 and layer == 0:
                    hit, primitive, t = int(samples[n, 6]), int(samples[n, 7]), float(samples[n, 8])
                    u, v = float(samples[n, 9]), float(samples[n, 10])
                    ray[12], ray[13], ray[14] = samples[n, 11], samples[n, 12], samples[n, 13]
                elif bounce == 1 and not traced:
                    hit, t, primitive, u, v = -1, 0.0, 0, 0.0, 0.0
                else:
                    hit = cast(tables, ray, ox, oy, oz, dx, dy, dz, time, 0.0, np.inf)
                    t, primitive, u, v = float(ray[8]), word[17], float(ray[15]), float(ray[16])
                if hit < 0:
                    p, q, m = sky_radiance(light, lighting.noise, dx, dy, dz, bounce == 0)
                    if lighting.hazy:
                        share, ar, ag, ab = through_air(lighting, ox, oy, oz, dx, dy, dz, np.inf)
                        p, q, m = share * p + ar, share * q + ag, share * m + ab
                    red, green, blue = red + wr * p, green + wg * q, blue + wb * m
                    break
                f = face_start[mesh[hit]] + primitive
                k, _ = face_look(tables, f)
                pose = instance_pose(tables, hit, time)
                if known:
                    gx, gy, gz = surface.geometric[r, c, 0], surface.geometric[r, c, 1], surface.geometric[r, c, 2]
                    nx, ny, nz = surface.normal[r, c, 0], surface.normal[r, c, 1], surface.normal[r, c, 2]
                else:
                    _, _, _, qx, qy, qz, qw = pose
                    gx, gy, gz = turn(qx, qy, qz, qw, ray[12], ray[13], ray[14])
                    m = 1.0 / np.sqrt(gx * gx + gy * gy + gz * gz)
                    if gx * dx + gy * dy + gz * dz > 0.0:
                        m = -m
                    gx, gy, gz = gx * m, gy * m, gz * m
                    nx, ny, nz = face_normal(tables, f, u, v)
                    nx, ny, nz = turn(qx, qy, qz, qw, nx, ny, nz)
                    m = np.sqrt(nx * nx + ny * ny + nz * nz)
                    if m < 1e-12:
                        nx, ny, nz = gx, gy, gz
                    else:
                        m = 1.0 / m if nx * gx + ny * gy + nz * gz >= 0.0 else -1.0 / m
                        nx, ny, nz = nx * m, ny * m, nz * m
                travelled += t
                hx, hy, hz = ox + t * dx, oy + t * dy, oz + t * dz
                up = lift(t)
                facing = -(nx * dx + ny * dy + nz * dz)
                transparency = float(material[k, TRANSPARENCY])
                if transparency > 0.0 and layer < _PANES:
                    if lighting.hazy:
                        share, ar, ag, ab = through_air(lighting, ox, oy, oz, dx, dy, dz, t)
                        red, green, blue = red + wr * ar, green + wg * ag, blue + wb * ab
                        wr, wg, wb = wr * share, wg * share, wb * share
                    share = fresnel(_DIELECTRIC, abs(facing)) * (1.0 if layer == 0 else 0.5)
                    if bounce == 0 and not pending:
                        pending = True
                        mox, moy, moz = hx + up * gx, hy + up * gy, hz + up * gz
                        mdx, mdy, mdz = dx + 2 * facing * nx, dy + 2 * facing * ny, dz + 2 * facing * nz
                        mwr, mwg, mwb = wr * share, wg * share, wb * share
                    keep = (1.0 - share) * transparency
                    # the tint of a pane is its albedo, scaled so that the strongest channel passes fully
                    tr, tg, tb = (
                        float(material[k, ALBEDO]),
                        float(material[k, ALBEDO + 1]),
                        float(material[k, ALBEDO + 2]),
                    )
                    strongest = max(tr, tg, tb, 1e-3)
                    day = 1.0
                    if len(lighting.shelters) > 0:
                        day = sheltered(lighting.shelters, hx, hy, hz)[0]
                    red += wr * (1.0 - transparency) * tr * light[ILLUMINANCE] * 0.1 * day
                    green += wg * (1.0 - transparency) * tg * light[ILLUMINANCE + 1] * 0.1 * day
                    blue += wb * (1.0 - transparency) * tb * light[ILLUMINANCE + 2] * 0.1 * day
                    wr *= keep * (0.6 + 0.4 * tr / strongest)
                    wg *= keep * (0.6 + 0.4 * tg / strongest)
                    wb *= keep * (0.6 + 0.4 * tb / strongest)
                    ox, oy, oz = hx + up * dx, hy + up * dy, hz + up * dz
                    continue
                # at its own time the sample sees what mid exposure shows farther along the motion
                i = int(min(max(r + 0.5 - (s - 0.5) * surface.blur[r, c, 1], 0.0), height - 1.0))
                j = int(min(max(c + 0.5 - (s - 0.5) * surface.blur[r, c, 0], 0.0), width - 1.0))
                ao = float(occlusion[i, j]) if bounce == 0 else _BOUNCE_AO
                kind = tables.texture[k]
                seen = THROUGH_LEAVES if kind in (_FOLIAGE, _GRASS) else 0.0
                if lighting.sunny and gx * sx + gy * sy + gz * sz > 0.0:
                    # one point of the sun, by the pixel and the sample's place in it; in reflections its centre;
                    # behind a pane several, as nothing smooths that shadow afterwards, unless the first two agree
                    points = _SUN_BEHIND_PANE if traced and bounce == 0 and layer > 0 else 1
                    extent = radius if bounce == 0 else 0.0
                    lit, sent = 0, 0
                    while sent < points and (sent != 2 or lit == 1):
                        place = (5 * r + 3 * c + int(16.0 * b) + 6 * sent) & 15
                        sent += 1
                        p, q = extent * disc[place, 0], extent * disc[place, 1]
                        if not blocked(
                            tables, ray, hx + up * gx, hy + up * gy, hz + up * gz,
                            sx + p * tax + q * tbx, sy + p * tay + q * tby, sz + p * taz + q * tbz, time, 0.0,
                            _SUN_FAR_M,
                        ):  # fmt: skip
                            lit += 1
                    seen = lit / sent
                free = bounce == 0 and not pending
                p, q, m, vr, vg, vb = outgoing(
                    tables, ray, lighting, hit, k, pose, (gx, gy, gz), (nx, ny, nz),
                    (dx, dy, dz), (hx, hy, hz), up, travelled * spread, seen, ao, free,
                    bounce == 1, time, r,
                )  # fmt: skip
                if lighting.hazy:
                    share, ar, ag, ab = through_air(lighting, ox, oy, oz, dx, dy, dz, t)
                    p, q, m = share * p + ar, share * q + ag, share * m + ab
                    vr, vg, vb = share * vr, share * vg, share * vb
                red, green, blue = red + wr * p, green + wg * q, blue + wb * m
                if free and max(vr, vg, vb) > 0.0:
                    pending = True
                    mox, moy, moz = hx + up * gx, hy + up * gy, hz + up * gz
                    if lighting.covered:
                        nx, ny, nz = _rippled(lighting, kind, mox, moy, nx, ny, nz)
                        facing = -(nx * dx + ny * dy + nz * dz)
                    mdx, mdy, mdz = dx + 2 * facing * nx, dy + 2 * facing * ny, dz + 2 * facing * nz
                    mwr, mwg, mwb = wr * vr, wg * vg, wb * vb
                break
            if bounce == 1 or not pending:
                break
            if primary:
                if bounces == 0:
                    out[r, c, 0], out[r, c, 1], out[r, c, 2] = red, green, blue
                red, green, blue = 0.0, 0.0, 0.0
            # on a bent mirror the rays of a pixel spread by twice the turn of its normal
            if c + 1 < width and surface.instance[r, c + 1] == surface.instance[r, c] >= 0:
                bx = surface.normal[r, c + 1, 0] - surface.normal[r, c, 0]
                by = surface.normal[r, c + 1, 1] - surface.normal[r, c, 1]
                bz = surface.normal[r, c + 1, 2] - surface.normal[r, c, 2]
                spread += 2.0 * np.sqrt(bx * bx + by * by + bz * bz)
            ox, oy, oz, dx, dy, dz = mox, moy, moz, mdx, mdy, mdz
            wr, wg, wb = mwr, mwg, mwb
        if not primary:
            out[r, c, 0] += weight * red
            out[r, c, 1] += weight * green
            out[r, c, 2] += weight * blue
        elif pending:
            mirror[r, c, 0], mirror[r, c, 1], mirror[r, c, 2] = red, green, blue
        else:
            left[r, c] = DONE
            out[r, c, 0], out[r, c, 1], out[r, c, 2] = red, green, blue


@kernel
def add_reflections(surface: GBuffer, left: U8, mirror: F32, out: F32, first: int, end: int) -> None:
    """Add to rows `first` to `end` of `out` what mirror rays saw, each averaged with its neighbours on the same mirror.

    One ray per pixel is too few for what a bent mirror shrinks into a pixel.
    """
    height, width = left.shape
    instance, material, normal = surface.instance, surface.material, surface.normal
    for r in range(first, end):
        for c in range(width):
            if left[r, c] == DONE:
                continue
            nx, ny, nz = normal[r, c, 0], normal[r, c, 1], normal[r, c, 2]
            red, green, blue, count = 0.0, 0.0, 0.0, 0.0
            for i in range(max(r - 1, 0), min(r + 2, height)):
                for j in range(max(c - 1, 0), min(c + 2, width)):
                    if left[i, j] != MIRROR and left[i, j] != PANE:
                        continue
                    if instance[i, j] != instance[r, c] or material[i, j] != material[r, c]:
                        continue
                    bend = nx * normal[i, j, 0] + ny * normal[i, j, 1] + nz * normal[i, j, 2]
                    if bend < _SAME_MIRROR and count > 0.0:
                        continue
                    w = 2.0 if i == r and j == c else (1.0 if bend >= _SAME_MIRROR else 1e-3)
                    red, green, blue = (
                        red + w * mirror[i, j, 0],
                        green + w * mirror[i, j, 1],
                        blue + w * mirror[i, j, 2],
                    )
                    count += w
            out[r, c, 0] += red / count
            out[r, c, 1] += green / count
            out[r, c, 2] += blue / count
