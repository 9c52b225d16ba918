"""What one ray meets on its way: panes, the surface behind them, and what it sees in a mirror.

A ray goes on straight through panes and ends on an opaque surface; every surface sends back an echo, weakened by the
panes and the air before it. The first mirror on the way (standing water, and with ghosts switched on panes and polished
surfaces) sends one more ray on, whose echo counts twice the mirror's reflectance and comes from the straight
continuation of the first.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..air import optical_depth
from ..compiled import inlined, kernel
from ..elementary import exponential
from ..tracers.packets import LANES, query
from ..tracers.tables import ALBEDO, METALLIC, NIR, RETRO, ROUGHNESS, TRANSPARENCY, cast, turn
from .echoes import PHANTOM, SURFACE, put
from .ground import covered, fresnel, is_ground, mirror_share
from .radiometry import apparent_reflectance, pane_reflectance, signal

SURFACES = 4
"""That one ray looks at; the last is taken as opaque."""
_PAST_M = 1e-4
_GLASS = 1.5
_POLISHED = 0.15
_LEAST_MIRROR = 0.01
_NEAR = 0.1
"""Relative difference of range within which the mean extinction of one sub-ray serves another."""
_GHOST_LANE = 192


class Path(NamedTuple):
    """What the eight rays of a packet meet, surface after surface; one buffer per thread.

    Attributes:
        met: (8,) how many surfaces each ray has met.
        hit: (8, 4, 2) int32 instance and triangle of each.
        at: (8, 4, 4) float32 distance and normal (mesh frame, unscaled) of each.

    """

    met: NDArray[np.int32]
    hit: NDArray[np.int32]
    at: NDArray[np.float32]


def new_path() -> Path:
    """Empty buffers."""
    return Path(
        np.zeros(LANES, np.int32), np.zeros((LANES, SURFACES, 2), np.int32), np.zeros((LANES, SURFACES, 4), np.float32)
    )


class Aim(NamedTuple):
    """The part of the tracer's tables that a cast needs."""

    scene: int
    intersect: int


@inlined
def orientation_at(orientation, moving, hit, time):  # type: ignore[no-untyped-def]
    """Quaternion of an instance at ray time in [0, 1]."""
    x, y, z, s = orientation[0, hit, 0], orientation[0, hit, 1], orientation[0, hit, 2], orientation[0, hit, 3]
    steps = len(orientation)
    if moving[hit] and steps > 1:
        at = time * (steps - 1)
        k = min(int(at), steps - 2)
        w = at - k
        ax, ay, az, aw = orientation[k, hit, 0], orientation[k, hit, 1], orientation[k, hit, 2], orientation[k, hit, 3]
        k += 1
        bx, by, bz, bw = orientation[k, hit, 0], orientation[k, hit, 1], orientation[k, hit, 2], orientation[k, hit, 3]
        u, v = 1.0 - w, w if ax * bx + ay * by + az * bz + aw * bw >= 0.0 else -w
        x, y, z, s = u * ax + v * bx, u * ay + v * by, u * az + v * bz, u * aw + v * bw
        n = 1.0 / np.sqrt(x * x + y * y + z * z + s * s)
        x, y, z, s = x * n, y * n, z * n, s * n
    return x, y, z, s


@inlined
def normal_at(orientation, moving, hit, time, nx, ny, nz):  # type: ignore[no-untyped-def]
    """Unit normal in the world of what was hit, from that in the mesh frame and unscaled, as Embree gives it."""
    x, y, z, s = orientation_at(orientation, moving, hit, time)
    nx, ny, nz = turn(x, y, z, s, nx, ny, nz)
    n = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz)
    return nx * n, ny * n, nz * n


@kernel
def _polish(material, transparency, cosine):  # type: ignore[no-untyped-def]
    """Specular reflectance of a surface, 0 where it is rough."""
    if material[ROUGHNESS] > _POLISHED and transparency == 0.0:
        return 0.0
    s, p = fresnel(cosine, _GLASS)
    one = 0.5 * (s + p)
    if transparency > 0.0:
        return 2.0 * one / (1.0 + one)
    metal = (material[ALBEDO] + material[ALBEDO + 1] + material[ALBEDO + 2]) / 3.0
    return one + material[METALLIC] * (metal - one)


