"""Bin picking: the pile lies still in its bin at time 0, and its target is covered."""

from __future__ import annotations

import numpy as np
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.world.stages.cell import BINS_XY


def test_the_pile_has_settled_and_the_target_is_covered() -> None:
    config = EpisodeConfig(ScenarioConfig("robotics/bin_picking"))
    with Episode(config, seed=5, pinned={"n": 15, "visible_share": 0.3}) as episode:
        step = episode.start().step
        scenario = episode.scenario
        things = [k for k, actor in enumerate(scenario.world.actors) if actor.name.startswith("heap")]
        assert len(things) == 15
        inside = np.abs(step.actors_position[things][:, :2] - BINS_XY[0]).max(axis=1) < 0.25
        assert inside.sum() >= 13
        assert np.linalg.norm(step.actors_velocity[things][inside], axis=1).max() < 0.05
        assert scenario.hazard.name.startswith("heap")
        assert 0.0 < scenario.measures()["visible_share"] < 0.7
        assert 0.05 < scenario.measures()["pile_m"] < 0.4
