"""A moved target: who looks plans anew, who does not closes on nothing."""

from __future__ import annotations

from typing import Any

PINNED: dict[str, Any] = {
    "how": "nudge", "kind": "sugar_box", "latency_s": 0.3, "distance_m": 0.10, "before_grasp_s": 1.5, "x_m": 0.55,
    "turn_rad": 0.0, "hand_speed_mps": 1.0, "push_mps": 0.3,
}  # fmt: skip


def kinds(updates: Any) -> list[str]:
    return [event.kind for update in updates for event in update.events]


def test_who_looks_grasps_it_where_it_was_pushed_to(play: Any) -> None:
    updates = play("robotics/moved_target", driver="replan", pinned=PINNED)
    moved = max(update.step.criticality["moved_m"] for update in updates)
    assert 0.07 < moved < 0.13
    assert "replan" in kinds(updates) and "missed_grasp" not in kinds(updates)
    assert "escape" in {phase.name for update in updates for phase in update.phases}


def test_who_does_not_look_closes_on_nothing(play: Any) -> None:
    updates = play("robotics/moved_target", driver="pick_place", pinned=PINNED)
    assert "replan" not in kinds(updates) and "missed_grasp" in kinds(updates)
    assert max(update.step.criticality["plan_error_m"] for update in updates) > 0.07
