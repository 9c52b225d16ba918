"""Places: what stands where, that nothing stands on the road, and that mesh, ground and road agree."""

import time

import numpy as np
import pytest
from cornercase.renderers.transforms import from_yaw, rotate, to_matrix
from cornercase.sim.world.assets.asset import Box, Cylinder
from cornercase.sim.world.classes import SemanticClass as C
from cornercase.sim.world.path import Path
from cornercase.sim.world.stages.cell import BINS_XY, TABLE_M, robot_cell
from cornercase.sim.world.stages.motorway import motorway
from cornercase.sim.world.stages.stage import Stage
from cornercase.sim.world.stages.surfaces import band_patches, chunks, dashes, runs
from cornercase.sim.world.stages.urban import urban_street
from scipy.spatial import cKDTree

BENT_STREET = Path.from_segments([(60.0, 0.0), (80.0, 1 / 90.0), (50.0, -1 / 120.0)], start=(5.0, -3.0), yaw=0.4)
BENT_MOTORWAY = Path.from_segments(
    [(200.0, 0.0), (300.0, 1 / 600.0), (200.0, -1 / 800.0)], start=(-20.0, 9.0), yaw=-0.7
)


def street(seed: int, path: Path | None = None) -> Stage:
    return urban_street(
        rng=np.random.default_rng(seed), path=path, zebras_m=(45.0,), reserved_gaps=((80.0, 110.0, -1),)
    )


def road(seed: int, path: Path | None = None) -> Stage:
    return motorway(rng=np.random.default_rng(seed), path=path, length_m=500.0)


def cell(seed: int, path: Path | None = None) -> Stage:
    return robot_cell(rng=np.random.default_rng(seed))


ROADS = {
    "street": (street, None),
    "bent street": (street, BENT_STREET),
    "motorway": (road, None),
    "bent motorway": (road, BENT_MOTORWAY),
}
PLACES = {**ROADS, "cell": (cell, None)}


@pytest.fixture(scope="module")
def stages() -> dict[str, Stage]:
    return {name: build(1, path) for name, (build, path) in PLACES.items()}


def world_vertices(stage: Stage, semantic: C | None = None) -> np.ndarray:
    """World positions of all face corners, or of those of one class."""
    found = [np.zeros((0, 3))]
    for p in stage.placements:
        for part in p.asset.parts:
            mesh = part.mesh
            labels = np.array([m.semantic or p.asset.semantic for m in mesh.materials])[mesh.face_material]
            faces = mesh.faces if semantic is None else mesh.faces[labels == semantic]
            found.append(np.asarray(p.position_w) + mesh.vertices[np.unique(faces)] @ to_matrix(p.orientation_w).T)
    return np.concatenate(found)


def sd(path: Path, xy: np.ndarray) -> np.ndarray:
    """Nearest (s, d) of many points by dense sampling of the path and its straight continuations."""
    s = np.arange(-800.0, path.length_m + 800.0, 0.25)
    line, yaw, _ = path.at(s)
    _, i = cKDTree(line).query(xy)
    gap = xy - line[i]
    along = s[i] + np.cos(yaw[i]) * gap[:, 0] + np.sin(yaw[i]) * gap[:, 1]
    return np.column_stack([along, -np.sin(yaw[i]) * gap[:, 0] + np.cos(yaw[i]) * gap[:, 1]])


@pytest.mark.parametrize("name", PLACES)
def test_a_place_repeats_with_its_seed_and_differs_with_another(name: str, stages: dict[str, Stage]) -> None:
    build, path = PLACES[name]
    one, again, other = stages[name], build(1, path), build(2, path)
    assert [p.position_w for p in one.placements] == [p.position_w for p in again.placements]
    assert one.environment == again.environment
    for a, b in zip(one.placements, again.placements, strict=True):
        for part_a, part_b in zip(a.asset.parts, b.asset.parts, strict=True):
            assert np.array_equal(part_a.mesh.vertices, part_b.mesh.vertices)
            assert part_a.mesh.materials == part_b.mesh.materials
    assert one.environment != other.environment


