"""Drop and recovery: it falls as far as it was high, and the arm takes it where it lies."""

from __future__ import annotations

import json
from math import sqrt

import pytest


def test_it_falls_from_where_it_was_and_is_picked_up_again(play) -> None:
    updates = play("robotics/drop_recovery", number=1, pinned={"kind": "rubber_block", "height_m": 0.2})
    events = [event for update in updates for event in update.events]
    drop, regrasp = (next(event for event in events if event.kind == kind) for kind in ("drop", "regrasp"))
    phases = {phase.name: phase.time_ns for update in updates for phase in update.phases}
    landing = next(event for event in events if event.kind == "contact" and event.time_ns == phases["contact"])
    # it slides out of the pads before it falls freely; a corner may land before the middle has come down
    assert 0.1 < drop.value <= 0.2
    speed = json.loads(landing.detail)["closing_speed_mps"]
    assert sqrt(2 * 9.81 * 0.5 * drop.value) < speed < 1.1 * sqrt(2 * 9.81 * 0.2)
    assert regrasp.value == pytest.approx((regrasp.time_ns - drop.time_ns) / 1e9, abs=1e-6)
    assert regrasp.value > 0.6 + 0.15  # it has to notice and to look first
    causes = [json.loads(event.detail)["name"] for event in events if event.kind == "cause"]
    assert causes == ["grip_force_loss", "dropped", "second_try", "regrasped"]
