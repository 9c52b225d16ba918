"""Junctions and road works: ways that can be driven, what lies in them, who conflicts with whom, and the lights."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import pytest
from cornercase.renderers.scene import Lamp
from cornercase.renderers.transforms import rotate, to_matrix
from cornercase.sim.control.path_follow import PathTracker, SpeedHold, pedals, steering
from cornercase.sim.control.signals import ARMS, Aspect, crossing_conflicts, two_phases
from cornercase.sim.physics.bodies import Bodies
from cornercase.sim.physics.client import Client
from cornercase.sim.physics.specs import VEHICLES
from cornercase.sim.world.assets.asset import Box, Cylinder
from cornercase.sim.world.assets.vehicles import build_vehicle
from cornercase.sim.world.assets.work_zone import beacon, cone
from cornercase.sim.world.classes import SemanticClass as C
from cornercase.sim.world.loose import add_loose
from cornercase.sim.world.memo import remembering
from cornercase.sim.world.path import Path
from cornercase.sim.world.signal_actor import add_signals
from cornercase.sim.world.stages.intersection import intersection, turn_path
from cornercase.sim.world.stages.roundabout import roundabout
from cornercase.sim.world.stages.stage import Placement, Stage
from cornercase.sim.world.stages.turns import NCAP_TURNS, clothoid_turn, turn_geometry
from cornercase.sim.world.stages.work_zone import work_zone
from cornercase.sim.world.vehicle_actor import VehicleActor
from cornercase.sim.world.world import World
from scipy.spatial import cKDTree

CORRIDOR_M = 1.2
"""Half of what a car of 1.8 m with 0.3 m to spare on each side sweeps."""
BENT = Path.from_segments([(220.0, 0.0), (240.0, 1 / 900.0), (120.0, 0.0)], start=(5.0, -3.0), yaw=0.4)
PLACES = {
    "signals": lambda rng: intersection(rng=rng, arm_m=80.0),
    "stop": lambda rng: intersection(rng=rng, control="stop", lane_m=3.25, arm_m=80.0, turn_kmh=20.0),
    "roundabout": lambda rng: roundabout(rng=rng, arm_m=100.0),
    "works": lambda rng: work_zone(rng=rng, length_m=580.0, start_m=200.0),
    "bent works": lambda rng: work_zone(rng=rng, path=BENT, start_m=200.0, closed="left"),
}
JUNCTIONS = ("signals", "stop", "roundabout")
WORKS = ("works", "bent works")


@pytest.fixture(scope="module")
def stages() -> dict[str, Stage]:
    return {name: build(np.random.default_rng(1)) for name, build in PLACES.items()}


def clearance(route: Path, xy: np.ndarray) -> float:
    """Distance of the nearest of many points from a route."""
    line, _, _ = route.at(np.arange(0.0, route.length_m, 0.1))
    return float(cKDTree(xy).query(line)[0].min())


@lru_cache(maxsize=16)
def standing(stage: Stage, top_m: float = 4.5) -> np.ndarray:
    """All scenery from 5 cm up, as its vertices and a raster of its collision shapes, to 5 cm."""
    out = []
    for p in stage.placements:
        turn, at = to_matrix(p.orientation_w).T, np.asarray(p.position_w)
        out += [
            (at + rotate(p.orientation_w, np.asarray(part.position)) + part.mesh.vertices @ turn)
            for part in p.asset.parts
        ]
        for shape in p.asset.collision:
            reach = shape.half_extents if isinstance(shape, Box) else (shape.radius, shape.radius, 0.1)
            own = shape.orientation if isinstance(shape, Box | Cylinder) else (0, 0, 0, 1)
            u = np.stack(np.meshgrid(*(np.linspace(-r, r, max(2, int(r / 0.4))) for r in reach)), -1).reshape(-1, 3)
            out.append(at + (np.asarray(shape.position) + rotate(own, u)) @ turn)
    v = np.concatenate(out)
    v = v[(v[:, 2] > 0.05) & (v[:, 2] < top_m), :2]
    return np.unique(np.round(v * 20).astype(np.int32), axis=0) / 20.0


@pytest.mark.parametrize("name", PLACES)
def test_every_route_is_free_asphalt(name: str, stages: dict[str, Stage]) -> None:
    stage = stages[name]
    things = standing(stage)
    for label, route in stage.routes.items():
        s = np.arange(0.0, route.length_m, 0.5)
        for d in (-CORRIDOR_M, 0.0, CORRIDOR_M):
            xy, _, _ = route.at(s, np.full(len(s), d))
            height, friction = stage.ground.at(xy)
            np.testing.assert_allclose(height, 0.0, err_msg=f"{label} at {d} m")
            np.testing.assert_allclose(friction, 0.85, err_msg=f"{label} at {d} m")
        assert clearance(route, things) > CORRIDOR_M, label


@pytest.mark.parametrize("name", PLACES)
def test_routes_are_smooth_and_start_and_end_in_their_lanes(name: str, stages: dict[str, Stage]) -> None:
    for label, route in stages[name].routes.items():
        heading = np.arctan2(*np.diff(route.xy, axis=0).T[::-1])
        middle = (route.yaw[1:] + route.yaw[:-1]) / 2
        assert np.abs(np.angle(np.exp(1j * (heading - middle)))).max() < 0.02, label
        turned = np.sum(np.diff(route.yaw))
        assert turned == pytest.approx(np.trapezoid(route.curvature, route.s), abs=0.03), label
    if name in JUNCTIONS:
        quarter = {"right": -1, "straight": 0, "left": 1, "back": 2}
        for label, route in stages[name].routes.items():
            bend = (route.yaw[-1] - route.yaw[0]) / (np.pi / 2)
            assert bend == pytest.approx(quarter[label.split("/")[1]], abs=1e-6), label


def test_left_turns_have_the_tabulated_geometry() -> None:
    for v, r_min, alpha in NCAP_TURNS:
        assert turn_geometry(v) == pytest.approx((r_min, alpha, 90.0 - 2 * alpha))
        ds, k = np.array(clothoid_turn(r_min, alpha, left=True)).T
        turned = np.rad2deg(np.cumsum(ds * k))
        assert turned[-1] == pytest.approx(90.0, abs=1e-6)
        assert k.max() == pytest.approx(1 / r_min)
        assert turned[np.argmax(k > 0.999 / r_min) - 1] == pytest.approx(alpha, abs=0.05)
        np.testing.assert_allclose(k, k[::-1], rtol=1e-9)
        rise = k[: np.argmax(k > 0.999 / r_min)]
        np.testing.assert_allclose(np.diff(rise), np.diff(rise)[0], rtol=1e-6)
    assert turn_geometry(12.5)[0] == pytest.approx((9.0 + 11.75) / 2)
    with pytest.raises(ValueError, match="30 km/h"):
        turn_path(30.0)


@pytest.mark.parametrize("name", JUNCTIONS)
def test_conflicts_are_symmetric_and_lie_on_both_routes(name: str, stages: dict[str, Stage]) -> None:
    stage = stages[name]
    for a, b in ((a, b) for a in ("south/straight", "south/left") for b in stage.routes if a != b):
        one, other = stage.conflict(a, b), stage.conflict(b, a)
        if a.split("/")[0] == b.split("/")[0]:
            assert one is None and other is None
            continue
        assert (one is None) == (other is None), (a, b)
        if one is None or other is None:
            continue
        if name != "roundabout":  # where two ways may meet twice, and the first place differs
            assert (one.s_a_m, one.s_b_m) == pytest.approx((other.s_b_m, other.s_a_m), abs=1.1), (a, b)
            assert one.span_a_m == pytest.approx(other.span_b_m) and one.merges == other.merges
        pa, pb = stage.routes[a].at(one.s_a_m)[0], stage.routes[b].at(one.s_b_m)[0]
        assert np.linalg.norm(pa - pb) < 2.0
        assert one.span_a_m[0] <= one.s_a_m <= one.span_a_m[1] and one.span_b_m[0] <= one.s_b_m <= one.span_b_m[1]


def test_conflicts_of_a_crossing_are_where_geometry_says(stages: dict[str, Stage]) -> None:
    stage = stages["signals"]
    crossing = stage.conflict("south/straight", "east/straight")
    assert crossing is not None and not crossing.merges
    assert stage.routes["south/straight"].at(crossing.s_a_m)[0] == pytest.approx([1.75, 1.75], abs=1e-6)
    assert crossing.span_a_m == pytest.approx((crossing.s_a_m - 2.0, crossing.s_a_m + 2.0), abs=0.6)
    assert stage.conflict("south/straight", "north/straight") is None
    assert stage.conflict("south/right", "north/right") is None
    across = stage.conflict("south/left", "north/straight")
    assert across is not None and not across.merges
    joined = stage.conflict("south/right", "west/straight")
    assert joined is not None and joined.merges
    assert joined.span_a_m[1] == pytest.approx(stage.routes["south/right"].length_m, abs=0.6)
    with pytest.raises(ValueError, match="no route 'south/lefd'; did you mean 'south/left'"):
        stage.route("south/lefd")


def test_groups_whose_straight_ways_cross_are_in_conflict(stages: dict[str, Stage]) -> None:
    stage, pairs = stages["signals"], crossing_conflicts()
    assert stage.junction is not None
    for a, b in combinations(ARMS, 2):
        meets = stage.conflict(f"{a}/straight", f"{b}/straight") is not None
        assert meets == (frozenset((a, b)) in pairs)
    for arm, zebra in stage.junction.crossings.items():
        (ax, ay), (bx, by) = zebra.waiting
        walk = Path.from_segments([(float(np.hypot(bx - ax, by - ay)), 0.0)], start=(ax, ay), yaw=zebra.yaw)
        assert walk.xy[-1] == pytest.approx([bx, by], abs=1e-6)
        for other in ARMS:
            route = stage.routes[f"{other}/straight"]
            crosses = clearance(route, walk.xy) < 0.5
            assert crosses == (frozenset((f"{arm}/walk", other)) in pairs)


@pytest.mark.parametrize("name", JUNCTIONS)
def test_people_wait_on_pavements_and_cars_before_the_crossing(name: str, stages: dict[str, Stage]) -> None:
    stage = stages[name]
    junction = stage.junction
    assert junction is not None
    waiting = [p for zebra in junction.crossings.values() for p in zebra.waiting] + list(junction.corners.values())
    np.testing.assert_allclose(stage.ground.at(waiting)[0], 0.12)
    assert np.min(cKDTree(standing(stage, 2.1)).query(waiting)[0]) > 0.3
    for arm in ARMS:
        route, zebra = stage.routes[f"{arm}/straight"], junction.crossings[arm]
        front = junction.stop_s_m[f"{arm}/straight"] - float(np.mean([route.project(p)[0] for p in zebra.waiting]))
        assert 2.0 < front < 13.0 if name == "roundabout" else -6.0 < front < -2.5
    for label, s in junction.stop_s_m.items():
        assert s == pytest.approx(junction.stop_s_m[f"{label.split('/')[0]}/straight"], abs=0.6)


def test_signals_are_seen_by_those_who_obey_them(stages: dict[str, Stage]) -> None:
    stage = stages["signals"]
    assert stage.junction is not None
    spots = stage.junction.signals
    assert len({spot.name for spot in spots}) == len(spots) == 20
    for spot in spots:
        head, faces = np.array(spot.position_w[:2]), np.array([np.cos(spot.yaw), np.sin(spot.yaw)])
        arm = spot.group.split("/")[0]
        if spot.kind == "vehicle":
            s = stage.junction.stop_s_m[f"{arm}/straight"]
            eyes = stage.routes[f"{arm}/straight"].at(s - 20.0)[0]
        else:
            eyes = max(stage.junction.crossings[arm].waiting, key=lambda p: float(np.linalg.norm(head - p)))
        towards = (eyes - head) / np.linalg.norm(eyes - head)
        assert faces @ towards > 0.9, spot.name
        if spot.kind == "vehicle" and not spot.name.endswith("overhead"):
            assert stage.ground.at(head)[0] == pytest.approx(0.12)


@pytest.mark.parametrize("name", JUNCTIONS)
def test_kerbs_are_where_the_ground_steps(name: str, stages: dict[str, Stage]) -> None:
    """Just inside of the drawn kerb's foot the ground is a pavement, just outside it is asphalt."""
    stage = stages[name]
    feet, outwards = [], []
    for p in stage.placements:
        if p.asset.name != "block":
            continue
        mesh = p.asset.parts[0].mesh
        stone = np.array([m.semantic for m in mesh.materials])[mesh.face_material] == C.KERB
        corners = mesh.vertices[mesh.faces[stone]].astype(float)
        side = np.ptp(corners[:, :, 2], axis=1) > 0.1
        feet.append(corners[side].mean(axis=1)[:, :2])
        outwards.append(mesh.normals[mesh.faces[stone][side, 0], :2])
    at, normal = np.concatenate(feet), np.concatenate(outwards)
    near = np.abs(at).max(axis=1) < 78.0
    at, normal = at[near], normal[near]
    assert len(at) > 200
    inside = stage.ground.at(at - 0.15 * normal)[0]
    outside = stage.ground.at(at + 0.15 * normal)[0]
    np.testing.assert_allclose(inside, 0.12)
    np.testing.assert_allclose(outside, 0.0)


