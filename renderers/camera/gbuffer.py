"""First hits: what every pixel's centre ray meets at mid exposure of its row, and the labels read off it.

One packet of eight neighbouring pixels at a time. Backward flow takes the hit point into the frame of its instance, to
that instance's pose in the previous frame, and through the previous camera; with a rolling shutter the previous time
is that of the row the point lands on, found by one more iteration. Points at infinity (the sky) move with the
camera's rotation only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import inlined, kernel
from ..tracers.packets import LANES, Packet, query
from ..tracers.tables import Tables, face_look, face_normal, instance_pose, turn
from .lens import CX, CY, FX, FY, LIMIT, project_point

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]


_ONE = np.float32(1.0)
_LEAST_BLUR_PX = 0.2
"""Image motion below this is not worked out: nothing is made of it."""


class Rays(NamedTuple):
    """The camera's rays of one frame.

    Attributes:
        corners: (H + 1, W + 1, 3) float32 unit directions of pixel corners, optical frame.
        centres: (H, 3, at least W) float32 unit directions of pixel centres, optical frame; rows are padded to whole
            packets.
        spread: (H, W) float32 angle from one pixel to the next [rad].
        middle, first, last: (H, 12) float64 camera position and rotation matrix (row by row, optical to world) at
            mid, begin and end of each row's exposure.
        time: (H, 3) float64 ray times at begin, mid and end of each row's exposure.

    """

    corners: F32
    centres: F32
    spread: F32
    middle: F64
    first: F64
    last: F64
    time: F64


class Before(NamedTuple):
    """The previous frame, for flow.

    Attributes:
        known: False for a first frame; then flow is zero.
        position, orientation, moving: poses of the previous scene, as in `Tables`.
        still: (N,) bool, instances that have not moved since.
        camera: (H, 12) float64 previous camera at mid exposure of each row.
        time: (H,) float64 ray times of the previous scene at mid exposure of each row.
        rolling: whether rows differ in time.
        model, lens: the lens for `project_point`; pinhole: whether it is without distortion.

    """

    known: bool
    position: F64
    orientation: F64
    moving: NDArray[np.bool_]
    still: NDArray[np.bool_]
    camera: F64
    time: F64
    rolling: bool
    model: int
    lens: F64
    pinhole: bool


class Motion(NamedTuple):
    """Velocities over one exposure, for blur.

    Attributes:
        any: whether anything moves.
        instance: (N, 9) float64 centre [m], displacement [m] and rotation vector [rad] in one exposure, world frame.
        camera: (9,) float64 the same of the camera.
        reach: (N,) float64 bound on how far any point of an instance moves past the camera's position [m].
        turn: by how much the camera turns [rad].

    """

    any: bool
    instance: F64
    camera: F64
    reach: F64
    turn: float


class GBuffer(NamedTuple):
    """What the centre rays met; H rows, W columns.

    Attributes:
        distance: (H, W) float32 along the ray [m], inf for the sky.
        depth: (H, W) float32 along the optical axis [m], inf for the sky.
        instance, primitive, material: (H, W) int32, instance -1 for the sky.
        weights: (H, W, 2) float32 barycentric coordinates.
        geometric, normal: (H, W, 3) float32 unit normals of triangle and of shading, world frame, facing the camera.
        label: (H, W) int32; semantic: (H, W) uint8; flow: (H, W, 2) float32 [px].
        blur: (H, W, 2) float32 image motion within one exposure [px].

    """

    distance: F32
    depth: F32
    instance: I32
    primitive: I32
    material: I32
    weights: F32
    geometric: F32
    normal: F32
    label: I32
    semantic: NDArray[np.uint8]
    flow: F32
    blur: F32


def new_gbuffer(height: int, width: int) -> GBuffer:
    """Arrays for one frame, to be filled by `first_hits`."""
    size = (height, width)
    return GBuffer(
        distance=np.empty(size, np.float32),
        depth=np.empty(size, np.float32),
        instance=np.empty(size, np.int32),
        primitive=np.empty(size, np.int32),
        material=np.empty(size, np.int32),
        weights=np.empty((*size, 2), np.float32),
        geometric=np.empty((*size, 3), np.float32),
        normal=np.empty((*size, 3), np.float32),
        label=np.empty(size, np.int32),
        semantic=np.empty(size, np.uint8),
        flow=np.empty((*size, 2), np.float32),
        blur=np.empty((*size, 2), np.float32),
    )


@inlined
def pixel_direction(corners, row, column, a, b):  # type: ignore[no-untyped-def]
    """Unit direction in the optical frame at (a, b) in [0, 1] across and down a pixel."""
    p, q = (1.0 - a) * (1.0 - b), a * (1.0 - b)
    s, t = (1.0 - a) * b, a * b
    x = p * corners[row, column, 0] + q * corners[row, column + 1, 0]
    x += s * corners[row + 1, column, 0] + t * corners[row + 1, column + 1, 0]
    y = p * corners[row, column, 1] + q * corners[row, column + 1, 1]
    y += s * corners[row + 1, column, 1] + t * corners[row + 1, column + 1, 1]
    z = p * corners[row, column, 2] + q * corners[row, column + 1, 2]
    z += s * corners[row + 1, column, 2] + t * corners[row + 1, column + 1, 2]
    n = 1.0 / np.sqrt(x * x + y * y + z * z)
    return x * n, y * n, z * n


@inlined
def to_world(pose, row, x, y, z):  # type: ignore[no-untyped-def]
    """An optical direction in the world frame; `pose` as in `Rays.middle`."""
    return (
        pose[row, 3] * x + pose[row, 4] * y + pose[row, 5] * z,
        pose[row, 6] * x + pose[row, 7] * y + pose[row, 8] * z,
        pose[row, 9] * x + pose[row, 10] * y + pose[row, 11] * z,
    )


@inlined
def centre_to_world(rays, row, column):  # type: ignore[no-untyped-def]
    """Direction of a pixel's centre at mid exposure of its row, world frame."""
    centres, pose = rays.centres, rays.middle
    x, y, z = centres[row, 0, column], centres[row, 1, column], centres[row, 2, column]
    return (
        pose[row, 3] * x + pose[row, 4] * y + pose[row, 5] * z,
        pose[row, 6] * x + pose[row, 7] * y + pose[row, 8] * z,
        pose[row, 9] * x + pose[row, 10] * y + pose[row, 11] * z,
    )


