"""Boxes and visible shares of plain boxes in front of a plain camera."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.scene import Environment, Material, Mesh, Scene
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.sim.episode.labels import Labelled, boxes_2d, boxes_3d, count_ids
from numpy.typing import NDArray

F64 = NDArray[np.float64]
WIDTH, HEIGHT = 160, 120
LENS = BrownConradyLens.from_fov(WIDTH, HEIGHT, np.deg2rad(60.0))
CENTRE, DISTANCE, SIZE = np.zeros(3), 10.0, 2.0
FOCAL = float(LENS.matrix[0, 0])
POSE = (np.zeros(3), np.array([0.0, 0.0, 0.0, 1.0]))
TRACK = PoseTrack(np.array([0.0]), POSE[0][None], POSE[1][None])
"""The camera's own axes are the world's here: x right, y down, z forward."""


def build(boxes: list[tuple[tuple[float, float, float], tuple[float, float, float]]]) -> tuple[Scene, Labelled]:
    """Boxes by centre and size, with labels 1, 2, ..."""
    meshes = []
    for _, size in boxes:
        shape = trimesh.creation.box(size)
        shape.unmerge_vertices()
        normals = np.repeat(np.asarray(shape.face_normals), 3, axis=0).astype(np.float32)
        faces = np.asarray(shape.faces, np.uint32)
        vertices = np.asarray(shape.vertices, np.float32)
        meshes.append(Mesh(vertices, normals, faces, np.zeros(len(faces), np.uint16), (Material(),)))
    n = len(boxes)
    position = np.array([[centre for centre, _ in boxes]], float)
    orientation = np.tile([0.0, 0.0, 0.0, 1.0], (1, n, 1))
    ids = np.arange(1, n + 1, dtype=np.int32)
    scene = Scene(
        meshes=tuple(meshes), mesh=np.arange(n, dtype=np.int32), label=ids, semantic=np.full(n, 7, np.uint8),
        lamps=np.zeros(n, np.uint32), times_s=np.zeros(1), position_w=position, orientation_w=orientation,
        moving=np.zeros(n, np.bool_), environment=Environment(),
    )  # fmt: skip
    sizes = np.array([size for _, size in boxes], np.float32)
    return scene, Labelled(ids, np.full(n, 7, np.uint8), sizes, position[0], orientation[0], np.zeros((n, 3)))


def look(boxes: list[tuple[tuple[float, float, float], tuple[float, float, float]]]) -> tuple[F64, NDArray[np.int32]]:
    """Rows of `BOX_2D`, and the instance image, one ray through each pixel centre."""
    scene, actors = build(boxes)
    tracer = EmbreeTracer(scene)
    v, u = (grid.ravel() for grid in np.mgrid[:HEIGHT, :WIDTH])
    origins, times = np.zeros((u.size, 3)), np.zeros(u.size)
    instance = tracer.trace(origins, LENS.directions(u, v), times).label.reshape(HEIGHT, WIDTH)
    return boxes_2d(actors, instance, tracer, LENS, TRACK, np.zeros(HEIGHT)), instance


def expected_box(x: float, y: float, near: float, half: float = SIZE / 2) -> list[float]:
    """Edges of the near face, in pixel edges from the top left corner."""
    cx, cy = WIDTH / 2, HEIGHT / 2
    return [cx + FOCAL * (x - half) / near, cy + FOCAL * (y - half) / near,
            cx + FOCAL * (x + half) / near, cy + FOCAL * (y + half) / near]  # fmt: skip


def corners(row: F64, names: str = "x0 y0 x1 y1") -> list[float]:
    return [float(row[name]) for name in names.split()]


AMODAL = "ax0 ay0 ax1 ay1"
"""Exact where nothing is seen; otherwise it also encloses the mask, up to half a pixel more."""


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (-2.0, 1.0), (2.5, -1.5)])
def test_a_free_object_has_one_tight_box(x: float, y: float) -> None:
    (row,), instance = look([((x, y, DISTANCE), (SIZE, SIZE, 0.01))])
    assert corners(row, AMODAL) == pytest.approx(expected_box(x, y, DISTANCE - 0.005), abs=0.51)
    assert corners(row) == pytest.approx(expected_box(x, y, DISTANCE - 0.005), abs=1.0)
    rows, columns = np.nonzero(instance == 1)
    assert corners(row) == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert row["visible_px"] == len(rows) and row["visible_share"] == 1.0 and row["truncation"] == 0.0
    assert (row["id"], row["class"]) == (1, 7)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_the_visible_share_of_a_partly_hidden_object(share: float) -> None:
    """A screen covers the left part of a square, as seen from the camera."""
    edge = (-1.0 + SIZE * (1.0 - share)) * 0.5  # at half the distance
    screen = ((edge - 2.0, 0.0, DISTANCE / 2), (4.0, 4.0, 0.01))
    rows, instance = look([((0.0, 0.0, DISTANCE), (SIZE, SIZE, 0.01)), screen])
    hidden = rows[rows["id"] == 1][0]
    assert hidden["visible_share"] == pytest.approx(share, abs=0.03)
    whole = expected_box(0.0, 0.0, DISTANCE)
    assert hidden["visible_px"] == pytest.approx(share * (whole[2] - whole[0]) ** 2, rel=0.05)
    assert corners(hidden, AMODAL) == pytest.approx(whole, abs=0.51), "as if nothing stood in front"
    assert float(hidden["x0"]) == pytest.approx(whole[0] + (1 - share) * (whole[2] - whole[0]), abs=1.0)
    assert rows[rows["id"] == 2]["visible_share"][0] == 1.0
    assert hidden["visible_px"] == count_ids(instance, np.array([1, 2], np.int32))[0]


def test_a_fully_hidden_object_keeps_its_amodal_box_and_nothing_else() -> None:
    rows, _ = look([((0.0, 0.0, DISTANCE), (SIZE, SIZE, 0.5)), ((0.0, 0.0, 5.0), (4.0, 4.0, 0.1))])
    hidden = rows[rows["id"] == 1][0]
    assert corners(hidden) == [0.0] * 4 and hidden["visible_px"] == 0 and hidden["visible_share"] == 0.0
    assert corners(hidden, AMODAL) == pytest.approx(expected_box(0.0, 0.0, DISTANCE - 0.25), abs=0.05)


@pytest.mark.parametrize("outside", [0.25, 0.5, 0.75])
def test_truncation_is_the_part_outside_the_image(outside: float) -> None:
    edge = DISTANCE * WIDTH / 2 / FOCAL
    (row,), _ = look([((edge + SIZE * (outside - 0.5), 0.0, DISTANCE + 0.005), (SIZE, SIZE, 0.01))])
    assert row["truncation"] == pytest.approx(outside, abs=0.02)
    assert float(row["ax1"]) > WIDTH and float(row["x1"]) == WIDTH
    assert row["visible_share"] == 1.0, "of what lies inside the image, all is seen"


@pytest.mark.parametrize("place", [(0.0, 0.0, -10.0), (50.0, 0.0, 10.0)])
def test_what_the_image_cannot_hold_has_no_row(place: tuple[float, float, float]) -> None:
    rows, _ = look([(place, (SIZE, SIZE, SIZE))])
    assert len(rows) == 0


def test_boxes_in_space_stand_in_the_sensors_frame() -> None:
    _, actors = build([((1.0, 2.0, 3.0), (4.0, 2.0, 1.0)), ((-5.0, 0.0, 1.0), (1.0, 1.0, 1.0))])
    moving = Labelled(actors.ids, actors.classes, actors.sizes, actors.position_w, actors.orientation_w,
                      np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))  # fmt: skip
    quarter = np.array([0.0, 0.0, np.sqrt(0.5), np.sqrt(0.5)])  # the sensor looks along the world's y axis
    rows = boxes_3d(moving, (np.array([1.0, 1.0, 1.0]), quarter), np.array([7, 0]), None)
    np.testing.assert_allclose(rows["position"], [[1.0, 0.0, 2.0], [-1.0, 6.0, 0.0]], atol=1e-12)
    np.testing.assert_allclose(rows["velocity"][0], [0.0, -1.0, 0.0], atol=1e-7)
    np.testing.assert_allclose(np.abs(rows["orientation"] @ [0.0, 0.0, -np.sqrt(0.5), np.sqrt(0.5)]), 1.0)
    assert rows["points"].tolist() == [7, 0] and rows["visible_share"].tolist() == [-1.0, -1.0]
