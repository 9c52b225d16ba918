"""Controls as values, and the actions they give."""

from __future__ import annotations

import json

import numpy as np
import pytest
from cornercase.sim.avoid.controls import CONTROLS, FAMILIES, Brake, Control, Seen, Steer, family, from_dict
from cornercase.sim.control.action import FULL_BRAKE_MPS2
from cornercase.sim.control.conflict import Footprint
from cornercase.sim.control.drivers import AebDriver, DriverView
from cornercase.sim.control.path_follow import PathError
from cornercase.sim.errors import ConfigError, DatasetError
from cornercase.sim.physics.specs import VEHICLES

EVERY = [(names, control) for names, kin in FAMILIES.items() for control in kin.controls]


def seen(since_s: float, actions: int, *, heading_rad: float = 0.0) -> Seen:
    ego = np.array([20.0, 0.0, 0.0, heading_rad, 0.0, 0.0, 20.0])
    return Seen(since_s, {"ego": ego, "object": np.zeros(13)}, np.zeros(actions))


@pytest.mark.parametrize(("names", "control"), EVERY, ids=lambda value: getattr(value, "label", ""))
def test_a_control_survives_a_file_and_gives_actions_of_its_ego(names: tuple[str, ...], control: Control) -> None:
    again = from_dict(json.loads(json.dumps(control.to_dict())))
    assert again == control and repr(again) == repr(control)
    assert len({other.label for other in FAMILIES[names].controls}) == len(FAMILIES[names].controls)
    for since_s in np.arange(0.0, 3.0, 0.1).tolist():
        action = control.action(seen(since_s, len(names)))
        assert action.shape == (len(names),) and np.all(np.abs(action) <= 1.0)


def test_every_kind_of_control_belongs_to_some_ego() -> None:
    assert {control.kind for _, control in EVERY} == set(CONTROLS)


def test_brakes_build_up_and_what_is_lost_by_it_is_the_delay_and_half_the_ramp() -> None:
    control = Brake(8.0, delay_s=0.1, jerk_mps3=30.0)
    asked = np.array([-FULL_BRAKE_MPS2 * control.action(seen(k / 10, 2))[0] for k in range(20)])
    assert asked[0] == 0.0 and np.all(np.diff(asked) >= 0.0) and asked[-1] == pytest.approx(8.0)
    lost_s = np.sum(8.0 - asked) * 0.1 / 8.0
    assert lost_s == pytest.approx(0.1 + 8.0 / 30.0 / 2, abs=0.01)


def test_no_agent_and_no_manoeuvre_brakes_weaker_than_the_emergency_brake() -> None:
    aeb, v = AebDriver(VEHICLES["hatchback"]), 25.0
    wall = Footprint(15.0, 0.0, 0.0, 1.0, 3.0, 0.0, 0.0)
    straight = PathError(0.0, 0.0, 0.0, 0.0)
    asked = np.array(
        [-aeb.act(DriverView(k / 60, v, v, straight, others=(wall,))).acceleration_mps2 for k in range(60)]
    )
    lost_mps = np.concatenate([[0.0], np.cumsum(np.clip(asked, 0.0, None)) / 60])[::6]
    best = np.zeros(11)
    for control in FAMILIES["acceleration", "curvature"].controls:
        actions = [float(control.action(seen(k / 10, 2))[0]) for k in range(10)]
        best = np.maximum(best, np.concatenate([[0.0], np.cumsum(actions) * -FULL_BRAKE_MPS2 / 10]))
    # the ramp of the emergency brake is ahead by a control cycle or two of 1/60 s
    assert asked[-1] == pytest.approx(FULL_BRAKE_MPS2) and np.all(best > lost_mps - FULL_BRAKE_MPS2 / 30)


def test_a_swerve_mirrors() -> None:
    left, right = Steer("left"), Steer("right")
    for k in range(30):
        a = left.action(seen(k / 10, 2, heading_rad=0.1))
        b = right.action(seen(k / 10, 2, heading_rad=-0.1))
        assert a[0] == b[0] and a[1] == pytest.approx(-b[1])
    assert left.action(seen(0.0, 2))[1] == 1.0


def test_what_does_not_exist_is_named() -> None:
    with pytest.raises(DatasetError, match="brake"):
        from_dict({"control": "brakes"})
    with pytest.raises(DatasetError, match="fields"):
        from_dict({"control": "brake", "force": 3.0})
    with pytest.raises(ConfigError, match="tool_x"):
        family(("wings",))
    with pytest.raises(ConfigError, match="left"):
        Steer("leftish")
