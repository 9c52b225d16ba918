"""Walls and plates before a small depth camera."""

from collections.abc import Callable

import numpy as np
import pytest
import trimesh
from cornercase.renderers.depth.depth_camera import DepthCamera, DepthConfig
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Environment, Material, Sky, Sun
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import look_at

BLACK = (0.0, 0.0, 0.0)
DARK = Environment(Sun(illuminance_lx=BLACK), Sky(BLACK, BLACK, BLACK, clouds=0.0))
WHITE = Material((0.8, 0.8, 0.8), 0.9, nir_reflectance=0.8)


@pytest.fixture
def shoot(thing, scene) -> Callable[..., object]:  # type: ignore[no-untyped-def]
    """Frames of walls: (distance, material, y from, y to), facing a camera at the origin that looks along x."""

    def _shoot(walls, index=0, key=1, environment=DARK, clean=False, turn=None, **values):  # type: ignore[no-untyped-def]
        things = []
        for k, (distance, material, low, high) in enumerate(walls):
            box = trimesh.creation.box((0.002, high - low, 40.0))
            q = (0.0, 0.0, 0.0, 1.0) if turn is None else turn
            position = (distance + 0.001, (low + high) / 2, 0.0)
            things.append(thing(box, material, label=k + 1, positions=[position], orientation=q))
        track = PoseTrack(np.zeros(1), np.zeros((1, 3)), look_at((0, 0, 0), (1, 0, 0))[None])
        # focal length 424 px as at full size
        config = {"width": 212, "height": 80, "fov_deg": 2 * np.degrees(np.arctan(0.25)), "band": False} | values
        camera = DepthCamera(DepthConfig(**config), stream_key=key)
        return camera.capture(EmbreeTracer(scene(things, environment)), track, 0.0, index, clean=clean)

    return _shoot


@pytest.fixture
def white() -> Material:
    return WHITE
