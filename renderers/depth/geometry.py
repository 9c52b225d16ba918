"""What the left imager of a depth camera sees, and whether the other eye sees it too.

One packet of eight neighbouring pixels at a time. The second question goes from the other eye (the right imager, or the
projector of a structured-light camera) to the point that was hit. Where the way is blocked lies the occlusion shadow:
beside the left edges of near things, f B (1 / z_near - 1 / z_far) pixels wide.
Both eyes are pinholes with parallel axes, `baseline_m` apart along x of the optical frame, and look at one instant.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import kernel
from ..tracers.packets import LANES
from ..tracers.packets import query as query_packet
from ..tracers.tables import instance_pose, turn

F32 = NDArray[np.float32]


class Pinhole(NamedTuple):
    """The left eye and its neighbour: focal length and principal point [px], distance between the eyes [m]."""

    focal_px: float
    cx: float
    cy: float
    baseline_m: float
    far_m: float


class Seen(NamedTuple):
    """What each pixel's ray met; H rows, W columns.

    Attributes:
        depth: (H, W) float32 along the axis [m], 0 where nothing was met.
        cosine: (H, W) float32 of the angle of incidence.
        label, material: (H, W) int32; material -1 where nothing was met.
        semantic: (H, W) uint8.
        shared: (H, W) bool, whether the other eye sees the point.

    """

    depth: F32
    cosine: F32
    label: NDArray[np.int32]
    material: NDArray[np.int32]
    semantic: NDArray[np.uint8]
    shared: NDArray[np.bool_]


def new_seen(height: int, width: int) -> Seen:
    """Arrays for one frame."""
    size = (height, width)
    return Seen(
        np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.int32), np.full(size, -1, np.int32),
        np.zeros(size, np.uint8), np.zeros(size, np.bool_),
    )  # fmt: skip


@kernel
def look(tables, packet, eye, camera, time, out, first, end):  # type: ignore[no-untyped-def]
    """Fill rows `first` to `end`.

    Args:
        tables, packet: of the tracer, and a buffer.
        eye: a `Pinhole`.
        camera: (12,) position and rotation matrix (row by row, optical to world).
        time: ray time.
        out: a `Seen`.
        first, end: the rows to do; a row does not depend on the others.

    """
    height, width = out.depth.shape
    ray, word, valid = packet.ray, packet.word, packet.valid
    px, py, pz = camera[0], camera[1], camera[2]
    qx, qy, qz = (
        px + eye.baseline_m * camera[3],
        py + eye.baseline_m * camera[6],
        pz + eye.baseline_m * camera[9],
    )
    for r in range(first, end):
        for start in range(0, width, LANES):
            for k in range(LANES):
                c = start + k
                valid[k] = -1 if c < width else 0
                x, y = (c - eye.cx) / eye.focal_px, (r - eye.cy) / eye.focal_px
                # not of unit length: the distance along it is the depth
                ray[k], ray[8 + k], ray[16 + k], ray[24 + k] = px, py, pz, 0.0
                ray[32 + k] = camera[3] * x + camera[4] * y + camera[5]
                ray[40 + k] = camera[6] * x + camera[7] * y + camera[8]
                ray[48 + k] = camera[9] * x + camera[10] * y + camera[11]
                ray[56 + k], ray[64 + k] = time, eye.far_m
                word[72 + k], word[80 + k], word[88 + k] = -1, 0, 0
                word[136 + k], word[144 + k], word[152 + k] = -1, -1, -1
            query_packet(
                packet.intersect, valid.ctypes.data, tables.scene, ray.ctypes.data, packet.coherent.ctypes.data
            )
            for k in range(min(LANES, width - start)):
                c = start + k
                i = word[152 + k] if word[144 + k] >= 0 else -1
                if i < 0:
                    out.depth[r, c], out.cosine[r, c], out.label[r, c], out.semantic[r, c] = 0.0, 0.0, 0, 0
                    out.material[r, c], out.shared[r, c] = -1, False
                    valid[k] = 0
                    continue
                z = ray[64 + k]
                dx, dy, dz = ray[32 + k], ray[40 + k], ray[48 + k]
                m = tables.face_material[tables.face_start[tables.mesh[i]] + word[136 + k]]
                own = tables.material_semantic[m]
                out.depth[r, c], out.material[r, c], out.label[r, c] = z, m, tables.label[i]
                out.semantic[r, c] = own if own > 0 else tables.semantic[i]
                _, _, _, a, b, d, w = instance_pose(tables, i, time)
                gx, gy, gz = turn(a, b, d, w, ray[96 + k], ray[104 + k], ray[112 + k])
                along = abs(gx * dx + gy * dy + gz * dz)
                norms = (gx * gx + gy * gy + gz * gz) * (dx * dx + dy * dy + dz * dz)
                out.cosine[r, c] = min(along / np.sqrt(norms), 1.0)
                # from the other eye to the point, stopping short of it
                ray[k], ray[8 + k], ray[16 + k] = qx, qy, qz
                ray[32 + k], ray[40 + k], ray[48 + k] = px + z * dx - qx, py + z * dy - qy, pz + z * dz - qz
                ray[24 + k], ray[56 + k], ray[64 + k] = 0.0, time, 1.0 - 5e-4
                word[72 + k], word[80 + k], word[88 + k] = -1, 0, 0
            query_packet(packet.occluded, valid.ctypes.data, tables.scene, ray.ctypes.data, packet.coherent.ctypes.data)
            for k in range(min(LANES, width - start)):
                if valid[k] != 0:
                    out.shared[r, start + k] = ray[64 + k] >= 0.0
