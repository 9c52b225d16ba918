"""The warehouse: a free main aisle, a floor that ends where it should, and props whose boxes and shapes agree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from cornercase.renderers.transforms import to_matrix
from cornercase.sim.episode.clearance import standing_rows, survey
from cornercase.sim.physics.ground import RectPatch
from cornercase.sim.physics.mobile_base import BaseSpec
from cornercase.sim.world.assets import forklift, warehouse
from cornercase.sim.world.assets.asset import Asset, Box
from cornercase.sim.world.assets.cell import drum
from cornercase.sim.world.assets.mobile_robot import CAMERA_M, SCAN_HEIGHT_M, build_mobile_robot
from cornercase.sim.world.stages.stage import Stage
from cornercase.sim.world.stages.warehouse import HALF_LENGTH_M, Edge, half_width_m, side_aisle_m, warehouse_hall
from cornercase.sim.world.world import World


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


PROPS: dict[str, Callable[[], tuple[Asset, np.ndarray]]] = {
    "glass_leaf": lambda: warehouse.glass_leaf(1.2, 0.1),
    "glass_screen": lambda: warehouse.glass_screen(1.0, 0.1),
    "dock": lambda: warehouse.steps_down(0.6, 3.2, risers=1, landing_m=4.0),
    "stairs": lambda: warehouse.steps_down(1.0, 3.2, risers=6, landing_m=4.0),
    "bench": lambda: warehouse.bench(0.7),
    "roller_door": lambda: warehouse.roller_door(2.9, 0.5),
    "pallet": warehouse.empty_pallet,
    "roll_cage": lambda: warehouse.roll_cage(rng=rng()),
    "sign": warehouse.bucket_and_sign,
    "forklift": lambda: forklift.forklift(0.5, rng=rng()),
    "bare_forklift": lambda: forklift.forklift(0.0, carriage=False, rng=rng()),
    "fork_carriage": forklift.fork_carriage,
    "drum": lambda: warehouse.as_actor(drum()),
    "robot": lambda: (build_mobile_robot(BaseSpec(load=(0.5, 0.4, 0.8), load_kg=30.0), rng=rng()), np.zeros(3)),
}


def world_vertices(stage: Stage) -> np.ndarray:
    return np.concatenate(
        [
            np.asarray(p.position_w) + part.mesh.vertices @ to_matrix(p.orientation_w).T
            for p in stage.placements
            for part in p.asset.parts
        ]
    )


@pytest.mark.parametrize("name", PROPS)
def test_props_fill_their_boxes_and_their_shapes_stay_inside(name: str) -> None:
    asset, _ = PROPS[name]()
    half = np.array(asset.size) / 2
    vertices = np.concatenate([part.mesh.vertices + np.array(part.position) for part in asset.parts])
    tolerance = 0.03 if name == "robot" else 1e-5
    np.testing.assert_allclose(vertices.max(axis=0), half, atol=tolerance)
    np.testing.assert_allclose(vertices.min(axis=0), -half, atol=tolerance)
    for shape in asset.collision:
        reach = shape.half_extents if isinstance(shape, Box) else (0.3, 0.3, 0.44)
        assert (np.abs(shape.position) + reach <= half + 0.11).all(), shape


def test_the_robot_looks_out_of_its_slot_and_its_camera_is_at_its_front() -> None:
    spec = BaseSpec()
    assert spec.clearance_m < SCAN_HEIGHT_M < spec.size[2]
    assert CAMERA_M[0] >= spec.size[0] / 2 and spec.clearance_m < CAMERA_M[2] < spec.size[2]
    assert spec.clearance_m <= 0.040  # ISO 3691-4
    same = [build_mobile_robot(spec, rng=rng()).parts[0].mesh.vertices for _ in range(2)]
    np.testing.assert_array_equal(*same)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_aisles_are_free_and_cross_aisles_cut_all_rows(seed: int) -> None:
    gap = (-0.9, 1.9)
    stage = warehouse_hall(rng=np.random.default_rng(seed), aisle_m=3.2, gaps=(gap,))
    v = world_vertices(stage)
    v = v[(v[:, 2] > 0.03) & (v[:, 2] < 3.0)]
    main = (np.abs(v[:, 1]) < 1.35) & (np.abs(v[:, 0]) < 9.8)
    side = (np.abs(np.abs(v[:, 1]) - side_aisle_m(3.2)) < 1.0) & (np.abs(v[:, 0]) < 9.0)
    across = (v[:, 0] > gap[0]) & (v[:, 0] < gap[1]) & (np.abs(v[:, 1]) < 6.0)
    assert not main.any() and not side.any() and not across.any()
    assert stage.triangles() < 80_000


@pytest.mark.parametrize("risers", [1, 4])
def test_the_ground_ends_at_the_edge_and_goes_on_below(risers: int) -> None:
    edge = Edge(1.2, 0.68, risers)
    spill = RectPatch((-2.0, 0.0), 0.0, 1.0, 1.0, None, 0.05)
    stage = warehouse_hall(rng=rng(), edge=edge, spills=(spill,))
    height, friction = stage.ground.at([[-2.0, 0.0], [1.19, 0.0], [1.21 + edge.flight_m, 0.0], [1.3, 4.0]])
    np.testing.assert_allclose(height, [0.0, 0.0, -0.682, -0.682], atol=1e-9)
    np.testing.assert_allclose(friction, [0.05, 0.6, 0.6, 0.6])
    if risers > 1:
        steps, _ = stage.ground.at([[1.2 + (k + 0.5) * warehouse.TREAD_M, 0.0] for k in range(risers - 1)])
        np.testing.assert_allclose(steps, -0.17 * np.arange(1, risers))
        shapes = warehouse.steps_down(0.68, edge.width_m, risers=risers, landing_m=4.0)
        tops = sorted({round(s.position[2] + s.half_extents[2] + shapes[1][2], 6) for s in shapes[0].collision})  # type: ignore[union-attr]
        np.testing.assert_allclose(tops, [-0.68, -0.51, -0.34, -0.17], atol=1e-5)
    floor = next(p.asset for p in stage.placements if p.asset.name == "floor")
    (slab,) = floor.collision
    assert isinstance(slab, Box) and slab.position[0] + slab.half_extents[0] == pytest.approx(1.2)
    assert slab.position[0] - slab.half_extents[0] == pytest.approx(-HALF_LENGTH_M)
    assert slab.position[2] + slab.half_extents[2] == pytest.approx(0.0)


def test_the_hall_is_closed_by_walls_and_a_gate_that_rays_and_clearances_meet() -> None:
    half = half_width_m(3.2)
    stage = warehouse_hall(rng=rng())
    walls = [p.asset.name for p in stage.placements if p.asset.name in ("hall_wall", "hall_gate")]
    assert sorted(walls) == ["hall_gate", "hall_wall", "hall_wall", "hall_wall"]
    rows = standing_rows(stage)
    rows = rows[rows[:, 8] > 6.9]  # walls and their columns alone are as high
    faces = [((0.3, 0.0, np.pi), 15.3), ((0.3, 0.0, 0.0), 14.72), ((0.6, 0.0, np.pi / 2), half)]
    with World(stage) as world:
        for (x, y, yaw), expected in faces:
            body = np.array([x, y, 0.0, 0.0, yaw, 0.0, 0.2, 0.0, 0.3])
            along = np.array([np.cos(yaw), np.sin(yaw), 0.0])
            start = np.array([x, y, 6.5])  # over the racks
            hit = world.client.rayTest(start.tolist(), (start + 20.0 * along).tolist())[0]
            assert hit[2] * 20.0 == pytest.approx(survey(body, rows).ahead_m, abs=0.01)
            assert hit[2] * 20.0 == pytest.approx(expected, abs=0.3)
