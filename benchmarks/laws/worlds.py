"""The little that is needed to measure: boxes and balls in some air."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import trimesh
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Environment, Material, Mesh, Scene
from cornercase.renderers.tracers.embree import EmbreeTracer
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Body:
    """A shape with one material at a place; labelled by its number, from 1."""

    shape: trimesh.Trimesh
    material: Material
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)


def tracer_of(bodies: Sequence[Body], environment: Environment) -> EmbreeTracer:
    """A scene in which nothing moves."""
    n = len(bodies)
    return EmbreeTracer(
        Scene(
            meshes=tuple(_mesh(body) for body in bodies),
            mesh=np.arange(n, dtype=np.int32),
            label=np.arange(1, n + 1, dtype=np.int32),
            semantic=np.full(n, 6, np.uint8),
            lamps=np.zeros(n, np.uint32),
            times_s=np.zeros(1),
            position_w=np.array([[body.position for body in bodies]], float),
            orientation_w=np.tile([0.0, 0.0, 0.0, 1.0], (1, n, 1)),
            moving=np.zeros(n, np.bool_),
            environment=environment,
        )
    )


def still_at(height_m: float, orientation: ArrayLike = (0.0, 0.0, 0.0, 1.0)) -> PoseTrack:
    """A sensor that rests above the origin."""
    return PoseTrack(np.zeros(1), np.array([[0.0, 0.0, height_m]]), np.asarray(orientation, float)[None])


def wall(x: float, material: Material, size: float = 900.0) -> Body:
    """A wall across the x axis whose near face is the plane x."""
    return Body(trimesh.creation.box((1.0, size, size)), material, (x + 0.5, 0.0, 0.0))


def _mesh(body: Body) -> Mesh:
    shape = body.shape.copy()
    shape.unmerge_vertices()
    return Mesh(
        np.asarray(shape.vertices, np.float32),
        np.repeat(np.asarray(shape.face_normals), 3, axis=0).astype(np.float32),
        np.asarray(shape.faces, np.uint32),
        np.zeros(len(shape.faces), np.uint16),
        (body.material,),
    )
