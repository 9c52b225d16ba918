"""Animals: bodies of the right size and mass, skins that are closed, hooves that hold, impacts that keep momentum."""

import functools

import numpy as np
import pytest
import trimesh
from cornercase.renderers.scene import Environment
from cornercase.renderers.transforms import rotate
from cornercase.sim.physics.animal import Animal
from cornercase.sim.physics.client import TICK_S, Client
from cornercase.sim.physics.ground import Ground, RectPatch
from cornercase.sim.physics.quadruped import LEGS, PARENTS, SEGMENTS, SPECIES, animal_plan
from cornercase.sim.physics.quadruped_gait import pattern_of, stride_m
from cornercase.sim.physics.specs import VEHICLES
from cornercase.sim.world.animal_actor import add_animal
from cornercase.sim.world.assets.animal_shapes import skin_of
from cornercase.sim.world.assets.animals import build_animal
from cornercase.sim.world.assets.cutting import cut
from cornercase.sim.world.assets.sculpt import Bone, sculpt
from cornercase.sim.world.assets.vehicles import build_vehicle
from cornercase.sim.world.classes import SemanticClass
from cornercase.sim.world.stages.stage import Stage
from cornercase.sim.world.vehicle_actor import VehicleActor
from cornercase.sim.world.world import World

FACTS_KG = {"moose": (200, 550), "red_deer": (60, 100), "wild_boar": (50, 150), "dog": (20, 40)}
RUNS = [("red_deer", 13.0), ("moose", 9.0), ("wild_boar", 4.0), ("dog", 1.3), ("roe_deer", 7.0)]


def middling(kind):
    low, high = SPECIES[kind].mass_kg
    return animal_plan(kind, rng=np.random.default_rng(0), mass_kg=(low * high) ** 0.5)


@functools.cache
def animal(kind, seed):
    rng = np.random.default_rng(seed)
    plan = animal_plan(kind, rng=rng)
    return plan, build_animal(plan, rng=rng)


@pytest.mark.parametrize("kind", SPECIES)
def test_masses_are_those_of_the_facts_and_flesh_is_as_dense_as_water(kind):
    drawn = [animal_plan(kind, rng=np.random.default_rng(seed)) for seed in range(40)]
    low, high = FACTS_KG.get(kind, SPECIES[kind].mass_kg)
    masses = [plan.mass_kg for plan in drawn]
    assert low <= min(masses) < low + 0.2 * (high - low) and high - 0.25 * (high - low) < max(masses) <= high
    for plan in drawn[:3]:
        assert sum(limb.mass_kg for limb in plan.limbs) == pytest.approx(plan.mass_kg)
        litres = 1e3 * plan.withers_m**3 * sum(skin_of(kind, name).volume() for name in SEGMENTS)
        assert 0.42 < plan.mass_kg / litres < 1.2  # legs and neck reach far into the trunk


def test_a_moose_fills_the_box_of_the_open_scenario_catalogues():
    plan = middling("moose")
    asset = build_animal(plan, rng=np.random.default_rng(0))
    assert plan.half_length_m * 2 == pytest.approx(2.82, rel=0.08)
    assert plan.withers_m == pytest.approx(1.9, rel=0.06)
    assert asset.size[1] < 1.6 and asset.semantic == SemanticClass.ANIMAL


@pytest.mark.parametrize("kind", SPECIES)
def test_skins_are_closed_and_face_outwards(kind):
    for name in SEGMENTS:
        skin = skin_of(kind, name)
        mesh = trimesh.Trimesh(skin.vertices, skin.faces, process=False)
        assert mesh.is_watertight and mesh.is_winding_consistent and mesh.volume > 0, name
        assert np.allclose(mesh.bounds[:, 1].sum(), 0.0, atol=0.005), "left and right alike"


@pytest.mark.parametrize(("kind", "seed"), [(k, s) for k in SPECIES for s in (0, 1)])
def test_the_standing_animal_is_in_its_box_with_sound_meshes(kind, seed):
    plan, asset = animal(kind, seed)
    assert tuple(part.name for part in asset.parts) == SEGMENTS and asset.mass_kg == plan.mass_kg
    points = np.concatenate([part.mesh.vertices + np.array(part.position) for part in asset.parts])
    half = np.array(asset.size) / 2
    assert (np.abs(points) <= half + 1e-3)[:, :2].all()
    assert points[:, 2].max() == pytest.approx(half[2], abs=1e-3)
    assert points[:, 2].min() == pytest.approx(-half[2], abs=0.012 * plan.withers_m)
    assert sum(len(part.mesh.faces) for part in asset.parts) < 40_000
    for part in asset.parts:
        mesh = part.mesh
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-3)
        a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(float) for k in range(3))
        flat, shade = np.cross(b - a, c - a), mesh.normals[mesh.faces].mean(axis=1)
        assert np.mean(np.einsum("ij,ij->i", flat, shade) > 0) > 0.995


