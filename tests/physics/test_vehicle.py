"""Vehicles by the laws of mechanics: stopping, cornering, load transfer, standstill, tipping, repeatability."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from cornercase.renderers.transforms import rotate, to_matrix, yaw_of
from cornercase.sim.physics.client import GRAVITY_MPS2, TICK_HZ, Client
from cornercase.sim.physics.ground import Ground, RectPatch
from cornercase.sim.physics.specs import VEHICLES
from cornercase.sim.physics.vehicle import VehicleFleet, vehicle_spec
from cornercase.sim.physics.vehicle_tables import ROLL_PER_G_RAD, Body, drag_factor

CRUISE = {"box_truck": 24.0, "bus": 24.0, "bicycle": 6.0}


@pytest.fixture
def client() -> Iterator[Client]:
    with Client() as world:
        yield world


def step(fleet: VehicleFleet, client: Client, ticks: int = 1) -> None:
    for _ in range(ticks):
        fleet.apply()
        client.stepSimulation()
    fleet.read()


def roll_of(fleet: VehicleFleet) -> np.ndarray:
    return np.arctan2(*to_matrix(fleet.orientation_w)[:, 2, 1:].T)


@pytest.mark.parametrize("friction", [0.9, 0.5, 0.2])
def test_full_braking_takes_the_distance_of_the_friction_law(client: Client, friction: float) -> None:
    """Without air v^2 / (2 mu g); with drag c v^2 the exact solution m / (2 c) ln(1 + c v^2 / (mu m g))."""
    fleet = VehicleFleet(client, Ground(friction=friction))
    spec, speed = VEHICLES["hatchback"], 100 / 3.6
    fleet.add(spec, xy=(0, 0), yaw=0.4, speed_mps=speed)
    fleet.set_controls(0, 0.0, 0.0, 1.0)
    start = fleet.position_w[0]
    while fleet.speed_mps[0] > 0.05:
        step(fleet, client, 4)
    distance = np.linalg.norm(fleet.position_w[0] - start)
    no_air = speed**2 / (2 * friction * GRAVITY_MPS2)
    drag, grip = drag_factor(spec), friction * spec.mass_kg * GRAVITY_MPS2
    with_air = spec.mass_kg / (2 * drag) * np.log1p(drag * speed**2 / grip)
    assert distance == pytest.approx(with_air, rel=0.03)
    assert distance + (no_air - with_air) == pytest.approx(no_air, rel=0.05)
    assert abs(yaw_of(fleet.orientation_w[0]) - 0.4) < 1e-3


def test_brakes_keep_wheels_from_locking_until_walking_pace(client: Client) -> None:
    fleet = VehicleFleet(client, Ground(friction=0.3))
    fleet.add(VEHICLES["sedan"], xy=(0, 0), yaw=0.0, speed_mps=25.0)
    fleet.set_controls(0, 0.0, 0.0, 1.0)
    while fleet.speed_mps[0] > 3.0:
        step(fleet, client)
        assert fleet.slip_ratio[0].min() > -0.25


@pytest.mark.parametrize("friction", [0.9, 0.5, 0.2])
def test_cornering_limit_is_mu_g(client: Client, friction: float) -> None:
    """Slow ramp steer at held speed; centripetal acceleration from the turning of the velocity over half a second."""
    fleet = VehicleFleet(client, Ground(friction=friction))
    speed, best, integral = 20.0, 0.0, 0.0
    fleet.add(VEHICLES["hatchback"], xy=(0, 0), yaw=0.0, speed_mps=speed)
    course = [0.0]
    for _ in range(140):
        error = speed - fleet.speed_mps[0]
        integral += 0.02 * error
        steer = fleet.controls[0, 0] + 0.0012 * (friction + 0.2)
        fleet.set_controls(0, steer, error + integral, 0.0)
        step(fleet, client, 24)
        vx, vy, _ = fleet.velocity_w[0]
        course.append(np.arctan2(vy, vx))
        turned = (np.diff(course[-6:]) + np.pi) % (2 * np.pi) - np.pi
        if len(turned) == 5:
            best = max(best, float(np.hypot(vx, vy) * turned.sum() / 0.5))
    assert fleet.speed_mps[0] > 0.9 * speed
    assert best == pytest.approx(friction * GRAVITY_MPS2, rel=0.05)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_split_friction_braking_yaws_to_the_side_with_grip(client: Client, side: float) -> None:
    ice = RectPatch((0.0, 50.0 * side), 0.0, 500.0, 50.0, friction=0.1)
    fleet = VehicleFleet(client, Ground(friction=0.9, patches=(ice,)))
    fleet.add(VEHICLES["hatchback"], xy=(0, 0), yaw=0.0, speed_mps=22.0)
    slippery = np.array([1, 0, 1, 0]) if side > 0 else np.array([0, 1, 0, 1])
    assert np.array_equal(fleet.wheel_friction[0], np.where(slippery, 0.1, 0.9))
    fleet.set_controls(0, 0.0, 0.0, 1.0)
    step(fleet, client, 120)
    assert -side * yaw_of(fleet.orientation_w[0]) > np.radians(3)


@pytest.mark.parametrize("kind", ["hatchback", "van", "box_truck"])
def test_load_transfer_is_mass_times_acceleration_times_height_over_wheelbase(client: Client, kind: str) -> None:
    spec = VEHICLES[kind]
    fleet = VehicleFleet(client, Ground())
    fleet.add(spec, xy=(0, 0), yaw=0.0, speed_mps=20.0)
    at_rest = fleet.wheel_load[0]
    fleet.set_controls(0, 0.0, 0.0, 0.3)
    step(fleet, client, 360)
    before = fleet.speed_mps[0]
    step(fleet, client, 60)
    acceleration = (fleet.speed_mps[0] - before) / 0.25
    moved = (fleet.wheel_load[0] - at_rest)[:2].sum()
    assert moved == pytest.approx(-spec.mass_kg * acceleration * spec.cog_height_m / spec.wheelbase_m, rel=0.05)
    assert fleet.wheel_load[0].sum() == pytest.approx(spec.mass_kg * GRAVITY_MPS2, rel=1e-3)


@pytest.mark.parametrize("kind", ["hatchback", "bus"])
def test_body_roll_in_a_steady_turn_is_that_of_its_roll_stiffness(client: Client, kind: str) -> None:
    """Roll moment m h (a + g phi) balanced by stiffness m g h / ROLL_PER_G: phi = (a / g) / (1 / ROLL_PER_G - 1)."""
    fleet = VehicleFleet(client, Ground())
    fleet.add(VEHICLES[kind], xy=(0, 0), yaw=0.0, speed_mps=15.0)
    fleet.set_controls(0, 0.04, 0.1, 0.0)
    step(fleet, client, 3 * TICK_HZ)
    lateral_g = fleet.speed_mps[0] * fleet.angular_velocity_w[0, 2] / GRAVITY_MPS2
    assert lateral_g > 0.1
    assert roll_of(fleet)[0] == pytest.approx(lateral_g / (1 / ROLL_PER_G_RAD - 1), rel=0.1)


def test_all_classes_stand_still_on_their_brakes(client: Client) -> None:
    fleet = VehicleFleet(client, Ground(height_m=0.7))
    for i, spec in enumerate(VEHICLES.values()):
        fleet.add(spec, xy=(0.0, 20.0 * i), yaw=0.7 * i)
        fleet.set_controls(i, 0.1, 0.0, 0.5)
    start, heading = fleet.position_w, fleet.orientation_w
    assert start[:, 2] == pytest.approx([0.7 + s.size[2] / 2 for s in VEHICLES.values()])
    step(fleet, client, 5 * TICK_HZ)
    assert np.abs(fleet.position_w - start).max() < 1e-3
    assert np.abs(fleet.orientation_w - heading).max() < 1e-4


def test_a_stopped_car_neither_creeps_nor_rocks(client: Client) -> None:
    fleet = VehicleFleet(client, Ground())
    fleet.add(VEHICLES["hatchback"], xy=(0, 0), yaw=0.0, speed_mps=8.0)
    fleet.set_controls(0, 0.0, 0.0, 1.0)
    travelled = []
    for _ in range(3 * TICK_HZ):
        step(fleet, client)
        travelled.append(fleet.position_w[0, 0])
    assert max(travelled) - travelled[-1] < 0.07  # what tyres and suspension spring back
    stopped = fleet.position_w
    step(fleet, client, 5 * TICK_HZ)
    assert np.abs(fleet.position_w - stopped).max() < 1e-3


def test_all_classes_drive_straight_at_cruise(client: Client) -> None:
    fleet = VehicleFleet(client, Ground())
    for i, (kind, spec) in enumerate(VEHICLES.items()):
        fleet.add(spec, xy=(0.0, 20.0 * i), yaw=0.0, speed_mps=CRUISE.get(kind, 36.0))
        fleet.set_controls(i, 0.0, 0.3, 0.0)
    start = fleet.position_w
    heights = []
    for _ in range(50):
        step(fleet, client, TICK_HZ // 10)
        heights.append(fleet.position_w[:, 2])
    assert np.abs(fleet.position_w - start)[:, 1].max() < 0.1
    assert np.ptp(heights, axis=0).max() < 0.02
    assert np.abs(roll_of(fleet)).max() < 0.01


def test_same_calls_give_the_same_bits() -> None:
    def play() -> bytes:
        with Client() as world:
            fleet = VehicleFleet(world, Ground(patches=(RectPatch((20, 0), 0.3, 8, 4, 0.05, 0.3),)))
            for i, spec in enumerate(VEHICLES.values()):
                fleet.add(spec, xy=(0.0, 3.0 * i), yaw=0.05 * i, speed_mps=12.0, kinematic=i == 2)
            states = []
            for k in range(60):
                for i in range(len(fleet)):
                    fleet.set_controls(i, 0.2 * np.sin(0.3 * k + i), 0.5, float(k > 40))
                step(fleet, world, 8)
                states += [fleet.position_w, fleet.orientation_w, fleet.slip_angle, fleet.wheel_poses()[1]]
            return b"".join(s.tobytes() for s in states)

    assert play() == play()


@pytest.mark.parametrize("kind", ["hatchback", "box_truck"])
def test_tips_over_when_pushed_beyond_its_static_stability(client: Client, kind: str) -> None:
    """A sideways push p at the centre of mass tips the car when p h > m g t / 2; ground without grip would slide."""
    spec = VEHICLES[kind]
    tipping = spec.mass_kg * GRAVITY_MPS2 * spec.track_m / (2 * spec.cog_height_m)
    for share, falls in ((0.6, False), (1.5, True)):
        with Client() as world:
            world.createMultiBody(0, world.createCollisionShape(world.GEOM_PLANE))
            fleet = VehicleFleet(world, Ground(friction=2.0))
            fleet.add(spec, xy=(0, 0), yaw=0.0)
            fleet.set_controls(0, 0.0, 0.0, 1.0)
            for _ in range(2 * TICK_HZ):
                centre = fleet.position_w[0] + rotate(fleet.orientation_w[0], Body.of(spec).cog)
                push = [0.0, share * tipping, 0.0]
                world.applyExternalForce(fleet.body_ids[0], -1, push, centre.tolist(), world.WORLD_FRAME)
                step(fleet, world)
            assert (abs(roll_of(fleet)[0]) > 1.0) == falls


def test_two_wheelers_lean_into_turns_and_fall_only_without_rider(client: Client) -> None:
    client.createMultiBody(0, client.createCollisionShape(client.GEOM_PLANE))
    fleet = VehicleFleet(client, Ground())
    for i in range(2):
        fleet.add(VEHICLES["motorcycle"], xy=(0, 30.0 * i), yaw=0.0, speed_mps=15.0)
        fleet.set_controls(i, 0.03, 0.1, 0.0)
    step(fleet, client, 3 * TICK_HZ)
    lateral = fleet.speed_mps * fleet.angular_velocity_w[:, 2]
    assert roll_of(fleet) == pytest.approx(-np.arctan(lateral / GRAVITY_MPS2), abs=0.03)
    assert lateral[0] > 2.0
    fleet.disable_stabiliser(1)
    step(fleet, client, 3 * TICK_HZ)
    assert abs(roll_of(fleet)[0]) < 0.6 and abs(roll_of(fleet)[1]) > 1.2


def test_a_kinematic_vehicle_drives_the_circle_of_its_geometry_and_pushes_others(client: Client) -> None:
    spec = VEHICLES["sedan"]
    fleet = VehicleFleet(client, Ground())
    fleet.add(spec, xy=(0, 0), yaw=0.0, speed_mps=3.0, kinematic=True)
    fleet.add(VEHICLES["hatchback"], xy=(0.0, -14.0), yaw=1.57)
    fleet.set_controls(0, 0.4, 0.0, 0.0)
    step(fleet, client, TICK_HZ)
    before, start = fleet.speed_mps[0], yaw_of(fleet.orientation_w[0])
    step(fleet, client, TICK_HZ // 4)
    turned = yaw_of(fleet.orientation_w[0]) - start
    assert turned / 0.25 == pytest.approx(before * np.tan(0.4) / spec.wheelbase_m, rel=0.03)
    assert fleet.position_w[0, 2] == pytest.approx(spec.size[2] / 2, abs=1e-3)
    rammed = fleet.add(VEHICLES["hatchback"], xy=tuple(fleet.position_w[0, :2] + [2.0, 6.0]), yaw=0.0)
    at = fleet.position_w[rammed]
    step(fleet, client, 3 * TICK_HZ)
    assert np.linalg.norm(fleet.position_w[rammed] - at) > 0.5
    fleet.release(0)
    step(fleet, client, TICK_HZ)
    assert np.isfinite(fleet.position_w).all()


def test_a_crash_conserves_momentum(client: Client) -> None:
    """Head to tail on frictionless ground: what one car loses the other gains."""
    fleet = VehicleFleet(client, Ground(friction=0.0))
    kinds = ("suv", "hatchback")
    for kind, x, speed in zip(kinds, (-6.0, 0.0), (15.0, 5.0), strict=True):
        fleet.add(VEHICLES[kind], xy=(x, 0.0), yaw=0.0, speed_mps=speed)
    mass = np.array([VEHICLES[k].mass_kg for k in kinds])
    step(fleet, client, TICK_HZ // 2)
    after = fleet.velocity_w[:, 0]
    assert after[1] > 8.0
    assert mass @ after == pytest.approx(mass @ np.array([15.0, 5.0]), rel=0.02)


def test_a_kerb_lifts_the_car_by_its_height(client: Client) -> None:
    fleet = VehicleFleet(client, Ground(patches=(RectPatch((30.0, 0.0), 0.0, 20.0, 5.0, height_m=0.12),)))
    fleet.add(VEHICLES["hatchback"], xy=(0, 0), yaw=0.0, speed_mps=6.0)
    start = fleet.position_w[0, 2]
    fleet.set_controls(0, 0.0, 0.05, 0.0)
    step(fleet, client, 4 * TICK_HZ)
    assert fleet.position_w[0, 2] - start == pytest.approx(0.12, abs=0.01)


def test_wheels_roll_without_slip_and_stand_on_the_ground(client: Client) -> None:
    fleet = VehicleFleet(client, Ground())
    spec = VEHICLES["hatchback"]
    fleet.add(spec, xy=(0, 0), yaw=0.8, speed_mps=10.0)
    position, orientation = fleet.wheel_poses()
    assert position[0, :, 2] == pytest.approx([spec.wheel_radius_m] * 4)
    assert np.linalg.norm(position[0, 0] - position[0, 2]) == pytest.approx(spec.wheelbase_m)
    assert np.linalg.norm(position[0, 0] - position[0, 1]) == pytest.approx(spec.track_m)
    step(fleet, client, TICK_HZ // 60)
    turned = fleet.wheel_poses()[1]
    axle = rotate(turned[0], np.array([0.0, 1.0, 0.0]))
    assert axle == pytest.approx(rotate(orientation[0], np.array([0.0, 1.0, 0.0])), abs=1e-3)
    spoke = rotate(turned[0, 0], np.array([0.0, 0.0, 1.0]))
    expected = 10.0 / 60 / spec.wheel_radius_m
    assert np.arccos(spoke[2]) == pytest.approx(expected, rel=0.01)
    assert spoke @ [np.cos(0.8), np.sin(0.8), 0.0] > 0  # the top of a wheel moves forward


def test_forces_and_torques_arrive_in_world_axes_at_the_centre_of_mass(client: Client) -> None:
    """Frames of external loads are easy to get wrong: dw = R I^-1 R^T torque dt on a turned, off-centre body."""
    fleet = VehicleFleet(client, Ground())
    spec = VEHICLES["bus"]
    fleet.add(spec, xy=(3.0, 5.0), yaw=0.9)
    client.setGravity(0.0, 0.0, 0.0)
    turn = to_matrix(fleet.orientation_w[0])
    centre = fleet.position_w[0] + turn @ Body.of(spec).cog
    force, torque = np.array([3e4, -1e4, 2e4]), np.array([5e3, 9e3, -4e3])
    client.applyExternalForce(fleet.body_ids[0], -1, force.tolist(), centre.tolist(), client.WORLD_FRAME)
    client.applyExternalTorque(fleet.body_ids[0], -1, torque.tolist(), client.WORLD_FRAME)
    client.stepSimulation()
    fleet.read()
    spin = turn @ ((turn.T @ torque) / Body.of(spec).inertia) / TICK_HZ
    assert fleet.angular_velocity_w[0] == pytest.approx(spin, rel=1e-3, abs=1e-9)
    velocity = force / spec.mass_kg / TICK_HZ + np.cross(spin, fleet.position_w[0] - centre)
    assert fleet.velocity_w[0] == pytest.approx(velocity, rel=1e-2, abs=1e-5)


def test_box_motion_is_that_of_the_label_box(client: Client) -> None:
    """Position differences over a tick agree with the velocity of the box centre, which is not the centre of mass."""
    fleet = VehicleFleet(client, Ground())
    fleet.add(VEHICLES["bus"], xy=(4.0, -3.0), yaw=0.5, speed_mps=8.0)
    assert fleet.position_w[0, :2] == pytest.approx((4.0, -3.0))
    fleet.set_controls(0, 0.3, 0.2, 0.0)
    step(fleet, client, TICK_HZ)
    before = fleet.position_w
    step(fleet, client)
    assert (fleet.position_w - before) * TICK_HZ == pytest.approx(fleet.velocity_w, abs=0.02)
    assert abs(fleet.angular_velocity_w[0, 2]) > 0.1


def test_mistakes_are_named(client: Client) -> None:
    fleet = VehicleFleet(client, Ground())
    with pytest.raises(ValueError, match="nearest is 'sedan'"):
        vehicle_spec("sedna")
    with pytest.raises(ValueError, match="speed_mps"):
        fleet.add(VEHICLES["sedan"], xy=(0, 0), yaw=0.0, speed_mps=-1.0)
    fleet.add(VEHICLES["sedan"], xy=(0, 0), yaw=0.0)
    with pytest.raises(ValueError, match="finite"):
        fleet.set_controls(0, float("nan"), 0.0, 0.0)
