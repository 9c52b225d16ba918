"""Where all sub-rays of a beam meet the same surface, so that one ray tells of all of them.

The middle of every beam is cast first (`glance`). A beam is flat (`judge`) where its middle meets an opaque surface that is
neither foliage nor seen at a grazing angle, and the middles of the up to eight beams around it meet the same material of
the same instance in the same plane, to within a share of the beam's half-width and a few millimetres; everything is
compared in the world, each beam at its own instant, so the sensor's motion takes no part. The sub-rays of a flat beam
are not cast: they meet that plane. Where it spreads their ranges by less than the echo separation they would become one
echo anyway, and count as one at the range of the middle (wrong by the second order of the spread, a few millimetres);
else every sub-ray is intersected with the plane. All other beams cast all their sub-rays, also those that meet nothing.

What this gives up: a thing in front of a flat surface that is so thin that no middle of a beam meets it (then no beam beside
it is warned), and relief finer than the tolerance. Against the sky nothing is given up.
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
from ..tracers.tables import NIR, RETRO, TRANSPARENCY
from .echoes import SURFACE, put
from .ground import covered, is_ground
from .radiometry import apparent_reflectance, signal
from .scan import GROUP, beams_of, set_ray
from .surfaces import facing_normal

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
        hit, material: (N,) instance, -1 for none, and index of the material.
        at: (N, 8) distance, cosine of incidence, unit normal facing the ray and point of the surface (world frame).

    """

    hit: I32
    material: I32
    at: F32


def new_glance(cells: int) -> Glance:
    """Empty buffers for so many cells."""
    return Glance(np.empty(cells, np.int32), np.empty(cells, np.int32), np.empty((cells, 8), np.float32))


@kernel
def glance(tables, packet, beams, scan, receiver, seen, first, end):  # type: ignore[no-untyped-def]
    """Fill `seen` for the cells of the groups from `first` up to `end`; `packet` and `beams` are buffers."""
    order, lanes, word, valid = scan.order, packet.ray, packet.word, packet.valid
    for lane in range(GROUP):
        lanes[24 + lane], word[72 + lane], word[80 + lane], word[88 + lane] = 0.0, -1, 0, 0
    for g in range(first, end):
        beams_of(scan, g, beams, False)
        for lane in range(GROUP):
            valid[lane] = 0
            if order[g, lane] >= 0:
                set_ray(scan, beams, lane, -1, packet, lane, receiver.max_m - receiver.radius_m)
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
            seen.hit[i] = hit
            seen.material[i] = tables.face_material[tables.face_start[tables.mesh[hit]] + word[136 + lane]]
            at = seen.at
            at[i, 0], at[i, 1] = t, min(1.0, -(nx * dx + ny * dy + nz * dz))
            at[i, 2], at[i, 3], at[i, 4] = nx, ny, nz
            at[i, 5], at[i, 6], at[i, 7] = lanes[lane] + t * dx, lanes[8 + lane] + t * dy, lanes[16 + lane] + t * dz


@inlined
def judge(tables, scan, seen, receiver, i):  # type: ignore[no-untyped-def]
    """What the beam of cell i is."""
    hit, m, at = seen.hit[i], seen.material[i], seen.at
    if hit < 0 or tables.material[m, TRANSPARENCY] > 0.0 or tables.texture[m] == _FOLIAGE:
        return CAST
    t, cosine = at[i, 0], at[i, 1]
    slope = math.sqrt(max(0.0, 1.0 - cosine * cosine)) / max(cosine, _LEAST_COSINE)
    if cosine < _LEAST_COSINE or scan.widest * slope > _STEEPEST:
        return CAST
    half = scan.shift + t * scan.widest
    relief = _RELIEF_M + _RELIEF * half
    for k in range(8):
        j = scan.near[i, k]
        if j < 0:
            continue
        if seen.hit[j] != hit or seen.material[j] != m:
            return CAST
        off = (at[j, 5] - at[i, 5]) * at[i, 2] + (at[j, 6] - at[i, 6]) * at[i, 3] + (at[j, 7] - at[i, 7]) * at[i, 4]
        if abs(off) > relief:
            return CAST
    return FLAT if 2.0 * half * slope < receiver.separation_m else SLOPE


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
    weight, nearest, far = 1.0 / rays, t, t
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
