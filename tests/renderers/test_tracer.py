"""Oracle: PyBullet's own renderer and ray test on the same bodies."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import pybullet as p
import pytest
import trimesh
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.camera.render import Shutter, render
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Scene
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import look_at

WIDTH, HEIGHT, FOV = 320, 240, 60.0
NEAR, FAR = 0.5, 60.0
EYE, TARGET = (0.0, 0.0, 2.0), (10.0, 0.0, 0.8)


@pytest.fixture(scope="module")
def client() -> Iterator[int]:
    identifier = p.connect(p.DIRECT)
    yield identifier
    p.disconnect(identifier)


@pytest.fixture
def world(client: int, thing, scene, tmp_path) -> Scene:
    """A floor, boxes, balls and a mesh (a torus), in PyBullet and as a scene; labels are body ids + 1."""
    p.resetSimulation(physicsClientId=client)
    rng = np.random.default_rng(7)
    torus = trimesh.creation.torus(0.9, 0.35)
    torus.export(tmp_path / "torus.obj")
    things = []

    def add(shape: trimesh.Trimesh, kind: int, position: np.ndarray, orientation: np.ndarray, **options) -> None:
        collision = p.createCollisionShape(kind, physicsClientId=client, **options)
        radius = {"radius": options["radius"]} if "radius" in options else options
        visual = p.createVisualShape(kind, physicsClientId=client, **{k: v for k, v in radius.items() if k != "flags"})
        body = p.createMultiBody(0, collision, visual, position.tolist(), orientation.tolist(), physicsClientId=client)
        things.append(thing(shape, label=body + 1, positions=[position], orientation=orientation))

    upright = np.array([0.0, 0.0, 0.0, 1.0])
    # in tiles, since TinyRenderer's depths drift across large triangles
    for k in range(28):
        place = np.array([6.0 + 4.0 * (k % 7), 4.0 * (k // 7) - 6.0, -0.5])
        add(trimesh.creation.box((4, 4, 1)), p.GEOM_BOX, place, upright, halfExtents=[2, 2, 0.5])
    for k in range(5):
        half = rng.uniform(0.3, 1.0, 3)
        q = rng.normal(size=4)
        place = np.array([7 + 3 * k, rng.uniform(-4, 4), 1.2])
        add(trimesh.creation.box(2 * half), p.GEOM_BOX, place, q / np.linalg.norm(q), halfExtents=half.tolist())
    for k in range(3):
        place = np.array([6 + 3 * k, rng.uniform(-4, 4), 0.7])
        add(trimesh.creation.icosphere(5, 0.7), p.GEOM_SPHERE, place, upright, radius=0.7)
    q = np.array([0.5, 0.1, 0.2, 0.8])
    add(
        torus, p.GEOM_MESH, np.array([9.0, 0.5, 1.6]), q / np.linalg.norm(q),
        fileName=str(tmp_path / "torus.obj"), flags=p.GEOM_FORCE_CONCAVE_TRIMESH,
    )  # fmt: skip
    return scene(things)


def edges(ids: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Pixels within two of a change of id or a step in depth."""
    change = np.zeros(ids.shape, bool)
    near = np.minimum(depth, FAR)
    change[:, 1:] |= (ids[:, 1:] != ids[:, :-1]) | (np.abs(np.diff(near, axis=1)) > 0.05 * near[:, 1:])
    change[1:] |= (ids[1:] != ids[:-1]) | (np.abs(np.diff(near, axis=0)) > 0.2 * near[1:])
    grown = change.copy()
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            grown |= np.roll(change, (dy, dx), (0, 1))
    return grown


