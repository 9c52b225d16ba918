"""Ground patches and relief against independent, slow descriptions; vehicles and bodies on slopes against mechanics."""

import numpy as np
import pytest
from cornercase.renderers.transforms import rotate, to_matrix
from cornercase.sim.physics.bodies import Bodies
from cornercase.sim.physics.client import GRAVITY_MPS2, TICK_HZ, Client
from cornercase.sim.physics.ground import ArcPatch, Ground, RectPatch
from cornercase.sim.physics.relief import LAND_M, Land, Relief
from cornercase.sim.physics.specs import VEHICLES, body_plan
from cornercase.sim.physics.tyres import PEAK_SLIP_ANGLE, SLIP_PER_G
from cornercase.sim.physics.vehicle import VehicleFleet
from cornercase.sim.physics.vehicle_tables import drag_factor, parameters, rolling_resistance
from cornercase.sim.physics.walker import Walker
from cornercase.sim.world.alignment import Profile
from cornercase.sim.world.assets.asset import Asset, Box
from cornercase.sim.world.classes import SemanticClass
from cornercase.sim.world.path import Path
from hypothesis import given, settings
from hypothesis import strategies as st

COORDINATE = st.floats(-20, 20)


def test_defaults_hold_everywhere_without_patches() -> None:
    heights, frictions = Ground(height_m=0.3, friction=0.7).at(np.random.default_rng(1).normal(size=(5, 4, 3)))
    assert heights.shape == frictions.shape == (5, 4)
    assert np.all(heights == 0.3) and np.all(frictions == 0.7)


@settings(deadline=None)
@given(x=COORDINATE, y=COORDINATE, yaw=st.floats(-4, 4))
def test_rect_contains_what_its_own_frame_says(x: float, y: float, yaw: float) -> None:
    ground = Ground(patches=(RectPatch((2.0, -1.0), yaw, 6.0, 2.0, friction=0.1),))
    local = np.exp(-1j * yaw) * complex(x - 2.0, y + 1.0)
    if min(abs(abs(local.real) - 6.0), abs(abs(local.imag) - 2.0)) < 1e-6:
        return
    inside = abs(local.real) < 6.0 and abs(local.imag) < 2.0
    assert ground.at([x, y])[1] == (0.1 if inside else 0.85)


@settings(deadline=None)
@given(radius=st.floats(0, 30), angle=st.floats(-3.1, 3.1), start=st.floats(-9, 9), sweep=st.floats(0.01, 7))
def test_arc_contains_what_polar_coordinates_say(radius: float, angle: float, start: float, sweep: float) -> None:
    ground = Ground(patches=(ArcPatch((1.0, 1.0), 5.0, 20.0, start, start + sweep, height_m=0.12),))
    turned = (angle - start) % (2 * np.pi)
    near = min(abs(radius - 5.0), abs(radius - 20.0), turned, 2 * np.pi - turned, abs(turned - sweep)) < 1e-6
    if near:
        return
    inside = 5.0 < radius < 20.0 and turned < sweep
    xy = [1.0 + radius * np.cos(angle), 1.0 + radius * np.sin(angle)]
    assert ground.at(xy)[0] == (0.12 if inside else 0.0)


