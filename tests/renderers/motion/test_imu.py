"""Truth against closed forms, noise against its law (Allan deviation)."""

import numpy as np
import pytest
from cornercase.renderers.motion.imu import IMU_GRADES, BodyMotion, Imu, ImuConfig
from cornercase.renderers.transforms import from_rpy, from_yaw, multiply, rotate

TICK_S = 1 / 240


def at_rest(seconds: float, orientation=(0.0, 0.0, 0.0, 1.0)) -> BodyMotion:  # type: ignore[no-untyped-def]
    t = np.arange(round(seconds / TICK_S) + 1) * TICK_S
    return BodyMotion(t, np.zeros((len(t), 3)), np.tile(orientation, (len(t), 1)), np.zeros((len(t), 3)))


def circling(seconds: float, rate: float = 0.8, radius: float = 20.0) -> BodyMotion:
    t = np.arange(round(seconds / TICK_S) + 1) * TICK_S
    heading = rate * t
    velocity = rate * radius * np.stack([np.cos(heading), np.sin(heading), 0 * t], axis=1)
    return BodyMotion(t, velocity, from_yaw(heading), np.tile([0.0, 0.0, rate], (len(t), 1)))


def piece(motion: BodyMotion, rows: slice) -> BodyMotion:
    return BodyMotion(
        motion.times_s[rows], motion.velocity_w[rows], motion.orientation_w[rows], motion.angular_velocity_w[rows]
    )


def allan_deviation(samples, rate_hz: float, tau_s: float) -> float:  # type: ignore[no-untyped-def]
    """Overlapping Allan deviation of (n, axes) samples, root mean square over axes."""
    m = round(tau_s * rate_hz)
    theta = np.cumsum(np.concatenate([np.zeros((1, samples.shape[1])), samples]), axis=0) / rate_hz
    second = theta[2 * m :] - 2 * theta[m:-m] + theta[: -2 * m]
    return float(np.sqrt(np.mean(second**2) / (2 * tau_s**2)))


@pytest.mark.parametrize("grade", [name for name in IMU_GRADES if name != "ideal"])
def test_allan_deviation_at_one_second_is_the_noise_density(grade: str) -> None:
    rate = 60.0
    imu = Imu(ImuConfig(grade, rate_hz=rate), stream_key=21)
    t = np.array([0.0, 5400.0])
    still = BodyMotion(t, np.zeros((2, 3)), np.tile([0.0, 0.0, 0.0, 1.0], (2, 1)), np.zeros((2, 3)))
    samples = imu.measure(still)
    for values, spec in ((samples.gyro_rps, IMU_GRADES[grade].gyro), (samples.accel_mps2, IMU_GRADES[grade].accel)):
        expected = np.sqrt(spec.noise**2 + spec.walk**2 / 3 + spec.step**2 / 12 / rate)
        assert allan_deviation(values, rate, 1.0) == pytest.approx(expected, rel=0.05)
        if spec.walk < 0.3 * spec.noise:
            assert allan_deviation(values, rate, 1.0) == pytest.approx(spec.noise, rel=0.05)


def test_at_rest_it_reads_gravity_upwards() -> None:
    orientation = from_rpy(0.3, -0.2, 1.0)
    samples = Imu(ImuConfig("ideal"), stream_key=1).measure(at_rest(0.5, orientation))
    np.testing.assert_allclose(rotate(orientation, samples.accel_mps2), np.tile([0, 0, 9.81], (60, 1)), atol=1e-12)
    np.testing.assert_allclose(samples.gyro_rps, 0.0)
    np.testing.assert_allclose(samples.times_s, np.arange(1, 61) / 120)


@pytest.mark.parametrize("rate_hz", [60.0, 100.0, 240.0, 400.0])
def test_lever_arm_in_a_turn_adds_its_centripetal_acceleration(rate_hz: float) -> None:
    rate, radius, lever = 0.8, 20.0, (1.5, -0.4, 0.3)
    samples = Imu(ImuConfig("ideal", rate_hz=rate_hz, lever_arm_m=lever), stream_key=1).measure(circling(1.0))
    # the centre of the turn lies `radius` to the left
    expected = [-(rate**2) * lever[0], rate**2 * (radius - lever[1]), 9.81]
    np.testing.assert_allclose(samples.accel_mps2, np.tile(expected, (round(rate_hz), 1)), atol=0.03)
    np.testing.assert_allclose(samples.accel_mps2.mean(axis=0), expected, atol=1e-3)
    np.testing.assert_allclose(samples.gyro_rps, np.tile([0, 0, rate], (round(rate_hz), 1)), atol=1e-12)