def test_depth_and_ids_agree_with_tiny_renderer(client: int, world: Scene) -> None:
    view = p.computeViewMatrix(EYE, TARGET, (0, 0, 1), physicsClientId=client)
    projection = p.computeProjectionMatrixFOV(FOV, WIDTH / HEIGHT, NEAR, FAR, physicsClientId=client)
    _, _, _, buffer, ids = p.getCameraImage(
        WIDTH, HEIGHT, view, projection, renderer=p.ER_TINY_RENDERER, physicsClientId=client
    )
    buffer = np.reshape(buffer, (HEIGHT, WIDTH)).astype(float)
    theirs = FAR * NEAR / (FAR - (FAR - NEAR) * buffer)
    ids = np.reshape(ids, (HEIGHT, WIDTH)) + 1
    # TinyRenderer samples pixels at their lower left corners
    lens = BrownConradyLens(WIDTH, HEIGHT, fx=HEIGHT / 2 / np.tan(np.radians(FOV / 2)), cx=WIDTH / 2, cy=HEIGHT / 2 - 1)
    track = PoseTrack(np.zeros(1), np.array([EYE]), look_at(EYE, TARGET)[None])
    frame = render(EmbreeTracer(world), lens, track, Shutter(0.0), key=1)
    seen = (frame.depth < 0.9 * FAR) & (ids > 0)
    inside = seen & ~edges(ids, theirs) & ~edges(frame.instance, frame.depth)
    assert inside.mean() > 0.4
    assert np.mean(ids[seen] == frame.instance[seen]) > 0.99
    assert np.mean(np.abs(frame.depth[inside] / theirs[inside] - 1) < 0.01) > 0.99


def test_ranges_agree_with_the_ray_test(client: int, world: Scene) -> None:
    rng = np.random.default_rng(3)
    n = 4000
    origin = np.array(EYE) + rng.normal(0, 0.2, (n, 3))
    direction = np.array([1.0, 0.0, -0.1]) + rng.normal(0, 0.25, (n, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    hits = EmbreeTracer(world).trace(origin, direction, np.zeros(n))
    theirs = p.rayTestBatch(origin.tolist(), (origin + 50.0 * direction).tolist(), physicsClientId=client)
    ids = np.array([h[0] for h in theirs]) + 1
    ranges = np.array([h[2] for h in theirs]) * 50.0
    # balls are polyhedra here and exact there
    balls = [34, 35, 36]
    both = (hits.t < 49.0) & (ids > 0) & (hits.label == ids) & ~np.isin(ids, balls)
    assert np.mean(hits.label[hits.t < 49.0] == ids[hits.t < 49.0]) > 0.99
    assert both.mean() > 0.5
    slope = np.abs(np.einsum("ij,ij->i", hits.normal_w, direction))
    # PyBullet keeps collision margins; away from grazing incidence ranges agree within 2 mm
    steep = both & (slope > 0.3)
    assert np.abs(hits.t - ranges)[steep].max() < 2e-3


def test_a_fast_turn_neither_shrinks_nor_swells_a_ball(thing, scene) -> None:
    ball = thing(trimesh.creation.icosphere(5, 1.0), positions=[(0.0, 0.0, 0.0)] * 2)
    still = scene([ball], times=(0.0, 0.1))
    turn = 1.2
    q = np.array([[0.0, 0.0, np.sin(a / 2), np.cos(a / 2)] for a in (0.0, turn)])
    tracer = EmbreeTracer(dataclasses.replace(still, orientation_w=q[:, None]))
    times = np.linspace(0.0, 0.1, 400)
    origins, directions = np.tile([5.0, 0.0, 0.0], (400, 1)), np.tile([-1.0, 0.0, 0.0], (400, 1))
    assert np.abs(tracer.trace(origins, directions, times).t - 4.0).max() < 0.005


def test_a_turning_bar_is_where_the_shortest_arc_has_it(thing, scene) -> None:
    bar = thing(trimesh.creation.box((2.0, 0.02, 2.0)), positions=[(0.0, 0.0, 0.0)] * 2)
    q = np.array([[0.0, 0.0, np.sin(a / 2), np.cos(a / 2)] for a in (0.0, 1.0)])
    tracer = EmbreeTracer(dataclasses.replace(scene([bar], times=(0.0, 0.1)), orientation_w=q[:, None]))
    times = np.linspace(0.01, 0.09, 50)
    # a ray down the y axis at x = 0.5 meets the bar's middle plane at y = x tan(angle), its side half a width nearer
    angle = times / 0.1
    t = tracer.trace(np.tile([0.5, 3.0, 0.0], (50, 1)), np.tile([0.0, -1.0, 0.0], (50, 1)), times).t
    assert np.abs(t - (3.0 - 0.5 * np.tan(angle) - 0.01 / np.cos(angle))).max() < 0.004