def test_later_patches_win_field_by_field() -> None:
    ground = Ground(
        patches=(
            RectPatch((0, 0), 0.0, 10, 10, height_m=0.1, friction=0.5),
            RectPatch((0, 0), 0.0, 5, 5, friction=0.2),
            ArcPatch((0, 0), 0.0, 2.0, 0.0, 7.0, height_m=0.4),
        )
    )
    heights, frictions = ground.at([[0, 0], [4, 0], [9, 0], [11, 0]])
    assert heights.tolist() == [0.4, 0.1, 0.1, 0.0]
    assert frictions.tolist() == [0.2, 0.2, 0.5, 0.85]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Ground(friction=-0.1), "friction"),
        (lambda: Ground(height_m=float("nan")), "height_m"),
        (lambda: RectPatch((0, 0), 0.0, 0.0, 1.0), "half extents"),
        (lambda: ArcPatch((0, 0), 3.0, 2.0, 0.0, 1.0), "inner"),
        (lambda: ArcPatch((0, 0), 1.0, 2.0, 1.0, 1.0), "end_rad"),
    ],
)
def test_nonsense_is_refused_by_name(make, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


SECTION = ((0.0, 0.0), (1.0, -0.05), (2.0, -0.5), (4.0, 0.1))
BENT = Path.from_segments([(100.0, 0.0), (60.0, 1 / 70.0), (80.0, 0.0), (60.0, -1 / 90.0), (60.0, 0.0)], yaw=0.3)


def hilly() -> Ground:
    """A bent road over a hill, between rolling land."""
    x, y = np.arange(-300.0, 600.0, 10.0), np.arange(-300.0, 400.0, 10.0)
    land = Land(-300.0, -300.0, 10.0, 3.0 * np.sin(x / 60.0)[None, :] * np.cos(y / 75.0)[:, None])
    profile = Profile.through([(40.0, 0.0, 400.0), (160.0, 6.0, 600.0), (300.0, 0.0, 500.0)])
    tilt = (np.array([80.0, 110.0, 150.0, 170.0, 250.0, 290.0]), np.array([0.0, -0.06, -0.06, 0.0, 0.05, 0.0]))
    return Ground(relief=Relief(BENT, profile, tilt, 4.0, SECTION, land, overrun_m=100.0))


def incline(grade: float, crossfall: float = 0.0, friction: float = 0.85) -> Ground:
    """An endless plane: up along x by `grade`, and to the left by `crossfall`."""
    profile = Profile(np.zeros(1), np.zeros(1), np.full(1, grade), np.zeros(1))
    land = Land(-100.0, -100.0, 100.0, np.zeros((3, 10)))
    path = Path.from_segments([(800.0, 0.0)])
    flat = ((0.0, 0.0), (1.0, 0.0))
    tilt = (np.zeros(1), np.full(1, crossfall))
    return Ground(friction=friction, relief=Relief(path, profile, tilt, 20.0, flat, land, overrun_m=50.0))


@settings(deadline=None)
@given(s=st.floats(-80, 440), d=st.floats(-7.9, 7.9))
def test_near_the_road_height_is_profile_plus_crossfall_plus_section(s: float, d: float) -> None:
    ground = hilly()
    relief = ground.relief
    assert relief is not None
    xy, _, _ = BENT.at(s, d)
    inside = min(max(d, -4.0), 4.0)
    expected = float(relief.profile.at(s)[0]) + float(np.interp(s, *relief.crossfall)) * inside
    expected += float(np.interp(abs(d) - 4.0, *np.array(SECTION).T))
    assert ground.at(xy)[0] == pytest.approx(expected, abs=4e-3)


def test_relief_is_continuous_and_its_slope_is_its_derivative() -> None:
    """Steps of a millimetre in random directions, also across stations, section edges and the blend to the land."""
    ground, rng = hilly(), np.random.default_rng(3)
    s, d = rng.uniform(-80.0, 440.0, 20_000), rng.uniform(-30.0, 30.0, 20_000)
    xy, _, _ = BENT.at(s, d)
    course = rng.uniform(0.0, 2.0 * np.pi, len(s))
    step = 1e-3 * np.stack([np.cos(course), np.sin(course)], axis=-1)
    rise = ground.at(xy + step)[0] - ground.at(xy - step)[0]
    slope = np.einsum("ni,ni->n", ground.slope(xy), 2.0 * step)
    assert np.abs(rise).max() < 2e-3 * 0.8
    edge = np.min(np.abs(np.abs(d)[:, None] - 4.0 - np.array([p for p, _ in SECTION])), axis=1) < 2e-3
    assert np.quantile(np.abs(rise - slope)[~edge], 0.995) < 2e-3 * 0.01


def test_far_from_the_road_the_land_rules() -> None:
    ground = hilly()
    relief = ground.relief
    assert relief is not None
    away = relief.reach_m + LAND_M + 2.0
    xy, _, _ = BENT.at(50.0, np.array([-away, away]))
    np.testing.assert_allclose(ground.at(xy)[0], 3.0 * np.sin(xy[:, 0] / 60.0) * np.cos(xy[:, 1] / 75.0), atol=0.05)


@pytest.mark.parametrize("grade", [0.05, -0.05, 0.12])
def test_a_rolling_car_feels_gravity_along_the_grade(grade: float) -> None:
    """(m + sum J / r^2) a = -m g sin - c_rr m g cos - c v^2, and it pitches with the road."""
    spec = VEHICLES["hatchback"]
    with Client() as client:
        fleet = VehicleFleet(client, incline(grade))
        fleet.add(spec, xy=(300.0, 0.0), yaw=0.0, speed_mps=12.0)
        speed = []
        for _ in range(2 * TICK_HZ):
            fleet.apply()
            client.stepSimulation()
            fleet.read()
            speed.append(float(fleet.speed_mps[0]))
        forward = to_matrix(fleet.orientation_w[0])[:, 0]
        load = fleet.wheel_load.sum()
    row, angle = parameters(spec, PEAK_SLIP_ANGLE), np.arctan(grade)
    mass = spec.mass_kg + 4.0 * row["wheel_inertia"] / row["radius"] ** 2
    mean = np.mean(speed[TICK_HZ:])
    force = -spec.mass_kg * GRAVITY_MPS2 * (np.sin(angle) + rolling_resistance(spec) * np.cos(angle))
    expected = (force - drag_factor(spec) * mean**2) / mass
    assert speed[-1] - speed[TICK_HZ - 1] == pytest.approx(expected, rel=0.02)
    assert np.arcsin(forward[2]) == pytest.approx(angle, abs=2e-3)
    assert load == pytest.approx(spec.mass_kg * GRAVITY_MPS2 * np.cos(angle), rel=5e-3)


@pytest.mark.parametrize("crossfall", [0.04, -0.07])
def test_on_crossfall_a_car_with_straight_wheels_turns_downhill(crossfall: float) -> None:
    """Steady state of the linear bicycle under the side force m g q: r (L / v + K v / g) = -K q, K = K_f - K_r."""
    spec = VEHICLES["hatchback"]
    with Client() as client:
        fleet = VehicleFleet(client, incline(0.0, crossfall))
        fleet.add(spec, xy=(100.0, 0.0), yaw=0.0, speed_mps=20.0)
        fleet.set_controls(0, 0.0, 0.1, 0.0)
        for _ in range(2 * TICK_HZ):
            fleet.apply()
            client.stepSimulation()
        fleet.read()
        v, rate = float(fleet.speed_mps[0]), float(fleet.angular_velocity_w[0, 2])
        side = float(fleet.position_w[0, 1])
    understeer = SLIP_PER_G[0] - SLIP_PER_G[1]
    assert rate == pytest.approx(
        -understeer * crossfall / (spec.wheelbase_m / v + understeer * v / GRAVITY_MPS2), rel=0.03
    )
    assert side * crossfall < 0.0 and abs(side) > 0.1


def test_a_braked_car_stands_on_a_steep_road() -> None:
    with Client() as client:
        fleet = VehicleFleet(client, incline(0.15, 0.05))
        fleet.add(VEHICLES["van"], xy=(100.0, 0.0), yaw=0.4)
        fleet.set_controls(0, 0.0, 0.0, 0.6)
        start = fleet.position_w[0]
        for _ in range(3 * TICK_HZ):
            fleet.apply()
            client.stepSimulation()
        fleet.read()
        assert np.linalg.norm(fleet.position_w[0] - start) < 0.06


def test_far_traffic_follows_the_road_up_and_down() -> None:
    ground = hilly()
    with Client() as client:
        fleet = VehicleFleet(client, ground)
        xy, yaw, _ = BENT.at(50.0)
        spec = VEHICLES["sedan"]
        fleet.add(spec, xy=(float(xy[0]), float(xy[1])), yaw=float(yaw), speed_mps=12.0, kinematic=True)
        fleet.set_controls(0, 0.0, 0.4, 0.0)
        for _ in range(4 * TICK_HZ):
            fleet.apply()
            client.stepSimulation()
            fleet.read()
            at = fleet.position_w[0]
            point, turn = ground.standing(at, float(np.arctan2(*to_matrix(fleet.orientation_w[0])[1::-1, 0])))
            above = point + rotate(turn, np.array([0.0, 0.0, spec.size[2] / 2]))
            assert abs(at[2] - above[2]) < 0.03
        assert at[2] > 1.5


@pytest.mark.parametrize("slides", [False, True])
def test_a_body_rests_on_the_slope_or_slides_by_the_friction_angle(slides: bool) -> None:
    """Coulomb: a = g (sin - mu cos) along the slope, nothing while mu > tan."""
    grade, mu = 0.2, 0.1 if slides else 0.4
    crate = Asset("crate", SemanticClass.DEBRIS, (0.5, 0.5, 0.5), (), (Box((0.25, 0.25, 0.25)),), mass_kg=20.0)
    with Client() as client:
        bodies, ground = Bodies(client), incline(grade, friction=1.0)
        bodies.add_ground(ground)
        point, turn = ground.standing([200.3, 1.7], 0.0)
        body = bodies.add(crate, point + rotate(turn, np.array([0.0, 0.0, 0.251])), turn, friction=mu)
        for _ in range(TICK_HZ):
            client.stepSimulation()
        state = bodies.state(body)
    moved = float(np.linalg.norm(state.position_w - point - rotate(turn, np.array([0.0, 0.0, 0.25]))))
    angle = np.arctan(grade)
    fall = 0.5 * GRAVITY_MPS2 * (np.sin(angle) - mu * np.cos(angle)) if slides else 0.0
    assert moved == pytest.approx(fall, rel=0.03, abs=0.01)


def test_a_walker_keeps_to_the_ground() -> None:
    ground, k = hilly(), int(np.searchsorted(BENT.s, 90.0))
    way = Path(BENT.s[k:] - BENT.s[k], BENT.xy[k:], BENT.yaw[k:], BENT.curvature[k:])
    with Client() as client:
        walker = Walker(client, body_plan(1.75, 75.0), (0.0, 0.0, 0.0), 0.0, speed_mps=1.8, path=way, ground=ground)
        start = walker.state().position_w
        walker.start()
        heights = []
        for _ in range(10 * TICK_HZ):
            walker.advance()
            client.stepSimulation()
            at = walker.state().position_w
            heights.append(at[2] - 1.75 / 2 - float(ground.at(at)[0]))
    assert at[2] - start[2] > 0.5
    assert np.abs(heights).max() < 0.01


def test_a_level_relief_is_level_ground() -> None:
    """The same drive on both, to the last but a few digits."""
    ends = []
    for ground in (Ground(), incline(0.0)):
        with Client() as client:
            fleet = VehicleFleet(client, ground)
            fleet.add(VEHICLES["suv"], xy=(100.0, 0.0), yaw=0.1, speed_mps=15.0)
            fleet.set_controls(0, 0.03, 0.3, 0.0)
            for _ in range(TICK_HZ):
                fleet.apply()
                client.stepSimulation()
            fleet.read()
            ends.append(np.concatenate([fleet.position_w[0], fleet.velocity_w[0]]))
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-9)