def test_braking_and_mounting_orientation() -> None:
    t = np.arange(241) * TICK_S
    velocity = np.stack([20.0 - 6.0 * t, 0 * t, 0 * t], axis=1)
    motion = BodyMotion(t, velocity, np.tile([0.0, 0.0, 0.0, 1.0], (241, 1)), np.zeros((241, 3)))
    sideways = tuple(from_yaw(np.pi / 2))
    samples = Imu(ImuConfig("ideal", orientation=sideways), stream_key=1).measure(motion)  # type: ignore[arg-type]
    # the sensor's x axis points to the left of the body, so braking shows along its y axis
    np.testing.assert_allclose(samples.accel_mps2, np.tile([0.0, 6.0, 9.81], (120, 1)), atol=1e-9)


def test_cutting_the_motion_into_calls_changes_nothing() -> None:
    motion = circling(2.0)
    signs = np.where(np.arange(len(motion.times_s)) % 3 == 0, -1.0, 1.0)[:, None]  # q and -q are the same rotation
    motion = BodyMotion(motion.times_s, motion.velocity_w, signs * motion.orientation_w, motion.angular_velocity_w)
    config = ImuConfig("adis16448", rate_hz=100.0, lever_arm_m=(1.0, 0.0, 0.0))
    whole = Imu(config, stream_key=5).measure(motion)
    imu = Imu(config, stream_key=5)
    cuts = [0, 1, 24, 25, 200, 201, 420, 481]
    parts = [imu.measure(piece(motion, slice(max(a - 1, 0), b))) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]
    for name in ("times_s", "gyro_rps", "accel_mps2"):
        np.testing.assert_allclose(np.concatenate([getattr(p, name) for p in parts]), getattr(whole, name), atol=1e-9)


def test_streams_repeat_and_are_independent() -> None:
    first, again, other = (Imu(ImuConfig("tactical"), stream_key=k).measure(at_rest(20.0)) for k in (1, 1, 2))
    np.testing.assert_array_equal(first.gyro_rps, again.gyro_rps)
    np.testing.assert_array_equal(first.accel_mps2, again.accel_mps2)
    a, b = (s.gyro_rps[:, 0] - s.gyro_rps[:, 0].mean() for s in (first, other))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.08


def test_no_noise_leaves_truth() -> None:
    samples = Imu(ImuConfig("adis16448", noise=0.0), stream_key=1).measure(circling(1.0))
    truth = Imu(ImuConfig("ideal"), stream_key=9).measure(circling(1.0))
    np.testing.assert_array_equal(samples.gyro_rps, truth.gyro_rps)
    np.testing.assert_array_equal(samples.accel_mps2, truth.accel_mps2)


def test_saturation_and_quantisation() -> None:
    spinning = circling(0.5, rate=60.0, radius=0.01)
    spec = IMU_GRADES["consumer"].gyro
    samples = Imu(ImuConfig("consumer"), stream_key=1).measure(spinning)
    np.testing.assert_allclose(samples.gyro_rps[:, 2], spec.limit, atol=spec.step)
    steps = samples.gyro_rps / spec.step
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-6)


def test_turn_on_bias_differs_between_units() -> None:
    biases = [Imu(ImuConfig("adis16448"), stream_key=k).measure(at_rest(4.0)).gyro_rps.mean(axis=0) for k in range(40)]
    assert np.std(biases) == pytest.approx(IMU_GRADES["adis16448"].gyro.turn_on, rel=0.3)


def test_gyro_integrates_to_the_attitude() -> None:
    motion = circling(2.0)
    samples = Imu(ImuConfig("ideal", rate_hz=240.0), stream_key=1).measure(motion)
    q = motion.orientation_w[0]
    for w in samples.gyro_rps:
        angle = np.linalg.norm(w) / 240.0
        q = multiply(q, [*(w / np.linalg.norm(w) * np.sin(angle / 2)), np.cos(angle / 2)])
    assert abs(np.dot(q, motion.orientation_w[-1])) == pytest.approx(1.0, abs=1e-9)


def test_unknown_grades_get_the_nearest_one() -> None:
    with pytest.raises(ValueError, match="unknown IMU grade 'tacticl'.*did you mean 'tactical'"):
        ImuConfig("tacticl")
    with pytest.raises(ValueError, match="rate_hz is 0"):
        ImuConfig(rate_hz=0.0)
