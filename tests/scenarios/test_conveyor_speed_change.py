"""A belt that stops: the hand is off by speed times latency, and by nothing if the belief is fresh."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("latency_s", [0.0, 0.4])
def test_the_hand_is_off_by_the_change_times_the_age_of_the_belief(play: Any, latency_s: float) -> None:
    pinned = {
        "belt_mps": 0.2, "change": "stop", "before_grasp_s": 0.9, "latency_s": latency_s, "kind": "soup_can",
        "carry_mps": 0.5,
    }  # fmt: skip
    updates = play("robotics/conveyor_speed_change", driver="tracking", duration_s=3.0, pinned=pinned)
    onset_s = next(p.time_ns for u in updates for p in u.phases if p.name == "onset") / 1e9
    errors = [u.step.criticality["tracking_error_m"] for u in updates if 0 < u.step.time_ns / 1e9 - onset_s < 0.95]
    assert max(errors) == pytest.approx(0.2 * latency_s, abs=0.012)
    assert updates[-1].step.criticality["belt_speed_mps"] == 0.0
