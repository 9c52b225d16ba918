"""Where one ray per pixel is not enough: edges and motion.

Edges: a pixel whose neighbour shows another body, material, plane or direction of surface gets four more rays. A ray
that meets the same material in about the same plane as a pixel beside it takes over that pixel's radiance, only the
rest is shaded anew. Motion: the band that an edge sweeps within the exposure gets more rays, each at its own time,
which borrow the radiance of their surface point at mid exposure if it is seen there; away from edges the radiance is
averaged along the motion.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined, kernel
from ..random import uniform
from ..scene import Texture
from ..tracers.packets import LANES, Packet, query
from ..tracers.tables import Tables, face_look, instance_pose, turn
from .gbuffer import GBuffer, Motion, Rays, centre_to_world, pixel_direction, set_lane, to_world
from .lens import project_point

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

EDGE, SWEPT, SWEPT_FAR = 1, 2, 4
"""Marks: a few rays that may borrow radiance; 8 or 16 rays over the exposure."""
EDGE_SAMPLES, SWEPT_SAMPLES = 4, 16
GRID = np.array([[0.375, 0.125], [0.875, 0.375], [0.125, 0.625], [0.625, 0.875]])
"""Four places in a pixel on a turned grid; with the centre they give five levels."""
ORDER = np.array([2, 0, 3, 1])
"""Which quarter of the exposure each of them sees."""
_BLUR_FROM_PX, _SWEPT_FROM_PX, _FAR_FROM_PX, _BLUR_TO_PX = 0.5, 1.5, 5.0, 2000.0
_BEND = 0.92
_FOLIAGE = int(Texture.FOLIAGE)
_STEP = 0.02
_CONTRAST = 0.05
"""Relative difference of radiance, in any colour, below which an edge is left as it is."""


@inlined
def _differ(surface, texture, rays, r, c, rr, cc):  # type: ignore[no-untyped-def]
    """Whether an edge runs between two neighbouring pixels; leaves against leaves do not count."""
    a, b = surface.instance[r, c], surface.instance[rr, cc]
    if a < 0 and b < 0:
        return False
    if a != b and surface.label[r, c] + surface.label[rr, cc] > 0:
        return True
    if a < 0 or b < 0:
        return True
    if texture[surface.material[r, c]] == _FOLIAGE and texture[surface.material[rr, cc]] == _FOLIAGE:
        return False
    if surface.material[r, c] != surface.material[rr, cc]:
        return True
    normal = surface.normal
    bend = normal[r, c, 0] * normal[rr, cc, 0] + normal[r, c, 1] * normal[rr, cc, 1]
    if bend + normal[r, c, 2] * normal[rr, cc, 2] < _BEND:
        return True
    s, t = surface.distance[r, c], surface.distance[rr, cc]
    if abs(s - t) < _STEP * s:
        return False
    # a step in depth, or a plane seen at a grazing angle: measure from the plane
    x, y, z = centre_to_world(rays, r, c)
    p, q, w = centre_to_world(rays, rr, cc)
    plane = surface.geometric
    gap = plane[r, c, 0] * (t * p - s * x) + plane[r, c, 1] * (t * q - s * y) + plane[r, c, 2] * (t * w - s * z)
    return abs(gap) > _STEP * s


@inlined
def _alike(single, r, c, rr, cc):  # type: ignore[no-untyped-def]
    """Whether two pixels look the same, so that an edge between them does not show."""
    for k in range(3):
        a, b = single[r, c, k], single[rr, cc, k]
        if abs(a - b) > _CONTRAST * max(a, b):
            return False
    return True


@kernel
def mark(surface: GBuffer, texture: I32, rays: Rays, moving: bool, single: F32, marks: U8) -> None:
    """Fill `marks` (H, W): 0 for one ray, `EDGE` or `SWEPT`; edges that do not show in `single` are passed over."""
    height, width = marks.shape
    marks[:] = 0
    for r in range(height):
        for c in range(width):
            for step in range(2):
                rr, cc = r + step, c + 1 - step
                if rr >= height or cc >= width or not _differ(surface, texture, rays, r, c, rr, cc):
                    continue
                if _alike(single, r, c, rr, cc):
                    continue
                marks[r, c] |= EDGE
                marks[rr, cc] |= EDGE
                if not moving:
                    continue
                # both surfaces may sweep: each spreads its own vector
                for side in range(2):
                    i, j = (r, c) if side == 0 else (rr, cc)
                    u, v = surface.blur[i, j, 0], surface.blur[i, j, 1]
                    length = np.sqrt(u * u + v * v)
                    if not _SWEPT_FROM_PX < length < _BLUR_TO_PX:
                        continue
                    kind = SWEPT_FAR if length > _FAR_FROM_PX else SWEPT
                    n = int(min(length, 512.0)) + 2
                    for k in range(n + 1):
                        w = k / n - 0.5
                        y, x = int(np.floor(i + w * v + 0.5)), int(np.floor(j + w * u + 0.5))
                        for dy in range(-1, 2):
                            for dx in range(-1, 2):
                                if 0 <= y + dy < height and 0 <= x + dx < width:
                                    marks[y + dy, x + dx] |= kind


@kernel
def resample(
    tables: Tables,
    packet: Packet,
    rays: Rays,
    surface: GBuffer,
    marks: U8,
    rooks: F64,
    motion: Motion,
    model: int,
    lens: F64,
    moments: F64,
    key: np.uint64,
    single: F32,
    out: F32,
    samples: F32,
    start: int,
    end: int,
) -> tuple[int, int]:
    """Average several rays in marked pixels.

    Args:
        tables, packet, rays, surface: scene, packet buffer, camera, first hits.
        marks: from `mark`.
        rooks: (8, 2) places in the pixel.
        motion, model, lens: velocities and lens, to find a swept point at mid exposure.
        moments: (8,) work array.
        key: of the frame, for the places and times of swept samples.
        single: (H, W, 3) radiance of the centre rays; out: what becomes of it.
        samples: (S, `SAMPLE`) receives the rays that must be shaded anew, for `radiance`.
        start, end: rows to look at.

    Returns:
        (next row, number of samples): the next row is `end` when all is done; otherwise the samples are full.

    """
    width = marks.shape[1]
    ray, word, valid = packet.ray, packet.word, packet.valid
    share = 1.0 / (1 + EDGE_SAMPLES)
    count = 0
    for r in range(start, end):
        if count + SWEPT_SAMPLES * width > len(samples):
            return r, count
        c = 0
        while c < width:
            # two edge pixels share a packet
            first, second = -1, -1
            while c < width and second < 0:
                if marks[r, c] > EDGE:
                    n = SWEPT_SAMPLES if marks[r, c] & SWEPT_FAR else LANES
                    red, green, blue = 0.0, 0.0, 0.0
                    for base in range(0, n, LANES):
                        for k in range(LANES):
                            # places from the rooks, times in strata shuffled against them
                            stratum = ((base + k) * 7 + 3) % n
                            w = (stratum + uniform(key, (r * width + c) * SWEPT_SAMPLES + base + k, 0)) / n
                            moments[k] = w
                            _aim(packet, rays, k, r, c, rooks[k, 0], rooks[k, 1], w)
                        query(
                            packet.intersect, valid.ctypes.data, tables.scene, ray.ctypes.data,
                            packet.coherent.ctypes.data,
                        )  # fmt: skip
                        for k in range(LANES):
                            rr, cc = _landed(tables, surface, rays, motion, model, lens, ray, word, k, r, moments[k])
                            if rr >= 0:
                                red, green, blue = (
                                    red + single[rr, cc, 0],
                                    green + single[rr, cc, 1],
                                    blue + single[rr, cc, 2],
                                )
                                continue
                            _note(samples[count], ray, word, k, r, c, rooks[k, 0], rooks[k, 1], moments[k], 1.0 / n)
                            count += 1
                    out[r, c, 0], out[r, c, 1], out[r, c, 2] = red / n, green / n, blue / n
                elif marks[r, c] != 0:
                    first, second = (c, -1) if first < 0 else (first, c)
                c += 1
            if first < 0:
                continue
            for k in range(LANES):
                column = first if k < EDGE_SAMPLES else second
                if column < 0:
                    valid[k] = 0
                    continue
                # the four rays also divide the exposure
                _aim(packet, rays, k, r, column, GRID[k & 3, 0], GRID[k & 3, 1], 0.25 * (ORDER[k & 3] + 0.5))
            query(packet.intersect, valid.ctypes.data, tables.scene, ray.ctypes.data, packet.coherent.ctypes.data)
            for half in range(1 if second < 0 else 2):
                column = first if half == 0 else second
                red, green, blue = single[r, column, 0], single[r, column, 1], single[r, column, 2]
                for k in range(EDGE_SAMPLES * half, EDGE_SAMPLES * (half + 1)):
                    hit = word[152 + k] if word[144 + k] >= 0 else -1
                    a, b = GRID[k & 3, 0], GRID[k & 3, 1]
                    rr, cc = _known(tables, surface, ray, hit, word[136 + k], k, r, column, a, b)
                    if rr >= 0:
                        red, green, blue = red + single[rr, cc, 0], green + single[rr, cc, 1], blue + single[rr, cc, 2]
                        continue
                    _note(samples[count], ray, word, k, r, column, a, b, 0.25 * (ORDER[k & 3] + 0.5), share)
                    count += 1
                out[r, column, 0], out[r, column, 1], out[r, column, 2] = red * share, green * share, blue * share
    return end, count


@inlined
def _aim(packet, rays, k, r, c, a, b, s):  # type: ignore[no-untyped-def]
    """Point a lane at a place of a pixel at a moment of its exposure, both in [0, 1]."""
    x, y, z = pixel_direction(rays.corners, r, c, a, b)
    f, g = rays.first, rays.last
    px, py, pz = to_world(f, r, x, y, z)
    qx, qy, qz = to_world(g, r, x, y, z)
    x, y, z = px + s * (qx - px), py + s * (qy - py), pz + s * (qz - pz)
    m = 1.0 / np.sqrt(x * x + y * y + z * z)
    ox, oy, oz = f[r, 0] + s * (g[r, 0] - f[r, 0]), f[r, 1] + s * (g[r, 1] - f[r, 1]), f[r, 2] + s * (g[r, 2] - f[r, 2])
    time = rays.time[r, 0] + s * (rays.time[r, 2] - rays.time[r, 0])
    set_lane(packet, k, ox, oy, oz, x * m, y * m, z * m, time, 0.0, np.inf)


@inlined
def _note(sample, ray, word, k, r, c, a, b, moment, weight):  # type: ignore[no-untyped-def]
    """Keep what lane `k` met, to be shaded; see `SAMPLE` of `radiance`."""
    sample[0], sample[1], sample[2], sample[3], sample[4], sample[5] = r, c, a, b, moment, weight
    sample[6] = word[152 + k] if word[144 + k] >= 0 else -1
    sample[7], sample[8], sample[9], sample[10] = word[136 + k], ray[64 + k], ray[120 + k], ray[128 + k]
    sample[11], sample[12], sample[13] = ray[96 + k], ray[104 + k], ray[112 + k]


@inlined
def _landed(tables, surface, rays, motion, model, lens, ray, word, k, r, s):  # type: ignore[no-untyped-def]
    """The pixel whose centre ray met, at mid exposure, the surface point that lane `k` hit at moment `s`; or -1."""
    height, width = surface.depth.shape
    hit = word[152 + k] if word[144 + k] >= 0 else -1
    t = ray[64 + k]
    camera, body = rays.middle, motion.instance
    x, y, z = ray[32 + k], ray[40 + k], ray[48 + k]
    if hit >= 0:
        x, y, z = ray[k] + t * x, ray[8 + k] + t * y, ray[16 + k] + t * z
        later = 0.5 - s
        qx, qy, qz = x - body[hit, 0], y - body[hit, 1], z - body[hit, 2]
        x += later * (body[hit, 3] + body[hit, 7] * qz - body[hit, 8] * qy) - camera[r, 0]
        y += later * (body[hit, 4] + body[hit, 8] * qx - body[hit, 6] * qz) - camera[r, 1]
        z += later * (body[hit, 5] + body[hit, 6] * qy - body[hit, 7] * qx) - camera[r, 2]
    u, v, ok = project_point(
        model, lens,
        camera[r, 3] * x + camera[r, 6] * y + camera[r, 9] * z,
        camera[r, 4] * x + camera[r, 7] * y + camera[r, 10] * z,
        camera[r, 5] * x + camera[r, 8] * y + camera[r, 11] * z,
    )  # fmt: skip
    if not (ok and u > -0.5 and v > -0.5 and u < width - 0.5 and v < height - 0.5):
        return -1, -1
    i, j = int(v + 0.5), int(u + 0.5)
    if surface.instance[i, j] != hit:
        return -1, -1
    if hit >= 0:
        m, _ = face_look(tables, tables.face_start[tables.mesh[hit]] + word[136 + k])
        if surface.material[i, j] != m or abs(surface.distance[i, j] - t) > 0.1 * t:
            return -1, -1
    return i, j


@inlined
def _known(tables, surface, ray, hit, primitive, k, r, c, a, b):  # type: ignore[no-untyped-def]
    """The pixel, of this one and the three beside the sample, whose centre ray met the surface of lane `k`; or -1."""
    height, width = surface.depth.shape
    rr = min(max(r + (1 if b > 0.5 else -1), 0), height - 1)
    cc = min(max(c + (1 if a > 0.5 else -1), 0), width - 1)
    across_first = abs(a - 0.5) > abs(b - 0.5)
    y1, x1 = (r, cc) if across_first else (rr, c)
    y2, x2 = (rr, c) if across_first else (r, cc)
    instance, primitives = surface.instance, surface.primitive
    if instance[r, c] == hit and primitives[r, c] == primitive:
        return r, c
    if instance[y1, x1] == hit and primitives[y1, x1] == primitive:
        return y1, x1
    if instance[y2, x2] == hit and primitives[y2, x2] == primitive:
        return y2, x2
    if instance[rr, cc] == hit and primitives[rr, cc] == primitive:
        return rr, cc
    if hit < 0:
        return -1, -1
    m, _ = face_look(tables, tables.face_start[tables.mesh[hit]] + primitive)
    t = ray[64 + k]
    gx, gy, gz = ray[96 + k], ray[104 + k], ray[112 + k]
    _, _, _, qx, qy, qz, qw = instance_pose(tables, hit, ray[56 + k])
    gx, gy, gz = turn(qx, qy, qz, qw, gx, gy, gz)
    bound = _BEND * np.sqrt(gx * gx + gy * gy + gz * gz)
    for n in range(4):
        y = r if n == 0 else (y1 if n == 1 else (y2 if n == 2 else rr))
        x = c if n == 0 else (x1 if n == 1 else (x2 if n == 2 else cc))
        if instance[y, x] != hit or surface.material[y, x] != m or abs(surface.distance[y, x] - t) > 0.05 * t:
            continue
        plane = surface.geometric
        if abs(gx * plane[y, x, 0] + gy * plane[y, x, 1] + gz * plane[y, x, 2]) > bound:
            return y, x
    return -1, -1


@kernel
def smear(surface: GBuffer, marks: U8, single: F32, out: F32, first: int, end: int) -> None:
    """Average unmarked pixels of some rows along their image motion; edges have been seen to by `resample`."""
    height, width = marks.shape
    for r in range(first, end):
        for c in range(width):
            if marks[r, c] != 0:
                continue
            u, v = surface.blur[r, c, 0], surface.blur[r, c, 1]
            length = np.sqrt(u * u + v * v)
            if not _BLUR_FROM_PX < length < _BLUR_TO_PX:
                continue
            n = int(min(length, 64.0)) + 2
            total_r, total_g, total_b = 0.0, 0.0, 0.0
            for k in range(n):
                w = (k + 0.5) / n - 0.5
                y, x = min(max(r + w * v, 0.0), height - 1.0), min(max(c + w * u, 0.0), width - 1.0)
                i, j = int(y), int(x)
                b, a = y - i, x - j
                below, beside = min(i + 1, height - 1), min(j + 1, width - 1)
                p, q, s, t = (1 - a) * (1 - b), a * (1 - b), (1 - a) * b, a * b
                total_r += p * single[i, j, 0] + q * single[i, beside, 0]
                total_r += s * single[below, j, 0] + t * single[below, beside, 0]
                total_g += p * single[i, j, 1] + q * single[i, beside, 1]
                total_g += s * single[below, j, 1] + t * single[below, beside, 1]
                total_b += p * single[i, j, 2] + q * single[i, beside, 2]
                total_b += s * single[below, j, 2] + t * single[below, beside, 2]
            out[r, c, 0], out[r, c, 1], out[r, c, 2] = total_r / n, total_g / n, total_b / n
