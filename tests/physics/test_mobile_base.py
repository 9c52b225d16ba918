"""A mobile base: weight on its wheels, stopping by the friction circle, falling over edges; and what its scan sees."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from cornercase.renderers.transforms import from_yaw
from cornercase.sim.physics.bodies import Bodies
from cornercase.sim.physics.client import GRAVITY_MPS2, TICK_HZ, Client
from cornercase.sim.physics.ground import Ground, RectPatch
from cornercase.sim.physics.mobile_base import BaseSpec, MobileBase, mass_of
from cornercase.sim.physics.planar_scan import PlanarScanner, ScanConfig
from cornercase.sim.world.assets.asset import Asset, Box
from cornercase.sim.world.classes import SemanticClass

BARE = BaseSpec()
LOADED = BaseSpec(load=(0.5, 0.4, 0.8), load_kg=40.0)


@pytest.fixture
def client() -> Iterator[Client]:
    with Client() as client:
        yield client


def block(half: tuple[float, float, float]) -> Asset:
    size = (2 * half[0], 2 * half[1], 2 * half[2])
    return Asset("block", SemanticClass.WALL, size, (), (Box(half),))


def placed(client: Client, ground: Ground, *, spec: BaseSpec = BARE, speed_mps: float = 0.0) -> MobileBase:
    bodies = Bodies(client)
    bodies.add_ground_plane(height_m=ground.height_m)
    shapes = tuple(shape for shape in (spec.chassis_shape, spec.load_shape) if shape is not None)
    asset = Asset("base", SemanticClass.ROBOT, (*spec.size[:2], spec.height_m), (), shapes, spec.mass_kg)
    return MobileBase(client, bodies, spec, asset, ground, xy=(0.0, 0.0), speed_mps=speed_mps)


def run(client: Client, base: MobileBase, seconds: float, speed_mps: float, turn_radps: float = 0.0) -> None:
    for _ in range(round(seconds * TICK_HZ)):
        base.command(speed_mps, turn_radps)
        base.apply()
        client.stepSimulation()
        base.read()


@pytest.mark.parametrize("spec", [BARE, LOADED], ids=["bare", "loaded"])
def test_the_wheels_carry_the_weight_and_a_standing_base_stays(client: Client, spec: BaseSpec) -> None:
    base = placed(client, Ground(friction=0.6), spec=spec)
    run(client, base, 2.0, 0.0)
    weight = (spec.mass_kg + spec.load_kg) * GRAVITY_MPS2
    assert base.wheel_load_n.sum() == pytest.approx(weight, rel=1e-3)
    assert base.wheel_load_n[:2].sum() == pytest.approx(spec.drive_share * weight, rel=0.01)
    assert np.abs(base.read().position_w[:2]).max() < 1e-4 and base.tilt_rad < 1e-3


def test_mass_of_chassis_and_load_is_that_of_two_boxes() -> None:
    spec, mass = LOADED, mass_of(LOADED)
    low = np.array([(spec.clearance_m + spec.size[2]) / 2, spec.size[2] + spec.load[2] / 2]) - spec.height_m / 2
    kg = np.array([spec.mass_kg, spec.load_kg])
    assert mass.centre == pytest.approx([0.0, 0.0, kg @ low / kg.sum()])
    tall = np.array([spec.size[2] - spec.clearance_m, spec.load[2]])
    wide = np.array([spec.size[1], spec.load[1]])
    about_x = kg @ ((wide**2 + tall**2) / 12 + (low - mass.centre[2]) ** 2)
    assert mass.inertia[0] == pytest.approx(about_x)


@pytest.mark.parametrize(("friction", "speed"), [(0.6, 1.5), (0.2, 1.5), (0.1, 1.2), (0.05, 1.0)])
def test_it_stops_by_the_friction_under_its_driven_wheels(client: Client, friction: float, speed: float) -> None:
    """v^2 / (2 a), a the smaller of what it brakes with and share mu g."""
    base = placed(client, Ground(friction=friction), speed_mps=speed)
    run(client, base, 0.5, speed)
    start, slid = float(base.read().position_w[0]), 0.0
    while base.speed_mps > 0.005:
        run(client, base, 1 / TICK_HZ, 0.0)
        slid = max(slid, base.sliding_mps)
    braking = min(base.spec.brake_mps2, base.spec.drive_share * friction * GRAVITY_MPS2)
    assert float(base.read().position_w[0]) - start == pytest.approx(speed**2 / (2 * braking), rel=0.05)
    assert (slid > 0.1) == (braking < base.spec.brake_mps2)


def test_it_turns_on_a_circle_of_v_over_w(client: Client) -> None:
    base = placed(client, Ground(friction=0.6), speed_mps=0.8)
    run(client, base, 2.0, 0.8, 0.8)
    points = []
    for _ in range(20):
        run(client, base, 0.1, 0.8, 0.8)
        points.append(base.read().position_w[:2].copy())
    xy = np.array(points)
    a = np.column_stack([2 * xy, np.ones(len(xy))])
    (cx, cy, c), *_ = np.linalg.lstsq(a, (xy**2).sum(axis=1), rcond=None)
    assert np.sqrt(c + cx**2 + cy**2) == pytest.approx(1.0, rel=0.03)


def test_braking_with_one_wheel_on_a_spill_turns_it_to_the_side_with_grip(client: Client) -> None:
    ground = Ground(friction=0.6, patches=(RectPatch((0.0, 0.5), 0.0, 20.0, 0.5, None, 0.03),))
    base = placed(client, ground, speed_mps=1.6)
    run(client, base, 0.3, 1.6)
    run(client, base, 0.4, 0.0)
    assert float(base.read().angular_velocity_w[2]) < -0.05


@pytest.mark.parametrize("spec", [BARE, LOADED], ids=["bare", "loaded"])
def test_it_tips_over_an_edge_once_its_middle_is_beyond_and_not_before(client: Client, spec: BaseSpec) -> None:
    ground = Ground(height_m=-0.5, friction=0.6, patches=(RectPatch((-5.0, 0.0), 0.0, 6.0, 5.0, 0.0),))  # ends at 1
    base = placed(client, ground, spec=spec, speed_mps=0.8)
    Bodies(client).add_static(block((6.0, 5.0, 0.5)), (-5.0, 0.0, -0.5))
    while base.read().position_w[0] < 0.82:
        run(client, base, 1 / TICK_HZ, 0.8)
    assert np.all(base.wheel_load_n[2:4] == 0.0) and np.all(base.wheel_load_n[:2] > 0.0)
    assert base.tilt_rad < 0.08 and abs(base.read().position_w[2] - spec.height_m / 2) < 0.01
    run(client, base, 1.5, 0.8)
    assert base.read().position_w[2] < spec.height_m / 2 - 0.15
    assert base.tilt_rad > 0.2


def test_wrong_commands_and_specs_are_named(client: Client) -> None:
    base = placed(client, Ground())
    with pytest.raises(ValueError, match="commands must be finite, got speed nan"):
        base.command(float("nan"), 0.0)
    with pytest.raises(ValueError, match="mass_kg > 0"):
        BaseSpec(mass_kg=0.0)
    with pytest.raises(ValueError, match="beams >= 2"):
        ScanConfig(beams=1)


def test_the_scan_is_blind_to_glass_overhangs_and_missing_floor_and_to_nothing_else(client: Client) -> None:
    base = placed(client, Ground())
    bodies = Bodies(client)
    bodies.add_static(block((0.1, 3.0, 1.0)), (5.0, 0.0, 1.0))
    scanner = PlanarScanner(client, ScanConfig(beams=91, fov_rad=np.pi / 2), carrier=base.body)
    at, ahead = (0.0, 0.0, 0.2), from_yaw(0.0)
    angle = np.linspace(-np.pi / 4, np.pi / 4, 91)
    wall = np.where(np.abs(4.9 * np.tan(angle)) < 3.0, 4.9 / np.cos(angle), np.inf)
    client.stepSimulation()
    np.testing.assert_allclose(scanner.scan(at, ahead), wall, atol=2e-3)
    bodies.add_static(block((0.1, 3.0, 0.1)), (3.0, 0.0, 0.5))  # an overhang
    glass = bodies.add_static(block((0.05, 3.0, 1.0)), (2.0, 0.0, 1.0))
    client.stepSimulation()
    assert scanner.scan(at, ahead)[45] == pytest.approx(1.95, abs=2e-3)
    scanner.look_through(glass)
    np.testing.assert_allclose(scanner.scan(at, ahead), wall, atol=2e-3)
    assert len(scanner.points(scanner.scan(at, ahead))) == np.isfinite(wall).sum()
    # the base itself is not in its scan, and still runs into the pane
    run(client, base, 4.0, 1.0)
    assert base.read().position_w[0] + 0.35 == pytest.approx(1.95, abs=0.02)
