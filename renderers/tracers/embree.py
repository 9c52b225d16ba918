"""The CPU tracer: Embree with one bottom-level scene per mesh and one instance per body.

Meshes are built once and shared by all worlds that use them; a new frame only moves instances and rebuilds the small
top level. Bodies that move within the frame's interval get one matrix per time step, and Embree interpolates these
linearly at each ray's own time. A chord of a turn shrinks the body, so fast turns get further steps between the key
times, taken by slerp: at most 0.15 rad apart, at which a point is off by 0.3 % of its distance from the axis. (Embree
can slerp by itself, but then spends a hundred times longer on the bounds.) Key times must be evenly spaced.
"""

from __future__ import annotations

import ctypes
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled, inlined
from ..scene import Mesh, Scene
from ..transforms import blend, matrix
from . import embree_library as embree
from .packets import query
from .tables import MATERIAL_COLUMNS, Tables, blocked, cast, new_ray, surface_material, surface_normal, surface_semantic

F64 = NDArray[np.float64]
_FLAT = 1.0 - 1e-6
"""Cosine between the normals of a face and of its vertices, above which they count as the same."""
_LARGEST_TURN = 0.15
"""Between two time steps of an instance [rad]."""


@dataclass(frozen=True)
class Hits:
    """Answers to R rays.

    Attributes:
        t: (R,) float32 distance along the (unit) direction [m]; inf where nothing was hit.
        instance: (R,) int32 instance index, -1 where nothing was hit.
        label: (R,) int32 object id, 0 for scenery or nothing.
        semantic: (R,) uint8 class id, 0 where nothing was hit.
        primitive: (R,) int32 triangle within the mesh.
        material: (R,) int32 index into the tracer's material table.
        uv: (R, 2) float32 barycentric coordinates.
        normal_w: (R, 3) float32 unit geometric normal facing the ray's origin, world frame.
    """

    t: NDArray[np.float32]
    instance: NDArray[np.int32]
    label: NDArray[np.int32]
    semantic: NDArray[np.uint8]
    primitive: NDArray[np.int32]
    material: NDArray[np.int32]
    uv: NDArray[np.float32]
    normal_w: NDArray[np.float32]


class _BottomLevel:
    """The acceleration structure of one mesh."""

    def __init__(self, mesh: Mesh) -> None:
        lib = embree.library()
        geometry = lib.rtcNewGeometry(embree.device(), embree.TRIANGLES)
        for kind, form, data in (
            (embree.VERTEX_BUFFER, embree.FORMAT_FLOAT3, np.ascontiguousarray(mesh.vertices, np.float32)),
            (embree.INDEX_BUFFER, embree.FORMAT_UINT3, np.ascontiguousarray(mesh.faces, np.uint32)),
        ):
            buffer = lib.rtcSetNewGeometryBuffer(geometry, kind, 0, form, 12, len(data))
            ctypes.memmove(buffer, data.ctypes.data, data.nbytes)
        lib.rtcCommitGeometry(geometry)
        self.handle: int = lib.rtcNewScene(embree.device())
        # spatial splits (high quality) take four times as long to build and cast no faster
        lib.rtcSetSceneBuildQuality(self.handle, embree.QUALITY_MEDIUM)
        lib.rtcAttachGeometry(self.handle, geometry)
        lib.rtcReleaseGeometry(geometry)
        lib.rtcCommitScene(self.handle)
        self._release = weakref.finalize(self, lib.rtcReleaseScene, self.handle)


_bottom_levels: weakref.WeakKeyDictionary[Mesh, _BottomLevel] = weakref.WeakKeyDictionary()


def _bottom_level(mesh: Mesh) -> _BottomLevel:
    found = _bottom_levels.get(mesh)
    if found is None:
        found = _bottom_levels[mesh] = _BottomLevel(mesh)
    return found


