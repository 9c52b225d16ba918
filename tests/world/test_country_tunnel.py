"""Roads that rise, bend and go underground: what is seen is what wheels feel, and light ends where it should."""

import numpy as np
import pytest
from cornercase.renderers.camera.lens import BrownConradyLens
from cornercase.renderers.camera.render import Shutter, render
from cornercase.renderers.pose_track import PoseTrack
from cornercase.renderers.tracers.embree import EmbreeTracer
from cornercase.renderers.transforms import IDENTITY, from_matrix, to_matrix
from cornercase.sim.control.path_follow import Offset, PathTracker, SpeedHold, pedals, steering
from cornercase.sim.physics.client import TICK_HZ
from cornercase.sim.physics.specs import VEHICLES
from cornercase.sim.world.alignment import Crest, Profile, superelevation
from cornercase.sim.world.assets.motorway import delineator
from cornercase.sim.world.classes import SemanticClass as C
from cornercase.sim.world.path import Path
from cornercase.sim.world.rigid_actor import StandingActor
from cornercase.sim.world.sight import EYE_M, OBJECT_M, sight_distance, visible
from cornercase.sim.world.stages.country import PAINT_M, country_road, tight_bends
from cornercase.sim.world.stages.stage import Stage
from cornercase.sim.world.stages.tunnel import daylight, lamp_light, tunnel
from cornercase.sim.world.world import World

BENT = Path.from_segments(
    [(80.0, 0.0), (70.0, 1 / 90.0), (40.0, 0.0), (60.0, -1 / 60.0), (330.0, 0.0)], start=(5.0, -9.0), yaw=0.6
)
CREST = Crest(430.0, radius_m=800.0, grade=0.06, height_m=6.0)
RIGHT_M = -1.75


@pytest.fixture(scope="module")
def country() -> Stage:
    return country_road(rng=np.random.default_rng(1), path=BENT, crest=CREST, crossfall=0.06, animals=True)


@pytest.fixture(scope="module")
def under() -> Stage:
    return tunnel(rng=np.random.default_rng(1), length_m=500.0, tunnel_s=(150.0, 350.0))


def vertices(stage: Stage, semantic: C) -> np.ndarray:
    """World positions of the corners of all faces of one class."""
    found = []
    for p in stage.placements:
        for part in p.asset.parts:
            labels = np.array([m.semantic or p.asset.semantic for m in part.mesh.materials])[part.mesh.face_material]
            corners = part.mesh.vertices[np.unique(part.mesh.faces[labels == semantic])]
            found.append(np.asarray(p.position_w) + corners @ to_matrix(np.asarray(p.orientation_w)).T)
    return np.concatenate(found)


def tracer_of(stage: Stage) -> EmbreeTracer:
    """The place with one post far from the road."""
    with World(stage, run_up_s=0.0) as world:
        world.add(StandingActor("post", delineator(), None, np.array([0.0, 90.0, 40.0]), IDENTITY))
        world.step()
        return EmbreeTracer(world.scene(0.0, 1 / TICK_HZ, key_times=1))


def test_parabolas_join_the_grades_of_a_profile() -> None:
    profile = Profile.through([(0.0, 0.0, 500.0), (200.0, 8.0, 1000.0), (500.0, 2.0, 700.0)])
    s = np.linspace(-100.0, 600.0, 7001)
    z, grade = profile.at(s)
    np.testing.assert_allclose(np.gradient(z, s), grade, atol=1e-4)
    np.testing.assert_allclose(grade[[0, 3000, 4500, -1]], [0.0, 0.01, -0.02, 0.0], atol=0.03)
    bend = np.gradient(grade, s)
    assert np.min(bend) == pytest.approx(-1 / 1000.0, rel=1e-3) and np.max(bend) == pytest.approx(1 / 500.0, rel=1e-3)
    with pytest.raises(ValueError, match="overlap by"):
        Profile.through([(0.0, 0.0, 5000.0), (100.0, 6.0, 5000.0), (200.0, 0.0, 5000.0)])


def test_bends_fall_to_their_inner_side_and_at_most_as_much_as_asked() -> None:
    s, q = superelevation(BENT, largest=0.06, speed_mps=25.0, drainage=0.02)
    assert np.interp(115.0, s, q) == pytest.approx(-0.06) and np.interp(220.0, s, q) == pytest.approx(0.06)
    assert np.interp([0.0, 500.0], s, q) == pytest.approx(0.02)
    assert np.abs(np.diff(q)).max() < 0.06 * 2 / 30.0 * 1.01 * np.diff(s).max()


