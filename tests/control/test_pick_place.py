from dataclasses import dataclass, field

import numpy as np
import pytest
from cornercase.renderers.transforms import rotate
from cornercase.sim.control.grasping import Grasp
from cornercase.sim.control.pick_place import PHASES, RECOVERY, PickPlace, PickPlaceConfig, pointing_down
from cornercase.sim.physics.arm import Arm
from cornercase.sim.physics.bodies import Bodies
from cornercase.sim.physics.client import TICK_S, Client
from cornercase.sim.world.assets.asset import Asset, Box
from cornercase.sim.world.classes import SemanticClass

BLOCK = Asset("block", next(iter(SemanticClass)), (0.06, 0.04, 0.1), (), (Box((0.03, 0.02, 0.05)),), 0.3, 0.6)


@dataclass
class Reading:
    tool_position_w: np.ndarray
    tool_orientation: np.ndarray
    finger_forces_n: np.ndarray = field(default_factory=lambda: np.zeros(2))


def ideal_run(controller, force_n=20.0):
    """Commands for an arm that is always where it was told to be and feels its grip at once."""
    reading, commands = Reading(np.array([0.4, 0.0, 0.4]), pointing_down(0.0)), []
    for _ in range(20_000):
        command = controller.step(reading)
        commands.append(command)
        felt = np.full(2, min(force_n, command.grip_force_n))
        reading = Reading(command.position_w, command.orientation, felt)
        if controller.done:
            return commands
    raise AssertionError("never done")


def test_phases_come_in_order_and_the_path_is_smooth_within_its_speeds():
    config = PickPlaceConfig(speed_mps=0.4, turn_radps=1.0)
    controller = PickPlace((0.5, 0.1, 0.06), (0.4, -0.3, 0.1), tick_s=TICK_S, place_yaw=1.2, config=config)
    assert controller.phase == "approach"
    commands = ideal_run(controller)
    assert list(dict.fromkeys(command.phase for command in commands)) == list(PHASES)
    position = np.array([command.position_w for command in commands])
    speed = np.linalg.norm(np.diff(position, axis=0), axis=1) / TICK_S
    assert speed.max() <= 0.4 * 1.001
    assert np.abs(np.diff(speed)).max() / TICK_S < 6.0
    turn = np.array([command.orientation for command in commands])
    rate = 2 * np.arccos(np.minimum(1.0, np.abs(np.sum(turn[1:] * turn[:-1], axis=1)))) / TICK_S
    assert rate.max() <= 1.02
    by_phase = {command.phase: command for command in commands}
    assert by_phase["descend"].position_w == pytest.approx([0.5, 0.1, 0.06])
    assert by_phase["lower"].position_w == pytest.approx([0.4, -0.3, 0.1])
    assert rotate(by_phase["lower"].orientation, [1.0, 0, 0]) == pytest.approx([np.cos(1.2), np.sin(1.2), 0], abs=1e-9)
    gripping = [command.phase for command in commands if command.grip_force_n > 0.0]
    assert list(dict.fromkeys(gripping)) == ["close", "lift", "move", "lower"]


def test_waits_for_the_grip_force_but_not_for_ever():
    def closing_s(force_n):
        controller = PickPlace((0.5, 0.1, 0.06), (0.4, -0.3, 0.1), tick_s=TICK_S)
        return sum(command.phase == "close" for command in ideal_run(controller, force_n)) * TICK_S

    assert closing_s(20.0) == pytest.approx(0.25, abs=0.01)
    assert closing_s(2.0) == pytest.approx(1.5, abs=0.01)


def test_moves_a_real_block():
    with Client() as client:
        bodies = Bodies(client)
        bodies.add_ground_plane()
        arm = Arm(client)
        body = bodies.add(BLOCK, (0.5, 0.15, 0.05))
        controller = PickPlace((0.5, 0.15, 0.06), (0.45, -0.25, 0.062), tick_s=TICK_S, place_yaw=0.5)
        highest = 0.0
        for _ in range(6000):
            controller.drive(arm)
            client.stepSimulation()
            highest = max(highest, float(bodies.state(body).position_w[2]))
            if controller.done:
                break
        for _ in range(60):
            client.stepSimulation()
        state = bodies.state(body)
    assert controller.done
    assert highest > 0.2
    assert state.position_w == pytest.approx([0.45, -0.25, 0.05], abs=0.01)
    assert np.linalg.norm(state.velocity_w) < 0.01


def test_a_settings_error_names_the_field():
    with pytest.raises(ValueError, match="speed_mps > 0, got -1"):
        PickPlaceConfig(speed_mps=-1.0)


def test_with_attempts_left_an_empty_hand_looks_again_and_only_then():
    grasp = Grasp(np.array([0.55, -0.1, 0.03]), 0.4, 0.05, 0.03)

    def phases(attempts, lost_phase):
        asked = []
        controller = PickPlace(
            (0.5, 0.1, 0.06), (0.4, -0.3, 0.1), tick_s=TICK_S, attempts=attempts,
            locate=lambda: asked.append(1) or grasp,
        )  # fmt: skip
        reading, seen, lowest = Reading(np.array([0.4, 0.0, 0.4]), pointing_down(0.0)), [], {}
        for _ in range(20_000):
            command = controller.step(reading)
            seen.append((controller.attempt, command.phase))
            lowest[seen[-1]] = command.position_w
            lost = controller.attempt == 1 and command.phase == lost_phase
            reading = Reading(
                command.position_w, command.orientation, np.full(2, 0.0 if lost else command.grip_force_n)
            )
            if controller.done:
                return list(dict.fromkeys(seen)), len(asked), lowest
        raise AssertionError("never done")

    once, asked, _ = phases(1, "move")
    assert asked == 0 and [phase for _, phase in once] == list(PHASES)
    twice, asked, at = phases(3, "move")
    first = [(1, phase) for phase in ("approach", "descend", "close", "lift", "move", RECOVERY)]
    assert asked == 1 and twice == [*first, *((2, phase) for phase in PHASES)]
    assert at[2, "descend"] == pytest.approx(grasp.position_w)
    assert at[2, "lower"] == pytest.approx([0.4, -0.3, 0.07])  # held 3 cm lower, put down 3 cm lower


def test_a_touch_on_the_way_down_ends_the_descent():
    controller = PickPlace((0.5, 0.1, 0.06), (0.4, -0.3, 0.1), tick_s=TICK_S)
    reading, closed = Reading(np.array([0.4, 0.0, 0.4]), pointing_down(0.0)), None
    while closed is None:
        command = controller.step(reading)
        blocked = command.phase == "descend" and command.position_w[2] < 0.1
        reading = Reading(command.position_w, command.orientation, np.array([40.0, 0.0]) * blocked)
        closed = command.position_w if command.phase == "close" else None
    assert 0.09 < closed[2] < 0.1


def test_retargeting_begins_again_from_where_the_hand_is():
    controller = PickPlace((0.5, 0.1, 0.06), (0.4, -0.3, 0.1), tick_s=TICK_S)
    reading, path = Reading(np.array([0.4, 0.0, 0.4]), pointing_down(0.0)), []
    for tick in range(3000):
        if tick == 500:
            controller.retarget((0.45, 0.2, 0.05), 0.3)
        command = controller.step(reading)
        path.append(command.position_w)
        reading = Reading(command.position_w, command.orientation, np.full(2, command.grip_force_n))
        if command.phase == "close":
            break
    assert command.position_w == pytest.approx([0.45, 0.2, 0.05])
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).max() < 0.46 * TICK_S
