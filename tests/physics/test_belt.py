import numpy as np
import pytest
from cornercase.sim.physics.belt import Belt
from cornercase.sim.physics.bodies import Bodies
from cornercase.sim.physics.client import GRAVITY_MPS2, Client
from cornercase.sim.world.assets.asset import Asset, Box
from cornercase.sim.world.assets.conveyor import DRUM_M, around, loop_length_m
from cornercase.sim.world.classes import SemanticClass

ANY = next(iter(SemanticClass))
BRICK = Asset("brick", ANY, (0.1, 0.06, 0.04), (), (Box((0.05, 0.03, 0.02)),), 0.4)


def ride(speed_mps: float, mu: float, seconds: float, *, yaw: float = 0.0, then: float | None = None):
    """Lay a brick on a running belt: its way and speed along it, how far it sank, and the way of the belt."""
    with Client() as client:
        bodies = Bodies(client)
        belt = Belt(client, (0.0, 0.0, 0.5), yaw, length_m=4.0, width_m=0.3, speed_mps=speed_mps)
        start = np.array([0.0, 0.0, 0.5 + 0.02 + 1e-4])
        body = bodies.add(BRICK, start, friction=mu)
        for tick in range(round(seconds * 240)):
            if then is not None and tick == 240:
                belt.target_mps = then
            belt.advance()
            client.stepSimulation()
        state = bodies.state(body)
        along = belt.direction_w
        return (
            float((state.position_w - start) @ along),
            float(state.velocity_w @ along),
            abs(float(state.position_w[2] - start[2])),
            belt.travelled_m,
        )


@pytest.mark.parametrize(("speed", "mu"), [(0.2, 0.5), (0.6, 0.3), (1.0, 0.2)])
def test_a_thing_slides_for_v2_over_2_mu_g_and_then_rides(speed: float, mu: float) -> None:
    way, final, sunk, travelled = ride(speed, mu, 2.0, yaw=0.7)
    assert travelled == pytest.approx(2.0 * speed, rel=1e-9)
    assert final == pytest.approx(speed, rel=0.01)  # contacts chatter a little
    slid = speed**2 / (2.0 * mu * GRAVITY_MPS2)
    assert travelled - way == pytest.approx(slid, abs=0.004 * speed + 1e-3)
    assert sunk < 1e-3


def test_a_belt_that_stops_brings_its_load_to_a_stand() -> None:
    _, final, _, travelled = ride(0.3, 0.5, 3.0, then=0.0)
    assert abs(final) < 1e-3
    # the drive ramps down at 1 m/s^2
    assert travelled == pytest.approx(0.3 * 1.0 + 0.3**2 / 2.0, abs=2e-3)


def test_marks_run_once_around_without_a_jump() -> None:
    length = 1.2
    s = np.linspace(0.0, loop_length_m(length), 2001)
    position, turn = around(length, s)
    steps = np.linalg.norm(np.diff(position, axis=0), axis=1)
    assert steps == pytest.approx(np.full(2000, loop_length_m(length) / 2000), rel=1e-3)
    assert position[0] == pytest.approx(position[-1], abs=1e-9)
    assert position[:, 2].min() == pytest.approx(-2 * DRUM_M) and position[:, 2].max() == pytest.approx(0.0)
    # the outer side of a mark faces away from the middle of the belt
    up = np.stack([2 * turn[:, 1] * turn[:, 3], 1 - 2 * turn[:, 1] ** 2], axis=1)
    on_drum = np.abs(position[:, 0]) > length / 2 - DRUM_M + 1e-6
    centre = np.stack([np.sign(position[:, 0]) * (length / 2 - DRUM_M), np.full(len(s), -DRUM_M)], axis=1)
    outward = (position[:, [0, 2]] - centre) / DRUM_M
    assert np.einsum("ij,ij->i", outward, up)[on_drum] == pytest.approx(1.0, abs=1e-6)
