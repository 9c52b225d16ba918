"""What makes one episode, and one run over many: plain dataclasses, checked when they are made.

`EpisodeConfig` holds all that decides the bytes of an episode; `GenerateConfig` adds how many, from which seed, where
to and how fast. The command line composes them from YAML; everything below it sees only these.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from ..errors import ConfigError, nearest
from ..fields import check_fields
from ..world.light import LightConfig
from ..world.weather import WeatherConfig
from .mix import MixEntry
from .sampling import SamplingConfig

KINDS = ("camera", "lidar", "radar", "depth", "ultrasonic", "imu", "gnss", "odometry", "wrench", "encoders")
"""Kinds of sensors a rig may carry."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""A name that stands in paths of HDF5 files and in keys of Hydra."""


def _check_name(name: object) -> None:
    """Refuse a name of a sensor that a dataset or the command line could not bear.

    Raises:
        ConfigError: names the nearest that they can.

    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        return
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", str(name)) or "front"
    near = plain if _NAME.fullmatch(plain) else f"sensor_{plain.lstrip('-')}"
    raise ConfigError(
        f"sensors has the name {name!r}, expected letters, digits, underscores and hyphens that begin with a letter "
        f"or underscore, such as {near!r}"
    )


def plugin_names(plugins: str | Sequence[str]) -> list[str]:
    """Packages to import: a list of them, or the name of one.

    Raises:
        ConfigError: something else than names.

    """
    names = [plugins] if isinstance(plugins, str) else plugins
    if not isinstance(names, Sequence) or not all(isinstance(name, str) and name for name in names):
        raise ConfigError(f"plugins is {plugins!r}, expected names of packages, as in ['my_scenarios']")
    return list(names)


@dataclass
class ScenarioConfig:
    """Which scenario, who drives, and its parameters.

    Attributes:
        name: registered name, such as "driving/cut_in".
        driver: of the ego: "none", "idm", "aeb"; a robot has its own; "" is the first of the scenario's.
        duration_s: longest duration of an episode; 0 is the scenario's own.
        params: by name: a number pins the parameter, `{uniform: [low, high]}` and its like draw it.

    """

    name: str
    driver: str = ""
    duration_s: float = 0.0
    params: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_fields(ScenarioConfig, vars(self), "scenario")
        if not isinstance(self.params, Mapping):
            raise ConfigError(f"scenario.params is {self.params!r}, expected values by name, as in {{'gap_m': 9.0}}")
        if not 0.0 <= self.duration_s < inf:
            raise ConfigError(f"scenario.duration_s is {self.duration_s}, expected a finite number, 0 or more")


@dataclass
class RecordConfig:
    """How frames are stored.

    Attributes:
        compression_level: of Zstd, 1 (fast) to 19 (small); lossless at each level.
        clean: whether pictures of cameras and sweeps of lidars are stored with their clean twins: the same moment in
            clear air, without noise and faults.

    """

    compression_level: int = 1
    clean: bool = False

    def __post_init__(self) -> None:
        check_fields(RecordConfig, vars(self), "record")
        if not 1 <= self.compression_level <= 19:
            raise ConfigError(f"record.compression_level is {self.compression_level}, expected 1 to 19")


@dataclass
class ExecutorConfig:
    """How episodes are spread over processes. Changes nothing in the data.

    Attributes:
        retries: how often an episode that failed is tried again.
        progress: "auto" (bars on a terminal, else lines), "plain" or "none".

    """

    retries: int = 2
    progress: str = "auto"

    def __post_init__(self) -> None:
        check_fields(ExecutorConfig, vars(self), "executor")
        if self.retries < 0:
            raise ConfigError(f"executor.retries is {self.retries}, expected 0 or more")
        if self.progress not in (known := ("auto", "plain", "none")):
            raise ConfigError(f"executor.progress is '{self.progress}': {nearest(self.progress, known)}")


@dataclass
class EpisodeConfig:
    """Everything that decides the bytes of an episode, beside seed and number.

    Attributes:
        scenario: what happens.
        sensors: the rig by name; each has a `kind` and the fields of that kind of sensor. Names are letters, digits,
            underscores and hyphens and begin with a letter or underscore.
        weather, light: the conditions it happens under.
        record: how it is stored.
        plugins: packages to import first, or one, for scenarios that are not part of cornercase.

    """

    scenario: ScenarioConfig
    sensors: dict[str, dict[str, Any]] = field(default_factory=dict)
    weather: WeatherConfig = field(default_factory=WeatherConfig)
    light: LightConfig = field(default_factory=LightConfig)
    record: RecordConfig = field(default_factory=RecordConfig)
    plugins: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plugins = plugin_names(self.plugins)
        for name, sensor in self.sensors.items():
            _check_name(name)
            if not isinstance(sensor, Mapping):
                raise ConfigError(
                    f"sensors.{name} is {sensor!r}, expected the fields of a sensor; ~sensors.{name} drops it"
                )
            if set(sensor) == {"faults"}:
                has = [other for other, values in self.sensors.items() if "kind" in values]
                raise ConfigError(
                    f"sensors.{name} has faults and nothing else: the rig has no sensor of that name, it has "
                    f"{', '.join(has) or 'none'}"
                )
            if "kind" not in sensor:
                others = [n for n, s in self.sensors.items() if isinstance(s, Mapping) and "kind" in s]
                rig = nearest(name, others) if others else "the rig has none; sensors=drive is one with a few"
                raise ConfigError(f"sensors.{name} has no kind, and no sensor is called '{name}': {rig}")
            kind = str(sensor.get("kind"))
            if kind not in KINDS:
                raise ConfigError(f"sensors.{name}.kind is '{kind}': {nearest(kind, KINDS)}")

    @staticmethod
    def from_dict(values: dict[str, Any]) -> EpisodeConfig:
        """The config that `dataclasses.asdict` took apart.

        Raises:
            ConfigError: a field does not exist, or its value is out of range.

        """
        for part, kind in (
            ("scenario", ScenarioConfig), ("weather", WeatherConfig), ("light", LightConfig), ("record", RecordConfig),
        ):  # fmt: skip
            known = [f.name for f in dataclasses.fields(kind)]
            for name in values[part]:
                if name not in known:
                    raise ConfigError(f"{part} has no field {name!r}; {nearest(str(name), known)}")
        return EpisodeConfig(
            scenario=ScenarioConfig(**values["scenario"]),
            sensors=values["sensors"],
            weather=WeatherConfig(**values["weather"]),
            light=LightConfig(**values["light"]),
            record=RecordConfig(**values["record"]),
            plugins=values["plugins"],
        )


@dataclass
class GenerateConfig:
    """One run of `cornercase generate`.

    Attributes:
        scenario, sensors, weather, light, record, plugins: see `EpisodeConfig`.
        executor: how the work is spread.
        sampling: how the parameters of the episodes are chosen.
        mix: several scenarios in wanted proportions, see `mix`; empty for the one scenario.
        episodes: how many.
        seed: of the dataset.
        out: folder to write to.
        workers: processes; 0 runs everything in this one.
        avoidability: whether to find out, once made, which episodes could have been avoided, and until when.

    """

    scenario: ScenarioConfig
    out: str
    sensors: dict[str, Any] = field(default_factory=dict)
    weather: WeatherConfig = field(default_factory=WeatherConfig)
    light: LightConfig = field(default_factory=LightConfig)
    record: RecordConfig = field(default_factory=RecordConfig)
    executor: ExecutorConfig = field(default_factory=ExecutorConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    mix: dict[str, MixEntry] = field(default_factory=dict)
    plugins: list[str] = field(default_factory=list)
    episodes: int = 1
    seed: int = 0
    workers: int = 1
    avoidability: bool = False

    def __post_init__(self) -> None:
        check_fields(GenerateConfig, vars(self), "")
        self.plugins = plugin_names(self.plugins)
        for name, least in (("episodes", 1), ("seed", 0), ("workers", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"{name} is {getattr(self, name)}, expected {least} or more")
        if not self.out:
            raise ConfigError("out is empty, expected the folder to write to, such as out=data/cut_in")

    @property
    def episode(self) -> EpisodeConfig:
        """The part that decides the bytes of an episode."""
        return EpisodeConfig(self.scenario, self.sensors, self.weather, self.light, self.record, self.plugins)


@dataclass(frozen=True)
class EpisodeSpec:
    """One episode to be made: all a worker needs, small enough to send.

    Attributes:
        episode: its number.
        seed: of the dataset.
        config: of the episode.

    """

    episode: int
    seed: int
    config: EpisodeConfig

    @property
    def pinned(self) -> dict[str, Any]:
        """The parameters of the scenario that the config sets, as it sets them."""
        return dict(self.config.scenario.params)


def to_dict(config: EpisodeConfig) -> dict[str, Any]:
    """A config as nested dictionaries of plain values."""
    return dataclasses.asdict(config)
