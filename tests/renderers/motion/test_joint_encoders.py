"""Angles in, counts out. Significance of the statistical tests: 1e-4."""

import numpy as np
import pytest
from cornercase.renderers.motion.joint_encoders import EncoderConfig, EncoderFault, JointEncoders
from cornercase.renderers.truth import Truth
from scipy import stats

TICK_S = 1 / 240
JOINTS = 7


def sweep(seconds: float, speed: float = 0.5):  # type: ignore[no-untyped-def]
    t = np.arange(round(seconds / TICK_S) + 1) * TICK_S
    return t, np.outer(t, speed * np.linspace(-1.0, 1.0, JOINTS)) + 0.3


def encoders(key: int = 1, **values) -> JointEncoders:  # type: ignore[no-untyped-def]
    return JointEncoders(EncoderConfig(**values), JOINTS, stream_key=key)


def test_strength_zero_is_exact() -> None:
    t, angle = sweep(1.0)
    samples = encoders(noise=0.0, counts_per_turn=0, index_error=1.0).measure(t, angle)
    np.testing.assert_allclose(samples.position_rad, angle[1:], atol=1e-12)
    np.testing.assert_allclose(samples.velocity_rps, np.tile(0.5 * np.linspace(-1, 1, JOINTS), (240, 1)), atol=1e-9)
    assert not samples.truth.any()


def test_counts_bound_the_error_and_make_velocities_coarse() -> None:
    t, angle = sweep(1.0)
    samples = encoders(noise=0.0, counts_per_turn=4096).measure(t, angle)
    count = 2 * np.pi / 4096
    np.testing.assert_allclose(samples.position_rad / count, np.rint(samples.position_rad / count), atol=1e-9)
    assert np.abs(samples.position_rad - samples.true_position_rad).max() <= count / 2 + 1e-12
    steps = samples.velocity_rps / (count * 240)
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-6)
    np.testing.assert_allclose(np.cumsum(samples.velocity_rps, axis=0)[-1] / 240, angle[-1] - angle[0], atol=count)


def test_noise_offset_and_eccentricity_have_their_size() -> None:
    t, still = np.arange(2401) * TICK_S, np.full((2401, JOINTS), 1.0)
    quiet = {"counts_per_turn": 0, "offset_rad": 0.0, "eccentricity_rad": 0.0}
    error = encoders(**quiet, noise_rad=1e-4).measure(t, still).position_rad - 1.0
    z = error.ravel() / 1e-4
    low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], z.size)
    assert low < np.sum(z**2) < high
    one = np.array([0.0, TICK_S]), np.zeros((2, JOINTS))
    for name, share in (("offset_rad", 1.0), ("eccentricity_rad", np.sqrt(0.5))):
        values = quiet | {"noise_rad": 0.0, name: 1e-3}
        drawn = np.concatenate([encoders(k, **values).measure(*one).position_rad[-1] for k in range(250)]) / 1e-3
        # the sine of a uniform phase has half the variance; its product with a normal has heavier tails
        assert np.std(drawn) == pytest.approx(share, rel=0.12)


def test_eccentricity_repeats_every_turn() -> None:
    t = np.arange(2401) * TICK_S
    angle = np.outer(t, np.full(JOINTS, 2 * np.pi))
    quiet = {"counts_per_turn": 0, "noise_rad": 0.0, "offset_rad": 0.0, "eccentricity_rad": 1e-3}
    samples = encoders(**quiet).measure(t, angle)
    error = samples.position_rad - samples.true_position_rad
    np.testing.assert_allclose(error[:240], error[240:480], atol=1e-9)
    assert np.all(np.abs(error[:240].mean(axis=0)) < 1e-9) and np.ptp(error) > 1e-4


def test_wrong_marks_come_at_their_rate_and_are_told() -> None:
    one = np.array([0.0, TICK_S]), np.zeros((2, JOINTS))
    found = 0
    for k in range(200):
        samples = encoders(k, index_error=0.2, index_pitch_rad=0.1).measure(*one)
        off = np.abs(samples.position_rad[-1]) > 0.05
        np.testing.assert_array_equal(samples.truth[-1] == Truth.DISPLACED, off)
        found += int(off.sum())
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], 200 * JOINTS, 0.2)
    assert low <= found <= high


def test_faults_begin_when_they_begin() -> None:
    t, angle = sweep(2.0)
    faults = [EncoderFault(2, "stuck", 0.5), EncoderFault(5, "drift", 1.0, 0.2)]
    samples = encoders(noise=0.0, faults=faults).measure(t, angle)
    stuck, drifting = samples.times_s >= 0.5, samples.times_s >= 1.0
    np.testing.assert_array_equal(samples.truth[:, 2], np.where(stuck, Truth.STUCK, 0))
    np.testing.assert_array_equal(samples.truth[:, 5], np.where(drifting, Truth.DISPLACED, 0))
    assert len(np.unique(samples.position_rad[stuck, 2])) == 1 and not samples.velocity_rps[stuck, 2][1:].any()
    assert samples.position_rad[stuck, 2][0] == samples.position_rad[~stuck, 2][-1]
    off = samples.position_rad[:, 5] - samples.true_position_rad[:, 5]
    np.testing.assert_allclose(off, 0.2 * np.maximum(samples.times_s - 1.0, 0.0), atol=1e-4)


def test_cutting_into_calls_changes_nothing_and_streams_repeat() -> None:
    t, angle = sweep(2.0)
    values = {"rate_hz": 100.0, "faults": [EncoderFault(1, "stuck", 0.7)]}
    whole = encoders(4, **values).measure(t, angle)
    parts_of, cuts = encoders(4, **values), [0, 1, 90, 91, 301, 481]
    parts = [
        parts_of.measure(t[max(a - 1, 0) : b], angle[max(a - 1, 0) : b])
        for a, b in zip(cuts[:-1], cuts[1:], strict=True)
    ]
    for name in ("times_s", "position_rad", "velocity_rps", "true_position_rad", "truth"):
        np.testing.assert_allclose(np.concatenate([getattr(p, name) for p in parts]), getattr(whole, name), atol=1e-9)
    assert not np.allclose(encoders(5, **values).measure(t, angle).position_rad, whole.position_rad, atol=1e-9)


def test_bad_configs_are_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'stuck'"):
        EncoderFault(kind="stack")
    with pytest.raises(ValueError, match="joint is 9, expected less than 7"):
        encoders(faults=[EncoderFault(9)])
    with pytest.raises(ValueError, match="index_error is 2"):
        EncoderConfig(index_error=2.0)
    with pytest.raises(ValueError, match="rows of shape"):
        encoders().measure(np.zeros(2), np.zeros((2, 3)))