@inlined
def follow(tables, packet, path, every, far):  # type: ignore[no-untyped-def]
    """Note what the rays of a packet hit and follow them through panes, all at once.

    Args:
        tables: of the tracer.
        packet: has been queried; tells of the first surface.
        path: where to note it.
        every: note rays that end at the first surface too, else they are left with a count of -1 (or 0 for a miss).
        far: where rays end.

    """
    lanes, word, valid = packet.ray, packet.word, packet.valid
    mesh, face_start, face_material, material = (
        tables.mesh, tables.face_start, tables.face_material, tables.material,
    )  # fmt: skip
    met, active = path.met, False
    for lane in range(LANES):
        met[lane] = 0
        if valid[lane] == 0 or word[144 + lane] < 0:
            valid[lane] = 0
            continue
        m = face_material[face_start[mesh[word[152 + lane]]] + word[136 + lane]]
        clear = material[m, TRANSPARENCY] > 0.0
        if not clear:
            valid[lane] = 0
            if not every:
                met[lane] = -1
                continue
        _note(path, lane, lanes, word)
        active = active or clear
    for surface in range(1, SURFACES):
        if not active:
            break
        for lane in range(LANES):
            if valid[lane] != 0:
                lanes[24 + lane], lanes[64 + lane] = lanes[64 + lane] + _PAST_M, far
                word[144 + lane], word[152 + lane] = -1, -1
        query(packet.intersect, valid.ctypes.data, tables.scene, lanes.ctypes.data, packet.coherent.ctypes.data)
        active = False
        for lane in range(LANES):
            if valid[lane] == 0:
                continue
            lanes[24 + lane] = 0.0
            if word[144 + lane] < 0:
                valid[lane] = 0
                continue
            m = face_material[face_start[mesh[word[152 + lane]]] + word[136 + lane]]
            _note(path, lane, lanes, word)
            if material[m, TRANSPARENCY] > 0.0 and surface < SURFACES - 1:
                active = True
            else:
                valid[lane] = 0


@inlined
def _note(path, lane, lanes, word):  # type: ignore[no-untyped-def]
    """Note the present hit of a lane."""
    k = path.met[lane]
    path.hit[lane, k, 0], path.hit[lane, k, 1] = word[152 + lane], word[136 + lane]
    path.at[lane, k, 0], path.at[lane, k, 1] = lanes[64 + lane], lanes[96 + lane]
    path.at[lane, k, 2], path.at[lane, k, 3] = lanes[104 + lane], lanes[112 + lane]
    path.met[lane] = k + 1


@inlined
def gather(tables, ray, packet, path, slots, receiver, air, hazy, land, marks, e, weight):  # type: ignore[no-untyped-def]
    """Add the echoes of the eight rays of a packet, whose paths are known, to the beams `slots` (8) of `e`."""
    lanes, material, shiny = packet.ray, tables.material, land.covered or marks.ghosts > 0.0
    for lane in range(LANES):
        b = slots[lane]
        if b < 0:
            continue
        ox, oy, oz = lanes[lane], lanes[8 + lane], lanes[16 + lane]
        dx, dy, dz, time = lanes[32 + lane], lanes[40 + lane], lanes[48 + lane], lanes[56 + lane]
        passed, reach = 1.0, math.inf
        mirror, mirror_t, mx, my, mz = 0.0, 0.0, 0.0, 0.0, 0.0
        for surface in range(path.met[lane]):
            hit, primitive = path.hit[lane, surface, 0], path.hit[lane, surface, 1]
            t = path.at[lane, surface, 0]
            nx, ny, nz = path.at[lane, surface, 1], path.at[lane, surface, 2], path.at[lane, surface, 3]
            m = tables.face_material[tables.face_start[tables.mesh[hit]] + primitive]
            nx, ny, nz = normal_at(tables.orientation, tables.moving, hit, time, nx, ny, nz)
            along = nx * dx + ny * dy + nz * dz
            cosine = min(1.0, abs(along))
            through = material[m, TRANSPARENCY] if surface < SURFACES - 1 else 0.0
            nir, retro = material[m, NIR], material[m, RETRO]
            if through > 0.0:
                dry = passed * pane_reflectance(nir, through, cosine)
            else:
                dry = passed * apparent_reflectance(nir, retro, cosine)
            now = dry
            if shiny and mirror == 0.0:
                facing = 1.0 if along <= 0.0 else -1.0
                kind = is_ground(tables.texture[m], nz * facing) if land.covered and through == 0.0 else 0
                if kind > 0:
                    now = passed * covered_reflectance(land, kind, nir, retro, cosine)
                if kind == 1 and land.mirror > 0.0:
                    mirror, mx, my, mz = mirror_share(land, abs(dz)), 0.0, 0.0, 1.0
                elif marks.ghosts > 0.0:
                    mirror = min(1.0, marks.ghosts * _polish(material[m], through, cosine))
                    mx, my, mz = nx * facing, ny * facing, nz * facing
                if mirror > _LEAST_MIRROR:
                    mirror_t, mirror = t, mirror * math.sqrt(passed)
                else:
                    mirror = 0.0
            own = tables.material_semantic[m]
            kind = own if own > 0 else tables.semantic[hit]
            range_m = t + receiver.radius_m
            left = exponential(loss(e, b, air, ox, oy, oz, dx, dy, dz, t)) if hazy else 1.0
            gain = signal(1.0, range_m, receiver.range_50_m)
            put_surface(e, b, range_m, weight, left, gain, dry, now, tables.label[hit], kind)
            if through == 0.0:
                reach = range_m
                break
            passed *= through * through
        e.reach[b] = max(e.reach[b], reach)
        if mirror > 0.0:
            range_m, rho = _mirrored(
                tables, ray, receiver, air, hazy, mirror, mirror_t, mx, my, mz, ox, oy, oz, dx, dy, dz, time
            )
            if rho > 0.0:
                power = weight * signal(rho, range_m, receiver.range_50_m)
                put(e, b, range_m, power, weight * rho, 0.0, 0.0, 0, 0, PHANTOM, _GHOST_LANE)