@inlined
def set_lane(packet, k, ox, oy, oz, dx, dy, dz, time, near, far):  # type: ignore[no-untyped-def]
    """Fill one lane of a packet and switch it on."""
    ray, word = packet.ray, packet.word
    ray[k], ray[8 + k], ray[16 + k], ray[24 + k] = ox, oy, oz, near
    ray[32 + k], ray[40 + k], ray[48 + k], ray[56 + k], ray[64 + k] = dx, dy, dz, time, far
    word[72 + k], word[80 + k], word[88 + k], word[136 + k], word[144 + k], word[152 + k] = -1, 0, 0, -1, -1, -1
    packet.valid[k] = -1


@inlined
def _project(before, x, y, z):  # type: ignore[no-untyped-def]
    """`project_point` with a short cut."""
    if before.pinhole:
        lens = before.lens
        if z <= 1e-9 or x * x + y * y > lens[LIMIT] * lens[LIMIT] * z * z:
            return 0.0, 0.0, False
        near = 1.0 / z
        return lens[FX] * (x * near) + lens[CX], lens[FY] * (y * near) + lens[CY], True
    return project_point(before.model, before.lens, x, y, z)


@inlined
def _backward(before, instance, pose, row, px, py, pz):  # type: ignore[no-untyped-def]
    """Where the previous frame saw a point of an instance (or, for -1, a direction): u, v, visible."""
    lx, ly, lz = px, py, pz
    rigid = instance >= 0 and not before.still[instance]
    if rigid:
        x, y, z, qx, qy, qz, qw = pose
        lx, ly, lz = turn(-qx, -qy, -qz, qw, px - x, py - y, pz - z)
    at = row
    u, v, ok = 0.0, 0.0, False
    for _ in range(2):
        wx, wy, wz = lx, ly, lz
        if rigid:
            x, y, z, qx, qy, qz, qw = instance_pose(before, instance, before.time[at])
            wx, wy, wz = turn(qx, qy, qz, qw, lx, ly, lz)
            wx, wy, wz = wx + x, wy + y, wz + z
        c = before.camera
        if instance >= 0:
            wx, wy, wz = wx - c[at, 0], wy - c[at, 1], wz - c[at, 2]
        u, v, ok = _project(
            before,
            c[at, 3] * wx + c[at, 6] * wy + c[at, 9] * wz,
            c[at, 4] * wx + c[at, 7] * wy + c[at, 10] * wz,
            c[at, 5] * wx + c[at, 8] * wy + c[at, 11] * wz,
        )
        if not (ok and before.rolling):
            break
        landed = min(max(int(np.floor(v + 0.5)), 0), len(before.time) - 1)
        if landed == at:
            break
        at = landed
    return u, v, ok


