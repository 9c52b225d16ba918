"""The rays of one frame: where every sub-ray starts and points in the world, and when.

Directions and origins of the cells are given in the sensor frame, the sensor's pose as a rotation matrix at the start
of every column; within a column (50 microseconds) the matrix is interpolated linearly, which is exact to 1e-9. Cells
are visited in groups of eight neighbours, two beams by four columns that look the same way, so that packets are
coherent.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined
from ..transforms import rotate
from .points import Geometry, ScanGeometry

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]

GROUP = 8
_DOWN, _ACROSS = 2, 4
# single precision throughout, as Embree's
_ZERO, _ONE, _TINY = np.float32(0.0), np.float32(1.0), np.float32(1e-18)


class Scan(NamedTuple):
    """N = B C cells, row by row.

    Attributes:
        columns: C.
        order: (G, 8) cells by group, -1 where a group is not full.
        aim: (G, 8, 8) of these cells, where any: direction and origin in the sensor frame, instant within the column in
            [0, 1), and column.
        sub: (S, 5) sub-rays: tangents of the angles across the beam, horizontal and vertical, shifts of the origin in
            the same directions [m], and the factor that makes the direction a unit vector.
        poses: (C + 1, 12) rotation matrix (row by row) and position of the sensor at the start of every column.
        times: (C + 1,) ray times there.

    """

    columns: int
    order: I32
    aim: F32
    sub: F32
    poses: F32
    times: F32


def groups(geometry: Geometry, shape: tuple[int, int]) -> I32:
    """(G, 8) cells in coherent groups."""
    beams, columns = shape
    shift = np.zeros(beams, int)
    if isinstance(geometry, ScanGeometry):
        step = geometry.azimuth_rad[1] - geometry.azimuth_rad[0]
        shift = np.rint(geometry.azimuth_offset_rad / step).astype(int)
    cells = np.full((-(-beams // _DOWN) * _DOWN, -(-columns // _ACROSS) * _ACROSS), -1, np.int32)
    for b in range(beams):
        cells[b, :columns] = b * columns + np.roll(np.arange(columns), shift[b])
    blocks = cells.reshape(len(cells) // _DOWN, _DOWN, -1, _ACROSS).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(blocks.reshape(-1, GROUP))


def aims(geometry: Geometry, within: F64, order: I32) -> F32:
    """`Scan.aim`; `within` (B,) are the instants of the beams within the column."""
    directions = geometry.directions()
    beams, columns = directions.shape[:2]
    out = np.empty((beams, columns, 8), np.float32)
    out[..., :3], out[..., 3:6] = directions, geometry.origins()
    out[..., 6], out[..., 7] = within[:, None], np.arange(columns)
    # in the order of visits: scattered, they would be fetched from far memory one by one
    return out.reshape(-1, 8)[order]


def matrices(position_w: F64, orientation_w: F64) -> F32:
    """(K, 12) rotation matrices, row by row, and positions of K poses."""
    out = np.empty((len(position_w), 12), np.float32)
    for k, axis in enumerate(np.eye(3)):
        out[:, k:9:3] = rotate(orientation_w, axis)
    out[:, 9:] = position_w
    return out


@inlined
def beam_of(scan, g, b):  # type: ignore[no-untyped-def]
    """Origin and direction in the world, ray time, and the sensor's upward axis, of beam b of group g."""
    aim, poses, times = scan.aim, scan.poses, scan.times
    c, w = int(aim[g, b, 7]), aim[g, b, 6]
    x, y, z = aim[g, b, 0], aim[g, b, 1], aim[g, b, 2]
    px, py, pz = aim[g, b, 3], aim[g, b, 4], aim[g, b, 5]
    m0, m1, m2 = poses[c, 0], poses[c, 1], poses[c, 2]
    m3, m4, m5 = poses[c, 3], poses[c, 4], poses[c, 5]
    m6, m7, m8 = poses[c, 6], poses[c, 7], poses[c, 8]
    ox, oy, oz = poses[c, 9], poses[c, 10], poses[c, 11]
    time = times[c]
    if w > _ZERO:
        d = c + 1
        m0, m1, m2 = m0 + w * (poses[d, 0] - m0), m1 + w * (poses[d, 1] - m1), m2 + w * (poses[d, 2] - m2)
        m3, m4, m5 = m3 + w * (poses[d, 3] - m3), m4 + w * (poses[d, 4] - m4), m5 + w * (poses[d, 5] - m5)
        m6, m7, m8 = m6 + w * (poses[d, 6] - m6), m7 + w * (poses[d, 7] - m7), m8 + w * (poses[d, 8] - m8)
        ox, oy, oz = ox + w * (poses[d, 9] - ox), oy + w * (poses[d, 10] - oy), oz + w * (poses[d, 11] - oz)
        time += w * (times[d] - time)
    return (
        ox + m0 * px + m1 * py + m2 * pz,
        oy + m3 * px + m4 * py + m5 * pz,
        oz + m6 * px + m7 * py + m8 * pz,
        m0 * x + m1 * y + m2 * z,
        m3 * x + m4 * y + m5 * z,
        m6 * x + m7 * y + m8 * z,
        time,
        m2,
        m5,
        m8,
    )


