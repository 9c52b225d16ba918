"""The scene as flat arrays, the form that compiled kernels read, and the kernel functions that question it.

A kernel owns one ray buffer (`new_ray`), fills it with `cast` or `blocked`, and reads surface properties with
`surface_normal`, `local_point` and the material table. Ray layout (RTCRayHit of Embree 4, 32-bit words): 0-2 origin,
3 tnear, 4-6 direction, 7 time, 8 tfar, 9 mask, 10 id, 11 flags, 12-14 geometric normal, 15 u, 16 v, 17 primitive,
18 geometry, 19 instance. Ray time is 0 at the scene's first key time and 1 at its last.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from ..compiled import compiled

ALBEDO, ROUGHNESS, METALLIC, NIR, RETRO, EMISSION, TRANSPARENCY = 0, 3, 4, 5, 6, 7, 10
"""Columns of `Tables.material`; albedo and emission take three each."""
MATERIAL_COLUMNS = 11
LOOK = 3
"""Column of `Tables.faces`: the material, or its complement (`~`) where the face is flat."""


class Tables(NamedTuple):
    """What a kernel needs of a scene. N instances, T key times, M meshes, F faces, V vertices, K materials.

    Attributes:
        scene, intersect, occluded: handle of the top-level scene and addresses of the two query functions.
        mesh, label, semantic, lamps, moving: (N,) per instance.
        position, orientation: (T, N, 3) and (T, N, 4) float64 poses, quaternions (x, y, z, w).
        radius: (M,) float64 distance of a mesh's farthest vertex from its origin [m].
        face_start: (M + 1,) first face of each mesh in `faces`.
        faces: (F, 4) int32 three indices into `vertices`, and the material as in `LOOK`; a face is flat if the normals
            of its vertices are its own.
        face_material: (F,) int32 index into `material`.
        vertices, normals: (V, 3) float32 in mesh frames.
        material: (K, 11) float32; texture, lamp, material_semantic: (K,) int32.
    """

    scene: int
    intersect: int
    occluded: int
    mesh: NDArray[np.int32]
    label: NDArray[np.int32]
    semantic: NDArray[np.uint8]
    lamps: NDArray[np.uint32]
    moving: NDArray[np.bool_]
    position: NDArray[np.float64]
    orientation: NDArray[np.float64]
    radius: NDArray[np.float64]
    face_start: NDArray[np.int64]
    faces: NDArray[np.int32]
    face_material: NDArray[np.int32]
    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    material: NDArray[np.float32]
    texture: NDArray[np.int32]
    lamp: NDArray[np.int32]
    material_semantic: NDArray[np.int32]


def new_ray() -> NDArray[np.float32]:
    """An empty ray buffer, aligned as Embree demands; one per thread."""
    raw = np.zeros(32 * 4 + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + 128].view(np.float32)


@intrinsic
def _call(typingctx: Any, function: Any, scene: Any, ray: Any, arguments: Any) -> Any:
    """Call a C function of three pointers given by address; unlike a ctypes object it can be cached."""
    signature = types.void(types.int64, types.int64, types.int64, types.int64)

    def codegen(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        word = ir.IntType(64)
        kind = ir.FunctionType(ir.VoidType(), [word, word, word])
        builder.call(builder.inttoptr(values[0], kind.as_pointer()), list(values[1:]))
        return context.get_dummy_value()

    return signature, codegen


@compiled(inline="always")
def cast(tables, ray, ox, oy, oz, dx, dy, dz, time, near, far):  # type: ignore[no-untyped-def]
    """Find the nearest hit; returns the instance index, -1 for none. The buffer then holds the rest of the hit."""
    word = ray.view(np.int32)
    ray[0], ray[1], ray[2], ray[3] = ox, oy, oz, near
    ray[4], ray[5], ray[6], ray[7], ray[8] = dx, dy, dz, time, far
    word[9], word[10], word[11], word[17], word[18], word[19] = -1, 0, 0, -1, -1, -1
    _call(tables.intersect, tables.scene, ray.ctypes.data, 0)  # type: ignore[call-arg]
    return word[19] if word[18] >= 0 else -1


@compiled(inline="always")
def blocked(tables, ray, ox, oy, oz, dx, dy, dz, time, near, far):  # type: ignore[no-untyped-def]
    """Whether anything lies between `near` and `far` along the ray. Overwrites the buffer."""
    word = ray.view(np.int32)
    ray[0], ray[1], ray[2], ray[3] = ox, oy, oz, near
    ray[4], ray[5], ray[6], ray[7], ray[8] = dx, dy, dz, time, far
    word[9], word[10], word[11] = -1, 0, 0
    _call(tables.occluded, tables.scene, ray.ctypes.data, 0)  # type: ignore[call-arg]
    return ray[8] < 0.0


@compiled(inline="always")
def instance_pose(tables, instance, time):  # type: ignore[no-untyped-def]
    """Position and quaternion of an instance at ray time in [0, 1], interpolated between key times."""
    steps = tables.position.shape[0]
    if steps == 1 or not tables.moving[instance]:
        p, q = tables.position[0, instance], tables.orientation[0, instance]
        return p[0], p[1], p[2], q[0], q[1], q[2], q[3]
    at = min(max(time, 0.0), 1.0) * (steps - 1)
    k = min(int(at), steps - 2)
    w = at - k
    p, r = tables.position[k, instance], tables.position[k + 1, instance]
    a, b = tables.orientation[k, instance], tables.orientation[k + 1, instance]
    dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]
    wb = w if dot >= 0.0 else -w
    wa = 1.0 - w
    x, y, z, s = wa * a[0] + wb * b[0], wa * a[1] + wb * b[1], wa * a[2] + wb * b[2], wa * a[3] + wb * b[3]
    n = 1.0 / np.sqrt(x * x + y * y + z * z + s * s)
    return (
        p[0] + w * (r[0] - p[0]),
        p[1] + w * (r[1] - p[1]),
        p[2] + w * (r[2] - p[2]),
        x * n,
        y * n,
        z * n,
        s * n,
    )


@compiled(inline="always")
def turn(qx, qy, qz, qw, x, y, z):  # type: ignore[no-untyped-def]
    """Rotate a vector by a unit quaternion."""
    tx, ty, tz = 2.0 * (qy * z - qz * y), 2.0 * (qz * x - qx * z), 2.0 * (qx * y - qy * x)
    return x + qw * tx + qy * tz - qz * ty, y + qw * ty + qz * tx - qx * tz, z + qw * tz + qx * ty - qy * tx


@compiled(inline="always")
def surface_material(tables, ray):  # type: ignore[no-untyped-def]
    """Index of the material that the last `cast` hit."""
    word = ray.view(np.int32)
    return tables.face_material[tables.face_start[tables.mesh[word[19]]] + word[17]]


@compiled(inline="always")
def surface_normal(tables, ray):  # type: ignore[no-untyped-def]
    """Geometric and shading normal of the last `cast`, world frame, both facing the ray's origin."""
    word = ray.view(np.int32)
    instance = word[19]
    face = tables.faces[tables.face_start[tables.mesh[instance]] + word[17]]
    u, v = ray[15], ray[16]
    w = 1.0 - u - v
    a, b, c = tables.normals[face[0]], tables.normals[face[1]], tables.normals[face[2]]
    _, _, _, qx, qy, qz, qw = instance_pose(tables, instance, ray[7])
    gx, gy, gz = turn(qx, qy, qz, qw, ray[12], ray[13], ray[14])
    sx, sy, sz = turn(
        qx, qy, qz, qw, w * a[0] + u * b[0] + v * c[0], w * a[1] + u * b[1] + v * c[1], w * a[2] + u * b[2] + v * c[2]
    )
    n = 1.0 / np.sqrt(gx * gx + gy * gy + gz * gz)
    gx, gy, gz = gx * n, gy * n, gz * n
    length = np.sqrt(sx * sx + sy * sy + sz * sz)
    if length < 1e-12:
        sx, sy, sz = gx, gy, gz
    else:
        sx, sy, sz = sx / length, sy / length, sz / length
    if gx * ray[4] + gy * ray[5] + gz * ray[6] > 0.0:
        gx, gy, gz = -gx, -gy, -gz
    if gx * sx + gy * sy + gz * sz < 0.0:
        sx, sy, sz = -sx, -sy, -sz
    return gx, gy, gz, sx, sy, sz


