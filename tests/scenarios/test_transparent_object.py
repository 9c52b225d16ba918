"""Glass, black rubber and polished steel: seen truly they are placed, seen wrongly the hand misses them."""

from __future__ import annotations

import json

import pytest

TRUE = {
    "robotics/transparent_object": {"kind": "glass", "cut_out": 0.0},
    "robotics/dark_specular_object": {"kind": "steel_canister", "missing": 0.0, "displaced_m": 0.0},
}
WRONG = {
    "robotics/transparent_object": {"kind": "glass", "cut_out": 0.8},
    "robotics/dark_specular_object": {"kind": "rubber_buffer", "missing": 0.7, "filled": 1.0},
}


def kinds(updates) -> set[str]:
    return {event.kind for update in updates for event in update.events}


@pytest.mark.parametrize("name", TRUE)
def test_seen_truly_it_is_placed(play, name: str) -> None:
    updates = play(name, pinned=TRUE[name])
    assert kinds(updates) <= {"contact", "cause"}
    assert not any(update.phases for update in updates)


@pytest.mark.parametrize("name", WRONG)
def test_seen_wrongly_the_hand_goes_astray_and_the_chain_says_why(play, name: str) -> None:
    updates = play(name, pinned=WRONG[name])
    assert kinds(updates) & {"missed_grasp", "toppled", "collision"}
    causes = [json.loads(e.detail)["name"] for u in updates for e in u.events if e.kind == "cause"]
    assert causes[1] == "wrong_pose" and causes[0] in ("seen_through", "missing_points")
