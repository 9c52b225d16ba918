"""The clean twin: what differs from it beyond ordinary noise is marked, and asking for it changes nothing."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from cornercase.renderers.lidar.models import beam_table
from cornercase.renderers.truth import Truth
from cornercase.sim.episode.config import EpisodeConfig, RecordConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.episode.records import SensorFrame
from cornercase.sim.world.weather import WeatherConfig

TOP = {"position_m": [0.0, 0.0, 1.05]}
LIDAR: dict[str, Any] = {"kind": "lidar", "model": "VLP-16", "mount": TOP}
CAMERA: dict[str, Any] = {
    "kind": "camera", "width": 64, "height": 48, "boxes": False, "mount": {"position_m": [0.9, 0.0, 0.62]},
}  # fmt: skip
RIG = {"noisy": LIDAR, "exact": LIDAR | {"noise": 0.0}, "camera": CAMERA}
SIGMAS = 6.0
_FAINT = 2
"""Intensity, of 255, that detection may miss."""


def play(weather: WeatherConfig, *, clean: bool) -> list[SensorFrame]:
    config = EpisodeConfig(
        ScenarioConfig("driving/cut_in"), copy.deepcopy(RIG), weather, record=RecordConfig(clean=clean)
    )
    with Episode(config, seed=4) as episode:
        return [frame for update in (episode.start(), episode.advance()) for frame in update.frames]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(WeatherConfig(), id="clear"),
        pytest.param(WeatherConfig(visibility_m=80.0), id="fog"),
        pytest.param(WeatherConfig(rain_mmph=30.0), id="rain"),
    ],
)
def shot(request: pytest.FixtureRequest) -> tuple[WeatherConfig, list[SensorFrame]]:
    return request.param, play(request.param, clean=True)


def test_what_differs_beyond_ordinary_noise_is_marked(shot: tuple[WeatherConfig, list[SensorFrame]]) -> None:
    """Ranges by more than six standard deviations at the faintest echo; presence where the receiver knows no luck.

    With luck a pane that is hardly seen may be missed, and what is behind it reported: left out where it is that faint.
    """
    weather, frames = shot
    table = beam_table("VLP-16")
    limit = SIGMAS * np.hypot(table.range_noise_floor_m, table.range_noise_m) + table.range_step_m
    exact = {f.time_start_ns: f for f in frames if f.sensor == "exact"}
    for frame in (f for f in frames if f.kind == "lidar"):
        found, clean, truth = frame.data["range"], frame.clean["range"], frame.data["truth"]
        both = (found > 0) & (clean > 0)
        differs = both & (np.abs(found - clean) > limit)
        if frame.sensor == "exact":
            differs |= (found > 0) != (clean > 0)
        unmarked = differs & (truth == 0)
        if frame.sensor == "noisy":
            unmarked &= exact[frame.time_start_ns].data["intensity"] > _FAINT
        assert not unmarked.any(), f"{int(unmarked.sum())} cells of {frame.sensor}"
        if weather == WeatherConfig():
            assert differs.mean() < 2e-3, "what the haze of 50 km takes from the faintest"
        else:
            assert differs.sum() > 50, "the weather is felt"


def test_the_clean_picture_is_that_of_a_clear_day(shot: tuple[WeatherConfig, list[SensorFrame]]) -> None:
    weather, frames = shot
    for frame in (f for f in frames if f.kind == "camera"):
        away = np.abs(frame.data["rgb"].astype(float) - frame.clean["rgb"])
        if weather == WeatherConfig():
            assert away.mean() < 4.0, "noise and the haze of 50 km"
        else:
            assert frame.data["truth"].any() and away.mean() > 4.0


def test_twins_are_made_on_demand_and_change_nothing(shot: tuple[WeatherConfig, list[SensorFrame]]) -> None:
    weather, frames = shot
    for a, b in zip(frames, play(weather, clean=False), strict=True):
        assert a.clean and not b.clean
        assert all(a.data[name].tobytes() == b.data[name].tobytes() for name in a.data)


@pytest.mark.parametrize("weather", [WeatherConfig(snow_cover=0.6), WeatherConfig(water_mm=2.0)], ids=["snow", "water"])
def test_what_lies_on_the_ground_is_marked(weather: WeatherConfig) -> None:
    for frame in (f for f in play(weather, clean=True) if f.kind == "camera"):
        away = np.abs(frame.data["rgb"].astype(float) - frame.clean["rgb"]).max(axis=2)
        covered = (frame.data["truth"] & Truth.COVERED) > 0
        assert 0.1 < covered.mean() < 0.7
        plain = away[frame.data["truth"] == 0]
        assert np.median(away[covered]) > max(20.0, 3.0 * np.median(plain))
        assert np.mean(plain > 60.0) < 0.06, "edges of what is covered"
