"""The mesh toolkit: closed primitives have the volume geometry says, normals obey creases."""

import numpy as np
import pytest
from cornercase.renderers.scene import Material
from cornercase.sim.world.assets.meshes import (
    MeshBuilder,
    Shape,
    box,
    capsule,
    crease_normals,
    cylinder,
    disc,
    ellipsoid,
    extrude,
    frustum,
    grid,
    in_plane,
    loft,
    merge,
    polygon,
    revolve,
    ribbon,
    rounded_box,
    rounded_rectangle,
    sphere,
    superellipse,
    tube,
)
from hypothesis import given, settings
from hypothesis import strategies as st

L_SHAPE = [(0, 0), (3, 0), (3, 1), (1, 1), (1, 2), (0, 2)]


def regular(sides: int) -> float:
    """Area of a regular polygon inscribed in the unit circle."""
    return sides / 2 * np.sin(2 * np.pi / sides)


def open_edges(shape: Shape) -> int:
    """Edges, by position, that are not met once in each direction."""
    _, weld = np.unique(np.round(shape.vertices, 7), axis=0, return_inverse=True)
    faces = weld.reshape(-1)[shape.faces]
    faces = faces[(faces != np.roll(faces, 1, axis=1)).all(axis=1)]
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    there = {tuple(e) for e in edges.tolist()}
    assert len(there) == len(edges), "an edge is used twice in one direction"
    return sum((b, a) not in there for a, b in there)


EXACT = {
    "box": (box((1, 2, 3), (4, 5, 6)), 6.0),
    "cylinder": (cylinder(0.5, 2, sides=16, axis="y"), regular(16) * 0.25 * 2),
    "frustum": (frustum(2, 1, 3, sides=12), regular(12) * 3 / 3 * (4 + 2 + 1)),
    "extrude": (extrude(L_SHAPE, 0.5, axis="x", at=2.0), 2.0),
    "extrude down": (extrude(L_SHAPE[::-1], -0.5), 2.0),
    "ring": (revolve([(1, 0), (2, 0), (2, 1), (1, 1)], sides=40, closed=True), regular(40) * 3),
    "loft": (
        loft([in_plane(rounded_rectangle(2, 2, 1e-9, 1), "z", z) for z in (3.0, 1.0, 0.0)]),
        12.0,
    ),
    "straight tube": (tube([(0, 0, 0), (0, 0, 1), (0, 0, 4)], 0.5, sides=10), regular(10) * 0.25 * 4),
}


@pytest.mark.parametrize("name", EXACT)
def test_closed_shapes_have_their_exact_volume_and_no_holes(name):
    shape, volume = EXACT[name]
    assert shape.volume() == pytest.approx(volume, rel=1e-6)
    assert open_edges(shape) == 0


@pytest.mark.parametrize(
    ("make", "volume"),
    [
        (lambda n: sphere(0.7, (1, 2, 3), sides=n, rings=n), 4 / 3 * np.pi * 0.7**3),
        (lambda n: ellipsoid((1, 2, 3), sides=n, rings=n), 4 / 3 * np.pi * 6),
        (lambda n: capsule((0, 0, 0), (1, 2, 2), 0.5, sides=n, rings=n), np.pi * 0.25 * 3 + 4 / 3 * np.pi * 0.125),
        (
            lambda n: tube(np.stack([np.cos(t := np.linspace(0, 1, n)), np.sin(t), 0 * t], 1), 0.1, sides=n),
            np.pi * 0.01,
        ),
    ],
)
def test_round_shapes_converge_to_their_volume_from_below(make, volume):
    errors = [1 - make(n).volume() / volume for n in (8, 16, 32)]
    assert all(e > 0 for e in errors)
    assert errors[1] < errors[0] / 3 and errors[2] < errors[1] / 3
    assert open_edges(make(12)) == 0


def test_rounded_box_lies_between_its_core_and_its_box():
    shape = rounded_box((1, 2, 3), 0.2, (1, 1, 1), segments=6)
    assert open_edges(shape) == 0
    # Steiner's formula for a box rounded by r
    a, b, c, r = 0.6, 1.6, 2.6, 0.2
    steiner = a * b * c + 2 * r * (a * b + b * c + a * c) + np.pi * r * r * (a + b + c) + 4 / 3 * np.pi * r**3
    assert shape.volume() == pytest.approx(steiner, rel=5e-3)
    assert np.allclose(np.ptp(shape.vertices, axis=0), (1, 2, 3))