@inlined
def _matrix(pose):  # type: ignore[no-untyped-def]
    """Rotation matrix of a pose, row by row, in single precision."""
    _, _, _, x, y, z, w = pose
    return (
        np.float32(1 - 2 * (y * y + z * z)), np.float32(2 * (x * y - z * w)), np.float32(2 * (x * z + y * w)),
        np.float32(2 * (x * y + z * w)), np.float32(1 - 2 * (x * x + z * z)), np.float32(2 * (y * z - x * w)),
        np.float32(2 * (x * z - y * w)), np.float32(2 * (y * z + x * w)), np.float32(1 - 2 * (x * x + y * y)),
    )  # fmt: skip


@kernel
def first_hits(
    tables: Tables, packet: Packet, rays: Rays, before: Before, motion: Motion, out: GBuffer, first: int, end: int
) -> None:
    """Trace the centre rays of rows `first` to `end` and fill the buffer."""
    width = out.depth.shape[1]
    centres, camera = rays.centres, rays.middle
    ray, word, valid = packet.ray, packet.word, packet.valid
    for k in range(LANES):
        set_lane(packet, k, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, np.inf)
    for r in range(first, end):
        time = rays.time[r, 1]
        cx, cy, cz = camera[r, 0], camera[r, 1], camera[r, 2]
        for k in range(LANES):
            ray[k], ray[8 + k], ray[16 + k], ray[56 + k] = cx, cy, cz, time
        ax, ay, az = np.float32(camera[r, 3]), np.float32(camera[r, 4]), np.float32(camera[r, 5])
        bx, by, bz = np.float32(camera[r, 6]), np.float32(camera[r, 7]), np.float32(camera[r, 8])
        ex, ey, ez = np.float32(camera[r, 9]), np.float32(camera[r, 10]), np.float32(camera[r, 11])
        # neighbours mostly lie on one triangle of one instance; what is known of both is looked up once
        held, label, kind, face_start, least = -1, 0, 0, 0, 0.0
        face, m, flat, own = -1, 0, True, 0
        hx, hy, hz = _ONE, _ONE, _ONE
        pose = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
        m00, m01, m02, m10, m11, m12, m20, m21, m22 = _matrix(pose)
        for start in range(0, width, LANES):
            for k in range(LANES):
                x, y, z = centres[r, 0, start + k], centres[r, 1, start + k], centres[r, 2, start + k]
                ray[32 + k] = ax * x + ay * y + az * z
                ray[40 + k] = bx * x + by * y + bz * z
                ray[48 + k] = ex * x + ey * y + ez * z
                ray[64 + k] = np.inf
            for k in range(LANES):
                word[144 + k], word[152 + k] = -1, -1
                valid[k] = -1 if start + k < width else 0
            query(packet.intersect, valid.ctypes.data, tables.scene, ray.ctypes.data, packet.coherent.ctypes.data)
            for k in range(min(LANES, width - start)):
                c = start + k
                i = word[152 + k] if word[144 + k] >= 0 else -1
                out.instance[r, c] = i
                dx, dy, dz = ray[32 + k], ray[40 + k], ray[48 + k]
                px, py, pz, t, reach = float(dx), float(dy), float(dz), _ONE, 0.0
                if i < 0:
                    out.distance[r, c], out.depth[r, c] = np.inf, np.inf
                    out.primitive[r, c], out.material[r, c] = -1, -1
                    out.label[r, c], out.semantic[r, c] = 0, 0
                    out.weights[r, c, 0], out.weights[r, c, 1] = 0.0, 0.0
                    out.geometric[r, c, 0], out.geometric[r, c, 1], out.geometric[r, c, 2] = 0.0, 0.0, 0.0
                    out.normal[r, c, 0], out.normal[r, c, 1], out.normal[r, c, 2] = 0.0, 0.0, 0.0
                else:
                    if i != held:
                        held, face, pose = i, -1, instance_pose(tables, i, time)
                        label, kind, face_start = tables.label[i], tables.semantic[i], tables.face_start[tables.mesh[i]]
                        least = motion.reach[i]
                        m00, m01, m02, m10, m11, m12, m20, m21, m22 = _matrix(pose)
                    t, reach = ray[64 + k], least
                    px, py, pz = cx + t * dx, cy + t * dy, cz + t * dz
                    p = word[136 + k]
                    # depth is distance times the cosine to the optical axis
                    out.distance[r, c], out.depth[r, c] = t, t * centres[r, 2, c]
                    out.primitive[r, c], out.label[r, c] = p, label
                    u, v = ray[120 + k], ray[128 + k]
                    out.weights[r, c, 0], out.weights[r, c, 1] = u, v
                    if p != face:
                        face = p
                        m, flat = face_look(tables, face_start + p)
                        own = tables.material_semantic[m] if tables.material_semantic[m] > 0 else kind
                        x, y, z = ray[96 + k], ray[104 + k], ray[112 + k]
                        hx = m00 * x + m01 * y + m02 * z
                        hy = m10 * x + m11 * y + m12 * z
                        hz = m20 * x + m21 * y + m22 * z
                        n = _ONE / np.sqrt(hx * hx + hy * hy + hz * hz)
                        hx, hy, hz = hx * n, hy * n, hz * n
                    out.material[r, c], out.semantic[r, c] = m, own
                    gx, gy, gz = hx, hy, hz
                    if gx * dx + gy * dy + gz * dz > 0:
                        gx, gy, gz = -gx, -gy, -gz
                    sx, sy, sz = gx, gy, gz
                    if not flat:
                        x, y, z = face_normal(tables, face_start + p, u, v)
                        x, y, z = m00 * x + m01 * y + m02 * z, m10 * x + m11 * y + m12 * z, m20 * x + m21 * y + m22 * z
                        n = x * x + y * y + z * z
                        if n > 1e-24:
                            n = _ONE / np.sqrt(n)
                            if x * gx + y * gy + z * gz < 0.0:
                                n = -n
                            sx, sy, sz = x * n, y * n, z * n
                    out.geometric[r, c, 0], out.geometric[r, c, 1], out.geometric[r, c, 2] = gx, gy, gz
                    out.normal[r, c, 0], out.normal[r, c, 1], out.normal[r, c, 2] = sx, sy, sz
                out.flow[r, c, 0], out.flow[r, c, 1] = 0.0, 0.0
                if before.known:
                    u, v, ok = _backward(before, i, pose, r, px, py, pz)
                    if ok:
                        out.flow[r, c, 0], out.flow[r, c, 1] = u - c, v - r
                out.blur[r, c, 0], out.blur[r, c, 1] = 0.0, 0.0
                if motion.any and reach + motion.turn * t > _LEAST_BLUR_PX * rays.spread[r, c] * t:
                    _blur_of(out, rays.corners, camera, motion, r, c, i, dx, dy, dz, t)


