"""Who sees the sun and how much of the sky: shadow rays and ambient occlusion at the first hits.

Shadow: one ray for each lit pixel towards a point of the sun's disc that depends on the pixel's place in a 4 x 4
pattern; around places where neighbours disagree (the edge of a shadow, the penumbra) up to eight rays spread over pixel
and disc settle the share of the sun that is seen. Broad lamps get four rays, other points of the lamp for every place
in the pattern, and the mean over the pattern.

Ambient occlusion: at half resolution two short cosine-distributed rays per pixel, a different pair for every place in a
4 x 4 pattern, then the mean over 4 x 4 neighbours that lie in about the same plane: 32 stratified directions. Near
occluders count more, since the rays have different lengths. The pattern is fixed to the picture, so nothing flickers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined, kernel
from ..scene import Texture
from ..tracers.packets import LANES, Packet, query
from ..tracers.tables import Tables
from .gbuffer import GBuffer, Rays, centre_to_world, pixel_direction, set_lane, to_world
from .sky import RADIUS, SUN

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

_PAIRS = 16
_REACH_M = 2.4
_FAR_M = 90.0
_SUN_FAR_M = 2000.0
UNLIT = 2.0
"""Marks pixels that the sun cannot reach whatever stands in the way."""
_MIXED = 3.0
_HALF = LANES // 2
_FOLIAGE = int(Texture.FOLIAGE)
_ORDER = np.array([0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5])
"""A 4 x 4 pattern whose neighbours are far apart in value."""


def _hemisphere() -> F64:
    """(16, 2, 4): for each place in the pattern, two cosine-distributed directions (x, y, z) and a relative reach."""
    n = 2 * _PAIRS
    k = np.arange(n)
    height = (k + 0.5) / n
    angle = k * np.pi * (3.0 - np.sqrt(5.0))
    radius = np.sqrt(height)
    # the reach goes through its range in an order unrelated to the angle from the normal
    reach = 0.2 + 0.8 * ((k * 7 + 3) % n + 0.5) / n
    table = np.stack([radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1.0 - height), reach], axis=-1)
    return np.ascontiguousarray(np.stack([table[_ORDER], table[31 - _ORDER]], axis=1))


def _disc(n: int) -> F64:
    """(n, 2) points spread evenly over the unit disc (Vogel's spiral)."""
    k = np.arange(n)
    angle, radius = k * np.pi * (3.0 - np.sqrt(5.0)), np.sqrt((k + 0.5) / n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


HEMISPHERE = _hemisphere()
DISC_16 = _disc(16)[_ORDER]
POINT_DISCS = np.ascontiguousarray(np.broadcast_to(_disc(8)[[6, 1, 7, 5, 3, 0, 4, 2]], (16, 8, 2)))
"""For penumbrae narrower than the pattern: the same eight points of the sun everywhere."""
BROAD_DISCS = np.ascontiguousarray(_disc(64).reshape(4, 16, 2).swapaxes(0, 1)[_ORDER])
"""For broad lamps: 64 points spread over the places of the pattern, for `smooth_penumbra`."""
BROAD_RAD = 0.02
"""From this angular radius on a lamp counts as broad [rad]."""
ROOKS_8 = np.array([[2, 1], [7, 2], [1, 5], [6, 6], [5, 0], [0, 3], [4, 4], [3, 7]]) / 8.0 + 1.0 / 16.0
"""Eight sample places in a pixel, one in each row and column of an 8 x 8 grid; the first four are spread out too."""


@kernel
def across(x, y, z):  # type: ignore[no-untyped-def]
    """Two unit vectors that span the plane across a unit vector (Duff et al. 2017)."""
    sign = 1.0 if z >= 0.0 else -1.0
    a = -1.0 / (sign + z)
    b = x * y * a
    return 1.0 + sign * x * x * a, sign * b, -sign * x, b, sign + y * y * a, -y


@kernel
def lift(distance):  # type: ignore[no-untyped-def]
    """How far to leave a surface before casting again [m]; the error of a hit grows with its distance."""
    return 1e-3 + 2e-5 * distance


@kernel
def sun_visibility(
    tables: Tables,
    packet: Packet,
    rays: Rays,
    light: F64,
    surface: GBuffer,
    disc: F64,
    out: F32,
    first: int,
    end: int,
) -> None:
    """One ray per pixel of rows `first` to `end`: 1 if it reaches the sun, 0 if not, or `UNLIT`."""
    width = surface.depth.shape[1]
    camera = rays.middle
    ray, valid = packet.ray, packet.valid
    sx, sy, sz, radius = light[SUN], light[SUN + 1], light[SUN + 2], light[RADIUS]
    ax, ay, az, bx, by, bz = across(sx, sy, sz)
    for r in range(first, end):
        cx, cy, cz, time = camera[r, 0], camera[r, 1], camera[r, 2], rays.time[r, 1]
        for start in range(0, width, LANES):
            wanted = False
            for k in range(LANES):
                valid[k] = 0
                c = start + k
                if c >= width:
                    continue
                out[r, c] = UNLIT
                if surface.instance[r, c] < 0:
                    continue
                gx, gy, gz = surface.geometric[r, c, 0], surface.geometric[r, c, 1], surface.geometric[r, c, 2]
                if gx * sx + gy * sy + gz * sz <= 0.0:
                    continue
                x, y, z = centre_to_world(rays, r, c)
                t = surface.distance[r, c]
                up = lift(t)
                place = 4 * (r & 3) + (c & 3)
                p, q = radius * disc[place, 0], radius * disc[place, 1]
                set_lane(
                    packet, k, cx + t * x + up * gx, cy + t * y + up * gy, cz + t * z + up * gz,
                    sx + p * ax + q * bx, sy + p * ay + q * by, sz + p * az + q * bz, time, 0.0, _SUN_FAR_M,
                )  # fmt: skip
                wanted = True
            if wanted:
                query(packet.occluded, valid.ctypes.data, tables.scene, ray.ctypes.data, packet.coherent.ctypes.data)
                for k in range(min(LANES, width - start)):
                    if valid[k] != 0:
                        out[r, start + k] = 0.0 if ray[64 + k] < 0.0 else 1.0


@kernel
def shadow_edges(seen: F32, edges: U8, first: int, end: int) -> None:
    """Fill rows of `edges` with 1 where the sun's single rays disagree with the pixel below or beside, else 0."""
    height, width = seen.shape
    for r in range(first, end):
        for c in range(width):
            below = seen[r + 1, c] if r < height - 1 else UNLIT
            beside = seen[r, c + 1] if c < width - 1 else UNLIT
            edges[r, c] = seen[r, c] + below == 1.0 or seen[r, c] + beside == 1.0


@kernel
def penumbra(
    tables: Tables,
    packet: Packet,
    rays: Rays,
    light: F64,
    surface: GBuffer,
    discs: F64,
    rooks: F64,
    edges: U8,
    out: F32,
    first: int,
    end: int,
) -> None:
    """Replace the single rays around `edges` by four, where these disagree by eight, in rows `first` to `end` of `out`.

    A window of 4 x 4 holds every place of the pattern once: where it is mixed, it meets a penumbra. Leaves shadow each
    other too busily to care. `discs` (16, 4 or 8, 2) are the points of the sun's disc for each place in the
    pattern; with four there is no second look.
    """
    height, width = out.shape
    ray, valid, texture = packet.ray, packet.valid, tables.texture
    plane = across(light[SUN], light[SUN + 1], light[SUN + 2])
    for r in range(max(first - 2, 0), min(end + 1, height)):
        for c in range(width):
            if edges[r, c] != 0:
                for i in range(max(r - 1, first), min(r + 3, end)):
                    for j in range(max(c - 1, 0), min(c + 3, width)):
                        if out[i, j] != UNLIT and texture[surface.material[i, j]] != _FOLIAGE:
                            out[i, j] = _MIXED
    share = 1.0 / LANES
    for r in range(first, end):
        c = 0
        while c < width:
            # two pixels share a packet
            one, two = -1, -1
            while c < width and two < 0:
                if out[r, c] == _MIXED:
                    one, two = (c, -1) if one < 0 else (one, c)
                c += 1
            if one < 0:
                continue
            for k in range(LANES):
                column = one if k < _HALF else two
                if column < 0:
                    valid[k] = 0
                    continue
                _toward_sun(packet, rays, surface, light, plane, discs, rooks, k, r, column, k & (_HALF - 1))
            query(packet.occluded, valid.ctypes.data, tables.scene, ray.ctypes.data, packet.coherent.ctypes.data)
            for k in range(0, LANES if two >= 0 else _HALF, _HALF):
                lit = 0
                for m in range(k, k + _HALF):
                    lit += 0 if ray[64 + m] < 0.0 else 1
                out[r, one if k == 0 else two] = lit * 2.0 * share
            if discs.shape[1] == _HALF:
                continue
            # where the four rays of a pixel disagree, four more
            again = False
            for k in range(LANES):
                column = one if k < _HALF else two
                valid[k] = 0
                if column >= 0 and 0.0 < out[r, column] < 1.0:
                    _toward_sun(
                        packet, rays, surface, light, plane, discs, rooks, k, r, column, _HALF + (k & (_HALF - 1))
                    )
                    again = True
            if not again:
                continue
            query(packet.occluded, valid.ctypes.data, tables.scene, ray.ctypes.data, packet.coherent.ctypes.data)
            for k in range(0, LANES, _HALF):
                if valid[k] == 0:
                    continue
                lit = 0
                for m in range(k, k + _HALF):
                    lit += 0 if ray[64 + m] < 0.0 else 1
                column = one if k == 0 else two
                out[r, column] = 0.5 * out[r, column] + lit * share


@inlined
def _toward_sun(packet, rays, surface, light, plane, discs, rooks, k, r, c, n):  # type: ignore[no-untyped-def]
    """Point lane `k` from place `n` in a pixel, on the plane of its hit, to point `n` of the sun."""
    camera = rays.middle
    ax, ay, az, bx, by, bz = plane
    x, y, z = centre_to_world(rays, r, c)
    gx, gy, gz = surface.geometric[r, c, 0], surface.geometric[r, c, 1], surface.geometric[r, c, 2]
    facing, t = gx * x + gy * y + gz * z, surface.distance[r, c]
    x, y, z = pixel_direction(rays.corners, r, c, rooks[n, 0], rooks[n, 1])
    x, y, z = to_world(camera, r, x, y, z)
    s = t * min(1.2, max(0.8, facing / min(gx * x + gy * y + gz * z, -1e-4)))
    up, place = lift(t), 4 * (r & 3) + (c & 3)
    p, q = light[RADIUS] * discs[place, n, 0], light[RADIUS] * discs[place, n, 1]
    set_lane(
        packet, k, camera[r, 0] + s * x + up * gx, camera[r, 1] + s * y + up * gy, camera[r, 2] + s * z + up * gz,
        light[SUN] + p * ax + q * bx, light[SUN + 1] + p * ay + q * by, light[SUN + 2] + p * az + q * bz,
        rays.time[r, 1], 0.0, _SUN_FAR_M,
    )  # fmt: skip


@kernel
def smooth_penumbra(surface: GBuffer, seen: F32, out: F32, first: int, end: int) -> None:
    """Mean of `seen` over the 4 x 4 pattern on about the same plane, for the wide penumbrae of broad lamps."""
    height, width = out.shape
    normal, distance = surface.normal, surface.distance
    for r in range(first, end):
        for c in range(width):
            own = seen[r, c]
            out[r, c] = own
            if own == UNLIT:
                continue
            low, high = own, own
            for i in range(max(r - 2, 0), min(r + 2, height)):
                for j in range(max(c - 2, 0), min(c + 2, width)):
                    if seen[i, j] != UNLIT:
                        low, high = min(low, seen[i, j]), max(high, seen[i, j])
            if low == high:
                continue
            t = distance[r, c]
            nx, ny, nz = normal[r, c, 0], normal[r, c, 1], normal[r, c, 2]
            total, count = 0.0, 0.0
            for i in range(max(r - 2, 0), min(r + 2, height)):
                for j in range(max(c - 2, 0), min(c + 2, width)):
                    if seen[i, j] == UNLIT or abs(distance[i, j] - t) > 0.02 * t:
                        continue
                    if nx * normal[i, j, 0] + ny * normal[i, j, 1] + nz * normal[i, j, 2] < 0.9:
                        continue
                    total += seen[i, j]
                    count += 1.0
            out[r, c] = total / count


@kernel
def ambient_occlusion(
    tables: Tables,
    packet: Packet,
    rays: Rays,
    surface: GBuffer,
    hemisphere: F64,
    half: F32,
    first: int,
    end: int,
) -> None:
    """Share of two short rays per pixel that meet nothing, in rows `first` to `end` of the half-resolution `half`."""
    columns = half.shape[1]
    camera = rays.middle
    ray, valid = packet.ray, packet.valid
    instance, normal, distance = surface.instance, surface.normal, surface.distance
    for i in range(first, end):
        r = 2 * i
        time = rays.time[r, 1]
        for start in range(0, columns, 4):
            wanted = False
            for k in range(4):
                j = start + k
                valid[2 * k] = valid[2 * k + 1] = 0
                if j >= columns:
                    continue
                c = 2 * j
                half[i, j] = 1.0
                t = distance[r, c]
                if instance[r, c] < 0 or t > _FAR_M:
                    continue
                x, y, z = centre_to_world(rays, r, c)
                gx, gy, gz = surface.geometric[r, c, 0], surface.geometric[r, c, 1], surface.geometric[r, c, 2]
                up = lift(t)
                ox, oy, oz = (
                    camera[r, 0] + t * x + up * gx,
                    camera[r, 1] + t * y + up * gy,
                    camera[r, 2] + t * z + up * gz,
                )
                nx, ny, nz = normal[r, c, 0], normal[r, c, 1], normal[r, c, 2]
                ax, ay, az, bx, by, bz = across(nx, ny, nz)
                place = 4 * (i & 3) + (j & 3)
                for m in range(2):
                    p, q, s = hemisphere[place, m, 0], hemisphere[place, m, 1], hemisphere[place, m, 2]
                    set_lane(
                        packet, 2 * k + m, ox, oy, oz, p * ax + q * bx + s * nx, p * ay + q * by + s * ny,
                        p * az + q * bz + s * nz, time, 0.0, _REACH_M * hemisphere[place, m, 3],
                    )  # fmt: skip
                wanted = True
            if wanted:
                query(packet.occluded, valid.ctypes.data, tables.scene, ray.ctypes.data, packet.incoherent.ctypes.data)
                for k in range(min(4, columns - start)):
                    if valid[2 * k] != 0:
                        a = 0.0 if ray[64 + 2 * k] < 0.0 else 0.5
                        b = 0.0 if ray[65 + 2 * k] < 0.0 else 0.5
                        half[i, start + k] = a + b


@kernel
def smooth_occlusion(surface: GBuffer, half: F32, smooth: F32, first: int, end: int) -> None:
    """Mean of `half` over the pattern on about the same plane: the share of the dome seen, in rows of `smooth`."""
    rows, columns = half.shape
    instance, normal, distance = surface.instance, surface.normal, surface.distance
    for i in range(first, end):
        for j in range(columns):
            r, c = 2 * i, 2 * j
            smooth[i, j] = 1.0
            if instance[r, c] < 0:
                continue
            t = distance[r, c]
            nx, ny, nz = normal[r, c, 0], normal[r, c, 1], normal[r, c, 2]
            total, count = 0.0, 0.0
            for di in range(-2, 2):
                for dj in range(-2, 2):
                    y, x = i + di, j + dj
                    if y < 0 or x < 0 or y >= rows or x >= columns:
                        continue
                    rr, cc = 2 * y, 2 * x
                    if abs(distance[rr, cc] - t) > 0.06 * t:
                        continue
                    if nx * normal[rr, cc, 0] + ny * normal[rr, cc, 1] + nz * normal[rr, cc, 2] < 0.8:
                        continue
                    total += half[y, x]
                    count += 1.0
            smooth[i, j] = total / max(count, 1.0)


@kernel
def spread_occlusion(surface: GBuffer, smooth: F32, out: F32, first: int, end: int) -> None:
    """Bring `smooth` to full resolution, in rows `first` to `end` of `out`."""
    rows, columns = smooth.shape
    width = out.shape[1]
    instance, normal, distance = surface.instance, surface.normal, surface.distance
    for r in range(first, end):
        for c in range(width):
            if instance[r, c] < 0:
                out[r, c] = 1.0
                continue
            t = distance[r, c]
            nx, ny, nz = normal[r, c, 0], normal[r, c, 1], normal[r, c, 2]
            i, j = r >> 1, c >> 1
            total, count = 0.0, 0.0
            for di in range((r & 1) + 1):
                for dj in range((c & 1) + 1):
                    y, x = min(i + di, rows - 1), min(j + dj, columns - 1)
                    rr, cc = 2 * y, 2 * x
                    w = 1e-4
                    if abs(distance[rr, cc] - t) < 0.05 * t:
                        if nx * normal[rr, cc, 0] + ny * normal[rr, cc, 1] + nz * normal[rr, cc, 2] > 0.8:
                            w = 1.0
                    total += w * smooth[y, x]
                    count += w
            out[r, c] = total / count
