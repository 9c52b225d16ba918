import numpy as np
import pytest
from cornercase.sim.physics.bodies import Bodies
from cornercase.sim.physics.body_regions import LIMITS_N, REGIONS, force_limit_n, impact_force_n, region_of
from cornercase.sim.physics.client import TICK_S, Client
from cornercase.sim.physics.contacts import ContactLog
from cornercase.sim.physics.reacher import Reacher
from cornercase.sim.physics.specs import body_plan
from cornercase.sim.world.assets.asset import Asset, Box
from cornercase.sim.world.classes import SemanticClass

ANY = next(iter(SemanticClass))
PLAN = body_plan(1.75, 72.0)
POINT = np.array([-0.55, 0.05, 1.05])


def person(client: Client, side: str = "r") -> Reacher:
    Bodies(client).add_ground_plane()
    return Reacher(client, PLAN, (0.0, 0.0, 0.0), np.pi, side=side, speed_mps=1.2, accel_distance_m=0.35)


def step(client: Client, walker: Reacher, until) -> None:
    for _ in range(2000):
        walker.advance()
        client.stepSimulation()
        if until():
            return
    raise AssertionError("it never came to that")


@pytest.mark.parametrize("side", ["l", "r"])
def test_a_hand_gets_to_its_point_at_the_speed_it_was_told(side: str) -> None:
    with Client() as client:
        walker = person(client, side)
        walker.reach(walker.ready_point(), 1.5)
        step(client, walker, lambda: not walker.moving_hand)
        last, fastest = [walker.hand_w], 0.0
        walker.reach(POINT, 1.2)
        for _ in range(2000):
            walker.advance()
            client.stepSimulation()
            fastest = max(fastest, float(np.linalg.norm(walker.hand_w - last[0])) / TICK_S)
            last[0] = walker.hand_w
            if not walker.moving_hand:
                break
        assert walker.hand_w == pytest.approx(POINT, abs=0.01)
        assert fastest == pytest.approx(1.2, rel=0.05)
        # what is drawn is where physics has it
        link = next(k for k, name in walker.link_names.items() if name == f"forearm_{side}")
        position, _ = walker.segment_poses()
        index = [segment.name for segment in PLAN].index(f"forearm_{side}")
        told = client.getLinkState(walker.body, link, computeForwardKinematics=1)[4]
        assert position[index] == pytest.approx(told, abs=2e-3)
        # both feet are where they stood
        feet = [k for k, segment in enumerate(PLAN) if segment.name.startswith("foot")]
        assert np.abs(position[feet, 0]).max() < 0.03 and np.ptp(position[feet, 2]) < 1e-6


def test_walks_whole_steps_and_stands() -> None:
    with Client() as client:
        walker = person(client)
        walker.walk(2)
        step(client, walker, lambda: not walker.walking)
        assert walker.travelled_m == pytest.approx(2 * walker.step_m, abs=1e-6)
        assert walker.speed_mps == 0.0


def test_a_blow_is_as_hard_as_its_spring_says_and_the_arm_gives_way() -> None:
    """A 6 kg block at 0.8 m/s into the side of the forearm: v sqrt(k mu) of the region's spring, within its range.

    The arm's effective mass is that of a linkage, not the table's, so the force is compared with a factor.
    """
    block = Asset("block", ANY, (0.1, 0.1, 0.1), (), (Box((0.05, 0.05, 0.05)),), 6.0)
    with Client() as client:
        walker = person(client)
        walker.reach(walker.ready_point(), 1.5)
        step(client, walker, lambda: not walker.moving_hand)
        walker.reach(POINT, 1.2)
        step(client, walker, lambda: not walker.moving_hand)
        hand = walker.hand_w
        bodies, log = Bodies(client), ContactLog(client)
        body = bodies.add(block, hand + [0.05, -0.16, 0.0])
        client.setGravity(0.0, 0.0, 0.0)
        client.resetBaseVelocity(body, [0.0, 0.8, 0.0], [0.0, 0.0, 0.0])
        log.watch(walker.body, "person", link_names=walker.link_names)
        log.watch(body, "block")
        farthest = 0.0
        for tick in range(120):
            walker.advance()
            client.stepSimulation()
            if log.update(tick):
                walker.release()
            farthest = max(farthest, walker.hand_w[1] - hand[1])
        (contact, *_) = log.contacts()
        assert contact.link_a == "forearm_r"
        expected = impact_force_n("forearm", contact.closing_speed_mps, 6.0)
        assert 0.3 * expected < contact.peak_force_n < 1.3 * expected
        assert walker.yielding and farthest > 0.004, "pushed along"


def test_limits_come_by_preset_and_region() -> None:
    for preset, table in LIMITS_N.items():
        assert set(table) == set(REGIONS)
        for region, body in REGIONS.items():
            clamped = force_limit_n(preset, region, transient=False)
            assert force_limit_n(preset, region, transient=True) == clamped * (1.0 if body.head else 2.0)
    assert region_of("forearm_l") == "forearm" and region_of("head") == "skull"
    # worked case: 280 N on the hand is reached at 1.36 m/s by a robot of 10 kg
    assert impact_force_n("hand", 1.36, 10.0) == pytest.approx(280.0, rel=5e-3)
    with pytest.raises(ValueError, match="unknown preset"):
        force_limit_n("standard", "hand", transient=True)