@inlined
def _blur_of(out, corners, camera, motion, r, c, i, dx, dy, dz, t):  # type: ignore[no-untyped-def]
    """Image motion of one hit within the exposure, to first order: displacement across the ray over the distance."""
    body, eye = motion.instance, motion.camera
    px, py, pz = t * dx, t * dy, t * dz
    # the camera's rotation turns the picture the other way
    mx = -(eye[7] * pz - eye[8] * py)
    my = -(eye[8] * px - eye[6] * pz)
    mz = -(eye[6] * py - eye[7] * px)
    if i >= 0:
        mx, my, mz = mx - eye[3], my - eye[4], mz - eye[5]
        qx, qy, qz = px + camera[r, 0] - body[i, 0], py + camera[r, 1] - body[i, 1], pz + camera[r, 2] - body[i, 2]
        mx += body[i, 3] + body[i, 7] * qz - body[i, 8] * qy
        my += body[i, 4] + body[i, 8] * qx - body[i, 6] * qz
        mz += body[i, 5] + body[i, 6] * qy - body[i, 7] * qx
    ax = camera[r, 3] * mx + camera[r, 6] * my + camera[r, 9] * mz
    ay = camera[r, 4] * mx + camera[r, 7] * my + camera[r, 10] * mz
    az = camera[r, 5] * mx + camera[r, 8] * my + camera[r, 11] * mz
    # the ray's steps across and down one pixel, and the least-squares solution for the motion in them
    ux = corners[r, c + 1, 0] - corners[r, c, 0]
    uy = corners[r, c + 1, 1] - corners[r, c, 1]
    uz = corners[r, c + 1, 2] - corners[r, c, 2]
    vx = corners[r + 1, c, 0] - corners[r, c, 0]
    vy = corners[r + 1, c, 1] - corners[r, c, 1]
    vz = corners[r + 1, c, 2] - corners[r, c, 2]
    uu, uv, vv = ux * ux + uy * uy + uz * uz, ux * vx + uy * vy + uz * vz, vx * vx + vy * vy + vz * vz
    ua, va = (ux * ax + uy * ay + uz * az) / t, (vx * ax + vy * ay + vz * az) / t
    det = uu * vv - uv * uv
    out.blur[r, c, 0] = (vv * ua - uv * va) / det
    out.blur[r, c, 1] = (uu * va - uv * ua) / det
