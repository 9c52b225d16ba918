"""Every vehicle kind, several individuals: in its box, on its wheels, lit at the right ends, repeatable."""

import functools

import numpy as np
import pytest
from cornercase.renderers.scene import Lamp
from cornercase.sim.physics.specs import VEHICLES
from cornercase.sim.world.assets.vehicles import build_vehicle
from cornercase.sim.world.classes import VEHICLES as VEHICLE_CLASSES

SEEDS = (0, 1, 2)
CARS = ("hatchback", "sedan", "suv", "van")
MIRROR_M = 0.25
TOLERANCE_M = 0.03
CASES = [(kind, seed) for kind in VEHICLES for seed in SEEDS]


@functools.cache
def vehicle(kind, seed):
    return build_vehicle(kind, rng=np.random.default_rng(seed))


def corners(asset):
    """Vertices of all parts in the asset frame, and of each part by name."""
    by_name = {p.name: p.mesh.vertices + np.array(p.position) for p in asset.parts}
    return np.concatenate(list(by_name.values())), by_name


def face_centres(part):
    return part.mesh.vertices[part.mesh.faces].mean(axis=1) + np.array(part.position)


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_the_body_fills_its_box_and_stays_inside(kind, seed):
    asset = vehicle(kind, seed)
    points, _ = corners(asset)
    half = np.array(asset.size) / 2
    slack = np.array([TOLERANCE_M, (MIRROR_M if VEHICLES[kind].wheels == 4 else 0.0) + TOLERANCE_M, TOLERANCE_M])
    assert (points.max(axis=0) <= half + slack).all()
    assert (points.min(axis=0) >= -half - slack).all()
    assert (points.max(axis=0) >= half - 0.08).all()
    assert (points.min(axis=0) <= -half + 0.08).all()
    assert asset.semantic in VEHICLE_CLASSES


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_meshes_are_clean_and_within_budget(kind, seed):
    budget = {"body": 10_000}
    for part in vehicle(kind, seed).parts:
        mesh = part.mesh
        assert len(mesh.faces) <= budget.get(part.name, 2_000)
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3)
        a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(float) for k in range(3))
        flat = np.cross(b - a, c - a)
        smallest = np.linalg.norm(flat, axis=1).min()
        assert smallest > 1e-10
        shade = mesh.normals[mesh.faces].mean(axis=1)
        assert np.mean(np.einsum("ij,ij->i", flat, shade) > 0) > 0.999
        for m in mesh.materials:
            assert max(m.albedo) <= 0.9 and m.nir_reflectance >= 0.03


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_wheels_stand_on_the_ground_where_the_physics_has_them(kind, seed):
    spec, asset = VEHICLES[kind], vehicle(kind, seed)
    wheels = {p.name: p for p in asset.parts if p.name.startswith("wheel")}
    names = {"wheel_fl", "wheel_fr", "wheel_rl", "wheel_rr"} if spec.wheels == 4 else {"wheel_f", "wheel_r"}
    assert set(wheels) == names
    rear = -spec.size[0] / 2 + spec.rear_overhang_m
    for name, part in wheels.items():
        code = name.removeprefix("wheel_")
        x = rear + (spec.wheelbase_m if code[0] == "f" else 0.0)
        y = {"": 0.0, "l": 1.0, "r": -1.0}[code[1:]] * spec.track_m / 2
        assert np.allclose(part.position[:2], (x, y))
        low = part.mesh.vertices[:, 2].min() + part.position[2]
        assert low == pytest.approx(-asset.size[2] / 2, abs=0.01)
        radius = np.hypot(part.mesh.vertices[:, 0], part.mesh.vertices[:, 2]).max()
        assert radius == pytest.approx(spec.wheel_radius_m, rel=0.01)


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_lamps_are_at_the_right_ends_and_sides(kind, seed):
    asset = vehicle(kind, seed)
    body = asset.parts[0]
    lamps = np.array([m.lamp for m in body.mesh.materials])[body.mesh.face_material]
    at = face_centres(body)
    for lamp, test in (
        (Lamp.BRAKE, at[:, 0] < 0),
        (Lamp.TAIL, at[:, 0] < 0),
        (Lamp.HEAD, at[:, 0] > 0),
        *(((Lamp.INDICATOR_LEFT, at[:, 1] > 0), (Lamp.INDICATOR_RIGHT, at[:, 1] < 0)) if kind != "bicycle" else ()),
    ):
        assert (lamps == lamp).any(), lamp
        assert test[lamps == lamp].all(), lamp
    emission = {m.lamp: max(m.emission) for m in body.mesh.materials if m.lamp}
    assert emission[Lamp.TAIL] < emission[Lamp.BRAKE] < emission[Lamp.HEAD]
    if VEHICLES[kind].wheels == 4:
        high = at[lamps == Lamp.BRAKE]
        assert high[:, 2].max() > 0.2 * asset.size[2], "third brake lamp"


