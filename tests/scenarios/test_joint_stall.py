"""A joint that stalls: the tool leaves its path; a monitor stops the arm, and its absence does not."""

from __future__ import annotations

from typing import Any

PINNED: dict[str, Any] = {"joint": "base", "mode": "stuck", "during": "move", "after_s": 0.3, "kind": "sugar_box"}


def test_the_tool_goes_astray_and_only_the_monitored_arm_stops(play: Any) -> None:
    blind = play("robotics/joint_stall", pinned=PINNED)
    watched = play("robotics/joint_stall", driver="monitored", pinned=PINNED)
    error = {k: max(u.step.criticality["tool_error_m"] for u in v) for k, v in (("blind", blind), ("watched", watched))}
    assert error["blind"] > 0.25, "the base did not turn, so the bin is out of reach"
    assert error["watched"] < 0.4 * error["blind"]
    stops = [e.time_ns for u in watched for e in u.events if e.kind == "protective_stop"]
    assert len(stops) == 1 and watched[-1].step.time_ns < blind[-1].step.time_ns
    assert not any(e.kind == "protective_stop" for u in blind for e in u.events)
