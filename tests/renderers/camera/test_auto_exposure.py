"""The exposure controller arrives, stays, and keeps its limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cornercase.renderers.camera.auto_exposure import (
    AutoExposureConfig,
    ExposureState,
    Metering,
    correction,
    meter,
    settings,
    start,
    step,
)

CONFIG = AutoExposureConfig()


def run(
    config: AutoExposureConfig, state: ExposureState, brightness: float, frames: int
) -> tuple[ExposureState, list[float]]:
    """Expose a flat scene whose level is `brightness` times exposure times gain, clipped at 1; the levels seen."""
    levels = []
    for _ in range(frames):
        exposure, gain = settings(config, state)
        level = min(brightness * exposure * gain, 1.0)
        levels.append(level)
        state = step(config, state, Metering(level, float(level >= 0.98)))
    return state, levels


@pytest.mark.parametrize("stops", [-5.0, 5.0])
@pytest.mark.parametrize("latency", [1, 2, 3])
def test_five_stops_off_settles_without_oscillation(stops: float, latency: int) -> None:
    config = AutoExposureConfig(latency=latency)
    _, levels = run(config, start(config, 1e-3 * 2.0**stops, 1.0), config.target / 1e-3, 30)
    error = np.log2(np.array(levels) / config.target)
    settled = int(np.flatnonzero(np.abs(error) > 0.1)[-1]) + 1
    assert settled <= 20
    assert (np.abs(error[settled:]) <= 0.1).all()
    # from one side only: never more than a third of a stop beyond the target
    assert (-np.sign(stops) * error).max() < 0.34


def test_the_target_is_a_fixed_point() -> None:
    state = start(CONFIG, 1e-3, 1.0)
    after, levels = run(CONFIG, state, CONFIG.target / 1e-3, 5)
    assert after.ev == pytest.approx(state.ev)
    assert levels == pytest.approx([CONFIG.target] * 5)


def test_a_step_in_light_is_seen_after_the_latency() -> None:
    state = start(CONFIG, 1e-3, 1.0)
    _, levels = run(CONFIG, state, 0.5 * CONFIG.target / 1e-3, 4)
    assert levels[0] == levels[1]
    assert levels[2] > levels[1]


def test_time_is_raised_before_gain() -> None:
    for exposure, gain in ((1e-4, 1.0), (5e-3, 1.0), (30e-3, 1.0), (30e-3, 4.0), (30e-3, 16.0)):
        assert settings(CONFIG, start(CONFIG, exposure, gain)) == pytest.approx((exposure, gain))


def test_limits_hold_in_darkness_and_in_the_sun() -> None:
    dark, _ = run(CONFIG, start(CONFIG, 1e-3, 1.0), 0.0, 60)
    assert settings(CONFIG, dark) == pytest.approx((CONFIG.max_exposure_s, CONFIG.max_gain))
    bright, _ = run(CONFIG, start(CONFIG, 1e-3, 1.0), 1e9, 60)
    assert settings(CONFIG, bright) == pytest.approx((CONFIG.min_exposure_s, 1.0))
    # and the way back is not delayed by what lies beyond the limit
    _, levels = run(CONFIG, dark, CONFIG.target / 1e-3, 25)
    assert levels[-1] == pytest.approx(CONFIG.target, rel=0.07)


def test_burnt_highlights_ask_for_less() -> None:
    calm, burnt = Metering(CONFIG.target, 0.01), Metering(CONFIG.target, 0.30)
    assert correction(CONFIG, calm) == pytest.approx(0.0)
    assert correction(CONFIG, burnt) == pytest.approx(-CONFIG.highlight_weight * 0.25)


def test_without_latency_it_is_the_plain_law() -> None:
    config = AutoExposureConfig(latency=1, speed=0.3)
    state = start(config, 1e-3, 1.0)
    after = step(config, state, Metering(0.05, 0.0))
    assert after.ev[0] - state.ev[0] == pytest.approx(0.3 * (math.log2(config.target) - math.log2(0.05)))


def test_meter_reads_green() -> None:
    raw = np.full((8, 8), 100, np.uint16)
    raw[0::2, 1::2] = 600
    raw[0, 1] = 1100
    seen = meter(raw, 100.0, 1100.0)
    assert seen.mean == pytest.approx((15 * 0.5 + 1.0) / 16)
    assert seen.burnt_share == pytest.approx(1 / 16)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"target": 0.0}, "target"),
        ({"speed": 2.0}, "speed"),
        ({"latency": 0}, "latency"),
        ({"min_exposure_s": 1.0}, "limits"),
        ({"max_gain": 0.5}, "max_gain"),
        ({"highlight_share": 2.0}, "highlight_share"),
    ],
)
def test_bad_values_are_named(change: dict[str, float], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        AutoExposureConfig(**change)  # type: ignore[arg-type]
