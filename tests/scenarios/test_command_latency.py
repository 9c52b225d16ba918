"""Late commands leave the hand behind by speed times delay; lost ones come and go."""

from __future__ import annotations

from typing import Any

import pytest

PINNED: dict[str, Any] = {"belt_mps": 0.2, "before_grasp_s": 1.2, "kind": "sugar_box", "carry_mps": 0.5}


def test_a_delay_leaves_the_hand_behind_by_its_length(play: Any) -> None:
    pinned = PINNED | {"fault": "delayed", "delay_s": 0.25, "lasts_s": 3.0}
    updates = play("robotics/command_latency", duration_s=2.4, pinned=pinned)
    now = [update.step.criticality for update in updates]
    assert max(c["tracking_error_m"] for c in now) == pytest.approx(0.2 * 0.25, abs=0.012)
    assert now[-1]["packets_under_way"] == pytest.approx(0.25 * 60, abs=2) and now[-1]["lost_share"] == 0.0


def test_lost_packets_let_the_commands_lag_in_bursts(play: Any) -> None:
    pinned = PINNED | {"fault": "intermittent", "loss": 0.5, "burst_packets": 10.0, "lasts_s": 3.0}
    updates = play("robotics/command_latency", duration_s=2.6, pinned=pinned)
    lag = [update.step.criticality["command_lag_m"] for update in updates]
    assert max(lag) > 0.01 and min(lag[14:]) < 0.006
    assert 0.05 < updates[-1].step.criticality["lost_share"] < 0.5