@pytest.mark.parametrize("name", JUNCTIONS)
def test_parked_cars_fit_beside_the_lanes(name: str, stages: dict[str, Stage]) -> None:
    stage = stages[name]
    assert len(stage.parking_slots) > 20
    boxes = []
    for slot in stage.parking_slots:
        u, v = slot.length_m / 2, slot.width_m / 2 - 0.1
        c, s = np.cos(slot.yaw), np.sin(slot.yaw)
        box = np.array([[a * c - b * s, a * s + b * c] for a in (-u, 0.0, u) for b in (-v, v)]) + slot.position_w
        np.testing.assert_allclose(stage.ground.at(box)[0], 0.0)
        boxes.append(box)
    for route in stage.routes.values():
        assert clearance(route, np.concatenate(boxes)) > 1.5


@pytest.mark.parametrize("name", ["signals", "roundabout", "works"])
def test_a_place_repeats_with_its_seed_and_its_meshes_are_sound(name: str, stages: dict[str, Stage]) -> None:
    one, again = stages[name], PLACES[name](np.random.default_rng(1))
    assert [(p.asset.name, p.position_w) for p in one.placements] == [
        (p.asset.name, p.position_w) for p in again.placements
    ]
    for a, b in zip(one.placements, again.placements, strict=True):
        for part_a, part_b in zip(a.asset.parts, b.asset.parts, strict=True):
            assert np.array_equal(part_a.mesh.vertices, part_b.mesh.vertices)
    for mesh in {id(part.mesh): part.mesh for p in one.placements for part in p.asset.parts}.values():
        assert np.isfinite(mesh.vertices).all()
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=2e-3, err_msg=mesh.name)


