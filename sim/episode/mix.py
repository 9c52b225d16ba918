"""A dataset of several scenarios in wanted proportions, and with wanted proportions of results.

Rare classes are rare because the world is; a training set need not be. A mix names entries with weights; an entry says
which scenario with which parameters, under which weather and light, and how its results shall be shared out:

    mix:
      children: {scenario: driving/pedestrian_dart_out, weight: 2, results: {collision: 0.6, near_miss: 0.4}}
      cut_ins: {scenario: driving/cut_in, weight: 1, weather: {clear: 3, heavy_rain: 1}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from .. import presets
from ..errors import ConfigError, nearest
from ..fields import check_fields
from .scenario import RESULTS

K = TypeVar("K")


@dataclass
class MixEntry:
    """One kind of episode in a mix.

    Attributes:
        scenario: registered name.
        weight: its part of all episodes, over the sum of all weights.
        driver: of the ego; "" is the first of the scenario's.
        params: as `scenario.params`.
        weather, light: presets by name with weights; empty for those of the dataset.
        sensors: name of the rig, such as "cell"; "" for that of the dataset.
        results: wanted shares of collision, near_miss and nothing; empty takes what comes.

    """

    scenario: str
    weight: float = 1.0
    driver: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    weather: dict[str, float] = field(default_factory=dict)
    light: dict[str, float] = field(default_factory=dict)
    sensors: str = ""
    results: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_fields(MixEntry, vars(self), "mix")
        if not self.weight >= 0.0:
            raise ConfigError(f"mix: weight of {self.scenario} is {self.weight}, expected 0 or more")
        for name in self.results:
            if name not in RESULTS:
                raise ConfigError(f"mix: {self.scenario} wants results '{name}': {nearest(name, RESULTS)}")
        for group, names in (("weather", self.weather), ("light", self.light)):
            known = presets.names(group)
            for name in names:
                if name not in known:
                    raise ConfigError(f"mix: {self.scenario} has {group} '{name}': {nearest(name, known)}")
        if self.sensors and self.sensors not in presets.names("sensors"):
            raise ConfigError(
                f"mix: {self.scenario} has sensors '{self.sensors}': {nearest(self.sensors, presets.names('sensors'))}"
            )
        for what, weights in (("results", self.results), ("weather", self.weather), ("light", self.light)):
            if weights and (min(weights.values()) < 0 or sum(weights.values()) <= 0):
                raise ConfigError(f"mix: {self.scenario} has {what} {dict(weights)}, expected weights of 0 or more")


def share_out(weights: Mapping[K, float], count: int) -> dict[K, int]:
    """Whole numbers that sum to `count` in proportion to weights, by largest remainder; earlier names win ties."""
    total = sum(weights.values())
    exact = {key: count * weight / total for key, weight in weights.items()}
    out = {key: int(value) for key, value in exact.items()}
    left = sorted(weights, key=lambda key: out[key] - exact[key])
    for key in left[: count - sum(out.values())]:
        out[key] += 1
    return out


def dealt(weights: Mapping[K, float], count: int, *, rng: np.random.Generator) -> list[K]:
    """`count` keys in exact proportion, shuffled."""
    keys = [key for key, number in share_out(weights, count).items() for _ in range(number)]
    return [keys[int(k)] for k in rng.permutation(count)]
