"""Unstable grasp: above the centre of mass it hangs straight, beside it the object turns by more than 15 degrees."""

from __future__ import annotations

from math import radians

import pytest


def told(updates) -> dict[str, float]:
    return {event.kind: event.value for update in updates for event in update.events}


def test_above_the_centre_of_mass_nothing_turns(play) -> None:
    updates = play("robotics/unstable_grasp", pinned={"kind": "parcel", "offset_m": 0.0})
    assert not {"rotation", "drop"} & set(told(updates))
    assert max(update.step.criticality["rotation_rad"] for update in updates) < radians(3.0)


def test_beside_it_the_weight_turns_it_until_it_hangs(play) -> None:
    updates = play("robotics/unstable_grasp", pinned={"kind": "hammer", "offset_m": 0.08, "grip_margin": 2.5})
    assert told(updates)["rotation"] == pytest.approx(radians(15.0), abs=radians(2.0))
    assert max(update.step.criticality["rotation_rad"] for update in updates) > radians(45.0)
