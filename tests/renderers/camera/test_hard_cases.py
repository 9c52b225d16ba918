"""Pictures at the edge of what a camera is asked for: nothing to see, a single column, a lamp as wide as a window."""

import numpy as np
import pytest
import trimesh
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.camera.render import PreviousFrame, Shutter, render
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Environment, Material, Scene, Sky, Sun, Texture
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import from_rpy, look_at


def nothing(times: tuple[float, ...]) -> Scene:
    t = len(times)
    return Scene(
        meshes=(),
        mesh=np.zeros(0, np.int32),
        label=np.zeros(0, np.int32),
        semantic=np.zeros(0, np.uint8),
        lamps=np.zeros(0, np.uint32),
        times_s=np.array(times),
        position_w=np.zeros((t, 0, 3)),
        orientation_w=np.zeros((t, 0, 4)),
        moving=np.zeros(0, np.bool_),
        environment=Environment(),
    )


@pytest.mark.parametrize("times", [(0.0,), (0.0, 0.05)], ids=["instant", "interval"])
def test_a_world_without_bodies_is_all_sky(times: tuple[float, ...]) -> None:
    scene = nothing(times)
    tracer = EmbreeTracer(scene)
    tracer.update(scene)
    view = PoseTrack(np.zeros(1), np.zeros((1, 3)), look_at((0, 0, 0), (1, 0, 0.3))[None])
    previous = PreviousFrame(scene, view, Shutter(0.0))
    lens = BrownConradyLens(84, 84, fx=60.0)
    frame = render(tracer, lens, view, Shutter(0.0, 0.01, 1e-5), key=1, previous=previous)
    assert np.isinf(frame.depth).all() and np.isinf(frame.distance).all()
    assert not frame.instance.any() and not frame.semantic.any()
    np.testing.assert_allclose(frame.flow, 0.0, atol=5e-3)
    assert np.isfinite(frame.radiance).all() and (frame.radiance > 0.0).all()


@pytest.mark.parametrize("size", [(1, 1), (8, 1), (1, 40), (9, 3)])
def test_tiny_pictures_of_fast_motion_hold_only_radiances(thing, scene, size: tuple[int, int]) -> None:
    start, end = (np.array([6.0, y, 1.0]) for y in (-0.5, 0.5))
    things = [
        thing(trimesh.creation.box((60, 60, 1)), Material(texture=Texture.ASPHALT)),
        thing(trimesh.creation.icosphere(2, 1.0), Material(texture=Texture.CAR_PAINT), 1, [start, end]),
    ]
    tracer = EmbreeTracer(scene(things, times=(0.0, 0.05)))
    orientation = np.stack([look_at((0, 0, 1.5), (6, y, 1.0)) for y in (-1.0, 1.0)])
    view = PoseTrack(np.array([0.0, 0.05]), np.tile([0.0, 0.0, 1.5], (2, 1)), orientation)
    frame = render(tracer, BrownConradyLens(*size, fx=30.0), view, Shutter(0.0, 0.05), key=3)
    # brighter than anything in the scene it cannot be
    assert np.isfinite(frame.radiance).all() and frame.radiance.min() >= 0.0 and frame.radiance.max() < 1e7


def test_the_shadow_of_a_broad_lamp_is_smooth_and_exact(thing, scene) -> None:
    radius, height = 0.22, 2.0
    black = (0.0, 0.0, 0.0)
    light = Environment(Sun((0.0, 0.0, 1.0), (1e4, 1e4, 1e4), radius), Sky(black, black, black, clouds=0.0))
    white = Material((1.0, 1.0, 1.0), 1.0)
    # the near edge of the plate lies at x = 0
    floor = thing(trimesh.creation.box((50, 50, 1)), white, 0, [(0, 0, -0.5)])
    plate = thing(trimesh.creation.box((8, 40, 0.01)), white, 0, [(4, 0, height)])
    lens = BrownConradyLens(200, 24, fx=300.0)
    view = PoseTrack(np.zeros(1), np.array([[0.0, 0.0, 1.9]]), from_rpy(np.pi, 0.0, 0.0)[None])
    frame = render(EmbreeTracer(scene([floor, plate], light)), lens, view, Shutter(0.0), key=1)
    share = frame.radiance[4:-4, :, 0] * np.pi / 1e4
    share = share if share[0, 0] > share[0, -1] else share[:, ::-1]
    x = (np.arange(200) - lens.cx) / lens.fx * 1.9
    # the lit part of a disc behind a straight edge
    s = np.clip(-x / (radius * height), -1.0, 1.0)
    exact = 0.5 + (np.arcsin(s) + s * np.sqrt(1.0 - s * s)) / np.pi
    assert np.abs(share - exact).max() < 0.07
    assert np.abs(np.diff(share, axis=0)).max() < 0.03