def test_asphalt_and_paint_lie_on_the_ground_that_wheels_feel(country: Stage) -> None:
    for semantic, above in ((C.ROAD, 0.0), (C.LANE_MARKING, PAINT_M)):
        v = vertices(country, semantic)
        gap = v[:, 2] - country.ground.at(v)[0]
        assert len(v) > 500
        assert np.abs(gap - above).max() < 0.0025
    assert np.ptp(vertices(country, C.ROAD)[:, 2]) > 0.9 * CREST.height_m


def test_the_relief_is_profile_plus_crossfall(country: Stage) -> None:
    relief = country.ground.relief
    assert relief is not None
    rng = np.random.default_rng(2)
    s, d = rng.uniform(-200.0, BENT.length_m + 200.0, 4000), rng.uniform(-3.8, 3.8, 4000)
    xy, _, _ = BENT.at(s, d)
    expected = CREST.profile().at(s)[0] + np.interp(s, *relief.crossfall) * d
    np.testing.assert_allclose(country.ground.at(xy)[0], expected, atol=1e-3)


def test_a_crest_hides_what_the_geometry_of_its_parabola_says(country: Stage) -> None:
    """S = sqrt(2 R) (sqrt(h_eye) + sqrt(h_object)) on the parabola; the same eye asks the tracer about the mesh."""
    s = CREST.s_m - 37.5  # eye and object both on the parabola
    distance = sight_distance(country.ground, BENT, s, RIGHT_M)
    assert distance == pytest.approx(np.sqrt(2 * CREST.radius_m) * (EYE_M**0.5 + OBJECT_M**0.5), abs=1.0)
    tracer = tracer_of(country)
    ahead, seen = visible(country.ground, BENT, s, RIGHT_M, reach_m=110.0)
    clear = np.abs(ahead - distance) > 2.0
    ahead, seen = ahead[clear], seen[clear]
    at = np.concatenate([[s], s + ahead])
    points = np.column_stack([BENT.at(at, np.full(len(at), RIGHT_M))[0], np.zeros(len(at))])
    points[:, 2] = country.ground.at(points)[0] + np.concatenate([[EYE_M], np.full(len(ahead), OBJECT_M)])
    rays = points[1:] - points[0]
    far = np.linalg.norm(rays, axis=1)
    hits = tracer.trace(np.tile(points[0], (len(rays), 1)), rays / far[:, None], np.zeros(len(rays)))
    np.testing.assert_array_equal(hits.t > far - 0.05, seen)


@pytest.mark.parametrize("kind", ["hatchback", "box_truck"])
def test_a_vehicle_drives_over_the_hill_and_through_the_bends(country: Stage, kind: str) -> None:
    """It keeps its lane within 0.35 m, its wheels on the ground, and on 6 % grades its speed within 0.5 m/s."""
    spec, speed = VEHICLES[kind], 13.0
    with World(country, run_up_s=0.0) as world:
        xy, yaw, _ = BENT.at(10.0, RIGHT_M)
        world.fleet.add(spec, xy=(float(xy[0]), float(xy[1])), yaw=float(yaw), speed_mps=speed)
        tracker, hold, fleet = PathTracker(BENT), SpeedHold(), world.fleet
        lateral, error, height = [], [], []

        def drive() -> None:
            at, now = fleet.position_w[0], float(fleet.speed_mps[0])
            yaw = float(np.arctan2(*to_matrix(fleet.orientation_w[0])[1::-1, 0]))
            off = tracker.error((float(at[0]), float(at[1])), yaw, now, Offset(RIGHT_M))
            fleet.set_controls(
                0,
                steering(spec, off, now),
                *pedals(spec, hold.acceleration(speed, now, 1 / 60), now, fleet.grade_of(0)),
            )
            lateral.append(off.lateral_m)
            error.append(now - speed)
            height.append(at[2] - float(country.ground.at(at)[0]) - spec.size[2] / 2)

        world.control(drive)
        for _ in range(40 * TICK_HZ):
            world.step()
        assert BENT.project(fleet.position_w[0][:2])[0] > 500.0
        assert not world.contacts
    assert np.abs(lateral).max() < 0.35
    assert np.abs(error).max() < 0.5
    assert np.abs(height).max() < 0.12


def test_bends_are_furnished_on_their_outer_side(country: Stage) -> None:
    assert [side for _, _, side in tight_bends(BENT)] == [1, -1]
    names = [p.asset.name for p in country.placements]
    assert {"sign_bend_left", "sign_bend_right", "sign_deer", "chevron", "delineator", "barn"} <= set(names)
    for p in country.placements:
        if p.asset.name == "chevron":
            s, d = BENT.project(p.position_w)
            assert np.sign(d) == (-1 if s < 170.0 else 1)
        if p.asset.name.startswith("tree") or p.asset.name in ("barn", "farmhouse", "bale", "power_pole"):
            assert abs(BENT.project(p.position_w)[1]) > 7.0, p.asset.name
            assert abs(p.position_w[2] - float(country.ground.at(p.position_w)[0])) < 0.2