def test_a_polygon_may_be_concave_and_given_either_way_round():
    for outline in (L_SHAPE, L_SHAPE[::-1]):
        shape = polygon(outline)
        a, b, c = (shape.vertices[shape.faces[:, k]] for k in range(3))
        areas = np.cross(b - a, c - a)[:, 2] / 2
        assert (areas > 0).all() and areas.sum() == pytest.approx(4.0)


@settings(deadline=None, max_examples=40)
@given(
    st.tuples(*[st.floats(-3, 3)] * 3),
    st.tuples(*[st.sampled_from([-2.0, -1.0, 0.5, 1.5])] * 3),
    st.sampled_from("xyz"),
    st.floats(-7, 7),
)
def test_transforms_scale_volume_and_never_turn_a_shape_inside_out(shift, factors, axis, angle):
    shape = extrude(L_SHAPE, 1.0)
    moved = shape.rotated(axis, angle).scaled(*factors).moved(*shift).mirrored(axis)
    assert moved.volume() == pytest.approx(4.0 * abs(np.prod(factors)), rel=1e-6)
    matrix = np.diag(factors)
    assert shape.transformed(matrix, shift).volume() == pytest.approx(4.0 * abs(np.prod(factors)), rel=1e-6)
    assert shape.flipped().volume() == pytest.approx(-4.0)


def test_flat_pieces_face_the_promised_side():
    for shape in (
        disc(1.0),
        disc(1.0, inner=0.5),
        ribbon([(0, 1, 0), (5, 1, 0)], [(0, -1, 0), (5, -1, 0)]),
        polygon(L_SHAPE),
    ):
        assert np.allclose(MeshBuilder().add(shape, Material()).build().normals, (0, 0, 1))


def test_normals_are_sharp_on_a_box_and_radial_on_a_ball():
    vertices, normals, faces = crease_normals(box((2, 2, 2)))
    assert len(vertices) == 24
    assert np.allclose(np.abs(normals).max(axis=1), 1)
    vertices, normals, faces = crease_normals(sphere(2.0, sides=24, rings=16))
    assert len(vertices) == 24 * 15 + 2
    assert np.einsum("ij,ij->i", vertices / 2.0, normals).min() > 0.999
    assert len(faces) == len(sphere(2.0, sides=24, rings=16).faces)


@pytest.mark.parametrize(("angle_deg", "split"), [(20.0, False), (34.0, False), (36.0, True), (60.0, True)])
def test_a_fold_is_smooth_below_the_crease_angle_and_sharp_above(angle_deg, split):
    t = np.radians(angle_deg)
    fold = grid(
        [[(-1, 0, 0), (0, 0, 0), (np.cos(t), 0, np.sin(t))], [(-1, 1, 0), (0, 1, 0), (np.cos(t), 1, np.sin(t))]]
    )
    vertices, _, _ = crease_normals(fold, 35.0)
    assert len(vertices) == (8 if split else 6)


def test_the_builder_keeps_materials_apart_and_drops_what_has_no_area():
    red, blue = Material((1, 0, 0)), Material((0, 0, 1))
    flat = Shape(np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0.0]]), np.array([[0, 1, 2]]))
    mesh = (
        MeshBuilder("pair")
        .add(box((1, 1, 1)), red)
        .add(flat, red)
        .add_faces(box((1, 1, 1)), (blue, red), np.array([0, 1, -1] * 4))
        .build()
    )
    assert mesh.materials == (red, blue)
    assert np.bincount(mesh.face_material).tolist() == [16, 4]
    with pytest.raises(ValueError, match="no faces"):
        MeshBuilder("void").add(flat, red).build()


def test_a_finished_mesh_can_be_placed_in_another():
    inner = MeshBuilder().add(box((2, 1, 1)), Material()).build()
    turn = (0.0, 0.0, np.sqrt(0.5), np.sqrt(0.5))
    mesh = MeshBuilder().add_mesh(inner, (10, 0, 0), turn).build()
    assert np.allclose(np.ptp(mesh.vertices, axis=0), (1, 2, 1), atol=1e-6)
    assert np.allclose(mesh.vertices.mean(axis=0), (10, 0, 0), atol=1e-6)
    assert merge([box((1, 1, 1)), box((1, 1, 1), (3, 0, 0))]).volume() == pytest.approx(2.0)
    assert superellipse(2, 1, 4, 8).shape == (8, 2)
