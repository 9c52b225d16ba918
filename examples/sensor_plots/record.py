"""One episode with a rig of its own, recorded, read and thrown away again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from cornercase.renderers.transforms import conjugate, rotate
from cornercase.sim import presets
from cornercase.sim.dataset.reader import Episode, load
from cornercase.sim.dataset.recording import record_to_file
from cornercase.sim.episode.config import EpisodeConfig, EpisodeSpec, ScenarioConfig
from cornercase.sim.world.light import LightConfig
from cornercase.sim.world.weather import WeatherConfig
from numpy.typing import NDArray

Rig = dict[str, dict[str, Any]]
Array = NDArray[Any]


@contextmanager
def recorded(
    scenario: ScenarioConfig, rig: Rig, *, seed: int, weather: Any = "clear", light: Any = "day"
) -> Iterator[Episode]:
    """The episode, open while the context lasts."""
    config = EpisodeConfig(
        scenario,
        rig,
        presets.conditions(WeatherConfig, "weather", weather),
        presets.conditions(LightConfig, "light", light),
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "episode.h5"
        record_to_file(EpisodeSpec(0, seed, config), file)
        episode = load(file)[0]
        yield episode
        episode.close()


def sensor(rig: str, name: str, **changes: Any) -> dict[str, Any]:
    """One sensor of a rig in `conf/sensors`, with other values where they are given."""
    return {**presets.rig(rig)[name], **changes}


def column(episode: Episode, name: str, array: str) -> Array:
    """(K, ...) an array of all frames of one sensor, as stored: for numbers, which are stored as they are."""
    return episode[f"sensors/{name}/{array}"]


def seconds(episode: Episode, name: str, which: str = "end") -> NDArray[np.float64]:
    """(K,) times of all frames of one sensor [s]: their `start`, `end`, delivery (`delivered`) or `stamp`."""
    return column(episode, name, f"time_{which}") / 1e9


STREET, STREET_SEED, MOMENT_S = ScenarioConfig("driving/pedestrian_dart_out", "idm", 5.2), 3, 5.0
"""The episode, its seed and the moment that most pictures of the page show."""


def surroundings(episode: Episode, name: str, low_m: float = 0.4, every: int = 1) -> Array:
    """(N, 3) what a lidar saw of the scenery in the world [m], from `low_m` over the road up: a map to draw upon."""
    found = []
    for frame in episode.frames(name)[::every]:
        points = frame.points(compensated=True)[:, :3].astype(float)
        still = frame.instance[frame.range > 0] != episode["actors/id"][episode.ego]
        found.append(frame.pose_w[:3] + rotate(frame.pose_w[3:], points[still]))
    every_point = np.concatenate(found)
    return every_point[every_point[:, 2] > low_m]


def to_local(pose: Array, other: Array) -> Array:
    """(3,) the place of one pose (7,) in the frame of another."""
    return rotate(conjugate(pose[3:]), other[:3] - pose[:3])
