"""What lies on roads: debris, cargo that comes loose, vehicles on their side, trailers, doors that open."""

import numpy as np
import pytest
from cornercase.renderers.scene import Environment
from cornercase.renderers.transforms import rotate
from cornercase.sim.physics.client import GRAVITY_MPS2, TICK_S
from cornercase.sim.physics.ground import Ground
from cornercase.sim.physics.specs import VEHICLES
from cornercase.sim.world.assets.asset import Box, Cylinder
from cornercase.sim.world.assets.car_door import build_door_car
from cornercase.sim.world.assets.debris import DEBRIS, build_debris
from cornercase.sim.world.assets.flatbed import FLATBED, build_flatbed
from cornercase.sim.world.assets.trailer import TRAILERS, build_trailer
from cornercase.sim.world.assets.vehicles import build_vehicle
from cornercase.sim.world.cargo_actor import add_cargo, add_cargo_load, add_flatbed, way_off
from cornercase.sim.world.classes import PALETTE, SemanticClass
from cornercase.sim.world.door_actor import add_door_car
from cornercase.sim.world.lying import add_debris, add_overturned, add_trailer
from cornercase.sim.world.stages.stage import Stage
from cornercase.sim.world.vehicle_actor import VehicleActor
from cornercase.sim.world.world import World


def plain():
    return World(Stage("plain", (), Ground(), Environment()))


def add_vehicle(world, name, kind, xy, yaw, speed):
    asset = build_vehicle(kind, rng=np.random.default_rng(0))
    index = world.fleet.add(VEHICLES[kind], xy=xy, yaw=yaw, speed_mps=speed)
    world.fleet_state.update()
    return world.add(VehicleActor(name, asset, world.fleet, world.fleet_state, index))


def vertices(asset):
    return np.concatenate([p.mesh.vertices + np.array(p.position) for p in asset.parts]).astype(float)


@pytest.mark.parametrize("kind", DEBRIS)
def test_debris_has_its_size_and_mass_and_sound_meshes(kind):
    spec, asset = DEBRIS[kind], build_debris(kind, rng=np.random.default_rng(3))
    points = vertices(asset)
    assert np.allclose(np.ptp(points, axis=0), spec.size, atol=1e-4)
    assert np.allclose(points.max(axis=0) + points.min(axis=0), 0.0, atol=1e-4)
    assert asset.semantic == SemanticClass.DEBRIS and 20.0 < asset.mass_kg / np.prod(asset.size) < 2600.0
    for shape in asset.collision:
        half = shape.half_extents if isinstance(shape, Box) else (shape.radius, shape.radius, shape.height / 2)
        corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half
        world = np.asarray(shape.position) + rotate(shape.orientation, corners)
        assert (np.abs(world) <= np.array(spec.size) / 2 + 1e-6).all()
        assert isinstance(shape, Box | Cylinder)
    mesh = asset.parts[0].mesh
    assert len(mesh.faces) < 6000
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(float) for k in range(3))
    flat, shade = np.cross(b - a, c - a), mesh.normals[mesh.faces].mean(axis=1)
    assert np.mean(np.einsum("ij,ij->i", flat, shade) > 0) > 0.99
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() > 0  # outwards
    again = build_debris(kind, rng=np.random.default_rng(3)).parts[0].mesh
    assert mesh.vertices.tobytes() == again.vertices.tobytes() and mesh.materials == again.materials
    small = build_debris(kind, rng=np.random.default_rng(3), size_m=0.5 * spec.size[0])
    assert small.mass_kg == pytest.approx(spec.mass_kg / 8)
    assert small.size == pytest.approx(np.array(spec.size) / 2)


def test_debris_lies_still_and_is_thrown_by_a_car_with_the_momentum_the_car_loses():
    with plain() as world:
        things = [
            add_debris(world, kind, kind, xy=(0.0, 4.0 * k), yaw=0.7 * k, rng=np.random.default_rng(k))
            for k, kind in enumerate(DEBRIS)
        ]
        crate = add_debris(world, "hit", "crate", xy=(11.0, -6.0), yaw=0.3, rng=np.random.default_rng(0))
        car = add_vehicle(world, "car", "sedan", (0.0, -6.0), 0.0, 20.0)
        masses = np.array([car.spec.mass_kg, crate.asset.mass_kg])
        starts = [thing.position_w.copy() for thing in things]
        before = None
        while not any({c.actor_a, c.actor_b} == {"hit", "car"} for c in world.contacts):
            before = masses @ np.array([car.velocity_w, crate.velocity_w])
            world.step()
            assert world.tick < 400
        for _ in range(6):
            world.step()
        after = masses @ np.array([car.velocity_w, crate.velocity_w])
        assert after[0] == pytest.approx(before[0], rel=0.01)
        assert crate.velocity_w[0] > 0.9 * car.velocity_w[0] and car.velocity_w[0] < 19.9
        for _ in range(240):
            world.step()
        for thing, start in zip(things, starts, strict=True):
            assert np.linalg.norm(thing.position_w - start) < 0.01, thing.name
            assert np.linalg.norm(thing.velocity_w) < 0.02, thing.name


