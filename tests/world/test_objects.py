"""Graspable objects and the look of the arm."""

import numpy as np
import pybullet_data
import pytest
from cornercase.renderers.transforms import rotate
from cornercase.sim.world.assets.asset import Box, Sphere
from cornercase.sim.world.assets.objects import OBJECTS, build_object
from cornercase.sim.world.assets.panda import GRIPPER_LINKS, LINKS, build_panda
from cornercase.sim.world.classes import SemanticClass as C

YCB_MASS_KG = {
    "cracker_box": 0.411, "sugar_box": 0.514, "soup_can": 0.349, "mug": 0.118, "banana": 0.066, "foam_block": 0.028,
    "bottle": 0.603, "tuna_can": 0.171, "meat_can": 0.370, "apple": 0.068, "drill": 0.895, "hammer": 0.665,
    "screwdriver": 0.097, "marker": 0.0158,
}  # fmt: skip
TOOLS = {"hammer"}
"""Held by a part narrower than their box."""


@pytest.mark.parametrize("kind", OBJECTS)
def test_objects_have_their_size_mass_and_a_side_to_grasp(kind: str) -> None:
    asset = build_object(kind, rng=np.random.default_rng(0))
    vertices = np.concatenate([part.mesh.vertices for part in asset.parts])
    low, high = vertices.min(0), vertices.max(0)
    np.testing.assert_allclose(high - low, asset.size, atol=1.5e-3)
    np.testing.assert_allclose((high + low) / 2, 0.0, atol=1.5e-3)
    assert asset.mass_kg == YCB_MASS_KG.get(kind, OBJECTS[kind].mass_kg)
    assert OBJECTS[kind].grasp_m <= 0.075
    assert kind in TOOLS or asset.size[0] == pytest.approx(OBJECTS[kind].grasp_m)
    assert asset.semantic == C.OBJECT
    assert 0.2 <= asset.friction <= 0.8
    density = asset.mass_kg / np.prod(asset.size)
    assert 50.0 < density < (5000.0 if "steel" in kind else 2000.0)


@pytest.mark.parametrize("kind", OBJECTS)
def test_collision_fills_the_box_and_stands_on_its_bottom(kind: str) -> None:
    asset = build_object(kind, rng=np.random.default_rng(0))
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for shape in asset.collision:
        if isinstance(shape, Box):
            half = np.asarray(shape.half_extents)
        elif isinstance(shape, Sphere):
            half = np.full(3, shape.radius)
        else:
            axis = np.abs(rotate(shape.orientation, [0.0, 0.0, 1.0]))
            half = shape.radius * np.sqrt(np.clip(1.0 - axis**2, 0.0, 1.0)) + shape.height / 2 * axis
        low, high = (
            np.minimum(low, np.asarray(shape.position) - half),
            np.maximum(high, np.asarray(shape.position) + half),
        )
    assert low[2] == pytest.approx(-asset.size[2] / 2, abs=1e-4)
    np.testing.assert_allclose(high - low, asset.size, atol=0.008)


def test_prints_vary_but_repeat() -> None:
    looks = [build_object("cracker_box", rng=np.random.default_rng(seed)).parts[0].mesh.materials for seed in range(8)]
    assert len(set(looks)) > 2
    assert looks[3] == build_object("cracker_box", rng=np.random.default_rng(3)).parts[0].mesh.materials


def test_an_unknown_object_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(ValueError, match="did you mean 'soup_can'"):
        build_object("soup_cam", rng=np.random.default_rng(0))


def test_the_arm_has_all_links_within_budget() -> None:
    meshes = build_panda(pybullet_data.getDataPath())
    assert set(meshes) == set(LINKS)
    assert sum(len(mesh.faces) for mesh in meshes.values()) < 60_000
    for name, mesh in meshes.items():
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-3)
        assert {m.semantic for m in mesh.materials} == {C.GRIPPER if name in GRIPPER_LINKS else C.ROBOT}
        a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(float) for k in range(3))
        facet = np.cross(b - a, c - a)
        corner = mesh.normals[mesh.faces].mean(1)
        agree = np.einsum("ij,ij->i", facet, corner) > 0
        assert np.average(agree, weights=np.linalg.norm(facet, axis=1)) > 0.97
    left, right = meshes["panda_leftfinger"].vertices, meshes["panda_rightfinger"].vertices
    np.testing.assert_allclose(left * [-1, -1, 1], right)


def test_the_arm_says_where_it_looked(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="franka_panda"):
        build_panda(tmp_path)