def test_looks_repeat_and_vary():
    for kind in SPECIES:
        rng = np.random.default_rng(0)
        first, again = animal(kind, 0)[1], build_animal(animal_plan(kind, rng=rng), rng=rng)
        for a, b in zip(first.parts, again.parts, strict=True):
            assert a.mesh.vertices.tobytes() == b.mesh.vertices.tobytes() and a.mesh.materials == b.mesh.materials
    horns = {animal("moose", seed)[1].size[1] > 0.4 * animal("moose", seed)[1].size[2] for seed in range(6)}
    coats = {animal("dog", seed)[1].parts[0].mesh.materials[0].albedo for seed in range(6)}
    assert len(coats) >= 4 and len(horns) == 2


def test_a_sculpted_ball_is_a_ball_and_cutting_it_keeps_every_bit():
    ball = sculpt([Bone((0, 0, 0), (0, 0, 0), 0.5, 0.5)], cell_m=0.04, blend_m=0.05)
    assert np.allclose(np.linalg.norm(ball.vertices, axis=1), 0.5, atol=1e-3)
    halves = cut(ball.vertices, ball.faces, ball.vertices[:, 2] - 0.2)

    def area(faces):
        a, b, c = (halves.corners[faces[:, k]] for k in range(3))
        return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)

    whole = trimesh.Trimesh(ball.vertices, ball.faces, process=False)
    assert area(halves.faces) == pytest.approx(whole.area, rel=1e-9)
    assert area(halves.faces[halves.above]) == pytest.approx(2 * np.pi * 0.5 * 0.3, rel=0.01)  # Archimedes
    assert (halves.corners[halves.faces[halves.above]][..., 2] >= 0.2 - 1e-9).all()
    assert trimesh.Trimesh(halves.corners, halves.faces, process=True).is_watertight


def tips(body):
    """Where the drawn hooves are."""
    position, orientation = body.segment_poses()
    cannons = [5 + 3 * k for k in range(len(LEGS))]
    return np.array([position[i] + rotate(orientation[i], body.plan.limbs[i].end) for i in cannons])


@pytest.mark.parametrize(("kind", "speed"), RUNS)
def test_hooves_hold_while_down_and_never_go_through_the_ground(kind, speed):
    with Client() as client:
        body = Animal(client, middling(kind), (0, 0, 0), 0.3, speed_mps=speed, height_m=1.5)
        h, moves, up = body.plan.withers_m, [], 0
        body.start()
        before, slide = None, np.zeros(4)
        for tick in range(int((speed / 5 + 0.9 + speed / 6) / TICK_S)):
            if tick == int((speed / 5 + 0.5) / TICK_S):
                body.stop()
            body.advance()
            client.stepSimulation()
            now, (hooves, down) = tips(body), body.hooves_w
            assert now[:, 2].min() > -1e-6
            if before is not None:
                held = down & before[2]
                assert np.abs((hooves - before[1])[held]).max(initial=0.0) < 1e-9  # planned footholds do not move
                slide = np.where(held, slide + np.linalg.norm(now - before[0], axis=1), 0.0)
                moves.append(float(slide.max()))
            before = (now, hooves, down)
            up += int((~down).sum())
        assert max(moves) < 0.06 * h  # the drawn leg, where it barely reaches
        assert body.speed_mps == 0.0 and up > 0


@pytest.mark.parametrize(("kind", "speed"), RUNS)
def test_limbs_hang_together_and_strides_follow_the_law(kind, speed):
    with Client() as client:
        body = Animal(client, middling(kind), (0, 0, 0), 0.0, speed_mps=speed, accel_mps2=8.0, height_m=1.5)
        body.start()
        landings, was = [], body.hooves_w[1]
        for _ in range(int((speed / 8 + 2.5) / TICK_S)):
            body.advance()
            client.stepSimulation()
            down = body.hooves_w[1]
            if down[2] and not was[2] and body.accel_mps2 == 0.0:
                landings.append(body.travelled_m)
            was = down
        position, orientation = body.segment_poses()
        for i, limb in enumerate(body.plan.limbs[1:], start=1):
            if not limb.name.startswith("upper_f"):  # shoulders glide
                joint = position[PARENTS[i]] + rotate(orientation[PARENTS[i]], limb.joint)
                assert np.linalg.norm(joint - position[i]) < 1e-6, limb.name
        strides = np.diff(landings)[1:]
        assert strides == pytest.approx(stride_m(speed, body.gait.hip_m), rel=0.05) and len(strides) >= 2
        assert body.gait.pattern is pattern_of(speed, body.gait.hip_m)
        # Alexander and Jayes: equal Froude numbers give equal relative strides
        assert stride_m(2 * speed, 4 * body.gait.hip_m) == pytest.approx(4 * stride_m(speed, body.gait.hip_m))


