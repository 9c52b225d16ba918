import numpy as np
import pytest
from cornercase.renderers.transforms import conjugate, from_rpy, from_yaw, multiply, rotate
from cornercase.sim.physics.arm import JOINTS, MAX_WIDTH_M, REST, Arm
from cornercase.sim.physics.bodies import Bodies
from cornercase.sim.physics.client import Client
from cornercase.sim.world.assets.asset import Asset, Box, Cylinder
from cornercase.sim.world.classes import SemanticClass

ANY = next(iter(SemanticClass))
DOWN = from_rpy(np.pi, 0.0, 0.0)
BLOCK = Asset("block", ANY, (0.06, 0.04, 0.1), (), (Box((0.03, 0.02, 0.05)),), 0.5)
CAN = Asset("can", ANY, (0.066, 0.066, 0.1), (), (Cylinder(0.033, 0.1),), 0.3)


def glide(client, arm, goal, ticks):
    start = arm.state().tool_position_w
    for tick in range(1, ticks + 1):
        u = tick / ticks
        arm.move_to(start + u**3 * (10 - 15 * u + 6 * u * u) * (np.array(goal) - start), DOWN)
        client.stepSimulation()


def hold(asset, mass_kg, friction, force_n, finger_friction=1.0, hold_s=3.0):
    """Grasp, lift and hold; returns slip while holding [m], drop below the hand [m] and finger forces."""
    with Client() as client:
        bodies = Bodies(client)
        bodies.add_ground_plane()
        arm = Arm(client, finger_friction=finger_friction)
        body = bodies.add(asset, (0.5, 0.0, 0.05), mass_kg=mass_kg, friction=friction)
        glide(client, arm, (0.5, 0.0, 0.06), 300)
        arm.close(force_n)
        glide(client, arm, (0.5, 0.0, 0.06), 120)
        glide(client, arm, (0.5, 0.0, 0.26), 360)
        lifted = bodies.state(body).position_w - arm.state().tool_position_w
        forces = arm.state().finger_forces_n
        for _ in range(int(240 * hold_s)):
            arm.move_to((0.5, 0.0, 0.26), DOWN)
            client.stepSimulation()
        end = bodies.state(body).position_w - arm.state().tool_position_w
    return float(np.linalg.norm(end - lifted)), -0.01 - float(end[2]), forces


def test_forward_kinematics_agree_with_the_simulator_at_any_posture():
    rng = np.random.default_rng(5)
    with Client() as client:
        arm = Arm(client, (1.0, -0.5, 0.4), 0.7)
        for _ in range(5):
            joints = np.array(REST) + rng.uniform(-0.5, 0.5, JOINTS)
            for joint, angle in enumerate(joints):
                client.resetJointState(arm.body, joint, angle)
            state = arm.state()
            found, left = arm.inverse(state.tool_position_w, state.tool_orientation)
            assert left < 1e-4
            for joint, angle in enumerate(found):
                client.resetJointState(arm.body, joint, angle)
            again = arm.state()
            assert again.tool_position_w == pytest.approx(state.tool_position_w, abs=1e-4)
            assert abs(again.tool_orientation @ state.tool_orientation) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("goal", [(0.5, 0.1, 0.1), (0.4, -0.3, 0.3), (0.3, 0.4, 0.5), (0.65, 0.0, 0.2)])
@pytest.mark.parametrize("yaw", [0.0, 0.8])
def test_reaches_poses_within_two_millimetres(goal, yaw):
    turn = multiply(from_yaw(yaw), DOWN)
    with Client() as client:
        arm = Arm(client)
        for _ in range(480):
            arm.move_to(goal, turn)
            client.stepSimulation()
        state = arm.state()
    assert np.linalg.norm(state.tool_position_w - goal) < 0.002
    assert 2 * np.arccos(min(1.0, abs(state.tool_orientation @ turn))) < 0.005
    assert np.abs(state.joint_speeds).max() < 0.01


def test_never_faster_or_stronger_than_rated():
    with Client() as client:
        arm = Arm(client)
        for tick in range(480):
            arm.move_to((0.4, 0.45, 0.3) if tick < 240 else (0.4, -0.45, 0.6), DOWN)
            client.stepSimulation()
            state = arm.state()
            assert np.abs(state.joint_speeds[:4]).max() < 2.175 * 1.02
            assert np.abs(state.torques_nm[:4]).max() <= 87.0 + 1e-6
            assert np.abs(state.torques_nm[4:]).max() <= 12.0 + 1e-6


def test_an_unreachable_pose_says_how_far_it_is():
    with Client() as client:
        _, left = Arm(client).inverse((2.0, 0.0, 0.3), DOWN)
    assert left > 0.5


def test_gripper_opens_to_a_width_and_closes():
    with Client() as client:
        arm = Arm(client)
        assert arm.state().width_m == pytest.approx(MAX_WIDTH_M)
        for width in (0.05, 0.03, 0.08):
            arm.open(width)
            for _ in range(240):
                client.stepSimulation()
            assert arm.state().width_m == pytest.approx(width, abs=0.001)
        arm.close(20.0)
        for _ in range(300):
            client.stepSimulation()
        assert arm.state().width_m < 0.002


@pytest.mark.parametrize(("mu", "force_n"), [(0.5, 20.0), (0.3, 15.0), (0.8, 10.0)])
def test_grasp_holds_above_the_friction_limit_and_drops_below(mu, force_n):
    limit_kg = 2.0 * mu * force_n / 9.81
    slip, drop, forces = hold(BLOCK, limit_kg / 1.3, mu, force_n)
    assert slip < 0.002 and drop < 0.008
    assert forces == pytest.approx([force_n, force_n], rel=0.05)
    _, drop, forces = hold(BLOCK, limit_kg * 1.15, mu, force_n, hold_s=0.5)
    assert drop > 0.1 and np.all(forces == 0.0)


def test_friction_of_pad_and_object_multiply():
    # 0.5 * 0.8 = 0.4 holds 1.14 kg with 14 N by 1.0; minimum and mean of the two would hold, the product does not
    slip, _, _ = hold(BLOCK, 0.9, 0.8, 14.0, finger_friction=0.5)
    assert slip < 0.002
    _, drop, _ = hold(BLOCK, 1.35, 0.8, 14.0, finger_friction=0.5, hold_s=0.5)
    assert drop > 0.1


def test_holds_a_can():
    slip, drop, _ = hold(CAN, 0.3, 0.6, 20.0)
    assert slip < 0.002 and drop < 0.01


def test_every_visual_mesh_exists_and_has_a_pose():
    with Client() as client:
        arm = Arm(client, (0.2, 0.0, 0.5), 1.0)
        poses = arm.link_poses()
        assert len(arm.visuals) == 11
        for visual in arm.visuals:
            assert visual.mesh.is_file()
            assert visual.link in poses
        position, orientation = poses["panda_hand"]
        tool = arm.state()
    local = rotate(conjugate(orientation), tool.tool_position_w - position)
    assert local == pytest.approx([0.0, 0.0, 0.105], abs=1e-6)


def test_the_same_grasp_twice_is_bit_identical():
    first, second = (hold(BLOCK, 0.5, 0.5, 20.0, hold_s=0.3) for _ in range(2))
    assert first[:2] == second[:2]
    assert first[2].tobytes() == second[2].tobytes()