# ---- driving ----------------------------------------------------------------------------------------------------


def drive(stage: Stage, route: Path, kmh: float, *, after_m: float, length_m: float) -> float:
    """Largest distance of a car's middle from its line over the stretch, following it by the path tracker."""
    with World(stage) as world:
        spec, speed = VEHICLES["hatchback"], kmh / 3.6
        xy, yaw, _ = route.at(after_m)
        asset = build_vehicle("hatchback", rng=np.random.default_rng(0))
        index = world.fleet.add(spec, xy=(float(xy[0]), float(xy[1])), yaw=float(yaw), speed_mps=speed)
        world.fleet_state.update()
        car = VehicleActor("car", asset, world.fleet, world.fleet_state, index)
        world.add(car)
        tracker, hold, worst = PathTracker(route), SpeedHold(), [0.0]

        def follow() -> None:
            x, y, _ = car.position_w.tolist()
            error = tracker.error((x, y), car.yaw, car.speed_mps)
            worst[0] = max(worst[0], abs(error.lateral_m))
            wanted = hold.acceleration(speed, car.speed_mps, 1 / 60)
            car.set_controls(steering(spec, error, car.speed_mps), *pedals(spec, wanted, car.speed_mps))

        world.control(follow)
        for _ in range(int(length_m / speed * 240)):
            world.step()
        assert not world.contacts
        s, _ = route.project(car.position_w[:2])
        assert s > after_m + 0.9 * length_m
        return worst[0]


