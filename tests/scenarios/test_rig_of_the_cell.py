"""The rigs of a robot cell stand clear of the person who works there, all through an episode."""

from __future__ import annotations

import hydra
import numpy as np
import pytest
from cornercase.renderers.transforms import conjugate, rotate
from cornercase.sim.cli.generate import to_config
from cornercase.sim.cli.schemas import register_schemas
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from hydra.core.global_hydra import GlobalHydra
from numpy.typing import NDArray

F64 = NDArray[np.float64]
CLEAR_M = 0.25
SEEDS = (5, 20)


def mounted(rig: str) -> dict[str, F64]:
    """Where the sensors of a rig that are bolted to the cell stand [m]."""
    GlobalHydra.instance().clear()
    register_schemas()
    with hydra.initialize_config_module("cornercase.conf", version_base="1.3"):
        sensors = to_config(hydra.compose("generate", overrides=[f"sensors={rig}"])).episode.sensors
    mounts = {name: sensor.get("mount", {}) for name, sensor in sensors.items()}
    return {name: np.array(mount["position_m"]) for name, mount in mounts.items() if mount.get("actor") == "world"}


@pytest.mark.parametrize("name", ["hand_in_workspace", "moved_target"])
def test_nobody_comes_near_a_sensor_that_is_bolted_to_the_cell(name: str) -> None:
    posts = [mounted("cell"), mounted("cell_full")]
    assert [set(found) for found in posts] == [{"overview", "scanner"}, {"overview", "scanner", "depth"}]
    places, least = np.array([place for found in posts for place in found.values()]), np.inf
    for seed in SEEDS:
        with Episode(EpisodeConfig(ScenarioConfig(f"robotics/{name}")), seed=seed, number=0) as episode:
            update = episode.start()
            while not (update.step.terminated or update.step.truncated):
                least = min(least, distance(episode, places))
                update = episode.advance()
    assert least > CLEAR_M


def distance(episode: Episode, places: F64) -> float:
    """The least distance of places to the boxes about the limbs of the person now [m]."""
    person = next(actor for actor in episode.scenario.world.actors if actor.name == "operator")
    out = np.inf
    for part, at, turn in zip(person.parts, *person.part_poses(), strict=True):
        local = rotate(conjugate(turn), places - at)
        low, high = part.mesh.vertices.min(axis=0), part.mesh.vertices.max(axis=0)
        beyond = np.maximum(np.maximum(low - local, local - high), 0.0)
        out = min(out, float(np.linalg.norm(beyond, axis=-1).min()))
    return out
