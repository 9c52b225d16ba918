"""Contracts of all scenery: sound meshes, feet on the ground, collision inside what is seen, believable colours."""

from collections.abc import Callable

import numpy as np
import pytest
from cornercase.renderers.transforms import rotate
from cornercase.sim.world.assets import buildings, cell, finishes, motorway, street, vegetation
from cornercase.sim.world.assets.asset import Asset, Box, Cylinder
from cornercase.sim.world.classes import SemanticClass as C

Build = Callable[[np.random.Generator], Asset]

PROPS: dict[str, Build] = {
    "house": lambda rng: buildings.terraced_house(rng=rng, shop=False),
    "shop": lambda rng: buildings.terraced_house(rng=rng, shop=True),
    "city_block": lambda rng: buildings.city_block(rng=rng),
    **{s.name: (lambda rng, s=s: vegetation.tree(s, rng=rng)) for s in vegetation.SPECIES},
    "hedge": lambda rng: vegetation.hedge(rng=rng),
    "bush": lambda rng: vegetation.bush(rng=rng),
    "street_lamp": lambda rng: street.street_lamp(),
    "litter_bin": lambda rng: street.litter_bin(),
    "bench": lambda rng: street.bench(),
    "bollard": lambda rng: street.bollard(),
    "post_box": lambda rng: street.post_box(),
    "cable_cabinet": lambda rng: street.cable_cabinet(),
    "bicycle_stand": lambda rng: street.bicycle_stand(),
    "garden_wall": lambda rng: street.garden_wall(4.0, 2.0, finishes.CONCRETE),
    "tree_grate": lambda rng: street.tree_grate(),
    **{f"sign {kind}": (lambda rng, kind=kind: street.sign(kind)) for kind in street.SIGNS},
    "gantry": lambda rng: motorway.gantry(17.0, rng=rng),
    "delineator": lambda rng: motorway.delineator(),
    "overbridge": lambda rng: motorway.overbridge(),
    "wood_edge": lambda rng: motorway.wood_edge(rng=rng),
    "bin": lambda rng: cell.tote(rng=rng),
    "fence_panel": lambda rng: cell.fence_panel(1.2),
    "light_curtain_post": lambda rng: cell.light_curtain_post(),
    "control_cabinet": lambda rng: cell.control_cabinet(),
    "lamp_tower": lambda rng: cell.lamp_tower(),
    "pallet": lambda rng: cell.pallet_of_cartons(rng=rng),
    "shelf_rack": lambda rng: cell.shelf_rack(rng=rng),
    "drum": lambda rng: cell.drum(),
    "hall_wall": lambda rng: cell.hall_wall(22.0, door=True),
    "roof_beams": lambda rng: cell.roof_beams(20.0, 15.0),
}
CLEAR_BELOW = {"roof_beams"}
SATURATED = (C.TRAFFIC_SIGN, C.FENCE, C.LIGHT_CURTAIN, C.FLOOR, C.BIN, C.STREET_FURNITURE, C.POLE)


@pytest.fixture(params=PROPS, scope="module")
def prop(request: pytest.FixtureRequest) -> tuple[str, Asset]:
    return request.param, PROPS[request.param](np.random.default_rng(5))


def vertices(asset: Asset) -> np.ndarray:
    return np.concatenate([part.mesh.vertices for part in asset.parts]).astype(float)


def test_meshes_are_sound_and_light(prop: tuple[str, Asset]) -> None:
    _, asset = prop
    for part in asset.parts:
        mesh = part.mesh
        assert 0 < len(mesh.faces) < 8000
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-3)
        a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(float) for k in range(3))
        assert (np.linalg.norm(np.cross(b - a, c - a), axis=1) > 0).all()


def test_scenery_stands_on_the_ground_and_tells_its_size(prop: tuple[str, Asset]) -> None:
    name, asset = prop
    v = vertices(asset)
    np.testing.assert_allclose(asset.size, np.ptp(v, axis=0), atol=1e-5)
    if name not in CLEAR_BELOW:
        assert -0.3 < v[:, 2].min() <= 0.13
    assert asset.mass_kg == 0.0


def test_collision_stays_near_what_is_seen(prop: tuple[str, Asset]) -> None:
    _, asset = prop
    v = vertices(asset)
    for shape in asset.collision:
        assert isinstance(shape, Box | Cylinder)
        half = shape.half_extents if isinstance(shape, Box) else (shape.radius, shape.radius, shape.height / 2)
        corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half
        world = np.asarray(shape.position) + rotate(shape.orientation, corners)
        assert (world.min(0) > v.min(0) - 0.35).all() and (world.max(0) < v.max(0) + 0.35).all()


def test_a_prop_repeats_with_its_seed(prop: tuple[str, Asset]) -> None:
    name, asset = prop
    again = PROPS[name](np.random.default_rng(5))
    assert np.array_equal(vertices(asset), vertices(again))


def test_only_signs_and_safety_paint_are_saturated_or_retroreflective(prop: tuple[str, Asset]) -> None:
    _, asset = prop
    for part in asset.parts:
        for material in part.mesh.materials:
            semantic = material.semantic or asset.semantic
            low, high = min(material.albedo), max(material.albedo)
            assert high <= 0.85
            if semantic in (C.BUILDING, C.WALL, C.ROAD, C.PAVEMENT, C.TERRAIN) and not any(material.emission):
                assert high - low < 0.46, material
            if material.retro >= 10.0:
                assert semantic in SATURATED


@pytest.mark.parametrize("kind", street.SIGNS)
def test_signs_show_sheeting_to_the_front_and_a_plain_back(kind: str) -> None:
    mesh = street.sign(kind).parts[0].mesh
    retro = np.array([m.retro for m in mesh.materials])[mesh.face_material] > 0
    facing = mesh.normals[mesh.faces[:, 0], 0]
    assert (facing[retro] > 0.99).all() and retro.sum() >= 2
    assert mesh.vertices[np.unique(mesh.faces[retro])][:, 2].min() > 1.9


def test_an_unknown_sign_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown sign 'stopp'"):
        street.sign("stopp")


def test_streets_are_varied() -> None:
    rng = np.random.default_rng(0)
    houses = [buildings.terraced_house(rng=rng, shop=k % 2 == 0) for k in range(14)]
    heights = np.array([h.size[2] for h in houses])
    assert np.ptp(heights) > 4.0
    assert len({frozenset(h.parts[0].mesh.materials) for h in houses}) > 10


def test_what_a_shop_window_shows_glows_in_the_light_of_the_shop_and_burns_out_nothing() -> None:
    mesh = PROPS["shop"](np.random.default_rng(5)).parts[0].mesh
    glowing = np.array([any(m.emission) for m in mesh.materials])
    lit = [m for m in mesh.materials if any(m.emission)]
    illuminance = np.array([[e * np.pi / rho for e, rho in zip(m.emission, m.albedo, strict=True)] for m in lit])
    assert np.allclose(illuminance, illuminance[0]) and len(lit) > 3  # Lambert: L = rho E / pi, one light for all
    luminance = [float(np.dot(m.emission, (0.2126, 0.7152, 0.0722))) for m in lit]
    assert max(luminance) < 20.0 < 5.0 * max(luminance)
    corners = mesh.vertices[mesh.faces]
    low, high = corners.min(axis=1), corners.max(axis=1)
    behind = (high[:, 0] < -0.6) & (low[:, 0] > -1.5) & (high[:, 2] < 3.0)  # deeper than any reveal or door
    assert behind.sum() > 50 and glowing[mesh.face_material[behind]].all()
