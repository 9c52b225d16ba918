"""The recent past of a world: between ticks by line and slerp, and no further back than it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.errors import CornercaseError
from cornercase.sim.physics.client import TICK_HZ
from scipy.spatial.transform import Rotation, Slerp

Past = list[tuple[float, np.ndarray[Any, Any], np.ndarray[Any, Any]]]
NOWHERE = (np.zeros(3), np.array([0.0, 0.0, 0.0, 1.0]))


@pytest.fixture(scope="module")
def episode() -> Iterator[Episode]:
    with Episode(EpisodeConfig(ScenarioConfig("driving/cut_in")), seed=2) as running:
        running.start()
        yield running


@pytest.fixture(scope="module")
def past(episode: Episode) -> Past:
    """The boxes of all actors, noted at every tick of a control step."""
    world, notes = episode.scenario.world, []
    world.watch(lambda: notes.append((world.time_s, *(s.copy() for s in _states(episode)))))
    episode.advance()
    return notes


def _states(episode: Episode) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    actors = episode.scenario.world.actors
    return np.array([a.position_w for a in actors]), np.array([a.orientation_w for a in actors])


def test_between_ticks_boxes_go_by_line_and_slerp(episode: Episode, past: Past) -> None:
    world = episode.scenario.world
    moved = np.ptp([p for _, p, _ in past], axis=0).max(axis=-1)
    assert moved.max() > 1e-4, "something moves"
    for (t, p, q), (_, p_next, q_next) in zip(past, past[1:], strict=False):
        for share in (0.0, 0.3, 0.9):
            position, orientation, _ = world.actor_states(t + share / TICK_HZ)
            np.testing.assert_allclose(position, p + share * (p_next - p), atol=1e-9)
            for k in range(len(p)):
                turned = Slerp([0.0, 1.0], Rotation.from_quat([q[k], q_next[k]]))(share)
                assert (turned.inv() * Rotation.from_quat(orientation[k])).magnitude() < 1e-6


def test_scene_and_track_hold_the_same_past(episode: Episode, past: Past) -> None:
    world = episode.scenario.world
    start, end = past[3][0] + 0.4 / TICK_HZ, past[-2][0]
    scene = world.scene(start, end, key_times=5)
    assert scene.moving.any() and not scene.moving.all()
    for actor in world.actors:
        names = [part.name for part in actor.parts]
        track = world.track(actor, NOWHERE, start, end, part=names[0]) if names else None
        rows = np.flatnonzero(scene.label == actor.id)
        if track is None:
            continue
        for t, time_s in enumerate(scene.times_s):
            position, orientation = track.at(time_s)
            np.testing.assert_allclose(position, scene.position_w[t, rows[0]], atol=1e-6)
            assert abs(orientation @ scene.orientation_w[t, rows[0]]) > 1.0 - 1e-9


def test_a_past_that_is_not_kept_is_refused(episode: Episode, past: Past) -> None:
    world = episode.scenario.world
    with pytest.raises(CornercaseError, match="poses are kept from"):
        world.scene(world.time_s - 0.45, world.time_s, key_times=2)
    with pytest.raises(CornercaseError, match="poses are kept from"):
        world.scene(world.time_s, world.time_s + 0.01, key_times=2)
