"""One instant of a scenario, for this engine and for PyBullet alike.

Every instance of every mesh of the scene is loaded into PyBullet at the same pose with the same triangles: seen by
TinyRenderer as a visual shape in the colour of the mesh's dominant material, or felt by its rays as a static triangle
mesh. PyBullet has no materials per face, no textures and no panes, so it does less work per hit than this engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Mesh, Scene
from cornercase.renderers.transforms import rotate
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.episode.sensors import MountConfig
from cornercase.sim.physics.client import Client

WORLDS = {"urban street": "driving/pedestrian_dart_out", "motorway": "driving/cut_in"}
SEED = 3
_INSTANT_STEPS = 20
_MOST_FACES = 20_000
"""PyBullet takes at most 131 072 vertices per mesh."""


@dataclass(frozen=True)
class Instant:
    """A populated world that stands still.

    Attributes:
        episode: holds the world.
        end_s: the present.

    """

    episode: Episode
    end_s: float

    def scene(self, duration_s: float, *, key_times: int) -> Scene:
        """The scene over the interval that ends now."""
        return self.episode.scenario.world.scene(self.end_s - duration_s, self.end_s, key_times=key_times)

    def track(self, mount: MountConfig, duration_s: float, *, optical: bool) -> PoseTrack:
        """Poses of a sensor on the ego over the interval that ends now."""
        scenario = self.episode.scenario
        pose = mount.pose(optical=optical)
        return scenario.world.track(scenario.ego, pose, self.end_s - duration_s, self.end_s)


@contextmanager
def instant(scenario: str) -> Iterator[Instant]:
    """Two seconds into an episode with the reference driver."""
    with Episode(EpisodeConfig(ScenarioConfig(scenario)), seed=SEED) as episode:
        episode.start()
        for _ in range(_INSTANT_STEPS):
            episode.advance()
        yield Instant(episode, episode.scenario.world.time_s)


def describe(scene: Scene) -> str:
    """How much there is to see."""
    faces = sum(len(scene.meshes[k].faces) for k in scene.mesh)
    return f"{len(scene.mesh)} instances, {faces / 1e3:.0f} k triangles"


def load_visual(client: Client, scene: Scene) -> None:
    """The scene for TinyRenderer."""
    _load(client, scene, visual=True)


def load_solid(client: Client, scene: Scene) -> None:
    """The scene for PyBullet's rays."""
    _load(client, scene, visual=False)
    client.performCollisionDetection()


def _load(client: Client, scene: Scene, *, visual: bool) -> None:
    pieces = [[_shape(client, mesh, faces, visual=visual) for faces in _pieces(mesh)] for mesh in scene.meshes]
    for k, mesh in enumerate(scene.mesh):
        pose = {
            "basePosition": scene.position_w[-1, k].tolist(),
            "baseOrientation": scene.orientation_w[-1, k].tolist(),
        }
        for shape in pieces[mesh]:
            which = {"baseVisualShapeIndex": shape} if visual else {"baseCollisionShapeIndex": shape}
            if client.createMultiBody(baseMass=0.0, **which, **pose) < 0:
                raise RuntimeError(f"PyBullet refused an instance of {scene.meshes[mesh].name}")


def _pieces(mesh: Mesh) -> list[np.ndarray]:
    return [np.arange(k, min(k + _MOST_FACES, len(mesh.faces))) for k in range(0, len(mesh.faces), _MOST_FACES)]


def _shape(client: Client, mesh: Mesh, faces: np.ndarray, *, visual: bool) -> int:
    used, indices = np.unique(mesh.faces[faces].astype(np.int64), return_inverse=True)
    vertices, flat = mesh.vertices[used].tolist(), indices.ravel().tolist()
    if visual:
        colour = mesh.materials[int(np.bincount(mesh.face_material[faces]).argmax())].albedo
        shape = client.createVisualShape(
            client.GEOM_MESH, vertices=vertices, indices=flat, normals=mesh.normals[used].tolist(),
            rgbaColor=[*colour, 1.0],
        )  # fmt: skip
    else:
        shape = client.createCollisionShape(
            client.GEOM_MESH, vertices=vertices, indices=flat, flags=client.GEOM_FORCE_CONCAVE_TRIMESH
        )
    if shape < 0:
        raise RuntimeError(f"PyBullet refused the mesh {mesh.name}")
    return int(shape)


def look(track: PoseTrack) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eye, target and up of an optical frame (x right, y down, z forward) at the end of its track."""
    eye, q = track.position_w[-1], track.orientation_w[-1]
    return eye, eye + rotate(q, np.array([0.0, 0.0, 1.0])), rotate(q, np.array([0.0, -1.0, 0.0]))
