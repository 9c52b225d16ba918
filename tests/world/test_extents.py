"""Label boxes of people, animals and arms hold all that is drawn of them, and no more; those of other things stay."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from cornercase.renderers.transforms import conjugate, rotate
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.physics.client import TICK_HZ
from numpy.typing import NDArray

F64 = NDArray[np.float64]
CUT_M = 0.01
"""What support points leave of round limbs."""


def outcrop(episode: Episode, k: int, time_s: float, centre: F64, orientation: F64, size: F64) -> F64:
    """How far the vertices drawn of actor `k` reach beyond the six faces of a box: (2, 3) [m], low and high side."""
    world = episode.scenario.world
    actor, scene = world.actors[k], world.scene(time_s, time_s, key_times=1)
    corners = [
        scene.position_w[0, i] + rotate(scene.orientation_w[0, i], scene.meshes[scene.mesh[i]].vertices)
        for i in np.flatnonzero(scene.label == actor.id)
    ]
    local = rotate(conjugate(orientation), np.concatenate(corners) - centre)
    return np.stack([-size / 2 - local.min(axis=0), local.max(axis=0) - size / 2])


def boxes(episode: Episode, time_s: float) -> tuple[F64, F64, F64]:
    world = episode.scenario.world
    position, orientation, _ = world.actor_states(time_s)
    centre, size = world.enclose(time_s, position, orientation)
    return centre, orientation, size


CAST = {
    "reaching": ("robotics/moved_target", 1, 1.9),
    "walking": ("driving/pedestrian_dart_out", 3, 2.0),
    "running": ("driving/animal_run_out", 3, 3.0),
}
"""Scenario, seed, and when to look [s]."""


@pytest.fixture(scope="module", params=sorted(CAST))
def episode(request: pytest.FixtureRequest) -> Iterator[Episode]:
    name, seed, until_s = CAST[request.param]
    with Episode(EpisodeConfig(ScenarioConfig(name)), seed=seed, number=0) as running:
        running.start()
        while running.scenario.world.time_s < until_s:
            running.advance()
        yield running


def test_all_that_is_drawn_of_a_body_is_in_its_box_and_touches_every_face(episode: Episode) -> None:
    world = episode.scenario.world
    bodies = [k for k, actor in enumerate(world.actors) if actor.articulated]
    assert bodies
    own = []
    for time_s in (world.time_s, world.time_s - 0.05 - 0.4 / TICK_HZ):
        centre, orientation, size = boxes(episode, time_s)
        position = world.actor_states(time_s)[0]
        for k in bodies:
            assert np.abs(outcrop(episode, k, time_s, centre[k], orientation[k], size[k])).max() < CUT_M
            own.append(outcrop(episode, k, time_s, position[k], orientation[k], np.array(world.actors[k].size)).max())
    assert max(own) > 0.05, "somebody reaches beyond their own box, else this shows nothing"


def test_all_others_keep_their_boxes(episode: Episode) -> None:
    world = episode.scenario.world
    centre, _, size = boxes(episode, world.time_s)
    position = world.actor_states(world.time_s)[0]
    rigid = [k for k, actor in enumerate(world.actors) if not actor.articulated]
    assert np.array_equal(centre[rigid], position[rigid])
    assert np.array_equal(size[rigid], [world.actors[k].size for k in rigid])
