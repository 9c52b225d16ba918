"""Small worlds to measure: boxes, spheres and meshes with known materials, and straight sensor tracks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
import trimesh
from cornercase.renderers.air import Air
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Cover, Environment, Material, Mesh, Scene
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import from_yaw


@dataclass
class Thing:
    shape: trimesh.Trimesh
    position: Sequence[float]
    material: Material = Material(nir_reflectance=0.5)
    velocity: Sequence[float] = (0.0, 0.0, 0.0)
    orientation: Sequence[float] = (0.0, 0.0, 0.0, 1.0)
    semantic: int = 6


def _mesh(thing: Thing) -> Mesh:
    return Mesh(
        np.asarray(thing.shape.vertices, np.float32),
        np.asarray(thing.shape.vertex_normals, np.float32),
        np.asarray(thing.shape.faces, np.uint32),
        np.zeros(len(thing.shape.faces), np.uint16),
        (thing.material,),
    )


def _tracer(
    things: Sequence[Thing],
    duration_s: float = 0.1,
    air: Air | None = None,
    cover: Cover | None = None,
    **light: object,
) -> EmbreeTracer:
    """A world of things, labelled 1, 2, ..., moving at constant velocity from time 0 on."""
    n = len(things)
    times = np.array([0.0, duration_s])
    velocity = np.array([t.velocity for t in things], float)
    return EmbreeTracer(
        Scene(
            meshes=tuple(_mesh(t) for t in things),
            mesh=np.arange(n, dtype=np.int32),
            label=np.arange(1, n + 1, dtype=np.int32),
            semantic=np.array([t.semantic for t in things], np.uint8),
            lamps=np.zeros(n, np.uint32),
            times_s=times,
            position_w=np.array([t.position for t in things], float) + times[:, None, None] * velocity,
            orientation_w=np.broadcast_to(np.array([t.orientation for t in things], float), (2, n, 4)).copy(),
            moving=np.any(velocity != 0.0, axis=1),
            environment=Environment(air=air or Air(), cover=cover or Cover(), **light),  # type: ignore[arg-type]
        )
    )


def _track(velocity: Sequence[float] = (0.0, 0.0, 0.0), yaw_rate: float = 0.0, duration_s: float = 0.1) -> PoseTrack:
    times = np.linspace(0.0, duration_s, 25)
    return PoseTrack(times, times[:, None] * np.asarray(velocity, float), from_yaw(yaw_rate * times))


def _wall(x: float, nir: float = 0.5, retro: float = 0.0, velocity: float = 0.0) -> Thing:
    """A large wall whose near face is the plane x."""
    box = trimesh.creation.box((2.0, 400.0, 400.0))
    material = Material(nir_reflectance=nir, retro=retro)
    return Thing(box, (x + 1.0, 0.0, 0.0), material, velocity=(velocity, 0.0, 0.0))


@pytest.fixture
def make_tracer() -> Callable[..., EmbreeTracer]:
    return _tracer


@pytest.fixture
def make_track() -> Callable[..., PoseTrack]:
    return _track


@pytest.fixture
def wall() -> Callable[..., Thing]:
    return _wall


@pytest.fixture
def thing() -> type[Thing]:
    return Thing