@inlined
def covered_reflectance(land, kind, nir, retro, cosine):  # type: ignore[no-untyped-def]
    """Apparent reflectance of ground of this kind under its cover."""
    wet, shine = covered(land, kind, nir, cosine)
    return apparent_reflectance(wet, retro * shine, cosine)


@inlined
def loss(e, b, air, ox, oy, oz, dx, dy, dz, t):  # type: ignore[no-untyped-def]
    """Logarithm of the share of light that a ray of beam b brings back through the air from distance t."""
    if abs(t - e.seen[b]) > _NEAR * e.seen[b]:
        # the sub-rays of a beam pass the same air
        e.seen[b], e.depth[b] = t, optical_depth(air, ox, oy, oz, dx, dy, dz, t)
    return -2.0 * e.depth[b] * (t / e.seen[b] if t != e.seen[b] else 1.0)


@inlined
def put_surface(e, b, range_m, weight, passed, gain, dry, now, label, kind):  # type: ignore[no-untyped-def]
    """Add the echo of a surface to beam b.

    Args:
        e, b, range_m: where to.
        weight: share of the beam's power that the ray carries.
        passed: share of it that the air lets pass, to and fro.
        gain: signal of a white surface at this range.
        dry, now: apparent reflectance of the surface, bare and as it is.
        label, kind: object and class id.

    """
    left = weight * passed
    put(e, b, range_m, left * now * gain, left * now, weight * dry * gain, weight * dry, label, kind, SURFACE, 0)


@kernel
def _mirrored(  # type: ignore[no-untyped-def]
    tables, ray, receiver, air, hazy, mirror, t, mx, my, mz, ox, oy, oz, dx, dy, dz, time
):
    """Length of the path over the mirror at distance t with this normal, and apparent reflectance of what it shows."""
    word = ray.view(np.int32)
    along = dx * mx + dy * my + dz * mz
    rx, ry, rz = dx - 2.0 * along * mx, dy - 2.0 * along * my, dz - 2.0 * along * mz
    px, py, pz = ox + t * dx, oy + t * dy, oz + t * dz
    aim = Aim(tables.scene, tables.intersect)
    far = receiver.max_m - receiver.radius_m - t
    hit = cast(aim, ray, px, py, pz, rx, ry, rz, time, 1e-3 + 2e-5 * t, max(far, 1e-2))
    if hit < 0:
        return 0.0, 0.0
    m = tables.face_material[tables.face_start[tables.mesh[hit]] + word[17]]
    nx, ny, nz = normal_at(tables.orientation, tables.moving, hit, time, ray[12], ray[13], ray[14])
    cosine = min(1.0, abs(nx * rx + ny * ry + nz * rz))
    material = tables.material
    rho = mirror * mirror * apparent_reflectance(material[m, NIR], material[m, RETRO], cosine)
    if hazy:
        depth = optical_depth(air, ox, oy, oz, dx, dy, dz, t) + optical_depth(air, px, py, pz, rx, ry, rz, ray[8])
        rho *= exponential(-2.0 * depth)
    return t + ray[8] + receiver.radius_m, rho
