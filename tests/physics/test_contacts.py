import numpy as np
import pytest
from cornercase.renderers.transforms import IDENTITY
from cornercase.sim.physics.bodies import Bodies, BodyState
from cornercase.sim.physics.client import GRAVITY_MPS2, TICK_S, Client
from cornercase.sim.physics.contacts import ContactLog
from cornercase.sim.physics.specs import body_plan
from cornercase.sim.physics.walker import Walker
from cornercase.sim.world.assets.asset import Asset, Box, Sphere
from cornercase.sim.world.classes import SemanticClass

ANY = next(iter(SemanticClass))


def ball(mass_kg):
    return Asset("ball", ANY, (0.2, 0.2, 0.2), (), (Sphere(0.1),), mass_kg)


def crate(mass_kg):
    return Asset("crate", ANY, (0.2, 0.2, 0.2), (), (Box((0.1, 0.1, 0.1)),), mass_kg)


def moving(velocity, position=(0.0, 0.0, 1.0)):
    return BodyState(np.array(position), IDENTITY, np.array(velocity, float), np.zeros(3))


@pytest.mark.parametrize(("asset", "restitution"), [(ball(2.0), 0.0), (ball(2.0), 0.5), (crate(3.0), 0.0)])
def test_impulse_of_a_drop_is_the_change_of_momentum(asset, restitution):
    with Client() as client:
        bodies = Bodies(client)
        ground = bodies.add_ground_plane(restitution=1.0)
        body = bodies.add(asset, (0.0, 0.0, 1.1), restitution=restitution)
        log = ContactLog(client)
        log.watch(ground, "ground")
        log.watch(body, "body")
        before = 0.0
        for tick in range(160):
            client.stepSimulation()
            log.update(tick)
            if not log.contacts():
                before = bodies.state(body).velocity_w[2]
            elif tick >= log.contacts()[0].start_tick + 10:
                break
        after = bodies.state(body).velocity_w[2]
        contact = log.contacts()[0]
    # momentum balance from the last free tick until now, gravity included
    gravity = GRAVITY_MPS2 * (tick - contact.start_tick + 1) * TICK_S
    assert contact.impulse_ns == pytest.approx(asset.mass_kg * (after - before + gravity), rel=0.05)
    assert contact.closing_speed_mps == pytest.approx(-before, rel=0.01)
    assert contact.closing_speed_mps == pytest.approx(np.sqrt(2 * GRAVITY_MPS2), rel=0.02)
    assert (contact.actor_a, contact.actor_b) == ("ground", "body")
    assert contact.normal_w == pytest.approx((0.0, 0.0, -1.0), abs=1e-6)
    assert abs(contact.position_w[2]) < 0.03


def test_a_collision_conserves_momentum_and_is_logged_once():
    with Client() as client:
        client.setGravity(0.0, 0.0, 0.0)
        bodies = Bodies(client)
        light, heavy = bodies.add(ball(2.0), (0, 0, 1)), bodies.add(ball(4.0), (1, 0, 1))
        bodies.set_state(light, moving((6.0, 0.0, 0.0)))
        log = ContactLog(client)
        log.watch(heavy, "heavy")
        log.watch(light, "light")
        began = []
        for tick in range(120):
            client.stepSimulation()
            began += log.update(tick)
        momentum = 2.0 * bodies.state(light).velocity_w + 4.0 * bodies.state(heavy).velocity_w
    assert momentum == pytest.approx([12.0, 0.0, 0.0], abs=1e-9)
    (contact,) = log.contacts()
    assert len(began) == 1
    assert (contact.actor_a, contact.actor_b) == ("heavy", "light")
    assert contact.closing_speed_mps == pytest.approx(6.0)
    # plastic: impulse = reduced mass times closing speed
    assert contact.impulse_ns == pytest.approx(2.0 * 4.0 / 6.0 * 6.0, rel=0.01)
    assert contact.normal_w == pytest.approx((1.0, 0.0, 0.0), abs=1e-6)


def test_bounces_are_separate_touches_and_rest_is_one():
    with Client() as client:
        bodies = Bodies(client)
        ground = bodies.add_ground_plane(restitution=1.0)
        body = bodies.add(ball(1.0), (0.0, 0.0, 1.1), restitution=0.6)
        log = ContactLog(client, gap_ticks=10)
        log.watch(ground, "ground")
        log.watch(body, "ball")
        for tick in range(960):
            client.stepSimulation()
            log.update(tick)
    speeds = [contact.closing_speed_mps for contact in log.contacts()]
    assert len(speeds) >= 3
    assert np.all(np.diff(speeds[:3]) < 0)
    last = log.contacts()[-1]
    assert last.end_tick == 959
    # a ball at rest weighs m g
    assert last.impulse_ns / ((last.end_tick - last.start_tick) * TICK_S) == pytest.approx(GRAVITY_MPS2, rel=0.1)


