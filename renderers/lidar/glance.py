"""Where all sub-rays of a beam meet the same surface, so that one ray tells of all of them.

The middle of every beam is cast first (`glance`). A beam whose middle meets an opaque surface other than foliage is
flat (`judge`) where two things hold, all in the world and each beam at its own instant, so that the sensor's motion
takes no part:

- Nothing stands before the surface. What the middles of the up to eight beams around it meet lies on the surface's
  plane or behind it, or it lies before it, but with the whole footprint on the outer side of its own tangent plane (the
  two surfaces meet in a concave edge that lies beside the beam; convex bodies never reach past their tangent planes).
- The surface covers the footprint. All sub-rays meet the triangle that the middle meets, or all beams around meet the
  same material of the same instance in the same plane, to within `_RELIEF_M` and a share of the beam's half-width.

The sub-rays of a flat beam are not cast: they meet that plane. Where it spreads their ranges by less than the echo
separation they would become one echo anyway, and count as one at the range of the middle (wrong by the second order of
the spread, a few millimetres); else every sub-ray is intersected with the plane. All other beams cast all sub-rays,
also those whose middle meets nothing. What this gives up: a thing before a surface, so thin that no middle of a beam
around meets it; relief finer than the tolerance; and the curvature of finely meshed bodies within one beam.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..air import optical_depth
from ..camera.compiled import inlined, kernel
from ..scene import Texture
from ..tracers.packets import query
from ..tracers.tables import NIR, RETRO, TRANSPARENCY, turn
from .echoes import SURFACE, put
from .ground import covered, is_ground
from .radiometry import apparent_reflectance, signal
from .scan import GROUP, beams_of, set_middles
from .surfaces import facing_normal, orientation_at

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]

ABSENT, CAST, FLAT, SLOPE = 0, 1, 2, 3
"""What a beam is: not there; to be cast; one echo; a plane that spreads the sub-rays by more than an echo."""
_FOLIAGE = int(Texture.FOLIAGE)
_LEAST_COSINE = 0.01
_STEEPEST = 0.2
"""Relative spread of range over the footprint from which on the plane is not trusted."""
_RELIEF_M, _RELIEF = 0.003, 0.25
"""How far neighbours may lie off the plane: in metres, and in half-widths of the beam."""


class Glance(NamedTuple):
    """What the middle of every beam meets.

    Attributes:
        hit, face, material: (N,) instance, -1 for none, triangle of its mesh, and index of the material.
        at: (N, 10) distance, cosine of incidence, unit normal facing the ray and point of the surface (world frame),
            and barycentric coordinates in the triangle.

    """

    hit: I32
    face: I32
    material: I32
    at: F32


def new_glance(cells: int) -> Glance:
    """Empty buffers for so many cells."""
    hit, face, material = (np.empty(cells, np.int32) for _ in range(3))
    return Glance(hit, face, material, np.empty((cells, 10), np.float32))


@kernel
def glance(tables, packet, beams, scan, receiver, seen, first, end):  # type: ignore[no-untyped-def]
    """Fill `seen` for the cells of the groups from `first` up to `end`; `packet` and `beams` are buffers."""
    order, lanes, word, valid = scan.order, packet.ray, packet.word, packet.valid
    for lane in range(GROUP):
        lanes[24 + lane], word[72 + lane], word[80 + lane], word[88 + lane] = 0.0, -1, 0, 0
    for g in range(first, end):
        beams_of(scan, g, beams, False)
        set_middles(scan, g, beams, packet, receiver.max_m - receiver.radius_m)
        query(packet.intersect, valid.ctypes.data, tables.scene, lanes.ctypes.data, packet.coherent.ctypes.data)
        for lane in range(GROUP):
            i = order[g, lane]
            if i < 0:
                continue
            if word[144 + lane] < 0:
                seen.hit[i], seen.material[i] = -1, -1
                continue
            hit, t = word[152 + lane], lanes[64 + lane]
            dx, dy, dz = lanes[32 + lane], lanes[40 + lane], lanes[48 + lane]
            nx, ny, nz = facing_normal(
                tables.orientation, tables.moving, hit, lanes[56 + lane], dx, dy, dz, lanes[96 + lane],
                lanes[104 + lane], lanes[112 + lane],
            )  # fmt: skip
            seen.hit[i], seen.face[i] = hit, tables.face_start[tables.mesh[hit]] + word[136 + lane]
            seen.material[i] = tables.face_material[seen.face[i]]
            at = seen.at
            at[i, 0], at[i, 1] = t, min(1.0, -(nx * dx + ny * dy + nz * dz))
            at[i, 2], at[i, 3], at[i, 4] = nx, ny, nz
            at[i, 5], at[i, 6], at[i, 7] = lanes[lane] + t * dx, lanes[8 + lane] + t * dy, lanes[16 + lane] + t * dz
            at[i, 8], at[i, 9] = lanes[120 + lane], lanes[128 + lane]


@inlined
def judge(tables, scan, seen, receiver, beams, b, i):  # type: ignore[no-untyped-def]
    """What beam b of a group, of cell i, is."""
    hit, m, at = seen.hit[i], seen.material[i], seen.at
    if hit < 0 or tables.material[m, TRANSPARENCY] > 0.0 or tables.texture[m] == _FOLIAGE:
        return CAST
    t, cosine = at[i, 0], at[i, 1]
    slope = math.sqrt(max(0.0, 1.0 - cosine * cosine)) / max(cosine, _LEAST_COSINE)
    if cosine < _LEAST_COSINE or scan.widest * slope > _STEEPEST:
        return CAST
    half = scan.shift + t * scan.widest
    relief, margin, alike = _RELIEF_M + _RELIEF * half, half * (1.0 + slope), True
    for k in range(8):
        j = scan.near[i, k]
        if j < 0:
            continue
        if seen.hit[j] < 0:
            alike = False
            continue
        x, y, z = at[j, 5] - at[i, 5], at[j, 6] - at[i, 6], at[j, 7] - at[i, 7]
        off = x * at[i, 2] + y * at[i, 3] + z * at[i, 4]
        alike = alike and off > -relief and seen.hit[j] == hit and seen.material[j] == m
        if off > relief:
            alike = False
            if -(x * at[j, 2] + y * at[j, 3] + z * at[j, 4]) < margin:
                return CAST
    if not alike and not _covers(tables, scan, seen, beams, b, i):
        return CAST
    return FLAT if 2.0 * half * slope < receiver.separation_m else SLOPE


@kernel
def _covers(tables, scan, seen, beams, b, i):  # type: ignore[no-untyped-def]
    """Whether all sub-rays of beam b meet the triangle that its middle meets (Moeller and Trumbore, its frame)."""
    qx, qy, qz, qs = orientation_at(tables.orientation, tables.moving, seen.hit[i], beams[b, 6])
    dx, dy, dz = turn(-qx, -qy, -qz, qs, beams[b, 3], beams[b, 4], beams[b, 5])
    hx, hy, hz = turn(-qx, -qy, -qz, qs, beams[b, 7], beams[b, 8], beams[b, 9])
    vx, vy, vz = turn(-qx, -qy, -qz, qs, beams[b, 10], beams[b, 11], beams[b, 12])
    faces, vertices, face = tables.faces, tables.vertices, seen.face[i]
    p, q, r = faces[face, 0], faces[face, 1], faces[face, 2]
    ax, ay, az = vertices[p, 0], vertices[p, 1], vertices[p, 2]
    fx, fy, fz = vertices[q, 0] - ax, vertices[q, 1] - ay, vertices[q, 2] - az
    gx, gy, gz = vertices[r, 0] - ax, vertices[r, 1] - ay, vertices[r, 2] - az
    t, u, v, sub = seen.at[i, 0], seen.at[i, 8], seen.at[i, 9], scan.sub
    # origin of the beam seen from the first corner
    sx, sy, sz = u * fx + v * gx - t * dx, u * fy + v * gy - t * dy, u * fz + v * gz - t * dz
    for k in range(len(sub)):
        a, c, e, f = sub[k, 0], sub[k, 1], sub[k, 2], sub[k, 3]
        ex, ey, ez = dx + a * hx + c * vx, dy + a * hy + c * vy, dz + a * hz + c * vz
        ox, oy, oz = sx + e * hx + f * vx, sy + e * hy + f * vy, sz + e * hz + f * vz
        px, py, pz = ey * gz - ez * gy, ez * gx - ex * gz, ex * gy - ey * gx
        whole = fx * px + fy * py + fz * pz
        u = ox * px + oy * py + oz * pz
        v = ex * (oy * fz - oz * fy) + ey * (oz * fx - ox * fz) + ez * (ox * fy - oy * fx)
        if whole < 0.0:
            whole, u, v = -whole, -u, -v
        if u < 0.0 or v < 0.0 or u + v > whole:
            return False
    return True


@inlined
def flat_echo(tables, scan, seen, receiver, air, hazy, land, beams, b, i, sloping, e):  # type: ignore[no-untyped-def]
    """Add the echoes of a beam that meets one plane: of every sub-ray where it is sloping, else one for all."""
    hit, m, at, sub = seen.hit[i], seen.material[i], seen.at, scan.sub
    ox, oy, oz, dx, dy, dz = beams[b, 0], beams[b, 1], beams[b, 2], beams[b, 3], beams[b, 4], beams[b, 5]
    nx, ny, nz, t, cosine = at[i, 2], at[i, 3], at[i, 4], at[i, 0], at[i, 1]
    own = tables.material_semantic[m]
    semantic, label = own if own > 0 else tables.semantic[hit], tables.label[hit]
    nir, retro, shine = tables.material[m, NIR], tables.material[m, RETRO], tables.material[m, RETRO]
    wet = nir
    if land.covered:
        kind = is_ground(tables.texture[m], nz)
        if kind > 0:
            wet, left = covered(land, kind, nir, cosine)
            shine = retro * left
    depth = optical_depth(air, ox, oy, oz, dx, dy, dz, t) if hazy else 0.0
    rays = len(sub) if sloping else 1
    weight, far = 1.0 / rays, t
    for s in range(rays):
        r, c = t, cosine
        if sloping:
            across = sub[s, 0] * beams[b, 7] + sub[s, 1] * beams[b, 10]
            up = sub[s, 0] * beams[b, 8] + sub[s, 1] * beams[b, 11]
            forward = sub[s, 0] * beams[b, 9] + sub[s, 1] * beams[b, 12]
            c = -((dx + across) * nx + (dy + up) * ny + (dz + forward) * nz) * sub[s, 4]
            shift = sub[s, 2] * (beams[b, 7] * nx + beams[b, 8] * ny + beams[b, 9] * nz)
            shift += sub[s, 3] * (beams[b, 10] * nx + beams[b, 11] * ny + beams[b, 12] * nz)
            r = (t * cosine + shift) / c
            far = max(far, r)
        range_m = r + receiver.radius_m
        dry = apparent_reflectance(nir, retro, c)
        now = apparent_reflectance(wet, shine, c)
        clear = weight * signal(dry, range_m, receiver.range_50_m)
        power = clear if now == dry else weight * signal(now, range_m, receiver.range_50_m)
        rho = weight * now
        if hazy:
            passed = math.exp(-2.0 * depth * (r / t))
            power, rho = power * passed, rho * passed
        put(e, b, range_m, power, rho, clear, weight * dry, label, semantic, SURFACE, 0)
    e.reach[b] = far + receiver.radius_m
