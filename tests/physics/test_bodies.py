import numpy as np
import pytest
from cornercase.renderers.transforms import IDENTITY, from_rpy, rotate, to_matrix
from cornercase.sim.physics.bodies import Bodies, BodyState, mass_properties
from cornercase.sim.physics.client import GRAVITY_MPS2, TICK_S, Client
from cornercase.sim.world.assets.asset import Asset, Box, Cylinder, Sphere
from cornercase.sim.world.classes import SemanticClass

ANY = next(iter(SemanticClass))
TURNED = from_rpy(0.0, np.pi / 2, 0.3)
LUMP = (
    Box((0.1, 0.2, 0.3), (1.0, 0.0, 0.0)),
    Cylinder(0.2, 1.0, (-0.5, 0.3, 0.0), tuple(TURNED)),
    Sphere(0.15, (0.0, 0.0, 0.8)),
)


def thing(*shapes, mass_kg=2.0, friction=0.8):
    return Asset("thing", ANY, (1.0, 1.0, 1.0), (), shapes, mass_kg, friction)


def test_free_fall_follows_the_law_of_the_integrator():
    # semi-implicit Euler: v_n = g n h, s_n = g h^2 n (n + 1) / 2, which tends to g t^2 / 2
    with Client() as client:
        bodies = Bodies(client)
        body = bodies.add(thing(*LUMP), (1.0, 2.0, 50.0), from_rpy(0.3, -0.2, 1.0))
        start = bodies.state(body)
        for _ in range(240):
            client.stepSimulation()
        end = bodies.state(body)
    assert end.velocity_w == pytest.approx([0.0, 0.0, -GRAVITY_MPS2], abs=1e-9)
    fall = GRAVITY_MPS2 * TICK_S**2 * 240 * 241 / 2
    assert end.position_w - start.position_w == pytest.approx([0.0, 0.0, -fall], abs=1e-9)
    assert fall == pytest.approx(GRAVITY_MPS2 / 2, rel=0.005)


@pytest.mark.parametrize("orientation", [IDENTITY, from_rpy(0.3, 0.4, 1.0)])
def test_rays_find_every_shape_of_a_compound_where_it_was_put(orientation):
    position = np.array([3.0, 2.0, 5.0])
    with Client() as client:
        bodies = Bodies(client)
        body = bodies.add(thing(*LUMP), position, orientation)
        assert bodies.state(body).position_w == pytest.approx(position, abs=1e-12)
        assert abs(bodies.state(body).orientation @ orientation) == pytest.approx(1.0, abs=1e-12)
        for (x, y), top in (((1.0, 0.0), 0.3), ((-0.5, 0.3), 0.2), ((0.0, 0.0), 0.95)):
            ends = [position + rotate(orientation, [x, y, z]) for z in (3.0, -3.0)]
            hit = client.rayTest(ends[0].tolist(), ends[1].tolist())[0]
            assert hit[0] == body
            assert 3.0 - 6.0 * hit[2] == pytest.approx(top, abs=2e-3)


def test_mass_properties_agree_with_random_points_inside_the_shapes():
    rng = np.random.default_rng(4)
    points = rng.uniform([-1.1, -0.4, -0.4], [1.2, 0.9, 1.0], (600_000, 3))
    box, cylinder, sphere = LUMP
    in_box = np.all(np.abs(points - box.position) < box.half_extents, axis=1)
    local = (points - cylinder.position) @ to_matrix(TURNED)
    in_cylinder = (np.hypot(local[:, 0], local[:, 1]) < cylinder.radius) & (np.abs(local[:, 2]) < cylinder.height / 2)
    in_sphere = np.linalg.norm(points - sphere.position, axis=1) < sphere.radius
    inside = points[in_box | in_cylinder | in_sphere]
    found = mass_properties(LUMP, 10.0)
    assert found.centre == pytest.approx(inside.mean(0), abs=0.005)
    arm = inside - inside.mean(0)
    tensor = 10.0 * (np.eye(3) * np.mean(np.sum(arm**2, 1)) - arm.T @ arm / len(arm))
    assert found.inertia == pytest.approx(np.linalg.eigvalsh(tensor), rel=0.01)
    axes = to_matrix(found.axes)
    assert axes @ np.diag(found.inertia) @ axes.T == pytest.approx(tensor, abs=0.05)


def test_state_round_trip_and_spin_about_the_centre_of_mass():
    with Client() as client:
        bodies = Bodies(client)
        client.setGravity(0.0, 0.0, 0.0)
        body = bodies.add(thing(*LUMP), (0.0, 0.0, 0.0))
        wanted = BodyState(
            np.array([1.0, 2.0, 3.0]), from_rpy(0.1, 0.2, 0.3), np.array([1.0, 0, 2]), np.array([0.5, 1, 0])
        )
        bodies.set_state(body, wanted)
        got = bodies.state(body)
    for name in ("position_w", "orientation", "velocity_w", "angular_velocity_w"):
        assert getattr(got, name) == pytest.approx(getattr(wanted, name), abs=1e-9)


@pytest.mark.parametrize("mu", [0.3, 0.6])
def test_a_box_slides_exactly_when_the_slope_exceeds_the_friction_angle(mu):
    def slid_m(slope_rad):
        with Client() as client:
            bodies = Bodies(client)
            tilt = from_rpy(0.0, slope_rad, 0.0)
            ramp = thing(Box((5.0, 2.0, 0.1)), mass_kg=0.0)
            bodies.add_static(ramp, (0.0, 0.0, 0.0), tilt, friction=0.5)
            body = bodies.add(thing(Box((0.2, 0.2, 0.05))), rotate(tilt, [0.0, 0.0, 0.15]), tilt, friction=2.0 * mu)
            assert bodies.friction_of_pair(body, 0) == pytest.approx(mu)
            for _ in range(240):
                client.stepSimulation()
            return float(np.linalg.norm(bodies.state(body).position_w - rotate(tilt, [0.0, 0.0, 0.15])))

    angle = np.arctan(mu)
    assert slid_m(angle - np.deg2rad(1.0)) < 0.005
    # one degree too steep: s = g (sin - mu cos) t^2 / 2
    steep = angle + np.deg2rad(1.0)
    expected = GRAVITY_MPS2 * (np.sin(steep) - mu * np.cos(steep)) / 2
    assert slid_m(steep) == pytest.approx(expected, rel=0.15)


def test_what_cannot_be_a_body_is_refused():
    with Client() as client:
        bodies = Bodies(client)
        with pytest.raises(ValueError, match="mass above 0"):
            bodies.add(thing(Sphere(0.1), mass_kg=0.0), (0, 0, 0))
        with pytest.raises(ValueError, match="no collision shape"):
            bodies.add_static(thing(), (0, 0, 0))


def test_the_same_calls_give_the_same_bits():
    def run():
        with Client() as client:
            bodies = Bodies(client)
            bodies.add_ground_plane()
            ids = [bodies.add(thing(*LUMP), (0.1 * i, 0.0, 1.5 + 2.0 * i), from_rpy(0.1 * i, 0.2, 0)) for i in range(3)]
            for _ in range(480):
                client.stepSimulation()
            states = [bodies.state(i) for i in ids]
        return np.concatenate([np.concatenate([s.position_w, s.orientation, s.velocity_w]) for s in states]).tobytes()

    assert run() == run()