class EmbreeTracer:
    """Answers "what does this ray hit" and "is it blocked" for one world, frame after frame.

    Args:
        scene: the first frame; later frames must have the same meshes and instances, with other poses or lamps.
        like: another tracer of the same world, for use in another thread; what never changes is shared with it.
    """

    def __init__(self, scene: Scene, *, like: EmbreeTracer | None = None) -> None:
        self._lib = embree.library()
        self._bottoms = [_bottom_level(mesh) for mesh in scene.meshes]
        self._top: int = self._lib.rtcNewScene(embree.device())
        self._lib.rtcSetSceneFlags(self._top, embree.SCENE_DYNAMIC)
        instances: list[int] = []
        self._alone: dict[int, int] = {}
        for k, mesh in enumerate(scene.mesh):
            geometry = self._lib.rtcNewGeometry(embree.device(), embree.INSTANCE)
            self._lib.rtcSetGeometryInstancedScene(geometry, self._bottoms[mesh].handle)
            self._lib.rtcAttachGeometryByID(self._top, geometry, k)
            instances.append(geometry)
        self._instances = np.array(instances, np.int64)
        self._setters = tuple(
            embree.address(name)
            for name in ("rtcSetGeometryTimeStepCount", "rtcSetGeometryTransform", "rtcCommitGeometry")
        )
        self._placed = np.full((len(self._instances), 7), np.nan)
        self._was_moving = np.zeros(len(self._instances), np.bool_)
        self._static: dict[str, NDArray[Any]] = _static_tables(scene.meshes) if like is None else like._static
        self._release = weakref.finalize(self, _release, self._lib, self._top, instances, self._alone)
        self.update(scene)

    def update(self, scene: Scene) -> None:
        """Move the instances to the poses of a new frame and rebuild the top level."""
        if len(scene.mesh) != len(self._instances):
            raise ValueError(f"the tracer holds {len(self._instances)} instances, the new scene {len(scene.mesh)}")
        position, orientation = np.ascontiguousarray(scene.position_w), np.ascontiguousarray(scene.orientation_w)
        _place(
            self._setters, self._instances, self._changed(scene), scene.moving, len(scene.times_s),
            position.reshape(-1, 3), orientation.reshape(-1, 4),
        )  # fmt: skip
        self._lib.rtcCommitScene(self._top)
        for handle in self._alone.values():
            self._lib.rtcReleaseScene(handle)
        self._alone.clear()
        self.scene = scene
        self.tables = Tables(
            scene=self._top,
            intersect=embree.address("rtcIntersect1"),
            occluded=embree.address("rtcOccluded1"),
            mesh=np.ascontiguousarray(scene.mesh, np.int32),
            label=np.ascontiguousarray(scene.label, np.int32),
            semantic=np.ascontiguousarray(scene.semantic, np.uint8),
            lamps=np.ascontiguousarray(scene.lamps, np.uint32),
            moving=np.ascontiguousarray(scene.moving, np.bool_),
            position=position,
            orientation=orientation,
            **self._static,
        )

    def _changed(self, scene: Scene) -> NDArray[np.int64]:
        """Instances whose transforms differ from those now set."""
        now = np.concatenate([scene.position_w[0], scene.orientation_w[0]], axis=1)
        changed = scene.moving | self._was_moving | np.any(now != self._placed, axis=1)
        self._placed, self._was_moving = now, scene.moving
        return np.flatnonzero(changed)

    def alone(self, label: int) -> Tables:
        """Tables of the same frame in which only the instances of one object exist."""
        if label not in self._alone:
            handle = self._lib.rtcNewScene(embree.device())
            for k in np.flatnonzero(self.scene.label == label):
                self._lib.rtcAttachGeometryByID(handle, int(self._instances[k]), int(k))
            self._lib.rtcCommitScene(handle)
            self._alone[label] = handle
        return self.tables._replace(scene=self._alone[label])

    def ray_time(self, times_s: F64 | float) -> F64:
        """Ray time in [0, 1] of absolute times [s]; 0 when the scene has a single key time."""
        first, last = self.scene.times_s[0], self.scene.times_s[-1]
        span = last - first
        out: F64 = (
            np.clip((np.asarray(times_s, float) - first) / span, 0.0, 1.0) if span > 0 else np.zeros(np.shape(times_s))
        )
        return out

    def trace(self, origins_w: F64, directions_w: F64, times_s: F64, *, tables: Tables | None = None) -> Hits:
        """Nearest hits of R rays: origins and unit directions (R, 3) in the world frame, absolute times (R,) [s]."""
        n = len(origins_w)
        hits = Hits(
            t=np.empty(n, np.float32),
            instance=np.empty(n, np.int32),
            label=np.empty(n, np.int32),
            semantic=np.empty(n, np.uint8),
            primitive=np.empty(n, np.int32),
            material=np.empty(n, np.int32),
            uv=np.empty((n, 2), np.float32),
            normal_w=np.empty((n, 3), np.float32),
        )
        _trace(
            self.tables if tables is None else tables,
            new_ray(),
            np.ascontiguousarray(origins_w, np.float64),
            np.ascontiguousarray(directions_w, np.float64),
            self.ray_time(times_s),
            hits.t, hits.instance, hits.label, hits.semantic, hits.primitive, hits.material, hits.uv, hits.normal_w,
        )  # fmt: skip
        return hits

    def occluded(self, origins_w: F64, directions_w: F64, times_s: F64, max_m: float = 1e4) -> NDArray[np.bool_]:
        """Whether each of R rays meets anything within `max_m` metres."""
        out = np.empty(len(origins_w), np.bool_)
        origins, directions = (
            np.ascontiguousarray(origins_w, np.float64),
            np.ascontiguousarray(directions_w, np.float64),
        )
        _occluded(self.tables, new_ray(), origins, directions, self.ray_time(times_s), max_m, out)
        return out