@pytest.mark.parametrize("kmh", [10.0, 20.0])
def test_a_car_drives_the_left_turn(kmh: float, stages: dict[str, Stage]) -> None:
    route = turn_path(kmh, arm="east", arm_m=80.0)
    assert drive(stages["signals"], route, kmh, after_m=52.0, length_m=44.0) < 0.3


def test_a_car_drives_the_right_turn_and_round_the_roundabout(stages: dict[str, Stage]) -> None:
    assert drive(stages["signals"], stages["signals"].routes["north/right"], 12.0, after_m=60.0, length_m=26.0) < 0.3
    route = stages["roundabout"].routes["south/left"]
    assert drive(stages["roundabout"], route, 30.0, after_m=50.0, length_m=115.0) < 0.3


# ---- lights -----------------------------------------------------------------------------------------------------


@pytest.fixture
def lit(stages: dict[str, Stage]) -> Iterator[World]:
    with World(stages["signals"]) as world:
        yield world


def test_lamps_follow_the_plan_and_a_head_can_disagree(lit: World) -> None:
    lights = add_signals(lit, two_phases().ending("south", -0.1))
    changes: list[str] = []
    lights.on_change = lambda head: changes.append(head.name)
    lights.overrides["signal/north/far"] = Aspect.GREEN | Aspect.RED
    for _ in range(60):
        lit.step()
    scene = lit.scene(lit.time_s, lit.time_s, key_times=1)
    shown = {int(scene.label[k]): Lamp(int(scene.lamps[k])) for k in range(len(scene.label)) if scene.label[k]}
    for head in lights.heads.values():
        expected = {"south": Lamp.AMBER, "north": Lamp.AMBER, "east": Lamp.RED, "west": Lamp.RED}.get(head.spot.group)
        if head.name == "signal/north/far":
            expected = Lamp.GREEN | Lamp.RED
        if expected is not None:
            assert shown[head.id] == expected, head.name
    assert lights.state("south") == Aspect.AMBER and len(lights.heads_of("south")) == 3
    assert sorted(changes) == sorted(h.name for h in lights.heads.values() if h.spot.group in ("south", "north") or
                                     h.name == "signal/north/far")  # fmt: skip


