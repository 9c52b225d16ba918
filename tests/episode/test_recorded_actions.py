"""An action row leads from its state to the next: played back by an agent it does what the reference driver did."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.sim.episode.asked import Asked
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.world.arm_actor import ArmActor

CASES = (
    ("driving/lead_brakes", "aeb", 45, 0.1),
    ("robotics/crossing_people", "navigate", 60, 0.08),
    ("robotics/grasp_slip", "", 40, 0.012),
)
"""Scenario, driver, control steps, how far apart speed [m/s] or tool [m] may be."""


def told(episode: Episode) -> np.ndarray:
    """What the action acts upon: the speed of the ego, or the place of the tool."""
    scenario = episode.scenario
    if isinstance(scenario.ego, ArmActor):
        return np.asarray(scenario.ego.arm.state().tool_position_w)
    return np.array([scenario.ego.speed_mps])


def played(name: str, driver: str, steps: int, actions: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Actions and what they led to, row by row."""
    with Episode(EpisodeConfig(ScenarioConfig(name, driver)), seed=2) as episode:
        episode.start()
        asked, states = [], [told(episode)]
        for k in range(steps):
            update = episode.advance(None if actions is None else actions[k])
            assert update.step.action is not None
            asked.append(update.step.action)
            states.append(told(episode))
    return np.array(asked), np.array(states)


@pytest.mark.parametrize(("name", "driver", "steps", "apart"), CASES, ids=[case[0] for case in CASES])
def test_recorded_actions_do_what_was_done(name: str, driver: str, steps: int, apart: float) -> None:
    actions, states = played(name, driver, steps)
    assert np.ptp(states, axis=0).max() > 5 * apart, "something happens"
    again, repeated = played(name, driver, steps, actions)
    np.testing.assert_array_equal(again, actions)
    late = played(name, driver, steps, np.concatenate([actions[:1], actions[:-1]]))[1]
    error, error_late = (np.abs(other - states).max() for other in (repeated, late))
    assert error < apart < error_late


def test_the_mean_of_what_is_asked() -> None:
    asked = Asked(2)
    asked.begin()
    np.testing.assert_array_equal(asked.mean, [0.0, 0.0])
    for action in ((0.5, 3.0), (-0.1, 0.0)):
        asked.add(action)
    np.testing.assert_allclose(asked.mean, [0.2, 0.5])
    asked.begin()
    np.testing.assert_allclose(asked.mean, [0.2, 0.5])
    asked.add((-1.0, 0.0))
    np.testing.assert_array_equal(asked.mean, [-1.0, 0.0])