def test_ignored_and_unwatched_pairs_stay_silent():
    with Client() as client:
        bodies = Bodies(client)
        ground = bodies.add_ground_plane()
        first, second = bodies.add(ball(1.0), (0, 0, 0.11)), bodies.add(ball(1.0), (1, 0, 0.11))
        log = ContactLog(client)
        log.watch(ground, "ground")
        log.watch(first, "first")
        log.ignore(first, ground)
        with pytest.raises(ValueError, match="watched already as 'first'"):
            log.watch(first, "again")
        for tick in range(60):
            client.stepSimulation()
            log.update(tick)
        assert bodies.state(second).position_w[2] == pytest.approx(0.1, abs=0.01)
    assert log.contacts() == ()


def test_friction_impulse_stops_a_sliding_crate():
    with Client() as client:
        bodies = Bodies(client)
        ground = bodies.add_ground_plane(friction=1.0)
        body = bodies.add(crate(5.0), (0, 0, 0.1), friction=0.4)
        for _ in range(60):
            client.stepSimulation()
        bodies.set_state(body, moving((2.0, 0.0, 0.0), bodies.state(body).position_w))
        log = ContactLog(client)
        log.watch(ground, "ground")
        log.watch(body, "crate")
        for tick in range(100):
            client.stepSimulation()
            log.update(tick)
        speed = bodies.state(body).velocity_w[0]
    (contact,) = log.contacts()
    assert contact.tangential_ns == pytest.approx(5.0 * (2.0 - speed), rel=0.05)
    assert contact.tangential_ns / contact.impulse_ns == pytest.approx(0.4, rel=0.05)


def test_links_of_a_body_are_followed_where_it_may_be_touched():
    """A ball thrown at a walking person: the speed they meet at counts the motion of the segment that was hit."""
    with Client() as client:
        client.setGravity(0.0, 0.0, 0.0)
        bodies = Bodies(client)
        walker = Walker(client, body_plan(1.8, 80.0), (0.0, 0.0, 0.0), 0.0, speed_mps=1.4, accel_distance_m=0.0)
        thrown = bodies.add(ball(1.0), (8.0, 0.0, 1.2))
        bodies.set_state(thrown, moving((-40.0, 0.0, 0.0), (8.0, 0.0, 1.2)))
        log = ContactLog(client)
        log.watch(thrown, "ball")
        log.watch(walker.body, "person", link_names=walker.link_names, passes_fixed=lambda: True)
        walker.start()
        for tick in range(60):
            walker.advance()
            client.stepSimulation()
            if log.update(tick):
                break
            links = client.getLinkStates(
                walker.body, list(range(12)), computeLinkVelocity=1, computeForwardKinematics=1
            )
            velocity = {walker.link_names[k]: np.array(link[6]) for k, link in enumerate(links)}
    (contact,) = log.contacts()
    assert contact.actor_b == "person"
    approach = np.linalg.norm(velocity[contact.link_b] - [-40.0, 0.0, 0.0])
    assert contact.relative_speed_mps == pytest.approx(approach, rel=0.02)
    assert 40.5 < contact.relative_speed_mps < 43.5


def test_reach_bounds_every_posture():
    rng = np.random.default_rng(5)
    with Client() as client:
        walker = Walker(client, body_plan(1.8, 80.0), (0.0, 0.0, 0.0), 0.0, speed_mps=1.4)
        log = ContactLog(client)
        log.watch(walker.body, "person")
        (reach,) = log.reaches_m.values()
        base = np.array(client.getBasePositionAndOrientation(walker.body)[0])
        joints, worst = list(range(12)), 0.0
        sizes = [len(state[0]) for state in client.getJointStatesMultiDof(walker.body, joints)]
        for _ in range(200):
            turns = [rng.uniform(-3, 3, 1) if n == 1 else rng.normal(size=n) for n in sizes]
            postures = [(t if len(t) == 1 else t / np.linalg.norm(t)).tolist() for t in turns]
            client.resetJointStatesMultiDof(walker.body, joints, postures)
            boxes = np.array([client.getAABB(walker.body, link) for link in range(-1, 12)])
            worst = max(worst, float(np.abs(boxes - base).max()))
    assert 0.6 * reach < worst < reach