@pytest.mark.parametrize("name", PLACES)
def test_every_mesh_is_sound(name: str, stages: dict[str, Stage]) -> None:
    meshes = {id(part.mesh): part.mesh for p in stages[name].placements for part in p.asset.parts}
    for mesh in meshes.values():
        assert np.isfinite(mesh.vertices).all()
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=2e-3, err_msg=mesh.name)
        used = np.unique(mesh.face_material)
        assert len(used) == len(mesh.materials), mesh.name


def test_the_street_keeps_its_budget(stages: dict[str, Stage]) -> None:
    for seed in range(4):
        start = time.perf_counter()
        stage = street(seed)
        assert time.perf_counter() - start < 3.0  # 0.25 s when nothing else runs
        assert stage.triangles() < 350_000
        assert len({id(part.mesh) for p in stage.placements for part in p.asset.parts}) < 60


@pytest.mark.parametrize("name", ROADS)
def test_lanes_fill_the_carriageway_without_overlap(name: str, stages: dict[str, Stage]) -> None:
    layout = stages[name].road
    assert layout is not None
    lanes = sorted(layout.lanes, key=lambda lane: lane.offset_m)
    assert list(layout.lanes) == lanes
    low = np.array([lane.offset_m - lane.width_m / 2 for lane in lanes])
    high = np.array([lane.offset_m + lane.width_m / 2 for lane in lanes])
    assert low[0] >= layout.right_edge_m and high[-1] <= layout.left_edge_m
    assert np.all(low[1:] >= high[:-1] - 1e-9)
    assert all(lane.direction == (1 if lane.offset_m < 0 else -1) for lane in lanes)


@pytest.mark.parametrize("name", ROADS)
def test_nothing_stands_on_the_carriageway(name: str, stages: dict[str, Stage]) -> None:
    """No vertex between 5 cm and 4.5 m above a lane, but for the barrier in the median, which has no lane."""
    stage = stages[name]
    assert stage.road is not None
    v = world_vertices(stage)
    v = v[(v[:, 2] > 0.05) & (v[:, 2] < 4.5)]
    box = np.array([stage.road.centre.xy.min(0) - 20.0, stage.road.centre.xy.max(0) + 20.0])
    v = v[np.all((v[:, :2] > box[0]) & (v[:, :2] < box[1]), axis=1)]
    near = sd(stage.road.centre, v[:, :2])
    inside = (near[:, 0] > -10.0) & (near[:, 0] < stage.road.centre.length_m + 10.0)
    for lane in stage.road.lanes:
        on_lane = inside & (np.abs(near[:, 1] - lane.offset_m) < lane.width_m / 2)
        assert not on_lane.any(), v[on_lane][:3]


@pytest.mark.parametrize("name", ROADS)
def test_collision_shapes_stay_off_the_lanes(name: str, stages: dict[str, Stage]) -> None:
    stage = stages[name]
    assert stage.road is not None
    feet = []
    for p in stage.placements:
        for shape in p.asset.collision:
            reach = shape.half_extents[:2] if isinstance(shape, Box) else (shape.radius, shape.radius)
            turn = shape.orientation if isinstance(shape, Box | Cylinder) else (0, 0, 0, 1)
            u, w = np.linspace(-1, 1, 41), np.linspace(-1, 1, 5)
            grid = np.array([(a * reach[0], b * reach[1], 0.0) for a in u for b in w])
            local = np.asarray(shape.position) + rotate(turn, grid)
            feet.append(np.asarray(p.position_w) + rotate(p.orientation_w, local))
    near = sd(stage.road.centre, np.concatenate(feet)[:, :2])
    inside = (near[:, 0] > -10.0) & (near[:, 0] < stage.road.centre.length_m + 10.0)
    for lane in stage.road.lanes:
        assert not (inside & (np.abs(near[:, 1] - lane.offset_m) < lane.width_m / 2)).any()