@pytest.mark.parametrize("kind", [*CARS, "bus", "box_truck"])
def test_panes_and_paint_face_outwards(kind):
    body = vehicle(kind, 0).parts[0]
    v = body.mesh.vertices[body.mesh.faces].astype(float)
    normal = np.cross(v[:, 1] - v[:, 0], v[:, 2] - v[:, 0])
    area = np.linalg.norm(normal, axis=1)
    centre = v.mean(axis=1) + np.array(body.position)
    glossy = np.array([m.roughness < 0.2 for m in body.mesh.materials])[body.mesh.face_material]
    # away from the middle of the vehicle, towards the side a face is nearest to
    share = centre / (np.array(vehicle(kind, 0).size) / 2)
    axis = np.abs(share).argmax(axis=1)
    rows = np.arange(len(axis))
    outward = normal[rows, axis] * np.sign(share[rows, axis]) / area
    clear = glossy & (np.abs(outward) > 0.5) & (np.abs(share[rows, axis]) > 0.8)
    least = 0.8 if kind == "box_truck" else 0.9  # boxes have backs, and the shield on a cab's roof has a wide one
    assert np.sum(area[clear & (outward > 0)]) > least * np.sum(area[clear])


@pytest.mark.parametrize("kind", VEHICLES)
def test_plates_or_reflectors_send_lidar_light_back(kind):
    assert max(m.retro for m in vehicle(kind, 0).parts[0].mesh.materials) >= 50


@pytest.mark.parametrize("kind", [*CARS, "bus", "box_truck"])
def test_cabins_are_seen_through_glass(kind):
    body = vehicle(kind, 0).parts[0]
    clear = np.array([m.transparency for m in body.mesh.materials])[body.mesh.face_material]
    at = face_centres(body)[clear > 0.1]
    assert (clear > 0.5).any()
    lowest = -0.45 if kind == "bus" else -0.06  # a bus has glazed doors
    assert at[:, 2].min() > lowest * VEHICLES[kind].size[2] and len(at) > 40


@pytest.mark.parametrize(("kind", "seed"), [(k, s) for k in CARS for s in SEEDS])
def test_cars_are_narrower_at_the_roof_than_at_the_doors(kind, seed):
    asset = vehicle(kind, seed)
    points = asset.parts[0].mesh.vertices + np.array(asset.parts[0].position)
    height, middle = asset.size[2], np.abs(points[:, 0]) < 0.1 * asset.size[0]
    roof = np.abs(points[middle & (points[:, 2] > 0.40 * height), 1]).max()
    doors = np.abs(points[middle & (np.abs(points[:, 2] + 0.15 * height) < 0.15 * height), 1]).max()
    assert 0.55 * doors < roof < 0.90 * doors


def test_a_sedan_has_a_boot_and_a_hatchback_has_not():
    def height_at(kind, share):
        asset = vehicle(kind, 0)
        p = asset.parts[0].mesh.vertices + np.array(asset.parts[0].position)
        near = np.abs(p[:, 0] - (-0.5 + share) * asset.size[0]) < 0.03 * asset.size[0]
        return p[near, 2].max() / asset.size[2] + 0.5

    assert height_at("sedan", 0.09) < 0.75
    assert height_at("hatchback", 0.12) > 0.85
    for kind in ("hatchback", "sedan", "suv"):
        assert height_at(kind, 0.88) < 0.72, "bonnet"


@pytest.mark.parametrize("kind", VEHICLES)
def test_equal_seeds_give_equal_bytes_and_other_seeds_other_vehicles(kind):
    again = build_vehicle(kind, rng=np.random.default_rng(1))
    for a, b in zip(vehicle(kind, 1).parts, again.parts, strict=True):
        assert a.mesh.vertices.tobytes() == b.mesh.vertices.tobytes()
        assert a.mesh.normals.tobytes() == b.mesh.normals.tobytes()
        assert a.mesh.materials == b.mesh.materials and a.position == b.position
        assert (a.mesh.face_material == b.mesh.face_material).all()
    looks = {
        (vehicle(kind, s).parts[0].mesh.vertices.tobytes(), vehicle(kind, s).parts[0].mesh.materials) for s in SEEDS
    }
    assert len(looks) == len(SEEDS)


def test_size_and_colour_can_be_chosen():
    asset = build_vehicle("hatchback", rng=np.random.default_rng(0), size=(4.0, 1.7, 1.45), colour=(0.1, 0.5, 0.2))
    points, _ = corners(asset)
    assert asset.size == (4.0, 1.7, 1.45)
    assert np.ptp(points[:, 0]) == pytest.approx(4.0, abs=0.06)
    assert points[:, 2].min() == pytest.approx(-0.725, abs=0.01)
    assert any(m.albedo == (0.1, 0.5, 0.2) for m in asset.parts[0].mesh.materials)


def test_an_unknown_kind_is_named_with_the_nearest_one():
    with pytest.raises(ValueError, match="hatchbak.*did you mean 'hatchback'"):
        build_vehicle("hatchbak", rng=np.random.default_rng(0))


@pytest.mark.parametrize("size", [None, (4.6, 1.9, 1.6)])
@pytest.mark.parametrize("kind", CARS)
def test_the_wheels_of_a_side_share_one_mesh(kind, size):
    asset = build_vehicle(kind, rng=np.random.default_rng(0), size=size)
    looks = {p.name: p.look for p in asset.parts}
    assert looks["wheel_fl"] is looks["wheel_rl"] and looks["wheel_fr"] is looks["wheel_rr"]
    left, right = (looks[name].mesh.vertices for name in ("wheel_fl", "wheel_fr"))
    assert len(set(map(id, looks.values()))) == len(looks) - 2 and np.array_equal(left, right * (1.0, -1.0, 1.0))
