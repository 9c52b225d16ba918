"""Pulsed lamps: the law of what rows collect, and the chance to see any of it."""

from __future__ import annotations

import numpy as np
import pytest
from cornercase.renderers.camera.flicker import PULSING, Pulsing, band_rows, collected, seen_probability
from scipy import stats


def test_a_steady_lamp_is_the_same_on_every_row() -> None:
    rows = np.arange(480) * 2e-5
    assert (collected(Pulsing(), rows, 1e-3) == 1.0).all()
    assert (collected(Pulsing(90.0, 1.0), rows, 1e-3) == 1.0).all()


@pytest.mark.parametrize("exposure_s", [1e-5, 1e-3, 4e-3, 2.5e-2])
def test_light_agrees_with_counting_instants(exposure_s: float) -> None:
    lamp = Pulsing(117.0, 0.3, 0.6)
    starts = np.random.default_rng(1).uniform(0.0, 3.0, 40)
    instants = starts[:, None] + exposure_s * (np.arange(20_000) + 0.5) / 20_000
    on = np.mod(instants * lamp.frequency_hz - lamp.phase, 1.0) < lamp.duty
    assert np.abs(collected(lamp, starts, exposure_s) - on.mean(axis=1) / lamp.duty).max() < 2e-3


def test_mean_over_all_phases_is_one() -> None:
    phases = (np.arange(10_000) + 0.5) / 10_000
    light = [collected(Pulsing(90.0, 0.2, float(p)), 0.123, 3e-3) for p in phases]
    assert np.mean(light) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(("duty", "exposure_s"), [(0.1, 1e-3), (0.2, 3e-3), (0.05, 5e-4), (0.3, 9e-3)])
def test_chance_to_see_a_90_hz_lamp(duty: float, exposure_s: float) -> None:
    lamp, n = Pulsing(90.0, duty), 100_000
    seen = int((collected(lamp, np.random.default_rng(2).uniform(0.0, 1e3, n), exposure_s) > 0.0).sum())
    expected = min(1.0, (duty / 90.0 + exposure_s) * 90.0)  # (t_on + t_exp) / T
    assert seen_probability(lamp, exposure_s) == pytest.approx(expected)
    assert stats.binomtest(seen, n, expected).pvalue > 1e-3 if expected < 1.0 else seen == n


def test_whole_periods_do_not_flicker() -> None:
    rows = np.arange(480) * 2e-5
    assert np.abs(collected(Pulsing(90.0, 0.1, 0.4), rows, 1.0 / 90.0) - 1.0).max() < 1e-9
    assert np.ptp(collected(Pulsing(90.0, 0.1, 0.4), rows, 5e-4)) > 5.0


def test_bands_repeat_with_the_period_of_the_lamp() -> None:
    lamp, line = Pulsing(250.0, 0.4), 2e-5
    period = band_rows(lamp, line)
    assert period == pytest.approx(200.0)
    light = collected(lamp, np.arange(1000) * line, 3e-4)
    assert np.abs(light[:800] - light[200:]).max() < 1e-6
    assert band_rows(lamp, 0.0) == band_rows(Pulsing(), line) == float("inf")


def test_late_times_lose_no_digits() -> None:
    lamp = Pulsing(125.0, 0.25)
    early, late = (collected(lamp, np.arange(100) * 1e-4 + t, 1e-3) for t in (0.0, 4096.0))
    assert np.abs(early - late).max() < 1e-4


@pytest.mark.parametrize("change", [{"frequency_hz": -1.0}, {"duty": 0.0}, {"duty": 1.5}, {"phase": 1.0}])
def test_bad_values_are_named(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        Pulsing(**change)


def test_severities_are_harder_and_harder_to_see() -> None:
    chances = [seen_probability(lamp, 5e-4) for lamp in PULSING.values()]
    assert len(chances) == 5 and all(a > b for a, b in zip(chances, chances[1:], strict=False))