def test_a_place_without_signals_says_so(stages: dict[str, Stage]) -> None:
    with World(stages["stop"]) as world, pytest.raises(ValueError, match="intersection has no signals"):
        add_signals(world, two_phases())


# ---- road works -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WORKS)
def test_the_closed_lane_is_left_before_the_taper(name: str, stages: dict[str, Stage]) -> None:
    stage = stages[name]
    area, road = stage.work_area, stage.road
    assert area is not None and road is not None
    own = [lane.offset_m for lane in road.lanes if lane.direction > 0]
    for k in range(len(own)):
        route = stage.routes[f"lane/{k}"]
        s, d = np.array([road.centre.project(p) for p in route.xy[::8]]).T
        assert d[0] == pytest.approx(own[k], abs=0.05)
        inside = (s > area.taper_m[0]) & (s < area.zone_m[1])
        apart = np.abs(d[inside] - own[area.lane])
        assert apart.min() > 3.0
    walls = [p for p in stage.placements if p.asset.name.startswith("temporary_wall")]
    assert walls and all(p.asset.collision for p in walls)
    workers = np.array([road.centre.project(p) for p in area.workers])
    assert (np.abs(workers[:, 1] - own[area.lane]) < 2.0).all()
    assert ((workers[:, 0] > area.zone_m[0]) & (workers[:, 0] < area.zone_m[1])).all()
    assert np.min(cKDTree(standing(stage, 2.1)).query(np.array(area.workers))[0]) > 0.5


def test_delimiters_go_missing_get_moved_and_can_be_left_out() -> None:
    def build(**values: float | bool) -> Stage:
        return work_zone(rng=np.random.default_rng(3), start_m=120.0, length_m=450.0, **values)  # type: ignore[arg-type]

    with remembering():  # the motorway is the same for all
        whole, thin, moved, loose = build(), build(missing=0.5), build(shifted=0.4), build(loose=True)
    assert whole.work_area and thin.work_area and moved.work_area and loose.work_area
    count = len(whole.work_area.delimiters)
    assert 0.5 * count <= len(thin.work_area.delimiters) < 0.8 * count
    same = [
        a.position_w == b.position_w
        for a, b in zip(whole.work_area.delimiters, moved.work_area.delimiters, strict=True)
    ]
    assert 0.4 < np.mean(same) < 0.8
    assert len(loose.placements) == len(whole.placements) - count
    ids = {id(p) for p in loose.placements}
    assert not any(id(p) in ids for p in loose.work_area.delimiters)


@pytest.mark.parametrize("seed", range(4))
def test_the_closed_strip_stays_closed_however_many_delimiters_are_gone(seed: int) -> None:
    whole, thin = (
        work_zone(rng=np.random.default_rng(seed), start_m=120.0, length_m=450.0, missing=m) for m in (0.0, 0.9)
    )
    assert whole.road and whole.work_area and thin.work_area
    centre, area = whole.road.centre, thin.work_area
    row, left = ([float(centre.project(p.position_w[:2])[0]) for p in a.delimiters] for a in (whole.work_area, area))
    stands = [min(abs(s - t) for t in left) < 0.5 for s in row]
    assert len(left) < 0.7 * len(row) and all(any(pair) for pair in pairwise(stands))
    for s in area.taper_m:
        assert min(abs(s - t) for t in left) < 0.5


