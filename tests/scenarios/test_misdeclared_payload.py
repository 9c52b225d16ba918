"""A misdeclared payload: Coulomb's law decides whether it holds, stiffness how far it sags."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PINNED: dict[str, Any] = {"kind": "sugar_box", "x_m": 0.5, "y_m": 0.0, "yaw_rad": 0.0, "carry_mps": 0.5}


def test_a_grip_for_less_than_the_weight_lets_it_slide(play: Any) -> None:
    updates = play("robotics/misdeclared_payload", pinned=PINNED | {"mass_ratio": 2.5, "grip_margin": 1.8})
    assert {"slip", "drop"} & {event.kind for update in updates for event in update.events}
    assert not any(phase.name == "escape" for update in updates for phase in update.phases)


@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_a_held_object_sags_or_lifts_by_its_wrong_weight(play: Any, ratio: float) -> None:
    pinned = PINNED | {"mass_ratio": ratio, "grip_margin": 4.0, "stiffness_nmprad": 150.0}
    updates = play("robotics/misdeclared_payload", duration_s=4.6, pinned=pinned)
    assert not {"slip", "drop"} & {event.kind for update in updates for event in update.events}
    last = updates[-1].step.criticality
    # all joints give way alike, so the tool sags by m g |J_z|^2 / k, between the arm's reach squared and half of it
    unfed_n = (ratio - 1.0) * 0.514 * 9.81
    assert np.sign(last["sag_m"]) == np.sign(unfed_n)
    assert 0.3 * 0.5**2 < abs(last["sag_m"]) * 150.0 / abs(unfed_n) < 2.0 * 0.5**2
    assert last["torque_residual_nm"] == pytest.approx(abs(unfed_n) * 0.5, rel=0.25)
