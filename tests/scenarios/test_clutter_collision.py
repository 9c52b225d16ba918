"""Clutter: with room for the hand nothing is touched, without it the force of the blow is that of the contact log."""

from __future__ import annotations

import json

import pytest


def test_with_room_for_the_hand_nothing_is_hit(play) -> None:
    pins = {"kind": "soup_can", "n": 6, "clearance_m": 0.08, "travel_m": 0.35}
    updates = play("robotics/clutter_collision", pinned=pins)
    assert not {"collision", "toppled", "drop"} & {event.kind for update in updates for event in update.events}


def test_without_it_a_neighbour_is_hit(play) -> None:
    updates = play("robotics/clutter_collision", number=2)
    events = [event for update in updates for event in update.events]
    phases = {phase.name: phase.time_ns for update in updates for phase in update.phases}
    hit = next(event for event in events if event.kind == "collision")
    detail = json.loads(hit.detail)
    assert detail["start_s"] * 1e9 == pytest.approx(phases["contact"], abs=1e6)
    assert hit.time_ns - phases["contact"] == pytest.approx(0.1e9, abs=5e6)
    # no more impulse than the peak force over the window, no less than its one tick
    assert hit.value / 240 * (1 - 1e-3) <= detail["impulse_ns"] <= hit.value * 0.11