@pytest.mark.parametrize("name", ROADS)
def test_signs_face_the_traffic_of_their_side(name: str, stages: dict[str, Stage]) -> None:
    stage = stages[name]
    assert stage.road is not None
    signs = [p for p in stage.placements if p.asset.semantic == C.TRAFFIC_SIGN]
    assert len(signs) > 1
    for p in signs:
        mesh = p.asset.parts[0].mesh
        sheeting = mesh.faces[np.array([m.retro for m in mesh.materials])[mesh.face_material] > 100.0]
        middle = np.asarray(p.position_w) + rotate(p.orientation_w, mesh.vertices[np.unique(sheeting)].mean(0))
        s, d = stage.road.centre.project(middle)
        _, yaw, _ = stage.road.centre.at(s)
        traffic = -np.sign(d) * np.array([np.cos(yaw), np.sin(yaw)])
        assert rotate(p.orientation_w, [1.0, 0.0, 0.0])[:2] @ traffic < -0.95, p.asset.name


@pytest.mark.parametrize("name", ROADS)
def test_paint_follows_the_path(name: str, stages: dict[str, Stage]) -> None:
    """Every long line lies at an offset the road layout asks for: all paint offsets are few and exact to 2 cm."""
    stage = stages[name]
    assert stage.road is not None
    paint = world_vertices(stage, C.LANE_MARKING)
    assert len(paint) > 100
    np.testing.assert_allclose(paint[:, 2], 0.004, atol=1e-6)
    near = sd(stage.road.centre, paint[:, :2])
    assert near[:, 1].min() > stage.road.right_edge_m and near[:, 1].max() < stage.road.left_edge_m
    borders = [lane.offset_m + half * lane.width_m / 2 for lane in stage.road.lanes for half in (-1, 1)]
    inner = [b for b in borders if min(borders) + 0.5 < b < max(borders) - 0.5 and abs(b) > 2.0] or [0.0]
    for border in inner:
        line = near[np.abs(near[:, 1] - border) < 0.4, 1]
        wide = 0.12 if name.endswith("street") else 0.15
        assert np.sum(np.abs(np.abs(line - border) - wide / 2) < 0.02) > 20


@pytest.mark.parametrize("name", ROADS)
def test_ground_and_mesh_agree(name: str, stages: dict[str, Stage]) -> None:
    """Road vertices lie where the ground says, and pavement vertices a kerb higher."""
    stage = stages[name]
    assert stage.road is not None
    v = world_vertices(stage, C.ROAD)
    v = v[np.abs(v[:, 2]) < 1e-6]
    near = sd(stage.road.centre, v[:, :2])
    keep = (
        (near[:, 0] > -20)
        & (near[:, 0] < stage.road.centre.length_m + 20)
        & (np.abs(near[:, 1]) < stage.road.left_edge_m - 0.05)
    )
    height, friction = stage.ground.at(v[keep])
    assert keep.sum() > 20
    np.testing.assert_allclose(height, 0.0)
    np.testing.assert_allclose(friction, 0.85)
    walk = world_vertices(stage, C.PAVEMENT)
    if len(walk):
        at = sd(stage.road.centre, walk[:, :2])
        on = (at[:, 0] > 5) & (at[:, 0] < stage.road.centre.length_m - 5) & (np.abs(walk[:, 2] - 0.12) < 1e-3)
        height, _ = stage.ground.at(walk[on])
        assert on.sum() > 20
        np.testing.assert_allclose(height, 0.12)


@pytest.mark.parametrize("path", [None, BENT_STREET])
def test_parking_slots_keep_out_of_lanes_gaps_and_each_other(path: Path | None) -> None:
    stage = urban_street(rng=np.random.default_rng(3), path=path, reserved_gaps=((60.0, 90.0, 1),), zebras_m=(30.0,))
    layout = stage.road
    assert layout is not None
    assert len(stage.parking_slots) > 20
    outer = max(abs(lane.offset_m) + lane.width_m / 2 for lane in layout.lanes)
    for slot in stage.parking_slots:
        s, d = layout.centre.project(slot.position_w)
        assert abs(s - slot.s_m) < 0.05 and np.sign(d) == slot.side
        assert abs(d) - slot.width_m / 2 >= outer - 0.05
        assert abs(d) + slot.width_m / 2 <= layout.left_edge_m + 0.05
        assert not (slot.side == 1 and 60.0 < slot.s_m < 90.0)
        assert abs(slot.s_m - 30.0) > 5.0
        forward = rotate(from_yaw(slot.yaw), [1.0, 0.0, 0.0])[:2]
        _, heading, _ = layout.centre.at(slot.s_m)
        assert forward @ [np.cos(heading), np.sin(heading)] * -slot.side > 0.99
    for side in (-1, 1):
        along = np.array([slot.s_m for slot in stage.parking_slots if slot.side == side])
        assert np.all(np.diff(along) > 5.5)


