"""The tyre law: peak, ellipse, symmetry, slip in steady state, standstill."""

import numpy as np
import pytest
from cornercase.sim.physics.tyres import (
    PEAK_SLIP_ANGLE,
    PEAK_SLIP_RATIO,
    REFERENCE_FRICTION,
    RELAXATION_SHARE,
    SLIP_PER_G,
    advance,
    force_curve,
    slip_scale,
)

RADIUS, LOAD, ANGLE = 0.32, 4000.0, PEAK_SLIP_ANGLE[0]


def steady(forward: float, lateral: float, rim: float, friction: float = 0.9, load: float = LOAD) -> tuple[float, ...]:
    """String deflections and forces after sliding at constant speeds for two seconds."""
    u = w = fx = fy = 0.0
    for _ in range(2000):
        u, w, fx, fy = advance(u, w, forward, lateral, rim, load, friction, ANGLE, RADIUS, 1e9, 0.001)
    return u, w, fx, fy


def test_force_curve_peaks_at_one_and_slides_a_little_below() -> None:
    xi = np.linspace(0.0, 20.0, 4001)
    force = np.array([force_curve(v) for v in xi])
    assert xi[np.argmax(force)] == pytest.approx(1.0, abs=0.01)
    assert force.max() == pytest.approx(1.0, abs=1e-6)
    assert 0.75 < force[-1] < 0.9
    assert np.all(np.diff(force[xi < 0.99]) > 0) and np.all(np.diff(force[xi > 1.01]) < 0)


@pytest.mark.parametrize("friction", [0.9, 0.5, 0.2])
def test_string_settles_at_the_definition_of_slip(friction: float) -> None:
    slip, angle = -0.02, 0.03
    u, w, fx, fy = steady(20.0, 20.0 * angle, 20.0 * (1 + slip), friction)
    assert u / (RELAXATION_SHARE[0] * RADIUS) == pytest.approx(slip, rel=1e-6)
    assert w / (RELAXATION_SHARE[1] * RADIUS) == pytest.approx(-angle, rel=1e-6)
    assert fx < 0 and fy < 0


@pytest.mark.parametrize("friction", [0.9, 0.5, 0.3])
def test_peak_force_is_mu_times_load_along_and_across(friction: float) -> None:
    scale = slip_scale(friction)
    _, _, brake, _ = steady(20.0, 0.0, 20.0 * (1 - PEAK_SLIP_RATIO * scale), friction)
    _, _, _, side = steady(20.0, 20.0 * ANGLE * scale, 20.0, friction)
    assert brake == pytest.approx(-friction * LOAD, rel=1e-6)
    assert side == pytest.approx(-friction * LOAD, rel=1e-6)


def test_combined_force_never_leaves_the_friction_circle() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        friction, load = rng.uniform(0.05, 1.2), rng.uniform(10, 9000)
        u = w = 0.0
        forward, lateral, rim = rng.normal(0, 8, 3)
        for _ in range(20):
            u, w, fx, fy = advance(u, w, forward, lateral, rim, load, friction, ANGLE, RADIUS, 1e9, 0.002)
            assert np.hypot(fx, fy) <= friction * load * (1 + 1e-9)


def test_braking_takes_side_force_away_and_the_other_way_round() -> None:
    _, _, brake, side = steady(20.0, 1.0, 18.0)
    assert abs(side) < abs(steady(20.0, 1.0, 20.0)[3])
    assert abs(brake) < abs(steady(20.0, 0.0, 18.0)[2])


def test_mirrored_motion_gives_mirrored_force() -> None:
    _, _, fx, fy = steady(15.0, 1.3, 14.0)
    assert steady(15.0, -1.3, 14.0)[2:] == (fx, -fy)
    assert steady(-15.0, 1.3, -14.0)[2:] == (-fx, fy)


def test_slip_stiffness_does_not_depend_on_the_surface() -> None:
    forces = [steady(20.0, 0.02, 20.0, friction)[3] for friction in (0.9, 0.6, 0.4)]
    assert forces == pytest.approx([forces[0]] * 3, rel=2e-2)


def test_slip_per_g_is_the_slope_of_the_side_force() -> None:
    angle = 0.001
    side = steady(20.0, 20.0 * angle, 20.0, REFERENCE_FRICTION)[3]
    assert -side / LOAD == pytest.approx(angle / SLIP_PER_G[0], rel=1e-3)


def test_side_force_builds_up_over_the_relaxation_length() -> None:
    """After one relaxation length 63 % of the deflection is there, at any speed."""
    for speed in (5.0, 30.0):
        dt, w, rolled = 1e-4, 0.0, 0.0
        while rolled < RELAXATION_SHARE[1] * RADIUS:
            _, w, _, _ = advance(0.0, w, speed, 0.01 * speed, speed, LOAD, 0.9, ANGLE, RADIUS, 1e9, dt)
            rolled += speed * dt
        assert -w / (RELAXATION_SHARE[1] * RADIUS * 0.01) == pytest.approx(1 - np.exp(-1), rel=0.02)


def test_at_rest_the_tyre_is_a_spring_that_keeps_its_force() -> None:
    u, w, fx, fy = advance(0.002, -0.001, 0.0, 0.0, 0.0, LOAD, 0.9, ANGLE, RADIUS, 1e9, 0.001)
    assert (u, w) == (0.002, -0.001)
    assert fx > 0 > fy


def test_an_unloaded_tyre_forgets_and_pulls_nothing() -> None:
    assert advance(0.01, 0.01, 5.0, 1.0, 4.0, 0.0, 0.9, ANGLE, RADIUS, 1e9, 0.001) == (0.0, 0.0, 0.0, 0.0)
