"""Rewards: the reference earns more than who waits, and who waits more than who circles or fails early."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cornercase.sim.envs.scenario_env import ScenarioEnv
from cornercase.sim.episode.manipulation.pay import Pay as ArmPay
from cornercase.sim.episode.mobile.pay import ARRIVAL, LOSS, PER_DRIVEN_M, PER_PATH_M, PER_S
from cornercase.sim.episode.mobile.pay import Pay as RobotPay

Policy = Callable[[int], list[float] | None]
STOP, CIRCLE, WAIT, CLOSE = [0.0, 0.0], [0.3, 1.0], [0.0, 0.0, 0.0, -1.0], [0.0, 0.0, 0.0, 1.0]


def reference(_: int) -> None:
    return None


def total(scenario: str, seed: int, policy: Policy, **pinned: Any) -> tuple[float, str]:
    """Return and outcome of an episode."""
    env = ScenarioEnv(scenario, params=pinned)
    env.reset(seed=seed)
    value, over, k = 0.0, False, 0
    while not over:
        action = policy(k)
        step = env.episode.advance(None if action is None else np.array(action)).step
        value, over, k = value + step.reward, step.terminated or step.truncated, k + 1
    outcome = env.episode.scenario.outcome()
    env.close()
    return value, outcome


OVER = {"kind": "bench", "underside_m": 1.3}
"""An overhang that the robot passes under."""


@pytest.mark.parametrize(("scenario", "pinned"), [("low_overhang", OVER), ("blocked_corridor", {})])
def test_a_robot_that_drives_on_earns_more_than_one_that_stands_or_circles(
    scenario: str, pinned: dict[str, Any]
) -> None:
    name = f"robotics/{scenario}"
    drives, _ = total(name, 2, reference, **pinned)
    stands, _ = total(name, 2, lambda _: STOP, **pinned)
    circles, outcome = total(name, 2, lambda _: CIRCLE, **pinned)
    assert outcome == "clear"
    assert drives > 1.0
    assert 0.0 > stands > circles + 0.5


def test_an_arm_that_places_earns_more_than_one_that_waits_and_that_more_than_one_that_fails_early() -> None:
    places, outcome = total("robotics/missed_grasp", 1, reference, excess_m=-0.04, yaw_error_rad=0.0)
    assert outcome == "placed"
    misses, outcome = total("robotics/missed_grasp", 1, lambda _: CLOSE)
    assert outcome == "missed_grasp"
    waits, _ = total("robotics/missed_grasp", 1, lambda _: WAIT)
    assert places > 10.0
    assert 0.0 > waits > misses + 5.0


def test_a_robot_that_arrives_is_paid_once_and_its_episode_ends() -> None:
    env = ScenarioEnv("robotics/low_overhang", params=OVER, duration_s=30.0)
    env.reset(seed=1)
    scenario, best, way_m = env.episode.scenario, 0.0, 0.0
    terminated = False
    for _ in range(300):
        left = scenario.left_m()  # type: ignore[attr-defined]
        _, reward, terminated, truncated, info = env.step(np.array([min(0.6, 0.5 * left), 0.0], np.float32))
        best, way_m = max(best, reward), left
        if terminated or truncated:
            break
    env.close()
    assert terminated and way_m < 0.3 and best == pytest.approx(ARRIVAL, abs=0.1) and info["outcome"] != "contact"


def test_no_way_is_paid_twice_and_nothing_after_a_loss() -> None:
    pay = RobotPay(0.0, (0.0, 0.0))
    none: dict[str, Any] = {"near": False, "arrived": False, "harm": None}
    there = [pay.due(x, (x, 0.0), tick, **none) for tick, x in ((240, 2.0), (480, 0.0), (720, 2.0))]
    assert sum(there) == pytest.approx(2.0 * PER_PATH_M + 6.0 * PER_DRIVEN_M + 3.0 * PER_S)
    assert pay.due(2.0, (2.0, 0.0), 720, **(none | {"harm": 1.5})) == pytest.approx(LOSS - 1.5)
    assert pay.due(9.0, (9.0, 0.0), 960, **(none | {"arrived": True})) == 0.0


def test_a_hand_that_takes_and_lets_go_earns_nothing_and_a_placement_is_paid_once() -> None:
    start, place = np.array([0.5, 0.0, 0.05]), np.array([0.5, 0.5, 0.1])
    pay = ArmPay(start + [0.0, 0.0, 0.4], start, place)
    none: dict[str, Any] = {"held": False, "height_m": 0.0, "placed": False, "fine": 0.0}
    far = start + [0.0, 0.0, 0.4]
    cycle = [pay.due(start, start, 0, **(none | {"held": True})), pay.due(far, start, 0, **none)]
    assert cycle[0] == pytest.approx(2.0) and sum(cycle) == pytest.approx(0.0)
    assert pay.due(place, place, 0, **(none | {"placed": True})) == pytest.approx(16.0)
    assert pay.due(far, start, 240, **none) == 0.0
    assert pay.due(place, place, 480, **(none | {"placed": True, "fine": -10.0})) == pytest.approx(-10.0)
