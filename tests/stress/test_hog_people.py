"""A detector that learned people from photographs finds the people of this engine."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.camera.camera import Camera, CameraConfig
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Environment, Scene
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import compose, from_yaw
from cornercase.sim.physics.specs import body_plan
from cornercase.sim.stress.frames import CameraView
from cornercase.sim.stress.models.hog_people import HogPeople
from cornercase.sim.world.assets.people import build_person

TRACK = PoseTrack(np.array([0.0]), np.array([[0.0, 0.0, 1.4]]), np.array([[-0.5, 0.5, -0.5, 0.5]]))


def standing(distance_m: float, yaw: float, seed: int) -> Scene:
    """A person before an empty horizon."""
    parts = build_person(body_plan(1.75, 75.0, child=False), rng=np.random.default_rng(seed), child=False).parts
    box = (np.array([distance_m, 0.0, 0.875]), from_yaw(yaw))
    poses = [compose(box, (np.array(p.position), np.array(p.orientation))) for p in parts]
    n = len(parts)
    return Scene(
        meshes=tuple(p.mesh for p in parts), mesh=np.arange(n, dtype=np.int32), label=np.ones(n, np.int32),
        semantic=np.ones(n, np.uint8), lamps=np.zeros(n, np.uint32), times_s=np.zeros(1),
        position_w=np.array([[p for p, _ in poses]]), orientation_w=np.array([[q for _, q in poses]]),
        moving=np.zeros(n, bool), environment=Environment(),
    )  # fmt: skip


def found(scene: Scene) -> tuple[dict[str, np.ndarray], np.ndarray]:
    frame = Camera(CameraConfig(), stream_key=1).capture(EmbreeTracer(scene), TRACK, 0.0, 0)
    view = CameraView("front", 0.0, 0.1, np.eye(7)[6], {}, frame.rgb)
    y, x = np.nonzero(frame.instance)
    return HogPeople()({"front": view})["front"], np.array([x.min(), y.min(), x.max() + 1, y.max() + 1])


@pytest.mark.parametrize(("distance_m", "seed"), [(5.0, 0), (5.0, 1), (7.0, 2), (9.0, 3)])
def test_a_person_is_found_in_place(distance_m: float, seed: int) -> None:
    answer, truth = found(standing(distance_m, seed * np.pi / 2, seed))
    best = answer["boxes"][0]
    shared = np.clip(np.minimum(best[2:], truth[2:]) - np.maximum(best[:2], truth[:2]), 0.0, None).prod()
    union = np.prod(best[2:] - best[:2]) + np.prod(truth[2:] - truth[:2]) - shared
    assert answer["scores"][0] > 0.85
    assert shared / union > 0.5


def test_nobody_is_found_where_nobody_is() -> None:
    view = CameraView("front", 0.0, 0.1, np.eye(7)[6], {}, np.full((240, 320, 3), 128, np.uint8))
    assert len(HogPeople()({"front": view})["front"]["boxes"]) == 0
