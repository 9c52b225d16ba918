"""A hand in the workspace: an arm that does not look strikes it, one that monitors speed and separation stands."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from cornercase.sim.physics.body_regions import force_limit_n

PINNED: dict[str, Any] = {"body_part": "hand", "lead_s": 0.1, "aim_height_m": 0.03, "carry_mps": 0.7}


def test_a_blow_is_told_with_its_region_and_held_against_the_limit_of_the_preset(play: Any) -> None:
    updates = play("robotics/hand_in_workspace", number=1, pinned=PINNED | {"force_limits": "open_body_model"})
    events = [event for update in updates for event in update.events]
    told = [json.loads(e.detail) for e in events if e.kind in ("over_limit", "within_limit")]
    assert told
    for blow in told:
        assert blow["preset"] == "open_body_model"
        assert blow["limit_n"] == force_limit_n("open_body_model", blow["region"], transient=True)
        assert 1.0 < blow["peak_force_n"] < 1500.0
    worst = max(blow["peak_force_n"] / blow["limit_n"] for blow in told)
    # the file keeps three digits of the force
    assert updates[-1].step.criticality["force_over_limit"] == pytest.approx(worst, abs=1e-5)
    causes = [json.loads(e.detail)["name"] for e in events if e.kind == "cause"]
    assert causes == ["muted_curtain", "reach_in", "protective_distance", "blow"]


def test_the_monitored_arm_stands_while_the_hand_is_near(play: Any) -> None:
    updates = play("robotics/hand_in_workspace", number=1, driver="ssm", pinned=PINNED)
    now = [update.step.criticality for update in updates]
    # all that is within the least protective distance for longer than reaction and stopping time must stand
    near = np.array([c["separation_m"] < 1.1 for c in now])
    standing = np.array([c["robot_speed_mps"] < 0.02 for c in now])
    settled = np.convolve(near, np.ones(6), mode="full")[: len(near)] == 6
    assert settled.sum() > 10 and standing[settled].all()
    assert max(c["robot_speed_mps"] for c in now) > 0.2, "it moves while nobody is near"
