"""People: whole when standing, gapless when bent, in budget, varied and repeatable."""

import functools

import numpy as np
import pytest
from cornercase.renderers.transforms import from_rpy
from cornercase.sim.physics.specs import SEGMENTS, body_plan
from cornercase.sim.world.assets.meshes import MeshBuilder
from cornercase.sim.world.assets.people import add_posed, build_person
from cornercase.sim.world.classes import SemanticClass

SEEDS = tuple(range(6))
CASES = [(child, seed) for child in (False, True) for seed in SEEDS]


def plan_of(child):
    return body_plan(1.154, 21.0, child=True) if child else body_plan(1.80, 75.0)


@functools.cache
def person(child, seed):
    return made_anew(child, seed)


def made_anew(child, seed):
    return build_person(plan_of(child), rng=np.random.default_rng(seed), child=child)


def standing(asset):
    return {p.name: p.mesh.vertices + np.array(p.position) for p in asset.parts}


@pytest.mark.parametrize(("child", "seed"), CASES)
def test_a_standing_person_is_whole_and_fills_the_box(child, seed):
    asset, stature = person(child, seed), 1.154 if child else 1.80
    assert tuple(p.name for p in asset.parts) == SEGMENTS
    parts = standing(asset)
    points = np.concatenate(list(parts.values()))
    assert points[:, 2].min() == pytest.approx(-stature / 2, abs=0.005)
    assert points[:, 2].max() == pytest.approx(stature / 2, abs=0.03)
    assert asset.size[2] == pytest.approx(stature)
    assert (np.abs(points).max(axis=0) <= np.array(asset.size) / 2 + [1e-6, 1e-6, 0.03]).all()
    assert asset.semantic == (SemanticClass.CHILD if child else SemanticClass.PERSON)
    assert asset.mass_kg == pytest.approx(sum(s.mass_kg for s in plan_of(child)))
    assert 0.24 < asset.size[1] / stature < 0.34, "shoulder breadth with arms"


@pytest.mark.parametrize(("child", "seed"), CASES)
def test_neighbouring_segments_overlap_about_their_joint(child, seed):
    asset = person(child, seed)
    parts = standing(asset)
    at = {p.name: np.array(p.position) for p in asset.parts}
    for s in plan_of(child):
        if s.parent:
            mine, other = parts[s.name], parts[s.parent]
            for mesh in (mine, other):
                assert (mesh.min(axis=0) <= at[s.name] + 0.02 * asset.size[2]).all()
                assert (mesh.max(axis=0) >= at[s.name] - 0.02 * asset.size[2]).all()


@pytest.mark.parametrize(("child", "seed"), CASES)
def test_meshes_are_clean_and_within_budget(child, seed):
    asset = person(child, seed)
    assert 2_000 < sum(len(p.mesh.faces) for p in asset.parts) <= 7_000
    for part in asset.parts:
        mesh = part.mesh
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3)
        a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(float) for k in range(3))
        smallest = np.linalg.norm(np.cross(b - a, c - a), axis=1).min()
        assert smallest > 1e-10
        assert all(0.05 <= m.nir_reflectance <= 0.8 for m in mesh.materials)


def test_the_body_is_symmetric_left_to_right():
    parts = standing(person(False, 3))
    for name in ("upper_arm", "forearm", "thigh", "shank", "foot"):
        left, right = parts[f"{name}_l"], parts[f"{name}_r"] * np.array([1, -1, 1])
        assert np.allclose(left.min(axis=0), right.min(axis=0), atol=1e-5)
        assert np.allclose(left.max(axis=0), right.max(axis=0), atol=1e-5)


def test_equal_seeds_give_equal_bytes_and_other_seeds_other_people():
    def signature(asset):
        return tuple((p.mesh.vertices.tobytes(), p.mesh.normals.tobytes(), p.mesh.materials) for p in asset.parts)

    for child in (False, True):
        assert signature(person(child, 5)) == signature(made_anew(child, 5))
        assert len({signature(person(child, s)) for s in SEEDS}) == len(SEEDS)


def test_noses_and_toes_point_forward():
    parts = standing(person(False, 0))
    assert parts["foot_l"][:, 0].max() > 2 * -parts["foot_l"][:, 0].min()


def test_a_posed_person_keeps_segment_lengths():
    plan = plan_of(False)
    asset = person(False, 1)
    straight, bent = MeshBuilder(), MeshBuilder()
    add_posed(straight, asset, plan, (0, 0, 0), {})
    kick = from_rpy(0, -np.pi / 2, 0)
    add_posed(bent, asset, plan, (0, 0, 0), {"thigh_l": kick})
    leg = sum(s.length_m for s in plan if s.name in ("thigh_l", "shank_l"))
    assert bent.build().vertices[:, 0].max() == pytest.approx(leg + plan_of(False)[0].joint[2] - leg, abs=0.01)
    assert straight.build().vertices[:, 2].min() == pytest.approx(-plan[0].joint[2], abs=0.005)
