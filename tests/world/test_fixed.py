"""Compound bodies against the separate bodies they stand for, seen by PyBullet's own ray test."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.transforms import from_yaw
from cornercase.sim.physics.bodies import Bodies
from cornercase.sim.physics.client import Client
from cornercase.sim.world.assets.asset import Asset, Box, Cylinder, Sphere
from cornercase.sim.world.classes import SemanticClass
from cornercase.sim.world.fixed import CELL_M, compounds
from cornercase.sim.world.stages.stage import Placement

POST = Asset("post", SemanticClass.POLE, None, (), (Cylinder(0.2, 3.0, (0.1, 0.0, 1.5)), Sphere(0.5, (0.0, 0.3, 3.0))))
WALL = Asset("wall", SemanticClass.WALL, None, (), (Box((2.0, 0.2, 1.0), (0.0, 0.5, 1.0), (0.0, 0.0, 0.3827, 0.9239)),))


def placements(count: int, reach_m: float) -> list[Placement]:
    rng = np.random.default_rng(5)
    return [
        Placement.upright((POST, WALL)[k % 2], *rng.uniform(-reach_m, reach_m, 2), yaw=float(rng.uniform(-3.0, 3.0)))
        for k in range(count)
    ]


def hits(client: Client, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    return np.array([(hit[2], *hit[4]) for hit in client.rayTestBatch(starts.tolist(), ends.tolist())])


def test_shapes_stay_where_they_were() -> None:
    rng = np.random.default_rng(6)
    starts = np.column_stack([rng.uniform(-30.0, 30.0, (4000, 2)), rng.uniform(0.1, 3.5, 4000)])
    ends = starts + 40.0 * np.column_stack([rng.normal(size=(4000, 2)), np.zeros(4000)])
    things, seen = placements(40, 25.0), []
    for merged in (False, True):
        with Client() as client:
            bodies = Bodies(client)
            if merged:
                for asset in compounds(things):
                    bodies.add_static(asset, (0.0, 0.0, 0.0))
                assert client.getNumBodies() <= 8
            else:
                for thing in things:
                    bodies.add_static(thing.asset, thing.position_w, thing.orientation_w)
            seen.append(hits(client, starts, ends))
    assert 0.2 < np.mean(seen[0][:, 0] < 1.0) < 1.0
    np.testing.assert_allclose(seen[0], seen[1], atol=1e-4)


def test_only_like_and_near_things_are_merged() -> None:
    things = placements(300, 1.5 * CELL_M)
    merged = compounds(things)
    assert 2 * 9 <= len(merged) <= 2 * 16
    assert sum(len(asset.collision) for asset in merged) == sum(len(t.asset.collision) for t in things)
    for asset in merged:
        assert len({asset.name, POST.name, WALL.name}) == 2
        assert np.ptp([shape.position for shape in asset.collision], axis=0).max() < CELL_M + 2.0
    assert compounds([Placement(Asset("paint", SemanticClass.ROAD, None, ()))]) == []


def test_a_box_lies_on_a_compound_as_on_its_part() -> None:
    """The step between two slabs of different height holds what rests on them."""
    slab = Asset("slab", SemanticClass.WALL, None, (), (Box((1.0, 1.0, 0.5)),))
    crate = Asset("crate", SemanticClass.OBJECT, (0.4, 0.4, 0.4), (), (Box((0.2, 0.2, 0.2)),), mass_kg=5.0)
    with Client() as client:
        bodies = Bodies(client)
        for asset in compounds(
            [Placement(slab, (0.0, 0.0, 0.0)), Placement(slab, (3.0, 0.0, 1.0), tuple(from_yaw(1.0)))]
        ):
            bodies.add_static(asset, (0.0, 0.0, 0.0))
        low, high = (bodies.add(crate, (x, 0.0, z)) for x, z in ((0.0, 0.71), (3.0, 1.71)))
        for _ in range(240):
            client.stepSimulation()
        assert bodies.state(low).position_w[2] == pytest.approx(0.7, abs=2e-3)
        assert bodies.state(high).position_w[2] == pytest.approx(1.7, abs=2e-3)