def test_cargo_goes_with_the_truck_and_then_falls_on_a_parabola():
    with plain() as world:
        truck = add_flatbed(world, "truck", xy=(0.0, 0.0), yaw=0.4, rng=np.random.default_rng(0), speed_mps=18.0)
        cargo = add_cargo_load(world, "crates", "crate", truck, rng=np.random.default_rng(1), count=4)
        seats = [rotate(truck.orientation_w * [-1, -1, -1, 1], c.position_w - truck.position_w) for c in cargo]
        for _ in range(180):
            world.step()
        for piece, seat in zip(cargo, seats, strict=True):
            now = rotate(truck.orientation_w * [-1, -1, -1, 1], piece.position_w - truck.position_w)
            assert now == pytest.approx(seat, abs=2e-3)
            assert piece.velocity_w == pytest.approx(truck.velocity_w, abs=0.1)
        falling, way = cargo[0], way_off(cargo[0], truck)
        falling.release(slide_mps=2.0, over_m=way)
        while falling.load.held:
            assert falling.position_w[2] > 1.2  # on the bed
            world.step()
        start, speed = falling.position_w.copy(), falling.velocity_w.copy()
        heading = rotate(truck.orientation_w, (1.0, 0.0, 0.0))
        assert (speed - truck.velocity_w) @ heading == pytest.approx(-2.0, abs=0.1)
        ticks = 0
        while falling.position_w[2] > 0.6:
            world.step()
            ticks += 1
            t = ticks * TICK_S
            drop = np.array([0.0, 0.0, 0.5 * GRAVITY_MPS2 * t * (t + TICK_S)])  # semi-implicit Euler, exact
            assert falling.position_w == pytest.approx(start + speed * t - drop, abs=2e-3)
        assert t == pytest.approx(np.sqrt(2 * (start[2] - 0.6) / GRAVITY_MPS2), abs=0.03)
        assert all(c.load.held for c in cargo[1:])
        for _ in range(240):
            world.step()
        assert 0.2 < falling.position_w[2] < 0.5  # lies on one of its sides
        assert not any({c.actor_a, c.actor_b} == {"truck", falling.name} for c in world.contacts)


def test_cargo_rides_on_any_vehicle_and_bad_slides_are_refused():
    with plain() as world:
        car = add_vehicle(world, "car", "hatchback", (0.0, 0.0), 0.0, 10.0)
        roof = add_cargo(
            world, "mattress", "mattress", car, at=(-0.3, 0.0, car.size[2] / 2), rng=np.random.default_rng(0)
        )
        for _ in range(60):
            world.step()
        assert roof.position_w[2] == pytest.approx(1.577 + 0.11, abs=0.05)
        with pytest.raises(ValueError, match="slides at a speed above 0"):
            roof.release(slide_mps=0.0, over_m=1.0)
        roof.release(slide_mps=3.0)
        assert not roof.load.held


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("kind", ["hatchback", "suv", "van", "box_truck", "bus"])
def test_an_overturned_vehicle_rests_on_the_ground_and_would_not_tip(kind, side):
    with plain() as world:
        actor, load = add_overturned(
            world, "wreck", kind, xy=(5.0, 3.0), yaw=0.8, rng=np.random.default_rng(1), side=side, spill=3
        )
        half = actor.size[1] / 2
        points = vertices(actor.asset)
        points = points[np.abs(points[:, 1]) <= half + 0.02]
        z = (actor.position_w + rotate(actor.orientation_w, points))[:, 2]
        assert z.min() == pytest.approx(0.0, abs=1e-3)
        down = rotate(actor.orientation_w, (0.0, 1.0 if side == "left" else -1.0, 0.0))
        assert down[2] < -0.75 and rotate(actor.orientation_w, (0.0, 0.0, 1.0))[2] < 0.25
        # the centre of mass is above what touches the ground
        spec = VEHICLES[kind]
        centre = actor.position_w + rotate(actor.orientation_w, (0.0, 0.0, spec.cog_height_m - actor.size[2] / 2))
        touching = (actor.position_w + rotate(actor.orientation_w, points))[z < 5e-3]
        across = np.array([-np.sin(0.8), np.cos(0.8)])
        feet, over = touching[:, :2] @ across, centre[:2] @ across
        assert feet.min() - 1e-3 <= over <= feet.max() + 1e-3
        assert any(part.name == "underbody" for part in actor.parts)
        for _ in range(120):
            world.step()
        assert all(np.linalg.norm(piece.velocity_w) < 0.3 for piece in load) and len(load) == 3


