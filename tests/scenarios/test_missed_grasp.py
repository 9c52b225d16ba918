"""Missed grasp: at the end of the object the fingers close on nothing, half on it a finger comes down on it."""

from __future__ import annotations

PINS = {"kind": "foam_block", "yaw_error_rad": 0.0}


def told(updates) -> dict[str, float]:
    return {event.kind: event.value for update in updates for event in update.events}


def test_the_fingers_close_at_the_end_of_the_object(play) -> None:
    updates = play("robotics/missed_grasp", pinned=PINS | {"direction": "along_fingers", "excess_m": 0.03})
    assert told(updates)["missed_grasp"] < 0.003
    start, end = updates[0].step.actors_position[1], updates[-1].step.actors_position[1]
    assert abs(end - start).max() < 1e-3  # beside it, nothing touches it


def test_a_finger_comes_down_on_it_and_says_how_hard(play) -> None:
    updates = play("robotics/missed_grasp", pinned=PINS | {"direction": "between_fingers", "excess_m": 0.01})
    assert told(updates)["collision"] > 25.0 and "missed_grasp" in told(updates)