@compiled(inline="always")
def face_look(tables, f):  # type: ignore[no-untyped-def]
    """Material of face `f`, and whether it is flat."""
    look = tables.faces[f, LOOK]
    return (look, False) if look >= 0 else (~look, True)


@compiled(inline="always")
def face_normal(tables, f, u, v):  # type: ignore[no-untyped-def]
    """Shading normal at a place in face `f`, in the frame of its mesh, of any length."""
    faces, normals = tables.faces, tables.normals
    a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
    x, y, z = normals[a, 0], normals[a, 1], normals[a, 2]
    if faces[f, LOOK] < 0:
        return x, y, z
    w = np.float32(1.0) - u - v
    return (
        w * x + u * normals[b, 0] + v * normals[c, 0],
        w * y + u * normals[b, 1] + v * normals[c, 1],
        w * z + u * normals[b, 2] + v * normals[c, 2],
    )


@compiled(inline="always")
def local_point(tables, ray):  # type: ignore[no-untyped-def]
    """The hit point of the last `cast` in the frame of its mesh [m]; exact on the triangle, so textures do not swim."""
    word = ray.view(np.int32)
    face = tables.faces[tables.face_start[tables.mesh[word[19]]] + word[17]]
    u, v = ray[15], ray[16]
    w = 1.0 - u - v
    a, b, c = tables.vertices[face[0]], tables.vertices[face[1]], tables.vertices[face[2]]
    return w * a[0] + u * b[0] + v * c[0], w * a[1] + u * b[1] + v * c[1], w * a[2] + u * b[2] + v * c[2]


@compiled(inline="always")
def surface_semantic(tables, ray):  # type: ignore[no-untyped-def]
    """Class id of the surface that the last `cast` hit: the material's own, else that of the instance."""
    own = tables.material_semantic[surface_material(tables, ray)]
    return own if own > 0 else tables.semantic[ray.view(np.int32)[19]]
