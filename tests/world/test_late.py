"""Meshes that wait until somebody looks: nothing depends on when, and a world without sensors builds hardly any."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.world.assets.asset import Asset, Late
from cornercase.sim.world.assets.vegetation import SPECIES, tree
from cornercase.sim.world.assets.vehicles import build_vehicle


def _pair(seed: int) -> tuple[Asset, Asset, float]:
    """Two assets of one stream, and what is drawn after them."""
    rng = np.random.default_rng(seed)
    return build_vehicle("sedan", rng=rng), tree(SPECIES[0], rng=rng, clusters=100), float(rng.random())


def _bytes(asset: Asset) -> list[bytes]:
    return [part.mesh.vertices.tobytes() + part.mesh.faces.tobytes() for part in asset.parts]


def test_what_is_seen_does_not_depend_on_when_it_is_looked_at() -> None:
    car, plant, after = _pair(3)
    first = _bytes(car), _bytes(plant)
    other_car, other_plant, other_after = _pair(3)
    second = _bytes(other_plant), _bytes(other_car)
    assert first == (second[1], second[0]) and after == other_after
    assert _bytes(_pair(4)[0]) != first[0]


def test_a_mesh_is_built_once_and_what_it_was_built_from_is_let_go() -> None:
    calls = []
    mesh = tree(SPECIES[1], rng=np.random.default_rng(0), clusters=50).parts[0].mesh
    late = Late(lambda: calls.append(1) or mesh)  # type: ignore[func-returns-value]
    assert late.mesh is mesh and late.mesh is mesh and calls == [1]


@pytest.mark.parametrize("scenario", ["driving/cut_in", "driving/pedestrian_dart_out"])
def test_a_world_without_sensors_builds_next_to_no_geometry(scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    was = Late.mesh.fget
    assert was is not None

    def noted(self: Late) -> object:
        mesh = was(self)
        built.append(mesh.name)
        return mesh

    monkeypatch.setattr(Late, "mesh", property(noted))
    with Episode(EpisodeConfig(ScenarioConfig(scenario)), seed=1) as episode:
        episode.start()
        episode.advance()
        assert not built
        world = episode.scenario.world
        world.scene(world.time_s, world.time_s, key_times=1)
    assert len(built) > 50
