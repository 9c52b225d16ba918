"""Small scenes for renderer tests: primitives with one material each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
import trimesh
from cornercase.renderers.scene import Environment, Material, Mesh, Scene, Sky, Sun


@dataclass
class Thing:
    """One instance: a shape with a material, a label and a pose at every key time."""

    shape: trimesh.Trimesh
    material: Material = field(default_factory=Material)
    label: int = 0
    positions: Sequence[Sequence[float]] = ((0.0, 0.0, 0.0),)
    orientation: Sequence[float] = (0.0, 0.0, 0.0, 1.0)


def flat_mesh(shape: trimesh.Trimesh, material: Material) -> Mesh:
    """A mesh with flat shading."""
    split = shape.copy()
    split.unmerge_vertices()
    return Mesh(
        vertices=np.asarray(split.vertices, np.float32),
        normals=np.repeat(np.asarray(split.face_normals), 3, axis=0).astype(np.float32),
        faces=np.asarray(split.faces, np.uint32),
        face_material=np.zeros(len(split.faces), np.uint16),
        materials=(material,),
    )


def build(things: Sequence[Thing], environment: Environment | None = None, times: Sequence[float] = (0.0,)) -> Scene:
    """A scene; things with one position stand still, the others have one for each key time."""
    n, t = len(things), len(times)
    position = np.stack([np.broadcast_to(np.asarray(thing.positions, float), (t, 3)) for thing in things], axis=1)
    orientation = np.broadcast_to(np.array([thing.orientation for thing in things], float), (t, n, 4))
    return Scene(
        meshes=tuple(flat_mesh(thing.shape, thing.material) for thing in things),
        mesh=np.arange(n, dtype=np.int32),
        label=np.array([thing.label for thing in things], np.int32),
        semantic=np.array([thing.label % 256 for thing in things], np.uint8),
        lamps=np.zeros(n, np.uint32),
        times_s=np.array(times, float),
        position_w=np.ascontiguousarray(position),
        orientation_w=np.ascontiguousarray(orientation),
        moving=np.array([len(thing.positions) > 1 for thing in things]),
        environment=environment or Environment(),
    )


@pytest.fixture
def thing() -> type[Thing]:
    return Thing


@pytest.fixture
def scene() -> Callable[..., Scene]:
    return build


@pytest.fixture
def sun_only() -> Environment:
    """Sun at 60 degrees elevation, black sky."""
    black = (0.0, 0.0, 0.0)
    direction = (0.5, 0.0, float(np.sqrt(0.75)))
    return Environment(Sun(direction, (9e4, 8e4, 7e4)), Sky(black, black, black, clouds=0.0))


@pytest.fixture
def white_sky() -> Environment:
    """The same radiance from everywhere, no sun."""
    white = (1000.0, 1000.0, 1000.0)
    return Environment(Sun(illuminance_lx=(0.0, 0.0, 0.0)), Sky(white, white, white, clouds=0.0))
