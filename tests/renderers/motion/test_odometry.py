import numpy as np
import pytest
from cornercase.renderers.motion.odometry import Odometry, OdometryConfig

TICK_S = 1 / 240
RADIUS, TRACK = 0.316, 1.55


def steady(seconds: float, speed: float, yaw_rate: float = 0.0):  # type: ignore[no-untyped-def]
    """Times and the spin of both wheels of a car that rolls without slip."""
    t = np.arange(round(seconds / TICK_S) + 1) * TICK_S
    spin = np.array([speed - yaw_rate * TRACK / 2, speed + yaw_rate * TRACK / 2]) / RADIUS
    return t, np.tile(spin, (len(t), 1))


def exact(**values) -> Odometry:  # type: ignore[no-untyped-def]
    return Odometry(OdometryConfig(noise=0.0, **values), stream_key=1)


def test_rolling_wheels_give_speed_and_yaw_rate() -> None:
    samples = exact(ticks_per_turn=0).measure(*steady(2.0, 14.0, 0.3))
    assert len(samples.times_s) == 120
    np.testing.assert_allclose(samples.speed_mps, 14.0, atol=1e-9)
    np.testing.assert_allclose(samples.yaw_rate_rps, 0.3, atol=1e-9)


def test_counts_bound_the_error_and_do_not_add_up() -> None:
    config = OdometryConfig(noise=0.0)
    samples = Odometry(config, stream_key=1).measure(*steady(10.0, 7.3))
    tick_m = 2 * np.pi * RADIUS / config.ticks_per_turn
    assert np.abs(samples.speed_mps - 7.3).max() <= tick_m * config.rate_hz
    assert np.ptp(samples.speed_mps) > 0.1
    np.testing.assert_allclose(np.cumsum(samples.speed_mps) / config.rate_hz, 7.3 * samples.times_s, atol=tick_m)
    np.testing.assert_array_equal(samples.ticks[-1], np.floor(73.0 / tick_m))


@pytest.mark.parametrize("slip", [-1.0, 0.25])
def test_slip_shows(slip: float) -> None:
    # locked (slip -1) or spinning wheels: the odometry believes them, not the car
    t, spin = steady(2.0, 10.0)
    samples = exact(ticks_per_turn=0).measure(t, spin * (1 + slip))
    np.testing.assert_allclose(samples.speed_mps, 10.0 * (1 + slip), atol=1e-9)


def test_one_spinning_wheel_feigns_a_turn() -> None:
    t, spin = steady(1.0, 10.0)
    spin[:, 1] *= 1.2
    samples = exact(ticks_per_turn=0).measure(t, spin)
    np.testing.assert_allclose(samples.yaw_rate_rps, 2.0 / TRACK, atol=1e-9)


def test_backwards_counts_down() -> None:
    samples = exact().measure(*steady(1.0, -3.0))
    assert np.all(np.diff(samples.ticks, axis=0) <= 0)
    assert samples.speed_mps.mean() == pytest.approx(-3.0, abs=0.03)


def test_scale_errors_and_noise_have_their_size() -> None:
    config = OdometryConfig(ticks_per_turn=0)
    runs = [Odometry(config, stream_key=k).measure(*steady(5.0, 10.0)) for k in range(200)]
    means = np.array([run.speed_mps.mean() for run in runs])
    assert np.std(means / 10.0 - 1.0) == pytest.approx(0.005 / np.sqrt(2), rel=0.2)
    spread = np.array([run.speed_mps.std() for run in runs])
    assert spread.mean() == pytest.approx(0.01 / np.sqrt(2), rel=0.02)


def test_cutting_into_calls_changes_nothing_and_streams_repeat() -> None:
    t, spin = steady(3.0, 9.0, 0.2)
    spin = spin * (1.0 + 0.3 * np.sin(2.0 * t))[:, None]
    config = OdometryConfig(rate_hz=50.0)
    whole = Odometry(config, stream_key=4).measure(t, spin)
    parts_of = Odometry(config, stream_key=4)
    cuts = [0, 1, 100, 101, 333, 721]
    parts = [
        parts_of.measure(t[max(a - 1, 0) : b], spin[max(a - 1, 0) : b])
        for a, b in zip(cuts[:-1], cuts[1:], strict=True)
    ]
    for name in ("times_s", "speed_mps", "yaw_rate_rps"):
        np.testing.assert_allclose(np.concatenate([getattr(p, name) for p in parts]), getattr(whole, name), atol=1e-9)
    np.testing.assert_array_equal(np.concatenate([p.ticks for p in parts]), whole.ticks)
    other = Odometry(config, stream_key=5).measure(t, spin)
    assert not np.allclose(other.speed_mps, whole.speed_mps)


def test_bad_configs_are_refused() -> None:
    with pytest.raises(ValueError, match="wheel_radius_m is 0"):
        OdometryConfig(wheel_radius_m=0.0)
    with pytest.raises(ValueError, match="radius_error is -1"):
        OdometryConfig(radius_error=-1.0)