def test_it_starts_stops_stares_and_turns_back_by_the_law():
    with Client() as client:
        body = Animal(client, middling("roe_deer"), (0, 0, 0), 0.0, speed_mps=8.0, accel_mps2=4.0, height_m=1.0)

        def run(seconds):
            for _ in range(round(seconds / TICK_S)):
                body.advance()
                client.stepSimulation()

        run(0.5)
        assert body.travelled_m == 0.0 and body.state().velocity_w == pytest.approx(0.0)
        body.start()
        run(3.0)
        assert body.travelled_m == pytest.approx(8.0**2 / 8.0 + 8.0 * 1.0, abs=1e-6)
        way = body.freeze(stare_at=(30.0, 30.0))
        run(2.0 * way / 8.0 + 0.6)
        assert body.travelled_m == pytest.approx(16.0 + way, abs=1e-6) and body.hooves_w[1].all()
        nose = rotate(body.segment_poses()[1][2], (1.0, 0.0, 0.0))
        assert nose[1] > 0.5  # looks to its left
        here = body.travelled_m
        body.start()
        run(2.5)
        reach = body.travelled_m
        body.turn_back()
        run(5.0)
        assert reach > here + 4.0 and body.travelled_m < reach and body.state().velocity_w[0] == pytest.approx(-8.0)


def test_it_steps_onto_a_kerb():
    kerb = Ground(patches=(RectPatch((10.0, 0.0), 0.0, 5.0, 5.0, height_m=0.15),))
    with Client() as client:
        body = Animal(client, middling("dog"), (0, 0, 0), 0.0, speed_mps=3.0, height_m=1.0, ground=kerb)
        body.start()
        while body.travelled_m < 9.0:
            body.advance()
            client.stepSimulation()
        hooves, down = body.hooves_w
        assert hooves[down, 2] == pytest.approx(0.15)
        assert body.state().position_w[2] == pytest.approx(0.15 + 0.5)


@pytest.mark.parametrize(("kind", "speed"), [("moose", 22.0), ("wild_boar", 14.0), ("dog", 10.0)])
def test_an_impact_keeps_momentum_and_the_car_feels_the_mass(kind, speed):
    stage = Stage("plain", (), Ground(), Environment())
    with World(stage) as world:
        index = world.fleet.add(VEHICLES["sedan"], xy=(0.0, 0.0), yaw=0.0, speed_mps=speed)
        world.fleet_state.update()
        asset = build_vehicle("sedan", rng=np.random.default_rng(0))
        car = VehicleActor("car", asset, world.fleet, world.fleet_state, index)
        world.add(car)
        beast = add_animal(
            world,
            "beast",
            kind,
            xy=(speed * 0.9 + 2.6, -2.2),
            yaw=np.pi / 2,
            rng=np.random.default_rng(1),
            speed_mps=3.0,
        )
        beast.animal.start()
        masses = np.array([car.spec.mass_kg, beast.animal.plan.mass_kg])

        def momentum():
            return masses @ np.array([car.velocity_w, beast.animal.centre_of_mass_velocity()])

        before = momentum()
        while not world.contacts and world.tick < 500:
            before, speed_before = momentum(), car.speed_mps
            world.step()
        contact = world.contacts[0]
        assert {contact.actor_a, contact.actor_b} == {"car", "beast"} and contact.link_b in SEGMENTS
        assert beast.animal.released
        for _ in range(20):
            world.step()
        assert momentum()[:2] == pytest.approx(before[:2], abs=0.05 * np.linalg.norm(before))
        plastic = before[0] / masses.sum()
        assert plastic - 1.0 < car.speed_mps < speed_before - 0.5 * (speed_before - plastic)
        assert beast.animal.centre_of_mass_velocity()[0] > 0.6 * plastic
        for _ in range(480):
            world.step()
        assert 0.0 < beast.position_w[2] < 0.9 * beast.animal.plan.withers_m  # lies on the road, not in it
        position, _ = beast.part_poses()
        assert (np.ptp(position, axis=0) < 2.2 * beast.size[0]).all()


def test_unknown_animals_and_impossible_masses_are_refused():
    with pytest.raises(ValueError, match="did you mean 'moose'"):
        animal_plan("mouse", rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="expected 200 to 550 kg"):
        animal_plan("moose", rng=np.random.default_rng(0), mass_kg=90.0)
    with Client() as client, pytest.raises(ValueError, match="above 0"):
        Animal(client, middling("dog"), (0, 0, 0), 0.0, speed_mps=0.0, height_m=1.0)
