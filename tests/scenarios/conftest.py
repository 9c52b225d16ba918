"""Episodes without sensors, told as lists of updates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode, Update

Play = Callable[..., tuple[Update, ...]]


@pytest.fixture(scope="session")
def play() -> Play:
    """Plays an episode to its end, or for `duration_s`, and returns its updates."""

    def run(
        name: str,
        seed: int = 5,
        number: int = 0,
        *,
        driver: str = "",
        duration_s: float = 0.0,
        pinned: Mapping[str, Any] | None = None,
    ) -> tuple[Update, ...]:
        config = EpisodeConfig(ScenarioConfig(name, driver, duration_s))
        with Episode(config, seed=seed, number=number, pinned=dict(pinned or {})) as episode:
            updates = [episode.start()]
            while not (updates[-1].step.terminated or updates[-1].step.truncated):
                updates.append(episode.advance())
        return tuple(updates)

    return run