@inlined
def across_beam(dx, dy, dz, ux, uy, uz):  # type: ignore[no-untyped-def]
    """Unit vectors across a beam: horizontal for the sensor, whose upward axis is u, and upwards."""
    hx, hy, hz = uy * dz - uz * dy, uz * dx - ux * dz, ux * dy - uy * dx
    n = _ONE / np.sqrt(hx * hx + hy * hy + hz * hz + _TINY)
    hx, hy, hz = hx * n, hy * n, hz * n
    return hx, hy, hz, dy * hz - dz * hy, dz * hx - dx * hz, dx * hy - dy * hx


@inlined
def set_middles(scan, g, packet, far):  # type: ignore[no-untyped-def]
    """Put the middles of the eight beams of group g into the packet."""
    lanes, word, valid, order = packet.ray, packet.word, packet.valid, scan.order
    for lane in range(GROUP):
        valid[lane] = -1 if order[g, lane] >= 0 else 0
        if valid[lane] == 0:
            continue
        ox, oy, oz, dx, dy, dz, time, _, _, _ = beam_of(scan, g, lane)
        lanes[lane], lanes[8 + lane], lanes[16 + lane] = ox, oy, oz
        lanes[32 + lane], lanes[40 + lane], lanes[48 + lane] = dx, dy, dz
        lanes[56 + lane], lanes[64 + lane] = time, far
        word[144 + lane], word[152 + lane] = -1, -1


@inlined
def beams_of(scan, g, out):  # type: ignore[no-untyped-def]
    """Of the eight beams of group g: origin, direction, ray time, and unit vectors across; out is (8, 13)."""
    for b in range(GROUP):
        if scan.order[g, b] < 0:
            continue
        ox, oy, oz, dx, dy, dz, time, ux, uy, uz = beam_of(scan, g, b)
        out[b, 0], out[b, 1], out[b, 2], out[b, 3], out[b, 4], out[b, 5], out[b, 6] = ox, oy, oz, dx, dy, dz, time
        if len(scan.sub) > 1:
            hx, hy, hz, vx, vy, vz = across_beam(dx, dy, dz, ux, uy, uz)
            out[b, 7], out[b, 8], out[b, 9], out[b, 10], out[b, 11], out[b, 12] = hx, hy, hz, vx, vy, vz


@inlined
def set_rays(scan, g, p, beams, packet, slots, far):  # type: ignore[no-untyped-def]
    """Put the p-th eight sub-rays of group g into the packet; `slots` (8) tells which beam each is of, -1 for none."""
    lanes, word, valid, sub, order = packet.ray, packet.word, packet.valid, scan.sub, scan.order
    rays = len(sub)
    b, s = p * GROUP // rays, p * GROUP % rays
    ox, oy, oz, dx, dy, dz, time = _ZERO, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO
    hx, hy, hz, vx, vy, vz, used = _ZERO, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO, False
    for lane in range(GROUP):
        if lane == 0 or s == 0:
            used = order[g, b] >= 0
            ox, oy, oz, dx, dy, dz = beams[b, 0], beams[b, 1], beams[b, 2], beams[b, 3], beams[b, 4], beams[b, 5]
            time = beams[b, 6]
            hx, hy, hz, vx, vy, vz = beams[b, 7], beams[b, 8], beams[b, 9], beams[b, 10], beams[b, 11], beams[b, 12]
        valid[lane], slots[lane] = (-1, b) if used else (0, -1)
        if rays == 1:
            lanes[lane], lanes[8 + lane], lanes[16 + lane] = ox, oy, oz
            lanes[32 + lane], lanes[40 + lane], lanes[48 + lane] = dx, dy, dz
        else:
            across, up, unit = sub[s, 2], sub[s, 3], sub[s, 4]
            lanes[lane] = ox + across * hx + up * vx
            lanes[8 + lane] = oy + across * hy + up * vy
            lanes[16 + lane] = oz + across * hz + up * vz
            across, up = sub[s, 0], sub[s, 1]
            lanes[32 + lane] = (dx + across * hx + up * vx) * unit
            lanes[40 + lane] = (dy + across * hy + up * vy) * unit
            lanes[48 + lane] = (dz + across * hz + up * vz) * unit
        lanes[56 + lane], lanes[64 + lane] = time, far
        word[144 + lane], word[152 + lane] = -1, -1
        s += 1
        if s == rays:
            b, s = b + 1, 0