@pytest.mark.parametrize("kind", ["motorway", "country"])
def test_tubes_leave_the_lanes_free_and_hold_those_who_leave_them(kind: str) -> None:
    stage = tunnel(rng=np.random.default_rng(3), length_m=300.0, tunnel_s=(100.0, 200.0), kind=kind)
    assert stage.road is not None
    v = np.concatenate([vertices(stage, c) for c in (C.WALL, C.KERB, C.TRAFFIC_SIGN, C.POLE, C.TERRAIN)])
    v = v[(v[:, 0] > 20.0) & (v[:, 0] < 280.0) & (v[:, 2] > 0.05) & (v[:, 2] < 4.7)]
    for lane in stage.road.lanes:
        assert not (np.abs(v[:, 1] - lane.offset_m) < lane.width_m / 2).any()
        assert lane.direction == (1 if lane.offset_m < 0 else -1)
    with World(stage, run_up_s=0.0) as world:
        world.fleet.add(VEHICLES["sedan"], xy=(120.0, stage.road.lanes[0].offset_m), yaw=-0.6, speed_mps=15.0)
        for _ in range(2 * TICK_HZ):
            world.step()
        assert abs(world.fleet.position_w[0, 1]) < abs(stage.road.right_edge_m) + 1.2


def test_daylight_and_lamps_fade_with_depth_as_stated() -> None:
    x = np.linspace(0.0, 200.0, 401)
    day, lamps = daylight(x, 5.6, 10.0), lamp_light(x, 700.0, 90.0)
    assert day[0] == pytest.approx(0.6) and np.all(np.diff(day) < 0.0) and day[x == 20.0] < 0.01
    assert lamps[0] == 700.0 and lamps[-1] == 90.0 and np.all(np.diff(lamps) <= 0.0)
    assert lamp_light(60.0 + 22.0, 700.0, 1.0) == pytest.approx(700.0 * 2.9**-1.4)


def test_a_tunnel_is_dark_inside_by_day_and_its_exit_bright(under: Stage) -> None:
    """White paint shows E / pi: lamps alone in the middle of the tunnel, sun and dome outside."""
    assert under.road is not None
    lane = under.road.lanes[1].offset_m
    tracer = tracer_of(under)

    def look(s: float) -> tuple[np.ndarray, np.ndarray]:
        turn = from_matrix(np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]]))
        track = PoseTrack(np.zeros(1), np.array([[s, lane, 1.3]]), turn[None])
        frame = render(tracer, BrownConradyLens(96, 64, fx=70.0), track, Shutter(0.0), key=1, draft=True)
        return np.asarray(frame.radiance), np.asarray(frame.semantic)

    inside, classes = look(250.0)
    road = inside[48:][classes[48:] == C.ROAD].mean()
    assert road == pytest.approx(90.0 * 0.105 / np.pi, rel=0.25)
    assert inside[26:38, 40:56].max() > 300.0 * road  # the exit, a hundred metres ahead
    outside, classes = look(20.0)
    assert outside[48:][classes[48:] == C.ROAD].mean() > 50.0 * road
    assert not under.luminaires  # the eight lamps of a frame are left to headlights


@pytest.mark.parametrize("build", [country_road, tunnel])
def test_places_repeat_with_their_seed(build) -> None:
    one, again, other = (build(rng=np.random.default_rng(seed), length_m=420.0) for seed in (5, 5, 6))
    assert [p.position_w for p in one.placements] == [p.position_w for p in again.placements]
    for a, b in zip(one.placements, again.placements, strict=True):
        assert np.array_equal(a.asset.parts[0].mesh.vertices, b.asset.parts[0].mesh.vertices)
    assert one.environment == again.environment != other.environment
    assert np.array_equal(one.ground.table, again.ground.table, equal_nan=True)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda rng: country_road(rng=rng, lanes=3), "3 lanes, expected an even number"),
        (lambda rng: country_road(rng=rng, crest=CREST, profile=Profile.level()), "both crest and profile"),
        (lambda rng: country_road(rng=rng, path=Path.from_segments([(50.0, 1 / 30.0)])), "30 m radius"),
        (lambda rng: Crest(100.0, radius_m=5000.0, grade=0.06, height_m=2.0).profile(), "needs at least"),
        (lambda rng: tunnel(rng=rng, kind="tube"), "unknown tunnel kind 'tube'"),
        (lambda rng: tunnel(rng=rng, tunnel_s=(100.0, 110.0)), "40 m apart"),
        (lambda rng: tunnel(rng=rng, path=Path.from_segments([(500.0, 0.01)])), "100 m radius"),
    ],
)
def test_nonsense_is_refused_by_name(make, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make(np.random.default_rng(0))
