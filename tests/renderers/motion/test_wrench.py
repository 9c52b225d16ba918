"""The filter against its closed form, errors against their size. Significance of the statistical tests: 1e-4."""

import numpy as np
import pytest
from cornercase.renderers.motion.wrench import Wrench, WrenchConfig
from cornercase.renderers.truth import Truth
from scipy import stats

TICK_S = 1 / 240


def steady(seconds: float, values=(10.0, -20.0, 30.0, 1.0, -2.0, 3.0)):  # type: ignore[no-untyped-def]
    t = np.arange(round(seconds / TICK_S) + 1) * TICK_S
    return t, np.tile(np.asarray(values, float), (len(t), 1))


def exact(**values) -> Wrench:  # type: ignore[no-untyped-def]
    return Wrench(WrenchConfig(**{"noise": 0.0, "step": (0.0, 0.0)} | values), stream_key=1)


def only(**values):  # type: ignore[no-untyped-def]
    """A config with one kind of error."""
    none = {"noise_sigma": (0.0, 0.0), "bias_sigma": (0.0, 0.0), "drift": (0.0, 0.0), "crosstalk": 0.0}
    return WrenchConfig(**{**none, "step": (0.0, 0.0), "cutoff_hz": 0.0} | values)


def test_without_errors_a_steady_wrench_is_read_exactly() -> None:
    samples = exact().measure(*steady(1.0))
    np.testing.assert_allclose(samples.force_n, np.tile([10.0, -20, 30], (240, 1)), atol=1e-12)
    np.testing.assert_allclose(samples.torque_nm, np.tile([1.0, -2, 3], (240, 1)), atol=1e-12)
    assert not samples.truth.any()


@pytest.mark.parametrize("cutoff_hz", [5.0, 40.0])
def test_low_pass_of_a_ramp_lags_by_its_time_constant(cutoff_hz: float) -> None:
    t = np.arange(481) * TICK_S
    ramp = np.outer(t, [10.0, 0, 0, 1.0, 0, 0])
    samples = exact(cutoff_hz=cutoff_hz).measure(t, ramp)
    tau = 1 / (2 * np.pi * cutoff_hz)
    expected = 10.0 * (samples.times_s - tau * (1 - np.exp(-samples.times_s / tau)))
    np.testing.assert_allclose(samples.force_n[:, 0], expected, atol=1e-9)
    np.testing.assert_allclose(samples.true_wrench[:, 0], 10.0 * samples.times_s, atol=1e-12)


def test_full_scale_and_quantisation() -> None:
    samples = exact(step=(0.5, 0.25)).measure(*steady(0.1, (150.0, -0.3, 1.3, -15.0, 0.3, 0.0)))
    np.testing.assert_allclose(samples.force_n[0], [100.0, -0.5, 1.5])
    np.testing.assert_allclose(samples.torque_nm[0], [-10.0, 0.25, 0.0])
    np.testing.assert_array_equal(samples.truth[0], [Truth.DISPLACED, 0, 0, Truth.DISPLACED, 0, 0])


def test_white_noise_has_its_size() -> None:
    config = only(noise_sigma=(0.05, 0.002))
    samples = Wrench(config, stream_key=3).measure(*steady(20.0, np.zeros(6)))
    z = np.concatenate([samples.force_n / 0.05, samples.torque_nm / 0.002], axis=1)
    low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], z.size)
    assert low < np.sum(z**2) < high
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-4


def test_bias_drift_and_crosstalk_have_their_size() -> None:
    def first(config, k, values, seconds=TICK_S):  # type: ignore[no-untyped-def]
        s = Wrench(config, stream_key=k).measure(*steady(seconds, values))
        return np.concatenate([s.force_n, s.torque_nm], axis=1)[-1]

    bias = np.array([first(only(bias_sigma=(0.5, 0.02)), k, np.zeros(6)) for k in range(300)])
    drift = np.array([first(only(drift=(0.01, 5e-4)), k, np.zeros(6), 2.0) for k in range(300)])
    load = np.array([0.0, 0.0, 50.0, 0.0, 0.0, 0.0])
    cross = np.array([first(only(crosstalk=0.005), k, load) for k in range(300)]) - load
    half = np.repeat([1.0, 0.1], 3)
    low, high = stats.chi2.ppf([5e-5, 1 - 5e-5], 1800)
    for values, sigma in (
        (bias, np.repeat([0.5, 0.02], 3)), (drift, np.repeat([0.01, 5e-4], 3) * np.sqrt(2.0)), (cross, 0.25 * half),
    ):  # fmt: skip
        assert low < np.sum((values / sigma) ** 2) < high


def test_cutting_into_calls_changes_nothing_and_streams_repeat() -> None:
    t, rows = steady(2.0)
    rows = rows * np.sin(5.0 * t)[:, None]
    config = WrenchConfig(rate_hz=100.0)
    whole = Wrench(config, stream_key=4).measure(t, rows)
    parts_of, cuts = Wrench(config, stream_key=4), [0, 1, 90, 91, 301, 481]
    parts = [
        parts_of.measure(t[max(a - 1, 0) : b], rows[max(a - 1, 0) : b])
        for a, b in zip(cuts[:-1], cuts[1:], strict=True)
    ]
    for name in ("times_s", "force_n", "torque_nm", "true_wrench", "truth"):
        np.testing.assert_allclose(np.concatenate([getattr(p, name) for p in parts]), getattr(whole, name), atol=1e-9)
    other = Wrench(config, stream_key=5).measure(t, rows)
    assert not np.allclose(other.force_n, whole.force_n)


def test_bad_configs_are_refused() -> None:
    for values, message in (
        ({"limit": (0.0, 1.0)}, "expected values above 0"),
        ({"crosstalk": -1.0}, "crosstalk is -1"),
        ({"step": (-1.0, 0.0)}, "step is"),
    ):
        with pytest.raises(ValueError, match=message):
            WrenchConfig(**values)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="rows of shape"):
        exact().measure(np.zeros(2), np.zeros((2, 3)))