def test_no_delimiter_stands_in_the_wall() -> None:
    stage = work_zone(rng=np.random.default_rng(3), start_m=120.0, length_m=450.0, shifted=0.2)
    assert stage.road and stage.work_area
    corners = np.array([(0.20, 0.20), (0.20, -0.20), (-0.20, 0.20), (-0.20, -0.20)])  # a cone's foot
    walls = [p for p in stage.placements if p.asset.name.startswith("temporary_wall")]
    faces = np.concatenate([wall.asset.parts[0].mesh.vertices[:, :2] for wall in walls])
    wall_d = max(float(stage.road.centre.project(xy)[1]) for xy in faces)  # towards the open lanes
    along = [float(stage.road.centre.project(xy)[0]) for xy in faces]
    beside = [
        p for p in stage.work_area.delimiters
        if min(along) < float(stage.road.centre.project(p.position_w[:2])[0]) < max(along)
    ]  # fmt: skip
    assert len(beside) > 5
    for p in beside:
        feet = [np.array(p.position_w[:2]) + rotate(np.array(p.orientation_w), [*c, 0.0])[:2] for c in corners]
        assert min(float(stage.road.centre.project(xy)[1]) for xy in feet) > wall_d


@pytest.mark.parametrize("asset", [cone(), beacon(), beacon(lamp=True)], ids=lambda asset: asset.name)
def test_delimiters_stand_and_topple(asset) -> None:  # type: ignore[no-untyped-def]
    client = Client()
    try:
        bodies = Bodies(client)
        bodies.add_ground_plane(friction=0.8)
        body = bodies.add(asset, (0.0, 0.0, asset.size[2] / 2))
        for _ in range(120):
            client.stepSimulation()
        upright = rotate(bodies.state(body).orientation, [0.0, 0.0, 1.0])
        assert upright[2] > 0.999 and bodies.state(body).position_w[2] == pytest.approx(asset.size[2] / 2, abs=0.01)
        client.resetBaseVelocity(body, [0.0, -2.0, 1.0], [9.0, 0.0, 0.0])
        for _ in range(480):
            client.stepSimulation()
        assert rotate(bodies.state(body).orientation, [0.0, 0.0, 1.0])[2] < 0.5
    finally:
        client.close()


def test_a_car_knocks_a_cone_over() -> None:
    stage = work_zone(rng=np.random.default_rng(2), start_m=120.0, length_m=450.0, loose=True)
    route = stage.routes["lane/1"]
    with World(stage) as world:
        xy, yaw, _ = route.at(20.0)
        spec, asset = VEHICLES["hatchback"], build_vehicle("hatchback", rng=np.random.default_rng(0))
        index = world.fleet.add(spec, xy=(float(xy[0]), float(xy[1])), yaw=float(yaw), speed_mps=15.0)
        world.fleet_state.update()
        car = VehicleActor("car", asset, world.fleet, world.fleet_state, index)
        world.add(car)
        thing = cone()
        (x, y), _, _ = route.at(30.0, 0.3)
        hit = add_loose(world, "cone", Placement.upright(thing, float(x), float(y), thing.size[2] / 2))
        for _ in range(360):
            world.step()
        assert any({c.actor_a, c.actor_b} == {"car", "cone"} for c in world.contacts)
        assert hit.position_w[0] > x + 1.0 and car.speed_mps > 13.0


def test_wrong_arguments_are_named() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="unknown control 'lights'"):
        intersection(rng=rng, control="lights")
    with pytest.raises(ValueError, match="lane_m 5.0"):
        intersection(rng=rng, lane_m=5.0)
    with pytest.raises(ValueError, match="radius_m 5"):
        roundabout(rng=rng, radius_m=5.0)
    with pytest.raises(ValueError, match="unknown side 'middle'"):
        work_zone(rng=rng, closed="middle")
    with pytest.raises(ValueError, match="do not fit"):
        work_zone(rng=rng, length_m=400.0)
    with pytest.raises(ValueError, match="at least 2 lanes"):
        work_zone(rng=rng, lanes=1)