@pytest.mark.parametrize("kind", TRAILERS)
def test_trailers_fill_their_box_and_stand_on_their_wheels(kind):
    asset = build_trailer(kind, rng=np.random.default_rng(2))
    points, half = vertices(asset), np.array(asset.size) / 2
    assert (np.abs(points) <= half + [0.05, 0.08, 0.05]).all()
    assert points[:, 2].min() == pytest.approx(-half[2], abs=0.01)
    assert (points.max(axis=0) >= half - 0.06).all() and (points.min(axis=0)[:2] <= -half[:2] + 0.06).all()
    assert asset.semantic == SemanticClass.TRAILER and len(PALETTE) == len(SemanticClass)
    with plain() as world:
        trailer = add_trailer(world, "t", kind, xy=(1.0, 2.0), yaw=0.5, rng=np.random.default_rng(2))
        assert trailer.position_w == pytest.approx([1.0, 2.0, half[2]])


def test_a_flatbed_has_an_open_bed_and_wheels_where_physics_has_them():
    asset = build_flatbed(rng=np.random.default_rng(4))
    points, half = vertices(asset), np.array(asset.size) / 2
    assert (np.abs(points) <= half + [0.04, 0.3, 0.02]).all() and points[:, 2].min() == pytest.approx(
        -half[2], abs=0.01
    )
    bed = points[(points[:, 0] < 1.5) & (np.abs(points[:, 1]) < 1.1)]
    assert bed[:, 2].max() < 1.2 - half[2]
    rear = -half[0] + FLATBED.rear_overhang_m
    wheel = next(p for p in asset.parts if p.name == "wheel_rl")
    assert wheel.position[:2] == pytest.approx((rear, FLATBED.track_m / 2))


@pytest.mark.parametrize("kind", ["hatchback", "sedan", "suv", "van"])
def test_a_door_is_cut_out_of_the_car_without_losing_any_of_it(kind):
    car = build_door_car(kind, rng=np.random.default_rng(5))
    whole = build_vehicle(kind, rng=np.random.default_rng(5))
    names = [part.name for part in car.asset.parts]
    assert names[0] == "body" and names[-2:] == ["door_fl", "door_fr"] and len(names) == 7

    def area(asset, only=None):
        out = 0.0
        for part in asset.parts:
            if only and part.name not in only:
                continue
            a, b, c = (part.mesh.vertices[part.mesh.faces[:, k]].astype(float) for k in range(3))
            out += float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)
        return out

    assert area(car.asset) > area(whole, None) * 0.999  # and the strips that close the edges
    left, right = (next(p for p in car.asset.parts if p.name == n) for n in ("door_fl", "door_fr"))
    for part, side in ((left, 1.0), (right, -1.0)):
        at = part.mesh.vertices + np.array(part.position)
        assert (side * at[:, 1] > 0.55).all() and 0.8 < np.ptp(at[:, 0]) < 1.6 and np.ptp(at[:, 2]) > 0.8
        assert any(m.transparency > 0.5 for m in part.mesh.materials), "a window"
    assert car.asset.size == whole.size
    panel = np.array(car.panel.position) + car.hinges["door_fl"]
    assert abs(panel[1]) + car.panel.half_extents[1] <= car.asset.size[1] / 2


def test_a_door_opens_along_its_curve_and_shuts_the_way_to_who_comes_past():
    with plain() as world:
        car = add_door_car(world, "parked", "sedan", xy=(14.0, -2.0), yaw=0.0, rng=np.random.default_rng(0))
        bike = add_vehicle(world, "bike", "bicycle", (0.0, -0.65), 0.0, 6.0)
        car.open(1.0, 0.8)
        shape = car.part_poses()[0][0].copy()
        for _ in range(96):
            world.step()
        assert car.angle_rad() == pytest.approx(0.5, abs=0.01)  # half way at half time
        for _ in range(100):
            world.step()
        assert car.angle_rad() == pytest.approx(1.0, abs=1e-6) and not car.doors.moving(0)
        assert car.angle_rad("door_fr") == 0.0
        assert car.part_poses()[0][0] == pytest.approx(shape)  # on its hinge
        tip = car.part_poses()[0][0] + rotate(car.part_poses()[1][0], (-1.1, 0.0, 0.0))
        assert tip[1] > -2.0 + car.size[1] / 2 + 0.5
        for _ in range(480):
            world.step()
            if world.contacts:
                break
        contact = next(c for c in world.contacts if "bike" in (c.actor_a, c.actor_b))
        assert (contact.link_a, contact.actor_a) == ("door_fl", "parked") and contact.closing_speed_mps > 3.0
        for _ in range(120):
            world.step()
        assert bike.speed_mps < 3.0 and not car.doors.moving(0)
        assert 0.0 < car.angle_rad() < 2.0
        with pytest.raises(ValueError, match="rad"):
            car.open(2.0, 1.0)


def test_unknown_kinds_are_answered_with_the_nearest():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="did you mean 'pallet'"):
        build_debris("palett", rng=rng)
    with pytest.raises(ValueError, match=r"expected 0\.05 to 4 m"):
        build_debris("rock", rng=rng, size_m=9.0)
    with pytest.raises(ValueError, match="did you mean 'caravan'"):
        build_trailer("carvan", rng=rng)
    with pytest.raises(ValueError, match="no doors"):
        build_door_car("bus", rng=rng)