@compiled
def _place(setters, geometries, which, moving, keys, position, orientation):  # type: ignore[no-untyped-def]
    """Give instances their matrices: thousands of calls a second, each of which would cost more in the interpreter.

    Args:
        setters: addresses of what sets the number of steps, sets a matrix, and ends the change; functions of fewer
            than four arguments leave the rest alone.
        geometries: (N,) handles of all instances.
        which: (K,) instances to place.
        moving: (N,) bool; only these get more than one time step.
        keys: number of key times T.
        position, orientation: (T N, 3) and (T N, 4), one key time after the other.

    """
    set_steps, set_transform, commit = setters
    pose, turn, rotation, columns = np.empty((1, 3)), np.empty((1, 4)), np.empty((1, 9)), np.empty(12, np.float32)
    n, intervals = len(geometries), keys - 1
    for k in which:
        turns = moving[k] and intervals > 0
        parts = _parts(orientation, n, k, intervals) if turns else 1
        steps = intervals * parts + 1 if turns else 1
        query(set_steps, geometries[k], steps, 0, 0)
        for step in range(steps):
            first = min(step // parts, intervals - 1) if turns else 0
            row = first * n + k
            if turns:
                blend(position, orientation, row, row + n, step / parts - first, pose, turn, 0)
                matrix(turn, 0, rotation, 0)
            else:
                pose[0] = position[row]
                matrix(orientation, row, rotation, 0)
            for axis in range(3):
                columns[axis], columns[3 + axis], columns[6 + axis] = rotation[0, 3 * axis : 3 * axis + 3]
                columns[9 + axis] = pose[0, axis]
            query(set_transform, geometries[k], step, embree.FORMAT_FLOAT3X4_COLUMNS, columns.ctypes.data)
        query(commit, geometries[k], 0, 0, 0)


@inlined
def _parts(orientation, n, k, intervals):  # type: ignore[no-untyped-def]
    """In how many steps the interval between two key times is taken, so that no step turns too far."""
    most = 0.0
    for row in range(k, k + intervals * n, n):
        dot = 0.0
        for c in range(4):
            dot += orientation[row, c] * orientation[row + n, c]
        most = max(most, 2.0 * np.arccos(min(abs(dot), 1.0)))
    return min(max(int(np.ceil(most / _LARGEST_TURN)), 1), max((embree.MOST_TIME_STEPS - 1) // intervals, 1))


def _release(lib: ctypes.CDLL, top: int, instances: list[int], alone: dict[int, int]) -> None:
    for handle in alone.values():
        lib.rtcReleaseScene(handle)
    lib.rtcReleaseScene(top)
    for geometry in instances:
        lib.rtcReleaseGeometry(geometry)


def _static_tables(meshes: tuple[Mesh, ...]) -> dict[str, NDArray[Any]]:
    """The arrays of `Tables` that depend on the meshes alone."""
    vertex_start = np.cumsum([0] + [len(m.vertices) for m in meshes])
    material_start = np.cumsum([0] + [len(m.materials) for m in meshes])
    materials = [material for mesh in meshes for material in mesh.materials]
    table = np.zeros((len(materials), MATERIAL_COLUMNS), np.float32)
    for row, m in zip(table, materials, strict=True):
        row[:] = *m.albedo, m.roughness, m.metallic, m.nir_reflectance, m.retro, *m.emission, m.transparency
    # each begins with an empty array, for worlds without a mesh
    nowhere = np.empty((0, 3))
    corners = [nowhere, *(m.faces.astype(np.int64) + v for m, v in zip(meshes, vertex_start, strict=False))]
    used = [
        nowhere[:, 0],
        *(m.face_material.astype(np.int64) + k for m, k in zip(meshes, material_start, strict=False)),
    ]
    faces, face_material = np.concatenate(corners).astype(np.int32), np.concatenate(used).astype(np.int32)
    vertices = np.concatenate([nowhere, *(m.vertices for m in meshes)]).astype(np.float32)
    normals = np.concatenate([nowhere, *(m.normals for m in meshes)]).astype(np.float32)
    look = np.where(_flat(faces, vertices, normals), ~face_material, face_material)
    return {
        "radius": np.array([np.linalg.norm(m.vertices, axis=1).max() if len(m.vertices) else 0.0 for m in meshes]),
        "face_start": np.cumsum([0] + [len(m.faces) for m in meshes]).astype(np.int64),
        "faces": np.concatenate([faces, look[:, None]], axis=1),
        "face_material": face_material,
        "vertices": vertices,
        "normals": normals,
        "material": table,
        "texture": np.array([m.texture for m in materials], np.int32),
        "lamp": np.array([m.lamp for m in materials], np.int32),
        "material_semantic": np.array([m.semantic for m in materials], np.int32),
    }


@compiled(error_model="numpy")
def _flat(faces, vertices, normals):  # type: ignore[no-untyped-def]
    """Whether the normals of a face's vertices are its own, up to the sign, (F,) bool."""
    out = np.empty(len(faces), np.bool_)
    for f in range(len(faces)):
        a, b, c = vertices[faces[f, 0]], vertices[faces[f, 1]], vertices[faces[f, 2]]
        ux, uy, uz, vx, vy, vz = b[0] - a[0], b[1] - a[1], b[2] - a[2], c[0] - a[0], c[1] - a[1], c[2] - a[2]
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        length = np.sqrt(x * x + y * y + z * z)
        out[f] = True
        for k in range(3):
            n = normals[faces[f, k]]
            own = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2])
            out[f] &= abs(x * n[0] + y * n[1] + z * n[2]) > _FLAT * length * own
    return out


@compiled
def _trace(tables, ray, origins, directions, times, t, instance, label, semantic, primitive, material, uv, normal):  # type: ignore[no-untyped-def]
    word = ray.view(np.int32)
    for i in range(len(origins)):
        o, d = origins[i], directions[i]
        hit = cast(tables, ray, o[0], o[1], o[2], d[0], d[1], d[2], times[i], 0.0, np.inf)
        instance[i] = hit
        if hit < 0:
            t[i], label[i], semantic[i], primitive[i], material[i] = np.inf, 0, 0, -1, -1
            uv[i], normal[i] = 0.0, 0.0
            continue
        t[i], label[i], primitive[i] = ray[8], tables.label[hit], word[17]
        semantic[i] = surface_semantic(tables, ray)
        material[i] = surface_material(tables, ray)
        uv[i, 0], uv[i, 1] = ray[15], ray[16]
        normal[i, 0], normal[i, 1], normal[i, 2] = surface_normal(tables, ray)[:3]


@compiled
def _occluded(tables, ray, origins, directions, times, far, out):  # type: ignore[no-untyped-def]
    for i in range(len(origins)):
        o, d = origins[i], directions[i]
        out[i] = blocked(tables, ray, o[0], o[1], o[2], d[0], d[1], d[2], times[i], 0.0, far)