def test_the_table_top_and_bins_are_where_the_robot_expects_them(stages: dict[str, Stage]) -> None:
    stage = stages["cell"]
    by_name = {p.asset.name: p for p in stage.placements}
    top = by_name["table"].asset.parts[0].mesh.vertices[:, 2].max()
    assert top == pytest.approx(0.0, abs=1e-6)
    slab = by_name["table"].asset.collision[0]
    assert isinstance(slab, Box)
    assert slab.position[2] + slab.half_extents[2] == pytest.approx(0.0)
    assert abs(0.5 - slab.position[0]) < slab.half_extents[0]
    height, _ = stage.ground.at([[0.0, 0.0], [5.0, 5.0]])
    np.testing.assert_allclose(height, -TABLE_M)
    bins = sorted(p.position_w[:2] for p in stage.placements if p.asset.semantic == C.BIN)
    assert bins == sorted(BINS_XY)
    reach = [p for p in stage.placements if p.asset.semantic not in (C.BIN, C.TABLE, C.FLOOR)]
    for p in reach:
        for shape in p.asset.collision:
            assert np.linalg.norm(np.asarray(p.position_w[:2])) > 1.2, shape


def test_runs_cover_the_path_and_its_continuations() -> None:
    pieces = list(runs(BENT_STREET, -30.0, BENT_STREET.length_m + 30.0))
    assert pieces[0][0] == -30.0 and pieces[-1][1] == BENT_STREET.length_m + 30.0
    np.testing.assert_allclose([b for _, b, _ in pieces[:-1]], [a for a, _, _ in pieces[1:]])
    np.testing.assert_allclose([c for _, _, c in pieces], [0, 0, 1 / 90, -1 / 120, 0], atol=1e-12)


@pytest.mark.parametrize("side", [-1, 1])
def test_band_patches_cover_the_band_in_bends(side: int) -> None:
    from cornercase.sim.physics.ground import Ground

    low, high = sorted((side * 4.0, side * 7.0))
    patches = band_patches(BENT_STREET, -10.0, BENT_STREET.length_m + 10.0, low, high, height_m=0.3, friction=0.4)
    ground = Ground(patches=tuple(patches))
    s = np.linspace(-9.0, BENT_STREET.length_m + 9.0, 301)
    for d, height in ((low - 0.05, 0.0), (low + 0.05, 0.3), (high - 0.05, 0.3), (high + 0.05, 0.0)):
        xy, _, _ = BENT_STREET.at(s, np.full(len(s), d))
        np.testing.assert_allclose(ground.at(xy)[0], height)


def test_chunks_and_dashes_tile_an_interval() -> None:
    pieces = chunks(-7.0, 143.0, 50.0)
    assert len(pieces) == 3 and pieces[0][0] == -7.0 and pieces[-1][1] == 143.0
    painted = dashes(0.0, 100.0, 6.0, 12.0)
    assert painted[:2] == [(0.0, 6.0), (18.0, 24.0)]
    assert all(b <= 100.0 for _, b in painted)


def test_wrong_lane_counts_are_named() -> None:
    with pytest.raises(ValueError, match="3 lanes, expected an even number"):
        urban_street(rng=np.random.default_rng(0), lanes=3)
    with pytest.raises(ValueError, match="0 lanes"):
        motorway(rng=np.random.default_rng(0), lanes=0)
