import numpy as np
import pytest
from cornercase.renderers.transforms import from_rpy
from cornercase.sim.physics.arm import JOINTS, REST, Arm
from cornercase.sim.physics.client import GRAVITY_MPS2, TICK_S, Client
from cornercase.sim.physics.joint_faults import JointFault, Sag

DOWN = from_rpy(np.pi, 0.0, 0.0)
GOAL = np.array(REST) + [0.4, -0.2, 0.1, 0.3, 0.1, 0.2, 0.1]


def go(*servos, goal=GOAL, ticks=480):
    """True joints and command after going to joint angles with some servos broken from the first command on."""
    with Client() as client:
        arm = Arm(client)
        now = [0.0]
        arm.servos.extend(make(lambda: now[0]) for make in servos)
        for tick in range(ticks):
            now[0] = tick * TICK_S
            arm.move_joints(goal)
            client.stepSimulation()
        return arm.joint_angles(), arm.command


@pytest.mark.parametrize(
    ("mode", "amount", "expected"),
    [("stuck", 0.0, 0.0), ("gain", 0.25, 0.25 * 0.3), ("bias", 0.08, 0.3 + 0.08), ("drift", 0.05, 0.3 + 0.05 * 2.0)],
)
def test_a_joint_goes_where_its_mode_says_and_the_others_where_they_should(mode, amount, expected) -> None:
    joints, command = go(lambda clock: JointFault(3, mode, amount, clock))
    assert command == pytest.approx(GOAL, abs=1e-6), "the controller does not notice"
    others = [k for k in range(JOINTS) if k != 3]
    assert joints[others] == pytest.approx(GOAL[others], abs=4e-3)
    assert joints[3] - REST[3] == pytest.approx(expected, abs=4e-3)


def test_a_sound_arm_follows_to_the_bit_with_no_servo_in_its_way() -> None:
    plain, _ = go()
    identity, _ = go(lambda clock: lambda angles, speeds: (angles, speeds))
    assert plain.tobytes() == identity.tobytes()


def test_payload_torques_are_the_slope_of_the_potential_energy() -> None:
    rng = np.random.default_rng(3)
    with Client() as client:
        arm = Arm(client, (0.2, -0.1, 0.3), 0.8)
        joints = np.array(REST) + rng.uniform(-0.4, 0.4, JOINTS)
        for k, angle in enumerate(joints):
            client.resetJointState(arm.body, k, angle)
        mass, h = 1.7, 1e-6
        slope = [
            mass * GRAVITY_MPS2 * (arm.tool_at(joints + h * e)[2] - arm.tool_at(joints - h * e)[2]) / (2 * h)
            for e in np.eye(JOINTS)
        ]
        assert arm.payload_torques(mass) == pytest.approx(slope, abs=1e-5)
        assert arm.tool_at(joints) == pytest.approx(arm.state().tool_position_w, abs=1e-6)


def test_an_unknown_load_sags_by_torque_over_stiffness() -> None:
    torque = np.array([0.0, 3.0, 0.0, -2.0, 0.0, 0.5, 0.0])
    joints, _ = go(lambda clock: Sag(100.0, lambda: torque, tick_s=TICK_S))
    assert joints == pytest.approx(GOAL - torque / 100.0, abs=4e-3)


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'stuck'"):
        JointFault(0, "stuk", 0.0, lambda: 0.0)
    with pytest.raises(ValueError, match="joint is 7, expected 0 to 6"):
        JointFault(7, "bias", 0.0, lambda: 0.0)
